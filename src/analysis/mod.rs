//! Résumé analysis: bytes or text in, findings out. No database, no web.
//!
//! `detect` and `extract` make text of a document (`extract::child` in a process of its own), `layout` makes lines of
//! the text, `sections` parts of the lines, `find`, `context` and `skills` findings of the parts; `experience` reads
//! the dates, `roles` and `score` draw conclusions. Each step is a plain function of the ones before it: the same
//! text on the same day gives the same result.

mod aside;
mod catalogue;
mod context;
mod context_words;
mod dates;
mod detect;
mod document;
mod experience;
pub mod extract;
mod find;
mod flat;
mod fold;
pub mod labelled;
mod language;
mod layout;
mod lint;
pub mod model;
mod person;
mod relations;
mod result;
mod roles;
mod score;
mod sections;
mod skills;
#[cfg(test)]
mod tests;
pub mod train;
mod unknown;
mod words;

pub use catalogue::{Catalogue, CatalogueSkill, Role, delivered_roles, delivered_skills, pressed};
pub use detect::detect;
pub use document::{Document, FileType, Limits, MAX_TEXT_CHARS, MIN_LETTERS, Unreadable};
pub use experience::{Level, Period};
pub use extract::child::{EXTRACT_TEXT, extract_in_child, extract_text_main};
pub use extract::extract;
pub use language::language;
pub use relations::{Relations, delivered_relations};
pub use result::{Analysis, AnalysisStatus, Extent, MODEL_VERSION, analyze};
pub use roles::{Gap, Priority, RoleFit};
pub use score::{Terms, skill_score};
pub use sections::Section;
pub use skills::{Finding, Place, Why, proficiency};
