//! The settings, as this start would read them.

use clap::Subcommand;

use super::load;
use crate::platform::config::{Overrides, Setting};

/// Commands about the settings.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Print every setting with its value and source; secrets as set or unset.
    Show {
        /// One JSON array instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Tell whether the settings can be read and make sense together.
    Check,
}

/// Runs one of them.
///
/// # Errors
/// Names the setting that is wrong.
pub fn run(overrides: Overrides, command: &ConfigCommand) -> anyhow::Result<()> {
    let loaded = load(overrides)?;
    for warning in &loaded.warnings {
        eprintln!("careerd: {warning}");
    }
    match command {
        ConfigCommand::Check => say!("The settings are good."),
        ConfigCommand::Show { json: true } => say!("{}", serde_json::to_string_pretty(&loaded.settings)?),
        ConfigCommand::Show { json: false } => {
            let width = loaded.settings.iter().map(|it| it.key.len()).max().unwrap_or(0);
            for Setting { key, value, source, .. } in &loaded.settings {
                say!("{key:width$}  {value}  ({source})");
            }
        }
    }
    Ok(())
}
