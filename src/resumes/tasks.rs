//! Résumés in the background.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::Result as AnyResult;
use serde::{Deserialize, Serialize};

use super::{
    Resume,
    model::Reading,
    reader::{self, Program, Reader},
    service, store,
};
use crate::{
    analysis::{MODEL_VERSION, Unreadable},
    platform::{
        app::App,
        db::Tx,
        error::Result,
        files::Kind,
        id::Id,
        task::{
            Key, Task,
            store::{State, state_of},
        },
    },
};

/// How old a file without a row is before it is taken for left over: its row may be about to be written.
const UNCLAIMED: Duration = Duration::from_secs(24 * 3600);
/// How long a run may wait before it is looked after.
const STALE: chrono::Duration = chrono::Duration::minutes(10);
/// Rows of one commit.
const BATCH: usize = 500;

/// Reads and analyses a résumé, syncs the skills of its owner and says what came of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct AnalyzeResume {
    /// Which.
    pub resume: Id<Resume>,
    /// The run that is meant; without it the one that waits, or else a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<i64>,
}

impl Task for AnalyzeResume {
    const KIND: &'static str = "analyze_resume_async";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        self.run.map_or(Key::None, |run| Key::Once(format!("{}:{run}", self.resume)))
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let id = self.resume;
        let run = match self.run {
            Some(run) => Some(run),
            None => app.db.write(move |tx| service::open_run(tx, id)).await?,
        };
        let Some(run) = run else { return Ok(()) };
        let Some((resume, reading)) = app.db.write(move |tx| service::begin(tx, id, run)).await? else { return Ok(()) };
        let reading = match reading {
            Some(reading) => reading,
            None => read(&app, &resume, run).await?,
        };
        let failure = reading.failure.clone();
        let document = reading.document(resume.file_type);
        let analysis = app.parts.get::<Reader>().analyze(&app, document, failure).await?;
        app.db.write(move |tx| service::finish(tx, id, run, &analysis)).await?;
        Ok(())
    }
}

/// Reads the stored document and keeps what came of it for this run.
async fn read(app: &App, resume: &Resume, run: i64) -> AnyResult<Reading> {
    let (files, program, stored) = (app.files.clone(), Program::of(app), resume.stored.clone());
    let reader = app.parts.get::<Reader>();
    let read = reader.in_turn(reader::TASK, move || match files.read(Kind::Resume, &stored) {
        Ok(bytes) => Ok(program.open(&bytes)),
        Err(error) => reader::missing(error).map(Err::<_, Unreadable>),
    });
    let reading = Reading::of(read.await??);
    let (id, kept) = (resume.id, reading.clone());
    app.db.write(move |tx| service::keep_reading(tx, id, run, &kept)).await?;
    Ok(reading)
}

/// Reads the text of a résumé again, without analysing it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExtractResumeText {
    /// Which.
    pub resume: Id<Resume>,
}

impl Task for ExtractResumeText {
    const KIND: &'static str = "extract_resume_text_async";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Debounce(self.resume.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let id = self.resume;
        if let Some(resume) = app.db.read(move |conn| store::find(conn, id)).await? {
            read(&app, &resume, resume.run).await?;
        }
        Ok(())
    }
}

/// Looks after runs that were lost, and with `all` begins new ones where the result is of another version.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct BatchAnalyzeResumes {
    /// Also what ended under another version of the analysis.
    #[serde(default)]
    pub all: bool,
}

impl Task for BatchAnalyzeResumes {
    const KIND: &'static str = "batch_analyze_resumes";
    const RETRIES: u32 = 1;

    fn key(&self) -> Key {
        Key::Debounce(self.all.to_string())
    }

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let before = app.clock.now().plus(-STALE);
        let stale = app.db.read(move |conn| store::stale(conn, before)).await?;
        for some in stale.chunks(BATCH) {
            let some = some.to_vec();
            app.db.write(move |tx| some.into_iter().try_for_each(|id| look_after(tx, id))).await?;
        }
        if self.all {
            let older = app.db.read(|conn| store::of_other_version(conn, MODEL_VERSION)).await?;
            for some in older.chunks(BATCH) {
                let some = some.to_vec();
                app.db.write(move |tx| some.into_iter().try_for_each(|id| queue(tx, id))).await?;
            }
        }
        Ok(())
    }
}

/// A run whose task is alive only waits. One whose task was given up has failed. One without a task was lost and is queued
/// anew.
fn look_after(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    let Some(resume) = store::find(tx, id)?.filter(|it| it.analysis_status.is_open()) else { return Ok(()) };
    match state_of(tx, &AnalyzeResume { resume: id, run: Some(resume.run) })? {
        Some(State::Pending | State::Running | State::Failed) => Ok(()),
        Some(State::Dead | State::Cancelled) => service::give_up(tx, &resume),
        Some(State::Done) | None => {
            store::renew(tx, id)?;
            queue(tx, id)
        }
    }
}

fn queue(tx: &Tx<'_>, id: Id<Resume>) -> Result<()> {
    if let Some(run) = service::open_run(tx, id)? {
        tx.enqueue(&AnalyzeResume { resume: id, run: Some(run) })?;
    }
    Ok(())
}

/// Deletes what is left over: files without a row, résumés that failed and were not looked at for so long, those of
/// accounts whose time is over.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanupOldResumes {
    /// How long a failed résumé is kept for its owner to come back.
    #[serde(default = "ninety")]
    pub days: u32,
}

impl Default for CleanupOldResumes {
    fn default() -> Self {
        Self { days: ninety() }
    }
}

fn ninety() -> u32 {
    90
}

impl Task for CleanupOldResumes {
    const KIND: &'static str = "cleanup_old_resumes";
    const RETRIES: u32 = 1;

    async fn run(self, app: Arc<App>) -> AnyResult<()> {
        let files = app.files.clone();
        let rows = app.db.write(move |tx| service::delete_left_over(tx, self.days, &files)).await?;
        let orphans = delete_orphans(&app).await?;
        if rows + orphans > 0 {
            tracing::info!("{rows} résumés and {orphans} files without a résumé were deleted");
        }
        Ok(())
    }
}

/// Deletes files that no row names, as a crash between a file and its row leaves them, and unfinished ones.
async fn delete_orphans(app: &App) -> AnyResult<usize> {
    let files = app.files.clone();
    let before = SystemTime::from(app.clock.now().datetime()) - UNCLAIMED;
    let old = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<String>> {
        files.delete_unfinished(before)?;
        Ok(files.list(Kind::Resume)?.into_iter().filter(|(_, at)| *at < before).map(|(name, _)| name).collect())
    });
    let old = old.await??;
    // The rows are read after the folder: whatever is old and has a row has it by now.
    let named = app.db.read(store::files).await?;
    let files = app.files.clone();
    let deleted = tokio::task::spawn_blocking(move || -> std::io::Result<usize> {
        let orphans: Vec<_> = old.into_iter().filter(|name| !named.contains(name)).collect();
        orphans.iter().try_for_each(|name| files.delete(Kind::Resume, name))?;
        Ok(orphans.len())
    });
    Ok(deleted.await??)
}
