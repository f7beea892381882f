//! Trying out mail.

use std::io::Write;

use anyhow::Context as _;
use clap::Subcommand;

use super::runtime;
use crate::platform::{
    config::Config,
    mailer::{Mailer, Message},
};

/// What to do with mail.
#[derive(Subcommand)]
pub enum MailCommand {
    /// Send a test mail and show what is said to the mail server and by it.
    ///
    /// Example: careerd mail test ann@example.org
    Test {
        /// Where it goes.
        address: String,
    },
}

/// Runs the command. It needs the settings, not the database.
///
/// # Errors
/// What keeps the mail from leaving; what was said until then is printed.
pub fn run(config: Config, command: MailCommand, out: &mut impl Write) -> anyhow::Result<()> {
    let MailCommand::Test { address } = command;
    let mailer = Mailer::open(&config)?;
    let url = config.public_url();
    let message = Message {
        to: address.clone(),
        subject: "A test of careerd".into(),
        text: format!("This mail was sent by \"careerd mail test\" of {url}. Mail works.\n"),
        html: format!("<p>This mail was sent by \"careerd mail test\" of {url}. Mail works.</p>\n"),
        ..Message::default()
    };
    if !mailer.is_smtp() {
        runtime()?.block_on(mailer.send(message))?;
        writeln!(out, "No mail server is set: mail goes {}.", mailer.describe())?;
        return Ok(());
    }
    let mut lines: Vec<std::io::Result<()>> = vec![];
    let done = runtime()?.block_on(mailer.show(&config.mail, message, &mut |line| lines.push(writeln!(out, "{line}"))));
    lines.into_iter().collect::<std::io::Result<()>>()?;
    done.with_context(|| format!("the mail to {address} did not leave"))?;
    writeln!(out, "The mail server took the mail to {address}.")?;
    Ok(())
}
