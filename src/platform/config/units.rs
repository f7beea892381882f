//! Values that settings are made of: durations, sizes, networks and secrets, each readable from one short text.

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::time::Duration;

/// A length of time in whole seconds, at most 100 years.
///
/// Written as a number with a unit, `"10s"`, `"15m"`, `"24h"` or `"30d"`; a bare number counts seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(u32);

impl Span {
    const UNITS: [(&'static str, u64); 4] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)];
    const MOST: u64 = 100 * 366 * 86_400;

    /// That many seconds.
    pub const fn seconds(n: u32) -> Self {
        Self(n)
    }

    /// That many minutes.
    pub const fn minutes(n: u32) -> Self {
        Self(n * 60)
    }

    /// That many hours.
    pub const fn hours(n: u32) -> Self {
        Self(n * 3600)
    }

    /// That many days.
    pub const fn days(n: u32) -> Self {
        Self(n * 86_400)
    }

    /// The length in seconds.
    pub fn as_secs(self) -> i64 {
        i64::from(self.0)
    }

    /// The length for timers.
    pub fn as_std(self) -> Duration {
        Duration::from_secs(u64::from(self.0))
    }
}

impl FromStr for Span {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let seconds = number_with_unit(text, "s", &Self::UNITS).ok_or(())?;
        if seconds > Self::MOST {
            return Err(());
        }
        u32::try_from(seconds).map(Self).map_err(|_| ())
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_largest_unit(f, u64::from(self.0), "s", &Self::UNITS)
    }
}

/// A number of bytes, at most 1 TB.
///
/// Written as a number with a unit, `"512 KB"`, `"2 MB"` or `"1 GB"` (1 KB = 1024 bytes); a bare number counts bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

impl Size {
    const UNITS: [(&'static str, u64); 4] =
        [(" GB", 1024 * 1024 * 1024), (" MB", 1024 * 1024), (" KB", 1024), (" bytes", 1)];
    const MOST: u64 = 1024 * 1024 * 1024 * 1024;

    /// That many times 1024² bytes.
    pub const fn megabytes(n: u64) -> Self {
        Self(n * 1024 * 1024)
    }

    /// The size in bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let bytes = number_with_unit(text, "bytes", &Self::UNITS).ok_or(())?;
        if bytes > Self::MOST {
            return Err(());
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_largest_unit(f, self.0, " bytes", &Self::UNITS)
    }
}

/// Reads `"24h"` or `"2 MB"`; spaces between number and unit and the unit's case do not matter.
fn number_with_unit(text: &str, bare: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = if unit.is_empty() { bare } else { unit.trim() };
    let (_, factor) = units.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(unit))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

/// Writes the number in the largest unit that divides it.
fn in_largest_unit(f: &mut fmt::Formatter<'_>, value: u64, zero: &str, units: &[(&str, u64)]) -> fmt::Result {
    match units.iter().find(|(_, factor)| value > 0 && value.is_multiple_of(*factor)) {
        Some((name, factor)) => write!(f, "{}{name}", value / factor),
        None => write!(f, "{value}{zero}"),
    }
}

/// An address or a network such as `10.0.0.0/8`.
///
/// IPv4 addresses written the IPv6 way (`::ffff:10.0.0.1`) count as IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// The network of this address alone.
    pub fn single(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, prefix: width(address) }
    }

    /// Whether the address lies in this network.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if width(address) != width(self.address) {
            return false;
        }
        let host_bits = u32::from(width(address) - self.prefix);
        // Shifting out all 128 bits is an overflow, which means that every address matches.
        let mask = u128::MAX.checked_shl(host_bits).unwrap_or(0);
        (bits(address) ^ bits(self.address)) & mask == 0
    }
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl FromStr for Network {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let Some((address, prefix)) = text.trim().split_once('/') else {
            return text.trim().parse().map(Self::single).map_err(|_: std::net::AddrParseError| ());
        };
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let prefix: u8 = prefix.parse().map_err(|_| ())?;
        match address {
            IpAddr::V6(v6) if is_mapped(v6) => (96..=128)
                .contains(&prefix)
                .then(|| Self { address: address.to_canonical(), prefix: prefix - 96 })
                .ok_or(()),
            _ => (prefix <= width(address)).then_some(Self { address, prefix }).ok_or(()),
        }
    }
}

fn is_mapped(address: Ipv6Addr) -> bool {
    address.to_ipv4_mapped().is_some()
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == width(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

/// A text that is never shown: printing and serialising it says only whether it is set.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, `None` when it is empty.
    pub fn expose(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(&self.0)
    }

    fn mark(&self) -> &'static str {
        if self.0.is_empty() { "unset" } else { "set" }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.mark())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.mark())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// Reads a text, or a bare number where that has a meaning, through `FromStr`.
struct Text<T>(&'static str, std::marker::PhantomData<T>);

impl<T: FromStr> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        number.to_string().parse().map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        number.to_string().parse().map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a duration such as \"10s\", \"15m\", \"24h\" or \"30d\"";
        deserializer.deserialize_any(Text(expected, std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "a size such as \"512 KB\" or \"2 MB\"";
        deserializer.deserialize_any(Text(expected, std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected = "an address such as \"192.0.2.7\" or a network such as \"10.0.0.0/8\"";
        deserializer.deserialize_any(Text(expected, std::marker::PhantomData))
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Size {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, span) in [
            ("24h", Span::hours(24)),
            ("30d", Span::days(30)),
            ("90 m", Span::minutes(90)),
            ("10S", Span::seconds(10)),
            ("86400", Span::days(1)),
        ] {
            assert_eq!(text.parse(), Ok(span), "{text}");
        }
        for wrong in ["", "h", "1w", "-1s", "1.5h", "40000d", "99999999999999999999d"] {
            assert_eq!(wrong.parse::<Span>(), Err(()), "{wrong}");
        }
        assert_eq!(Span::minutes(90).to_string(), "90m");
        assert_eq!(Span::seconds(0).to_string(), "0s");
    }

    #[test]
    fn sizes_are_read_and_written() {
        assert_eq!("2 MB".parse(), Ok(Size::megabytes(2)));
        assert_eq!("2mb".parse(), Ok(Size::megabytes(2)));
        assert_eq!("1024".parse::<Size>().map(|s| s.to_string()), Ok("1 KB".into()));
        assert_eq!("2 TB".parse::<Size>(), Err(()));
    }

    #[test]
    fn networks_hold_their_addresses() {
        let holds = |net: &str, ip: &str| net.parse::<Network>().unwrap().contains(ip.parse().unwrap());
        assert!(holds("10.0.0.0/8", "10.255.1.2"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "::ffff:127.0.0.1"));
        assert!(holds("::ffff:10.0.0.0/104", "10.9.9.9"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
        assert!(!holds("2001:db8::/32", "10.0.0.1"));
        assert!(holds("0.0.0.0/0", "203.0.113.9") && holds("::/0", "2001::1"));
        for wrong in ["", "10.0.0", "10.0.0.0/33", "::/129", "::ffff:10.0.0.0/8", "host", "10.0.0.0/x"] {
            assert_eq!(wrong.parse::<Network>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_never_shown() {
        let secret = Secret::from("hunter2".to_owned());
        assert_eq!(format!("{secret:?}"), "Secret(set)");
        assert_eq!(serde_json::to_string(&secret).unwrap(), "\"set\"");
        assert_eq!(serde_json::to_string(&Secret::default()).unwrap(), "\"unset\"");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(seconds in 0..3_000_000_000u32, bytes in 0..Size::MOST, ip: u128, prefix in 0..=128u8) {
            let span = Span::seconds(seconds);
            prop_assert_eq!(span.to_string().parse(), Ok(span));
            let size = Size(bytes);
            prop_assert_eq!(size.to_string().parse(), Ok(size));
            let network = Network { address: IpAddr::V6(ip.into()), prefix };
            prop_assert_eq!(network.to_string().parse(), Ok(network));
        }

        #[test]
        fn reading_never_panics(text: String) {
            let _ = text.parse::<Span>();
            let _ = text.parse::<Size>();
            let _ = text.parse::<Network>();
        }
    }
}
