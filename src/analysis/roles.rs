//! Which role a set of skills covers best, and what it still asks for.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, Role};
use super::skills::round2;

/// Roles shown.
const TOP_ROLES: usize = 3;
/// Nobody has everything that a role may ask for: it is wholly covered by as much as this many of its heaviest skills
/// weigh, however many it lists.
const WHOLE: usize = 10;
/// Gaps shown.
const MAX_GAPS: usize = 10;

/// A role and how far it is covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFit {
    /// Its name.
    pub role: String,
    /// Percent of it that the skills found cover, weighted by demand.
    pub compatibility: u32,
}

/// A skill that the best role asks for and the text does not show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    /// Its name.
    pub skill: String,
    /// Open jobs asking for it.
    pub demand: i64,
    /// Its weight in the role times its demand weight.
    pub weight: f64,
    /// By its share of the heaviest gap (rules §7).
    pub priority: Priority,
    /// One sentence.
    pub reason: String,
}

/// How much a gap matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// At least two thirds of the heaviest.
    Critical,
    /// At least one third.
    Important,
    /// Less.
    Nice,
}

/// What the roles of a catalogue say about a set of skills.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// The best covered role; absent when no role asks for any of the skills.
    pub best: Option<RoleFit>,
    /// The best three, the best one first.
    pub roles: Vec<RoleFit>,
    /// Skills the best role asks for beyond those found, heaviest first.
    pub gaps: Vec<Gap>,
    /// How far the best role is covered, 0–1.
    pub coverage: f64,
}

/// Compares the skills found with every role. Ties go by name.
pub fn fit(catalogue: &Catalogue, found: &BTreeMap<String, f64>, demand: &HashMap<String, i64>) -> Fit {
    let mut shares: Vec<(&Role, f64)> = catalogue
        .roles()
        .iter()
        .map(|role| (role, share(role, found, demand)))
        .filter(|(_, share)| *share > 0.0)
        .collect();
    shares.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.name.cmp(&b.name)));
    let roles: Vec<RoleFit> = shares
        .iter()
        .take(TOP_ROLES)
        .map(|(role, share)| RoleFit { role: role.name.clone(), compatibility: percent(*share) })
        .collect();
    let (gaps, coverage) =
        shares.first().map_or((Vec::new(), 0.0), |(role, share)| (gaps(role, found, demand), *share));
    Fit { best: roles.first().cloned(), roles, gaps, coverage }
}

/// A skill counts `1 + ln(1 + open jobs asking for it)`: asked for more often it weighs more, but no fashion
/// outweighs the role.
fn demand_weight(skill: &str, demand: &HashMap<String, i64>) -> f64 {
    1.0 + (1.0 + demand.get(skill).copied().unwrap_or(0).max(0) as f64).ln()
}

/// How far a role is covered, 0–1: the demand weights of the skills found that it asks for or shows besides, of those of the
/// [`WHOLE`] heaviest that it asks for.
fn share(role: &Role, found: &BTreeMap<String, f64>, demand: &HashMap<String, i64>) -> f64 {
    let weight = |(skill, weight): (&String, &f64)| weight * demand_weight(skill, demand);
    let mut asked: Vec<f64> = role.skills.iter().map(weight).collect();
    asked.sort_by(|a, b| b.total_cmp(a));
    let whole: f64 = asked.iter().take(WHOLE).sum();
    let shown = role.skills.iter().chain(&role.also);
    let held: f64 = shown.filter(|(skill, _)| found.contains_key(*skill)).map(weight).sum();
    if whole > 0.0 { (held / whole).min(1.0) } else { 0.0 }
}

fn percent(share: f64) -> u32 {
    (100.0 * share).round().clamp(0.0, 100.0) as u32
}

fn gaps(role: &Role, found: &BTreeMap<String, f64>, demand: &HashMap<String, i64>) -> Vec<Gap> {
    let mut missing: Vec<(&String, f64)> = role
        .skills
        .iter()
        .filter(|(skill, _)| !found.contains_key(*skill))
        .map(|(skill, weight)| (skill, weight * demand_weight(skill, demand)))
        .collect();
    missing.sort_by(|(a, x), (b, y)| y.total_cmp(x).then_with(|| a.cmp(b)));
    let top = missing.first().map_or(0.0, |(_, weight)| *weight);
    missing.into_iter().take(MAX_GAPS).map(|(skill, weight)| gap(role, skill, weight, top, demand)).collect()
}

fn gap(role: &Role, skill: &str, weight: f64, top: f64, demand: &HashMap<String, i64>) -> Gap {
    let priority = match weight / top {
        share if share >= 2.0 / 3.0 => Priority::Critical,
        share if share >= 1.0 / 3.0 => Priority::Important,
        _ => Priority::Nice,
    };
    let asking = demand.get(skill).copied().unwrap_or(0).max(0);
    let wanted = match priority {
        Priority::Critical => "is central to",
        Priority::Important => "is often asked of",
        Priority::Nice => "helps in",
    };
    let jobs = match asking {
        0 => String::new(),
        1 => ", and 1 open job asks for it".to_string(),
        n => format!(", and {n} open jobs ask for it"),
    };
    Gap {
        skill: skill.to_string(),
        demand: asking,
        weight: round2(weight),
        priority,
        reason: format!("{skill} {wanted} the role {}{jobs}.", role.name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        let role = |name: &str, skills: &[(&str, f64)]| Role {
            name: name.into(),
            synonyms: Vec::new(),
            skills: skills.iter().map(|(s, w)| (s.to_string(), *w)).collect(),
            also: BTreeMap::new(),
        };
        Catalogue::new(
            Vec::new(),
            vec![
                role("Web", &[("CSS", 1.0), ("React", 0.9), ("Figma", 0.2)]),
                role("Data", &[("SQL", 1.0), ("Python", 1.0)]),
            ],
        )
    }

    fn found(names: &[&str]) -> BTreeMap<String, f64> {
        names.iter().map(|name| (name.to_string(), 0.5)).collect()
    }

    #[test]
    fn the_best_covered_role_and_its_gaps() {
        let fit = fit(&catalogue(), &found(&["CSS", "Python"]), &HashMap::new());
        assert_eq!(fit.best, Some(RoleFit { role: "Data".into(), compatibility: 50 }));
        assert_eq!(fit.gaps.iter().map(|g| g.skill.as_str()).collect::<Vec<_>>(), ["SQL"]);
        assert_eq!(fit.roles.len(), 2);
    }

    #[test]
    fn a_long_list_is_no_burden() {
        let skills: Vec<(String, f64)> = (0..30).map(|i| (format!("s{i:02}"), 0.5)).collect();
        let also = BTreeMap::from([("beside".to_string(), 0.5)]);
        let long = Role { name: "Long".into(), synonyms: Vec::new(), skills: skills.iter().cloned().collect(), also };
        let catalogue = Catalogue::new(Vec::new(), vec![long]);
        let held = |count: usize| skills.iter().take(count).map(|(name, _)| (name.clone(), 0.5)).collect();
        assert_eq!(fit(&catalogue, &held(5), &HashMap::new()).coverage, 0.5);
        assert_eq!(fit(&catalogue, &held(30), &HashMap::new()).coverage, 1.0);
        // What is shown besides counts, but is no gap.
        let besides = fit(&catalogue, &found(&["beside"]), &HashMap::new());
        assert_eq!((besides.coverage, besides.gaps.iter().any(|gap| gap.skill == "beside")), (0.1, false));
    }

    #[test]
    fn fields_of_work_are_told_by_their_skills() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents/occupations.txt");
        let text = std::fs::read_to_string(file).unwrap();
        let catalogue = Catalogue::delivered();
        let (mut all, mut first, mut among) = (0, 0, 0);
        let resumes = text.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
        for resume in resumes.split("== ").filter(|part| !part.trim().is_empty()) {
            let (head, text) = resume.split_once('\n').unwrap();
            let fitting: Vec<&str> = head.split_once(": ").unwrap().1.split(", ").collect();
            let found = catalogue.find(text).into_iter().map(|it| (it.skill, it.confidence)).collect();
            let told = fit(&catalogue, &found, &HashMap::new()).roles;
            all += 1;
            first += usize::from(told.first().is_some_and(|fit| fitting.contains(&fit.role.as_str())));
            among += usize::from(told.iter().any(|fit| fitting.contains(&fit.role.as_str())));
        }
        assert!(all >= 72 && first * 100 >= all * 90 && among * 100 >= all * 95, "{first} and {among} of {all}");
    }

    #[test]
    fn demand_weighs() {
        let demand = HashMap::from([("React".to_string(), 30)]);
        let fit = fit(&catalogue(), &found(&["CSS"]), &demand);
        assert_eq!(fit.gaps[0].skill, "React");
        assert_eq!((fit.gaps[0].priority, fit.gaps[1].priority), (Priority::Critical, Priority::Nice));
        assert!(fit.gaps[0].reason.contains("30 open jobs"));
    }

    #[test]
    fn nothing_found_is_no_role() {
        let fit = fit(&catalogue(), &BTreeMap::new(), &HashMap::new());
        assert!(fit.best.is_none() && fit.gaps.is_empty() && fit.coverage == 0.0);
    }
}
