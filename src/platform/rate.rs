//! The rate limiter: exact sliding windows of an hour and a minute for each caller, in memory.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lengths of the windows in microseconds. A call counts until this much later, not including that moment.
const HOUR: i64 = 3600 * SECOND;
const MINUTE: i64 = 60 * SECOND;
const SECOND: i64 = 1_000_000;

/// Parts of the table with a lock each, so that threads seldom wait for one another.
const SHARDS: usize = 16;
/// Callers kept in each part. Beyond that the ones that were silent longest are forgotten, which bounds the memory.
const CALLERS: usize = 8192;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A signed-in user, whatever the address.
    User(i64),
    /// An address, of IPv6 its /64 network: one customer has at least that many.
    Address(IpAddr),
}

impl Key {
    /// The key of a caller without a valid token.
    pub fn of_address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

/// An address, of IPv6 its /64 network.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

/// What one window says to the caller, after this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Calls allowed in the window.
    pub limit: u32,
    /// Calls still free now.
    pub remaining: u32,
    /// When the next place comes free, in whole seconds since 1970 UTC, rounded up.
    pub reset: i64,
}

/// Why a call is one too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// Whether it is the limit of the hour; otherwise that of the minute.
    pub hourly: bool,
    /// Whole seconds until a place is free in both windows, at least 1.
    pub retry_after: u64,
}

/// What came of counting one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Set when the call must not go on; it was not counted then.
    pub refused: Option<Refused>,
    /// Whether this caller is never counted.
    pub exempt: bool,
    /// The window of an hour.
    pub hourly: Window,
    /// The window of a minute.
    pub burst: Window,
}

impl Decision {
    /// For a caller who is never limited: full limits. `now` in seconds since 1970 UTC.
    pub fn exempt(hourly: u32, burst: u32, now: i64) -> Self {
        let full = |limit| Window { limit, remaining: limit, reset: now };
        Self { refused: None, exempt: true, hourly: full(hourly), burst: full(burst) }
    }
}

/// The moments of a caller's counted calls of the last hour, oldest first.
type Calls = VecDeque<i64>;

/// Counts calls of all callers. All threads of a process share one.
pub struct Limiter {
    shards: Vec<Mutex<HashMap<Key, Calls>>>,
    hasher: RandomState,
}

impl Default for Limiter {
    fn default() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Limiter {
    /// Counts a call of `key` at `at` (microseconds since 1970 UTC) unless it is one too many for the limits an hour
    /// or a minute that apply to it. Looking and counting are one step for all threads.
    pub fn count(&self, key: Key, hourly: u32, burst: u32, at: i64) -> Decision {
        let mut shard = self.shard(&key);
        if shard.len() >= CALLERS && !shard.contains_key(&key) {
            forget(&mut shard, at);
        }
        let calls = shard.entry(key).or_default();
        let at = in_order(calls, at);
        expire(calls, at);
        let wait = wait(calls, hourly, HOUR, at).max(wait(calls, burst, MINUTE, at));
        let refused = (wait > 0).then(|| Refused {
            hourly: free_at(calls, hourly, HOUR, at) >= free_at(calls, burst, MINUTE, at),
            retry_after: u64::try_from(whole_seconds(wait)).unwrap_or(1).max(1),
        });
        if refused.is_none() {
            calls.push_back(at);
        }
        let decision = Decision {
            refused,
            exempt: false,
            hourly: window(calls, hourly, HOUR, at),
            burst: window(calls, burst, MINUTE, at),
        };
        if calls.is_empty() {
            shard.remove(&key);
        }
        decision
    }

    /// Takes back one call that turned out not to count; `at` as it was given to [`Limiter::count`].
    pub fn uncount(&self, key: Key, at: i64) {
        let mut shard = self.shard(&key);
        let Some(calls) = shard.get_mut(&key) else { return };
        // A call that came out of order was written down a little later than it said.
        let place = calls.partition_point(|call| *call < at);
        if place < calls.len() {
            calls.remove(place);
        } else {
            calls.pop_back();
        }
        if calls.is_empty() {
            shard.remove(&key);
        }
    }

    /// Forgets callers whose calls have all expired at `at` (microseconds since 1970 UTC).
    pub fn sweep(&self, at: i64) {
        for shard in &self.shards {
            let mut shard = lock(shard);
            shard.retain(|_, calls| calls.back().is_some_and(|last| *last > at - HOUR));
            shard.shrink_to(CALLERS / 4);
        }
    }

    /// How many callers are remembered.
    pub fn callers(&self) -> usize {
        self.shards.iter().map(|shard| lock(shard).len()).sum()
    }

    fn shard(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, Calls>> {
        let number = usize::try_from(self.hasher.hash_one(key) % SHARDS as u64).unwrap_or(0);
        lock(&self.shards[number])
    }
}

/// A panic while the lock was held cannot leave a list of moments in a state that matters.
fn lock(shard: &Mutex<HashMap<Key, Calls>>) -> MutexGuard<'_, HashMap<Key, Calls>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room in a full part: drops expired callers, then the eighth that was silent longest.
fn forget(shard: &mut HashMap<Key, Calls>, at: i64) {
    shard.retain(|_, calls| calls.back().is_some_and(|last| *last > at - HOUR));
    if shard.len() < CALLERS {
        return;
    }
    let mut last: Vec<i64> = shard.values().filter_map(|calls| calls.back().copied()).collect();
    let eighth = last.len() / 8;
    let (_, limit, _) = last.select_nth_unstable(eighth);
    let limit = *limit;
    // Many may have called at the very same moment, and more than an eighth must not go for that.
    let mut surplus = shard.len() + 1 + eighth - CALLERS;
    shard.retain(|_, calls| {
        let silent = surplus > 0 && calls.back().is_none_or(|last| *last <= limit);
        surplus -= usize::from(silent);
        !silent
    });
}

/// The moment to write down so that the list stays in order.
///
/// Threads may come a little out of order. A list that lies further ahead was written before the clock was set back:
/// its calls count as made now, else they would never expire.
fn in_order(calls: &mut Calls, at: i64) -> i64 {
    let last = calls.back().copied().unwrap_or(at);
    if last > at + SECOND {
        calls.iter_mut().for_each(|call| *call = (*call).min(at));
        return at;
    }
    at.max(last)
}

fn expire(calls: &mut Calls, at: i64) {
    let expired = calls.partition_point(|call| *call <= at - HOUR);
    calls.drain(..expired);
    // A caller who was busy once need not keep the room for it.
    if calls.capacity() > 64 && calls.len() < calls.capacity() / 4 {
        calls.shrink_to(calls.len() * 2);
    }
}

/// Where the window's calls begin in the list, and how many they are.
fn within(calls: &Calls, length: i64, at: i64) -> (usize, usize) {
    let first = calls.partition_point(|call| *call <= at - length);
    (first, calls.len() - first)
}

/// The moment from which one more call has a place in the window; `at` when it has one already.
fn free_at(calls: &Calls, limit: u32, length: i64, at: i64) -> i64 {
    let limit = limit as usize;
    if limit == 0 {
        return at + length;
    }
    let (first, count) = within(calls, length, at);
    if count < limit {
        return at;
    }
    // Only the newest `limit - 1` calls may still be within the window then.
    calls.get(first + count - limit).map_or(at, |call| call + length)
}

fn wait(calls: &Calls, limit: u32, length: i64, at: i64) -> i64 {
    free_at(calls, limit, length, at) - at
}

fn window(calls: &Calls, limit: u32, length: i64, at: i64) -> Window {
    let (first, count) = within(calls, length, at);
    let remaining = limit.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
    let next = match calls.get(first) {
        Some(oldest) if remaining > 0 => oldest + length,
        _ => free_at(calls, limit, length, at),
    };
    Window { limit, remaining, reset: whole_seconds(next) }
}

/// Microseconds as seconds, rounded up.
fn whole_seconds(micros: i64) -> i64 {
    micros.div_euclid(SECOND) + i64::from(micros.rem_euclid(SECOND) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

    const START: i64 = 1_700_000_000 * SECOND;
    const ANN: Key = Key::User(1);

    fn fill(limiter: &Limiter, calls: i64, every: i64) {
        for n in 0..calls {
            assert_eq!(limiter.count(ANN, 1000, 20, START + n * every).refused, None);
        }
    }

    #[test]
    fn the_21st_call_within_any_60_seconds_is_refused() {
        let limiter = Limiter::default();
        fill(&limiter, 20, SECOND);
        // The first call is 59.999999 s old here, and expires at 60 s.
        let decision = limiter.count(ANN, 1000, 20, START + MINUTE - 1);
        assert_eq!(decision.refused, Some(Refused { hourly: false, retry_after: 1 }));
        assert_eq!(decision.burst, Window { limit: 20, remaining: 0, reset: 1_700_000_060 });
        assert_eq!((decision.hourly.limit, decision.hourly.remaining), (1000, 980));
        assert_eq!(limiter.count(ANN, 1000, 20, START + MINUTE).refused, None);
        assert!(limiter.count(ANN, 1000, 20, START + MINUTE).refused.is_some());
        // The second call expires next, although calls were refused meanwhile.
        assert_eq!(limiter.count(ANN, 1000, 20, START + MINUTE + SECOND).refused, None);
    }

    #[test]
    fn the_hour_has_its_own_limit() {
        let limiter = Limiter::default();
        let at = |n: i64| START + n * 10 * SECOND;
        for n in 0..100 {
            assert_eq!(limiter.count(ANN, 100, 20, at(n)).refused, None);
        }
        let decision = limiter.count(ANN, 100, 20, at(100));
        assert_eq!(decision.refused, Some(Refused { hourly: true, retry_after: 2600 }));
        assert_eq!(decision.hourly, Window { limit: 100, remaining: 0, reset: 1_700_003_600 });
        assert_eq!(decision.burst.remaining, 15);
        assert_eq!(limiter.count(ANN, 100, 20, START + HOUR).refused, None);
    }

    #[test]
    fn figures_tell_what_is_left() {
        let limiter = Limiter::default();
        let first = limiter.count(ANN, 1000, 20, START + 1);
        assert_eq!(first.hourly, Window { limit: 1000, remaining: 999, reset: 1_700_003_601 });
        assert_eq!(first.burst, Window { limit: 20, remaining: 19, reset: 1_700_000_061 });
        let exempt = Decision::exempt(100, 20, 1_700_000_000);
        assert_eq!(exempt.burst, Window { limit: 20, remaining: 20, reset: 1_700_000_000 });
        assert!(exempt.exempt && exempt.refused.is_none());
    }

    #[test]
    fn a_lower_limit_waits_for_enough_places() {
        let limiter = Limiter::default();
        for n in 0..100 {
            assert_eq!(limiter.count(ANN, 1000, 120, START + n * SECOND / 10).refused, None);
        }
        // 100 calls of a browser within ten seconds: for a limit of 20 the place of the 81st must come free.
        let decision = limiter.count(ANN, 1000, 20, START + 10 * SECOND);
        assert_eq!(decision.refused, Some(Refused { hourly: false, retry_after: 58 }));
        assert_eq!(decision.burst.reset, 1_700_000_068);
        assert_eq!(limiter.count(ANN, 1000, 120, START + 10 * SECOND).refused, None);
        assert_eq!(limiter.count(Key::User(9), 0, 0, START).refused, Some(Refused { hourly: true, retry_after: 3600 }));
    }

    #[test]
    fn addresses_are_keys_by_their_network() {
        let key = |text: &str| Key::of_address(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn callers_do_not_share_places() {
        let limiter = Limiter::default();
        fill(&limiter, 20, 0);
        assert!(limiter.count(ANN, 1000, 20, START).refused.is_some());
        assert!(limiter.count(Key::User(2), 1000, 20, START).refused.is_none());
        assert!(limiter.count(Key::of_address([192, 0, 2, 1].into()), 100, 20, START).refused.is_none());
    }

    #[test]
    fn a_call_that_did_not_count_gives_its_place_back() {
        let limiter = Limiter::default();
        fill(&limiter, 20, SECOND);
        limiter.uncount(ANN, START + 5 * SECOND);
        assert_eq!(limiter.count(ANN, 1000, 20, START + 30 * SECOND).refused, None);
        assert!(limiter.count(ANN, 1000, 20, START + 30 * SECOND).refused.is_some());
        limiter.uncount(Key::User(2), START);
        let alone = Key::User(3);
        limiter.count(alone, 1, 1, START);
        limiter.uncount(alone, START);
        assert_eq!(limiter.callers(), 1);
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = Limiter::default();
        fill(&limiter, 20, 0);
        let before = START - 24 * HOUR;
        assert_eq!(limiter.count(ANN, 1000, 20, before).refused, Some(Refused { hourly: false, retry_after: 60 }));
        assert_eq!(limiter.count(ANN, 1000, 20, before + MINUTE).refused, None);
        // Threads that are a moment apart keep their order.
        let late = limiter.count(ANN, 1000, 20, before + MINUTE - 5);
        assert_eq!(late.burst.remaining, 18);
        limiter.uncount(ANN, before + MINUTE - 5);
        assert_eq!(limiter.count(ANN, 1000, 20, before + MINUTE).burst.remaining, 18);
    }

    #[test]
    fn memory_is_bounded_and_swept() {
        let limiter = Limiter::default();
        let most = SHARDS * CALLERS;
        for n in 0..2 * most as i64 {
            limiter.count(Key::User(n), 10, 10, START + n);
        }
        assert!(limiter.callers() <= most, "{}", limiter.callers());
        assert!(limiter.callers() > most / 2);
        // Those who called last are remembered, also when all call at the same moment.
        let newest = Key::User(2 * most as i64 - 1);
        assert_eq!(limiter.count(newest, 10, 10, START + 2 * most as i64).hourly.remaining, 8);
        for n in 0..most as i64 / 2 {
            limiter.count(Key::Address(IpAddr::V6(Ipv6Addr::from_bits((n as u128) << 64))), 10, 10, START + HOUR / 2);
        }
        assert!(limiter.callers() <= most && limiter.callers() > most / 2);
        limiter.sweep(START + 2 * HOUR);
        assert_eq!(limiter.callers(), 0);
    }

    #[test]
    fn threads_together_get_exactly_the_limit() {
        let limiter = Limiter::default();
        let (clock, allowed) = (AtomicI64::new(START), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let at = clock.fetch_add(1, Ordering::Relaxed);
                        if limiter.count(ANN, 1000, 500, at).refused.is_none() {
                            allowed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                });
            }
        });
        assert_eq!(allowed.into_inner(), 500);
    }

    #[test]
    fn threads_that_count_and_uncount_leave_nothing() {
        let limiter = Limiter::default();
        let clock = AtomicI64::new(START);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let at = clock.fetch_add(1, Ordering::Relaxed);
                        assert_eq!(limiter.count(ANN, 100, 100, at).refused, None);
                        limiter.uncount(ANN, at);
                    }
                });
            }
        });
        assert_eq!(limiter.callers(), 0);
    }

    /// The rules of the windows word for word over a plain list.
    #[derive(Default)]
    struct Model(Vec<(i64, i64)>);

    impl Model {
        fn count(&mut self, user: i64, hourly: u32, burst: u32, at: i64) -> (bool, u32, u32) {
            let held = |calls: &[(i64, i64)], length| {
                calls.iter().filter(|(who, when)| *who == user && *when > at - length).count() as u32
            };
            let allowed = held(&self.0, HOUR) < hourly && held(&self.0, MINUTE) < burst;
            if allowed {
                self.0.push((user, at));
            }
            (allowed, hourly.saturating_sub(held(&self.0, HOUR)), burst.saturating_sub(held(&self.0, MINUTE)))
        }

        fn uncount(&mut self, user: i64, at: i64) {
            if let Some(place) = self.0.iter().position(|call| *call == (user, at)) {
                self.0.remove(place);
            }
        }
    }

    proptest! {
        #[test]
        fn it_does_what_the_model_does(
            steps in prop::collection::vec((0..3i64, 0..400 * SECOND, prop::bool::weighted(0.2), 1..6u32), 1..200),
            hourly in 1..30u32,
        ) {
            let (limiter, mut model, mut at) = (Limiter::default(), Model::default(), START);
            for (user, pause, quick, burst) in steps {
                at += if quick { pause } else { pause / 40 };
                let decision = limiter.count(Key::User(user), hourly, burst, at);
                let (allowed, left_hour, left_minute) = model.count(user, hourly, burst, at);
                prop_assert_eq!(decision.refused.is_none(), allowed);
                prop_assert_eq!((decision.hourly.remaining, decision.burst.remaining), (left_hour, left_minute));
                if let Some(refused) = decision.refused {
                    // After the wait there is a place, and a second before there was none.
                    let later = |seconds: u64| {
                        let mut copy = Model(model.0.clone());
                        copy.count(user, hourly, burst, at + seconds as i64 * SECOND).0
                    };
                    prop_assert!(later(refused.retry_after));
                    prop_assert!(refused.retry_after == 1 || !later(refused.retry_after - 1));
                } else if pause % 3 == 0 {
                    limiter.uncount(Key::User(user), at);
                    model.uncount(user, at);
                }
            }
        }

        #[test]
        fn reset_is_when_a_place_comes_free(times in prop::collection::vec(0..90 * SECOND, 1..15), limit in 1..8u32) {
            let limiter = Limiter::default();
            let mut times = times;
            times.sort_unstable();
            for time in times {
                let at = START + time;
                let now = limiter.count(ANN, 1000, limit, at).burst;
                prop_assert!(now.reset * SECOND > at && now.reset <= whole_seconds(at + MINUTE));
                let calls = limiter.shard(&ANN).get(&ANN).cloned().unwrap_or_default();
                prop_assert!(window(&calls, limit, MINUTE, now.reset * SECOND).remaining > now.remaining);
            }
        }
    }
}
