//! What a backup says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::platform::clock::Timestamp;

/// The database inside a backup, whatever it is called outside.
pub const DATABASE: &str = "careerd.db";
/// The manifest inside a backup.
pub const MANIFEST: &str = "manifest.json";
/// The folders of the data folder that belong into a backup. Mails, logs and backups do not.
pub const FOLDERS: [&str; 3] = ["media", "files", "keys"];

/// Told how far it is: what is being done, with so many bytes of so many, or of 0 where nobody knows.
pub type Tell<'a> = &'a dyn Fn(&'static str, u64, u64);

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of careerd that made it.
    pub version: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// The number of the newest migration of its database.
    pub schema: i64,
    /// Rows of each table.
    pub tables: BTreeMap<String, i64>,
    /// Every file by its path.
    pub files: BTreeMap<String, Sum>,
}

impl Manifest {
    /// The size of all files together, unpacked.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|it| it.bytes).sum()
    }

    /// Whether a path is one that a backup may hold: none leads out of the folder it is restored to.
    pub fn may_hold(path: &str) -> bool {
        let mut parts = path.split('/');
        let first = parts.next().unwrap_or_default();
        let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', '\0']);
        path == DATABASE || (FOLDERS.contains(&first) && path != first && parts.all(plain))
    }
}

/// What reading a backup back has shown; it stands beside the backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// When it was read back.
    pub checked_at: Timestamp,
    /// What was wrong; none when it was whole.
    pub problem: Option<String>,
}

/// A backup, as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Backup {
    /// The name of its file.
    pub name: String,
    /// The size of its file.
    pub bytes: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether it was restored to a temporary place and found whole.
    pub verified: bool,
    /// When that was tried.
    pub checked_at: Option<Timestamp>,
    /// What was wrong then.
    pub problem: Option<String>,
}

/// What a restore has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// The version of careerd that made the backup.
    pub version: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many files it holds, the database included.
    pub files: usize,
    /// Their size, unpacked.
    pub bytes: u64,
    /// Rows of each table, counted in the restored database; in a dry run those of the manifest.
    pub tables: BTreeMap<String, i64>,
    /// Where it lies now; none after a dry run.
    pub restored_to: Option<std::path::PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_a_backup_leads_out_of_its_folder() {
        for good in ["careerd.db", "keys/jwt.key", "files/resumes/abc", "media/avatars/x.png"] {
            assert!(Manifest::may_hold(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "files",
            "files/",
            "files/../keys/x",
            "files//x",
            "logs/x",
            "../x",
            "keys/a\\b",
            "keys/.",
        ] {
            assert!(!Manifest::may_hold(bad), "{bad}");
        }
    }
}
