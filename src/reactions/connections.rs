//! What follows what happens between people.

use std::any::Any;

use super::of;
use crate::{
    achievements::CheckUserAchievements,
    connections::Event,
    notifications::{Kind, Notice, SendNotification},
    platform::{db::Tx, error::Result},
    recommendations::tasks::RecommendConnections,
};

/// Decides what follows an event between people, if it is one.
pub(super) fn react(tx: &Tx<'_>, event: &dyn Any) -> Option<Result<()>> {
    of(event, |it| on_connections(tx, it))
}

fn on_connections(tx: &Tx<'_>, event: &Event) -> Result<()> {
    match *event {
        Event::Asked { by, ref by_name, user, .. } => {
            // Who asks, takes it back and asks again is told of once a day.
            let key = format!("connection:asked:{by}:{}", tx.now().seconds() / 86_400);
            let title = format!("{by_name} wants to connect with you");
            let notice = Notice::new(user, Kind::Connection, key, title, "Accept or decline the request.".into());
            tx.enqueue(&SendNotification(notice.by(by).link("/connections".into())))?;
        }
        Event::Accepted { connection, by, ref by_name, user } => {
            let title = format!("{by_name} accepted your request");
            let notice = Notice::new(
                user,
                Kind::Connection,
                format!("connection:accepted:{connection}"),
                title,
                "You are connected now.".into(),
            );
            tx.enqueue(&SendNotification(notice.by(by).link(format!("/profile/{by}"))))?;
            for one in [by, user] {
                tx.enqueue(&CheckUserAchievements { user: one })?;
                tx.enqueue(&RecommendConnections::of(one))?;
            }
        }
        // A kept list leaves out whom something stands with when it is shown; whoever became free comes with the next.
        Event::Declined { .. } | Event::Removed { .. } => {}
    }
    Ok(())
}
