//! What a course is.

use rusqlite::Row;
use serde::Serialize;
use utoipa::ToSchema;

use super::{learning::Progress, modules::ModuleOutline};
use crate::{
    offers::{Difficulty, Offer, OfferStatus},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, IdOrName, Reference, account, choice, decimal, reference, text},
        id::Id,
        list::Filter,
    },
    skills::{Skill, SkillRef},
    users::{HasOwner, SoftDelete, User, UserRef},
};

/// The shortest and the longest course, in hours.
const HOURS: std::ops::RangeInclusive<f64> = 0.5..=1000.0;

/// A course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Course {
    /// Its number, never used again.
    pub id: Id<Course>,
    /// What is learned, in a few words.
    pub title: String,
    /// What is learned, at length.
    pub description: String,
    /// How much is asked of a learner.
    pub difficulty: Difficulty,
    /// Its field.
    pub category: String,
    /// How long it takes, in hours.
    pub duration_hours: f64,
    /// Who teaches it; null when the account is gone.
    pub instructor: Option<UserRef>,
    /// The instructor's name as it is shown; empty when the account is gone.
    pub instructor_name: String,
    /// What is to be known beforehand, in the instructor's order.
    pub required_skills: Vec<SkillRef>,
    /// What is taught; when empty, what is required counts as taught.
    pub taught_skills: Vec<SkillRef>,
    /// What should be learned before, in the instructor's order.
    pub prerequisites: Vec<CourseRef>,
    /// Address of its picture.
    pub thumbnail: Option<String>,
    /// How it is coloured where it has no picture.
    pub color_gradient: String,
    /// The mean of all ratings, 1 to 5; null without any.
    pub rating: Option<f64>,
    /// How many rated it.
    pub total_ratings: i64,
    /// How many enrolled, those who dropped it included.
    pub total_students: i64,
    /// How often it was looked at.
    pub views_count: i64,
    /// What it is made of, in order.
    pub modules: Vec<ModuleOutline>,
    /// Whether it takes learners.
    pub status: OfferStatus,
    /// Whether it is deleted, and can still be restored.
    pub is_deleted: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How far the caller has come; only in the answer about one course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub my_progress: Option<Progress>,
}

impl HasOwner for Course {
    fn owner(&self) -> Option<Id<User>> {
        self.instructor.as_ref().map(|it| it.id)
    }
}

impl SoftDelete for Course {
    const NAME: &'static str = "course";
    const TABLE: &'static str = "courses";

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }
}

impl Offer for Course {
    const ALIAS: &'static str = "c";
    const OWNER: &'static str = "instructor_id";

    fn status(&self) -> OfferStatus {
        self.status
    }
}

impl Course {
    /// The parts that its instructor writes.
    pub fn draft(&self) -> CourseDraft {
        CourseDraft {
            title: self.title.clone(),
            description: self.description.clone(),
            difficulty: self.difficulty,
            category: self.category.clone(),
            duration_hours: self.duration_hours,
            color_gradient: self.color_gradient.clone(),
            status: self.status,
            required_skill_ids: self.required_skills.clone(),
            taught_skill_ids: self.taught_skills.clone(),
            prerequisite_ids: self.prerequisites.iter().map(|it| it.id).collect(),
        }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/courses/{}/", self.id)
    }
}

/// A course inside another answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseRef {
    /// Its number.
    pub id: Id<Course>,
    /// What is learned.
    pub title: String,
    /// How much is asked of a learner.
    pub difficulty: Difficulty,
}

impl CourseRef {
    /// The columns of a nested course, of a table that goes by the name `c`.
    pub const COLUMNS: &'static str = "c.id AS c_id, c.title AS c_title, c.difficulty AS c_difficulty";

    /// Reads the columns of [`CourseRef::COLUMNS`].
    ///
    /// # Errors
    /// The row does not have them.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("c_id")?, title: row.get("c_title")?, difficulty: row.get("c_difficulty")? })
    }
}

/// What an instructor writes of a course. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CourseDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// 1 to 10000 characters.
    pub description: String,
    /// How much is asked of a learner.
    pub difficulty: Difficulty,
    /// 1 to 100 characters.
    pub category: String,
    /// 0.5 to 1000.
    pub duration_hours: f64,
    /// At most 100 characters.
    #[schema(required = false)]
    pub color_gradient: String,
    /// Active unless said.
    #[schema(required = false)]
    pub status: OfferStatus,
    /// Ids or names of what is to be known beforehand; with the other list at most 30.
    #[schema(value_type = Vec<IdOrName>)]
    #[schema(required = false)]
    pub required_skill_ids: Vec<SkillRef>,
    /// Ids or names of what is taught.
    #[schema(value_type = Vec<IdOrName>)]
    #[schema(required = false)]
    pub taught_skill_ids: Vec<SkillRef>,
    /// Ids of what should be learned before; at most 10, without a circle.
    #[schema(required = false)]
    pub prerequisite_ids: Vec<Id<Course>>,
}

impl Default for CourseDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            difficulty: Difficulty::Beginner,
            category: String::new(),
            duration_hours: 1.0,
            color_gradient: String::new(),
            status: OfferStatus::Active,
            required_skill_ids: vec![],
            taught_skill_ids: vec![],
            prerequisite_ids: vec![],
        }
    }
}

impl CourseDraft {
    /// Reads a body over this draft. Skills and prerequisites are read inside the write, where they can be looked up.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.required("title", &mut self.title, text(1..=200));
        body.required("description", &mut self.description, text(1..=10_000));
        body.required("difficulty", &mut self.difficulty, choice);
        body.required("category", &mut self.category, text(1..=100));
        body.required("duration_hours", &mut self.duration_hours, decimal(HOURS));
        body.defaulted("color_gradient", &mut self.color_gradient, text(0..=100));
        body.defaulting_to(OfferStatus::Active, "status", &mut self.status, choice);
        self
    }
}

/// The filters of `GET /courses/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CourseFilter {
    /// Any of these.
    pub difficulty: Vec<Difficulty>,
    /// A part of the category.
    pub category: Option<String>,
    /// Takes at least so many hours.
    pub duration_min: Option<f64>,
    /// Takes at most so many hours.
    pub duration_max: Option<f64>,
    /// Teaches this skill: its id or name.
    #[param(value_type = Option<String>)]
    pub skill: Option<Reference<Skill>>,
    /// Taught by this person.
    #[param(value_type = Option<String>)]
    pub instructor: Option<Id<User>>,
    /// Its mean rating is at least this.
    pub rating_min: Option<f64>,
    /// Any of these; drafts only of one's own.
    pub status: Vec<OfferStatus>,
}

impl Filter for CourseFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("difficulty", &mut filter.difficulty, 20, choice);
        query.optional("category", &mut filter.category, text(1..=100));
        query.optional("duration_min", &mut filter.duration_min, decimal(0.0..=1000.0));
        query.optional("duration_max", &mut filter.duration_max, decimal(0.0..=1000.0));
        query.optional("skill", &mut filter.skill, reference);
        query.optional("instructor", &mut filter.instructor, account);
        query.optional("rating_min", &mut filter.rating_min, decimal(0.0..=5.0));
        query.several("status", &mut filter.status, 20, choice);
        if let (Some(least), Some(most)) = (filter.duration_min, filter.duration_max) {
            query.check("duration_min", least <= most, "This must not be more than duration_max.");
        }
        filter
    }
}

/// What happened to courses.
#[derive(Serialize)]
pub enum Event {
    /// A course was made.
    Created {
        /// The course.
        course: Id<Course>,
        /// Who made it; nobody when it was brought in without an instructor.
        by: Option<Id<User>>,
    },
    /// Its words, skills or state changed.
    Changed {
        /// The course.
        course: Id<Course>,
        /// Who changed it.
        by: Id<User>,
    },
    /// It was deleted, and can be restored for a while.
    Deleted {
        /// The course.
        course: Id<Course>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// It is back.
    Restored {
        /// The course.
        course: Id<Course>,
        /// Who restored it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, course, by) = match *self {
            Event::Created { course, by } => ("courses.created", course, by),
            Event::Changed { course, by } => ("courses.changed", course, Some(by)),
            Event::Deleted { course, by } => ("courses.deleted", course, Some(by)),
            Event::Restored { course, by } => ("courses.restored", course, Some(by)),
        };
        Facts::new(kind, by, "course", course)
    }
}
