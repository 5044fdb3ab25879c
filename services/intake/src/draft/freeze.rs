//! What an alert version says, as the case stands at this moment: it stays so whatever happens to the case later. Pure.

use domain::Timestamp;
use domain::alert::{AlertFacts, ObjectContent};
use domain::case::Circumstances;
use domain::codes::{Certainty, ObjectFlag, ObjectType};
use domain::ids::AlertId;
use domain::object::ObjectDescription;
use sha2::{Digest, Sha256};
use store::cases::CaseRow;

use super::decide::DraftRequest;
use super::urgency::urgency;

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
    let class_a = case.facts();
    let details = &circumstances.details;
    let urgency = urgency(details, class_a.loss, now);
    let typology = class_a.typology;
    let facts = AlertFacts {
        alert_id,
        case_id: case.id,
        version,
        kind: request.kind,
        reach: request.reach,
        label: case.label,
        event: case.event,
        country: case.country,
        origins: distinct(objects.iter().filter_map(|o| o.origin_country).chain(details.origins())),
        route: distinct(details.route().into_iter()),
        destinations: distinct(details.destinations().into_iter()),
        categories: distinct::<ObjectType>(
            objects.iter().map(|o| o.object_type).chain(typology.iter().flat_map(|t| t.types.iter().copied())),
        ),
        flags: distinct::<ObjectFlag>(objects.iter().flat_map(|o| o.flags.iter().copied())),
        loss: case.facts().loss,
        certainty,
        urgency,
    };
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
        typology,
        objects,
    };
    Frozen { facts, content, circumstances }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// SHA-256, in hexadecimal, of the JSON of the content with its fields in the order of the type: the same before and
/// after a database that keeps JSON in an order of its own.
pub fn content_sha256(content: &ObjectContent) -> String {
    let canonical = serde_json::to_vec(content).expect("checked text and codes always have a JSON form");
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}
