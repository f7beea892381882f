//! What a field may hold, told by the very reader that holds to it: the description of the API asks the readers instead of
//! saying their bounds a second time.

use std::ops::RangeInclusive;

use utoipa::openapi::{
    RefOr,
    schema::{ArrayItems, KnownFormat, Object, Schema, SchemaFormat, SchemaType, Type},
};

use super::fields::Fields;

/// What one field takes, as far as its reader says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rule {
    /// How many characters.
    pub length: Option<(usize, usize)>,
    /// The bounds of a number.
    pub bounds: Option<(f64, f64)>,
    /// The name of a format that JSON Schema knows.
    pub format: Option<&'static str>,
    /// What the text must match.
    pub pattern: Option<&'static str>,
    /// The words that it may be.
    pub words: &'static [&'static str],
    /// How many values a list may have.
    pub most_items: Option<usize>,
}

/// The fields of one body or query, each with its rule.
pub type Rules = Vec<(String, Rule)>;

impl Rule {
    /// Text of so many characters.
    pub const fn text(length: RangeInclusive<usize>) -> Self {
        Self { length: Some((*length.start(), *length.end())), ..Self::ANY }
    }

    /// A number between two others.
    pub const fn number(least: f64, most: f64) -> Self {
        Self { bounds: Some((least, most)), ..Self::ANY }
    }

    const ANY: Self = Self { length: None, bounds: None, format: None, pattern: None, words: &[], most_items: None };

    /// The same, of this format.
    pub const fn format(mut self, name: &'static str) -> Self {
        self.format = Some(name);
        self
    }

    /// The same, which must match.
    pub const fn matching(mut self, pattern: &'static str) -> Self {
        self.pattern = Some(pattern);
        self
    }

    /// The rules of all fields that `read` reads.
    pub fn of<T>(read: impl FnOnce(&mut Fields) -> T) -> Rules {
        let mut fields = Fields::asking();
        read(&mut fields);
        fields.rules()
    }

    /// Adds to a schema what it does not say yet.
    pub fn narrow(&self, schema: &mut RefOr<Schema>) {
        match schema {
            RefOr::T(Schema::Object(object)) => self.narrow_object(object),
            RefOr::T(Schema::Array(array)) => {
                array.max_items = array.max_items.or(self.most_items);
                if let ArrayItems::RefOrSchema(items) = &mut array.items {
                    self.narrow(items);
                }
            }
            // Either this or null; what stands elsewhere speaks for itself.
            RefOr::T(Schema::OneOf(choice)) => choice.items.iter_mut().for_each(|it| self.narrow(it)),
            _ => {}
        }
    }

    fn narrow_object(&self, object: &mut Object) {
        let is = |kind: Type| match &object.schema_type {
            SchemaType::Type(it) => *it == kind,
            SchemaType::Array(several) => several.contains(&kind),
            SchemaType::AnyValue => false,
        };
        if is(Type::String) && object.enum_values.is_none() {
            if let Some((least, most)) = self.length {
                object.min_length = object.min_length.or((least > 0).then_some(least));
                object.max_length = object.max_length.or((most < usize::MAX).then_some(most));
            }
            if !self.words.is_empty() {
                object.enum_values = Some(self.words.iter().map(|it| (*it).into()).collect());
            }
            if object.pattern.is_none() {
                object.pattern = self.pattern.map(str::to_owned);
            }
            if object.format.is_none() {
                object.format = self.format.map(|name| match name {
                    "date-time" => SchemaFormat::KnownFormat(KnownFormat::DateTime),
                    name => SchemaFormat::Custom(name.to_owned()),
                });
            }
        }
        if (is(Type::Integer) || is(Type::Number))
            && let Some((least, most)) = self.bounds
        {
            let number = |it: f64| match is(Type::Integer) {
                #[expect(clippy::cast_possible_truncation, reason = "bounds of whole numbers are whole")]
                true => utoipa::Number::Int(it as isize),
                false => utoipa::Number::Float(it),
            };
            if object.minimum.is_none() {
                object.minimum = Some(number(least));
            }
            if object.maximum.is_none() && most < 9e15 {
                object.maximum = Some(number(most));
            }
        }
    }
}
