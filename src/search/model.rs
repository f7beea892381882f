//! What is searched for, and what is found.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    community::PostFilter,
    courses::CourseFilter,
    jobs::JobFilter,
    mentors::MentorFilter,
    platform::{
        fields::{Fields, choice, integer, text},
        list::{Filter, Page},
    },
    projects::ProjectFilter,
    skills::SkillFilter,
    text_enum,
    users::UserFilter,
};

text_enum! {
    /// What can be found.
    pub enum Findable {
        Jobs = "jobs" | "job",
        Courses = "courses" | "course",
        Projects = "projects" | "project",
        Mentors = "mentors" | "mentor",
        Posts = "posts" | "post",
        Users = "users" | "user",
        Skills = "skills" | "skill",
    }
}

impl Findable {
    /// How many numbers each kind has for its documents.
    const SPAN: i64 = 1 << 48;

    /// Its number, as the triggers write it.
    pub const fn number(self) -> i64 {
        match self {
            Findable::Posts => 0,
            Findable::Jobs => 1,
            Findable::Users => 2,
            Findable::Courses => 3,
            Findable::Projects => 4,
            Findable::Mentors => 5,
            Findable::Skills => 6,
        }
    }

    /// The kind of this number.
    pub fn of_number(number: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.number() == number)
    }

    /// The page of a row, as a path of this instance.
    pub fn page(self, id: i64) -> String {
        let page = match self {
            Findable::Jobs => "jobs",
            Findable::Courses => "courses",
            Findable::Projects => "projects",
            Findable::Mentors => "mentors",
            Findable::Posts => "community",
            Findable::Users => "profile",
            Findable::Skills => "skills",
        };
        format!("/{page}/{id}")
    }
}

/// What is found: one row of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Document {
    /// Which kind of row.
    pub kind: Findable,
    /// The row's id.
    pub id: i64,
}

impl Document {
    /// Its number in the index.
    pub const fn number(self) -> i64 {
        self.kind.number() * Findable::SPAN + self.id
    }

    /// The document of this number.
    pub fn of_number(number: i64) -> Option<Self> {
        Some(Self { kind: Findable::of_number(number / Findable::SPAN)?, id: number % Findable::SPAN })
    }
}

/// The words of a document, by what they weigh.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// What it is called: ×8.
    pub title: String,
    /// Names and tags: ×5.
    pub names: String,
    /// Skills: ×4.
    pub skills: String,
    /// Everything else: ×1.
    pub text: String,
}

/// How near a document is to what was typed, nearest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// Mistyped words are taken for others.
    Corrected,
    /// The last word is the beginning of one of its words.
    Prefix,
    /// It holds the words.
    Exact,
}

/// The filters that the kinds chosen by name have in their own lists.
#[derive(Default)]
pub struct Filters {
    /// Those of postings.
    pub jobs: Option<JobFilter>,
    /// Those of courses.
    pub courses: Option<CourseFilter>,
    /// Those of projects.
    pub projects: Option<ProjectFilter>,
    /// Those of mentors.
    pub mentors: Option<MentorFilter>,
    /// Those of posts.
    pub posts: Option<PostFilter>,
    /// Those of people.
    pub users: Option<UserFilter>,
    /// Those of skills.
    pub skills: Option<SkillFilter>,
}

/// What is searched for.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchFilter {
    /// The words, of which the last counts as a beginning: 2 to 200 characters.
    #[param(min_length = 2, max_length = 200)]
    pub q: String,
    /// Only these. The filters that a chosen type has in its own list work here as well.
    #[param(rename = "type")]
    pub types: Vec<Findable>,
    /// The filters of the chosen types.
    #[param(ignore)]
    pub filters: Filters,
}

fn required_text(query: &mut Fields, slot: &mut String, least: usize, most: usize) {
    let is_there = query.has("q");
    query.check("q", is_there, "This field is required.");
    query.required("q", slot, text(least..=most));
}

impl Filter for SearchFilter {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self::default();
        required_text(query, &mut it.q, 2, 200);
        query.several("type", &mut it.types, 20, choice);
        let Filters { jobs, courses, projects, mentors, posts, users, skills } = &mut it.filters;
        for kind in &it.types {
            match kind {
                // What is closed, or one's own alone, is not found at all.
                Findable::Jobs => *jobs = Some(JobFilter { mine: None, ..JobFilter::read(query) }),
                Findable::Courses => *courses = Some(CourseFilter::read(query)),
                Findable::Projects => *projects = Some(ProjectFilter::read(query)),
                Findable::Mentors => *mentors = Some(MentorFilter::read(query)),
                Findable::Posts => *posts = Some(PostFilter { liked: None, ..PostFilter::read(query) }),
                Findable::Users => *users = Some(UserFilter::read(query)),
                Findable::Skills => *skills = Some(SkillFilter::read(query)),
            }
        }
        it
    }
}

/// Something that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hit {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Findable,
    /// Its number among its kind.
    pub id: i64,
    /// What it is called.
    pub title: String,
    /// A part of it as HTML: escaped, with what was found within `<mark>`.
    pub snippet: String,
    /// From 3 to 2 it holds the words, to 1 it holds the last of them as a beginning, below that a mistyped word was taken for
    /// another; within each, relative to the best.
    pub score: f64,
    /// Its page, as a path of this instance.
    pub url: String,
}

/// A part of what was found.
#[derive(Serialize, ToSchema)]
pub struct Results {
    /// The page.
    #[serde(flatten)]
    pub page: Page<Hit>,
    /// How much was found of each kind, also of those that were not asked for.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub facets: BTreeMap<Findable, i64>,
    /// What was searched for instead, where what was typed finds nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
}

/// The beginning of something.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestQuery {
    /// What was typed so far: 1 to 50 characters.
    #[param(min_length = 1, max_length = 50)]
    pub q: String,
    /// 1 to 20, 8 when left out.
    #[param(default = 8, minimum = 1, maximum = 20)]
    pub limit: i64,
}

impl Filter for SuggestQuery {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { q: String::new(), limit: 8 };
        required_text(query, &mut it.q, 1, 50);
        query.defaulting_to(8, "limit", &mut it.limit, integer(1..=20));
        it
    }
}

/// What may have been begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestion {
    /// What it is called.
    pub text: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: Findable,
    /// Its number among its kind.
    pub id: i64,
}
