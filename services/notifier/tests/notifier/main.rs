//! The service on a real database with a scripted mail server: what is sent, what is recorded, what pages show.

#![expect(clippy::unwrap_used, reason = "tests: a failure here is a failure of the test")]

mod browser;
mod carried;
mod chase;
mod crowd;
mod desk;
mod digest;
mod dkim;
mod doubt;
mod fixture;
mod folder;
mod gate;
mod held;
mod line;
mod notices;
mod outcomes;
mod pages;
mod pool;
mod postbox;
mod restored;
#[cfg(all(feature = "openpgp", feature = "smime"))]
mod sealed;
mod silence;
mod steps;
mod stopping;
mod tls;
mod together;
mod world;
