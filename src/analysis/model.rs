//! The model that judges whether a name stands for a skill, and whether an item that the catalogue does not know is one:
//! two logistic regressions over what the words and their surroundings show.
//!
//! They are fitted by [`super::train`] with linfa, kept as postcard behind a version byte in `data/model.bin`, and built
//! into the program. To judge takes one sum; the program needs linfa only for training.

use serde::{Deserialize, Serialize};

/// How many figures describe one name in its surroundings.
pub const FEATURES: usize = 44;

/// What the model judges by: 0 or 1 for most, shares between 0 and 1, points by the sixth (`context.rs`).
pub type Features = [f32; FEATURES];

/// What each feature means, in order; `model info` prints them with their weights.
pub const NAMES: [&str; FEATURES] = [
    "ambiguous name",
    "field of work",
    "soft skill",
    "in skills",
    "in experience or projects",
    "in summary",
    "in contact",
    "in education",
    "in another section",
    "item",
    "item of a list of names",
    "where skills are listed",
    "beside a sure name",
    "cue after",
    "cue before",
    "version follows",
    "capital inside a sentence",
    "small first letter",
    "opens a sentence",
    "written as in the catalogue",
    "set phrase",
    "proper name goes on",
    "sure elsewhere",
    "several words",
    "synonym",
    "share of names on the line",
    "two letters or fewer",
    "points of an ambiguous name",
    "ambiguous in a list",
    "ambiguous and small",
    "field or soft in a list",
    "field or soft and small in prose",
    "soft in prose",
    "field of one word in prose",
    "tool beyond doubt",
    "field or soft with a cue",
    "method of a technical field",
    "rare as a word",
    "ambiguous behind a joining word",
    "ambiguous, joined, with a capital",
    "ambiguous, written as in the catalogue, with a capital",
    "title after",
    "company",
    "field or soft behind a joining word",
];

/// How many figures describe an item of a list that no known skill stands in.
pub const TERM_FEATURES: usize = 20;

/// What such an item is judged by (`unknown.rs`).
pub type TermFeatures = [f32; TERM_FEATURES];

/// What each of them means, in order.
pub const TERM_NAMES: [&str; TERM_FEATURES] = [
    "one word",
    "two words",
    "more words",
    "each word with a capital",
    "no capital",
    "capital inside a word",
    "capitals throughout",
    "digit",
    "sign",
    "ends like a tool",
    "ends like a word",
    "small word inside",
    "length",
    "share of known skills on the line",
    "no known skill on the line",
    "known skills beside it",
    "items on the line",
    "alone on the line",
    "labelled list",
    "one small word without known skills",
];

/// First byte of a kept model; another layout has another version.
const VERSION: u8 = 3;

pub(super) const DELIVERED: &[u8] = include_bytes!("../../data/model.bin");

/// A fitted logistic regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Linear {
    /// Log-odds without any feature.
    pub bias: f32,
    /// Log-odds per feature.
    pub weights: Vec<f32>,
}

impl Linear {
    /// One that judges everything alike.
    pub(super) fn constant(bias: f32, features: usize) -> Self {
        Self { bias, weights: vec![0.0; features] }
    }

    /// How probable it is that a skill is meant, 0–1.
    pub fn probability(&self, features: &[f32]) -> f32 {
        let odds = self.bias + self.weights.iter().zip(features).map(|(w, x)| w * x).sum::<f32>();
        1.0 / (1.0 + (-odds).exp())
    }
}

/// Both regressions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Whether a name of the catalogue is meant as a skill, by [`NAMES`].
    pub names: Linear,
    /// Whether an item that the catalogue does not know is one, by [`TERM_NAMES`].
    pub terms: Linear,
    /// Names it was fitted on.
    pub examples: u32,
    /// Items it was fitted on.
    pub term_examples: u32,
    /// What the training texts were made from.
    pub seed: u64,
}

impl Model {
    /// The model delivered with the program; one that cannot be read judges everything alike, which a test rules out.
    pub fn delivered() -> Self {
        Self::from_bytes(DELIVERED).unwrap_or_else(|| Self {
            names: Linear::constant(3.0, FEATURES),
            terms: Linear::constant(0.0, TERM_FEATURES),
            examples: 0,
            term_examples: 0,
            seed: 0,
        })
    }

    /// Reads a kept model; `None` when it is of another version or broken.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        let model: Self = (*version == VERSION).then(|| postcard::from_bytes(rest).ok())??;
        (model.names.weights.len() == FEATURES && model.terms.weights.len() == TERM_FEATURES).then_some(model)
    }

    /// The form it is kept in.
    ///
    /// # Errors
    /// None in practice: postcard writes any list of figures.
    pub fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let mut bytes = vec![VERSION];
        bytes.extend(postcard::to_allocvec(self)?);
        Ok(bytes)
    }

    /// How probable it is that a name stands for a skill, 0–1.
    pub fn probability(&self, features: &Features) -> f32 {
        self.names.probability(features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_kept_and_read_again() {
        let model = Model {
            names: Linear { bias: -0.5, weights: vec![0.25; FEATURES] },
            terms: Linear { bias: 0.5, weights: vec![-0.25; TERM_FEATURES] },
            examples: 9,
            term_examples: 3,
            seed: 7,
        };
        let bytes = model.to_bytes().unwrap();
        assert_eq!(Model::from_bytes(&bytes), Some(model));
        assert_eq!(Model::from_bytes(&bytes[1..]), None);
        assert_eq!(Model::from_bytes(&[]), None);
    }

    #[test]
    fn the_delivered_model_is_a_fitted_one() {
        let model = Model::delivered();
        assert!(model.examples > 1000 && model.term_examples > 1000);
    }
}
