//! Lists: one guard reads filter, page, cursor, ordering and search; one builder makes the query; one page answers.

use rocket::{
    Request,
    outcome::Outcome,
    request::{self, FromRequest},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    app::App,
    caller::Caller,
    clock::Timestamp,
    edge::{digest, refuse},
    error::{Error, Result},
    fields::{self, Fields, flag, moment, text},
    rule::Rule,
};

pub use super::select::{Order, Select};

/// The filters of one collection, read from the query.
pub trait Filter: Sized + Send + 'static {
    /// Reads the filters; a wrong value is a fault that names its parameter.
    fn read(query: &mut Fields) -> Self;
}

/// A collection without filters of its own.
pub struct NoFilter;

impl Filter for NoFilter {
    fn read(_: &mut Fields) -> Self {
        NoFilter
    }
}

/// What a caller asks of a collection.
pub struct Listing<F> {
    /// The collection's own filters.
    pub filter: F,
    /// Which part, in which order.
    pub slice: Slice,
}

/// The part of a collection that a caller asks for.
pub struct Slice {
    /// Rows a page, 1 to 100.
    pub page_size: u32,
    /// Which page, from 1; none when a cursor is used.
    pub position: Position,
    /// Names of the ordering, each with `-` for descending; empty for the default.
    pub ordering: Vec<(String, bool)>,
    /// Words to search for.
    pub search: Option<String>,
    /// Only rows created at or after this.
    pub created_after: Option<Timestamp>,
    /// Only rows created at or before this.
    pub created_before: Option<Timestamp>,
    link: Link,
}

/// Where the asked part begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Position {
    /// A numbered page.
    Page(u32),
    /// Behind a mark; the empty mark is the start. `count` asks for the number of all rows as well.
    Cursor {
        /// The mark as it was given out.
        mark: String,
        /// Whether to count.
        count: bool,
    },
    /// All of it, for a file; refused when it is more than so many rows.
    Whole(usize),
}

/// What links to other parts are made of.
#[derive(Clone, Default)]
struct Link {
    base: String,
    path: String,
    kept: Vec<(String, String)>,
}

impl Link {
    fn to(&self, name: &str, value: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.kept {
            query.append_pair(name, value);
        }
        query.append_pair(name, value);
        format!("{}{}/?{}", self.base, self.path, query.finish())
    }
}

/// One part of a collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// How many rows there are in all; null with a cursor unless `count=true`.
    pub count: Option<i64>,
    /// The address of the next part.
    pub next: Option<String>,
    /// The address of the part before.
    pub previous: Option<String>,
    /// The rows.
    pub results: Vec<T>,
}

impl<T> Page<T> {
    /// The same page of other rows: each made from one of these.
    ///
    /// # Errors
    /// The first error of `make`.
    pub fn try_map<U>(self, make: impl FnMut(T) -> Result<U>) -> Result<Page<U>> {
        let Page { count, next, previous, results } = self;
        Ok(Page { count, next, previous, results: results.into_iter().map(make).collect::<Result<_>>()? })
    }

    /// The same page of the things that these rows stand for, as ids do: fetched all at once, in this order.
    ///
    /// # Errors
    /// Those of `fetch`.
    pub fn fetched<U>(self, fetch: impl FnOnce(&[T]) -> Result<Vec<U>>) -> Result<Page<U>> {
        let Page { count, next, previous, results } = self;
        Ok(Page { count, next, previous, results: fetch(&results)? })
    }

    /// All rows at once.
    ///
    /// # Errors
    /// 400 for more rows than `most`.
    pub(super) fn whole(results: Vec<T>, most: usize) -> Result<Self> {
        if results.len() > most {
            return Err(Error::whole(format!("A file holds at most {most} rows. Narrow them with filters.")));
        }
        Ok(Page { count: i64::try_from(results.len()).ok(), next: None, previous: None, results })
    }
}

impl Slice {
    /// Whether neither a search nor dates leave only a part of the collection.
    pub fn is_undivided(&self) -> bool {
        self.search.is_none() && self.created_after.is_none() && self.created_before.is_none()
    }

    /// A part of a list that nobody asked for over HTTP.
    #[cfg(test)]
    pub fn of(position: Position, page_size: u32) -> Self {
        let link = Link::default();
        let (ordering, search) = (vec![], None);
        Self { page_size, position, ordering, search, created_after: None, created_before: None, link }
    }

    /// Whether something of this moment is within the dates asked for.
    pub fn spans(&self, moment: Timestamp) -> bool {
        self.created_after.is_none_or(|after| moment >= after)
            && self.created_before.is_none_or(|before| moment <= before)
    }

    /// Identifies the list that this is a part of: its path, filters and ordering.
    pub fn fingerprint(&self) -> String {
        let mut what = self.link.path.clone();
        for (name, value) in &self.link.kept {
            if !matches!(name.as_str(), "page_size" | "count" | "envelope") {
                what.push_str(&format!("\n{name}={value}"));
            }
        }
        digest(what.as_bytes())[..12].to_owned()
    }

    /// A numbered page of `results`, of which there are `count` in all.
    ///
    /// # Errors
    /// 404 when the page lies past the end.
    pub fn numbered<T>(&self, page: u32, count: i64, results: Vec<T>) -> Result<Page<T>> {
        let pages = (count + i64::from(self.page_size) - 1) / i64::from(self.page_size);
        if page > 1 && i64::from(page) > pages {
            return Err(Error::NotFound("page"));
        }
        let to = |page: u32| self.link.to("page", &page.to_string());
        Ok(Page {
            count: Some(count),
            next: (i64::from(page) < pages).then(|| to(page + 1)),
            previous: (page > 1).then(|| to(page - 1)),
            results,
        })
    }

    /// The part behind a cursor; `next` is the mark of its last row when more follow.
    pub(super) fn marked<T>(&self, count: Option<i64>, next: Option<String>, results: Vec<T>) -> Page<T> {
        Page { count, next: next.map(|mark| self.link.to("cursor", &mark)), previous: None, results }
    }

    /// A page of rows that are already in memory, for short lists that are ranked by code.
    ///
    /// # Errors
    /// 404 when the page lies past the end; 400 for a cursor.
    pub fn of_all<T>(&self, all: Vec<T>) -> Result<Page<T>> {
        let page = match self.position {
            Position::Page(page) => page,
            Position::Cursor { .. } => {
                return Err(Error::field("cursor", "A cursor does not work with this ordering."));
            }
            Position::Whole(most) => return Page::whole(all, most),
        };
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let skip = (page as usize - 1) * self.page_size as usize;
        self.numbered(page, count, all.into_iter().skip(skip).take(self.page_size as usize).collect())
    }
}

#[rocket::async_trait]
impl<'r, F: Filter> FromRequest<'r> for Listing<F> {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match read(req) {
            Ok(listing) => Outcome::Success(listing),
            Err(error) => refuse(req, error),
        }
    }
}

/// What every collection takes, as it was read.
#[derive(Default)]
struct Asked {
    size: i64,
    page: Option<String>,
    cursor: Option<String>,
    count: bool,
    search: Option<String>,
    ordering: String,
    created_after: Option<Timestamp>,
    created_before: Option<Timestamp>,
}

impl Asked {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { size: 20, ..Self::default() };
        query.defaulted("page_size", &mut it.size, fields::integer(1..=i64::MAX));
        query.optional("page", &mut it.page, |input| {
            let page = text(0..=20)(input);
            // A bad page is not found rather than wrong, so it is read as text.
            input.tell(|rule| *rule = Rule::number(1.0, f64::MAX));
            page
        });
        query.optional("cursor", &mut it.cursor, text(0..=2000));
        query.defaulted("count", &mut it.count, flag);
        query.optional("search", &mut it.search, text(0..=200));
        query.defaulted("ordering", &mut it.ordering, text(0..=200));
        query.optional("created_after", &mut it.created_after, moment);
        query.optional("created_before", &mut it.created_before, moment);
        if let (Some(after), Some(before)) = (it.created_after, it.created_before) {
            query.check("created_after", after <= before, "This must not be later than created_before.");
        }
        it
    }
}

impl<F: Filter> Listing<F> {
    /// Reads all that the query of a collection may carry.
    pub fn read_query(query: &mut Fields) {
        F::read(query);
        Asked::read(query);
    }
}

fn read<F: Filter>(req: &Request<'_>) -> Result<Listing<F>> {
    let pairs = query_pairs(req);
    let mut query = Fields::of_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .of_caller(Caller::of(req).map(|it| it.id));
    let filter = F::read(&mut query);
    let asked = Asked::read(&mut query);
    let Asked { size, page, cursor, count, search, ordering, created_after, created_before } = query.finish(asked)?;

    let position = match (cursor, page) {
        (Some(mark), _) => Position::Cursor { mark, count },
        (None, None) => Position::Page(1),
        (None, Some(page)) => match page.parse() {
            Ok(page) if page >= 1 => Position::Page(page),
            _ => return Err(Error::NotFound("page")),
        },
    };
    let slice = Slice {
        page_size: u32::try_from(size.min(100)).unwrap_or(100),
        position,
        ordering: ordering
            .split(',')
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(|it| match it.strip_prefix('-') {
                Some(name) => (canonical_ordering(name), true),
                None => (canonical_ordering(it), false),
            })
            .collect(),
        search: search.filter(|it| !it.is_empty()),
        created_after,
        created_before,
        link: Link {
            base: App::of(req).public_url(),
            path: req.uri().path().to_string(),
            kept: pairs.into_iter().filter(|(name, _)| !matches!(name.as_str(), "page" | "cursor")).collect(),
        },
    };
    Ok(Listing { filter, slice })
}

fn canonical_ordering(name: &str) -> String {
    match name {
        "posted_date" => "posted_at",
        "expires_at" => "deadline",
        name => name,
    }
    .to_owned()
}

/// All that a collection's filters leave, in its order, for a file: a listing that has no pages.
pub struct Whole<F>(pub Listing<F>);

impl<F> Whole<F> {
    /// Rows of a file at most: what one answer may hold in memory.
    pub const MOST: usize = 20_000;
}

impl<F: Filter> Listing<F> {
    /// All of a collection, for a file at the command line.
    pub fn of_all() -> Self {
        let mut query = Fields::of_query(std::iter::empty());
        let slice = Slice {
            page_size: 100,
            position: Position::Whole(usize::MAX),
            ordering: vec![],
            search: None,
            created_after: None,
            created_before: None,
            link: Link::default(),
        };
        Self { filter: F::read(&mut query), slice }
    }
}

#[rocket::async_trait]
impl<'r, F: Filter> FromRequest<'r> for Whole<F> {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match read(req) {
            Ok(mut listing) => {
                listing.slice.position = Position::Whole(Self::MOST);
                Outcome::Success(Whole(listing))
            }
            Err(error) => refuse(req, error),
        }
    }
}

/// The query of this request, decoded, in order.
pub fn query_pairs(req: &Request<'_>) -> Vec<(String, String)> {
    let query = req.uri().query().map_or("", |it| it.as_str());
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Query parameters of an address that is no page: read by the same rules as a listing's filters.
pub struct Query<F>(pub F);

#[rocket::async_trait]
impl<'r, F: Filter> FromRequest<'r> for Query<F> {
    type Error = ();

    async fn from_request(req: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let pairs = query_pairs(req);
        let mut query = Fields::of_query(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .of_caller(Caller::of(req).map(|it| it.id));
        let filter = F::read(&mut query);
        match query.finish(filter) {
            Ok(filter) => Outcome::Success(Query(filter)),
            Err(error) => refuse(req, error),
        }
    }
}
