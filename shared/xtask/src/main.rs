//! The project's own tasks. `cargo xtask test` is all a new machine needs; `cargo xtask ci` is what CI runs.
//!
//! Owns: the checks and their order. Must not: be needed to build or run Tocsin.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod bench;
mod deny;
mod graph;
mod install;
mod metadata;
mod mutants;
mod python;
mod schemas;
mod servers;
mod spdx;
mod steps;
mod tally;
mod test;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "The project's own tasks")]
struct Tasks {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything CI checks, tests included.
    Ci,
    /// Installs what the tests need, starts the real servers and runs the tests.
    Test {
        /// Runs the long forms of the crash tests too.
        #[arg(long)]
        long: bool,
        /// Handed to `cargo test`, such as `-p store` or a test's name; all packages if none is named.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Starts PostgreSQL and RabbitMQ and keeps them until Ctrl-C, so that `cargo test` needs not start its own.
    Servers,
    /// Writes the event schemas and the AsyncAPI document.
    Schemas {
        /// Writes nothing; fails if a file is stale.
        #[arg(long)]
        check: bool,
    },
    /// Measures against real servers, built for speed.
    Bench {
        /// What.
        subject: bench::Subject,
    },
    /// Plants known mistakes in the decision and sees whether the tests find each.
    Mutants,
    /// Writes the OpenAPI document of all services, `deploy/openapi.json`; a test compares it.
    Openapi,
}

/// Everything was as it should be, or a check that has already said so found otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
enum Outcome {
    Passed,
    Failed,
}

fn main() -> ExitCode {
    match run(Tasks::parse().task) {
        Ok(Outcome::Passed) => ExitCode::SUCCESS,
        // The count of the tests is the last line; nothing may follow it.
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<Outcome> {
    match task {
        Task::Ci => steps::ci(),
        Task::Test { long, arguments } => test::run(long, &arguments),
        Task::Servers => servers::run().map(|()| Outcome::Passed),
        Task::Schemas { check } => schemas::run(check).map(|()| Outcome::Passed),
        Task::Bench { subject } => bench::run(subject).map(|()| Outcome::Passed),
        Task::Mutants => mutants::run(),
        Task::Openapi => steps::write_openapi().map(|()| Outcome::Passed),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two folders below the root").to_owned()
}
