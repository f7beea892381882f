//! Stored files as answers.

use rocket::{
    Request, Response,
    http::{ContentType, Header},
    response::{self, Responder},
};
use tokio::{
    fs::File,
    io::{AsyncReadExt as _, AsyncSeekExt as _},
};

use super::{
    error::{Error, Result},
    files::{self, Files, Kind},
    validate::Content,
};

/// A stored file, sent as an attachment and shown by no browser as a page of ours.
pub struct Download {
    file: File,
    bytes: u64,
    name: String,
    content_type: ContentType,
    cache: &'static str,
}

impl Download {
    /// Opens a file; `name` is what the receiver is to call it.
    ///
    /// # Errors
    /// 404 when there is no such file.
    pub async fn open(
        files: &Files,
        kind: Kind,
        stored: &str,
        name: String,
        content_type: ContentType,
    ) -> Result<Self> {
        let (file, bytes) = open(files, kind, stored).await?;
        Ok(Self { file, bytes, name, content_type, cache: "private, no-cache" })
    }

    /// Opens a public picture. Its name is its content's, so whoever has it has it for good.
    ///
    /// # Errors
    /// 404 when there is no such file.
    pub async fn picture(files: &Files, kind: Kind, stored: &str) -> Result<Self> {
        let (mut file, bytes) = open(files, kind, stored).await?;
        let mut start = [0; 12];
        let read = async {
            let read = file.read(&mut start).await?;
            file.rewind().await?;
            Ok(read)
        };
        let read = read.await.map_err(files::failure)?;
        let (content_type, ending) = match Content::of(&start[..read]) {
            Some(Content::Png) => (ContentType::PNG, "png"),
            _ => (ContentType::JPEG, "jpg"),
        };
        let name = format!("{}.{ending}", stored.get(..16).unwrap_or(stored));
        Ok(Self { file, bytes, name, content_type, cache: "public, max-age=31536000, immutable" })
    }
}

async fn open(files: &Files, kind: Kind, stored: &str) -> Result<(File, u64)> {
    let opened = async {
        let file = File::open(files.path(kind, stored)?).await?;
        let bytes = file.metadata().await?.len();
        Ok((file, bytes))
    };
    match opened.await {
        Err(error) if std::io::ErrorKind::NotFound == std::io::Error::kind(&error) => Err(Error::NotFound("file")),
        opened => opened.map_err(files::failure),
    }
}

/// RFC 6266: a plain name for old readers, the whole one in UTF-8 for all others. Neither can end the header or the quotes.
pub(super) fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | ';') { c } else { '_' })
        .collect();
    let whole: String = name
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// What every file is sent with.
fn attached(content_type: ContentType, name: &str, cache: &'static str) -> Response<'static> {
    Response::build()
        .header(content_type)
        .header(Header::new("Content-Disposition", disposition(name)))
        .header(Header::new("Content-Security-Policy", "sandbox"))
        .header(Header::new("Cache-Control", cache))
        .finalize()
}

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = attached(self.content_type, &self.name, self.cache);
        answer.set_sized_body(usize::try_from(self.bytes).ok(), self.file);
        Ok(answer)
    }
}

/// A file that was made for this answer, and is stored nowhere.
pub struct Made {
    /// Its content.
    pub bytes: Vec<u8>,
    /// What the receiver is to call it.
    pub name: String,
    /// What it is.
    pub content_type: ContentType,
}

impl<'r> Responder<'r, 'static> for Made {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        let mut answer = attached(self.content_type, &self.name, "private, no-cache");
        answer.set_sized_body(self.bytes.len(), std::io::Cursor::new(self.bytes));
        Ok(answer)
    }
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn no_name_leaves_its_quotes() {
        assert_eq!(disposition("cv.pdf"), "attachment; filename=\"cv.pdf\"; filename*=UTF-8''cv.pdf");
        assert_eq!(
            disposition("Zoë\"\r\nX: 1;.pdf"),
            "attachment; filename=\"Zo____X: 1_.pdf\"; filename*=UTF-8''Zo%C3%AB%22%0D%0AX%3A%201%3B.pdf"
        );
    }
}
