//! Judging what the instance recommends by what its people did.

use std::io::Write;

use anyhow::{Context as _, ensure};

use super::{runtime, told};
use crate::{
    jobs::matching::{self, MOST, Terms},
    platform::{app::App, config::Config},
    reactions,
    recommendations::eval::{self, Report},
};

/// How good recommendations are.
#[derive(clap::Subcommand)]
#[command(after_help = "\
Examples:
  careerd eval recs
  careerd eval recs --weights 50,20,15,10,5          how other weights would have done
  careerd eval recs --weights 50,20,15,10,5 --set    and use them from now on
  careerd eval recs --reset                          back to the weights of the rules")]
pub enum EvalCommand {
    /// Compare recommended jobs with what people clicked on and applied to afterwards.
    Recs(RecsArgs),
}

/// What is judged.
#[derive(clap::Args)]
pub struct RecsArgs {
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// The lists of at most so many people.
    #[arg(long, default_value_t = 2000)]
    users: usize,
    /// Other weights to try: skills, must-haves, level, location, freshness; together 100.
    #[arg(long, value_name = "S,M,L,P,F", value_parser = weights)]
    weights: Option<Terms>,
    /// Use these weights from now on.
    #[arg(long, requires = "weights")]
    set: bool,
    /// Use the weights of the rules from now on.
    #[arg(long, conflicts_with_all = ["weights", "set"])]
    reset: bool,
}

fn weights(text: &str) -> Result<Terms, String> {
    let parts: Option<Vec<i64>> =
        text.split(',').map(|it| it.trim().parse().ok().filter(|it| (0..=100).contains(it))).collect();
    let Some([skills, must_have, level, location, freshness]) = parts.as_deref() else {
        return Err("give five whole numbers, as 60,10,15,10,5".into());
    };
    let terms =
        Terms { skills: *skills, must_have: *must_have, level: *level, location: *location, freshness: *freshness };
    if terms.sum() == 100 { Ok(terms) } else { Err(format!("they are {} together, not 100", terms.sum())) }
}

/// Runs the command.
///
/// # Errors
/// The database cannot be read, or too little happened yet.
pub fn run(config: Config, command: EvalCommand, out: &mut dyn Write) -> anyhow::Result<()> {
    let EvalCommand::Recs(args) = command;
    let app = App::open(config, reactions::react)?;
    let (tried, users) = (args.weights, args.users);
    let done = runtime()?.block_on(async {
        let report = told(app.db.read(move |conn| eval::evaluate(conn, tried, users)).await)?;
        let kept = if args.reset { Some(MOST) } else { tried.filter(|_| args.set) };
        if let Some(kept) = kept {
            told(app.db.write(move |tx| matching::set_most(tx, &kept)).await)?;
        }
        anyhow::Ok((report, kept))
    });
    app.db.close();
    let (report, kept) = done?;
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&report)?)?;
    } else {
        print(&report, out)?;
        if let Some(kept) = kept {
            writeln!(out, "From now on the weights are {}.", listed(&kept))?;
        }
    }
    ensure!(
        report.users > 0 || kept.is_some(),
        "too little happened yet: nobody went for a job that was open at the split"
    );
    Ok(())
}

fn listed(it: &Terms) -> String {
    let Terms { skills, must_have, level, location, freshness } = it;
    format!("skills {skills}, must-haves {must_have}, level {level}, location {location}, freshness {freshness}")
}

fn print(report: &Report, out: &mut dyn Write) -> anyhow::Result<()> {
    let split = report.split_at.map_or_else(|| "no moment".to_owned(), |it| it.date().to_string());
    writeln!(
        out,
        "as of {split}: {} jobs, {} clicks and applications before, {} people judged",
        report.jobs, report.choices_before, report.users
    )?;
    let weights = report.weights.first().context("an instance has weights")?;
    writeln!(out, "weights: {}", listed(weights))?;
    writeln!(out, "{:15} {:>8} {:>10} {:>9} {:>10}", "", "nDCG@10", "recall@20", "coverage", "diversity")?;
    for it in &report.methods {
        writeln!(
            out,
            "{:15} {:>8.3} {:>10.3} {:>9.3} {:>10.3}",
            it.name, it.ndcg_at_10, it.recall_at_20, it.coverage, it.diversity
        )?;
    }
    Ok(())
}
