//! Bringing in what stands elsewhere, from JSON lines or CSV: all of a file or nothing of it.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde_json::{Map, Value};

use super::{is_quiet, progress::Progress, runtime, told};
use crate::{
    community, courses, jobs,
    platform::{
        app::App,
        config::Config,
        db::Tx,
        error::{Error, Result},
        fields::{Fields, Mode, text},
        id::Id,
    },
    reactions, skills,
    users::{User, import},
};

/// What can be brought in.
#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// Skills of the catalogue.
    Skills,
    /// Accounts.
    Users,
    /// Postings.
    Jobs,
    /// Courses, without their modules.
    Courses,
    /// Posts.
    Posts,
}

/// Brings in rows of one kind.
#[derive(Args)]
#[command(after_help = "\
A file is JSON lines, or CSV with a header row when its name ends with .csv; lists are parted by `;` there. Fields have the
names of the API. Users may also carry password_hash, created_at, points, the role flags and skills (names); jobs posted_at
and posted_by_id; courses created_at and instructor_id; posts created_at and author_id.

Example:
  careerd import users people.jsonl --dry-run")]
pub struct ImportArgs {
    /// What the rows are.
    kind: Kind,
    /// The file.
    file: PathBuf,
    /// Check everything and keep nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A record with the line it stands on.
type Record = (usize, Fields);

/// Brings in a file.
///
/// # Errors
/// Names the line that is wrong; nothing of the file is kept then.
pub fn run(config: Config, args: ImportArgs) -> anyhow::Result<()> {
    let quiet = is_quiet(&config);
    let reading = Progress::open(quiet, "reading");
    let records = read(&args.file, &reading).with_context(|| format!("cannot read {}", args.file.display()))?;
    drop(reading);
    let count = records.len();
    let app = App::open(config, reactions::react)?;
    let (kind, dry_run) = (args.kind, args.dry_run);
    let outcome = runtime()?.block_on(app.db.write(move |tx| {
        // People and jobs name skills of the catalogue; a catalogue of one's own begins empty.
        if !matches!(kind, Kind::Skills) {
            skills::service::fill_catalogue(tx)?;
        }
        keep(tx, kind, records, dry_run, &Progress::new(quiet, "rows", count))
    }));
    app.db.close();
    match outcome {
        Ok(()) => say!("{count} rows were brought in."),
        Err(Error::Conflict(why)) if why == DRY_RUN => say!("{count} rows are good; nothing was kept."),
        outcome => told(outcome).context("nothing was kept")?,
    }
    Ok(())
}

/// Undoes a write that was only made to see whether it can be made.
const DRY_RUN: &str = "only tried";

fn keep(tx: &Tx<'_>, kind: Kind, records: Vec<Record>, dry_run: bool, progress: &Progress) -> Result<()> {
    for (nth, (line, mut record)) in records.into_iter().enumerate() {
        progress.at(nth);
        let kept = match kind {
            Kind::Skills => skills::service::import_skill(tx, &mut record),
            Kind::Users => import_user(tx, &mut record),
            Kind::Jobs => jobs::service::import(tx, &mut record).map(drop),
            Kind::Courses => courses::service::import(tx, &mut record).map(drop),
            Kind::Posts => community::service::import(tx, &mut record).map(drop),
        };
        kept.map_err(|error| match error {
            Error::Internal(cause) => Error::Internal(cause.context(format!("line {line}"))),
            error => Error::BadRequest(format!("line {line}: {}", in_words(error))),
        })?;
    }
    if dry_run { Err(Error::conflict(DRY_RUN)) } else { Ok(()) }
}

fn import_user(tx: &Tx<'_>, record: &mut Fields) -> Result<()> {
    let account = import::ImportedUser::read(record);
    let mut names: Vec<String> = vec![];
    record.several("skills", &mut names, 200, text(1..=100));
    let user: Id<User> = import::import(tx, record, account)?;
    for name in names {
        let findings = [(name.as_str(), skills::ProficiencyLevel::Intermediate)];
        if skills::store::find_by_name(tx, &name)?.is_none() {
            return Err(Error::field("skills", format!("There is no skill {name}.")));
        }
        skills::service::import(tx, user, &findings)?;
    }
    Ok(())
}

fn in_words(error: Error) -> String {
    match error {
        Error::Invalid(fields) => {
            let words: Vec<String> =
                fields.iter().map(|(field, faults)| format!("{field}: {}", faults.join(" "))).collect();
            words.join("; ")
        }
        error => error.to_string(),
    }
}

fn read(path: &Path, progress: &Progress) -> anyhow::Result<Vec<Record>> {
    let file = BufReader::new(File::open(path)?);
    if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("csv")) {
        read_csv(file, progress)
    } else {
        read_lines(file, progress)
    }
}

fn read_lines(file: impl BufRead, progress: &Progress) -> anyhow::Result<Vec<Record>> {
    let mut records = vec![];
    for (nth, line) in file.lines().enumerate() {
        let line = line.with_context(|| format!("line {}", nth + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let record: Map<String, Value> =
            serde_json::from_str(&line).with_context(|| format!("line {} is not a JSON object", nth + 1))?;
        records.push((nth + 1, Fields::of_body(record, Mode::Whole)));
        progress.at(records.len());
    }
    Ok(records)
}

/// The fields that are lists, by each of their names.
const LISTS: &[&str] = &[
    "skills",
    "synonyms",
    "tags",
    "required_skills",
    "required_skill_ids",
    "nice_to_have_skills",
    "nice_to_have_skill_ids",
    "taught_skills",
    "taught_skill_ids",
    "prerequisites",
    "prerequisite_ids",
];

fn read_csv(file: impl std::io::Read, progress: &Progress) -> anyhow::Result<Vec<Record>> {
    let mut reader = csv::Reader::from_reader(file);
    let names = reader.headers()?.clone();
    let mut records = vec![];
    for row in reader.records() {
        let row = row?;
        let line = row.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let values: Map<String, Value> = names
            .iter()
            .zip(&row)
            .filter(|(_, cell)| !cell.is_empty())
            .map(|(name, cell)| {
                let list = || cell.split(';').map(|it| Value::from(it.trim())).collect::<Vec<_>>();
                (name.to_owned(), if LISTS.contains(&name) { Value::Array(list()) } else { Value::from(cell) })
            })
            .collect();
        records.push((line, Fields::of_cells(values)));
        progress.at(records.len());
    }
    Ok(records)
}
