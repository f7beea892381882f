//! Whom a text speaks to: `@username`.

/// How many names of one text count.
const MOST: usize = 20;

/// The first names that a text mentions, each once, as they are written. The sign of an address, as in `ann@example.org`,
/// mentions nobody.
pub fn names(text: &str) -> Vec<&str> {
    let mut names: Vec<&str> = vec![];
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|it| it.is_alphanumeric() || "._-+".contains(it)) {
            continue;
        }
        let rest = &text[at + 1..];
        let name = &rest[..rest.find(|c: char| !is_of_name(c)).unwrap_or(rest.len())];
        if (3..=30).contains(&name.len()) && !names.iter().any(|it| it.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
        if names.len() == MOST {
            break;
        }
    }
    names
}

/// The names that `after` mentions and `before` did not.
pub fn new_names<'a>(after: &'a str, before: &str) -> Vec<&'a str> {
    let known = names(before);
    names(after).into_iter().filter(|name| !known.iter().any(|it| it.eq_ignore_ascii_case(name))).collect()
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_behind_a_sign_that_begins_a_word() {
        assert_eq!(names("@ann, ask (@Ben_2) or @ANN. Write to cid@example.org, not @x!"), ["ann", "Ben_2"]);
        assert_eq!(names("no one @ all, @Žofia neither"), Vec::<&str>::new());
        assert_eq!(names("@ann@ben"), ["ann"]);
    }

    #[test]
    fn the_first_twenty_count_and_an_edit_tells_of_new_ones_only() {
        let many: String = (0..30).map(|nth| format!("@user{nth} ")).collect();
        assert_eq!(names(&many).len(), 20);
        assert_eq!(names(&many)[19], "user19");
        assert_eq!(new_names("@ann and @ben", "hello @Ann"), ["ben"]);
    }
}
