//! People who call while processes die, and insist: a call that was cut off is made again, under the same key.

use std::{
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use ureq::Agent;

use crate::post_office::ENDLESS;

/// How long somebody insists.
const PATIENCE: Duration = Duration::from_secs(60);
pub const PASSWORD: &str = "a long walk in May";

/// What was answered as done, and what others may act on.
#[derive(Default)]
pub struct Book {
    /// Ids of accounts.
    pub members: Vec<i64>,
    pub resumes: Vec<i64>,
    pub applications: Vec<i64>,
    pub posts: Vec<i64>,
    /// Comments by their words, of which each is made once.
    pub comments: Vec<String>,
    /// Posts and who liked them.
    pub likes: Vec<(i64, i64)>,
    /// Skills of people, and who vouched for them.
    pub endorsements: Vec<(i64, i64)>,
    /// Skills that somebody can vouch for, and whose they are.
    skills: Vec<(i64, i64)>,
}

/// The way to the servers.
pub struct Callers {
    agent: Agent,
    servers: Vec<String>,
    pub jobs: Vec<i64>,
    book: Mutex<Book>,
    pub answered: AtomicUsize,
    /// Calls that were cut off or put off, and made again.
    pub repeated: AtomicUsize,
}

/// What is sent.
enum Body<'b> {
    Json(&'b Value),
    File(&'b str),
}

/// Somebody, as the servers know them.
pub struct Member {
    pub id: i64,
    name: String,
    token: String,
}

impl Callers {
    pub fn new(servers: Vec<String>) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(15)));
        Self {
            agent: Agent::new_with_config(config.build()),
            servers,
            jobs: vec![],
            book: Mutex::default(),
            answered: AtomicUsize::new(0),
            repeated: AtomicUsize::new(0),
        }
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Makes the call again and again, now here and now there, until it is answered. The status and the answer.
    fn insist(&self, path: &str, token: &str, body: &Body<'_>) -> (u16, Value) {
        let begun = Instant::now();
        let key = format!("{:032x}", rand::random::<u128>());
        let mut said = String::from("nothing");
        while begun.elapsed() < PATIENCE {
            let server = &self.servers[rand::random_range(0..self.servers.len())];
            let mut call = self.agent.post(format!("{server}{path}"));
            if !token.is_empty() {
                call = call.header("Authorization", format!("Bearer {token}")).header("Idempotency-Key", &key);
            }
            let answer = match body {
                Body::Json(value) => call.send_json(value),
                Body::File(text) => {
                    let form = format!(
                        "--e\r\nContent-Disposition: form-data; name=\"file\"; filename=\"cv.txt\"\r\n\r\n{text}\r\n--e--\r\n"
                    );
                    call.header("Content-Type", "multipart/form-data; boundary=e").send(form)
                }
            };
            match answer.map(|mut it| (it.status().as_u16(), it.body_mut().read_json::<Value>())) {
                // The disk may be full, or the server about to stop.
                Ok((503, told)) => said = format!("503 {told:?}"),
                Ok((status, Ok(told))) => {
                    assert!(status < 500, "{path} answered {status}: {told}");
                    self.answered.fetch_add(1, Ordering::Relaxed);
                    return (status, told);
                }
                Ok((_, Err(error))) | Err(error) => said = error.to_string(),
            }
            self.repeated.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} was not answered within {} s; last: {said}", PATIENCE.as_secs());
    }

    fn post(&self, path: &str, member: &Member, body: &Value) -> Value {
        let (status, told) = self.insist(path, &member.token, &Body::Json(body));
        assert!(matches!(status, 200 | 201), "{path} answered {status}: {told}");
        told
    }

    /// Whoever has this name and password, with a new token; none when nobody has.
    pub fn sign_in(&self, name: &str) -> Option<Member> {
        let (status, told) = self.insist("/token/", "", &Body::Json(&json!({"username": name, "password": PASSWORD})));
        let token = told["access"].as_str().filter(|_| status == 200)?.to_owned();
        Some(Member { id: told["user"]["id"].as_i64().unwrap_or(0), name: name.into(), token })
    }

    /// Registers somebody. A registration has no key, so one that was cut off is told by whether one can sign in.
    fn register(&self, name: &str) -> Member {
        let account = json!({"username": name, "email": format!("{name}@example.org"), "password": PASSWORD});
        let (status, told) = self.insist("/auth/register/", "", &Body::Json(&account));
        if status == 201 {
            let token = told["access"].as_str().unwrap().to_owned();
            return Member { id: told["id"].as_i64().unwrap(), name: name.into(), token };
        }
        assert_eq!(status, 400, "{told}");
        self.sign_in(name).unwrap_or_else(|| panic!("{name} was refused and is not there: {told}"))
    }

    /// Posts jobs, to which others apply.
    pub fn open_jobs(&mut self, recruiter: &str) {
        let recruiter = self.sign_in(recruiter).unwrap();
        for nth in 0..3 {
            let job = json!({"title": format!("Job {nth}"), "description": "Builds.", "company_name": "Acme",
                "location": "Kyiv", "job_type": "full-time", "required_skills": ["SQL", "Docker"]});
            self.jobs.push(self.post("/jobs/", &recruiter, &job)["id"].as_i64().unwrap());
        }
    }

    /// Somebody comes, does what people do here, and notes what was answered.
    pub fn visit(&self, name: &str) {
        let me = self.register(name);
        self.book().members.push(me.id);
        let skill = self.post("/user-skills/", &me, &json!({"skill_name": "SQL", "proficiency_level": "advanced"}));
        let others = {
            let mut book = self.book();
            book.skills.push((skill["id"].as_i64().unwrap(), me.id));
            book.skills.iter().filter(|it| it.1 != me.id).map(|it| it.0).collect::<Vec<_>>()
        };
        if let Some(other) = any(&others) {
            self.post(&format!("/user-skills/{other}/endorse/"), &me, &json!({}));
            self.book().endorsements.push((other, me.id));
        }
        let text = format!("{name}\n\nExperience\n2019 - 2024 Engineer at Acme\n\nSkills\nSQL, Docker, Python, Git\n");
        let (status, resume) = self.insist("/resumes/", &me.token, &Body::File(&text));
        assert_eq!(status, 201, "{resume}");
        self.book().resumes.push(resume["id"].as_i64().unwrap());
        let job = any(&self.jobs).unwrap();
        let application = self.post(&format!("/jobs/{job}/apply/"), &me, &json!({"cover_letter": "hi"}));
        self.book().applications.push(application["id"].as_i64().unwrap());
        let post = self.post("/community/posts/", &me, &json!({"title": name, "content": "Some words."}));
        self.book().posts.push(post["id"].as_i64().unwrap());
        let post = any(&self.book().posts).unwrap();
        self.post(&format!("/community/posts/{post}/like/"), &me, &json!({}));
        self.book().likes.push((post, me.id));
        let words = format!("Words of {}", me.name);
        self.post(&format!("/community/posts/{post}/comments/"), &me, &json!({"content": words}));
        self.book().comments.push(words);
    }
}

/// The name of somebody of this round.
pub fn name(round: usize, nth: usize) -> String {
    // One of them has an address whose mail never comes to an end.
    if nth == 0 && round % 4 == 1 { format!("{ENDLESS}{round}") } else { format!("m{round}x{nth}") }
}

fn any(list: &[i64]) -> Option<i64> {
    (!list.is_empty()).then(|| list[rand::random_range(0..list.len())])
}
