//! What learning a course is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    courses::{
        Course, CourseRef,
        modules::{CourseModule, ModuleOutline},
    },
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, id, integer, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{HasOwner, User, UserRef},
};

text_enum! {
    /// Where somebody stands with a course.
    pub enum LearningStatus {
        InProgress = "in_progress",
        Completed = "completed",
        Dropped = "dropped",
    }
}

/// How far somebody has come with a course, of which there is one per pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CourseProgress)]
pub struct Progress {
    /// Its number, never used again.
    pub id: Id<Progress>,
    /// Who learns.
    pub user: UserRef,
    /// What.
    pub course: CourseRef,
    /// Where they stand.
    pub status: LearningStatus,
    /// The share of its modules that is completed, 0 to 100; once completed, a course stays at 100.
    pub progress_percentage: i64,
    /// How many of its modules are completed.
    pub modules_completed: i64,
    /// When they enrolled.
    pub started_at: Timestamp,
    /// When they completed it.
    pub completed_at: Option<Timestamp>,
    /// When they enrolled.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Whether the course is deleted.
    #[serde(skip)]
    pub is_gone: bool,
}

impl Progress {
    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/course-progress/{}/", self.id)
    }
}

impl HasOwner for Progress {
    fn owner(&self) -> Option<Id<User>> {
        Some(self.user.id)
    }
}

/// The same with what is done and what comes next.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressDetail {
    /// How far somebody has come.
    #[serde(flatten)]
    pub progress: Progress,
    /// What they completed, in the order of the course.
    pub completed_module_ids: Vec<Id<CourseModule>>,
    /// The first module that is left; null when none is.
    pub next_module: Option<ModuleOutline>,
}

/// The filters of progress.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgressFilter {
    /// Any of these.
    pub status: Vec<LearningStatus>,
    /// With this course.
    pub course: Option<Id<Course>>,
}

impl Filter for ProgressFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        query.optional("course", &mut filter.course, id);
        filter
    }
}

/// What a learner thinks of a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Rating {
    /// Who says so.
    pub user: UserRef,
    /// 1 to 5.
    pub rating: i64,
    /// Their words.
    pub review: String,
    /// When they first said so.
    pub created_at: Timestamp,
}

/// What a learner writes of a course.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct RatingDraft {
    /// 1 to 5.
    pub rating: i64,
    /// At most 2000 characters.
    #[schema(required = false)]
    pub review: String,
}

impl RatingDraft {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut draft = Self::default();
        body.required("rating", &mut draft.rating, integer(1..=5));
        body.defaulted("review", &mut draft.review, text(0..=2000));
        draft
    }
}

/// What happened to learners.
#[derive(Serialize)]
pub enum Event {
    /// Somebody began a course.
    Enrolled {
        /// The progress.
        progress: Id<Progress>,
        /// Who.
        user: Id<User>,
        /// What.
        course: Id<Course>,
        /// Its title.
        title: String,
    },
    /// Somebody dropped a course, took it up again, or left it without a trace.
    Moved {
        /// The progress.
        progress: Id<Progress>,
        /// Who.
        user: Id<User>,
        /// Where they stand now; none when the progress is gone.
        to: Option<LearningStatus>,
    },
    /// Somebody completed a module.
    ModuleCompleted {
        /// The module.
        module: Id<CourseModule>,
        /// Who.
        user: Id<User>,
    },
    /// Somebody took that back.
    ModuleReopened {
        /// The module.
        module: Id<CourseModule>,
        /// Who.
        user: Id<User>,
    },
    /// Somebody completed every module of a course.
    Completed {
        /// The progress.
        progress: Id<Progress>,
        /// Who.
        user: Id<User>,
        /// What.
        course: Id<Course>,
        /// Its title.
        title: String,
    },
    /// Somebody rated a course.
    Rated {
        /// What.
        course: Id<Course>,
        /// Who.
        user: Id<User>,
        /// 1 to 5.
        rating: i64,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Enrolled { course, user, .. } => Facts::new("courses.enrolled", Some(user), "course", course),
            Event::Moved { progress, user, .. } => Facts::new("courses.moved", Some(user), "progress", progress),
            Event::ModuleCompleted { module, user } => {
                Facts::new("courses.module_completed", Some(user), "module", module)
            }
            Event::ModuleReopened { module, user } => {
                Facts::new("courses.module_reopened", Some(user), "module", module)
            }
            Event::Completed { course, user, .. } => Facts::new("courses.completed", Some(user), "course", course),
            Event::Rated { course, user, .. } => Facts::new("courses.rated", Some(user), "course", course),
        }
    }
}
