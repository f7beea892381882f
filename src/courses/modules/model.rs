//! What a module of a course is.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    courses::{Course, CourseRef},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, Input, Read, choice, id, integer, ruled, text},
        id::Id,
        list::Filter,
        validate,
    },
    text_enum,
    users::{HasOwner, User},
};

/// Modules of one course.
pub const MOST_MODULES: u32 = 200;

text_enum! {
    /// What a module is.
    pub enum ContentType {
        Video = "video",
        Text = "text",
        Quiz = "quiz",
        Exercise = "exercise",
        Resource = "resource",
    }
}

/// A module in the outline of its course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModuleOutline {
    /// Its number.
    pub id: Id<CourseModule>,
    /// What it is about.
    pub title: String,
    /// What it is.
    pub content_type: ContentType,
    /// How long it takes.
    pub duration_minutes: i64,
    /// Its place in the course, from 1.
    pub order: i64,
}

/// A part of a course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseModule {
    /// Its number, never used again.
    pub id: Id<CourseModule>,
    /// What it is a part of.
    pub course: CourseRef,
    /// What it is about, in a few words.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// What it is.
    pub content_type: ContentType,
    /// What is to be read; null unless the caller learns or teaches the course.
    pub content: Option<String>,
    /// Where its video is.
    pub video_url: Option<String>,
    /// Address of its file; null unless the caller learns or teaches the course.
    pub file: Option<String>,
    /// How long it takes.
    pub duration_minutes: i64,
    /// Its place in the course, from 1.
    pub order: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who teaches its course.
    #[serde(skip)]
    pub instructor: Option<Id<User>>,
    /// The stored file, and what its sender called it.
    #[serde(skip)]
    pub stored: Option<(String, String)>,
}

impl HasOwner for CourseModule {
    fn owner(&self) -> Option<Id<User>> {
        self.instructor
    }
}

impl CourseModule {
    /// The parts that its instructor writes.
    pub fn draft(&self) -> ModuleDraft {
        ModuleDraft {
            title: self.title.clone(),
            description: self.description.clone(),
            content_type: self.content_type,
            content: self.content.clone().unwrap_or_default(),
            video_url: self.video_url.clone(),
            duration_minutes: self.duration_minutes,
            order: Some(self.order),
        }
    }

    /// Where it is found.
    pub fn location(&self) -> String {
        format!("/api/course-modules/{}/", self.id)
    }

    /// The module as it is shown to who neither learns nor teaches its course.
    #[must_use]
    pub fn from_outside(self) -> Self {
        Self { content: None, file: None, ..self }
    }
}

/// What an instructor writes of a module. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModuleDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// At most 2000 characters.
    #[schema(required = false)]
    pub description: String,
    /// What it is.
    pub content_type: ContentType,
    /// At most 100000 characters.
    #[schema(required = false)]
    pub content: String,
    /// An http or https address; a video needs one.
    pub video_url: Option<String>,
    /// 0 to 6000.
    #[schema(required = false)]
    pub duration_minutes: i64,
    /// Its place, from 1, free in its course; the last unless said.
    pub order: Option<i64>,
}

impl Default for ModuleDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            content_type: ContentType::Text,
            content: String::new(),
            video_url: None,
            duration_minutes: 0,
            order: None,
        }
    }
}

/// A link, where empty text stands for none.
fn link(input: Input<'_>) -> Read<Option<String>> {
    let link = ruled(validate::URL, |it| validate::Url::default().check(it))(input)?;
    Ok(Some(link).filter(|it| !it.is_empty()))
}

impl ModuleDraft {
    /// Reads a body over this draft. Whether its place is free is seen inside the write.
    pub fn read(mut self, body: &mut Fields) -> Self {
        let place = self.order;
        body.required("title", &mut self.title, text(1..=200));
        body.defaulted("description", &mut self.description, text(0..=2000));
        body.required("content_type", &mut self.content_type, choice);
        body.defaulted("content", &mut self.content, text(0..=100_000));
        body.defaulted("video_url", &mut self.video_url, link);
        body.defaulted("duration_minutes", &mut self.duration_minutes, integer(0..=6000));
        body.optional("order", &mut self.order, integer(1..=1_000_000));
        self.order = self.order.or(place);
        let has_video = self.content_type != ContentType::Video || self.video_url.is_some();
        body.check("video_url", has_video, "A video needs its address.");
        self
    }
}

/// The form of a file, for its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read part by part; this only describes them")]
pub struct ModuleForm {
    /// Of any kind.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
}

/// The filters of modules.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ModuleFilter {
    /// Of this course.
    pub course: Option<Id<Course>>,
    /// Any of these.
    pub content_type: Vec<ContentType>,
}

impl Filter for ModuleFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("course", &mut filter.course, id);
        query.several("content_type", &mut filter.content_type, 20, choice);
        filter
    }
}

/// What happened to modules.
#[derive(Serialize)]
pub enum Event {
    /// A course has one more.
    Added {
        /// The module.
        module: Id<CourseModule>,
        /// What it is about.
        title: String,
        /// Its course.
        course: Id<Course>,
        /// The course's title.
        course_title: String,
        /// Who added it.
        by: Id<User>,
        /// Who is learning the course.
        #[serde(skip)]
        learners: Vec<Id<User>>,
    },
    /// Its words, its file or its place changed.
    Changed {
        /// The module.
        module: Id<CourseModule>,
        /// Who changed it.
        by: Id<User>,
    },
    /// It is gone.
    Deleted {
        /// The module.
        module: Id<CourseModule>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// The modules of a course stand in another order.
    Reordered {
        /// The course.
        course: Id<Course>,
        /// Who ordered them.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        match *self {
            Event::Added { module, by, .. } => Facts::new("courses.module_added", Some(by), "module", module),
            Event::Changed { module, by } => Facts::new("courses.module_changed", Some(by), "module", module),
            Event::Deleted { module, by } => Facts::new("courses.module_deleted", Some(by), "module", module),
            Event::Reordered { course, by } => Facts::new("courses.modules_reordered", Some(by), "course", course),
        }
    }
}
