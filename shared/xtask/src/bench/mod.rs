//! Measurements against real servers, built for speed. One subject a module.

mod flow;
mod ledger;
mod mail;
mod routing;
mod search;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use testkit::servers::{POSTGRES_URL, Postgres};
use tokio::runtime::Runtime;

use crate::{install, steps};

/// What can be measured.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Subject {
    /// Appending to the ledger and proving, up to a million entries.
    Ledger,
    /// Matching one alert against up to a million partners; fails if a figure is worse than promised.
    Routing,
    /// Mails a second beside Postfix's `smtp-source -d`; fails if ours is slower.
    Mail,
    /// One case to a thousand partners through PostgreSQL and RabbitMQ, beside `smtp-source -d`, Alertmanager and Celery; fails
    /// if a figure is worse than promised.
    Flow,
    /// A million strings that would like to be headers, recipients or commands; fails if one becomes one.
    Headers,
    /// Finding cases among 100,000, and what an insert costs as the table grows.
    Search,
}

/// Measures; the figures go to standard output.
pub fn run(subject: Subject) -> Result<()> {
    match subject {
        Subject::Ledger => {
            install::missing()?;
            ledger::run()
        }
        Subject::Routing => routing::run(),
        Subject::Mail => {
            install::missing()?;
            mail::run()
        }
        Subject::Flow => {
            install::missing()?;
            install::missing_peers()?;
            flow::run()
        }
        Subject::Headers => mail::headers(),
        Subject::Search => search::run(),
    }
}

/// Runs a bench target of a package with a PostgreSQL of its own.
fn with_postgres(package: &str, bench: &str) -> Result<()> {
    let runtime = Runtime::new().context("failed to start the runtime")?;
    let postgres = runtime.block_on(Postgres::start())?;
    let url = postgres.url("postgres");
    steps::cargo(&["bench", "--package", package, "--bench", bench], &[(POSTGRES_URL, url.as_str())])
}
