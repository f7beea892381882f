//! What members do, and what follows from it days later.

use chrono::Duration;
use rand::{Rng, seq::IndexedRandom};

use super::{
    chance::{mixed, zipf},
    store,
    world::{Posted, World},
};
use crate::{
    achievements,
    cli::seed::content::happens,
    community::{self, Target, comments, likes},
    connections, courses,
    jobs::{self, applications::ApplicationStatus},
    mentors::sessions::{self, SessionStatus},
    platform::{db::Tx, error::Result, id::Id},
    skills, users,
};

/// What is due on a later day.
pub(super) enum FollowUp {
    /// A posting ends.
    Closed { job: i64 },
    /// A poster answers an application.
    Answered { application: i64, user: i64, posting: Posted, from: ApplicationStatus },
    /// A learner completes the next module.
    Lesson { progress: i64, user: i64, course: usize, nth: usize },
    /// Somebody accepts a connection.
    Accepted { connection: i64, by: i64, user: i64 },
}

/// How somebody is called.
fn name_of(user: i64) -> String {
    format!("user{user}")
}

impl World {
    /// Somebody does something.
    pub(super) fn deed(&mut self, tx: &Tx<'_>) -> Result<()> {
        let Some(user) = self.somebody(tx.now()) else { return Ok(()) };
        let done = match self.random.random_range(0..100) {
            0..26 => self.like(tx, user)?,
            26..36 => self.comment(tx, user)?,
            36..40 => self.write(tx, user)?,
            40..54 => self.apply(tx, user)?,
            54..63 => self.enrol(tx, user)?,
            63..71 => self.endorse(tx, user)?,
            71..77 => self.connect(tx, user)?,
            77..79 => self.meet(tx, user)?,
            _ => false,
        };
        if done { Ok(()) } else { self.tell(tx, &users::Event::SignedIn { user: Id::new(user) }) }
    }

    /// What was begun days ago goes on.
    pub(super) fn follow(&mut self, tx: &Tx<'_>, it: FollowUp) -> Result<()> {
        match it {
            FollowUp::Closed { job } => self.tell(tx, &jobs::Event::Closed { job: Id::new(job), by: None }),
            FollowUp::Answered { application, user, posting, from } => {
                self.answer(tx, (application, user), posting, from)
            }
            FollowUp::Lesson { progress, user, course, nth } => self.lesson(tx, (progress, user), course, nth),
            FollowUp::Accepted { connection, by, user } => {
                store::update_connection(tx, connection)?;
                let (connection, user, by_name) = (Id::new(connection), Id::new(user), name_of(by));
                self.tell(tx, &connections::Event::Accepted { connection, by: Id::new(by), by_name, user })
            }
        }
    }

    /// Somebody earns an achievement, unless they hold it.
    pub(super) fn award(&mut self, tx: &Tx<'_>, user: i64, key: &str) -> Result<()> {
        let Some((id, name, points)) = self.known.achievements.get(key).cloned() else { return Ok(()) };
        let Some(award) = store::insert_award(tx, user, id, points)? else { return Ok(()) };
        let (user, achievement, award) = (Id::new(user), Id::new(id), Id::new(award));
        self.tell(tx, &achievements::Event::Earned { user, achievement, award, name, points })
    }

    fn write(&mut self, tx: &Tx<'_>, user: i64) -> Result<bool> {
        let templates = self.known.posts.len();
        let it = self.known.posts[self.random.random_range(0..templates)].clone();
        let title = format!("{}, part {}", it.title, self.authors.len() / templates + 1);
        let tags = it.tags.iter().map(|it| store::tag(tx, it)).collect::<Result<Vec<_>>>()?;
        let post = store::insert_post(tx, user, &title, &it.content, &tags, &serde_json::to_string(&it.tags)?)?;
        self.authors.push(user);
        let event = community::Event::Posted { post: Id::new(post), by: Some(Id::new(user)), mentioned: vec![] };
        self.tell(tx, &event)?;
        self.award(tx, user, "first_post")?;
        Ok(true)
    }

    /// A post with its author: new ones are looked at most, and of these some more than others.
    fn post(&mut self) -> Option<(i64, i64)> {
        let recent = self.authors.len().min(2_000);
        let ago = if happens(&mut self.random, 0.7) {
            zipf(&mut self.random, recent)
        } else {
            mixed(zipf(&mut self.random, self.authors.len())) % self.authors.len().max(1)
        };
        let nth = self.authors.len().checked_sub(ago + 1)?;
        Some((i64::try_from(nth + 1).ok()?, *self.authors.get(nth)?))
    }

    fn like(&mut self, tx: &Tx<'_>, user: i64) -> Result<bool> {
        let Some((post, author)) = self.post().filter(|it| it.1 != user) else { return Ok(false) };
        if !store::insert_like(tx, user, post)? {
            return Ok(false);
        }
        let (target, by) = (Target::Post(Id::new(post)), Id::new(user));
        self.tell(tx, &likes::Event::Liked { target, by, author: Some(Id::new(author)) })?;
        if happens(&mut self.random, 0.001) {
            self.award(tx, author, "community_leader")?;
        }
        Ok(true)
    }

    fn comment(&mut self, tx: &Tx<'_>, user: i64) -> Result<bool> {
        let Some((post, author)) = self.post() else { return Ok(false) };
        let template = &self.known.posts[self.random.random_range(0..self.known.posts.len())];
        let words = template.comments.choose(&mut self.random).map_or("Thank you.", String::as_str);
        let comment = store::insert_comment(tx, post, user, words)?;
        let (comment, by, post_author) = (Id::new(comment), Id::new(user), Some(Id::new(author)));
        let event = comments::Event::Commented { comment, by, post_author, parent_author: None, mentioned: vec![] };
        self.tell(tx, &event)?;
        Ok(true)
    }

    fn apply(&mut self, tx: &Tx<'_>, user: i64) -> Result<bool> {
        let Some(posting) = self.open_posting().filter(|it| it.poster != user) else { return Ok(false) };
        let (title, company) = self.shown(posting);
        let fit = self.random.random_range(20..96);
        let Some(application) = store::insert_application(tx, (user, posting.id), (&title, &company), fit)? else {
            return Ok(false);
        };
        if happens(&mut self.random, 0.6) {
            let days = self.random.random_range(1..15);
            self.later(days, FollowUp::Answered { application, user, posting, from: ApplicationStatus::Applied });
        }
        let (application, job) = (Id::new(application), Id::new(posting.id));
        let (by_name, posted_by, user_id) = (name_of(user), Some(Id::new(posting.poster)), Id::new(user));
        let event = jobs::applications::Event::Applied { application, user: user_id, by_name, job, title, posted_by };
        self.tell(tx, &event)?;
        if happens(&mut self.random, 0.03) {
            self.award(tx, user, "job_seeker")?;
        }
        Ok(true)
    }

    fn answer(
        &mut self,
        tx: &Tx<'_>,
        (application, user): (i64, i64),
        posting: Posted,
        from: ApplicationStatus,
    ) -> Result<()> {
        use ApplicationStatus::{Accepted, Interview, Offered, Rejected};
        let (better, chance) = match from {
            ApplicationStatus::Applied => (Interview, 0.35),
            Interview => (Offered, 0.45),
            _ => (Accepted, 0.8),
        };
        let to = if happens(&mut self.random, chance) { better } else { Rejected };
        let change = store::update_application(tx, application, from.as_str(), to.as_str(), posting.poster)?;
        if matches!(to, Interview | Offered) {
            let days = self.random.random_range(2..12);
            self.later(days, FollowUp::Answered { application, user, posting, from: to });
        }
        let (title, company) = self.shown(posting);
        let (application, user, job, by) =
            (Id::new(application), Id::new(user), Some(Id::new(posting.id)), Id::new(posting.poster));
        self.tell(tx, &jobs::applications::Event::Moved { application, user, job, title, company, to, change, by })
    }

    fn enrol(&mut self, tx: &Tx<'_>, user: i64) -> Result<bool> {
        let nth = zipf(&mut self.random, self.known.courses.len());
        let Some(course) = self.known.courses.get(nth).filter(|it| self.has_come(it.made)) else { return Ok(false) };
        let (id, title) = (course.id, course.title.clone());
        let Some(progress) = store::insert_progress(tx, user, id)? else { return Ok(false) };
        self.next_lesson(progress, user, nth, 0);
        let (progress, user_id, course) = (Id::new(progress), Id::new(user), Id::new(id));
        self.tell(tx, &courses::learning::Event::Enrolled { progress, user: user_id, course, title })?;
        self.award(tx, user, "first_course")?;
        Ok(true)
    }

    /// Most go on with a course, some stop at each module.
    fn next_lesson(&mut self, progress: i64, user: i64, course: usize, nth: usize) {
        if happens(&mut self.random, 0.85) {
            let days = self.random.random_range(1..6);
            self.later(days, FollowUp::Lesson { progress, user, course, nth });
        }
    }

    fn lesson(&mut self, tx: &Tx<'_>, (progress, user): (i64, i64), nth_course: usize, nth: usize) -> Result<()> {
        let Some(course) = self.known.courses.get(nth_course) else { return Ok(()) };
        let Some(module) = course.modules.get(nth).copied() else { return Ok(()) };
        let (id, title, is_last) = (course.id, course.title.clone(), nth + 1 == course.modules.len());
        store::insert_lesson(tx, progress, module, is_last)?;
        let (user_id, course) = (Id::new(user), Id::new(id));
        self.tell(tx, &courses::learning::Event::ModuleCompleted { module: Id::new(module), user: user_id })?;
        if !is_last {
            self.next_lesson(progress, user, nth_course, nth + 1);
            return Ok(());
        }
        let progress = Id::new(progress);
        self.tell(tx, &courses::learning::Event::Completed { progress, user: user_id, course, title })?;
        self.award(tx, user, "course_completion")?;
        if happens(&mut self.random, 0.5) {
            let rating = *[3, 4, 4, 5, 5, 5].choose(&mut self.random).unwrap_or(&4);
            if store::insert_rating(tx, user, id, rating)? {
                self.tell(tx, &courses::learning::Event::Rated { course, user: user_id, rating })?;
            }
        }
        Ok(())
    }

    fn endorse(&mut self, tx: &Tx<'_>, by: i64) -> Result<bool> {
        let holders = self.until.len() - 4;
        let holder = 4 + mixed(zipf(&mut self.random, holders)) % holders.max(1);
        let Some(&(first, count)) = self.held.get(holder) else { return Ok(false) };
        let user = i64::try_from(holder).unwrap_or(0);
        if user == by || count == 0 || self.until[holder] == 0 {
            return Ok(false);
        }
        let held = i64::from(first) + i64::from(self.random.random_range(0..count));
        let Some(skill) = store::skill_of(tx, held)? else { return Ok(false) };
        let Some(endorsement) = store::insert_endorsement(tx, held, user, by)? else { return Ok(false) };
        let skill_name = self.known.skill_name(skill).to_owned();
        let (user, endorser, user_skill) = (Id::new(user), Id::new(by), Id::new(held));
        let endorser_name = name_of(by);
        let event = skills::Event::Endorsed { user, endorser, endorser_name, user_skill, skill_name, endorsement };
        self.tell(tx, &event)?;
        if happens(&mut self.random, 0.05) {
            self.award(tx, by, "skill_endorser")?;
        }
        Ok(true)
    }

    fn connect(&mut self, tx: &Tx<'_>, by: i64) -> Result<bool> {
        let Some(other) = self.somebody(tx.now()).filter(|it| *it != by) else { return Ok(false) };
        let Some(connection) = store::insert_connection(tx, by, other)? else { return Ok(false) };
        if happens(&mut self.random, 0.8) {
            let days = self.random.random_range(1..8);
            self.later(days, FollowUp::Accepted { connection, by: other, user: by });
        }
        let (connection, by_name) = (Id::new(connection), name_of(by));
        self.tell(tx, &connections::Event::Asked { connection, by: Id::new(by), by_name, user: Id::new(other) })?;
        Ok(true)
    }

    /// Somebody asks a mentor for a session, which is held a day later.
    fn meet(&mut self, tx: &Tx<'_>, mentee: i64) -> Result<bool> {
        let nth = zipf(&mut self.random, self.mentors.len());
        let Some(mentor) = self.mentors.get(nth).copied().filter(|it| *it != mentee) else { return Ok(false) };
        let held = tx.now().plus(Duration::days(1));
        if !self.will_have_come(held) {
            return Ok(false);
        }
        let rating = happens(&mut self.random, 0.7).then(|| self.random.random_range(3..=5));
        let session = store::insert_session(tx, (mentor, mentee), "Which way to go next", held, rating)?;
        let it = sessions::Between {
            session: Id::new(session),
            title: String::new(),
            mentor: Id::new(mentor),
            mentor_name: String::new(),
            mentee: Id::new(mentee),
            mentee_name: String::new(),
            sequence: 0,
        };
        let by = Some(it.mentor);
        let event =
            sessions::Event::Ended { it, status: SessionStatus::Completed, by, reason: String::new(), missing: None };
        self.tell(tx, &event)?;
        if happens(&mut self.random, 0.1) {
            self.award(tx, mentor, "mentor")?;
        }
        Ok(true)
    }
}
