//! Taking out what an instance holds, as CSV or JSON.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::{is_quiet, progress::Progress, runtime, told};
use crate::{
    admin::export::{self, Kind},
    platform::{app::App, config::Config, export::Format},
    reactions,
};

/// Takes out rows of one kind.
#[derive(Args)]
#[command(after_help = "\
Examples:
  careerd export users > users.csv
  careerd export audit --json > audit.json")]
pub struct ExportArgs {
    /// users, posts, comments, flags, courses, projects, jobs, applications, sessions, points or audit.
    #[arg(value_parser = Kind::read)]
    kind: Kind,
    /// The form of the file.
    #[arg(long = "as", value_enum, default_value_t = Form::Csv)]
    form: Form,
    /// The same as `--as json`.
    #[arg(long, conflicts_with = "form")]
    json: bool,
}

/// What a file of rows can be.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Csv,
    Json,
}

/// Writes every row of one kind to the standard output.
///
/// # Errors
/// The data cannot be read, or nobody reads the output to its end.
pub fn run(config: Config, args: &ExportArgs) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    let (kind, now) = (args.kind, app.clock.now());
    let progress = Progress::open(is_quiet(&app.config), "reading");
    let table = told(runtime()?.block_on(app.db.read(move |conn| export::everything(conn, kind, now))))?;
    let format = if args.json || args.form == Form::Json { Format::Json } else { Format::Csv };
    let mut bytes = told(table.bytes(format))?;
    drop(progress);
    if format == Format::Json {
        bytes.push(b'\n');
    }
    io::stdout().write_all(&bytes).context("the output was not read to its end")
}
