//! The files of `deploy/` against what they speak of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn sources(folder: &Path, all: &mut String) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The names of the figures that the programs make.
fn figures() -> BTreeSet<String> {
    let mut text = String::new();
    sources(&root().join("services"), &mut text);
    sources(&root().join("shared"), &mut text);
    let mut names = BTreeSet::new();
    for kind in ["counter!(", "gauge!(", "histogram!("] {
        for rest in text.split(kind).skip(1) {
            if let Some(name) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next()) {
                names.insert(name.to_owned());
                if kind == "histogram!(" {
                    names.extend(["bucket", "sum", "count"].map(|part| format!("{name}_{part}")));
                }
            }
        }
    }
    names
}

/// The names that an expression asks for: words with an underscore that are neither functions nor labels.
fn asked(expression: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut word = String::new();
    for c in expression.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if c != '(' && word.contains('_') {
            names.insert(std::mem::take(&mut word));
        }
        word.clear();
    }
    names
}

#[test]
fn alert_rules_and_dashboard_ask_only_for_figures_that_exist() {
    let made = figures();
    assert!(made.contains("tocsin_outbox_depth") && made.contains("http_request_seconds_bucket"), "{made:?}");
    let rules = std::fs::read_to_string(root().join("deploy/prometheus/alerts.yml")).unwrap();
    let dashboard = std::fs::read_to_string(root().join("deploy/grafana/tocsin.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let mut expressions: Vec<String> = Vec::new();
    let mut block = false;
    for line in rules.lines().map(str::trim) {
        if let Some(expression) = line.strip_prefix("expr: ") {
            block = expression == "|";
            if !block {
                expressions.push(expression.to_owned());
            }
        } else if block && (line.starts_with("for:") || line.starts_with("labels:")) {
            block = false;
        } else if block {
            expressions.push(line.to_owned());
        }
    }
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            expressions.push(target["expr"].as_str().unwrap().to_owned());
        }
    }
    let names: BTreeSet<String> = expressions.iter().flat_map(|expression| asked(expression)).collect();
    assert!(names.len() >= 12, "{names:?}");
    let unknown: Vec<_> = names.difference(&made).collect();
    assert!(unknown.is_empty(), "nobody makes {unknown:?}");
    // Each alert leads to a heading of the runbook.
    let runbook = std::fs::read_to_string(root().join("deploy/README.md")).unwrap();
    for line in rules.lines().filter_map(|line| line.trim().strip_prefix("runbook: \"deploy/README.md, ")) {
        let heading = format!("## {}", line.trim_end_matches('"'));
        assert!(runbook.lines().any(|line| line.ends_with(&heading)), "{heading}");
    }
}

#[test]
fn the_unit_is_understood_and_confined() {
    let folder = tempfile::tempdir().unwrap();
    let unit = std::fs::read_to_string(root().join("deploy/systemd/tocsin@.service")).unwrap();
    // The check asks whether the program is there.
    let unit = unit.replace("/usr/bin/tocsin", env!("CARGO_BIN_EXE_tocsin"));
    // Whoever reads the ledger's key can rewrite the ledger: each key comes by the drop-in of the one who uses it.
    assert!(!unit.contains("ledger.key") && !unit.contains("link.key"), "{unit}");
    for (service, file) in [("audit", "ledger-key.conf"), ("notifier", "link-key.conf")] {
        let name = format!("tocsin@{service}.service.d");
        std::fs::create_dir(folder.path().join(&name)).unwrap();
        let from = root().join("deploy/systemd").join(&name).join(file);
        std::fs::copy(from, folder.path().join(&name).join(file)).unwrap();
    }
    for service in ["intake", "audit", "notifier"] {
        verified(&folder.path().join(format!("tocsin@{service}.service")), &unit);
    }
}

fn verified(path: &Path, unit: &str) {
    std::fs::write(path, unit).unwrap();
    for arguments in [&["verify", "--man=no"][..], &["security", "--offline=true", "--threshold=20"]] {
        let output = Command::new("systemd-analyze").args(arguments).arg(path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stdout));
        assert!(!said.contains("Unknown") && !said.contains("Failed"), "{arguments:?}: {said}");
    }
}

#[test]
fn the_containers_are_given_settings_that_exist_and_services_that_exist() {
    let compose = std::fs::read_to_string(root().join("deploy/compose.yaml")).unwrap();
    let example = std::fs::read_to_string(root().join("deploy/tocsin.example.toml")).unwrap();
    let mut variables = 0;
    for name in compose.lines().filter_map(|line| line.trim().strip_prefix("TOCSIN__")) {
        let name = name.split(':').next().unwrap().trim_end_matches("_FILE").to_lowercase();
        let (section, key) = name.rsplit_once("__").unwrap();
        let header = format!("[{}]", section.replace("__", "."));
        let (_, rest) = example.split_once(&header).unwrap_or_else(|| panic!("no section {header}"));
        let body = rest.split("\n[").next().unwrap();
        assert!(body.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{key} = "))), "{name}");
        variables += 1;
    }
    assert!(variables >= 8, "{variables}");
    for line in compose.lines().filter(|line| line.contains("command: [serve")) {
        let list = line.split("command: [serve, ").nth(1).unwrap().split(']').next().unwrap();
        for service in list.split(", ") {
            assert!(service.parse::<contracts::Service>().is_ok(), "{service}");
        }
    }
}
