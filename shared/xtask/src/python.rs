//! What comes from PyPI, each in a folder of its own under the target folder.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

/// What the tests need: its folder, its program, and what brings it. The version is part of what a test says.
const TOOLS: [(&str, &str, &str); 2] = [
    // Calls the API by its own description.
    ("schemathesis", "bin/st", "schemathesis==4.32.5"),
    // Answers as a store does that speaks S3.
    ("moto", "bin/moto_server", "moto[server,s3]==5.2.5"),
];

/// What the flow of mails is measured beside, and what it needs to write a row.
const CELERY: [&str; 2] = ["celery==5.7.0", "psycopg[binary]==3.3.9"];

/// Installs what the tests need unless it is there.
pub fn missing() -> Result<()> {
    for (name, program, package) in TOOLS {
        install(name, program, &[package])?;
    }
    Ok(())
}

/// Installs Celery unless it is there; gives its Python.
pub fn celery() -> Result<PathBuf> {
    let folder = install("celery", "bin/celery", &CELERY)
        .context("the flow of mails is measured beside Celery, and it cannot be installed from PyPI")?;
    Ok(folder.join("bin/python"))
}

/// Makes a folder with these packages unless the program is in it.
fn install(name: &str, program: &str, packages: &[&str]) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
    let folder = target.join(name);
    if folder.join(program).is_file() {
        return Ok(folder);
    }
    println!("installing {} from PyPI into {}", packages.join(", "), folder.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = Command::new(folder.join("bin/pip"));
    run(pip.args(["install", "--quiet", "--disable-pip-version-check"]).args(packages))?;
    Ok(folder)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("failed to start {command:?}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
