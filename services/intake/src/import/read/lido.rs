//! LIDO 1.1 (CIDOC), the harvesting format of museums: one object a record.
//!
//! Read as it is written by [`crate::export::lido`] and, where vocabularies differ, with the term in words. Links to
//! pictures are noted as "a photograph exists" and never followed.

use domain::codes::{ImportKind, ObjectType};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Map, Value, json};

use super::{FileError, Place, Record, Sink};

/// The namespace of LIDO.
pub const NAMESPACE: &str = "http://www.lido-schema.org";
/// The greatest file: it is in memory as a tree.
const MAX_SIZE: usize = 5 * 1024 * 1024;
/// The most elements, attributes and texts.
const MAX_NODES: u32 = 500_000;
/// The deepest nesting; LIDO itself needs a dozen.
const MAX_DEPTH: usize = 64;

pub(super) fn read(kind: ImportKind, content: &[u8], sink: &mut Sink<'_>) -> Result<(), FileError> {
    if kind == ImportKind::Cases {
        return Err(FileError::new("LIDO describes objects: choose the case they belong to"));
    }
    if content.len() > MAX_SIZE {
        return Err(FileError(format!("a LIDO file may have at most {} MiB", MAX_SIZE / 1024 / 1024)));
    }
    let text = str::from_utf8(content).map_err(|_| FileError::new("the file is not UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    if deepest(text) > MAX_DEPTH {
        return Err(FileError(format!("the elements of the file lie more than {MAX_DEPTH} deep")));
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|error| FileError(format!("the file is not XML that is read here: {error}")))?;
    let root = document.root_element();
    if !is(root, "lidoWrap") && !is(root, "lido") {
        return Err(FileError::new("the file is not LIDO: its outermost element must be lido:lidoWrap or lido:lido"));
    }
    let records: Vec<_> = if is(root, "lido") { vec![root] } else { children(root, "lido").collect() };
    for (record, number) in records.into_iter().zip(1_i64..) {
        let body = object(record);
        let places = body.as_object().into_iter().flat_map(Map::keys).map(|field| Place {
            pointer: format!("/{field}"),
            line: number,
            column: field.clone(),
            cell: None,
        });
        let record = Record { line: number, places: places.collect(), body, errors: Vec::new() };
        if !sink(record) {
            break;
        }
    }
    Ok(())
}

/// How deep elements lie at most, by counting tags: the tree is only made if that is bearable.
fn deepest(text: &str) -> usize {
    let (mut depth, mut most) = (0_usize, 0);
    for tag in text.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.starts_with(['!', '?']) && !tag.split('>').next().unwrap_or_default().ends_with('/') {
            depth += 1;
            most = most.max(depth);
        }
    }
    most
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == Some(NAMESPACE)
}

fn children<'a, 'i: 'a>(node: Node<'a, 'i>, name: &'a str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is(*child, name))
}

/// Every element that a path of names leads to.
fn all<'a, 'i>(node: Node<'a, 'i>, path: &[&str]) -> Vec<Node<'a, 'i>> {
    path.iter().fold(vec![node], |nodes, name| {
        nodes
            .into_iter()
            .flat_map(|node| node.children().filter(|child| is(*child, name)).collect::<Vec<_>>())
            .collect()
    })
}

/// The text of the first element that a path leads to.
fn text(node: Node<'_, '_>, path: &[&str]) -> Option<String> {
    all(node, path).into_iter().find_map(own_text)
}

fn own_text(node: Node<'_, '_>) -> Option<String> {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|piece| piece.text()).collect();
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

fn object(lido: Node<'_, '_>) -> Value {
    let mut body = Map::new();
    let mut set = |field: &str, value: Option<String>| {
        if let Some(value) = value {
            body.insert(field.to_owned(), json!(value));
        }
    };
    let described = ["descriptiveMetadata"];
    let within = |path: &[&'static str]| [&described[..], path].concat();

    let kinds = all(lido, &within(&["objectClassificationWrap", "objectWorkTypeWrap", "objectWorkType"]));
    let code = kinds.iter().find_map(|kind| {
        let ids = children(*kind, "conceptID").filter(|id| attribute(*id, "source") == Some("tocsin"));
        ids.filter_map(own_text).chain(text(*kind, &["term"])).find(|code| code.parse::<ObjectType>().is_ok())
    });
    let words =
        kinds.iter().find_map(|kind| text(*kind, &["term"])).filter(|words| words.parse::<ObjectType>().is_err());
    // A term that only names the type adds nothing to it.
    let label = code.as_deref().and_then(|code| code.parse().ok()).map(ObjectType::label);
    let words = words.filter(|words| label != Some(words.as_str()));
    set("type", code.or_else(|| words.is_some().then(|| ObjectType::Other.to_string())));
    set("type_detail", words);

    let identified = |path: &[&'static str]| within(&[&["objectIdentificationWrap"][..], path].concat());
    set("title", text(lido, &identified(&["titleWrap", "titleSet", "appellationValue"])));
    set("inventory_number", text(lido, &identified(&["repositoryWrap", "repositorySet", "workID"])));
    let inscriptions = identified(&["inscriptionsWrap", "inscriptions"]);
    set(
        "inscriptions",
        text(lido, &[&inscriptions[..], &["inscriptionTranscription"]].concat())
            .or_else(|| text(lido, &[&inscriptions[..], &["inscriptionDescription", "descriptiveNoteValue"]].concat())),
    );
    for description in all(lido, &identified(&["objectDescriptionWrap", "objectDescriptionSet"])) {
        let field = match attribute(description, "type") {
            Some("distinguishing features") => "distinguishing_features",
            _ => "description",
        };
        set(field, text(description, &["descriptiveNoteValue"]));
    }
    let materials = ["objectMaterialsTechWrap", "objectMaterialsTechSet", "displayMaterialsTech"];
    set("materials", text(lido, &identified(&materials)));

    for event in all(lido, &within(&["eventWrap", "eventSet", "event"])) {
        set("date_or_period", text(event, &["eventDate", "displayDate"]));
        set("maker", text(event, &["eventActor", "displayActorInRole"]));
        set("origin_text", text(event, &["eventPlace", "displayPlace"]));
        let places = all(event, &["eventPlace", "place", "placeID"]);
        let country = places.into_iter().filter(|id| attribute(*id, "type") == Some("iso3166-1")).find_map(own_text);
        set("origin_country", country);
    }
    let relations = within(&["objectRelationWrap"]);
    set("subject", text(lido, &[&relations[..], &["subjectWrap", "subjectSet", "displaySubject"]].concat()));
    let related = ["relatedWorksWrap", "relatedWorkSet", "relatedWork", "displayObject"];
    set("related_objects", text(lido, &[&relations[..], &related].concat()));

    let administered = all(lido, &["administrativeMetadata", "resourceWrap", "resourceSet"]);
    let photographs = match administered.iter().find_map(|set| text(*set, &["resourceDescription"])) {
        Some(code) if code.parse::<domain::codes::Photographs>().is_ok() => code,
        _ if administered.is_empty() => "unknown".to_owned(),
        _ => "available".to_owned(),
    };
    set("photographs", Some(photographs));

    let sets =
        identified(&["objectMeasurementsWrap", "objectMeasurementsSet", "objectMeasurements", "measurementsSet"]);
    let measurements: Vec<_> = all(lido, &sets).into_iter().map(measurement).collect();
    if !measurements.is_empty() {
        body.insert("measurements".to_owned(), json!(measurements));
    }
    Value::Object(body)
}

/// A measurement as it stands: one in other terms than ours is told, not dropped.
fn measurement(set: Node<'_, '_>) -> Value {
    let lower = |name| text(set, &[name]).map(|text| text.to_lowercase());
    json!({
        "dimension": lower("measurementType"), "value": text(set, &["measurementValue"]),
        "unit": lower("measurementUnit"),
    })
}
