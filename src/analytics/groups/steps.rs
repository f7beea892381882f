//! How far applications came, and how long they waited.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{Funnel, JobSteps, store};
use crate::{
    analytics::withheld::{LEAST, median_of, of_enough, rounded},
    jobs::applications::ApplicationStatus,
    platform::{error::Result, id::Id},
    users::User,
};

/// A step, counted.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Applications that came there.
    pub applications: i64,
    /// How many waited so long, by hundredths of a day.
    pub waits: BTreeMap<i64, i64>,
    /// Those who applied, no more than are enough to tell of.
    pub applicants: i64,
}

/// How far applications to postings of a recruiter, or to all, came, and how long each step took.
pub(super) fn steps(conn: &Connection, of: Option<Id<User>>) -> Result<(Funnel, JobSteps)> {
    use ApplicationStatus::{Accepted, Applied, Interview, Offered, Rejected, Withdrawn};
    let steps = [Applied, Interview, Offered, Accepted, Rejected, Withdrawn].map(|it| store::step(conn, it, of, LEAST));
    let [applied, interview, offered, accepted, rejected, withdrawn] = steps;
    let (applied, interview, offered, accepted, rejected) = (applied?, interview?, offered?, accepted?, rejected?);
    // Whoever came anywhere has applied.
    let people = applied.applicants;
    let reached = |step: &Step| of_enough(people, step.applications);
    let funnel = Funnel {
        applied: reached(&applied),
        interview: reached(&interview),
        offered: reached(&offered),
        accepted: reached(&accepted),
        rejected: reached(&rejected),
        withdrawn: reached(&withdrawn?),
        withheld: of_enough(people, ()).is_none(),
    };
    let days = |step: &Step| of_enough(step.applicants, rounded(median_of(&step.waits)? / 100.0, 2));
    let mut steps = JobSteps {
        interview: days(&interview),
        offered: days(&offered),
        accepted: days(&accepted),
        rejected: days(&rejected),
        withheld: false,
    };
    steps.withheld = [steps.interview, steps.offered, steps.accepted, steps.rejected].contains(&None);
    Ok((funnel, steps))
}
