//! Accounts, as admins see and change them.

mod routes;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        fields::{Fields, flag, moment},
        list::Filter,
    },
    text_enum,
    users::User,
};

pub use routes::addresses;

/// An account with what its owner made and has.
#[derive(Debug, Serialize, ToSchema)]
pub struct Account {
    /// The account, with what is private.
    #[serde(flatten)]
    pub user: User,
    /// How much there is of what.
    pub counts: Counts,
}

/// How much somebody made and has.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Skills held.
    pub skills: i64,
    /// Achievements that stand.
    pub achievements: i64,
    /// Résumés.
    pub resumes: i64,
    /// Applications, withdrawn ones among them.
    pub applications: i64,
    /// Courses begun.
    pub enrolments: i64,
    /// Projects begun.
    pub projects: i64,
    /// Postings that are not deleted.
    pub jobs: i64,
    /// Courses taught that are not deleted.
    pub courses: i64,
    /// Posts that are not deleted.
    pub posts: i64,
    /// Comments that are not deleted.
    pub comments: i64,
    /// Live sign-ins.
    pub sign_ins: i64,
}

text_enum! {
    /// Whether an account is in use.
    pub enum Use { Active = "active", Inactive = "inactive" }
}

/// The filters of the accounts.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountFilter {
    /// In use, or not.
    pub is_active: Option<bool>,
    /// Admins, or others.
    pub is_staff: Option<bool>,
    /// Instructors, or others.
    pub is_instructor: Option<bool>,
    /// Recruiters, or others.
    pub is_recruiter: Option<bool>,
    /// Moderators, or others.
    pub is_moderator: Option<bool>,
    /// Mentors, or others.
    pub is_mentor: Option<bool>,
    /// Premium accounts, or others.
    pub is_premium: Option<bool>,
    /// Those whose address is proven, or others.
    pub verified: Option<bool>,
    /// Registered at or after this.
    pub joined_after: Option<Timestamp>,
    /// Registered at or before this.
    pub joined_before: Option<Timestamp>,
    /// Signed in at or after this.
    pub last_login_after: Option<Timestamp>,
    /// Signed in last at or before this.
    pub last_login_before: Option<Timestamp>,
}

impl Filter for AccountFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        for (name, slot) in [
            ("is_active", &mut filter.is_active),
            ("is_staff", &mut filter.is_staff),
            ("is_instructor", &mut filter.is_instructor),
            ("is_recruiter", &mut filter.is_recruiter),
            ("is_moderator", &mut filter.is_moderator),
            ("is_mentor", &mut filter.is_mentor),
            ("is_premium", &mut filter.is_premium),
            ("verified", &mut filter.verified),
        ] {
            query.optional(name, slot, flag);
        }
        for (after, before, bounds) in [
            ("joined_after", "joined_before", (&mut filter.joined_after, &mut filter.joined_before)),
            ("last_login_after", "last_login_before", (&mut filter.last_login_after, &mut filter.last_login_before)),
        ] {
            query.optional(after, bounds.0, moment);
            query.optional(before, bounds.1, moment);
            if let (Some(from), Some(to)) = (*bounds.0, *bounds.1) {
                query.check(after, from <= to, &format!("This must not be later than {before}."));
            }
        }
        filter
    }
}
