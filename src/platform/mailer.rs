//! The way mail leaves: to a mail server, into files, or not at all.

mod dialogue;
mod pace;

use pace::{PATIENCE, Pace, Reach};

use super::config::{Config, Mail as Settings, Tls, Transport};
use super::files::place;
use super::token::secret;
use anyhow::{Context, anyhow};
use chrono::{SecondsFormat, Utc};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::client::{self, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{self, authentication::Credentials};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor};
use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// Longest silence of a mail server, and longest time for one mail as a whole.
const SILENCE: Duration = Duration::from_secs(30);
const WHOLE: Duration = Duration::from_secs(120);

/// A mail cannot leave now, though nothing is wrong with it: the mail server is out of reach, asks for patience, or has got as
/// many as it may in a minute.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct NotNow {
    /// Why not.
    pub reason: String,
    /// How long to wait.
    pub after: Duration,
}

/// The mail server will never take this mail.
#[derive(Debug, thiserror::Error)]
#[error("the mail server refused the mail: {0}")]
pub struct Refused(String);

/// One mail.
#[derive(Debug, Clone, Default)]
pub struct Message {
    /// What tells it from all others, left of the `@` in Message-ID; made up when empty.
    pub message_id: String,
    /// The address it goes to, without a name.
    pub to: String,
    pub subject: String,
    /// The body for readers without HTML.
    pub text: String,
    pub html: String,
    /// Further headers, such as `List-Unsubscribe`.
    pub headers: Vec<(&'static str, String)>,
    pub attachment: Option<Attachment>,
}

/// A file that comes with a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub name: String,
    /// Its media type, such as `text/calendar; charset=utf-8`.
    pub content_type: &'static str,
    pub bytes: Vec<u8>,
}

/// Sends mail the way the settings say.
pub struct Mailer {
    from: Mailbox,
    /// The public host, right of the `@` in Message-ID.
    host: String,
    way: Way,
}

enum Way {
    Smtp { server: Box<AsyncSmtpTransport<Tokio1Executor>>, pace: Pace, reach: Reach },
    File { folder: PathBuf, written: AtomicU64 },
    None,
}

impl Mailer {
    /// Takes the way from `mail.*` and makes the folder for mails when they become files. Connects to nobody yet.
    ///
    /// # Errors
    /// When `mail.from` is no address or the folder cannot be made.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let mail = &config.mail;
        let from = mail.from.parse().with_context(|| format!("mail.from is not an address: {}", mail.from))?;
        let url = url::Url::parse(&config.public_url()).context("public_url")?;
        let host = url.domain().unwrap_or("localhost").to_owned();
        let way = match mail.transport {
            Transport::None => Way::None,
            Transport::Auto if mail.host.is_empty() => Way::file(&config.data_dir)?,
            Transport::File => Way::file(&config.data_dir)?,
            Transport::Auto | Transport::Smtp => Way::smtp(config, &host)?,
        };
        Ok(Self { from, host, way })
    }

    /// Waits until a mail may leave. `mail` names it, so that one that was put off finds its turn again.
    ///
    /// # Errors
    /// When it must come back later.
    pub async fn admit(&self, mail: &str) -> Result<(), NotNow> {
        let Way::Smtp { pace, reach, .. } = &self.way else { return Ok(()) };
        let now = Instant::now();
        if let Some(after) = reach.rest(now) {
            return Err(NotNow { reason: "the mail server was out of reach a moment ago".into(), after });
        }
        let turn = pace.turn(mail, now);
        let after = turn - now;
        if after > PATIENCE {
            return Err(NotNow { reason: "as many mails as may leave in a minute have left".into(), after });
        }
        sleep_until(turn).await;
        Ok(())
    }

    /// Hands one mail over. When this returns, the mail server has taken it, or its file is on the disk.
    ///
    /// # Errors
    /// When the address is none, or the server or the disk refuses.
    pub async fn send(&self, message: Message) -> anyhow::Result<()> {
        let letter = self.letter(message)?;
        match &self.way {
            Way::None => Ok(()),
            Way::Smtp { server, reach, .. } => match timeout(WHOLE, server.send(letter)).await {
                Ok(Ok(_)) => {
                    reach.found();
                    Ok(())
                }
                Ok(Err(error)) => Err(meaning(&error, reach)),
                Err(_) => Err(out_of_reach("the mail server took too long".into(), reach)),
            },
            Way::File { folder, written } => {
                let (folder, name) = (folder.clone(), file_name(written));
                let write = move || place(&folder, &name, false, |file| file.write_all(&letter.formatted()));
                tokio::task::spawn_blocking(write).await?.context("the mail could not be written")
            }
        }
    }

    /// Whether mails go to a mail server.
    pub fn is_smtp(&self) -> bool {
        matches!(self.way, Way::Smtp { .. })
    }

    /// Where mails go, in words for an administrator.
    pub fn describe(&self) -> String {
        match &self.way {
            Way::Smtp { .. } => "to the mail server".into(),
            Way::File { folder, .. } => format!("into files in {}", folder.display()),
            Way::None => "nowhere".into(),
        }
    }

    fn letter(&self, message: Message) -> anyhow::Result<Letter> {
        // An error here must not repeat the address into a log line that others read.
        let to: Address = message.to.parse().map_err(|error| anyhow!("the mail has no usable address: {error}"))?;
        let own = if message.message_id.is_empty() { secret() } else { message.message_id };
        let mut letter = Letter::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&message.subject))
            .message_id(Some(format!("<{own}@{}>", self.host)))
            .date_now()
            .raw_header(header("Auto-Submitted", "auto-generated")?);
        for (name, value) in message.headers {
            letter = letter.raw_header(header(name, &value)?);
        }
        let bodies = MultiPart::alternative()
            .singlepart(SinglePart::plain(message.text))
            .singlepart(SinglePart::html(message.html));
        let letter = match message.attachment {
            None => letter.multipart(bodies),
            Some(attachment) => {
                let kind = ContentType::parse(attachment.content_type).context("media type of an attachment")?;
                let part = Part::new(file_safe(&attachment.name)).body(attachment.bytes, kind);
                letter.multipart(MultiPart::mixed().multipart(bodies).singlepart(part))
            }
        };
        letter.context("the mail cannot be put together")
    }
}

impl Way {
    fn file(data_dir: &Path) -> anyhow::Result<Self> {
        let folder = data_dir.join("mail");
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Self::File { folder, written: AtomicU64::new(0) })
    }

    fn smtp(config: &Config, host: &str) -> anyhow::Result<Self> {
        type Server = AsyncSmtpTransport<Tokio1Executor>;
        let mail = &config.mail;
        let tls = match mail.tls {
            Tls::Starttls => client::Tls::Required(tls_parameters(mail)?),
            Tls::Tls => client::Tls::Wrapper(tls_parameters(mail)?),
            Tls::None => client::Tls::None,
        };
        let builder = Server::builder_dangerous(&mail.host).tls(tls);
        let mut builder = builder.port(mail.port).timeout(Some(SILENCE)).hello_name(ClientId::Domain(host.to_owned()));
        if let Some(password) = mail.password.expose() {
            builder = builder.credentials(Credentials::new(mail.user.clone(), password.to_owned()));
        }
        Ok(Self::Smtp { server: Box::new(builder.build()), pace: Pace::new(mail.per_minute), reach: Reach::new() })
    }
}

/// Whom the connection must be with, and who may vouch for that.
fn tls_parameters(mail: &Settings) -> anyhow::Result<TlsParameters> {
    let mut parameters = TlsParameters::builder(mail.host.clone());
    if !mail.ca_file.as_os_str().is_empty() {
        let pem = std::fs::read(&mail.ca_file)
            .with_context(|| format!("mail.ca_file: cannot read {}", mail.ca_file.display()))?;
        let certificate = Certificate::from_pem(&pem)
            .with_context(|| format!("mail.ca_file: {} holds no certificates in PEM", mail.ca_file.display()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().context("mail.host")
}

/// How long a mail waits that the server put off, as servers do with senders they do not know yet.
const ASKED_FOR_PATIENCE: Duration = Duration::from_secs(120);

/// What an error of the mail server means for the mail. Only a refusal of the mail itself is final: a server that cannot be
/// reached, does not let us sign in or breaks off may take it later.
fn meaning(error: &smtp::Error, reach: &Reach) -> anyhow::Error {
    let said = chain(error);
    let code = error.status().map(|it| it.to_string()).unwrap_or_default();
    let about_us = matches!(code.as_str(), "421" | "454" | "530" | "534" | "535" | "538");
    match code.as_str() {
        "" => out_of_reach(format!("the mail server is out of reach: {said}"), reach),
        _ if about_us => out_of_reach(format!("the mail server does not let us in: {said}"), reach),
        _ if error.is_permanent() => Refused(said).into(),
        _ => NotNow { reason: format!("the mail server asks for patience: {said}"), after: ASKED_FOR_PATIENCE }.into(),
    }
}

fn out_of_reach(reason: String, reach: &Reach) -> anyhow::Error {
    NotNow { reason, after: reach.lost(Instant::now()) }.into()
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |it| it.source()).map(ToString::to_string);
    causes.collect::<Vec<_>>().join(": ")
}

/// A name that sorts by time, and by order within one moment.
fn file_name(written: &AtomicU64) -> String {
    let at = Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true).replace([':', '-'], "");
    let number = written.fetch_add(1, Ordering::Relaxed);
    format!("{at}-{number:08}-{}.eml", &secret()[..8])
}

fn header(name: &str, value: &str) -> anyhow::Result<HeaderValue> {
    let known = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| anyhow!("{name} cannot be a header"))?;
    Ok(HeaderValue::new(known, one_line(value)))
}

/// The text without control characters, so that it cannot begin a header of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().trim().to_owned()
}

fn file_safe(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::validate::EmailDomain;
    use super::*;
    use proptest::prelude::*;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    fn message() -> Message {
        Message {
            message_id: String::new(),
            to: "ann@example.org".into(),
            subject: "Grüße".into(),
            text: "Hello Ann\n.\nthe end".into(),
            html: "<p>Hello Ann</p>".into(),
            headers: vec![("List-Unsubscribe", "<https://careers.example/u/abc>".into())],
            attachment: None,
        }
    }

    fn config(dir: &Path) -> Config {
        let mut config =
            Config { data_dir: dir.into(), public_url: "https://careers.example".into(), ..Config::default() };
        config.mail.from = "Careers <careers@careers.example>".into();
        config
    }

    /// The mails in the folder, in the order of their names.
    fn written(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(dir.join("mail")).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    #[tokio::test]
    async fn without_settings_mail_becomes_files() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = Mailer::open(&config(dir.path())).unwrap();
        for n in 0..20 {
            let subject = format!("Number {n}");
            mailer.send(Message { subject, ..message() }).await.unwrap();
        }
        let mails = written(dir.path());
        assert_eq!(mails.len(), 20);
        for (n, mail) in mails.iter().enumerate() {
            assert!(mail.contains(&format!("Subject: Number {n}\r\n")), "{mail}");
        }
        let mail = &mails[0];
        for line in [
            "From: Careers <careers@careers.example>\r\n",
            "To: ann@example.org\r\n",
            "List-Unsubscribe: <https://careers.example/u/abc>\r\n",
            "@careers.example>\r\n",
            "Date: ",
            "text/plain; charset=utf-8",
            "text/html; charset=utf-8",
        ] {
            assert!(mail.contains(line), "{line} is missing in {mail}");
        }
        assert!(mailer.describe().contains("mail"));
    }

    #[tokio::test]
    async fn attachments_come_along() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = Mailer::open(&config(dir.path())).unwrap();
        let attachment = Attachment {
            name: "session\r\nX: \"1\".ics".into(),
            content_type: "text/calendar; charset=utf-8",
            bytes: b"BEGIN:VCALENDAR\r\n".to_vec(),
        };
        mailer.send(Message { attachment: Some(attachment), ..message() }).await.unwrap();
        let mail = written(dir.path()).remove(0);
        assert!(mail.contains("text/calendar") && mail.contains("filename=\"session__X_ _1_.ics\""), "{mail}");
    }

    #[tokio::test]
    async fn nobody_adds_a_header_of_his_own() {
        let dir = tempfile::tempdir().unwrap();
        let mailer = Mailer::open(&config(dir.path())).unwrap();
        let sly = "Hi\r\nBcc: all@example.org\r\n\r\nbody";
        let headers = vec![("List-Unsubscribe", sly.to_owned())];
        mailer.send(Message { subject: sly.into(), headers, ..message() }).await.unwrap();
        let mail = written(dir.path()).remove(0);
        assert!(!mail.contains("\nBcc:"), "{mail}");
        for to in ["ann@example.org\r\nBcc: all@example.org", "ann@example.org, b@example.org", "", "ann", "<a@b.c>"] {
            assert!(mailer.send(Message { to: to.into(), ..message() }).await.is_err(), "{to}");
        }
        let headers = vec![("Bad Name", String::new())];
        assert!(mailer.send(Message { headers, ..message() }).await.is_err());
        assert_eq!(written(dir.path()).len(), 1);
    }

    #[tokio::test]
    async fn the_transport_can_be_chosen() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(dir.path());
        config.mail.transport = Transport::None;
        Mailer::open(&config).unwrap().send(message()).await.unwrap();
        assert!(!dir.path().join("mail").exists());
        config.mail.from = "nobody".into();
        assert!(Mailer::open(&config).is_err());
        config.mail.from = Config::default().mail.from;
        assert!(Mailer::open(&config).is_ok(), "the default sender is an address");
    }

    /// A mail server for one connection: `extensions` are the lines after EHLO, `verdict` the answer to the mail. Gives
    /// everything the client said.
    async fn server(
        extensions: &'static [&'static str],
        verdict: &'static str,
    ) -> (u16, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let talk = async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            let (mut heard, mut in_data) = (Vec::new(), false);
            write.write_all(b"220 test\r\n").await.unwrap();
            while let Ok(Some(line)) = lines.next_line().await {
                let answer = match line.split(' ').next().unwrap_or_default() {
                    "." if in_data => {
                        in_data = false;
                        format!("{verdict}\r\n")
                    }
                    _ if in_data => String::new(),
                    "EHLO" => {
                        extensions.iter().map(|e| format!("250-{e}\r\n")).collect::<String>() + "250 8BITMIME\r\n"
                    }
                    "AUTH" => "235 welcome\r\n".into(),
                    "DATA" => {
                        in_data = true;
                        "354 go on\r\n".into()
                    }
                    "QUIT" => "221 bye\r\n".into(),
                    _ => "250 fine\r\n".into(),
                };
                heard.push(line);
                if write.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
            heard
        };
        (port, tokio::spawn(talk))
    }

    fn by_smtp(port: u16, tls: Tls) -> Mailer {
        let mut config = config(Path::new("/nowhere"));
        config.mail.host = "127.0.0.1".into();
        config.mail.port = port;
        config.mail.tls = tls;
        config.mail.user = "me".into();
        config.mail.password = "hunter2".to_owned().into();
        Mailer::open(&config).unwrap()
    }

    #[tokio::test]
    async fn a_mail_server_is_talked_to() {
        let (port, heard) = server(&["AUTH PLAIN"], "250 taken").await;
        by_smtp(port, Tls::None).send(message()).await.unwrap();
        let heard = heard.await.unwrap();
        assert_eq!(heard[0], "EHLO careers.example");
        // base64 of NUL me NUL hunter2
        assert_eq!(heard[1], "AUTH PLAIN AG1lAGh1bnRlcjI=");
        assert!(heard[2].starts_with("MAIL FROM:<careers@careers.example>"));
        assert!(heard[3].starts_with("RCPT TO:<ann@example.org>"));
        assert!(heard.iter().any(|line| line.starts_with("Subject: =?utf-8?")), "{heard:?}");
        assert!(heard.iter().any(|line| line == ".."), "a line of one dot is no end: {heard:?}");
        assert_eq!(heard.iter().filter(|line| *line == ".").count(), 1);
    }

    #[tokio::test]
    async fn a_refusal_is_an_error() {
        let (port, heard) = server(&["AUTH PLAIN"], "550 no such user").await;
        let error = by_smtp(port, Tls::None).send(message()).await.unwrap_err();
        assert!(format!("{error:#}").contains("no such user"), "{error:#}");
        heard.await.unwrap();
    }

    #[tokio::test]
    async fn a_password_never_leaves_in_the_clear() {
        let (port, heard) = server(&["AUTH PLAIN"], "250 taken").await;
        assert!(by_smtp(port, Tls::Starttls).send(message()).await.is_err(), "the server has no STARTTLS");
        let heard = heard.await.unwrap();
        assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")), "{heard:?}");
    }

    proptest! {
        #[test]
        fn every_address_taken_at_registration_can_be_written_to(address in "[a-zA-Z0-9.+_'{!-]{1,12}@[a-zA-Z0-9ü-]{1,10}\\.[a-z]{1,5}") {
            if let Ok(address) = EmailDomain::default().check(&address) {
                prop_assert!(address.parse::<Address>().is_ok(), "{}", address);
            }
        }
    }
}
