//! Every rule of the form, and that no text whatever makes it panic.

use domain::case::PoliceReference;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn today() -> CivilDate {
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
    assert!(case.circumstances.export.is_none());
    let case = parsed(&export()).unwrap();
    let facts = case.circumstances.export.unwrap();
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
fn each_rule_names_its_field_and_says_what_to_do() {
    let t = theft;
    for (raw, pointer, message) in [
        (
            with(t(), "/event", json!("looting")),
            "/event",
            "looting is not taken yet; a theft and an illicit export are",
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
            with(t(), "/objects/0/date_documented", json!("2026")),
            "/objects/0/date_documented",
            "must be a date such as 2026-11-23",
        ),
        (
            with(t(), "/export", json!({"permit": "none"})),
            "/export",
            "is only for an illicit export, and this is a theft",
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
