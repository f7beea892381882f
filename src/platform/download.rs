//! Stored files as answers.

use rocket::{
    Request, Response,
    http::{ContentType, Header},
    response::{self, Responder},
};
use tokio::fs::File;

use super::{
    error::{Error, Result},
    files::{self, Files, Kind},
};

/// A stored file, sent as an attachment and shown by no browser as a page of ours.
pub struct Download {
    file: File,
    bytes: u64,
    name: String,
    content_type: ContentType,
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
        let opened = async {
            let file = File::open(files.path(kind, stored)?).await?;
            let bytes = file.metadata().await?.len();
            Ok((file, bytes))
        };
        match opened.await {
            Ok((file, bytes)) => Ok(Self { file, bytes, name, content_type }),
            Err(error) if std::io::ErrorKind::NotFound == std::io::Error::kind(&error) => Err(Error::NotFound("file")),
            Err(error) => Err(files::failure(error)),
        }
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

impl<'r> Responder<'r, 'static> for Download {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'static> {
        Response::build()
            .header(self.content_type)
            .header(Header::new("Content-Disposition", disposition(&self.name)))
            .header(Header::new("Content-Security-Policy", "sandbox"))
            .header(Header::new("Cache-Control", "private, no-cache"))
            .sized_body(usize::try_from(self.bytes).ok(), self.file)
            .ok()
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
