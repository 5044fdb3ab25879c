//! PostgreSQL and RabbitMQ as children of the test, on free ports, in a temporary folder.
//!
//! Two kinds of handle, so that no test can hurt a server that others use:
//! - [`Postgres`] and [`RabbitMq`] own a server: kill it, freeze it, wipe it. Starting one takes one
//!   to ten seconds; only tests of outages need it.
//! - [`PostgresAddress`] and [`RabbitMqAddress`] only reach one: a fresh database or virtual host
//!   per test. [`shared_postgres`] and [`shared_rabbitmq`] give those of the run's shared pair.

mod account;
mod find;
mod postgres;
mod postgres_address;
mod rabbitmq;
mod rabbitmq_address;
mod run;
mod scratch;
mod shared;

pub(crate) use account::Account;
pub use account::is_root;
pub use find::{postgres_bin, rabbitmq_bin};
pub use postgres::Postgres;
pub use postgres_address::PostgresAddress;
pub use rabbitmq::RabbitMq;
pub use rabbitmq_address::RabbitMqAddress;
pub(crate) use scratch::Scratch;
pub use shared::{AMQP_URL, POSTGRES_URL, RABBITMQCTL, shared_postgres, shared_rabbitmq};

/// A short random name such as `t_4f0c9d2e6a17`, for a database, a virtual host or a node.
fn unique(prefix: &str) -> String {
    let number: u64 = rand::random();
    format!("{prefix}_{:012x}", number >> 16)
}
