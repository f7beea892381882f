//! What a posting is.

use rusqlite::Row;
use serde::Serialize;
use utoipa::ToSchema;

use super::applications::Application;
use crate::{
    platform::{
        clock::Timestamp,
        event::{self, Facts},
        fields::{Fields, IdOrName, Input, Read, Reference, choice, flag, integer, moment, reference, ruled, text},
        id::Id,
        list::Filter,
        rule::Rule,
        validate,
    },
    skills::{Skill, SkillRef},
    text_enum,
    users::{ExperienceLevel, HasOwner, SoftDelete, User, UserRef},
};

/// The highest salary that can be written.
const MOST_SALARY: i64 = 1_000_000_000;

/// The active currency codes of ISO 4217.
const CURRENCIES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV \
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

text_enum! {
    /// How somebody is employed.
    pub enum JobType {
        FullTime = "full-time",
        PartTime = "part-time",
        Contract = "contract",
        Internship = "internship",
        Freelance = "freelance",
    }
}

text_enum! {
    /// How experienced a posting wants somebody.
    pub enum JobLevel {
        Entry = "entry" | "entry-level",
        Junior = "junior" | "junior-level",
        Mid = "mid" | "mid-level" | "middle",
        Senior = "senior" | "senior-level",
    }
}

impl From<JobLevel> for ExperienceLevel {
    fn from(level: JobLevel) -> Self {
        match level {
            JobLevel::Entry => ExperienceLevel::Entry,
            JobLevel::Junior => ExperienceLevel::Junior,
            JobLevel::Mid => ExperienceLevel::Mid,
            JobLevel::Senior => ExperienceLevel::Senior,
        }
    }
}

text_enum! {
    /// Whether a posting takes applications.
    pub enum JobStatus { Active = "active", Closed = "closed" }
}

/// A posting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Job {
    /// Its number, never used again.
    pub id: Id<Job>,
    /// What is to be done, in a few words.
    pub title: String,
    /// What is to be done, at length.
    pub description: String,
    /// Who pays.
    pub company_name: String,
    /// Address of the company's picture.
    pub company_logo: Option<String>,
    /// City and country.
    pub location: String,
    /// Whether it can be done from anywhere.
    pub is_remote: bool,
    /// How somebody is employed.
    pub job_type: JobType,
    /// How experienced they must be; null: any.
    pub experience_level: Option<JobLevel>,
    /// What they must know, in the poster's order.
    pub required_skills: Vec<SkillRef>,
    /// What helps, in the poster's order.
    pub nice_to_have_skills: Vec<SkillRef>,
    /// The least that is paid, in whole units of the currency.
    pub salary_min: Option<i64>,
    /// The most that is paid, in whole units of the currency.
    pub salary_max: Option<i64>,
    /// ISO 4217.
    pub salary_currency: String,
    /// Where the company takes applications itself.
    pub application_url: Option<String>,
    /// Until when applications are taken; null: no end.
    pub deadline: Option<Timestamp>,
    /// Whether it takes applications.
    pub status: JobStatus,
    /// Who posted it; null when the account is gone.
    pub posted_by: Option<UserRef>,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// Applications that were not withdrawn.
    pub total_applications: i64,
    /// How often it was looked at.
    pub views_count: i64,
    /// Active and not past its deadline.
    pub is_open: bool,
    /// Whether it is deleted, and can still be restored.
    pub is_deleted: bool,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// Whether its poster's account waits to be erased: it is hidden meanwhile.
    #[serde(skip)]
    pub is_away: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How well it fits the caller, 0 to 100; only for who is signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_percentage: Option<i64>,
    /// The caller's application to it; only in the answer about one posting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub my_application: Option<Application>,
}

impl HasOwner for Job {
    fn owner(&self) -> Option<Id<User>> {
        self.posted_by.as_ref().map(|it| it.id)
    }
}

impl SoftDelete for Job {
    const NAME: &'static str = "job";
    const TABLE: &'static str = "job_opportunities";

    fn id(&self) -> Id<Self> {
        self.id
    }

    fn deleted_at(&self) -> Option<Timestamp> {
        self.deleted_at
    }
}

impl Job {
    /// Whether it counts in what skills are asked for: active, not deleted, not hidden. A posting that is past its deadline counts
    /// until the system has closed it.
    pub fn is_counted(&self) -> bool {
        self.status == JobStatus::Active && self.is_there()
    }

    /// Whether it is neither deleted nor hidden.
    pub fn is_there(&self) -> bool {
        self.deleted_at.is_none() && !self.is_away
    }

    /// Takes up the skills that it asks for.
    pub fn ask(&mut self, asked: Vec<Asked>) {
        let (must, nice): (Vec<_>, Vec<_>) = asked.into_iter().partition(|it| it.must);
        self.required_skills = must.into_iter().map(|it| it.skill).collect();
        self.nice_to_have_skills = nice.into_iter().map(|it| it.skill).collect();
    }

    /// The parts that its poster writes.
    pub fn draft(&self) -> JobDraft {
        JobDraft {
            title: self.title.clone(),
            description: self.description.clone(),
            company_name: self.company_name.clone(),
            location: self.location.clone(),
            is_remote: self.is_remote,
            job_type: self.job_type,
            experience_level: self.experience_level,
            required_skill_ids: self.required_skills.clone(),
            nice_to_have_skill_ids: self.nice_to_have_skills.clone(),
            salary_min: self.salary_min,
            salary_max: self.salary_max,
            salary_currency: self.salary_currency.clone(),
            application_url: self.application_url.clone(),
            deadline: self.deadline,
            status: self.status,
        }
    }
}

/// A skill that a posting asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The skill.
    pub skill: SkillRef,
    /// Whether it is needed, and does not only help.
    pub must: bool,
    /// Open postings that ask for it.
    pub demand: i64,
}

/// A posting inside another answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobRef {
    /// Its number.
    pub id: Id<Job>,
    /// What is to be done.
    pub title: String,
    /// Who pays.
    pub company_name: String,
    /// City and country.
    pub location: String,
    /// How somebody is employed.
    pub job_type: JobType,
    /// Whether it takes applications.
    pub status: JobStatus,
}

impl JobRef {
    /// The columns of a nested posting, of a table that goes by the name `j`.
    pub const COLUMNS: &'static str = "j.id AS j_id, j.title AS j_title, j.company_name AS j_company_name,
        j.location AS j_location, j.job_type AS j_job_type, j.status AS j_status";

    /// Reads the columns of [`JobRef::COLUMNS`].
    ///
    /// # Errors
    /// The row does not have them.
    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("j_id")?,
            title: row.get("j_title")?,
            company_name: row.get("j_company_name")?,
            location: row.get("j_location")?,
            job_type: row.get("j_job_type")?,
            status: row.get("j_status")?,
        })
    }
}

impl From<&Job> for JobRef {
    fn from(job: &Job) -> Self {
        Self {
            id: job.id,
            title: job.title.clone(),
            company_name: job.company_name.clone(),
            location: job.location.clone(),
            job_type: job.job_type,
            status: job.status,
        }
    }
}

/// What the poster writes. Left out by PUT, an optional field falls back to its default.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JobDraft {
    /// 1 to 200 characters.
    pub title: String,
    /// 1 to 20000 characters.
    pub description: String,
    /// 1 to 200 characters.
    pub company_name: String,
    /// 1 to 200 characters, as "Kyiv, Ukraine".
    pub location: String,
    /// Whether it can be done from anywhere.
    #[schema(required = false)]
    pub is_remote: bool,
    /// How somebody is employed.
    pub job_type: JobType,
    /// Null: any.
    pub experience_level: Option<JobLevel>,
    /// Ids or names of what somebody must know; with the other list at most 30.
    #[schema(value_type = Vec<IdOrName>)]
    #[schema(required = false)]
    pub required_skill_ids: Vec<SkillRef>,
    /// Ids or names of what helps.
    #[schema(value_type = Vec<IdOrName>)]
    #[schema(required = false)]
    pub nice_to_have_skill_ids: Vec<SkillRef>,
    /// At most `salary_max`.
    pub salary_min: Option<i64>,
    /// At least `salary_min`.
    pub salary_max: Option<i64>,
    /// ISO 4217, USD unless said.
    #[schema(required = false)]
    pub salary_currency: String,
    /// An http or https address.
    pub application_url: Option<String>,
    /// In the future.
    pub deadline: Option<Timestamp>,
    /// Active unless said.
    #[schema(required = false)]
    pub status: JobStatus,
}

impl Default for JobDraft {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            company_name: String::new(),
            location: String::new(),
            is_remote: false,
            job_type: JobType::FullTime,
            experience_level: None,
            required_skill_ids: vec![],
            nice_to_have_skill_ids: vec![],
            salary_min: None,
            salary_max: None,
            salary_currency: "USD".into(),
            application_url: None,
            deadline: None,
            status: JobStatus::Active,
        }
    }
}

fn currency(code: &str) -> Read<String> {
    let code = code.trim().to_ascii_uppercase();
    let known = CURRENCIES.split_whitespace().any(|it| it == code);
    if known { Ok(code) } else { Err("Give a currency code of ISO 4217, as EUR.".into()) }
}

/// A link, where empty text stands for none.
fn link(input: Input<'_>) -> Read<Option<String>> {
    let link = ruled(validate::URL, |it| validate::Url::default().check(it))(input)?;
    Ok(Some(link).filter(|it| !it.is_empty()))
}

impl JobDraft {
    /// Reads a body over this draft. Skills are read inside the write, where their names can be looked up. A `standing`
    /// deadline may be sent again after it has passed.
    pub fn read(mut self, body: &mut Fields, now: Timestamp, standing: Option<Timestamp>) -> Self {
        body.required("title", &mut self.title, text(1..=200));
        body.required("description", &mut self.description, text(1..=20_000));
        body.required("company_name", &mut self.company_name, text(1..=200));
        body.required("location", &mut self.location, text(1..=200));
        body.defaulted("is_remote", &mut self.is_remote, flag);
        body.required("job_type", &mut self.job_type, choice);
        body.optional("experience_level", &mut self.experience_level, choice);
        body.optional("salary_min", &mut self.salary_min, integer(0..=MOST_SALARY));
        body.optional("salary_max", &mut self.salary_max, integer(0..=MOST_SALARY));
        body.defaulting_to(
            "USD".into(),
            "salary_currency",
            &mut self.salary_currency,
            ruled(Rule::text(3..=3), currency),
        );
        body.defaulted("application_url", &mut self.application_url, link);
        body.optional("deadline", &mut self.deadline, moment);
        body.defaulting_to(JobStatus::Active, "status", &mut self.status, choice);
        if let (Some(least), Some(most)) = (self.salary_min, self.salary_max) {
            body.check("salary_min", least <= most, "This must not be more than salary_max.");
        }
        if self.deadline != standing {
            body.check("deadline", self.deadline.is_none_or(|it| it > now), "This must be in the future.");
        }
        self
    }

    /// Whether somebody could apply to it at this moment.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.status == JobStatus::Active && self.deadline.is_none_or(|it| it > now)
    }
}

/// The filters of `GET /jobs/`.
#[derive(Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobFilter {
    /// A part of the location.
    pub location: Option<String>,
    /// Any of these.
    pub job_type: Vec<JobType>,
    /// Any of these.
    pub experience_level: Vec<JobLevel>,
    /// Pays at least this: its highest salary, else its lowest, is not below.
    pub salary_min: Option<i64>,
    /// Starts at no more than this.
    pub salary_max: Option<i64>,
    /// Asks for this skill: its id or name.
    #[param(value_type = Option<String>)]
    pub skill: Option<Reference<Skill>>,
    /// A part of the company's name.
    pub company: Option<String>,
    /// Open ones, or closed ones.
    pub status: Vec<JobStatus>,
    /// Posted at or after this.
    pub posted_after: Option<Timestamp>,
    /// Only the caller's own, open or not.
    pub mine: Option<bool>,
}

impl JobFilter {
    /// Whether it asks for nothing but types, levels and a skill of open postings.
    pub fn is_open_alone(&self) -> bool {
        let Self { location, salary_min, salary_max, company, status, posted_after, mine, .. } = self;
        let is_open = status.is_empty() && posted_after.is_none() && mine.is_none();
        is_open && salary_min.is_none() && salary_max.is_none() && location.is_none() && company.is_none()
    }
}

impl Filter for JobFilter {
    fn read(query: &mut Fields) -> Self {
        let mut filter = Self::default();
        query.optional("location", &mut filter.location, text(1..=200));
        query.several("job_type", &mut filter.job_type, 20, choice);
        query.several("experience_level", &mut filter.experience_level, 20, choice);
        query.optional("salary_min", &mut filter.salary_min, integer(0..=MOST_SALARY));
        query.optional("salary_max", &mut filter.salary_max, integer(0..=MOST_SALARY));
        query.optional("skill", &mut filter.skill, reference);
        query.optional("company", &mut filter.company, text(1..=200));
        query.several("status", &mut filter.status, 20, choice);
        query.optional("posted_after", &mut filter.posted_after, moment);
        query.optional("mine", &mut filter.mine, flag);
        filter
    }
}

/// What happened to postings.
#[derive(Serialize)]
pub enum Event {
    /// A posting was made.
    Posted {
        /// The posting.
        job: Id<Job>,
        /// Its poster; none when it was brought in without one.
        by: Option<Id<User>>,
    },
    /// Its words, terms or skills changed.
    Changed {
        /// The posting.
        job: Id<Job>,
        /// Who changed it.
        by: Id<User>,
    },
    /// It takes no more applications.
    Closed {
        /// The posting.
        job: Id<Job>,
        /// Who closed it; none when its deadline passed.
        by: Option<Id<User>>,
    },
    /// It takes applications again.
    Reopened {
        /// The posting.
        job: Id<Job>,
        /// Who reopened it.
        by: Id<User>,
    },
    /// It was deleted, and can be restored for a while.
    Deleted {
        /// The posting.
        job: Id<Job>,
        /// Who deleted it.
        by: Id<User>,
    },
    /// It is back.
    Restored {
        /// The posting.
        job: Id<Job>,
        /// Who restored it.
        by: Id<User>,
    },
}

impl event::Event for Event {
    fn facts(&self) -> Facts {
        let (kind, job, by) = match *self {
            Event::Posted { job, by } => ("jobs.posted", job, by),
            Event::Changed { job, by } => ("jobs.changed", job, Some(by)),
            Event::Closed { job, by } => ("jobs.closed", job, by),
            Event::Reopened { job, by } => ("jobs.reopened", job, Some(by)),
            Event::Deleted { job, by } => ("jobs.deleted", job, Some(by)),
            Event::Restored { job, by } => ("jobs.restored", job, Some(by)),
        };
        Facts::new(kind, by, "job", job)
    }
}
