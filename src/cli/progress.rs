//! How far something long has come: a bar on a terminal, nothing elsewhere.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that goes away at its end.
pub struct Progress(ProgressBar);

impl Progress {
    /// A bar over `count` steps of `what`.
    pub fn new(what: &'static str, count: usize) -> Self {
        let bar = ProgressBar::new(count as u64).with_message(what);
        if !std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template("{msg:16} {bar:40} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many steps are done.
    pub fn at(&self, done: usize) {
        self.0.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
