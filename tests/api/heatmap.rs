//! Heatmaps, streaks and growth: what they say equals the events and accounts they are made of, in every time zone.

use std::collections::{BTreeMap, HashSet};

use careerd::{
    analytics::{
        growth::growth,
        heatmap::{Heatmap, HeatmapFilter, heatmap},
    },
    platform::{clock::Timestamp, id::Id},
};
use chrono::{DateTime, Datelike, Duration, Timelike};
use chrono_tz::Tz;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::app::TestApp;

/// Writes events of somebody, as if they had happened at these moments.
fn happened(t: &TestApp, actor: Option<i64>, events: Vec<(Timestamp, &'static str)>) {
    t.write(move |tx| {
        for (at, kind) in &events {
            tx.execute(
                "INSERT INTO events (at, kind, actor_id, subject_type, subject_id, data) VALUES (?1, ?2, ?3, 'x', 1, '{}')",
                (at, kind, actor),
            )?;
        }
        Ok(())
    });
}

fn read(t: &TestApp, of: Option<i64>, filter: HeatmapFilter, now: Timestamp) -> Heatmap {
    t.block_on(t.app.db.read(move |conn| heatmap(conn, of.map(Id::new), filter, now))).unwrap()
}

fn at(moment: &str) -> Timestamp {
    Timestamp::parse(moment).unwrap()
}

#[test]
fn what_somebody_does_shows_at_once() {
    let t = TestApp::stocked();
    let (ann, ben) = (t.user("ann"), t.user("ben"));
    let job = crate::jobs::post(&t.recruiter("rita"), json!({}));
    let sum = |map: &Value| map["days"].as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum::<i64>();
    let before = ann.get("/api/analytics/me/heatmap/").ok();
    ann.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    ann.post(&format!("{job}apply/"), json!({})).created();
    let ann = t.sign_in_again(&ann);
    ben.post("/api/user-skills/", json!({"skill_name": "Rust"})).created();
    let map = ann.get("/api/analytics/me/heatmap/").ok();
    assert_eq!(sum(&map) - sum(&before), 3, "a skill, an application and a sign-in; nothing of ben's");
    let by_hour = map["weekday_hour"].as_array().unwrap();
    assert_eq!((by_hour.len(), by_hour[0].as_array().unwrap().len()), (7, 24));
    let cells: i64 = by_hour.iter().flat_map(|it| it.as_array().unwrap()).map(|it| it.as_i64().unwrap()).sum();
    assert_eq!(cells, sum(&map));
    assert_eq!((&map["streak_days"], &map["longest_streak"], &map["tz"]), (&json!(1), &json!(1), &json!("UTC")));
    assert_eq!(map["days"].as_object().unwrap().len(), 30);
    assert_eq!(ann.get("/api/users/me/stats/").ok()["streak_days"], map["streak_days"]);
    let year = ann.get("/api/analytics/me/heatmap/?days=365&tz=Asia/Kathmandu").ok();
    assert_eq!((year["days"].as_object().unwrap().len(), sum(&year)), (365, sum(&map)));
}

#[test]
fn a_day_of_twenty_five_hours_is_one_day() {
    let t = TestApp::new();
    let ann = t.user("ann").id;
    // Kyiv: clocks go back from 4:00 to 3:00 on Sunday, 26 October 2025.
    let moments = [
        "2025-10-24T20:30:00Z",
        "2025-10-25T20:30:00Z",
        "2025-10-26T00:30:00Z",
        "2025-10-26T01:30:00Z",
        "2025-10-26T21:30:00Z",
        "2025-10-26T22:15:00Z",
    ];
    happened(&t, Some(ann), moments.iter().map(|it| (at(it), "jobs.applied")).collect());
    let now = at("2025-10-27T10:00:00Z");
    let kyiv = read(&t, Some(ann), HeatmapFilter { days: 30, tz: "Europe/Kyiv".parse().unwrap() }, now);
    let days = kyiv.days.unwrap();
    let of = |date: &str| days[date];
    assert_eq!([of("2025-10-24"), of("2025-10-25"), of("2025-10-26"), of("2025-10-27")], [1, 1, 3, 1]);
    assert_eq!(kyiv.weekday_hour.unwrap()[6][3], 2, "three o'clock comes twice on that Sunday");
    assert_eq!((kyiv.streak_days, kyiv.longest_streak), (Some(4), Some(4)));
    let utc = read(&t, Some(ann), HeatmapFilter::utc(30), now);
    assert_eq!((utc.streak_days, utc.longest_streak), (Some(3), Some(3)), "in UTC nothing happened on the 27th yet");
}

#[test]
fn a_day_of_twenty_three_hours_is_one_day() {
    let t = TestApp::new();
    let ann = t.user("ann").id;
    // New York: clocks go from 2:00 to 3:00 on Sunday, 9 March 2025.
    let moments = [
        "2025-03-08T05:00:00Z",
        "2025-03-09T04:59:59Z",
        "2025-03-09T05:00:00Z",
        "2025-03-10T03:59:59Z",
        "2025-03-10T04:00:00Z",
    ];
    happened(&t, Some(ann), moments.iter().map(|it| (at(it), "jobs.applied")).collect());
    let filter = HeatmapFilter { days: 3, tz: "America/New_York".parse().unwrap() };
    let map = read(&t, Some(ann), filter, at("2025-03-10T16:00:00Z"));
    let days: Vec<_> = map.days.unwrap().into_iter().collect();
    assert_eq!(days, [("2025-03-08".into(), 2), ("2025-03-09".into(), 2), ("2025-03-10".into(), 1)]);
    assert_eq!(map.streak_days, Some(3));
    let sunday = &map.weekday_hour.unwrap()[6];
    assert_eq!((sunday[0], sunday[23], sunday.iter().sum::<i64>()), (1, 1, 2));
}

#[test]
fn signing_in_shows_and_makes_no_streak() {
    let t = TestApp::new();
    let ann = t.user("ann").id;
    let now = at("2025-06-10T12:00:00Z");
    let ago = |days| now.plus(-Duration::days(days));
    happened(
        &t,
        Some(ann),
        vec![
            (ago(0), "users.signed_in"),
            (ago(1), "skills.added"),
            (ago(2), "users.profile_changed"),
            (ago(3), "users.signed_in"),
            (ago(4), "skills.added"),
        ],
    );
    let map = read(&t, Some(ann), HeatmapFilter::utc(30), now);
    assert_eq!((map.streak_days, map.longest_streak), (Some(2), Some(2)));
    assert_eq!(map.days.unwrap().values().sum::<i64>(), 4, "a changed profile is no entry of the heatmap");
}

#[test]
fn heatmaps_equal_the_events_in_every_time_zone() {
    const KINDS: [(&str, bool, bool); 4] = [
        ("skills.added", true, true),
        ("users.signed_in", true, false),
        ("jobs.posted", false, true),
        ("courses.module_completed", true, true),
    ];
    const ZONES: [&str; 6] =
        ["UTC", "Europe/Kyiv", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"];
    let t = TestApp::new();
    let now = at("2025-11-30T09:47:12Z");
    let actors = std::cell::Cell::new(1000);
    let world = (
        prop::collection::vec((0..400 * 86_400_i64, 0..KINDS.len()), 0..60),
        1..=365_i64,
        prop::sample::select(&ZONES[..]),
    );
    let config = ProptestConfig { cases: 40, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&world, |(events, days, zone)| {
            let actor = actors.replace(actors.get() + 1);
            let tz: Tz = zone.parse().unwrap();
            let moments: Vec<_> =
                events.iter().map(|(ago, kind)| (now.plus(-Duration::seconds(*ago)), KINDS[*kind])).collect();
            happened(&t, Some(actor), moments.iter().map(|(at, kind)| (*at, kind.0)).collect());
            let map = read(&t, Some(actor), HeatmapFilter { days, tz }, now);

            let local = |at: Timestamp| -> DateTime<Tz> { at.datetime().with_timezone(&tz) };
            let today = local(now).date_naive();
            let (mut by_day, mut by_hour, mut deeds) = (BTreeMap::new(), vec![vec![0; 24]; 7], HashSet::new());
            for (at, (_, counted, deed)) in &moments {
                let at = local(*at);
                if *deed {
                    deeds.insert(at.date_naive());
                }
                if *counted && (today - at.date_naive()).num_days() < days {
                    *by_day.entry(at.date_naive().to_string()).or_insert(0) += 1;
                    by_hour[at.weekday().num_days_from_monday() as usize][at.hour() as usize] += 1;
                }
            }
            let told: BTreeMap<String, i64> = map.days.unwrap().into_iter().filter(|it| it.1 > 0).collect();
            prop_assert_eq!(told, by_day);
            prop_assert_eq!(map.weekday_hour.unwrap(), by_hour);
            let row = |mut day: chrono::NaiveDate| {
                let mut row = 0;
                while deeds.contains(&day) && (today - day).num_days() < 400 {
                    row += 1;
                    day = day.pred_opt().unwrap();
                }
                row
            };
            prop_assert_eq!(map.streak_days, Some(row(today).max(row(today.pred_opt().unwrap()))));
            prop_assert_eq!(map.longest_streak, Some(deeds.iter().map(|it| row(*it)).max().unwrap_or(0)));
            Ok(())
        })
        .unwrap();
    // What is kept of all people is what all of them did.
    for zone in ZONES {
        let tz: Tz = zone.parse().unwrap();
        let map = read(&t, None, HeatmapFilter { days: 365, tz }, now);
        let first = map.days.as_ref().unwrap().keys().next().unwrap().parse::<chrono::NaiveDate>().unwrap();
        let since =
            chrono::TimeZone::from_local_datetime(&tz, &first.and_hms_opt(0, 0, 0).unwrap()).earliest().unwrap();
        let counted: i64 = t.query(&format!(
            "SELECT count(*) FROM events WHERE kind IN ('skills.added', 'users.signed_in', 'courses.module_completed')
                 AND actor_id IS NOT NULL AND at >= {}",
            since.timestamp_micros()
        ));
        assert_eq!(map.days.unwrap().values().sum::<i64>(), counted, "{zone}");
        assert_eq!(map.weekday_hour.unwrap().iter().flatten().sum::<i64>(), counted, "{zone}");
    }
}

#[test]
fn growth_equals_a_recount_of_accounts_and_events() {
    let now = at("2025-11-30T09:47:12Z");
    let seen = prop::option::of(0..100 * 86_400_i64);
    let world = prop::collection::vec((0..420 * 86_400_i64, seen), 0..80);
    let config = ProptestConfig { cases: 12, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&world, |people| {
            let t = TestApp::new();
            let people: Vec<(Timestamp, Option<Timestamp>)> = people
                .into_iter()
                .map(|(ago, seen)| {
                    let came = now.plus(-Duration::seconds(ago));
                    (came, seen.map(|after| came.plus(Duration::seconds(after))).filter(|it| *it <= now))
                })
                .collect();
            let rows = people.clone();
            t.write(move |tx| {
                for (nth, (came, seen)) in rows.iter().enumerate() {
                    tx.execute(
                        "INSERT INTO users (username, email, last_active, created_at, updated_at) VALUES (?1, ?1, ?2, ?3, ?3)",
                        (format!("user{nth}"), seen, came),
                    )?;
                }
                Ok(())
            });
            for (nth, (came, seen)) in people.iter().enumerate() {
                let moments = [Some(*came), *seen].into_iter().flatten().map(|it| (it, "users.signed_in")).collect();
                happened(&t, Some(nth as i64), moments);
            }
            let told = t.block_on(t.app.db.read(move |conn| growth(conn, now))).unwrap();

            let month = |it: Timestamp| it.datetime().format("%Y-%m").to_string();
            for name in told.sign_ups.keys() {
                let came: Vec<_> = people.iter().filter(|it| month(it.0) == *name).collect();
                prop_assert_eq!(told.sign_ups[name], came.len() as i64);
                let active = people.iter().filter(|it| month(it.0) == *name || it.1.is_some_and(|seen| month(seen) == *name));
                prop_assert_eq!(told.active[name], active.count() as i64);
                let later = |it: Timestamp| it.plus(Duration::days(30));
                let settled = came.iter().filter(|it| later(it.0) <= now).count();
                let stayed = came.iter().filter(|it| it.1.is_some_and(|seen| seen >= later(it.0))).count();
                let share = (1000.0 * stayed as f64 / settled.max(1) as f64).round() / 10.0;
                prop_assert_eq!(told.retained[name], (settled >= 5).then_some(share));
            }
            prop_assert_eq!(told.sign_ups.len(), 12);
            Ok(())
        })
        .unwrap();
}

#[test]
fn events_are_counted_by_their_indexes_alone() {
    let t = TestApp::new();
    for (sql, index) in [
        ("SELECT at / 900000000 AS q, count(*) FROM events WHERE at >= 1 AND at <= 2 AND actor_id = 3
             AND +kind IN (SELECT kind FROM event_kinds) GROUP BY q", "COVERING INDEX events_actor"),
        ("SELECT count(*) FROM (SELECT DISTINCT actor_id FROM events WHERE at >= 1 AND at <= 2 AND +actor_id IS NOT NULL
             AND +kind IN (SELECT kind FROM event_kinds) LIMIT 5)", "COVERING INDEX events_at"),
        ("SELECT key, count FROM kept_counts WHERE what = 'events.counted' AND key >= 1 AND key <= 2 AND count > 0 ORDER BY key",
            "PRIMARY KEY"),
    ] {
        let plan: Vec<String> = t
            .block_on(t.app.db.read(move |conn| {
                let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
                Ok(plan.query_map([], |row| row.get("detail"))?.collect::<Result<_, _>>()?)
            }))
            .unwrap();
        assert!(plan.iter().any(|it| it.contains(index)), "{plan:?}");
    }
}
