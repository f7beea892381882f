//! SQL functions of the house, registered on every connection.

use rusqlite::{Connection, functions::FunctionFlags};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Registers `fold(text)`, `begins_word(text, word)` and `log10(number)`, which this build of SQLite lacks.
///
/// # Errors
/// The connection does not take functions.
pub fn register(conn: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("log10", 1, flags | FunctionFlags::SQLITE_INNOCUOUS, |ctx| {
        ctx.get::<f64>(0).map(f64::log10)
    })?;
    conn.create_scalar_function("fold", 1, flags, |ctx| Ok(fold(ctx.get_raw(0).as_str()?)))?;
    conn.create_scalar_function("begins_word", 2, flags, |ctx| {
        Ok(begins_word(ctx.get_raw(0).as_str()?, ctx.get_raw(1).as_str()?))
    })
}

/// Lower case without accents, so that "Žofia" and "zofia" meet.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Whether a word of `text` begins with `word`, in any case and with any accent.
pub fn begins_word(text: &str, word: &str) -> bool {
    let (text, word) = (fold(text), fold(word));
    if word.is_empty() {
        return true;
    }
    text.match_indices(&word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        // A word that is looked for may itself begin with a sign, as in ".net".
        before.is_none_or(|it| !it.is_alphanumeric()) || !word.starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_their_beginning_in_any_case_and_accent() {
        assert!(begins_word("Žofia Nováková", "NOVAK"));
        assert!(begins_word("front-end developer", "end"));
        assert!(!begins_word("backend developer", "end"));
        assert!(begins_word("ASP.NET", ".net"));
        assert!(begins_word("anything", ""));
    }
}
