//! What a project is.

use rusqlite::Row;
use serde::Serialize;
use utoipa::ToSchema;

use super::work::Work;
use crate::{
    offers::{Difficulty, Offer, OfferStatus},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, IdOrName, Reference, choice, decimal, reference, text},
        id::Id,
        list::Filter,
    },
    skills::{Skill, SkillRef},
    users::{HasOwner, SoftDelete, User, UserRef},
};

/// Something to practise on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Project {
    /// Its number, never used again.
    pub id: Id<Project>,
    /// What is made, in a few words.
    pub title: String,
    /// What is made, at length.
    pub description: String,
    /// What the work must have.
    pub requirements: String,
    /// How much is asked.
    pub difficulty: Difficulty,
    /// Its field.
    pub category: String,
    /// How long it takes about, in hours.
    pub estimated_hours: Option<f64>,
    /// What it practises, in the creator's order.
    pub required_skills: Vec<SkillRef>,
    /// What is to be completed before, in the creator's order.
    pub prerequisites: Vec<ProjectRef>,
    /// Its sign.
    pub icon_emoji: String,
    /// How it is coloured where it has no picture.
    pub color_gradient: String,
    /// Address of its picture.
    pub thumbnail: Option<String>,
    /// Who made it; null when the account is gone.
    pub created_by: Option<UserRef>,
    /// How many people submitted work.
    pub total_submissions: i64,
    /// The mean rating of accepted work, 1 to 5; null without any.
    pub average_rating: Option<f64>,
    /// Whether a prerequisite is not completed by the caller.
    pub is_locked: bool,
    /// How often it was looked at.
    pub views_count: i64,
    /// Whether it can be begun.
    pub status: OfferStatus,
    /// Whether it is deleted, and can still be restored.
    pub is_deleted: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How far the caller has come; only in the answer about one project.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub my_progress: Option<Work>,
}

impl HasOwner for Project {
    fn owner(&self) -> Option<Id<User>> {
        self.created_by.as_ref().map(|it| it.id)
    }
}

impl SoftDelete for Project {
    const NAME: &'static str = "project";
    const TABLE: &'static str = "projects";

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }
}

impl Offer for Project {
    const ALIAS: &'static str = "p";
    const OWNER: &'static str = "created_by";

    fn status(&self) -> OfferStatus {
        self.status
    }
}

impl Project {
    /// The parts that its creator writes.
    pub fn draft(&self) -> ProjectDraft {
        ProjectDraft {
            title: self.title.clone(),
            description: self.description.clone(),
            requirements: self.requirements.clone(),
            difficulty: self.difficulty,
            category: self.category.clone(),
            estimated_hours: self.estimated_hours,
            icon_emoji: self.icon_emoji.clone(),
            color_gradient: self.color_gradient.clone(),
            status: self.status,
            required_skill_ids: self.required_skills.clone(),
            prerequisite_ids: self.prerequisites.iter().map(|it| it.id).collect(),
        }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/projects/{}/", self.id)
    }
}

/// A project inside another answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProjectRef {
    /// Its number.
    pub id: Id<Project>,
    /// What is made.
    pub title: String,
    /// How much is asked.
    pub difficulty: Difficulty,
}

impl ProjectRef {
    /// The columns of a nested project, of a table that goes by the name `p`.
    pub const COLUMNS: &'static str = "p.id AS p_id, p.title AS p_title, p.difficulty AS p_difficulty";

    /// Reads the columns of [`ProjectRef::COLUMNS`].
    ///
    /// # Errors
    /// The row does not have them.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("p_id")?, title: row.get("p_title")?, difficulty: row.get("p_difficulty")? })
    }
}

/// What a creator writes of a project. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProjectDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// 1 to 10000 characters.
    pub description: String,
    /// At most 10000 characters.
    #[schema(required = false)]
    pub requirements: String,
    /// How much is asked.
    pub difficulty: Difficulty,
    /// 1 to 100 characters.
    pub category: String,
    /// 0.5 to 1000.
    pub estimated_hours: Option<f64>,
    /// At most 10 characters.
    #[schema(required = false)]
    pub icon_emoji: String,
    /// At most 100 characters.
    #[schema(required = false)]
    pub color_gradient: String,
    /// Active unless said.
    #[schema(required = false)]
    pub status: OfferStatus,
    /// Ids or names of what is practised; at most 30.
    #[schema(value_type = Vec<IdOrName>)]
    #[schema(required = false)]
    pub required_skill_ids: Vec<SkillRef>,
    /// Ids of what is to be completed before; at most 10, without a circle.
    #[schema(required = false)]
    pub prerequisite_ids: Vec<Id<Project>>,
}

impl Default for ProjectDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            requirements: String::new(),
            difficulty: Difficulty::Beginner,
            category: String::new(),
            estimated_hours: None,
            icon_emoji: String::new(),
            color_gradient: String::new(),
            status: OfferStatus::Active,
            required_skill_ids: vec![],
            prerequisite_ids: vec![],
        }
    }
}

impl ProjectDraft {
    /// Reads a body over this draft. Skills and prerequisites are read inside the write, where they can be looked up.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("title", &mut self.title, text(1..=200));
        body.required("description", &mut self.description, text(1..=10_000));
        body.defaulted("requirements", &mut self.requirements, text(0..=10_000));
        body.required("difficulty", &mut self.difficulty, choice);
        body.required("category", &mut self.category, text(1..=100));
        body.optional("estimated_hours", &mut self.estimated_hours, decimal(0.5..=1000.0));
        body.defaulted("icon_emoji", &mut self.icon_emoji, text(0..=10));
        body.defaulted("color_gradient", &mut self.color_gradient, text(0..=100));
        body.defaulting_to(OfferStatus::Active, "status", &mut self.status, choice);
        self
    }
}

/// The filters of `GET /projects/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProjectFilter {
    /// Any of these.
    pub difficulty: Vec<Difficulty>,
    /// A part of the category.
    pub category: Option<String>,
    /// Practises this skill: its id or name.
    #[param(value_type = Option<String>)]
    pub skill: Option<Reference<Skill>>,
    /// Any of these; drafts only of one's own.
    pub status: Vec<OfferStatus>,
}

impl Filter for ProjectFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("difficulty", &mut filter.difficulty, 20, choice);
        query.optional("category", &mut filter.category, text(1..=100));
        query.optional("skill", &mut filter.skill, reference);
        query.several("status", &mut filter.status, 20, choice);
        filter
    }
}

/// What happened to projects.
#[derive(Serialize)]
pub enum Event {
    /// A project was made.
    Created {
        /// The project.
        project: Id<Project>,
        /// Who made it.
        by: Id<User>,
    },
    /// Its words, skills or state changed.
    Changed {
        /// The project.
        project: Id<Project>,
        /// Who changed it.
        by: Id<User>,
    },
    /// It was deleted, and can be restored for a while.
    Deleted {
        /// The project.
        project: Id<Project>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// It is back.
    Restored {
        /// The project.
        project: Id<Project>,
        /// Who restored it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, project, by) = match *self {
            Event::Created { project, by } => ("projects.created", project, by),
            Event::Changed { project, by } => ("projects.changed", project, by),
            Event::Deleted { project, by } => ("projects.deleted", project, by),
            Event::Restored { project, by } => ("projects.restored", project, by),
        };
        Facts::new(kind, Some(by), "project", project)
    }
}
