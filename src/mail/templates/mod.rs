//! What mails say, in each language, and how they look.

pub mod account;
mod frame;
pub mod mentoring;

use super::model::{Foot, Template};
use crate::{
    achievements::UserAchievement,
    courses::Course,
    notifications::{Language, Notification},
    users::User,
};

pub use frame::{End, render};

/// Who reads a mail.
pub struct Reader<'a> {
    /// How they are addressed.
    pub name: &'a str,
    /// The language they chose.
    pub language: Language,
    /// What links start with, without a slash at the end.
    pub base: &'a str,
}

/// What a mail says, as plain text; the frame escapes it.
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The words above the text.
    pub heading: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// Lists below the text.
    pub sections: Vec<Section>,
    /// The one thing to do: its words and its address.
    pub button: (String, String),
    /// Why the reader gets this.
    pub reason: String,
}

/// A list with a heading.
pub struct Section {
    /// What it is a list of.
    pub heading: String,
    /// Its lines.
    pub items: Vec<Item>,
}

/// A line of a list.
pub struct Item {
    /// What it says.
    pub words: String,
    /// Where it leads.
    pub address: Option<String>,
    /// A sentence below it; may be empty.
    pub note: String,
}

impl<'a> Reader<'a> {
    /// This user, who reads in this language; links start with `base`.
    pub fn of(user: &'a User, language: Language, base: &'a str) -> Self {
        Self { name: if user.first_name.is_empty() { &user.username } else { &user.first_name }, language, base }
    }

    /// A path of this instance as a whole address; what is no path of ours leads to the notifications.
    pub fn to(&self, path: &str) -> String {
        let own = path.starts_with('/') && !path.starts_with("//");
        format!("{}{}", self.base, if own { path } else { "/notifications" })
    }

    /// The words in the reader's language.
    pub fn choose(&self, en: impl Into<String>, uk: impl Into<String>) -> String {
        match self.language {
            Language::En => en.into(),
            Language::Uk => uk.into(),
        }
    }
}

/// The words of the link that ends a mail.
pub fn end_it(language: Language, foot: Foot) -> &'static str {
    match (foot, language) {
        (Foot::Kind(_), Language::En) => "Stop this kind of mail",
        (Foot::Kind(_), Language::Uk) => "Не надсилати таких листів",
        (Foot::Regular, Language::En) => "Stop digests and weekly reports",
        (Foot::Regular, Language::Uk) => "Не надсилати оглядів і тижневих звітів",
    }
}

/// Welcomes a new account; `verify` is the secret of the link that proves the address, empty when it is proven.
pub fn welcome(reader: &Reader<'_>, verify: &str) -> Letter {
    let Reader { name, base, .. } = reader;
    let mut paragraphs = vec![reader.choose(
        "Your account is ready. Add the skills you have, and careerd shows which jobs they fit and what each missing skill would open.",
        "Ваш обліковий запис готовий. Додайте свої навички, і careerd покаже, яким вакансіям вони відповідають і що відкриє кожна нова.",
    )];
    let button = if verify.is_empty() {
        (reader.choose("Open your dashboard", "Відкрити головну сторінку"), format!("{base}/dashboard"))
    } else {
        paragraphs.push(reader.choose(
            "Please confirm that this address is yours. The link works for 24 hours; you can ask for a new one in your settings.",
            "Підтвердьте, будь ласка, що ця адреса ваша. Посилання діє 24 години; нове можна отримати в налаштуваннях.",
        ));
        (reader.choose("Confirm this address", "Підтвердити адресу"), format!("{base}/verify/{verify}"))
    };
    Letter {
        subject: reader.choose("Welcome to careerd", "Вітаємо в careerd"),
        heading: reader.choose(format!("Welcome, {name}"), format!("Вітаємо, {name}")),
        paragraphs,
        sections: vec![],
        button,
        reason: reader.choose(
            "You get this mail because an account was registered with your address.",
            "Ви отримали цей лист, бо з вашою адресою зареєстровано обліковий запис.",
        ),
    }
}

/// Tells of an achievement and its points.
pub fn achievement(reader: &Reader<'_>, award: &UserAchievement) -> Letter {
    let Reader { name, base, .. } = reader;
    let title = &award.achievement.name;
    let mut paragraphs = vec![
        reader.choose(format!("Hello {name},"), format!("{name}, вітаємо.")),
        reader.choose(
            format!("you earned \"{title}\": {}", award.achievement.description),
            format!("ви здобули відзнаку «{title}»: {}", award.achievement.description),
        ),
    ];
    let (points, total) = (award.points, award.user.points);
    if points > 0 {
        paragraphs.push(reader.choose(
            format!("It brings you {points} {}. You have {total} now.", if points == 1 { "point" } else { "points" }),
            format!("Нараховано балів: {points}. Разом у вас тепер: {total}."),
        ));
    }
    Letter {
        subject: reader.choose(format!("You earned \"{title}\""), format!("Ви здобули відзнаку «{title}»")),
        heading: title.clone(),
        paragraphs,
        sections: vec![],
        button: (
            reader.choose("See your achievements", "Переглянути відзнаки"),
            format!("{base}/profile/{}", award.user.id),
        ),
        reason: reader.choose(
            "You get this mail because you earned an achievement.",
            "Ви отримали цей лист, бо здобули відзнаку.",
        ),
    }
}

/// Tells of an enrolment, what the course is made of, and where it begins.
pub fn course_enrollment(reader: &Reader<'_>, course: &Course) -> Letter {
    let Reader { name, base, .. } = reader;
    let (title, hours, modules) = (&course.title, course.duration_hours, course.modules.len());
    let mut paragraphs = vec![
        reader.choose(format!("Hello {name},"), format!("{name}, вітаємо.")),
        reader.choose(
            format!("you enrolled in \"{title}\". It takes about {hours} hours; its modules so far: {modules}."),
            format!("ви записалися на курс «{title}». Він триває близько {hours} год; модулів наразі: {modules}."),
        ),
    ];
    if let Some(first) = course.modules.first() {
        let first = &first.title;
        paragraphs.push(reader.choose(format!("It begins with \"{first}\"."), format!("Перший модуль: «{first}».")));
    }
    Letter {
        subject: reader.choose(format!("You enrolled in \"{title}\""), format!("Ви записалися на курс «{title}»")),
        heading: title.clone(),
        paragraphs,
        sections: vec![],
        button: (reader.choose("Open the course", "Відкрити курс"), format!("{base}/courses/{}", course.id)),
        reason: reader.choose(
            "You get this mail because you enrolled in a course.",
            "Ви отримали цей лист, бо записалися на курс.",
        ),
    }
}

/// A notification as mail. Notifications are kept in English, so that a reader of another language finds what it is about above
/// its words.
pub fn notification(reader: &Reader<'_>, it: &Notification) -> Letter {
    let template = Template::of_notification(it.kind).unwrap_or(Template::System);
    let subject = reader.choose(it.title.clone(), headline(template, it));
    let words = it.message.split('\n').filter(|line| !line.trim().is_empty());
    let paragraphs = match reader.language {
        Language::En => words.map(str::to_owned).collect(),
        Language::Uk => [it.title.as_str()].into_iter().chain(words).map(str::to_owned).collect(),
    };
    Letter {
        heading: subject.clone(),
        subject,
        paragraphs,
        sections: vec![],
        button: (
            reader.choose("Open it in careerd", "Відкрити в careerd"),
            reader.to(it.link.as_deref().unwrap_or("/notifications")),
        ),
        reason: reason(reader, template),
    }
}

/// What a notification is about, in Ukrainian, with whoever caused it.
fn headline(template: Template, it: &Notification) -> String {
    let about = match template {
        Template::Mention => "Вас згадали",
        Template::Like => "Ваш допис уподобали",
        Template::Comment => "Вам відповіли",
        Template::Application => "Новини щодо заявки",
        Template::Connection => "Новини щодо контакту",
        _ => "Новини щодо вашого облікового запису",
    };
    match &it.related_user {
        Some(by) => format!("{about}: {}", by.shown_name()),
        None => about.to_owned(),
    }
}

fn reason(reader: &Reader<'_>, template: Template) -> String {
    let (en, uk) = match template {
        Template::Mention => ("you were mentioned", "вас згадали"),
        Template::Like => ("somebody liked what you wrote", "комусь сподобався ваш допис"),
        Template::Comment => ("somebody answered you", "вам відповіли"),
        Template::Application => ("there is news about an application", "є новини щодо заявки"),
        Template::Connection => ("there is news about a connection", "є новини щодо контакту"),
        _ => ("there is news about your account", "є новини щодо вашого облікового запису"),
    };
    reader.choose(
        format!("You get this mail because {en} and you want to hear of that by mail."),
        format!("Ви отримали цей лист, бо {uk}, а ви хочете знати про це поштою."),
    )
}
