//! The rows of accounts that end.

use rusqlite::Connection;

use crate::{
    platform::{clock::Timestamp, db::Tx, error::Result, id::Id, rows},
    users::User,
};

/// Takes an account out of use, to be erased at that moment.
///
/// # Errors
/// Those of the database.
pub fn leave(tx: &Tx<'_>, user: Id<User>, erase_at: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "UPDATE users SET is_active = 0, deleted_at = ?2, erase_at = ?3, updated_at = ?2 WHERE id = ?1 AND is_active = 1",
    )?
    .execute((user, tx.now(), erase_at))?;
    Ok(())
}

/// Accounts whose time is over, oldest first.
///
/// # Errors
/// Those of the database.
pub fn due(conn: &Connection, now: Timestamp, most: i64) -> Result<Vec<Id<User>>> {
    let sql = "SELECT id FROM users WHERE erase_at <= ?1 ORDER BY erase_at, id LIMIT ?2";
    rows::all(conn, sql, (now, most), |row| row.get(0))
}

/// Takes everything out of an account's row that says whose it was. Neither name nor address can be registered by anybody:
/// the one has spaces, the other no dot.
///
/// # Errors
/// Those of the database.
pub fn erase(tx: &Tx<'_>, user: Id<User>) -> Result<()> {
    tx.execute(
        "UPDATE users SET username = 'deleted user ' || id, email = 'deleted-' || id || '@invalid', password = NULL,
             first_name = '', last_name = '', title = '', bio = '', location = '', website = '', github_url = '',
             linkedin_url = '', twitter_url = '', telegram_url = '', profile_picture = NULL, career_goal = '',
             experience_level = NULL, learning_style = NULL, open_to_remote = 1, points = 0, is_mentor = 0, is_premium = 0,
             is_staff = 0, is_instructor = 0, is_recruiter = 0, is_moderator = 0, is_active = 0, email_verified = 0,
             totp_enabled = 0, last_login = NULL, last_active = NULL, deleted_at = coalesce(deleted_at, ?2), erase_at = NULL,
             updated_at = ?2
         WHERE id = ?1",
        (user, tx.now()),
    )?;
    tx.execute("DELETE FROM sign_in_failures WHERE account = CAST(?1 AS TEXT)", [user])?;
    tx.execute("DELETE FROM sign_in_waits WHERE key = 'of:' || ?1 OR key GLOB 'both:' || ?1 || ':*'", [user])?;
    // That something happened stays; names and words of theirs do not.
    tx.execute("UPDATE events SET data = '{}' WHERE actor_id = ?1", [user])?;
    for table in [
        "sign_ins",
        "sign_in_places",
        "mail_tokens",
        "email_changes",
        "second_factors",
        "api_tokens",
        "points_entries",
        "idempotency",
    ] {
        tx.execute(&format!("DELETE FROM {table} WHERE user_id = ?1"), [user])?;
    }
    Ok(())
}
