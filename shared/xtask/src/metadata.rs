//! What `cargo metadata` knows of the packages, cut to what the checks read.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::steps;

/// One package of the lock file.
pub struct Package {
    pub name: String,
    pub version: String,
    /// An SPDX expression, if the package declares one.
    pub license: Option<String>,
    /// One of our own, not from a registry.
    pub ours: bool,
    pub dependencies: Vec<Dependency>,
}

/// One declared dependency.
pub struct Dependency {
    pub name: String,
    /// Tests may look from outside: arrows do not bind them.
    pub only_for_tests: bool,
    pub optional: bool,
}

/// Every package the lock file resolves to, on all platforms and with every feature.
pub fn packages() -> Result<Vec<Package>> {
    let output = steps::command("cargo", &["metadata", "--format-version", "1", "--locked", "--all-features"])
        .output()
        .context("failed to start cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).context("failed to read cargo metadata")?;
    list(&metadata["packages"]).iter().map(package).collect()
}

fn package(value: &Value) -> Result<Package> {
    Ok(Package {
        name: text(value, "name")?,
        version: text(value, "version")?,
        license: value["license"].as_str().map(str::to_owned),
        ours: value["source"].is_null(),
        dependencies: list(&value["dependencies"]).iter().map(dependency).collect::<Result<_>>()?,
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: text(value, "name")?,
        only_for_tests: value["kind"] == "dev",
        optional: value["optional"] == true,
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, field: &str) -> Result<String> {
    value[field].as_str().map(str::to_owned).with_context(|| format!("cargo metadata: a package without {field}"))
}
