//! How often passwords and one-time codes may be tried.
//!
//! The failures lie in the database: a guesser must not get a fresh start by a restart or by another process, and beside the
//! hashing of a password the row costs nothing. A check is judged when its outcome is written, one after the other, so
//! however many are under way at once, no more outcomes are told than the limits allow.

mod store;

use chrono::Duration;
use rusqlite::Connection;

use super::duration;
use crate::{
    platform::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Error, LimitType, Result},
        id::Id,
        token,
    },
    users::User,
};

/// The wait that the first failure too many brings; each further one doubles it.
const FIRST_WAIT: Duration = Duration::minutes(1);
/// How long an address counts as one that its account uses.
const FAMILIAR: Duration = Duration::days(30);

#[derive(Clone, Copy)]
struct Limits {
    window: Duration,
    wait_max: Duration,
    per_pair: u32,
    per_network: u32,
    per_account: u32,
}

/// One check of a password or a code, before or after its outcome is known.
#[derive(Clone)]
pub struct Attempt {
    user: Option<Id<User>>,
    account: String,
    network: String,
    limits: Limits,
}

impl Attempt {
    /// A check of what belongs to `user`, or to nobody who goes by `name`.
    pub fn new(app: &App, user: Option<Id<User>>, name: &str, network: &str) -> Self {
        let it = &app.config.rate_limit;
        let limits = Limits {
            window: duration(it.sign_in_window),
            wait_max: duration(it.sign_in_wait_max),
            per_pair: it.sign_in_per_account_and_address,
            per_network: it.sign_in_per_address,
            per_account: it.sign_in_per_account,
        };
        // A password typed into the wrong field must not be readable here.
        let account = user.map_or_else(|| token::digest(&name.to_lowercase()), |it| it.to_string());
        Self { user, account, network: network.to_owned(), limits }
    }

    fn keys(&self) -> [String; 3] {
        [format!("both:{}:{}", self.account, self.network), self.of_network(), self.of_account()]
    }

    fn of_network(&self) -> String {
        format!("from:{}", self.network)
    }

    fn of_account(&self) -> String {
        format!("of:{}", self.account)
    }

    /// Refuses the check while one of its limits says so.
    ///
    /// # Errors
    /// 429.
    pub fn admit(&self, conn: &Connection, now: Timestamp) -> Result<()> {
        let mut longest: Option<Timestamp> = None;
        for key in self.keys() {
            let Some((_, until)) = store::wait(conn, &key)?.filter(|(_, until)| *until > now) else { continue };
            if key == self.of_account() && self.is_familiar(conn, now)? {
                continue;
            }
            longest = longest.max(Some(until));
        }
        let Some(until) = longest else { return Ok(()) };
        let seconds = (until.since(now).num_milliseconds() + 999) / 1000;
        Err(Error::RateLimited { limit: LimitType::Login, retry_after: u64::try_from(seconds).unwrap_or(1).max(1) })
    }

    fn is_familiar(&self, conn: &Connection, now: Timestamp) -> Result<bool> {
        match self.user {
            Some(user) => store::is_familiar(conn, user, &self.network, now.plus(-FAMILIAR)),
            None => Ok(false),
        }
    }

    /// Notes that it failed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn failed(&self, tx: &Tx<'_>) -> Result<()> {
        let Limits { window, wait_max, per_pair, per_network, per_account } = self.limits;
        let since = tx.now().plus(-window);
        store::forget_before(tx, since, tx.now().plus(-wait_max))?;
        store::insert(tx, &self.account, &self.network)?;
        let counts = store::counts(tx, &self.account, &self.network, since)?;
        for ((key, count), most) in self.keys().iter().zip(counts).zip([per_pair, per_network, per_account]) {
            // A wait that is over is remembered for as long as the longest one lasts: whoever goes on guessing at once
            // finds the next one twice as long.
            let level = store::wait(tx, key)?.map_or(0, |(level, _)| level);
            if level > 0 || count >= i64::from(most) {
                let wait = FIRST_WAIT * (1 << level.clamp(0, 20));
                store::keep_waiting(tx, key, level + 1, tx.now().plus(wait.min(wait_max)))?;
            }
        }
        Ok(())
    }

    /// Notes that it was right: what the same person mistyped here before is forgiven. What others tried is not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn succeeded(&self, tx: &Tx<'_>) -> Result<()> {
        let [both, ..] = self.keys();
        store::forgive(tx, &self.account, &self.network, &both)
    }
}
