//! What a résumé is and what is said of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    analysis::{self, AnalysisStatus, Document, Unreadable},
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, choice, flag, id, text},
        id::Id,
        list::Filter,
    },
    text_enum,
    users::{ExperienceLevel, HasOwner, User, UserRef},
};

text_enum! {
    /// The kind of a document, recognised from its content.
    pub enum FileType { Pdf = "pdf", Docx = "docx", Odt = "odt", Txt = "txt" }
}

text_enum! {
    /// How far the analysis of a résumé is.
    pub enum Status as "AnalysisStatus" {
        /// Waits.
        Pending = "pending",
        /// Runs.
        Analyzing = "analyzing",
        /// There is a result.
        Completed = "completed",
        /// There is none, for the reason given.
        Failed = "failed",
        /// Its pages are pictures.
        NeedsOcr = "needs_ocr",
    }
}

impl From<analysis::FileType> for FileType {
    fn from(it: analysis::FileType) -> Self {
        match it {
            analysis::FileType::Pdf => FileType::Pdf,
            analysis::FileType::Docx => FileType::Docx,
            analysis::FileType::Odt => FileType::Odt,
            analysis::FileType::Txt => FileType::Txt,
        }
    }
}

impl From<FileType> for analysis::FileType {
    fn from(it: FileType) -> Self {
        match it {
            FileType::Pdf => analysis::FileType::Pdf,
            FileType::Docx => analysis::FileType::Docx,
            FileType::Odt => analysis::FileType::Odt,
            FileType::Txt => analysis::FileType::Txt,
        }
    }
}

impl From<AnalysisStatus> for Status {
    fn from(it: AnalysisStatus) -> Self {
        match it {
            AnalysisStatus::Completed => Status::Completed,
            AnalysisStatus::NeedsOcr => Status::NeedsOcr,
            AnalysisStatus::Failed => Status::Failed,
        }
    }
}

impl Status {
    /// Whether an analysis is still to end.
    pub fn is_open(self) -> bool {
        matches!(self, Status::Pending | Status::Analyzing)
    }
}

/// A document of one person and the figures of its analysis. Private.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Resume {
    /// Its number, never used again.
    pub id: Id<Resume>,
    /// Whose.
    pub user: UserRef,
    /// What its owner calls it.
    pub label: String,
    /// The name under which it was sent.
    pub original_filename: String,
    /// Where the document itself is.
    pub file: String,
    /// Recognised from the content.
    pub file_type: FileType,
    /// In bytes.
    pub file_size: i64,
    /// Pages; 0 when they could not be counted.
    pub pages: i64,
    /// Whether it is the one to show. At most one of a person is.
    pub is_primary: bool,
    /// How far its analysis is.
    pub analysis_status: Status,
    /// Why there is no result.
    pub reason: Option<String>,
    /// How sure each skill is, 0–1, by its name.
    pub extracted_skills: BTreeMap<String, f64>,
    /// What the best role asks for beyond those, heaviest first.
    pub skill_gaps: Vec<String>,
    /// By years of work.
    pub experience_level: Option<ExperienceLevel>,
    /// 0–100.
    pub skill_score: Option<f64>,
    /// 0–100.
    pub total_score: Option<i64>,
    /// What made the result.
    pub model_version: Option<String>,
    /// When it was sent.
    pub uploaded_at: Timestamp,
    /// When the last analysis ended.
    pub analyzed_at: Option<Timestamp>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Counts the upload and each analysis asked for later.
    #[serde(skip)]
    pub run: i64,
    /// The name of the stored file.
    #[serde(skip)]
    pub stored: String,
    /// When its owner last looked at it, roughly.
    #[serde(skip)]
    pub seen_at: Timestamp,
}

/// A résumé with the whole of its result.
#[derive(Serialize, ToSchema)]
pub struct ResumeDetail {
    /// The résumé.
    #[serde(flatten)]
    pub resume: Resume,
    /// As at its `analysis/`; null until the first analysis has ended.
    pub result: Option<Value>,
}

impl HasOwner for Resume {
    fn owner(&self) -> Option<Id<User>> {
        Some(self.user.id)
    }
}

impl Resume {
    /// The address of a résumé.
    pub fn address(id: Id<Resume>) -> String {
        format!("/api/resumes/{id}/")
    }

    /// The parts that its owner writes.
    pub fn draft(&self) -> ResumeDraft {
        ResumeDraft { label: self.label.clone(), is_primary: self.is_primary }
    }

    /// What is told of the analysis at every stage: the figures of the last that ended under the present status.
    pub fn analysis(&self, mut told: Map<String, Value>) -> Map<String, Value> {
        told.insert("resume_id".into(), self.id.raw().into());
        told.insert("analysis_status".into(), self.analysis_status.as_str().into());
        told.insert("reason".into(), self.reason.clone().into());
        told.insert("analyzed_at".into(), self.analyzed_at.map(|it| it.to_string()).into());
        told
    }
}

/// What the owner writes of a résumé.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ResumeDraft {
    /// At most 100 characters.
    #[schema(required = false)]
    pub label: String,
    /// Whether it is the one to show; any other then no longer is.
    #[schema(required = false)]
    pub is_primary: bool,
}

impl ResumeDraft {
    /// Reads a body over this draft.
    pub fn read(mut self, body: &mut Fields) -> Self {
        body.defaulted("label", &mut self.label, text(0..=100));
        body.defaulted("is_primary", &mut self.is_primary, flag);
        self
    }
}

/// The form of an upload, for its description.
#[derive(ToSchema)]
#[expect(dead_code, reason = "forms are read part by part; this only describes them")]
pub struct ResumeForm {
    /// PDF, DOCX, ODT or plain text.
    #[schema(content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// At most 100 characters.
    label: Option<String>,
    /// Whether it is the one to show; by default the first of a person is.
    is_primary: Option<bool>,
}

/// The text of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResumeText {
    /// Lines end with a line feed, pages with a form feed.
    pub extracted_text: String,
    /// Pages; 0 when they could not be counted.
    pub pages: i64,
}

/// What came of reading a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// Pages; 0 when they could not be counted.
    pub pages: i64,
    /// The text, empty where there is none.
    pub text: String,
    /// Why there is none.
    pub failure: Option<String>,
    /// What could not be read.
    pub warnings: Vec<String>,
}

impl Reading {
    /// Of a document that was read, or that opened and could not be.
    pub fn of(outcome: Result<Document, Unreadable>) -> Self {
        match outcome {
            Ok(it) => Self { pages: it.pages.into(), text: it.text, failure: None, warnings: it.warnings },
            Err(reason) => Self { failure: Some(reason.reason().to_owned()), ..Self::default() },
        }
    }

    /// What is analysed.
    pub fn document(self, file_type: FileType) -> Document {
        let pages = u32::try_from(self.pages).unwrap_or(0);
        Document { file_type: file_type.into(), pages, text: self.text, warnings: self.warnings }
    }
}

/// A document that was sent and opened.
pub struct NewResume<'a> {
    /// Whose.
    pub user: Id<User>,
    /// What they call it.
    pub label: &'a str,
    /// Whether it is the one to show.
    pub is_primary: bool,
    /// The name under which it was sent.
    pub original_filename: &'a str,
    /// The name of the stored file.
    pub stored: &'a str,
    /// Recognised from the content.
    pub file_type: FileType,
    /// In bytes.
    pub file_size: i64,
    /// Of the content, in hexadecimal.
    pub sha256: &'a str,
    /// What came of reading it.
    pub reading: &'a Reading,
}

/// The filters of `GET /resumes/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResumeFilter {
    /// Only those whose analysis is this far.
    pub analysis_status: Vec<Status>,
}

impl Filter for ResumeFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.several("analysis_status", &mut filter.analysis_status, 20, choice);
        filter
    }
}

/// Which two to compare.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Pair {
    /// The one.
    #[param(required, value_type = i64)]
    pub resume1: Option<Id<Resume>>,
    /// The other.
    #[param(required, value_type = i64)]
    pub resume2: Option<Id<Resume>>,
}

impl Filter for Pair {
    fn read(query: &mut Fields) -> Self {
        let mut pair = Self::default();
        for (name, slot) in [("resume1", &mut pair.resume1), ("resume2", &mut pair.resume2)] {
            query.check(name, query.has(name), "This field is required.");
            query.optional(name, slot, id);
        }
        pair
    }
}

/// What is left of a stored result when two are compared.
#[derive(Deserialize)]
pub struct Compared {
    /// By name.
    pub extracted_skills: BTreeMap<String, f64>,
    /// 0–100.
    pub total_score: Option<i64>,
    /// The terms of the score.
    #[serde(default)]
    pub terms: Option<BTreeMap<String, i64>>,
}

/// Two résumés side by side.
#[derive(Debug, Serialize, ToSchema)]
pub struct Comparison {
    /// Skills of the one alone.
    pub resume1_unique_skills: BTreeSet<String>,
    /// Skills of the other alone.
    pub resume2_unique_skills: BTreeSet<String>,
    /// Skills of both.
    pub common_skills: BTreeSet<String>,
    /// 0–100.
    pub resume1_score: i64,
    /// 0–100.
    pub resume2_score: i64,
    /// The one less the other.
    pub score_difference: i64,
    /// Each term of the score, of the one and the other.
    pub terms: BTreeMap<String, [i64; 2]>,
}

impl Comparison {
    /// Compares two results.
    pub fn of(one: Compared, other: Compared) -> Self {
        let skills = |it: &Compared| it.extracted_skills.keys().cloned().collect::<BTreeSet<_>>();
        let (first, second) = (skills(&one), skills(&other));
        let (a, b) = (one.total_score.unwrap_or(0), other.total_score.unwrap_or(0));
        let mut terms: BTreeMap<String, [i64; 2]> = BTreeMap::new();
        for (nth, of) in [one.terms, other.terms].into_iter().enumerate() {
            for (term, points) in of.unwrap_or_default() {
                terms.entry(term).or_default()[nth] = points;
            }
        }
        Self {
            resume1_unique_skills: first.difference(&second).cloned().collect(),
            resume2_unique_skills: second.difference(&first).cloned().collect(),
            common_skills: first.intersection(&second).cloned().collect(),
            resume1_score: a,
            resume2_score: b,
            score_difference: a - b,
            terms,
        }
    }
}

/// What happened to résumés.
#[derive(Serialize)]
pub enum Event {
    /// A document was sent.
    Uploaded {
        /// Whose.
        user: Id<User>,
        /// Which.
        resume: Id<Resume>,
        /// Its first run.
        run: i64,
    },
    /// Another analysis was asked for.
    AnalysisAsked {
        /// Whose.
        user: Id<User>,
        /// Which.
        resume: Id<Resume>,
        /// The run that was begun by it.
        run: i64,
    },
    /// An analysis has ended, in whatever way.
    Analyzed {
        /// Whose.
        user: Id<User>,
        /// Which.
        resume: Id<Resume>,
        /// The run that ended.
        run: i64,
        /// What its owner calls it, or else its file's name. Not kept: it may hold the name of a person.
        #[serde(skip)]
        name: String,
        /// How it ended.
        status: Status,
        /// Why there is no result.
        reason: Option<String>,
        /// 0–100.
        total_score: Option<i64>,
        /// How many skills were found.
        skills: usize,
    },
    /// Row, text and file were deleted.
    Deleted {
        /// Whose.
        user: Id<User>,
        /// Which.
        resume: Id<Resume>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, actor, resume) = match *self {
            Event::Uploaded { user, resume, .. } => ("resumes.uploaded", Some(user), resume),
            Event::AnalysisAsked { user, resume, .. } => ("resumes.analysis_asked", Some(user), resume),
            Event::Analyzed { resume, .. } => ("resumes.analyzed", None, resume),
            Event::Deleted { user, resume } => ("resumes.deleted", Some(user), resume),
        };
        Facts::new(kind, actor, "resume", resume)
    }
}
