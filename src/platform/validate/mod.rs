//! The validators that every feature shares: each takes a value and gives it back normalised, or one plain sentence
//! that says what is expected.

mod content;

pub use content::{Content, FileType};

use serde_json::{Map, Value};
use std::cmp::Ordering;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::rule::Rule;

/// What a web address looks like.
pub const URL: Rule = Rule::text(0..=Url::MOST).format("uri").matching(r"^(|[hH][tT][tT][pP][sS]?://[^\s@\\]+)$");
/// What the name of a skill looks like.
pub const SKILL_NAME: Rule = Rule::text(1..=MOST_SKILL_NAME);
/// What the name of a user looks like.
pub const USERNAME: Rule = Rule::text(3..=30).matching("^[A-Za-z0-9_-]+$");
/// What an e-mail address looks like.
pub const EMAIL: Rule = Rule::text(5..=MOST_EMAIL).format("email");
/// What a slug looks like before it is lowered.
pub const SLUG: Rule = Rule::text(1..=50).matching("^[A-Za-z0-9_-]+$");
/// What a longer text about a person looks like.
pub const BIO: Rule = Rule::text(0..=500);

const MOST_SKILL_NAME: usize = 100;
const MOST_EMAIL: usize = 254;

/// Names nobody may take, because addresses or people would mistake them.
const RESERVED: [&str; 5] = ["me", "admin", "api", "root", "system"];

/// The four words for how well somebody knows a skill, least first.
const LEVELS: [&str; 4] = ["beginner", "intermediate", "advanced", "expert"];

/// A text as it is stored: trimmed, in Unicode normal form C, without control characters except line breaks; empty when nothing of it
/// shows.
///
/// Line breaks of every system become `\n`, tabs become spaces.
pub fn text(input: &str) -> String {
    let plain: String = input
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() && c != '\n' => None,
            c => Some(c),
        })
        .nfc()
        .collect();
    if plain.chars().all(is_blank) { String::new() } else { plain.trim().to_owned() }
}

/// Whether nothing shows where this stands: white space, and what only joins, parts or directs what stands beside it.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// An absolute web address, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct Url<'a> {
    pub protocols: &'a [&'a str],
}

impl Default for Url<'_> {
    fn default() -> Self {
        Self { protocols: &["http", "https"] }
    }
}

impl Url<'_> {
    const MOST: usize = 200;

    /// Accepts an empty text, or an address with host and one of the protocols, without user info, spaces and
    /// control characters, of at most 200 characters. The address keeps its spelling.
    pub fn check(&self, input: &str) -> Result<String, String> {
        let address = input.trim();
        if address.is_empty() {
            return Ok(String::new());
        }
        if address.chars().count() > Self::MOST {
            return Err(format!("Use at most {} characters.", Self::MOST));
        }
        // A backslash is a slash to browsers and a letter to other readers, so it could hide the true host.
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        let known = address
            .split_once("://")
            .filter(|(scheme, _)| self.protocols.iter().any(|protocol| protocol.eq_ignore_ascii_case(scheme)));
        let parsed = url::Url::parse(address).ok().filter(url::Url::has_host);
        match (known, parsed) {
            (Some((_, rest)), Some(_)) if !address.contains(odd) => {
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                if authority.is_empty() {
                    return Err(self.sentence());
                }
                if authority.contains('@') {
                    return Err("Leave the user name and password out of the address.".into());
                }
                Ok(address.to_owned())
            }
            _ => Err(self.sentence()),
        }
    }

    fn sentence(&self) -> String {
        let starts: Vec<_> = self.protocols.iter().map(|p| format!("{p}://")).collect();
        format!("Enter a whole web address that starts with {}.", starts.join(" or "))
    }
}

/// The name of a skill, such as `C++`, `.NET` or `CI/CD`; runs of white space become one space.
pub fn skill_name(input: &str) -> Result<String, String> {
    let name = text(input).split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(first) = name.chars().next() else {
        return Err("Enter a name.".into());
    };
    if name.chars().count() > MOST_SKILL_NAME {
        return Err(format!("Use at most {MOST_SKILL_NAME} characters."));
    }
    let letter = |c: char| c.is_alphabetic() || c.is_ascii_digit();
    if !(letter(first) || first == '.') || !name.contains(letter) {
        return Err("Start with a letter, a digit or a dot, and use at least one letter or digit.".into());
    }
    // Scripts such as Devanagari write vowels as marks after the letter.
    let allowed = |c: char| letter(c) || is_combining_mark(c) || " +#./-&()'".contains(c);
    if !name.chars().all(allowed) {
        return Err("Use letters, digits, spaces and + # . / - & ( ) ' only.".into());
    }
    Ok(name)
}

/// A user name: 3 to 30 letters, digits, `-` or `_`, none of the reserved names. Its case is kept.
pub fn username(input: &str) -> Result<String, String> {
    let name = input.trim();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !(3..=30).contains(&name.chars().count()) || !name.chars().all(allowed) {
        return Err("Use 3 to 30 letters, digits, - or _.".into());
    }
    if RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name)) {
        return Err("This name is reserved.".into());
    }
    Ok(name.to_owned())
}

/// One of beginner, intermediate, advanced and expert, in any case.
pub fn proficiency_level(input: &str) -> Result<&'static str, String> {
    let word = input.trim();
    LEVELS
        .into_iter()
        .find(|level| level.eq_ignore_ascii_case(word))
        .ok_or_else(|| format!("Use one of {}.", LEVELS.join(", ")))
}

/// A number that is at least `least`.
pub fn minimum_score(least: f64, score: f64) -> Result<f64, String> {
    if score.is_finite() && score >= least {
        Ok(score)
    } else {
        Err(format!("Enter a number that is at least {least}."))
    }
}

/// A number that is at most `most`.
pub fn maximum_score(most: f64, score: f64) -> Result<f64, String> {
    if score.is_finite() && score <= most { Ok(score) } else { Err(format!("Enter a number that is at most {most}.")) }
}

/// A file of 1 byte to `mb` × 1024² bytes.
pub fn file_size(mb: u64, bytes: u64) -> Result<u64, String> {
    match bytes {
        0 => Err("The file is empty.".into()),
        _ if bytes > mb.saturating_mul(1024 * 1024) => Err(format!("The file may have at most {mb} MB.")),
        _ => Ok(bytes),
    }
}

/// A start before an end; either may be missing.
pub fn date_range<T: PartialOrd>(start: Option<T>, end: Option<T>) -> Result<(Option<T>, Option<T>), String> {
    match (&start, &end) {
        (Some(first), Some(last)) if first.partial_cmp(last) != Some(Ordering::Less) => {
            Err("The start must be before the end.".into())
        }
        _ => Ok((start, end)),
    }
}

/// A longer text of `least` to `most` characters after trimming, or nothing.
#[derive(Debug, Clone, Copy)]
pub struct BioLength {
    pub least: usize,
    pub most: usize,
}

impl Default for BioLength {
    fn default() -> Self {
        Self { least: 10, most: 500 }
    }
}

impl BioLength {
    /// Gives the text back normalised.
    pub fn check(&self, input: &str) -> Result<String, String> {
        let bio = text(input);
        if bio.is_empty() || (self.least..=self.most).contains(&bio.chars().count()) {
            Ok(bio)
        } else {
            Err(format!("Use {} to {} characters, or leave it empty.", self.least, self.most))
        }
    }
}

/// An e-mail address whose domain may be used here.
#[derive(Debug, Clone, Copy, Default)]
pub struct EmailDomain<'a> {
    /// Domains that may be used; empty means all.
    pub allow: &'a [String],
    /// Domains that may not be used, their subdomains included.
    pub block: &'a [String],
}

impl EmailDomain<'_> {
    /// Accepts one `@`, a name mail servers understand before it and a domain with a dot behind it, at most 254
    /// characters. The domain comes back in lower case, in the form mail servers use (`bücher.de` as `xn--…`).
    pub fn check(&self, input: &str) -> Result<String, String> {
        let wrong = || "Enter an e-mail address such as ann@example.org.".to_owned();
        let (local, domain) = input.trim().split_once('@').ok_or_else(wrong)?;
        if !is_local_part(local) {
            return Err(wrong());
        }
        let Ok(url::Host::Domain(domain)) = url::Host::parse(domain) else {
            return Err(wrong());
        };
        if !domain.contains('.') || !domain.split('.').all(is_label) {
            return Err(wrong());
        }
        let address = format!("{local}@{domain}");
        if address.len() > MOST_EMAIL {
            return Err(format!("Use at most {MOST_EMAIL} characters."));
        }
        let same = |listed: &String| listed.trim_start_matches('@').eq_ignore_ascii_case(&domain);
        let below = |listed: &String| {
            let parent = listed.trim_start_matches('@').to_ascii_lowercase();
            domain.ends_with(&format!(".{parent}"))
        };
        if self.block.iter().any(|listed| same(listed) || below(listed))
            || !(self.allow.is_empty() || self.allow.iter().any(same))
        {
            return Err(format!("Addresses at {domain} cannot be used here."));
        }
        Ok(address)
    }
}

/// The part before the `@` as RFC 5321 writes it without quotes.
fn is_local_part(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    (1..=64).contains(&local.len()) && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// 1 to 50 of `[a-z0-9-_]`; the input is trimmed and lowered.
pub fn slug(input: &str) -> Result<String, String> {
    let slug = input.trim().to_ascii_lowercase();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if (1..=50).contains(&slug.len()) && slug.chars().all(allowed) {
        Ok(slug)
    } else {
        Err("Use 1 to 50 letters a to z, digits, - or _.".into())
    }
}

/// The kinds of values that JSON knows, whole numbers told from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Integer,
    Number,
    Boolean,
    List,
    Object,
}

impl Kind {
    fn matches(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// The shape of a JSON object: the kinds of its known keys and which of them it must have.
#[derive(Debug, Clone, Copy)]
pub struct Json<'a> {
    pub required: &'a [(&'a str, Kind)],
    pub optional: &'a [(&'a str, Kind)],
}

impl Json<'_> {
    /// Accepts an object whose present keys have their kinds and which has all required ones; other keys may be there.
    pub fn check<'v>(&self, value: &'v Value) -> Result<&'v Map<String, Value>, String> {
        let object = value.as_object().ok_or("Send an object.")?;
        let missing = |(key, _): &&(&str, Kind)| !object.contains_key(*key);
        if let Some((key, _)) = self.required.iter().find(missing) {
            return Err(format!("{key} is missing."));
        }
        for (key, kind) in self.required.iter().chain(self.optional) {
            if object.get(*key).is_some_and(|value| !kind.matches(value)) {
                return Err(format!("{key} must be {}.", kind.name()));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests;
