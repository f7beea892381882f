//! How skills of the catalogue relate: what one implies, what it is part of, what can stand in its place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, json_lines, pressed};

const DELIVERED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relations.jsonl.gz"));

/// What one skill says about others, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relations {
    /// The skill that is described.
    pub skill: String,
    /// Who knows it knows these too: Django implies Python.
    #[serde(default)]
    pub implies: Vec<String>,
    /// Products and suites it belongs to: Excel is part of Microsoft Office.
    #[serde(default)]
    pub part_of: Vec<String>,
    /// What does the same work.
    #[serde(default)]
    pub alternative_to: Vec<String>,
}

/// The relations delivered with the program.
pub fn delivered_relations() -> Vec<Relations> {
    json_lines(&pressed(DELIVERED))
}

/// The skills found and those they imply, however indirectly. What is implied is sure half as much as what implies it;
/// it fills gaps of a role but is never told as found, since it does not stand in the text.
pub fn with_implied(catalogue: &Catalogue, found: &BTreeMap<String, f64>) -> BTreeMap<String, f64> {
    let mut all = found.clone();
    let mut open: Vec<(String, f64)> = found.iter().map(|(name, sure)| (name.clone(), *sure)).collect();
    while let Some((name, sure)) = open.pop() {
        for implied in catalogue.implied_by(&name) {
            let known = all.entry(implied.clone()).or_insert(0.0);
            if *known < sure / 2.0 {
                *known = sure / 2.0;
                open.push((implied.clone(), sure / 2.0));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::catalogue::{delivered_roles, delivered_skills};
    use super::super::fold::fold;
    use super::*;

    /// As names are compared when nothing but their letters, digits and signs of meaning counts.
    fn bare(name: &str) -> String {
        fold(name).chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect()
    }

    #[test]
    fn no_name_belongs_to_two_skills() {
        let skills = delivered_skills();
        assert!(skills.len() >= 5500, "{}", skills.len());
        let mut owner: HashMap<String, &str> = HashMap::new();
        for skill in &skills {
            assert!(skill.synonyms.len() <= 20 && !skill.description.is_empty(), "{}", skill.name);
            let spellings = std::iter::once(&skill.name).chain(&skill.synonyms).map(|name| name.to_lowercase());
            let different: std::collections::BTreeSet<String> = spellings.collect();
            assert_eq!(different.len(), 1 + skill.synonyms.len(), "{} has a spelling twice", skill.name);
            for name in std::iter::once(&skill.name).chain(&skill.synonyms) {
                let allowed = |c: char| c.is_alphanumeric() || " +#./-&()'".contains(c);
                assert!(name.chars().all(allowed), "{name} has a sign that names of skills have not");
                let other = owner.insert(bare(name), &skill.name);
                assert!(other.is_none_or(|other| other == skill.name), "{name}: {other:?} and {}", skill.name);
            }
        }
    }

    #[test]
    fn relations_hold_between_skills_and_run_in_no_circle() {
        let catalogue = Catalogue::delivered();
        let mut seen = HashMap::new();
        for relation in delivered_relations() {
            assert!(seen.insert(relation.skill.clone(), ()).is_none(), "{} twice", relation.skill);
            let others = relation.implies.iter().chain(&relation.part_of).chain(&relation.alternative_to);
            for name in others.chain([&relation.skill]) {
                assert_eq!(catalogue.skill(name).map(|skill| &skill.name), Some(name), "{}", relation.skill);
            }
            let all = with_implied(&catalogue, &BTreeMap::from([(relation.skill.clone(), 1.0)]));
            assert_eq!(all[&relation.skill], 1.0);
            assert!(!relation.implies.contains(&relation.skill));
            for name in &relation.alternative_to {
                assert!(*name != relation.skill && !relation.implies.contains(name), "{}: {name}", relation.skill);
            }
        }
        assert_eq!(
            include_str!("../../data/relations.jsonl").lines().filter(|line| !line.trim().is_empty()).count(),
            delivered_relations().len(),
            "every line is read"
        );
        assert!(delivered_roles().len() >= 60);
    }

    #[test]
    fn what_is_implied_is_known_by_halves() {
        let all = with_implied(&Catalogue::delivered(), &BTreeMap::from([("Django".to_string(), 0.8)]));
        assert_eq!(all, BTreeMap::from([("Django".to_string(), 0.8), ("Python".to_string(), 0.4)]));
    }
}
