//! Runs the tests against real servers, started once for the whole run.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::Stdio,
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use testkit::servers::{AMQP_URL, POSTGRES_URL, Postgres, RABBITMQCTL, RabbitMq};
use tokio::runtime::Runtime;

use crate::{Outcome, install, python, steps, tally::Tally};

/// Says to tests that there is time for the long forms.
const LONG: &str = "TOCSIN_TEST_LONG";

/// Installs, builds, starts the servers, tests, counts. The count is the last line on standard output, and nothing
/// follows it on standard error.
pub fn run(long: bool, arguments: &[String]) -> Result<Outcome> {
    install::missing()?;
    python::missing()?;
    let selection = selection(arguments);
    let runtime = Runtime::new().context("failed to start the runtime")?;
    // The broker takes ten seconds to start; the build runs meanwhile.
    println!("starting PostgreSQL and RabbitMQ while the tests are built");
    let servers = runtime.spawn(async { tokio::join!(Postgres::start(), RabbitMq::start()) });
    let mut only_build = vec!["test", "--all-features", "--no-run"];
    only_build.extend(selection.iter().copied().take_while(|argument| *argument != "--"));
    let built = steps::cargo(&only_build, &[]);
    // Awaited in any case, so that they are stopped in good order even if the build failed.
    let (postgres, rabbitmq) = runtime.block_on(servers).context("starting the servers panicked")?;
    built?;
    test(long, &selection, &postgres?, &rabbitmq?)
}

fn test(long: bool, selection: &[&str], postgres: &Postgres, rabbitmq: &RabbitMq) -> Result<Outcome> {
    // All programs run although one fails, or the count would depend on the order.
    let mut command = steps::command("cargo", &["test", "--all-features", "--no-fail-fast"]);
    command
        .args(selection)
        .env(POSTGRES_URL, postgres.url("postgres"))
        .env(AMQP_URL, rabbitmq.server())
        .env(RABBITMQCTL, rabbitmq.ctl_path())
        // Snapshots are compared, never rewritten.
        .env("INSTA_UPDATE", "no")
        .stdout(Stdio::piped());
    if long {
        command.env(LONG, "1");
    }
    let start = Instant::now();
    let mut cargo = command.spawn().context("failed to start cargo test")?;
    let mut output = BufReader::new(cargo.stdout.take().expect("piped just above"));
    let mut tally = Tally::default();
    let mut line = Vec::new();
    // By bytes: what a test prints need not be text.
    while output.read_until(b'\n', &mut line).context("failed to read what cargo test prints")? > 0 {
        std::io::stdout().write_all(&line).context("failed to pass on what cargo test prints")?;
        tally.read(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    let status = cargo.wait().context("failed to wait for cargo test")?;
    let lost = tally.close();
    if lost > 0 {
        println!("ended without a result and counted as failed: {lost} test program(s)");
    }
    if !status.success() && tally.failed == 0 {
        bail!("cargo test ended with {status} although no test failed ({tally})");
    }
    if tally.passed + tally.failed == 0 {
        bail!("no test ran: nothing fits this selection");
    }
    println!("tested in {:.1} s", start.elapsed().as_secs_f64());
    println!("{tally}");
    Ok(if tally.failed == 0 { Outcome::Passed } else { Outcome::Failed })
}

/// What cargo gets. Without a package it would test only the binary, so all are named unless some are.
fn selection(arguments: &[String]) -> Vec<&str> {
    let names_packages = |argument: &str| {
        let flag = argument.split_once('=').map_or(argument, |(flag, _)| flag);
        matches!(flag, "--package" | "--workspace" | "--all") || flag.starts_with("-p")
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if arguments.iter().take_while(|argument| **argument != "--").any(|argument| names_packages(argument)) {
        return arguments;
    }
    [&["--workspace"], &arguments[..]].concat()
}

#[cfg(test)]
mod tests {
    use super::selection;

    #[test]
    fn the_whole_workspace_is_tested_unless_packages_are_named() {
        let table: [(&[&str], &[&str]); 6] = [
            (&[], &["--workspace"]),
            (&["redelivered"], &["--workspace", "redelivered"]),
            (&["--", "-p"], &["--workspace", "--", "-p"]),
            (&["-p", "store"], &["-p", "store"]),
            (&["--package=store", "inbox"], &["--package=store", "inbox"]),
            (&["-pstore"], &["-pstore"]),
        ];
        for (given, expected) in table {
            let given: Vec<String> = given.iter().map(|argument| (*argument).to_owned()).collect();
            assert_eq!(selection(&given), expected);
        }
    }
}
