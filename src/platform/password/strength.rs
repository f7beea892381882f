//! Which passwords are too easily guessed.

use std::{collections::BTreeSet, ops::RangeInclusive};

use crate::platform::rule::Rule;

/// Base words and phrases of common passwords, one a line.
const COMMON: &str = include_str!("../../../data/common-passwords.txt");

/// What stands for which letter; 1 is read once as i and once as l.
const LEET: [(char, char); 8] =
    [('4', 'a'), ('@', 'a'), ('3', 'e'), ('!', 'i'), ('0', 'o'), ('5', 's'), ('$', 's'), ('7', 't')];

/// How many characters a password has.
const LENGTH: RangeInclusive<usize> = 10..=200;

/// What a password looks like.
pub const RULE: Rule = Rule::text(LENGTH);

/// Refuses passwords of fewer than 10 or more than 200 characters, of digits only, from the list of common ones, or
/// like the user's name, full name or e-mail address.
///
/// # Errors
/// A sentence that says what to change.
pub fn strength(password: &str, username: &str, name: &str, email: &str) -> Result<(), String> {
    if !LENGTH.contains(&password.chars().count()) {
        return Err(format!("Use {} to {} characters.", LENGTH.start(), LENGTH.end()));
    }
    if password.chars().all(char::is_numeric) {
        return Err("Use more than digits.".into());
    }
    if is_common(password) {
        return Err("This password is among the first that others would try. Use another one.".into());
    }
    for (whose, text) in [("user name", username), ("name", name), ("e-mail address", email)] {
        if is_like(password, text) {
            return Err(format!("This password is too much like the {whose}. Use another one."));
        }
    }
    Ok(())
}

/// Whether the password is a base word, or repeats one, after lowering, undoing leet, and stripping digits and signs
/// at the ends.
fn is_common(password: &str) -> bool {
    let forms = forms(&password.to_lowercase());
    COMMON.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).any(|word| {
        let word = word.to_lowercase();
        let plain = if word.contains(char::is_numeric) { undo_leet(&word, 'i') } else { word.clone() };
        forms.iter().any(|form| repeats(form, &word) || repeats(form, &plain))
    })
}

/// The word itself, or the word again and again, the last time perhaps cut off.
fn repeats(form: &str, word: &str) -> bool {
    form.len() >= word.len()
        && form.starts_with(word)
        && form.chars().eq(word.chars().cycle().take(form.chars().count()))
}

/// The readings of a lowered password: signs and digits at either end may be decoration or stand for letters.
fn forms(lower: &str) -> BTreeSet<String> {
    let letter = |c: char| c.is_alphabetic();
    let alphanumeric = |c: char| c.is_alphanumeric();
    let mut forms = BTreeSet::new();
    for cut in [
        lower,
        lower.trim_matches(|c| !alphanumeric(c)),
        lower.trim_start_matches(|c| !letter(c)),
        lower.trim_end_matches(|c| !letter(c)),
        lower.trim_matches(|c| !letter(c)),
    ] {
        for read in [cut.to_owned(), undo_leet(cut, 'i'), undo_leet(cut, 'l')] {
            forms.insert(read.trim_matches(|c| !letter(c)).to_owned());
            forms.insert(read);
        }
    }
    // What is left of a password of signs says nothing.
    forms.retain(|form| !form.is_empty());
    forms
}

fn undo_leet(text: &str, one: char) -> String {
    let letter = |c: char| LEET.iter().find(|(sign, _)| *sign == c).map_or(c, |(_, letter)| *letter);
    text.chars().map(|c| if c == '1' { one } else { letter(c) }).collect()
}

/// Whether the password is one of the words of `text`, all of them together, or nearly so.
fn is_like(password: &str, text: &str) -> bool {
    let text = text.to_lowercase();
    let joined = letters_and_digits(&text);
    let mut words: BTreeSet<String> = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
    if let Some((local, _)) = text.split_once('@') {
        words.insert(letters_and_digits(local));
    }
    words.insert(joined.clone());
    words.retain(|word| word.chars().count() >= 3);

    let plain = letters_and_digits(&password.to_lowercase());
    let mut forms: BTreeSet<String> =
        forms(&password.to_lowercase()).iter().map(|form| letters_and_digits(form)).collect();
    forms.insert(plain.clone());
    // Somebody's address is likely to hold the password whole, and a short word to occur in a long one by chance.
    (plain.chars().count() >= 5 && joined.contains(&plain))
        || words.iter().any(|word| {
            let long = word.chars().count() >= 4;
            let backwards: String = word.chars().rev().collect();
            forms.iter().any(|form| {
                let most_of_it = 10 * word.len() >= 7 * form.len();
                repeats(form, word)
                    || long && most_of_it && (form.contains(word) || form.contains(&backwards))
                    || long && strsim::normalized_damerau_levenshtein(form, word) >= 0.7
            })
        })
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(password: &str) -> bool {
        strength(password, "johnsmith", "John Smith", "j.smith@mail.example").is_err()
    }

    #[test]
    fn length_and_digits_matter() {
        assert!(refused("short-one") && refused(&"ab-".repeat(67)) && refused("4839201748") && refused("٤٨٣٩٢٠١٧٤٨"));
        assert!(!refused("plum-tree-7") && !refused("ж5ж!ячсмитю") && !refused(&"plum ".repeat(40)));
    }

    #[test]
    fn common_passwords_are_refused_in_their_usual_clothes() {
        for common in [
            "password12",
            "Password123!",
            "P4ssw0rd!!",
            "p@$$w0rd2024",
            "!!password!!",
            "passwordpassword",
            "password-1-",
            "Welcome2024!",
            "W3lc0me1234",
            "we1come2024",
            "qwertyqwerty",
            "1q2w3e4r1q2w3e4r",
            "abc123abc123",
            "$unshine99",
            "correcthorsebatterystaple",
            "aaaaaaaaaaaa",
            "LETMEIN12345",
            "dragon$$$$$",
        ] {
            assert!(is_common(common), "{common}");
        }
        for rare in ["plum-tree-7", "demo-password-1", "correct horse battery", "xkcd-936-comic", "violet.otter.42"] {
            assert!(!is_common(rare), "{rare}");
        }
    }

    #[test]
    fn passwords_like_the_user_are_refused() {
        for like in [
            "johnsmith1",
            "JohnSmith2024",
            "john.smith!",
            "smith-smith",
            "Sm1thSm1th",
            "j0hnsm1th99",
            "htimsnhoj1",
            "johnsmyth1",
            "j.smith@mail.example",
            "smith@mail",
            "John Smith 1",
        ] {
            assert!(
                is_like(like, "johnsmith") || is_like(like, "John Smith") || is_like(like, "j.smith@mail.example"),
                "{like}"
            );
            assert!(refused(like), "{like}");
        }
        for unlike in ["violet.otter.42", "smithereens of glass", "the john of all keys"] {
            assert!(!refused(unlike), "{unlike}");
        }
        assert!(strength("AlicePass123!", "alice", "", "alice@example.org").is_ok());
        assert!(strength("ann-is-not-enough", "ann", "Ann Lee", "ann@example.org").is_ok());
        assert!(strength("benbenbenben", "ben", "", "").is_err());
        assert!(strength("violet.otter.42", "", "", "").is_ok());
    }

    #[test]
    fn the_sentence_says_what_is_wrong() {
        let says = |password| strength(password, "johnsmith", "", "").unwrap_err();
        assert!(says("short").contains("10 to 200"));
        assert!(says("4839201748").contains("digits"));
        assert!(says("password123").contains("others would try"));
        assert!(says("johnsmith77").contains("user name"));
    }

    proptest! {
        #[test]
        fn nothing_panics(password in "\\PC{0,40}", username in "\\PC{0,20}", email in "\\PC{0,20}") {
            let _ = strength(&password, &username, &username, &email);
        }

        #[test]
        fn decoration_does_not_help(start in "[0-9!#%&*]{0,3}", end in "[0-9!#%&*]{3,8}", upper: bool) {
            let word = if upper { "Sunshine" } else { "sunshine" };
            let decorated = format!("{start}{word}{end}");
            prop_assert!(is_common(&decorated), "{}", decorated);
        }
    }
}
