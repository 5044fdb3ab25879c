//! Real servers for tests: PostgreSQL, RabbitMQ, a scriptable SMTP sink and a TCP proxy.
//!
//! What it owns: starting the real thing on a free port, hurting it on purpose, and leaving nothing
//! behind. Every server is a direct child of the test process and dies with it, also when the test
//! process is killed: see [`process`].
//!
//! | Module | What a test gets |
//! |---|---|
//! | [`servers`] | [`Postgres`](servers::Postgres) and [`RabbitMq`](servers::RabbitMq): kill -9, restart, wipe, freeze; one shared pair per run |
//! | [`sink`] | [`SmtpSink`](sink::SmtpSink): takes mail and follows a script of refusals, silences and cuts; [`FastSink`](sink::fast::FastSink) only counts |
//! | [`proxy`] | [`TcpProxy`](proxy::TcpProxy): cut, delay, swallow one direction, cut after N bytes |
//! | [`keys`] | [`Gpg`](keys::Gpg) and [`Certificate`](keys::Certificate): a reader's key, and what its program makes of a mail |
//! | [`process`] | [`Service`](process::Service): any program of ours as a child with a log |
//! | [`poll`] | [`wait_until`]: the one bounded poll, for conditions in another process |
//!
//! What it must not do: know anything of Tocsin (no database layer, no bus, no mail library), so
//! that it can test each of them, and print on standard output. Its only listeners are on loopback.

pub mod keys;
pub mod poll;
pub mod ports;
pub mod process;
pub mod proxy;
pub mod servers;
pub mod sink;

pub use poll::wait_until;
