//! The web application in a real browser: the real program with the content of the demo, and Debian's chromium.
//!
//! Where there is no chromium these tests say so and pass, so that `cargo test` needs nothing beside the compiler. With
//! `BROWSER_TESTS=required`, as `.ci/run` sets it, its absence is a failure, and so is that of axe-core, which
//! `AXE_CORE` leads to. What the screens looked like lies in `target/tmp/screens` afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is its failure")]

mod administration;
mod attacks;
mod browser;
mod house;
mod journeys;
mod keyboard;
mod learning;
mod page;
mod screens;
mod settings;
mod troubles;
