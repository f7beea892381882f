//! The rules of signing in.

use chrono::Duration;

use super::{Origin, Session, SignedIn, TokenPair, duration, network_of, store, throttle::Attempt};
use crate::{
    platform::{
        app::App,
        config::Registration,
        db::Tx,
        error::{Error, LimitType, Result, Unauthenticated},
        fields::{Fields, Input, Read, raw_text, ruled, text},
        id::Id,
        password::{self, Busy, Verdict},
        token::{self, Holder, Via},
        validate::{self, EmailDomain},
    },
    users::{
        Event, NewAccount, User,
        audit::{self, By, Changes},
        second_factor::{self, Check},
        service as users_service, store as users,
    },
};

/// How long a place is remembered from which an account signed in.
const REMEMBERED: Duration = Duration::days(90);
const INVALID: Error = Error::Unauthenticated(Unauthenticated::InvalidCredentials);

/// A full queue of passwords is the machine's state, not a fault of ours.
fn busy(error: anyhow::Error) -> Error {
    if error.is::<Busy>() { Error::Unavailable("Too many people are signing in right now.") } else { error.into() }
}

/// The hash of a password, made on the threads for that.
///
/// # Errors
/// 503 when too many wait already.
pub async fn hash_password(app: &App, password: String) -> Result<String> {
    app.passwords.hash(password).await.map_err(busy)
}

/// Reads a password that is to be that of this account, as it was sent; a weak one is a fault.
pub fn new_password(username: String, full_name: String, email: String) -> impl Fn(Input<'_>) -> Read<String> {
    move |input| {
        let password = raw_text(input);
        input.tell(|rule| *rule = password::RULE);
        let password = password?;
        password::strength(&password, &username, &full_name, &email)?;
        Ok(password)
    }
}

/// What a sign-in is asked with.
#[derive(Default)]
pub(super) struct Credentials {
    name: String,
    password: String,
    otp: Option<String>,
}

impl Credentials {
    pub(super) fn read(body: &mut Fields) -> Self {
        let mut it = Self::default();
        body.required("username", &mut it.name, raw_text);
        body.required("password", &mut it.password, raw_text);
        body.optional("otp", &mut it.otp, raw_text);
        it
    }
}

impl NewAccount {
    /// Reads a registration; whether name and address are free is only known inside the write. Without a password it stays
    /// empty: its owner is to set one by a mailed link.
    pub fn read(body: &mut Fields, domains: &EmailDomain<'_>, password_needed: bool) -> Self {
        let mut it = Self::default();
        body.required("username", &mut it.username, ruled(validate::USERNAME, validate::username));
        body.required("email", &mut it.email, ruled(validate::EMAIL, |email| domains.check(email)));
        body.defaulted("first_name", &mut it.first_name, text(0..=150));
        body.defaulted("last_name", &mut it.last_name, text(0..=150));
        body.defaulted("title", &mut it.title, text(0..=100));
        let good = new_password(it.username.clone(), it.full_name(), it.email.clone());
        if password_needed || body.has("password") {
            body.required("password", &mut it.password, good);
        }
        it
    }

    fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// An account to be made, its password hashed.
pub struct Account {
    /// What it is made of; the password in it is not used.
    pub new: NewAccount,
    /// PHC string; none until a password is set by link.
    pub password: Option<String>,
}

/// Adds an account and tells the house.
///
/// # Errors
/// 400 on each field that is taken.
pub fn create_account(tx: &Tx<'_>, account: &Account) -> Result<Id<User>> {
    let new = &account.new;
    let (name_taken, email_taken) = users::taken(tx, &new.username, &new.email)?;
    let mut faults = Fields::of_query(std::iter::empty());
    faults.check("username", !name_taken, "This name is taken.");
    faults.check("email", !email_taken, "An account with this address exists.");
    faults.finish(())?;
    let user = users::insert(
        tx,
        &users::NewUser {
            username: &new.username,
            email: &new.email,
            password: account.password.as_deref(),
            first_name: &new.first_name,
            last_name: &new.last_name,
            title: &new.title,
        },
    )?;
    tx.emit(Event::Registered { user })?;
    if account.password.is_none() {
        users_service::invite(tx, user)?;
    }
    Ok(user)
}

/// Registers and signs in.
pub(super) async fn register(app: &App, new: NewAccount, origin: Origin) -> Result<SignedIn> {
    if app.config.auth.registration == Registration::Closed {
        return Err(Error::Forbidden("Registration is closed on this instance."));
    }
    let password = hash_password(app, new.password.clone()).await?;
    let account = Account { new, password: Some(password) };
    let (refresh, ttl) = (token::secret(), Lifetimes::of(app));
    let kept = refresh.clone();
    let most = if origin.exempt { None } else { Some(app.config.auth.registrations_per_hour as usize) };
    let (user, family) = app
        .db
        .write(move |tx| {
            if let Some(most) = most {
                limit_registrations(tx, &origin.network, most)?;
            }
            let user = create_account(tx, &account)?;
            let family = begin(tx, user, &origin, &kept, ttl)?;
            Ok((users::get(tx, user)?, family))
        })
        .await?;
    let access = issue(app, &user, family, Via::Token)?;
    Ok(SignedIn { id: user.id, user, tokens: TokenPair { access, refresh } })
}

/// An account and its first sign-in are made in one write, so they carry the same moment: that tells registrations.
fn limit_registrations(tx: &Tx<'_>, network: &str, most: usize) -> Result<()> {
    let hour = Duration::hours(1);
    let mut lately = store::registrations_since(tx, tx.now().plus(-hour))?;
    lately.retain(|(ip, _)| ip.parse().is_ok_and(|ip| network_of(ip) == network));
    if lately.len() < most {
        return Ok(());
    }
    let wait = lately.first().map_or(hour, |(_, oldest)| oldest.plus(hour).since(tx.now())).num_seconds();
    Err(Error::RateLimited { limit: LimitType::Hour, retry_after: u64::try_from(wait).unwrap_or(0) + 1 })
}

/// How long what lives; copied out of the settings so that a write can carry it.
#[derive(Clone, Copy)]
struct Lifetimes {
    refresh: Duration,
    family: Duration,
    reuse_grace: Duration,
}

impl Lifetimes {
    fn of(app: &App) -> Self {
        let auth = &app.config.auth;
        Self {
            refresh: duration(auth.refresh_ttl),
            family: duration(auth.family_ttl),
            reuse_grace: duration(auth.reuse_grace),
        }
    }
}

fn begin(tx: &Tx<'_>, user: Id<User>, origin: &Origin, refresh: &str, ttl: Lifetimes) -> Result<Id<Session>> {
    let expires = tx.now().plus(ttl.refresh.min(ttl.family));
    let family = store::begin(tx, user, origin, expires)?;
    store::keep_token(tx, &token::digest(refresh), family, expires)?;
    let is_first = !store::signed_in_before(tx, user)?;
    let is_known = store::note_place(tx, user, origin, tx.now().plus(-REMEMBERED))?;
    users::signed_in(tx, user)?;
    tx.emit(Event::SignedIn { user })?;
    if !is_first && !is_known {
        tx.emit(Event::SignedInElsewhere { user, sign_in: family })?;
    }
    Ok(family)
}

fn issue(app: &App, user: &User, family: Id<Session>, via: Via) -> Result<String> {
    let now = app.clock.now().seconds();
    let email = user.private.as_ref().map(|it| it.email.clone()).unwrap_or_default();
    let holder = Holder { user_id: user.id.raw(), username: &user.username, email: &email, sid: family.raw(), via };
    Ok(app.tokens.issue(holder, now)?)
}

/// Checks name, password and, where one is set, the second factor, and begins a sign-in. Every failure has the same text and
/// takes the same time; only a right password is told that a code is needed as well.
pub(super) async fn sign_in(app: &App, credentials: Credentials, mut origin: Origin, via: Via) -> Result<SignedIn> {
    let Credentials { name, password, otp } = credentials;
    let name = name.trim().to_owned();
    let asked = name.clone();
    let secret = app.db.read(move |conn| users::secret(conn, &asked)).await?;
    let attempt = Attempt::new(app, secret.as_ref().map(|it| it.id), &name, &origin.network);
    let (before, now) = (attempt.clone(), app.clock.now());
    app.db.read(move |conn| before.admit(conn, now)).await?;
    let stored = secret.as_ref().filter(|it| it.is_active).and_then(|it| it.password.clone());
    let verdict = app.passwords.verify(password.clone(), stored).await.map_err(busy)?;
    let right = match (secret, verdict) {
        (Some(secret), Verdict::Right { needs_rehash: false }) => Some((secret.id, None)),
        // A hash made with weaker parameters than today's is replaced while the password is at hand.
        (Some(secret), Verdict::Right { needs_rehash: true }) => {
            Some((secret.id, Some(app.passwords.hash(password).await.map_err(busy)?)))
        }
        _ => None,
    };
    origin.browser = via == Via::Cookie;
    let (refresh, ttl, seal) = (token::secret(), Lifetimes::of(app), app.seal.clone());
    let kept = refresh.clone();
    let begun = app.db.write(move |tx| {
        // Looked at again, as others may have failed while this one was checked. Failures are kept, so none is an error here.
        attempt.admit(tx, tx.now())?;
        let Some((user, better)) = right else {
            attempt.failed(tx)?;
            return Ok(Err(INVALID));
        };
        match second_factor::check(tx, &seal, user, otp.as_deref())? {
            Check::Passed => {}
            Check::Missing => return Ok(Err(Error::Unauthenticated(Unauthenticated::SecondFactor))),
            Check::Wrong => {
                attempt.failed(tx)?;
                return Ok(Err(INVALID));
            }
        }
        attempt.succeeded(tx)?;
        if let Some(phc) = better {
            users::set_password(tx, user, &phc)?;
        }
        let family = begin(tx, user, &origin, &kept, ttl)?;
        Ok(Ok((users::get(tx, user)?, family)))
    });
    let (user, family) = begun.await??;
    let access = issue(app, &user, family, via)?;
    Ok(SignedIn { id: user.id, user, tokens: TokenPair { access, refresh } })
}

/// Checks the password of somebody who is signed in, under the limits of a sign-in.
///
/// # Errors
/// 400 on `field` when it is wrong; 429 after too many failures.
pub async fn prove(app: &App, user: Id<User>, origin: &Origin, password: String, field: &str) -> Result<()> {
    let attempt = Attempt::new(app, Some(user), "", &origin.network);
    let (before, now) = (attempt.clone(), app.clock.now());
    let stored = app.db.read(move |conn| before.admit(conn, now).and_then(|()| users::password(conn, user))).await?;
    let is_right = matches!(app.passwords.verify(password, stored).await.map_err(busy)?, Verdict::Right { .. });
    let settled = app.db.write(move |tx| {
        attempt.admit(tx, tx.now())?;
        if is_right { Ok(()) } else { attempt.failed(tx) }
    });
    settled.await?;
    if is_right { Ok(()) } else { Err(Error::field(field, "This is not your password.")) }
}

/// Ends every sign-in of an account but a fresh one in their place, made by the same means as `origin` tells.
///
/// # Errors
/// Those of the database.
pub async fn begin_anew<F>(app: &App, user: Id<User>, mut origin: Origin, via: Via, before: F) -> Result<TokenPair>
where
    F: FnOnce(&Tx<'_>) -> Result<()> + Send + 'static,
{
    origin.browser = via == Via::Cookie;
    let (refresh, ttl) = (token::secret(), Lifetimes::of(app));
    let hash = token::digest(&refresh);
    let begun = app.db.write(move |tx| {
        before(tx)?;
        store::end_all(tx, user)?;
        let expires = tx.now().plus(ttl.refresh.min(ttl.family));
        let family = store::begin(tx, user, &origin, expires)?;
        store::keep_token(tx, &hash, family, expires)?;
        Ok((users::get(tx, user)?, family))
    });
    let (user, family) = begun.await?;
    Ok(TokenPair { access: issue(app, &user, family, via)?, refresh })
}

/// Whose refresh token this is, while it is live.
pub(super) async fn holder(app: &App, refresh: &str, browser: bool) -> Result<Option<i64>> {
    let (hash, now) = (token::digest(refresh), app.clock.now());
    let found = app.db.read(move |conn| store::refresh_token(conn, &hash, now)).await?;
    Ok(found.filter(|it| it.is_live && it.browser == browser).map(|it| it.user.raw()))
}

/// Exchanges a refresh token for the next pair.
pub(super) async fn refresh(app: &App, spent: &str, origin: Origin, browser: bool) -> Result<TokenPair> {
    let (child, ttl, hash) = (token::secret(), Lifetimes::of(app), token::digest(spent));
    let child_hash = token::digest(&child);
    let renewal = app
        .db
        .write(move |tx| {
            let Some(old) = store::refresh_token(tx, &hash, tx.now())? else { return Ok(None) };
            if !old.is_live || old.browser != browser {
                return Ok(None);
            }
            if old.rotated_at.is_some_and(|at| tx.now().since(at) > ttl.reuse_grace) {
                // The refusal has to be kept: an error here would undo the end of the family.
                store::end(tx, old.user, old.family)?;
                let by = By { actor: None, trace: Some(&origin.trace) };
                audit::record(tx, by, "users.token_reused", ("user", old.user), Changes::none())?;
                tx.emit(Event::TokenReused { user: old.user, sign_in: old.family })?;
                return Ok(None);
            }
            let expires = tx.now().plus(ttl.refresh).min(old.began.plus(ttl.family));
            store::rotate(tx, &hash, old.family, expires)?;
            store::keep_token(tx, &child_hash, old.family, expires)?;
            Ok(Some((users::get(tx, old.user)?, old.family)))
        })
        .await?;
    let (user, family) = renewal.ok_or(Error::Unauthenticated(Unauthenticated::InvalidToken))?;
    let via = if browser { Via::Cookie } else { Via::Token };
    Ok(TokenPair { access: issue(app, &user, family, via)?, refresh: child })
}

/// Ends the sign-in that this refresh token belongs to, whatever state it is in.
pub(super) fn sign_out_by_token(tx: &Tx<'_>, refresh: &str) -> Result<()> {
    if let Some(token) = store::refresh_token(tx, &token::digest(refresh), tx.now())? {
        store::end(tx, token.user, token.family)?;
    }
    Ok(())
}

/// Ends one sign-in of its owner.
pub(super) fn sign_out(tx: &Tx<'_>, user: Id<User>, family: Id<Session>) -> Result<()> {
    if store::end(tx, user, family)? { Ok(()) } else { Err(Error::NotFound("session")) }
}

/// Sets a password, which ends every sign-in and every link that would set another one, and tells its owner by mail.
///
/// # Errors
/// Those of the database.
pub fn set_password(tx: &Tx<'_>, by: By<'_>, user: Id<User>, phc: &str) -> Result<()> {
    users::set_password(tx, user, phc)?;
    store::end_all(tx, user)?;
    store::end_mail_tokens(tx, user, "reset")?;
    audit::record(tx, by, "users.password_changed", ("user", user), Changes::none())?;
    tx.emit(Event::PasswordChanged { user })
}
