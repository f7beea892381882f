//! The command line: one file per family of commands.

/// Prints a line; that nobody reads it any more ends the command, it is no panic.
macro_rules! say {
    ($($told:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($told)*)?
    }};
}

pub mod analyze;
pub mod backup;
pub mod config;
mod describe;
pub mod eval;
pub mod export;
pub mod import;
pub mod mail;
pub mod migrate;
mod model;
mod progress;
pub mod schedule;
pub mod seed;
pub mod serve;
pub mod task;
mod top;
pub mod user;

use std::{io, io::Write as _, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context as _, bail};
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use crate::{
    analysis,
    platform::{
        app::App,
        config::{Config, Loaded, LogLevel, Overrides},
        error::{Error, Result},
    },
    reactions, worker,
};

/// A career platform in one program.
#[derive(Parser)]
#[command(
    name = "careerd",
    version,
    about,
    propagate_version = true,
    after_help = "\
Examples:
  careerd serve --demo                 try it: an instance filled with invented people and jobs
  careerd serve                        run an instance in ./careerd-data
  careerd user create --username ann --email ann@example.org --admin --password-stdin
  careerd config show                  every setting, its value and where it comes from"
)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(clap::Args)]
struct Common {
    /// The settings file, instead of ./careerd.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The data folder, instead of ./careerd-data.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Tell more.
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    verbose: bool,
    /// Tell only what went wrong.
    #[arg(short, long, global = true)]
    quiet: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the pages, and run background tasks.
    Serve(serve::ServeArgs),
    /// Run background tasks in a process of its own.
    Worker(serve::WorkerArgs),
    /// Bring the database to this version, or tell where it stands.
    Migrate(migrate::MigrateArgs),
    /// Make and manage accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Fill an instance with invented people, jobs and applications.
    Seed(seed::SeedArgs),
    /// Look into the queue of background tasks, and move it along.
    #[command(subcommand)]
    Task(task::TaskCommand),
    /// Tell what runs by itself and when, or run it now.
    #[command(subcommand)]
    Schedule(schedule::ScheduleCommand),
    /// Make a copy of the instance, and read it back.
    Backup(backup::BackupArgs),
    /// Make a data folder of a backup.
    Restore(backup::RestoreArgs),
    /// Look for what is wrong with an instance, changing nothing.
    Doctor(backup::DoctorArgs),
    /// Bring in skills, accounts, postings, courses or posts from a file.
    Import(import::ImportArgs),
    /// Write everything of one kind to the standard output, as CSV or JSON.
    Export(export::ExportArgs),
    /// Try out mail.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Show or check the settings.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Analyse résumés without a server.
    Analyze(analyze::AnalyzeArgs),
    /// Look at the model of the analysis, fit it anew, or judge it.
    #[command(subcommand)]
    Model(model::ModelCommand),
    /// Judge what is recommended by what people did afterwards.
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Print every address, one a line.
    Routes,
    /// Print the OpenAPI description.
    Openapi,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
    /// Read a document from standard input: this program calls itself so, to survive what a document does to its reader.
    #[command(name = analysis::EXTRACT_TEXT, hide = true)]
    ExtractText,
}

impl Common {
    fn overrides(&self) -> Overrides {
        Overrides {
            config: self.config.clone(),
            data_dir: self.data_dir.clone(),
            log_level: match (self.verbose, self.quiet) {
                (true, _) => Some(LogLevel::Debug),
                (_, true) => Some(LogLevel::Error),
                _ => None,
            },
            ..Overrides::default()
        }
    }
}

/// Loads the settings from the environment of this process and these flags.
///
/// # Errors
/// Names the setting that is wrong and where it comes from.
fn load(overrides: Overrides) -> anyhow::Result<Loaded> {
    Config::load(overrides, std::env::vars())
}

/// The settings of an instance that is there: a command that only looks or changes makes none where the folder was mistyped.
///
/// # Errors
/// There is no database; also those of [`load`].
fn existing(overrides: Overrides) -> anyhow::Result<Config> {
    let config = load(overrides)?.config;
    let database = config.database_path();
    anyhow::ensure!(database.exists(), "there is no instance here: {} does not exist", database.display());
    Ok(config)
}

/// Whether only what went wrong is to be told.
fn is_quiet(config: &Config) -> bool {
    config.log.level == LogLevel::Error
}

/// Runs the command: 0 done, 1 failed; wrong usage has ended with 2 before.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of a pipe has seen enough.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("careerd: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let of = |it: &(dyn std::error::Error + 'static)| match it.downcast_ref::<io::Error>() {
        Some(error) => Some(error.kind()),
        None => it.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind),
    };
    error.chain().any(|it| of(it) == Some(io::ErrorKind::BrokenPipe))
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { common, command } = cli;
    match command {
        Command::Serve(args) => serve::serve(common.overrides(), &args),
        Command::Worker(args) => serve::work(common.overrides(), &args),
        Command::Migrate(args) => migrate::run(load(common.overrides())?.config, &args),
        Command::User(command) => {
            // The first account of an instance may come before its first start.
            let config = if command.makes() { load(common.overrides())?.config } else { existing(common.overrides())? };
            user::run(config, command)
        }
        Command::Task(command) => run_task(common.overrides(), command),
        Command::Schedule(command) => schedule::run(existing(common.overrides())?, command),
        Command::Backup(args) => backup::backup(existing(common.overrides())?, &args),
        Command::Restore(args) => backup::restore(&args, common.quiet),
        Command::Doctor(args) => backup::doctor(existing(common.overrides())?, &args),
        Command::Seed(args) => seed::run(load(common.overrides())?.config, args),
        Command::Import(args) => import::run(load(common.overrides())?.config, args),
        Command::Export(args) => export::run(existing(common.overrides())?, &args),
        Command::Mail(command) => mail::run(load(common.overrides())?.config, command, &mut io::stdout()),
        Command::Config(command) => config::run(common.overrides(), &command),
        Command::Analyze(args) => analyze::run(&args, common.quiet, &mut io::stdout().lock()),
        Command::Model(command) => model::run(command, &mut io::stdout().lock()),
        Command::Eval(command) => eval::run(existing(common.overrides())?, command, &mut io::stdout()),
        Command::ExtractText => std::process::exit(analysis::extract_text_main()),
        Command::Routes => describe::routes(&mut io::stdout()),
        Command::Openapi => describe::openapi(&mut io::stdout()),
        Command::Completions { shell } => {
            let mut script = vec![];
            clap_complete::generate(shell, &mut Cli::command(), "careerd", &mut script);
            Ok(io::stdout().write_all(&script)?)
        }
    }
}

fn run_task(overrides: Overrides, command: task::TaskCommand) -> anyhow::Result<()> {
    let registry = Arc::new(worker::registry());
    if let task::TaskCommand::Kinds { json } = command {
        return task::kinds(&registry, json, &mut io::stdout());
    }
    let app = App::open(existing(overrides)?, reactions::react)?;
    let done = runtime()?.block_on(task::task(command, app.clone(), &registry, &mut io::stdout()));
    app.db.close();
    done
}

/// An error of the house in words for a terminal: each wrong field on its own.
fn told<T>(result: Result<T>) -> anyhow::Result<T> {
    match result {
        Ok(value) => Ok(value),
        Err(Error::Invalid(fields)) => {
            let lines: Vec<String> =
                fields.iter().map(|(field, faults)| format!("{field}: {}", faults.join(" "))).collect();
            bail!("{}", lines.join("\n"))
        }
        Err(Error::Internal(cause)) => Err(cause),
        Err(error) => bail!("{error}"),
    }
}

/// A runtime for a command that waits for the database or for mail.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the threads of this process")
}

/// A secret from standard input: one line, without its end.
fn read_secret() -> anyhow::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("cannot read standard input")?;
    let secret = line.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!secret.is_empty(), "nothing came on standard input");
    Ok(secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_fit_together() {
        Cli::command().debug_assert();
    }
}
