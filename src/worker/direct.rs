//! Runs tasks here and now, without the library: for tests, `seed` and `task run --wait`.

use std::sync::Arc;

use super::{beat, name, policy::Policy};
use crate::platform::{
    app::App,
    db::Tx,
    error::Result,
    task::{
        Registry,
        delivery::{self, Delivery, Finished},
        store::{self, TaskDetail},
    },
};

/// How many tasks are taken and settled in one commit.
const BATCH: u32 = 32;

/// What [`drain`] did.
#[derive(Debug, Default)]
pub struct Drained {
    /// How many runs there were.
    pub ran: usize,
    /// The kind and the error of each run that failed, whether it will be repeated or not.
    pub failed: Vec<(String, String)>,
}

/// Which tasks to run.
#[derive(Clone)]
enum Which {
    /// Those that are due, until there are none.
    Due,
    /// This one, once.
    One(String),
}

impl Which {
    fn take_first(&self, tx: &Tx<'_>, worker: &str) -> Result<Vec<Delivery>> {
        match self {
            Which::Due => delivery::take_due(tx, worker, BATCH),
            Which::One(id) => Ok(delivery::take_one(tx, worker, id)?.into_iter().collect()),
        }
    }

    fn take_next(&self, tx: &Tx<'_>, worker: &str) -> Result<Vec<Delivery>> {
        match self {
            Which::Due => delivery::take_due(tx, worker, BATCH),
            Which::One(_) => Ok(vec![]),
        }
    }
}

/// Runs everything that is due now and whatever that queues, one after the other, until nothing due is left.
///
/// # Errors
/// Those of the database. A task that fails is no error: see [`Drained::failed`].
pub async fn drain(app: Arc<App>, registry: Arc<Registry>) -> anyhow::Result<Drained> {
    Ok(work(&app, registry, Which::Due).await?)
}

/// Runs this one task once, due or not, and answers what became of it. A task that another worker has is left to it.
///
/// # Errors
/// 404 when there is no such task; those of the database.
pub async fn run_one(app: Arc<App>, registry: Arc<Registry>, id: &str) -> Result<TaskDetail> {
    work(&app, registry, Which::One(id.to_owned())).await?;
    let id = id.to_owned();
    app.db.read(move |conn| store::get_with_runs(conn, &id)).await
}

/// Takes tasks and runs them until there are none to take, as a worker of its own that lives no longer than that.
async fn work(app: &Arc<App>, registry: Arc<Registry>, which: Which) -> Result<Drained> {
    let worker = name();
    let policy = Policy::new(app.clone(), registry);
    let worked = tokio::select! {
        worked = take_and_run(app, &policy, &worker, which) => worked,
        never = beat(app, || worker.clone()) => match never {},
    };
    app.db.write(move |tx| delivery::leave(tx, &worker)).await?;
    worked
}

async fn take_and_run(app: &App, policy: &Policy, worker: &str, which: Which) -> Result<Drained> {
    let mut drained = Drained::default();
    let (first, name) = (which.clone(), worker.to_owned());
    let first = app.db.write(move |tx| {
        delivery::enlist(tx, &name)?;
        first.take_first(tx, &name)
    });
    let mut taken = first.await?;
    while !taken.is_empty() {
        let mut runs = Vec::with_capacity(taken.len());
        for delivery in taken {
            runs.push(policy.attempt(delivery, false).await);
        }
        drained.ran += runs.len();
        drained.failed.extend(runs.iter().filter_map(failure));
        let (which, name) = (which.clone(), worker.to_owned());
        let next = app.db.write(move |tx| {
            runs.iter().try_for_each(|it| it.record(tx).and_then(|()| it.settle(tx)))?;
            which.take_next(tx, &name)
        });
        taken = next.await?;
    }
    Ok(drained)
}

fn failure(run: &Finished) -> Option<(String, String)> {
    let error = run.outcome.error()?;
    Some((run.delivery.kind().to_owned(), error.to_owned()))
}
