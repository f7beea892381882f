//! The mail that leaves: what it says, to whom, and that each one leaves once.

mod model;
pub mod service;
pub mod store;
mod tasks;
mod templates;

pub use model::{Template, Written};
pub use tasks::{
    SendAchievementEmail, SendCourseEnrollmentEmail, SendMail, SendMentorRequestEmail, SendPasswordResetEmail,
    SendWelcomeEmail, deliver,
};
