//! Invented courses, and who learns them.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::IndexedRandom};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{content::happens, people::Person, pictures};
use crate::{
    cli::progress::Progress,
    courses::{self, Course, learning, modules},
    platform::{
        app::App,
        db::Tx,
        error::Result,
        fields::{Fields, Mode},
        id::Id,
        picture::Picture,
    },
    users::{CurrentUser, User, store},
};

/// Courses that are made in one commit.
const BATCH: usize = 50;

/// A delivered course. What it builds upon stands before it.
#[derive(Clone, Deserialize)]
struct Template {
    title: String,
    description: String,
    difficulty: String,
    category: String,
    duration_hours: f64,
    required_skills: Vec<String>,
    taught_skills: Vec<String>,
    prerequisites: Vec<String>,
    modules: Vec<Map<String, Value>>,
}

/// How somebody gets on with a course: how many modules they complete, and what they think of it.
#[derive(Clone)]
struct Learner {
    user: Id<User>,
    modules: usize,
    rating: Option<i64>,
}

#[derive(Clone)]
struct Plan {
    template: Template,
    ago: Duration,
    learners: Vec<Learner>,
    cover: Arc<Picture>,
}

fn delivered() -> anyhow::Result<Vec<Template>> {
    let lines = include_str!("../../../data/courses.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).context("a delivered course")).collect()
}

/// Invents so many courses of the third person, and people who learn them.
pub(super) async fn invent(
    app: &App,
    random: &mut StdRng,
    people: &Arc<Vec<Person>>,
    count: usize,
) -> anyhow::Result<()> {
    let Some(teacher) = people.get(2).or_else(|| people.first()).map(|it| it.id) else { return Ok(()) };
    let templates = delivered()?;
    let mut plans = vec![];
    let mut brush = StdRng::seed_from_u64(random.clone().random());
    for nth in 0..count {
        let mut template = templates.get(nth % templates.len()).context("no delivered course")?.clone();
        if nth >= templates.len() {
            template.title = format!("{}, group {}", template.title, nth / templates.len() + 1);
        }
        let cover = super::told(pictures::cover(app, &mut brush))?;
        plans.push(plan(random, people, teacher, template, cover));
    }
    let progress = Progress::new("courses", count);
    let (mut made, mut done) = (HashMap::new(), 0);
    for some in plans.chunks(BATCH) {
        let (some, mut known) = (some.to_vec(), std::mem::take(&mut made));
        done += some.len();
        let write = app.db.write(move |tx| {
            some.iter().try_for_each(|plan| add(tx, teacher, plan, &mut known))?;
            Ok(known)
        });
        made = super::told(write.await)?;
        progress.at(done);
    }
    Ok(())
}

fn plan(random: &mut StdRng, people: &[Person], teacher: Id<User>, template: Template, cover: Arc<Picture>) -> Plan {
    let mut learners = vec![];
    let most = random.random_range(2..12).min(people.len());
    for person in people.choose_multiple(random, most).filter(|it| it.id != teacher).cloned().collect::<Vec<_>>() {
        let modules = random.random_range(0..=template.modules.len());
        let rating = (modules > 1 && happens(random, 0.6)).then(|| random.random_range(3..=5));
        learners.push(Learner { user: person.id, modules, rating });
    }
    Plan { template, ago: Duration::minutes(random.random_range(60 * 24 * 30..60 * 24 * 200)), learners, cover }
}

fn add(tx: &Tx<'_>, teacher: Id<User>, plan: &Plan, made: &mut HashMap<String, Id<Course>>) -> Result<()> {
    let Template { title, prerequisites, modules: parts, .. } = &plan.template;
    let by = CurrentUser::on_behalf_of(&store::get(tx, teacher)?);
    let made_at = tx.now().plus(-plan.ago);
    let before: Vec<_> = prerequisites.iter().filter_map(|it| made.get(it)).collect();
    let body = json!({
        "title": title, "description": plan.template.description, "difficulty": plan.template.difficulty,
        "category": plan.template.category, "duration_hours": plan.template.duration_hours,
        "required_skill_ids": plan.template.required_skills, "taught_skill_ids": plan.template.taught_skills,
        "prerequisite_ids": before,
    });
    let body = body.as_object().cloned().unwrap_or_default();
    let course = tx.at(made_at, || {
        let course = by.owning(courses::service::create(tx, &by, Fields::of_body(body, Mode::Whole))?)?;
        courses::service::set_picture(tx, &by, &course, Some(&plan.cover))?;
        for part in parts {
            modules::service::add(tx, &by, &course, Fields::of_body(part.clone(), Mode::Whole))?;
        }
        Ok(course.id)
    })?;
    made.insert(title.clone(), course);
    for (nth, learner) in (1_i32..).zip(&plan.learners) {
        // They begin one after the other, and all of it has happened by now.
        let begins = made_at.plus(plan.ago / 20 * nth);
        tx.at(begins, || learn(tx, course, learner))?;
    }
    Ok(())
}

fn learn(tx: &Tx<'_>, course: Id<Course>, learner: &Learner) -> Result<()> {
    let by = CurrentUser::on_behalf_of(&store::get(tx, learner.user)?);
    let (progress, _) = learning::service::enroll(tx, by.id, course)?;
    let progress = by.owning(progress)?;
    for module in courses::store::outline(tx, course)?.iter().take(learner.modules) {
        learning::service::mark(tx, &progress, module.id)?;
    }
    if let Some(rating) = learner.rating {
        let body = Map::from_iter([("rating".to_owned(), json!(rating))]);
        learning::service::rate(tx, &by, course, Fields::of_body(body, Mode::Whole))?;
    }
    Ok(())
}
