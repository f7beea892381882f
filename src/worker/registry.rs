//! Every kind of task, by its name in the queue.

use crate::{platform::task::Registry, resumes::tasks as resumes};

/// Every kind of background task that careerd knows.
pub fn registry() -> Registry {
    Registry::new()
        .with::<resumes::AnalyzeResume>()
        .with::<resumes::ExtractResumeText>()
        .with::<resumes::BatchAnalyzeResumes>()
        .with::<resumes::CleanupOldResumes>()
}
