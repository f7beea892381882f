//! Analysis of résumés without a server: files in, one result each out.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::Context as _;
use chrono::{NaiveDate, Utc};
use serde::Serialize;

use super::progress::Progress;
use crate::analysis::{
    Analysis, AnalysisStatus, Catalogue, Document, FileType, Finding, Level, Limits, analyze, extract_in_child,
};

/// Analyse résumés offline, with the delivered skills and roles. Exits with 1 when one of them gave no result.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  careerd analyze cv.pdf
  careerd analyze --json applications/*.pdf > results.jsonl
  careerd analyze --json --as-of 2024-01-01 cv.docx")]
pub struct AnalyzeArgs {
    /// Print one JSON object a line, in the order of the files.
    #[arg(long)]
    json: bool,
    /// The day that "present" means; today when left out.
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// PDF, DOCX, ODT or plain text.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// What is told of one file.
#[derive(Default, Serialize)]
struct Line {
    file: String,
    file_type: Option<FileType>,
    extracted_text: Option<String>,
    /// By [`as_written`].
    skills: BTreeMap<String, f64>,
    years_of_experience: Option<f64>,
    experience_level: Option<Level>,
    total_score: Option<u32>,
    error: Option<String>,
}

/// Analyses the files on all cores, each read in a child of its own.
///
/// # Errors
/// The results cannot be written, or one of the files gave none.
pub fn run(args: &AnalyzeArgs, quiet: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let as_of = args.as_of.unwrap_or_else(|| Utc::now().date_naive());
    let catalogue = Catalogue::delivered();
    let (progress, mut done) = (Progress::new(quiet, "analysing", args.files.len()), 0);
    let mut printer = Printer { json: args.json, titled: false, failed: 0 };
    let told = on_all_cores(
        &args.files,
        |path| line(&program, &catalogue, as_of, path),
        |line| {
            done += 1;
            progress.at(done);
            progress.beside(|| printer.print(out, &line))
        },
    );
    drop(progress);
    match told.and_then(|()| out.flush()) {
        // Whoever reads the results may stop when they have seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(error).context("cannot write the results"),
        Ok(()) if printer.failed > 0 => {
            anyhow::bail!("{} of {} files gave no result", printer.failed, args.files.len())
        }
        Ok(()) => Ok(()),
    }
}

/// Does `work` on all cores and hands the results to `take` in the order of the files, each as soon as those before it are
/// done. The first error of `take` ends it.
fn on_all_cores<T: Send>(
    files: &[PathBuf],
    work: impl Fn(&Path) -> T + Sync,
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        let (done, results) = mpsc::channel();
        for _ in 0..cores.min(files.len()) {
            let (done, next, work) = (done.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((nth, path)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|it| Some((it, files.get(it)?)))
                {
                    if done.send((nth, work(path))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let (mut early, mut expected) = (BTreeMap::new(), 0);
        for (nth, result) in results {
            early.insert(nth, result);
            while let Some(result) = early.remove(&expected) {
                expected += 1;
                take(result)?;
            }
        }
        Ok(())
    })
}

fn line(program: &Path, catalogue: &Catalogue, as_of: NaiveDate, path: &Path) -> Line {
    let file = path.display().to_string();
    match read(program, path) {
        Err(error) => Line { file, error: Some(error), ..Line::default() },
        Ok(document) => {
            let found = analyze(catalogue, &document, as_of, &HashMap::new());
            of(file, document, found)
        }
    }
}

/// Pages of a file that is read offline: the limit of uploads is for uploads. The text has its own.
const MAX_PAGES: u32 = 10_000;

fn read(program: &Path, path: &Path) -> Result<Document, String> {
    let bytes = fs::read(path).map_err(|e| format!("The file cannot be read: {e}."))?;
    let limits = Limits { max_pages: MAX_PAGES, ..Limits::default() };
    extract_in_child(program, &bytes, &limits).map_err(|reason| reason.reason().to_owned())
}

fn of(file: String, document: Document, found: Analysis) -> Line {
    let completed = found.analysis_status == AnalysisStatus::Completed;
    let flat = flat(&document.text);
    let mut skills = BTreeMap::new();
    for it in &found.evidence {
        let confidence: &mut f64 = skills.entry(as_written(it, &flat)).or_default();
        *confidence = confidence.max(it.confidence);
    }
    Line {
        file,
        file_type: Some(document.file_type),
        extracted_text: Some(document.text),
        skills,
        years_of_experience: found.years_of_experience,
        experience_level: found.experience_level,
        total_score: found.total_score,
        error: if completed { None } else { found.reason },
    }
}

/// A text in small letters without line ends, to look for names that run over them.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What a text calls a skill: by its name in the catalogue where it stands so anywhere, else as it is written first, so that
/// whoever reads the text finds what they are told. `flat` is the text by [`flat`].
fn as_written(finding: &Finding, flat: &str) -> String {
    let name = finding.skill.to_lowercase();
    let mut first = None;
    for place in &finding.found {
        let written: String = place.text.chars().take(place.end).skip(place.start).collect();
        let lower = written.to_lowercase();
        // Of a name that runs over the line end only the beginning stands there.
        let rest = name.strip_prefix(&lower).unwrap_or_default();
        let is_cut = place.end == place.text.chars().count()
            && rest.starts_with([' ', '-'])
            && (flat.contains(&name) || flat.replace("- ", "-").contains(&name));
        if lower == name || is_cut {
            return finding.skill.clone();
        }
        first.get_or_insert(written);
    }
    first.unwrap_or_else(|| finding.skill.clone())
}

struct Printer {
    json: bool,
    titled: bool,
    failed: usize,
}

impl Printer {
    fn print(&mut self, out: &mut dyn Write, line: &Line) -> io::Result<()> {
        self.failed += usize::from(line.error.is_some());
        if self.json {
            serde_json::to_writer(&mut *out, line)?;
            return writeln!(out);
        }
        if !self.titled {
            self.titled = true;
            writeln!(out, "{:>5}  {:6}  {:>5}  {:32}  skills", "score", "level", "years", "file")?;
        }
        if let Some(error) = &line.error {
            return writeln!(out, "{:>5}  {:6}  {:>5}  {:32}  {error}", "-", "-", "-", line.file);
        }
        let mut skills: Vec<_> = line.skills.iter().collect();
        skills.sort_by(|a, b| b.1.total_cmp(a.1));
        let best: Vec<_> = skills.iter().take(8).map(|(name, sure)| format!("{name} {sure:.2}")).collect();
        let more =
            if skills.len() > best.len() { format!(" and {} more", skills.len() - best.len()) } else { String::new() };
        writeln!(
            out,
            "{:>5}  {:6}  {:>5.1}  {:32}  {}{more}",
            line.total_score.unwrap_or(0),
            line.experience_level.map_or("-", Level::as_str),
            line.years_of_experience.unwrap_or(0.0),
            line.file,
            best.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_skill_is_told_as_the_text_writes_it() {
        let catalogue = Catalogue::delivered();
        let told = |text: &str| {
            let flat = flat(text);
            catalogue.find(text).iter().map(|finding| as_written(finding, &flat)).collect::<BTreeSet<_>>()
        };
        let found = told("Skills\nReactJS, EC2, python, Postgres, PostgreSQL, Google Analytics and Rust");
        assert!(found.into_iter().eq(["EC2", "Google Analytics", "PostgreSQL", "Python", "ReactJS", "Rust"]));
        assert!(told("Skills\nPython, Postgres").contains("Postgres"));
        // A shorter name at the end of a line is not the first half of the longer one.
        assert!(told("Skills\nPython, IntelliJ\nGit").contains("IntelliJ"));
        assert!(told("Skills\nPython, IntelliJ\nIDEA, Git").contains("IntelliJ IDEA"));
    }
}
