//! Reads people. They have no tables of their own here.

use rusqlite::Connection;

use crate::{
    platform::{
        error::Result,
        fields::Reference,
        id::Id,
        kept,
        list::{Listing, Order, Page, Select, Slice},
        rows,
    },
    skills::{self, UserSkill},
    users::{self, User, UserFilter},
};

/// Lives in a place whose name contains the one `?`: there are fewer of these than of people.
const PLACED: &str = "u.location <> '' AND u.location COLLATE NOCASE IN (
    SELECT key FROM kept_counts WHERE what = 'users.place' AND count > 0 AND instr(fold(key), fold(?)) > 0)";

/// The numbers that people have as documents of the search.
const DOCUMENTS: (i64, i64) = (2 << 48, 3 << 48);

/// A part of the active people, in their public form.
///
/// # Errors
/// 400 for a skill that does not exist; as [`Select::page`].
pub fn page(conn: &Connection, listing: &Listing<UserFilter>) -> Result<Page<User>> {
    let Listing { filter, slice } = listing;
    let orders =
        [Order::by("points", "u.points"), Order::by("created_at", "u.created_at"), Order::by("username", "u.username")];
    let select = select(conn, filter, slice)?.order(slice, &orders, "-points")?;
    let select = match kept_count(filter).filter(|_| slice.is_undivided()) {
        Some(class) => select.counting(kept::count(conn, "users", class)?),
        None => select,
    };
    let mut page = select.page(conn, slice, users::store::user)?;
    for user in &mut page.results {
        user.private = None;
    }
    Ok(page)
}

/// Under which class the people whom these filters leave are counted already.
fn kept_count(filter: &UserFilter) -> Option<&'static str> {
    if filter.skill.is_some() || filter.location.is_some() {
        return None;
    }
    match (filter.is_mentor, filter.is_premium) {
        (None, None) => Some("active"),
        (Some(true), None) => Some("mentors"),
        (None, Some(true)) => Some("premium"),
        _ => None,
    }
}

/// The active people whom these filters leave, before they are ordered.
///
/// # Errors
/// 400 for a skill that does not exist.
pub fn select(conn: &Connection, filter: &UserFilter, slice: &Slice) -> Result<Select> {
    let skill = match &filter.skill {
        Some(named) => {
            let reference = named.parse().map_or_else(|_| Reference::Name(named.clone()), Reference::Id);
            Some(skills::store::resolve_in(conn, "skill", &reference)?.id)
        }
        None => None,
    };
    Select::new(users::store::USER, "users u", "u.id")
        .and("u.is_active = 1", &[])?
        .and_some("u.is_mentor = ?", filter.is_mentor)?
        .and_some("u.is_premium = ?", filter.is_premium)?
        .and_some("u.id IN (SELECT user_id FROM user_skills WHERE skill_id = ?)", skill)?
        .and_some(PLACED, filter.location.as_deref())?
        .dated("u.created_at", slice)?
        .search_before("search_index", "title names text", DOCUMENTS, slice)?
        .search(&["u.username", "u.first_name", "u.last_name", "u.title", "u.location"], slice)
}

/// The five skills that somebody knows best.
///
/// # Errors
/// Those of the database.
pub fn best_skills(conn: &Connection, user: Id<User>) -> Result<Vec<UserSkill>> {
    let sql = "SELECT id FROM user_skills WHERE user_id = ?1
         ORDER BY level_rank DESC, endorsements_count DESC, years_of_experience DESC, id LIMIT 5";
    let ids: Vec<Id<UserSkill>> = rows::all(conn, sql, [user], |row| row.get(0))?;
    let mut best = skills::user_skills::store::of(conn, user, &ids)?;
    best.sort_by_key(|it| ids.iter().position(|id| *id == it.id));
    Ok(best)
}
