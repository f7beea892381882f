//! The checks of a process that is to do its work.

use std::{fs, time::Instant};

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::platform::{
    app::App,
    disk::{Disk, LEAST_FREE},
    migrations,
    task::{monitor, store as tasks},
};

/// One check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// Whether it is as it must be.
    pub ok: bool,
    /// What was measured.
    #[schema(value_type = Object)]
    pub figures: Value,
}

/// Whether this process can do its work.
pub async fn checks(app: &App) -> Vec<Check> {
    let now = app.clock.now();
    let queue = app.db.read(move |conn| Ok((tasks::is_served(conn, now)?, json!(monitor::depth(conn, now)?)))).await;
    // An empty write goes the whole way: queue, transaction, commit.
    let asked = Instant::now();
    let writable = app.db.write(|_| Ok(())).await.is_ok();
    let took = asked.elapsed().as_secs_f64() * 1000.0;
    let disk = Disk::of(&app.config.data_dir);
    let bytes = fs::metadata(app.db.path()).map_or(0, |it| it.len());
    let is_read = queue.is_ok();
    let (served, figures) = queue.unwrap_or((false, json!({})));
    vec![
        Check { name: "database", ok: is_read, figures: json!({"bytes": bytes}) },
        // An app does not open over a database of another schema.
        Check { name: "migrations", ok: is_read, figures: json!({"newest": migrations::newest()}) },
        Check { name: "writable", ok: writable, figures: json!({"commit_ms": took}) },
        Check { name: "tasks", ok: served, figures },
        Check {
            name: "disk",
            ok: disk.free >= LEAST_FREE,
            figures: json!({"free_bytes": disk.free, "total_bytes": disk.total, "least_free_bytes": LEAST_FREE}),
        },
    ]
}
