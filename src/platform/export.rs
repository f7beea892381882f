//! Figures and lists as files: `?as=csv|json`.
//!
//! A file is a table. In CSV it has a header row, in JSON it is an array of objects with the same names and values. A list
//! has one row per item; `author.username` names what is nested in its `author`. Figures that do not form a list have one row
//! each, `figure` and `value`, where `figure` is the way to it in the JSON answer: `users.total`, or `top.0.name` with
//! places counted from 0.

use std::io::Cursor;

use rocket::{
    Request, Response,
    http::{ContentType, Header},
    response::{self, Responder},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    download::disposition,
    error::{Error, Result},
    fields::{Fields, choice},
    list::Filter,
};
use crate::text_enum;

text_enum! {
    /// What a file of rows can be.
    pub enum Format { Csv = "csv", Json = "json" }
}

/// In which form a file is wanted.
#[derive(Clone, Copy, Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportAs {
    /// `csv` or `json`, `csv` when left out.
    #[param(rename = "as", inline, required = false)]
    pub format: Format,
}

impl Filter for ExportAs {
    fn read(query: &mut Fields) -> Self {
        let mut it = Self { format: Format::Csv };
        query.defaulting_to(Format::Csv, "as", &mut it.format, choice);
        it
    }
}

impl ExportAs {
    /// The table as a file of this name, which gets the ending of its form.
    ///
    /// # Errors
    /// None in practice: texts and numbers have both forms.
    pub fn file(self, name: &str, table: Table) -> Result<Attachment> {
        let content_type = match self.format {
            Format::Csv => ContentType::new("text", "csv").with_params(("charset", "utf-8")),
            Format::Json => ContentType::JSON,
        };
        Ok(Attachment { name: format!("{name}.{}", self.format), content_type, bytes: table.bytes(self.format)? })
    }
}

/// Rows under named columns.
#[derive(Debug)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    /// A list: one row per item. A column names a field of the item's JSON, with dots what is nested in it; what an item does
    /// not have is an empty cell.
    ///
    /// # Errors
    /// An item has no JSON form.
    pub fn of<T: Serialize>(columns: &[&str], items: impl IntoIterator<Item = T>) -> Result<Self> {
        let ways: Vec<String> = columns.iter().map(|it| format!("/{}", it.replace('.', "/"))).collect();
        let row = |item: T| -> Result<Vec<Value>> {
            let mut item = serde_json::to_value(item)?;
            Ok(ways.iter().map(|way| item.pointer_mut(way).map(Value::take).unwrap_or_default()).collect())
        };
        let rows = items.into_iter().map(row).collect::<Result<_>>()?;
        Ok(Self { columns: columns.iter().map(|it| (*it).to_owned()).collect(), rows })
    }

    /// Figures: one row for each, with the way to it.
    ///
    /// # Errors
    /// The figures have no JSON form.
    pub fn of_figures(figures: &impl Serialize) -> Result<Self> {
        let mut rows = vec![];
        flatten(String::new(), serde_json::to_value(figures)?, &mut rows);
        Ok(Self { columns: vec!["figure".into(), "value".into()], rows })
    }

    /// The table in this form.
    ///
    /// # Errors
    /// None in practice: texts and numbers have both forms.
    pub fn bytes(self, format: Format) -> Result<Vec<u8>> {
        match format {
            Format::Csv => self.csv(),
            Format::Json => self.json(),
        }
    }

    /// RFC 4180.
    fn csv(&self) -> Result<Vec<u8>> {
        let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(vec![]);
        csv.write_record(&self.columns).map_err(|e| Error::Internal(e.into()))?;
        for row in &self.rows {
            csv.write_record(row.iter().map(cell)).map_err(|e| Error::Internal(e.into()))?;
        }
        csv.into_inner().map_err(|e| Error::Internal(e.into_error().into()))
    }

    /// The same rows.
    fn json(self) -> Result<Vec<u8>> {
        let rows = self.rows.into_iter().map(|row| self.columns.iter().cloned().zip(row).collect::<Map<_, _>>());
        Ok(serde_json::to_vec(&rows.collect::<Vec<_>>())?)
    }
}

/// Every figure in here with the way to it. What is empty has no row.
fn flatten(way: String, value: Value, rows: &mut Vec<Vec<Value>>) {
    let below = |part: &str| if way.is_empty() { part.to_owned() } else { format!("{way}.{part}") };
    match value {
        Value::Object(parts) => parts.into_iter().for_each(|(name, part)| flatten(below(&name), part, rows)),
        Value::Array(parts) => {
            parts.into_iter().enumerate().for_each(|(nth, part)| flatten(below(&nth.to_string()), part, rows));
        }
        value => rows.push(vec![Value::from(way), value]),
    }
}

/// A value as a cell: null is empty, a list is its JSON. Programs that show tables take a text that begins with one of these
/// signs for a formula and run it, wherever the text came from; behind an apostrophe they show it. Numbers are never formulas.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// A file that was made for this answer.
#[derive(Debug)]
pub struct Attachment {
    name: String,
    content_type: ContentType,
    bytes: Vec<u8>,
}

impl<'r> Responder<'r, 'static> for Attachment {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.content_type)
            .header(Header::new("Content-Disposition", disposition(&self.name)))
            .header(Header::new("Content-Security-Policy", "sandbox"))
            .header(Header::new("Cache-Control", "private, no-cache"))
            .sized_body(self.bytes.len(), Cursor::new(self.bytes))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn csv(table: &Table) -> String {
        String::from_utf8(table.csv().unwrap()).unwrap()
    }

    #[test]
    fn a_list_has_a_row_per_item_and_a_header_even_when_empty() {
        let posts = [
            json!({"id": 1, "title": "Ž, \"quoted\"\nand broken", "author": {"username": "ann"}, "tags": ["a", "b"]}),
            json!({"id": 2, "title": "plain", "author": null}),
        ];
        let columns = ["id", "title", "author.username", "tags"];
        assert_eq!(
            csv(&Table::of(&columns, &posts).unwrap()),
            "id,title,author.username,tags\r\n\
             1,\"Ž, \"\"quoted\"\"\nand broken\",ann,\"[\"\"a\"\",\"\"b\"\"]\"\r\n\
             2,plain,,\r\n"
        );
        assert_eq!(csv(&Table::of(&columns, Vec::<Value>::new()).unwrap()), "id,title,author.username,tags\r\n");
        let rows: Value = serde_json::from_slice(&Table::of(&columns, posts).unwrap().json().unwrap()).unwrap();
        assert_eq!(rows[0]["author.username"], "ann");
        assert_eq!(rows[1], json!({"id": 2, "title": "plain", "author.username": null, "tags": null}));
    }

    #[test]
    fn figures_have_a_row_each_with_the_way_to_them() {
        let figures =
            json!({"users": {"total": 3, "mean": null, "withheld": true}, "top": [{"name": "Rust"}], "none": []});
        assert_eq!(
            csv(&Table::of_figures(&figures).unwrap()),
            "figure,value\r\ntop.0.name,Rust\r\nusers.mean,\r\nusers.total,3\r\nusers.withheld,true\r\n"
        );
    }

    #[test]
    fn no_text_becomes_a_formula_and_numbers_stay_numbers() {
        let rows = [
            json!({"a": "=HYPERLINK(1)"}),
            json!({"a": "@x"}),
            json!({"a": "+1"}),
            json!({"a": "-1"}),
            json!({"a": -1}),
        ];
        assert_eq!(csv(&Table::of(&["a"], rows).unwrap()), "a\r\n'=HYPERLINK(1)\r\n'@x\r\n'+1\r\n'-1\r\n-1\r\n");
    }
}
