//! Which streams are open in this process, and what wakes and ends them.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::store;
use crate::{
    platform::{app::App, caller::Proof, error::Result, id::Id},
    users::{self, User},
};

/// How many streams one person may have open.
const MOST: usize = 5;
/// How often it is looked for what other processes told.
const LOOK: Duration = Duration::from_millis(500);
/// How long after a look the next one is at the earliest: under load many commits are looked at together.
const PAUSE: Duration = Duration::from_millis(10);
/// How soon a stream ends whose sign-in was ended, at the latest.
const PROVE: Duration = Duration::from_secs(1);
/// How soon a stream ends whose sign-in expired, when nothing else happens.
const PROVE_ANYWAY: Duration = Duration::from_secs(20);

/// The open streams of this process.
#[derive(Default)]
pub struct Hub(Mutex<Open>);

#[derive(Default)]
struct Open {
    seats: HashMap<Id<User>, Vec<Arc<Seat>>>,
    /// Whether somebody looks for news already.
    watched: bool,
}

/// An open stream.
struct Seat {
    user: Id<User>,
    proof: Proof,
    woken: Notify,
    end: OnceLock<End>,
}

/// Why a stream is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its sign-in or account has ended.
    Unproven,
    /// A newer one took its place.
    Crowded,
}

impl Seat {
    fn end(&self, why: End) {
        // The first reason stands.
        let _ = self.end.set(why);
        self.woken.notify_one();
    }
}

/// A stream's place among the open ones; it is free again when this is dropped.
pub struct Place {
    hub: Arc<Hub>,
    seat: Arc<Seat>,
}

impl Place {
    /// Takes a place, and sees to it that somebody looks for news. Where all are taken the oldest stream makes room: it may
    /// well be that of a page which was closed or of a machine which sleeps, and nobody can tell.
    pub fn take(app: &Arc<App>, user: Id<User>, proof: Proof) -> Self {
        let hub = app.parts.get::<Hub>();
        let seat = Arc::new(Seat { user, proof, woken: Notify::new(), end: OnceLock::new() });
        let mut open = hub.open();
        let own = open.seats.entry(user).or_default();
        if own.len() >= MOST {
            own.remove(0).end(End::Crowded);
        }
        own.push(seat.clone());
        if !open.watched {
            open.watched = true;
            tokio::spawn(watch(app.clone(), hub.clone()));
        }
        drop(open);
        Self { hub, seat }
    }

    /// Resolves when there may be news, at once when there were since the last time; says why when the stream is to end.
    pub async fn woken(&self) -> Option<End> {
        self.seat.woken.notified().await;
        self.seat.end.get().copied()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.hub.open();
        if let Some(own) = open.seats.get_mut(&self.seat.user) {
            own.retain(|it| !Arc::ptr_eq(it, &self.seat));
            if own.is_empty() {
                open.seats.remove(&self.seat.user);
            }
        }
    }
}

impl Hub {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the streams of these people, or all of them.
    fn wake(&self, whose: Option<&[Id<User>]>) {
        let open = self.open();
        let wake = |seats: &Vec<Arc<Seat>>| seats.iter().for_each(|it| it.woken.notify_one());
        match whose {
            Some(users) => users.iter().filter_map(|user| open.seats.get(user)).for_each(wake),
            None => open.seats.values().for_each(wake),
        }
    }

    /// Whether nobody is left to look for; nobody looks then from now on.
    fn rests(&self) -> bool {
        let mut open = self.open();
        open.watched = !open.seats.is_empty();
        !open.watched
    }

    /// Ends the streams whose sign-in or account has ended.
    async fn end_unproven(&self, app: &App) -> Result<()> {
        let seats: Vec<Arc<Seat>> = self.open().seats.values().flatten().cloned().collect();
        let claims: HashSet<(Id<User>, Proof)> = seats.iter().map(|it| (it.user, it.proof)).collect();
        let now = app.clock.now();
        let standing = app.db.read(move |conn| {
            let mut standing = HashSet::with_capacity(claims.len());
            for (user, proof) in claims {
                if users::store::is_proven(conn, user, proof, now)? {
                    standing.insert((user, proof));
                }
            }
            Ok(standing)
        });
        let standing = standing.await?;
        for seat in seats.iter().filter(|it| !standing.contains(&(it.user, it.proof))) {
            seat.end(End::Unproven);
        }
        Ok(())
    }
}

/// Looks for news after each commit of this process, and every now and then for those of others, until no stream is left.
async fn watch(app: Arc<App>, hub: Arc<Hub>) {
    let mut commits = app.db.commits();
    let mut seen = None;
    let (mut proven, mut version) = (Instant::now(), app.cache.version());
    while !hub.rests() {
        match app.db.read(move |conn| store::changed_since(conn, seen)).await {
            Ok((newest, users)) => {
                // What was told before this first look may have been told after a stream had looked for itself.
                hub.wake(seen.map(|_| users.as_slice()));
                seen = Some(newest);
            }
            Err(error) => tracing::warn!("what streams have to tell could not be read: {error}"),
        }
        let age = proven.elapsed();
        if age >= PROVE_ANYWAY || age >= PROVE && app.cache.version() != version {
            (proven, version) = (Instant::now(), app.cache.version());
            if let Err(error) = hub.end_unproven(&app).await {
                tracing::warn!("whether streams may go on could not be read: {error}");
            }
        }
        tokio::time::sleep(PAUSE).await;
        tokio::select! {
            // Once the database is closed there are no more commits, and soon no more streams.
            Ok(()) = commits.changed() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}
