//! The catalogue of skills and roles, compiled for searching.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use super::fold::{Folded, LineHyphen, fold};
use super::model::Model;
use super::relations::delivered_relations;
use super::words::{NATURAL_LANGUAGES, contains};

const DELIVERED_SKILLS: &str = include_str!("../../data/skills.jsonl");
const DELIVERED_ROLES: &str = include_str!("../../data/roles.jsonl");

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
    json_lines(DELIVERED_SKILLS)
}

/// The roles delivered with the program.
pub fn delivered_roles() -> Vec<Role> {
    json_lines(DELIVERED_ROLES)
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
    /// A field of work or knowledge.
    Field,
    /// A manner of working with people and tasks.
    Soft,
}

/// Endings of words that name fields and doings (`accounting`, `logistics`), and such words without them.
const FIELD_ENDINGS: &[&str] = &[
    "ing", "ion", "ment", "ity", "ship", "ics", "ance", "ence", "ism", "ry", "gy", "phy", "ure", "cy", "ess", "sis",
    "ive", "ies", "als", "ity", "care", "ling", "law", "my", "ng",
];
const FIELDS: &str = "sales; law; finance; music; history; insurance; payroll; patents; reception; dance; poetry; piano; guitar; \
    violin; theatre; lasers; surgery; calculus; hydraulics; laundry; fishing; compliance; statistics; e-commerce; mathematics";

/// By its category and its spelling: outside the technical categories, names of several words without capitals, digits
/// or signs inside are those of fields, and of single words those with the ending of one. Languages that people speak are
/// as good as tools, since their names mean nothing else.
fn kind(skill: &CatalogueSkill) -> Kind {
    let small = skill.name.chars().skip(1).all(|c| c.is_lowercase() || matches!(c, ' ' | '-' | '\''));
    let name = fold(&skill.name);
    let worded = name.contains(' ') || FIELD_ENDINGS.iter().any(|end| name.ends_with(end)) || contains(FIELDS, &name);
    match skill.category.as_str() {
        "soft-skills" => Kind::Soft,
        "business" | "other" if small && worded && !contains(NATURAL_LANGUAGES, &name) => Kind::Field,
        _ => Kind::Tool,
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
        let mut spellings: BTreeMap<String, Pattern> = BTreeMap::new();
        for naming in [Naming::Name, Naming::Synonym] {
            for (index, skill) in skills.iter().enumerate() {
                let names = match naming {
                    Naming::Name => std::slice::from_ref(&skill.name),
                    Naming::Synonym => skill.synonyms.as_slice(),
                };
                for written in names {
                    let ambiguous = naming == Naming::Name && skill.context;
                    for spelling in spellings_of(written) {
                        let pattern = Pattern { skill: index, naming, written: written.clone(), ambiguous };
                        spellings.entry(spelling).or_insert(pattern);
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

/// The folded spellings of a name: as written, and for library names with or without their `.js`.
fn spellings_of(written: &str) -> BTreeSet<String> {
    let folded = |text: &str| Folded::new(&text.chars().collect::<Vec<_>>(), LineHyphen::Kept).text.trim().to_string();
    let plain = folded(written);
    let mut spellings = BTreeSet::new();
    if let Some(stem) = plain.strip_suffix(".js") {
        spellings.insert(format!("{stem}js"));
        spellings.insert(format!("{stem} js"));
    }
    if plain.contains(" & ") {
        spellings.insert(plain.replace(" & ", " and "));
    }
    spellings.insert(plain);
    spellings.retain(|spelling| spelling.chars().any(char::is_alphanumeric));
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delivered_lines_are_all_read() {
        let lines = |text: &str| text.lines().filter(|line| !line.trim().is_empty()).count();
        assert_eq!(delivered_skills().len(), lines(DELIVERED_SKILLS));
        assert_eq!(delivered_roles().len(), lines(DELIVERED_ROLES));
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
