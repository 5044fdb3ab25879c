use super::*;
use crate::case::{LossInterval, PoliceReference};
use crate::codes::{Certainty, Event, LossMethod, ObjectType, Photographs, Premises, Urgency};
use crate::details::Details;
use crate::object::ObjectDescription;

fn object(title: &str) -> ObjectDescription {
    ObjectDescription {
        title: title.parse().unwrap(),
        photographs: Photographs::None,
        object_type: ObjectType::Sculpture,
        type_detail: None,
        materials: None,
        measurements: Vec::new(),
        inscriptions: None,
        distinguishing_features: None,
        subject: None,
        date_or_period: None,
        dated: None,
        maker: None,
        description: None,
        inventory_number: None,
        related_material: None,
        origin_country: None,
        origin_text: None,
        related_objects: None,
        link: None,
        date_documented: None,
        flags: Vec::new(),
    }
}

fn content() -> ObjectContent {
    ObjectContent {
        reference: "TOC-2026-000001".parse().unwrap(),
        title: "Head".parse().unwrap(),
        language: crate::Language::FRENCH,
        event: Event::Theft,
        country: "BF".parse().unwrap(),
        loss: LossInterval {
            earliest: "2026-11-01".parse().unwrap(),
            latest: "2026-11-20".parse().unwrap(),
            discovered: None,
        },
        certainty: Certainty::Likely,
        urgency: Urgency::Expected,
        message: None,
        typology: None,
        objects: vec![object("Head"), object("Hand")],
        named: Vec::new(),
        others_missing: 0,
    }
}

fn circumstances() -> Circumstances {
    Circumstances {
        holder: "Museum".parse().unwrap(),
        premises: Premises::Museum,
        subdivision: None,
        place: "Hall 2".parse().unwrap(),
        method: LossMethod::Stolen,
        police_reference: PoliceReference::NotYet,
        authority_informed: None,
        authority_informed_on: None,
        narrative: None,
        details: Details::Theft,
    }
}

fn seen<'a>(content: &'a ObjectContent, circumstances: Option<&'a Circumstances>, photographs: &'a [i64]) -> Seen<'a> {
    Seen { label: Label::Amber, content, circumstances, photographs }
}

fn told(changes: &[Change]) -> Vec<(&'static str, Option<i64>, String, String)> {
    let say = |value: &Option<Value>| value.as_ref().map_or_else(String::new, ToString::to_string);
    changes.iter().map(|c| (c.field.as_str(), c.object, say(&c.before), say(&c.after))).collect()
}

#[test]
fn the_same_version_changes_nothing() {
    let (content, facts) = (content(), circumstances());
    let one = seen(&content, Some(&facts), &[1, 1]);
    assert_eq!(changes(one, one), []);
}

#[test]
fn each_field_is_told_with_what_it_was_and_is() {
    let (old, facts) = (content(), circumstances());
    let mut new = content();
    new.certainty = Certainty::Observed;
    new.country = "ML".parse().unwrap();
    new.loss.discovered = Some("2026-11-21".parse().unwrap());
    new.objects[1].materials = Some("laterite".parse().unwrap());
    new.objects.push(object("Foot"));
    let mut more = circumstances();
    more.police_reference = PoliceReference::Known("PV 12".parse().unwrap());
    let found = changes(seen(&old, Some(&facts), &[]), seen(&new, Some(&more), &[1, 1, 3]));
    let expected = [
        ("country", None, "Burkina Faso", "Mali"),
        ("discovered", None, "", "2026-11-21"),
        ("certainty", None, Certainty::Likely.label(), Certainty::Observed.label()),
        ("police_reference", None, "", "PV 12"),
        ("photographs_shown", Some(1), "", "2"),
        ("materials", Some(2), "", "laterite"),
        ("object_added", Some(3), "", "Foot"),
    ];
    assert_eq!(told(&found), expected.map(|(f, o, b, a)| (f, o, b.to_owned(), a.to_owned())));
    // And the other way round, what was there is gone.
    let back = changes(seen(&new, Some(&more), &[1, 1, 3]), seen(&old, Some(&facts), &[]));
    assert_eq!(back.len(), found.len());
    assert!(back.iter().any(|c| c.field == Field::ObjectTakenOut && c.object == Some(3) && c.after.is_none()));
}

#[test]
fn circumstances_are_compared_only_where_a_reader_saw_them_before_and_does_now() {
    let content = content();
    let facts = circumstances();
    let mut more = circumstances();
    more.place = "PLACE-CANARY".parse().unwrap();
    for (before, after, count) in
        [(Some(&facts), Some(&more), 1), (None, Some(&more), 0), (Some(&facts), None, 0), (None, None, 0)]
    {
        let found = changes(seen(&content, before, &[]), seen(&content, after, &[]));
        assert_eq!(found.len(), count);
        assert!(found.iter().all(|change| change.field.is_circumstance()));
    }
}

#[test]
fn every_field_of_the_circumstances_counts_as_one_and_no_other() {
    let first = Field::ALL.iter().position(|field| field.is_circumstance()).unwrap();
    let last = Field::ALL.iter().rposition(|field| field.is_circumstance()).unwrap();
    assert_eq!((Field::ALL[first], Field::ALL[last]), (Field::Holder, Field::SaleOn));
    let facts = circumstances();
    assert!(fields::of_circumstances(&facts).iter().all(|(field, _)| field.is_circumstance()));
    let content = content();
    let class_a = fields::of_case(seen(&content, None, &[])).into_iter().chain(fields::of_object(&content.objects[0]));
    assert!(class_a.into_iter().all(|(field, _)| !field.is_circumstance()));
}
