//! Arrows run one way: tocsin -> services -> web, bus, runtime, store -> contracts -> domain. And who may know what:
//! one room each for RabbitMQ, SMTP and SQL.

use crate::metadata::Package;

const SERVICES: [&str; 5] = ["intake", "routing", "notifier", "audit", "identity"];
const SHARED: [&str; 12] = [
    "domain",
    "contracts",
    "store",
    "bus",
    "web",
    "runtime",
    "paper",
    "pictures",
    "blobs",
    "exchange",
    "seal",
    "maillog",
];

/// Which of our crates this one may depend on; `None` for a crate nobody has placed yet.
fn allowed(name: &str) -> Option<Vec<&'static str>> {
    Some(match name {
        "domain" | "runtime" | "paper" | "testkit" | "maillog" => vec![],
        "contracts" | "pictures" | "blobs" | "seal" => vec!["domain"],
        "exchange" => vec!["domain", "paper"],
        "store" => vec!["domain", "contracts"],
        "bus" | "web" => vec!["domain", "contracts", "store"],
        "tocsin" => SHARED.into_iter().chain(SERVICES).collect(),
        "xtask" => vec!["contracts", "testkit"],
        "testkit-browser" => vec!["testkit"],
        service if SERVICES.contains(&service) => SHARED.to_vec(),
        _ => return None,
    })
}

/// A crate that stays in one room, so that the rest can be read without knowing it.
struct Room {
    of: &'static str,
    user: &'static str,
    /// May also have it, but only as a feature that is off by default.
    by_feature: Option<&'static str>,
}

const ROOMS: [Room; 8] = [
    Room { of: "lapin", user: "bus", by_feature: None },
    Room { of: "lettre", user: "notifier", by_feature: None },
    Room { of: "typst", user: "paper", by_feature: None },
    Room { of: "image", user: "pictures", by_feature: None },
    Room { of: "pgp", user: "seal", by_feature: None },
    Room { of: "openssl", user: "seal", by_feature: None },
    Room { of: "object_store", user: "blobs", by_feature: None },
    Room { of: "sqlx", user: "store", by_feature: Some("domain") },
];

/// Every arrow that runs the wrong way, in words.
pub fn violations(packages: &[Package]) -> Vec<String> {
    let ours: Vec<&Package> = packages.iter().filter(|package| package.ours).collect();
    let mut wrong = Vec::new();
    for package in &ours {
        let name = package.name.as_str();
        let Some(allowed) = allowed(name) else {
            wrong.push(format!("{name} has no place yet in the order of crates: give it one in xtask's graph.rs"));
            continue;
        };
        for dependency in package.dependencies.iter().filter(|dependency| !dependency.only_for_tests) {
            let on = dependency.name.as_str();
            if ours.iter().any(|other| other.name == on) && !allowed.contains(&on) {
                wrong.push(format!("{name} must not depend on {on}"));
            }
            for room in ROOMS.iter().filter(|room| room.of == on) {
                let by_feature = room.by_feature == Some(name) && dependency.optional;
                if room.user != name && !by_feature {
                    wrong.push(format!("{name} must not depend on {on}: only {} may", room.user));
                }
            }
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    fn ours(name: &str, dependencies: &[(&str, bool, bool)]) -> Package {
        let dependency = |&(name, only_for_tests, optional): &(&str, bool, bool)| Dependency {
            name: name.into(),
            only_for_tests,
            optional,
        };
        Package {
            name: name.into(),
            version: "0.1.0".into(),
            license: None,
            ours: true,
            dependencies: dependencies.iter().map(dependency).collect(),
        }
    }

    #[test]
    fn arrows_that_run_inwards_are_fine_and_tests_may_look_from_outside() {
        let packages = [
            ours("domain", &[("sqlx", false, true)]),
            ours("store", &[("domain", false, false), ("sqlx", false, false), ("testkit", true, false)]),
            ours("testkit", &[]),
            ours("tocsin", &[("store", false, false), ("lapin", true, false)]),
        ];
        assert_eq!(violations(&packages), Vec::<String>::new());
    }

    #[test]
    fn each_wrong_arrow_is_named() {
        let packages = [
            ours("domain", &[("store", false, false), ("sqlx", false, false)]),
            ours("store", &[]),
            ours("intake", &[("routing", false, false), ("lettre", false, false)]),
            ours("routing", &[]),
            ours("brandnew", &[]),
        ];
        let wrong = violations(&packages);
        assert_eq!(wrong.len(), 5, "{wrong:#?}");
        assert!(wrong.contains(&"intake must not depend on routing".to_owned()));
        assert!(wrong.contains(&"domain must not depend on sqlx: only store may".to_owned()));
    }
}
