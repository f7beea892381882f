//! How a profile becomes a résumé, and a résumé a profile.

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::{
    model::{
        Basics, Certificate, Change, Document, Elsewhere, Imported, JsonResume, Location, Meta, NETWORKS,
        ResumeProject, ResumeSkill, Skipped,
    },
    store,
};
use crate::{
    courses,
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode},
        id::Id,
    },
    projects,
    skills::{self, ProficiencyLevel, SkillRef, user_skills::MOST_HELD},
    users::{self, CurrentUser, ProfileDraft, User},
};

const SCHEMA: &str = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json";
/// Characters of a project's description.
const DESCRIBED: usize = 500;

fn day(at: Timestamp) -> String {
    at.date().to_string()
}

/// The profile, skills, completed courses and projects of somebody as a résumé; `base` is what its links start with.
///
/// # Errors
/// 404 when there is no such account.
pub fn document(conn: &Connection, user: Id<User>, base: &str) -> Result<JsonResume> {
    let profile = users::store::get(conn, user)?;
    let held = skills::store::held(conn, user)?;
    Ok(JsonResume {
        schema: SCHEMA,
        skills: held.into_iter().map(|it| ResumeSkill { name: it.skill.name, level: it.level }).collect(),
        certificates: certificates(conn, user, base)?,
        projects: finished(conn, user)?,
        meta: Meta {
            canonical: format!("{base}/api/users/me/json-resume/"),
            version: "v1.0.0",
            last_modified: profile.updated_at.datetime().format("%Y-%m-%dT%H:%M:%S").to_string(),
        },
        basics: basics(profile, base),
    })
}

fn basics(it: User, base: &str) -> Basics {
    let (city, region) = it.location.split_once(',').unwrap_or((&it.location, ""));
    let urls = [&it.github_url, &it.linkedin_url, &it.twitter_url, &it.telegram_url];
    let profiles = NETWORKS.iter().zip(urls).filter(|(_, url)| !url.is_empty()).map(|((network, _), url)| Elsewhere {
        network: (*network).to_owned(),
        username: url.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned(),
        url: url.clone(),
    });
    Basics {
        name: it.shown_name(),
        label: it.title,
        image: it.profile_picture.map(|at| format!("{base}{at}")).unwrap_or_default(),
        email: it.private.map(|it| it.email).unwrap_or_default(),
        url: it.website,
        summary: it.bio,
        location: (!city.is_empty()).then(|| Location { city: city.trim().into(), region: region.trim().into() }),
        profiles: profiles.collect(),
    }
}

fn certificates(conn: &Connection, user: Id<User>, base: &str) -> Result<Vec<Certificate>> {
    let completed = store::completed_courses(conn, user)?;
    let ids: Vec<_> = completed.iter().map(|it| it.0).collect();
    let courses = courses::store::get_all(conn, &ids)?.into_iter().zip(&completed);
    Ok(courses
        .map(|(course, (_, at))| Certificate {
            name: course.title,
            date: day(*at),
            issuer: course.instructor_name,
            url: format!("{base}/courses/{}", course.id),
        })
        .collect())
}

fn finished(conn: &Connection, user: Id<User>) -> Result<Vec<ResumeProject>> {
    let done = store::completed_projects(conn, user)?;
    let ids: Vec<_> = done.iter().map(|it| it.project).collect();
    let projects = projects::store::get_all(conn, &ids, Some(user))?.into_iter().zip(done);
    Ok(projects
        .map(|(project, done)| ResumeProject {
            name: project.title,
            description: shortened(&project.description),
            keywords: project.required_skills.into_iter().map(|it| it.name).collect(),
            start_date: day(done.started_at),
            end_date: day(done.completed_at),
            url: done.url.unwrap_or_default(),
        })
        .collect())
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= DESCRIBED {
        return text.to_owned();
    }
    text.chars().take(DESCRIBED - 1).chain(['…']).collect()
}

/// What is done with a document.
#[derive(Clone, Copy, Debug, Default)]
pub struct How {
    /// Only say what would be done.
    pub dry_run: bool,
    /// Also replace what is filled already.
    pub overwrite: bool,
}

/// Brings a document into the profile: empty fields are filled, others replaced only when asked to, skills added or raised.
///
/// # Errors
/// 404 when the account is out of use.
pub fn import(tx: &Tx<'_>, user: &CurrentUser, document: Document, how: How) -> Result<Imported> {
    let profile = user.owning(users::store::get_active(tx, user.id)?)?;
    let mut imported = Imported { skipped: document.skipped, dry_run: how.dry_run, ..Imported::default() };
    let draft = profile.draft();
    let fields = fields(&draft, document.fields, how, &mut imported)?;
    let found = found_skills(tx, user.id, document.skills, &mut imported)?;
    if !how.dry_run {
        users::service::change_profile(tx, user, profile, Fields::of_body(fields, Mode::Patch))?;
        let found: Vec<_> = found.iter().map(|(skill, level)| (skill.name.as_str(), *level)).collect();
        skills::service::import(tx, user.id, &found)?;
    }
    Ok(imported)
}

/// The fields of the profile that are to be written, each checked by itself so that one wrong one keeps no other back.
fn fields(
    draft: &ProfileDraft,
    brought: Vec<(&'static str, String, String)>,
    how: How,
    imported: &mut Imported,
) -> Result<Map<String, Value>> {
    let before = serde_json::to_value(draft)?;
    let mut wanted = Map::new();
    for (field, path, value) in brought {
        let from = before[field].as_str().unwrap_or_default().to_owned();
        if !from.is_empty() && from != value && !how.overwrite {
            imported.skipped.push(Skipped::new(&path, &value, "It is filled already."));
            continue;
        }
        let mut body = Fields::of_body(Map::from_iter([(field.to_owned(), Value::from(value.clone()))]), Mode::Patch);
        let read = draft.clone().read(&mut body);
        match body.finish(read) {
            // The value as it will stand, which may have been tidied.
            Ok(read) => {
                let to = serde_json::to_value(read)?[field].as_str().unwrap_or_default().to_owned();
                if to != from {
                    wanted.insert(field.to_owned(), Value::from(to.clone()));
                    imported.changes.insert(field.to_owned(), Change { from, to });
                }
            }
            Err(Error::Invalid(faults)) => {
                let reason: Vec<_> = faults.into_values().flatten().collect();
                imported.skipped.push(Skipped::new(&path, &value, &reason.join(" ")));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(wanted)
}

/// The skills that are new or rise, each once, at the best level that the document names.
fn found_skills(
    tx: &Tx<'_>,
    user: Id<User>,
    names: Vec<(String, ProficiencyLevel)>,
    imported: &mut Imported,
) -> Result<Vec<(SkillRef, ProficiencyLevel)>> {
    let mut found: Vec<(SkillRef, ProficiencyLevel)> = vec![];
    for (name, level) in names {
        match skills::store::find_by_name(tx, &name)? {
            None => imported.skipped.push(Skipped::new("skills", &name, "The catalogue has no skill of this name.")),
            Some(skill) => match found.iter_mut().find(|it| it.0 == skill) {
                Some((_, known)) => *known = level.max(*known),
                None => found.push((skill, level)),
            },
        }
    }
    let held = skills::store::held(tx, user)?;
    let mut room = MOST_HELD - i64::try_from(held.len()).unwrap_or(i64::MAX);
    found.retain(|(skill, level)| match held.iter().find(|it| it.skill == *skill) {
        Some(held) if held.level < *level => {
            let change = Change { from: held.level.to_string(), to: level.to_string() };
            imported.changes.insert(format!("skills.{}", skill.name), change);
            true
        }
        Some(_) => false,
        None if room <= 0 => {
            let reason = format!("A person has at most {MOST_HELD} skills.");
            imported.skipped.push(Skipped::new("skills", &skill.name, &reason));
            false
        }
        None => {
            room -= 1;
            imported.skills_added.push(skill.name.clone());
            true
        }
    });
    Ok(found)
}
