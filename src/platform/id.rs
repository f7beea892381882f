//! Typed ids.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
};

use rocket::{
    form::{self, FromFormField, ValueField},
    request::FromParam,
};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The primary key of a `T`, a positive integer. An `Id<Job>` is never an `Id<User>`.
pub struct Id<T>(i64, PhantomData<fn() -> T>);

impl<T> Id<T> {
    /// The id with this number, as the database gave it.
    pub const fn new(raw: i64) -> Self {
        Self(raw, PhantomData)
    }

    /// The number itself.
    pub const fn raw(self) -> i64 {
        self.0
    }
}

/// What an `{id}` must look like; anything else in its place is "not found".
#[derive(Debug)]
pub struct NotAnId;

impl<T> FromStr for Id<T> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(raw) if plain && raw > 0 => Ok(Self::new(raw)),
            _ => Err(NotAnId),
        }
    }
}

impl<T> FromParam<'_> for Id<T> {
    type Error = NotAnId;

    fn from_param(param: &str) -> Result<Self, NotAnId> {
        param.parse()
    }
}

impl<'v, T: 'static> FromFormField<'v> for Id<T> {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Self> {
        field.value.parse().map_err(|NotAnId| form::Error::validation("Give a positive whole number.").into())
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> ToSql for Id<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}
impl<T> FromSql for Id<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self::new)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}
impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match i64::deserialize(deserializer)? {
            raw if raw > 0 => Ok(Self::new(raw)),
            _ => Err(D::Error::custom("Give a positive whole number.")),
        }
    }
}

// The derive asks generic field types for this trait, which their own derive would give; an id is a number whatever it is
// the id of.
impl<T> utoipa::__dev::ComposeSchema for Id<T> {
    fn compose(
        _: Vec<utoipa::openapi::RefOr<utoipa::openapi::Schema>>,
    ) -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::schema!(i64).minimum(Some(1)).into()
    }
}
impl<T> utoipa::ToSchema for Id<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_integers_are_ids() {
        for bad in ["", "0", "-1", "+1", "1.0", "x", "99999999999999999999"] {
            assert!(bad.parse::<Id<()>>().is_err(), "{bad}");
        }
        assert_eq!("17".parse::<Id<()>>().map(Id::raw).ok(), Some(17));
    }
}
