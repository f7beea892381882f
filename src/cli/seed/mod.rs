//! Inventing an instance: people, what they can do, postings and applications, courses and who learns them, posts and what is
//! said to them, mentors and their sessions, connections, and what admins and moderators do about all of it.
//!
//! All of it goes through the services, at moments of the past, so that counters, points and events are what they would be had
//! it happened. The same seed makes the same content.

mod bulk;
mod content;
mod learning;
mod mentoring;
mod people;
mod pictures;
mod postings;
mod practice;
mod staff;
mod talk;

use std::{sync::Arc, time::Instant};

use clap::Args;
use rand::{SeedableRng, rngs::StdRng};

use super::{is_quiet, progress::Progress, runtime, told};
use crate::{
    platform::{app::App, config::Config, error::Result},
    reactions, upkeep,
};
use content::Content;

/// The password of every invented account.
pub const PASSWORD: &str = "demo-password-1";

/// How much is invented.
#[derive(Args, Clone, Copy)]
#[command(after_help = "\
The people are user1 to userN with the password demo-password-1; user1 is an admin, user2 posts the jobs, user3
teaches the courses, user10 moderates.

With --events the rows are written in bulk, as a year of members who come, post, apply, learn and talk, and no task
follows: for trying out a large instance. It needs an instance without people. Two events go to each member and one
to each posting; what they do has the rest.

Examples:
  careerd seed --users 1000 --jobs 5000 --random-seed 7
  careerd seed --members 1000000 --jobs 100000 --events 5000000 --seed 7")]
pub struct SeedArgs {
    /// How many people.
    #[arg(long, visible_alias = "members", default_value_t = 40, value_parser = at_least_three)]
    users: usize,
    /// How many open jobs; closed and expired ones come on top.
    #[arg(long, default_value_t = 60)]
    jobs: usize,
    /// How many courses; with any, the delivered projects come along.
    #[arg(long, default_value_t = 51)]
    courses: usize,
    /// How many posts.
    #[arg(long, default_value_t = 48)]
    posts: usize,
    /// How many events: invents a large instance. Posts come of them.
    #[arg(long, conflicts_with = "posts")]
    events: Option<usize>,
    /// What the invention begins with; the same number makes the same content.
    #[arg(long, visible_alias = "seed", default_value_t = 1)]
    random_seed: u64,
}

impl SeedArgs {
    /// A large instance of so many people, open jobs and events.
    pub const fn large(users: usize, jobs: usize, events: usize) -> Self {
        SeedArgs { users, jobs, events: Some(events), ..Self::DEMO }
    }

    /// What `serve --demo` begins with.
    pub const DEMO: SeedArgs = SeedArgs { users: 40, jobs: 60, courses: 51, posts: 48, events: None, random_seed: 1 };
}

/// An admin, somebody who posts jobs and somebody who teaches.
fn at_least_three(text: &str) -> std::result::Result<usize, String> {
    text.parse().ok().filter(|it| *it >= 3).ok_or_else(|| "there are three people at least".into())
}

/// Fills the database.
///
/// # Errors
/// The database does not take it, or people named user1 … exist already.
pub fn run(config: Config, args: SeedArgs) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    let begun = Instant::now();
    let done = runtime()?.block_on(async {
        told(upkeep::at_start(&app).await)?;
        if args.events.is_some() {
            fill_large(&app, args).await.map(Some)
        } else {
            fill(&app, args).await.map(|()| None)
        }
    });
    app.db.close();
    if let Some(events) = done? {
        let (seconds, people) = (begun.elapsed().as_secs_f64(), args.users);
        say!("{people} people, {} open jobs and {events} events were invented in {seconds:.1} s.", args.jobs);
        say!("They sign in as user1 to user{people} with the password {PASSWORD}.");
        return Ok(());
    }
    say!(
        "{} people, {} open jobs, {} courses and {} posts were invented in {:.1} s.",
        args.users,
        args.jobs,
        args.courses,
        args.posts,
        begun.elapsed().as_secs_f64()
    );
    say!("They sign in as user1 to user{} with the password {PASSWORD}.", args.users);
    say!("What follows from it waits in the queue for careerd serve or careerd worker.");
    Ok(())
}

/// Invents people, postings, courses and posts in an opened instance.
///
/// # Errors
/// As [`run`].
pub async fn fill(app: &Arc<App>, args: SeedArgs) -> anyhow::Result<()> {
    let content = Arc::new(Content::delivered()?);
    let mut random = StdRng::seed_from_u64(args.random_seed);
    let password = app.passwords.hash(PASSWORD.into()).await?;
    let people = told(people::invent(app, &content, &mut random, args.users, &password).await)?;
    told(postings::invent(app, &content, &mut random, &people, args.jobs).await)?;
    learning::invent(app, &mut random, &people, args.courses).await?;
    if args.courses > 0 {
        practice::invent(app, &mut random, &people).await?;
    }
    talk::invent(app, &mut random, &people, args.posts).await?;
    mentoring::invent(app, &mut random, &people).await?;
    told(people::endorse(app, &mut random, &people).await)?;
    told(people::connect(app, &mut random, &people).await)?;
    told(people::see(app, &mut random, &people).await)?;
    told(people::upload_resumes(app, &content, &people).await)?;
    told(staff::invent(app, &people).await)
}

/// Invents a large instance; how many events it has.
///
/// # Errors
/// There are people already; those of the database.
pub async fn fill_large(app: &Arc<App>, args: SeedArgs) -> anyhow::Result<i64> {
    if !told(is_empty(app).await)? {
        anyhow::bail!("So much is invented only for an instance that never had people.");
    }
    let content = Arc::new(Content::delivered()?);
    let mut random = StdRng::seed_from_u64(args.random_seed);
    let password = app.passwords.hash(PASSWORD.into()).await?;
    let first = usize::try_from(bulk::FIRST)?;
    let people = told(people::invent(app, &content, &mut random, first, &password).await)?;
    learning::invent(app, &mut random, &people, args.courses).await?;
    practice::invent(app, &mut random, &people).await?;
    bulk::invent(app, content, args, password).await
}

/// Whether nobody has an account yet.
///
/// # Errors
/// Those of the database.
pub async fn is_empty(app: &App) -> Result<bool> {
    app.db.read(|conn| Ok(!crate::users::store::exist(conn)?)).await
}

/// Runs `step` for each of `0..count`, so many in one commit.
async fn in_batches<F>(app: &App, what: &'static str, count: usize, step: F) -> Result<()>
where
    F: Fn(&crate::platform::db::Tx<'_>, usize) -> Result<()> + Clone + Send + 'static,
{
    const BATCH: usize = 200;
    let progress = Progress::new(is_quiet(&app.config), what, count);
    for first in (0..count).step_by(BATCH) {
        let (step, last) = (step.clone(), (first + BATCH).min(count));
        app.db.write(move |tx| (first..last).try_for_each(|nth| step(tx, nth))).await?;
        progress.at(last);
    }
    Ok(())
}
