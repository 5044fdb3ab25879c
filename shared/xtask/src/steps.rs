//! CI, one step after the other, the cheap ones first.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};

/// Every step; stops at the first that fails.
pub fn ci() -> Result<()> {
    step("formatting", || cargo(&["fmt", "--all", "--check"], &[]))?;
    step("dependencies", crate::graph::check)?;
    step("generated files", || crate::schemas::run(true))?;
    step("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[]))?;
    step("documentation", || {
        cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")])
    })?;
    step("tests", || crate::test::run(false, &[]))
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let start = Instant::now();
    let done = work().with_context(|| format!("step failed: {name}"));
    // The test count must stay the last line.
    if name != "tests" {
        println!("== {name}: {:.0} s", start.elapsed().as_secs_f64());
    }
    done
}

/// Runs cargo in the workspace.
pub fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = Command::new(env!("CARGO"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(crate::root())
        .status()
        .context("cannot start cargo")?;
    ensure!(status.success(), "cargo {} failed", arguments.join(" "));
    Ok(())
}
