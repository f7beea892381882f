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
