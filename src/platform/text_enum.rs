//! Choices that are words: one declaration gives the enum its JSON, SQL, query and schema forms.

/// Declares an enum whose variants are words.
///
/// Read in any case and with `_` for `-`, and by the synonyms after `|`; always written in the canonical word. An unknown
/// word is an error that lists the known ones. `pub enum Status as "ExportStatus"` is what the description of the API calls it
/// where other rooms have a type of the same name.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* pub enum $name:ident $(as $shown:literal)? { $($(#[$doc:meta])* $variant:ident = $word:literal $(| $synonym:literal)*),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// Every choice, in order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The canonical word.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }

            /// The choice that this word names.
            ///
            /// # Errors
            /// A sentence that lists the known words.
            pub fn read(text: &str) -> Result<Self, String> {
                let choices = [$((Self::$variant, $word), $((Self::$variant, $synonym),)*)+];
                choices
                    .iter()
                    .find(|(_, word)| $crate::platform::text_enum::same_word(word, text.trim()))
                    .map(|(choice, _)| *choice)
                    .ok_or_else(|| format!("Choose one of {}.", [$($word),+].join(", ")))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::read(text)
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize<'de>>::deserialize(deserializer)?;
                Self::read(&text).map_err(serde::de::Error::custom)
            }
        }
        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }
        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                value.as_str().and_then(|text| {
                    Self::read(text).map_err(|e| rusqlite::types::FromSqlError::Other(e.into()))
                })
            }
        }
        impl<'v> rocket::form::FromFormField<'v> for $name {
            fn from_value(field: rocket::form::ValueField<'v>) -> rocket::form::Result<'v, Self> {
                Self::read(field.value).map_err(|e| rocket::form::Error::validation(e).into())
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::schema!(String).enum_values(Some([$($word),+])).into()
            }
        }
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                let names = [$($shown,)? stringify!($name)];
                std::borrow::Cow::Borrowed(names[0])
            }
        }
    };
}

/// Whether two words are the same in any case and with `_` for `-`.
pub fn same_word(one: &str, other: &str) -> bool {
    let fold = |byte: u8| if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() };
    one.len() == other.len() && one.bytes().map(fold).eq(other.bytes().map(fold))
}

#[cfg(test)]
mod tests {
    text_enum! {
        /// A colour.
        pub enum Colour { DeepRed = "deep-red" | "crimson", Blue = "blue" }
    }

    #[test]
    fn every_choice_is_listed_in_order() {
        assert_eq!(Colour::ALL, [Colour::DeepRed, Colour::Blue]);
    }

    #[test]
    fn words_are_read_in_any_case_and_written_canonically() {
        for word in ["deep-red", "DEEP_RED", " Crimson "] {
            assert_eq!(Colour::read(word), Ok(Colour::DeepRed));
        }
        assert_eq!(Colour::ALL.iter().map(ToString::to_string).collect::<Vec<_>>(), ["deep-red", "blue"]);
        assert_eq!(Colour::read("green"), Err("Choose one of deep-red, blue.".into()));
    }
}
