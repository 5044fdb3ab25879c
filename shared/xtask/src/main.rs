//! The project's own tasks. `cargo xtask test` is all a new machine needs; `cargo xtask ci` is what CI runs.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod graph;
mod install;
mod schemas;
mod steps;
mod test;

use std::path::PathBuf;

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
    /// Installs what the tests need, starts the real servers and runs every test.
    Test {
        /// Runs the long forms of the crash tests too.
        #[arg(long)]
        long: bool,
        /// Handed to `cargo test` (default: `--workspace`).
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Writes the event schemas and the AsyncAPI document.
    Schemas {
        /// Writes nothing; fails if a file is stale.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> Result<()> {
    match Tasks::parse().task {
        Task::Ci => steps::ci(),
        Task::Test { long, arguments } => test::run(long, &arguments),
        Task::Schemas { check } => schemas::run(check),
    }
}

/// The folder of the workspace.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), std::path::Path::to_path_buf)
}
