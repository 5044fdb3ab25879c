//! The document as a page: no script, no third party, one address per operation and schema.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use web::{PageError, Principal, Shell};

use super::Api;

/// The document, read once for all readers.
#[derive(Debug, Default)]
pub struct Reading {
    sections: Vec<Section>,
    schemas: Vec<Schema>,
}

#[derive(Debug)]
struct Section {
    title: String,
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    who: String,
    parameters: Vec<Field>,
    body: Option<Kind>,
    answers: Vec<Answer>,
}

#[derive(Debug)]
struct Answer {
    status: String,
    text: String,
    body: Option<Kind>,
}

#[derive(Debug)]
struct Schema {
    name: String,
    text: String,
    fields: Vec<Field>,
}

#[derive(Debug)]
struct Field {
    name: String,
    kind: Kind,
    required: bool,
    text: String,
}

/// A type in words, and the schema it leads to.
#[derive(Debug, Default)]
struct Kind {
    text: String,
    schema: Option<String>,
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage<'a> {
    shell: Shell,
    reading: &'a Reading,
}

/// `GET /api`
pub(super) async fn show(State(api): State<Api>, caller: Option<Principal>) -> Result<Response, PageError> {
    let shell = caller.map_or_else(|| Shell::anonymous("API"), |caller| Shell::new("API", &caller));
    Ok(web::page(&ApiPage { shell, reading: &api.page }))
}

impl Reading {
    /// Reads the document.
    pub fn new(document: &Value) -> Self {
        let mut sections: Vec<(&str, Section)> = list(&document["tags"])
            .iter()
            .map(|tag| (text(&tag["name"]), Section { title: owned(&tag["description"]), operations: Vec::new() }))
            .collect();
        for (path, methods) in entries(&document["paths"]) {
            for (method, operation) in entries(methods) {
                let tag = text(&operation["tags"][0]);
                if let Some((_, section)) = sections.iter_mut().find(|(name, _)| *name == tag) {
                    section.operations.push(Operation::new(path, method, operation));
                }
            }
        }
        let schemas = entries(&document["components"]["schemas"]);
        Self {
            sections: sections.into_iter().map(|(_, section)| section).collect(),
            schemas: schemas.map(|(name, schema)| Schema::new(name, schema)).collect(),
        }
    }
}

impl Operation {
    fn new(path: &str, method: &str, operation: &Value) -> Self {
        let roles: Vec<&str> = list(&operation["x-roles"]).iter().map(text).collect();
        let parameters = list(&operation["parameters"]).iter().map(|parameter| Field {
            name: owned(&parameter["name"]),
            kind: Kind {
                text: format!("{}, {}", text(&parameter["in"]), kind(&parameter["schema"]).text),
                schema: None,
            },
            required: parameter["required"] == true,
            text: owned(&parameter["description"]),
        });
        let answers = entries(&operation["responses"]).map(|(status, answer)| Answer {
            status: if status == "default" { "other".into() } else { status.clone() },
            text: owned(&answer["description"]),
            body: content(answer),
        });
        Self {
            id: owned(&operation["operationId"]),
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: owned(&operation["summary"]),
            who: if roles.is_empty() { "anybody".into() } else { roles.join(", ") },
            parameters: parameters.collect(),
            body: content(&operation["requestBody"]),
            answers: answers.collect(),
        }
    }
}

impl Schema {
    fn new(name: &str, schema: &Value) -> Self {
        let required: Vec<&str> = list(&schema["required"]).iter().map(text).collect();
        let fields = entries(&schema["properties"]).map(|(name, field)| Field {
            name: name.clone(),
            kind: kind(field),
            required: required.contains(&name.as_str()),
            text: owned(&field["description"]),
        });
        Self { name: name.to_owned(), text: owned(&schema["description"]), fields: fields.collect() }
    }
}

/// The type of a body.
fn content(of: &Value) -> Option<Kind> {
    let (media, body) = entries(&of["content"]).next()?;
    let kind = kind(&body["schema"]);
    Some(if kind.text.is_empty() { Kind { text: media.clone(), schema: None } } else { kind })
}

fn kind(schema: &Value) -> Kind {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return Kind { text: name.to_owned(), schema: Some(name.to_owned()) };
    }
    // "or nothing" is said by not being required.
    for choice in ["oneOf", "anyOf", "allOf"] {
        if let Some(found) = list(&schema[choice]).iter().find(|option| option["type"] != "null") {
            return kind(found);
        }
    }
    let name = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).find(|name| *name != "null").unwrap_or_default(),
        other => text(other),
    };
    if name == "array" {
        let items = kind(&schema["items"]);
        return Kind { text: format!("list of {}", items.text), schema: items.schema };
    }
    let format = text(&schema["format"]);
    let plain = if format.is_empty() { name.to_owned() } else { format!("{name}, {format}") };
    Kind { text: plain, schema: None }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn owned(value: &Value) -> String {
    text(value).to_owned()
}
