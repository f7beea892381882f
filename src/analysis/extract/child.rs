//! Reading in a child process. A document can crash, loop or eat memory in its reader without touching the program
//! that serves people.
//!
//! The child is this program with the argument `extract-text`: the document on its standard input, one line of JSON
//! on its standard output.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rlimit::Resource;
use serde::{Deserialize, Serialize};

use super::super::document::{Document, Limits, Unreadable};

/// The argument that makes the program a child.
pub const EXTRACT_TEXT: &str = "extract-text";

/// Carries the limits as JSON; without it the child takes the defaults.
const LIMITS_VARIABLE: &str = "CAREERD_EXTRACT_LIMITS";

/// Most bytes accepted from a child: 200 000 characters of up to four bytes, each perhaps escaped.
const MAX_OUTPUT_BYTES: u64 = 4 * 1024 * 1024;

/// Most bytes the child reads; uploads are limited to far less before.
const MAX_INPUT_BYTES: u64 = 64 * 1024 * 1024;

/// How long the end of a finished child is awaited between looks.
const REAP_PAUSE: Duration = Duration::from_millis(1);

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Document(Document),
    Refused(String),
    Failed(String),
}

/// Reads a document in a child process: bytes to its standard input, its answer from its standard output, environment
/// cleared, output capped, killed after the deadline. Blocks for that long at most. `exe` is a program that calls
/// [`extract_text_main`] for `extract-text`.
pub fn extract_in_child(exe: &Path, bytes: &[u8], limits: &Limits) -> Result<Document, Unreadable> {
    // What no reader needs to look at is refused without the cost of a process.
    super::detect(bytes)?;
    let started = Instant::now();
    let mut child = spawn(exe, limits)
        .map_err(|e| Unreadable::Failed(format!("The reader could not be started ({}).", e.kind())))?;
    let output = converse(&mut child, bytes, limits.deadline.saturating_sub(started.elapsed()));
    let status = reap(&mut child, limits.deadline.saturating_sub(started.elapsed()));
    match (output, status) {
        (None, _) | (_, None) => Err(Unreadable::Failed("The document took too long to read.".into())),
        (Some(output), Some(status)) => understand(&output, status),
    }
}

fn spawn(exe: &Path, limits: &Limits) -> std::io::Result<Child> {
    let json = serde_json::to_string(limits).map_err(std::io::Error::other)?;
    Command::new(exe)
        .arg(EXTRACT_TEXT)
        .env_clear()
        .env(LIMITS_VARIABLE, json)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
}

/// Feeds the child and collects its output, `None` after the deadline. Both pipes move at once: a child that writes
/// before it has read all would otherwise wait for us while we wait for it.
fn converse(child: &mut Child, bytes: &[u8], deadline: Duration) -> Option<Vec<u8>> {
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let (done, finished) = mpsc::channel();
    thread::spawn(move || {
        let mut output = Vec::new();
        if let Some(pipe) = stdout {
            let _ = pipe.take(MAX_OUTPUT_BYTES).read_to_end(&mut output);
        }
        let _ = done.send(output);
    });
    // Both threads own what they touch and end with the child, whose death breaks their pipes; nobody waits for them.
    let bytes = bytes.to_vec();
    thread::spawn(move || {
        if let Some(mut pipe) = stdin {
            // A child that refuses early closes its end; its answer says why.
            let _ = pipe.write_all(&bytes);
        }
    });
    finished.recv_timeout(deadline).ok()
}

/// Waits for the end of the child, at most for `patience`, then kills it. A killed child is waited for, so that none
/// is left behind.
fn reap(child: &mut Child, patience: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if started.elapsed() < patience => thread::sleep(REAP_PAUSE),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

fn understand(output: &[u8], status: ExitStatus) -> Result<Document, Unreadable> {
    match serde_json::from_slice(output) {
        Ok(Answer::Document(document)) => Ok(document),
        Ok(Answer::Refused(reason)) => Err(Unreadable::Refused(reason)),
        Ok(Answer::Failed(reason)) => Err(Unreadable::Failed(reason)),
        Err(_) if status.code().is_none() => {
            Err(Unreadable::Failed("The document needs more time or memory than a document may.".into()))
        }
        Err(_) => Err(Unreadable::Failed("The document broke its reader.".into())),
    }
}

/// `main` of the child: limits itself first, then reads standard input and answers on standard output. Returns the
/// exit code, 0 whenever an answer was given.
pub fn extract_text_main() -> i32 {
    let limits: Limits =
        std::env::var(LIMITS_VARIABLE).ok().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
    if confine(&limits).is_err() {
        return answer(&Answer::Failed("The reader could not limit itself.".into()));
    }
    // A panic is an answer here, and its message belongs to nobody.
    std::panic::set_hook(Box::new(|_| {}));
    let mut bytes = Vec::new();
    if std::io::stdin().lock().take(MAX_INPUT_BYTES).read_to_end(&mut bytes).is_err() {
        return answer(&Answer::Failed("The document could not be received.".into()));
    }
    match catch_unwind(AssertUnwindSafe(|| super::extract(&bytes, &limits))) {
        Ok(Ok(document)) => answer(&Answer::Document(document)),
        Ok(Err(Unreadable::Refused(reason))) => answer(&Answer::Refused(reason)),
        Ok(Err(Unreadable::Failed(reason))) => answer(&Answer::Failed(reason)),
        Err(_) => answer(&Answer::Failed("The document is damaged in a way its reader does not survive.".into())),
    }
}

/// Address space, processor time, no core files, no files opened from here on. Limits can only fall: a lower one
/// already set stays.
fn confine(limits: &Limits) -> std::io::Result<()> {
    let wanted = [
        (Resource::CORE, 0),
        (Resource::CPU, limits.cpu_seconds.max(1)),
        (Resource::AS, limits.memory_bytes),
        (Resource::NOFILE, 0),
    ];
    for (resource, most) in wanted {
        let (_, hard) = rlimit::getrlimit(resource)?;
        let most = most.min(hard);
        rlimit::setrlimit(resource, most, most)?;
    }
    Ok(())
}

fn answer(answer: &Answer) -> i32 {
    let Ok(json) = serde_json::to_vec(answer) else { return 1 };
    let mut out = std::io::stdout().lock();
    if out.write_all(&json).and_then(|()| out.flush()).is_ok() { 0 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in for the program: whatever this script does, the caller gets a sentence in time.
    fn with_script(body: &str, deadline: Duration) -> (Result<Document, Unreadable>, Duration) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        // Another process writes it: a test that starts a child meanwhile would hand our open file on to it for a moment, and
        // a file that is open for writing cannot be run.
        let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 700 \"$0\"";
        assert!(Command::new("sh").args(["-c", write]).arg(&path).arg(body).status().unwrap().success());
        let started = Instant::now();
        let result = extract_in_child(&path, b"plain text of a document", &Limits { deadline, ..Limits::default() });
        (result, started.elapsed())
    }

    fn failed(body: &str) -> String {
        match with_script(body, Duration::from_secs(20)).0 {
            Err(Unreadable::Failed(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn answers_are_understood() {
        let document = r#"{"document":{"file_type":"txt","pages":1,"text":"x","warnings":[]}}"#;
        assert_eq!(
            with_script(&format!("cat >/dev/null; echo '{document}'"), Duration::from_secs(20)).0.unwrap().text,
            "x"
        );
        assert!(matches!(
            with_script("echo '{\"refused\":\"No.\"}'", Duration::from_secs(20)).0,
            Err(Unreadable::Refused(reason)) if reason == "No."
        ));
    }

    #[test]
    fn a_child_that_dies_or_babbles_is_a_failure() {
        assert!(failed("kill -9 $$").contains("time or memory"));
        assert!(failed("exit 3").contains("broke"));
        assert!(failed("echo nonsense").contains("broke"));
        assert!(failed("yes babble").contains('.'));
    }

    #[test]
    fn a_child_that_hangs_is_killed() {
        let (result, took) = with_script("exec sleep 60", Duration::from_millis(300));
        assert!(matches!(result, Err(Unreadable::Failed(reason)) if reason.contains("too long")));
        assert!(took < Duration::from_secs(10));
        let (result, took) = with_script("exec >&-; sleep 60", Duration::from_millis(300));
        assert!(result.is_err() && took < Duration::from_secs(10));
    }

    #[test]
    fn what_needs_no_reader_starts_no_child() {
        let result = extract_in_child(Path::new("/nonexistent"), b"", &Limits::default());
        assert!(matches!(result, Err(Unreadable::Refused(_))));
        let result = extract_in_child(Path::new("/nonexistent"), b"text", &Limits::default());
        assert!(matches!(result, Err(Unreadable::Failed(_))));
    }
}
