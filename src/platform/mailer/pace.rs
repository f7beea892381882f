//! When mail may leave: not too much in a minute, and not to a server that was out of reach a moment ago.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// How long a mail waits for its turn where it is; one whose turn is later is put off until then.
pub const PATIENCE: Duration = Duration::from_secs(1);
/// How long a server that was out of reach is left alone: after the first time, and at most.
const FIRST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(600);
/// How many turns are kept for mails that were put off. Those beyond take a turn anew when they come back.
const TURNS: usize = 100_000;
/// How long a turn is kept that its mail did not come for.
const KEPT: Duration = Duration::from_secs(3600);

/// Keeps mails apart so that no more than the set number leaves in a minute.
pub struct Pace {
    apart: Duration,
    turns: Mutex<Turns>,
}

struct Turns {
    next: Instant,
    /// The turns of mails that were put off, by their names.
    kept: HashMap<String, Instant>,
}

impl Pace {
    /// At most so many in a minute; 0 means no limit.
    pub fn new(per_minute: u32) -> Self {
        let apart = Duration::from_secs(60).checked_div(per_minute).unwrap_or_default();
        Self { apart, turns: Mutex::new(Turns { next: Instant::now(), kept: HashMap::new() }) }
    }

    /// The moment at which this mail may go on; mails take turns in the order they first ask. One whose turn is more than
    /// [`PATIENCE`] away is to come back for it then.
    pub fn turn(&self, mail: &str, now: Instant) -> Instant {
        let mut turns = lock(&self.turns);
        if let Some(turn) = turns.kept.get(mail).copied() {
            if turn <= now + PATIENCE {
                turns.kept.remove(mail);
            }
            return turn.max(now);
        }
        let turn = turns.next.max(now);
        turns.next = turn + self.apart;
        if turn > now + PATIENCE {
            if turns.kept.len() >= TURNS {
                turns.kept.retain(|_, at| *at + KEPT > now);
            }
            if turns.kept.len() < TURNS {
                turns.kept.insert(mail.to_owned(), turn);
            }
        }
        turn
    }
}

/// Remembers whether the mail server is in reach.
pub struct Reach(Mutex<Rest>);

struct Rest {
    failures: u32,
    until: Instant,
}

impl Reach {
    /// In reach as far as is known.
    pub fn new() -> Self {
        Self(Mutex::new(Rest { failures: 0, until: Instant::now() }))
    }

    /// How long the server is still to be left alone.
    pub fn rest(&self, now: Instant) -> Option<Duration> {
        lock(&self.0).until.checked_duration_since(now).filter(|it| !it.is_zero())
    }

    /// The server was out of reach: it is left alone twice as long as the last time.
    pub fn lost(&self, now: Instant) -> Duration {
        let mut rest = lock(&self.0);
        // Mails that were on their way together lose it once.
        if rest.until <= now {
            let longer = FIRST_REST.saturating_mul(2u32.saturating_pow(rest.failures));
            rest.failures = rest.failures.saturating_add(1);
            rest.until = now + longer.min(LONGEST_REST);
        }
        rest.until - now
    }

    /// The server answered.
    pub fn found(&self) {
        let mut rest = lock(&self.0);
        *rest = Rest { failures: 0, until: rest.until.min(Instant::now()) };
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn mails_keep_their_distance_and_come_back_for_their_turn() {
        let (pace, now) = (Pace::new(60), Instant::now());
        let start = pace.turn("0", now);
        for n in 1..4 {
            assert_eq!(pace.turn(&n.to_string(), now), start + Duration::from_secs(n));
        }
        let second = Duration::from_secs(1);
        assert_eq!(pace.turn("3", now + second), start + 3 * second, "asking again changes nothing");
        assert_eq!(pace.turn("3", now + 3 * second), (start + 3 * second).max(now + 3 * second));
        let next = pace.turn("3", now + 3 * second);
        assert_eq!(next, start + 4 * second, "a turn is taken once");
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.turn("late", later), later);
        let free = Pace::new(0);
        assert!((0..1000).all(|n| free.turn(&n.to_string(), later) == later));
    }

    #[tokio::test]
    async fn a_server_that_is_gone_is_asked_less_and_less_often() {
        let (reach, mut now) = (Reach::new(), Instant::now());
        let mut rests = vec![];
        for _ in 0..12 {
            let rest = reach.lost(now);
            assert_eq!(reach.lost(now), rest, "several at once lose it once");
            assert_eq!(reach.rest(now), Some(rest));
            rests.push(rest.as_secs());
            now += rest;
            assert_eq!(reach.rest(now), None);
        }
        assert_eq!(rests, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        reach.found();
        assert_eq!(reach.lost(now).as_secs(), 1);
    }
}
