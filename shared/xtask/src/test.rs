//! Runs every test against the real servers, started once for the whole run.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use testkit::servers::{AMQP_URL, POSTGRES_URL, Postgres, RABBITMQCTL, RabbitMq};

/// Installs, builds, starts the servers, tests, counts.
pub fn run(long: bool, arguments: &[String]) -> Result<()> {
    crate::install::missing()?;
    let selection: Vec<&str> =
        if arguments.is_empty() { vec!["--workspace"] } else { arguments.iter().map(String::as_str).collect() };
    let runtime = tokio::runtime::Runtime::new()?;
    // The broker takes ten seconds to start; the build runs meanwhile.
    let handle = runtime.handle().clone();
    let servers = std::thread::spawn(move || handle.block_on(start_servers()));
    let mut build = vec!["test", "--no-run", "--quiet", "--locked"];
    build.extend(selection.iter().take_while(|argument| **argument != "--"));
    crate::steps::cargo(&build, &[])?;
    let (postgres, rabbitmq) = servers.join().map_err(|_| anyhow!("starting the servers panicked"))??;

    let mut command = Command::new(env!("CARGO"));
    command.args(["test", "--locked", "--no-fail-fast"]).args(&selection).current_dir(crate::root());
    command
        .env(POSTGRES_URL, postgres.address().url("postgres"))
        .env(AMQP_URL, rabbitmq.address().server())
        .env(RABBITMQCTL, rabbitmq.address().ctl_path());
    command.env("INSTA_UPDATE", "no");
    if long {
        command.env("TOCSIN_TEST_LONG", "1");
    }
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().context("cannot start cargo test")?;
    let output = child.stdout.take().context("cargo test has no output")?;
    let (mut passed, mut failed) = (0, 0);
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        if let Some((p, f)) = counts(&line) {
            passed += p;
            failed += f;
        }
    }
    let status = child.wait()?;
    drop((postgres, rabbitmq));
    println!("{passed} passed, {failed} failed");
    ensure!(status.success(), "tests failed");
    ensure!(passed > 0, "no test ran");
    Ok(())
}

async fn start_servers() -> Result<(Postgres, RabbitMq)> {
    let (postgres, rabbitmq) = tokio::join!(Postgres::start(), RabbitMq::start());
    Ok((postgres.context("cannot start PostgreSQL")?, rabbitmq.context("cannot start RabbitMQ")?))
}

/// The counts in a line such as `test result: ok. 12 passed; 0 failed; …`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let rest = line.trim().strip_prefix("test result:")?;
    let number = |word: &str| {
        rest.split(';').find_map(|part| part.trim().strip_suffix(word)?.trim().rsplit(' ').next()?.parse().ok())
    };
    Some((number("passed")?, number("failed")?))
}

#[cfg(test)]
mod tests {
    use super::counts;

    #[test]
    fn counts_come_from_the_result_line() {
        let line = "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(counts(line), Some((3, 1)));
        assert_eq!(counts("test a ... ok"), None);
    }
}
