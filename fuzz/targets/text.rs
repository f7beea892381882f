#![no_main]
use careerd_fuzz::analysis::{detect, extract::text};
use careerd_fuzz::{reading, watch_panics};

libfuzzer_sys::fuzz_target!(init: watch_panics(), |bytes: &[u8]| {
    if let Err(reason) = detect(bytes) {
        assert!(reason.reason().ends_with('.'));
    }
    text::is_text(bytes);
    reading(|| text::read(bytes));
});
