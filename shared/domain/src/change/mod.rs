//! What a version of an alert changes against an earlier one, field by field. Pure.
//!
//! [`changes`] is handed what a reader may see of either version ([`Seen`]), so that it cannot tell of a field that is
//! above the reader's share: of a reader who was shown object data alone before or is now, circumstances are never
//! compared. Values stay what they are ([`Value`]): whoever shows them says them in the reader's language.

mod fields;

pub use fields::{Field, Value};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::alert::ObjectContent;
use crate::case::Circumstances;
use crate::codes::AlertKind;
use crate::label::Label;

/// One version as a reader sees it.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The label of the reader's share.
    pub label: Label,
    /// Class A.
    pub content: &'a ObjectContent,
    /// Class B, for a reader with the full share.
    pub circumstances: Option<&'a Circumstances>,
    /// The numbers of the objects that the version's photographs show, one for each photograph.
    pub photographs: &'a [i64],
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub field: Field,
    /// Of which object, by its number; none for the case.
    pub object: Option<i64>,
    /// What it was; none: there was nothing.
    pub before: Option<Value>,
    /// What it is; none: it was taken away.
    pub after: Option<Value>,
}

/// A field that changed, without what it was and is: what rules look at, and what travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Changed {
    /// Which.
    pub field: Field,
    /// Of which object, by its number; none for the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<i64>,
}

impl From<&Change> for Changed {
    fn from(change: &Change) -> Self {
        Self { field: change.field, object: change.object }
    }
}

impl AlertKind {
    /// Whether a version of this kind tells the whole case, so that a later one can be compared with it. A recovery
    /// tells of what is back, and a cancel of nothing any more.
    pub fn tells_all(self) -> bool {
        match self {
            Self::Alert | Self::Update | Self::ExpertRequest => true,
            Self::Cancel | Self::Recovery | Self::Restitution | Self::Exercise => false,
        }
    }
}

/// What changed for a reader, in the order a mail tells it: the case, its circumstances, its objects.
pub fn changes(before: Seen<'_>, after: Seen<'_>) -> Vec<Change> {
    let mut all = Vec::new();
    differ(&mut all, None, fields::of_case(before), fields::of_case(after));
    // Circumstances that a reader sees for the first time are no change: the mail shows them as they are.
    if let (Some(old), Some(new)) = (before.circumstances, after.circumstances) {
        differ(&mut all, None, fields::of_circumstances(old), fields::of_circumstances(new));
    }
    // An object keeps its number: objects join at the end of the list, and leave from there.
    let count = before.content.objects.len().max(after.content.objects.len());
    for index in 0..count {
        let number = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
        match (before.content.objects.get(index), after.content.objects.get(index)) {
            (Some(old), Some(new)) => {
                differ(&mut all, Some(number), fields::of_object(old), fields::of_object(new));
                differ(&mut all, Some(number), photographs(before, number), photographs(after, number));
            }
            (None, Some(new)) => all.push(Change {
                field: Field::ObjectAdded,
                object: Some(number),
                before: None,
                after: Some(Value::Text(new.title.to_string())),
            }),
            (Some(old), None) => all.push(Change {
                field: Field::ObjectTakenOut,
                object: Some(number),
                before: Some(Value::Text(old.title.to_string())),
                after: None,
            }),
            (None, None) => {}
        }
    }
    all
}

/// How many photographs show an object.
fn photographs(seen: Seen<'_>, number: i64) -> Vec<(Field, Value)> {
    let count = seen.photographs.iter().filter(|of| **of == number).count();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    if count == 0 { Vec::new() } else { vec![(Field::PhotographsShown, Value::Count(count))] }
}

/// Adds what two lists of fields do not have in common, in the order of the later one.
fn differ(all: &mut Vec<Change>, object: Option<i64>, before: Vec<(Field, Value)>, after: Vec<(Field, Value)>) {
    let mut order: Vec<Field> = after.iter().chain(&before).map(|(field, _)| *field).collect();
    let mut seen = std::collections::HashSet::new();
    order.retain(|field| seen.insert(*field));
    let value = |list: &[(Field, Value)], field| list.iter().find(|(one, _)| *one == field).map(|(_, v)| v.clone());
    for field in order {
        let (before, after) = (value(&before, field), value(&after, field));
        if before != after {
            all.push(Change { field, object, before, after });
        }
    }
}

#[cfg(test)]
mod tests;
