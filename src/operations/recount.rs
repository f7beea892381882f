//! Counters and points, rebuilt from the rows that they count.

use std::sync::Arc;

use rocket::post;
use serde::{Deserialize, Serialize};

use crate::{
    addresses, community, courses, jobs, mentors,
    platform::{
        app::App,
        db::Tx,
        error::Result,
        once::{Answer, Once},
        task::{
            Key, Task,
            store::{self, TaskRow},
        },
    },
    projects, skills,
    users::{
        Admin,
        audit::{self, By, Changes},
        points,
    },
};

/// Rebuilds what a room keeps; how many figures were wrong.
type Rebuild = fn(&Tx<'_>) -> Result<usize>;

/// What is kept, by room.
const COUNTERS: &[(&str, Rebuild)] = &[
    ("points", points::recount),
    ("skills", skills::store::recount),
    ("jobs", jobs::service::recount),
    ("courses", courses::store::recount),
    ("projects", projects::store::recount),
    ("community", community::service::recount),
    ("mentors", mentors::store::recount),
];

/// How many rooms keep figures.
pub const ROOMS: usize = COUNTERS.len();

/// How many figures of each room were wrong, now that they are right.
///
/// # Errors
/// Those of the database.
pub fn rebuild(tx: &Tx<'_>) -> Result<Vec<(&'static str, usize)>> {
    COUNTERS.iter().map(|(room, rebuild)| Ok((*room, rebuild(tx)?))).collect()
}

/// Rebuilds what every room keeps, a room at a time, so that nobody waits long for the writer; tells how many figures of each
/// were wrong.
///
/// # Errors
/// Those of the database.
pub async fn each_room(app: &App, tell: impl Fn(&'static str, usize)) -> Result<()> {
    for (room, rebuild) in COUNTERS {
        tell(room, app.db.write(rebuild).await?);
    }
    Ok(())
}

/// Rebuilds every counter and the points of everybody.
#[derive(Serialize, Deserialize)]
pub struct Recount {}

impl Task for Recount {
    const KIND: &'static str = "recount";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(String::new())
    }

    async fn run(self, app: Arc<App>) -> anyhow::Result<()> {
        let told = |room, wrong| {
            if wrong > 0 {
                tracing::warn!("{wrong} figures of {room} were wrong and are right now");
            }
        };
        Ok(each_room(&app, told).await?)
    }
}

fn ask(tx: &Tx<'_>, by: By<'_>) -> Result<TaskRow> {
    let task = Recount {};
    let queued = tx.enqueue_as(&task, task.key())?;
    audit::record(tx, by, "counters.recount", ("task", &queued.id), Changes::none())?;
    store::get(tx, &queued.id)
}

addresses![recount];

/// Rebuild all counters and points in the background.
#[utoipa::path(tag = "Administration", responses((status = 202, body = TaskRow)))]
#[post("/admin/recount")]
async fn recount(app: &App, admin: Admin, once: Once) -> Result<Answer> {
    app.once(once, move |tx| Answer::accepted(&ask(tx, (&admin.0).into())?)).await
}
