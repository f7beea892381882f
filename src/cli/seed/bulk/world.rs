//! The course of a year: who joins and what is posted on each day, and how much is done by whom.

use std::{collections::HashMap, mem, sync::Arc};

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, rngs::StdRng};

use super::{
    chance::{grown, mixed, second_of_day, zipf},
    deeds::FollowUp,
    store::{self, CourseRow},
};
use crate::{
    cli::seed::{
        content::{Content, happens},
        people::{self, Person},
        talk,
    },
    jobs::{self, JobDraft, JobStatus},
    platform::{
        clock::Timestamp,
        db::Tx,
        error::{Error, Result},
        event::Event,
        id::Id,
    },
    skills::{self, ProficiencyLevel, SkillRef},
    users,
};

/// How many days are lived through: less than events are kept.
pub(super) const DAYS: usize = 390;
/// Postings that are open at the end were made in the last so many days; each takes applications for so long.
const OPEN_DAYS: usize = 45;
/// For each so many open postings there is a closed one and an expired one.
const OVER_ONE_IN: usize = 10;
/// One of so many members posts jobs, and one of so many helps others.
const RECRUITERS: usize = 397;
const MENTORS: usize = 211;

/// What there is before the first day.
pub(super) struct Known {
    pub content: Arc<Content>,
    pub skills: Vec<SkillRef>,
    /// Which of `skills` a name means, in lower case.
    by_name: HashMap<String, usize>,
    by_id: HashMap<i64, usize>,
    /// By key: id, name, points.
    pub achievements: HashMap<String, (i64, String, i64)>,
    pub courses: Vec<CourseRow>,
    pub posts: Vec<talk::Template>,
}

impl Known {
    pub(super) fn new(
        content: Arc<Content>,
        skills: Vec<SkillRef>,
        achievements: Vec<(i64, String, String, i64)>,
        courses: Vec<CourseRow>,
    ) -> anyhow::Result<Self> {
        let achievements = achievements.into_iter().map(|(id, key, name, points)| (key, (id, name, points)));
        let posts = talk::delivered()?;
        posts.first().context("there are no delivered posts")?;
        skills.first().context("there are no skills")?;
        Ok(Self {
            by_name: skills.iter().enumerate().map(|(nth, it)| (it.name.to_lowercase(), nth)).collect(),
            by_id: skills.iter().enumerate().map(|(nth, it)| (it.id.raw(), nth)).collect(),
            achievements: achievements.collect(),
            content,
            skills,
            courses,
            posts,
        })
    }

    pub(super) fn skill_name(&self, id: i64) -> &str {
        self.by_id.get(&id).and_then(|nth| self.skills.get(*nth)).map_or("", |it| &it.name)
    }

    fn named(&self, names: &[String]) -> Vec<SkillRef> {
        names.iter().filter_map(|it| self.skills.get(*self.by_name.get(&it.to_lowercase())?)).cloned().collect()
    }

    /// One of all skills: few are wide-spread, most are rare.
    fn any_skill(&self, random: &mut StdRng) -> Option<&SkillRef> {
        // The catalogue is in the order of its making; mixed, no field of work comes first.
        self.skills.get(mixed(zipf(random, self.skills.len())) % self.skills.len())
    }
}

/// What is remembered of a posting.
#[derive(Clone, Copy)]
pub(super) struct Posted {
    pub id: i64,
    pub poster: i64,
    template: u16,
    company: u16,
}

/// What is planned, and how far it has come.
pub(super) struct World {
    pub known: Known,
    pub random: StdRng,
    password: String,
    start: Timestamp,
    now: Timestamp,
    users: usize,
    jobs: usize,
    wanted: i64,
    /// So far.
    pub events: i64,
    day: usize,
    slot: usize,
    /// Of this day: all slots, and what is left to do in them.
    slots: usize,
    left: Left,
    due: Vec<Vec<FollowUp>>,
    /// For each member until which second they take part; 0: not at all.
    pub until: Vec<i64>,
    /// For each member the number of the first skill that they hold, and how many they hold: they stand in a row.
    pub held: Vec<(u32, u8)>,
    /// Mentors, by member.
    pub mentors: Vec<i64>,
    recruiters: Vec<i64>,
    pub posted: Vec<Posted>,
    /// How many postings there were before each day.
    posted_before: Vec<usize>,
    /// The author of each post, by its number less one.
    pub authors: Vec<i64>,
}

/// What is left to do on a day.
#[derive(Default)]
struct Left {
    comers: usize,
    postings: usize,
    deeds: usize,
    due: Vec<FollowUp>,
}

impl World {
    pub(super) fn new(
        known: Known,
        random: StdRng,
        now: Timestamp,
        (users, jobs, wanted): (usize, usize, usize),
        events: i64,
        password: String,
    ) -> Self {
        let today = Timestamp::from_seconds(now.seconds() / 86_400 * 86_400);
        let start = today.plus(-Duration::days(i64::try_from(DAYS).unwrap_or(0)));
        let mut world = Self {
            known,
            random,
            password,
            start,
            now,
            users,
            jobs: jobs + 2 * (jobs / OVER_ONE_IN),
            wanted: i64::try_from(wanted).unwrap_or(i64::MAX),
            events,
            day: 0,
            slot: 0,
            slots: 0,
            left: Left::default(),
            due: (0..=DAYS).map(|_| vec![]).collect(),
            until: vec![0; 4],
            held: vec![(0, 0); 4],
            mentors: vec![],
            recruiters: vec![2],
            posted: vec![],
            posted_before: vec![],
            authors: vec![],
        };
        world.plan();
        world
    }

    pub(super) fn is_over(&self) -> bool {
        self.day >= DAYS
    }

    /// The first moment of this day.
    fn midnight(&self) -> Timestamp {
        self.start.plus(Duration::days(i64::try_from(self.day).unwrap_or(0)))
    }

    /// Whether a moment lies before this day.
    pub(super) fn has_come(&self, moment: Timestamp) -> bool {
        moment < self.midnight()
    }

    /// Whether a moment lies before the end of all days.
    pub(super) fn will_have_come(&self, moment: Timestamp) -> bool {
        moment < self.now
    }

    /// How many postings there are at the end of a day. The open ones are of the last days, the others older.
    fn postings_by(&self, day: usize) -> usize {
        let open = self.jobs * OVER_ONE_IN / (OVER_ONE_IN + 2);
        let turn = DAYS - OPEN_DAYS;
        if day < turn { (self.jobs - open) * day / turn } else { (self.jobs - open) + open * (day - turn) / OPEN_DAYS }
    }

    /// Plans the day that has begun.
    fn plan(&mut self) {
        let share = |day: usize| grown(day as f64 / DAYS as f64);
        let members = (self.users as f64 * share(self.day + 1)).round() as usize;
        let comers = members.saturating_sub(self.until.len() - 1);
        let postings = self.postings_by(self.day + 1) - self.postings_by(self.day);
        let due = mem::take(&mut self.due[self.day]);
        // At weekends people do less.
        let lively = if self.day % 7 < 2 { 0.97 } else { 1.0 };
        let by_now = (self.wanted as f64 * share(self.day + 1) * lively) as i64 - self.events;
        let certain = 2 * comers + postings + due.len();
        let deeds = usize::try_from(by_now).unwrap_or(0).saturating_sub(certain);
        self.posted_before.push(self.posted.len());
        self.slots = comers + postings + deeds + due.len();
        self.slot = 0;
        self.left = Left { comers, postings, deeds, due };
    }

    /// Goes on for so many slots, over the ends of days; on the last day until there are as many events as were asked for.
    pub(super) fn advance(&mut self, tx: &Tx<'_>, slots: usize) -> Result<()> {
        for _ in 0..slots {
            while self.slot == self.slots {
                let missing = self.wanted - self.events;
                if self.day + 1 == DAYS && missing > 0 && self.until.len() > 4 {
                    // What the day did not bring: its last hour is busy.
                    self.slots += usize::try_from(missing).unwrap_or(0);
                    self.left.deeds = usize::try_from(missing).unwrap_or(0);
                    continue;
                }
                self.day += 1;
                if self.is_over() {
                    return Ok(());
                }
                self.plan();
            }
            let share = (self.slot as f64 + 0.5) / self.slots as f64;
            let moment = self.midnight().plus(Duration::seconds(second_of_day(share)));
            self.slot += 1;
            tx.at(moment, || self.happen(tx))?;
        }
        Ok(())
    }

    /// One of the things that are left to do on this day.
    fn happen(&mut self, tx: &Tx<'_>) -> Result<()> {
        let Left { comers, postings, deeds, due } = &mut self.left;
        let mut which = self.random.random_range(0..(*comers + *postings + *deeds + due.len()).max(1));
        if which < *comers {
            *comers -= 1;
            return self.join(tx);
        }
        which -= *comers;
        if which < *postings {
            *postings -= 1;
            return self.post_job(tx);
        }
        which -= *postings;
        if which < *deeds {
            *deeds -= 1;
            return self.deed(tx);
        }
        match due.pop() {
            Some(it) => self.follow(tx, it),
            None => Ok(()),
        }
    }

    /// Records what happened.
    pub(super) fn tell<E: Event>(&mut self, tx: &Tx<'_>, event: &E) -> Result<()> {
        self.events += 1;
        tx.record(event)
    }

    /// Has something follow after so many days, if they come.
    pub(super) fn later(&mut self, days: usize, what: FollowUp) {
        if let Some(due) = self.due.get_mut(self.day + days.max(1)) {
            due.push(what);
        }
    }

    /// Somebody joins, with what they can.
    fn join(&mut self, tx: &Tx<'_>) -> Result<()> {
        let number = self.until.len();
        let role = zipf(&mut self.random, self.known.content.roles.len());
        let role = &self.known.content.roles[mixed(role) % self.known.content.roles.len()];
        let it = people::person(&self.known.content, role, &mut self.random, number).map_err(Error::Internal)?;
        let stays = self.lifetime();
        let until = tx.now().plus(Duration::seconds(stays)).min(self.now);
        let marks = store::Marks {
            is_mentor: number % MENTORS == 7,
            is_premium: happens(&mut self.random, 0.03),
            is_recruiter: number % RECRUITERS == 5,
            is_active: number % MENTORS == 7 || number % RECRUITERS == 5 || !happens(&mut self.random, 0.01),
            last_active: until,
        };
        let user = store::insert_user(tx, &it, &self.password, &marks)?;
        self.until.push(if marks.is_active { until.seconds() } else { 0 });
        if marks.is_recruiter {
            self.recruiters.push(user);
        }
        self.tell(tx, &users::Event::Registered { user: Id::new(user) })?;
        self.learn_skills(tx, user, &it, marks.is_mentor)
    }

    /// For how many seconds somebody takes part: many look once, some stay for good.
    fn lifetime(&mut self) -> i64 {
        match self.random.random_range(0..100) {
            0..35 => self.random.random_range(600..2 * 86_400),
            35..65 => self.random.random_range(2 * 86_400..60 * 86_400),
            _ => self.random.random_range(60 * 86_400..900 * 86_400),
        }
    }

    fn learn_skills(&mut self, tx: &Tx<'_>, user: i64, it: &Person, is_mentor: bool) -> Result<()> {
        let mut skills = vec![];
        for (name, level, years) in &it.skills {
            let found = self.known.named(std::slice::from_ref(name));
            skills.extend(found.into_iter().map(|it| (it.id, *level, *years)));
        }
        for _ in 0..self.random.random_range(0..3) {
            let years = f64::from(self.random.random_range(0..6)) / 2.0;
            let any = self.known.any_skill(&mut self.random);
            skills.extend(any.map(|it| (it.id, ProficiencyLevel::Intermediate, years)));
        }
        let (mut first, mut held) = (None, vec![]);
        for (skill, level, years) in &skills {
            if let Some(row) = store::insert_held(tx, user, skill.raw(), *level, *years)? {
                first.get_or_insert(row);
                held.push(*skill);
            }
        }
        let row = first.and_then(|it| u32::try_from(it).ok()).unwrap_or(0);
        self.held.push((row, u8::try_from(held.len()).unwrap_or(u8::MAX)));
        if held.is_empty() {
            return Ok(());
        }
        if held.len() >= 10 {
            self.award(tx, user, "skill_master")?;
        }
        if is_mentor {
            let best: Vec<i64> = held.iter().take(5).map(|it| it.raw()).collect();
            let years = it.skills.iter().map(|it| it.2 as i64).max().unwrap_or(0);
            store::insert_mentor(tx, user, &it.profile.bio, years, &best)?;
            self.mentors.push(user);
        }
        let user = Id::new(user);
        self.tell(tx, &skills::Event::Added { user, by: user, skills: held })
    }

    /// A posting, with what became of it since.
    fn post_job(&mut self, tx: &Tx<'_>) -> Result<()> {
        let Self { known, random, .. } = self;
        let content = &known.content;
        let nth = mixed(zipf(random, content.job_templates.len())) % content.job_templates.len();
        let template = &content.job_templates[nth];
        let fitting: Vec<usize> = (0..content.companies.len())
            .filter(|it| template.companies.is_empty() || template.companies.contains(&content.companies[*it].name))
            .collect();
        let company = fitting.get(zipf(random, fitting.len())).copied().unwrap_or(0);
        let (firm, now) = (&content.companies[company], tx.now());
        let factor = random.random_range(0.85..1.2);
        let salary = |amount: i64| (amount as f64 * factor / 1000.0).round() as i64 * 1000;
        let is_open = self.day >= DAYS - OPEN_DAYS;
        let ends = match (is_open, happens(random, 0.5)) {
            (true, true) => Some(self.now.plus(Duration::days(random.random_range(2..60)))),
            (true, false) => None,
            (false, true) => Some(now.plus(Duration::days(28)).min(self.now.plus(-Duration::hours(1)))),
            (false, false) => None,
        };
        let mut nice = known.named(&template.nice);
        for _ in 0..random.random_range(0..3) {
            nice.extend(known.any_skill(random).cloned());
        }
        let must = known.named(&template.must);
        let mut seen: Vec<i64> = must.iter().map(|it| it.id.raw()).collect();
        nice.retain(|it| {
            !seen.contains(&it.id.raw()) && {
                seen.push(it.id.raw());
                true
            }
        });
        let cities = if firm.cities.is_empty() { 0 } else { zipf(random, firm.cities.len()) };
        let draft = JobDraft {
            title: template.title.clone(),
            description: template.description.replace("{company}", &firm.name),
            company_name: firm.name.clone(),
            location: firm.cities.get(cities).cloned().unwrap_or_else(|| "Lviv, Ukraine".into()),
            is_remote: template.remote && happens(random, 0.7),
            job_type: template.job_type.parse().map_err(|e| Error::Internal(anyhow::anyhow!("a job type: {e}")))?,
            experience_level: template.level.parse().ok(),
            required_skill_ids: must,
            nice_to_have_skill_ids: nice,
            salary_min: Some(salary(template.salary[0])),
            salary_max: Some(salary(template.salary[1])),
            salary_currency: "USD".into(),
            application_url: None,
            deadline: ends,
            status: if is_open { JobStatus::Active } else { JobStatus::Closed },
        };
        let poster = self.recruiters[zipf(random, self.recruiters.len())];
        let job = jobs::store::insert(tx, Some(Id::new(poster)), &draft)?;
        let small = |it: usize| u16::try_from(it).unwrap_or(0);
        self.posted.push(Posted { id: job.raw(), poster, template: small(nth), company: small(company) });
        if !is_open {
            self.later(30, FollowUp::Closed { job: job.raw() });
        }
        self.tell(tx, &jobs::Event::Posted { job, by: Some(Id::new(poster)) })
    }

    /// A posting that takes applications today; new and popular ones are found more often.
    pub(super) fn open_posting(&mut self) -> Option<Posted> {
        let first = self.posted_before.get(self.day.saturating_sub(28)).copied().unwrap_or(0);
        let open = self.posted.get(first..)?;
        let nth = if happens(&mut self.random, 0.5) {
            zipf(&mut self.random, open.len())
        } else {
            mixed(zipf(&mut self.random, open.len())) % open.len().max(1)
        };
        open.len().checked_sub(nth + 1).and_then(|it| open.get(it)).copied()
    }

    /// The title and the company of a posting.
    pub(super) fn shown(&self, it: Posted) -> (String, String) {
        let content = &self.known.content;
        let title = content.job_templates.get(usize::from(it.template)).map(|it| it.title.clone());
        let company = content.companies.get(usize::from(it.company)).map(|it| it.name.clone());
        (title.unwrap_or_default(), company.unwrap_or_default())
    }

    /// Somebody who takes part at this moment: some do much and most do little.
    pub(super) fn somebody(&mut self, now: Timestamp) -> Option<i64> {
        let members = self.until.len() - 4;
        for _ in 0..8 {
            let nth = if happens(&mut self.random, 0.4) {
                mixed(zipf(&mut self.random, members))
            } else {
                self.random.random_range(0..members.max(1))
            };
            let number = 4 + nth % members.max(1);
            if self.until.get(number).is_some_and(|it| *it > now.seconds()) {
                return i64::try_from(number).ok();
            }
        }
        None
    }
}
