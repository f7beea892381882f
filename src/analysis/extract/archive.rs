//! The ZIP container of DOCX and ODT, opened with a budget: what unpacks beyond it is refused, whatever the archive
//! declares.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::super::document::{Limits, Unreadable};

/// More entries than any document has.
const MAX_ENTRIES: usize = 5_000;

/// Most bytes read of one part; the rest of a longer one is left out.
const MAX_PART_BYTES: u64 = 32 * 1024 * 1024;

/// An opened archive and the bytes it may still unpack to.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    budget: u64,
    most: u64,
}

impl<'a> Archive<'a> {
    /// Opens the directory of an archive. Refused: damaged ones, encrypted ones, and those that declare more than the
    /// limit.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Unreadable> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
        if zip.len() > MAX_ENTRIES {
            return Err(Unreadable::Refused(format!("The document holds {} parts; no real document does.", zip.len())));
        }
        let mut declared = 0u64;
        for index in 0..zip.len() {
            let Ok(entry) = zip.by_index_raw(index) else { continue };
            if entry.encrypted() {
                return Err(encrypted());
            }
            declared = declared.saturating_add(entry.size());
        }
        let most = limits.max_unpacked_bytes;
        if declared > most { Err(bomb(most)) } else { Ok(Archive { zip, budget: most, most }) }
    }

    /// Whether a part of that name exists.
    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Names of all parts.
    pub fn names(&self) -> Vec<String> {
        self.zip.file_names().filter_map(|name| name.ok().map(|n| n.into_owned())).collect()
    }

    /// The bytes of a part; a damaged part gives what could be unpacked, an absent one `None`. Unpacking beyond the
    /// budget is refused.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(index) = self.zip.index_for_name(name) else { return Ok(None) };
        let Ok(entry) = self.zip.by_index(index) else { return Ok(None) };
        let mut bytes = Vec::new();
        // An error here is a wrong checksum or a cut stream: what came before it is still text.
        let _ = entry.take(self.budget.min(MAX_PART_BYTES) + 1).read_to_end(&mut bytes);
        let unpacked = bytes.len() as u64;
        if unpacked > self.budget {
            return Err(bomb(self.most));
        }
        self.budget -= unpacked;
        Ok(Some(bytes))
    }

    /// Like [`Archive::read`] for the part without which there is no document.
    pub fn read_main(&mut self, name: &str) -> Result<Vec<u8>, Unreadable> {
        match self.read(name)? {
            Some(bytes) if !bytes.is_empty() => Ok(bytes),
            _ => Err(damaged()),
        }
    }
}

pub(super) fn damaged() -> Unreadable {
    Unreadable::Refused("The document is damaged and cannot be opened.".into())
}

pub(super) fn encrypted() -> Unreadable {
    Unreadable::Refused("The document is protected with a password; save it without one and upload that.".into())
}

fn bomb(most: u64) -> Unreadable {
    Unreadable::Refused(format!("The document unpacks to more than {} MB.", most / (1024 * 1024)))
}
