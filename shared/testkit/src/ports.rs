//! Free TCP ports on loopback for servers that cannot be told "port 0".

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result};
use rand::Rng as _;

/// Below the ports the kernel hands to outgoing connections (32768 and up on Linux). A server that
/// is killed and restarted must find its port free again; an ephemeral one could meanwhile belong to
/// some client, or to a client that connected to itself while it knocked at the dead server.
const RANGE: std::ops::Range<u16> = 15_000..32_000;
const TRIES: usize = 200;

/// A port that nobody listened on a moment ago.
///
/// Another process may take it before the caller does: whoever starts a server on it retries.
pub fn free_port() -> Result<u16> {
    Ok(free_ports::<1>()?[0])
}

/// `N` different free ports.
pub fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut held = Vec::with_capacity(N);
    for _ in 0..TRIES * N {
        let port = rand::rng().random_range(RANGE);
        // All are held until the last is found, so that no port comes twice.
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            held.push((port, listener));
            if held.len() == N {
                break;
            }
        }
    }
    let ports: Vec<u16> = held.iter().map(|(port, _)| *port).collect();
    ports.try_into().ok().context("failed to find free ports on loopback")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_different_and_can_be_bound() {
        let ports = free_ports::<8>().unwrap();
        let mut listeners = Vec::new();
        for port in ports {
            assert!(RANGE.contains(&port));
            listeners.push(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap());
        }
    }
}
