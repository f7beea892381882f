//! Where a call comes from.

use std::net::{IpAddr, SocketAddr};

use rocket::Request;

use crate::platform::config::Network;

/// Whether one of these networks holds the address.
pub fn is_among(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// The client of a call, as far as it can be trusted.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Its address: the peer's, or the one that a trusted proxy names.
    pub address: IpAddr,
    /// Whether it came by HTTPS.
    pub secure: bool,
    /// Whether an untrusted peer named another address: such a call is never exempt from limits.
    pub disguised: bool,
}

/// Finds the client: the right-most forwarded address that is no trusted proxy, if the peer is a trusted proxy.
pub fn client(req: &Request<'_>, trusted: &[Network]) -> Client {
    let peer = req.remote().map_or(IpAddr::from([127, 0, 0, 1]), |remote| remote.ip()).to_canonical();
    let headers = req.headers();
    let forwarded: Vec<&str> = headers.get("X-Forwarded-For").flat_map(|it| it.split(',')).map(str::trim).collect();
    if !is_among(trusted, peer) {
        let disguised = !forwarded.is_empty() || headers.contains("Forwarded");
        return Client { address: peer, secure: req.rocket().config().tls_enabled(), disguised };
    }
    let secure = headers.get_one("X-Forwarded-Proto").is_some_and(|it| it.trim().eq_ignore_ascii_case("https"));
    let mut address = peer;
    for entry in forwarded.iter().rev() {
        // Some proxies name the port as well.
        let named = entry.parse().or_else(|_| entry.parse::<SocketAddr>().map(|it| it.ip()));
        let Ok(named) = named else { break };
        address = named.to_canonical();
        if !is_among(trusted, address) {
            break;
        }
    }
    Client { address, secure, disguised: false }
}

#[cfg(test)]
mod tests {
    use rocket::{http::Header, local::blocking::Client as Caller};

    use super::*;

    fn caller() -> Caller {
        let quiet = rocket::Config { log_level: rocket::config::LogLevel::Off, ..rocket::Config::debug_default() };
        Caller::untracked(rocket::custom(quiet)).unwrap()
    }

    /// Who is found behind a call of this peer with these headers, where 10.0.0.0/8 and `fd00::1` are trusted proxies.
    fn found(caller: &Caller, peer: &str, headers: &[(&'static str, &'static str)]) -> Client {
        let trusted = ["10.0.0.0/8", "fd00::1"].map(|it| it.parse().unwrap());
        let mut request = caller.get("/").remote(SocketAddr::new(peer.parse().unwrap(), 4711));
        for (name, value) in headers {
            request = request.header(Header::new(*name, *value));
        }
        client(request.inner(), &trusted)
    }

    #[test]
    fn a_trusted_proxy_names_the_client_and_what_the_client_itself_wrote_is_not_believed() {
        let caller = caller();
        for (peer, forwarded, expected) in [
            ("10.0.0.1", "192.0.2.9", "192.0.2.9"),
            // Only the right-most entry was written by the proxy; whatever stands left of it came along with the call.
            ("10.0.0.1", "127.0.0.1, 192.0.2.9", "192.0.2.9"),
            ("10.0.0.1", "127.0.0.1,198.51.100.1 ,  192.0.2.9 ", "192.0.2.9"),
            // Proxies behind one another are passed over, those on the way and not those left of the client.
            ("10.0.0.1", "198.51.100.1, 192.0.2.9, 10.0.0.7", "192.0.2.9"),
            ("10.0.0.1", "10.0.0.8, 192.0.2.9, fd00::1, 10.0.0.7", "192.0.2.9"),
            ("fd00::1", "2001:db8::9, 10.0.0.7", "2001:db8::9"),
            // Where all are proxies, the first of them called.
            ("10.0.0.1", "10.0.0.9, 10.0.0.8", "10.0.0.9"),
            // One machine has one address, however it is written.
            ("::ffff:10.0.0.1", "::ffff:192.0.2.9", "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1, 192.0.2.9:4711", "192.0.2.9"),
            ("10.0.0.1", "[2001:db8::9]:4711", "2001:db8::9"),
            // What cannot be read hides what stands left of it.
            ("10.0.0.1", "192.0.2.9, unknown", "10.0.0.1"),
            ("10.0.0.1", "192.0.2.9, unknown, 10.0.0.7", "10.0.0.7"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            let client = found(&caller, peer, &[("X-Forwarded-For", forwarded)]);
            assert_eq!(client.address.to_string(), expected, "{peer} forwards {forwarded:?}");
            assert!(!client.disguised, "{peer} forwards {forwarded:?}");
        }
        let alone = found(&caller, "10.0.0.1", &[]);
        assert_eq!((alone.address.to_string().as_str(), alone.disguised), ("10.0.0.1", false));
    }

    #[test]
    fn several_headers_are_one_list() {
        let headers = [("X-Forwarded-For", "198.51.100.1, 192.0.2.9"), ("X-Forwarded-For", "10.0.0.7")];
        assert_eq!(found(&caller(), "10.0.0.1", &headers).address.to_string(), "192.0.2.9");
        let headers = [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "192.0.2.9")];
        assert_eq!(found(&caller(), "10.0.0.1", &headers).address.to_string(), "192.0.2.9");
    }

    #[test]
    fn nobody_else_names_another_address_and_whoever_tries_is_marked() {
        let caller = caller();
        for headers in [
            [("X-Forwarded-For", "127.0.0.1")],
            [("X-Forwarded-For", "10.0.0.1")],
            [("X-Forwarded-For", "")],
            [("Forwarded", "for=127.0.0.1")],
        ] {
            let client = found(&caller, "192.0.2.9", &headers);
            assert_eq!(client.address.to_string(), "192.0.2.9", "{headers:?}");
            assert!(client.disguised, "{headers:?}");
        }
        let plain = found(&caller, "192.0.2.9", &[("X-Forwarded-Proto", "https")]);
        assert_eq!((plain.address.to_string().as_str(), plain.disguised), ("192.0.2.9", false));
    }

    #[test]
    fn a_trusted_proxy_tells_whether_a_call_came_by_https() {
        let caller = caller();
        let secure = |peer: &str, proto: &'static str| found(&caller, peer, &[("X-Forwarded-Proto", proto)]).secure;
        assert!(secure("10.0.0.1", "https") && secure("10.0.0.1", "HTTPS"));
        assert!(!secure("10.0.0.1", "http") && !secure("10.0.0.1", ""));
        assert!(!secure("192.0.2.9", "https"), "an untrusted peer says so");
        assert!(!found(&caller, "10.0.0.1", &[]).secure);
    }
}
