//! The skills that people hold, and who vouches for them.

mod routes;
pub mod service;
pub mod store;

use serde::Serialize;
use utoipa::ToSchema;

use super::{Category, ProficiencyLevel, Skill, SkillRef};
use crate::{
    platform::{
        clock::Timestamp,
        fields::{Fields, IdOrName, Input, Read, Reference, choice, decimal, reference, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{HasOwner, User, UserRef},
};

pub use routes::addresses;

/// Most skills of a person.
pub const MOST_HELD: i64 = 200;
/// Most skills in one batch.
pub const MOST_BATCH: usize = 50;
/// Points of the holder per endorsement.
pub const POINTS: i64 = 5;

text_enum! {
    /// How a skill came to its holder.
    pub enum Source { Manual = "manual", Resume = "resume", Import = "import" }
}

/// A skill that somebody holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserSkill {
    /// Its number, never used again.
    pub id: Id<UserSkill>,
    /// The holder.
    pub user: UserRef,
    /// The skill.
    pub skill: SkillRef,
    /// How well they know it.
    pub proficiency_level: ProficiencyLevel,
    /// 0 to 60, in halves.
    pub years_of_experience: f64,
    /// How many people vouch for it.
    pub endorsements_count: i64,
    /// How it came to them.
    pub source: Source,
    /// When level or years last changed.
    pub last_updated: Timestamp,
    /// When they took it up.
    pub created_at: Timestamp,
    /// The same as `last_updated`.
    pub updated_at: Timestamp,
}

impl HasOwner for UserSkill {
    fn owner(&self) -> Option<Id<User>> {
        Some(self.user.id)
    }
}

/// A held skill after it was endorsed, or after that was withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndorseAnswer {
    /// The held skill.
    #[serde(flatten)]
    pub user_skill: UserSkill,
    /// Always true.
    pub success: bool,
}

/// Who vouches for a held skill, since when.
#[derive(Debug, Serialize, ToSchema)]
pub struct Endorsement {
    /// Who.
    pub user: UserRef,
    /// Since when.
    pub created_at: Timestamp,
}

/// How many rows a bulk action removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDeleted {
    /// `deleted`.
    pub status: &'static str,
    /// How many there were among the caller's.
    pub deleted_count: usize,
}

/// What a holder writes of a held skill.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct UserSkillDraft {
    /// How well they know it.
    #[schema(default = "beginner")]
    #[schema(required = false)]
    pub proficiency_level: ProficiencyLevel,
    /// 0 to 60, in halves.
    #[schema(required = false)]
    pub years_of_experience: f64,
}

impl Default for UserSkillDraft {
    fn default() -> Self {
        Self { proficiency_level: ProficiencyLevel::Beginner, years_of_experience: 0.0 }
    }
}

impl UserSkill {
    /// The parts that the holder writes.
    pub fn draft(&self) -> UserSkillDraft {
        UserSkillDraft { proficiency_level: self.proficiency_level, years_of_experience: self.years_of_experience }
    }
}

fn years(input: Input<'_>) -> Read<f64> {
    let years = decimal(0.0..=60.0)(input)?;
    if (years * 2.0).fract() == 0.0 { Ok(years) } else { Err("Give whole or half years.".into()) }
}

impl UserSkillDraft {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        let fresh = Self::default();
        body.defaulting_to(fresh.proficiency_level, "proficiency_level", &mut self.proficiency_level, choice);
        body.defaulting_to(fresh.years_of_experience, "years_of_experience", &mut self.years_of_experience, years);
        self
    }
}

/// A skill to be taken up; what is left out stays as it is when the skill is held already.
#[derive(Clone, Debug, Default, ToSchema)]
pub struct NewUserSkill {
    /// Which one: an id, or a name.
    #[schema(value_type = Option<IdOrName>)]
    pub skill_id: Option<Reference<Skill>>,
    /// Which one, by name or synonym, when there is no id.
    pub skill_name: Option<String>,
    /// How well they know it, `beginner` when it is new.
    pub proficiency_level: Option<ProficiencyLevel>,
    /// 0 to 60, in halves; 0 when it is new.
    pub years_of_experience: Option<f64>,
}

impl NewUserSkill {
    /// Reads a body; whether there is such a skill is only known inside the write.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self::default();
        body.optional("skill_id", &mut it.skill_id, reference);
        body.optional("skill_name", &mut it.skill_name, text(1..=100));
        body.optional("proficiency_level", &mut it.proficiency_level, choice);
        body.optional("years_of_experience", &mut it.years_of_experience, years);
        it
    }

    /// The skill that is meant, and the field that says so.
    pub fn skill(&self) -> Option<(&'static str, Reference<Skill>)> {
        match (&self.skill_id, &self.skill_name) {
            (Some(reference), _) => Some(("skill_id", reference.clone())),
            (None, Some(name)) => Some(("skill_name", Reference::Name(name.clone()))),
            (None, None) => None,
        }
    }
}

/// Several skills to be taken up, all or none.
#[derive(ToSchema)]
pub struct Batch {
    /// 1 to 50.
    pub skills: Vec<NewUserSkill>,
}

/// Rows to be removed.
#[derive(ToSchema)]
pub struct BulkDelete {
    /// At most 500; unknown ones and other people's are skipped.
    pub ids: Vec<Id<UserSkill>>,
}

/// The filters of held skills.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserSkillFilter {
    /// Only held at these levels.
    pub proficiency_level: Vec<ProficiencyLevel>,
    /// Only of these fields of work.
    pub category: Vec<Category>,
}

impl Filter for UserSkillFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("proficiency_level", &mut filter.proficiency_level, 20, choice);
        query.several("category", &mut filter.category, 20, choice);
        filter
    }
}
