//! Invented postings, and who applied to them.

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Map, Value, json};

use super::{
    content::{Content, JobTemplate, any, fields, happens},
    in_batches,
    people::Person,
    pictures,
};
use crate::{
    jobs::{
        self, Job,
        applications::{self, ApplicationStatus},
    },
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        id::Id,
        picture::Picture,
    },
    recommendations::{self, Click, ClickKind},
    users::{CurrentUser, User, store},
};

/// How many closed and how many expired postings come on top of the open ones: one for each so many.
const ONE_IN: usize = 10;

/// What became of a posting.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Open,
    Closed,
    Expired,
}

#[derive(Clone)]
struct Posting {
    body: Map<String, Value>,
    ago: Duration,
    fate: Fate,
    applicants: Vec<Applicant>,
    logo: Arc<Picture>,
}

/// Somebody who applies, and what comes of it.
#[derive(Clone)]
struct Applicant {
    user: Id<User>,
    letter: String,
    steps: &'static [(ApplicationStatus, &'static str)],
}

/// How applications go, step by step with a note; many wait.
const COURSES: [&[(ApplicationStatus, &str)]; 10] = {
    use ApplicationStatus::{Accepted, Interview, Offered, Rejected, Withdrawn};
    [
        &[],
        &[(Interview, "Could we talk on Thursday?")],
        &[(Rejected, "We were looking for more years of it.")],
        &[],
        &[(Interview, ""), (Offered, "We would like to work with you."), (Accepted, "Welcome.")],
        &[(Rejected, "")],
        &[(Interview, "Bring something that you have made."), (Offered, "Take your time to decide.")],
        &[(Withdrawn, "I have taken another place.")],
        &[(Interview, ""), (Rejected, "It was close. Write to us again next year.")],
        &[],
    ]
};

/// Invents so many open postings of the second person, some that are over, and applications to them.
pub(super) async fn invent(
    app: &App,
    content: &Arc<Content>,
    random: &mut StdRng,
    people: &Arc<Vec<Person>>,
    open: usize,
) -> Result<()> {
    let Some(poster) = people.get(1).or_else(|| people.first()).map(|it| it.id) else { return Ok(()) };
    let over = open / ONE_IN;
    let fates = [(Fate::Open, open), (Fate::Closed, over), (Fate::Expired, over)];
    let mut postings: Vec<Posting> = vec![];
    let mut logos = HashMap::new();
    // What came later to these lists takes nothing from the numbers that the rest is made of.
    let mut brush = StdRng::seed_from_u64(random.clone().random());
    for company in &content.companies {
        logos.insert(company.name.clone(), pictures::logo(app, &mut brush)?);
    }
    for fate in fates.into_iter().flat_map(|(fate, count)| std::iter::repeat_n(fate, count)) {
        postings.push(posting(content, random, people, poster, fate, &logos)?);
    }
    for (applicant, steps) in postings.iter_mut().flat_map(|it| &mut it.applicants).zip(COURSES.into_iter().cycle()) {
        applicant.steps = steps;
    }
    let count = postings.len();
    in_batches(app, "jobs", count, move |tx, nth| add(tx, poster, &postings[nth])).await?;
    app.db.write(|tx| jobs::service::close_expired(tx).map(drop)).await
}

fn posting(
    content: &Content,
    random: &mut StdRng,
    people: &[Person],
    poster: Id<User>,
    fate: Fate,
    logos: &HashMap<String, Arc<Picture>>,
) -> anyhow::Result<Posting> {
    let template = any(random, &content.job_templates)?;
    let fitting: Vec<_> = content.companies.iter().filter(|it| template.companies.contains(&it.name)).collect();
    let company = match fitting.choose(random) {
        Some(company) => company,
        None => any(random, &content.companies)?,
    };
    let factor = random.random_range(0.9..1.15);
    let salary = |amount: i64| (amount as f64 * factor / 1000.0).round() as i64 * 1000;
    // What is still open was posted lately; what is over began earlier.
    let minutes = if fate == Fate::Open { 10..60 * 24 * 28 } else { 60 * 24 * 31..60 * 24 * 60 };
    let ago = Duration::minutes(random.random_range(minutes));
    let mut body = json!({
        "title": template.title,
        "description": template.description.replace("{company}", &company.name),
        "company_name": company.name,
        "location": any(random, &company.cities)?,
        "is_remote": template.remote && happens(random, 0.7),
        "job_type": template.job_type,
        "experience_level": template.level,
        "required_skill_ids": template.must,
        "nice_to_have_skill_ids": template.nice,
        "salary_currency": "USD",
    });
    if happens(random, 0.85) {
        body["salary_min"] = json!(salary(template.salary[0]));
        body["salary_max"] = json!(salary(template.salary[1]));
    }
    let deadline = match fate {
        Fate::Open if happens(random, 0.5) => Some(Duration::days(random.random_range(5..45))),
        Fate::Expired => Some(-Duration::days(random.random_range(1..20))),
        _ => None,
    };
    if let Some(deadline) = deadline {
        body["deadline"] = json!((chrono::Utc::now() + deadline).to_rfc3339());
    }
    let Value::Object(body) = body else { anyhow::bail!("a posting is an object") };
    let logo = logos.get(&company.name).context("a company has a logo")?.clone();
    let applicants = applicants(content, random, people, poster, template, &company.name)?;
    Ok(Posting { body, ago, fate, applicants, logo })
}

/// People who know a good part of what is asked for, a few of them.
fn applicants(
    content: &Content,
    random: &mut StdRng,
    people: &[Person],
    poster: Id<User>,
    template: &JobTemplate,
    company: &str,
) -> anyhow::Result<Vec<Applicant>> {
    let mut applicants = vec![];
    // In a large instance nobody looks at everybody: a sample is enough.
    for person in people.choose_multiple(random, 60.min(people.len())).cloned().collect::<Vec<_>>() {
        let known: Vec<&String> =
            template.must.iter().filter(|it| person.skills.iter().any(|(name, ..)| name == *it)).collect();
        if person.id == poster
            || known.len() * 2 < template.must.len()
            || !happens(random, 0.5)
            || applicants.len() == 6
        {
            continue;
        }
        let letter = any(random, &content.cover_letters)?
            .replace("{title}", &template.title)
            .replace("{company}", company)
            .replace("{skill1}", known.first().map_or("", |it| it));
        applicants.push(Applicant { user: person.id, letter, steps: &[] });
    }
    Ok(applicants)
}

fn add(tx: &Tx<'_>, poster: Id<User>, posting: &Posting) -> Result<()> {
    let posted_at = tx.now().plus(-posting.ago);
    let job = tx.at(posted_at, || jobs::service::post(tx, poster, fields(Value::Object(posting.body.clone()))))?;
    let by = CurrentUser::on_behalf_of(&store::get(tx, poster)?);
    let job = by.owning(job)?;
    tx.at(posted_at, || jobs::service::set_picture(tx, &by, &job, Some(&posting.logo)))?;
    for (nth, applicant) in posting.applicants.iter().enumerate() {
        let hours = i64::try_from(nth + 1).unwrap_or(1) * 3;
        // Nobody applies tomorrow: what was posted just now has its applications just now.
        let moment = posted_at.plus(Duration::hours(hours)).min(tx.now());
        let user = CurrentUser::on_behalf_of(&store::get(tx, applicant.user)?);
        come_by_recommendation(tx, job.id, user.id, moment)?;
        let body = fields(json!({"cover_letter": applicant.letter}));
        let mut made = match tx.at(moment, || applications::service::apply(tx, &user, job.id, body)) {
            Ok((made, _)) => made,
            Err(Error::Conflict(_)) => continue,
            Err(error) => return Err(error),
        };
        for (nth, (to, note)) in (1..).zip(applicant.steps) {
            let moment = moment.plus(Duration::hours(nth * 50)).min(tx.now());
            made = tx.at(moment, || match to {
                ApplicationStatus::Withdrawn => applications::service::withdraw(tx, &made, note),
                to => applications::service::advance(tx, &by, &made, *to, note),
            })?;
        }
    }
    if posting.fate == Fate::Closed {
        jobs::service::close(tx, &by, &job)?;
    }
    Ok(())
}

/// Two of three applicants were shown a list of ten and followed one of its first places.
fn come_by_recommendation(tx: &Tx<'_>, job: Id<Job>, user: Id<User>, moment: Timestamp) -> Result<()> {
    let place = 1 + (job.raw() + user.raw()) % 6;
    if place > 4 {
        return Ok(());
    }
    let shown: Vec<_> =
        (1..=10).map(|place| ((ClickKind::Job.as_str(), moment.seconds() / 86_400, place), 1)).collect();
    recommendations::usage::store::add_shown(tx, &shown)?;
    let click = Click { kind: ClickKind::Job, target_id: job.raw(), position: Some(place) };
    tx.at(moment, || recommendations::service::click(tx, user, &click))
}
