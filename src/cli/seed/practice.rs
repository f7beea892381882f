//! The delivered projects, and who works on them.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::{
    content::{fields, happens},
    people::Person,
    pictures,
};
use crate::{
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        files::Kind,
        id::Id,
        picture::Picture,
    },
    projects::{self, Project, work},
    users::{CurrentUser, User, store},
};

/// What reviews say, by the rating from 3 on.
const FEEDBACK: [&str; 3] = [
    "It does what was asked. Split the long function and test the odd cases.",
    "Clear and well tested. Say in a sentence how to run it.",
    "A pleasure to read; nothing to add.",
];

/// How somebody gets on with a project: whether they submit, and what a review gives it.
#[derive(Clone)]
struct Worker {
    user: Id<User>,
    submits: bool,
    rating: Option<i64>,
    /// The review asks for more.
    again: bool,
}

struct Plan {
    body: Map<String, Value>,
    ago: Duration,
    workers: Vec<Worker>,
    cover: Arc<Picture>,
}

/// Makes the delivered projects in the name of the third person, with people who work on them.
pub(super) async fn invent(app: &App, random: &mut StdRng, people: &Arc<Vec<Person>>) -> anyhow::Result<()> {
    let Some(creator) = people.get(2).or_else(|| people.first()).map(|it| it.id) else { return Ok(()) };
    let mut brush = StdRng::seed_from_u64(random.clone().random());
    let mut plans: Vec<Plan> = vec![];
    for line in include_str!("../../../data/projects.jsonl").lines() {
        let most = random.random_range(2..9).min(people.len());
        let mut workers = vec![];
        for person in people.choose_multiple(random, most).filter(|it| it.id != creator).cloned().collect::<Vec<_>>() {
            let submits = happens(random, 0.7);
            let rating = (submits && happens(random, 0.7)).then(|| random.random_range(3..=5));
            workers.push(Worker {
                user: person.id,
                submits,
                rating,
                again: submits && rating.is_none() && plans.len() % 2 == 0,
            });
        }
        let ago = Duration::minutes(random.random_range(60 * 24 * 20..60 * 24 * 120));
        let body = serde_json::from_str(line).context("a delivered project")?;
        plans.push(Plan { body, ago, workers, cover: super::told(pictures::cover(app, Kind::Project, &mut brush))? });
    }
    let write = app.db.write(move |tx| {
        let mut made = HashMap::new();
        plans.into_iter().try_for_each(|plan| add(tx, creator, plan, &mut made))
    });
    super::told(write.await)
}

fn add(tx: &Tx<'_>, creator: Id<User>, plan: Plan, made: &mut HashMap<String, Id<Project>>) -> Result<()> {
    let Plan { mut body, ago, workers, cover } = plan;
    let by = CurrentUser::on_behalf_of(&store::get(tx, creator)?);
    let made_at = tx.now().plus(-ago);
    let named = body.get("prerequisites").and_then(Value::as_array).cloned().unwrap_or_default();
    let before: Vec<_> = named.iter().filter_map(|it| made.get(it.as_str()?)).collect();
    body.insert("prerequisites".into(), json!(before));
    let project = tx.at(made_at, || {
        let project = by.owning(projects::service::create(tx, &by, fields(Value::Object(body)))?)?;
        projects::service::set_picture(tx, &by, &project, Some(&cover))
    })?;
    for (nth, worker) in (1_i32..).zip(workers) {
        match tx.at(made_at.plus(ago / 20 * nth), || practise(tx, &by, project.id, &worker)) {
            // Who has not completed what it builds upon finds it locked.
            Ok(()) | Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    made.insert(project.title, project.id);
    Ok(())
}

fn practise(tx: &Tx<'_>, reviewer: &CurrentUser, project: Id<Project>, worker: &Worker) -> Result<()> {
    let by = CurrentUser::on_behalf_of(&store::get(tx, worker.user)?);
    let (begun, _) = work::service::start(tx, by.id, project)?;
    if !worker.submits {
        return Ok(());
    }
    let address = format!("https://example.org/{}/project-{project}", by.caller.username);
    work::service::submit(tx, &by, &begun, fields(json!({"submission_url": address})))?;
    if let Some(rating) = worker.rating {
        let words = usize::try_from(rating - 3).ok().and_then(|nth| FEEDBACK.get(nth)).unwrap_or(&FEEDBACK[0]);
        work::service::review(tx, reviewer, begun.id, fields(json!({"rating": rating, "feedback": words})))?;
    } else if worker.again {
        let body = json!({"rating": 2, "feedback": "It stops at an empty file. Handle that, and send it again.", "accepted": false});
        work::service::review(tx, reviewer, begun.id, fields(body))?;
    }
    Ok(())
}
