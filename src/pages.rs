//! The web application: the files under `static/`, as a browser gets them.
//!
//! A release carries them inside, pressed once at start, under an address that names their common hash: whoever has a file of
//! that address keeps it for good, and a new release is a new address. Modules name each other by relative paths, so the hash
//! stands in no file. A debug build reads from the disk at each call, so that a change shows on reload.

use std::{borrow::Cow, collections::HashMap, io::Cursor, io::Write as _, path::PathBuf};

use flate2::{Compression, write::GzEncoder};
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
#[folder = "static/"]
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
    plain: Cow<'static, [u8]>,
    pressed: Vec<u8>,
}

impl Ready {
    /// Presses `bytes`; `level` weighs the time of this call against the size of every answer.
    fn new(name: &str, bytes: Cow<'static, [u8]>, level: Compression) -> std::io::Result<Self> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        let kind = match ending {
            "js" => ContentType::JavaScript,
            ending => ContentType::from_extension(ending).unwrap_or(ContentType::Binary),
        };
        let tag = format!("\"{}\"", &digest(&bytes)[..16]);
        let mut press = GzEncoder::new(Vec::new(), level);
        press.write_all(&bytes)?;
        Ok(Self { kind, tag, pressed: press.finish()?, plain: bytes })
    }

    /// Reads a file of the application; the page learns where the others are.
    fn read(name: &str, version: &str, level: Compression) -> Option<Self> {
        let file = Files::get(name)?;
        let bytes = if name.ends_with(".html") {
            let text = String::from_utf8_lossy(&file.data).replace("{assets}", &format!("/assets/{version}"));
            Cow::Owned(text.into_bytes())
        } else {
            file.data
        };
        Self::new(name, bytes, level).ok()
    }
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
        let Ready { kind, tag, plain, pressed } = self.file;
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
        if takes_gzip(req) {
            res.set_header(Header::new("Content-Encoding", "gzip"));
            res.set_sized_body(pressed.len(), Cursor::new(pressed));
        } else {
            res.set_sized_body(plain.len(), Cursor::new(plain));
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
        let text = String::from_utf8(page.plain.into_owned()).unwrap();
        assert!(text.contains(&format!("/assets/{}/main.js", pages.version)), "{text}");
        assert!(pages.find("main.js").unwrap().pressed.len() < pages.find("main.js").unwrap().plain.len());
        assert!(pages.find("../Cargo.toml").is_none());
    }
}
