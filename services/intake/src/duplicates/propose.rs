//! Whether two reports may be about one event, and why. Pure, and the same whichever report is looked at first.
//!
//! It only ever proposes: no evidence is strong enough to merge by itself, because a museum can lose the same cup
//! twice, and a merge decides who is told.

use std::collections::BTreeMap;

use domain::codes::Dimension;
use domain::duplicate::{Evidence, LikeBy, Sides};
use domain::photo::ALIKE;

use super::report::{LONGEST_LOSS_DAYS, Report, ReportedObject, folded};

/// The most reasons of one kind that are shown; a looting of thousands needs no thousand lines to be recognised.
const MOST: usize = 20;

/// How far two measurements of one thing may lie apart: in parts of the greater, and at least in millimetres or grams.
const TOLERANCE: (f64, f64) = (0.05, 5.0);

/// A police number of fewer characters is one that many forces give in one year.
const LEAST_REFERENCE: usize = 4;

/// Why two reports may be about one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The reasons, the strongest kinds first; at least one.
    pub evidence: Vec<Evidence>,
}

/// Why these reports may be about one event; nothing if nothing says so. The first one is taken as the earlier.
pub fn propose(earlier: &Report, later: &Report) -> Option<Proposal> {
    if earlier.case_id == later.case_id {
        return None;
    }
    let mut evidence = inventory(earlier, later);
    evidence.extend(police(earlier, later));
    evidence.extend(photographs(earlier, later));
    evidence.extend(likeness(earlier, later));
    evidence.extend(loss(earlier, later));
    (!evidence.is_empty()).then_some(Proposal { evidence })
}

fn same(one: &domain::text::Line, other: &domain::text::Line) -> bool {
    folded(one).is_some_and(|one| folded(other) == Some(one))
}

/// The same number in the inventory of one holder, or reported twice by one institution.
fn inventory(a: &Report, b: &Report) -> Vec<Evidence> {
    if a.institution_id != b.institution_id && !same(&a.holder, &b.holder) {
        return Vec::new();
    }
    pairs(a, b, |object| object.inventory_number.as_ref().and_then(folded))
        .filter_map(|(one, other)| {
            let (one_number, other_number) = one.inventory_number.clone().zip(other.inventory_number.clone())?;
            Some(Evidence::Inventory {
                holder: Sides { earlier: a.holder.clone(), later: b.holder.clone() },
                number: Sides { earlier: one_number, later: other_number },
                object: ordinals(one, other),
            })
        })
        .take(MOST)
        .collect()
}

fn police(a: &Report, b: &Report) -> Option<Evidence> {
    let (one, other) = a.police_reference.as_ref().zip(b.police_reference.as_ref())?;
    let long = folded(one).is_some_and(|folded| folded.chars().count() >= LEAST_REFERENCE);
    (a.country == b.country && long && same(one, other))
        .then(|| Evidence::PoliceReference { reference: Sides { earlier: one.clone(), later: other.clone() } })
}

fn photographs(a: &Report, b: &Report) -> Vec<Evidence> {
    let of = |report: &Report| -> Vec<_> {
        let each =
            |object: &ReportedObject| object.photos.iter().map(|photo| (object.ordinal, *photo)).collect::<Vec<_>>();
        report.objects.iter().flat_map(each).filter(|(_, (_, looks))| looks.is_telling()).collect()
    };
    let theirs = of(b);
    let mut found = Vec::new();
    for (one, (photo, looks)) in of(a) {
        for (other, (other_photo, other_looks)) in &theirs {
            let distance = looks.distance(*other_looks);
            if distance <= ALIKE {
                found.push(Evidence::Photograph {
                    photo: Sides { earlier: photo, later: *other_photo },
                    object: Sides { earlier: one, later: *other },
                    distance,
                });
            }
        }
    }
    // Which ones are left out must not depend on whose photographs are walked over first.
    found.sort_by_key(|evidence| match evidence {
        Evidence::Photograph { photo, distance, .. } => {
            (*distance, photo.earlier.min(photo.later), photo.earlier.max(photo.later))
        }
        _ => unreachable!("only photographs were pushed"),
    });
    found.truncate(MOST);
    found
}

/// Objects of one type and size, by one maker or of one title.
fn likeness(a: &Report, b: &Report) -> Vec<Evidence> {
    let keyed = |by: LikeBy| {
        move |object: &ReportedObject| {
            let text = match by {
                LikeBy::Maker => object.maker.as_ref().and_then(folded),
                LikeBy::Title => folded(&object.title),
            };
            text.map(|text| format!("{} {text}", object.object_type))
        }
    };
    let mut found = Vec::new();
    for by in [LikeBy::Maker, LikeBy::Title] {
        let alike = pairs(a, b, keyed(by)).filter_map(|(one, other)| {
            let measurements = compared(one, other)?;
            let text = match by {
                LikeBy::Maker => Sides { earlier: one.maker.clone()?, later: other.maker.clone()? },
                LikeBy::Title => Sides { earlier: one.title.clone(), later: other.title.clone() },
            };
            Some(Evidence::Likeness {
                object_type: one.object_type,
                by,
                text,
                measurements,
                object: ordinals(one, other),
            })
        });
        found.extend(alike.take(MOST));
    }
    found
}

/// The measurements of two objects side by side, if they have some in common and all of those agree.
fn compared(one: &ReportedObject, other: &ReportedObject) -> Option<Sides<String>> {
    let mut sides = Sides { earlier: Vec::new(), later: Vec::new() };
    for dimension in Dimension::ALL {
        let of = |object: &'_ ReportedObject| {
            object.measurements.iter().find(|m| m.dimension() == *dimension).map(|m| (m.base(), described(m)))
        };
        let Some(((ours, text), (theirs, other_text))) = of(one).zip(of(other)) else { continue };
        if (ours - theirs).abs() > TOLERANCE.1.max(TOLERANCE.0 * ours.max(theirs)) {
            return None;
        }
        sides.earlier.push(text);
        sides.later.push(other_text);
    }
    (!sides.earlier.is_empty()).then(|| Sides { earlier: sides.earlier.join(", "), later: sides.later.join(", ") })
}

fn described(m: &domain::object::Measurement) -> String {
    format!("{} {}", m.dimension().label().to_lowercase(), m.for_reader("."))
}

/// Lost at one place or from one holder within the same days.
fn loss(a: &Report, b: &Report) -> Option<Evidence> {
    let short = |r: &Report| (r.latest.to_jiff() - r.earliest.to_jiff()).get_days() <= LONGEST_LOSS_DAYS;
    let overlap = a.earliest <= b.latest && b.earliest <= a.latest;
    let there = same(&a.place, &b.place) || same(&a.holder, &b.holder);
    (a.country == b.country && short(a) && short(b) && overlap && there).then(|| {
        let days = |r: &Report| format!("{} to {}", r.earliest, r.latest);
        Evidence::Loss {
            place: Sides { earlier: a.place.clone(), later: b.place.clone() },
            days: Sides { earlier: days(a), later: days(b) },
        }
    })
}

fn ordinals(one: &ReportedObject, other: &ReportedObject) -> Sides<i64> {
    Sides { earlier: one.ordinal, later: other.ordinal }
}

/// The pairs of objects that share a key: found by a map, since two lists of thousands would make millions. Which
/// ones, and in which order, is the same from both sides.
fn pairs<'a>(
    a: &'a Report,
    b: &'a Report,
    key: impl Fn(&ReportedObject) -> Option<String>,
) -> impl Iterator<Item = (&'a ReportedObject, &'a ReportedObject)> {
    let mut by_key: BTreeMap<String, (Vec<&ReportedObject>, Vec<&ReportedObject>)> = BTreeMap::new();
    for object in &a.objects {
        if let Some(key) = key(object) {
            by_key.entry(key).or_default().0.push(object);
        }
    }
    for object in &b.objects {
        if let Some(key) = key(object) {
            by_key.entry(key).or_default().1.push(object);
        }
    }
    let mut found = Vec::new();
    for (ours, theirs) in by_key.values() {
        // A hoard of coins of one title: the first of them are enough to recognise it.
        for one in ours.iter().take(MOST) {
            found.extend(theirs.iter().take(MOST).map(|other| (*one, *other)));
        }
    }
    let first = a.case_id < b.case_id;
    found.sort_by_key(|(one, other)| {
        let (one, other) = (one.ordinal, other.ordinal);
        (one + other, one.min(other), if first { one } else { other })
    });
    found.into_iter()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
