#![no_main]
use careerd_fuzz::{analysis::extract::pdf, limits, reading, watch_panics};

libfuzzer_sys::fuzz_target!(init: watch_panics(), |bytes: &[u8]| {
    reading(|| pdf::read(bytes, &limits()));
});
