//! Mails about sessions with mentors.

use chrono_tz::Tz;

use super::{Letter, Reader};
use crate::{
    mentors::sessions::{MentorSession, SessionStatus, Side},
    platform::{clock::Timestamp, id::Id},
    users::User,
};

/// A session, and who reads of it where.
pub struct About<'a> {
    /// The session as it stands.
    pub session: &'a MentorSession,
    /// Who reads.
    pub reader: Id<User>,
    /// Where they are.
    pub zone: Tz,
}

impl About<'_> {
    /// The name of the other side.
    fn with(&self) -> String {
        let MentorSession { mentor, mentee, .. } = self.session;
        if mentor.user.id == self.reader { mentee.shown_name() } else { mentor.user.shown_name() }
    }

    /// A moment where the reader is, with the name of the zone.
    fn local(&self, at: Timestamp) -> String {
        let at = at.datetime().with_timezone(&self.zone);
        format!("{} ({})", at.format("%Y-%m-%d %H:%M"), self.zone.name())
    }

    fn time(&self) -> String {
        self.session.scheduled_date.map(|at| self.local(at)).unwrap_or_default()
    }
}

/// Whether who has the session in a calendar needs it anew in this state.
pub fn changes_a_calendar(status: SessionStatus) -> bool {
    matches!(status, SessionStatus::Scheduled | SessionStatus::Cancelled)
}

fn letter(reader: &Reader<'_>, it: &About<'_>, heading: String, text: Vec<String>) -> Letter {
    let name = reader.name;
    let mut paragraphs = vec![reader.choose(format!("Hello {name},"), format!("{name}, вітаємо."))];
    paragraphs.extend(text);
    Letter {
        subject: heading.clone(),
        heading,
        paragraphs,
        sections: vec![],
        button: (
            reader.choose("Open the session", "Відкрити зустріч"),
            format!("{}/mentoring/{}", reader.base, it.session.id),
        ),
        reason: reader.choose(
            "You get this mail because you are a mentor or a mentee of this session.",
            "Ви отримали цей лист, бо ви наставник або учасник цієї зустрічі.",
        ),
    }
}

/// Tells a mentor what somebody asks for; none when it is not pending any more.
pub fn request(reader: &Reader<'_>, it: &About<'_>) -> Option<Letter> {
    let MentorSession { title, description, duration_minutes, preferred_date, .. } = it.session;
    if it.session.status != SessionStatus::Pending {
        return None;
    }
    let with = it.with();
    let mut text = vec![reader.choose(
        format!("{with} asks you for a session of {duration_minutes} minutes: \"{title}\"."),
        format!("{with} просить вас про зустріч на {duration_minutes} хв: «{title}»."),
    )];
    text.extend(description.split('\n').filter(|line| !line.trim().is_empty()).map(str::to_owned));
    if let Some(wish) = preferred_date {
        let wish = it.local(*wish);
        text.push(reader.choose(format!("The wished time is {wish}."), format!("Бажаний час: {wish}.")));
    }
    let heading = reader.choose(format!("{with} asks you for a session"), format!("{with} просить вас про зустріч"));
    Some(letter(reader, it, heading, text))
}

/// Tells either side in which state a session is now; none for the state in which nobody has answered yet.
pub fn change(reader: &Reader<'_>, it: &About<'_>) -> Option<Letter> {
    let MentorSession { title, status, sequence, reason, missing, .. } = it.session;
    let (with, time) = (it.with(), it.time());
    let (en, uk) = match status {
        SessionStatus::Pending => return None,
        SessionStatus::Scheduled if *sequence == 0 => ("was scheduled", "призначено"),
        SessionStatus::Scheduled => ("was moved", "перенесено"),
        SessionStatus::Completed => ("is completed", "завершено"),
        SessionStatus::Declined => ("was declined", "відхилено"),
        SessionStatus::Cancelled => ("was cancelled", "скасовано"),
        SessionStatus::NoShow => ("did not take place", "не відбулася"),
    };
    let heading = reader.choose(format!("\"{title}\" {en}"), format!("«{title}»: {uk}"));
    let mut text = vec![reader.choose(
        format!("your session \"{title}\" with {with} {en}."),
        format!("ваша зустріч «{title}» з {with}: {uk}."),
    )];
    if *status == SessionStatus::Scheduled {
        let minutes = it.session.duration_minutes;
        text.push(reader.choose(
            format!("It begins {time} and takes {minutes} minutes. The attached file puts it into your calendar."),
            format!("Початок: {time}, тривалість: {minutes} хв. Доданий файл внесе її до вашого календаря."),
        ));
    }
    let is_asked = *status == SessionStatus::Completed && it.session.side_of(it.reader) == Some(Side::Mentee);
    if is_asked && it.session.rating.is_none() {
        text.push(reader.choose(
            "Say what you think of it, so that others know what to expect.",
            "Скажіть, що ви про неї думаєте, щоб інші знали, чого чекати.",
        ));
    }
    let absent = missing.map(|side| match side {
        Side::Mentor => it.session.mentor.user.shown_name(),
        Side::Mentee => it.session.mentee.shown_name(),
    });
    if let Some(absent) = absent {
        text.push(reader.choose(format!("{absent} did not come."), format!("{absent}: не було на зустрічі.")));
    }
    if let Some(reason) = reason {
        text.push(reader.choose(format!("The reason: {reason}"), format!("Причина: {reason}")));
    }
    Some(letter(reader, it, heading, text))
}

/// Reminds of a session that begins soon; none when it is not scheduled any more.
pub fn reminder(reader: &Reader<'_>, it: &About<'_>) -> Option<Letter> {
    if it.session.status != SessionStatus::Scheduled {
        return None;
    }
    let (title, with, time) = (&it.session.title, it.with(), it.time());
    let heading = reader.choose(format!("Soon: \"{title}\""), format!("Незабаром: «{title}»"));
    let text = reader.choose(
        format!("your session \"{title}\" with {with} begins {time}."),
        format!("ваша зустріч «{title}» з {with} почнеться {time}."),
    );
    Some(letter(reader, it, heading, vec![text]))
}
