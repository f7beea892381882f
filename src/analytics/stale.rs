//! Whose kept figures an event makes stale: the other side of what is counted in [`Doings`](super::Doings).

use std::any::Any;

use super::service::{KEPT, person_key};
use crate::{
    achievements,
    courses::learning,
    jobs::applications,
    mentors::sessions,
    platform::{db::Tx, error::Result, id::Id},
    skills,
    users::{self, User},
};

/// Drops what is kept and an event makes stale, in the commit of that event.
///
/// # Errors
/// Those of the database.
pub fn drop_stale(tx: &Tx<'_>, event: &dyn Any) -> Result<()> {
    if let Some(users::Event::Erased { .. }) = event.downcast_ref() {
        // They may be named in what is kept of all.
        return tx.uncache(KEPT);
    }
    for user in moved(event) {
        tx.uncache(&person_key(user))?;
    }
    Ok(())
}

/// Whose figures an event moves.
fn moved(event: &dyn Any) -> Vec<Id<User>> {
    let found = of_skills(event).or_else(|| of_learning(event)).or_else(|| of_applications(event));
    found.or_else(|| of_achievements(event)).or_else(|| of_sessions(event)).unwrap_or_default()
}

fn of_skills(event: &dyn Any) -> Option<Vec<Id<User>>> {
    use skills::Event;
    Some(match event.downcast_ref()? {
        Event::Added { user, .. }
        | Event::Changed { user, .. }
        | Event::Removed { user, .. }
        | Event::Synced { user, .. }
        | Event::SyncUndone { user, .. }
        | Event::Endorsed { user, .. }
        | Event::Unendorsed { user, .. } => vec![*user],
        Event::Merged { holders, .. } => holders.clone(),
        _ => vec![],
    })
}

fn of_learning(event: &dyn Any) -> Option<Vec<Id<User>>> {
    use learning::Event;
    Some(match event.downcast_ref()? {
        Event::Enrolled { user, .. } | Event::Moved { user, .. } | Event::Completed { user, .. } => vec![*user],
        _ => vec![],
    })
}

fn of_applications(event: &dyn Any) -> Option<Vec<Id<User>>> {
    use applications::Event;
    Some(match event.downcast_ref()? {
        Event::Applied { user, .. } | Event::Moved { user, .. } | Event::Withdrawn { user, .. } => vec![*user],
    })
}

fn of_achievements(event: &dyn Any) -> Option<Vec<Id<User>>> {
    use achievements::Event;
    Some(match event.downcast_ref()? {
        Event::Earned { user, .. } | Event::Revoked { user, .. } => vec![*user],
        _ => vec![],
    })
}

fn of_sessions(event: &dyn Any) -> Option<Vec<Id<User>>> {
    use sessions::Event;
    Some(match event.downcast_ref()? {
        Event::Scheduled { it, .. } | Event::Ended { it, .. } => vec![it.mentor],
        _ => vec![],
    })
}
