//! What is dear to find and alike for whoever asks: kept for some seconds whatever is written meanwhile.
//!
//! What is small is found anew each time, so an instance of a usual size never shows anything old.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use moka::sync::Cache as Memory;

use super::{
    error::Result,
    id::Id,
    list::{Page, Slice},
};

/// How many rows something must have to be dear.
pub const DEAR: usize = 1_000;
/// How long it is good for.
const GOOD: Duration = Duration::from_secs(10);
/// How long after that it still serves those who ask while one of them finds it anew.
const LATE: Duration = Duration::from_secs(20);
/// Rows in memory at most, of all that is kept together.
const MOST_ROWS: u64 = 500_000;

struct Kept<V> {
    value: V,
    rows: usize,
    made: Instant,
    is_found_anew: AtomicBool,
}

/// Dear things by what was asked for.
pub struct Costly<V>(Memory<String, Arc<Kept<V>>>);

impl<V: Clone + Send + Sync + 'static> Default for Costly<V> {
    fn default() -> Self {
        let weigh = |_: &String, it: &Arc<Kept<V>>| u32::try_from(it.rows).unwrap_or(u32::MAX);
        Self(Memory::builder().weigher(weigh).max_capacity(MOST_ROWS).time_to_live(GOOD + LATE).build())
    }
}

impl<V: Clone + Send + Sync + 'static> Costly<V> {
    /// What was asked for: as it is kept, else as `find` finds it, with how many rows that has. Kept ones grow old for all at
    /// once, and then one caller finds them anew while the others go on with what there is.
    ///
    /// # Errors
    /// Those of `find`.
    pub fn get(&self, asked: String, find: impl FnOnce() -> Result<(V, usize)>) -> Result<V> {
        if let Some(kept) = self.0.get(&asked)
            && (kept.made.elapsed() < GOOD || kept.is_found_anew.swap(true, Ordering::Relaxed))
        {
            return Ok(kept.value.clone());
        }
        let (value, rows) = find()?;
        if rows >= DEAR {
            let kept = Kept { value: value.clone(), rows, made: Instant::now(), is_found_anew: AtomicBool::new(false) };
            self.0.insert(asked, Arc::new(kept));
        }
        Ok(value)
    }
}

/// What lists found, the ids in the asked order. What was deleted since is among them: whoever shows it leaves it out.
pub struct Found<T> {
    all: Costly<Arc<[Id<T>]>>,
    /// What was asked for lately, and not left alone since: few lists are asked for twice, and only those are worth finding
    /// whole.
    asked: Memory<String, ()>,
}

impl<T: 'static> Default for Found<T> {
    fn default() -> Self {
        Self { all: Costly::default(), asked: Memory::builder().max_capacity(10_000).time_to_idle(GOOD + LATE).build() }
    }
}

impl<T: 'static> Found<T> {
    /// The asked part of a list that is alike for whoever asks: as `read` reads it by itself the first time, afterwards from
    /// all that `find` finds.
    ///
    /// # Errors
    /// Those of both; 404 when the page lies past the end.
    pub fn page(
        &self,
        slice: &Slice,
        read: impl FnOnce() -> Result<Page<Id<T>>>,
        find: impl FnOnce() -> Result<Vec<Id<T>>>,
    ) -> Result<Page<Id<T>>> {
        let asked = slice.fingerprint();
        if !self.asked.contains_key(&asked) {
            self.asked.insert(asked, ());
            return read();
        }
        let all = self.all.get(asked, || {
            let ids: Arc<[_]> = find()?.into();
            let rows = ids.len();
            Ok((ids, rows))
        })?;
        slice.of_all(all.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_found_each_time_and_what_is_dear_once() {
        let costly = Costly::<usize>::default();
        let mut found = 0;
        let mut ask = |rows: usize| {
            costly
                .get(rows.to_string(), || {
                    found += 1;
                    Ok((found, rows))
                })
                .unwrap()
        };
        assert_eq!((ask(DEAR - 1), ask(DEAR - 1)), (1, 2));
        assert_eq!((ask(DEAR), ask(DEAR), ask(DEAR + 1)), (3, 3, 4));
    }
}
