//! The promises of the bus, each a test: on both databases, with a real broker, and with that broker killed, frozen,
//! blocked and wiped.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod deliver;
mod exchange;
mod outage;
mod poison;
mod relay;
mod sweep;
mod wire;
mod witness;
mod world;
