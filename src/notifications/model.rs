//! What a notification is, and what somebody wants to hear of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, Read, choice, flag, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{User, UserRef},
};

text_enum! {
    /// What a notification is about: each kind can be wanted or not.
    pub enum Kind as "NotificationType" {
        Achievement = "achievement",
        Mention = "mention",
        Like = "like",
        Comment = "comment",
        JobMatch = "job_match",
        MentorRequest = "mentor_request",
        Session = "session",
        Application = "application",
        Course = "course",
        Connection = "connection",
        System = "system",
    }
}

text_enum! {
    /// How often a digest is mailed.
    pub enum Digest { Off = "off", Daily = "daily", Weekly = "weekly" }
}

text_enum! {
    /// A language that careerd writes.
    pub enum Language { En = "en", Uk = "uk" }
}

text_enum! {
    /// What notifications become.
    pub enum ReadStatus { Read = "read", Unread = "unread" }
}

impl Kind {
    /// What somebody who never chose hears of this kind.
    pub fn default_wanted(self) -> Wanted {
        Wanted { in_app: true, email: !matches!(self, Kind::Like | Kind::System) }
    }

    /// Whether the mail about it is the notification itself; the other kinds have a mail of their own, which the reaction
    /// to their cause sends.
    pub fn is_mailed_as_it_is(self) -> bool {
        matches!(self, Kind::Mention | Kind::Like | Kind::Comment | Kind::Application | Kind::Connection | Kind::System)
    }
}

/// Something that somebody is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Notification {
    /// Its number.
    pub id: Id<Notification>,
    /// Who is told.
    pub user: Id<User>,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// One line.
    pub title: String,
    /// A few sentences.
    pub message: String,
    /// Where it leads, as a path of this instance.
    pub link: Option<String>,
    /// Who caused it.
    pub related_user: Option<UserRef>,
    /// Whether it was read.
    pub is_read: bool,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// When it was told first.
    pub created_at: Timestamp,
    /// When it last changed: read, or folded.
    pub updated_at: Timestamp,
}

/// What is to be told to somebody: the arguments of `send_notification`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// Who is told.
    pub user: Id<User>,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// One line; what is beyond 200 characters is cut.
    pub title: String,
    /// A few sentences; what is beyond 1000 characters is cut.
    pub message: String,
    /// Where it leads.
    #[serde(default)]
    pub link: Option<String>,
    /// Who caused it.
    #[serde(default)]
    pub related_user: Option<Id<User>>,
    /// Names the cause: told once to this user.
    pub key: String,
    /// What it folds into.
    #[serde(default)]
    pub fold: Option<Fold>,
}

/// How notices of one thing become one: "Ann and 3 others liked your post". They fold for an hour into the row that is
/// still unread.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fold {
    /// The thing, as `post:17`; one thing per kind.
    pub thing: String,
    /// Who did it this time.
    pub who: String,
    /// What they did, as `liked your post "Hello"`.
    pub did: String,
}

impl Fold {
    /// The title once `others` people did it besides `who`.
    pub fn title(&self, others: i64) -> String {
        let Self { who, did, .. } = self;
        match others {
            ..=0 => format!("{who} {did}"),
            1 => format!("{who} and 1 other {did}"),
            _ => format!("{who} and {others} others {did}"),
        }
    }
}

impl Notice {
    /// A notice to `user`, told once under `key`.
    pub fn new(user: Id<User>, kind: Kind, key: String, title: String, message: String) -> Self {
        Self { user, kind, title, message, link: None, related_user: None, key, fold: None }
    }

    /// The same, leading to this path.
    #[must_use]
    pub fn link(self, path: String) -> Self {
        Self { link: Some(path), ..self }
    }

    /// The same, caused by this user.
    #[must_use]
    pub fn by(self, user: Id<User>) -> Self {
        Self { related_user: Some(user), ..self }
    }

    /// The same, folding with others of its thing.
    #[must_use]
    pub fn folding(self, fold: Fold) -> Self {
        Self { fold: Some(fold), ..self }
    }
}

/// Whether something is wanted here, and by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Wanted {
    /// Among the notifications.
    pub in_app: bool,
    /// By mail.
    pub email: bool,
}

/// What somebody wants to hear of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Preferences {
    /// By kind of notification.
    #[schema(value_type = BTreeMap<String, Wanted>)]
    pub types: BTreeMap<Kind, Wanted>,
    /// How often a digest is mailed.
    pub digest: Digest,
    /// Whether the week's figures are mailed on Mondays.
    pub weekly_report: bool,
    /// Name in the IANA time zone database.
    pub timezone: String,
    /// The language of mails.
    pub language: Language,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            types: Kind::ALL.iter().map(|kind| (*kind, kind.default_wanted())).collect(),
            digest: Digest::Daily,
            weekly_report: true,
            timezone: "UTC".into(),
            language: Language::En,
        }
    }
}

impl Preferences {
    /// Reads a body over these preferences: kinds left out keep what they have.
    pub fn read(mut self, body: &mut Fields) -> Self {
        let default = Self::default();
        let base = self.types.clone();
        body.defaulting_to(default.types, "types", &mut self.types, |input| over(base.clone(), input.json()));
        body.defaulting_to(default.digest, "digest", &mut self.digest, choice);
        body.defaulting_to(default.weekly_report, "weekly_report", &mut self.weekly_report, flag);
        body.defaulting_to(default.timezone, "timezone", &mut self.timezone, |input| {
            let name = text(1..=64)(input)?;
            match name.parse::<chrono_tz::Tz>() {
                Ok(zone) => Ok(zone.name().to_owned()),
                Err(_) => Err("Give the name of a time zone, as Europe/Kyiv.".into()),
            }
        });
        body.defaulting_to(default.language, "language", &mut self.language, choice);
        self
    }
}

/// Lays `{type: {in_app, email}}` over what was chosen before.
fn over(mut types: BTreeMap<Kind, Wanted>, value: &Value) -> Read<BTreeMap<Kind, Wanted>> {
    let form = || "Give an object like {\"like\": {\"in_app\": true, \"email\": false}}.".to_owned();
    for (name, choice) in value.as_object().ok_or_else(form)? {
        if name == "security" {
            return Err("Mail about the security of an account cannot be turned off.".into());
        }
        let wanted = types.entry(Kind::read(name)?);
        let wanted = wanted.or_insert(Wanted { in_app: true, email: false });
        let choice = choice.as_object().ok_or_else(form)?;
        for (way, slot) in [("in_app", &mut wanted.in_app), ("email", &mut wanted.email)] {
            if let Some(value) = choice.get(way) {
                *slot = value.as_bool().ok_or_else(form)?;
            }
        }
    }
    Ok(types)
}

/// The filters of `GET /notifications/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotificationFilter {
    /// Only of these kinds.
    #[param(rename = "type")]
    pub kind: Vec<Kind>,
    /// Only read ones, or only unread ones.
    pub is_read: Option<bool>,
}

impl Filter for NotificationFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("type", &mut filter.kind, 20, choice);
        query.optional("is_read", &mut filter.is_read, flag);
        filter
    }
}

/// What happened to notifications.
#[derive(Serialize)]
pub enum Event {
    /// Something was told for the first time; what folds into it is not told again.
    Stored {
        /// The row.
        notification: Id<Notification>,
        /// Who is told.
        user: Id<User>,
        /// What it is about.
        kind: Kind,
        /// Whether it is to be mailed as it is.
        mail: bool,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let Event::Stored { notification, .. } = self;
        Facts::new("notifications.stored", None::<Id<User>>, "notification", *notification)
    }
}
