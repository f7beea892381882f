//! What is in an archive, and how it comes onto the disk: row by row and piece by piece, never whole in memory.

pub mod store;

use std::{
    fs::File,
    io::{BufWriter, ErrorKind, Write},
};

use anyhow::{Context as _, Result};
use rusqlite::Connection;
use serde_json::json;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use self::store::{Attached, ENTITIES};
use crate::{
    platform::{
        clock::Timestamp,
        files::{Files, Kind, NewFile},
        id::Id,
    },
    users::User,
};

/// From which size on a file needs the larger form of an entry.
const LARGE: u64 = 3 << 30;

/// Writes the archive of somebody; the stored file and its size in bytes. The data are those of one moment.
///
/// # Errors
/// Those of the database and of the file system; nothing is left then.
pub fn build(conn: &Connection, files: &Files, user: Id<User>, now: Timestamp) -> Result<(NewFile, i64)> {
    let file = files.put_own_with(Kind::Export, |file| write(conn, files, user, now, file))?;
    let size = std::fs::metadata(files.path(Kind::Export, file.name())?)?.len();
    Ok((file, i64::try_from(size)?))
}

fn write(conn: &Connection, files: &Files, user: Id<User>, now: Timestamp, file: &mut File) -> Result<()> {
    let mut archive = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut counts = serde_json::Map::new();
    let snapshot = conn.unchecked_transaction()?;
    for (name, sql) in ENTITIES {
        archive.start_file(format!("{name}.json"), options)?;
        let rows = store::write_rows(&snapshot, sql, user, &mut archive).with_context(|| format!("entity {name}"))?;
        counts.insert((*name).to_owned(), rows.into());
    }
    let attached = store::attached(&snapshot, user)?;
    // Files are copied without holding the moment: they never change under their names.
    drop(snapshot);
    let mut missing = vec![];
    for (nth, it) in attached.iter().enumerate() {
        if !copy(&mut archive, files, nth + 1, it, options)? {
            missing.push(it.name.clone());
        }
    }
    archive.start_file("index.json", options)?;
    let index = json!({"made_at": now, "user_id": user, "careerd": env!("CARGO_PKG_VERSION"), "rows": counts,
        "files": attached.len() - missing.len(), "missing_files": missing});
    serde_json::to_writer_pretty(&mut archive, &index)?;
    archive.finish()?.flush()?;
    Ok(())
}

/// Copies one file into the archive; false when it is gone.
fn copy(
    archive: &mut ZipWriter<BufWriter<&mut File>>,
    files: &Files,
    nth: usize,
    it: &Attached,
    options: SimpleFileOptions,
) -> Result<bool> {
    let mut source = match files.path(it.kind, &it.stored).and_then(File::open) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    let is_large = source.metadata()?.len() > LARGE;
    archive.start_file(format!("files/{}/{nth}-{}", it.kind.folder(), safe(&it.name)), options.large_file(is_large))?;
    std::io::copy(&mut source, archive)?;
    Ok(true)
}

/// A name that no unpacking program takes for a path.
fn safe(name: &str) -> String {
    let plain = |it: char| if it.is_control() || r#"/\:*?"<>|"#.contains(it) { '_' } else { it };
    name.chars().map(plain).take(150).collect()
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_leads_nowhere() {
        assert_eq!(safe("../../etc/pass\0wd"), ".._.._etc_pass_wd");
        assert_eq!(safe("C:\\cv.pdf"), "C__cv.pdf");
        assert_eq!(safe("Лист.pdf"), "Лист.pdf");
    }
}
