//! The one test tool that comes from PyPI, in a folder of its own under the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// What calls the API by its own description. The version is part of what the test says.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";

/// Installs it unless it is there.
pub fn missing() -> Result<()> {
    let folder = folder();
    if folder.join("bin/st").is_file() {
        return Ok(());
    }
    println!("installing {SCHEMATHESIS} from PyPI into {}", folder.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", "--disable-pip-version-check", SCHEMATHESIS]))
}

fn folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    target.join("schemathesis")
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to start {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
