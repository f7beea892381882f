//! The catalogue of skills and roles, compiled for searching.

use std::{
    collections::{BTreeMap, HashMap},
    io::Read as _,
};

use aho_corasick::{AhoCorasick, MatchKind};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};

use super::fold::{Folded, LineHyphen, fold};
use super::model::Model;
use super::relations::delivered_relations;
use super::words::{NATURAL_LANGUAGES, contains};

const DELIVERED_SKILLS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/skills.jsonl.gz"));
const DELIVERED_ROLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/roles.jsonl.gz"));

/// A skill as the catalogue describes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueSkill {
    /// The name shown; unique in any case.
    pub name: String,
    /// One of the categories of rules §2.
    pub category: String,
    /// One sentence.
    #[serde(default)]
    pub description: String,
    /// Other names, each unique among names and synonyms.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Whether the name is also an everyday word or a letter, so that it counts only with supporting context.
    #[serde(default)]
    pub context: bool,
}

/// A role and the skills it asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Role {
    /// The name shown.
    pub name: String,
    /// Other titles of the same work.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// Weight 0–1 by the name of a skill that it asks for.
    pub skills: BTreeMap<String, f64>,
    /// The same of skills that people in it have besides: they show the role, but nobody lacks them.
    #[serde(default)]
    pub also: BTreeMap<String, f64>,
}

/// The skills delivered with the program.
pub fn delivered_skills() -> Vec<CatalogueSkill> {
    json_lines(&pressed(DELIVERED_SKILLS))
}

/// A file of `data/` that was pressed when the program was built, to a fifth of its size. It can be read; tests prove it.
pub fn pressed(file: &[u8]) -> String {
    let mut lines = String::new();
    let _ = GzDecoder::new(file).read_to_string(&mut lines);
    lines
}

/// The roles delivered with the program.
pub fn delivered_roles() -> Vec<Role> {
    json_lines(&pressed(DELIVERED_ROLES))
}

/// Lines that are not of the form are left out here; a test proves that the delivered files have none.
pub(super) fn json_lines<T: for<'de> Deserialize<'de>>(text: &str) -> Vec<T> {
    text.lines().filter(|line| !line.trim().is_empty()).filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Which name of a skill a text used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// Its name in the catalogue.
    Name,
    /// One of its synonyms.
    Synonym,
}

/// What sort of thing a skill is; fields and manners are named by everyday words more often than tools are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A product, language, protocol or another thing with a name of its own.
    Tool,
    /// A way of working or a concept of a technical field.
    Method,
    /// A field of work or knowledge.
    Field,
    /// A manner of working with people and tasks.
    Soft,
}

/// Endings of words that name fields and doings (`accounting`, `logistics`), such words without them, and products that
/// end like one.
const FIELD_ENDINGS: &[&str] = &[
    "ing", "ion", "ment", "ity", "ship", "ics", "ance", "ence", "ism", "ry", "gy", "phy", "ure", "cy", "ess", "sis",
    "ive", "ies", "als", "ity", "care", "ling", "law", "my", "ng",
];
const FIELDS: &str = "sales; law; finance; music; history; insurance; payroll; patents; reception; dance; poetry; piano; guitar; \
    violin; theatre; lasers; surgery; calculus; hydraulics; laundry; fishing; compliance; statistics; e-commerce; mathematics; \
    algorithms; accountancy";
const PRODUCTS: &str = "cision; concordance; confluence; gong; notion; paylocity; pipedrive; relativity; rippling; summation; westlaw; \
    availity; benchling; cadence; centricity; schoology; unity; bloomerang; everlaw; clang; celery; clarion; codeception; clojure; \
    erlang; express; filament; foundry; kong; poetry; solidity; spring; swing; hive; hyperion; matillion; qualtrics; rivery; segment; \
    statgraphics; torchvision; alation; audacity; axure; behance; fusion; lumion; rive; twinmotion; allure; artifactory; azure; \
    gatling; harness; knative; sentry; subversion; cypress; emotion; foundation; less; syncfusion; victory; sanity; crashlytics; \
    volatility";

/// By its category and its spelling: names of several words without capitals, digits or signs behind the first word are
/// those of fields and methods, and of single words those with the ending of one. Languages that people speak are as good
/// as tools, since their names mean nothing else.
fn kind(skill: &CatalogueSkill) -> Kind {
    let name = fold(&skill.name);
    let small = |text: &str| text.chars().all(|c| c.is_lowercase() || matches!(c, ' ' | '-' | '\''));
    let plain = match skill.name.split_once(' ') {
        Some((first, rest)) => small(rest) && first.chars().all(char::is_alphabetic),
        None => {
            small(&name)
                && small(skill.name.get(1..).unwrap_or_default())
                && (FIELD_ENDINGS.iter().any(|end| name.ends_with(end)) || contains(FIELDS, &name))
                && !contains(PRODUCTS, &name)
        }
    };
    match skill.category.as_str() {
        "soft-skills" => Kind::Soft,
        _ if !plain || contains(NATURAL_LANGUAGES, &name) => Kind::Tool,
        "business" | "other" => Kind::Field,
        _ => Kind::Method,
    }
}

/// One way to write a skill.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// Index into [`Catalogue::skills`].
    pub skill: usize,
    /// Whether it is the name or a synonym.
    pub naming: Naming,
    /// As the catalogue writes it, for comparing capitals.
    pub written: String,
    /// Whether it counts only with supporting context.
    pub ambiguous: bool,
    /// Whether it is a name of one word set apart (`Load Runner`); only capitals tell it from two words then.
    pub apart: bool,
}

/// A place where a pattern stands in a folded text, before any question about its surroundings.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// Index into [`Catalogue::patterns`].
    pub pattern: usize,
    /// First byte in the folded text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// Skills and roles, compiled for searching.
pub struct Catalogue {
    skills: Vec<CatalogueSkill>,
    roles: Vec<Role>,
    patterns: Vec<Pattern>,
    matcher: Option<AhoCorasick>,
    by_name: HashMap<String, usize>,
    /// Whether the description of a skill calls it a language: people write "in" such a language.
    languages: Vec<bool>,
    kinds: Vec<Kind>,
    /// By the name of a skill, the names of those it implies; none for a skill that the delivered relations do not know.
    implied: HashMap<String, Vec<String>>,
    model: Model,
}

impl Catalogue {
    /// Compiles a catalogue. Where two skills claim the same spelling, a name wins over a synonym, then the skill
    /// that comes first by name.
    pub fn new(mut skills: Vec<CatalogueSkill>, mut roles: Vec<Role>) -> Self {
        skills.sort_by(|a, b| a.name.cmp(&b.name));
        roles.sort_by(|a, b| a.name.cmp(&b.name));
        // What somebody wrote into the catalogue goes before what is derived from it.
        let mut spellings: BTreeMap<String, Pattern> = BTreeMap::new();
        for spell in [as_written, variants] {
            for naming in [Naming::Name, Naming::Synonym] {
                for (index, skill) in skills.iter().enumerate() {
                    let names = match naming {
                        Naming::Name => std::slice::from_ref(&skill.name),
                        Naming::Synonym => skill.synonyms.as_slice(),
                    };
                    let ambiguous = naming == Naming::Name && skill.context;
                    for (written, apart) in names.iter().flat_map(|name| spell(name)) {
                        let spelling = folded(&written);
                        if spelling.chars().any(char::is_alphanumeric) {
                            let pattern = Pattern { skill: index, naming, written, ambiguous, apart };
                            spellings.entry(spelling).or_insert(pattern);
                        }
                    }
                }
            }
        }
        let (texts, patterns): (Vec<String>, Vec<Pattern>) = spellings.into_iter().unzip();
        // Building fails only beyond billions of bytes of names; then nothing is found rather than everything lost.
        let matcher = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&texts).ok();
        let mut by_name = HashMap::new();
        for (index, skill) in skills.iter().enumerate() {
            by_name.entry(fold(&skill.name)).or_insert(index);
        }
        for (index, skill) in skills.iter().enumerate() {
            for synonym in &skill.synonyms {
                by_name.entry(fold(synonym)).or_insert(index);
            }
        }
        let languages = skills
            .iter()
            .map(|skill| fold(&skill.description).split(|c: char| !c.is_alphanumeric()).any(|w| w == "language"))
            .collect();
        let implied = delivered_relations()
            .into_iter()
            .map(|relation| (relation.skill, relation.implies))
            .collect::<HashMap<_, _>>();
        let kinds = skills.iter().map(kind).collect();
        Catalogue { skills, roles, patterns, matcher, by_name, languages, kinds, implied, model: Model::delivered() }
    }

    /// The catalogue delivered with the program.
    pub fn delivered() -> Self {
        Catalogue::new(delivered_skills(), delivered_roles())
    }

    /// Its skills by name.
    pub fn skills(&self) -> &[CatalogueSkill] {
        &self.skills
    }

    /// Its roles by name.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The skill of that name or synonym, in any case.
    pub fn skill(&self, name: &str) -> Option<&CatalogueSkill> {
        self.by_name.get(&fold(name)).map(|index| &self.skills[*index])
    }

    /// Whether a text is the name of a skill and nothing else, in any of the ways to write it.
    pub(super) fn knows(&self, text: &str) -> bool {
        let folded = Folded::new(&text.chars().collect::<Vec<_>>(), LineHyphen::Kept);
        let whole = folded.text.trim();
        let lead = folded.text.len() - folded.text.trim_start().len();
        self.hits(&folded).iter().any(|hit| hit.start <= lead && lead + whole.len() <= hit.end)
    }

    /// Names of the skills that one implies, itself not among them.
    pub(super) fn implied_by(&self, name: &str) -> &[String] {
        self.implied.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn pattern(&self, index: usize) -> &Pattern {
        &self.patterns[index]
    }

    pub(super) fn model(&self) -> &Model {
        &self.model
    }

    /// What the texts that its model was fitted on were made from.
    pub fn seed(&self) -> u64 {
        self.model.seed
    }

    /// Every way to write a skill, folded.
    #[cfg(test)]
    pub(super) fn spellings(&self, name: &str) -> Vec<String> {
        let of = |pattern: &&Pattern| self.skills[pattern.skill].name == name;
        self.patterns.iter().filter(of).map(|pattern| folded(&pattern.written)).collect()
    }

    /// The same catalogue with another model.
    pub fn with_model(mut self, model: Model) -> Self {
        self.model = model;
        self
    }

    pub(super) fn kind(&self, skill: usize) -> Kind {
        self.kinds[skill]
    }

    pub(super) fn is_language(&self, skill: usize) -> bool {
        self.languages[skill]
    }

    /// Every place where the letters of a pattern stand, inside words too.
    pub(super) fn hits(&self, folded: &Folded) -> Vec<Hit> {
        let Some(matcher) = &self.matcher else { return Vec::new() };
        matcher
            .find_overlapping_iter(&folded.text)
            .map(|found| Hit { pattern: found.pattern().as_usize(), start: found.start(), end: found.end() })
            .collect()
    }
}

fn folded(text: &str) -> String {
    Folded::new(&text.chars().collect::<Vec<_>>(), LineHyphen::Kept).text.trim().to_string()
}

fn as_written(name: &str) -> Vec<(String, bool)> {
    vec![(name.to_string(), false)]
}

/// Endings and words that two ways of spelling English write differently.
const EITHER_WAY: &[(&str, &str)] = &[
    ("ization", "isation"),
    ("izing", "ising"),
    ("modeling", "modelling"),
    ("counseling", "counselling"),
    ("labeling", "labelling"),
    ("fulfillment", "fulfilment"),
    ("behavior", "behaviour"),
    ("color", "colour"),
    ("labor ", "labour "),
    ("center", "centre"),
    ("theater", "theatre"),
    ("program ", "programme "),
    ("pediatric", "paediatric"),
    ("gynecolog", "gynaecolog"),
    ("orthopedic", "orthopaedic"),
    (" & ", " and "),
];

/// Other ways to write a name, and whether they set one word apart: `.js` joined or apart, `&` for `and`, British for
/// American, plural for singular, `PowerBI` for `Power BI`, `Load Runner` for `LoadRunner`.
fn variants(name: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    if let Some(stem) = name.strip_suffix(".js") {
        found.extend([(format!("{stem}JS"), false), (format!("{stem} JS"), false)]);
    }
    for (one, other) in EITHER_WAY {
        for (from, to) in [(one, other), (other, one)] {
            if name.contains(from) {
                found.push((name.replace(from, to), false));
            }
        }
    }
    let words: Vec<&str> = name.split([' ', '-']).collect();
    let last = words.last().copied().unwrap_or_default();
    let plain = |word: &str| word.chars().all(|c| c.is_ascii_lowercase());
    if words.len() > 1 && last.len() > 3 && plain(last) {
        found.extend(other_number(name).map(|other| (other, false)));
    }
    // What is joined is a name still when it is long enough to be no word.
    if (2..=3).contains(&words.len()) && name.len() > 4 && name.chars().any(|c| c.is_ascii_uppercase()) {
        found.push((words.concat(), false));
    }
    if let Some(apart) = set_apart(name) {
        found.push((apart, true));
    }
    found
}

/// The plural of a singular, the singular of a plural; for endings that leave no doubt.
fn other_number(name: &str) -> Option<String> {
    if let Some(stem) = name.strip_suffix('s') {
        let odd = stem.ends_with(['s', 'u', 'i']) || name.ends_with("ics");
        return match stem.strip_suffix("ie") {
            Some(stem) => Some(format!("{stem}y")),
            None => (!odd).then(|| stem.to_string()),
        };
    }
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => Some(format!("{stem}ies")),
        _ => Some(format!("{name}s")),
    }
}

/// A name of one word with capitals inside, set apart before them: `MapReduce`, `MQSeries`, `SharePoint`.
fn set_apart(name: &str) -> Option<String> {
    if name.contains([' ', '-', '.', '/']) || !name.chars().all(char::is_alphabetic) {
        return None;
    }
    let chars: Vec<char> = name.chars().collect();
    let mut apart = String::new();
    for (i, c) in chars.iter().enumerate() {
        let begins = i > 1 && c.is_uppercase() && chars.get(i + 1).is_some_and(|next| next.is_lowercase());
        let after_small = i > 1 && c.is_uppercase() && chars[i - 1].is_lowercase();
        if (begins || after_small) && chars.len() - i > 1 && !apart.ends_with(' ') {
            apart.push(' ');
        }
        apart.push(*c);
    }
    (apart.contains(' ') && apart.split(' ').all(|word| word.chars().count() > 1)).then_some(apart)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_lines_are_all_read() {
        let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
        assert_eq!(delivered_skills().len(), lines(include_str!("../../data/skills.jsonl")));
        assert_eq!(delivered_roles().len(), lines(include_str!("../../data/roles.jsonl")));
        assert!(delivered_roles().len() >= 30);
    }

    #[test]
    fn roles_ask_for_known_skills_only() {
        let catalogue = Catalogue::delivered();
        for role in catalogue.roles() {
            for (name, weight) in role.skills.iter().chain(&role.also) {
                assert_eq!(
                    catalogue.skill(name).map(|skill| skill.name.as_str()),
                    Some(name.as_str()),
                    "{}",
                    role.name
                );
                assert!((0.0..=1.0).contains(weight));
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        let catalogue = Catalogue::delivered();
        assert_eq!(catalogue.skill("golang").map(|s| s.name.as_str()), Some("Go"));
        assert_eq!(catalogue.skill("NODEJS").map(|s| s.name.as_str()), Some("Node.js"));
        assert!(catalogue.skill("no such thing").is_none());
    }
}
