//! Accounts, from the shell of whoever runs the instance.

use std::sync::Arc;

use anyhow::bail;
use clap::{Args, Subcommand};

use super::{read_secret, runtime, told};
use crate::{
    platform::{
        app::App,
        config::Config,
        error::{Error, Result},
        id::Id,
        password, token, validate,
    },
    reactions,
    users::{
        NewAccount, User, accounts,
        audit::{self, By, Changes},
        second_factor, service, sign_in, store,
    },
};

/// Commands about accounts. USER is a name or an e-mail address.
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  echo 'a long walk in May' | careerd user create --username ann --email ann@example.org --admin --password-stdin
  careerd user grant ann is_recruiter
  careerd user list --json")]
pub enum UserCommand {
    /// Make an account. The first admin is made here.
    Create(CreateArgs),
    /// List accounts, newest first.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show one account.
    Show {
        /// Name or e-mail address.
        user: String,
    },
    /// Set a password, which ends every sign-in of the account.
    Passwd {
        /// Name or e-mail address.
        user: String,
        /// Read the password from standard input; without this one is made up and shown.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Grant a role: is_staff, is_instructor, is_recruiter, is_moderator, is_premium.
    Grant {
        /// Name or e-mail address.
        user: String,
        /// The role.
        role: String,
    },
    /// Take a role back.
    Revoke {
        /// Name or e-mail address.
        user: String,
        /// The role.
        role: String,
    },
    /// Take an account into use again.
    Activate {
        /// Name or e-mail address.
        user: String,
    },
    /// Take an account out of use; its tokens stop at once.
    Deactivate {
        /// Name or e-mail address.
        user: String,
    },
    /// Remove the second factor of an account whose owner lost it.
    TotpReset {
        /// Name or e-mail address.
        user: String,
    },
    /// End every sign-in of an account.
    Logout {
        /// Name or e-mail address.
        user: String,
    },
}

impl UserCommand {
    /// Whether it may make an instance where there is none.
    pub fn makes(&self) -> bool {
        matches!(self, Self::Create(_))
    }
}

/// What a new account is made of.
#[derive(Args)]
pub struct CreateArgs {
    /// 3 to 30 letters, digits, `_` or `-`.
    #[arg(long)]
    username: String,
    /// The address mail goes to.
    #[arg(long)]
    email: String,
    /// Read the password from standard input; without this one is made up and shown.
    #[arg(long)]
    password_stdin: bool,
    /// Make an admin.
    #[arg(long)]
    admin: bool,
    /// May create courses and projects.
    #[arg(long)]
    instructor: bool,
    /// May post jobs.
    #[arg(long)]
    recruiter: bool,
    /// May hide content.
    #[arg(long)]
    moderator: bool,
}

/// Runs one of them.
///
/// # Errors
/// Says what is wrong with the arguments, or which rule forbids it.
pub fn run(config: Config, command: UserCommand) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    runtime()?.block_on(async {
        match command {
            UserCommand::Create(args) => create(&app, args).await,
            UserCommand::List { json } => list(&app, json).await,
            UserCommand::Show { user } => {
                say!("{}", serde_json::to_string_pretty(&find(&app, user).await?)?);
                Ok(())
            }
            UserCommand::Passwd { user, password_stdin } => passwd(&app, user, password_stdin).await,
            UserCommand::Grant { user, role } => set_role(&app, user, role, true).await,
            UserCommand::Revoke { user, role } => set_role(&app, user, role, false).await,
            UserCommand::Activate { user } => set_active(&app, user, true).await,
            UserCommand::Deactivate { user } => set_active(&app, user, false).await,
            UserCommand::TotpReset { user } => {
                let user = find(&app, user).await?;
                let removed =
                    told(app.db.write(move |tx| second_factor::service::remove(tx, By::HOUSE, user.id)).await)?;
                println!("{} {} second factor.", user.username, if removed { "no longer has a" } else { "has no" });
                Ok(())
            }
            UserCommand::Logout { user } => {
                let user = find(&app, user).await?;
                let name = user.username.clone();
                let ended = told(app.db.write(move |tx| accounts::service::sign_out(tx, By::HOUSE, &user, "")).await)?;
                say!("{ended} sign-ins of {name} were ended.");
                Ok(())
            }
        }
    })
}

async fn find(app: &App, user: String) -> anyhow::Result<User> {
    let name = user.clone();
    match told(app.db.read(move |conn| store::find(conn, &name)).await)? {
        Some(user) => Ok(user),
        None => bail!("there is no user {user:?}"),
    }
}

async fn create(app: &Arc<App>, args: CreateArgs) -> anyhow::Result<()> {
    let (secret, made_up) = new_secret(args.password_stdin)?;
    let word =
        |field: &str, result: std::result::Result<String, String>| told(result.map_err(|it| Error::field(field, it)));
    let new = NewAccount {
        username: word("username", validate::username(&args.username))?,
        email: word("email", validate::EmailDomain::default().check(&args.email))?,
        ..NewAccount::default()
    };
    told(password::strength(&secret, &new.username, "", &new.email).map_err(|it| Error::field("password", it)))?;
    let account = sign_in::Account { new, password: Some(app.passwords.hash(secret).await?) };
    let roles = [
        ("is_staff", args.admin),
        ("is_instructor", args.instructor),
        ("is_recruiter", args.recruiter),
        ("is_moderator", args.moderator),
    ];
    let made: Result<Id<User>> = app
        .db
        .write(move |tx| {
            let user = sign_in::create_account(tx, &account)?;
            let changes = Changes::none().field("username", "", account.new.username.as_str());
            audit::record(tx, By::HOUSE, "users.created", ("user", user), changes)?;
            for (role, _) in roles.iter().filter(|(_, wanted)| *wanted) {
                service::set_role(tx, By::HOUSE, user, role, true)?;
            }
            Ok(user)
        })
        .await;
    say!("User {} was made.", told(made)?);
    show(made_up)
}

/// The password that is to be set, and the same to be shown when nobody else knows it yet.
fn new_secret(from_stdin: bool) -> anyhow::Result<(String, Option<String>)> {
    if from_stdin {
        return Ok((read_secret()?, None));
    }
    let secret = token::secret();
    Ok((secret.clone(), Some(secret)))
}

/// Shows a password that was made up.
fn show(made_up: Option<String>) -> anyhow::Result<()> {
    if let Some(secret) = made_up {
        say!("The password is {secret} and is shown only now.");
    }
    Ok(())
}

async fn list(app: &App, json: bool) -> anyhow::Result<()> {
    let users = told(app.db.read(store::newest).await)?;
    for user in users {
        if json {
            say!("{}", serde_json::to_string(&user)?);
        } else {
            let roles: Vec<&str> = [
                (user.is_staff, "admin"),
                (user.is_instructor, "instructor"),
                (user.is_recruiter, "recruiter"),
                (user.is_moderator, "moderator"),
                (!user.is_active, "deactivated"),
            ]
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| *word)
            .collect();
            let email = user.private.as_ref().map_or("", |it| &it.email);
            say!("{:>6}  {:20} {:32} {}", user.id, user.username, email, roles.join(", "));
        }
    }
    Ok(())
}

async fn passwd(app: &Arc<App>, user: String, from_stdin: bool) -> anyhow::Result<()> {
    let user = find(app, user).await?;
    let (secret, made_up) = new_secret(from_stdin)?;
    let email = user.private.as_ref().map_or("", |it| &it.email);
    let name = format!("{} {}", user.first_name, user.last_name);
    told(password::strength(&secret, &user.username, &name, email).map_err(|it| Error::field("password", it)))?;
    let phc = app.passwords.hash(secret).await?;
    told(app.db.write(move |tx| sign_in::set_password(tx, By::HOUSE, user.id, &phc)).await)?;
    say!("The password of {} was set; every sign-in was ended.", user.username);
    show(made_up)
}

async fn set_role(app: &Arc<App>, user: String, role: String, granted: bool) -> anyhow::Result<()> {
    let user = find(app, user).await?;
    let name = role.clone();
    told(app.db.write(move |tx| service::set_role(tx, By::HOUSE, user.id, &name, granted)).await)?;
    say!("{} {} {role}.", user.username, if granted { "now has" } else { "no longer has" });
    Ok(())
}

async fn set_active(app: &Arc<App>, user: String, active: bool) -> anyhow::Result<()> {
    let user = find(app, user).await?;
    told(app.db.write(move |tx| service::set_active(tx, By::HOUSE, user.id, active, "")).await)?;
    say!("{} is {}.", user.username, if active { "in use" } else { "out of use" });
    Ok(())
}
