//! Durable writes a second through `Db::write`: one at a time, and from many callers at once.
//!
//! Every write is on the disk when it is answered (`synchronous=FULL`). Absolute figures depend on the disk, so what counts
//! is the ratio between the rows of one run. `cargo bench --bench writes`

#![allow(clippy::expect_used, reason = "a measurement that cannot begin is of no use")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use careerd::platform::{clock::Clock, db::Db, error::Error};

/// How long each row is measured.
const TIME: Duration = Duration::from_secs(3);

fn main() {
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk that is measured");
    let db = Db::open(&folder.path().join("bench.db"), Arc::<Clock>::default(), |_, _| Ok(())).expect("a database");
    let db = Arc::new(db);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime
        .block_on(db.write(|tx| {
            Ok(tx.execute_batch(
                "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL, n INTEGER NOT NULL) STRICT",
            )?)
        }))
        .expect("a table");

    println!("{:>8} {:>12} {:>8} {:>10} {:>10} {:>6}", "callers", "writes/s", "ratio", "p50 ms", "p99 ms", "BUSY");
    let mut alone = None;
    for callers in [1_i64, 32, 128] {
        let (rate, mut waits, busy) = runtime.block_on(measure(&db, callers));
        waits.sort_unstable();
        let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1000.0;
        let base = *alone.get_or_insert(rate);
        println!("{callers:>8} {rate:>12.0} {:>8.1} {:>10.3} {:>10.3} {busy:>6}", rate / base, at(0.5), at(0.99));
    }
}

/// Writes a second, each one's wait, and how many were refused because the file was busy.
async fn measure(db: &Arc<Db>, callers: i64) -> (f64, Vec<Duration>, usize) {
    let begun = Instant::now();
    let callers: Vec<_> = (0..callers)
        .map(|caller| {
            let db = db.clone();
            tokio::spawn(async move {
                let (mut waits, mut busy) = (vec![], 0);
                while begun.elapsed() < TIME {
                    let sent = Instant::now();
                    let result = db
                        .write(move |tx| {
                            tx.prepare_cached("INSERT INTO notes (text, n) VALUES ('a line of a usual length', ?1)")?
                                .execute([caller])?;
                            Ok(())
                        })
                        .await;
                    match result {
                        Ok(()) => waits.push(sent.elapsed()),
                        Err(Error::Unavailable(_)) => busy += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                (waits, busy)
            })
        })
        .collect();
    let (mut waits, mut busy) = (vec![], 0);
    for caller in callers {
        let (its_waits, its_busy) = caller.await.expect("a caller");
        waits.extend(its_waits);
        busy += its_busy;
    }
    (waits.len() as f64 / begun.elapsed().as_secs_f64(), waits, busy)
}
