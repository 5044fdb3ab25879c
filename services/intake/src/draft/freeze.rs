//! What an alert version says, as the case stands at this moment: it stays so whatever happens to the case later. Pure.

use domain::alert::{AlertFacts, ObjectContent};
use domain::case::Circumstances;
use domain::change::Seen;
use domain::codes::{AlertKind, Certainty, ObjectFlag, ObjectStatus, ObjectType};
use domain::ids::AlertId;
use domain::object::ObjectDescription;
use domain::{Label, Timestamp};
use sha2::{Digest, Sha256};
use store::cases::CaseRow;

use super::decide::DraftRequest;
use super::urgency::urgency;
use crate::changes::changed;

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
    /// The objects, in the order of the report, with their numbers and where they stand.
    pub objects: Vec<(i64, ObjectStatus, ObjectDescription)>,
    /// How sure the desk is.
    pub certainty: Certainty,
    /// The numbers of the objects that the photographs show, one for each photograph.
    pub photographs: Vec<i64>,
    /// For an update: the last version that told the whole case.
    pub before: Option<Before>,
}

/// What partners were told before.
#[derive(Clone, Debug)]
pub struct Before {
    /// The label of the full share.
    pub label: Label,
    /// Class A.
    pub content: ObjectContent,
    /// Class B.
    pub circumstances: Option<Circumstances>,
    /// The numbers of the objects that the photographs showed.
    pub photographs: Vec<i64>,
}

/// Freezes a version of a case.
pub fn freeze(alert_id: AlertId, version: i64, source: Source<'_>, request: DraftRequest, now: Timestamp) -> Frozen {
    let Source { case, circumstances, objects, certainty, photographs, before } = source;
    let (objects, others_missing) = about(&request, objects);
    let class_a = case.facts();
    let details = &circumstances.details;
    let urgency = urgency(details, class_a.loss, now);
    let typology = class_a.typology;
    let mut facts = AlertFacts {
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
        changed: Vec::new(),
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
        named: request.named,
        others_missing,
    };
    if let Some(before) = before {
        facts.changed = changed(
            Seen {
                label: before.label,
                content: &before.content,
                circumstances: before.circumstances.as_ref(),
                photographs: &before.photographs,
            },
            Seen {
                label: case.label,
                content: &content,
                circumstances: Some(&circumstances),
                photographs: &photographs,
            },
        );
    }
    Frozen { facts, content, circumstances }
}

/// The objects a version is about, and how many of the others are searched for still. A recovery that names none is
/// about all that are not back yet.
fn about(
    request: &DraftRequest,
    objects: Vec<(i64, ObjectStatus, ObjectDescription)>,
) -> (Vec<ObjectDescription>, i64) {
    let all_back = !objects.iter().any(|(_, status, _)| status.check(ObjectStatus::Recovered).is_ok());
    let is_meant = |number: i64, status: ObjectStatus| match request.kind {
        _ if !request.named.is_empty() => request.named.contains(&number),
        AlertKind::Recovery => all_back || status.check(ObjectStatus::Recovered).is_ok(),
        _ => true,
    };
    let (mut of_this, mut others) = (Vec::new(), 0);
    for (number, status, object) in objects {
        if is_meant(number, status) {
            of_this.push(object);
        } else if status.is_searched_for() {
            others += 1;
        }
    }
    (of_this, others)
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    items.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// SHA-256, in hexadecimal, of the JSON of the content with its fields in the order of the type: the same before and
/// after a database that keeps JSON in an order of its own.
pub fn content_sha256(content: &ObjectContent) -> String {
    let canonical = serde_json::to_vec(content).expect("checked text and codes always have a JSON form");
    hex::encode(Sha256::digest(canonical))
}
