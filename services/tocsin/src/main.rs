//! The one binary: everything in one process by default, or one service a process.
//!
//! `main` parses the command line and the settings; each command is a module. Standard output belongs to what a
//! command was asked for; logs go to standard error.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod accounts;
mod case;
mod demo;
mod doctor;
mod health;
mod ledger;
mod openapi;
mod process;
mod rules;
mod secrets;
mod settings;
mod topology;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use contracts::Service;
use runtime::telemetry::LogConfig;

/// Tells the right people of thefts and illicit exports of cultural objects, and proves who was told.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// Settings file (TOML); every key can also be set as `TOCSIN__SECTION__KEY`.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

/// Where the embedded form keeps its data and listens.
#[derive(clap::Args, Clone)]
struct Embedded {
    /// The folder for the database, the mailbox and the keys.
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// The port of the console; 0 takes any free one. Without it, 8080 or the next free one.
    #[arg(long)]
    port: Option<u16>,
}

#[derive(Subcommand)]
enum Command {
    /// Everything in one process, on SQLite, mail into a folder: no other program needed.
    Up(Embedded),
    /// The same with a sample directory, sample accounts and one case told from report to proof.
    Demo(Embedded),
    /// One or more services of the production form: PostgreSQL and RabbitMQ.
    Serve {
        /// identity, intake, routing, notifier, audit
        #[arg(required = true)]
        services: Vec<Service>,
    },
    /// Applies what the database lacks.
    Migrate,
    /// Checks database, broker, mail server, keys and disk, and prints conservation.
    Doctor,
    /// Prints what the broker must hold, for `rabbitmqctl import_definitions`.
    Topology,
    /// Compares plans with outcomes, recorded facts with the ledger, and tries with the mail server's log. Exit code 1
    /// if anything differs.
    Reconcile,
    /// Accounts.
    Accounts {
        #[command(subcommand)]
        action: accounts::Action,
    },
    /// Cases, over the API of a running service; for scripts.
    #[command(after_help = case::EXIT_CODES, after_long_help = case::EXIT_CODES)]
    Case {
        #[command(flatten)]
        connection: case::Connection,
        #[command(subcommand)]
        action: Box<case::Action>,
    },
    /// The partner directory.
    Partners {
        #[command(subcommand)]
        action: accounts::Partners,
    },
    /// The routing rules.
    Rules {
        #[command(subcommand)]
        action: rules::Action,
    },
    /// The ledger.
    Ledger {
        #[command(subcommand)]
        action: ledger::Action,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // Whatever relies on the process default of TLS must find exactly one.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    let settings = match settings::Settings::load(cli.config.as_deref()) {
        Ok(mut settings) => {
            // The demonstration tells its story on standard output; a log line for each mail would bury it.
            if matches!(cli.command, Command::Demo(_)) && settings.log.filter == LogConfig::default().filter {
                "warn,sqlx=error,lettre=off".clone_into(&mut settings.log.filter);
            }
            settings
        }
        Err(error) => {
            eprintln!("tocsin: {error}");
            return ExitCode::from(2);
        }
    };
    let service = match &cli.command {
        Command::Serve { services } if services.len() == 1 => format!("tocsin-{}", services[0].as_str()),
        _ => "tocsin".to_owned(),
    };
    let traces = match runtime::telemetry::start_logging(&settings.log, &service) {
        Ok(traces) => traces,
        Err(error) => {
            eprintln!("tocsin: {:#}", anyhow::Error::new(error));
            return ExitCode::from(2);
        }
    };
    let done = match cli.command {
        Command::Up(embedded) => up::run(settings, &embedded).await,
        Command::Demo(embedded) => demo::run(settings, &embedded).await,
        Command::Serve { services } => process::serve(settings, &services).await,
        Command::Migrate => process::migrate(&settings).await,
        Command::Doctor => doctor::run(&settings).await,
        Command::Topology => topology::print(),
        Command::Reconcile => reconcile(&settings).await,
        Command::Accounts { action } => accounts::run(&settings, action).await,
        Command::Case { connection, action } => case::run(&settings, &connection, *action).await,
        Command::Partners { action } => accounts::partners(&settings, action).await,
        Command::Rules { action } => rules::run(&settings, action).await,
        Command::Ledger { action } => ledger::run(&settings, action).await,
    };
    // Sending the last traces blocks, which a thread of the runtime must not.
    if let Some(traces) = traces
        && tokio::task::spawn_blocking(move || traces.stop()).await.is_err()
    {
        eprintln!("tocsin: the last traces were not sent");
    }
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tocsin: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn reconcile(settings: &settings::Settings) -> anyhow::Result<ExitCode> {
    let db = process::database(settings).await?;
    let deps = ledger::deps(settings, db, domain::Clock::System, true)?;
    let (row, found) = audit::reconcile(&deps, None).await?;
    println!("Compared {} plans and {} recorded facts: {} differences.", row.plans, row.facts, row.found);
    if let Some(attempts) = row.attempts {
        println!("Compared {attempts} tries of the last day with the log of the mail server.");
    }
    for one in &found {
        println!("{}: {}: {}.", one.kind.label(), one.subject, one.detail);
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
