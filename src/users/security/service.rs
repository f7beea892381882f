//! The rules of passwords and addresses.

use chrono::Duration;

use super::store;
use crate::{
    platform::{
        app::App,
        db::Tx,
        error::{Error, LimitType, Result},
        fields::{Fields, raw_text, ruled},
        id::Id,
        token::{self, Via},
        validate::{self, EmailDomain},
    },
    users::{
        Event, User,
        audit::{self, Changes, Trace},
        sign_in::{self, Origin, TokenPair, begin_anew, hash_password, new_password, prove, store as sign_ins},
        store as users,
    },
};

/// How many links that prove an address are mailed in an hour.
const VERIFICATIONS: i64 = 3;

fn spent() -> Error {
    Error::field("token", "This link is spent or too old. Ask for a new one.")
}

fn email_of(user: &User) -> &str {
    user.private.as_ref().map_or("", |it| &it.email)
}

/// Tells what a new password must be, whoever's it is.
pub(super) fn tell_new_password(body: &mut Fields) {
    body.required("new_password", &mut String::new(), new_password(String::new(), String::new(), String::new()));
}

/// Reads a new password of this user.
pub(super) fn read_new_password(body: &mut Fields, user: &User) -> String {
    let mut new = String::new();
    let full_name = format!("{} {}", user.first_name, user.last_name);
    let good = new_password(user.username.clone(), full_name, email_of(user).to_owned());
    body.required("new_password", &mut new, good);
    new
}

/// Sets another password. Every sign-in ends, and a fresh one takes the place of the caller's.
pub(super) async fn change_password(
    app: &App,
    user: Id<User>,
    origin: Origin,
    via: Via,
    (current, new): (String, String),
) -> Result<TokenPair> {
    prove(app, user, &origin, current, "current_password").await?;
    let phc = hash_password(app, new).await?;
    let trace = origin.trace.clone();
    begin_anew(app, user, origin, via, move |tx| sign_in::set_password(tx, trace.by(user), user, &phc)).await
}

/// Asks for a link to a new password. Whether anybody has the address changes neither answer nor time: both ways write an
/// event and queue a task.
pub(super) fn ask_reset(tx: &Tx<'_>, email: &str) -> Result<()> {
    tx.emit(Event::ResetAsked { user: store::by_email(tx, email)? })
}

/// Sets the password that the holder of a mailed link chose.
pub(super) async fn reset_password(app: &App, trace: Trace, secret: &str, body: Fields) -> Result<()> {
    let (hash, now) = (token::digest(secret), app.clock.now());
    let asked = hash.clone();
    let user = app.db.read(move |conn| {
        let (user, _) = sign_ins::mail_token(conn, &asked, "reset", now)?.ok_or_else(spent)?;
        let user = users::get(conn, user)?;
        if user.is_active { Ok(user) } else { Err(spent()) }
    });
    let user = user.await?;
    let mut body = body;
    let new = read_new_password(&mut body, &user);
    let phc = hash_password(app, body.finish(new)?).await?;
    let set = app.db.write(move |tx| {
        let (user, _) = sign_ins::spend_mail_token(tx, &hash, "reset")?.ok_or_else(spent)?;
        sign_in::set_password(tx, trace.by(user), user, &phc)
    });
    set.await
}

/// Proves the address that a link was sent to: the account's own, or the one it is to have from then on.
pub(super) fn verify_email(tx: &Tx<'_>, trace: &Trace, secret: &str) -> Result<()> {
    let hash = token::digest(secret);
    if let Some((user, email)) = sign_ins::spend_mail_token(tx, &hash, "verify")? {
        return if users::set_email_verified(tx, user, &email)? { Ok(()) } else { Err(spent()) };
    }
    let (user, email) = sign_ins::spend_mail_token(tx, &hash, "email_change")?.ok_or_else(spent)?;
    let before = users::get_active(tx, user).map_err(|_| spent())?;
    if store::wanted_email(tx, user)?.is_none_or(|wanted| wanted != email) {
        return Err(spent());
    }
    store::set_email(tx, user, &email)?;
    // Links that lie in the old address's box open nothing any more.
    for purpose in ["reset", "verify", "email_change"] {
        sign_ins::end_mail_tokens(tx, user, purpose)?;
    }
    let changes = Changes::none().field("email", email_of(&before), email);
    audit::record(tx, trace.by(user), "users.email_changed", ("user", user), changes)?;
    tx.emit(Event::EmailChanged { user, told: true })
}

/// Asks for a link that proves the address; none is sent when it is proven.
pub(super) fn ask_verification(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    if users::get(tx, user)?.private.is_some_and(|it| it.email_verified) {
        return Ok(());
    }
    let hour = Duration::hours(1);
    let (asked, first) = store::verifications_asked(tx, user, tx.now().plus(-hour))?;
    if asked >= VERIFICATIONS {
        let wait = first.map_or(hour, |first| first.plus(hour).since(tx.now())).num_seconds();
        let retry_after = u64::try_from(wait).unwrap_or(0) + 1;
        return Err(Error::RateLimited { limit: LimitType::Hour, retry_after });
    }
    tx.emit(Event::VerificationAsked { user })
}

/// A wish for another address.
pub(super) struct EmailChange {
    pub email: String,
    pub password: String,
}

impl EmailChange {
    pub(super) fn read(body: &mut Fields, domains: &EmailDomain<'_>) -> Self {
        let mut it = Self { email: String::new(), password: String::new() };
        body.required("email", &mut it.email, ruled(validate::EMAIL, |email| domains.check(email)));
        body.required("password", &mut it.password, raw_text);
        it
    }
}

/// Asks for another address, which has to be proven first. The old one is told.
pub(super) async fn ask_email_change(app: &App, user: Id<User>, origin: &Origin, change: EmailChange) -> Result<()> {
    let EmailChange { email, password } = change;
    prove(app, user, origin, password, "password").await?;
    let asked = app.db.write(move |tx| {
        if email_of(&users::get(tx, user)?).eq_ignore_ascii_case(&email) {
            return Err(Error::field("email", "This is your address already."));
        }
        let (_, taken) = users::taken(tx, "", &email)?;
        if taken {
            return Err(Error::field("email", "An account with this address exists."));
        }
        store::want_email(tx, user, &email)?;
        sign_ins::end_mail_tokens(tx, user, "email_change")?;
        tx.emit(Event::EmailChangeAsked { user })
    });
    asked.await
}
