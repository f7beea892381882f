//! Tokens: signed ones that carry what they prove for five minutes, and opaque ones of which only a digest is kept.

use super::config::Config;
use anyhow::{Context, ensure};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Begins every personal API token, so that one is told from an access token at a glance.
const API_TOKEN: &str = "crd_";

/// What an access token proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The account.
    pub user_id: i64,
    /// Its name when the token was made.
    pub username: String,
    /// Its e-mail address when the token was made.
    pub email: String,
    /// When the token was made, in seconds since 1970 UTC.
    pub iat: i64,
    /// The first second at which it is no longer good.
    pub exp: i64,
    /// The token's own name, by which it can be stopped early.
    pub jti: String,
    /// What kind of token this is.
    pub typ: Typ,
    /// The family of refresh tokens it belongs to.
    pub sid: i64,
    /// How its holder keeps the sign-in.
    pub via: Via,
}

/// The kinds of signed tokens: there is one, and any other is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Typ {
    Access,
}

/// How a sign-in is kept: by a refresh token in a program's hands, or by a browser's cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    Token,
    Cookie,
}

/// Whom an access token is made for.
#[derive(Debug, Clone, Copy)]
pub struct Holder<'a> {
    pub user_id: i64,
    pub username: &'a str,
    pub email: &'a str,
    /// The family of refresh tokens.
    pub sid: i64,
    pub via: Via,
}

/// Why an access token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the token has expired")]
    Expired,
    #[error("the token is not one of ours")]
    Invalid,
}

/// Signs and reads access tokens (JWT, HS256 only).
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    /// How long a token is good for, in seconds.
    ttl: i64,
}

impl Tokens {
    /// Takes the key from `auth.secret_key`, or from `keys/jwt.key` in the data folder, which is made when missing.
    ///
    /// # Errors
    /// When the key file cannot be read or made, or holds fewer than 32 bytes.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let key = match config.auth.secret_key.expose() {
            Some(key) => key.to_owned(),
            None => key_file(&config.data_dir.join("keys"), "jwt.key")?,
        };
        ensure!(key.len() >= 32, "the key for access tokens must have at least 32 bytes");
        let mut validation = Validation::new(Algorithm::HS256);
        // The time is an argument of ours, the library would take the machine's.
        validation.validate_exp = false;
        validation.validate_aud = false;
        Ok(Self {
            encoding: EncodingKey::from_secret(key.as_bytes()),
            decoding: DecodingKey::from_secret(key.as_bytes()),
            validation,
            ttl: config.auth.access_ttl.as_secs(),
        })
    }

    /// Makes a token; `now` in seconds since 1970 UTC.
    ///
    /// # Errors
    /// When the claims cannot be written as JSON.
    pub fn issue(&self, holder: Holder<'_>, now: i64) -> anyhow::Result<String> {
        let access = Access {
            user_id: holder.user_id,
            username: holder.username.to_owned(),
            email: holder.email.to_owned(),
            iat: now,
            exp: now.saturating_add(self.ttl),
            jti: random_name::<16>(),
            typ: Typ::Access,
            sid: holder.sid,
            via: holder.via,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &access, &self.encoding).context("access token")
    }

    /// Reads a token; `now` in seconds since 1970 UTC, without leeway.
    ///
    /// # Errors
    /// [`Refused::Expired`] only for a token that was ours, [`Refused::Invalid`] for everything else.
    pub fn read(&self, token: &str, now: i64) -> Result<Access, Refused> {
        let access = jsonwebtoken::decode::<Access>(token, &self.decoding, &self.validation)
            .map_err(|_| Refused::Invalid)?
            .claims;
        if access.exp <= now { Err(Refused::Expired) } else { Ok(access) }
    }
}

/// Reads a key file, or makes it with a fresh key, readable by its owner only.
///
/// A file that is there is never replaced: the new one gets its name by a link, which fails when another process was
/// faster, and then that one's key is taken.
pub(super) fn key_file(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(name);
    let read = || fs::read_to_string(&path).map(|key| key.trim().to_owned());
    match read() {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read.with_context(|| format!("key file {}", path.display())),
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("key folder {}", folder.display()))?;
    let temporary = folder.join(format!(".{name}.{}", random_name::<8>()));
    let made = (|| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
        writeln!(file, "{}", secret())?;
        file.sync_all()?;
        match fs::hard_link(&temporary, &path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => fs::File::open(folder)?.sync_all()?,
        }
        read()
    })();
    // The second name has done its work whatever came of it; a failure to remove it harms nobody.
    let _ = fs::remove_file(&temporary);
    made.with_context(|| format!("cannot make the key file {}", path.display()))
}

/// A fresh random secret of 32 bytes, written as 43 characters of base64url.
pub fn secret() -> String {
    random_name::<32>()
}

/// A fresh personal API token.
pub fn api_token() -> String {
    format!("{API_TOKEN}{}", secret())
}

/// Whether a bearer token has the form of a personal API token.
pub fn is_api_token(bearer: &str) -> bool {
    bearer.starts_with(API_TOKEN)
}

/// What is stored of a secret: SHA-256 in hexadecimal. The secrets are random, so a slow hash would add nothing.
pub fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// Whether two texts are equal, in a time that tells nothing about where they differ.
pub fn same(a: &str, b: &str) -> bool {
    let differing = a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| std::hint::black_box(sum | (x ^ y)));
    a.len() == b.len() && differing == 0
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|b| [b >> 4, b & 15]).filter_map(|n| char::from_digit(u32::from(n), 16)).collect()
}

/// `N` random bytes as base64url without padding (RFC 4648 §5).
fn random_name<const N: usize>() -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    let mut text = String::with_capacity(N * 4 / 3 + 1);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            text.push(char::from(ALPHABET[bits >> (18 - 6 * place) & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;
    use std::collections::HashSet;
    use std::os::unix::fs::PermissionsExt;

    const KEY: &str = "0123456789abcdef0123456789abcdef";
    const HOLDER: Holder<'_> =
        Holder { user_id: 7, username: "ann", email: "ann@example.org", sid: 3, via: Via::Cookie };

    fn tokens(key: &str) -> Tokens {
        let mut config = Config::default();
        config.auth.secret_key = key.to_owned().into();
        Tokens::open(&config).unwrap()
    }

    fn config_in(dir: &Path) -> Config {
        Config { data_dir: dir.into(), ..Config::default() }
    }

    /// A token of any header and claims, signed with the right key.
    fn forged(header: &Header, claims: &serde_json::Value) -> String {
        jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(KEY.as_bytes())).unwrap()
    }

    fn claims() -> serde_json::Value {
        json!({"user_id": 7, "username": "ann", "email": "ann@example.org", "iat": 100, "exp": 400, "jti": "x",
               "typ": "access", "sid": 3, "via": "token"})
    }

    #[test]
    fn a_token_is_read_until_it_expires() {
        let tokens = tokens(KEY);
        let token = tokens.issue(HOLDER, 1000).unwrap();
        let access = tokens.read(&token, 1299).unwrap();
        assert_eq!((access.user_id, access.sid, access.via), (7, 3, Via::Cookie));
        assert_eq!((access.iat, access.exp, access.username.as_str()), (1000, 1300, "ann"));
        assert_eq!(tokens.read(&token, 1300), Err(Refused::Expired));
        let other = tokens.read(&tokens.issue(HOLDER, 1000).unwrap(), 1000).unwrap();
        assert_ne!(access.jti, other.jti);
    }

    #[test]
    fn strange_tokens_are_refused() {
        let tokens = tokens(KEY);
        assert!(tokens.read(&forged(&Header::default(), &claims()), 200).is_ok());
        let mut bad = vec![
            tokens_of_another_key(),
            forged(&Header::new(Algorithm::HS384), &claims()),
            forged(&Header::new(Algorithm::HS512), &claims()),
            String::new(),
            "..".into(),
            "a.b.c".into(),
            secret(),
        ];
        for (claim, value) in [
            ("typ", json!("refresh")),
            ("typ", json!(null)),
            ("exp", json!("never")),
            ("exp", json!(null)),
            ("user_id", json!("7")),
            ("via", json!("guess")),
        ] {
            let mut changed = claims();
            changed[claim] = value;
            bad.push(forged(&Header::default(), &changed));
        }
        for claim in ["exp", "typ", "sid", "jti"] {
            let mut fewer = claims();
            fewer.as_object_mut().unwrap().remove(claim);
            bad.push(forged(&Header::default(), &fewer));
        }
        let good = tokens.issue(HOLDER, 100).unwrap();
        let parts: Vec<_> = good.split('.').collect();
        // {"alg":"none","typ":"JWT"} with and without a signature, and the claims of another token.
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        bad.push(format!("{none}.{}.", parts[1]));
        bad.push(format!("{none}.{}.{}", parts[1], parts[2]));
        bad.push(format!("{}.{}.", parts[0], parts[1]));
        let other = tokens.issue(Holder { user_id: 8, ..HOLDER }, 100).unwrap();
        bad.push(format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2]));
        bad.push(format!("{good} "));
        bad.push(format!("{good}.{}", parts[2]));
        for token in bad {
            assert_eq!(tokens.read(&token, 200), Err(Refused::Invalid), "{token}");
        }
    }

    fn tokens_of_another_key() -> String {
        tokens("another key of 32 bytes, or more.").issue(HOLDER, 100).unwrap()
    }

    #[test]
    fn the_key_file_is_made_once_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let config = config_in(dir.path());
        let token = Tokens::open(&config).unwrap().issue(HOLDER, 100).unwrap();
        let path = dir.path().join("keys/jwt.key");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(dir.path().join("keys")).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(Tokens::open(&config).unwrap().read(&token, 100).is_ok(), "the key stays");
        assert_eq!(fs::read_dir(dir.path().join("keys")).unwrap().count(), 1);

        fs::write(&path, "short\n").unwrap();
        assert!(Tokens::open(&config).is_err());
    }

    #[test]
    fn processes_that_start_together_share_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("keys");
        let barrier = std::sync::Barrier::new(8);
        let keys: HashSet<String> = std::thread::scope(|scope| {
            let start = || {
                barrier.wait();
                key_file(&folder, "jwt.key").unwrap()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(keys.len(), 1);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn secrets_are_random_and_short_enough_for_a_link() {
        let secrets: HashSet<String> = (0..1000).map(|_| secret()).collect();
        assert_eq!(secrets.len(), 1000);
        let url_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(secrets.iter().all(|secret| secret.len() == 43 && secret.chars().all(url_safe)));
        assert_eq!([random_name::<1>().len(), random_name::<2>().len(), random_name::<3>().len()], [2, 3, 4]);
        assert!(is_api_token(&api_token()));
        assert!(!is_api_token(&tokens(KEY).issue(HOLDER, 1).unwrap()));
    }

    #[test]
    fn digests_are_sha_256() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab") && !same("", "a") && same("", ""));
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,80}|[A-Za-z0-9_.-]{0,200}") {
            prop_assert_eq!(tokens(KEY).read(&text, 0), Err(Refused::Invalid));
        }

        #[test]
        fn comparing_is_equality(a: String, b: String) {
            prop_assert_eq!(same(&a, &b), a == b);
        }
    }
}
