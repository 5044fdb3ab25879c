//! The run's shared pair: one PostgreSQL and one RabbitMQ for all tests that hurt neither.
//!
//! `cargo xtask test` starts the pair once and names it in the environment. Without that (a plain
//! `cargo test`), each test process starts its own on first use; it ends with the process.

use std::env;

use anyhow::{Context as _, Result};
use tokio::sync::OnceCell;

use super::{Postgres, PostgresAddress, RabbitMq, RabbitMqAddress};

/// Environment: the URL of a superuser on the shared PostgreSQL.
pub const POSTGRES_URL: &str = "TOCSIN_TEST_POSTGRES_URL";
/// Environment: `amqp://user:password@host:port` of the shared RabbitMQ.
pub const AMQP_URL: &str = "TOCSIN_TEST_AMQP_URL";
/// Environment: the path of a `rabbitmqctl` that reaches the shared RabbitMQ.
pub const RABBITMQCTL: &str = "TOCSIN_TEST_RABBITMQCTL";

/// The shared PostgreSQL; take a database of your own with
/// [`create_database`](PostgresAddress::create_database).
pub async fn shared_postgres() -> Result<PostgresAddress> {
    static OURS: OnceCell<Postgres> = OnceCell::const_new();
    match env::var(POSTGRES_URL) {
        Ok(url) => PostgresAddress::parse(&url),
        Err(_) => Ok(OURS.get_or_try_init(Postgres::start).await?.address().clone()),
    }
}

/// The shared RabbitMQ; take a virtual host of your own with
/// [`create_vhost`](RabbitMqAddress::create_vhost).
pub async fn shared_rabbitmq() -> Result<RabbitMqAddress> {
    static OURS: OnceCell<RabbitMq> = OnceCell::const_new();
    match env::var(AMQP_URL) {
        Ok(url) => {
            let ctl = env::var(RABBITMQCTL).with_context(|| format!("{AMQP_URL} is set, {RABBITMQCTL} is not"))?;
            Ok(RabbitMqAddress::new(&url, ctl))
        }
        Err(_) => Ok(OURS.get_or_try_init(RabbitMq::start).await?.address().clone()),
    }
}
