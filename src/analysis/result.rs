//! The whole of an analysis (rules §6): every step put together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::catalogue::Catalogue;
use super::document::{Document, FileType, MIN_LETTERS, MIN_LETTERS_OF_SENTENCE};
use super::experience::{Level, Period, experience};
use super::language::language;
use super::layout::Layout;
use super::lint::{reaches, warnings};
use super::relations::with_implied;
use super::roles::{Gap, RoleFit, fit};
use super::score::{Basis, Terms, measured_results, skill_score, terms};
use super::sections::{Mark, Section, sections};
use super::skills::{Finding, findings, mentions, round2};
use super::unknown::unknown_terms;

/// Changes whenever the same text may give another result.
pub const MODEL_VERSION: &str = "linear-5";

/// Sections that a résumé should have; two points each.
const EXPECTED: [Section; 5] =
    [Section::Contact, Section::Summary, Section::Experience, Section::Education, Section::Skills];

/// How an analysis ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnalysisStatus {
    /// There is a result.
    Completed,
    /// Pages without a text layer.
    NeedsOcr,
    /// Nothing to analyse.
    Failed,
}

impl AnalysisStatus {
    /// The word used in answers and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            AnalysisStatus::Completed => "completed",
            AnalysisStatus::NeedsOcr => "needs_ocr",
            AnalysisStatus::Failed => "failed",
        }
    }
}

/// A run of lines of one section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// Where it starts, 1-based.
    pub page: u32,
    /// 1-based within its page.
    pub line: u32,
    /// Lines with text, its heading included.
    pub lines: u32,
}

/// The result of an analysis; the caller adds `resume_id` and `analyzed_at`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// How it ended.
    pub analysis_status: AnalysisStatus,
    /// Why it did not complete, one sentence.
    pub reason: Option<String>,
    /// Confidence by name of the skill, 0–1 with two decimals.
    pub extracted_skills: BTreeMap<String, f64>,
    /// Names of the gaps, heaviest first.
    pub skill_gaps: Vec<String>,
    /// Level by years of work.
    pub experience_level: Option<Level>,
    /// 0–100 with two decimals.
    pub skill_score: Option<f64>,
    /// 0–100, the sum of the terms.
    pub total_score: Option<u32>,
    /// What showed each skill, by name.
    pub evidence: Vec<Finding>,
    /// What is known about each gap, heaviest first.
    pub gap_details: Vec<Gap>,
    /// Years of work with one decimal.
    pub years_of_experience: Option<f64>,
    /// Dated work.
    pub periods: Vec<Period>,
    /// Where each section found stands, by its name.
    pub sections: BTreeMap<String, Vec<Extent>>,
    /// The role covered best.
    pub best_role: Option<RoleFit>,
    /// The best three roles.
    pub roles: Vec<RoleFit>,
    /// Terms of skill lists that the catalogue does not know.
    pub unknown_terms: Vec<String>,
    /// The terms of the score.
    pub terms: Option<Terms>,
    /// What made the result.
    pub model_version: String,
    /// ISO 639-1 code of the text's language.
    pub language: Option<String>,
    /// Sentences about what a machine cannot read, or reads otherwise than meant.
    pub warnings: Vec<String>,
}

/// Analyses a document. "Present" is `as_of`; `demand` holds the open jobs asking for a skill by its name and is
/// empty offline.
pub fn analyze(
    catalogue: &Catalogue,
    document: &Document,
    as_of: NaiveDate,
    demand: &HashMap<String, i64>,
) -> Analysis {
    // A text file is what somebody wrote, and may be a single sentence. Pages with as little hold pictures.
    let least = if document.file_type == FileType::Txt { MIN_LETTERS_OF_SENTENCE } else { MIN_LETTERS };
    if document.letters() < least {
        return without_text(document);
    }
    let layout = Layout::new(&document.text);
    let marks = sections(&layout);
    let mentions = mentions(catalogue, &layout, &marks);
    let evidence = findings(catalogue, &layout, &mentions);
    let extracted_skills: BTreeMap<String, f64> =
        evidence.iter().map(|finding| (finding.skill.clone(), finding.confidence)).collect();
    let work = experience(&layout, &marks, as_of);
    let fit = fit(catalogue, &with_implied(catalogue, &extracted_skills), demand);
    let found_sections = extents(&layout, &marks);
    let confidences = round2(extracted_skills.values().sum());
    let backed: BTreeSet<usize> = mentions
        .iter()
        .filter(|m| matches!(m.section, Section::Experience | Section::Projects))
        .map(|m| m.skill)
        .collect();
    let terms = terms(&Basis {
        confidences,
        years: work.years,
        backed_skills: backed.len(),
        results: measured_results(&layout, &marks),
        sections: EXPECTED.iter().filter(|section| found_sections.contains_key(section.as_str())).count(),
        coverage: fit.coverage,
    });
    let told = warnings(document, &layout, &marks, &work);
    Analysis {
        analysis_status: AnalysisStatus::Completed,
        reason: None,
        skill_gaps: fit.gaps.iter().map(|gap| gap.skill.clone()).collect(),
        experience_level: Some(work.level),
        skill_score: Some(skill_score(confidences)),
        total_score: Some(terms.total()),
        unknown_terms: unknown_terms(catalogue, &layout, &marks, &mentions),
        evidence,
        extracted_skills,
        gap_details: fit.gaps,
        years_of_experience: Some(work.years),
        periods: work.periods,
        sections: found_sections,
        best_role: fit.best,
        roles: fit.roles,
        terms: Some(terms),
        model_version: MODEL_VERSION.into(),
        language: language(&document.text).map(str::to_string),
        warnings: [document.warnings.clone(), told].concat(),
    }
}

/// Pages without letters need optical recognition; a text file without letters has nothing to recognise.
fn without_text(document: &Document) -> Analysis {
    let (analysis_status, reason) = match document.file_type {
        FileType::Pdf | FileType::Docx | FileType::Odt if document.pages > 0 => (
            AnalysisStatus::NeedsOcr,
            "The document holds pictures or almost no text; make its text readable (OCR) and upload it again.",
        ),
        _ => (AnalysisStatus::Failed, "The document holds almost no text."),
    };
    Analysis {
        analysis_status,
        reason: Some(reason.into()),
        extracted_skills: BTreeMap::new(),
        skill_gaps: Vec::new(),
        experience_level: None,
        skill_score: None,
        total_score: None,
        evidence: Vec::new(),
        gap_details: Vec::new(),
        years_of_experience: None,
        periods: Vec::new(),
        sections: BTreeMap::new(),
        best_role: None,
        roles: Vec::new(),
        unknown_terms: Vec::new(),
        terms: None,
        model_version: MODEL_VERSION.into(),
        language: None,
        warnings: document.warnings.clone(),
    }
}

/// Where each section with content stands. Contact counts only with a way to reach the person.
fn extents(layout: &Layout, marks: &[Mark]) -> BTreeMap<String, Vec<Extent>> {
    let mut found: BTreeMap<String, Vec<Extent>> = BTreeMap::new();
    let mut with_content: BTreeSet<Section> = BTreeSet::new();
    let mut last = None;
    for (line, mark) in layout.lines.iter().zip(marks) {
        if line.text.trim().is_empty() {
            continue;
        }
        if !mark.heading && (mark.section != Section::Contact || reaches(&line.text)) {
            with_content.insert(mark.section);
        }
        let extents = found.entry(mark.section.as_str().into()).or_default();
        match extents.last_mut() {
            Some(extent) if last == Some(mark.section) => extent.lines += 1,
            _ => extents.push(Extent { page: line.page, line: line.number, lines: 1 }),
        }
        last = Some(mark.section);
    }
    found.retain(|name, _| with_content.iter().any(|section| section.as_str() == name.as_str()));
    found.remove(Section::Other.as_str());
    found
}
