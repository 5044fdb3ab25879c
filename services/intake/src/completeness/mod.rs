//! How complete a report is, what it lacks, and why that matters. Pure.
//!
//! Two sorts of things are missing: what a case cannot be registered without, and what helps whoever looks for the
//! objects. Only the first stops anybody, and it is no more than the checks of [`crate::parse`] ask: urgency beats form
//! discipline. The score never decides anything; a report of 40 is registered, verified and told like one of 100.

mod asked;

use domain::{CivilDate, FieldError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::parse::{event_of, parse};
use crate::submit::SubmitCase;
use asked::{OF_CASE, OF_OBJECT};

/// The most things that are named; the score counts them all.
const MAX_NAMED: usize = 100;

/// How much what is needed weighs against what helps.
const NEEDED: u64 = 3;

/// How complete a report is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Completeness {
    /// 0 to 100; what is needed weighs three times what helps.
    #[schema(example = 64)]
    pub score: u8,
    /// Whether it can be registered as it stands.
    pub ready: bool,
    /// What is missing, what is needed first.
    pub missing: Vec<Missing>,
    /// What was typed and breaks a rule.
    #[schema(value_type = Vec<Object>)]
    pub wrong: Vec<FieldError>,
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missing {
    /// Where it belongs, by JSON Pointer; of several objects, the first one's.
    #[schema(example = "/objects/0/measurements")]
    pub pointer: String,
    /// Whether the report cannot be registered without it.
    pub needed: bool,
    /// Why it matters.
    #[schema(example = "Two vessels of one type differ in their measures first.")]
    pub why: &'static str,
    /// The numbers of the objects that lack it, if it is something of an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<usize>,
}

/// Whose report is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// One that is being written.
    Draft,
    /// A recorded case. Who reported is not counted: not every reader may see it, and it may be erased.
    Case,
}

impl Completeness {
    /// What the report needs before it can be registered.
    pub fn needed(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter().filter(|missing| missing.needed)
    }

    /// What would help.
    pub fn helps(&self) -> impl Iterator<Item = &Missing> {
        self.missing.iter().filter(|missing| !missing.needed)
    }
}

/// Judges a report; `today` is the calendar date in UTC.
pub fn completeness(report: &SubmitCase, judged: Judged, today: CivilDate) -> Completeness {
    let event = event_of(report);
    let mut missing = Vec::new();
    let (mut given, mut asked) = (0, 0);
    let of_case = OF_CASE.iter().filter(|one| judged == Judged::Draft || !one.pointer.starts_with("/reporter"));
    for (one, needed) in of_case.filter_map(|one| Some((one, (one.of)(event, report)?))) {
        // In hundredths, so that something most objects have counts for most.
        let weight = if needed { NEEDED * 100 } else { 100 };
        asked += weight;
        if (one.given)(report) {
            given += weight;
        } else {
            missing.push(Missing { pointer: one.pointer.to_owned(), needed, why: one.why, objects: Vec::new() });
        }
    }
    for one in OF_OBJECT {
        let wanted = report.objects.iter().enumerate().filter(|(_, object)| (one.of)(event, object).is_some());
        let wanted: Vec<_> = wanted.collect();
        if wanted.is_empty() {
            continue;
        }
        let lacking: Vec<_> = wanted.iter().filter(|(_, object)| !(one.given)(object)).collect();
        let needed = lacking.iter().any(|(_, object)| (one.of)(event, object) == Some(true));
        let weight = if wanted.iter().any(|(_, object)| (one.of)(event, object) == Some(true)) { NEEDED } else { 1 };
        asked += weight * 100;
        let number = |list: usize| u64::try_from(list).unwrap_or(u64::MAX);
        given += weight * 100 * number(wanted.len() - lacking.len()) / number(wanted.len());
        if let Some((first, _)) = lacking.first() {
            missing.push(Missing {
                pointer: format!("/objects/{first}{}", one.pointer),
                needed,
                why: one.why,
                objects: lacking.iter().map(|(index, _)| index + 1).collect(),
            });
        }
    }
    let errors = parse(report, today).err().unwrap_or_default();
    let is_missing = |error: &FieldError| missing.iter().any(|one| is_same(one, &error.pointer));
    let in_question = |error: &&FieldError| judged == Judged::Draft || !error.pointer.starts_with("/reporter");
    let wrong: Vec<_> =
        errors.as_slice().iter().filter(in_question).filter(|error| !is_missing(error)).cloned().collect();
    let ready = wrong.is_empty() && !missing.iter().any(|one| one.needed);
    missing.sort_by_key(|one| !one.needed);
    missing.truncate(MAX_NAMED);
    let score = u8::try_from(given * 100 / asked.max(1)).unwrap_or(100);
    Completeness { score, ready, missing, wrong }
}

/// Whether an error says no more than that this is missing.
fn is_same(missing: &Missing, pointer: &str) -> bool {
    if missing.objects.is_empty() {
        return missing.pointer == pointer;
    }
    let field = |pointer: &str| pointer.splitn(4, '/').nth(3).map(ToOwned::to_owned);
    let number = pointer.split('/').nth(2).and_then(|text| text.parse::<usize>().ok());
    pointer.starts_with("/objects/")
        && field(pointer) == field(&missing.pointer)
        && number.is_some_and(|index| missing.objects.contains(&(index + 1)))
}

#[cfg(test)]
mod tests {
    use domain::codes::Event;

    use super::*;
    use crate::parse::REPORTED;
    use crate::parse::tests::{of_kind, today};

    fn judge(report: &serde_json::Value) -> Completeness {
        completeness(&serde_json::from_value(report.clone()).unwrap(), Judged::Draft, today())
    }

    #[test]
    fn a_report_that_is_taken_needs_nothing_and_one_without_anything_needs_what_is_refused() {
        for kind in REPORTED {
            let taken = judge(&of_kind(kind));
            assert!(taken.ready && taken.needed().next().is_none() && taken.wrong.is_empty(), "{kind}: {taken:?}");
            assert!((40..100).contains(&taken.score), "{kind}: {}", taken.score);
            let empty = judge(&serde_json::json!({"event": kind.as_str(), "objects": [{}]}));
            // An emergency lists no object: that alone is wrong with its one sheet.
            let wrong: Vec<_> = empty.wrong.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!(wrong, if kind == Event::Emergency { vec!["/objects"] } else { vec![] }, "{kind}");
            assert!(!empty.ready && empty.score < 10, "{kind}: {empty:?}");
            assert!(empty.missing.iter().all(|one| one.why.ends_with('.')), "{kind}");
        }
    }

    #[test]
    fn what_helps_raises_the_score_and_is_told_until_it_is_there() {
        let mut report = of_kind(Event::Theft);
        let before = judge(&report);
        assert!(before.helps().any(|one| one.pointer == "/objects/0/measurements"));
        report["objects"][0]["measurements"] = serde_json::json!([{"dimension": "height", "value": "2", "unit": "cm"}]);
        report["objects"][0]["materials"] = serde_json::json!("wood");
        let after = judge(&report);
        assert!(after.score > before.score, "{} {}", after.score, before.score);
        assert!(after.helps().all(|one| one.pointer != "/objects/0/measurements"));
    }

    #[test]
    fn of_many_objects_those_that_lack_something_are_named_once() {
        let mut report = of_kind(Event::Theft);
        let sheet = report["objects"][0].clone();
        let mut untitled = sheet.clone();
        untitled["title"] = serde_json::json!(" ");
        report["objects"] = serde_json::json!([sheet.clone(), untitled, sheet.clone(), sheet]);
        let judged = judge(&report);
        let needed: Vec<_> = judged.needed().collect();
        assert_eq!(needed.len(), 1, "{needed:?}");
        assert_eq!((needed[0].pointer.as_str(), &needed[0].objects), ("/objects/1/title", &vec![2]));
        assert!(!judged.ready && judged.wrong.is_empty());
    }

    #[test]
    fn what_is_wrong_is_not_called_missing() {
        let mut report = of_kind(Event::Theft);
        report["country"] = serde_json::json!("Atlantis");
        let judged = judge(&report);
        assert!(judged.needed().next().is_none() && !judged.ready);
        assert_eq!(judged.wrong[0].pointer, "/country");
    }

    #[test]
    fn a_case_is_judged_without_who_reported_it() {
        let mut report = of_kind(Event::Theft);
        report["reporter"] = serde_json::json!({});
        let judged = completeness(&serde_json::from_value(report).unwrap(), Judged::Case, today());
        assert!(judged.ready && judged.missing.iter().all(|one| !one.pointer.starts_with("/reporter")), "{judged:?}");
    }

    #[test]
    fn an_official_source_may_send_the_list_later() {
        let mut report = of_kind(Event::Theft);
        report["objects"] = serde_json::json!([]);
        report["typology"] = serde_json::json!({"types": ["coin_medal"], "description": "Coins of the north."});
        report["reporter"]["capacity"] = serde_json::json!("holder");
        assert!(!judge(&report).ready);
        report["reporter"]["capacity"] = serde_json::json!("police");
        assert!(judge(&report).ready);
    }
}
