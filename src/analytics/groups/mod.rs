//! Figures of the whole house, or of what somebody offers in it.

mod model;
mod steps;
mod store;

pub use model::{
    ContentFigures, CourseCount, CourseFigures, DropOff, EngagementFigures, Funnel, GroupFigures, JobFigures, JobKinds,
    JobStates, JobSteps, LocationCount, MentoringFigures, OfferFigures, PlatformFigures, SkillCount, SkillFigures,
    TopMentor, UserFigures,
};
pub use store::{courses, jobs, mentoring, platform, skills};
