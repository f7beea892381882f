//! What an archive of somebody's data is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        id::Id,
    },
    text_enum,
    users::User,
};

/// An archive that somebody asked for, of which each person has one.
#[derive(Debug)]
pub struct Export {
    /// Its number, never used again.
    pub id: Id<Export>,
    /// Whose data.
    pub user: Id<User>,
    /// The stored archive and its size in bytes, once it is whole.
    pub file: Option<(String, i64)>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Until when it is kept, once it is whole.
    pub expires_at: Option<Timestamp>,
}

text_enum! {
    /// How far an archive is.
    pub enum Status as "ExportStatus" { Pending = "pending", Ready = "ready", Failed = "failed" }
}

/// What is told of an archive.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportAnswer {
    /// How far it is.
    pub status: Status,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Until when it is kept, once it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Where it is fetched, once it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub download_url: Option<&'static str>,
    /// Its size in bytes, once it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<i64>,
}

impl Export {
    /// What is told of it; `failed` when nobody is working on it any more.
    pub fn answer(&self, failed: bool) -> ExportAnswer {
        let status = match (&self.file, failed) {
            (Some(_), _) => Status::Ready,
            (None, true) => Status::Failed,
            (None, false) => Status::Pending,
        };
        ExportAnswer {
            status,
            requested_at: self.requested_at,
            expires_at: self.expires_at,
            download_url: self.file.as_ref().map(|_| "/api/users/me/export/download/"),
            bytes: self.file.as_ref().map(|it| it.1),
        }
    }
}

/// What happened to archives.
#[derive(Serialize)]
pub enum Event {
    /// Somebody asked for theirs.
    Asked {
        /// Who.
        user: Id<User>,
        /// The archive.
        export: Id<Export>,
    },
    /// It can be fetched.
    Ready {
        /// Whose.
        user: Id<User>,
        /// The archive.
        export: Id<Export>,
        /// Until when.
        expires_at: Timestamp,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Asked { user, export } => Facts::new("exports.asked", Some(user), "export", export),
            Event::Ready { export, .. } => Facts::new("exports.ready", None::<Id<User>>, "export", export),
        }
    }
}
