//! Secrets that must be read again, and so cannot be kept as digests: sealed with a key that lies outside of the database.

use anyhow::{Context as _, anyhow};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng, Payload},
};
use sha2::{Digest as _, Sha256};

use super::{config::Config, token::key_file};

/// Bytes of a nonce: long enough to be drawn at random for every secret.
const NONCE: usize = 24;

/// Seals and opens (XChaCha20-Poly1305), with the key of `keys/seal.key`, which is made when missing.
#[derive(Clone)]
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// Reads or makes the key.
    ///
    /// # Errors
    /// The key file cannot be read or made.
    pub fn open(config: &Config) -> anyhow::Result<Self> {
        let text = key_file(&config.data_dir.join("keys"), "seal.key")?;
        anyhow::ensure!(text.len() >= 32, "the key for sealed secrets must have at least 32 bytes");
        // The file holds text; the cipher wants exactly 32 bytes.
        Ok(Self(XChaCha20Poly1305::new(&Key::from(<[u8; 32]>::from(Sha256::digest(text.as_bytes()))))))
    }

    /// Seals a secret. It opens only for the same `owner`, so that no row can be put in the place of another.
    ///
    /// # Errors
    /// The secret is longer than the cipher takes.
    pub fn seal(&self, owner: &str, secret: &[u8]) -> anyhow::Result<String> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let sealed = self.0.encrypt(&nonce, Payload { msg: secret, aad: owner.as_bytes() });
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed.map_err(|_| anyhow!("a secret could not be sealed"))?);
        Ok(BASE64.encode(bytes))
    }

    /// Opens what was sealed for this owner.
    ///
    /// # Errors
    /// It was sealed with another key or for another owner, or was changed.
    pub fn unseal(&self, owner: &str, sealed: &str) -> anyhow::Result<Vec<u8>> {
        let bytes = BASE64.decode(sealed).context("a sealed secret")?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE).context("a sealed secret is too short")?;
        let nonce = XNonce::from(<[u8; NONCE]>::try_from(nonce)?);
        let opened = self.0.decrypt(&nonce, Payload { msg: sealed, aad: owner.as_bytes() });
        opened.map_err(|_| anyhow!("a sealed secret does not open: is keys/seal.key the one of this database?"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(folder: &std::path::Path) -> Seal {
        Seal::open(&Config { data_dir: folder.into(), ..Config::default() }).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_with_its_key_only() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let sealed = seal(folder.path()).seal("7", b"secret").unwrap();
        assert!(!sealed.contains("secret"));
        assert_eq!(seal(folder.path()).unseal("7", &sealed).unwrap(), b"secret");
        assert!(seal(folder.path()).unseal("8", &sealed).is_err());
        assert!(seal(other.path()).unseal("7", &sealed).is_err());
        for bad in ["", "AAAA", "not base64", &sealed[4..]] {
            assert!(seal(folder.path()).unseal("7", bad).is_err());
        }
        assert_ne!(sealed, seal(folder.path()).seal("7", b"secret").unwrap());
    }
}
