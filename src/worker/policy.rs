//! What happens to one task: how it is run, and what its end means.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, mpsc, watch},
    task::{JoinError, JoinHandle},
};

use crate::platform::{
    app::App,
    clock::Timestamp,
    db::panic_text,
    task::{
        Hopeless, Registry,
        delivery::{self, Delivery, Finished, Outcome},
    },
};

/// How long successful runs wait to be recorded together.
const GATHER: Duration = Duration::from_millis(100);
/// How many of them do not wait any longer, and how many may wait before runs are held back.
const GATHERED: usize = 512;
/// How often a stop looks whether something still runs.
const LOOK: Duration = Duration::from_millis(50);

/// Counts a run for as long as it lasts, also when it ends by a panic.
struct Running<'a>(&'a AtomicUsize);

impl<'a> Running<'a> {
    fn of(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs tasks and decides what their ends mean.
pub struct Policy {
    app: Arc<App>,
    registry: Arc<Registry>,
    limit: Duration,
    stopping: watch::Sender<bool>,
    running: AtomicUsize,
    journal: mpsc::Sender<Finished>,
    recorder: Mutex<Option<JoinHandle<()>>>,
}

impl Policy {
    pub fn new(app: Arc<App>, registry: Arc<Registry>) -> Self {
        let limit = app.config.worker.run_limit.as_std();
        let (journal, finished) = mpsc::channel(GATHERED);
        let stopping = watch::Sender::new(false);
        let recorder = tokio::spawn(record(app.clone(), finished, stopping.subscribe()));
        Self {
            app,
            registry,
            limit,
            stopping,
            running: AtomicUsize::new(0),
            journal,
            recorder: Mutex::new(Some(recorder)),
        }
    }

    /// The same with another limit to how long a run may last.
    #[cfg(test)]
    pub fn limited(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// From now on the library acknowledges nothing until all runs are over.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Records the successful runs that wait for it. Nothing may be run any more.
    pub async fn flush(&self) {
        self.stop();
        if let Some(recorder) = self.recorder.lock().await.take()
            && recorder.await.is_err()
        {
            tracing::error!("the recorder of runs had panicked");
        }
    }

    /// Resolves once a stop was asked for and nothing runs any more.
    pub async fn finished(&self) {
        // An error would say that this policy is gone, which holds the sender itself.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
        let mut idle = 0;
        while idle < 2 {
            tokio::time::sleep(LOOK).await;
            idle = if self.running.load(Ordering::Relaxed) == 0 { idle + 1 } else { 0 };
        }
    }

    /// Runs a task for the library, which settles its state by the outcome.
    ///
    /// The library asks no more for what it was told to stop; on a task of its own a run comes to its end all the same.
    pub async fn handle(self: &Arc<Self>, delivery: Delivery) -> Outcome {
        let policy = self.clone();
        let whole = tokio::spawn(async move {
            let _running = Running::of(&policy.running);
            policy.run_and_record(delivery).await
        });
        whole.await.unwrap_or_else(|error| Outcome::dead(&format!("The run was lost: {error}.")))
    }

    async fn run_and_record(&self, delivery: Delivery) -> Outcome {
        let finished = self.attempt(delivery, true).await;
        let outcome = finished.outcome.clone();
        let alone = if outcome == Outcome::Done && !*self.stopping.borrow() {
            // The recorder takes nothing more once the worker stops.
            self.journal.send(finished).await.err().map(|refused| refused.0)
        } else {
            Some(finished)
        };
        if let Some(finished) = alone {
            let id = finished.delivery.id.clone();
            let stopping = *self.stopping.borrow();
            let recorded = self.app.db.write(move |tx| {
                finished.record(tx)?;
                if stopping { finished.settle(tx) } else { Ok(()) }
            });
            if let Err(error) = recorded.await {
                tracing::error!(task = id, "a run could not be recorded: {error}");
            }
        }
        outcome
    }

    /// Runs a task to its end, whatever that is. `give_back` says that a debouncing key still has to be given back.
    pub async fn attempt(&self, delivery: Delivery, give_back: bool) -> Finished {
        let started_at = self.app.clock.now();
        let ran = self.run(&delivery, give_back).await;
        let finished_at = self.app.clock.now();
        let outcome = judge(ran, &delivery, finished_at);
        let (id, kind, attempt) = (&delivery.id, delivery.kind(), delivery.attempt);
        match &outcome {
            Outcome::Done => tracing::debug!(task = id, kind, attempt, "done"),
            Outcome::Failed(error, again) => tracing::warn!(task = id, kind, attempt, %again, "failed: {error}"),
            Outcome::Dead(error) => tracing::error!(task = id, kind, attempt, "given up: {error}"),
        }
        Finished { delivery, started_at, finished_at, outcome }
    }

    async fn run(&self, delivery: &Delivery, give_back: bool) -> Result<(), Failure> {
        if give_back && delivery.is_debounced() {
            let id = delivery.id.clone();
            self.app
                .db
                .write(move |tx| delivery::release_key(tx, &id))
                .await
                .map_err(|error| Failure::Passing(format!("its key could not be given back: {error}")))?;
        }
        if delivery.attempt > delivery.max_attempts {
            return Err(Failure::Final("Each of its workers was lost while it ran.".into()));
        }
        let kind = delivery.kind();
        let known = self.registry.get(kind).ok_or_else(|| Failure::Final(self.registry.unknown(kind)))?;
        let (decode, args, app) = (known.decode, delivery.payload["args"].clone(), self.app.clone());
        // On a task of its own a panic harms nothing, and work that holds its thread does not hold up the worker.
        let mut running = Aborting(tokio::spawn(async move {
            let run = decode(args).map_err(Failure::Final)?;
            run(app).await.map_err(|error| match error.downcast_ref() {
                Some(Hopeless(reason)) => Failure::Final(reason.clone()),
                None => Failure::Passing(format!("{error:#}")),
            })
        }));
        match tokio::time::timeout(self.limit, &mut running.0).await {
            Ok(Ok(ended)) => ended,
            Ok(Err(error)) => Err(Failure::Passing(panicked(error))),
            Err(_) => Err(Failure::Passing(format!("It was stopped after {} s.", self.limit.as_secs_f64()))),
        }
    }
}

/// Why a task was not done.
enum Failure {
    /// Repeating may help.
    Passing(String),
    /// Repeating would not.
    Final(String),
}

fn judge(ran: Result<(), Failure>, delivery: &Delivery, now: Timestamp) -> Outcome {
    match ran {
        Ok(()) => Outcome::Done,
        Err(Failure::Passing(error)) => Outcome::failed(&error, delivery, now, rand::random()),
        Err(Failure::Final(error)) => Outcome::dead(&error),
    }
}

fn panicked(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => format!("It panicked: {}", panic_text(&*panic)),
        Err(_) => "It was stopped with its program.".into(),
    }
}

/// Ends the run when nobody waits for it any more.
struct Aborting(JoinHandle<Result<(), Failure>>);

impl Drop for Aborting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Records successful runs, many in one commit: a durable commit for each would be most of the work of a short task.
async fn record(app: Arc<App>, mut finished: mpsc::Receiver<Finished>, mut stopping: watch::Receiver<bool>) {
    let mut gathered = Vec::new();
    loop {
        let stop = tokio::select! {
            biased;
            received = finished.recv_many(&mut gathered, GATHERED) => received == 0,
            _ = stopping.wait_for(|it| *it) => true,
        };
        if stop {
            // Runs that end now are recorded one by one.
            finished.close();
            while finished.recv_many(&mut gathered, GATHERED).await > 0 {}
        } else {
            let more =
                async { while gathered.len() < GATHERED && finished.recv_many(&mut gathered, GATHERED).await > 0 {} };
            tokio::select! {
                _ = tokio::time::timeout(GATHER, more) => {}
                _ = stopping.wait_for(|it| *it) => {}
            }
        }
        let all = std::mem::take(&mut gathered);
        if !all.is_empty()
            && let Err(error) = app.db.write(move |tx| all.iter().try_for_each(|it| it.record(tx))).await
        {
            tracing::error!("runs could not be recorded: {error}");
        }
        if stop {
            return;
        }
    }
}
