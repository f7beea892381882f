//! What digest and report say.

use super::model::{Morning, Report};
use crate::{
    mail::{Item, Letter, Reader, Section},
    notifications::Digest,
    recommendations::JobRecommendation,
};

/// A number with its word, in Ukrainian: 1 відгук, 2 відгуки, 5 відгуків.
fn uk(n: i64, [one, few, many]: [&str; 3]) -> String {
    let word = match (n.unsigned_abs() % 10, n.unsigned_abs() % 100) {
        (1, hundred) if hundred != 11 => one,
        (2..=4, hundred) if !(12..=14).contains(&hundred) => few,
        _ => many,
    };
    format!("{n} {word}")
}

/// A number with its word, in English.
fn en(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The text with its first letter as a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What is new since the last digest.
pub fn digest(reader: &Reader<'_>, it: &Morning, digest: Digest) -> Letter {
    let base = reader.base;
    let (mut subject, mut sections) = (vec![], vec![]);
    if !it.jobs.is_empty() {
        let n = it.jobs.len() as i64;
        subject.push(reader.choose(
            format!("{} you", en(n, "new job fits", "new jobs fit")),
            format!(
                "{} вам",
                uk(n, ["нова вакансія підходить", "нові вакансії підходять", "нових вакансій підходять"])
            ),
        ));
        sections.push(Section {
            heading: reader.choose("New jobs that fit you", "Нові вакансії для вас"),
            items: it.jobs.iter().map(|job| posting(reader, job)).collect(),
        });
    }
    if !it.unread.is_empty() {
        let n = it.unread_count;
        subject.push(reader.choose(
            en(n, "unread notification", "unread notifications"),
            uk(n, ["непрочитане сповіщення", "непрочитані сповіщення", "непрочитаних сповіщень"]),
        ));
        let mut items: Vec<_> = it
            .unread
            .iter()
            .map(|told| Item {
                words: told.title.clone(),
                address: Some(reader.to(told.link.as_deref().unwrap_or("/notifications"))),
                note: String::new(),
            })
            .collect();
        let more = n - it.unread.len() as i64;
        if more > 0 {
            let words = reader.choose(format!("and {more} more"), format!("і ще {more}"));
            items.push(Item { words, address: Some(format!("{base}/notifications")), note: String::new() });
        }
        sections.push(Section { heading: reader.choose("Not read yet", "Ще не прочитано"), items });
    }
    sections.push(standing(reader, it.points, &it.courses));
    Letter {
        subject: capital(&subject.join(", ")),
        heading: reader.choose(format!("Good morning, {}", reader.name), format!("Доброго ранку, {}", reader.name)),
        paragraphs: vec![match digest {
            Digest::Weekly => reader.choose("This is new since last week.", "Ось що нового за тиждень."),
            Digest::Daily | Digest::Off => {
                reader.choose("This is new since yesterday morning.", "Ось що нового від учорашнього ранку.")
            }
        }],
        sections,
        button: (reader.choose("Open your dashboard", "Відкрити головну сторінку"), format!("{base}/dashboard")),
        reason: reader.choose(
            "You get this digest because you want to hear what is new by mail. How often it comes is in your settings.",
            "Ви отримуєте цей огляд, бо хочете знати про нове поштою. Як часто він надходить, можна змінити в налаштуваннях.",
        ),
    }
}

fn posting(reader: &Reader<'_>, it: &JobRecommendation) -> Item {
    let percent = it.match_percentage;
    let first = |names: &[String]| names.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
    let mut note = reader.choose(format!("{percent} of 100."), format!("Збіг: {percent} зі 100."));
    if !it.matched_skills.is_empty() {
        let names = first(&it.matched_skills);
        note.push_str(&reader.choose(format!(" You know {names}."), format!(" Ви знаєте: {names}.")));
    }
    if !it.missing_skills.is_empty() {
        let names = first(&it.missing_skills);
        note.push_str(&reader.choose(format!(" Missing: {names}."), format!(" Бракує: {names}.")));
    }
    let (title, company, place) = (&it.job.title, &it.job.company_name, &it.job.location);
    Item {
        words: format!("{title}, {company}, {place}"),
        address: Some(format!("{}/jobs/{}", reader.base, it.job.id)),
        note,
    }
}

fn standing(reader: &Reader<'_>, (points, rank): (i64, i64), courses: &[(String, i64)]) -> Section {
    let plain = |words: String| Item { words, address: None, note: String::new() };
    let mut items = vec![plain(reader.choose(
        format!("{}, place {rank}", en(points, "point", "points")),
        format!("{}, місце {rank}", uk(points, ["бал", "бали", "балів"])),
    ))];
    items.extend(courses.iter().map(|(title, percent)| {
        plain(reader.choose(format!("\"{title}\": {percent} % done"), format!("«{title}»: пройдено {percent} %")))
    }));
    Section { heading: reader.choose("Where you stand", "Де ви зараз"), items }
}

/// What the last seven days brought.
pub fn report(reader: &Reader<'_>, it: &Report) -> Letter {
    let (week, before) = (&it.week, &it.before);
    let figures = [
        ("points", "бали", week.points, before.points),
        ("modules completed", "пройдені модулі", week.modules, before.modules),
        ("courses completed", "завершені курси", week.courses, before.courses),
        ("skills added", "додані навички", week.skills, before.skills),
        ("endorsements by others", "підтвердження навичок від інших", week.endorsements, before.endorsements),
        ("applications sent", "надіслані заявки", week.applications, before.applications),
        ("answers to applications", "відповіді на заявки", week.answers, before.answers),
        ("posts and comments", "дописи й коментарі", week.contributions, before.contributions),
        ("likes by others", "вподобання від інших", week.likes, before.likes),
    ];
    let told: Vec<_> = figures.into_iter().filter(|(.., now, _)| *now != 0).collect();
    let items = told
        .iter()
        .map(|(en, uk, now, before)| Item {
            words: format!("{}: {now}", capital(&reader.choose(*en, *uk))),
            address: None,
            note: reader.choose(format!("The week before: {before}."), format!("Тижнем раніше: {before}.")),
        })
        .collect::<Vec<_>>();
    let mut sections = vec![];
    if !items.is_empty() {
        sections.push(Section {
            heading: reader.choose("What you did and got", "Що ви зробили й отримали"), items
        });
    }
    if !it.achievements.is_empty() {
        let items = it.achievements.iter().map(|name| Item { words: name.clone(), address: None, note: String::new() });
        let heading = reader.choose("Achievements you earned", "Здобуті відзнаки");
        sections.push(Section { heading, items: items.collect() });
    }
    sections.push(standing(reader, it.points, &[]));
    let first: Vec<_> =
        told.iter().take(2).map(|(en, uk, now, _)| format!("{}: {now}", reader.choose(*en, *uk))).collect();
    let first = if first.is_empty() { it.achievements.join(", ") } else { first.join(", ") };
    Letter {
        subject: reader.choose(format!("Your week: {first}"), format!("Ваш тиждень: {first}")),
        heading: reader.choose(format!("Your week, {}", reader.name), format!("Ваш тиждень, {}", reader.name)),
        paragraphs: vec![
            reader.choose("This is what the last seven days brought.", "Ось що принесли останні сім днів."),
        ],
        sections,
        button: (
            reader.choose("Open your dashboard", "Відкрити головну сторінку"),
            format!("{}/dashboard", reader.base),
        ),
        reason: reader.choose(
            "You get this report on Mondays because you want it by mail.",
            "Ви отримуєте цей звіт щопонеділка, бо хочете отримувати його поштою.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ukrainian_words_follow_their_number() {
        let words = ["бал", "бали", "балів"];
        let told: Vec<_> = [0, 1, 2, 5, 11, 12, 21, 22, 25, 111, 112].iter().map(|it| uk(*it, words)).collect();
        let expected = [
            "0 балів",
            "1 бал",
            "2 бали",
            "5 балів",
            "11 балів",
            "12 балів",
            "21 бал",
            "22 бали",
            "25 балів",
            "111 балів",
            "112 балів",
        ];
        assert_eq!(told, expected);
    }
}
