#![no_main]
//! DOCX and ODT: archives as they are, or, behind an `=`, the parts of one that is packed here: each `=name` on a line
//! of its own, what follows is the part. So what is changed is XML, not what it was pressed to.

use std::io::{Cursor, Write};

use careerd_fuzz::analysis::extract::{docx, odt};
use careerd_fuzz::{limits, reading, watch_panics};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fn packed(parts: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let mut name = None;
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for line in parts.split_inclusive(|b| *b == b'\n') {
        if let Some(rest) = line.strip_prefix(b"=") {
            name = Some(String::from_utf8_lossy(rest.trim_ascii()).into_owned());
            zip.start_file(name.clone()?, stored).ok()?;
        } else if name.is_some() {
            zip.write_all(line).ok()?;
        }
    }
    Some(zip.finish().ok()?.into_inner())
}

libfuzzer_sys::fuzz_target!(init: watch_panics(), |bytes: &[u8]| {
    let made = if bytes.starts_with(b"=") { packed(bytes) } else { None };
    let bytes = made.as_deref().unwrap_or(bytes);
    reading(|| docx::read(bytes, &limits()));
    reading(|| odt::read(bytes, &limits()));
});
