//! How far one stream has told, and what it tells next.

use chrono::Duration;
use rusqlite::Connection;
use serde::Serialize;

use super::store;
use crate::{
    notifications::{Notification, service::FOLD, store as notifications},
    platform::{clock::Timestamp, error::Result, id::Id},
    users::User,
};

/// How many notifications are sent at once; whoever missed more is told to read the list anew.
const MOST: usize = 100;

/// One thing to tell.
pub enum News {
    /// Something that was told, for the first time or with another cause folded into it.
    Notification(Box<Notification>),
    /// Too much was missed, or what was seen is not known: the list is to be read anew. With the number of the newest
    /// notification and how many are unread.
    Resync(i64, Unread),
    /// How many are unread now.
    Unread(Unread),
}

/// How many notifications are unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Notifications that were not read yet.
    pub unread: i64,
}

/// How far one stream has told.
pub struct View {
    user: Id<User>,
    /// The last notification it told of; none before it began.
    seen: Option<i64>,
    /// Those that others may fold into, and in which state it told of them.
    folded: Vec<(Id<Notification>, Timestamp)>,
    unread: Option<i64>,
}

impl View {
    /// A stream of what is told to `user` after the notification `seen`, or from now on.
    pub fn new(user: Id<User>, seen: Option<i64>) -> Self {
        Self { user, seen, folded: vec![], unread: None }
    }

    /// What there is to tell, oldest first, and the state after telling it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn look(mut self, conn: &Connection, now: Timestamp) -> Result<(Self, Vec<News>)> {
        let unread = notifications::unread(conn, self.user)?;
        let foldable = store::foldable(conn, self.user, now.plus(-FOLD - Duration::minutes(1)))?;
        let mut news = vec![];
        if let Some(seen) = self.seen {
            let begins = self.unread.is_none();
            let told = store::told_after(conn, self.user, seen, MOST + 1)?;
            if told.len() > MOST || begins && seen > store::last_ever(conn)? {
                let newest = store::last_of(conn, self.user)?;
                self.seen = Some(newest);
                self.unread = Some(unread);
                news.push(News::Resync(newest, Unread { unread }));
            } else {
                // What was folded while nobody listened changed after the last thing they heard was told.
                let heard = if begins { Some(store::told_at(conn, seen)?.unwrap_or_default()) } else { None };
                let changed = |id: &Id<Notification>, at: &Timestamp| match heard {
                    Some(heard) => *at > heard,
                    None => !self.folded.contains(&(*id, *at)),
                };
                let again: Vec<_> =
                    foldable.iter().filter(|(id, at)| id.raw() <= seen && changed(id, at)).map(|it| it.0).collect();
                let again = notifications::get_all(conn, self.user, &again)?;
                self.seen = told.last().map_or(Some(seen), |it| Some(it.id.raw()));
                news.extend(again.into_iter().chain(told).map(|it| News::Notification(Box::new(it))));
            }
        } else {
            self.seen = Some(store::last_of(conn, self.user)?);
        }
        self.folded = foldable;
        if self.unread != Some(unread) {
            self.unread = Some(unread);
            news.push(News::Unread(Unread { unread }));
        }
        Ok((self, news))
    }
}
