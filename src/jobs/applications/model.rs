//! What an application is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    jobs::{Job, JobRef},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, id, text},
        id::Id,
        list::Filter,
    },
    resumes::Resume,
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// How far an application has come.
    pub enum ApplicationStatus {
        Applied = "applied",
        Interview = "interview",
        Offered = "offered",
        Accepted = "accepted",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

impl ApplicationStatus {
    /// Whether a poster may move an application from here to there.
    pub fn may_become(self, to: Self) -> bool {
        use ApplicationStatus::{Accepted, Applied, Interview, Offered, Rejected};
        matches!(
            (self, to),
            (Applied, Interview)
                | (Interview, Offered)
                | (Interview | Offered, Accepted)
                | (Applied | Interview | Offered, Rejected)
        )
    }

    /// Whether its applicant may still withdraw it.
    pub fn may_be_withdrawn(self) -> bool {
        matches!(self, Self::Applied | Self::Interview | Self::Offered)
    }
}

/// Somebody's application to a posting, of which there is one per pair.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Application {
    /// Its number, never used again.
    pub id: Id<Application>,
    /// Who applies.
    pub user: UserRef,
    /// What for; null when the posting is removed for good.
    pub job: Option<JobRef>,
    /// The posting's title on the day of applying.
    pub job_title: String,
    /// The company on the day of applying.
    pub company_name: String,
    /// How far it has come.
    pub status: ApplicationStatus,
    /// Why them.
    pub cover_letter: String,
    /// The resume that was sent along.
    pub resume_id: Option<Id<Resume>>,
    /// How well the posting fitted on the day of applying, 0 to 100.
    pub match_percentage: i64,
    /// When they applied, the last time if they had withdrawn before.
    pub applied_at: Timestamp,
    /// When they first applied.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Each step so far; only in the answer about one application.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub history: Option<Vec<Change>>,
}

impl Application {
    /// The parts that its applicant writes.
    pub fn draft(&self) -> ApplicationDraft {
        ApplicationDraft { cover_letter: self.cover_letter.clone(), resume_id: self.resume_id }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/job-applications/{}/", self.id)
    }
}

/// One step of an application. Never changed, never removed.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApplicationChange)]
pub struct Change {
    /// Where it stood; null at its beginning.
    pub from: Option<ApplicationStatus>,
    /// Where it stood then.
    pub to: ApplicationStatus,
    /// Who moved it; null when they are gone.
    pub by: Option<UserRef>,
    /// Their words.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// What an applicant writes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ApplicationDraft {
    /// At most 5000 characters.
    #[schema(required = false)]
    pub cover_letter: String,
    /// One of the applicant's own resumes.
    pub resume_id: Option<Id<Resume>>,
}

impl ApplicationDraft {
    /// Reads a body over this draft. Whose the resume is can only be checked inside the write.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.defaulted("cover_letter", &mut self.cover_letter, text(0..=5000));
        body.optional("resume_id", &mut self.resume_id, id);
        self
    }
}

/// The filters of applications.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// Any of these.
    pub status: Vec<ApplicationStatus>,
    /// To this posting.
    pub job: Option<Id<Job>>,
}

impl Filter for ApplicationFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        query.optional("job", &mut filter.job, id);
        filter
    }
}

/// What happened to applications.
#[derive(Serialize)]
pub enum Event {
    /// Somebody applied, or applied again.
    Applied {
        /// The application.
        application: Id<Application>,
        /// Who applied.
        user: Id<User>,
        /// Their name.
        by_name: String,
        /// The posting.
        job: Id<Job>,
        /// Its title.
        title: String,
        /// Its poster.
        posted_by: Option<Id<User>>,
    },
    /// The poster moved it on.
    Moved {
        /// The application.
        application: Id<Application>,
        /// Who applied.
        user: Id<User>,
        /// The posting.
        job: Option<Id<Job>>,
        /// Its title.
        title: String,
        /// The company.
        company: String,
        /// Where it stands now.
        to: ApplicationStatus,
        /// The row of its history.
        change: i64,
        /// Who moved it.
        by: Id<User>,
    },
    /// The applicant took it back.
    Withdrawn {
        /// The application.
        application: Id<Application>,
        /// Who had applied.
        user: Id<User>,
        /// The posting.
        job: Option<Id<Job>>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Applied { application, user, .. } => {
                Facts::new("jobs.applied", Some(user), "application", application)
            }
            Event::Moved { application, by, .. } => {
                Facts::new("jobs.application_moved", Some(by), "application", application)
            }
            Event::Withdrawn { application, user, .. } => {
                Facts::new("jobs.application_withdrawn", Some(user), "application", application)
            }
        }
    }
}
