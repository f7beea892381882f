//! Every kind of task, by its name in the queue.

use crate::{jobs::tasks as jobs, platform::task::Registry, recommendations::tasks as recommendations, resumes::tasks as resumes};

/// Every kind of background task that careerd knows.
pub fn registry() -> Registry {
    Registry::new()
        .with::<resumes::AnalyzeResume>()
        .with::<resumes::ExtractResumeText>()
        .with::<resumes::BatchAnalyzeResumes>()
        .with::<resumes::CleanupOldResumes>()
        .with::<recommendations::RecommendJobs>()
        .with::<jobs::CloseExpiredJobs>()
}
