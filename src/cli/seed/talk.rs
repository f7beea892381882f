//! The delivered posts, who comments on them and who likes them.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::Duration;
use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde::Deserialize;
use serde_json::json;

use super::{
    content::{fields, happens},
    in_batches,
    people::Person,
};
use crate::{
    community::{self, Target, comments, likes},
    platform::{app::App, db::Tx, error::Result, id::Id},
    users::{CurrentUser, User, store},
};

/// A delivered post, and what others say to it.
#[derive(Clone, Deserialize)]
pub(super) struct Template {
    pub title: String,
    pub content: String,
    pub tags: Vec<String>,
    pub comments: Vec<String>,
}

/// The delivered posts.
pub(super) fn delivered() -> anyhow::Result<Vec<Template>> {
    let lines = include_str!("../../../data/posts.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).context("a delivered post")).collect()
}

/// What somebody does about a post.
#[derive(Clone)]
enum Deed {
    Like,
    Comment(String),
    /// To the comment before it.
    Reply(&'static str),
}

/// What authors say to comments.
const REPLIES: [&str; 4] =
    ["Thank you, that helps.", "I had not thought of that.", "It depends, but mostly yes.", "Tell me how it goes."];

#[derive(Clone)]
struct Plan {
    author: Id<User>,
    template: Template,
    ago: Duration,
    deeds: Vec<(Id<User>, Deed)>,
}

/// Invents so many posts, comments and likes of these people.
pub(super) async fn invent(
    app: &App,
    random: &mut StdRng,
    people: &Arc<Vec<Person>>,
    count: usize,
) -> anyhow::Result<()> {
    let templates = delivered()?;
    let mut plans = vec![];
    for nth in 0..count {
        let (Some(template), Some(author)) = (templates.get(nth % templates.len()), people.choose(random)) else {
            return Ok(());
        };
        let mut template = template.clone();
        if nth >= templates.len() {
            template.title = format!("{}, part {}", template.title, nth / templates.len() + 1);
        }
        plans.push(plan(random, people, author.id, template));
    }
    super::told(in_batches(app, "posts", count, move |tx, nth| add(tx, &plans[nth])).await)
}

fn plan(random: &mut StdRng, people: &[Person], author: Id<User>, template: Template) -> Plan {
    let mut deeds = vec![];
    let said = random.random_range(0..=template.comments.len());
    for words in template.comments.iter().take(said) {
        let Some(by) = people.choose(random).filter(|it| it.id != author) else { continue };
        deeds.push((by.id, Deed::Comment(words.clone())));
        if happens(random, 0.4)
            && let Some(words) = REPLIES.choose(random)
        {
            deeds.push((author, Deed::Reply(words)));
        }
    }
    let most = random.random_range(0..14).min(people.len());
    for fan in people.choose_multiple(random, most).filter(|it| it.id != author).cloned().collect::<Vec<_>>() {
        deeds.push((fan.id, Deed::Like));
    }
    Plan { author, template, ago: Duration::minutes(random.random_range(60..60 * 24 * 34)), deeds }
}

fn add(tx: &Tx<'_>, plan: &Plan) -> Result<()> {
    let Template { title, content, tags, .. } = &plan.template;
    let made_at = tx.now().plus(-plan.ago);
    let body = fields(json!({"title": title, "content": content, "tags": tags}));
    let post = tx.at(made_at, || community::service::post(tx, plan.author, body))?.id;
    let step = plan.ago / i32::try_from(plan.deeds.len() + 1).unwrap_or(i32::MAX);
    let (mut last, mut heard) = (None, String::new());
    for (nth, (by, deed)) in (1_i32..).zip(&plan.deeds) {
        let by = CurrentUser::on_behalf_of(&store::get(tx, *by)?);
        tx.at(made_at.plus(step * nth), || {
            let said = match deed {
                Deed::Like => return likes::service::like(tx, &by, Target::Post(post)).map(drop),
                Deed::Comment(words) => json!({"content": words}),
                // A thread has two speakers; who writes below many names whom they mean.
                Deed::Reply(words) if nth % 2 == 0 => {
                    json!({"content": format!("@{heard} {words}"), "parent_id": last})
                }
                Deed::Reply(words) => json!({"content": words, "parent_id": last}),
            };
            last = Some(comments::service::add(tx, &by, post, fields(said))?.id);
            heard.clone_from(&by.caller.username);
            Ok(())
        })?;
    }
    Ok(())
}
