//! An alert version as CAP 1.2 (OASIS Common Alerting Protocol), for systems that take alerts by themselves.
//!
//! Two functions for two shares: [`object_data`] cannot be given class B, so nothing it writes can hold it.
//!
//! How we read CAP: a notice that the objects are back is an Update with "AllClear" and not a Cancel, which says that
//! the alert was wrong; the certainty is how sure the desk is; the severity follows from law, number and danger, never
//! from a price; there is no `expires`, because stolen objects are searched for over decades.

use std::fmt::Write;

use domain::alert::{ObjectContent, label_of_share};
use domain::case::Circumstances;
use domain::codes::{AlertKind, Certainty, ObjectFlag, Share, Urgency};
use domain::object::ObjectDescription;
use domain::{Interface, Label, Timestamp};
use serde_json::Value;

use crate::words::Words;
use crate::xml::Xml;
use crate::{Message, Released};

const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";
/// The objects whose fields are given one by one; the rest is counted.
const MAX_OBJECTS: usize = 100;
/// The longest headline (CAP 1.2, 3.2.2).
const MAX_HEADLINE: usize = 160;

impl Message {
    /// Unique over the world, without space, comma, `<` or `&` (CAP 1.2, 3.2.1).
    fn sender(&self) -> String {
        format!("urn:uuid:{}", self.institution.as_uuid())
    }

    fn reference(&self) -> String {
        format!("{},{},{}", self.sender(), self.id, time(self.sent))
    }
}

/// For recipients of the object data alone.
pub fn object_data(released: &Released<'_>) -> String {
    write(released, Share::ObjectData, &[])
}

/// For recipients of the full share.
pub fn full(released: &Released<'_>, circumstances: &Circumstances) -> String {
    let mut parameters = Vec::new();
    let body = serde_json::to_value(circumstances).expect("circumstances are plain data and always have a JSON form");
    flatten("circumstances", &body, &mut parameters);
    write(released, Share::Full, &parameters)
}

/// Every text of a body with the path that leads to it.
fn flatten(path: &str, body: &Value, into: &mut Vec<(String, String)>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(&format!("{path}.{name}"), value, into);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| flatten(path, item, into)),
        Value::String(text) => into.push((path.to_owned(), text.clone())),
        Value::Bool(_) | Value::Number(_) => into.push((path.to_owned(), body.to_string())),
        Value::Null => {}
    }
}

fn write(released: &Released<'_>, share: Share, circumstances: &[(String, String)]) -> String {
    let Released { message, earlier, kind, content, .. } = released;
    let label = label_of_share(released.label, share);
    let mut xml = Xml::new("alert", &[("xmlns", NAMESPACE)]);
    xml.leaf("identifier", &[], message.id);
    xml.leaf("sender", &[], message.sender());
    xml.leaf("sent", &[], time(message.sent));
    xml.leaf("status", &[], if *kind == AlertKind::Exercise { "Exercise" } else { "Actual" });
    xml.leaf("msgType", &[], message_type(*kind, earlier.is_empty()));
    if label == Label::Clear {
        xml.leaf("scope", &[], "Public");
    } else {
        xml.leaf("scope", &[], "Restricted");
        xml.leaf("restriction", &[], label);
    }
    xml.leaf("code", &[], label);
    if !earlier.is_empty() {
        xml.leaf("references", &[], earlier.iter().map(Message::reference).collect::<Vec<_>>().join(" "));
    }
    xml.leaf("incidents", &[], content.reference);
    for language in Words::LANGUAGES {
        info(&mut xml, released, language, circumstances);
    }
    xml.finish()
}

fn message_type(kind: AlertKind, first: bool) -> &'static str {
    match kind {
        AlertKind::Cancel => "Cancel",
        _ if first => "Alert",
        _ => "Update",
    }
}

/// One block a language: what we say is translated, what the report says stands in its own language and is said to.
fn info(xml: &mut Xml, released: &Released<'_>, language: Interface, circumstances: &[(String, String)]) {
    let Released { kind, content, facts, .. } = released;
    let words = Words::of(language);
    xml.open("info", &[]);
    xml.leaf("language", &[], language.as_str());
    xml.leaf("category", &[], "Security");
    xml.leaf("event", &[], words.event(content.event));
    xml.leaf("responseType", &[], response(*kind));
    xml.leaf("urgency", &[], urgency(content.urgency));
    xml.leaf("severity", &[], severity(&facts.flags, content.objects.len()));
    xml.leaf("certainty", &[], certainty(content.certainty));
    xml.leaf("senderName", &[], "Tocsin");
    let headline = format!("{} · {} · {}", words.kind(*kind), words.event(content.event), content.title);
    xml.leaf("headline", &[], headline.chars().take(MAX_HEADLINE).collect::<String>());
    xml.leaf("description", &[], description(content, words));
    xml.leaf("instruction", &[], words.instruction(*kind));
    parameter(xml, "case.reference", content.reference);
    parameter(xml, "alert.version", facts.version);
    parameter(xml, "text.language", content.language);
    parameter(xml, "loss.earliest", content.loss.earliest);
    parameter(xml, "loss.latest", content.loss.latest);
    parameter(xml, "objects", content.objects.len());
    if let Some(typology) = &content.typology {
        let mut parameters = Vec::new();
        let body = serde_json::to_value(typology).expect("a typology is plain data and always has a JSON form");
        flatten("typology", &body, &mut parameters);
        for (name, value) in parameters {
            parameter(xml, &name, value);
        }
    }
    for (object, number) in content.objects.iter().zip(1..).take(MAX_OBJECTS) {
        object_parameters(xml, number, object);
    }
    for (name, value) in circumstances {
        parameter(xml, name, value);
    }
    xml.open("area", &[]);
    xml.leaf("areaDesc", &[], content.country.name(domain::Language::from(language)));
    xml.open("geocode", &[]);
    xml.leaf("valueName", &[], "ISO 3166-1 alpha-2");
    xml.leaf("value", &[], content.country);
    xml.close();
    xml.close();
    xml.close();
}

fn description(content: &ObjectContent, words: Words) -> String {
    let mut text = words.original(content.language);
    if let Some(message) = &content.message {
        let _ = write!(text, "\n{message}");
    }
    if let Some(typology) = &content.typology {
        let _ = write!(text, "\n{}", typology.description);
    }
    for (object, number) in content.objects.iter().zip(1..).take(MAX_OBJECTS) {
        let _ = write!(text, "\n{number}. {} ({})", object.title, object.object_type);
        if let Some(description) = &object.description {
            let _ = write!(text, ": {description}");
        }
    }
    text
}

/// The fields of Object ID, by the names they have in our API.
fn object_parameters(xml: &mut Xml, number: usize, object: &ObjectDescription) {
    let mut parameters = Vec::new();
    let mut plain = object.clone();
    for measurement in std::mem::take(&mut plain.measurements) {
        let text = format!("{} {} {}", measurement.dimension(), measurement.value(), measurement.unit());
        parameters.push((format!("object.{number}.measurement"), text));
    }
    let body = serde_json::to_value(plain).expect("a description is plain data and always has a JSON form");
    flatten(&format!("object.{number}"), &body, &mut parameters);
    for (name, value) in parameters {
        parameter(xml, &name, value);
    }
}

fn parameter(xml: &mut Xml, name: &str, value: impl ToString) {
    xml.open("parameter", &[]);
    xml.leaf("valueName", &[], name);
    xml.leaf("value", &[], value);
    xml.close();
}

fn response(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Cancel | AlertKind::Recovery | AlertKind::Restitution => "AllClear",
        AlertKind::ExpertRequest => "Assess",
        AlertKind::Exercise => "None",
        AlertKind::Alert | AlertKind::Update => "Monitor",
    }
}

fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Immediate => "Immediate",
        Urgency::Expected => "Expected",
        Urgency::Future => "Future",
        Urgency::Past => "Past",
    }
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Observed => "Observed",
        Certainty::Likely => "Likely",
        Certainty::Possible => "Possible",
        Certainty::Unlikely => "Unlikely",
        Certainty::Unknown => "Unknown",
    }
}

/// From legal status, number and conflict.
fn severity(flags: &[ObjectFlag], objects: usize) -> &'static str {
    let has = |flag| flags.contains(&flag);
    if has(ObjectFlag::ConflictArea) || has(ObjectFlag::WorldHeritageSite) || objects >= 100 {
        "Extreme"
    } else if has(ObjectFlag::NationalTreasure) || has(ObjectFlag::HumanRemains) || objects >= 10 {
        "Severe"
    } else if has(ObjectFlag::SacredOrCommunal) || has(ObjectFlag::Inventoried) {
        "Moderate"
    } else {
        "Unknown"
    }
}

/// With its offset, and UTC as `-00:00` (CAP 1.2, 3.3.2).
fn time(at: Timestamp) -> String {
    at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S-00:00").to_string()
}
