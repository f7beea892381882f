//! Builds the query of a list from optional conditions; what was not asked for leaves no trace in the SQL.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{
    Connection, Row, ToSql, params_from_iter,
    types::{Value, ValueRef},
};

use super::{
    error::{Error, Result},
    list::{Page, Position, Slice},
};

mod met;

use met::Within;

/// A name that a list may be ordered by, and the column that stands behind it.
#[derive(Clone, Copy)]
pub struct Order {
    /// As in the `ordering` parameter.
    pub name: &'static str,
    /// A column or an expression over the selected tables.
    pub column: &'static str,
}

impl Order {
    /// An ordering whose column has its name.
    pub const fn by(name: &'static str, column: &'static str) -> Self {
        Self { name, column }
    }
}

/// A list's SELECT in the making.
pub struct Select {
    columns: String,
    from: String,
    id: &'static str,
    conditions: Vec<String>,
    values: Vec<Value>,
    order: Vec<(&'static str, bool)>,
    /// How many rows there are, where that is known.
    known: Option<i64>,
    within: Vec<Within>,
    /// The ids that `within` leaves, ascending, where they were gathered.
    met: Option<Vec<i64>>,
    /// The ids that the conditions leave out of all, where that is all they do.
    left_out: Option<&'static str>,
}

/// What becomes of each row.
type See<'s> = &'s mut dyn FnMut(&Row<'_>) -> rusqlite::Result<()>;

impl Select {
    /// Selects `columns` from `from`, whose rows are told apart by the column `id`.
    pub fn new(columns: &str, from: &str, id: &'static str) -> Self {
        Self {
            columns: columns.to_owned(),
            from: from.to_owned(),
            id,
            conditions: vec![],
            values: vec![],
            order: vec![],
            known: None,
            within: vec![],
            met: None,
            left_out: None,
        }
    }

    /// Adds a condition with one value for each `?` in it.
    ///
    /// # Errors
    /// A value has no SQL form.
    pub fn and(mut self, condition: &str, values: &[&dyn ToSql]) -> Result<Self> {
        for value in values {
            self.values.push(owned(*value)?);
        }
        self.conditions.push(condition.to_owned());
        self.left_out = None;
        Ok(self)
    }

    /// Adds a condition when there is a value for all of its `?`.
    ///
    /// # Errors
    /// The value has no SQL form.
    pub fn and_some(self, condition: &str, value: Option<impl ToSql>) -> Result<Self> {
        let Some(value) = value else { return Ok(self) };
        let values: Vec<&dyn ToSql> = (0..condition.matches('?').count()).map(|_| &value as &dyn ToSql).collect();
        self.and(condition, &values)
    }

    /// Adds "is one of these" unless there are none.
    ///
    /// # Errors
    /// A value has no SQL form.
    pub fn and_any(self, column: &str, any: &[impl ToSql]) -> Result<Self> {
        if any.is_empty() {
            return Ok(self);
        }
        let values: Vec<&dyn ToSql> = any.iter().map(|it| it as &dyn ToSql).collect();
        self.and(&format!("{column} IN ({})", vec!["?"; any.len()].join(", ")), &values)
    }

    /// Adds "has one of these ids".
    ///
    /// # Errors
    /// None in practice: numbers have a JSON form.
    pub fn among(self, ids: &[i64]) -> Result<Self> {
        let condition = format!("{} IN (SELECT value FROM json_each(?))", self.id);
        self.and(&condition, &[&serde_json::to_string(ids)?])
    }

    /// Adds the bounds of `created_after` and `created_before` on this column.
    ///
    /// # Errors
    /// None in practice: moments have an SQL form.
    pub fn dated(self, column: &str, slice: &Slice) -> Result<Self> {
        self.and_some(&format!("{column} >= ?"), slice.created_after)?
            .and_some(&format!("{column} <= ?"), slice.created_before)
    }

    /// Each word of the search must begin a word of one of these columns, in any case and with any accent.
    ///
    /// # Errors
    /// None in practice: words have an SQL form.
    pub fn search(mut self, columns: &[&str], slice: &Slice) -> Result<Self> {
        let Some(search) = &slice.search else { return Ok(self) };
        let haystack = columns.iter().map(|it| format!("coalesce({it}, '')")).collect::<Vec<_>>().join(" || ' ' || ");
        for word in search.split_whitespace() {
            self = self.and(&format!("begins_word({haystack}, ?)"), &[&word])?;
        }
        Ok(self)
    }

    /// The same by a full-text index over this table, whose rows are numbered by the list's id.
    ///
    /// # Errors
    /// None in practice: words have an SQL form.
    pub fn search_index(self, index: &str, slice: &Slice) -> Result<Self> {
        let Some(search) = &slice.search else { return Ok(self) };
        match match_expression(search) {
            Some(expression) => {
                let ids = format!("SELECT rowid FROM {index} WHERE {index} MATCH ?");
                self.within(ids, &[&expression], &format!("{index}_docsize"))
            }
            None => self.and("false", &[]),
        }
    }

    /// Adds "has one of the ids that this query finds", of the rows that `table` numbers by `id`. Few are looked up, many are
    /// met on the way through the list.
    ///
    /// # Errors
    /// A value has no SQL form.
    pub fn within(mut self, ids: String, values: &[&dyn ToSql], table: &str) -> Result<Self> {
        let values = values.iter().map(|it| owned(*it)).collect::<Result<_>>()?;
        self.within.push(Within { ids, values, table: table.to_owned() });
        Ok(self)
    }

    /// Says that the conditions so far leave out the ids of this query and no others, so that what is met need not be walked
    /// through to be counted. A further condition takes that back.
    #[must_use]
    pub fn leaving_out(mut self, ids: &'static str) -> Self {
        self.left_out = Some(ids);
        self
    }

    /// Leaves for a search of words only rows that a full-text index over several kinds holds in these columns of it, numbered
    /// from `first` on: a quick look before an exact one.
    ///
    /// # Errors
    /// None in practice: words have an SQL form.
    pub fn search_before(self, index: &str, columns: &str, (first, next): (i64, i64), slice: &Slice) -> Result<Self> {
        let Some(expression) = slice.search.as_deref().and_then(match_expression) else { return Ok(self) };
        let condition = format!(
            "{} IN (SELECT rowid - {first} FROM {index} WHERE {index} MATCH ? AND rowid >= {first} AND rowid < {next})",
            self.id
        );
        self.and(&condition, &[&format!("{{{columns}}} : ({expression})")])
    }

    /// Orders by what the caller asked for, else by the default: the first of `known`, descending when it starts with `-`.
    ///
    /// # Errors
    /// 400 for a name that is not known.
    pub fn order(mut self, slice: &Slice, known: &[Order], default: &str) -> Result<Self> {
        let column = |name: &str| known.iter().find(|it| it.name == name).map(|it| it.column);
        let default = default.split(',').map(|it| match it.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (it.to_owned(), false),
        });
        let asked: Vec<_> = if slice.ordering.is_empty() { default.collect() } else { slice.ordering.clone() };
        for (name, descending) in asked {
            let Some(column) = column(&name) else {
                let names = known.iter().map(|it| it.name).collect::<Vec<_>>().join(", ");
                return Err(Error::field("ordering", format!("Order by {names}.")));
            };
            if !self.order.iter().any(|(taken, _)| *taken == column) {
                self.order.push((column, descending));
            }
        }
        Ok(self)
    }

    /// Orders by this column, where the caller has no say in it.
    #[must_use]
    pub fn by(mut self, column: &'static str, descending: bool) -> Self {
        self.order.push((column, descending));
        self
    }

    /// Says how many rows there are, where that is kept and need not be counted.
    #[must_use]
    pub fn counting(mut self, rows: i64) -> Self {
        self.known = Some(rows);
        self
    }

    /// Reads the asked part.
    ///
    /// # Errors
    /// 404 past the end; 400 for a mark that is not of this list.
    pub fn page<T>(
        self,
        conn: &Connection,
        slice: &Slice,
        row: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Page<T>> {
        let mut results = vec![];
        let mut see = |it: &Row<'_>| {
            results.push(row(it)?);
            Ok(())
        };
        match &slice.position {
            Position::Page(page) => {
                let count = self.numbered(conn, i64::from(*page), i64::from(slice.page_size), &mut see)?;
                slice.numbered(*page, count, results)
            }
            Position::Cursor { mark, count } => {
                let (count, next) = self.behind(conn, slice, mark, *count, &mut see)?;
                Ok(slice.marked(count, next, results))
            }
            // One row more than fits tells that there are too many.
            Position::Whole(most) => {
                self.each(conn, i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX), &mut see)?;
                Page::whole(results, *most)
            }
        }
    }

    /// Reads every row, at most `limit`.
    ///
    /// # Errors
    /// Those of the database.
    pub fn rows<T>(
        self,
        conn: &Connection,
        limit: i64,
        row: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut results = vec![];
        self.each(conn, limit, &mut |it| {
            results.push(row(it)?);
            Ok(())
        })?;
        Ok(results)
    }

    fn each(mut self, conn: &Connection, limit: i64, see: See<'_>) -> Result<()> {
        // Nobody asks how many there are, and all of them are read.
        self.left_out = None;
        self.gather(conn)?;
        if self.met.is_some() {
            // Not counted: it ends with the limit.
            self.known = Some(i64::MAX);
            return self.part_met(conn, (0, limit), see).map(drop);
        }
        self.read(conn, &format!(" LIMIT {limit}"), see)
    }

    /// Shows the rows of a page, and says how many there are in all.
    fn numbered(mut self, conn: &Connection, page: i64, size: i64, see: See<'_>) -> Result<i64> {
        self.gather(conn)?;
        let skip = (page - 1) * size;
        if self.met.is_some() {
            return self.part_met(conn, (skip, size), see);
        }
        let count = self.count(conn)?;
        if skip < count || page == 1 {
            self.read(conn, &format!(" LIMIT {size} OFFSET {skip}"), see)?;
        }
        Ok(count)
    }

    fn read(&self, conn: &Connection, part: &str, see: See<'_>) -> Result<()> {
        let mut statement = conn.prepare_cached(&format!("{}{}{part}", self.sql(&self.columns), self.order_by()))?;
        let mut rows = statement.query(params_from_iter(&self.values))?;
        while let Some(it) = rows.next()? {
            see(it)?;
        }
        Ok(())
    }

    fn sql(&self, columns: &str) -> String {
        let mut sql = format!("SELECT {columns} FROM {}", self.from);
        for (nth, condition) in self.conditions.iter().enumerate() {
            sql.push_str(if nth == 0 { " WHERE (" } else { " AND (" });
            sql.push_str(condition);
            sql.push(')');
        }
        sql
    }

    /// Null comes last either way; ties break by id, in the direction of the first name so that one index serves both.
    fn order_by(&self) -> String {
        let mut terms: Vec<String> = self
            .order
            .iter()
            .map(|(column, descending)| {
                format!("{column} {}", if *descending { "DESC NULLS LAST" } else { "ASC NULLS LAST" })
            })
            .collect();
        terms.push(format!("{} {}", self.id, if self.id_descending() { "DESC" } else { "ASC" }));
        format!(" ORDER BY {}", terms.join(", "))
    }

    fn id_descending(&self) -> bool {
        self.order.first().is_some_and(|(_, descending)| *descending)
    }

    fn count(&self, conn: &Connection) -> Result<i64> {
        if let Some(known) = self.known {
            return Ok(known);
        }
        if self.met.is_some() {
            return self.part_met(conn, (0, 0), &mut |_| Ok(()));
        }
        Ok(conn.prepare_cached(&self.sql("count(*)"))?.query_row(params_from_iter(&self.values), |row| row.get(0))?)
    }

    /// Shows the rows behind a mark, and says how many there are in all and with which mark it goes on.
    fn behind(
        mut self,
        conn: &Connection,
        slice: &Slice,
        mark: &str,
        counts: bool,
        see: See<'_>,
    ) -> Result<(Option<i64>, Option<String>)> {
        self.gather(conn)?;
        let count = if counts { Some(self.count(conn)?) } else { None };
        let fingerprint = slice.fingerprint();
        if !mark.is_empty() {
            let values = read_mark(mark, &fingerprint, self.order.len() + 1)?;
            self.begin_behind(&values);
        }
        let keys: Vec<&str> = self.order.iter().map(|(column, _)| *column).chain([self.id]).collect();
        // A column that goes by a name of its own is selected already, and cannot be named where it is selected.
        let has_name = |key: &str| self.columns.split(',').any(|it| it.trim_end().ends_with(&format!(" AS {key}")));
        let columns =
            keys.iter().filter(|key| !has_name(key)).fold(self.columns.clone(), |it, key| format!("{it}, {key}"));
        let size = slice.page_size as usize;
        let limit = if self.met.is_none() { format!(" LIMIT {}", size + 1) } else { String::new() };
        let sql = format!("{}{}{limit}", self.sql(&columns), self.order_by());
        let mut statement = conn.prepare_cached(&sql)?;
        let mut behind = statement.column_count() - keys.iter().filter(|key| !has_name(key)).count()..;
        let places = keys
            .iter()
            .map(|key| if has_name(key) { statement.column_index(key) } else { Ok(behind.next().unwrap_or_default()) })
            .collect::<rusqlite::Result<Vec<_>>>()?;
        // The id is the last of the keys.
        let id = places.last().copied().unwrap_or_default();
        let mut rows = statement.query(params_from_iter(&self.values))?;
        let (mut seen, mut next) = (0, None);
        while let Some(it) = rows.next()? {
            if self.met.is_some() && !self.is_met(it.get(id)?) {
                continue;
            }
            if seen == size {
                return Ok((count, next));
            }
            seen += 1;
            if seen == size {
                let values = places.iter().map(|nth| it.get(*nth)).collect::<rusqlite::Result<Vec<Value>>>()?;
                next = Some(write_mark(&fingerprint, &values)?);
            }
            see(it)?;
        }
        Ok((count, None))
    }

    /// Adds "comes after these values in the order": for each key, equal before it and beyond at it.
    fn begin_behind(&mut self, values: &[Value]) {
        let keys: Vec<(&str, bool)> = self.order.iter().copied().chain([(self.id, self.id_descending())]).collect();
        let mut ways = vec![];
        for nth in 0..keys.len() {
            let mut steps: Vec<String> = vec![];
            let mut bound = vec![];
            for ((column, _), value) in keys.iter().zip(values).take(nth) {
                if *value == Value::Null {
                    steps.push(format!("{column} IS NULL"));
                } else {
                    steps.push(format!("{column} = ?"));
                    bound.push(value.clone());
                }
            }
            let ((column, descending), value) = (keys[nth], &values[nth]);
            if *value == Value::Null {
                continue; // Null is last: nothing is beyond it.
            }
            steps.push(format!("({column} {} ? OR {column} IS NULL)", if descending { "<" } else { ">" }));
            bound.push(value.clone());
            ways.push(format!("({})", steps.join(" AND ")));
            self.values.extend(bound);
        }
        self.conditions.push(ways.join(" OR "));
    }
}

fn owned(value: &dyn ToSql) -> Result<Value> {
    use rusqlite::types::ToSqlOutput;
    match value.to_sql()? {
        ToSqlOutput::Owned(value) => Ok(value),
        ToSqlOutput::Borrowed(value) => value_of(value),
        _ => Err(Error::Internal(anyhow::anyhow!("a value has no SQL form"))),
    }
}

fn value_of(value: ValueRef<'_>) -> Result<Value> {
    Value::try_from(value).map_err(|e| Error::Internal(e.into()))
}

/// Marks carry the values of the last row's keys and what list they belong to. They promise nothing to their bearer: a
/// made-up one only asks another question of a list that the bearer may read anyway.
fn write_mark(fingerprint: &str, values: &[Value]) -> Result<String> {
    let values: Vec<serde_json::Value> = values
        .iter()
        .map(|value| match value {
            Value::Null | Value::Blob(_) => serde_json::Value::Null,
            Value::Integer(it) => (*it).into(),
            Value::Real(it) => (*it).into(),
            Value::Text(it) => it.clone().into(),
        })
        .collect();
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(fingerprint, values))?))
}

fn read_mark(mark: &str, fingerprint: &str, length: usize) -> Result<Vec<Value>> {
    let foreign = || Error::field("cursor", "This is not a mark of this list.");
    let bytes = URL_SAFE_NO_PAD.decode(mark).map_err(|_| foreign())?;
    let (of, values): (String, Vec<serde_json::Value>) = serde_json::from_slice(&bytes).map_err(|_| foreign())?;
    if of != fingerprint || values.len() != length {
        return Err(foreign());
    }
    values
        .into_iter()
        .map(|value| match value {
            serde_json::Value::Null => Ok(Value::Null),
            serde_json::Value::String(it) => Ok(Value::Text(it)),
            serde_json::Value::Number(it) => match (it.as_i64(), it.as_f64()) {
                (Some(it), _) => Ok(Value::Integer(it)),
                (None, Some(it)) => Ok(Value::Real(it)),
                (None, None) => Err(foreign()),
            },
            _ => Err(foreign()),
        })
        .collect()
}

/// A search text as an FTS5 expression: every word quoted (`c++` would be a syntax error) and taken as a beginning.
/// None when it has no word that the index could hold.
pub fn match_expression(search: &str) -> Option<String> {
    let words: Vec<String> = search
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}
