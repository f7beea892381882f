//! What a JSON Resume document is, as <https://jsonresume.org/schema> defines version 1.0.0.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    platform::{
        error::{Error, Result},
        validate::{Json, Kind},
    },
    skills::ProficiencyLevel,
};

/// Most names of skills that one document may bring.
const MOST_NAMES: usize = 500;

/// A profile as JSON Resume 1.0.0. What is empty is left out.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JsonResume {
    /// The schema.
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    /// Who it is.
    pub basics: Basics,
    /// What they can, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<ResumeSkill>,
    /// Courses they completed, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Projects they completed, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub projects: Vec<ResumeProject>,
    /// Where it comes from.
    pub meta: Meta,
}

/// Who it is.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Basics {
    /// Given and family name, or the username.
    pub name: String,
    /// What they call themselves.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Address of the picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image: String,
    /// Where they are written to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// Own page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// A few sentences.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Pages elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<Elsewhere>,
}

/// Where somebody is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Location {
    /// The first part of what the profile says.
    pub city: String,
    /// The rest of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub region: String,
}

/// A page elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct Elsewhere {
    /// Whose pages it is one of.
    pub network: String,
    /// The last part of its address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// Its address.
    pub url: String,
}

/// A skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResumeSkill {
    /// Its name.
    pub name: String,
    /// How well they know it.
    pub level: ProficiencyLevel,
}

/// A completed course.
#[derive(Debug, Serialize, ToSchema)]
pub struct Certificate {
    /// Its title.
    pub name: String,
    /// When they completed it, as YYYY-MM-DD.
    pub date: String,
    /// Who taught it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issuer: String,
    /// Its page here.
    pub url: String,
}

/// A completed project.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResumeProject {
    /// Its title.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What it practised.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// When they began it, as YYYY-MM-DD.
    pub start_date: String,
    /// When their work was accepted, as YYYY-MM-DD.
    pub end_date: String,
    /// Where the work is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
}

/// Where a document comes from.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// Where the newest version of it is.
    pub canonical: String,
    /// Of the schema.
    pub version: &'static str,
    /// When the profile last changed, as YYYY-MM-DDThh:mm:ss in UTC.
    pub last_modified: String,
}

/// What became, or would become, of a document that was brought.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Imported {
    /// What changes, by field of the profile; a level that rises stands under `skills.NAME`.
    pub changes: BTreeMap<String, Change>,
    /// Names of the skills that are new.
    pub skills_added: Vec<String>,
    /// What is not taken over.
    pub skipped: Vec<Skipped>,
    /// Whether nothing was written.
    pub dry_run: bool,
}

/// One field before and after.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProfileChange)]
pub struct Change {
    /// Before; empty when there was nothing.
    pub from: String,
    /// After.
    pub to: String,
}

/// Something that is not taken over.
#[derive(Debug, Serialize, ToSchema)]
pub struct Skipped {
    /// Where it stands in the document.
    pub field: String,
    /// What stands there, in short.
    pub value: String,
    /// Why, in one sentence.
    pub reason: String,
}

impl Skipped {
    /// This value of this field, for this reason.
    pub fn new(field: &str, value: &str, reason: &str) -> Self {
        let value = value.chars().take(100).collect();
        Self { field: field.into(), value, reason: reason.into() }
    }
}

/// A document that was brought, of the right shape.
#[derive(Debug, Default)]
pub struct Document {
    /// What it says of the profile, by field of the profile and by field of the document.
    pub fields: Vec<(&'static str, String, String)>,
    /// Names of skills, with how well they are known, if that is said.
    pub skills: Vec<(String, ProficiencyLevel)>,
    /// What a profile has no place for.
    pub skipped: Vec<Skipped>,
}

/// The networks that a profile has a field for.
pub const NETWORKS: [(&str, &str); 4] =
    [("GitHub", "github_url"), ("LinkedIn", "linkedin_url"), ("Twitter", "twitter_url"), ("Telegram", "telegram_url")];

const SHAPE: Json<'_> = Json {
    required: &[],
    optional: &[
        ("basics", Kind::Object),
        ("work", Kind::List),
        ("volunteer", Kind::List),
        ("education", Kind::List),
        ("awards", Kind::List),
        ("certificates", Kind::List),
        ("publications", Kind::List),
        ("skills", Kind::List),
        ("languages", Kind::List),
        ("interests", Kind::List),
        ("references", Kind::List),
        ("projects", Kind::List),
        ("meta", Kind::Object),
    ],
};
const BASICS: Json<'_> = Json {
    required: &[],
    optional: &[
        ("name", Kind::Text),
        ("label", Kind::Text),
        ("image", Kind::Text),
        ("email", Kind::Text),
        ("phone", Kind::Text),
        ("url", Kind::Text),
        ("summary", Kind::Text),
        ("location", Kind::Object),
        ("profiles", Kind::List),
    ],
};
const LOCATION: Json<'_> =
    Json { required: &[], optional: &[("city", Kind::Text), ("region", Kind::Text), ("countryCode", Kind::Text)] };
const PROFILE: Json<'_> =
    Json { required: &[], optional: &[("network", Kind::Text), ("username", Kind::Text), ("url", Kind::Text)] };
const SKILL: Json<'_> =
    Json { required: &[], optional: &[("name", Kind::Text), ("level", Kind::Text), ("keywords", Kind::List)] };

/// What stands under `path`, if it has this shape.
fn shaped<'v>(shape: &Json<'_>, path: &str, value: &'v Value) -> Result<&'v Map<String, Value>> {
    shape
        .check(value)
        .map_err(|sentence| if path.is_empty() { Error::whole(sentence) } else { Error::field(path, sentence) })
}

fn text<'v>(object: &'v Map<String, Value>, key: &str) -> &'v str {
    object.get(key).and_then(Value::as_str).map(str::trim).unwrap_or_default()
}

fn list<'v>(object: &'v Map<String, Value>, key: &str) -> &'v [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Takes out what is null, which documents write for what they do not say.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(
            object.into_iter().filter(|(_, it)| !it.is_null()).map(|(key, it)| (key, without_nulls(it))).collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().filter(|it| !it.is_null()).map(without_nulls).collect()),
        value => value,
    }
}

/// The level that a word for it means: the schema leaves the words open. What is not said is a beginner's, so that nothing
/// is claimed that nobody claimed.
fn level_of(word: &str) -> ProficiencyLevel {
    let word = word.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|it| word.contains(it));
    if any(&["expert", "master", "guru"]) {
        ProficiencyLevel::Expert
    } else if any(&["advanced", "proficient", "skilled", "senior"]) {
        ProficiencyLevel::Advanced
    } else if any(&["intermediate", "competent", "working", "medium"]) {
        ProficiencyLevel::Intermediate
    } else {
        ProficiencyLevel::Beginner
    }
}

impl Document {
    /// Reads a JSON Resume document.
    ///
    /// # Errors
    /// 400 for another shape, naming the place.
    pub fn read(document: Map<String, Value>) -> Result<Self> {
        let document = without_nulls(Value::Object(document));
        let document = shaped(&SHAPE, "", &document)?;
        if !document.contains_key("basics") && !document.contains_key("skills") {
            return Err(Error::whole("This is no JSON Resume: it has neither basics nor skills."));
        }
        let mut read = Self::default();
        if let Some(basics) = document.get("basics") {
            read.basics(shaped(&BASICS, "basics", basics)?)?;
        }
        for (nth, skill) in list(document, "skills").iter().enumerate() {
            read.skill(shaped(&SKILL, &format!("skills[{nth}]"), skill)?, nth)?;
        }
        for section in [
            "work",
            "volunteer",
            "education",
            "awards",
            "certificates",
            "publications",
            "languages",
            "interests",
            "references",
            "projects",
        ] {
            if let count @ 1.. = list(document, section).len() {
                let value = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
                read.skipped.push(Skipped::new(section, &value, "A profile has no place for it."));
            }
        }
        Ok(read)
    }

    fn set(&mut self, field: &'static str, path: &str, value: &str) {
        if !value.is_empty() {
            self.fields.push((field, path.to_owned(), value.to_owned()));
        }
    }

    fn basics(&mut self, basics: &Map<String, Value>) -> Result<()> {
        let (first, last) = text(basics, "name").rsplit_once(char::is_whitespace).unwrap_or((text(basics, "name"), ""));
        self.set("first_name", "basics.name", first.trim());
        self.set("last_name", "basics.name", last);
        self.set("title", "basics.label", text(basics, "label"));
        self.set("bio", "basics.summary", text(basics, "summary"));
        self.set("website", "basics.url", text(basics, "url"));
        if let Some(location) = basics.get("location") {
            let location = shaped(&LOCATION, "basics.location", location)?;
            let parts = ["city", "region", "countryCode"].map(|it| text(location, it));
            let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
            self.set("location", "basics.location", &parts.join(", "));
        }
        for (nth, profile) in list(basics, "profiles").iter().enumerate() {
            let path = format!("basics.profiles[{nth}]");
            let profile = shaped(&PROFILE, &path, profile)?;
            let network = text(profile, "network").to_lowercase();
            let known = NETWORKS
                .iter()
                .find(|(name, _)| name.to_lowercase() == network || network == "x" && *name == "Twitter");
            match known {
                Some((_, field)) => self.set(field, &path, text(profile, "url")),
                None => {
                    let reason = "A profile has a place for GitHub, LinkedIn, Twitter and Telegram.";
                    self.skipped.push(Skipped::new(&path, text(profile, "network"), reason));
                }
            }
        }
        for (key, reason) in [
            ("email", "The address of an account is changed in its settings, and proven."),
            ("phone", "A profile has no place for it."),
            ("image", "Upload the picture itself."),
        ] {
            if !text(basics, key).is_empty() {
                self.skipped.push(Skipped::new(&format!("basics.{key}"), text(basics, key), reason));
            }
        }
        Ok(())
    }

    /// A name with key words is often a heading over them.
    fn skill(&mut self, skill: &Map<String, Value>, nth: usize) -> Result<()> {
        let level = level_of(text(skill, "level"));
        let mut names = vec![text(skill, "name")];
        for word in list(skill, "keywords") {
            let sentence = "Each keyword must be a text.";
            names.push(word.as_str().ok_or_else(|| Error::field(&format!("skills[{nth}].keywords"), sentence))?.trim());
        }
        self.skills.extend(names.into_iter().filter(|it| !it.is_empty()).map(|it| (it.to_owned(), level)));
        if self.skills.len() > MOST_NAMES {
            return Err(Error::field("skills", format!("Name at most {MOST_NAMES} skills.")));
        }
        Ok(())
    }
}
