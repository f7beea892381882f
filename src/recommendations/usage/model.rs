//! What is told of the use of recommendations.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        fields::{Fields, integer},
        list::Filter,
    },
    recommendations::ClickKind,
};

/// The use of recommendations of one kind, or at one place of their lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageRow {
    /// What was recommended.
    pub kind: ClickKind,
    /// The place in its list, from 1; null for all places together, and for clicks that named none.
    pub position: Option<i64>,
    /// How often one was shown.
    pub shown: i64,
    /// How often one was followed.
    pub clicked: i64,
    /// Followed ones, each counted once for its person, that led to something: an application, an enrolment, a request to the
    /// mentor, the skill in the profile, a request to connect.
    pub applied: i64,
}

/// The use of recommendations.
#[derive(Debug, Serialize, ToSchema)]
pub struct Usage {
    /// One row per kind.
    pub by_kind: Vec<UsageRow>,
    /// One row per kind and place that was shown or followed.
    pub by_position: Vec<UsageRow>,
    /// From when on it was counted: the first moment of a UTC day.
    pub since: Timestamp,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Of which time.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsageFilter {
    /// The last so many UTC days, today included: 1 to 365, 30 when left out.
    #[param(default = 30, minimum = 1, maximum = 365)]
    pub days: i64,
}

impl Filter for UsageFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { days: 30 };
        query.defaulting_to(30, "days", &mut it.days, integer(1..=365));
        it
    }
}

impl UsageFilter {
    /// The first moment of the asked time.
    pub fn since(self, now: Timestamp) -> Timestamp {
        Timestamp::from_seconds((now.seconds() / 86_400 - self.days + 1) * 86_400)
    }
}
