//! People: profiles, accounts, how they sign in, what they may do, and the ledger of their points.

pub mod accounts;
pub mod api_tokens;
pub mod audit;
mod guards;
pub mod import;
pub mod leaving;
mod model;
pub mod points;
mod reference;
mod routes;
pub mod second_factor;
pub mod security;
pub mod service;
pub mod sign_in;
pub mod soft_delete;
pub mod store;

pub use guards::{Admin, CurrentUser, HasOwner, InPerson, Instructor, Looker, Moderator, Owned, Recruiter, Visitor};
pub use model::{
    Event, ExperienceLevel, FactorChange, LearningStyle, NewAccount, Private, ProfileDraft, User, UserFilter,
};
pub use reference::UserRef;
pub use routes::{Whose, addresses};
pub use soft_delete::{SoftDelete, SoftDeleted};
