//! One mail, handed over step by step, with what is said on both sides: for whoever looks why mail does not arrive.

use std::time::Duration;

use anyhow::bail;
use lettre::transport::smtp::{
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::ClientId,
    response::Response,
};

use super::{Mailer, Message, SILENCE, Settings, Tls, tls_parameters};

impl Mailer {
    /// Hands a mail over to the mail server of these settings, and tells each step. The password is never told.
    ///
    /// # Errors
    /// What the server, the connection or the settings refuse. What was said until then has been told.
    pub async fn show(&self, settings: &Settings, message: Message, tell: &mut impl FnMut(&str)) -> anyhow::Result<()> {
        let letter = self.letter(message)?;
        let me = ClientId::Domain(self.host.clone());
        let silence: Option<Duration> = Some(SILENCE);
        let from_the_first = if settings.tls == Tls::Tls { Some(tls_parameters(settings)?) } else { None };
        tell(&format!("-- connecting to {} port {}", settings.host, settings.port));
        let server = (settings.host.as_str(), settings.port);
        let mut talk = AsyncSmtpConnection::connect_tokio1(server, silence, &me, from_the_first, None).await?;
        tell(&format!("C: EHLO {}", self.host));
        tell(&format!("S: 250 {}", talk.server_info()));
        if settings.tls == Tls::Starttls {
            tell("C: STARTTLS");
            talk.starttls(tls_parameters(settings)?, &me).await?;
            tell(&format!("S: 250 {}", talk.server_info()));
        }
        tell(if talk.is_encrypted() { "-- the connection is encrypted" } else { "-- the connection is NOT encrypted" });
        if let Some(password) = settings.password.expose() {
            tell(&format!("C: AUTH (user {}, password hidden)", settings.user));
            let who = Credentials::new(settings.user.clone(), password.to_owned());
            heard(talk.auth(DEFAULT_MECHANISMS, &who).await?, tell)?;
        }
        let envelope = letter.envelope();
        let from = envelope.from().cloned();
        tell(&format!("C: MAIL FROM:<{}>", from.as_ref().map(ToString::to_string).unwrap_or_default()));
        heard(talk.command(Mail::new(from, vec![])).await?, tell)?;
        for to in envelope.to() {
            tell(&format!("C: RCPT TO:<{to}>"));
            heard(talk.command(Rcpt::new(to.clone(), vec![])).await?, tell)?;
        }
        tell("C: DATA");
        heard(talk.command(Data).await?, tell)?;
        let bytes = letter.formatted();
        tell(&format!("C: ({} bytes of mail, then a line with a dot)", bytes.len()));
        heard(talk.message(&bytes).await?, tell)?;
        tell("C: QUIT");
        // The mail is taken; how the server says goodbye changes nothing.
        if let Ok(goodbye) = talk.quit().await {
            heard(goodbye, tell)?;
        }
        Ok(())
    }
}

/// Tells an answer of the server.
fn heard(answer: Response, tell: &mut impl FnMut(&str)) -> anyhow::Result<()> {
    for line in answer.message() {
        tell(&format!("S: {} {line}", answer.code()));
    }
    if !answer.is_positive() {
        bail!("the mail server refused this step");
    }
    Ok(())
}
