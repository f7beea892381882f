//! The disk that the data lies on.

use std::path::Path;

/// Free bytes below which a disk counts as full: what a burst of writes and uploads needs.
pub const LEAST_FREE: u64 = 32 << 20;

/// Size and free space of a disk, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// All of it.
    pub total: u64,
    /// What this program may still use.
    pub free: u64,
}

impl Disk {
    /// The disk of this path; nothing when it cannot be asked.
    pub fn of(path: &Path) -> Self {
        let asked = rustix::fs::statvfs(path);
        asked.map_or_else(
            |_| Self::default(),
            |it| Self { total: it.f_blocks * it.f_frsize, free: it.f_bavail * it.f_frsize },
        )
    }
}
