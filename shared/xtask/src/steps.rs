//! CI, one step after the other, the cheap ones first.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};

use crate::{Outcome, deny::Rules, graph, install, metadata, schemas, test};

/// Every step; stops at the first that fails. The tests come last, and their count is the last line.
pub fn ci() -> Result<Outcome> {
    let start = Instant::now();
    step("formatting", || cargo(&["fmt", "--all", "--check"], &[]))?;
    step("dependencies", dependencies)?;
    step("generated files", || schemas::run(true))?;
    step("spelling", || optional("typos", &["--version"], "typos", &[]))?;
    // The lints build everything, and one feature links a library of the system.
    step("what is missing", install::missing)?;
    step("lints", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--locked", "--", "-D", "warnings"], &[])
    })?;
    step("documentation", || {
        cargo(&["doc", "--workspace", "--all-features", "--no-deps", "--locked"], &[("RUSTDOCFLAGS", "-D warnings")])
    })?;
    println!("== tests (after {})", elapsed(start));
    test::run(false, &[])
}

fn step(name: &str, work: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("== {name}");
    let start = Instant::now();
    work().with_context(|| format!("{name} failed after {}", elapsed(start)))?;
    println!("== {name}: {}", elapsed(start));
    Ok(())
}

fn elapsed(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}

fn dependencies() -> Result<()> {
    let packages = metadata::packages()?;
    let mut wrong = graph::violations(&packages);
    wrong.extend(Rules::read()?.violations(&packages));
    ensure!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
    let ours = packages.iter().filter(|package| package.ours).count();
    println!(
        "{} packages, {ours} of them ours: arrows, rooms, licences, bans and doubles are in order",
        packages.len()
    );
    // Advisories need a database from the net, and CI must say the same thing tomorrow: not here.
    let checks = ["deny", "--offline", "check", "bans", "licenses", "sources"];
    optional("cargo", &["deny", "--version"], "cargo", &checks)
}

/// Runs a tool that not every machine has, and says so if this one has not.
fn optional(probe: &str, probe_arguments: &[&str], program: &str, arguments: &[&str]) -> Result<()> {
    let tool = if program == "cargo" { format!("cargo-{}", arguments[0]) } else { program.to_owned() };
    let present = command(probe, probe_arguments).output().is_ok_and(|output| output.status.success());
    if !present {
        println!("{tool} is not installed: skipped");
        return Ok(());
    }
    run(program, arguments, &[])
}

/// The document needs every handler, so a test of the binary writes it; the same test compares it in every other run.
pub fn write_openapi() -> Result<()> {
    let test = ["test", "--quiet", "--package", "tocsin", "--bin", "tocsin", "the_file_in_deploy_is_this_document"];
    cargo(&test, &[("TOCSIN_WRITE_OPENAPI", "1")])
}

/// Runs cargo in the workspace.
pub fn cargo(arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    run("cargo", arguments, environment)
}

fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    let status = command(program, arguments)
        .envs(environment.iter().copied())
        .status()
        .with_context(|| format!("failed to start {program}"))?;
    ensure!(status.success(), "{program} {} ended with {status}", arguments.join(" "));
    Ok(())
}

/// A program in the root of the workspace, without standard input: nothing here may wait for a person.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    // The cargo that runs us, not whichever comes first in PATH.
    let mut command = match std::env::var_os("CARGO") {
        Some(cargo) if program == "cargo" => Command::new(cargo),
        _ => Command::new(program),
    };
    // What cargo told this program of its own package. Build scripts that are told the same (ring's) would run again, and with
    // them everything that rests on them would be built again whenever somebody calls cargo directly in between.
    for name in std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()) {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(crate::root()).stdin(Stdio::null());
    command
}
