//! Ids that a query of their own finds: looked up where they are few, met on the way through the list where they are many.

use std::mem;

use rusqlite::{Connection, params_from_iter, types::Value};

use super::{See, Select};
use crate::platform::error::Result;

/// Ids that a query of their own finds.
pub(super) struct Within {
    pub(super) ids: String,
    pub(super) values: Vec<Value>,
    /// Its highest id tells how many rows there may be.
    pub(super) table: String,
}

/// From so many ids on they are gathered before the list is read, when they are one of [`SHARE`] of all or more: then the list is
/// read in its order, by its index, and each row is looked for among them. That is far less work than looking up every one of
/// them and sorting what was found.
const MANY: usize = 2_000;
const SHARE: usize = 8;
/// The same where the list is read only as far as the asked part.
const SHARE_OF_PART: usize = 64;

impl Select {
    /// Decides for each query of ids whether they are looked up or gathered.
    pub(super) fn gather(&mut self, conn: &Connection) -> Result<()> {
        for Within { ids, values, table } in mem::take(&mut self.within) {
            let mut statement = conn.prepare_cached(&ids)?;
            let rows = statement.query_map(params_from_iter(&values), |row| row.get(0))?;
            let mut found = rows.collect::<rusqlite::Result<Vec<i64>>>()?;
            let all = || {
                let sql = format!("SELECT coalesce(max(id), 0) FROM {table}");
                conn.prepare_cached(&sql)?.query_one([], |row| row.get::<_, i64>(0))
            };
            let share = if self.left_out.is_some() { SHARE_OF_PART } else { SHARE };
            if found.len() < MANY || i64::try_from(found.len() * share).unwrap_or(i64::MAX) < all()? {
                self.conditions.push(format!("{} IN ({ids})", self.id));
                self.values.extend(values);
                self.left_out = None;
                continue;
            }
            found.sort_unstable();
            found.dedup();
            if let Some(others) = &self.met {
                found.retain(|id| others.binary_search(id).is_ok());
            }
            self.met = Some(found);
        }
        if let (Some(met), Some(left_out)) = (&self.met, self.left_out) {
            let mut statement = conn.prepare_cached(left_out)?;
            let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
            let mut count = met.len();
            for id in rows {
                count -= usize::from(met.binary_search(&id?).is_ok());
            }
            self.known = i64::try_from(count).ok();
        }
        Ok(())
    }

    pub(super) fn is_met(&self, id: i64) -> bool {
        self.met.as_ref().is_none_or(|met| met.binary_search(&id).is_ok())
    }

    /// Walks through the list, shows a part of those that were gathered, and says how many there are.
    pub(super) fn part_met(&self, conn: &Connection, (skip, size): (i64, i64), see: See<'_>) -> Result<i64> {
        if let Some(count) = self.known.filter(|count| *count <= skip) {
            return Ok(count);
        }
        let sql = format!("{}{}", self.sql(&format!("{}, {}", self.columns, self.id)), self.order_by());
        let mut statement = conn.prepare_cached(&sql)?;
        let id = statement.column_count() - 1;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let mut nth = 0;
        while self.known.is_none() || nth < skip + size {
            let Some(it) = rows.next()? else { break };
            if !self.is_met(it.get(id)?) {
                continue;
            }
            if (skip..skip + size).contains(&nth) {
                see(it)?;
            }
            nth += 1;
        }
        Ok(self.known.unwrap_or(nth))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::list::{Position, Slice};

    const ROWS: i64 = 6_000;

    /// Numbers in an order of their own, of which some are gone.
    fn numbers() -> Connection {
        let conn = Connection::open_in_memory().unwrap();
        conn.execute_batch(&format!(
            "CREATE TABLE numbers (id INTEGER PRIMARY KEY, at INTEGER, gone INTEGER);
             INSERT INTO numbers WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {ROWS})
                 SELECT id, id * 7919 % 1009, id % 7 = 0 FROM n;"
        ))
        .unwrap();
        conn
    }

    fn there() -> Select {
        Select::new("id", "numbers", "id").and("gone = 0", &[]).unwrap().by("at", true)
    }

    const MULTIPLES: &str = "SELECT id FROM numbers WHERE id % ? = 0";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        /// Whether they are looked up or met on the way: the same rows, as many of them, in the same order.
        #[test]
        fn ids_that_are_gathered_are_those_that_are_looked_up(
            (one, other) in (1_i64..5, 1_i64..30), page in 1_u32..40, size in 1_u32..100, knows_gone: bool, marks in 0..4,
        ) {
            let conn = numbers();
            let met = || {
                let select = [one, other]
                    .into_iter()
                    .fold(there(), |select, of| select.within(MULTIPLES.into(), &[&of], "numbers").unwrap());
                if knows_gone { select.leaving_out("SELECT id FROM numbers WHERE gone = 1") } else { select }
            };
            let looked_up = || [one, other]
                .into_iter()
                .fold(there(), |select, of| select.and(&format!("id IN ({MULTIPLES})"), &[&of]).unwrap());
            let read = |select: Select, slice: &Slice| {
                select.page(&conn, slice, |row| row.get::<_, i64>(0)).map(|it| (it.count, it.next, it.results)).ok()
            };
            let slice = Slice::of(Position::Page(page), size);
            prop_assert_eq!(read(met(), &slice), read(looked_up(), &slice));
            let mut mark = String::new();
            for _ in 0..marks {
                let slice = Slice::of(Position::Cursor { mark, count: true }, size);
                let part = read(met(), &slice);
                prop_assert_eq!(&part, &read(looked_up(), &slice));
                let Some(next) = part.and_then(|(_, next, _)| next) else { break };
                mark = next.split_once("cursor=").unwrap().1.split('&').next().unwrap().to_owned();
            }
            let some = |select: Select| select.rows(&conn, i64::from(size), |row| row.get::<_, i64>(0)).unwrap();
            prop_assert_eq!(some(met()), some(looked_up()));
        }
    }

    #[test]
    fn few_ids_are_looked_up_and_many_are_gathered() {
        let conn = numbers();
        let is_gathered = |of: i64| {
            let mut select = there().within(MULTIPLES.into(), &[&of], "numbers").unwrap();
            select.gather(&conn).unwrap();
            select.met.is_some()
        };
        assert_eq!((is_gathered(2), is_gathered(4)), (true, false));
    }

    #[test]
    fn a_condition_that_follows_is_counted() {
        let conn = numbers();
        let select = there().leaving_out("SELECT id FROM numbers WHERE gone = 1");
        let select = select.within(MULTIPLES.into(), &[&1], "numbers").unwrap().and("false", &[]).unwrap();
        let page = select.page(&conn, &Slice::of(Position::Page(1), 20), |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!((page.count, page.results.len()), (Some(0), 0));
    }
}
