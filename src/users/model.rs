//! Who people are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{reference::shown_name, sign_in::Session};
use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, Read, choice, flag, ruled, text},
        id::Id,
        list::Filter,
        validate,
    },
    text_enum,
};

text_enum! {
    /// How experienced somebody is, or how experienced a job wants them.
    pub enum ExperienceLevel {
        Entry = "entry" | "entry-level",
        Junior = "junior" | "junior-level",
        Mid = "mid" | "mid-level" | "middle",
        Senior = "senior" | "senior-level",
        Lead = "lead",
    }
}

text_enum! {
    /// How somebody likes to learn.
    pub enum LearningStyle { Visual = "visual", Reading = "reading", HandsOn = "hands-on", Mixed = "mixed" }
}

/// A person, as everybody sees them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct User {
    /// Its number, never used again.
    pub id: Id<User>,
    /// Unique in any case.
    pub username: String,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they call themselves, as "Backend developer".
    pub title: String,
    /// A few sentences.
    pub bio: String,
    /// City and country.
    pub location: String,
    /// Own page.
    pub website: String,
    /// Page on GitHub.
    pub github_url: String,
    /// Page on LinkedIn.
    pub linkedin_url: String,
    /// Page on Twitter.
    pub twitter_url: String,
    /// Page on Telegram.
    pub telegram_url: String,
    /// Address of the picture.
    pub profile_picture: Option<String>,
    /// Where they want to get.
    pub career_goal: String,
    /// How experienced they are.
    pub experience_level: Option<ExperienceLevel>,
    /// How they like to learn.
    pub learning_style: Option<LearningStyle>,
    /// Whether remote work suits them.
    pub open_to_remote: bool,
    /// The sum of their ledger.
    pub points: i64,
    /// Has an approved mentor profile.
    pub is_mentor: bool,
    /// A mark without privileges.
    pub is_premium: bool,
    /// Administers this instance.
    pub is_staff: bool,
    /// May create courses and projects.
    pub is_instructor: bool,
    /// May post jobs.
    pub is_recruiter: bool,
    /// May hide content.
    pub is_moderator: bool,
    /// Whether the account is in use.
    pub is_active: bool,
    /// When they were last seen, to the minute.
    pub last_active: Option<Timestamp>,
    /// When they registered.
    pub created_at: Timestamp,
    /// When the profile last changed.
    pub updated_at: Timestamp,
    /// Only for themselves and admins.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub private: Option<Private>,
}

/// What only the person and admins see of an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Private {
    /// Unique in any case.
    pub email: String,
    /// Whether the address was proven by a link.
    pub email_verified: bool,
    /// Whether a second factor is needed to sign in.
    pub totp_enabled: bool,
    /// When they last signed in.
    pub last_login: Option<Timestamp>,
    /// When they asked for the end of the account.
    pub deleted_at: Option<Timestamp>,
    /// When it will be erased.
    pub erase_at: Option<Timestamp>,
}

impl User {
    /// What others read where this account is named in a sentence.
    pub fn shown_name(&self) -> String {
        shown_name(&self.first_name, &self.last_name, &self.username)
    }

    /// Whether nothing but its number is left: it was left, and its time is over.
    pub fn is_erased(&self) -> bool {
        self.private.as_ref().is_some_and(|it| it.deleted_at.is_some() && it.erase_at.is_none()) && !self.is_active
    }

    /// The parts of a profile that its owner writes.
    pub fn draft(&self) -> ProfileDraft {
        ProfileDraft {
            username: self.username.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            title: self.title.clone(),
            bio: self.bio.clone(),
            location: self.location.clone(),
            website: self.website.clone(),
            github_url: self.github_url.clone(),
            linkedin_url: self.linkedin_url.clone(),
            twitter_url: self.twitter_url.clone(),
            telegram_url: self.telegram_url.clone(),
            career_goal: self.career_goal.clone(),
            experience_level: self.experience_level,
            learning_style: self.learning_style,
            open_to_remote: self.open_to_remote,
        }
    }
}

/// What the owner of a profile writes of it. Left out by PUT, a field falls back to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProfileDraft {
    /// 3 to 30 letters, digits, `_` or `-`.
    pub username: String,
    /// At most 150 characters.
    #[schema(required = false)]
    pub first_name: String,
    /// At most 150 characters.
    #[schema(required = false)]
    pub last_name: String,
    /// At most 100 characters.
    #[schema(required = false)]
    pub title: String,
    /// 10 to 500 characters, or empty.
    #[schema(required = false)]
    pub bio: String,
    /// At most 100 characters.
    #[schema(required = false)]
    pub location: String,
    /// An http or https address.
    #[schema(required = false)]
    pub website: String,
    /// An http or https address.
    #[schema(required = false)]
    pub github_url: String,
    /// An http or https address.
    #[schema(required = false)]
    pub linkedin_url: String,
    /// An http or https address.
    #[schema(required = false)]
    pub twitter_url: String,
    /// An http or https address.
    #[schema(required = false)]
    pub telegram_url: String,
    /// At most 500 characters.
    #[schema(required = false)]
    pub career_goal: String,
    /// How experienced they are.
    pub experience_level: Option<ExperienceLevel>,
    /// How they like to learn.
    pub learning_style: Option<LearningStyle>,
    /// Whether remote work suits them.
    #[schema(required = false)]
    pub open_to_remote: bool,
}

impl Default for ProfileDraft {
    fn default() -> Self {
        let none = String::new;
        Self {
            username: none(),
            first_name: none(),
            last_name: none(),
            title: none(),
            bio: none(),
            location: none(),
            website: none(),
            github_url: none(),
            linkedin_url: none(),
            twitter_url: none(),
            telegram_url: none(),
            career_goal: none(),
            experience_level: None,
            learning_style: None,
            open_to_remote: true,
        }
    }
}

fn link(text: &str) -> Read<String> {
    validate::Url::default().check(text)
}

impl ProfileDraft {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("username", &mut self.username, ruled(validate::USERNAME, validate::username));
        body.defaulted("first_name", &mut self.first_name, text(0..=150));
        body.defaulted("last_name", &mut self.last_name, text(0..=150));
        body.defaulted("title", &mut self.title, text(0..=100));
        body.defaulted("bio", &mut self.bio, ruled(validate::BIO, |it| validate::BioLength::default().check(it)));
        body.defaulted("location", &mut self.location, text(0..=100));
        body.defaulted("website", &mut self.website, ruled(validate::URL, link));
        body.defaulted("github_url", &mut self.github_url, ruled(validate::URL, link));
        body.defaulted("linkedin_url", &mut self.linkedin_url, ruled(validate::URL, link));
        body.defaulted("twitter_url", &mut self.twitter_url, ruled(validate::URL, link));
        body.defaulted("telegram_url", &mut self.telegram_url, ruled(validate::URL, link));
        body.defaulted("career_goal", &mut self.career_goal, text(0..=500));
        body.optional("experience_level", &mut self.experience_level, choice);
        body.optional("learning_style", &mut self.learning_style, choice);
        body.defaulting_to(true, "open_to_remote", &mut self.open_to_remote, flag);
        self
    }
}

/// What a new account is made of, before its password is hashed.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub struct NewAccount {
    /// 3 to 30 letters, digits, `_` or `-`; unique in any case.
    pub username: String,
    /// Unique in any case.
    pub email: String,
    /// 10 to 200 characters, not among the common ones.
    pub password: String,
    /// At most 150 characters.
    #[serde(default)]
    pub first_name: String,
    /// At most 150 characters.
    #[serde(default)]
    pub last_name: String,
    /// At most 100 characters.
    #[serde(default)]
    pub title: String,
}

/// The filters of `GET /users/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// Only mentors, or only others.
    pub is_mentor: Option<bool>,
    /// Only premium accounts, or only others.
    pub is_premium: Option<bool>,
    /// Holds this skill: its id or name.
    pub skill: Option<String>,
    /// A part of their location.
    pub location: Option<String>,
}

impl Filter for UserFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("is_mentor", &mut filter.is_mentor, flag);
        query.optional("is_premium", &mut filter.is_premium, flag);
        query.optional("skill", &mut filter.skill, text(1..=100));
        query.optional("location", &mut filter.location, text(1..=100));
        filter
    }
}

/// What happened to accounts.
#[derive(Serialize)]
pub enum Event {
    /// Somebody registered, or was registered.
    Registered {
        /// The new account.
        user: Id<User>,
    },
    /// A profile changed in what recommendations look at.
    ProfileChanged {
        /// Whose.
        user: Id<User>,
    },
    /// Somebody signed in.
    SignedIn {
        /// Who.
        user: Id<User>,
    },
    /// Somebody signed in from where, or with what, they have not in a long time.
    SignedInElsewhere {
        /// Who.
        user: Id<User>,
        /// The sign-in.
        sign_in: Id<Session>,
    },
    /// A refresh token was used again after it was spent: all of its family were ended.
    TokenReused {
        /// Whose.
        user: Id<User>,
        /// The sign-in that was ended.
        sign_in: Id<Session>,
    },
    /// A password was set; every sign-in ended.
    PasswordChanged {
        /// Whose.
        user: Id<User>,
    },
    /// Somebody gave an address to be mailed a link for a new password.
    ResetAsked {
        /// Whose address it is; none when it is nobody's, which must take the same way.
        user: Option<Id<User>>,
    },
    /// A link that proves the address was asked for.
    VerificationAsked {
        /// Whose.
        user: Id<User>,
    },
    /// Somebody wants another address, which has to be proven first.
    EmailChangeAsked {
        /// Who.
        user: Id<User>,
    },
    /// The account has another address.
    EmailChanged {
        /// Whose.
        user: Id<User>,
        /// Whether the one before was told when the change was asked for.
        told: bool,
    },
    /// The second factor was set, removed, or got new recovery codes.
    SecondFactorChanged {
        /// Whose.
        user: Id<User>,
        /// What of it.
        change: FactorChange,
    },
    /// An admin corrected the ledger.
    PointsAdjusted {
        /// Whose.
        user: Id<User>,
        /// Points given, or taken when negative.
        amount: i64,
    },
    /// The account was taken out of use.
    Deactivated {
        /// Whose.
        user: Id<User>,
    },
    /// The account was taken into use again.
    Activated {
        /// Whose.
        user: Id<User>,
    },
    /// Somebody asked for the end of their account.
    Leaving {
        /// Who.
        user: Id<User>,
    },
    /// They came back before it was erased.
    Returned {
        /// Who.
        user: Id<User>,
    },
    /// The account was erased; its number stays.
    Erased {
        /// Who they were.
        user: Id<User>,
    },
}

text_enum! {
    /// What changed of a second factor.
    pub enum FactorChange { On = "on", Off = "off", Codes = "codes" }
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let nobody = Id::new(0);
        // Who is told of what others may have done is not its actor.
        let (kind, actor, user) = match *self {
            Event::Registered { user } => ("users.registered", Some(user), user),
            Event::ProfileChanged { user } => ("users.profile_changed", Some(user), user),
            Event::SignedIn { user } => ("users.signed_in", Some(user), user),
            Event::SignedInElsewhere { user, .. } => ("users.signed_in_elsewhere", None, user),
            Event::TokenReused { user, .. } => ("users.token_reused", None, user),
            Event::PasswordChanged { user } => ("users.password_changed", None, user),
            Event::ResetAsked { user } => ("users.reset_asked", None, user.unwrap_or(nobody)),
            Event::VerificationAsked { user } => ("users.verification_asked", None, user),
            Event::EmailChangeAsked { user } => ("users.email_change_asked", None, user),
            Event::EmailChanged { user, .. } => ("users.email_changed", None, user),
            Event::SecondFactorChanged { user, .. } => ("users.second_factor_changed", None, user),
            Event::PointsAdjusted { user, .. } => ("users.points_adjusted", None, user),
            Event::Deactivated { user } => ("users.deactivated", None, user),
            Event::Activated { user } => ("users.activated", None, user),
            Event::Leaving { user } => ("users.leaving", None, user),
            Event::Returned { user } => ("users.returned", None, user),
            Event::Erased { user } => ("users.erased", None, user),
        };
        Facts::new(kind, actor, "user", user)
    }
}
