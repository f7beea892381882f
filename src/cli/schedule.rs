//! `careerd schedule`: what runs by itself.

use clap::Subcommand;

use super::{runtime, told};
use crate::{
    platform::{app::App, config::Config},
    reactions,
    schedule::{self, ScheduleEntry, service},
    users::audit::By,
};

/// What can be done with the schedule.
#[derive(Subcommand)]
pub enum ScheduleCommand {
    /// Print every entry: its times in UTC, when it ran last, and what came of that
    #[command(after_help = "Example:\n  careerd schedule list --json")]
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Queue the task of an entry now; its times stay as they are
    #[command(after_help = "Example:\n  careerd schedule run backup_database")]
    Run {
        /// The name of the entry
        name: String,
    },
}

/// Does what was asked.
///
/// # Errors
/// There is no such entry.
pub fn run(config: Config, command: ScheduleCommand) -> anyhow::Result<()> {
    let app = App::open(config, reactions::react)?;
    let done = runtime()?.block_on(async {
        match command {
            ScheduleCommand::List { json } => {
                let now = app.clock.now();
                let entries = told(app.db.read(move |conn| service::list(conn, &schedule::entries(), now)).await)?;
                if json {
                    say!("{}", serde_json::to_string_pretty(&entries)?);
                } else {
                    print(&entries)?;
                }
            }
            ScheduleCommand::Run { name } => {
                let run = app.db.write(move |tx| service::run(tx, By::HOUSE, &schedule::entries(), &name));
                let task = told(run.await)?;
                say!("{} is queued as {}.", task.kind, task.id);
            }
        }
        Ok(())
    });
    app.db.close();
    done
}

fn print(entries: &[ScheduleEntry]) -> anyhow::Result<()> {
    say!("{:32} {:14} {:20} {:20} LAST STATUS", "NAME", "WHEN", "NEXT", "LAST");
    for it in entries {
        let moment = |at: Option<crate::platform::clock::Timestamp>, none: &str| {
            at.map_or_else(|| none.to_owned(), |at| at.datetime().format("%Y-%m-%dT%H:%M:%SZ").to_string())
        };
        let status = it.last_status.map_or("", |it| it.as_str());
        say!(
            "{:32} {:14} {:20} {:20} {status}",
            it.name,
            it.when,
            moment(it.next_run, "off"),
            moment(it.last_run, "never")
        );
    }
    Ok(())
}
