//! The ZIP container of DOCX and ODT, opened with a budget: what unpacks beyond it is refused, whatever the archive
//! declares. Where its directory is damaged the entries are looked for where they stand.

use std::io::{Cursor, Read};

use flate2::read::DeflateDecoder;
use zip::ZipArchive;

use super::super::document::{Limits, Unreadable};

/// More entries than any document has.
const MAX_ENTRIES: usize = 5_000;

/// Most bytes read of one part; the rest of a longer one is left out.
const MAX_PART_BYTES: u64 = 32 * 1024 * 1024;

/// What an entry begins with, and how long its head is without the name.
const ENTRY: (&[u8], usize) = (b"PK\x03\x04", 30);

/// An opened archive and the bytes it may still unpack to.
pub struct Archive<'a> {
    bytes: &'a [u8],
    /// By the directory, where it can be read.
    zip: Option<ZipArchive<Cursor<&'a [u8]>>>,
    /// Looked for when the directory fails.
    found: Option<Vec<Entry<'a>>>,
    budget: u64,
    most: u64,
}

/// An entry as it stands in the file.
struct Entry<'a> {
    name: String,
    deflated: bool,
    /// From its first byte; it may end anywhere.
    data: &'a [u8],
}

impl<'a> Archive<'a> {
    /// Opens an archive. Refused: encrypted ones, those that declare more than the limit, and files in which no entry
    /// can be found.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Unreadable> {
        let most = limits.max_unpacked_bytes;
        let mut archive = Archive { bytes, zip: None, found: None, budget: most, most };
        let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else {
            return if archive.found().is_empty() { Err(damaged()) } else { Ok(archive) };
        };
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
        if declared > most && !directory_lies(bytes, declared) {
            return Err(bomb(most));
        }
        archive.zip = Some(zip);
        Ok(archive)
    }

    /// A sentence for the owner when parts had to be looked for because the directory is damaged.
    pub fn warning(&self) -> Option<String> {
        self.zip.is_none().then(|| DAMAGED.to_string())
    }

    /// Whether a part of that name exists.
    pub fn has(&mut self, name: &str) -> bool {
        self.listed(name).is_some() || self.found().iter().any(|entry| is_name(&entry.name, name))
    }

    /// Names of all parts.
    pub fn names(&mut self) -> Vec<String> {
        match &self.zip {
            Some(zip) => zip.file_names().filter_map(|name| name.ok().map(|n| n.into_owned())).collect(),
            None => self.found().iter().map(|entry| entry.name.clone()).collect(),
        }
    }

    /// The bytes of a part; a damaged part gives what could be unpacked, an absent one `None`. Unpacking beyond the
    /// budget is refused.
    pub fn read(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let most = self.budget.min(MAX_PART_BYTES) + 1;
        let mut bytes = Vec::new();
        // An error here is a wrong checksum or a cut stream: what came before it is still text.
        let whole = match (self.listed(name), &mut self.zip) {
            (Some(index), Some(zip)) => match zip.by_index(index) {
                Ok(entry) => entry.take(most).read_to_end(&mut bytes).is_ok(),
                Err(_) => false,
            },
            _ => false,
        };
        if !whole {
            let mut known = !bytes.is_empty() || self.listed(name).is_some();
            for entry in self.found().iter().filter(|entry| is_name(&entry.name, name)) {
                let again = if entry.deflated {
                    inflated(entry.data, most)
                } else {
                    entry.data.iter().copied().take(most as usize).collect()
                };
                known = true;
                if again.len() > bytes.len() {
                    bytes = again;
                }
            }
            if !known {
                return Ok(None);
            }
        }
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

    /// The place of a part in the directory.
    fn listed(&self, name: &str) -> Option<usize> {
        let zip = self.zip.as_ref()?;
        zip.index_for_name(name).or_else(|| {
            (0..zip.len())
                .find(|i| zip.name_for_index(*i).and_then(Result::ok).is_some_and(|known| is_name(&known, name)))
        })
    }

    /// The entries as they stand in the file, looked for once.
    fn found(&mut self) -> &[Entry<'a>] {
        let bytes = self.bytes;
        self.found.get_or_insert_with(|| entries(bytes))
    }
}

/// What can be unpacked. A reader that fails gives nothing of its last turn, so the turns are small.
pub(super) fn inflated(data: &[u8], most: u64) -> Vec<u8> {
    let mut decoder = DeflateDecoder::new(data);
    let mut bytes = Vec::new();
    let mut turn = [0; 64];
    while let Ok(read @ 1..) = decoder.read(&mut turn) {
        bytes.extend_from_slice(&turn[..read]);
        if bytes.len() as u64 > most {
            break;
        }
    }
    bytes
}

/// Part names have no case, and some programs write them with the other slash.
fn is_name(known: &str, wanted: &str) -> bool {
    known.len() == wanted.len()
        && known.bytes().zip(wanted.bytes()).all(|(a, b)| {
            let slash = |c: u8| if c == b'\\' { b'/' } else { c.to_ascii_lowercase() };
            slash(a) == slash(b)
        })
}

/// Deflate makes at most about a thousand of one: a directory that declares more says nothing about the file.
fn directory_lies(bytes: &[u8], declared: u64) -> bool {
    declared / 1100 > bytes.len() as u64
}

fn entries(bytes: &[u8]) -> Vec<Entry<'_>> {
    let (mark, head) = ENTRY;
    let starts = bytes.windows(mark.len()).enumerate().filter(|(_, four)| *four == mark).map(|(at, _)| at);
    let number = |at: usize| bytes.get(at..at + 2).map_or(0, |two| usize::from(u16::from_le_bytes([two[0], two[1]])));
    let entry = |at: usize| {
        let (method, name, extra) = (number(at + 8), number(at + 26), number(at + 28));
        let data = bytes.get(at + head + name + extra..)?;
        let name = String::from_utf8_lossy(&bytes[at + head..at + head + name]).into_owned();
        let long = |at: usize| number(at) | number(at + 2) << 16;
        match method {
            8 => Some(Entry { name, deflated: true, data }),
            0 => {
                // Stored parts end at their size, else at the next entry.
                let next = data.windows(2).position(|two| two == b"PK").unwrap_or(data.len());
                let size = Some(long(at + 18)).filter(|size| *size > 0 && *size <= data.len()).unwrap_or(next);
                Some(Entry { name, deflated: false, data: &data[..size] })
            }
            _ => None,
        }
    };
    starts.filter_map(entry).take(MAX_ENTRIES).collect()
}

/// Said of a document of which some may be missing.
pub(super) const DAMAGED: &str = "The file is damaged; what could be found in it was read.";

pub(super) fn damaged() -> Unreadable {
    Unreadable::Refused("The document is damaged and cannot be opened.".into())
}

pub(super) fn encrypted() -> Unreadable {
    Unreadable::Refused("The document is protected with a password; save it without one and upload that.".into())
}

fn bomb(most: u64) -> Unreadable {
    Unreadable::Refused(format!("The document unpacks to more than {} MB.", most / (1024 * 1024)))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn text(bytes: &[u8], name: &str) -> Option<String> {
        let mut archive = Archive::open(bytes, &Limits::default()).unwrap();
        archive.read(name).unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn parts_are_found_without_the_directory() {
        let long: String = (0..2000).map(|i| format!("word{i} ")).collect();
        let whole = packed(&[("a/b.xml", "<a>one</a>"), ("c.xml", &long)]);
        let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        for damaged in [&whole[..directory], &whole[..directory + 20], &[b"junk", &whole[..directory]].concat()] {
            assert_eq!(text(damaged, "a/b.xml").as_deref(), Some("<a>one</a>"));
            assert_eq!(text(damaged, "c.xml").as_deref(), Some(long.as_str()));
            assert_eq!(text(damaged, "d.xml"), None);
        }
        // A part cut or damaged in the middle gives its beginning.
        let mut spoilt = whole.clone();
        spoilt[directory / 2..directory / 2 + 400].fill(0xff);
        for damaged in [&whole[..directory / 2], &spoilt] {
            let mut archive = Archive::open(damaged, &Limits::default()).unwrap();
            let start = archive.read("c.xml").unwrap().unwrap();
            assert!(start.len() > 1000 && long.as_bytes().starts_with(&start[..1000]));
        }
    }

    #[test]
    fn names_have_no_case_and_either_slash() {
        let whole = packed(&[("Word\\Document.XML", "x")]);
        assert_eq!(text(&whole, "word/document.xml").as_deref(), Some("x"));
    }

    #[test]
    fn a_wrong_checksum_keeps_the_text() {
        let mut whole = packed(&[("a.xml", "text that stays")]);
        let directory = whole.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
        for at in [14, directory + 16] {
            whole[at] ^= 0xff;
        }
        assert_eq!(text(&whole, "a.xml").as_deref(), Some("text that stays"));
    }
}
