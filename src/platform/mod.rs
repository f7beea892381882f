//! What any program of this form needs; it knows nothing of careers.

pub mod app;
pub mod body;
pub mod cache;
pub mod caller;
pub mod clock;
pub mod config;
pub mod db;
pub mod edge;
pub mod error;
pub mod event;
pub mod fields;
pub mod files;
pub mod id;
pub mod list;
pub mod mailer;
pub mod once;
pub mod openapi;
pub mod password;
pub mod rate;
mod select;
pub mod sql;
pub mod task;
pub mod text_enum;
pub mod token;
pub mod validate;
