//! Inventing a large instance: a million members, a hundred thousand postings and what happened among them in a year.
//!
//! The year is lived through day by day, in the order of time, with rows written straight to their tables in large commits:
//! what services would check holds by how it is made. Nothing follows from what is invented, so that no mail waits at its end.
//! Triggers and the search index follow as ever; what the house counts otherwise is counted once at the end. In memory there
//! is a few bytes for each member and posting, whatever happened to them.

mod chance;
mod deeds;
mod store;
mod world;

use std::{cell::Cell, sync::Arc};

use anyhow::{Context as _, bail};
use rand::{SeedableRng, rngs::StdRng};

use super::{SeedArgs, content::Content, told};
use crate::{
    cli::{is_quiet, progress::Progress},
    operations::recount,
    platform::app::App,
};
use world::World;

/// Who is there before: an admin, somebody who posts jobs and somebody who teaches.
pub(super) const FIRST: i64 = 3;
/// How much of the course of time is in one commit: a page that many rows touch is then written once for all of them.
const SLOTS: usize = 40_000;

/// Fills an instance that has the first three people and its courses; how many events it has then.
///
/// # Errors
/// There are more people already; those of the database.
pub(super) async fn invent(
    app: &Arc<App>,
    content: Arc<Content>,
    args: SeedArgs,
    password: String,
) -> anyhow::Result<i64> {
    let now = app.clock.now();
    let random = StdRng::seed_from_u64(args.random_seed);
    let wanted = args.events.context("how many events is not said")?;
    let read = app.db.read(|conn| {
        let known = (store::skills(conn)?, store::achievements(conn)?, store::courses(conn)?);
        Ok((store::before(conn)?, known))
    });
    let ((people, highest, events), (skills, achievements, courses)) = told(read.await)?;
    if (people, highest) != (FIRST, FIRST) {
        bail!("So much is invented only for an instance that never had people.");
    }
    let known = world::Known::new(content, skills, achievements, courses)?;
    let mut world = World::new(known, random, now, (args.users, args.jobs, wanted), events, password);
    told(app.db.write(|tx| store::set_large(tx, true)).await)?;
    let progress = Progress::new(is_quiet(&app.config), "events", wanted);
    while !world.is_over() {
        world = told(app.db.write(move |tx| world.advance(tx, SLOTS).map(|()| world)).await)?;
        progress.at(usize::try_from(world.events).unwrap_or(0));
    }
    drop(progress);
    let counting = Progress::new(is_quiet(&app.config), "counters", recount::ROOMS);
    let done = Cell::new(0);
    let told_of = |_, _| {
        done.set(done.get() + 1);
        counting.at(done.get());
    };
    told(recount::each_room(app, told_of).await)?;
    told(app.db.write(|tx| store::set_large(tx, false)).await)?;
    Ok(world.events)
}
