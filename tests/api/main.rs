//! One binary that speaks HTTP to careerd and reads like the rules it holds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is its failure")]

mod achievements;
mod app;
mod cli;
mod courses;
mod description;
mod edge;
mod jobs;
mod mail;
mod notifications;
mod profiles;
mod recommendations;
mod resumes;
mod sign_in;
mod skill_counts;
mod skill_syncs;
mod skills;
mod tidy;
mod writes;
