//! Writing a backup and reading one.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::model::{DATABASE, FOLDERS, MANIFEST, Manifest, Sum, Tell};
use crate::platform::token::hex;

/// A quick compression: a backup is made each night, and mostly of what is compressed already.
const LEVEL: i64 = 3;
/// The largest manifest that is read: beyond a million files.
const MANIFEST_BYTES: u64 = 512 << 20;

/// Counts the bytes of something that is being done, and tells of each.
pub struct Meter<'a> {
    what: &'static str,
    done: Cell<u64>,
    of: u64,
    tell: Tell<'a>,
}

impl<'a> Meter<'a> {
    /// Begins something with that many bytes.
    pub fn new(what: &'static str, of: u64, tell: Tell<'a>) -> Self {
        tell(what, 0, of);
        Self { what, done: Cell::new(0), of, tell }
    }

    fn pass(&self, bytes: usize) {
        self.done.set(self.done.get() + bytes as u64);
        // Files that came meanwhile were not foreseen.
        (self.tell)(self.what, self.done.get(), self.of.max(self.done.get()));
    }
}

/// Passes bytes on and sums them up.
struct Summing<'a, T> {
    inner: T,
    sha: Sha256,
    bytes: u64,
    meter: &'a Meter<'a>,
}

impl<'a, T> Summing<'a, T> {
    /// Sums up what passes through this.
    fn new(inner: T, meter: &'a Meter<'a>) -> Self {
        Self { inner, sha: Sha256::new(), bytes: 0, meter }
    }

    /// What has passed.
    fn sum(self) -> Sum {
        Sum { bytes: self.bytes, sha256: hex(&self.sha.finalize()) }
    }
}

impl<T: Read> Read for Summing<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.sha.update(&buffer[..read]);
        self.bytes += read as u64;
        self.meter.pass(read);
        Ok(read)
    }
}

/// A backup that is being written.
pub struct Writer<W: Write + Seek> {
    zip: ZipWriter<BufWriter<W>>,
    files: BTreeMap<String, Sum>,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a backup.
    pub fn new(file: W) -> Self {
        Self { zip: ZipWriter::new(BufWriter::new(file)), files: BTreeMap::new() }
    }

    /// Adds the files of the folders that are not in it yet.
    ///
    /// It is called before the database is taken and after: a file whose row is in the database was there the whole time, or
    /// came while the first files were added. One that is deleted meanwhile belongs to no row any more, or is left over.
    pub fn add_folders(&mut self, data: &Path, meter: &Meter<'_>) -> anyhow::Result<()> {
        for folder in FOLDERS {
            for path in files_below(&data.join(folder))? {
                let name = path.strip_prefix(data)?.to_str().context("a file has a name that is not UTF-8")?.to_owned();
                if !self.files.contains_key(&name) {
                    self.add(&name, &path, meter)?;
                }
            }
        }
        Ok(())
    }

    /// Adds the database from where it was put.
    pub fn add_database(&mut self, path: &Path, meter: &Meter<'_>) -> anyhow::Result<()> {
        self.add(DATABASE, path, meter)
    }

    fn add(&mut self, name: &str, path: &Path, meter: &Meter<'_>) -> anyhow::Result<()> {
        let file = match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            opened => opened.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let mut file = Summing::new(BufReader::new(file), meter);
        // What is an image or a document is compressed by itself.
        let method = if name.starts_with("media/") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        self.zip.start_file(name, options(method))?;
        io::copy(&mut file, &mut self.zip)?;
        self.files.insert(name.to_owned(), file.sum());
        Ok(())
    }

    /// Adds the manifest and ends the backup.
    pub fn finish(mut self, manifest: impl FnOnce(BTreeMap<String, Sum>) -> Manifest) -> anyhow::Result<()> {
        self.zip.start_file(MANIFEST, options(CompressionMethod::Deflated))?;
        serde_json::to_writer(&mut self.zip, &manifest(self.files))?;
        Ok(self.zip.finish()?.flush()?)
    }
}

fn options(method: CompressionMethod) -> SimpleFileOptions {
    let options = SimpleFileOptions::default().compression_method(method).large_file(true).unix_permissions(0o600);
    if method == CompressionMethod::Deflated { options.compression_level(Some(LEVEL)) } else { options }
}

/// Every finished file below a folder, in order; none when there is no such folder.
pub fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut folders) = (vec![], vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A backup that is being read.
pub struct Reader {
    zip: ZipArchive<BufReader<File>>,
    /// What it says it holds.
    pub manifest: Manifest,
}

impl Reader {
    /// Opens a backup whose list of files is that of its manifest.
    ///
    /// # Errors
    /// It is no backup of careerd, it is damaged, or it holds what no backup holds.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut zip = ZipArchive::new(BufReader::new(file))
            .with_context(|| format!("{} is no backup, or it was cut short", path.display()))?;
        let manifest = zip.by_name(MANIFEST).with_context(|| format!("{} is no backup of careerd", path.display()))?;
        let manifest: Manifest =
            serde_json::from_reader(manifest.take(MANIFEST_BYTES)).context("the manifest of the backup is damaged")?;
        if let Some(strange) = manifest.files.keys().find(|it| !Manifest::may_hold(it)) {
            bail!("the backup holds {strange:?}, which no backup holds");
        }
        if !manifest.files.contains_key(DATABASE) {
            bail!("the backup holds no database");
        }
        for name in zip.file_names() {
            let name = name.context("the list of files of the backup is damaged")?;
            if name != MANIFEST && !manifest.files.contains_key(name.as_ref()) {
                bail!("the backup holds {name:?}, which its manifest does not name");
            }
        }
        Ok(Self { zip, manifest })
    }

    /// Reads one file to its end, into `out`.
    ///
    /// # Errors
    /// It is not what the manifest says; or `out` does not take it.
    pub fn copy(&mut self, name: &str, out: &mut impl Write, meter: &Meter<'_>) -> anyhow::Result<()> {
        let expected = self.manifest.files.get(name).with_context(|| format!("the backup holds no {name}"))?;
        let entry = self.zip.by_name(name).with_context(|| format!("{name} is missing from the backup"))?;
        // One byte more than expected is enough to see that it is another file.
        let mut entry = Summing::new(entry.take(expected.bytes + 1), meter);
        io::copy(&mut entry, out).with_context(|| format!("{name} could not be copied out of the backup"))?;
        if entry.sum() != *expected {
            bail!("{name} in the backup is not what was put there: its checksum differs");
        }
        Ok(())
    }
}
