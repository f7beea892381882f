//! What a skill is, and what can be said about it.

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    platform::{
        clock::Timestamp,
        fields::{Fields, IdOrName, Reference, choice, integer, reference, ruled, text},
        id::Id,
        list::Filter,
        validate,
    },
    text_enum,
    users::UserRef,
};

/// Most synonyms of a skill.
pub const MOST_SYNONYMS: usize = 20;
/// Most skills that a job, course or project may ask for.
pub const MOST_REQUIRED: usize = 30;

text_enum! {
    /// The field of work that a skill belongs to.
    pub enum Category {
        Frontend = "frontend",
        Backend = "backend",
        Fullstack = "fullstack",
        Mobile = "mobile",
        DataScience = "data-science",
        Devops = "devops",
        Design = "design",
        Security = "security",
        Business = "business",
        SoftSkills = "soft-skills",
        Other = "other",
    }
}

text_enum! {
    /// How well somebody knows a skill, least first.
    pub enum ProficiencyLevel {
        Beginner = "beginner",
        Intermediate = "intermediate",
        Advanced = "advanced",
        Expert = "expert",
    }
}

impl ProficiencyLevel {
    /// The level that a confidence of 0–1 in a finding stands for; none when it is too weak to say anything (rules §6).
    pub fn of_confidence(confidence: f64) -> Option<Self> {
        [(0.9, Self::Expert), (0.7, Self::Advanced), (0.5, Self::Intermediate), (0.3, Self::Beginner)]
            .into_iter()
            .find(|(least, _)| confidence >= *least)
            .map(|(_, level)| level)
    }
}

/// A skill of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Skill {
    /// Its number, never used again.
    pub id: Id<Skill>,
    /// Unique in any case among all names and synonyms.
    pub name: String,
    /// Its field of work.
    pub category: Category,
    /// One or two sentences.
    pub description: String,
    /// Other names, each as unique as the name.
    pub synonyms: Vec<String>,
    /// How many people hold it.
    pub users: i64,
    /// How many open jobs ask for it.
    pub job_demand: i64,
    /// When it entered the catalogue.
    pub created_at: Timestamp,
    /// When its entry last changed.
    pub updated_at: Timestamp,
}

impl Skill {
    /// The parts of an entry that an admin writes.
    pub fn draft(&self) -> SkillDraft {
        SkillDraft {
            name: self.name.clone(),
            category: self.category,
            description: self.description.clone(),
            synonyms: self.synonyms.clone(),
        }
    }
}

/// A skill inside another answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkillRef {
    /// Its number.
    pub id: Id<Skill>,
    /// Its name.
    pub name: String,
    /// Its field of work.
    pub category: Category,
}

impl SkillRef {
    /// The columns of a nested skill, of a table that goes by the name `s`.
    pub const COLUMNS: &'static str = "s.id AS s_id, s.name AS s_name, s.category AS s_category";

    /// Reads the columns of [`SkillRef::COLUMNS`].
    ///
    /// # Errors
    /// The row does not have them.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("s_id")?, name: row.get("s_name")?, category: row.get("s_category")? })
    }
}

/// What two names have in common when they mean the same skill: they are equal in any case and spacing.
pub fn name_key(name: &str) -> String {
    validate::text(name).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What an admin writes of a skill.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SkillDraft {
    /// At most 100 characters.
    pub name: String,
    /// Its field of work.
    #[schema(default = "other")]
    #[schema(required = false)]
    pub category: Category,
    /// At most 1000 characters.
    #[schema(required = false)]
    pub description: String,
    /// At most 20 other names.
    #[schema(required = false)]
    pub synonyms: Vec<String>,
}

impl Default for SkillDraft {
    fn default() -> Self {
        Self { name: String::new(), category: Category::Other, description: String::new(), synonyms: vec![] }
    }
}

impl SkillDraft {
    /// Reads a body over this draft; whether its names are free is only known inside the write.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("name", &mut self.name, ruled(validate::SKILL_NAME, validate::skill_name));
        body.defaulting_to(Category::Other, "category", &mut self.category, choice);
        body.defaulted("description", &mut self.description, text(0..=1000));
        body.several("synonyms", &mut self.synonyms, MOST_SYNONYMS, ruled(validate::SKILL_NAME, validate::skill_name));
        let mut keys: Vec<String> = self.names().map(name_key).collect();
        keys.sort_unstable();
        keys.dedup();
        body.check("synonyms", keys.len() == self.names().count(), "Give each name once.");
        self
    }

    /// The name and every synonym.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name).chain(&self.synonyms).map(String::as_str)
    }
}

/// The filters of `GET /skills/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SkillFilter {
    /// Only skills of these fields of work.
    pub category: Vec<Category>,
}

impl Filter for SkillFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("category", &mut filter.category, 20, choice);
        filter
    }
}

/// How many rows of a ranked list are wanted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrendingFilter {
    /// 1 to 20, 20 when left out.
    #[param(default = 20, minimum = 1, maximum = 20)]
    pub limit: i64,
}

impl Filter for TrendingFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self { limit: 20 };
        query.defaulting_to(20, "limit", &mut filter.limit, integer(1..=20));
        filter
    }
}

/// A field of work and how many skills the catalogue has of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryCount {
    /// The field of work.
    pub category: Category,
    /// Skills of it.
    pub skills: i64,
}

/// A skill that people take up.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trend {
    /// The skill.
    pub skill: SkillRef,
    /// How many people hold it.
    pub users: i64,
    /// How many of them took it up in the last 30 days.
    pub new_users_30_days: i64,
    /// Mean endorsements per holder.
    pub avg_endorsements: f64,
    /// `users + 3 × new_users_30_days` (rules §7).
    pub trend: i64,
}

/// Figures of one skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// How many people hold it.
    pub total_users: i64,
    /// Mean endorsements per holder.
    pub avg_endorsements: f64,
    /// Holders per level.
    pub proficiency_distribution: Distribution,
    /// How many open jobs ask for it.
    pub job_demand: i64,
}

/// Holders per level.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Distribution {
    /// Holders at this level.
    pub beginner: i64,
    /// Holders at this level.
    pub intermediate: i64,
    /// Holders at this level.
    pub advanced: i64,
    /// Holders at this level.
    pub expert: i64,
}

impl Distribution {
    /// The count of a level.
    pub fn at(&mut self, level: ProficiencyLevel) -> &mut i64 {
        match level {
            ProficiencyLevel::Beginner => &mut self.beginner,
            ProficiencyLevel::Intermediate => &mut self.intermediate,
            ProficiencyLevel::Advanced => &mut self.advanced,
            ProficiencyLevel::Expert => &mut self.expert,
        }
    }
}

text_enum! {
    /// What became of a suggestion.
    pub enum SuggestionStatus {
        Pending = "pending",
        Accepted = "accepted",
        Rejected = "rejected",
        Merged = "merged",
    }
}

/// A skill that somebody misses in the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkillSuggestion {
    /// Its number.
    pub id: Id<SkillSuggestion>,
    /// Who suggests it.
    pub user: UserRef,
    /// What it would be called.
    pub name: String,
    /// The field of work it would belong to.
    pub category: Option<Category>,
    /// Their words.
    pub why: String,
    /// What became of it.
    pub status: SuggestionStatus,
    /// The skill that came of it, or that it was merged into.
    pub skill: Option<SkillRef>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was decided on.
    pub updated_at: Timestamp,
}

/// The filters of suggestions.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestionFilter {
    /// Only those of which this became.
    pub status: Vec<SuggestionStatus>,
}

impl Filter for SuggestionFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("status", &mut filter.status, 20, choice);
        filter
    }
}

/// What somebody writes of a suggestion.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct SuggestionDraft {
    /// At most 100 characters.
    pub name: String,
    /// The field of work it would belong to.
    pub category: Option<Category>,
    /// At most 500 characters.
    #[schema(required = false)]
    pub why: String,
}

impl SuggestionDraft {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self::default();
        body.required("name", &mut it.name, ruled(validate::SKILL_NAME, validate::skill_name));
        body.optional("category", &mut it.category, choice);
        body.defaulted("why", &mut it.why, text(0..=500));
        it
    }
}

/// How an admin takes a suggestion in; what is left out is as it was suggested.
#[derive(Clone, Debug, Default, ToSchema)]
pub struct Acceptance {
    /// Another name for the new skill.
    pub name: Option<String>,
    /// Another field of work for it.
    pub category: Option<Category>,
    /// The skill that gets the name as a synonym, instead of a new one: its id or name.
    #[schema(value_type = Option<IdOrName>)]
    pub merge_into: Option<Reference<Skill>>,
}

impl Acceptance {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self::default();
        body.optional("name", &mut it.name, ruled(validate::SKILL_NAME, validate::skill_name));
        body.optional("category", &mut it.category, choice);
        body.optional("merge_into", &mut it.merge_into, reference);
        it
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_becomes_a_level() {
        let level = ProficiencyLevel::of_confidence;
        assert_eq!(
            [1.0, 0.9, 0.89, 0.7, 0.5, 0.3].map(level),
            [
                Some(ProficiencyLevel::Expert),
                Some(ProficiencyLevel::Expert),
                Some(ProficiencyLevel::Advanced),
                Some(ProficiencyLevel::Advanced),
                Some(ProficiencyLevel::Intermediate),
                Some(ProficiencyLevel::Beginner),
            ]
        );
        assert_eq!([0.29, 0.0, f64::NAN].map(level), [None; 3]);
    }

    #[test]
    fn names_meet_in_any_case_and_spacing() {
        assert_eq!(name_key("  Machine   Learning "), name_key("machine LEARNING"));
        assert_ne!(name_key("C"), name_key("C#"));
    }
}
