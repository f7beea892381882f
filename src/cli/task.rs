//! `careerd task`: a look into the queue and a hand on it.

use std::{io::Write, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use clap::Subcommand;
use serde::Serialize;
use serde_json::{Value, json};

use super::top;
use crate::{
    operations::queue::service,
    platform::{
        app::App,
        error::{Error, Result as AppResult},
        task::{
            Registry, monitor,
            store::{self, State, TaskDetail, TaskRow},
        },
    },
    users::audit::By,
    worker,
};

/// How long `run` waits for a worker to take the task before it says what it knows.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often it looks meanwhile.
const LOOK: Duration = Duration::from_millis(50);

/// What can be done with tasks.
#[derive(Debug, Subcommand)]
pub enum TaskCommand {
    /// Print the name of every kind of task and how often a failed run is repeated
    #[command(after_help = "Example:\n  careerd task kinds --json")]
    Kinds {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the newest tasks
    #[command(
        after_help = "Examples:\n  careerd task list --state dead\n  careerd task list --kind send_welcome_email --limit 5 --json"
    )]
    List {
        /// Only those in this state: pending, running, done, failed, dead or cancelled
        #[arg(long)]
        state: Option<State>,
        /// Only those of this kind
        #[arg(long)]
        kind: Option<String>,
        /// How many at most
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print one task with its runs and their errors
    #[command(after_help = "Example:\n  careerd task show 01JCZK8B3VQ8S6Y1X2W3V4T5R6")]
    Show {
        /// The id of the task
        id: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Queue a failed, dead or cancelled task again, with all its attempts before it
    #[command(after_help = "Example:\n  careerd task retry 01JCZK8B3VQ8S6Y1X2W3V4T5R6")]
    Retry {
        /// The id of the task
        id: String,
    },
    /// Stop a task that waits
    #[command(after_help = "Example:\n  careerd task cancel 01JCZK8B3VQ8S6Y1X2W3V4T5R6")]
    Cancel {
        /// The id of the task
        id: String,
    },
    /// Delete tasks that ended long ago
    #[command(after_help = "Examples:\n  careerd task purge done\n  careerd task purge dead --older-than-days 90")]
    Purge {
        /// done, dead or cancelled
        state: State,
        /// Keep those that ended in the last DAYS days
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        older_than_days: u32,
    },
    /// Let the tasks of a kind wait, in every process, until it is resumed
    #[command(after_help = "Example:\n  careerd task pause send_mail")]
    Pause {
        /// The name of the kind
        kind: String,
    },
    /// Let the tasks of a kind run again
    #[command(after_help = "Example:\n  careerd task resume send_mail")]
    Resume {
        /// The name of the kind
        kind: String,
    },
    /// Watch how each kind is doing, until interrupted
    #[command(after_help = "Examples:\n  careerd task top\n  careerd task top --json    once, for a program")]
    Top {
        /// Print JSON once
        #[arg(long)]
        json: bool,
        /// Seconds between two looks
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3600))]
        interval: u64,
    },
    /// Queue a task for the workers, or run it here
    #[command(
        after_help = "Examples:\n  careerd task run recount\n  careerd task run cleanup_old_resumes --args '{\"days\": 30}' --wait"
    )]
    Run {
        /// The name of its kind; see `careerd task kinds`
        kind: String,
        /// Its arguments as a JSON object
        #[arg(long, value_name = "JSON", default_value = "{}", value_parser = parse_args)]
        args: Value,
        /// Run it here, now, and print what became of it
        #[arg(long)]
        wait: bool,
        /// Print the task as JSON
        #[arg(long)]
        json: bool,
    },
}

fn parse_args(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))
}

/// Does what was asked and prints to `out`.
///
/// # Errors
/// There is no such task or kind, its state forbids the step, or the task that was run here failed.
pub async fn task(
    command: TaskCommand,
    app: Arc<App>,
    registry: &Arc<Registry>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    match command {
        TaskCommand::Kinds { json } => kinds(registry, json, out),
        TaskCommand::List { state, kind, limit, json } => {
            let tasks =
                app.db.read(move |conn| store::list(conn, state, kind.as_deref(), None, limit)).await.map_err(plain)?;
            if json { print_json(out, &tasks) } else { print_table(out, &tasks) }
        }
        TaskCommand::Show { id, json } => {
            let task = app.db.read(move |conn| store::get_with_runs(conn, &id)).await.map_err(plain)?;
            if json { print_json(out, &task) } else { print_task(out, &task) }
        }
        TaskCommand::Retry { id } => {
            let task = app.db.write(move |tx| service::retry(tx, By::HOUSE, &id)).await.map_err(plain)?;
            Ok(writeln!(out, "{} {} is queued again.", task.kind, task.id)?)
        }
        TaskCommand::Cancel { id } => {
            let task = app.db.write(move |tx| service::cancel(tx, By::HOUSE, &id)).await.map_err(plain)?;
            Ok(writeln!(out, "{} {} is cancelled.", task.kind, task.id)?)
        }
        TaskCommand::Purge { state, older_than_days } => {
            let deleted = service::purge(&app, None, state, older_than_days).await.map_err(plain)?;
            Ok(writeln!(out, "{deleted} {state} tasks deleted.")?)
        }
        TaskCommand::Pause { kind } => {
            let known = registry.clone();
            let kind = app.db.write(move |tx| service::pause(tx, By::HOUSE, &known, &kind)).await.map_err(plain)?;
            Ok(writeln!(out, "{} is paused; {} tasks of it wait.", kind.kind, kind.pending)?)
        }
        TaskCommand::Resume { kind } => {
            let known = registry.clone();
            let kind = app.db.write(move |tx| service::resume(tx, By::HOUSE, &known, &kind)).await.map_err(plain)?;
            Ok(writeln!(out, "{} runs again; {} tasks of it wait.", kind.kind, kind.pending)?)
        }
        TaskCommand::Top { json, interval } => top::watch(&app, registry, json, interval, out).await,
        TaskCommand::Run { kind, args, wait, json } => run(app, registry, kind, args, Ways { wait, json }, out).await,
    }
}

/// Prints every kind of task, for which no data folder is needed.
///
/// # Errors
/// `out` does not take it.
pub fn kinds(registry: &Registry, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        let kinds: Vec<Value> = registry.kinds().map(|it| json!({"kind": it.kind, "retries": it.retries})).collect();
        return print_json(out, &kinds);
    }
    for it in registry.kinds() {
        writeln!(out, "{:40} {} retries", it.kind, it.retries)?;
    }
    Ok(())
}

struct Ways {
    wait: bool,
    json: bool,
}

async fn run(
    app: Arc<App>,
    registry: &Arc<Registry>,
    kind: String,
    args: Value,
    ways: Ways,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let (known, name) = (registry.clone(), kind.clone());
    let queued = app.db.write(move |tx| service::run(tx, By::HOUSE, &known, &name, args)).await.map_err(plain)?;
    if !queued.new && !ways.json {
        writeln!(out, "The same task was queued before as {}; nothing is added.", queued.id)?;
    }
    let id = queued.id;
    let task = if ways.wait {
        let mut task = worker::run_one(app.clone(), registry.clone(), &id).await.map_err(plain)?;
        // A worker was faster. When it is lost and there is no other, nobody will finish the task now.
        while task.task.state == State::Running && app.db.read(store::has_worker).await.map_err(plain)? {
            tokio::time::sleep(LOOK).await;
            task = look(&app, &id).await.map_err(plain)?;
        }
        task
    } else {
        watch(&app, &id).await.map_err(plain)?
    };
    if ways.json {
        print_json(out, &task)?;
    } else if ways.wait {
        print_task(out, &task)?;
    } else {
        writeln!(out, "{kind} is queued as {id} and is {} now.", task.task.state)?;
    }
    let (state, error) = (task.task.state, task.task.error.unwrap_or_default());
    if ways.wait && matches!(state, State::Failed | State::Dead) {
        bail!("the task failed: {error}");
    }
    let name = kind.clone();
    let is_paused = app.db.read(move |conn| Ok(monitor::paused(conn)?.contains(&name))).await.map_err(plain)?;
    if state == State::Pending && !ways.json && is_paused {
        writeln!(out, "{kind} is paused; let it run by `careerd task resume {kind}`.")?;
    } else if state == State::Pending && !ways.json && !app.db.read(store::has_worker).await.map_err(plain)? {
        writeln!(
            out,
            "No worker is running. Start `careerd serve` or `careerd worker`, or add --wait to run it here."
        )?;
    }
    Ok(())
}

async fn look(app: &App, id: &str) -> AppResult<TaskDetail> {
    let id = id.to_owned();
    app.db.read(move |conn| store::get_with_runs(conn, &id)).await
}

/// Looks until the task is no longer waiting, or for as long as patience lasts while there is a worker.
async fn watch(app: &App, id: &str) -> AppResult<TaskDetail> {
    let mut waited = Duration::ZERO;
    loop {
        let task = look(app, id).await?;
        if task.task.state != State::Pending || waited >= PATIENCE || !app.db.read(store::has_worker).await? {
            return Ok(task);
        }
        tokio::time::sleep(LOOK).await;
        waited += LOOK;
    }
}

/// An error in words for a terminal, with the fields that it names.
pub(super) fn plain(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(fields) => {
            let fields: Vec<String> =
                fields.into_iter().map(|(field, why)| format!("{field}: {}", why.join(" "))).collect();
            anyhow::anyhow!(fields.join("\n"))
        }
        Error::Internal(cause) => cause,
        other => other.into(),
    }
}

pub(super) fn print_json(out: &mut dyn Write, value: &impl Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("the answer has no JSON form")?;
    Ok(writeln!(out, "{text}")?)
}

fn print_table(out: &mut dyn Write, tasks: &[TaskRow]) -> anyhow::Result<()> {
    writeln!(out, "{:26} {:32} {:9} {:>5} {:20} ERROR", "ID", "KIND", "STATE", "RUNS", "DUE")?;
    for it in tasks {
        let due = it.run_at.datetime().format("%Y-%m-%dT%H:%M:%SZ");
        let error = it.error.as_deref().and_then(|text| text.lines().next()).unwrap_or_default();
        let runs = format!("{}/{}", it.attempts, it.max_attempts);
        writeln!(out, "{:26} {:32} {:9} {:>5} {due} {error}", it.id, it.kind, it.state, runs)?;
    }
    Ok(())
}

fn print_task(out: &mut dyn Write, TaskDetail { task, runs }: &TaskDetail) -> anyhow::Result<()> {
    writeln!(out, "{} {}", task.kind, task.id)?;
    writeln!(out, "  state      {} after {} of {} runs", task.state, task.attempts, task.max_attempts)?;
    writeln!(out, "  arguments  {}", task.args)?;
    writeln!(out, "  queued     {}", task.created_at)?;
    writeln!(out, "  due        {}", task.run_at)?;
    if let Some(key) = &task.dedupe_key {
        writeln!(out, "  key        {key}")?;
    }
    if let Some(error) = &task.error {
        writeln!(out, "  error      {error}")?;
    }
    for it in runs {
        let took = it.finished_at.since(it.started_at).num_milliseconds();
        write!(out, "  run {:<6} {} {} after {took} ms", it.attempt, it.started_at, it.outcome)?;
        match &it.error {
            Some(error) => writeln!(out, ": {error}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::platform::task::tests::{Does, Step, open, queue, registry};

    #[derive(Parser)]
    struct Cli {
        #[command(subcommand)]
        command: TaskCommand,
    }

    async fn careerd(app: &Arc<App>, words: &[&str]) -> (String, anyhow::Result<()>) {
        let command = Cli::try_parse_from([&["task"], words].concat()).unwrap().command;
        let mut out = Vec::new();
        let done = task(command, app.clone(), &registry(), &mut out).await;
        (String::from_utf8(out).unwrap(), done)
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
        for wrong in [&["task", "list", "--state", "lost"][..], &["task", "run", "step", "--args", "{"]] {
            assert!(Cli::try_parse_from(wrong).is_err());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn tasks_are_listed_shown_run_repeated_and_cancelled() {
        let dir = tempfile::tempdir().unwrap();
        let app = open(dir.path());
        let id = queue(&app, vec![Step::new("first", Does::Succeed)]).await.remove(0);
        let (out, _) = careerd(&app, &["kinds"]).await;
        assert!(out.contains("step ") && out.contains("2 retries"), "{out}");
        let (out, _) = careerd(&app, &["list", "--state", "pending"]).await;
        assert!(
            out.lines().nth(1).is_some_and(|line| line.starts_with(&id) && line.contains("pending     0/3")),
            "{out}"
        );
        let (out, _) = careerd(&app, &["list", "--kind", "plain", "--json"]).await;
        assert_eq!(out.trim(), "[]");
        careerd(&app, &["cancel", &id]).await.1.unwrap();
        let (_, refused) = careerd(&app, &["cancel", &id]).await;
        assert_eq!(refused.unwrap_err().to_string(), "This task is cancelled; only one that waits can be cancelled.");
        careerd(&app, &["retry", &id]).await.1.unwrap();
        let (out, _) = careerd(&app, &["show", &id]).await;
        assert!(out.contains("state      pending after 0 of 3 runs"), "{out}");

        let (out, done) = careerd(&app, &["run", "step", "--args", r#"{"name": "x"}"#]).await;
        done.unwrap();
        assert!(out.contains("is pending now.\nNo worker is running."), "{out}");
        let (out, done) = careerd(&app, &["run", "plain", "--wait"]).await;
        done.unwrap();
        assert!(out.contains("state      done after 1 of 1 runs"), "{out}");
        let (out, failed) =
            careerd(&app, &["run", "step", "--args", r#"{"name": "x", "does": "fail"}"#, "--wait", "--json"]).await;
        assert_eq!(failed.unwrap_err().to_string(), "the task failed: it did not want to");
        assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["runs"][0]["outcome"], "failed");
        let (_, refused) = careerd(&app, &["run", "nonesuch"]).await;
        assert!(refused.unwrap_err().to_string().starts_with("kind: there is no kind of task"));
        let (out, done) = careerd(&app, &["purge", "done", "--older-than-days", "0"]).await;
        done.unwrap();
        assert!(out.ends_with("done tasks deleted.\n"), "{out}");
    }
}
