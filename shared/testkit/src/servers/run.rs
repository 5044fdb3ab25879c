//! Short commands: run to the end, with a limit, and their words in the error.

use std::{process::Command, process::Stdio, time::Duration};

use anyhow::{Context as _, Result, bail};

/// Longer than any of them takes on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs `command` and returns its standard output.
pub(super) async fn run(command: Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output())
        .await
        .with_context(|| format!("{program} still runs after {LIMIT:?}"))?
        .with_context(|| format!("failed to start {program}"))?;
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        bail!("{program} ended with {}: {}{}", output.status, words.trim(), errors.trim());
    }
    Ok(words)
}
