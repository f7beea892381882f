//! Invented people: who they are, what they can do, whom they vouch for.

use std::{collections::BTreeMap, sync::Arc};

use chrono::Duration;
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::IndexedRandom};

use super::{
    content::{Content, any, happens},
    in_batches, pictures,
};
use crate::{
    analysis::{Document, Role},
    connections,
    platform::{
        app::App,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode},
        files::{self, Kind},
        id::Id,
        picture::Picture,
    },
    resumes,
    skills::{self, ProficiencyLevel, Source, user_skills},
    users::{self, CurrentUser, ExperienceLevel, LearningStyle, ProfileDraft, User, store},
};

/// The password's hash and how long ago the account was made are the same for whoever reads them; the rest is who they are.
#[derive(Clone)]
pub(super) struct Person {
    pub id: Id<User>,
    pub profile: ProfileDraft,
    pub email: String,
    joined: Duration,
    pub skills: Vec<(String, ProficiencyLevel, f64)>,
    picture: Option<Arc<Picture>>,
}

/// Invents so many people and adds them.
pub(super) async fn invent(
    app: &App,
    content: &Arc<Content>,
    random: &mut StdRng,
    count: usize,
    password: &str,
) -> Result<Arc<Vec<Person>>> {
    let invented = (1..=count).map(|nth| {
        let drawn = any(random, &content.roles)?;
        // Below the name a résumé says what its owner is.
        let resume = nth.checked_sub(3).and_then(|it| content.resumes.get(it));
        let title = resume.and_then(|it| it.text.lines().nth(1)).unwrap_or_default().to_lowercase();
        let told = content.roles.iter().filter(|it| title.contains(&it.name.to_lowercase()));
        person(content, told.max_by_key(|it| it.name.len()).unwrap_or(drawn), random, nth)
    });
    let mut people = invented.collect::<anyhow::Result<Vec<_>>>()?;
    for (person, resume) in people.iter_mut().skip(2).zip(&content.resumes) {
        let (first, last) = resume.name.split_once(' ').unwrap_or((&resume.name, ""));
        (person.profile.first_name, person.profile.last_name) = (first.to_owned(), last.to_owned());
    }
    // Most people show a picture. What is drawn takes nothing from the numbers that the rest is made of.
    let mut brush = StdRng::seed_from_u64(random.clone().random());
    let styles = [LearningStyle::Visual, LearningStyle::Reading, LearningStyle::HandsOn, LearningStyle::Mixed];
    for (nth, person) in people.iter_mut().enumerate() {
        person.profile.learning_style = styles.get(nth % 5).copied();
        if nth % 3 == 0 {
            person.profile.website = format!("https://example.org/{}", person.profile.username);
        }
        person.picture = happens(&mut brush, 0.85).then(|| pictures::portrait(app, &mut brush)).transpose()?;
    }
    let (shared, password) = (Arc::new(people.clone()), password.to_owned());
    let all = shared.clone();
    in_batches(app, "people", count, move |tx, nth| add(tx, &all[nth], nth, &password)).await?;
    let names: Vec<String> = people.iter().map(|it| it.profile.username.clone()).collect();
    let ids = app.db.read(move |conn| {
        names.iter().map(|name| store::find(conn, name)?.map(|it| it.id).ok_or(Error::NotFound("user"))).collect()
    });
    let ids: Vec<Id<User>> = ids.await?;
    people.iter_mut().zip(ids).for_each(|(person, id)| person.id = id);
    Ok(Arc::new(people))
}

/// Somebody who does this work, with the skills that it asks for.
pub(super) fn person(content: &Content, role: &Role, random: &mut StdRng, nth: usize) -> anyhow::Result<Person> {
    let years: f64 = f64::from(random.random_range(0..28)) / 2.0;
    let level = match years {
        ..1.0 => ExperienceLevel::Entry,
        ..3.0 => ExperienceLevel::Junior,
        ..6.0 => ExperienceLevel::Mid,
        ..11.0 => ExperienceLevel::Senior,
        _ => ExperienceLevel::Lead,
    };
    let mut known = BTreeMap::new();
    for (skill, weight) in &role.skills {
        // Who has worked longer knows more of what the role asks for.
        if happens(random, weight * (0.35 + years / 12.0)) {
            let seniority = years / 3.0 + random.random_range(-1.0..1.0);
            let level = match seniority {
                ..0.7 => ProficiencyLevel::Beginner,
                ..1.8 => ProficiencyLevel::Intermediate,
                ..3.2 => ProficiencyLevel::Advanced,
                _ => ProficiencyLevel::Expert,
            };
            known.insert(skill.clone(), (level, (years * random.random_range(0.3..1.0) * 2.0).round() / 2.0));
        }
    }
    let skills: Vec<(String, ProficiencyLevel, f64)> =
        known.into_iter().map(|(skill, (level, years))| (skill, level, years)).collect();
    let mut first = role.skills.keys();
    let named = |nth: usize| skills.get(nth).map(|(name, ..)| name.clone());
    let template = any(random, &content.bios)?;
    let opening = template.strip_prefix("{role}").map(|rest| role.name.clone() + rest);
    let bio = opening
        .unwrap_or_else(|| template.clone())
        .replace(". {role}", &format!(". {}", role.name))
        .replace("{role}", &lower_first(&role.name))
        .replace("{years}", &years.max(1.0).round().to_string())
        .replace("{skill1}", &named(0).or_else(|| first.next().cloned()).unwrap_or_default())
        .replace("{skill2}", &named(1).or_else(|| first.next().cloned()).unwrap_or_default());
    let profile = ProfileDraft {
        username: format!("user{nth}"),
        first_name: any(random, &content.first_names)?.clone(),
        last_name: any(random, &content.last_names)?.clone(),
        title: role.name.clone(),
        bio,
        location: any(random, &content.cities)?.location.clone(),
        career_goal: any(random, &content.career_goals)?.clone(),
        experience_level: Some(level),
        open_to_remote: happens(random, 0.8),
        ..ProfileDraft::default()
    };
    let joined = Duration::minutes(random.random_range(60 * 24 * 35..60 * 24 * 365));
    Ok(Person { id: Id::new(1), email: format!("user{nth}@example.org"), profile, joined, skills, picture: None })
}

/// Says when each was here last: most of them lately, a few more than a month ago.
pub(super) async fn see(app: &App, random: &mut StdRng, people: &[Person]) -> Result<()> {
    let now = app.clock.now();
    let mut last = || now.plus(-Duration::minutes(random.random_range(1..40_i64).pow(3)));
    let seen: Vec<_> = people.iter().map(|it| (it.id.raw(), last())).collect();
    app.db.write(move |tx| store::seen(tx, &seen)).await
}

/// A role's name within a sentence; abbreviations keep their capitals.
fn lower_first(name: &str) -> String {
    let is_word = name.chars().nth(1).is_some_and(char::is_lowercase);
    match name.chars().next() {
        Some(first) if is_word => first.to_lowercase().chain(name.chars().skip(1)).collect(),
        _ => name.to_owned(),
    }
}

fn add(tx: &Tx<'_>, person: &Person, nth: usize, password: &str) -> Result<()> {
    let profile = &person.profile;
    if store::taken(tx, &profile.username, &person.email)?.0 {
        return Err(Error::conflict(format!("{} exists already; seed an instance without them.", profile.username)));
    }
    tx.at(tx.now().plus(-person.joined), || {
        let new = store::NewUser {
            username: &profile.username,
            email: &person.email,
            password: Some(password),
            first_name: "",
            last_name: "",
            title: "",
        };
        let user = store::insert(tx, &new)?;
        store::update_profile(tx, user, profile)?;
        let roles: &[&str] = match nth {
            0 => &["is_staff", "is_recruiter"],
            1 => &["is_recruiter"],
            2 => &["is_instructor"],
            9 => &["is_moderator"],
            _ => &[],
        };
        roles.iter().try_for_each(|role| store::set_role(tx, user, role, true))?;
        if nth % 7 != 6 {
            store::set_email_verified(tx, user, &person.email)?;
        }
        store::set_role(tx, user, "is_premium", nth % 11 == 5)?;
        if let Some(picture) = &person.picture {
            let row = store::get(tx, user)?;
            let own = CurrentUser::on_behalf_of(&row).owning(row)?;
            users::service::set_picture(tx, &own, Some(picture))?;
        }
        let mut additions = vec![];
        for (name, level, years) in &person.skills {
            if let Some(skill) = skills::store::find_by_name(tx, name)? {
                let (level, years) = (Some(*level), Some(*years));
                additions.push(user_skills::service::Addition { skill, level, years, source: Source::Manual });
            }
        }
        if !additions.is_empty() {
            user_skills::service::add(tx, user, &additions)?;
        }
        Ok(())
    })
}

/// Lets people vouch for one another, within the last month.
pub(super) async fn endorse(app: &App, random: &mut StdRng, people: &Arc<Vec<Person>>) -> Result<()> {
    let mut pairs = vec![];
    for person in people.iter() {
        for _ in 0..random.random_range(0..5) {
            if let (Some(by), Some((skill, ..))) = (people.choose(random), person.skills.choose(random))
                && by.id != person.id
            {
                pairs.push((person.id, by.id, skill.clone(), Duration::minutes(random.random_range(5..60 * 24 * 30))));
            }
        }
    }
    let count = pairs.len();
    in_batches(app, "endorsements", count, move |tx, nth| {
        let (user, by, skill, ago) = &pairs[nth];
        let Some(skill) = skills::store::find_by_name(tx, skill)? else { return Ok(()) };
        let Some(row) = user_skills::store::find(tx, *user, skill.id)? else { return Ok(()) };
        let by = CurrentUser::on_behalf_of(&store::get(tx, *by)?);
        tx.at(tx.now().plus(-*ago), || user_skills::service::endorse(tx, &by, row)).map(drop)
    })
    .await
}

/// Lets people ask others for a connection, within the last month; most say yes.
pub(super) async fn connect(app: &App, random: &mut StdRng, people: &Arc<Vec<Person>>) -> Result<()> {
    let mut pairs = vec![];
    for person in people.iter() {
        for _ in 0..random.random_range(0..5) {
            if let Some(other) = people.choose(random)
                && other.id != person.id
            {
                let ago = Duration::minutes(random.random_range(60 * 24..60 * 24 * 30));
                let answer = happens(random, 0.85).then(|| happens(random, 0.9));
                pairs.push((person.id, other.id, ago, answer));
            }
        }
    }
    let count = pairs.len();
    in_batches(app, "connections", count, move |tx, nth| {
        let (by, other, ago, answer) = pairs[nth];
        let asked = tx.now().plus(-ago);
        if connections::store::find(tx, by, other)?.is_some() {
            return Ok(());
        }
        let body = [("user_id".to_owned(), serde_json::json!(other))].into_iter().collect();
        let by = CurrentUser::on_behalf_of(&store::get(tx, by)?);
        let body = Fields::of_body(body, Mode::Whole);
        let (connection, _) = tx.at(asked, || connections::service::ask(tx, &by, body))?;
        let Some(yes) = answer else { return Ok(()) };
        let other = CurrentUser::on_behalf_of(&store::get(tx, other)?);
        let answer = if yes { connections::service::accept } else { connections::service::decline };
        tx.at(asked.plus(Duration::hours(5)), || answer(tx, &other, &connection)).map(drop)
    })
    .await
}

/// Gives the third person and those after them the delivered résumés; the worker analyses them.
pub(super) async fn upload_resumes(app: &App, content: &Arc<Content>, people: &Arc<Vec<Person>>) -> Result<()> {
    for (person, resume) in people.iter().skip(2).zip(&content.resumes) {
        let bytes = resume.text.clone().into_bytes();
        let document = Document {
            file_type: crate::analysis::FileType::Txt,
            pages: 1,
            text: resume.text.clone(),
            warnings: vec![],
        };
        let new = resumes::service::Upload {
            user: person.id,
            label: String::new(),
            is_primary: Some(true),
            original_filename: format!("{}.txt", resume.name.to_lowercase().replace(' ', "-")),
            file_type: document.file_type.into(),
            file_size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            sha256: crate::platform::edge::digest(&bytes),
            file: app.files.put_own(Kind::Resume, &bytes).map_err(files::failure)?,
            reading: resumes::Reading::of(Ok(document)),
        };
        let most = app.config.resumes.max_per_user;
        app.db.write(move |tx| resumes::service::upload(tx, new, most).map(drop)).await?;
    }
    Ok(())
}
