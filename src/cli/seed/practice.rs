//! The delivered projects, and who works on them.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::{content::happens, people::Person};
use crate::{
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode},
        id::Id,
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
}

/// Makes the delivered projects in the name of the third person, with people who work on them.
pub(super) async fn invent(app: &App, random: &mut StdRng, people: &Arc<Vec<Person>>) -> anyhow::Result<()> {
    let Some(creator) = people.get(2).or_else(|| people.first()).map(|it| it.id) else { return Ok(()) };
    let mut plans: Vec<(Map<String, Value>, Duration, Vec<Worker>)> = vec![];
    for line in include_str!("../../../data/projects.jsonl").lines() {
        let most = random.random_range(2..9).min(people.len());
        let mut workers = vec![];
        for person in people.choose_multiple(random, most).filter(|it| it.id != creator).cloned().collect::<Vec<_>>() {
            let submits = happens(random, 0.7);
            let rating = (submits && happens(random, 0.7)).then(|| random.random_range(3..=5));
            workers.push(Worker { user: person.id, submits, rating });
        }
        let ago = Duration::minutes(random.random_range(60 * 24 * 20..60 * 24 * 120));
        plans.push((serde_json::from_str(line).context("a delivered project")?, ago, workers));
    }
    let write = app.db.write(move |tx| {
        let mut made = HashMap::new();
        plans.into_iter().try_for_each(|(body, ago, workers)| add(tx, creator, body, ago, &workers, &mut made))
    });
    super::told(write.await)
}

fn add(
    tx: &Tx<'_>,
    creator: Id<User>,
    mut body: Map<String, Value>,
    ago: Duration,
    workers: &[Worker],
    made: &mut HashMap<String, Id<Project>>,
) -> Result<()> {
    let by = CurrentUser::on_behalf_of(&store::get(tx, creator)?);
    let made_at = tx.now().plus(-ago);
    let named = body.get("prerequisites").and_then(Value::as_array).cloned().unwrap_or_default();
    let before: Vec<_> = named.iter().filter_map(|it| made.get(it.as_str()?)).collect();
    body.insert("prerequisites".into(), json!(before));
    let project = tx.at(made_at, || projects::service::create(tx, &by, Fields::of_body(body, Mode::Whole)))?;
    for (nth, worker) in (1_i32..).zip(workers) {
        match tx.at(made_at.plus(ago / 20 * nth), || practise(tx, &by, project.id, worker)) {
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
    let body = Map::from_iter([("submission_url".to_owned(), json!(address))]);
    work::service::submit(tx, &by, &begun, Fields::of_body(body, Mode::Whole))?;
    if let Some(rating) = worker.rating {
        let words = usize::try_from(rating - 3).ok().and_then(|nth| FEEDBACK.get(nth)).unwrap_or(&FEEDBACK[0]);
        let body = Map::from_iter([("rating".to_owned(), json!(rating)), ("feedback".to_owned(), json!(words))]);
        work::service::review(tx, reviewer, begun.id, Fields::of_body(body, Mode::Whole))?;
    }
    Ok(())
}
