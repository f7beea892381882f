//! Runs tasks here and now, without the library: for tests, `seed` and `task run --wait`.

use std::sync::Arc;

use super::{beat, name, policy::Policy};
use crate::platform::{
    app::App,
    db::Tx,
    error::{Error, Result},
    task::{
        Registry,
        delivery::{self, Delivery, Finished, Outcome},
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

/// Runs everything that is due now and whatever that queues, one after the other, until nothing due is left.
///
/// # Errors
/// Those of the database. A task that fails is no error: see [`Drained::failed`].
pub async fn drain(app: Arc<App>, registry: Arc<Registry>) -> anyhow::Result<Drained> {
    let mut drained = Drained::default();
    let worker = name();
    work(&app, registry, &worker, &mut drained, move |tx, worker| delivery::take_due(tx, worker, BATCH)).await?;
    Ok(drained)
}

/// Runs this one task, due or not, and answers what became of it. A task that another worker has is left to it.
///
/// # Errors
/// 404 when there is no such task; those of the database.
pub async fn run_one(app: Arc<App>, registry: Arc<Registry>, id: &str) -> Result<TaskDetail> {
    let worker = name();
    let wanted = id.to_owned();
    work(&app, registry, &worker, &mut Drained::default(), move |tx, worker| {
        Ok(delivery::take_one(tx, worker, &wanted)?.into_iter().collect())
    })
    .await?;
    let id = id.to_owned();
    app.db.read(move |conn| store::get_with_runs(conn, &id)).await
}

/// Takes tasks and runs them until there are none to take, as a worker of its own that lives no longer than that.
async fn work<F>(app: &Arc<App>, registry: Arc<Registry>, worker: &str, drained: &mut Drained, take: F) -> Result<()>
where
    F: Fn(&Tx<'_>, &str) -> Result<Vec<Delivery>> + Clone + Send + 'static,
{
    let policy = Policy::new(app.clone(), registry);
    let name = worker.to_owned();
    let first = take.clone();
    let taken = app.db.write(move |tx| {
        delivery::enlist(tx, &name)?;
        first(tx, &name)
    });
    let mut taken = taken.await?;
    let working = async {
        while !taken.is_empty() {
            let mut runs = Vec::with_capacity(taken.len());
            for delivery in taken {
                runs.push(policy.attempt(delivery, false).await);
            }
            drained.ran += runs.len();
            drained.failed.extend(runs.iter().filter_map(failure));
            let (take, name) = (take.clone(), worker.to_owned());
            taken = app
                .db
                .write(move |tx| {
                    runs.iter().try_for_each(|it| it.record(tx).and_then(|()| it.settle(tx)))?;
                    take(tx, &name)
                })
                .await?;
        }
        Ok::<(), Error>(())
    };
    let worked = tokio::select! {
        worked = working => worked,
        never = beat(app, || worker.to_owned()) => match never {},
    };
    let name = worker.to_owned();
    app.db.write(move |tx| delivery::leave(tx, &name)).await?;
    worked
}

fn failure(run: &Finished) -> Option<(String, String)> {
    match &run.outcome {
        Outcome::Done => None,
        Outcome::Failed(error, _) | Outcome::Dead(error) => Some((run.delivery.kind().to_owned(), error.clone())),
    }
}
