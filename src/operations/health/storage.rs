//! What lies on the disk, and how much of it.

use std::{fs, path::Path};

use anyhow::Context as _;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    operations::backup::{Backup, Folder},
    platform::{app::App, config::Config, disk::Disk, files::Files},
};

/// Files of one kind.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindOfFile {
    /// The name of their folder.
    pub kind: &'static str,
    /// Whether anybody may read them, under `/media/`.
    pub public: bool,
    /// How many there are.
    pub files: u64,
    /// Their size together.
    pub bytes: u64,
}

/// What lies on the disk, in bytes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Storage {
    /// The database.
    pub database_bytes: u64,
    /// What was committed and is not in the database file yet.
    pub wal_bytes: u64,
    /// Media and files by kind.
    pub files: Vec<KindOfFile>,
    /// How many backups there are in the data folder.
    pub backups: usize,
    /// Their size together.
    pub backups_bytes: u64,
    /// The newest of them.
    pub newest_backup: Option<Backup>,
    /// What is free on the disk of the data folder.
    pub free_bytes: u64,
    /// The size of that disk.
    pub total_bytes: u64,
}

/// Measures what lies on the disk.
///
/// # Errors
/// A folder cannot be read.
pub async fn storage(app: &App) -> anyhow::Result<Storage> {
    let (config, files) = (app.config.clone(), app.files.clone());
    tokio::task::spawn_blocking(move || measure(&config, &files)).await.context("the disk could not be measured")?
}

fn measure(config: &Config, files: &Files) -> anyhow::Result<Storage> {
    let database = config.database_path();
    let mut wal = database.clone().into_os_string();
    wal.push("-wal");
    let backups = Folder::of(config).list()?;
    let disk = Disk::of(&config.data_dir);
    let kinds = files.usage()?.into_iter().map(|it| KindOfFile {
        kind: it.kind.folder(),
        public: it.kind.is_public(),
        files: it.files,
        bytes: it.bytes,
    });
    Ok(Storage {
        database_bytes: size(&database),
        wal_bytes: size(Path::new(&wal)),
        files: kinds.collect(),
        backups: backups.len(),
        backups_bytes: backups.iter().map(|it| it.bytes).sum(),
        newest_backup: backups.into_iter().next(),
        free_bytes: disk.free,
        total_bytes: disk.total,
    })
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |it| it.len())
}
