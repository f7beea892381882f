//! The web application: the files under `static/`, as a browser gets them.
//!
//! A release carries them inside, pressed when it was built, under an address that names their common hash: whoever has a file of
//! that address keeps it for good, and a new release is a new address. Modules name each other by relative paths, so the hash
//! stands in no file. A debug build reads from the disk at each call, so that a change shows on reload.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{self, Cursor, Read as _, Write as _},
    path::PathBuf,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use rocket::{
    Request, Response, Route, State, get,
    http::{ContentType, Header, Status},
    response::{self, Responder},
    routes,
};
use rust_embed::Embed;
use sha2::{Digest as _, Sha256};

use crate::{addresses, platform::edge::digest};

#[derive(Embed)]
#[cfg_attr(debug_assertions, folder = "static/")]
#[cfg_attr(not(debug_assertions), folder = "$OUT_DIR/static/")]
struct Files;

/// The name of the version in a debug build, whose files may change under it.
const LIVE: &str = "live";

/// First parts of addresses where programs look, not people: what is unknown there is a 404.
const MACHINES: &[&str] = &["api", "assets", "health", "metrics", "media"];

/// A file ready to be sent.
#[derive(Clone)]
struct Ready {
    kind: ContentType,
    tag: String,
    pressed: Cow<'static, [u8]>,
}

impl Ready {
    /// Reads a file of the application; the page learns where the others are. `level` weighs the time of this call against the
    /// size of every answer, where the build did not press the file.
    fn read(name: &str, version: &str, level: Compression) -> Option<Self> {
        let bytes = Files::get(name)?.data;
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let pressed = match ending {
            "html" => {
                let text = String::from_utf8_lossy(&bytes).replace("{assets}", &format!("/assets/{version}"));
                Cow::Owned(press(text.as_bytes(), level).ok()?)
            }
            _ if cfg!(debug_assertions) => Cow::Owned(press(&bytes, level).ok()?),
            _ => bytes,
        };
        let kind = match ending {
            "js" => ContentType::JavaScript,
            ending => ContentType::from_extension(ending).unwrap_or(ContentType::Binary),
        };
        let tag = format!("\"{}\"", &digest(&pressed)[..16]);
        Some(Self { kind, tag, pressed })
    }

    /// For the few who do not take it pressed.
    fn plain(&self) -> io::Result<Vec<u8>> {
        let mut plain = vec![];
        GzDecoder::new(&*self.pressed).read_to_end(&mut plain)?;
        Ok(plain)
    }
}

fn press(bytes: &[u8], level: Compression) -> io::Result<Vec<u8>> {
    let mut press = GzEncoder::new(Vec::new(), level);
    press.write_all(bytes)?;
    press.finish()
}

/// The files of the application.
pub struct Pages {
    version: String,
    /// Everything, ready; empty where the disk is asked.
    kept: HashMap<String, Ready>,
}

impl Pages {
    /// The files as this build has them: kept ready in a release, read from the disk in a debug build.
    pub fn of_this_build() -> Self {
        if cfg!(debug_assertions) { Self { version: LIVE.into(), kept: HashMap::new() } } else { Self::kept() }
    }

    /// Everything, ready, under one hash.
    pub fn kept() -> Self {
        let mut hasher = Sha256::new();
        for name in Files::iter() {
            hasher.update(name.as_bytes());
            hasher.update(Files::get(&name).map(|it| it.metadata.sha256_hash()).unwrap_or_default());
        }
        let version: String = hasher.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let kept = Files::iter()
            .filter_map(|name| Some((name.to_string(), Ready::read(&name, &version, Compression::best())?)))
            .collect();
        Self { version, kept }
    }

    fn find(&self, name: &str) -> Option<Ready> {
        if self.version == LIVE {
            return Ready::read(name, LIVE, Compression::fast());
        }
        self.kept.get(name).cloned()
    }

    /// A page: asked for anew each time, and sent only when it changed.
    fn page(&self, name: &str) -> Option<Asset> {
        Some(Asset { file: self.find(name)?, cache: "no-cache" })
    }
}

/// An answer with a file of the application.
struct Asset {
    file: Ready,
    cache: &'static str,
}

impl<'r> Responder<'r, 'static> for Asset {
    fn respond_to(self, req: &'r Request<'_>) -> response::Result<'static> {
        let plain =
            if takes_gzip(req) { None } else { Some(self.file.plain().map_err(|_| Status::InternalServerError)?) };
        let Ready { kind, tag, pressed } = self.file;
        let mut res = Response::new();
        res.set_header(Header::new("Cache-Control", self.cache));
        res.set_header(Header::new("Vary", "Accept-Encoding"));
        let has_it = req.headers().get("If-None-Match").flat_map(|it| it.split(',')).any(|it| {
            let it = it.trim();
            it == "*" || it.strip_prefix("W/").unwrap_or(it) == tag
        });
        res.set_header(Header::new("ETag", tag));
        if has_it {
            res.set_status(Status::NotModified);
            return Ok(res);
        }
        res.set_header(kind);
        if let Some(plain) = plain {
            res.set_sized_body(plain.len(), Cursor::new(plain));
        } else {
            res.set_header(Header::new("Content-Encoding", "gzip"));
            res.set_sized_body(pressed.len(), Cursor::new(pressed));
        }
        Ok(res)
    }
}

fn takes_gzip(req: &Request<'_>) -> bool {
    req.headers().get("Accept-Encoding").flat_map(|it| it.split(',')).any(|it| {
        let mut parts = it.split(';').map(str::trim);
        let named = matches!(parts.next(), Some("gzip" | "*"));
        let weight = parts.find_map(|it| it.strip_prefix("q=")).and_then(|it| it.parse::<f32>().ok());
        named && weight.is_none_or(|it| it > 0.0)
    })
}

// The addresses that people are told of.
addresses![start_page, docs_page];

/// The addresses that only the application itself and its links know.
pub fn routes() -> Vec<Route> {
    routes![any_page, asset]
}

/// The web application.
#[utoipa::path(tag = "Operations", responses((status = 200, body = String, content_type = "text/html")))]
#[get("/")]
fn start_page(pages: &State<Pages>) -> Option<Asset> {
    pages.page("index.html")
}

/// Every other page: the application reads the address itself.
#[get("/<path..>", rank = 50)]
fn any_page(path: PathBuf, pages: &State<Pages>) -> Option<Asset> {
    let is_page = !MACHINES.iter().any(|it| path.starts_with(it)) && path.extension().is_none();
    is_page.then(|| pages.page("index.html")).flatten()
}

/// A file of the application. One of another version is not there: it would not fit what the browser already has.
#[get("/assets/<version>/<path..>")]
fn asset(version: &str, path: PathBuf, pages: &State<Pages>) -> Option<Asset> {
    if version != pages.version {
        return None;
    }
    let cache = if version == LIVE { "no-cache" } else { "public, max-age=31536000, immutable" };
    Some(Asset { file: pages.find(path.to_str()?)?, cache })
}

/// The readable reference. Its parts are named from the root, so that it works with and without the last slash.
#[utoipa::path(tag = "Operations", responses((status = 200, body = String, content_type = "text/html")))]
#[get("/api/docs")]
fn docs_page(pages: &State<Pages>) -> Option<Asset> {
    pages.page("docs.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_keeps_every_file_under_one_hash() {
        let pages = Pages::kept();
        assert_eq!(pages.version.len(), 12);
        let page = pages.find("index.html").unwrap();
        let text = String::from_utf8(page.plain().unwrap()).unwrap();
        assert!(text.contains(&format!("/assets/{}/main.js", pages.version)), "{text}");
        let main = pages.find("main.js").unwrap();
        assert!(main.pressed.len() < main.plain().unwrap().len());
        assert!(pages.find("../Cargo.toml").is_none());
    }
}
