//! Files beside the database: public images under `media/`, private files under `files/`, both named by their content.

use super::error::Error;
use super::token::{hex, secret};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What begins the name of a file that is still being written.
const TEMPORARY: &str = ".new-";

/// What a file is kept for; each kind has a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Avatar,
    Course,
    Project,
    CompanyLogo,
    Resume,
    CourseFile,
    Export,
}

impl Kind {
    /// All kinds, public ones first.
    pub const ALL: [Self; 7] =
        [Self::Avatar, Self::Course, Self::Project, Self::CompanyLogo, Self::Resume, Self::CourseFile, Self::Export];

    /// Whether anybody may read files of this kind, under `/media/`.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Avatar | Self::Course | Self::Project | Self::CompanyLogo)
    }

    /// The name of its folder, for public kinds also the part of the address.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Avatar => "avatars",
            Self::Course => "courses",
            Self::Project => "projects",
            Self::CompanyLogo => "company_logos",
            Self::Resume => "resumes",
            Self::CourseFile => "course_files",
            Self::Export => "exports",
        }
    }

    /// The public kind of an address below `/media/`.
    pub fn of_media(folder: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.is_public() && kind.folder() == folder)
    }
}

/// How many files of a kind there are and how large they are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    pub kind: Kind,
    pub files: u64,
    pub bytes: u64,
}

/// The files of one data folder. All calls block; none keeps anything in memory.
#[derive(Debug, Clone)]
pub struct Files {
    root: PathBuf,
}

impl Files {
    /// Makes the folders that are missing: `media/` for everybody, `files/` for the owner only.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn open(data_dir: &Path) -> io::Result<Self> {
        let files = Self { root: data_dir.to_owned() };
        DirBuilder::new().recursive(true).mode(0o700).create(data_dir.join("files"))?;
        // A folder made by hand or restored from an archive may be open to others.
        fs::set_permissions(data_dir.join("files"), mode(0o700))?;
        for kind in Kind::ALL {
            let mode = if kind.is_public() { 0o755 } else { 0o700 };
            DirBuilder::new().recursive(true).mode(mode).create(files.folder(kind))?;
        }
        Ok(files)
    }

    /// Stores bytes and gives their name, the SHA-256 of the content in hexadecimal: the same bytes have the same name,
    /// so a file may belong to several rows and may be deleted only when the last of them is gone.
    ///
    /// When this returns, the file is on the disk whole; after an error nothing of it is left.
    ///
    /// # Errors
    /// Those of the file system; see [`is_disk_full`].
    pub fn put(&self, kind: Kind, bytes: &[u8]) -> io::Result<String> {
        let name = hex(&Sha256::digest(bytes));
        place(&self.folder(kind), &name, kind.is_public(), |file| file.write_all(bytes))?;
        Ok(name)
    }

    /// Stores bytes that belong to one row alone, under a name that is never used again. Unlike a name by content, it
    /// leaves no moment in which the end of one row takes the file from another. What comes back is gone again when
    /// dropped, unless [`NewFile::keep`] was called.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn put_own(&self, kind: Kind, bytes: &[u8]) -> io::Result<NewFile> {
        self.put_own_with(kind, |file| file.write_all(bytes))
    }

    /// The same for what is written piece by piece, so that it is never whole in memory.
    ///
    /// # Errors
    /// Those of the file system and of `write`; nothing is left then.
    pub fn put_own_with<E: From<io::Error>>(
        &self,
        kind: Kind,
        write: impl FnOnce(&mut File) -> Result<(), E>,
    ) -> Result<NewFile, E> {
        let name = hex(&Sha256::digest(secret()));
        place(&self.folder(kind), &name, kind.is_public(), write)?;
        Ok(NewFile { files: self.clone(), kind, name, kept: false })
    }

    /// A file without a name for what may be thrown away: it ends with its handle, also by a crash.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn scratch(&self) -> io::Result<File> {
        let path = self.root.join("files").join(format!("{TEMPORARY}{}", secret()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        fs::remove_file(&path)?;
        Ok(file)
    }

    /// The whole content of a file.
    ///
    /// # Errors
    /// `NotFound` also for names that no file can have.
    pub fn read(&self, kind: Kind, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(kind, name)?)
    }

    /// Removes a file; one that is missing is removed already.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn delete(&self, kind: Kind, name: &str) -> io::Result<()> {
        match self.path(kind, name).and_then(fs::remove_file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Where a file lies, whether it exists or not.
    ///
    /// # Errors
    /// `NotFound` for anything but a name that [`Files::put`] gives: no name leads out of the folder.
    pub fn path(&self, kind: Kind, name: &str) -> io::Result<PathBuf> {
        let is_name = name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if is_name { Ok(self.folder(kind).join(name)) } else { Err(ErrorKind::NotFound.into()) }
    }

    /// The names of all files of a kind with the moment each was last written.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn list(&self, kind: Kind) -> io::Result<Vec<(String, std::time::SystemTime)>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.folder(kind))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // A file may be deleted while the folder is read.
            if let (Ok(_), Ok(meta)) = (self.path(kind, &name), entry.metadata()) {
                names.push((name, meta.modified()?));
            }
        }
        Ok(names)
    }

    /// Deletes what writing left unfinished before this moment, as a crash in the middle does; how many there were.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn delete_unfinished(&self, before: std::time::SystemTime) -> io::Result<usize> {
        let folders = Kind::ALL.into_iter().map(|kind| self.folder(kind)).chain([self.root.join("files")]);
        let mut deleted = 0;
        for folder in folders {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let unfinished = entry.file_name().to_string_lossy().starts_with(TEMPORARY);
                // It may be finished, and thereby renamed, while the folder is read.
                if unfinished && entry.metadata().and_then(|it| it.modified()).is_ok_and(|at| at < before) {
                    deleted += usize::from(fs::remove_file(entry.path()).is_ok());
                }
            }
        }
        Ok(deleted)
    }

    /// Number and size of the files of each kind.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn usage(&self) -> io::Result<Vec<Usage>> {
        Kind::ALL
            .into_iter()
            .map(|kind| {
                let mut usage = Usage { kind, files: 0, bytes: 0 };
                for entry in fs::read_dir(self.folder(kind))? {
                    if let Ok(meta) = entry?.metadata() {
                        usage.files += 1;
                        usage.bytes += meta.len();
                    }
                }
                Ok(usage)
            })
            .collect()
    }

    fn folder(&self, kind: Kind) -> PathBuf {
        self.root.join(if kind.is_public() { "media" } else { "files" }).join(kind.folder())
    }
}

/// A stored file that no row names yet.
#[derive(Debug)]
pub struct NewFile {
    files: Files,
    kind: Kind,
    name: String,
    kept: bool,
}

impl NewFile {
    /// The name by which a row will find it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A row that names it is on the disk.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = self.files.delete(self.kind, &self.name)
        {
            tracing::warn!("an unused file could not be deleted: {error}");
        }
    }
}

/// What a request hears when a file could not be written or read.
pub fn failure(error: io::Error) -> Error {
    if is_disk_full(&error) {
        Error::Unavailable("The disk is full. Nothing of this request was kept.")
    } else {
        Error::Internal(error.into())
    }
}

/// Whether the disk, or the share of it that this program may use, is full. A file grows too large only where a limit was set
/// for the process.
pub fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
}

/// Writes a file so that it appears whole or not at all: under another name first, then renamed, and both the file and
/// the folder are told to the disk.
pub fn place<E: From<io::Error>>(
    folder: &Path,
    name: &str,
    public: bool,
    write: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    let temporary = folder.join(format!("{TEMPORARY}{}", secret()));
    let mode = if public { 0o644 } else { 0o600 };
    let placed = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&temporary)?;
        write(&mut file)?;
        file.sync_all()?;
        fs::rename(&temporary, folder.join(name))?;
        Ok(File::open(folder)?.sync_all()?)
    })();
    if placed.is_err() {
        // The first error is the one to tell; the file may never have come to be.
        let _ = fs::remove_file(&temporary);
    }
    placed
}

fn mode(mode: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::os::unix::fs::PermissionsExt;

    fn files() -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::open(&dir.path().join("data")).unwrap();
        (dir, files)
    }

    fn mode_of(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn usage(files: &Files, kind: Kind) -> (u64, u64) {
        let usage = files.usage().unwrap().into_iter().find(|usage| usage.kind == kind).unwrap();
        (usage.files, usage.bytes)
    }

    #[test]
    fn a_file_is_found_again_by_its_content() {
        let (_dir, files) = files();
        let name = files.put(Kind::Resume, b"content").unwrap();
        assert_eq!(name, files.put(Kind::Resume, b"content").unwrap());
        assert_ne!(name, files.put(Kind::Resume, b"other").unwrap());
        assert_eq!(files.read(Kind::Resume, &name).unwrap(), b"content");
        assert_eq!(usage(&files, Kind::Resume), (2, 12));
        assert_eq!(usage(&files, Kind::Avatar), (0, 0));
        assert_eq!(files.list(Kind::Resume).unwrap().len(), 2);
        assert_eq!(files.read(Kind::Avatar, &name).unwrap_err().kind(), ErrorKind::NotFound);

        files.delete(Kind::Resume, &name).unwrap();
        files.delete(Kind::Resume, &name).unwrap();
        assert_eq!(files.read(Kind::Resume, &name).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(usage(&files, Kind::Resume), (1, 5));
    }

    #[test]
    fn private_files_are_for_the_owner_only() {
        let (dir, files) = files();
        let private = files.put(Kind::Resume, b"a").unwrap();
        let public = files.put(Kind::Avatar, b"a").unwrap();
        assert_eq!(mode_of(&dir.path().join("data/files")), 0o700);
        assert_eq!(mode_of(&dir.path().join("data/files/resumes")), 0o700);
        assert_eq!(mode_of(&files.path(Kind::Resume, &private).unwrap()), 0o600);
        assert!(files.path(Kind::Avatar, &public).unwrap().starts_with(dir.path().join("data/media/avatars")));

        fs::set_permissions(dir.path().join("data/files"), mode(0o755)).unwrap();
        Files::open(&dir.path().join("data")).unwrap();
        assert_eq!(mode_of(&dir.path().join("data/files")), 0o700);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let (_dir, files) = files();
        let name = files.put(Kind::Avatar, b"a").unwrap();
        let long = "a".repeat(65);
        for bad in [
            "",
            ".",
            "..",
            "../x",
            "/etc/passwd",
            "a",
            &name.to_uppercase(),
            &name[1..],
            &long,
            "avatars/../../keys/jwt.key",
        ] {
            assert_eq!(files.path(Kind::Avatar, bad).unwrap_err().kind(), ErrorKind::NotFound, "{bad}");
            assert!(files.read(Kind::Avatar, bad).is_err());
            files.delete(Kind::Avatar, bad).unwrap();
        }
        let sly = format!("{}/../{}", &name[..30], &name[..30]);
        assert!(files.path(Kind::Avatar, &sly).is_err());
        assert_eq!(Kind::of_media("avatars"), Some(Kind::Avatar));
        assert_eq!(Kind::of_media("resumes"), None);
    }

    #[test]
    fn a_full_disk_leaves_nothing_behind() {
        let (_dir, files) = files();
        let folder = files.folder(Kind::Resume);
        let full = || io::Error::from(ErrorKind::StorageFull);
        let error = place(&folder, "name", false, |file| {
            file.write_all(b"half of it")?;
            Err(full())
        })
        .unwrap_err();
        assert!(is_disk_full(&error));
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        assert!(!is_disk_full(&ErrorKind::NotFound.into()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_systems_word_for_a_full_disk_is_known() {
        let mut full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        assert!(is_disk_full(&full.write_all(b"x").unwrap_err()));
        assert!(is_disk_full(&io::Error::from_raw_os_error(122)), "quota");
        assert!(is_disk_full(&io::Error::from_raw_os_error(27)), "limit of a process");
    }

    #[test]
    fn the_same_file_from_many_threads_is_one() {
        let (_dir, files) = files();
        let content = vec![7; 100_000];
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| files.put(Kind::Export, &content).unwrap());
            }
        });
        assert_eq!(usage(&files, Kind::Export), (1, 100_000));
    }

    proptest! {
        #[test]
        fn only_hashes_are_names(name in "\\PC{0,70}|[a-f0-9/.]{60,66}") {
            let files = Files { root: PathBuf::from("/data") };
            match files.path(Kind::Resume, &name) {
                Ok(path) => prop_assert_eq!(path.parent().unwrap(), Path::new("/data/files/resumes")),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::NotFound),
            }
        }
    }
}
