//! Every rule of the form, and that no text whatever makes it panic.

use domain::case::PoliceReference;
use domain::details::Details;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

pub(crate) fn today() -> CivilDate {
    "2026-11-23".parse().unwrap()
}

fn theft() -> Value {
    json!({
        "event": "theft", "title": "Statuette", "language": "fr", "country": "BF",
        "loss": {"earliest": "2026-11-20", "latest": "2026-11-21"},
        "circumstances": {
            "holder": "Musée national", "premises": "museum", "place": "Ouagadougou", "method": "burglary",
            "police_reference": "PV 12"
        },
        "reporter": {"name": "A. Sawadogo", "capacity": "holder"},
        "objects": [{"title": "Statuette", "type": "sculpture", "photographs": "available"}]
    })
}

fn export() -> Value {
    let mut raw = theft();
    raw["event"] = json!("illicit_export");
    raw["export"] = json!({"claiming_state": "BF", "permit": "none", "route": ["GH", ""], "destinations": ["FR"]});
    raw["objects"][0]["origin_country"] = json!("BF");
    raw
}

/// A report of each kind that needs nothing more.
pub(crate) fn of_kind(event: Event) -> Value {
    let mut raw = theft();
    raw["event"] = json!(event.as_str());
    match event {
        Event::IllicitExport => return export(),
        Event::Looting => {
            raw["objects"] = json!([]);
            raw["looting"] = json!({"site": "Apamea, eastern necropolis", "detected_by": "satellite"});
            raw["typology"] = json!({"types": ["coin_medal", "sculpture"], "description": "Coins with fresh earth."});
        }
        Event::Missing => {
            raw["loss"]["discovered"] = json!("2026-11-21");
            raw["missing"] = json!({"inventory": "Register of deposits, 1931"});
            raw["objects"][0]["inventory_number"] = json!("D 12");
        }
        Event::Emergency => {
            raw["objects"] = json!([]);
            raw["emergency"] = json!({"threat": "armed_conflict", "extent": "About 4,000 coins"});
            raw["typology"] = json!({"types": ["coin_medal"], "description": "Coins of the northern mints."});
        }
        Event::Seizure => {
            raw["seizure"] = json!({"authority": "Customs, Lyon", "likely_origins": ["IQ", "SY"], "sent_from": "AE"});
        }
        Event::Sighting => raw["sighting"] = json!({"venue": "auction", "sale_on": "2026-12-03"}),
        Event::Theft | Event::Recovery | Event::Restitution => {}
    }
    if matches!(event, Event::Emergency | Event::Seizure | Event::Sighting) {
        raw["circumstances"]["method"] = json!(null);
        raw["circumstances"]["police_reference"] = json!(null);
    }
    raw
}

fn parsed(raw: &Value) -> Result<NewCase, FieldErrors> {
    parse(&serde_json::from_value(raw.clone()).unwrap(), today())
}

/// `base` with the value at a pointer replaced (null leaves it out).
fn with(mut base: Value, pointer: &str, value: Value) -> Value {
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    base.pointer_mut(parent).unwrap()[field] = value;
    base
}

fn errors(raw: &Value) -> Vec<(String, String)> {
    let found = parsed(raw).err().unwrap_or_default();
    found.as_slice().iter().map(|e| (e.pointer.clone(), e.message.clone())).collect()
}

#[test]
fn a_plain_theft_and_a_plain_illicit_export_are_taken() {
    let case = parsed(&theft()).unwrap();
    assert_eq!(case.facts.label, Label::AmberStrict);
    assert_eq!(case.circumstances.details, Details::Theft);
    let case = parsed(&export()).unwrap();
    let facts = case.circumstances.details.export().unwrap();
    assert_eq!((facts.route.len(), facts.destinations.len()), (1, 1));
}

#[test]
fn an_empty_report_hears_everything_at_once() {
    let found: Vec<_> = errors(&json!({})).into_iter().map(|(pointer, _)| pointer).collect();
    let expected = [
        "/event",
        "/title",
        "/language",
        "/country",
        "/loss/earliest",
        "/loss/latest",
        "/circumstances/holder",
        "/circumstances/premises",
        "/circumstances/place",
        "/circumstances/method",
        "/circumstances/police_reference",
        "/reporter/name",
        "/reporter/capacity",
        "/objects",
    ];
    assert_eq!(found, expected);
}

#[test]
fn every_kind_is_taken_with_its_own_fields_and_refuses_those_of_another() {
    for event in REPORTED {
        let case = parsed(&of_kind(event)).unwrap();
        assert_eq!((case.facts.event, case.circumstances.details.event()), (event, event));
        assert_eq!(case.objects.is_empty(), case.facts.typology.is_some(), "{event}");
        for other in REPORTED.into_iter().filter(|other| !matches!(other, Event::Theft) && *other != event) {
            let part = if other == Event::IllicitExport { "export" } else { other.as_str() };
            let found = errors(&with(of_kind(event), &format!("/{part}"), of_kind(other)[part].clone()));
            assert_eq!(found.len(), 1, "{event} {part} {found:?}");
            assert!(found[0].0 == format!("/{part}") && found[0].1.contains(event.label().to_lowercase().as_str()));
        }
    }
}

#[test]
fn what_a_kind_needs_is_named() {
    for (event, field, pointers) in [
        (Event::Looting, "/looting", &["/looting/site", "/looting/detected_by"][..]),
        (Event::Looting, "/typology", &["/typology/types", "/typology/description"]),
        (Event::Missing, "/missing", &["/missing/inventory"]),
        (Event::Missing, "/loss/discovered", &["/loss/discovered"]),
        (Event::Missing, "/objects/0/inventory_number", &["/objects/0/inventory_number"]),
        (Event::Missing, "/circumstances/police_reference", &["/circumstances/police_reference"]),
        (Event::Emergency, "/emergency", &["/emergency/threat", "/emergency/extent"]),
        (Event::Emergency, "/typology", &["/typology/types", "/typology/description"]),
        (Event::Seizure, "/seizure", &["/seizure/authority"]),
        (Event::Seizure, "/objects", &["/objects"]),
        (Event::Sighting, "/sighting", &["/sighting/venue"]),
    ] {
        let empty = match field {
            "/objects" => json!([]),
            _ if of_kind(event).pointer(field).unwrap().is_object() => json!({}),
            _ => json!(null),
        };
        let found: Vec<_> = errors(&with(of_kind(event), field, empty)).into_iter().map(|(at, _)| at).collect();
        assert_eq!(found, pointers, "{event}");
    }
    let listed = with(of_kind(Event::Emergency), "/objects", theft()["objects"].clone());
    assert_eq!(errors(&listed)[0].0, "/objects");
}

#[test]
fn an_official_source_may_send_the_list_of_a_theft_later() {
    let typology = json!({"types": ["sculpture"], "description": "Heads of laterite."});
    let urgent = with(with(theft(), "/objects", json!([])), "/typology", typology);
    assert_eq!(errors(&urgent).len(), 1, "a holder knows what it holds");
    for capacity in ["permanent_delegation", "national_authority", "police"] {
        assert_eq!(errors(&with(urgent.clone(), "/reporter/capacity", json!(capacity))), [], "{capacity}");
    }
}

#[test]
fn objects_that_belong_together_say_so_alike() {
    let linked = |links: &[(&str, &str)]| {
        let objects: Vec<_> = links
            .iter()
            .map(|(kind, name)| {
                let mut object = theft()["objects"][0].clone();
                object["link"] = json!(kind);
                object["link_name"] = json!(name);
                object
            })
            .collect();
        errors(&with(theft(), "/objects", json!(objects))).into_iter().map(|(at, _)| at).collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    assert_eq!(linked(&[("pair", "A"), ("pair", "A"), ("", "")]), none);
    assert_eq!(linked(&[("set", "tea"), ("set", "tea"), ("set", "tea")]), none);
    assert_eq!(linked(&[("pair", "A"), ("pair", "A"), ("pair", "A")]), ["/objects/0/link_name"]);
    assert_eq!(linked(&[("set", "A")]), ["/objects/0/link_name"]);
    assert_eq!(linked(&[("set", "A"), ("stolen_together", "A")]), ["/objects/1/link"]);
    assert_eq!(linked(&[("set", ""), ("", "A")]), ["/objects/0/link_name", "/objects/1/link"]);
}

#[test]
fn each_rule_names_its_field_and_says_what_to_do() {
    let t = theft;
    for (raw, pointer, message) in [
        (
            with(t(), "/event", json!("recovery")),
            "/event",
            "recovery is told by a version of an alert, not reported; reported are theft, illicit_export, looting, \
             missing, emergency, seizure, sighting",
        ),
        (with(t(), "/country", json!("XX")), "/country", "not an ISO 3166-1 alpha-2 country code: \"XX\""),
        (
            with(t(), "/title", json!("a\u{202e}b")),
            "/title",
            "must not contain control or text-direction characters (found U+202E)",
        ),
        (
            with(t(), "/label", json!("secret")),
            "/label",
            "must be one of TLP:CLEAR, TLP:GREEN, TLP:AMBER, TLP:AMBER+STRICT, TLP:RED",
        ),
        (with(t(), "/loss/latest", json!("2026-11-19")), "/loss/latest", "must not be before the earliest day"),
        (with(t(), "/loss/latest", json!("2026-11-25")), "/loss/latest", "must not be in the future"),
        (with(t(), "/loss/discovered", json!("2026-11-19")), "/loss/discovered", "must not be before the earliest day"),
        (
            with(t(), "/circumstances/subdivision", json!("FR-75")),
            "/circumstances/subdivision",
            "must be a part of BF, is one of FR",
        ),
        (
            with(t(), "/circumstances/police_reference", json!(" ")),
            "/circumstances/police_reference",
            "is required: write the police reference, or tick \"not yet\"",
        ),
        (
            with(t(), "/circumstances/police_reference_not_yet", json!(true)),
            "/circumstances/police_reference",
            "is given although \"not yet\" is ticked: leave one of them out",
        ),
        (
            with(t(), "/circumstances/authority_informed_on", json!("2027-01-01")),
            "/circumstances/authority_informed_on",
            "must not be in the future",
        ),
        (
            with(t(), "/reporter/email", json!("a@b")),
            "/reporter/email",
            "must be an e-mail address such as alerts@example.org (the part after the @ is not a domain name in ASCII)",
        ),
        (with(t(), "/objects", json!([])), "/objects", "must have at least one object"),
        (with(t(), "/objects/0/photographs", json!(null)), "/objects/0/photographs", "is required"),
        (
            with(t(), "/objects/0/flags", json!(["inventoried"])),
            "/objects/0/inventory_number",
            "is required, because the object is marked as inventoried",
        ),
        (
            with(t(), "/objects/0/measurements", json!([{"unit": "cm"}, {"dimension": "height", "unit": "cm"}])),
            "/objects/0/measurements/1/value",
            "is required",
        ),
        (
            with(t(), "/objects/0/measurements", json!([{"dimension": "height", "value": "2", "unit": "kg"}])),
            "/objects/0/measurements/0/unit",
            "must be a unit of length: mm, cm, m, in or ft, and kg is not",
        ),
        (
            with(with(t(), "/objects/0/made_from", json!("1900")), "/objects/0/made_to", json!("-100")),
            "/objects/0/made_to",
            "must not be before the first year",
        ),
        (
            with(t(), "/objects/0/date_documented", json!("2026")),
            "/objects/0/date_documented",
            "must be a date such as 2026-11-23",
        ),
        (
            with(t(), "/export", json!({"permit": "none"})),
            "/export",
            "is only for the event “illicit export”, and this is “theft”",
        ),
        (with(export(), "/export/claiming_state", json!("")), "/export/claiming_state", "is required"),
        (with(export(), "/export/permit", json!(null)), "/export/permit", "is required"),
        (
            with(export(), "/export/route", json!(["GH", "ZZ"])),
            "/export/route/1",
            "not an ISO 3166-1 alpha-2 country code: \"ZZ\"",
        ),
        (
            with(export(), "/objects/0/origin_country", json!(null)),
            "/objects/0/origin_country",
            "is required for an illicit export: the country the object comes from",
        ),
    ] {
        assert_eq!(errors(&raw), [(pointer.to_owned(), message.to_owned())]);
    }
}

#[test]
fn what_is_unusual_and_allowed_is_taken() {
    let t = theft;
    for raw in [
        with(t(), "/label", json!("TLP:RED")),
        with(t(), "/loss/latest", json!("2026-11-24")), // today in Kiribati
        with(t(), "/circumstances/subdivision", json!("BF-KAD")),
        with(
            t(),
            "/objects/0/measurements",
            json!([{"unit": "cm"}, {"dimension": "height", "value": "27,5", "unit": "cm"}]),
        ),
        with(t(), "/export", json!({"claiming_state": " ", "route": ["", " "]})),
    ] {
        assert_eq!(errors(&raw), []);
    }
    let raw = with(t(), "/circumstances/police_reference", json!(null));
    let case = parsed(&with(raw, "/circumstances/police_reference_not_yet", json!(true))).unwrap();
    assert_eq!(case.circumstances.police_reference, PoliceReference::NotYet);
}

#[test]
fn a_mass_looting_fits_and_more_is_refused_before_it_is_read() {
    let objects = |count: usize| json!(vec![theft()["objects"][0].clone(); count]);
    assert_eq!(parsed(&with(theft(), "/objects", objects(2_000))).unwrap().objects.len(), 2_000);
    let many = vec![json!({}); 2_001];
    assert_eq!(errors(&with(theft(), "/objects", json!(many))).len(), 1);
}

/// Any text in any field, or none.
fn any_report() -> impl Strategy<Value = SubmitCase> {
    let text = || {
        proptest::option::of(prop_oneof![any::<String>(), "[0-9-]{0,12}", "[a-z_]{0,8}", "[A-Z]{2}(-[A-Z0-9]{1,3})?"])
    };
    let texts = proptest::collection::vec(text(), 20);
    (texts, any::<bool>(), proptest::collection::vec(proptest::collection::vec(text(), 24), 0..4), any::<bool>())
        .prop_map(|(t, not_yet, objects, illicit)| {
            let t = |index: usize| t[index].clone();
            let mut raw = SubmitCase {
                event: if illicit { Some("illicit_export".to_owned()) } else { t(0) },
                title: t(1),
                language: t(2),
                label: t(3),
                country: t(4),
                loss: RawLoss { earliest: t(5), latest: t(6), discovered: t(7) },
                reporter: RawReporter { name: t(8), capacity: t(9), email: t(10), telephone: t(11) },
                ..SubmitCase::default()
            };
            raw.circumstances.subdivision = t(12);
            raw.circumstances.police_reference = t(13);
            raw.circumstances.police_reference_not_yet = not_yet;
            raw.circumstances.authority_informed_on = t(14);
            raw.circumstances.narrative = t(15);
            raw.export.claiming_state = t(16);
            raw.export.route = [t(17), t(18)].into_iter().flatten().collect();
            raw.objects = objects.into_iter().map(|t| any_object(&t)).collect();
            raw
        })
}

fn any_object(t: &[Option<String>]) -> RawObject {
    let mut object = RawObject {
        title: t[0].clone(),
        photographs: t[1].clone(),
        object_type: t[2].clone(),
        origin_country: t[3].clone(),
        date_documented: t[4].clone(),
        description: t[5].clone(),
        ..Default::default()
    };
    object.flags = t[6..12].iter().flatten().cloned().collect();
    object.measurements = t[12..]
        .chunks(3)
        .map(|t| crate::submit::RawMeasurement { dimension: t[0].clone(), value: t[1].clone(), unit: t[2].clone() })
        .collect();
    object
}

proptest! {
    #[test]
    fn no_text_whatever_makes_it_panic(raw in any_report()) {
        if let Err(errors) = parse(&raw, today()) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.as_slice().iter().all(|e| e.pointer.starts_with('/') && !e.message.is_empty()));
        }
    }
}
