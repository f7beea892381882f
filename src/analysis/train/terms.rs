//! The regression that judges items of lists which the catalogue does not know.
//!
//! What is unknown is made by hiding: a third of the tools is taken out of the catalogue, so that lists of skills hold
//! names that it does not know. Between them stand things that people write into such lists and that are no skills.

use super::super::catalogue::{Catalogue, CatalogueSkill, Kind};
use super::super::labelled::Labelled;
use super::super::layout::Layout;
use super::super::model::{Linear, Model, TERM_FEATURES};
use super::super::sections::sections;
use super::super::skills::mentions;
use super::super::unknown::terms;
use super::{Dice, NotFitted, fitted, sentences};

/// Lists made for training, and as many for judging.
const LISTS: usize = 700;
/// One tool of so many is hidden.
const HIDDEN: u64 = 3;

const SEPARATORS: [&str; 5] = [", ", " | ", " • ", "; ", " / "];
const LABELS: [&str; 5] = ["Tools: ", "Software: ", "Technologies: ", "Other: ", "Skills: "];

/// Items of lists, each with what describes it and whether it is a skill.
struct Lists {
    catalogue: Catalogue,
    known: Vec<String>,
    hidden: Vec<String>,
}

impl Lists {
    /// Known names are found by `model`.
    fn new(catalogue: &Catalogue, model: &Model, dice: &mut Dice) -> Self {
        let tools: Vec<CatalogueSkill> = catalogue
            .skills()
            .iter()
            .enumerate()
            .filter(|(i, skill)| catalogue.kind(*i) == Kind::Tool && !skill.context)
            .map(|(_, skill)| skill.clone())
            .collect();
        let (hidden, known): (Vec<_>, Vec<_>) = tools.into_iter().partition(|_| dice.next().is_multiple_of(HIDDEN));
        let names = |skills: &[CatalogueSkill]| skills.iter().map(|skill| skill.name.clone()).collect();
        Self {
            known: names(&known),
            hidden: names(&hidden),
            catalogue: Catalogue::new(known, Vec::new()).with_model(model.clone()),
        }
    }

    /// Some lines of a section of skills, hidden names in marks.
    fn text(&self, dice: &mut Dice) -> Labelled {
        let noise = sentences("noise");
        let mut lines = vec!["Skills".to_string()];
        for _ in 0..=dice.below(4) {
            let (apart, label) = (dice.below(4) == 0, dice.below(3) == 0);
            let separator = SEPARATORS[dice.below(SEPARATORS.len())];
            // Some lists hold skills, others hardly any.
            let share = if dice.below(4) == 0 { 2 } else { 8 };
            let items: Vec<String> = (0..=dice.below(7))
                .map(|_| match dice.below(10) {
                    n if n >= share => noise[dice.below(noise.len())].to_string(),
                    n if n < share / 3 + 1 => format!("[[{}]]", as_written(&self.hidden, dice)),
                    _ => as_written(&self.known, dice),
                })
                .collect();
            if apart {
                lines.extend(items.iter().map(|item| format!("• {item}")));
            } else {
                let label = if label { LABELS[dice.below(LABELS.len())] } else { "" };
                lines.push(format!("{label}{}", items.join(separator)));
            }
        }
        Labelled::marked(&lines.join("\n"))
    }

    fn examples(&self, dice: &mut Dice) -> Vec<([f32; TERM_FEATURES], bool)> {
        let mut examples = Vec::new();
        for _ in 0..LISTS {
            let labelled = self.text(dice);
            let layout = Layout::new(&labelled.text);
            let marks = sections(&layout);
            let mentions = mentions(&self.catalogue, &layout, &marks);
            let places = labelled.places.unwrap_or_default();
            let is_skill = |start: usize, end: usize| places.iter().any(|(from, until)| *from < end && start < *until);
            let found = terms(&layout, &marks, &mentions);
            examples.extend(found.into_iter().map(|term| (term.features, is_skill(term.start, term.end))));
        }
        examples
    }
}

/// A name as people write it: mostly with its capitals.
fn as_written(names: &[String], dice: &mut Dice) -> String {
    let name = names.get(dice.below(names.len())).cloned().unwrap_or_default();
    if dice.below(5) == 0 { name.to_lowercase() } else { name }
}

/// The regression and how many items it was fitted on; of `model` the regression of names is asked, and its seed.
pub(super) fn train(catalogue: &Catalogue, model: &Model) -> Result<(Linear, usize), NotFitted> {
    let mut dice = Dice(model.seed);
    let examples = Lists::new(catalogue, model, &mut dice).examples(&mut dice);
    Ok((fitted(&examples)?, examples.len()))
}

/// Of items of lists that were not shown, with other names hidden: precision and recall of what is kept, and how many
/// there are.
pub(super) fn judge(catalogue: &Catalogue) -> (f64, f64, usize) {
    let model = catalogue.model();
    let mut dice = Dice(!model.seed);
    let examples = Lists::new(catalogue, model, &mut dice).examples(&mut dice);
    let judged: Vec<(bool, bool)> =
        examples.iter().map(|(features, skill)| (model.terms.probability(features) >= 0.5, *skill)).collect();
    let right = judged.iter().filter(|(kept, skill)| *kept && *skill).count() as f64;
    let found = judged.iter().filter(|(kept, _)| *kept).count().max(1) as f64;
    let all = judged.iter().filter(|(_, skill)| *skill).count().max(1) as f64;
    (right / found, right / all, judged.len())
}
