//! careerd: a career platform in one program over one SQLite file.
//!
//! # The map
//!
//! A line may use the lines above it, never those below, and never its neighbours on the same line.
//!
//! | Rooms | What they hold |
//! |---|---|
//! | [`analysis`] | bytes or text in, findings out: reading documents, skills, experience, roles, score. Pure: no database, no HTTP |
//! | [`platform`] | what any program of this form needs: app, configuration, database, queue, edge, lists, bodies, errors, mail, files |
//! | [`users`] | people: accounts, signing in, profiles, roles as types, the ledger of points |
//! | [`skills`] | the catalogue, who holds what, endorsements, what résumés do to them |
//! | [`offers`] | what courses and projects have in common: drafts and who sees them, what they build upon |
//! | [`resumes`], [`courses`], [`projects`], [`community`] | uploads and their analysis in the background; what people learn, build and write to each other |
//! | [`mentors`], [`connections`] | who helps others with what, and the sessions they hold; who knows whom |
//! | [`jobs`] | postings, how well they fit somebody, applications |
//! | [`achievements`], [`notifications`] | what people earn, and what they are told |
//! | [`mail`] | what goes out |
//! | [`recommendations`], [`analytics`], [`profiles`] | what is computed over the rooms above, and pages that show several of them |
//! | [`exports`] | what people take away of all that is kept of them |
//! | [`digests`] | regular mail that tells several things at once |
//! | [`search`] | one index over everything that a stranger may find |
//! | [`admin`] | what only an admin or the house itself does across rooms |
//! | [`operations`] | running the instance: the queue's monitor, backups, health, counters, settings, figures |
//! | [`reactions`] | event → what follows, as one table |
//! | [`upkeep`] | what a process does for the house besides answering |
//! | [`schedule`] | what is queued by itself, and when |
//! | [`worker`] | every kind of task |
//! | [`pages`] | the files of the web application under `static/` |
//! | [`router`] | every address |
//! | [`cli`] | the command line |
//!
//! Inside a room: `model` (types and pure rules) ← `store` (all its SQL) ← `service` (the rules; every change) ← `routes`
//! (HTTP) and `tasks` (background).
//!
//! # Ways through the house
//!
//! - **Read**: route → `app.db.read(|conn| store::…)` → row struct = JSON.
//! - **Write**: route → `app.db.write(|tx| service::…)` → store. Each change has one door where rules are checked and events
//!   emitted. A POST goes through `app.once`, so that a repeat has the effect of once.
//! - **What follows**: `tx.emit(event)` writes the event and, in the same transaction, [`reactions::react`] queues tasks and
//!   drops caches. The effect, its event and its tasks are committed together or not at all.
//! - **At the end of each write**, in its transaction, whatever is derived from rows follows them ([`platform::event::WriteEnds`]):
//!   triggers mark the documents that changed, and the search makes them anew, each once.
//! - **Matching**: each process holds all open postings by skill in memory ([`jobs::matching::OpenJobs`]). Triggers number the
//!   changes of postings, and whoever asks takes in what has a greater number than was seen: exact at every read, whichever
//!   process wrote.
//! - **Dear reads** that are alike for all, such as a search that finds thousands, are kept for ten seconds
//!   ([`platform::costly`]); what is small is read anew each time.
//! - **Tasks** are delivered at least once; each is safe to repeat.
//! - **Bodies and queries** are read field by field over a draft ([`platform::fields`]): one draft and one `read` per entity
//!   serve POST, PUT and PATCH, and every fault is told at once. The plan had a struct for each of them; one draft says each
//!   field's name and rule once.
//! - **Profiles** are a room of their own because a person's page shows skills and achievements, which stand below people.
//!
//! # Never
//!
//! SQL outside `store` and `platform` · HTTP in a store, a service or `analysis` · an event emitted outside a service · a task
//! queued outside reactions, worker, tasks and cli · a write without `&Tx` · a secret on a type that is serialised · `unwrap`
//! outside tests · a global · a file over 500 lines · a function that only forwards. `tests/api/tidy.rs` holds these rules.

pub mod achievements;
pub mod admin;
pub mod analysis;
pub mod analytics;
pub mod cli;
pub mod community;
pub mod connections;
pub mod courses;
pub mod digests;
pub mod exports;
pub mod jobs;
pub mod mail;
pub mod mentors;
pub mod notifications;
pub mod offers;
pub mod operations;
pub mod pages;
pub mod platform;
pub mod profiles;
pub mod projects;
pub mod reactions;
pub mod recommendations;
pub mod resumes;
pub mod router;
pub mod schedule;
pub mod search;
pub mod skills;
pub mod upkeep;
pub mod users;
pub mod worker;
