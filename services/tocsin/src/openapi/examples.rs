//! An example of every body: of requests what a service gave by hand, of the rest what follows from the fields' own
//! examples.

use serde_json::{Map, Value, json};

/// How deep schemas are followed; ours are far from it.
const MAX_DEPTH: usize = 12;

/// Gives every JSON body of the document an example, unless it has one.
pub fn fill(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let operations = paths.values_mut().filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations {
        if let Some(content) = operation.pointer_mut("/requestBody/content/application~1json") {
            fill_one(content, &schemas);
        }
        let Some(answers) = operation["responses"].as_object_mut() else { continue };
        for (status, answer) in answers {
            if let Some(content) = answer.pointer_mut("/content/application~1json") {
                fill_one(content, &schemas);
            }
            if let Some(content) = answer.pointer_mut("/content/application~1problem+json") {
                content["example"] = problem(status);
            }
        }
    }
}

fn fill_one(content: &mut Value, schemas: &Value) {
    if content["example"].is_null() && content["examples"].is_null() {
        content["example"] = example(&content["schema"], schemas, 0);
    }
}

/// A value that fits a schema.
fn example(schema: &Value, schemas: &Value, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    if let Some(name) = schema["$ref"].as_str().and_then(|text| text.rsplit('/').next()) {
        return example(&schemas[name], schemas, depth + 1);
    }
    for own in [&schema["example"], &schema["examples"][0], &schema["const"], &schema["enum"][0]] {
        if !own.is_null() {
            return own.clone();
        }
    }
    for choice in ["oneOf", "anyOf"] {
        let options = schema[choice].as_array().into_iter().flatten();
        if let Some(option) = options.into_iter().find(|option| option["type"] != "null") {
            return example(option, schemas, depth + 1);
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let fields = parts.iter().filter_map(|part| example(part, schemas, depth + 1).as_object().cloned());
        return Value::Object(fields.flatten().collect());
    }
    match kind(schema) {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, part)| (name.clone(), example(part, schemas, depth + 1))).collect())
        }
        "array" => json!([example(&schema["items"], schemas, depth + 1)]),
        "integer" | "number" => json!(1),
        "boolean" => json!(false),
        "string" if schema["format"] == "date-time" || schema["format"] == "DateTime" => {
            json!("2026-11-23T08:00:00.000000Z")
        }
        "string" if schema["format"] == "date" => json!("2026-11-23"),
        "string" => json!("text"),
        _ => Value::Null,
    }
}

/// A schema's type; of several, the one that is not null.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        _ if schema["properties"].is_object() => "object",
        _ => "null",
    }
}

/// What a refusal with this status looks like.
fn problem(status: &str) -> Value {
    let (code, title, detail) = match status {
        "400" => ("bad-request", "The request cannot be read", "The body is not JSON: EOF while parsing a value."),
        "401" => ("unauthorized", "Sign in first", "Send a bearer token, or sign in."),
        "403" => ("forbidden", "Not allowed", "Your role does not allow this."),
        "404" => ("not-found", "Not found", "There is no such case."),
        "409" => ("draft-open", "Not possible now", "A draft is open. Release or discard it first."),
        "412" => ("changed-meanwhile", "Changed meanwhile", "The case is not as you saw it any more."),
        "413" => ("too-large", "Too large", "At most 2048 KiB can be sent here."),
        "415" => ("unsupported-type", "Cannot read this type of content", "Send it as application/json."),
        "422" => ("validation", "Some fields break a rule", "One field breaks a rule."),
        "428" => ("precondition-required", "If-Match needed", "Send the header If-Match with the ETag of the case."),
        _ => ("unavailable", "Not available now", "The database cannot be reached. Please try again in a few seconds."),
    };
    let mut problem = json!({
        "type": format!("urn:tocsin:problem:{code}"), "title": title,
        "status": status.parse::<u16>().unwrap_or(503), "detail": detail,
        "instance": "urn:tocsin:request:4f0c9d2e6a17b803",
    });
    if code == "validation" {
        problem["errors"] = json!([{ "pointer": "/objects/0/title", "message": "is required" }]);
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_fits_its_schema_and_a_circle_ends() {
        let schemas = json!({
            "Case": { "type": "object", "properties": {
                "title": { "type": ["string", "null"] }, "event": { "type": "string", "examples": ["theft"] },
                "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Case" } },
                "at": { "oneOf": [{ "type": "null" }, { "type": "string", "format": "date-time" }] },
            }},
        });
        let found = example(&json!({ "$ref": "#/components/schemas/Case" }), &schemas, 0);
        assert_eq!((&found["title"], &found["event"]), (&json!("text"), &json!("theft")));
        assert!(found["at"].is_string() && found["parts"][0]["event"] == "theft");
    }
}
