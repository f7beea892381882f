//! What a session is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    mentors::{Mentor, MentorRef},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, integer, moment, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// How far a session has come.
    pub enum SessionStatus {
        Pending = "pending",
        Scheduled = "scheduled",
        Completed = "completed",
        Declined = "declined",
        Cancelled = "cancelled",
        NoShow = "no_show",
    }
}

impl SessionStatus {
    /// Whether a session may go from here to there; from scheduled to scheduled it is moved.
    pub fn may_become(self, to: Self) -> bool {
        use SessionStatus::{Cancelled, Completed, Declined, NoShow, Pending, Scheduled};
        matches!(
            (self, to),
            (Pending | Scheduled, Scheduled | Cancelled) | (Pending, Declined) | (Scheduled, Completed | NoShow)
        )
    }
}

text_enum! {
    /// One of the two sides of a session.
    pub enum Side { Mentor = "mentor", Mentee = "mentee" }
}

impl Side {
    /// The one across.
    pub fn other(self) -> Self {
        match self {
            Side::Mentor => Side::Mentee,
            Side::Mentee => Side::Mentor,
        }
    }
}

/// A session of a mentor with a mentee.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MentorSession {
    /// Its number, never used again.
    pub id: Id<MentorSession>,
    /// Who helps.
    pub mentor: MentorRef,
    /// Who is helped.
    pub mentee: UserRef,
    /// What it is about, in a few words.
    pub title: String,
    /// What it is about, at length.
    pub description: String,
    /// How long it takes.
    pub duration_minutes: i64,
    /// When the mentee would like it to be.
    pub preferred_date: Option<Timestamp>,
    /// When it is, or would have been.
    pub scheduled_date: Option<Timestamp>,
    /// How far it has come.
    pub status: SessionStatus,
    /// Who did not come.
    pub missing: Option<Side>,
    /// What the mentee gave it, 1 to 5.
    pub rating: Option<i64>,
    /// What the mentee said of it.
    pub feedback: Option<String>,
    /// Why it was declined or cancelled, if that was said.
    pub reason: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it was completed.
    pub completed_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the mentee first rated it.
    #[serde(skip)]
    pub reviewed_at: Option<Timestamp>,
    /// How often its calendar entry changed since the first one.
    #[serde(skip)]
    pub sequence: i64,
}

impl MentorSession {
    /// The parts that the mentee writes.
    pub fn draft(&self) -> SessionDraft {
        SessionDraft {
            title: self.title.clone(),
            description: self.description.clone(),
            duration_minutes: self.duration_minutes,
            preferred_date: self.preferred_date,
        }
    }

    /// From which side somebody sees it; none for who is neither.
    pub fn side_of(&self, user: Id<User>) -> Option<Side> {
        match user {
            user if user == self.mentor.user.id => Some(Side::Mentor),
            user if user == self.mentee.id => Some(Side::Mentee),
            _ => None,
        }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/mentor-sessions/{}/", self.id)
    }
}

/// What a mentee writes. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SessionDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// At most 5000 characters.
    pub description: String,
    /// 15 to 480, 60 unless said.
    pub duration_minutes: i64,
    /// In the future.
    pub preferred_date: Option<Timestamp>,
}

impl Default for SessionDraft {
    fn default() -> Self {
        Self { title: String::new(), description: String::new(), duration_minutes: 60, preferred_date: None }
    }
}

impl SessionDraft {
    /// Reads a body over this draft. The `standing` wish may be sent again after it has passed.
    pub fn read(mut self, body: &mut Fields, now: Timestamp, standing: Option<Timestamp>) -> Self {
        body.required("title", &mut self.title, text(1..=200));
        body.defaulted("description", &mut self.description, text(0..=5000));
        body.defaulting_to(60, "duration_minutes", &mut self.duration_minutes, integer(15..=480));
        body.optional("preferred_date", &mut self.preferred_date, moment);
        if self.preferred_date != standing {
            body.check("preferred_date", self.preferred_date.is_none_or(|it| it > now), "This must be in the future.");
        }
        self
    }
}

/// What a mentee says of a session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReviewDraft {
    /// 1 to 5.
    pub rating: i64,
    /// At most 5000 characters.
    #[schema(required = false)]
    pub feedback: String,
}

impl ReviewDraft {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self { rating: 0, feedback: String::new() };
        body.required("rating", &mut it.rating, integer(1..=5));
        body.defaulted("feedback", &mut it.feedback, text(0..=5000));
        it
    }

    /// Reads a body in which there may be none.
    pub fn read_if_sent(body: &mut Fields) -> Option<Self> {
        (body.has("rating") || body.has("feedback")).then(|| Self::read(body))
    }
}

/// What somebody says of a session they had.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SessionReview)]
pub struct Review {
    /// The session.
    pub session_id: Id<MentorSession>,
    /// Who says it.
    pub user: UserRef,
    /// 1 to 5.
    pub rating: i64,
    /// In words; empty when they said none.
    pub feedback: String,
    /// When they first said it.
    pub created_at: Timestamp,
}

/// Time that is booked.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Busy {
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// The filters of `GET /mentor-sessions/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SessionFilter {
    /// Any of these.
    pub status: Vec<SessionStatus>,
    /// Only those in which you are this side.
    pub role: Option<Side>,
    /// Scheduled at or after this.
    pub from: Option<Timestamp>,
    /// Scheduled at or before this.
    pub to: Option<Timestamp>,
}

impl Filter for SessionFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        query.optional("role", &mut filter.role, choice);
        query.optional("from", &mut filter.from, moment);
        query.optional("to", &mut filter.to, moment);
        if let (Some(from), Some(to)) = (filter.from, filter.to) {
            query.check("from", from <= to, "This must not be later than to.");
        }
        filter
    }
}

/// Both sides of a session, as its events tell of them. Names and words are for what follows and are not kept with the event:
/// it outlasts both accounts.
#[derive(Clone, Debug, Serialize)]
pub struct Between {
    /// The session.
    pub session: Id<MentorSession>,
    /// What it is about.
    #[serde(skip)]
    pub title: String,
    /// The mentor's account.
    pub mentor: Id<User>,
    /// Their name.
    #[serde(skip)]
    pub mentor_name: String,
    /// The mentee's account.
    pub mentee: Id<User>,
    /// Their name.
    #[serde(skip)]
    pub mentee_name: String,
    /// How often its calendar entry changed since the first one.
    pub sequence: i64,
}

impl From<&MentorSession> for Between {
    fn from(it: &MentorSession) -> Self {
        Self {
            session: it.id,
            title: it.title.clone(),
            mentor: it.mentor.user.id,
            mentor_name: it.mentor.user.shown_name(),
            mentee: it.mentee.id,
            mentee_name: it.mentee.shown_name(),
            sequence: it.sequence,
        }
    }
}

/// What happened to sessions.
#[derive(Serialize)]
pub enum Event {
    /// A mentee asked for one.
    Requested {
        /// The session.
        #[serde(flatten)]
        it: Between,
        /// The mentor profile.
        profile: Id<Mentor>,
    },
    /// A mentor gave it a time, the first one or another one.
    Scheduled {
        /// The session.
        #[serde(flatten)]
        it: Between,
        /// When it is.
        at: Timestamp,
        /// Whether it had another time before.
        moved: bool,
    },
    /// It ended: held, declined, cancelled or missed.
    Ended {
        /// The session.
        #[serde(flatten)]
        it: Between,
        /// How.
        status: SessionStatus,
        /// Who ended it; none when an account was erased.
        by: Option<Id<User>>,
        /// Why, if it was said.
        #[serde(skip)]
        reason: String,
        /// Who did not come.
        missing: Option<Side>,
    },
    /// The mentee said what they think of it, for the first time or anew.
    Reviewed {
        /// The session.
        #[serde(flatten)]
        it: Between,
        /// 1 to 5.
        rating: i64,
    },
    /// It begins soon.
    Near {
        /// The session.
        #[serde(flatten)]
        it: Between,
        /// When it is.
        at: Timestamp,
        /// Within how many hours: 24 or 1.
        hours: i64,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, by, it) = match self {
            Event::Requested { it, .. } => ("sessions.requested", Some(it.mentee), it),
            Event::Scheduled { it, moved: false, .. } => ("sessions.scheduled", Some(it.mentor), it),
            Event::Scheduled { it, moved: true, .. } => ("sessions.moved", Some(it.mentor), it),
            Event::Ended { it, status: SessionStatus::Completed, by, .. } => ("sessions.completed", *by, it),
            Event::Ended { it, status: SessionStatus::Declined, by, .. } => ("sessions.declined", *by, it),
            Event::Ended { it, status: SessionStatus::NoShow, by, .. } => ("sessions.missed", *by, it),
            Event::Ended { it, by, .. } => ("sessions.cancelled", *by, it),
            Event::Reviewed { it, .. } => ("sessions.reviewed", Some(it.mentee), it),
            Event::Near { it, .. } => ("sessions.near", None, it),
        };
        Facts::new(kind, by, "mentor_session", it.session)
    }
}
