//! What must hold at the end.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OptionalExtension, Params};
use serde_json::Value;

use crate::{
    Done,
    callers::{Book, Callers},
    house::House,
    post_office::PostOffice,
    trouble::{POISON, REASONS},
};

/// Between a mail server's yes and the note of it: whoever is ended then sends the mail again.
const NOTE: Duration = Duration::from_secs(3);
/// What has something before it.
const WAITS: &str = "state IN ('pending', 'running', 'failed')";

fn open(house: &House) -> Connection {
    let conn = Connection::open(house.database()).unwrap();
    conn.busy_timeout(Duration::from_secs(30)).unwrap();
    conn
}

fn count(conn: &Connection, sql: &str, params: impl Params) -> i64 {
    conn.query_row(sql, params, |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Rows of some text columns, as a line each.
fn lines(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// Queues these payloads past the program; how many.
pub fn queue<'p>(house: &House, payloads: impl Iterator<Item = &'p str>) -> usize {
    let conn = open(house);
    let sql = "INSERT INTO Jobs (job, id, job_type, max_attempts) VALUES (CAST(?1 AS BLOB), ?2, 'careerd', 2)";
    payloads.map(|it| conn.execute(sql, (it, ulid::Ulid::new().to_string())).unwrap()).sum()
}

/// How everything that waited came to its end.
pub struct Settled {
    took: Duration,
    /// Tasks that were given up because their workers were killed each time, and were then repeated by hand.
    repeated: usize,
}

/// Waits until every task has come to its end; nothing is waited for that is only put off. Tells what is left if it takes
/// too long.
pub fn settle(house: &House, patience: Duration) -> Result<Settled, String> {
    let begun = Instant::now();
    let conn = open(house);
    let mut repeated = 0;
    loop {
        let due = "UPDATE Jobs SET run_at = 1 WHERE run_at > 1 AND (status = 'Pending' OR (status = 'Failed' AND attempts < max_attempts))";
        conn.execute(due, []).unwrap();
        if count(&conn, &format!("SELECT count(*) FROM tasks WHERE {WAITS}"), []) == 0 {
            let lost = "SELECT id FROM tasks WHERE state = 'dead' AND error LIKE '%workers was lost%' AND kind NOT LIKE 'endurance%'";
            let lost = lines(&conn, lost);
            if lost.is_empty() {
                return Ok(Settled { took: begun.elapsed(), repeated });
            }
            for id in lost {
                let retried = house.command(&["task", "retry", &id]);
                assert!(retried.status.success(), "{}", String::from_utf8_lossy(&retried.stderr));
                repeated += 1;
            }
        }
        if begun.elapsed() > patience {
            let left = format!(
                "SELECT kind || ' ' || state || ' ' || attempts || '/' || max_attempts || ' ' || coalesce(error, '') FROM tasks WHERE {WAITS} LIMIT 20"
            );
            return Err(lines(&conn, &left).join("; "));
        }
        thread::sleep(Duration::from_millis(500));
    }
}

/// Whatever does not hold, as sentences.
pub fn everything(house: &House, book: &Book, office: &PostOffice, done: &Done) -> Vec<String> {
    let conn = open(house);
    let mut losses = vec![];
    answered(&conn, book, &mut losses);
    effects(&conn, book, &mut losses);
    tasks(&conn, done, &mut losses);
    mails(&conn, house, office, done, &mut losses);
    // What was given up was looked at just now; the doctor would tell of it.
    conn.execute("DELETE FROM Jobs WHERE status = 'Killed' OR (status = 'Failed' AND attempts >= max_attempts)", [])
        .unwrap();
    drop(conn);
    let doctor = house.command(&["doctor", "--json"]);
    match serde_json::from_slice::<Vec<Value>>(&doctor.stdout) {
        Ok(findings) => losses.extend(findings.iter().filter(|it| it["ok"] != true).map(|it| format!("doctor: {it}"))),
        Err(_) => losses.push(format!("the doctor has no findings: {}", String::from_utf8_lossy(&doctor.stderr))),
    }
    losses
}

/// What was answered is there, once.
fn answered(conn: &Connection, book: &Book, losses: &mut Vec<String>) {
    let mut hold = |what: &str, sql: &str, ids: &mut dyn Iterator<Item = (i64, i64)>| {
        for (one, other) in ids {
            let found = count(conn, sql, (one, other));
            if found != 1 {
                losses.push(format!("{what} {one} {other} is there {found} times"));
            }
        }
    };
    let mut one = |what: &str, sql: &str, ids: &[i64]| hold(what, sql, &mut ids.iter().map(|it| (*it, 0)));
    one("the account", "SELECT count(*) FROM users WHERE id = ?1 AND ?2 = 0", &book.members);
    let resume = "SELECT count(*) FROM resumes WHERE id = ?1 AND ?2 = 0 AND analysis_status = 'completed'";
    one("the analysed résumé", resume, &book.resumes);
    one("the application", "SELECT count(*) FROM job_applications WHERE id = ?1 AND ?2 = 0", &book.applications);
    one("the post", "SELECT count(*) FROM community_posts WHERE id = ?1 AND ?2 = 0", &book.posts);
    hold("the like", "SELECT count(*) FROM likes WHERE post_id = ?1 AND user_id = ?2", &mut book.likes.iter().copied());
    let endorsed = "SELECT count(*) FROM skill_endorsements WHERE user_skill_id = ?1 AND endorser_id = ?2";
    hold("the endorsement", endorsed, &mut book.endorsements.iter().copied());
    for words in &book.comments {
        let found = count(conn, "SELECT count(*) FROM comments WHERE content = ?1", [words]);
        if found != 1 {
            losses.push(format!("the comment {words:?} is there {found} times"));
        }
    }
    for (table, answered) in [
        ("resumes", book.resumes.len()),
        ("job_applications", book.applications.len()),
        ("likes", book.likes.len()),
        ("skill_endorsements", book.endorsements.len()),
        ("comments", book.comments.len()),
    ] {
        let there = count(conn, &format!("SELECT count(*) FROM {table}"), []);
        if there != answered as i64 {
            losses.push(format!("{there} rows of {table} are there, and {answered} were answered"));
        }
    }
}

/// What follows from what was done, once.
fn effects(conn: &Connection, book: &Book, losses: &mut Vec<String>) {
    for resume in &book.resumes {
        let told = "SELECT count(*) FROM notifications WHERE link = '/resumes/' || ?1";
        let found = count(conn, told, [resume]);
        if found != 1 {
            losses.push(format!("of the résumé {resume} was told {found} times"));
        }
    }
    for member in &book.members {
        let earned = "SELECT group_concat(a.key ORDER BY a.key) FROM user_achievements u JOIN achievements a ON a.id = u.achievement_id
            WHERE u.user_id = ?1 AND a.key IN ('first_post', 'first_resume')";
        let keys: Option<String> = conn.query_row(earned, [member], |row| row.get(0)).optional().unwrap().flatten();
        if keys.as_deref() != Some("first_post,first_resume") {
            losses.push(format!("{member} has earned {keys:?}"));
        }
    }
    for (what, sql) in [
        (
            "points differ from the ledger",
            "SELECT u.username || ' ' || u.points FROM users u
             WHERE u.points <> max(0, (SELECT coalesce(sum(amount), 0) FROM points_entries WHERE user_id = u.id))",
        ),
        (
            "an endorsement is not booked once",
            "SELECT e.id || '' FROM skill_endorsements e
             WHERE 1 <> (SELECT count(*) FROM points_entries WHERE reason = 'endorsement' AND reference = e.id || '')",
        ),
        (
            "an achievement is not booked once",
            "SELECT u.id || '' FROM user_achievements u JOIN achievements a ON a.id = u.achievement_id AND a.points_awarded > 0
             WHERE 1 <> (SELECT count(*) FROM points_entries WHERE reason = 'achievement' AND reference = u.id || '')",
        ),
        (
            "something was told twice",
            "SELECT min(title) || ' ' || count(*) FROM notifications WHERE fold IS NULL
             GROUP BY user_id, type, title, link, related_user_id HAVING count(*) > 1",
        ),
        (
            "an achievement is not told of once",
            "SELECT u.id || '' FROM user_achievements u
             WHERE 1 <> (SELECT count(*) FROM notification_keys k WHERE k.key = 'achievement:' || u.id)",
        ),
    ] {
        losses.extend(lines(conn, sql).into_iter().map(|it| format!("{what}: {it}")));
    }
    for (kind, causes) in [
        (
            "like",
            "SELECT count(*) FROM likes l JOIN community_posts p ON p.id = l.post_id WHERE p.author_id <> l.user_id",
        ),
        ("application", "SELECT count(*) FROM job_applications"),
        (
            "comment",
            "SELECT count(*) FROM comments c JOIN community_posts p ON p.id = c.post_id WHERE p.author_id <> c.author_id",
        ),
    ] {
        let titles = lines(conn, &format!("SELECT title FROM notifications WHERE type = '{kind}'"));
        let (told, causes) = (titles.iter().map(|it| people(it)).sum::<i64>(), count(conn, causes, []));
        if told != causes {
            losses.push(format!("{causes} causes of kind {kind}, and {told} were told"));
        }
    }
}

/// How many people a title speaks of: "ann and 3 others liked …".
fn people(title: &str) -> i64 {
    let others = title.split(" and ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|it| it.parse().ok());
    1 + others.unwrap_or(0)
}

/// Each task came to its end, as often as it may and for the reason that it has.
fn tasks(conn: &Connection, done: &Done, losses: &mut Vec<String>) {
    for (what, sql) in [
        (
            "a task ran more often than it may",
            "SELECT kind || ' ' || attempts || '/' || max_attempts FROM tasks WHERE attempts > max_attempts + 1",
        ),
        (
            "a task was done more often than it may",
            "SELECT min(kind) || ' ' || count(*) FROM task_attempts WHERE outcome = 'done' GROUP BY task_id HAVING count(*) > 2",
        ),
        (
            "a time of the schedule came twice",
            "SELECT dedupe_key FROM tasks WHERE dedupe_key IS NOT NULL GROUP BY dedupe_key HAVING count(*) > 1",
        ),
    ] {
        losses.extend(lines(conn, sql).into_iter().map(|it| format!("{what}: {it}")));
    }
    let mut statement =
        conn.prepare("SELECT CAST(job AS TEXT), coalesce(last_result ->> '$.Err', '') FROM Jobs JOIN tasks USING (id) WHERE state = 'dead'");
    let rows = statement.as_mut().unwrap().query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let dead = rows.collect::<rusqlite::Result<Vec<(String, String)>>>().unwrap();
    let (mut poison, mut trouble) = (0, 0);
    for (payload, reason) in dead {
        if let Some((_, why)) = POISON.iter().find(|it| it.0 == payload) {
            poison += 1;
            if !reason.contains(why) {
                losses.push(format!("{payload} was given up for another reason: {reason}"));
            }
        } else if payload.contains("endurance_") {
            trouble += 1;
            if !REASONS.iter().any(|it| reason.contains(it)) {
                losses.push(format!("{payload} was given up for another reason: {reason}"));
            }
        } else {
            losses.push(format!("a good task was given up: {payload} {reason}"));
        }
    }
    if (poison, trouble) != (done.poison, done.trouble) {
        losses.push(format!(
            "given up were {poison} of {} that cannot be read and {trouble} of {} that make trouble",
            done.poison, done.trouble
        ));
    }
}

/// Each mail that was due arrived once.
fn mails(conn: &Connection, house: &House, office: &PostOffice, done: &Done, losses: &mut Vec<String>) {
    let taken = office.taken();
    let sent = count(conn, "SELECT count(*) FROM outgoing_mails WHERE state = 'sent'", []);
    let unsent = count(conn, "SELECT count(*) FROM outgoing_mails WHERE state <> 'sent'", []);
    if unsent > 0 || sent != taken.len() as i64 {
        losses.push(format!("{sent} mails are noted as sent, {unsent} are not, and {} arrived", taken.len()));
    }
    let mut welcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for mails in taken.values() {
        *welcomes.entry(&mails[0].to).or_default() += usize::from(mails[0].subject.contains("Welcome"));
    }
    for address in lines(conn, "SELECT email FROM users WHERE username <> 'rita'") {
        let arrived = welcomes.get(address.as_str()).copied().unwrap_or(0);
        if arrived != 1 {
            losses.push(format!("{address} was welcomed {arrived} times"));
        }
    }
    for (id, mails) in taken.iter() {
        // Without room on the disk the note waits.
        let noted = |at: Instant| {
            done.full.iter().filter(|it| it.contains(&(at + NOTE))).map(|it| it.end).max().unwrap_or(at) + NOTE
        };
        let excused = |at: Instant| house.kills.iter().any(|(kill, _)| (at..noted(at)).contains(kill));
        for (again, mail) in mails.windows(2).map(|two| (&two[1], &two[0])) {
            if !excused(mail.at) {
                losses
                    .push(format!("{id} arrived twice, {:?} apart, with nobody ended in between", again.at - mail.at));
            }
        }
    }
}

/// What was done and found, as lines.
#[allow(clippy::too_many_arguments, reason = "a report tells of everything")]
pub fn report(
    house: &House,
    callers: &Callers,
    office: &PostOffice,
    done: &Done,
    under_load: Duration,
    settled: Option<Settled>,
    stopped: Duration,
    losses: &[String],
) -> String {
    let conn = open(house);
    let of_servers = house.kills.iter().filter(|it| it.1.serves()).count();
    let book = callers.book();
    let taken = office.taken();
    let mut text = String::new();
    let mut line = |words: String| writeln!(text, "endurance: {words}").unwrap();
    line(format!(
        "{} rounds in {:.0} s, {} kills ({of_servers} of servers), {} steps of the clock, the disk full {} times",
        done.rounds,
        under_load.as_secs_f64(),
        house.kills.len(),
        done.steps,
        done.full.len()
    ));
    line(format!(
        "{} calls answered, {} times asked again; {} members, {} résumés, {} applications, {} likes, {} endorsements",
        callers.answered.load(Ordering::Relaxed),
        callers.repeated.load(Ordering::Relaxed),
        book.members.len(),
        book.resumes.len(),
        book.applications.len(),
        book.likes.len(),
        book.endorsements.len()
    ));
    line(format!(
        "{} tasks done in {} runs; given up: {} that cannot be read, {} that panic or never end; {} mails, {} of them twice",
        count(&conn, "SELECT count(*) FROM tasks WHERE state = 'done'", []),
        count(&conn, "SELECT count(*) FROM task_attempts", []),
        done.poison,
        done.trouble,
        taken.len(),
        taken.values().filter(|it| it.len() > 1).count()
    ));
    line(match settled {
        Some(Settled { took, repeated }) => format!(
            "the queue was empty {:.0} s after the last kill, {repeated} tasks whose workers were killed each time repeated by hand; \
             all processes had stopped {:.1} s after they were asked",
            took.as_secs_f64(),
            stopped.as_secs_f64()
        ),
        None => "the queue did not become empty".into(),
    });
    line(format!("{} losses", losses.len()));
    losses.iter().for_each(|it| line(format!("  {it}")));
    text
}
