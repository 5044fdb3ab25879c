//! What an alert version says, as the case stands at this moment: it stays so whatever happens to the case later. Pure.

use domain::alert::{AlertFacts, ObjectContent};
use domain::case::Circumstances;
use domain::codes::{Certainty, ObjectFlag, ObjectType, Urgency};
use domain::ids::AlertId;
use domain::object::ObjectDescription;
use domain::{CivilDate, Timestamp};
use sha2::{Digest, Sha256};
use store::cases::CaseRow;

use super::decide::DraftRequest;

/// A version as frozen, in three parts with three readers.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// What the rules look at.
    pub facts: AlertFacts,
    /// Class A: what every recipient may read.
    pub content: ObjectContent,
    /// Class B: what recipients of the full share may read besides.
    pub circumstances: Circumstances,
}

/// A case as it stands.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Class A.
    pub case: &'a CaseRow,
    /// Class B.
    pub circumstances: Circumstances,
    /// The objects, in the order of the report.
    pub objects: Vec<ObjectDescription>,
    /// How sure the desk is.
    pub certainty: Certainty,
}

/// Freezes a version of a case.
pub fn freeze(alert_id: AlertId, version: i64, source: Source<'_>, request: DraftRequest, now: Timestamp) -> Frozen {
    let Source { case, circumstances, objects, certainty } = source;
    let urgency = urgency(case.lost_latest, now);
    let export = circumstances.export.as_ref();
    let facts = AlertFacts {
        alert_id,
        case_id: case.id,
        version,
        kind: request.kind,
        reach: request.reach,
        label: case.label,
        event: case.event,
        country: case.country,
        origins: distinct(objects.iter().filter_map(|o| o.origin_country).chain(export.map(|e| e.claiming_state))),
        route: distinct(export.into_iter().flat_map(|e| e.route.iter().copied())),
        destinations: distinct(export.into_iter().flat_map(|e| e.destinations.iter().copied())),
        categories: distinct::<ObjectType>(objects.iter().map(|o| o.object_type)),
        flags: distinct::<ObjectFlag>(objects.iter().flat_map(|o| o.flags.iter().copied())),
        certainty,
        urgency,
    };
    let class_a = case.facts();
    let content = ObjectContent {
        reference: case.reference,
        title: class_a.title,
        language: class_a.language,
        event: class_a.event,
        country: class_a.country,
        loss: class_a.loss,
        certainty,
        urgency,
        message: request.message,
        objects,
    };
    Frozen { facts, content, circumstances }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// How soon partners must act (our reading of CAP 1.2): immediate within 72 hours of the last day it can have happened,
/// expected within 90 days, else past. The whole of that day counts, since nobody knows the hour.
pub fn urgency(latest: CivilDate, now: Timestamp) -> Urgency {
    let days = (now.utc_date() - latest.to_jiff()).get_days();
    match days {
        ..=3 => Urgency::Immediate,
        4..=90 => Urgency::Expected,
        _ => Urgency::Past,
    }
}

/// SHA-256, in hexadecimal, of the JSON of the content with its fields in the order of the type: the same before and
/// after a database that keeps JSON in an order of its own.
pub fn content_sha256(content: &ObjectContent) -> String {
    let canonical = serde_json::to_vec(content).expect("checked text and codes always have a JSON form");
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgency_counts_from_the_end_of_the_last_possible_day() {
        let day = |text: &str| text.parse::<CivilDate>().unwrap();
        let now: Timestamp = "2026-11-23T11:00:00Z".parse().unwrap();
        for (latest, expected) in [
            ("2026-11-24", Urgency::Immediate), // already tomorrow where it happened
            ("2026-11-23", Urgency::Immediate),
            ("2026-11-20", Urgency::Immediate), // its midnight was 59 hours ago
            ("2026-11-19", Urgency::Expected),  // 83 hours ago
            ("2026-08-25", Urgency::Expected),
            ("2026-08-24", Urgency::Past),
            ("1991-01-01", Urgency::Past),
        ] {
            assert_eq!(urgency(day(latest), now), expected, "{latest}");
        }
    }
}
