//! JSON bodies.

use rocket::{
    Request,
    data::{Data, FromData, Outcome, ToByteUnit},
    http::Method,
};
use serde_json::{Map, Value};

use super::{
    app::App,
    edge::{digest, refuse_data},
    error::{Error, Result},
    fields::{Fields, Mode},
    once::BodyHash,
};

/// A JSON object that was sent, unread. An empty body without a content type counts as an empty object.
pub struct Body {
    values: Map<String, Value>,
    mode: Mode,
}

impl Body {
    /// The fields, for a draft to read.
    pub fn fields(self) -> Fields {
        Fields::of_body(self.values, self.mode)
    }

    /// The object as it was sent, for what has a form of its own.
    pub fn object(self) -> Map<String, Value> {
        self.values
    }

    /// Reads a draft and answers with all faults if there are any.
    ///
    /// # Errors
    /// 400 with every fault by field.
    pub fn read<T>(self, read: impl FnOnce(&mut Fields) -> T) -> Result<T> {
        let mut fields = self.fields();
        let draft = read(&mut fields);
        fields.finish(draft)
    }
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Body {
    type Error = ();

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match read_object(req, data).await {
            Ok(values) => {
                let mode = if req.method() == Method::Patch { Mode::Patch } else { Mode::Whole };
                Outcome::Success(Body { values, mode })
            }
            Err(error) => refuse_data(req, error),
        }
    }
}

async fn read_object(req: &Request<'_>, data: Data<'_>) -> Result<Map<String, Value>> {
    let limit = App::of(req).config.limits.json.bytes();
    let bytes = data
        .open(limit.bytes())
        .into_bytes()
        .await
        .map_err(|e| Error::BadRequest(format!("The body did not arrive whole: {e}.")))?;
    if !bytes.is_complete() {
        return Err(Error::TooLarge(format!("A JSON body must not be larger than {} bytes.", limit)));
    }
    let bytes = bytes.into_inner();
    BodyHash::set(req, digest(&bytes));
    match req.content_type() {
        None if bytes.is_empty() => return Ok(Map::new()),
        Some(kind) if kind.is_json() => {}
        _ => return Err(Error::UnsupportedMediaType("Send the body as application/json.")),
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::BadRequest("The body is not UTF-8.".into()))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(Error::BadRequest("The body must be a JSON object.".into())),
        Err(e) => Err(Error::BadRequest(format!("The body is not JSON: {e}."))),
    }
}
