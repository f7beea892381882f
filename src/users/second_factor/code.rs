//! One-time codes and recovery codes, without anything that is stored.

use anyhow::anyhow;
use qrcode::{QrCode, render::svg};
use rand::Rng as _;
use totp_rs::{Algorithm, TOTP};

use super::Setup;
use crate::platform::{clock::Timestamp, error::Result, token::same};

/// Seconds that a code is good for.
const STEP: i64 = 30;
/// Bytes of a secret: as many as HMAC-SHA-1 puts out (RFC 4226 §4).
const SECRET: usize = 20;
/// How many recovery codes there are.
const RECOVERY: usize = 10;
/// Letters and digits that are not mistaken for each other: 32, so that each carries five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

fn totp(secret: Vec<u8>, account: &str) -> Result<TOTP> {
    let made = TOTP::new(Algorithm::SHA1, 6, 1, STEP.unsigned_abs(), secret, Some("careerd".into()), account.into());
    Ok(made.map_err(|error| anyhow!("a one-time code: {error}"))?)
}

/// A fresh secret.
pub fn secret() -> Vec<u8> {
    let mut bytes = vec![0; SECRET];
    rand::rng().fill(bytes.as_mut_slice());
    bytes
}

/// A secret as its owner takes it over.
pub fn setup(secret: Vec<u8>, account: &str) -> Result<Setup> {
    let totp = totp(secret, account)?;
    let otpauth_url = totp.get_url();
    let code = QrCode::new(&otpauth_url).map_err(|error| anyhow!("a QR code: {error}"))?;
    let qr_svg = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(Setup { secret: totp.get_secret_base32(), otpauth_url, qr_svg })
}

/// The step whose code this is: the one of `now` or a neighbour of it, and newer than `last`, so that each is accepted once.
pub fn step_of(secret: Vec<u8>, code: &str, now: Timestamp, last: i64) -> Result<Option<i64>> {
    let totp = totp(secret, "")?;
    let today = now.seconds().div_euclid(STEP);
    let mut steps = [today, today - 1, today + 1].into_iter().filter(|step| *step > last);
    Ok(steps.find(|step| same(&totp.generate((step * STEP).unsigned_abs()), code)))
}

/// Six digits, as people type them with a space in between; none when this is something else.
pub fn digits(otp: &str) -> Option<String> {
    let code: String = otp.chars().filter(|it| !it.is_whitespace()).collect();
    (code.len() == 6 && code.bytes().all(|it| it.is_ascii_digit())).then_some(code)
}

/// A recovery code as it is compared: without the dash that makes it readable, in lower case.
pub fn plain(recovery: &str) -> String {
    recovery.chars().filter(|it| it.is_ascii_alphanumeric()).map(|it| it.to_ascii_lowercase()).collect()
}

/// Ten fresh recovery codes of 50 bits each.
pub fn recovery_codes() -> Vec<String> {
    let mut random = rand::rng();
    let mut half =
        || -> String { (0..5).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect() };
    (0..RECOVERY).map(|_| format!("{}-{}", half(), half())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six of the eight digits.
        let secret = b"12345678901234567890".to_vec();
        for (second, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            let now = Timestamp::parse("1970-01-01T00:00:00Z").unwrap().plus(chrono::Duration::seconds(second));
            let found = step_of(secret.clone(), code, now, 0).unwrap();
            assert_eq!(found, Some(second / 30));
            assert_eq!(step_of(secret.clone(), code, now, second / 30).unwrap(), None, "each step once");
            let aside = |by: i64| now.plus(chrono::Duration::seconds(30 * by));
            assert!(step_of(secret.clone(), code, aside(1), 0).unwrap().is_some());
            assert!(step_of(secret.clone(), code, aside(-1), 0).unwrap().is_some());
            assert!(step_of(secret.clone(), code, aside(2), 0).unwrap().is_none());
        }
    }

    #[test]
    fn what_people_type_is_understood() {
        assert_eq!(digits(" 123 456 ").as_deref(), Some("123456"));
        assert_eq!(digits("12345"), None);
        assert_eq!(digits("abcdef"), None);
        let codes = recovery_codes();
        assert_eq!(codes.len(), 10);
        assert!(codes.iter().all(|it| it.len() == 11 && plain(&it.to_uppercase()) == it.replace('-', "")));
    }
}
