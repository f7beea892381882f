//! What is told of groups. Where a figure is null, it would be about fewer than five people.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    courses::{CourseRef, modules::CourseModule},
    platform::{clock::Timestamp, id::Id},
    skills::SkillRef,
    users::UserRef,
};

/// The house as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlatformFigures {
    /// Who is here.
    pub users: UserFigures,
    /// What is here.
    pub content: ContentFigures,
    /// What people make of it.
    pub engagement: EngagementFigures,
    /// Work that is offered.
    pub jobs: OfferFigures,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Accounts in use.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserFigures {
    /// All of them.
    pub total: i64,
    /// Those seen in the last 30 days.
    pub active: i64,
    /// Those with an approved mentor profile.
    pub mentors: i64,
    /// Those with the mark.
    pub premium: i64,
}

/// What people wrote, uploaded and learn. What is deleted does not count.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContentFigures {
    /// Posts that everybody sees.
    pub posts: i64,
    /// Of those, written in this calendar month (UTC).
    pub posts_this_month: i64,
    /// Résumés.
    pub resumes: i64,
    /// Courses, drafts and archived ones included.
    pub courses: i64,
    /// Enrolments, whatever became of them.
    pub enrolments: i64,
}

/// What people achieve.
#[derive(Debug, Serialize, ToSchema)]
pub struct EngagementFigures {
    /// The mean of what accounts in use have, to two decimals.
    pub mean_points: Option<f64>,
    /// Achievements that people hold.
    pub achievements_earned: i64,
    /// Held skills that somebody vouches for.
    pub endorsed_skills: i64,
    /// Fewer than 5 accounts: what is null would tell of them.
    pub withheld: bool,
}

/// Postings and applications.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfferFigures {
    /// Postings that are not deleted.
    pub total: i64,
    /// Of those, taking applications.
    pub open: i64,
    /// Applications that were not withdrawn.
    pub applications: i64,
    /// Postings of this calendar month (UTC).
    pub this_month: i64,
}

/// A skill and how many.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillCount {
    /// The skill.
    pub skill: SkillRef,
    /// How many.
    pub count: i64,
}

/// Skills.
#[derive(Debug, Serialize, ToSchema)]
pub struct SkillFigures {
    /// By endorsements; at most 20.
    pub most_endorsed: Vec<SkillCount>,
    /// By holders; at most 20.
    pub most_common: Vec<SkillCount>,
    /// By holders who are experts; at most 20.
    pub expert_count: Vec<SkillCount>,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// A course and its learners.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseCount {
    /// The course.
    pub course: CourseRef,
    /// Its learners, whatever became of them.
    pub enrolments: i64,
    /// Those who completed it.
    pub completions: i64,
    /// The percentage that completed it, to one decimal.
    pub completion_rate: Option<f64>,
    /// The mean of its ratings, to two decimals.
    pub mean_rating: Option<f64>,
    /// Fewer than 5 learners or raters: what is null would tell of them.
    pub withheld: bool,
}

/// How many learners do not get past a module.
#[derive(Debug, Serialize, ToSchema)]
pub struct DropOff {
    /// The course.
    pub course: CourseRef,
    /// The module.
    pub module_id: Id<CourseModule>,
    /// Its title.
    pub title: String,
    /// Its place in the course, from 1.
    pub order: i64,
    /// Learners who have completed every module before it.
    pub reached: Option<i64>,
    /// Of those, the ones who have not completed it: so far they got no further.
    pub stopped: Option<i64>,
    /// The percentage of those who reached it that stopped there, to one decimal; null as well when nobody reached it.
    pub drop_off: Option<f64>,
    /// Fewer than 5 learners: what is null would tell of them.
    pub withheld: bool,
}

/// Courses; those of the asking instructor, or all for admins. What is deleted does not count.
#[derive(Debug, Serialize, ToSchema)]
pub struct CourseFigures {
    /// By learners; at most 10.
    pub most_enrolled: Vec<CourseCount>,
    /// All enrolments, whatever became of them.
    pub enrolments: i64,
    /// Of those, completed ones.
    pub completions: i64,
    /// The percentage of enrolments that were completed, to one decimal.
    pub completion_rate: Option<f64>,
    /// The mean of all ratings, to two decimals.
    pub mean_rating: Option<f64>,
    /// The modules of the courses in `most_enrolled`, in order.
    pub drop_off: Vec<DropOff>,
    /// Fewer than 5 learners or raters: what is null would tell of them.
    pub withheld: bool,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// Postings by status.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct JobStates {
    /// Active ones, past their deadline or not.
    pub active: i64,
    /// Closed ones.
    pub closed: i64,
}

/// Postings by type.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct JobKinds {
    /// Full-time work.
    pub full_time: i64,
    /// Part-time work.
    pub part_time: i64,
    /// Contracts.
    pub contract: i64,
    /// Internships.
    pub internship: i64,
    /// Freelance work.
    pub freelance: i64,
}

/// A place and its postings.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationCount {
    /// As it is written in the postings.
    pub location: String,
    /// How many of them.
    pub jobs: i64,
}

/// How far applications came: those that ever were in each state.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Funnel {
    /// All of them.
    pub applied: Option<i64>,
    /// Those that led to an interview.
    pub interview: Option<i64>,
    /// Those that led to an offer.
    pub offered: Option<i64>,
    /// Those whose offer was accepted.
    pub accepted: Option<i64>,
    /// Those that were turned down.
    pub rejected: Option<i64>,
    /// Those that were taken back.
    pub withdrawn: Option<i64>,
    /// Fewer than 5 applicants: the figures would tell of them.
    pub withheld: bool,
}

/// How long applications waited for a step: the median of the days since the step before it, to two decimals.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct JobSteps {
    /// For an interview.
    pub interview: Option<f64>,
    /// For an offer.
    pub offered: Option<f64>,
    /// For an acceptance.
    pub accepted: Option<f64>,
    /// For a rejection.
    pub rejected: Option<f64>,
    /// Fewer than 5 applicants took one of the steps: what is null would tell of them.
    pub withheld: bool,
}

/// Postings; those of the asking recruiter, or all for admins. What is deleted does not count.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobFigures {
    /// All of them.
    pub total: i64,
    /// By status.
    pub by_status: JobStates,
    /// By type.
    pub by_job_type: JobKinds,
    /// By place; at most 10.
    pub top_locations: Vec<LocationCount>,
    /// How far applications came.
    pub funnel: Funnel,
    /// How long they waited.
    pub median_days_per_step: JobSteps,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// A mentor and what they did.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopMentor {
    /// Who.
    pub user: UserRef,
    /// Completed sessions.
    pub sessions: i64,
    /// What mentees think of them, where five of them said so; to two decimals.
    pub mean_rating: Option<f64>,
    /// Fewer than 5 mentees rated them: what is null would tell of them.
    pub withheld: bool,
}

/// Sessions of mentors and mentees.
#[derive(Debug, Serialize, ToSchema)]
pub struct MentoringFigures {
    /// All that were asked for.
    pub total: i64,
    /// Those that took place.
    pub completed: i64,
    /// Those that wait for an answer.
    pub pending: i64,
    /// Those that are to come.
    pub scheduled: i64,
    /// Those that the mentor declined.
    pub declined: i64,
    /// Those that one side cancelled.
    pub cancelled: i64,
    /// Those that one side missed.
    pub no_show: i64,
    /// The mean of all ratings, to two decimals.
    pub mean_rating: Option<f64>,
    /// By completed sessions; at most 10.
    pub top_mentors: Vec<TopMentor>,
    /// Fewer than 5 mentees rated a session: what is null would tell of them.
    pub withheld: bool,
    /// When it was counted.
    pub generated_at: Timestamp,
}

/// The five groups together.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupFigures {
    /// The house as a whole.
    pub platform: PlatformFigures,
    /// Skills.
    pub skills: SkillFigures,
    /// Courses.
    pub courses: CourseFigures,
    /// Postings.
    pub jobs: JobFigures,
    /// Sessions.
    pub mentoring: MentoringFigures,
}
