//! The pair of real servers, kept for somebody who runs single tests over and over.

use anyhow::{Context as _, Result};
use testkit::servers::{AMQP_URL, POSTGRES_URL, Postgres, RABBITMQCTL, RabbitMq};
use tokio::runtime::Runtime;

use crate::install;

/// Starts them, says what a shell has to export, and stops them with Ctrl-C.
pub fn run() -> Result<()> {
    install::missing()?;
    Runtime::new().context("failed to start the runtime")?.block_on(async {
        let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
        let (postgres, rabbitmq) = (postgres?, rabbitmq?);
        println!("export {POSTGRES_URL}={}", postgres.url("postgres"));
        println!("export {AMQP_URL}={}", rabbitmq.server());
        println!("export {RABBITMQCTL}={}", rabbitmq.ctl_path().display());
        eprintln!("running; stop with Ctrl-C");
        tokio::signal::ctrl_c().await.context("failed to wait for Ctrl-C")
    })
}
