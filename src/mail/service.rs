//! The rules of mail: who gets which, and what is written into it at the last moment.

use chrono::Duration;

use super::{
    model::{Foot, Template, Written},
    store,
    templates::{self, End, Letter, Reader, account, mentoring},
};
use crate::{
    achievements,
    courses::{self, learning},
    mentors::sessions::{self, MentorSession, SessionStatus},
    notifications::{self, Digest, Preferences, service::REGULAR_MAIL},
    platform::{
        clock::Timestamp,
        db::Tx,
        edge::digest,
        error::{Error, Result},
        id::Id,
        mailer::{Attachment, Message},
        token,
    },
    users::{
        self, FactorChange, User, audit, security,
        sign_in::store::{end_mail_tokens, keep_mail_token, place_of},
    },
};

/// How long a link lives that proves an address or sets a password.
const LINK: Duration = Duration::hours(24);
/// How long a link that ends mail lives: mail lies in boxes for long.
const UNSUBSCRIBE: Duration = Duration::days(365);

/// Writes a mail; none when it has left already, when its reader is gone or does not want it, or when what it is about is
/// gone. Links are made here and only their digests are kept, so that none lies in the queue. `base` is what links start
/// with.
///
/// # Errors
/// Those of the database.
pub fn write(tx: &Tx<'_>, base: &str, template: Template, user: Id<User>, reference: &str) -> Result<Option<Written>> {
    compose(tx, base, template, user, reference, |tx, user, preferences| {
        letter(tx, base, template, user, reference, preferences)
    })
}

/// The same of a mail whose words come from a room that stands below this one.
///
/// # Errors
/// Those of the database and of `letter`.
pub fn compose(
    tx: &Tx<'_>,
    base: &str,
    template: Template,
    user: Id<User>,
    reference: &str,
    letter: impl FnOnce(&Tx<'_>, &User, &Preferences) -> Result<Option<Letter>>,
) -> Result<Option<Written>> {
    let is_last =
        matches!(template, Template::AccountDeactivated | Template::AccountDeletion | Template::AccountErased);
    let found = if is_last { users::store::get(tx, user) } else { users::store::get_active(tx, user) };
    let user = match found {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    let Some(address) = address(tx, template, &user, reference)? else { return Ok(None) };
    let preferences = notifications::store::preferences(tx, user.id)?;
    let wanted = match template.foot() {
        Some(Foot::Kind(kind)) => preferences.types.get(&kind).is_none_or(|it| it.email),
        Some(Foot::Regular) => match template {
            Template::DailyDigest => preferences.digest != Digest::Off,
            Template::WeeklyReport => preferences.weekly_report,
            _ => true,
        },
        None => true,
    };
    if !wanted {
        return Ok(None);
    }
    let Some(letter) = letter(tx, &user, &preferences)? else { return Ok(None) };
    let Some((id, begun)) = store::begin(tx, user.id, template, reference)? else { return Ok(None) };
    let (mut end, mut headers) = (None, vec![]);
    if let Some(foot) = template.foot() {
        let secret = unsubscribing(tx, user.id, foot)?;
        end = Some((templates::end_it(preferences.language, foot), format!("{base}/unsubscribe/{secret}")));
        headers = vec![
            ("List-Unsubscribe", format!("<{base}/api/notifications/unsubscribe/?token={secret}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ];
    }
    let end = end.as_ref().map(|(words, address)| End { words, address });
    let (text, html) = templates::render(&letter, preferences.language, end.as_ref());
    let attachment = attachment(tx, base, template, reference)?;
    // A mail that is handed over again is the same to whoever receives it twice.
    let message_id = digest(format!("{id} {begun} {template} {reference} {address}").as_bytes());
    let message = Message { message_id, to: address, subject: letter.subject, text, html, headers, attachment };
    Ok(Some(Written { id, message }))
}

/// Where the mail goes: to the account's address, to the one that is to be proven, or to the one that was replaced. That one
/// stands in the audit alone, which forgets it when the account is erased.
fn address(tx: &Tx<'_>, template: Template, user: &User, reference: &str) -> Result<Option<String>> {
    match template {
        Template::EmailReplaced => match reference.parse() {
            Ok(micros) => audit::store::email_before(tx, user.id, Timestamp::from_micros(micros)),
            Err(_) => Ok(None),
        },
        Template::EmailChanged => security::store::wanted_email(tx, user.id),
        _ => Ok(user.private.as_ref().map(|it| it.email.clone())),
    }
}

fn unsubscribing(tx: &Tx<'_>, user: Id<User>, foot: Foot) -> Result<String> {
    let secret = token::secret();
    let subject = match foot {
        Foot::Kind(kind) => kind.as_str(),
        Foot::Regular => REGULAR_MAIL,
    };
    keep_mail_token(tx, &token::digest(&secret), user, "unsubscribe", subject, tx.now().plus(UNSUBSCRIBE))?;
    Ok(secret)
}

/// What the mail says; none when what it is about is gone.
fn letter(
    tx: &Tx<'_>,
    base: &str,
    template: Template,
    user: &User,
    reference: &str,
    preferences: &Preferences,
) -> Result<Option<Letter>> {
    let language = preferences.language;
    let reader = Reader::of(user, language, base);
    match template {
        Template::Welcome => {
            // Whoever registers may have given the address of somebody else, so their words have no place in this mail.
            let reader = Reader { name: &user.username, ..reader };
            Ok(Some(templates::welcome(&reader, &verifying(tx, user)?)))
        }
        Template::Achievement => {
            let Ok(award) = reference.parse() else { return Ok(None) };
            match achievements::store::get_award(tx, award) {
                Ok(award) if award.user.id == user.id => Ok(Some(templates::achievement(&reader, &award))),
                Ok(_) | Err(Error::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            }
        }
        Template::CourseEnrollment => {
            let Ok(progress) = reference.parse() else { return Ok(None) };
            let course = match learning::store::get(tx, progress, user.id) {
                Err(Error::NotFound(_)) => return Ok(None),
                found => courses::store::get_any(tx, found?.course.id)?,
            };
            Ok((!course.is_deleted).then(|| templates::course_enrollment(&reader, &course)))
        }
        Template::Mention
        | Template::Like
        | Template::Comment
        | Template::Application
        | Template::Connection
        | Template::System => {
            let Ok(notification) = reference.parse() else { return Ok(None) };
            let told = notifications::store::find(tx, user.id, notification)?;
            Ok(told.map(|it| templates::notification(&reader, &it)))
        }
        Template::MentorRequest | Template::SessionScheduled | Template::SessionChanged | Template::SessionReminder => {
            let Some(session) = session_of(tx, reference)? else { return Ok(None) };
            let zone = preferences.timezone.parse().unwrap_or_default();
            let it = mentoring::About { session: &session, reader: user.id, zone };
            Ok(match template {
                Template::MentorRequest => mentoring::request(&reader, &it),
                Template::SessionReminder => mentoring::reminder(&reader, &it),
                _ => mentoring::change(&reader, &it),
            })
        }
        _ => about_account(tx, &reader, template, user, reference),
    }
}

/// The session that a mail is about, by its id and, where the mail tells of one of its states, the number of that state; none
/// when it has changed since: a later mail tells of that.
fn session_of(tx: &Tx<'_>, reference: &str) -> Result<Option<MentorSession>> {
    let mut parts = reference.split(':');
    let Some(id) = parts.next().and_then(|it| it.parse().ok()) else { return Ok(None) };
    let told: Option<i64> = parts.next().and_then(|it| it.parse().ok());
    let session = sessions::store::get_all(tx, &[id])?.pop();
    Ok(session.filter(|it| told.is_none_or(|told| told == it.sequence)))
}

/// The calendar file that comes with a mail about a session whose time is new or over.
fn attachment(tx: &Tx<'_>, base: &str, template: Template, reference: &str) -> Result<Option<Attachment>> {
    if !matches!(template, Template::SessionScheduled | Template::SessionChanged) {
        return Ok(None);
    }
    let session = session_of(tx, reference)?.filter(|it| mentoring::changes_a_calendar(it.status));
    let Some(session) = session else { return Ok(None) };
    let content_type = match session.status {
        SessionStatus::Cancelled => "text/calendar; charset=utf-8; method=CANCEL",
        _ => "text/calendar; charset=utf-8; method=PUBLISH",
    };
    let file = sessions::calendar(&session, base);
    Ok(file.map(|it| Attachment { name: format!("session-{}.ics", session.id), content_type, bytes: it.into_bytes() }))
}

/// The secret of a link that proves the account's address; empty when it is proven.
fn verifying(tx: &Tx<'_>, user: &User) -> Result<String> {
    match user.private.as_ref().filter(|it| !it.email_verified) {
        Some(private) => linked(tx, user.id, "verify", &private.email, tx.now().plus(LINK)),
        None => Ok(String::new()),
    }
}

/// A fresh secret of a link for this purpose.
fn linked(tx: &Tx<'_>, user: Id<User>, purpose: &str, subject: &str, expires: Timestamp) -> Result<String> {
    let secret = token::secret();
    keep_mail_token(tx, &token::digest(&secret), user, purpose, subject, expires)?;
    Ok(secret)
}

/// What a mail about the account itself says. Names that people gave themselves have no place in it: whoever registers may
/// have given the address of somebody else.
fn about_account(
    tx: &Tx<'_>,
    reader: &Reader<'_>,
    template: Template,
    user: &User,
    reference: &str,
) -> Result<Option<Letter>> {
    let reader = &Reader { name: &user.username, ..*reader };
    let day = tx.now().plus(LINK);
    let letter = match template {
        Template::VerifyEmail => {
            let secret = verifying(tx, user)?;
            if secret.is_empty() {
                return Ok(None);
            }
            account::verify_email(reader, &secret)
        }
        Template::EmailChanged => {
            let Some(wanted) = security::store::wanted_email(tx, user.id)? else { return Ok(None) };
            account::email_changed(reader, &linked(tx, user.id, "email_change", &wanted, day)?)
        }
        Template::EmailChangeAsked => {
            let Some(wanted) = security::store::wanted_email(tx, user.id)? else { return Ok(None) };
            account::email_change_asked(reader, &wanted)
        }
        Template::EmailReplaced => account::email_replaced(reader),
        Template::PasswordReset => {
            end_mail_tokens(tx, user.id, "reset")?;
            account::password_reset(reader, &linked(tx, user.id, "reset", "", day)?)
        }
        Template::PasswordChanged => account::password_changed(reader),
        Template::NewSignIn => {
            let Ok(sign_in) = reference.parse() else { return Ok(None) };
            let Some(place) = place_of(tx, user.id, sign_in)? else { return Ok(None) };
            account::new_sign_in(reader, &place)
        }
        Template::TokenReuse => account::token_reuse(reader),
        Template::SecondFactorChanged => {
            let change = reference.split(':').next().unwrap_or_default();
            let Ok(change) = FactorChange::read(change) else { return Ok(None) };
            account::second_factor_changed(reader, change)
        }
        Template::AccountDeactivated => account::account_deactivated(reader),
        Template::AccountDeletion => {
            let Some(erase_at) = user.private.as_ref().and_then(|it| it.erase_at) else { return Ok(None) };
            end_mail_tokens(tx, user.id, "restore")?;
            account::account_deletion(reader, &linked(tx, user.id, "restore", "", erase_at)?, erase_at)
        }
        Template::AccountErased => account::account_erased(reader),
        Template::ExportReady => {
            let until = reference.split(':').nth(1).and_then(|it| it.parse().ok()).map(Timestamp::from_micros);
            let Some(until) = until.filter(|it| *it > tx.now()) else { return Ok(None) };
            account::export_ready(reader, until)
        }
        _ => return Ok(None),
    };
    Ok(Some(letter))
}
