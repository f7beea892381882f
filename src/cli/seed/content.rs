//! The delivered pieces that invented content is made of.

use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{
    analysis::{Role, delivered_roles, pressed},
    platform::fields::{Fields, Mode},
};

/// A place.
#[derive(Deserialize)]
pub(super) struct City {
    pub location: String,
}

/// An invented company.
#[derive(Deserialize)]
pub(super) struct Company {
    pub name: String,
    pub cities: Vec<String>,
}

/// What a posting is made of.
#[derive(Deserialize)]
pub(super) struct JobTemplate {
    pub title: String,
    pub description: String,
    pub level: String,
    pub job_type: String,
    pub must: Vec<String>,
    pub nice: Vec<String>,
    pub salary: [i64; 2],
    pub remote: bool,
    pub companies: Vec<String>,
}

/// The résumé of an invented person.
#[derive(Deserialize)]
pub(super) struct ResumeText {
    pub name: String,
    pub text: String,
}

/// All pieces.
#[derive(Deserialize)]
pub(super) struct Content {
    pub first_names: Vec<String>,
    pub last_names: Vec<String>,
    pub cities: Vec<City>,
    pub companies: Vec<Company>,
    pub bios: Vec<String>,
    pub career_goals: Vec<String>,
    pub job_templates: Vec<JobTemplate>,
    pub cover_letters: Vec<String>,
    pub resumes: Vec<ResumeText>,
    #[serde(skip)]
    pub roles: Vec<Role>,
}

impl Content {
    /// The delivered pieces.
    pub(super) fn delivered() -> anyhow::Result<Self> {
        let content: Content =
            serde_json::from_str(&pressed(include_bytes!(concat!(env!("OUT_DIR"), "/demo.json.gz"))))?;
        Ok(Content { roles: delivered_roles(), ..content })
    }
}

/// One of these, by chance.
pub(super) fn any<'a, T>(random: &mut StdRng, of: &'a [T]) -> anyhow::Result<&'a T> {
    of.choose(random).ok_or_else(|| anyhow::anyhow!("the delivered content has an empty list"))
}

/// Whether something of this probability happens.
pub(super) fn happens(random: &mut StdRng, probability: f64) -> bool {
    random.random_bool(probability.clamp(0.0, 1.0))
}

/// A body that is an object.
pub(super) fn fields(body: Value) -> Fields {
    let body: Map<_, _> = body.as_object().cloned().unwrap_or_default();
    Fields::of_body(body, Mode::Whole)
}
