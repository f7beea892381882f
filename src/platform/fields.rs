//! Reading the fields of a body or a query.
//!
//! A body is read field by field over a draft: the defaults for POST and PUT, the stored values for PATCH. One function
//! per entity therefore serves all three, and every fault is kept, so that the client sees them all at once.
//!
//! ```text
//! impl Draft {
//!     fn read(mut self, body: &mut Fields) -> Self {
//!         body.required("title", &mut self.title, text(1..=200));
//!         body.optional("salary_min", &mut self.salary_min, integer(0..=1_000_000_000));
//!         body.defaulted("is_remote", &mut self.is_remote, flag);
//!         self
//!     }
//! }
//! ```

use std::{cell::RefCell, ops::RangeInclusive, str::FromStr};

use serde_json::{Map, Value};
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, OneOfBuilder, Schema, Type},
};

use super::{
    clock::Timestamp,
    error::{Error, FieldErrors, Result},
    id::Id,
    rule::{Rule, Rules},
    validate,
};

/// Names that mean the same as the canonical one, in bodies and queries.
const SYNONYMS: &[(&str, &str)] =
    &[("difficulty_level", "difficulty"), ("posted_date", "posted_at"), ("expires_at", "deadline")];

/// A reference in a body may also stand under its bare name.
const BARE_REFERENCES: &[(&str, &str)] = &[
    ("skill", "skill_id"),
    ("job", "job_id"),
    ("course", "course_id"),
    ("project", "project_id"),
    ("mentor", "mentor_id"),
    ("post", "post_id"),
];

/// Whether fields left out keep what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// POST, PUT: required fields must be there, others fall back to their default.
    Whole,
    /// PATCH: only what is carried is touched.
    Patch,
}

/// One value as it came: JSON from a body, text from a query.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    value: &'a Value,
    from_query: bool,
    /// Who `me` is in a query.
    caller: Option<i64>,
    /// Where the reader says what it takes; there is no value then.
    asked: Option<&'a RefCell<Rule>>,
}

/// What reads a value: the value, or a sentence that says what it must be.
pub type Read<T> = Result<T, String>;

/// The fields of one body or query, and the faults found so far.
pub struct Fields {
    values: Map<String, Value>,
    mode: Mode,
    from_query: bool,
    caller: Option<i64>,
    faults: FieldErrors,
    /// What the readers say they take, when they are asked for that instead of given values.
    rules: Option<Rules>,
}

impl Fields {
    /// The fields of a JSON object.
    pub fn of_body(values: Map<String, Value>, mode: Mode) -> Self {
        let mut fields =
            Self { values, mode, from_query: false, caller: None, faults: FieldErrors::new(), rules: None };
        fields.rename(SYNONYMS);
        fields.rename(BARE_REFERENCES);
        fields
    }

    /// The fields of a query; a name that stands several times becomes an array.
    pub fn of_query<'q>(pairs: impl Iterator<Item = (&'q str, &'q str)>) -> Self {
        let mut values = Map::new();
        for (name, value) in pairs {
            match values.entry(name) {
                serde_json::map::Entry::Vacant(free) => {
                    free.insert(Value::from(value));
                }
                serde_json::map::Entry::Occupied(mut taken) => {
                    if let Value::Array(several) = taken.get_mut() {
                        several.push(Value::from(value));
                    } else {
                        let first = taken.get().clone();
                        taken.insert(Value::Array(vec![first, Value::from(value)]));
                    }
                }
            }
        }
        let mut fields =
            Self { values, mode: Mode::Patch, from_query: true, caller: None, faults: FieldErrors::new(), rules: None };
        fields.rename(SYNONYMS);
        fields
    }

    /// The cells of a row of a table: all of them text, or lists of text; required ones must be there.
    pub fn of_cells(values: Map<String, Value>) -> Self {
        let mut fields =
            Self { values, mode: Mode::Whole, from_query: true, caller: None, faults: FieldErrors::new(), rules: None };
        fields.rename(SYNONYMS);
        fields.rename(BARE_REFERENCES);
        fields
    }

    /// The texts of a form, which are read like those of a query; required ones must be there.
    pub fn of_form<'q>(pairs: impl Iterator<Item = (&'q str, &'q str)>) -> Self {
        Self { mode: Mode::Whole, ..Self::of_query(pairs) }
    }

    /// The same, of a query of this account, which is called `me` there.
    pub fn of_caller(mut self, caller: Option<i64>) -> Self {
        self.caller = caller;
        self
    }

    /// No fields: whoever reads them is asked what it takes.
    pub fn asking() -> Self {
        Self { rules: Some(Rules::new()), ..Self::of_body(Map::new(), Mode::Patch) }
    }

    /// What was told so far by those that were asked.
    pub fn rules(self) -> Rules {
        self.rules.unwrap_or_default()
    }

    fn rename(&mut self, names: &[(&str, &str)]) {
        for (synonym, name) in names {
            if !self.values.contains_key(*name)
                && let Some(value) = self.values.remove(*synonym)
            {
                self.values.insert((*name).to_owned(), value);
            }
        }
    }

    /// Whether PATCH: fields left out keep what is stored.
    pub fn is_patch(&self) -> bool {
        self.mode == Mode::Patch
    }

    /// Whether this field was sent, null included.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A field that must be there, unless it already has a stored value.
    pub fn required<T>(&mut self, name: &str, slot: &mut T, read: impl Fn(Input<'_>) -> Read<T>) {
        if let Some(rules) = &mut self.rules {
            let asked = RefCell::default();
            // There is nothing to read, and what the reader says of that is no fault.
            let _ = read(Input { value: &Value::Null, from_query: self.from_query, caller: None, asked: Some(&asked) });
            rules.push((name.to_owned(), asked.into_inner()));
            return;
        }
        match self.values.get(name) {
            None if self.mode == Mode::Patch => {}
            None => self.fault(name, "This field is required."),
            Some(Value::Null) => self.fault(name, "This must not be null."),
            Some(value) => match read(Input { value, from_query: self.from_query, caller: self.caller, asked: None }) {
                Ok(value) => *slot = value,
                Err(sentence) => self.fault(name, sentence),
            },
        }
    }

    /// A field whose default is the empty value of its type; null restores it.
    pub fn defaulted<T: Default>(&mut self, name: &str, slot: &mut T, read: impl Fn(Input<'_>) -> Read<T>) {
        self.defaulting_to(T::default(), name, slot, read);
    }

    /// A field with this default, which null restores.
    pub fn defaulting_to<T>(&mut self, default: T, name: &str, slot: &mut T, read: impl Fn(Input<'_>) -> Read<T>) {
        if self.values.get(name).is_some_and(Value::is_null) {
            *slot = default;
        } else if self.has(name) || self.rules.is_some() {
            self.required(name, slot, read);
        }
    }

    /// A field that may be null.
    pub fn optional<T>(&mut self, name: &str, slot: &mut Option<T>, read: impl Fn(Input<'_>) -> Read<T>) {
        self.defaulted(name, slot, |input| read(input).map(Some));
    }

    /// A field that may stand several times in a query, or be an array in a body.
    pub fn several<T>(&mut self, name: &str, slot: &mut Vec<T>, most: usize, read: impl Fn(Input<'_>) -> Read<T>) {
        self.defaulted(name, slot, |input| {
            if input.asked.is_some() {
                let none = read(input).map(|_| vec![]);
                input.tell(|rule| rule.most_items = Some(most));
                return none;
            }
            let one = [input.value.clone()];
            let values = match input.value {
                Value::Array(values) => values.as_slice(),
                _ if input.from_query => &one,
                _ => return Err("Give an array.".into()),
            };
            if values.len() > most {
                return Err(format!("Give at most {most} values."));
            }
            values.iter().map(|value| read(Input { value, ..input })).collect()
        });
    }

    /// Adds a fault of one field.
    pub fn fault(&mut self, name: &str, sentence: impl Into<String>) {
        self.faults.entry(name.to_owned()).or_default().push(sentence.into());
    }

    /// Adds a fault unless `holds`.
    pub fn check(&mut self, name: &str, holds: bool, sentence: &str) {
        if !holds {
            self.fault(name, sentence);
        }
    }

    /// The draft when no fault was found, else all of them.
    ///
    /// # Errors
    /// 400 with every fault by field.
    pub fn finish<T>(&mut self, draft: T) -> Result<T> {
        if self.faults.is_empty() { Ok(draft) } else { Err(Error::Invalid(std::mem::take(&mut self.faults))) }
    }
}

impl<'a> Input<'a> {
    /// A value of a body, as one that lies inside another.
    pub const fn of(value: &'a Value) -> Self {
        Self { value, from_query: false, caller: None, asked: None }
    }

    /// Says what is taken here, if that is asked.
    pub fn tell(self, tell: impl FnOnce(&mut Rule)) {
        if let Some(asked) = self.asked {
            tell(&mut asked.borrow_mut());
        }
    }

    /// The value as JSON.
    pub fn json(self) -> &'a Value {
        self.value
    }

    /// The value as text.
    fn text(self) -> Read<&'a str> {
        match self.value {
            Value::String(text) => Ok(text),
            Value::Array(_) if self.from_query => Err("Give this once.".into()),
            _ => Err("Give a text.".into()),
        }
    }

    fn number<T: FromStr>(self, json: impl Fn(&Value) -> Option<T>, what: &str) -> Read<T> {
        let number = if self.from_query { self.text()?.trim().parse().ok() } else { json(self.value) };
        number.ok_or_else(|| format!("Give {what}."))
    }
}

/// Text of so many characters after trimming, normalised.
pub fn text(length: RangeInclusive<usize>) -> impl Fn(Input<'_>) -> Read<String> {
    move |input| {
        let shown = Rule::text(length.clone());
        input.tell(|rule| *rule = if *length.start() > 0 { shown.matching(r"\S") } else { shown });
        let text = validate::text(input.text()?);
        let count = text.chars().count();
        match (length.contains(&count), *length.start()) {
            (true, _) => Ok(text),
            (false, 0) => Err(format!("Use at most {} characters.", length.end())),
            (false, 1) if count == 0 => Err("This must not be empty.".into()),
            (false, least) => Err(format!("Use {least} to {} characters.", length.end())),
        }
    }
}

/// How long a text may be that is taken as it was sent.
const RAW_LENGTH: usize = 4096;

/// Text as it was sent: passwords and tokens are neither trimmed nor normalised.
pub fn raw_text(input: Input<'_>) -> Read<String> {
    input.tell(|rule| *rule = Rule::text(0..=RAW_LENGTH));
    let text = input.text()?;
    if text.chars().count() > RAW_LENGTH { Err("This is too long.".into()) } else { Ok(text.to_owned()) }
}

/// Text that one of the validators reads.
pub fn valid<T>(validator: impl Fn(&str) -> Read<T>) -> impl Fn(Input<'_>) -> Read<T> {
    move |input| validator(input.text()?)
}

/// Text that one of the validators reads, which takes what `rule` says.
pub fn ruled<T>(rule: Rule, validator: impl Fn(&str) -> Read<T>) -> impl Fn(Input<'_>) -> Read<T> {
    move |input| {
        input.tell(|it| it.clone_from(&rule));
        validator(input.text()?)
    }
}

/// A choice among words.
pub fn choice<T: FromStr<Err = String>>(input: Input<'_>) -> Read<T> {
    input.text()?.parse()
}

/// true or false.
pub fn flag(input: Input<'_>) -> Read<bool> {
    match input.value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(_) | Value::Array(_) if input.from_query => match input.text()?.to_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(true),
            "false" | "0" | "no" => Ok(false),
            _ => Err("Give true or false.".into()),
        },
        _ => Err("Give true or false.".into()),
    }
}

/// A whole number within bounds.
pub fn integer(bounds: RangeInclusive<i64>) -> impl Fn(Input<'_>) -> Read<i64> {
    move |input| {
        input.tell(|rule| *rule = Rule::number(*bounds.start() as f64, *bounds.end() as f64));
        let number = input.number(Value::as_i64, "a whole number")?;
        match bounds.contains(&number) {
            true => Ok(number),
            false if *bounds.end() == i64::MAX => Err(format!("Give a number of at least {}.", bounds.start())),
            false => Err(format!("Give a number from {} to {}.", bounds.start(), bounds.end())),
        }
    }
}

/// A number within bounds.
pub fn decimal(bounds: RangeInclusive<f64>) -> impl Fn(Input<'_>) -> Read<f64> {
    move |input| {
        input.tell(|rule| *rule = Rule::number(*bounds.start(), *bounds.end()));
        let number: f64 = input.number(Value::as_f64, "a number")?;
        if bounds.contains(&number) {
            Ok(number)
        } else {
            Err(format!("Give a number from {} to {}.", bounds.start(), bounds.end()))
        }
    }
}

/// An id.
pub fn id<T>(input: Input<'_>) -> Read<Id<T>> {
    input.tell(|rule| *rule = Rule::number(1.0, i64::MAX as f64));
    match input.number(Value::as_i64, "an id") {
        Ok(raw) if raw > 0 => Ok(Id::new(raw)),
        _ => Err("Give an id, a positive whole number.".into()),
    }
}

/// The id of an account, or `me` for the caller's.
pub fn account<T>(input: Input<'_>) -> Read<Id<T>> {
    input.tell(|rule| *rule = Rule { pattern: Some("^([1-9][0-9]*|me)$"), ..Rule::default() });
    match (input.text(), input.caller) {
        (Ok("me"), Some(caller)) => Ok(Id::new(caller)),
        (Ok("me"), None) => Err("Sign in to be called me.".into()),
        _ => match input.number(Value::as_i64, "an id") {
            Ok(raw) if raw > 0 => Ok(Id::new(raw)),
            _ => Err("Give an id, a positive whole number, or me.".into()),
        },
    }
}

/// One of these words.
pub fn one_of(words: &'static [&'static str]) -> impl Fn(Input<'_>) -> Read<String> {
    move |input| {
        input.tell(|rule| rule.words = words);
        let text = input.text()?.trim();
        let found = words.iter().find(|it| **it == text);
        found.map(|it| (*it).to_owned()).ok_or_else(|| format!("Choose one of {}.", words.join(", ")))
    }
}

/// An id, or a name to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference<T> {
    /// By id.
    Id(Id<T>),
    /// By name, trimmed.
    Name(String),
}

/// How a reference is described: either form.
pub struct IdOrName;

impl utoipa::PartialSchema for IdOrName {
    fn schema() -> RefOr<Schema> {
        let id = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
        let name = ObjectBuilder::new().schema_type(Type::String).pattern(Some(r"\S"));
        OneOfBuilder::new().description(Some("An id, or a name.")).item(id).item(name).into()
    }
}
impl utoipa::ToSchema for IdOrName {}

/// A reference by id or by name. In a query, digits are an id.
pub fn reference<T>(input: Input<'_>) -> Read<Reference<T>> {
    if let Ok(id) = id(input) {
        return Ok(Reference::Id(id));
    }
    input.tell(|rule| *rule = Rule { pattern: Some(r"\S"), ..Rule::default() });
    match input.text() {
        Ok(name) if !name.trim().is_empty() => Ok(Reference::Name(validate::text(name))),
        _ => Err("Give an id or a name.".into()),
    }
}

/// A date, or a date and time.
pub fn moment(input: Input<'_>) -> Read<Timestamp> {
    input.tell(|rule| rule.format = Some("date-time"));
    // In a query `+` stands for a space, which a time zone's sign falls victim to.
    let text = input.text()?.trim().replace(' ', if input.from_query { "+" } else { " " });
    Timestamp::parse(&text).ok_or_else(|| "Give a date or a date and time, as 2030-01-31T12:00:00Z.".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Default, Debug, PartialEq)]
    struct Draft {
        title: String,
        salary: Option<i64>,
        remote: bool,
    }

    fn read(mut draft: Draft, mode: Mode, body: Value) -> Result<Draft> {
        let Value::Object(map) = body else { unreachable!("tests send objects") };
        let mut body = Fields::of_body(map, mode);
        body.required("title", &mut draft.title, text(1..=5));
        body.optional("salary", &mut draft.salary, integer(0..=100));
        body.defaulted("remote", &mut draft.remote, flag);
        body.finish(draft)
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let Err(Error::Invalid(faults)) = read(Draft::default(), Mode::Whole, json!({"salary": "x", "remote": 1}))
        else {
            panic!("bad fields must be refused");
        };
        assert_eq!(faults.keys().collect::<Vec<_>>(), ["remote", "salary", "title"]);
    }

    #[test]
    fn patch_touches_only_what_it_carries_and_null_clears() {
        let stored = || Draft { title: "a".into(), salary: Some(5), remote: true };
        assert_eq!(read(stored(), Mode::Patch, json!({})).unwrap(), stored());
        assert_eq!(
            read(stored(), Mode::Patch, json!({"salary": null, "remote": null, "title": " b "})).unwrap(),
            Draft { title: "b".into(), salary: None, remote: false }
        );
        assert!(read(stored(), Mode::Patch, json!({"title": null})).is_err());
    }

    #[test]
    fn numbers_are_text_in_queries_only() {
        let mut query = Fields::of_query([("salary", "7"), ("tag", "a"), ("tag", "b")].into_iter());
        let (mut salary, mut tags) = (None, vec![]);
        query.optional("salary", &mut salary, integer(0..=100));
        query.several("tag", &mut tags, 20, text(1..=9));
        assert_eq!((salary, tags), (Some(7), vec!["a".to_owned(), "b".to_owned()]));
        assert!(read(Draft::default(), Mode::Whole, json!({"title": "a", "salary": "7"})).is_err());
    }
}
