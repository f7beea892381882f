//! Invented courses, and who learns them.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::IndexedRandom};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    content::{fields, happens},
    people::Person,
    pictures,
};
use crate::{
    analysis::pressed,
    cli::{is_quiet, progress::Progress},
    courses::{
        self, Course,
        learning::{self, LearningStatus},
        modules,
    },
    platform::{
        app::App,
        db::Tx,
        error::Result,
        files::{self, Files, Kind},
        id::Id,
        picture::Picture,
    },
    users::{CurrentUser, Owned, User, store},
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

/// What learners write, by the rating from 3 on; some only rate.
const REVIEWS: [&str; 3] = [
    "Good explanations, but the exercises come late.",
    "Clear and to the point. I would have liked one more exercise.",
    "I used it at work the same week.",
];
/// One of so many courses has a page to keep, as a file.
const NOTES_OF: usize = 4;
/// One of so many learners who begin and do not come to the end gives up.
const LEAVES_OF: usize = 6;

/// How somebody gets on with a course: how many modules they complete, and what they think of it.
#[derive(Clone)]
struct Learner {
    user: Id<User>,
    modules: usize,
    rating: Option<i64>,
    leaves: bool,
}

#[derive(Clone)]
struct Plan {
    template: Template,
    ago: Duration,
    learners: Vec<Learner>,
    cover: Arc<Picture>,
    has_notes: bool,
}

fn delivered() -> anyhow::Result<Vec<Template>> {
    let lines = pressed(include_bytes!(concat!(env!("OUT_DIR"), "/courses.jsonl.gz")));
    lines.lines().map(|line| serde_json::from_str(line).context("a delivered course")).collect()
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
        let cover = super::told(pictures::cover(app, Kind::Course, &mut brush))?;
        plans.push(Plan { has_notes: nth.is_multiple_of(NOTES_OF), ..plan(random, people, teacher, template, cover) });
    }
    let progress = Progress::new(is_quiet(&app.config), "courses", count);
    let (mut made, mut done) = (HashMap::new(), 0);
    for some in plans.chunks(BATCH) {
        let (some, mut known, files) = (some.to_vec(), std::mem::take(&mut made), app.files.clone());
        done += some.len();
        let write = app.db.write(move |tx| {
            some.iter().try_for_each(|plan| add(tx, teacher, plan, &mut known, &files))?;
            Ok(known)
        });
        made = super::told(write.await)?;
        progress.at(done);
    }
    Ok(())
}

fn plan(random: &mut StdRng, people: &[Person], teacher: Id<User>, template: Template, cover: Arc<Picture>) -> Plan {
    let mut learners = vec![];
    let most = random.random_range(2..7).min(people.len());
    for person in people.choose_multiple(random, most).filter(|it| it.id != teacher).cloned().collect::<Vec<_>>() {
        let all = template.modules.len();
        let modules = random.random_range(0..=all);
        let rating = (modules > 1 && happens(random, 0.6)).then(|| random.random_range(3..=5));
        let leaves = modules < all && learners.len() % LEAVES_OF == 2;
        // Whoever came to the end came to the end of the notes as well.
        let modules = if modules == all { usize::MAX } else { modules };
        learners.push(Learner { user: person.id, modules, rating, leaves });
    }
    Plan {
        template,
        ago: Duration::minutes(random.random_range(60 * 24 * 30..60 * 24 * 200)),
        learners,
        cover,
        has_notes: false,
    }
}

fn add(
    tx: &Tx<'_>,
    teacher: Id<User>,
    plan: &Plan,
    made: &mut HashMap<String, Id<Course>>,
    files: &Files,
) -> Result<()> {
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
    let course = tx.at(made_at, || {
        let course = by.owning(courses::service::create(tx, &by, fields(body))?)?;
        courses::service::set_picture(tx, &by, &course, Some(&plan.cover))?;
        for part in parts {
            modules::service::add(tx, &by, &course, fields(Value::Object(part.clone())))?;
        }
        if plan.has_notes {
            keep_notes(tx, &by, &course, parts, files)?;
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

/// Ends a course with what its lessons say, as a file.
fn keep_notes(
    tx: &Tx<'_>,
    by: &CurrentUser,
    course: &Owned<Course>,
    parts: &[Map<String, Value>],
    files: &Files,
) -> Result<()> {
    let line =
        |part: &Map<String, Value>| ["title", "content"].map(|it| part[it].as_str().unwrap_or_default()).join("\n");
    let text = parts.iter().map(line).collect::<Vec<_>>().join("\n\n");
    let body = json!({"title": "Notes to keep", "content_type": "resource", "duration_minutes": 5});
    let module = by.owning(modules::service::add(tx, by, course, fields(body))?)?;
    let file = files.put_own(Kind::CourseFile, text.as_bytes()).map_err(files::failure)?;
    modules::service::attach(tx, by, &module, "notes.txt", file, files).map(drop)
}

fn learn(tx: &Tx<'_>, course: Id<Course>, learner: &Learner) -> Result<()> {
    let by = CurrentUser::on_behalf_of(&store::get(tx, learner.user)?);
    let (progress, _) = learning::service::enroll(tx, by.id, course)?;
    let progress = by.owning(progress)?;
    for module in courses::store::outline(tx, course)?.iter().take(learner.modules) {
        learning::service::mark(tx, &progress, module.id)?;
    }
    if let Some(rating) = learner.rating {
        let words =
            usize::try_from(rating - 3).ok().filter(|_| learner.user.raw() % 3 > 0).and_then(|nth| REVIEWS.get(nth));
        let body = json!({"rating": rating, "review": words.unwrap_or(&"")});
        learning::service::rate(tx, &by, course, fields(body))?;
    }
    if learner.leaves {
        learning::service::change(tx, &progress, LearningStatus::Dropped)?;
    }
    Ok(())
}
