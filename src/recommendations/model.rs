//! What recommendations say.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{courses::CourseRecommendation, mentors::MentorRecommendation, people::ConnectionRecommendation};
use crate::{
    jobs::{Job, JobRef, matching::Terms},
    platform::{
        clock::Timestamp,
        fields::{Fields, Reference, choice, flag, id, integer, reference},
        id::Id,
        list::Filter,
    },
    skills::{ProficiencyLevel, Skill, SkillRef},
    text_enum,
};

/// A posting and how well it fits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobRecommendation {
    /// The posting.
    pub job: JobRef,
    /// The sum of the terms, 0 to 100.
    pub match_percentage: i64,
    /// Names of the skills asked for that are held, heaviest first.
    pub matched_skills: Vec<String>,
    /// Names of those that are not, heaviest first.
    pub missing_skills: Vec<String>,
    /// What the percentage is made of.
    pub terms: Terms,
    /// One sentence.
    pub reason: String,
}

/// What speaks for a skill.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub struct SkillTerms {
    /// People who hold it.
    pub users: i64,
    /// Twice the open postings that ask for it.
    pub open_jobs: i64,
}

/// A skill worth learning.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SkillRecommendation {
    /// The skill.
    pub skill: SkillRef,
    /// The sum of the terms; the only score that may pass 100.
    pub demand_score: i64,
    /// Open postings that ask for it.
    pub job_demand: i64,
    /// People who hold it.
    pub users: i64,
    /// What the score is made of.
    pub terms: SkillTerms,
    /// One sentence.
    pub reason: String,
}

impl SkillRecommendation {
    /// Weighs a skill: `users + 2 × open jobs`.
    pub fn new(skill: SkillRef, users: i64, job_demand: i64) -> Self {
        let terms = SkillTerms { users, open_jobs: 2 * job_demand };
        let ask = match job_demand {
            0 => "No open job asks for it yet".to_owned(),
            1 => "One open job asks for it".to_owned(),
            jobs => format!("{jobs} open jobs ask for it"),
        };
        let hold = match users {
            0 => "nobody here holds it".to_owned(),
            1 => "one person here holds it".to_owned(),
            users => format!("{users} people here hold it"),
        };
        let reason = format!("{ask} and {hold}.");
        Self { skill, demand_score: terms.users + terms.open_jobs, job_demand, users, terms, reason }
    }
}

/// Everything that is recommended to somebody, in short.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Dashboard {
    /// At most 5.
    pub recommended_jobs: Vec<JobRecommendation>,
    /// At most 5.
    pub recommended_courses: Vec<CourseRecommendation>,
    /// At most 3.
    pub recommended_mentors: Vec<MentorRecommendation>,
    /// At most 5.
    pub recommended_skills: Vec<SkillRecommendation>,
    /// At most 5.
    pub recommended_connections: Vec<ConnectionRecommendation>,
    /// When it was computed.
    pub generated_at: Timestamp,
}

/// What a computed list of postings keeps: which they are, and for whom it was computed. Scores are computed when they are
/// shown, so that they agree with those beside every posting, and a posting that closed meanwhile is left out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Shortlist {
    /// A digest of all that is known of the person: another one makes the list stale.
    pub of: String,
    /// The best postings.
    pub jobs: Vec<Id<Job>>,
    /// When it was computed.
    pub made_at: Timestamp,
}

text_enum! {
    /// What a recommendation was for.
    pub enum ClickKind { Job = "job", Course = "course", Mentor = "mentor", Skill = "skill", Connection = "connection" }
}

/// A recommendation that was followed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Click {
    /// What it was for.
    pub kind: ClickKind,
    /// The id of the posting, course, mentor, skill or person.
    pub target_id: i64,
    /// Where it stood in its list, from 1.
    pub position: Option<i64>,
}

impl Click {
    /// Reads a body.
    pub fn read(body: &mut Fields) -> Self {
        let mut it = Self { kind: ClickKind::Job, target_id: 0, position: None };
        body.required("kind", &mut it.kind, choice);
        body.required("target_id", &mut it.target_id, integer(1..=i64::MAX));
        body.optional("position", &mut it.position, integer(1..=1000));
        it
    }
}

/// How many recommendations are wanted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobLimit {
    /// 1 to 50, 10 when left out.
    #[param(default = 10, minimum = 1, maximum = 50)]
    pub limit: i64,
}

impl Filter for JobLimit {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { limit: 10 };
        query.defaulting_to(10, "limit", &mut it.limit, integer(1..=50));
        it
    }
}

/// How many skills, people or mentors are wanted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SkillLimit {
    /// 1 to 50, 5 when left out.
    #[param(default = 5, minimum = 1, maximum = 50)]
    pub limit: i64,
}

impl Filter for SkillLimit {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { limit: 5 };
        query.defaulting_to(5, "limit", &mut it.limit, integer(1..=50));
        it
    }
}

/// Which matching postings are wanted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Matching {
    /// 1 to 20, 20 when left out.
    #[param(default = 20, minimum = 1, maximum = 20)]
    pub limit: i64,
    /// The least match percentage, 1 when left out.
    #[param(default = 1, minimum = 0, maximum = 100)]
    pub min_match: i64,
}

impl Filter for Matching {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { limit: 20, min_match: 1 };
        query.defaulting_to(20, "limit", &mut it.limit, integer(1..=20));
        query.defaulting_to(1, "min_match", &mut it.min_match, integer(0..=100));
        it
    }
}

/// Whether a dashboard is to be computed anew.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Refresh {
    /// Compute it anew.
    pub refresh: Option<bool>,
}

impl Filter for Refresh {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { refresh: None };
        query.optional("refresh", &mut it.refresh, flag);
        it
    }
}

/// What somebody might learn.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhatIfQuery {
    /// Ids or names of skills, at most 5.
    #[param(value_type = Vec<String>)]
    pub skill: Vec<Reference<Skill>>,
    /// How well they would know them, intermediate when left out.
    pub level: ProficiencyLevel,
    /// From which match percentage on a posting counts as within reach, 70 when left out.
    #[param(default = 70, minimum = 1, maximum = 100)]
    pub threshold: i64,
}

impl Filter for WhatIfQuery {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { skill: vec![], level: ProficiencyLevel::Intermediate, threshold: 70 };
        query.several("skill", &mut it.skill, 5, reference);
        let is_missing = !query.has("skill");
        query.check("skill", !is_missing, "This field is required.");
        query.defaulting_to(ProficiencyLevel::Intermediate, "level", &mut it.level, choice);
        query.defaulting_to(70, "threshold", &mut it.threshold, integer(1..=100));
        it
    }
}

/// Which gaps are wanted.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GapQuery {
    /// 1 to 10, 10 when left out.
    #[param(default = 10, minimum = 1, maximum = 10)]
    pub limit: i64,
    /// Only what this posting asks for.
    pub job: Option<Id<Job>>,
    /// Only what this role asks for.
    pub role: Option<String>,
}

impl Filter for GapQuery {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { limit: 10, job: None, role: None };
        query.defaulting_to(10, "limit", &mut it.limit, integer(1..=10));
        query.optional("job", &mut it.job, id);
        query.optional("role", &mut it.role, crate::platform::fields::text(1..=200));
        it
    }
}
