//! The rules of mail: who gets which, and what is written into it at the last moment.

use chrono::Duration;

use super::{
    model::{Foot, Template, Written},
    store,
    templates::{self, End, Letter, Reader},
};
use crate::{
    achievements,
    courses::{self, learning},
    notifications::{self, Language, service::REGULAR_MAIL},
    platform::{
        db::Tx,
        error::{Error, Result},
        id::Id,
        mailer::Message,
        token,
    },
    users::{self, User, sign_in::store::keep_mail_token},
};

/// How long a link that proves an address lives.
const VERIFY: Duration = Duration::hours(24);
/// How long a link that ends mail lives: mail lies in boxes for long.
const UNSUBSCRIBE: Duration = Duration::days(365);

/// Writes a mail; none when it has left already, when its reader is gone or does not want it, or when what it is about is
/// gone. Links are made here and only their digests are kept, so that none lies in the queue. `base` is what links start
/// with.
///
/// # Errors
/// Those of the database.
pub fn write(tx: &Tx<'_>, base: &str, template: Template, user: Id<User>, reference: &str) -> Result<Option<Written>> {
    let user = match users::store::get_active(tx, user) {
        Err(Error::NotFound(_)) => return Ok(None),
        found => found?,
    };
    let Some(address) = user.private.as_ref().map(|it| it.email.clone()) else { return Ok(None) };
    let preferences = notifications::store::preferences(tx, user.id)?;
    let wanted = match template.foot() {
        Foot::Kind(kind) => preferences.types.get(&kind).is_none_or(|it| it.email),
        Foot::Regular => true,
    };
    if !wanted {
        return Ok(None);
    }
    let Some(letter) = letter(tx, base, template, &user, reference, preferences.language)? else { return Ok(None) };
    let Some(id) = store::begin(tx, user.id, template, reference)? else { return Ok(None) };
    let secret = unsubscribing(tx, user.id, template.foot())?;
    let page = format!("{base}/unsubscribe/{secret}");
    let words = templates::end_it(preferences.language, template.foot());
    let (text, html) = templates::render(&letter, preferences.language, Some(&End { words, address: &page }));
    let headers = vec![
        ("List-Unsubscribe", format!("<{base}/api/notifications/unsubscribe/?token={secret}>")),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
    ];
    let message = Message { to: address, subject: letter.subject, text, html, headers, attachment: None };
    Ok(Some(Written { id, message }))
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
    language: Language,
) -> Result<Option<Letter>> {
    let reader =
        Reader { name: if user.first_name.is_empty() { &user.username } else { &user.first_name }, language, base };
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
    }
}

/// The secret of a link that proves the account's address; empty when it is proven.
fn verifying(tx: &Tx<'_>, user: &User) -> Result<String> {
    let Some(private) = user.private.as_ref().filter(|it| !it.email_verified) else { return Ok(String::new()) };
    let secret = token::secret();
    keep_mail_token(tx, &token::digest(&secret), user.id, "verify", &private.email, tx.now().plus(VERIFY))?;
    Ok(secret)
}
