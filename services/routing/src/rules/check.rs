//! Cases with their expected audiences, kept in the text of the rules: a change that breaks one is not released.

use std::sync::Arc;

use domain::alert::AlertFacts;
use domain::codes::Share;
use domain::ids::PartnerId;
use domain::partner::Directory;
use domain::plan::{Plan, PlanInputs};
use domain::text::Line;

use super::RuleSet;
use crate::plan::plan;

/// A case with its expected audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyCase {
    /// Its name.
    pub name: Line,
    /// The line of the text it is on.
    pub line: usize,
    /// The alert.
    pub facts: AlertFacts,
    /// What else the plan is made from.
    pub inputs: PlanInputs,
    /// The partners of the text.
    pub directory: Arc<Directory>,
    /// What must come out.
    pub expected: Expected,
}

/// What must come out of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Who is told, and what share; nobody else is.
    pub told: Vec<(PartnerId, Share)>,
    /// Which of them wait for an officer; nobody else does.
    pub held: Vec<PartnerId>,
}

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseResult {
    /// Its name.
    pub name: Line,
    /// The line of the text it is on.
    pub line: usize,
    /// What came out otherwise than expected, in sentences; empty if nothing did.
    pub failures: Vec<String>,
}

/// Tries every case of a rule set.
pub fn check(rules: &RuleSet) -> Vec<CaseResult> {
    rules.cases.iter().map(|case| check_one(rules, case)).collect()
}

fn check_one(rules: &RuleSet, case: &PolicyCase) -> CaseResult {
    let plan = plan(&case.facts, &case.directory, rules, &case.inputs);
    let mut failures = Vec::new();
    for told in &plan.told {
        let expected = case.expected.told.iter().find(|(id, _)| *id == told.partner_id);
        match expected {
            None => failures.push(format!(
                "{} is told ({}), and must not be. {}",
                told.name,
                told.share,
                told.basis.sentence()
            )),
            Some((_, share)) if *share != told.share => {
                failures.push(format!("{} is shown {}, and must be shown {share}.", told.name, told.share));
            }
            Some(_) => {}
        }
        let held = case.expected.held.contains(&told.partner_id);
        match &told.hold {
            Some(hold) if !held => failures.push(format!("{} waits, and must not. {}", told.name, hold.sentence())),
            None if held => failures.push(format!("{} does not wait for an officer, and must.", told.name)),
            _ => {}
        }
    }
    failures.extend(missing(&plan, case));
    CaseResult { name: case.name.clone(), line: case.line, failures }
}

fn missing(plan: &Plan, case: &PolicyCase) -> Vec<String> {
    let must = |id: &PartnerId| case.expected.told.iter().any(|(told, _)| told == id);
    plan.not_told
        .iter()
        .filter(|not_told| must(&not_told.partner_id))
        .map(|not_told| format!("{} is not told, and must be. {}", not_told.name, not_told.reason.sentence()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT_RULES;

    fn results(text: &str) -> Vec<CaseResult> {
        check(&RuleSet::parse(1, text).expect("a rule set"))
    }

    #[test]
    fn the_default_policy_passes_its_own_cases() {
        let results = results(DEFAULT_RULES);
        assert!(results.len() >= 15, "{}", results.len());
        for result in results {
            assert!(result.failures.is_empty(), "{}: {:#?}", result.name, result.failures);
        }
    }

    #[test]
    fn a_case_that_comes_out_otherwise_says_how() {
        let text = r#"
[[rule]]
id = "police"
because = "They search."
events = ["theft"]
kinds = ["police"]
relation = ["place"]
share = "full"

[[partner]]
name = "Police"
kind = "police"
scope = "FR"
events = ["theft"]

[[partner]]
name = "Museums"
kind = "ngo"
scope = "M49:001"
events = ["theft"]

[[case]]
name = "A theft in France"
alert = { event = "theft", country = "FR", categories = ["painting"] }
held = ["Police"]
[case.told]
Museums = "object_data"
"#;
        let found = results(text);
        assert_eq!(found[0].line, 23);
        let text = found[0].failures.join("\n");
        for part in [
            "Police is told (full), and must not be. Rule police",
            "Police does not wait for an officer, and must.",
            "Museums is not told, and must be. No rule selects it",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
