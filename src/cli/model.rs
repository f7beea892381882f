//! The model of the analysis: what it is, fitting it anew, judging it.

use std::{fs, io::Write, path::PathBuf};

use anyhow::Context as _;

use crate::analysis::{
    Catalogue,
    labelled::Labelled,
    model::{Model, NAMES, TERM_NAMES},
    train::{self, Evaluation, SEED, TEXTS},
};

/// The model that judges whether a name in a text stands for a skill.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Examples:
  careerd model info
  careerd model train --to model.bin
  careerd model eval
  careerd model eval --json labelled.jsonl

A labelled file holds one JSON object a line: \"text\", and either marks in the text, [[…]] around each skill that is
meant, or \"skills\", the list of the skills it shows.")]
pub enum ModelCommand {
    /// Print what the model was fitted on, and the weight of each feature.
    Info {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Fit a model on texts made from a seed; the same seed gives the same model.
    Train {
        /// What the texts are made from.
        #[arg(long, default_value_t = SEED)]
        seed: u64,
        /// Where to write it; `data/model.bin` of the source is what a build takes.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Compare findings with labels: of the texts held out from training, made and written, or of these files.
    Eval {
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
        /// A model to judge instead of the built-in one.
        #[arg(long, value_name = "FILE")]
        model: Option<PathBuf>,
        /// Labelled texts as JSON lines.
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Runs the command.
///
/// # Errors
/// A file cannot be read or written, a line of it is no labelled text, or the fitting does not come to an end.
pub fn run(command: ModelCommand, out: &mut dyn Write) -> anyhow::Result<()> {
    match command {
        ModelCommand::Info { json } => info(json, out),
        ModelCommand::Train { seed, to } => {
            let model = train::train(&Catalogue::delivered(), seed)?;
            let bytes = model.to_bytes()?;
            fs::write(&to, &bytes).with_context(|| format!("cannot write {}", to.display()))?;
            let (names, terms) = (model.examples, model.term_examples);
            writeln!(
                out,
                "{}: {} bytes, fitted on {names} names and {terms} unknown items",
                to.display(),
                bytes.len()
            )?;
            Ok(())
        }
        ModelCommand::Eval { json, model, files } => eval(json, model, &files, out),
    }
}

fn info(json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let model = Model::delivered();
    let parts = [("names", &model.names, NAMES.as_slice()), ("unknown items", &model.terms, TERM_NAMES.as_slice())];
    if json {
        let weights = parts.map(|(part, linear, names)| {
            let weights: serde_json::Map<_, _> = names
                .iter()
                .zip(&linear.weights)
                .map(|(name, weight)| ((*name).to_owned(), (*weight).into()))
                .collect();
            (part.to_owned(), serde_json::json!({ "bias": linear.bias, "weights": weights }))
        });
        let told = serde_json::json!({
            "bytes": model.to_bytes()?.len(), "examples": model.examples, "term_examples": model.term_examples,
            "seed": model.seed, "regressions": serde_json::Map::from_iter(weights),
        });
        writeln!(out, "{told}")?;
        return Ok(());
    }
    writeln!(
        out,
        "two logistic regressions of {} bytes, fitted on {} names and {} unknown items in texts made from seed {}",
        model.to_bytes()?.len(),
        model.examples,
        model.term_examples,
        model.seed
    )?;
    for (part, linear, names) in parts {
        writeln!(out, "\n{part}")?;
        writeln!(out, "{:+7.2}  without any of these", linear.bias)?;
        for (name, weight) in names.iter().zip(&linear.weights) {
            writeln!(out, "{weight:+7.2}  {name}")?;
        }
    }
    Ok(())
}

fn eval(json: bool, model: Option<PathBuf>, files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut catalogue = Catalogue::delivered();
    if let Some(path) = model {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let model = Model::from_bytes(&bytes).with_context(|| format!("{} holds no such model", path.display()))?;
        catalogue = catalogue.with_model(model);
    }
    let mut texts = Vec::new();
    for path in files {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        for (nth, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            texts.push(Labelled::from_json(line).with_context(|| format!("{}, line {}", path.display(), nth + 1))?);
        }
    }
    if !files.is_empty() {
        return tell(json, &train::evaluate(&catalogue, &texts), out);
    }
    let made = train::part_of(train::texts(&catalogue, catalogue.seed(), TEXTS), true);
    let parts = [("made", made), ("written", train::written(true))];
    let parts = parts.map(|(name, texts)| (name, train::evaluate(&catalogue, &texts)));
    let (precision, recall, items) = train::evaluate_terms(&catalogue);
    if json {
        let [(_, made), (_, written)] = parts;
        let terms = serde_json::json!({ "precision": precision, "recall": recall, "items": items });
        writeln!(out, "{}", serde_json::json!({ "made": made, "written": written, "unknown_items": terms }))?;
        return Ok(());
    }
    for (name, found) in &parts {
        writeln!(out, "{name} texts, held out")?;
        print(found, out)?;
        writeln!(out)?;
    }
    writeln!(out, "items of lists that the catalogue does not know, other names hidden than in training")?;
    writeln!(out, "items      {items}\nprecision  {precision:.3}\nrecall     {recall:.3}")?;
    Ok(())
}

fn tell(json: bool, found: &Evaluation, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        writeln!(out, "{}", serde_json::to_string(found)?)?;
        return Ok(());
    }
    print(found, out)
}

fn print(found: &Evaluation, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "texts      {}", found.texts)?;
    writeln!(out, "precision  {:.3}", found.precision)?;
    writeln!(out, "recall     {:.3}", found.recall)?;
    writeln!(out, "F1         {:.3}", found.f1)?;
    if let Some(auc) = found.auc {
        writeln!(out, "AUC        {auc:.3}  of the weight, right against wrong mentions")?;
    }
    writeln!(out, "Brier      {:.3}", found.brier)?;
    writeln!(out, "calibration error {:.3}", found.calibration_error)?;
    writeln!(out, "probability  meant  names")?;
    for band in &found.reliability {
        writeln!(out, "{:11.2}  {:5.2}  {:5}", band.probability, band.meant, band.names)?;
    }
    Ok(())
}
