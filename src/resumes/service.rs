//! The rules of résumés.

use std::collections::HashMap;

use chrono::{Duration, NaiveDate};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    model::{Comparison, Event, FileType, NewResume, Pair, Reading, Resume, ResumeDraft, Status},
    store,
};
use crate::{
    analysis::{Analysis, Catalogue, analyze},
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, LimitType, Result},
        fields::Fields,
        files::{Files, Kind, NewFile},
        id::Id,
    },
    skills::{self, ProficiencyLevel},
    users::{Owned, User},
};

/// Analyses of one person in any 24 hours.
const ANALYSES_A_DAY: i64 = 50;
/// Unknown terms of one résumé that become suggestions.
const MOST_SUGGESTED: usize = 20;

/// What an upload brings, once its document was opened and stored.
pub struct Upload {
    /// Whose.
    pub user: Id<User>,
    /// What they call it.
    pub label: String,
    /// Whether it is the one to show; by default the first of a person is.
    pub is_primary: Option<bool>,
    /// The name under which it was sent.
    pub original_filename: String,
    /// Recognised from the content.
    pub file_type: FileType,
    /// In bytes.
    pub file_size: i64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
    /// The stored file.
    pub file: NewFile,
    /// What came of reading it.
    pub reading: Reading,
}

/// Whether this person may send one more.
///
/// # Errors
/// 409 when they keep `most`; 429 when they had enough analyses today.
pub fn check_room(conn: &Connection, user: Id<User>, most: u32, now: Timestamp) -> Result<()> {
    if store::count(conn, user)? >= i64::from(most) {
        return Err(Error::conflict(format!("You keep {most} résumés already. Delete one of them first.")));
    }
    check_rate(conn, user, now)
}

fn check_rate(conn: &Connection, user: Id<User>, now: Timestamp) -> Result<()> {
    let day = Duration::days(1);
    match store::asked(conn, user, ANALYSES_A_DAY)? {
        Some(at) if now.since(at) < day => {
            let wait = u64::try_from(at.plus(day).since(now).num_seconds()).unwrap_or(0);
            Err(Error::RateLimited { limit: LimitType::Day, retry_after: wait + 1 })
        }
        _ => Ok(()),
    }
}

/// Adds a résumé, or finds the one with the same content: then nothing is kept of this one. True when it is new.
///
/// # Errors
/// As [`check_room`].
pub fn upload(tx: &Tx<'_>, new: Upload, most: u32) -> Result<(bool, Resume)> {
    if let Some(first) = store::find_same(tx, new.user, &new.sha256)? {
        return Ok((false, first));
    }
    check_room(tx, new.user, most, tx.now())?;
    let first = store::count(tx, new.user)? == 0;
    let id = store::insert(
        tx,
        &NewResume {
            user: new.user,
            label: &new.label,
            is_primary: new.is_primary.unwrap_or(first),
            original_filename: &new.original_filename,
            stored: new.file.name(),
            file_type: new.file_type,
            file_size: new.file_size,
            sha256: &new.sha256,
            reading: &new.reading,
        },
    )?;
    // When this write is undone the file goes with what is dropped here.
    tx.after_commit(move || new.file.keep());
    tx.emit(Event::Uploaded { user: new.user, resume: id, run: 1 })?;
    Ok((true, store::get(tx, id, new.user)?))
}

/// Writes label and primacy.
///
/// # Errors
/// 400 with every wrong field.
pub fn change(tx: &Tx<'_>, resume: Owned<Resume>, mut body: Fields) -> Result<Resume> {
    let before = resume.draft();
    let base = if body.is_patch() { before.clone() } else { ResumeDraft::default() };
    let draft = base.read(&mut body);
    let draft = body.finish(draft)?;
    if draft != before {
        store::update(tx, resume.id, resume.user.id, &draft)?;
    }
    store::get(tx, resume.id, resume.user.id)
}

/// Deletes row and text now, and the file once that is on the disk. A crash in between leaves a file without a row, which
/// the cleaning of old résumés finds.
///
/// # Errors
/// Those of the database.
pub fn delete(tx: &Tx<'_>, resume: Owned<Resume>, files: &Files) -> Result<()> {
    remove(tx, &resume, files)
}

fn remove(tx: &Tx<'_>, resume: &Resume, files: &Files) -> Result<()> {
    store::delete(tx, resume.id)?;
    let (files, stored, id) = (files.clone(), resume.stored.clone(), resume.id);
    tx.after_commit(move || {
        if let Err(error) = files.delete(Kind::Resume, &stored) {
            tracing::warn!("the file of the deleted résumé {id} could not be deleted: {error}");
        }
    });
    tx.emit(Event::Deleted { user: resume.user.id, resume: resume.id })
}

/// Deletes every résumé of a person whose account ends.
///
/// # Errors
/// Those of the database.
pub fn delete_all_of(tx: &Tx<'_>, user: Id<User>, files: &Files) -> Result<()> {
    store::of_user(tx, user)?.into_iter().try_for_each(|id| remove(tx, &store::get(tx, id, user)?, files))
}

/// Asks for another analysis.
///
/// # Errors
/// 409 while one is to end; 429 when there were enough today.
pub fn reanalyze(tx: &Tx<'_>, resume: Owned<Resume>) -> Result<Resume> {
    if resume.analysis_status.is_open() {
        return Err(Error::conflict("An analysis of this résumé is running already."));
    }
    check_rate(tx, resume.user.id, tx.now())?;
    let run = store::renew(tx, resume.id)?;
    tx.emit(Event::AnalysisAsked { user: resume.user.id, resume: resume.id, run })?;
    store::get(tx, resume.id, resume.user.id)
}

/// Begins a run, or goes on with one that was broken off. None when there is nothing to do: the résumé is gone, the run
/// has ended or a later one was asked for.
///
/// # Errors
/// Those of the database.
pub fn begin(tx: &Tx<'_>, id: Id<Resume>, run: i64) -> Result<Option<(Resume, Option<Reading>)>> {
    match store::find(tx, id)? {
        Some(resume) if resume.run == run && resume.analysis_status.is_open() => {
            store::set_analyzing(tx, id)?;
            let reading = store::reading(tx, id)?.filter(|(of, _)| *of == run).map(|(_, reading)| reading);
            Ok(Some((resume, reading)))
        }
        _ => Ok(None),
    }
}

/// The run of this résumé that is to be done when none was named: the one that waits, else a new one.
///
/// # Errors
/// Those of the database.
pub fn open_run(tx: &Tx<'_>, id: Id<Resume>) -> Result<Option<i64>> {
    match store::find(tx, id)? {
        Some(resume) if resume.analysis_status.is_open() => Ok(Some(resume.run)),
        Some(resume) => store::renew(tx, resume.id).map(Some),
        None => Ok(None),
    }
}

/// Keeps what came of reading the document, if that is still wanted.
///
/// # Errors
/// Those of the database.
pub fn keep_reading(tx: &Tx<'_>, id: Id<Resume>, run: i64, reading: &Reading) -> Result<()> {
    match store::find(tx, id)? {
        Some(resume) if resume.run == run => store::set_reading(tx, id, run, reading),
        _ => Ok(()),
    }
}

/// Ends a run: the result, the skills of its owner and what follows are one commit. Once; a repeat has no effect.
///
/// # Errors
/// Those of the database.
pub fn finish(tx: &Tx<'_>, id: Id<Resume>, run: i64, analysis: &Analysis) -> Result<()> {
    #[derive(Serialize)]
    struct Whole<'a> {
        resume_id: Id<Resume>,
        analyzed_at: Timestamp,
        #[serde(flatten)]
        analysis: &'a Analysis,
    }
    let Some(resume) = store::find(tx, id)?.filter(|it| it.run == run && it.analysis_status.is_open()) else {
        return Ok(());
    };
    let status = Status::from(analysis.analysis_status);
    let figures = store::Figures {
        status,
        reason: analysis.reason.as_deref(),
        extracted_skills: serde_json::to_string(&analysis.extracted_skills)?,
        skill_gaps: serde_json::to_string(&analysis.skill_gaps)?,
        experience_level: analysis.experience_level.map(|it| it.as_str()),
        skill_score: analysis.skill_score,
        total_score: analysis.total_score,
        model_version: &analysis.model_version,
    };
    let whole = serde_json::to_string(&Whole { resume_id: id, analyzed_at: tx.now(), analysis })?;
    store::set_result(tx, id, &figures, &whole)?;
    sync(tx, &resume, analysis)?;
    tx.emit(Event::Analyzed {
        user: resume.user.id,
        resume: id,
        run,
        name: if resume.label.is_empty() { resume.original_filename } else { resume.label },
        status,
        reason: analysis.reason.clone(),
        total_score: analysis.total_score.map(i64::from),
        skills: analysis.extracted_skills.len(),
    })
}

/// What the owner now holds: findings that are sure enough, and as suggestions what the catalogue does not know.
fn sync(tx: &Tx<'_>, resume: &Resume, analysis: &Analysis) -> Result<()> {
    let found =
        analysis.extracted_skills.iter().map(|(name, sure)| (name.as_str(), ProficiencyLevel::of_confidence(*sure)));
    let mut findings: Vec<_> = found.filter_map(|(name, level)| Some((name, level?))).collect();
    for term in analysis.unknown_terms.iter().take(MOST_SUGGESTED) {
        // A word that is a skill after all was left out for its doubtful surroundings, and is not to be held by them.
        if skills::store::find_by_name(tx, term)?.is_none() {
            findings.push((term, ProficiencyLevel::Beginner));
        }
    }
    skills::service::sync_from_resume(tx, resume.user.id, resume.id.raw(), &findings).map(drop)
}

/// Notes that its owner looked at it.
///
/// # Errors
/// Those of the database.
pub fn see(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    store::set_seen(tx, id)
}

/// Ends a run whose task was given up, so that its owner need not wait for ever.
///
/// # Errors
/// Those of the database.
pub fn give_up(tx: &Tx<'_>, resume: &Resume) -> Result<()> {
    let mut analysis = nothing();
    analysis.reason = Some("The analysis could not be finished. Ask for it again, or upload another file.".into());
    finish(tx, resume.id, resume.run, &analysis)
}

/// What is told of the analysis of a résumé at every stage.
///
/// # Errors
/// Those of the database.
pub fn analysis(conn: &Connection, resume: &Resume) -> Result<Map<String, Value>> {
    let stored = store::result(conn, resume.id)?;
    let told = match stored {
        Some(stored) => stored,
        None => match serde_json::to_value(nothing())? {
            Value::Object(empty) => empty,
            _ => Map::new(),
        },
    };
    Ok(resume.analysis(told))
}

/// The result of a résumé of which nothing is known.
fn nothing() -> Analysis {
    let empty = Reading::default().document(FileType::Txt);
    analyze(&Catalogue::new(vec![], vec![]), &empty, NaiveDate::default(), &HashMap::new())
}

/// Compares two résumés of a person.
///
/// # Errors
/// 409 unless both are theirs and completed: whether a résumé of somebody else exists is not told.
pub fn compare(conn: &Connection, user: Id<User>, pair: &Pair) -> Result<Comparison> {
    let compared = |id: Option<Id<Resume>>| match id {
        Some(id) => store::compared(conn, id, user),
        None => Ok(None),
    };
    match (compared(pair.resume1)?, compared(pair.resume2)?) {
        (Some(one), Some(other)) => Ok(Comparison::of(one, other)),
        _ => Err(Error::conflict("Compare two résumés of your own whose analysis is completed.")),
    }
}

/// Deletes what nobody came back to: résumés that failed and were not looked at for `days`, and those of accounts whose
/// time to be erased is over.
///
/// # Errors
/// Those of the database.
pub fn delete_left_over(tx: &Tx<'_>, days: u32, files: &Files) -> Result<usize> {
    let since = tx.now().plus(-Duration::days(days.into()));
    let left_over = store::left_over(tx, since, tx.now())?;
    for id in &left_over {
        if let Some(resume) = store::find(tx, *id)? {
            remove(tx, &resume, files)?;
        }
    }
    Ok(left_over.len())
}
