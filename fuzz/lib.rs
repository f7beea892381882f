//! What the targets share: the analysis of careerd, compiled by itself, and what must hold of every reading.

#[path = "../src/analysis/mod.rs"]
pub mod analysis;

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

use analysis::{Document, Limits, MAX_TEXT_CHARS, Unreadable};

/// A panic in our own code is a fault wherever it is caught; one in a reader of others must be caught before it takes
/// the document with it.
pub fn watch_panics() {
    std::panic::set_hook(Box::new(|panic: &PanicHookInfo<'_>| {
        let ours = panic.location().is_some_and(|place| place.file().contains("src/analysis/"));
        if ours || std::env::var_os("SHOW_PANICS").is_some() {
            eprintln!("{panic}");
        }
        if ours {
            std::process::abort();
        }
    }));
}

/// Reads, and holds what every caller relies upon: a text of bounded length, or a sentence.
pub fn reading(read: impl Fn() -> Result<Document, Unreadable>) -> Option<Document> {
    match catch_unwind(AssertUnwindSafe(&read)) {
        Err(_) => std::process::abort(),
        Ok(Ok(document)) => {
            assert!(document.text.chars().count() <= MAX_TEXT_CHARS, "too long");
            assert!(!document.text.contains(['\0', '\r', '\u{ad}']), "not cleaned");
            Some(document)
        }
        Ok(Err(reason)) => {
            assert!(reason.reason().ends_with('.'), "no sentence: {reason}");
            None
        }
    }
}

/// The limits of an upload.
pub fn limits() -> Limits {
    Limits::default()
}
