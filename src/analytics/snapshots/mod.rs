//! The group figures of each day, kept for good.

pub mod store;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::groups::GroupFigures;
use crate::platform::{
    clock::Timestamp,
    error::{Error, Result},
};

/// What a file of snapshots has of each: the numbers that make a line over time. Lists are left to the answers in JSON.
pub const COLUMNS: &[&str] = &[
    "date",
    "made_at",
    "figures.platform.users.total",
    "figures.platform.users.active",
    "figures.platform.users.mentors",
    "figures.platform.users.premium",
    "figures.platform.content.posts",
    "figures.platform.content.resumes",
    "figures.platform.content.courses",
    "figures.platform.content.enrolments",
    "figures.platform.engagement.mean_points",
    "figures.platform.engagement.withheld",
    "figures.platform.engagement.achievements_earned",
    "figures.platform.engagement.endorsed_skills",
    "figures.platform.jobs.total",
    "figures.platform.jobs.open",
    "figures.platform.jobs.applications",
    "figures.courses.completions",
    "figures.courses.completion_rate",
    "figures.courses.mean_rating",
    "figures.courses.withheld",
    "figures.mentoring.total",
    "figures.mentoring.completed",
    "figures.mentoring.mean_rating",
    "figures.mentoring.withheld",
];

/// The group figures of one UTC day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Snapshot {
    /// The day.
    pub date: NaiveDate,
    /// When it was counted: in the course of the day, or soon after its end.
    pub made_at: Timestamp,
    /// The five groups as they were then: platform, skills, courses, jobs and mentoring. Mentors are named as they are now; those
    /// who are gone are not listed.
    #[schema(value_type = GroupFigures)]
    pub figures: Value,
}

/// Which day's figures can be counted at a moment: those of this day, and those of the one before until they are replaced.
/// Nothing tells what stood here longer ago, so that counting it again would put today's figures under an old date.
///
/// # Errors
/// 400 for any other day.
pub fn check_date(date: NaiveDate, now: Timestamp) -> Result<()> {
    let age = now.date().signed_duration_since(date).num_days();
    if (0..=1).contains(&age) {
        Ok(())
    } else {
        Err(Error::field("date", "Only the figures of today or yesterday can be counted."))
    }
}

/// The figures as they are kept for good: who is named in them may want to be forgotten one day.
///
/// # Errors
/// None in practice: figures have a JSON form.
pub fn nameless(figures: &GroupFigures) -> Result<Value> {
    let mut figures = serde_json::to_value(figures)?;
    for mentor in mentors(&mut figures).into_iter().flatten() {
        if let Some(user) = mentor.get_mut("user").and_then(Value::as_object_mut) {
            user.retain(|field, _| field == "id");
        }
    }
    Ok(figures)
}

fn mentors(figures: &mut Value) -> Option<&mut Vec<Value>> {
    figures.pointer_mut("/mentoring/top_mentors")?.as_array_mut()
}

fn user_of(mentor: &Value) -> Option<i64> {
    mentor.pointer("/user/id")?.as_i64()
}
