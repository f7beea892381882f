//! One binary that speaks HTTP to careerd and reads like the rules it holds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is its failure")]

mod access;
mod accounts;
mod achievements;
mod admin;
mod admin_content;
mod admin_export;
mod api_tokens;
mod app;
mod applications;
mod audit;
mod cli;
mod community;
mod courses;
mod crash;
mod description;
mod edge;
mod erasure;
mod exports;
mod guessing;
mod jobs;
mod journeys;
mod json_resume;
mod learning_paths;
mod likes;
mod mail;
mod moderation;
mod notifications;
mod pictures;
mod profiles;
mod projects;
mod recommendations;
mod resumes;
mod second_factor;
mod sign_in;
mod skill_counts;
mod skill_syncs;
mod skills;
mod statements;
mod tidy;
mod upkeep;
mod web;
mod writes;
