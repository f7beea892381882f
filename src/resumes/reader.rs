//! What one process keeps to read and analyse documents: places, so that a storm of uploads leaves the rest quick, and the
//! compiled catalogue.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::sync::Semaphore;

use super::store;

use crate::{
    analysis::{
        self, Analysis, Catalogue, CatalogueSkill, Document, Finding, Limits, Unreadable, delivered_roles,
        extract_in_child,
    },
    platform::{
        app::App,
        error::{Error, Result},
    },
    skills,
};

/// How long an upload waits for a place before it is asked to come again.
pub const UPLOAD: Duration = Duration::from_secs(60);
/// How long a task waits for one.
pub const TASK: Duration = Duration::from_secs(10 * 60);

/// Places and catalogue of one process: `app.parts.get::<Reader>()`.
pub struct Reader {
    places: Arc<Semaphore>,
    compiled: Mutex<Option<Arc<Compiled>>>,
}

/// The catalogue in a form for searching, and what it was compiled from.
struct Compiled {
    skills: Vec<CatalogueSkill>,
    catalogue: Catalogue,
}

impl Default for Reader {
    /// One place for each core but one, which is left to everybody else.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self { places: Arc::new(Semaphore::new((cores - 1).max(1))), compiled: Mutex::default() }
    }
}

impl Reader {
    /// Runs `work`, which may block and need much memory, when a place is free. The place is held until it ends, also
    /// when nobody waits for it any more.
    ///
    /// # Errors
    /// 503 when no place came free in time.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        patience: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let busy = Error::Unavailable("Many documents are being read right now. Send yours again in a while.");
        let Ok(Ok(place)) = tokio::time::timeout(patience, self.places.clone().acquire_owned()).await else {
            return Err(busy);
        };
        let worked = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        worked.await.map_err(|e| Error::Internal(anyhow::Error::from(e).context("a document was not read to the end")))
    }

    /// Skills and roles, compiled anew when the skills are others than last time, whoever changed them. To read and
    /// compare them costs far less than an analysis, so no mark of their version has to be kept right.
    fn compiled(&self, skills: Vec<CatalogueSkill>) -> Arc<Compiled> {
        let mut kept = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some(compiled) if compiled.skills == skills => compiled.clone(),
            _ => {
                let catalogue = Catalogue::new(skills.clone(), delivered_roles());
                kept.insert(Arc::new(Compiled { skills, catalogue })).clone()
            }
        }
    }

    /// The skills of the catalogue that a text speaks of, for each of these texts.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find(self: Arc<Self>, app: &App, texts: Vec<String>) -> Result<Vec<Vec<Finding>>> {
        let skills = app.db.read(skills::store::all).await?;
        let reader = self.clone();
        self.in_turn(UPLOAD, move || {
            let compiled = reader.compiled(skills);
            texts.iter().map(|text| compiled.catalogue.find(text)).collect()
        })
        .await
    }

    /// Analyses a document by the skills and the demand of this moment.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn analyze(self: Arc<Self>, app: &App, document: Document, failure: Option<String>) -> Result<Analysis> {
        let today = app.clock.now().datetime().date_naive();
        let (skills, demand) = app.db.read(|conn| Ok((skills::store::all(conn)?, store::demand(conn)?))).await?;
        let reader = self.clone();
        self.in_turn(TASK, move || {
            let compiled = reader.compiled(skills);
            let mut analysis = analysis::analyze(&compiled.catalogue, &document, today, &demand);
            if let Some(reason) = failure {
                // Without a text there are no figures; only why says the reading better.
                analysis.analysis_status = analysis::AnalysisStatus::Failed;
                analysis.reason = Some(reason);
            }
            analysis
        })
        .await
    }
}

/// What a child needs.
#[derive(Clone)]
pub struct Program {
    program: std::path::PathBuf,
    limits: Limits,
}

impl Program {
    /// The child of this house.
    pub fn of(app: &App) -> Self {
        let limits = Limits { max_pages: app.config.resumes.max_pages, ..Limits::default() };
        Self { program: app.program.clone(), limits }
    }

    /// Reads a document in the child. Blocks; to be called in turn.
    ///
    /// # Errors
    /// It does not open, or opens and cannot be read.
    pub fn open(&self, bytes: &[u8]) -> Result<Document, Unreadable> {
        extract_in_child(&self.program, bytes, &self.limits)
    }
}

/// Why a stored file gave nothing to read, when that will not change.
///
/// # Errors
/// The file is there and could not be read this time.
pub fn missing(error: io::Error) -> io::Result<Unreadable> {
    match error.kind() {
        io::ErrorKind::NotFound => Ok(Unreadable::Failed("The stored file is missing; upload it again.".into())),
        _ => Err(error),
    }
}
