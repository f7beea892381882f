//! Sessions as calendar files (RFC 5545).

use super::{MentorSession, SessionStatus};
use crate::platform::clock::Timestamp;

/// The most octets of a line, its end not counted.
const LINE: usize = 75;

/// The calendar file of a session that has, or had, a time; none before it has one. `base` is what links start with.
///
/// A session that was called off, or that one side did not come to, says so, with the same identity and a higher sequence number, so that a calendar which holds
/// it takes it out.
pub fn calendar(session: &MentorSession, base: &str) -> Option<String> {
    let start = session.scheduled_date?;
    let is_off = matches!(session.status, SessionStatus::Cancelled | SessionStatus::NoShow);
    let host = base.split("://").last().unwrap_or_default();
    let host = host.split(['/', ':']).next().filter(|it| !it.is_empty()).unwrap_or("localhost");
    let mentor = &session.mentor.user;
    let page = format!("{base}/mentoring/{}", session.id);
    let about = format!("{} with {}", session.title, mentor.shown_name());
    let (method, status) = if is_off { ("CANCEL", "CANCELLED") } else { ("PUBLISH", "CONFIRMED") };
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//careerd//sessions//EN".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("METHOD:{method}"),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:mentor-session-{}@{host}", session.id),
        format!("DTSTAMP:{}", utc(session.updated_at)),
        format!("CREATED:{}", utc(session.created_at)),
        format!("LAST-MODIFIED:{}", utc(session.updated_at)),
        format!("SEQUENCE:{}", session.sequence),
        format!("STATUS:{status}"),
        format!("DTSTART:{}", utc(start)),
        format!("DURATION:PT{}M", session.duration_minutes),
        format!("SUMMARY:{}", escaped(&about)),
    ];
    if !session.description.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&session.description)));
    }
    if let Some(reason) = session.reason.as_deref().filter(|it| is_off && !it.is_empty()) {
        lines.push(format!("COMMENT:{}", escaped(reason)));
    }
    lines.extend([
        // An organizer is a must where something is published or called off. Addresses are private, so it is their page.
        format!("ORGANIZER;CN=\"{}\":{base}/profile/{}", mentor.shown_name().replace('"', "'"), mentor.id),
        format!("URL:{page}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ]);
    Some(lines.iter().map(|line| folded(line)).collect())
}

fn utc(at: Timestamp) -> String {
    at.datetime().format("%Y%m%dT%H%M%SZ").to_string()
}

/// The text as a TEXT value.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The line in pieces of at most 75 octets, each but the first behind a space, with its end. No character is cut.
fn folded(line: &str) -> String {
    let (mut folded, mut length) = (String::with_capacity(line.len() + 2), 0);
    for c in line.chars() {
        if length + c.len_utf8() > LINE {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(c);
        length += c.len_utf8();
    }
    folded + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_by_octets_and_never_within_a_character() {
        let line = format!("SUMMARY:{}", "Зустріч щодо Rust; ".repeat(20));
        let file = folded(&line);
        assert!(file.ends_with("\r\n"));
        let pieces: Vec<&str> = file.trim_end_matches("\r\n").split("\r\n").collect();
        assert!(pieces.len() > 4);
        assert!(pieces.iter().all(|it| it.len() <= LINE), "{pieces:?}");
        assert!(pieces.iter().skip(1).all(|it| it.starts_with(' ')));
        assert_eq!(file.trim_end_matches("\r\n").replace("\r\n ", ""), line);
        assert_eq!(folded(&"x".repeat(75)), format!("{}\r\n", "x".repeat(75)));
    }

    #[test]
    fn text_cannot_become_another_property() {
        assert_eq!(escaped("a;b,c\\d\r\nEND:VEVENT\u{7}"), "a\\;b\\,c\\\\d\\nEND:VEVENT ");
    }
}
