//! What work on a project is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, Input, Read, choice, flag, id, integer, ruled, text},
        id::Id,
        list::Filter,
        validate,
    },
    projects::{Project, ProjectRef},
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// How far work on a project has come.
    pub enum WorkStatus {
        InProgress = "in_progress",
        Submitted = "submitted",
        Completed = "completed",
    }
}

/// Somebody's work on a project, of which there is one per pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Work {
    /// Its number, never used again.
    pub id: Id<Work>,
    /// Who works.
    pub user: UserRef,
    /// On what.
    pub project: ProjectRef,
    /// How far it has come.
    pub status: WorkStatus,
    /// Where the work is.
    pub submission_url: Option<String>,
    /// What is to be known of it.
    pub submission_notes: String,
    /// What the last review gave it, 1 to 5.
    pub rating: Option<i64>,
    /// What the last review says.
    pub feedback: Option<String>,
    /// Whose review it was; null when the account is gone.
    pub reviewed_by: Option<UserRef>,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was last submitted.
    pub submitted_at: Option<Timestamp>,
    /// When it was accepted.
    pub completed_at: Option<Timestamp>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who made the project.
    #[serde(skip)]
    pub creator: Option<Id<User>>,
    /// Whether the project is deleted.
    #[serde(skip)]
    pub is_gone: bool,
}

impl Work {
    /// The parts that its author writes.
    pub fn submission(&self) -> Submission {
        Submission { submission_url: self.submission_url.clone(), submission_notes: self.submission_notes.clone() }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/project-progress/{}/", self.id)
    }
}

/// What the author of work writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Submission {
    /// An http or https address; submitted work has one.
    pub submission_url: Option<String>,
    /// At most 5000 characters.
    #[schema(required = false)]
    pub submission_notes: String,
}

/// A link, where empty text stands for none.
fn link(input: Input<'_>) -> Read<Option<String>> {
    let link = ruled(validate::URL, |it| validate::Url::default().check(it))(input)?;
    Ok(Some(link).filter(|it| !it.is_empty()))
}

impl Submission {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.defaulted("submission_url", &mut self.submission_url, link);
        body.defaulted("submission_notes", &mut self.submission_notes, text(0..=5000));
        self
    }
}

/// What a reviewer writes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = ProjectReview)]
pub struct Review {
    /// 1 to 5.
    pub rating: i64,
    /// 1 to 5000 characters.
    pub feedback: String,
    /// Whether the work is done; true unless said, false sends it back.
    #[schema(required = false)]
    pub accepted: bool,
}

impl Review {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut review = Self { rating: 0, feedback: String::new(), accepted: true };
        body.required("rating", &mut review.rating, integer(1..=5));
        body.required("feedback", &mut review.feedback, text(1..=5000));
        body.defaulting_to(true, "accepted", &mut review.accepted, flag);
        review
    }
}

/// A place among those whose work was accepted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Standing {
    /// From 1: the best rating first, then who submitted first.
    pub rank: i64,
    /// Whose work.
    pub user: UserRef,
    /// 1 to 5.
    pub rating: i64,
    /// When it was submitted.
    pub submitted_at: Timestamp,
}

/// The filters of work.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkFilter {
    /// Any of these.
    pub status: Vec<WorkStatus>,
    /// On this project.
    pub project: Option<Id<Project>>,
}

impl Filter for WorkFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        query.optional("project", &mut filter.project, id);
        filter
    }
}

/// What happened to work.
#[derive(Serialize)]
pub enum Event {
    /// Somebody began a project.
    Started {
        /// What.
        project: Id<Project>,
        /// Who.
        user: Id<User>,
    },
    /// Somebody took it back.
    Left {
        /// What.
        project: Id<Project>,
        /// Who.
        user: Id<User>,
    },
    /// Somebody submitted their work, perhaps again.
    Submitted {
        /// The work.
        work: Id<Work>,
        /// Whose.
        user: Id<User>,
        /// Their name.
        by_name: String,
        /// On what.
        project: Id<Project>,
        /// The project's title.
        title: String,
        /// Who made the project.
        creator: Option<Id<User>>,
    },
    /// Somebody else looked at it.
    Reviewed {
        /// The work.
        work: Id<Work>,
        /// How many reviews it has had, with this one.
        nth: i64,
        /// Whose work.
        user: Id<User>,
        /// On what.
        project: Id<Project>,
        /// The project's title.
        title: String,
        /// 1 to 5.
        rating: i64,
        /// Whether it is done.
        accepted: bool,
        /// Who reviewed it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Started { project, user } => Facts::new("projects.started", Some(user), "project", project),
            Event::Left { project, user } => Facts::new("projects.left", Some(user), "project", project),
            Event::Submitted { work, user, .. } => Facts::new("projects.submitted", Some(user), "work", work),
            Event::Reviewed { work, by, .. } => Facts::new("projects.reviewed", Some(by), "work", work),
        }
    }
}
