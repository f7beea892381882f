//! When the library looks for work.

use std::{
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{PollSnapshot, PollStrategy};
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::sync::watch;

/// How often an idle worker looks: other processes' tasks and those whose time has come are found by this alone.
const INTERVAL: Duration = Duration::from_secs(1);
/// How soon it looks again after a signal. A signal that comes while a look is under way may be older than what that look
/// finds; each further look comes ten times later, up to the interval.
const AGAIN: Duration = Duration::from_millis(2);

/// Looks after every commit of this process that queued tasks, and at an interval. One stream carries both, and every poll
/// drains it: only a stream that has nothing to give keeps the waker.
pub struct OnCommit {
    looks: BoxStream<'static, ()>,
}

impl OnCommit {
    pub fn new(queued: watch::Receiver<u64>) -> Self {
        let looks = stream::unfold((queued, INTERVAL), |(mut queued, wait)| async move {
            let signalled = tokio::time::timeout(wait, queued.changed()).await;
            let wait = match signalled {
                Ok(Ok(())) => AGAIN,
                // The database is closed; nothing will be queued here any more.
                Ok(Err(_)) => {
                    tokio::time::sleep(INTERVAL).await;
                    INTERVAL
                }
                Err(_) => INTERVAL.min(wait * 10),
            };
            Some(((), (queued, wait)))
        });
        Self { looks: looks.boxed() }
    }
}

impl PollStrategy for OnCommit {
    fn poll_drive(&mut self, cx: &mut Context<'_>, _: &PollSnapshot) -> Poll<Option<()>> {
        let mut look = Poll::Pending;
        while let Poll::Ready(Some(())) = self.looks.poll_next_unpin(cx) {
            look = Poll::Ready(Some(()));
        }
        look
    }
}
