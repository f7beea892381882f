//! How far something long has come: a bar on a terminal, plain lines elsewhere, both beside the output.

use std::{
    io::{self, IsTerminal as _, Write},
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long it is from one plain line to the next. What is over before has none.
const PACE: Duration = Duration::from_secs(2);

/// What is counted.
#[derive(Clone, Copy)]
enum Unit {
    Steps,
    Bytes,
}

/// A bar that goes away at its end, or lines that end there.
pub struct Progress {
    bar: ProgressBar,
    unit: Unit,
    /// The thread that writes plain lines for as long as nobody drops the other end.
    lines: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Over `count` steps of `what`. Whoever wants quiet is told nothing.
    pub fn new(quiet: bool, what: &'static str, count: usize) -> Self {
        let it = Self::begin(quiet, what, Unit::Steps);
        it.lengthen(count as u64);
        it
    }

    /// Over what nobody knows the end of.
    pub fn open(quiet: bool, what: &'static str) -> Self {
        Self::begin(quiet, what, Unit::Steps)
    }

    /// Over several things that are measured in bytes.
    pub fn of_bytes(quiet: bool) -> Self {
        Self::begin(quiet, "", Unit::Bytes)
    }

    fn begin(quiet: bool, what: &'static str, unit: Unit) -> Self {
        let on_terminal = io::stderr().is_terminal();
        let shown = if on_terminal && !quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, shown).with_message(what);
        style(&bar, "{msg:20} {pos:>7} {elapsed}");
        if on_terminal && !quiet {
            bar.enable_steady_tick(Duration::from_secs(1));
        }
        let lines = (!on_terminal && !quiet).then(|| lines(bar.clone(), unit, PACE, io::stderr()));
        Self { bar, unit, lines }
    }

    fn lengthen(&self, count: u64) {
        self.bar.set_length(count);
        match self.unit {
            Unit::Steps => style(&self.bar, "{msg:20} {bar:40} {pos}/{len} {eta}"),
            Unit::Bytes => style(&self.bar, "{msg:20} {bar:40} {bytes}/{total_bytes} {eta}"),
        }
    }

    /// So many steps are done.
    pub fn at(&self, done: usize) {
        self.bar.set_position(done as u64);
    }

    /// So much of `what` is done, of that much; 0 when nobody knows.
    pub fn of(&self, what: &'static str, done: u64, of: u64) {
        if self.bar.message() != what {
            self.bar.reset();
            self.bar.unset_length();
            self.bar.set_message(what);
            style(&self.bar, "{msg:20} {elapsed}");
        }
        if of > 0 && self.bar.length() != Some(of) {
            self.lengthen(of);
        }
        self.bar.set_position(done);
    }

    /// Writes to the terminal that the bar is on.
    pub fn beside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.lines.take() {
            drop(end);
            // A line that is being written comes before whatever is told next.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

fn style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// Writes how far it is, at this pace, until the answer's first half is dropped or nobody reads.
fn lines(
    bar: ProgressBar,
    unit: Unit,
    pace: Duration,
    mut out: impl Write + Send + 'static,
) -> (Sender<()>, JoinHandle<()>) {
    let (end, ended) = mpsc::channel();
    let thread = thread::spawn(move || {
        while ended.recv_timeout(pace) == Err(RecvTimeoutError::Timeout) {
            if writeln!(out, "{}", line(&bar, unit)).is_err() {
                return;
            }
        }
    });
    (end, thread)
}

fn line(bar: &ProgressBar, unit: Unit) -> String {
    let what = bar.message();
    match (bar.position(), bar.length(), unit) {
        (at, Some(of), Unit::Steps) => format!("{what}: {at} of {of}"),
        (at, Some(of), Unit::Bytes) => format!("{what}: {} of {} MB", at >> 20, of.div_ceil(1 << 20)),
        (0, None, _) => format!("{what}: {} s", bar.elapsed().as_secs()),
        (at, None, _) => format!("{what}: {at}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn progress(unit: Unit, pace: Duration) -> (Progress, Page) {
        let (bar, page) = (ProgressBar::hidden(), Page::default());
        bar.unset_length();
        let lines = Some(lines(bar.clone(), unit, pace, page.clone()));
        (Progress { bar, unit, lines }, page)
    }

    #[test]
    fn what_is_over_soon_says_nothing() {
        let (progress, page) = progress(Unit::Steps, Duration::from_secs(3600));
        progress.at(7);
        drop(progress);
        assert!(page.0.lock().unwrap().is_empty());
    }

    #[test]
    fn lines_come_until_the_end_and_no_longer() {
        let (progress, page) = progress(Unit::Steps, Duration::from_millis(1));
        progress.lengthen(9);
        progress.at(7);
        while page.0.lock().unwrap().len() < 100 {
            thread::sleep(Duration::from_millis(1));
        }
        drop(progress);
        let told = String::from_utf8(std::mem::take(&mut page.0.lock().unwrap())).unwrap();
        assert!(told.ends_with("7 of 9\n"), "{told}");
        thread::sleep(Duration::from_millis(5));
        assert!(page.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_line_says_as_much_as_is_known() {
        let (progress, _) = progress(Unit::Bytes, Duration::from_secs(3600));
        let told = |what, done, of| {
            progress.of(what, done, of);
            line(&progress.bar, progress.unit)
        };
        assert_eq!(told("packing", 3 << 20, 12 << 20), "packing: 3 of 12 MB");
        assert_eq!(told("checking", 0, 0), "checking: 0 s");
        assert_eq!(told("unpacking", 0, 1), "unpacking: 0 of 1 MB");
    }
}
