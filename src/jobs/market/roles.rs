//! Roles: what sorts of work there are, by the names that postings use for them.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::{
    analysis::{Role, delivered_roles},
    jobs::Job,
    platform::{
        clock::Timestamp,
        error::{Error, Result},
        id::Id,
        sql::fold,
    },
};

/// How many names a wrong one is answered with.
const NEAREST: usize = 3;

/// A sort of work and how many open postings are of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleAnswer {
    /// Its name.
    pub name: String,
    /// Other titles of the same work.
    pub synonyms: Vec<String>,
    /// Weight 0 to 1 by the name of a skill.
    pub skills: BTreeMap<String, f64>,
    /// Open postings whose title holds the name or a synonym as whole words.
    pub open_jobs: usize,
}

/// Every role, by name.
///
/// # Errors
/// Those of the database.
pub fn all(conn: &Connection, now: Timestamp) -> Result<Vec<RoleAnswer>> {
    delivered_roles()
        .into_iter()
        .map(|role| {
            let open_jobs = jobs_of(conn, &role, now)?.len();
            let Role { name, synonyms, skills, .. } = role;
            Ok(RoleAnswer { name, synonyms, skills, open_jobs })
        })
        .collect()
}

/// The role of this name or synonym, in any case.
///
/// # Errors
/// 400 on this field, with the nearest names.
pub fn find(field: &str, name: &str) -> Result<Role> {
    let wanted = fold(name.trim());
    let mut roles = delivered_roles();
    if let Some(nth) = roles.iter().position(|it| names(it).any(|name| fold(name) == wanted)) {
        return Ok(roles.swap_remove(nth));
    }
    let nearness = |role: &Role| names(role).map(|name| strsim::jaro_winkler(&fold(name), &wanted)).fold(0.0, f64::max);
    roles.sort_by(|a, b| nearness(b).total_cmp(&nearness(a)));
    let nearest: Vec<_> = roles.iter().take(NEAREST).map(|it| it.name.as_str()).collect();
    Err(Error::field(field, format!("There is no role of this name. The nearest are {}.", nearest.join(", "))))
}

/// The role whose name or synonym stands in a text as whole words; of several the one with the longest name.
pub fn named_in(text: &str) -> Option<Role> {
    let text = fold(text);
    let longest = |role: &Role| names(role).filter(|name| holds(&text, &fold(name))).map(str::len).max();
    delivered_roles().into_iter().filter(|it| longest(it).is_some()).max_by_key(longest)
}

/// The open postings of this role, by id.
///
/// # Errors
/// Those of the database.
pub fn jobs_of(conn: &Connection, role: &Role, now: Timestamp) -> Result<Vec<Id<Job>>> {
    let titled = store::titled(conn, &names(role).collect::<Vec<_>>(), now)?;
    let names: Vec<String> = names(role).map(fold).collect();
    let is_of_role = |title: &str| {
        let title = fold(title);
        names.iter().any(|it| holds(&title, it))
    };
    Ok(titled.into_iter().filter(|(_, title)| is_of_role(title)).map(|(id, _)| id).collect())
}

fn names(role: &Role) -> impl Iterator<Item = &str> {
    std::iter::once(&role.name).chain(&role.synonyms).map(String::as_str)
}

/// Whether a title holds this name as whole words, both folded.
fn holds(title: &str, name: &str) -> bool {
    // `+` and `#` belong to the word before them: "C developer" is not in "C++ developer".
    let ends = |c: Option<char>| c.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '+' | '#'));
    title
        .match_indices(name)
        .any(|(at, _)| ends(title[..at].chars().next_back()) && ends(title[at + name.len()..].chars().next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_holds_whole_words_only() {
        assert!(holds("senior data engineer (remote)", "data engineer"));
        assert!(!holds("metadata engineer", "data engineer"));
        assert!(!holds("c++ developer", "c"));
        assert!(holds("c++ developer", "c++"));
    }

    #[test]
    fn a_role_is_found_by_any_of_its_names() {
        assert_eq!(find("role", "bookkeeper").map(|it| it.name).ok().as_deref(), Some("Accountant"));
        let Err(Error::Invalid(faults)) = find("role", "Acountant") else { panic!("there is no such role") };
        assert!(faults["role"][0].contains("Accountant"));
    }
}
