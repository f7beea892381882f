//! What a mentor is.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, IdOrName, Input, Read, Reference, decimal, flag, integer, reference, text},
        id::Id,
        list::Filter,
        rule::Rule,
    },
    skills::{Skill, SkillRef},
    text_enum,
    users::{HasOwner, User, UserRef},
};

/// Skills that one mentor helps with.
pub const MOST_SPECIALIZATIONS: usize = 20;

/// The highest price of an hour.
const MOST_RATE: Money = Money(1_000_000);

text_enum! {
    /// Whether a mentor was let in.
    pub enum MentorStatus { Pending = "pending", Approved = "approved", Rejected = "rejected" }
}

/// An amount of money: hundredths in the database, text like `75.00` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(i64);

impl Money {
    /// Reads `75`, `75.5` and `75.00`, as a number or as text.
    fn read(input: Input<'_>) -> Read<Self> {
        input.tell(|rule| *rule = Rule::number(0.0, MOST_RATE.0 as f64 / 100.0));
        let wrong = || "Give an amount with at most two decimals, as 75.00.".to_owned();
        let text = match input.json() {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return Err(wrong()),
        };
        let (whole, rest) = text.split_once('.').unwrap_or((&text, "0"));
        let rest = rest.trim_end_matches('0');
        let digits = |it: &str| it.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || whole.len() > 9 || rest.len() > 2 || !digits(whole) || !digits(rest) {
            return Err(wrong());
        }
        let amount: i64 = format!("{whole}{rest:0<2}").parse().map_err(|_| wrong())?;
        if amount <= MOST_RATE.0 { Ok(Self(amount)) } else { Err(format!("Give an amount of at most {MOST_RATE}.")) }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ToSql for Money {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for Money {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::schema!(String).pattern(Some("^[0-9]+\\.[0-9]{2}$")).into()
    }
}
impl ToSchema for Money {}

/// Somebody who helps others.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Mentor {
    /// Its number, never used again.
    pub id: Id<Mentor>,
    /// Who they are.
    pub user: UserRef,
    /// What they help with, in their order.
    pub specializations: Vec<SkillRef>,
    /// What they say of themselves.
    pub bio: String,
    /// What an hour costs; null: to be agreed upon.
    pub hourly_rate: Option<Money>,
    /// How long they have done this work.
    pub years_of_experience: i64,
    /// How many hours of a week, Monday to Sunday in their time zone, can be booked; null: no limit.
    pub availability_hours_per_week: Option<i64>,
    /// `(5 × m + Σ ratings) / (5 + n)` of their n reviews, where m is the mean of all reviews of all mentors, 4 until there
    /// are 20; null without any.
    pub rating: Option<f64>,
    /// How many reviews there are.
    pub reviews_count: i64,
    /// How many people they held a session with.
    pub total_mentees: i64,
    /// How many sessions they held.
    pub sessions: i64,
    /// Whether they were let in.
    pub status: MentorStatus,
    /// Whether an admin checked who they are.
    pub verified: bool,
    /// When they became a mentor.
    pub created_at: Timestamp,
    /// When this last changed.
    pub updated_at: Timestamp,
}

impl HasOwner for Mentor {
    fn owner(&self) -> Option<Id<User>> {
        Some(self.user.id)
    }
}

impl Mentor {
    /// The parts that the mentor writes.
    pub fn draft(&self) -> MentorDraft {
        MentorDraft {
            specializations: self.specializations.clone(),
            bio: self.bio.clone(),
            hourly_rate: self.hourly_rate,
            years_of_experience: self.years_of_experience,
            availability_hours_per_week: self.availability_hours_per_week,
        }
    }

    /// Where they are found.
    pub fn location(&self) -> String {
        format!("/api/mentors/{}/", self.id)
    }
}

/// A mentor inside another answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MentorRef {
    /// The number of the mentor profile; null when they are no mentor any more.
    pub id: Option<Id<Mentor>>,
    /// Who they are.
    pub user: UserRef,
}

/// What a mentor writes. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct MentorDraft {
    /// Ids or names of 1 to 20 skills.
    #[schema(value_type = Vec<IdOrName>)]
    pub specializations: Vec<SkillRef>,
    /// 10 to 2000 characters.
    pub bio: String,
    /// 0 to 10000 with at most two decimals, as a number or as text.
    pub hourly_rate: Option<Money>,
    /// 0 to 60.
    #[schema(required = false)]
    pub years_of_experience: i64,
    /// 0 to 80; null: no limit.
    pub availability_hours_per_week: Option<i64>,
}

impl MentorDraft {
    /// Reads a body over this draft. Skills are read inside the write, where their names can be looked up.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("bio", &mut self.bio, text(10..=2000));
        body.optional("hourly_rate", &mut self.hourly_rate, Money::read);
        body.defaulted("years_of_experience", &mut self.years_of_experience, integer(0..=60));
        let hours = &mut self.availability_hours_per_week;
        body.optional("availability_hours_per_week", hours, integer(0..=80));
        self
    }
}

/// The filters of `GET /mentors/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MentorFilter {
    /// An hour costs at least this.
    #[param(value_type = Option<f64>)]
    pub hourly_rate_min: Option<Money>,
    /// An hour costs at most this.
    #[param(value_type = Option<f64>)]
    pub hourly_rate_max: Option<Money>,
    /// The rating is at least this.
    pub rating_min: Option<f64>,
    /// They have done this work for at least so many years.
    pub years_min: Option<i64>,
    /// Helps with this skill: its id or name.
    #[param(value_type = Option<String>)]
    pub skill: Option<Reference<Skill>>,
    /// Only those whom an admin checked, or only others.
    pub verified: Option<bool>,
}

impl Filter for MentorFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("hourly_rate_min", &mut filter.hourly_rate_min, Money::read);
        query.optional("hourly_rate_max", &mut filter.hourly_rate_max, Money::read);
        query.optional("rating_min", &mut filter.rating_min, decimal(0.0..=5.0));
        query.optional("years_min", &mut filter.years_min, integer(0..=60));
        query.optional("skill", &mut filter.skill, reference);
        query.optional("verified", &mut filter.verified, flag);
        if let (Some(least), Some(most)) = (filter.hourly_rate_min, filter.hourly_rate_max) {
            query.check("hourly_rate_min", least <= most, "This must not be more than hourly_rate_max.");
        }
        filter
    }
}

/// What happened to mentors.
#[derive(Serialize)]
pub enum Event {
    /// Somebody wants to be a mentor, for the first time or again, and waits for an admin.
    Applied {
        /// The profile.
        mentor: Id<Mentor>,
        /// Who.
        user: Id<User>,
        /// Their name.
        by_name: String,
        /// Those who can let them in.
        admins: Vec<Id<User>>,
    },
    /// Somebody became a mentor, at once or let in by an admin.
    Approved {
        /// The profile.
        mentor: Id<Mentor>,
        /// Who.
        user: Id<User>,
        /// The admin; none when nobody had to be asked.
        by: Option<Id<User>>,
    },
    /// Somebody was not let in.
    Rejected {
        /// The profile.
        mentor: Id<Mentor>,
        /// Who.
        user: Id<User>,
        /// The admin.
        by: Id<User>,
        /// Why, if it was said.
        #[serde(skip)]
        reason: String,
    },
    /// An admin checked who they are.
    Verified {
        /// The profile.
        mentor: Id<Mentor>,
        /// The admin.
        by: Id<User>,
    },
    /// A mentor changed what others see.
    Changed {
        /// The profile.
        mentor: Id<Mentor>,
        /// Who changed it.
        by: Id<User>,
    },
    /// Somebody is a mentor no more.
    Left {
        /// The profile that was.
        mentor: Id<Mentor>,
        /// Who.
        user: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, mentor, actor) = match *self {
            Event::Applied { mentor, user, .. } => ("mentors.applied", mentor, user),
            Event::Approved { mentor, user, by } => ("mentors.approved", mentor, by.unwrap_or(user)),
            Event::Rejected { mentor, by, .. } => ("mentors.rejected", mentor, by),
            Event::Verified { mentor, by } => ("mentors.verified", mentor, by),
            Event::Changed { mentor, by } => ("mentors.changed", mentor, by),
            Event::Left { mentor, user } => ("mentors.left", mentor, user),
        };
        Facts::new(kind, Some(actor), "mentor", mentor)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_have_two_decimals() {
        let read = |value: Value| Money::read(Input::of(&value)).map(|it| it.to_string());
        for (sent, kept) in [
            (json!(75), "75.00"),
            (json!(75.5), "75.50"),
            (json!(" 0.05 "), "0.05"),
            (json!("75.1000"), "75.10"),
            (json!(10_000), "10000.00"),
            (json!(0), "0.00"),
        ] {
            assert_eq!(read(sent.clone()).as_deref(), Ok(kept), "{sent}");
        }
        for wrong in
            [json!(-1), json!("1.234"), json!(10_000.01), json!("1,5"), json!(""), json!("."), json!(1e300), json!([1])]
        {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
