//! People: profiles, accounts, how they sign in, what they may do, and the ledger of their points.

mod guards;
pub mod import;
mod model;
pub mod points;
mod routes;
pub mod service;
pub mod sign_in;
pub mod store;

pub use guards::{Admin, CurrentUser, HasOwner, InPerson, Instructor, Looker, Owned, Recruiter, Visitor};
pub use model::{Event, ExperienceLevel, LearningStyle, NewAccount, Private, ProfileDraft, User, UserFilter, UserRef};
pub use routes::{Api, Whose, routes};
