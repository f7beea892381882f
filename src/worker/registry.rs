//! Every kind of task, by its name in the queue.

use crate::platform::task::Registry;

/// Every kind of background task that careerd knows.
pub fn registry() -> Registry {
    Registry::new()
}
