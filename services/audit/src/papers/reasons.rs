//! Why a partner was told, and why not, in the language of the paper.
//!
//! The frame is translated. What a rule says of itself, what it looked at and what an officer typed stay as they were
//! frozen, because they are what the decision rests on.

use domain::Label;
use domain::plan::{Basis, Exclusion};
use paper::Words;

use super::words::ltr;

/// Why it was told.
pub(super) fn basis(words: Words, basis: &Basis) -> String {
    let own = |text: &str| ltr(words, text).into();
    match basis {
        Basis::Rule { rule, because, matched } => {
            let matched = matched.join("; ");
            words.with("basis-rule", &[("rule", own(rule)), ("because", own(because)), ("matched", own(&matched))])
        }
        Basis::ToldBefore { version } => words.with("basis-told-before", &[("version", version.to_string().into())]),
        Basis::Succeeds { name, version } => {
            words.with("basis-succeeds", &[("name", own(name.as_str())), ("version", version.to_string().into())])
        }
        Basis::Added { reason, .. } => words.with("basis-added", &[("reason", own(reason.as_str()))]),
    }
}

/// Why it was not told.
pub(super) fn exclusion(words: Words, exclusion: &Exclusion) -> String {
    let own = |text: &str| ltr(words, text).into();
    let label = |label: &Label| ltr(words, &label.to_string()).into();
    let (said, told_before) = match exclusion {
        Exclusion::Inactive => (words.get("not-inactive"), &None),
        Exclusion::NoRule { closest: Some(rule), failed } => {
            (words.with("not-no-rule-closest", &[("rule", own(rule)), ("failed", own(failed))]), &None)
        }
        Exclusion::NoRule { closest: None, failed } => (words.with("not-no-rule", &[("failed", own(failed))]), &None),
        Exclusion::NotToldBefore => (words.get("not-told-before"), &None),
        Exclusion::Reach { reach } => {
            let reach = words.of_code("reach", reach.as_str(), reach.label());
            (words.with("not-reach", &[("reach", reach.into())]), &None)
        }
        Exclusion::Clearance { label: of, clearance, told_before } => {
            (words.with("not-clearance", &[("label", label(of)), ("clearance", label(clearance))]), told_before)
        }
        Exclusion::NoNamedPerson { label: of, told_before } => {
            (words.with("not-no-named-person", &[("label", label(of))]), told_before)
        }
        Exclusion::NoAddress => (words.get("not-no-address"), &None),
        Exclusion::NotValid { on } => (words.with("not-valid", &[("day", own(&on.to_string()))]), &None),
        Exclusion::Removed { reason, told_before, .. } => {
            (words.with("not-removed", &[("reason", own(reason.as_str()))]), told_before)
        }
    };
    match told_before {
        None => said,
        Some(version) => {
            format!("{said} {}", words.with("not-other-means", &[("version", version.to_string().into())]))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::Clock;
    use domain::codes::Reach;
    use domain::ids::AccountId;
    use paper::LANGUAGES;

    use super::*;
    use crate::papers::words;

    /// English on paper is the sentence of the page, and no other language repeats it.
    #[test]
    fn every_reason_is_said_in_every_language() {
        let by = AccountId::generate(&Clock::System);
        let reason = || "Asked by telephone.".parse().unwrap();
        let (label, clearance) = (Label::Amber, Label::Green);
        let exclusions = [
            Exclusion::Inactive,
            Exclusion::NoRule { closest: Some("theft-ngo".to_owned()), failed: "its mandate".to_owned() },
            Exclusion::NoRule { closest: None, failed: "its mandate".to_owned() },
            Exclusion::NotToldBefore,
            Exclusion::Reach { reach: Reach::Police },
            Exclusion::Clearance { label, clearance, told_before: Some(2) },
            Exclusion::NoNamedPerson { label, told_before: None },
            Exclusion::NoAddress,
            Exclusion::NotValid { on: "2026-05-04".parse().unwrap() },
            Exclusion::Removed { by, reason: reason(), told_before: None },
        ];
        let bases = [
            Basis::Rule { rule: "theft".to_owned(), because: "They act".to_owned(), matched: vec!["FR".to_owned()] },
            Basis::ToldBefore { version: 1 },
            Basis::Succeeds { name: "Unit".parse().unwrap(), version: 1 },
            Basis::Added { officer: by, reason: reason() },
        ];
        for (code, _) in LANGUAGES {
            let words = words(code).unwrap();
            let said = exclusions.iter().map(|one| (exclusion(words, one), one.sentence()));
            for (said, english) in said.chain(bases.iter().map(|one| (basis(words, one), one.sentence()))) {
                assert_eq!(code == "en", said.to_lowercase() == english.to_lowercase(), "{code}: {said} / {english}");
                assert!(!said.contains('$') && !said.contains('{'), "{code}: {said}");
            }
        }
    }
}
