//! Objects that belong together: a pair is two, a set more than one, and a group is of one kind.

use std::collections::BTreeMap;

use domain::FieldErrors;
use domain::codes::LinkKind;
use domain::object::{Link, ObjectDescription};
use domain::text::Line;

use crate::submit::RawObject;

/// The link of one object.
pub(super) fn parse(e: &mut FieldErrors, at: &str, raw: &RawObject) -> Option<Link> {
    let kind: Option<LinkKind> = e.optional(&format!("{at}/link"), raw.link.as_deref());
    let name: Option<Line> = e.optional(&format!("{at}/link_name"), raw.link_name.as_deref());
    match (kind, name) {
        (Some(kind), Some(name)) => Some(Link { kind, name }),
        (Some(_), None) => {
            e.push(format!("{at}/link_name"), "is required: give all objects that belong together the same name");
            None
        }
        (None, Some(_)) => {
            e.push(format!("{at}/link"), "is required: say how the objects of this name belong together");
            None
        }
        (None, None) => None,
    }
}

/// The groups of a report.
pub(super) fn check(e: &mut FieldErrors, objects: &[(usize, ObjectDescription)]) {
    let mut groups: BTreeMap<&Line, Vec<(usize, LinkKind)>> = BTreeMap::new();
    for (index, object) in objects {
        if let Some(link) = &object.link {
            groups.entry(&link.name).or_default().push((*index, link.kind));
        }
    }
    for (name, members) in groups {
        let (first, kind) = members[0];
        if let Some((other, _)) = members.iter().find(|(_, other)| *other != kind) {
            let message = format!("must be the same for all objects of “{name}”: object {} says {kind}", first + 1);
            e.push(format!("/objects/{other}/link"), message);
        } else if kind == LinkKind::Pair && members.len() != 2 {
            let message = format!("must name two objects: “{name}” is a pair and has {}", members.len());
            e.push(format!("/objects/{first}/link_name"), message);
        } else if members.len() == 1 {
            let message = format!("must name more than one object: “{name}” has no other");
            e.push(format!("/objects/{first}/link_name"), message);
        }
    }
}
