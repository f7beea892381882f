//! Each mail arrives at a real mail server, whatever way the connection is protected; and at no server that nobody vouches for.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use careerd::{
    achievements,
    admin::EraseAccounts,
    digests::{SendDailyDigest, SendWeeklyReport},
    mail::Template,
    mentors::sessions::SendSessionReminders,
    platform::{config::Tls, config::Transport, id::Id, task::Task as _},
    recommendations::tasks::BatchRecommendJobs,
    upkeep,
    users::{audit::By, service::set_active},
};
use chrono::Duration;
use rocket::http::Method;
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde_json::{Value, json};

use crate::{
    app::{Member, PASSWORD, TestApp},
    cli::careerd,
    community::{comment, write},
    courses::course,
    mentor_sessions::{ask, time},
    mentors::mentor,
};

/// What a mail server has heard.
#[derive(Default)]
struct Heard {
    /// Each mail as it came, with whom it came to.
    mails: Vec<(String, String)>,
    /// How somebody signed in.
    signed_in: Vec<String>,
}

type Kept = Arc<Mutex<Heard>>;

/// Made with openssl for a hundred years, for `localhost` alone; the key of the authority was thrown away.
fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name)
}

/// A mail server at `localhost`, with a certificate for that name.
fn office(tls: Tls) -> (u16, Kept) {
    let chain = vec![CertificateDer::from_pem_file(certificate("localhost.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate("localhost.key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let kept = Kept::default();
    let heard = kept.clone();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (config, heard) = (config.clone(), heard.clone());
            // A client that goes away, or does not trust the certificate, ends its talk and not the server.
            thread::spawn(move || drop(receive(stream, tls, config, &heard)));
        }
    });
    (port, kept)
}

fn receive(mut stream: TcpStream, tls: Tls, config: Arc<ServerConfig>, heard: &Kept) -> io::Result<()> {
    let secure = |stream: TcpStream| StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    match tls {
        Tls::None => talk(&mut stream, true, true, heard).map(drop),
        Tls::Tls => talk(&mut secure(stream), true, true, heard).map(drop),
        Tls::Starttls => {
            if talk(&mut stream, true, false, heard)? {
                talk(&mut secure(stream), false, true, heard)?;
            }
            Ok(())
        }
    }
}

/// Talks with a client until it ends, or wants to protect the connection: then true. Nothing but that is allowed unless
/// `protected`.
fn talk(stream: &mut (impl Read + Write), greet: bool, protected: bool, heard: &Kept) -> io::Result<bool> {
    if greet {
        stream.write_all(b"220 test\r\n")?;
    }
    let mut to = String::new();
    loop {
        let line = line(stream)?;
        let word = line.split([' ', ':']).next().unwrap_or_default();
        let answer = match word {
            "EHLO" if protected => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
            "EHLO" => "250-test\r\n250 STARTTLS\r\n",
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n")?;
                return Ok(true);
            }
            "QUIT" => "221 bye\r\n",
            _ if !protected => "530 not like this\r\n",
            "AUTH" => {
                heard.lock().unwrap().signed_in.push(line.clone());
                "235 welcome\r\n"
            }
            "RCPT" => {
                to = line.trim_start_matches("RCPT TO:<").split('>').next().unwrap_or_default().to_owned();
                "250 fine\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                loop {
                    let line = self::line(stream)?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push_str("\r\n");
                }
                heard.lock().unwrap().mails.push((to.clone(), mail));
                "250 taken\r\n"
            }
            _ => "250 fine\r\n",
        };
        stream.write_all(answer.as_bytes())?;
    }
}

/// One line, read byte by byte: what follows it may be for somebody else.
fn line(stream: &mut impl Read) -> io::Result<String> {
    let (mut line, mut byte) = (vec![], [0]);
    while byte != *b"\n" {
        stream.read_exact(&mut byte)?;
        line.push(byte[0]);
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}

/// A house that sends by this server.
fn house(port: u16, tls: Tls, ca_file: PathBuf) -> TestApp {
    TestApp::with(|config| {
        config.public_url = "https://careers.example".into();
        config.mail.transport = Transport::Smtp;
        config.mail.host = "localhost".into();
        config.mail.port = port;
        config.mail.tls = tls;
        config.mail.ca_file = ca_file;
        config.mail.per_minute = 0;
        if tls != Tls::None {
            config.mail.user = "careerd".into();
            config.mail.password = "a secret of the mail server".to_owned().into();
        }
    })
}

fn wanting<'t>(who: Member<'t>, wishes: &Value) -> Member<'t> {
    who.patch("/api/notifications/preferences/", wishes.clone()).ok();
    who
}

/// Everything happens to somebody that they are mailed about; all of them want all mail, in this language.
fn everything_happens(t: &TestApp, language: &str) {
    t.write(careerd::skills::service::fill_catalogue);
    t.write(achievements::service::fill);
    let types: serde_json::Map<_, _> = ["like", "system", "mention", "comment", "application", "connection"]
        .iter()
        .map(|it| ((*it).to_owned(), json!({"in_app": true, "email": true})))
        .collect();
    let wishes = json!({"types": types, "language": language});
    let wanting = |who| wanting(who, &wishes);
    let root = wanting(t.admin("root1"));
    let (rita, ivy) = (wanting(t.recruiter("rita")), wanting(t.instructor("ivy")));
    let (ann, ben) = (wanting(t.user("ann")), wanting(t.user("ben")));

    // What people do with one another.
    ann.patch("/api/users/me/", json!({"location": "Kyiv, Ukraine", "experience_level": "mid"})).ok();
    let skill = ann.post("/api/user-skills/", json!({"skill_name": "SQL", "proficiency_level": "expert"})).created();
    ben.post(&format!("/api/user-skills/{}/endorse/", skill["id"]), json!({})).ok();
    let post = write(&ann, json!({"content": "Look, @ben."}));
    comment(&ben, &post, json!({"content": "I see."}));
    ben.post(&format!("{post}like/"), json!({})).ok();
    ann.post("/api/connections/", json!({"user_id": ben.id})).created();
    ann.post(&format!("{}enroll/", course(&ivy, json!({}))), json!({})).created();
    let job = json!({"title": "Engineer", "description": "Builds.", "company_name": "Acme", "location": "Kyiv, Ukraine",
        "job_type": "full-time", "experience_level": "mid", "required_skills": ["SQL"]});
    let applied = rita.post("/api/jobs/", job.clone()).created();
    rita.post("/api/jobs/", job).created();
    t.write(|tx| tx.enqueue(&BatchRecommendJobs::of("one".into())));
    t.drain();
    ann.post(&format!("/api/jobs/{}/apply/", applied["id"]), json!({})).created();
    root.post("/api/user-achievements/", json!({"user_id": ann.id, "key": "mentor"})).created();
    ann.post("/api/users/me/export/", json!({})).status(202);

    // A session, which comes near.
    let profile = mentor(&ivy, json!({"availability_hours_per_week": null}));
    let (near, far) = (ask(&ben, profile, json!({})), ask(&ben, profile, json!({"title": "Far"})));
    // Once it has a time, nobody is asked for one any more.
    t.drain();
    time(&ivy, &near, &t.app.clock.now().plus(Duration::hours(20)).to_string()).ok();
    time(&ivy, &far, &t.app.clock.now().plus(Duration::days(9)).to_string()).ok();
    t.drain();
    ben.post(&format!("{far}cancel/"), json!({"reason": "Ill."})).ok();
    t.block_on(SendSessionReminders {}.run(t.app.clone())).unwrap();

    // What concerns accounts.
    let gus = wanting(t.user("gus"));
    root.patch(&format!("/api/admin/users/{}/", gus.id), json!({"email": "august@example.org"})).ok();
    ann.post("/api/auth/email/verify/send/", json!({})).status(202);
    t.visitor().post("/api/auth/password/reset/", json!({"email": "ann@example.org"}));
    t.visitor().call(
        Method::Post,
        "/api/token/",
        Some(json!({"username": "ann", "password": PASSWORD})),
        &[("User-Agent", "A browser that nobody has seen")],
    );
    let (cat, dan, eve, fay) =
        (wanting(t.user("cat")), wanting(t.user("dan")), wanting(t.user("eve")), wanting(t.user("fay")));
    cat.post("/api/auth/email/change/", json!({"email": "new@example.org", "password": PASSWORD}));
    let setup = cat.post("/api/auth/totp/", json!({"password": PASSWORD})).ok();
    let code = crate::second_factor::code(t, setup["secret"].as_str().unwrap(), 0);
    cat.post("/api/auth/totp/confirm/", json!({"otp": code})).ok();
    dan.post("/api/auth/password/change/", json!({"current_password": PASSWORD, "new_password": "a slow ride"}));
    let gone = Id::new(eve.id);
    t.write(move |tx| set_active(tx, By::HOUSE, gone, false, ""));
    fay.delete("/api/users/me/").empty();
    let first = t.visitor().post("/api/token/", json!({"username": "ben", "password": PASSWORD})).ok();
    let renew = || t.visitor().post("/api/auth/refresh/", json!({"refresh": first["refresh"]}));
    renew().ok();
    t.drain();
    t.pass(Duration::seconds(11));
    renew().status(401);
    t.drain();

    // What comes by itself: digest, report, the end of an account.
    t.block_on(upkeep::flush(&t.app)).unwrap();
    t.write(|tx| {
        tx.enqueue(&SendDailyDigest::of("one".into()))?;
        tx.enqueue(&SendWeeklyReport::of("one".into()))
    });
    t.drain();
    t.pass(Duration::hours(25));
    t.drain();
    t.pass(Duration::days(15));
    t.block_on(EraseAccounts {}.run(t.app.clone())).unwrap();
    t.drain();
}

fn all_arrive(tls: Tls, language: &str) {
    let (port, kept) = office(tls);
    let t = house(port, tls, certificate("ca.pem"));
    everything_happens(&t, language);
    let sent: String = t.query("SELECT group_concat(DISTINCT template) FROM outgoing_mails WHERE state = 'sent'");
    let sent: BTreeSet<&str> = sent.split(',').collect();
    let all: BTreeSet<&str> = Template::ALL.iter().map(|it| it.as_str()).collect();
    assert_eq!(sent, all);
    let heard = kept.lock().unwrap();
    assert_eq!(heard.mails.iter().filter(|it| it.0 == "fay@example.org").count(), 2, "the farewell and the end");
    if tls != Tls::None {
        assert!(!heard.signed_in.is_empty() && heard.signed_in.iter().all(|it| it.starts_with("AUTH PLAIN ")));
    }
    for (to, mail) in &heard.mails {
        let (head, body) = mail.split_once("\r\n\r\n").unwrap();
        let one = |name: &str| {
            let found: Vec<&str> = head.lines().filter_map(|it| it.strip_prefix(name)).collect();
            assert_eq!(found.len(), 1, "{name} in {head}");
            found[0].to_owned()
        };
        assert_eq!(one("To: "), *to);
        assert!(one("Message-ID: ").ends_with("@careers.example>"), "{head}");
        assert!(!one("Subject: ").is_empty() && !one("Date: ").is_empty() && !one("From: ").is_empty());
        for part in ["text/plain; charset=utf-8", "text/html; charset=utf-8"] {
            assert_eq!(body.matches(part).count(), 1, "{part} in {mail}");
        }
        let html = mail.replace("=\r\n", "").replace("=3D", "=");
        assert!(
            html.contains(&format!("<html lang=\"{language}\">")) || mail.contains("Content-Transfer-Encoding: base64")
        );
        assert!(!html.contains("http://") && !html.contains("{}"), "{html}");
        if let Ok(folder) = std::env::var("MAILS_TO") {
            let nth = fs::read_dir(&folder).unwrap().count();
            fs::write(Path::new(&folder).join(format!("{language}-{nth:03}.eml")), mail).unwrap();
        }
    }
}

#[test]
fn each_mail_arrives_over_starttls() {
    all_arrive(Tls::Starttls, "en");
}

#[test]
fn each_mail_arrives_in_ukrainian_over_tls() {
    all_arrive(Tls::Tls, "uk");
}

#[test]
fn a_server_that_nobody_vouches_for_gets_neither_mail_nor_password() {
    for tls in [Tls::Starttls, Tls::Tls] {
        let (port, kept) = office(tls);
        let mut t = house(port, tls, PathBuf::new());
        t.expect_empty_queue = false;
        t.user("ann");
        t.block_on(careerd::worker::drain(t.app.clone(), Arc::new(careerd::worker::registry()))).unwrap();
        let state: String = t.query("SELECT state || ' ' || error FROM outgoing_mails");
        assert!(state.starts_with("failed ") && state.contains("out of reach"), "{state}");
        let heard = kept.lock().unwrap();
        assert!(heard.mails.is_empty() && heard.signed_in.is_empty());
    }
}

#[test]
fn the_dialogue_is_shown_over_an_encrypted_connection() {
    let folder = tempfile::tempdir().unwrap();
    let ca = certificate("ca.pem").to_str().unwrap().to_owned();
    for (tls, name) in [(Tls::Starttls, "starttls"), (Tls::Tls, "tls")] {
        let (port, kept) = office(tls);
        let port = port.to_string();
        let settings = [
            ("CAREERD_MAIL__TRANSPORT", "smtp"),
            ("CAREERD_MAIL__HOST", "localhost"),
            ("CAREERD_MAIL__PORT", port.as_str()),
            ("CAREERD_MAIL__TLS", name),
            ("CAREERD_MAIL__CA_FILE", ca.as_str()),
            ("CAREERD_MAIL__USER", "careerd"),
            ("CAREERD_MAIL__PASSWORD", "hunter2"),
        ];
        let shown = careerd(folder.path(), &["mail", "test", "ann@example.org"], "", &settings);
        let said = format!("{}{}", String::from_utf8_lossy(&shown.stdout), String::from_utf8_lossy(&shown.stderr));
        assert!(shown.status.success() && said.contains("the connection is encrypted"), "{said}");
        assert!(!said.contains("hunter2"));
        assert_eq!(kept.lock().unwrap().mails.len(), 1);
        let missing = [&settings[..4], &[("CAREERD_MAIL__CA_FILE", "nonesuch.pem")]].concat();
        let refused = careerd(folder.path(), &["mail", "test", "ann@example.org"], "", &missing);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains("mail.ca_file") && said.contains("nonesuch.pem"), "{said}");
    }
}
