//! Training and judging of the model: texts made from a seed, names and their labels taken from them, a logistic
//! regression fitted by linfa.

mod terms;

use linfa::Dataset;
use linfa::prelude::{Fit, Predict};
use linfa_logistic::LogisticRegression;
use ndarray::{Array1, Array2};
use serde::Serialize;

use super::catalogue::{Catalogue, CatalogueSkill, Kind, pressed};
use super::context::weigh;
use super::find::candidates;
use super::labelled::Labelled;
use super::layout::Layout;
use super::model::{Features, Linear, Model, TERM_FEATURES};
use super::sections::sections;
use super::skills::mentions;

const SENTENCES: &str = include_str!("../../data/training.txt");
const WRITTEN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/resumes.txt.gz"));

/// The seed of the delivered model.
pub const SEED: u64 = 20_260;
/// Texts made for training; one in five is held out for judging.
pub const TEXTS: usize = 500;
const HELD_OUT: usize = 5;
/// How often a text that somebody wrote counts as one that was made.
const COUNTS: usize = 6;
/// Weight of the squared weights in what is minimised, and most steps.
const RIDGE: f64 = 1.0;
const MOST_STEPS: u64 = 200;

/// Why a model was not fitted.
#[derive(Debug, thiserror::Error)]
#[error("The model cannot be fitted: {0}.")]
pub struct NotFitted(String);

/// A sequence of numbers that a seed decides (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % (n.max(1) as u64)).unwrap_or(0)
    }

    fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> Option<&'a T> {
        of.get(self.below(of.len())).copied()
    }
}

/// The sentences of the file by their heading.
fn sentences(heading: &str) -> Vec<&'static str> {
    let mut current = "";
    let mut found = Vec::new();
    for line in SENTENCES.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            Some(name) if !name.starts_with('[') => current = name,
            _ if current == heading => found.push(line),
            _ => {}
        }
    }
    found
}

/// Skills to put into sentences, by their kind.
struct Names<'a> {
    tools: Vec<&'a CatalogueSkill>,
    ambiguous: Vec<&'a CatalogueSkill>,
    fields: Vec<&'a CatalogueSkill>,
    soft: Vec<&'a CatalogueSkill>,
}

impl<'a> Names<'a> {
    fn new(catalogue: &'a Catalogue) -> Self {
        let of = |wanted: Kind| {
            let skills = catalogue.skills().iter().enumerate();
            skills.filter(|(i, s)| catalogue.kind(*i) == wanted && !s.context).map(|(_, s)| s).collect::<Vec<_>>()
        };
        let ambiguous = catalogue.skills().iter().filter(|skill| skill.context).collect();
        Self {
            tools: [of(Kind::Tool), of(Kind::Method)].concat(),
            ambiguous,
            fields: of(Kind::Field),
            soft: of(Kind::Soft),
        }
    }

    /// What a slot is filled with: names that are meant stand in marks.
    fn fill(&self, slot: &str, dice: &mut Dice) -> String {
        match slot {
            "tool" => format!("[[{}]]", as_a_tool(&self.tools, dice)),
            "amb" => format!("[[{}]]", as_a_tool(&self.ambiguous, dice)),
            "field" => format!("[[{}]]", as_a_field(&self.fields, dice)),
            "soft" => format!("[[{}]]", as_a_field(&self.soft, dice)),
            "word" => name(&self.ambiguous, dice).to_lowercase(),
            "Word" => name(&self.ambiguous, dice).to_string(),
            "!field" => as_a_field(&self.fields, dice),
            "!soft" => name(&self.soft, dice).to_lowercase(),
            _ => name(&self.tools, dice).to_string(),
        }
    }
}

fn name<'a>(skills: &[&'a CatalogueSkill], dice: &mut Dice) -> &'a str {
    dice.one(skills).map_or("", |skill| skill.name.as_str())
}

/// The name of one of these skills, or now and then a synonym.
fn name_or_synonym<'a>(skills: &[&'a CatalogueSkill], dice: &mut Dice) -> &'a str {
    let Some(skill) = dice.one(skills) else { return "" };
    let synonyms: Vec<&str> = skill.synonyms.iter().map(String::as_str).collect();
    let other = if dice.below(3) == 0 { dice.one(&synonyms) } else { None };
    other.unwrap_or(&skill.name)
}

/// As people write tools: mostly with the capitals of the name, sometimes small or in capitals, with a version.
fn as_a_tool(skills: &[&CatalogueSkill], dice: &mut Dice) -> String {
    let name = name_or_synonym(skills, dice);
    match dice.below(16) {
        0..=2 => name.to_lowercase(),
        3 => name.to_uppercase(),
        4 => format!("{name} {}", 2 + dice.below(12)),
        _ => name.to_string(),
    }
}

/// As people write fields: mostly small.
fn as_a_field(skills: &[&CatalogueSkill], dice: &mut Dice) -> String {
    let name = name_or_synonym(skills, dice);
    let small = name.chars().skip(1).all(|c| !c.is_uppercase()) && dice.below(3) > 0;
    if small { name.to_lowercase() } else { name.to_string() }
}

fn filled(sentence: &str, names: &Names<'_>, dice: &mut Dice) -> String {
    let mut text = String::new();
    let mut rest = sentence;
    while let Some((before, (slot, after))) =
        rest.split_once('{').and_then(|(before, tail)| Some((before, tail.split_once('}')?)))
    {
        text.push_str(before);
        text.push_str(&names.fill(slot, dice));
        rest = after;
    }
    text + rest
}

/// Texts like résumés, each with its labels; the same seed gives the same texts.
pub fn texts(catalogue: &Catalogue, seed: u64, count: usize) -> Vec<Labelled> {
    let names = Names::new(catalogue);
    let (claim, list, word) = (sentences("claim"), sentences("list"), sentences("word"));
    let (field, plain) = (sentences("field"), sentences("plain"));
    let mut dice = Dice(seed);
    let headings =
        [["Summary", "Experience", "Skills", "Education"], ["Profile", "Work history", "Key skills", "Studies"]];
    let mut made = Vec::with_capacity(count);
    for nth in 0..count {
        let heads = headings[dice.below(headings.len())];
        let mut lines = vec![format!("Person {nth}"), "person@example.org".to_string()];
        let mut add = |groups: &[&[&str]], most: usize, dice: &mut Dice| {
            for _ in 0..=dice.below(most) {
                let group = groups[dice.below(groups.len())];
                if let Some(sentence) = dice.one(group) {
                    lines.push(filled(sentence, &names, dice));
                }
            }
        };
        let mut part = |heading: &'static str, groups: &[&[&str]], most: usize, dice: &mut Dice| {
            add(&[&[heading]], 1, dice);
            add(groups, most, dice);
        };
        part(heads[0], &[&claim, &plain, &field, &word], 3, &mut dice);
        let (jobs, skills): (&[&[&str]], &[&[&str]]) = (&[&claim, &claim, &claim, &plain, &word, &list], &[&list]);
        if dice.below(2) == 0 {
            part(heads[1], jobs, 14, &mut dice);
            part(heads[2], skills, 7, &mut dice);
        } else {
            part(heads[2], skills, 7, &mut dice);
            part(heads[1], jobs, 14, &mut dice);
        }
        part(heads[3], &[&field, &plain, &word], 3, &mut dice);
        if dice.below(3) == 0 {
            part("Interests", &[&plain, &word], 3, &mut dice);
        }
        made.push(Labelled::marked(&lines.join("\n")));
    }
    made
}

/// Of the made texts those for training, or those held out.
pub fn part_of(texts: Vec<Labelled>, held_out: bool) -> Vec<Labelled> {
    texts.into_iter().enumerate().filter(|(i, _)| (i % HELD_OUT == 0) == held_out).map(|(_, text)| text).collect()
}

/// Whole texts that were written as such, with their labels: every second for training, the others to judge by.
pub fn written(held_out: bool) -> Vec<Labelled> {
    let written = pressed(WRITTEN);
    let texts = written.split("\n---\n").skip(1).enumerate();
    texts.filter(|(i, _)| (i % 2 == 1) == held_out).map(|(_, text)| Labelled::marked(text.trim_end())).collect()
}

/// What describes each name of a text, and whether it is meant.
fn examples(catalogue: &Catalogue, labelled: &Labelled) -> Vec<(Features, bool)> {
    let layout = Layout::new(&labelled.text);
    let marks = sections(&layout);
    let candidates = candidates(catalogue, &layout);
    let weighed = weigh(catalogue, &layout, &marks, &candidates);
    let truth = labelled.truth(catalogue);
    let example = |(candidate, weighed): (&super::find::Candidate, super::context::Weighed)| {
        let name = &catalogue.skills()[candidate.skill].name;
        let written = layout.slice(candidate.start, candidate.end);
        (weighed.features, truth.holds(candidate.start, candidate.end, name, &written))
    };
    candidates.iter().zip(weighed).map(example).collect()
}

/// Fits a model on texts made from a seed, the held-out ones not among them.
///
/// # Errors
/// The texts show only one of the two answers, or the fitting does not come to an end.
pub fn train(catalogue: &Catalogue, seed: u64) -> Result<Model, NotFitted> {
    let made = part_of(texts(catalogue, seed, TEXTS), false);
    let written = written(false);
    let texts = made.iter().chain(std::iter::repeat_n(&written, COUNTS).flatten());
    let examples: Vec<(Features, bool)> = texts.flat_map(|text| examples(catalogue, text)).collect();
    let mut model = Model {
        names: fitted(&examples)?,
        terms: Linear::constant(0.0, TERM_FEATURES),
        examples: u32::try_from(examples.len()).unwrap_or(u32::MAX),
        term_examples: 0,
        seed,
    };
    // Items are those in which the names just fitted find no skill, whatever model the program carries.
    let (terms, term_examples) = terms::train(catalogue, &model)?;
    model.terms = terms;
    model.term_examples = u32::try_from(term_examples).unwrap_or(u32::MAX);
    Ok(model)
}

/// A logistic regression over examples.
fn fitted<const N: usize>(examples: &[([f32; N], bool)]) -> Result<Linear, NotFitted> {
    let rows = examples.len();
    let figures = examples.iter().flat_map(|(features, _)| features.iter().map(|x| f64::from(*x))).collect();
    let records = Array2::from_shape_vec((rows, N), figures).map_err(|e| NotFitted(e.to_string()))?;
    let targets: Array1<bool> = examples.iter().map(|(_, meant)| *meant).collect();
    let fitted = LogisticRegression::default()
        .alpha(RIDGE)
        .max_iterations(MOST_STEPS)
        .fit(&Dataset::new(records.clone(), targets))
        .map_err(|e| NotFitted(e.to_string()))?;
    // Which of the two answers the figures speak for is linfa's choice; the row it is surest of tells.
    let odds = |row: usize| fitted.intercept() + records.row(row).dot(fitted.params());
    let answers = fitted.predict(&records);
    let surest = (0..rows).max_by(|a, b| odds(*a).abs().total_cmp(&odds(*b).abs())).unwrap_or(0);
    let sign = if answers.get(surest).copied().unwrap_or(true) == (odds(surest) > 0.0) { 1.0 } else { -1.0 };
    Ok(Linear {
        bias: (sign * fitted.intercept()) as f32,
        weights: fitted.params().iter().map(|w| (sign * w) as f32).collect(),
    })
}

/// How well what the catalogue does not know is told from what is no skill, on lists made from another seed with other
/// names hidden: precision, recall, items.
pub fn evaluate_terms(catalogue: &Catalogue) -> (f64, f64, usize) {
    terms::judge(catalogue)
}

/// How findings compare with labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Texts judged.
    pub texts: usize,
    /// Mentions found that are labelled, of all found.
    pub precision: f64,
    /// Labels found, of all.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Probability that a right mention weighs more than a wrong one; absent when all are of one kind.
    pub auc: Option<f64>,
    /// Mean squared difference of the model's probability from 0 or 1, over all names, those left out too.
    pub brier: f64,
    /// Mean difference between probability and share of right names, over ten bands.
    pub calibration_error: f64,
    /// By bands of a tenth: mean probability, share meant, names.
    pub reliability: Vec<Band>,
}

/// Names whose probability lies in one tenth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Mean probability.
    pub probability: f64,
    /// Share that is meant.
    pub meant: f64,
    /// How many names.
    pub names: usize,
}

/// Compares what is found in texts with their labels.
pub fn evaluate(catalogue: &Catalogue, texts: &[Labelled]) -> Evaluation {
    let (mut weights, mut labels, mut covered) = (Vec::new(), 0, 0);
    let mut judged: Vec<(f64, bool)> = Vec::new();
    for labelled in texts {
        let layout = Layout::new(&labelled.text);
        let marks = sections(&layout);
        let truth = labelled.truth(catalogue);
        let mut found = Vec::new();
        for mention in mentions(catalogue, &layout, &marks) {
            let name = catalogue.skills()[mention.skill].name.clone();
            let written = layout.slice(mention.start, mention.end);
            weights.push((mention.weight, truth.holds(mention.start, mention.end, &name, &written)));
            found.push((mention.start, mention.end, name, written));
        }
        let (all, hit) = truth.covered(&found);
        labels += all;
        covered += hit;
        let probability = |features: &Features| f64::from(catalogue.model().probability(features));
        judged.extend(examples(catalogue, labelled).iter().map(|(features, meant)| (probability(features), *meant)));
    }
    let right = weights.iter().filter(|(_, right)| *right).count();
    let share = |part: usize, all: usize| if all > 0 { part as f64 / all as f64 } else { 0.0 };
    let (precision, recall) = (share(right, weights.len()), share(covered, labels));
    let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
    let bands = bands(&judged);
    let all = judged.len().max(1) as f64;
    let truth = |meant: bool| if meant { 1.0 } else { 0.0 };
    Evaluation {
        texts: texts.len(),
        precision,
        recall,
        f1,
        auc: auc(weights),
        brier: judged.iter().map(|(p, meant)| (p - truth(*meant)).powi(2)).sum::<f64>() / all,
        calibration_error: bands.iter().map(|b| (b.probability - b.meant).abs() * b.names as f64).sum::<f64>() / all,
        reliability: bands,
    }
}

fn bands(judged: &[(f64, bool)]) -> Vec<Band> {
    let band = |nth: usize| {
        let in_band = |p: f64| ((p * 10.0) as usize).min(9) == nth;
        let names: Vec<&(f64, bool)> = judged.iter().filter(|(p, _)| in_band(*p)).collect();
        let count = names.len().max(1) as f64;
        Band {
            probability: names.iter().map(|(p, _)| p).sum::<f64>() / count,
            meant: names.iter().filter(|(_, meant)| *meant).count() as f64 / count,
            names: names.len(),
        }
    };
    (0..10).map(band).filter(|band| band.names > 0).collect()
}

/// Area under the curve by ranks; equal weights count half.
fn auc(mut weights: Vec<(f64, bool)>) -> Option<f64> {
    weights.sort_by(|a, b| a.0.total_cmp(&b.0));
    let right = weights.iter().filter(|(_, right)| *right).count();
    let wrong = weights.len() - right;
    let mut ranks = 0.0;
    let mut from = 0;
    while from < weights.len() {
        let tied = weights[from..].iter().take_while(|(w, _)| *w == weights[from].0).count();
        let middle = from as f64 + (tied as f64 + 1.0) / 2.0;
        ranks += middle * weights[from..from + tied].iter().filter(|(_, right)| *right).count() as f64;
        from += tied;
    }
    let (right, wrong) = (right as f64, wrong as f64);
    (right > 0.0 && wrong > 0.0).then(|| (ranks - right * (right + 1.0) / 2.0) / (right * wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_texts() {
        let catalogue = Catalogue::delivered();
        assert_eq!(texts(&catalogue, 3, 4), texts(&catalogue, 3, 4));
        assert_ne!(texts(&catalogue, 3, 4), texts(&catalogue, 4, 4));
        let made = texts(&catalogue, SEED, 20);
        assert!(made.iter().all(|text| !text.text.contains(['{', '[']) && text.places.as_ref().is_some()));
        assert!(part_of(made, true).len() == 4);
    }

    #[test]
    fn the_delivered_model_judges_held_out_texts() {
        let catalogue = Catalogue::delivered();
        let found = evaluate(&catalogue, &part_of(texts(&catalogue, SEED, 100), true));
        assert!(found.f1 > 0.85 && found.calibration_error < 0.1, "{found:?}");
    }

    #[test]
    fn the_delivered_model_is_what_training_gives() {
        let fresh = train(&Catalogue::delivered(), SEED).unwrap();
        assert!(
            fresh.to_bytes().unwrap() == super::super::model::DELIVERED,
            "run `careerd model train --to data/model.bin` after a change of the catalogue, the texts or the features"
        );
    }

    #[test]
    fn written_texts_are_parted() {
        let catalogue = Catalogue::delivered();
        let (shown, held_out) = (written(false), written(true));
        assert!(shown.len().abs_diff(held_out.len()) <= 1 && held_out.iter().all(|text| !shown.contains(text)));
        let found = evaluate(&catalogue, &held_out);
        assert!(found.precision > 0.9 && found.recall > 0.9, "{found:?}");
    }

    #[test]
    fn ranks_give_the_area() {
        assert_eq!(auc(vec![(0.1, false), (0.9, true)]), Some(1.0));
        assert_eq!(auc(vec![(0.5, false), (0.5, true)]), Some(0.5));
        assert_eq!(auc(vec![(0.5, true)]), None);
    }
}
