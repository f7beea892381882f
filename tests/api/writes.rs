//! The writer: what was answered is kept, what failed leaves nothing, whoever else writes at the same time.

use std::sync::Arc;

use careerd::platform::{
    clock::Clock,
    db::Db,
    error::{Error, Result},
};

struct House {
    db: Arc<Db>,
    _folder: tempfile::TempDir,
    runtime: rocket::tokio::runtime::Runtime,
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&folder.path().join("t.db"), Arc::<Clock>::default(), |_, _| Ok(())).unwrap();
    let runtime = rocket::tokio::runtime::Runtime::new().unwrap();
    let house = House { db: Arc::new(db), _folder: folder, runtime };
    house
        .write(|tx| Ok(tx.execute_batch("CREATE TABLE notes (text TEXT NOT NULL UNIQUE, size INTEGER) STRICT")?))
        .unwrap();
    house
}

impl House {
    fn write<T: Send + 'static>(
        &self,
        write: impl FnOnce(&careerd::platform::db::Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.runtime.block_on(self.db.write(write))
    }

    fn count(&self) -> i64 {
        self.runtime
            .block_on(self.db.read(|conn| Ok(conn.query_row("SELECT count(*) FROM notes", [], |row| row.get(0))?)))
            .unwrap()
    }
}

fn note(tx: &careerd::platform::db::Tx<'_>, text: &str) -> Result<()> {
    tx.execute("INSERT INTO notes (text) VALUES (?1)", [text])?;
    Ok(())
}

#[test]
fn a_failing_write_takes_nothing_with_it() {
    let house = house();
    let (good, bad, panicking): (Vec<_>, Vec<_>, Vec<_>) = house.runtime.block_on(async {
        let db = &house.db;
        rocket::tokio::join!(
            futures::future::join_all((0..40).map(|n| db.write(move |tx| note(tx, &format!("good {n}"))))),
            futures::future::join_all((0..40).map(|n| {
                db.write(move |tx| {
                    note(tx, &format!("bad {n}"))?;
                    Err::<(), _>(Error::conflict("no"))
                })
            })),
            futures::future::join_all((0..5).map(|n| {
                db.write(move |tx| -> Result<()> {
                    note(tx, &format!("panicking {n}"))?;
                    panic!("a mistake in a service")
                })
            }))
        )
    });
    assert!(good.iter().all(Result::is_ok));
    assert!(bad.iter().all(|it| matches!(it, Err(Error::Conflict(_)))));
    assert!(panicking.iter().all(|it| matches!(it, Err(Error::Internal(_)))));
    assert_eq!(house.count(), 40);
}

#[test]
fn what_follows_a_commit_runs_only_after_it() {
    let house = house();
    let (sender, told) = std::sync::mpsc::channel();
    let other = sender.clone();
    house
        .write(move |tx| {
            tx.after_commit(move || sender.send("kept").unwrap());
            note(tx, "one")
        })
        .unwrap();
    house
        .write(move |tx| {
            tx.after_commit(move || other.send("undone").unwrap());
            Err::<(), _>(Error::conflict("no"))
        })
        .unwrap_err();
    house.write(|tx| note(tx, "two")).unwrap();
    assert_eq!(told.recv().unwrap(), "kept");
    assert!(told.recv().is_err(), "nothing follows what was undone");
}

#[test]
fn a_full_disk_is_told_and_loses_nothing_that_was_answered() {
    let house = house();
    house.write(|tx| note(tx, "before")).unwrap();
    house
        .write(|tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            tx.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |row| row.get::<_, i64>(0))?;
            Ok(())
        })
        .unwrap();
    let results = house.runtime.block_on(futures::future::join_all(
        (0..50).map(|n| house.db.write(move |tx| note(tx, &format!("{n} {}", "x".repeat(3000))))),
    ));
    let kept = results.iter().filter(|it| it.is_ok()).count();
    for result in &results {
        assert!(matches!(result, Ok(()) | Err(Error::Unavailable(_))), "{result:?}");
    }
    assert!(kept < 50);
    assert_eq!(house.count(), 1 + i64::try_from(kept).unwrap(), "answered writes are there, refused ones are not");
    house.write(|tx| Ok(tx.query_row("PRAGMA max_page_count = 1000000", [], |row| row.get::<_, i64>(0))?)).unwrap();
    house.write(|tx| note(tx, "after")).unwrap();
}

#[test]
fn writes_of_many_threads_all_stand() {
    let house = house();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let house = &house;
            scope.spawn(move || {
                for n in 0..50 {
                    house.write(move |tx| note(tx, &format!("{thread} {n}"))).unwrap();
                }
            });
        }
    });
    assert_eq!(house.count(), 400);
}

#[test]
fn closing_finishes_what_waits_and_refuses_the_rest() {
    let house = house();
    house.write(|tx| note(tx, "one")).unwrap();
    house.db.close();
    assert!(matches!(house.write(|tx| note(tx, "two")), Err(Error::Unavailable(_))));
    assert_eq!(house.count(), 1);
}

#[test]
fn what_a_large_write_may_have_to_undo_lies_in_a_file() {
    let t = crate::app::TestApp::new();
    // 1: a file. In memory it is a list that each statement of a savepoint walks, and an import takes quadratic time.
    let place: i64 = t.write(|tx| Ok(tx.query_row("PRAGMA temp_store", [], |row| row.get(0))?));
    assert_eq!(place, 1);
}
