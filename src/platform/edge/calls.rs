//! The calls that are being answered, counted: a stop waits for them and for nothing else.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// How often it is looked whether a call is still being answered.
const LOOK: Duration = Duration::from_millis(50);
/// For how long nothing may be answered before the last bytes have left.
const QUIET: u32 = 6;

/// How many calls are being answered.
#[derive(Clone, Default)]
pub struct Calls(Arc<AtomicUsize>);

/// A call, for as long as it is being answered: until the end of its answer has been handed over.
pub struct Answering(Arc<AtomicUsize>);

impl Calls {
    /// Counts one more.
    pub(super) fn begin(&self) -> Answering {
        self.0.fetch_add(1, Ordering::Relaxed);
        Answering(self.0.clone())
    }

    /// Resolves when nothing has been answered for a moment.
    pub async fn over(&self) {
        let mut quiet = 0;
        while quiet < QUIET {
            tokio::time::sleep(LOOK).await;
            quiet = if self.0.load(Ordering::Relaxed) == 0 { quiet + 1 } else { 0 };
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
