//! Uploads: forms with a file in them.
//!
//! A file goes to the disk while it arrives, so that a hundred slow senders cost no memory, and has no name there, so that
//! nothing of it is left when its sender goes away. It is loaded when somebody is ready to look at it.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _},
    marker::PhantomData,
};

use multer::{Constraints, Field, Multipart, SizeLimit};
use rocket::{
    Request,
    data::{Data, FromData, Outcome, ToByteUnit},
};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::{
    app::App,
    config::Config,
    edge::{digest, refuse_data},
    error::{Error, Result},
    fields::Fields,
    files,
    once::BodyHash,
    token::hex,
    validate,
};

/// What a request may hold beside its file.
const BESIDE: u64 = 1 << 20;
/// What the texts of a form may have together.
const TEXTS: usize = 64 << 10;
/// What is read of a refused request, so that a client that only speaks before it listens hears why.
const DRAINED: u64 = 32 << 20;
/// Most characters kept of a file's name.
const NAME: usize = 255;

/// A form that takes one file.
pub trait Form: Send + 'static {
    /// The names under which the file may come; faults are told under the first.
    const FILE: &'static [&'static str];

    /// The size of the largest file that is taken, in bytes.
    fn most_bytes(config: &Config) -> u64;
}

/// A form that was sent, its file on the disk and its texts unread.
pub struct Upload<F> {
    file: Result<Uploaded, &'static str>,
    fields: Fields,
    form: PhantomData<fn() -> F>,
}

/// A file that was sent.
#[derive(Debug)]
pub struct Uploaded {
    content: File,
    /// What its sender calls it, without folders; at most 255 characters. Nothing is to be concluded from it.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its content in hexadecimal.
    pub sha256: String,
}

impl Uploaded {
    /// Its whole content. Blocks.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn load(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0));
        self.content.rewind()?;
        self.content.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl<F: Form> Upload<F> {
    /// The file, and a draft of the texts; or all faults if there are any.
    ///
    /// # Errors
    /// 400 with every fault by field.
    pub fn read<T>(mut self, read: impl FnOnce(&mut Fields) -> T) -> Result<(Uploaded, T)> {
        let draft = read(&mut self.fields);
        match self.file {
            Ok(file) => Ok((file, self.fields.finish(draft)?)),
            Err(sentence) => {
                self.fields.fault(F::FILE[0], sentence);
                Err(self.fields.finish(draft).err().unwrap_or_else(|| Error::field(F::FILE[0], sentence)))
            }
        }
    }
}

#[rocket::async_trait]
impl<'r, F: Form> FromData<'r> for Upload<F> {
    type Error = ();

    async fn from_data(req: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        match receive(req, data).await {
            Ok(upload) => Outcome::Success(upload),
            Err(error) => refuse_data(req, error),
        }
    }
}

async fn receive<F: Form>(req: &Request<'_>, data: Data<'_>) -> Result<Upload<F>> {
    let app = App::of(req);
    let boundary = req
        .content_type()
        .filter(|kind| kind.is_form_data())
        .and_then(|kind| kind.param("boundary"))
        .ok_or(Error::UnsupportedMediaType("Send the file as multipart/form-data."))?;
    let most = F::most_bytes(&app.config);
    let mut stream = data.open((most + BESIDE + DRAINED).bytes());
    let limits = Constraints::new().size_limit(SizeLimit::new().whole_stream(most + BESIDE));
    let mut received = Received { app, most, file: None, texts: vec![], hash: Sha256::new() };
    let outcome = received.form::<F>(Multipart::with_reader_with_constraints(&mut stream, boundary, limits)).await;
    if let Err(error) = outcome {
        // Its sender may have gone away in the middle, which the next read tells as well.
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        return Err(error);
    }
    let Received { file, texts, hash, .. } = received;
    // The boundary differs from call to call: a repeat is known by what stands between.
    BodyHash::set(req, hex(&hash.finalize()));
    let fields = Fields::of_form(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    Ok(Upload { file: file.unwrap_or(Err("This field is required: send a file.")), fields, form: PhantomData })
}

/// What arrived so far.
struct Received<'a> {
    app: &'a App,
    most: u64,
    file: Option<Result<Uploaded, &'static str>>,
    texts: Vec<(String, String)>,
    hash: Sha256,
}

impl Received<'_> {
    async fn form<F: Form>(&mut self, mut form: Multipart<'_>) -> Result<()> {
        while let Some(part) = form.next_field().await.map_err(|e| self.broken(e))? {
            let name = part.name().unwrap_or_default().to_owned();
            let expected = F::FILE.contains(&name.as_str());
            match (expected, part.file_name().is_some()) {
                (true, true) if self.file.is_some() => self.file = Some(Err("Send one file.")),
                (true, true) => {
                    let file = self.part(part).await?;
                    self.note(&name, &file.sha256);
                    self.file = Some(if file.size == 0 { Err("The file is empty.") } else { Ok(file) });
                }
                (true, false) => self.file = Some(Err("Send a file here, not a text.")),
                (false, false) => self.text(name, part).await?,
                // A file nobody asked for has no effect; the next part is found behind it.
                (false, true) => {}
            }
        }
        Ok(())
    }

    async fn part(&self, mut part: Field<'_>) -> Result<Uploaded> {
        let name = file_name(part.file_name().unwrap_or_default());
        let mut content = tokio::fs::File::from_std(self.app.files.scratch().map_err(files::failure)?);
        let (mut size, mut hash) = (0, Sha256::new());
        while let Some(chunk) = part.chunk().await.map_err(|e| self.broken(e))? {
            size += chunk.len() as u64;
            if size > self.most {
                return Err(self.too_large());
            }
            hash.update(&chunk);
            content.write_all(&chunk).await.map_err(files::failure)?;
        }
        content.flush().await.map_err(files::failure)?;
        Ok(Uploaded { content: content.into_std().await, name, size, sha256: hex(&hash.finalize()) })
    }

    async fn text(&mut self, name: String, mut part: Field<'_>) -> Result<()> {
        let mut bytes = vec![];
        let had: usize = self.texts.iter().map(|(name, text)| name.len() + text.len()).sum();
        while let Some(chunk) = part.chunk().await.map_err(|e| self.broken(e))? {
            bytes.extend_from_slice(&chunk);
            if had + name.len() + bytes.len() > TEXTS {
                return Err(Error::TooLarge(format!("The texts of the form may have at most {TEXTS} bytes.")));
            }
        }
        let text =
            String::from_utf8(bytes).map_err(|_| Error::BadRequest(format!("The field {name:?} is not UTF-8.")))?;
        self.note(&name, &digest(text.as_bytes()));
        self.texts.push((name, text));
        Ok(())
    }

    fn note(&mut self, name: &str, sha256: &str) {
        self.hash.update(digest(name.as_bytes()));
        self.hash.update(sha256);
    }

    fn broken(&self, error: multer::Error) -> Error {
        match error {
            multer::Error::StreamSizeExceeded { .. } => self.too_large(),
            multer::Error::StreamReadFailed(_) => Error::BadRequest("The form did not arrive whole.".into()),
            error => Error::BadRequest(format!("The form cannot be read: {error}.")),
        }
    }

    fn too_large(&self) -> Error {
        let most = match (self.most >> 20, self.most % (1 << 20)) {
            (mb, 0) => format!("{mb} MB"),
            _ => format!("{} bytes", self.most),
        };
        Error::TooLarge(format!("The file may have at most {most}."))
    }
}

/// Some browsers send the whole path.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = validate::text(last).replace('\n', " ").chars().take(NAME).collect();
    if name.is_empty() { "file".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_has_no_folders_and_no_end_of_line() {
        assert_eq!(file_name("C:\\Users\\ann\\cv.pdf"), "cv.pdf");
        assert_eq!(file_name("/home/ann/cv.pdf"), "cv.pdf");
        assert_eq!(file_name("a\r\nb\0.pdf"), "a b.pdf");
        assert_eq!(file_name("../"), "file");
        assert_eq!(file_name(&"x".repeat(300)).len(), 255);
    }
}
