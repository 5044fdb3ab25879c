//! The rules of `.deny.toml` that can be checked from the lock file alone, so that they hold on machines without
//! cargo-deny too: licences, forbidden crates, crates of which there may be one version only, sources.

use std::{collections::BTreeSet, fs};

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use crate::{metadata::Package, spdx};

/// The part of `.deny.toml` we check ourselves.
#[derive(Debug, Default)]
pub struct Rules {
    licences: Vec<String>,
    forbidden: Vec<String>,
    single: Vec<String>,
}

impl Rules {
    pub fn read() -> Result<Self> {
        let path = crate::root().join(".deny.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
        parse(&text).context("failed to understand .deny.toml")
    }

    /// Everything that breaks a rule, in words.
    pub fn violations(&self, packages: &[Package]) -> Vec<String> {
        let mut wrong = Vec::new();
        for package in packages.iter().filter(|package| !package.ours) {
            let Package { name, version, license, .. } = package;
            let licence = license.as_deref().unwrap_or("none declared");
            if !spdx::allows(licence, &self.licences) {
                wrong.push(format!("{name} {version}: the licence ({licence}) is not on the list in .deny.toml"));
            }
            if self.forbidden.contains(name) {
                wrong.push(format!("{name} {version} is forbidden in .deny.toml"));
            }
        }
        for single in &self.single {
            let versions: BTreeSet<&str> = packages
                .iter()
                .filter(|package| package.name == *single)
                .map(|package| package.version.as_str())
                .collect();
            if versions.len() > 1 {
                let versions: Vec<_> = versions.into_iter().collect();
                wrong.push(format!("{single} comes in {} versions: {}", versions.len(), versions.join(", ")));
            }
        }
        wrong
    }
}

fn parse(text: &str) -> Result<Rules> {
    let table: Table = text.parse()?;
    let list = |section: &str, field: &str| {
        table
            .get(section)
            .and_then(|section| section.get(field)?.as_array())
            .with_context(|| format!("[{section}] {field} is missing"))
    };
    let mut rules = Rules::default();
    for licence in list("licenses", "allow")? {
        rules.licences.push(licence.as_str().context("a licence is a string")?.to_owned());
    }
    for ban in list("bans", "deny")? {
        let name = ban.get("crate").and_then(Value::as_str).context("a ban names a crate")?.to_owned();
        let only_doubles = ban.get("deny-multiple-versions").and_then(Value::as_bool).unwrap_or(false);
        if only_doubles { rules.single.push(name) } else { rules.forbidden.push(name) }
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, license: Option<&str>) -> Package {
        Package {
            name: name.into(),
            version: version.into(),
            license: license.map(str::to_owned),
            ours: false,
            dependencies: Vec::new(),
        }
    }

    #[test]
    fn licences_bans_and_doubles_are_found() {
        let rules = parse(
            "[licenses]\nallow = ['MIT']\n\
             [bans]\ndeny = [{ crate = 'openssl-sys' }, { crate = 'sqlx', deny-multiple-versions = true }]",
        )
        .unwrap();
        let good = [package("a", "1.0.0", Some("MIT")), package("sqlx", "0.9.0", Some("MIT"))];
        assert_eq!(rules.violations(&good), Vec::<String>::new());
        let bad = [
            package("nameless", "1.0.0", None),
            package("openssl-sys", "0.9.0", Some("MIT")),
            package("sqlx", "0.8.0", Some("MIT")),
            package("sqlx", "0.9.0", Some("MIT")),
        ];
        let wrong = rules.violations(&bad);
        assert_eq!(wrong.len(), 3, "{wrong:#?}");
        assert!(wrong[2].contains("0.8.0, 0.9.0"), "{}", wrong[2]);
    }

    #[test]
    fn our_own_file_can_be_read() {
        let rules = Rules::read().unwrap();
        assert!(rules.licences.iter().any(|licence| licence == "Apache-2.0"));
        assert!(rules.forbidden.iter().any(|name| name == "aws-lc-rs"));
        assert!(rules.single.iter().any(|name| name == "sqlx"));
    }
}
