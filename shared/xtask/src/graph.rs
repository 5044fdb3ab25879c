//! Arrows run one way: tocsin -> services -> web, bus, runtime, store -> contracts -> domain. And who may know what:
//! one crate each for RabbitMQ, SMTP and SQL, one TLS provider, known licences only.

use std::collections::BTreeMap;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

const SERVICES: [&str; 5] = ["intake", "routing", "notifier", "audit", "identity"];

/// What each of our crates may depend on, of ours.
fn allowed(name: &str) -> Vec<&'static str> {
    const SHARED: [&str; 6] = ["domain", "contracts", "store", "bus", "web", "runtime"];
    match name {
        "contracts" => vec!["domain"],
        "store" => vec!["domain", "contracts"],
        "bus" | "web" => vec!["domain", "contracts", "store"],
        "tocsin" => SHARED.into_iter().chain(SERVICES).collect(),
        "xtask" => vec!["contracts", "testkit"],
        service if SERVICES.contains(&service) => SHARED.to_vec(),
        _ => vec![],
    }
}

/// Who may use a crate that must stay in one room.
const ROOMS: [(&str, &[&str]); 3] = [("lapin", &["bus"]), ("lettre", &["notifier"]), ("sqlx", &["store", "domain"])];

/// Licences we may ship (SPDX). An expression is accepted if one of its alternatives is here in full.
const LICENCES: [&str; 14] = [
    "Apache-2.0",
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "0BSD",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
    "MIT-0",
    "Unlicense",
    "BSL-1.0",
];

/// Checks all of it from `cargo metadata`, offline.
pub fn check() -> Result<()> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(crate::root())
        .output()
        .context("cannot start cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata without packages")?;
    let mut wrong = Vec::new();
    let mut versions: BTreeMap<&str, usize> = BTreeMap::new();
    let ours: Vec<&str> =
        packages.iter().filter(|p| p["source"].is_null()).filter_map(|p| p["name"].as_str()).collect();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        *versions.entry(name).or_default() += 1;
        if ours.contains(&name) {
            check_arrows(name, package, &ours, &mut wrong);
        } else if !licence_is_known(package["license"].as_str().unwrap_or_default()) {
            wrong.push(format!("{name}: licence {} is not on the list", package["license"]));
        }
    }
    for single in ["sqlx", "rustls", "tokio", "axum", "lapin"] {
        if versions.get(single).copied().unwrap_or(0) > 1 {
            wrong.push(format!("{single} is built in more than one version"));
        }
    }
    if versions.contains_key("aws-lc-rs") {
        wrong.push("aws-lc-rs: a second TLS provider breaks whatever relies on the process default".to_owned());
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} packages, {} of ours: arrows, rooms, licences and doubles are in order", packages.len(), ours.len());
    Ok(())
}

fn check_arrows(name: &str, package: &Value, ours: &[&str], wrong: &mut Vec<String>) {
    let allowed = allowed(name);
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        // Tests may look from outside.
        if dependency["kind"] == "dev" {
            continue;
        }
        let on = dependency["name"].as_str().unwrap_or_default();
        if ours.contains(&on) && !allowed.contains(&on) {
            wrong.push(format!("{name} must not depend on {on}"));
        }
        if let Some((_, rooms)) = ROOMS.iter().find(|(room, _)| *room == on) {
            if !rooms.contains(&name) {
                wrong.push(format!("{name} must not depend on {on}: only {} may", rooms.join(", ")));
            }
        }
    }
}

fn licence_is_known(expression: &str) -> bool {
    let known = |part: &str| {
        let part = part.trim().trim_matches(['(', ')']);
        LICENCES.contains(&part) || part == "Apache-2.0 WITH LLVM-exception"
    };
    let text = expression.replace('/', " OR ");
    text.split(" OR ").any(known) || text.split(" AND ").all(|part| part.split(" OR ").any(known))
}
