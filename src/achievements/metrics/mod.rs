//! What is counted of a person, for rules and figures: the one place where a room adds what it counts.

mod store;

use crate::text_enum;

pub use store::values;

text_enum! {
    /// Something that is counted of a person.
    pub enum Metric {
        Posts = "posts",
        Resumes = "resumes",
        Enrolments = "enrolments",
        CoursesCompleted = "courses_completed",
        SkillsEndorsedForOthers = "skills_endorsed_for_others",
        SessionsAsMentor = "sessions_as_mentor",
        Applications = "applications",
        LikesReceived = "likes_received",
        Skills = "skills",
        Points = "points",
        Comments = "comments",
        ModulesCompleted = "modules_completed",
        ProjectsCompleted = "projects_completed",
        EndorsementsReceived = "endorsements_received",
        SessionsAsMentee = "sessions_as_mentee",
        Connections = "connections",
        StreakDays = "streak_days",
        DaysAsMember = "days_as_member",
    }
}
