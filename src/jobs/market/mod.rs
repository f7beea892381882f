//! What all open postings ask for together: skills in demand, roles, and what a posting is likely to ask for.

pub mod roles;
mod routes;
pub mod store;
mod suggest;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    platform::id::Id,
    skills::{Category, Skill},
};

pub use routes::addresses;

/// A skill that open postings ask for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Demand {
    /// The skill.
    pub id: Id<Skill>,
    /// Its name.
    pub name: String,
    /// Its field of work.
    pub category: Category,
    /// Open postings that ask for it.
    pub job_demand: i64,
    /// The median of what they pay, of those in the currency that most of them name.
    pub median_salary: Option<i64>,
}

/// The median of what postings pay, each with its currency: of those in the currency that most of them name, because
/// amounts of different ones cannot be compared. None when nothing pays.
pub fn median(paid: &[(i64, String)]) -> Option<i64> {
    let count = |currency: &str| paid.iter().filter(|it| it.1 == currency).count();
    let most = paid.iter().map(|it| it.1.as_str()).max_by_key(|it| (count(it), std::cmp::Reverse(*it)))?;
    let mut amounts: Vec<i64> = paid.iter().filter(|it| it.1 == most).map(|it| it.0).collect();
    amounts.sort_unstable();
    let middle = amounts.len() / 2;
    let upper = *amounts.get(middle)?;
    if amounts.len() % 2 == 1 { Some(upper) } else { amounts.get(middle - 1).map(|lower| (lower + upper) / 2) }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_of_the_currency_named_most() {
        let paid = |of: &[(i64, &str)]| of.iter().map(|(amount, it)| (*amount, (*it).to_owned())).collect::<Vec<_>>();
        assert_eq!(median(&paid(&[(9, "USD"), (1, "EUR"), (4, "EUR"), (2, "EUR")])), Some(2));
        assert_eq!(median(&paid(&[(10, "USD"), (20, "USD")])), Some(15));
        assert_eq!(median(&[]), None);
    }
}
