//! What a posting is likely to ask for, by its words.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    analysis::Finding,
    platform::{app::App, error::Result, sql::fold},
    resumes::Reader,
};

/// Words that say that something only helps.
const HELPS: &[&str] = &[
    "nice to have",
    "nice-to-have",
    "nice to haves",
    "bonus",
    "a plus",
    "preferred",
    "optional",
    "desirable",
    "advantage",
    "good to have",
    "beneficial",
    "ideally",
];

/// What a posting is likely to ask for: confidence 0 to 1 by the name of a skill.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggested {
    /// What it seems to need.
    pub required: BTreeMap<String, f64>,
    /// What seems to help.
    pub nice_to_have: BTreeMap<String, f64>,
}

/// Finds what a posting is likely to ask for.
///
/// # Errors
/// Those of the database; 503 when too much is being read at once.
pub async fn suggest(app: &App, title: &str, description: &str) -> Result<Suggested> {
    let (needed, helps) = split(description);
    let texts = vec![format!("{title}\n{needed}"), helps];
    let mut found = app.parts.get::<Reader>().find(app, texts).await?.into_iter().map(by_name);
    let required = found.next().unwrap_or_default();
    let mut nice_to_have = found.next().unwrap_or_default();
    nice_to_have.retain(|name, _| !required.contains_key(name));
    Ok(Suggested { required, nice_to_have })
}

fn by_name(found: Vec<Finding>) -> BTreeMap<String, f64> {
    found.into_iter().map(|it| (it.skill, it.confidence)).collect()
}

/// Parts a description into what is needed and what only helps. A heading decides for the lines below it up to the next
/// heading, any other line for itself.
fn split(description: &str) -> (String, String) {
    let (mut needed, mut helps, mut below) = (String::new(), String::new(), false);
    for line in description.lines() {
        let folded = fold(line.trim());
        let only_helps = HELPS.iter().any(|it| folded.contains(it));
        let is_heading =
            folded.ends_with(':') || folded.starts_with('#') || only_helps && folded.split(' ').count() <= 4;
        if is_heading {
            below = only_helps;
        }
        let part = if below || only_helps { &mut helps } else { &mut needed };
        part.push_str(line);
        part.push('\n');
    }
    (needed, helps)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_heading_decides_for_the_lines_below_it() {
        let (needed, helps) =
            split("You know Rust.\nDocker is a plus.\nNice to have:\n- Go\n- Kafka\nWe offer:\nLinux laptops");
        assert_eq!(needed, "You know Rust.\nWe offer:\nLinux laptops\n");
        assert_eq!(helps, "Docker is a plus.\nNice to have:\n- Go\n- Kafka\n");
    }
}
