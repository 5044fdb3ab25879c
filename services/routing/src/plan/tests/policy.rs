//! A change of the default policy that somebody could make by mistake breaks one of its own cases.

use crate::DEFAULT_RULES;
use crate::rules::RuleSet;
use crate::rules::check::check;

/// What is replaced, from the heading of a rule on, and with what.
const CHANGES: [(&str, &str, &str); 14] = [
    ("theft-police-ways", "\"neighbour-of-place\", ", ""),
    ("theft-police-place", "[\"place\", \"origin\"]", "[\"place\"]"),
    ("theft-igo", "share = \"object_data\"", "share = \"full\""),
    (
        "theft-experts",
        "mandates = [\"expert identification\", \"identification\", \"African collections expertise\"]",
        "",
    ),
    ("looting-police-ways", "share = \"object_data\"", "share = \"full\""),
    ("export-police-destination", "[\"destination\", \"route\"]", "[\"route\"]"),
    ("sighting-police", "kinds = [\"police\"]", "kinds = [\"police\", \"igo\"]"),
    (
        "emergency-helpers",
        "[[rule.except]]\nflags = [\"conflict_area\"]\nmandates = [\"social media trafficking monitoring\"]",
        "",
    ),
    ("restitution-after-agreement", "certainty_at_least = \"observed\"", "certainty_at_least = \"likely\""),
    ("exercise", "share = \"object_data\"", "share = \"full\""),
    ("expert-request", "alerts = [\"expert_request\"]\n", ""),
    ("un-iraq-bodies", "1990-08-06", "1990-08-07"),
    ("un-iraq-bodies", "lost_from = \"1990-08-06\"\n", ""),
    ("un-syria-bodies", "lost_from = \"2011-03-15\"", "lost_from = \"2011-03-16\""),
];

#[test]
fn every_mistaken_change_of_the_default_policy_breaks_one_of_its_cases() {
    for (rule, from, to) in CHANGES {
        let heading = format!("id = \"{rule}\"\n");
        let at = DEFAULT_RULES.find(&heading).expect("a rule of the policy");
        let (before, after) = DEFAULT_RULES.split_at(at);
        assert!(after.contains(from), "{rule}: {from}");
        let text = format!("{before}{}", after.replacen(from, to, 1));
        let caught = match RuleSet::parse(1, &text) {
            // The grammar itself refuses it.
            Err(_) => true,
            Ok(rules) => check(&rules).iter().any(|case| !case.failures.is_empty()),
        };
        assert!(caught, "{rule}: {from} -> {to}");
    }
}
