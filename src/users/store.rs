//! The rows of people.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{
    model::{Private, ProfileDraft, User},
    reference::shown_name,
};
use crate::platform::{
    caller::{Caller, Credential, Proof, Roles, SignIn},
    clock::Timestamp,
    db::Tx,
    error::{Constraint as _, Error, Result},
    id::Id,
    rows,
};

/// The columns of a user, of a table that goes by the name `u`.
pub const USER: &str = "u.id, u.username, u.email, u.first_name, u.last_name, u.title, u.bio, u.location, u.website,
    u.github_url, u.linkedin_url, u.twitter_url, u.telegram_url, u.profile_picture, u.career_goal, u.experience_level,
    u.learning_style, u.open_to_remote, u.points, u.is_mentor, u.is_premium, u.is_staff, u.is_instructor, u.is_recruiter,
    u.is_moderator, u.is_active, u.email_verified, u.totp_enabled, u.last_login, u.last_active, u.deleted_at, u.erase_at,
    u.created_at, u.updated_at";

/// Reads the columns of [`USER`], with what only the person and admins see.
///
/// # Errors
/// The row does not have them.
pub fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get("id")?,
        username: row.get("username")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        title: row.get("title")?,
        bio: row.get("bio")?,
        location: row.get("location")?,
        website: row.get("website")?,
        github_url: row.get("github_url")?,
        linkedin_url: row.get("linkedin_url")?,
        twitter_url: row.get("twitter_url")?,
        telegram_url: row.get("telegram_url")?,
        profile_picture: row.get("profile_picture")?,
        career_goal: row.get("career_goal")?,
        experience_level: row.get("experience_level")?,
        learning_style: row.get("learning_style")?,
        open_to_remote: row.get("open_to_remote")?,
        points: row.get("points")?,
        is_mentor: row.get("is_mentor")?,
        is_premium: row.get("is_premium")?,
        is_staff: row.get("is_staff")?,
        is_instructor: row.get("is_instructor")?,
        is_recruiter: row.get("is_recruiter")?,
        is_moderator: row.get("is_moderator")?,
        is_active: row.get("is_active")?,
        last_active: row.get("last_active")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
        private: Some(Private {
            email: row.get("email")?,
            email_verified: row.get("email_verified")?,
            totp_enabled: row.get("totp_enabled")?,
            last_login: row.get("last_login")?,
            deleted_at: row.get("deleted_at")?,
            erase_at: row.get("erase_at")?,
        }),
    })
}

/// The account with this id, whether in use or not.
///
/// # Errors
/// 404.
pub fn get(conn: &Connection, id: Id<User>) -> Result<User> {
    conn.prepare_cached(&format!("SELECT {USER} FROM users u WHERE u.id = ?1"))?
        .query_row([id], user)
        .optional()?
        .ok_or(Error::NotFound("user"))
}

/// The account with this id if it is in use.
///
/// # Errors
/// 404.
pub fn get_active(conn: &Connection, id: Id<User>) -> Result<User> {
    get(conn, id).and_then(|user| if user.is_active { Ok(user) } else { Err(Error::NotFound("user")) })
}

/// This id if there is such an account, whether in use or not.
///
/// # Errors
/// Those of the database.
pub fn find_id(conn: &Connection, id: Id<User>) -> Result<Option<Id<User>>> {
    Ok(conn.prepare_cached("SELECT id FROM users WHERE id = ?1")?.query_row([id], |row| row.get(0)).optional()?)
}

/// The account with this name or e-mail address, in any case.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &Connection, name_or_email: &str) -> Result<Option<User>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {USER} FROM users u WHERE u.username = ?1 OR u.email = ?1"))?
        .query_row([name_or_email], user)
        .optional()?)
}

/// What a sign-in is checked against: the account, its password's hash and whether it is in use.
pub struct SecretRow {
    /// The account.
    pub id: Id<User>,
    /// PHC string; none when no password was set yet.
    pub password: Option<String>,
    /// Whether it is in use.
    pub is_active: bool,
}

/// The secret of the account with this name or e-mail address.
///
/// # Errors
/// Those of the database.
pub fn secret(conn: &Connection, name_or_email: &str) -> Result<Option<SecretRow>> {
    Ok(conn
        .prepare_cached("SELECT id, password, is_active FROM users WHERE username = ?1 OR email = ?1")?
        .query_row([name_or_email], |row| {
            Ok(SecretRow { id: row.get(0)?, password: row.get(1)?, is_active: row.get(2)? })
        })
        .optional()?)
}

/// The hash of an account's password; none when it has none or is not in use.
///
/// # Errors
/// Those of the database.
pub fn password(conn: &Connection, id: Id<User>) -> Result<Option<String>> {
    Ok(conn
        .prepare_cached("SELECT password FROM users WHERE id = ?1 AND is_active = 1")?
        .query_row([id], |row| row.get(0))
        .optional()?
        .flatten())
}

/// A new account's row.
pub struct NewUser<'a> {
    /// Unique in any case.
    pub username: &'a str,
    /// Unique in any case.
    pub email: &'a str,
    /// PHC string; none until a password is set by link.
    pub password: Option<&'a str>,
    /// Given name.
    pub first_name: &'a str,
    /// Family name.
    pub last_name: &'a str,
    /// What they call themselves.
    pub title: &'a str,
}

/// Adds an account whose name and address are not [`taken`].
///
/// # Errors
/// Those of the database.
pub fn insert(tx: &Tx<'_>, new: &NewUser<'_>) -> Result<Id<User>> {
    tx.prepare_cached(
        "INSERT INTO users (username, email, password, first_name, last_name, title, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) RETURNING id",
    )?
    .query_row((new.username, new.email, new.password, new.first_name, new.last_name, new.title, tx.now()), |row| {
        row.get(0)
    })
    .map_err(Error::from)
}

/// Whether this name and whether this address belong to an account already, in any case.
///
/// # Errors
/// Those of the database.
pub fn taken(conn: &Connection, username: &str, email: &str) -> Result<(bool, bool)> {
    Ok(conn
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM users WHERE username = ?1), EXISTS (SELECT 1 FROM users WHERE email = ?2)",
        )?
        .query_row((username, email), |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Writes the profile.
///
/// # Errors
/// 400 when the name is taken.
pub fn update_profile(tx: &Tx<'_>, id: Id<User>, it: &ProfileDraft) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET username = :username, first_name = :first_name, last_name = :last_name, title = :title,
             bio = :bio, location = :location, website = :website, github_url = :github_url,
             linkedin_url = :linkedin_url, twitter_url = :twitter_url, telegram_url = :telegram_url,
             career_goal = :career_goal, experience_level = :experience_level, learning_style = :learning_style,
             open_to_remote = :open_to_remote, updated_at = :now
         WHERE id = :id",
    )?
    .execute(named_params! {
        ":id": id, ":username": it.username, ":first_name": it.first_name, ":last_name": it.last_name,
        ":title": it.title, ":bio": it.bio, ":location": it.location, ":website": it.website,
        ":github_url": it.github_url, ":linkedin_url": it.linkedin_url, ":twitter_url": it.twitter_url,
        ":telegram_url": it.telegram_url, ":career_goal": it.career_goal, ":experience_level": it.experience_level,
        ":learning_style": it.learning_style, ":open_to_remote": it.open_to_remote, ":now": tx.now(),
    })
    .on_unique("users.username", Error::field("username", "This name is taken."))?;
    Ok(())
}

/// Writes the address of the picture.
///
/// # Errors
/// Those of the database.
pub fn update_picture(tx: &Tx<'_>, id: Id<User>, address: Option<&str>) -> Result<()> {
    tx.set("users", id, "profile_picture", address)
}

/// Sets the password's hash.
///
/// # Errors
/// Those of the database.
pub fn set_password(tx: &Tx<'_>, id: Id<User>, phc: &str) -> Result<()> {
    tx.prepare_cached("UPDATE users SET password = ?2 WHERE id = ?1")?.execute((id, phc))?;
    Ok(())
}

/// Notes a sign-in.
///
/// # Errors
/// Those of the database.
pub fn signed_in(tx: &Tx<'_>, id: Id<User>) -> Result<()> {
    tx.prepare_cached("UPDATE users SET last_login = ?2, last_active = ?2 WHERE id = ?1")?.execute((id, tx.now()))?;
    Ok(())
}

/// Notes when people were last seen.
///
/// # Errors
/// Those of the database.
pub fn seen(tx: &Tx<'_>, seen: &[(i64, Timestamp)]) -> Result<()> {
    let mut update = tx.prepare_cached(
        "UPDATE users SET last_active = ?2 WHERE id = ?1 AND (last_active IS NULL OR last_active < ?2)",
    )?;
    for row in seen {
        update.execute(*row)?;
    }
    Ok(())
}

/// Marks the address as proven, if it still is the account's.
///
/// # Errors
/// Those of the database.
pub fn set_email_verified(tx: &Tx<'_>, id: Id<User>, email: &str) -> Result<bool> {
    let changed = tx
        .prepare_cached("UPDATE users SET email_verified = 1, updated_at = ?3 WHERE id = ?1 AND email = ?2")?
        .execute((id, email, tx.now()))?;
    Ok(changed > 0)
}

/// The roles that can be granted, by their column.
pub const ROLES: &[&str] = &["is_staff", "is_instructor", "is_recruiter", "is_moderator", "is_premium"];

/// Grants or takes a role.
///
/// # Errors
/// 400 when there is no such role.
pub fn set_role(tx: &Tx<'_>, id: Id<User>, role: &str, granted: bool) -> Result<()> {
    let Some(role) = ROLES.iter().find(|it| **it == role) else {
        return Err(Error::field("role", format!("Choose one of {}.", ROLES.join(", "))));
    };
    tx.set("users", id, role, granted)
}

/// Writes whether somebody has an approved mentor profile.
///
/// # Errors
/// Those of the database.
pub fn set_mentor(tx: &Tx<'_>, id: Id<User>, is_mentor: bool) -> Result<()> {
    tx.prepare_cached("UPDATE users SET is_mentor = ?2, updated_at = ?3 WHERE id = ?1 AND is_mentor <> ?2")?
        .execute((id, is_mentor, tx.now()))?;
    Ok(())
}

/// Active admins.
///
/// # Errors
/// Those of the database.
pub fn admins(conn: &Connection) -> Result<Vec<Id<User>>> {
    let sql = "SELECT id FROM users WHERE is_staff = 1 AND is_active = 1 ORDER BY id";
    rows::all(conn, sql, [], |row| row.get(0))
}

/// Takes an account into or out of use. Taken into use, it is not about to be erased any more.
///
/// # Errors
/// Those of the database.
pub fn set_active(tx: &Tx<'_>, id: Id<User>, active: bool) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET is_active = ?2, deleted_at = iif(?2, NULL, deleted_at), erase_at = iif(?2, NULL, erase_at),
             updated_at = ?3 WHERE id = ?1",
    )?
    .execute((id, active, tx.now()))?;
    Ok(())
}

/// Active admins, of which the last one must stay.
///
/// # Errors
/// Those of the database.
pub fn count_admins(conn: &Connection) -> Result<i64> {
    Ok(conn.query_row("SELECT count(*) FROM users WHERE is_staff = 1 AND is_active = 1", [], |row| row.get(0))?)
}

/// The caller that a credential speaks for, read fresh: a deactivated account and an ended sign-in stop at once.
///
/// Each access token belongs to the family of one sign-in and names it, so ending the family ends every one of its
/// tokens; no list of single tokens is needed.
///
/// # Errors
/// Those of the database.
pub fn authenticate(conn: &Connection, credential: &Credential, now: Timestamp) -> Result<Option<Caller>> {
    const CALLER: &str =
        "u.id, u.username, u.first_name, u.last_name, u.title, u.location, u.email_verified, u.last_active, u.is_staff,
        u.is_instructor, u.is_recruiter, u.is_moderator, u.is_mentor";
    let caller = |row: &Row<'_>, sign_in: SignIn| {
        let username: String = row.get("username")?;
        Ok(Caller {
            id: row.get("id")?,
            shown_name: shown_name(
                row.get_ref("first_name")?.as_str()?,
                row.get_ref("last_name")?.as_str()?,
                &username,
            ),
            username,
            title: row.get("title")?,
            location: row.get("location")?,
            email_verified: row.get("email_verified")?,
            last_active: row.get("last_active")?,
            roles: match sign_in {
                SignIn::Session { .. } => Roles {
                    admin: row.get("is_staff")?,
                    instructor: row.get("is_instructor")?,
                    recruiter: row.get("is_recruiter")?,
                    moderator: row.get("is_moderator")?,
                    mentor: row.get("is_mentor")?,
                },
                SignIn::ApiToken { .. } => Roles::default(),
            },
            sign_in,
        })
    };
    let found = match credential {
        Credential::Session { user, family, jti, browser } => conn
            .prepare_cached(&format!(
                "SELECT {CALLER} FROM sign_ins s JOIN users u ON u.id = s.user_id
                 WHERE s.id = ?1 AND u.id = ?2 AND u.is_active = 1 AND s.revoked_at IS NULL AND s.expires_at > ?3"
            ))?
            .query_row((family, user, now), |row| {
                caller(row, SignIn::Session { family: *family, jti: jti.clone(), browser: *browser })
            }),
        Credential::ApiToken { digest } => conn
            .prepare_cached(&format!(
                "SELECT {CALLER}, t.id AS token, t.scope, t.last_used_at
                 FROM api_tokens t JOIN users u ON u.id = t.user_id
                 WHERE t.hash = ?1 AND u.is_active = 1 AND t.expires_at > ?2"
            ))?
            .query_row((digest, now), |row| {
                let read_only = row.get::<_, String>("scope")? == "read";
                let sign_in =
                    SignIn::ApiToken { id: row.get("token")?, read_only, last_used: row.get("last_used_at")? };
                caller(row, sign_in)
            }),
    };
    Ok(found.optional()?)
}

/// Whether this account is active and what its caller proved themselves by stands.
///
/// # Errors
/// Those of the database.
pub fn is_proven(conn: &Connection, user: Id<User>, proof: Proof, now: Timestamp) -> Result<bool> {
    let (sql, id) = match proof {
        Proof::SignIn(id) => (
            "SELECT 1 FROM sign_ins s JOIN users u ON u.id = s.user_id
             WHERE s.id = ?1 AND u.id = ?2 AND u.is_active = 1 AND s.revoked_at IS NULL AND s.expires_at > ?3",
            id,
        ),
        Proof::ApiToken(id) => (
            "SELECT 1 FROM api_tokens t JOIN users u ON u.id = t.user_id
             WHERE t.id = ?1 AND u.id = ?2 AND u.is_active = 1 AND t.expires_at > ?3",
            id,
        ),
    };
    Ok(conn.prepare_cached(sql)?.exists((id, user, now))?)
}

/// Every account, newest first.
///
/// # Errors
/// Those of the database.
pub fn newest(conn: &Connection) -> Result<Vec<User>> {
    rows::all(conn, &format!("SELECT {USER} FROM users u ORDER BY u.id DESC"), [], user)
}

/// Whether there is any account.
///
/// # Errors
/// Those of the database.
pub fn exist(conn: &Connection) -> Result<bool> {
    Ok(conn.query_row("SELECT EXISTS (SELECT 1 FROM users)", [], |row| row.get(0))?)
}
