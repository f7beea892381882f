//! A person inside another answer.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::User;
use crate::platform::id::Id;

/// A person inside another answer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserRef {
    /// Its number.
    pub id: Id<User>,
    /// Its name.
    pub username: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they call themselves.
    pub title: String,
    /// Address of the picture.
    pub profile_picture: Option<String>,
    /// The sum of their ledger.
    pub points: i64,
}

impl UserRef {
    /// What others read where this account is named in a sentence.
    pub fn shown_name(&self) -> String {
        shown_name(&self.first_name, &self.last_name, &self.username)
    }
}

/// Given and family name, or the account's name where neither is told.
pub(super) fn shown_name(first_name: &str, last_name: &str, username: &str) -> String {
    let name = format!("{first_name} {last_name}");
    if name.trim().is_empty() { username.to_owned() } else { name.trim().to_owned() }
}

/// The columns of a nested user in a table of this name, and how they are read.
macro_rules! nested_user {
    ($columns:ident, $read:ident, $table:literal) => {
        #[doc = concat!("The columns of a nested user, of a table that goes by the name `", $table, "`.")]
        pub const $columns: &'static str = concat!(
            $table,
            ".id AS ",
            $table,
            "_id, ",
            $table,
            ".username AS ",
            $table,
            "_username, ",
            $table,
            ".first_name AS ",
            $table,
            "_first_name, ",
            $table,
            ".last_name AS ",
            $table,
            "_last_name, ",
            $table,
            ".title AS ",
            $table,
            "_title, ",
            $table,
            ".profile_picture AS ",
            $table,
            "_profile_picture, ",
            $table,
            ".points AS ",
            $table,
            "_points"
        );

        #[doc = concat!("Reads the columns of [`UserRef::", stringify!($columns), "`].")]
        ///
        /// # Errors
        /// The row does not have them.
        pub fn $read(row: &Row<'_>) -> rusqlite::Result<Self> {
            Ok(Self {
                id: row.get(concat!($table, "_id"))?,
                username: row.get(concat!($table, "_username"))?,
                first_name: row.get(concat!($table, "_first_name"))?,
                last_name: row.get(concat!($table, "_last_name"))?,
                title: row.get(concat!($table, "_title"))?,
                profile_picture: row.get(concat!($table, "_profile_picture"))?,
                points: row.get(concat!($table, "_points"))?,
            })
        }
    };
}

impl UserRef {
    nested_user!(COLUMNS, read, "u");
    // Where a row names two people, the second.
    nested_user!(OTHER, read_other, "o");
}

impl From<&User> for UserRef {
    fn from(user: &User) -> Self {
        Self {
            id: user.id,
            username: user.username.clone(),
            first_name: user.first_name.clone(),
            last_name: user.last_name.clone(),
            title: user.title.clone(),
            profile_picture: user.profile_picture.clone(),
            points: user.points,
        }
    }
}
