//! Telling people in the background.

use std::sync::Arc;

use anyhow::Result;
use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{Notice, service, store};
use crate::{
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        id::Id,
        task::{Key, Task},
    },
    users::User,
};

/// Tells somebody something, if they want to hear of it.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendNotification(pub Notice);

impl Task for SendNotification {
    const KIND: &'static str = "send_notification";
    const RETRIES: u32 = 3;

    fn key(&self) -> Key {
        Key::Once(format!("{}:{}", self.0.user, self.0.key))
    }

    async fn run(self, app: Arc<App>) -> Result<()> {
        Ok(app.db.write(move |tx| service::tell(tx, self.0)).await?)
    }
}

/// Tells many people something: each notice is queued for itself. Refused as a whole when one of them cannot be read.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "Batch")]
pub struct SendBatchNotifications {
    /// At most 1000.
    pub list: Vec<Notice>,
}

#[derive(Deserialize)]
struct Batch {
    list: Vec<Notice>,
}

impl TryFrom<Batch> for SendBatchNotifications {
    type Error = &'static str;

    fn try_from(Batch { list }: Batch) -> Result<Self, Self::Error> {
        if list.len() > 1000 { Err("give at most 1000 notices") } else { Ok(Self { list }) }
    }
}

impl Task for SendBatchNotifications {
    const KIND: &'static str = "send_batch_notifications";
    const RETRIES: u32 = 2;

    async fn run(self, app: Arc<App>) -> Result<()> {
        let queue =
            move |tx: &Tx<'_>| self.list.into_iter().try_for_each(|it| tx.enqueue(&SendNotification(it)).map(drop));
        Ok(app.db.write(queue).await?)
    }
}

/// Marks what somebody was told as read: all of it, or what is no younger than `before`.
#[derive(Serialize, Deserialize)]
pub struct MarkNotificationsRead {
    /// Whose.
    pub user: Id<User>,
    /// Up to when.
    #[serde(default)]
    pub before: Option<Timestamp>,
}

impl Task for MarkNotificationsRead {
    const KIND: &'static str = "mark_notifications_read_batch";
    const RETRIES: u32 = 2;

    async fn run(self, app: Arc<App>) -> Result<()> {
        app.db.write(move |tx| store::read_all(tx, self.user, None, self.before)).await?;
        Ok(())
    }
}

/// Days after which unread notifications go as well.
const UNREAD_DAYS: i64 = 180;
/// Days for which it is remembered what was told: as long as events are kept.
const KEY_DAYS: i64 = 400;
/// How many rows go in one commit, so that nobody waits long for the writer.
const CHUNK: u32 = 1000;

/// Removes notifications that were read this many days ago or longer, and what nobody read for half a year.
#[derive(Serialize, Deserialize)]
pub struct CleanupOldNotifications {
    /// 30 when left out.
    #[serde(default = "month")]
    pub days: u16,
}

impl Default for CleanupOldNotifications {
    fn default() -> Self {
        Self { days: month() }
    }
}

fn month() -> u16 {
    30
}

impl Task for CleanupOldNotifications {
    const KIND: &'static str = "cleanup_old_notifications";
    const RETRIES: u32 = 1;

    async fn run(self, app: Arc<App>) -> Result<()> {
        let ago = |days: i64| app.clock.now().plus(-Duration::days(days));
        let (read, unread, keys) = (ago(self.days.into()), ago(UNREAD_DAYS), ago(KEY_DAYS));
        while app.db.write(move |tx| store::purge(tx, read, unread, keys, CHUNK)).await? >= CHUNK as usize {}
        Ok(())
    }
}
