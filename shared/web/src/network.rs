//! From which network a request comes, for what must be slow for a guesser whichever account is tried.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

/// Whose word about the caller's address is taken.
#[derive(Clone, Debug)]
pub(crate) struct TrustedProxies(pub(crate) Arc<[IpNet]>);

/// The network a request comes from: an IPv4 address, or the /64 that one IPv6 line has for itself. None if it did not
/// come over a connection, as in a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network(pub Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Network {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let Some(ConnectInfo(peer)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else { return Ok(Self(None)) };
        let trusted = parts.extensions.get::<TrustedProxies>().map_or(&[][..], |TrustedProxies(nets)| nets);
        Ok(Self(Some(line(caller(peer.ip(), &parts.headers, trusted)))))
    }
}

/// The nearest address that is no proxy of ours. Each proxy appends whom it heard from, so the header is read from its
/// end, and no further than the word of a proxy that is trusted: what stands before is the caller's own invention.
fn caller(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = hops.flat_map(|value| value.split(',')).collect();
    let mut at = peer.to_canonical();
    while trusted.iter().any(|net| net.contains(&at)) {
        let Some(before) = hops.pop().and_then(|hop| hop.trim().parse::<IpAddr>().ok()) else { break };
        at = before.to_canonical();
    }
    at
}

fn line(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_word_of_our_own_proxies_counts() {
        let trusted: Vec<IpNet> = vec!["127.0.0.0/8".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
        for (peer, forwarded, expected) in [
            ("198.51.100.7", None, "198.51.100.7"),
            ("198.51.100.7", Some("203.0.113.9"), "198.51.100.7"),
            ("127.0.0.1", None, "127.0.0.1"),
            ("127.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            ("::ffff:127.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            ("127.0.0.1", Some("1.2.3.4, 203.0.113.9"), "203.0.113.9"),
            ("127.0.0.1", Some("1.2.3.4, 203.0.113.9, 10.1.1.1"), "203.0.113.9"),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(text) = forwarded {
                headers.insert("x-forwarded-for", HeaderValue::from_static(text));
            }
            let found = caller(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn one_line_of_the_new_internet_has_a_network_of_its_own() {
        let of = |text: &str| line(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::");
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
    }
}
