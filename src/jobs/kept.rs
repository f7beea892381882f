//! Pages of postings that are alike for all who look but for how well each fits: read once between two writes, with the matches
//! of each caller written into the finished text.

use std::sync::Arc;

use chrono::Duration;
use memchr::memmem;

use super::{
    Job,
    matching::{self, Seeker, Wanted},
};
use crate::{
    platform::{
        app::App,
        cache::{Ready, Steady},
        clock::Timestamp,
        error::Result,
        id::Id,
        list::Page,
    },
    users::User,
};

/// What stands behind each posting of a page that is kept. No text that somebody wrote holds it, as its quotes would be escaped.
const MATCH: &[u8] = br#","match_percentage":0"#;
/// What [`Wanted`] takes of memory with some skills, and what a skill that is held takes: in bytes, generously.
const WANTED: usize = 400;
const HELD: usize = 32;

/// A page as JSON, cut behind each posting.
pub struct Cut {
    json: Ready,
    /// Where the match of each posting is to be written, and what decides it.
    places: Vec<(usize, Wanted)>,
}

impl Cut {
    /// Cuts this page.
    ///
    /// # Errors
    /// None in practice: a page has a JSON form.
    pub fn of(page: Page<(Job, Wanted)>) -> Result<Self> {
        let mut wanted = vec![];
        let page = page.try_map(|(mut job, of_it)| {
            job.match_percentage = Some(0);
            wanted.push(of_it);
            Ok(job)
        })?;
        let json = Ready::of(&page)?;
        let places = memmem::find_iter(json.json(), MATCH).map(|it| it + MATCH.len() - 1).zip(wanted).collect();
        Ok(Self { json, places })
    }

    /// The page for somebody.
    pub fn to(&self, seeker: &Seeker, now: Timestamp) -> Ready {
        let json = self.json.json();
        let mut whole = Vec::with_capacity(json.len() + 2 * self.places.len());
        let (mut done, mut told) = (0, self.json.tag().to_owned());
        for (place, wanted) in &self.places {
            whole.extend_from_slice(&json[done..*place]);
            let fits = matching::terms(seeker, wanted, now).sum().to_string();
            whole.extend_from_slice(fits.as_bytes());
            told = told + " " + &fits;
            done = place + 1;
        }
        whole.extend_from_slice(&json[done..]);
        Ready::made_of(whole, told.as_bytes())
    }
}

/// What this process keeps between two writes: such pages, and those who look at them.
pub struct Kept {
    /// Pages by their address.
    pub pages: Steady<Arc<Cut>>,
    seekers: Steady<Arc<Seeker>>,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            pages: Steady::new(16 << 20, |it: &Arc<Cut>| it.json.json().len() + it.places.len() * WANTED),
            seekers: Steady::new(4 << 20, |it: &Arc<Seeker>| 256 + it.held.len() * HELD),
        }
    }
}

impl Kept {
    /// Somebody, as postings look at them.
    ///
    /// # Errors
    /// 404 when there is no such account.
    pub async fn seeker(&self, app: &App, user: Id<User>) -> Result<Arc<Seeker>> {
        let read = move |conn: &_| matching::seeker(conn, user).map(Arc::new);
        app.steady(&self.seekers, user.to_string(), Duration::hours(1), read).await
    }
}
