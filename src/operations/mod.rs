//! Running the instance: its queue, its backups, how it is doing, what it counts.

pub mod backup;
pub mod health;
pub mod metrics;
pub mod probes;
pub mod queue;
pub mod recount;
pub mod settings;
