//! The access log: one line of JSON per request, in a file that rotates. No bodies, tokens, queries or links of mails.

use std::{
    io::{self, Write},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use file_rotate::{ContentLimit, FileRotate, compression::Compression, suffix::AppendCount};
use rocket::{Request, http::Status};
use serde_json::{Value, json};

use super::Call;
use crate::platform::config::Config;

/// Bytes of one file, and how many full ones are kept beside the one being written.
const FILE_BYTES: usize = 10 * 1024 * 1024;
const FILES: usize = 5;
/// How many characters a secret has at least.
const SECRET: usize = 43;

/// A file under DATA_DIR/logs that rotates.
pub type LogFile = FileRotate<AppendCount>;

/// Opens `logs/NAME` in the data folder.
///
/// # Errors
/// The folder cannot be made.
pub fn log_file(config: &Config, name: &str) -> anyhow::Result<LogFile> {
    let folder = config.data_dir.join("logs");
    // It may be made before the data folder itself, which nobody else on this machine reads.
    let made =
        std::os::unix::fs::DirBuilderExt::mode(std::fs::DirBuilder::new().recursive(true), 0o700).create(&folder);
    made.with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let limit = ContentLimit::BytesSurpassed(FILE_BYTES);
    Ok(FileRotate::new(folder.join(name), AppendCount::new(FILES), limit, Compression::None, None))
}

/// Writes a line per request, when the setting asks for it.
pub struct AccessLog(Option<Mutex<LogFile>>);

impl AccessLog {
    /// Opens `logs/requests.log`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let file = config.log.requests_file.then(|| log_file(config, "requests.log")).transpose()?;
        Ok(Self(file.map(Mutex::new)))
    }

    pub(super) fn line(&self, req: &Request<'_>, call: &Call, status: Status, took: Duration) {
        let Some(file) = &self.0 else { return };
        let line = json!({
            "at": call.at,
            "id": call.id,
            "method": call.method.as_str(),
            "path": call.told_path(),
            "status": status.code,
            "ms": took.as_micros() as f64 / 1000.0,
            "address": call.client.address,
            "user": call.caller.as_ref().map(|it| it.id),
            "agent": req.headers().get_one("User-Agent"),
        });
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = write_whole(&mut *file, &line) {
            tracing::warn!("the access log takes no line: {error}");
        }
    }
}

impl Call {
    /// The path without what may be a secret: the links of mails carry theirs in the address of a page, and whoever reads a log
    /// must not find one that still works. What is as long as a secret is left out, but for digests, which name pictures.
    pub(super) fn told_path(&self) -> String {
        let may_tell = |step: &str| step.len() < SECRET || step.bytes().all(|it| it.is_ascii_hexdigit());
        self.path.split('/').map(|step| if may_tell(step) { step } else { "…" }).collect::<Vec<_>>().join("/")
    }
}

/// Writes the line at once: between two writes the file may be changed for another.
fn write_whole(file: &mut impl Write, line: &Value) -> io::Result<()> {
    file.write_all(format!("{line}\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn no_line_is_cut_where_one_file_ends() {
        let dir = tempfile::tempdir().unwrap();
        let limit = ContentLimit::BytesSurpassed(100);
        let count = AppendCount::new(FILES);
        let mut file = FileRotate::new(dir.path().join("requests.log"), count, limit, Compression::None, None);
        for nth in 0..10 {
            write_whole(&mut file, &json!({"nth": nth, "path": "/api/jobs/", "method": "GET", "status": 200})).unwrap();
        }
        drop(file);
        let (mut files, mut lines) = (0, 0);
        for entry in fs::read_dir(dir.path()).unwrap() {
            files += 1;
            for line in fs::read_to_string(entry.unwrap().path()).unwrap().lines() {
                lines += 1;
                assert!(serde_json::from_str::<Value>(line).is_ok_and(|it| it["status"] == 200), "{line}");
            }
        }
        assert!(files > 3 && lines == 10, "{lines} lines in {files} files");
    }
}
