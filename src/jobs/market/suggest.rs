//! What a posting is likely to ask for, by its words.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    analysis::Finding,
    platform::{app::App, error::Result, sql::fold},
    resumes::Reader,
};

/// Words that say that something only helps, in English, German, French, Spanish and Ukrainian; folded, as the lists below.
const HELPS: &str = "\
    nice to have; nice-to-have; nice to haves; bonus; a plus; pluses; preferred; preferably; preference; \
    optional; desirable; desired; advantage; good to have; beneficial; ideally; would be great; helpful; \
    not required; not essential; not mandatory; extra credit; extra points; brownie points; even better; \
    great if; an asset; appreciated; is welcome; are welcome; we would love; we'd love; would be good; \
    von vorteil; vorteilhaft; wunschenswert; idealerweise; pluspunkt; schon ware; ein plus; kein muss; un plus; \
    un atout; souhaite; apprecie; idealement; facultatif; de preference; se valora; valorable; deseable; \
    idealmente; opcional; preferible; preferiblemente; плюсом; бажано; бажані; перевагою; переваги; вітається; \
    буде добре";

/// Phrases in which such a word says nothing of the kind.
const OTHERWISE: &str = "\
    take advantage; competitive advantage; annual bonus; performance bonus; yearly bonus; preferred partner";

/// Words that say that something is needed.
const NEEDS: &str = "\
    required; requirement; must have; must-have; must be; mandatory; essential; necessary; you need; minimum; \
    zwingend; erforderlich; voraussetzung; anforderungen; requis; obligatoire; exige; requisitos; \
    imprescindible; necesari; обов'язков; вимоги; потрібн; необхідн; what you bring; your profile; you have; \
    qualifications; dein profil; ihr profil; profil recherche; tu perfil; очікуємо";

/// Headings over what is given, not asked for.
const OFFERS: &str = "\
    we offer; what you get; benefits; perks; what's in it for you; why join; our offer; wir bieten; \
    das bieten wir; benefits fur; nous offrons; avantages; nous proposons; ofrecemos; beneficios; \
    ми пропонуємо; пропонуємо; умови роботи";

/// Headings over anything else.
const OTHERS: &str = "\
    responsibilit; about us; about the; who we are; your task; your role; the role; your mission; \
    what you will do; what you'll do; duties; how to apply; deine aufgaben; ihre aufgaben; uber uns; \
    vos missions; a propos; tus funciones; responsabilidades; sobre nosotros; обов'язки; про нас; завдання";

/// Most words of a heading without a colon.
const HEADING_WORDS: usize = 6;

/// What a posting is likely to ask for: confidence 0 to 1 by the name of a skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggested {
    /// What it seems to need.
    pub required: BTreeMap<String, f64>,
    /// What seems to help.
    pub nice_to_have: BTreeMap<String, f64>,
}

/// Finds what a posting is likely to ask for.
///
/// # Errors
/// Those of the database; 503 when too much is being read at once.
pub async fn suggest(app: &App, title: &str, description: &str) -> Result<Suggested> {
    let (needed, helps) = split(description);
    let texts = vec![format!("{title}\n{needed}"), helps];
    let mut found = app.parts.get::<Reader>().find(app, texts).await?.into_iter().map(by_name);
    let required = found.next().unwrap_or_default();
    let mut nice_to_have = found.next().unwrap_or_default();
    nice_to_have.retain(|name, _| !required.contains_key(name));
    Ok(Suggested { required, nice_to_have })
}

fn by_name(found: Vec<Finding>) -> BTreeMap<String, f64> {
    found.into_iter().map(|it| (it.skill, it.confidence)).collect()
}

/// What the lines below a heading are.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    Needed,
    Helps,
    Offered,
}

/// Parts a description into what is needed and what only helps; what is offered is neither. A heading decides for the lines
/// below it up to the next heading, within a line each thought for itself.
fn split(description: &str) -> (String, String) {
    let (mut needed, mut helps, mut below) = (String::new(), String::new(), Below::Needed);
    for line in description.lines() {
        if let Some(opened) = heading(line) {
            below = opened;
        }
        let (must, may) = match below {
            Below::Needed => by_thought(line),
            Below::Helps => (String::new(), line.to_owned()),
            Below::Offered => continue,
        };
        for (part, text) in [(&mut needed, must), (&mut helps, may)] {
            if !text.trim().is_empty() {
                part.push_str(&text);
                part.push('\n');
            }
        }
    }
    (needed, helps)
}

fn says(folded: &str, words: &str) -> bool {
    words.split("; ").any(|it| folded.contains(it))
}

fn only_helps(text: &str) -> bool {
    let mut folded = fold(text);
    for phrase in OTHERWISE.split("; ") {
        folded = folded.replace(phrase, " ");
    }
    says(&folded, HELPS)
}

/// What a line opens when it is a heading: marked as one, ending with a colon, or a few words that are no sentence.
fn heading(line: &str) -> Option<Below> {
    let folded = fold(line.trim().trim_matches(['*', '_', '=']).trim());
    let listed = folded.starts_with(['-', '•', '·', '–', '+', '✓']) || folded.starts_with("* ");
    let marked = folded.ends_with(':') || folded.starts_with('#');
    let short = !listed && !folded.ends_with(['.', ',', ';', '!']) && folded.split(' ').count() <= HEADING_WORDS;
    let (needs, offers) = (says(&folded, NEEDS), says(&folded, OFFERS));
    // `Nice to have: Go` is a heading and its first line in one.
    let labelled = folded.split_once(':').is_some_and(|(label, _)| only_helps(label) || says(label, OFFERS));
    let helps = only_helps(&folded);
    let alone = marked || short && !folded.contains(',') && (helps || needs || offers || says(&folded, OTHERS));
    match () {
        () if !alone || labelled && !marked => None,
        () if offers => Some(Below::Offered),
        // A short line of a name and a word, `Docker is a plus`, speaks for itself.
        () if helps && !marked && (folded.contains(" is ") || folded.contains(" are ") || folded.contains('(')) => None,
        () if helps && !(needs && folded.contains(" and ")) => Some(Below::Helps),
        () => Some(Below::Needed),
    }
}

/// The thoughts of a line that need something, and those that say that it only helps.
fn by_thought(line: &str) -> (String, String) {
    let (mut must, mut may) = (String::new(), String::new());
    for thought in thoughts(line) {
        let folded = fold(thought);
        if !only_helps(thought) {
            must.push_str(thought);
        } else if let Some(open) = thought.find('(').filter(|open| only_helps(&thought[*open..])) {
            // `Python, SQL, Kafka (a plus)`: the brackets are about the last name.
            let (before, last) = thought[..open].rsplit_once(',').unwrap_or(("", &thought[..open]));
            must.push_str(before);
            may.push_str(last);
            must.push_str(thought[open..].split_once(')').map_or("", |(_, rest)| rest));
        } else if says(
            &folded.replace("not required", "").replace("not essential", "").replace("not mandatory", ""),
            NEEDS,
        ) {
            // `Go required, Rust preferred`
            for piece in thought.split_inclusive(',') {
                if only_helps(piece) { may.push_str(piece) } else { must.push_str(piece) }
            }
        } else {
            may.push_str(thought);
        }
    }
    (must, may)
}

/// The thoughts of a line: between full stops and semicolons, and before a `but` or an `ideally` after a comma.
fn thoughts(line: &str) -> Vec<&str> {
    let mut thoughts = Vec::new();
    let mut from = 0;
    let turns = [
        ", ideally",
        ", preferably",
        ", idealerweise",
        ", idéalement",
        ", idealmente",
        ", бажано",
        " but ",
        ", while ",
        " – ideally",
    ];
    for (i, c) in line.char_indices() {
        let rest = &line[i..];
        let stop = matches!(c, '.' | '!') && rest[1..].starts_with(' ') || c == ';';
        let turn = turns.iter().any(|turn| rest.starts_with(turn));
        if i > from && (stop || turn) {
            let end = if stop { i + c.len_utf8() } else { i };
            thoughts.push(&line[from..end]);
            from = end;
        }
    }
    thoughts.push(&line[from..]);
    thoughts
}

#[cfg(test)]
mod tests;
