//! How something is found, and how the index is kept true.

use std::{
    cell::Cell,
    cmp::Ordering,
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use rusqlite::Connection;

use super::{
    model::{Document, Findable, Hit, Nearness, Results, SearchFilter, SuggestQuery, Suggestion, Text},
    query::{Query, Term, Wanted, typos, vocabulary, words},
    snippet::{holds, snippet},
    store::{self, Entry, Match},
};
use crate::platform::{
    app::App,
    clock::Timestamp,
    costly::Costly,
    db::Tx,
    error::Result,
    list::{Listing, Page},
    sql::fold,
};

/// Documents of one kind that a search weighs at most: the newest.
const MOST_WEIGHED: usize = 2_000;
/// The same for what a beginning may become.
const MOST_BEGUN: usize = 500;
/// A last word that so many documents hold as it is was meant as it is.
const COMMON: usize = 10_000;
/// With fewer findings than this, mistyped words are considered.
const FEW: usize = 5;
/// Words that one mistyped word is compared with at most.
const MOST_COMPARED: i64 = 200_000;
/// Words that a mistyped one is taken for at most.
const MOST_VARIANTS: usize = 8;
/// The longest word that a mistyped beginning is taken for.
const LONGEST: usize = 40;
/// Documents that are made anew with one round of queries.
const AT_ONCE: usize = 500;

/// What was found, and what for.
#[derive(Clone)]
struct Found {
    query: Query,
    matches: Arc<[Match]>,
    /// Whether what was typed finds nothing, and something else was found.
    is_corrected: bool,
}

/// What searches of the last seconds found that found much.
#[derive(Default)]
pub struct Recent(Costly<Found>);

impl Recent {
    /// Of this process.
    pub fn of(app: &App) -> Arc<Self> {
        app.parts.get()
    }

    /// Finds documents: everywhere in them, or in what they are called.
    fn find(&self, conn: &Connection, typed: &str, only_names: bool, now: Timestamp) -> Result<Found> {
        let asked = format!("{only_names} {typed}");
        self.0.get(asked, || find(conn, typed, only_names, now))
    }
}

/// What is found, and how many documents had to be looked at.
fn find(conn: &Connection, typed: &str, only_names: bool, now: Timestamp) -> Result<(Found, usize)> {
    let mut query = Query::read(typed);
    let most = if only_names { MOST_BEGUN } else { MOST_WEIGHED };
    let within = |expression: String| if only_names { format!("{{title names}} : ({expression})") } else { expression };
    let (Some(prefix), Some(exact)) = (query.expression(true), query.expression(false)) else {
        return Ok((Found { query, matches: Arc::default(), is_corrected: false }, 0));
    };
    let mut known = HashSet::new();
    let mut matches = vec![];
    let reached = Cell::new(0);
    let mut look = |matches: &mut Vec<Match>, expression: String, nearness: Nearness| -> Result<()> {
        let expression = within(expression);
        let reach = store::reach(conn, &expression, most)?;
        let found = store::matches(conn, &expression, &reach, nearness, now)?;
        matches.extend(found.into_iter().filter(|it| known.insert(it.document)));
        reached.set(reached.get() + reach.total);
        Ok(())
    };
    look(&mut matches, exact, Nearness::Exact)?;
    if reached.get() < COMMON {
        look(&mut matches, prefix, Nearness::Prefix)?;
    }
    let as_typed = matches.len();
    if as_typed < FEW {
        for nth in 0..query.terms.len() {
            query.terms[nth].variants = variants(conn, &query.terms[nth], query.is_last(nth))?;
        }
        if let Some(expression) = query.corrected_expression() {
            look(&mut matches, expression, Nearness::Corrected)?;
        }
    }
    matches.sort_unstable_by(best_first);
    let is_corrected = as_typed == 0 && !matches.is_empty();
    Ok((Found { is_corrected, query, matches: matches.into() }, reached.get()))
}

/// What a term may have been meant to be: the words with the fewest typos in between, those in most documents first.
fn variants(conn: &Connection, term: &Term, begins: bool) -> Result<Vec<String>> {
    let (most, [word]) = (term.forgiven(), term.words.as_slice()) else { return Ok(vec![]) };
    if most == 0 {
        return Ok(vec![]);
    }
    let typed: Vec<char> = word.chars().collect();
    let longest = if begins { LONGEST } else { typed.len() + most };
    let mut near = vec![];
    let mut letters = vec![];
    store::each_word(conn, typed.len() - most..=longest, MOST_COMPARED, |other| {
        letters.clear();
        letters.extend(other.chars());
        let (whole, beginning) = typos(&typed, &letters, most);
        let nearest = whole.map(|it| (it, false)).or(beginning.filter(|_| begins).map(|it| (it, true)));
        if let Some(distance) = nearest.filter(|(typos, _)| *typos > 0) {
            near.push((distance, other.to_owned()));
        }
    })?;
    near.sort_unstable();
    near.truncate(3 * MOST_VARIANTS);
    let mut counted = vec![];
    for (distance, word) in near {
        let documents = store::count_holding(conn, &word)?;
        if documents > 0 {
            counted.push((distance, -documents, word));
        }
    }
    counted.sort_unstable();
    counted.truncate(MOST_VARIANTS);
    Ok(counted.into_iter().map(|(.., word)| word).collect())
}

/// Nearest first, then by weight; newer breaks ties.
fn best_first(a: &Match, b: &Match) -> Ordering {
    b.nearness
        .cmp(&a.nearness)
        .then_with(|| b.rank.total_cmp(&a.rank))
        .then_with(|| b.at.cmp(&a.at))
        .then_with(|| b.document.cmp(&a.document))
}

/// A part of what was found.
///
/// # Errors
/// 400 for a filter's skill that does not exist; 404 past the end.
pub fn search(conn: &Connection, recent: &Recent, listing: &Listing<SearchFilter>, now: Timestamp) -> Result<Results> {
    let Listing { filter, slice } = listing;
    let Found { query, matches, is_corrected } = recent.find(conn, &filter.q, false, now)?;
    let mut matches = matches.to_vec();
    store::narrow(conn, &filter.filters, slice, &mut matches, now)?;
    let mut facets: BTreeMap<Findable, i64> = Findable::ALL.iter().map(|kind| (*kind, 0)).collect();
    for it in &matches {
        *facets.entry(it.document.kind).or_default() += 1;
    }
    matches.retain(|it| filter.types.is_empty() || filter.types.contains(&it.document.kind));
    let mut best: BTreeMap<Nearness, f64> = BTreeMap::new();
    for it in &matches {
        best.entry(it.nearness).or_insert(it.rank);
    }
    let top = matches.first().map(|it| it.document).filter(|_| is_corrected);
    let Page { count, next, previous, results } = slice.of_all(matches)?;
    let shown: Vec<_> = results.iter().map(|it| it.document).chain(top).collect();
    let documents = store::read(conn, &shown)?;
    let corrected = top.and_then(|it| documents.get(&it)).map(|(_, text)| query.corrected_by(&whole(text)));
    let wanted = query.wanted();
    let hits = results
        .iter()
        // What was hidden between the two looks is not shown.
        .filter_map(|it| Some(hit(it, best.get(&it.nearness).copied(), documents.get(&it.document)?, &wanted)))
        .collect();
    Ok(Results { page: Page { count, next, previous, results: hits }, facets, corrected })
}

/// All the words of a document.
fn whole(text: &Text) -> String {
    [&text.title, &text.names, &text.skills, &text.text].map(String::as_str).join(" ")
}

fn hit(it: &Match, best: Option<f64>, (entry, text): &(Entry, Text), wanted: &[Wanted]) -> Hit {
    let Document { kind, id } = it.document;
    let least = match it.nearness {
        Nearness::Exact => 2.0,
        Nearness::Prefix => 1.0,
        Nearness::Corrected => 0.0,
    };
    let part = best.filter(|best| *best > 0.0).map_or(1.0, |best| it.rank / best);
    Hit {
        kind,
        id,
        title: entry.title.clone(),
        snippet: snippet(told_by(text, wanted), wanted),
        score: ((least + part) * 1000.0).round() / 1000.0,
        url: kind.page(id),
    }
}

/// The part of a document that tells best what was found in it.
fn told_by<'t>(text: &'t Text, wanted: &[Wanted]) -> &'t str {
    let parts = [&text.text, &text.skills, &text.names, &text.title].map(|it| it.trim());
    let telling = parts[..2].iter().find(|it| holds(it, wanted));
    telling.or_else(|| parts.iter().find(|it| !it.is_empty())).copied().unwrap_or_default()
}

/// What may have been begun: what something is called that has every word, the last as a beginning.
///
/// # Errors
/// Those of the database.
pub fn suggest(conn: &Connection, recent: &Recent, asked: &SuggestQuery, now: Timestamp) -> Result<Vec<Suggestion>> {
    let Found { query, matches, .. } = recent.find(conn, &asked.q, true, now)?;
    let titles = store::titles(conn, matches.iter().map(|it| it.document))?;
    let begun = fold(&asked.q);
    let mut told: Vec<_> = matches
        .iter()
        .filter_map(|it| Some((it, titles.get(&it.document)?)))
        .filter(|(_, title)| is_called(title, &query))
        .map(|(it, title)| (fold(title), it, title))
        .collect();
    told.sort_unstable_by(|(a, one, _), (b, other, _)| {
        b.starts_with(&begun).cmp(&a.starts_with(&begun)).then_with(|| best_first(one, other))
    });
    let mut seen = HashSet::new();
    Ok(told
        .into_iter()
        .filter(|(folded, it, _)| seen.insert((it.document.kind, folded.clone())))
        .take(usize::try_from(asked.limit).unwrap_or(0))
        .map(|(_, it, title)| Suggestion { text: title.clone(), kind: it.document.kind, id: it.document.id })
        .collect())
}

/// Whether every term is found in what something is called.
fn is_called(title: &str, query: &Query) -> bool {
    let held: Vec<String> = words(title).map(|(_, word)| fold(word)).collect();
    query.terms.iter().enumerate().all(|(nth, term)| {
        let begins = query.is_last(nth);
        let holds = |word: &String| held.iter().any(|it| it == word || (begins && it.starts_with(word.as_str())));
        term.words.iter().all(holds) || term.variants.iter().any(holds)
    })
}

/// Makes the documents anew whose rows changed in this transaction, each once.
///
/// # Errors
/// Those of the database; they undo the change as well.
pub fn settle(tx: &Tx<'_>) -> Result<()> {
    loop {
        let changed = store::changed(tx, AT_ONCE)?;
        if changed.is_empty() {
            return Ok(());
        }
        store::delete(tx, &changed)?;
        let mut held = HashSet::new();
        for (document, (entry, text)) in store::read(tx, &changed)? {
            store::insert(tx, document, &entry, &text)?;
            held.extend([text.title, text.names, text.skills, text.text].iter().flat_map(|it| vocabulary(it)));
        }
        store::insert_words(tx, &held)?;
    }
}

/// How far a rebuild has come: the next kind, and the id behind which its rows follow. None when it is through.
pub type Progress = Option<(usize, i64)>;

/// Rebuilds the index piece by piece: empties it at the start, then makes the next documents, so many in one commit.
///
/// # Errors
/// Those of the database.
pub fn rebuild(tx: &Tx<'_>, (nth, after): (usize, i64)) -> Result<Progress> {
    if (nth, after) == (0, 0) {
        store::delete_all(tx)?;
    }
    let Some(kind) = Findable::ALL.get(nth) else {
        store::set_whole(tx)?;
        return Ok(None);
    };
    let last = store::mark(tx, *kind, after, i64::try_from(AT_ONCE).unwrap_or(i64::MAX))?;
    settle(tx)?;
    Ok(Some(last.map_or((nth + 1, 0), |last| (nth, last))))
}
