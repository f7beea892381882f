//! One binary that speaks HTTP to careerd and reads like the rules it holds.

mod app;
mod edge;
mod jobs;
mod sign_in;
mod tidy;
