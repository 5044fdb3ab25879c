//! What every operation has: its name, who may call it, and the one shape of all errors.

use domain::codes::Role;
use serde_json::{Map, Value, json};
use web::RouteInfo;

const DESCRIPTION: &str = "Tocsin tells the right people of thefts and illicit exports of cultural objects, and proves \
     who was told. Send a token of your account page as `Authorization: Bearer …`; it has the authority of its account. \
     Every error is a problem document (RFC 9457) whose `type` is stable, and all wrong fields come back together.";

/// Adds it to a document that names the handlers only.
pub fn complete(document: &mut Value, infos: &[RouteInfo]) {
    document["info"] = json!({
        "title": "Tocsin",
        "version": env!("CARGO_PKG_VERSION"),
        "description": DESCRIPTION,
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["tags"] = json!([
        { "name": "intake", "description": "Reports and cases: register, verify, draft, release" },
        { "name": "routing", "description": "Partners and rule sets" },
        { "name": "audit", "description": "Who was told, and the ledger" },
        { "name": "identity", "description": "Who am I, and tokens" },
        { "name": "tocsin", "description": "This document" },
    ]);
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "A token of the account page" },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "tocsin_session",
            "description": "A browser in which somebody has signed in; over https it is called __Host-tocsin_session",
        },
    });
    document["components"]["schemas"]["Problem"] = problem();
    document["components"]["schemas"]["FieldError"] = field_error();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths {
        let Some(operations) = item.as_object_mut() else { continue };
        for (method, operation) in operations {
            let route = infos
                .iter()
                .find(|info| info.path == path.as_str() && info.method.as_str().eq_ignore_ascii_case(method));
            if let (Some(route), Some(operation)) = (route, operation.as_object_mut()) {
                describe(operation, method, route);
            }
        }
    }
}

fn describe(operation: &mut Map<String, Value>, method: &str, route: &RouteInfo) {
    operation.insert("operationId".into(), name(method, route.path).into());
    let open = route.roles.is_empty();
    let roles: Vec<&str> = route.roles.iter().map(|role| role.as_str()).collect();
    operation.insert("x-roles".into(), json!(roles));
    let security = if open { json!([]) } else { json!([{ "token": [] }, { "session": [] }]) };
    operation.insert("security".into(), security);
    let takes_a_body = operation.contains_key("requestBody");
    let parameters = operation.get("parameters").and_then(Value::as_array);
    let takes_a_query = parameters.is_some_and(|all| all.iter().any(|parameter| parameter["in"] == "query"));
    let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    let mut may = |status: &str, text: String| {
        answers.entry(status).or_insert_with(|| json!({ "description": text }));
    };
    if !open {
        may("401", "Nobody is signed in, or the token is not good".into());
        if route.roles.len() < Role::ALL.len() {
            may("403", format!("The account is none of: {}", roles.join(", ")));
        }
    }
    // What reads the request refuses it in the same way everywhere.
    if takes_a_body || takes_a_query {
        may("400", "The request cannot be read".into());
    }
    if takes_a_body {
        may("413", "The body is larger than the operation takes".into());
        may("415", "The body is of another type than the operation takes".into());
    }
    may("default", "Anything else that went wrong; 503 says in Retry-After when to ask again".into());
    for (status, answer) in answers {
        if status.starts_with(['4', '5']) || status == "default" {
            let schema = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
            answer["content"] = json!({ "application/problem+json": schema });
        }
    }
}

/// `post /api/v1/cases/{id}/verify` is `postCasesIdVerify`.
fn name(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/").trim_start_matches("v1/");
    let words = words.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |name, word| {
        let (first, rest) = word.split_at(1);
        name + &first.to_uppercase() + rest
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was not done (RFC 9457).",
        "required": ["type", "title", "status"],
        "properties": {
            "type": { "type": "string", "description": "`urn:tocsin:problem:` and a stable code",
                "examples": ["urn:tocsin:problem:validation"] },
            "title": { "type": "string", "description": "The kind of problem, the same for every occurrence" },
            "status": { "type": "integer", "description": "The HTTP status" },
            "detail": { "type": "string", "description": "What is particular to this occurrence" },
            "instance": { "type": "string", "description": "This request, as the log knows it",
                "examples": ["urn:tocsin:request:4f0c9d2e6a17b803"] },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/FieldError" },
                "description": "Every field that breaks a rule" },
        },
    })
}

fn field_error() -> Value {
    json!({
        "type": "object",
        "description": "A field and the rule it breaks.",
        "required": ["pointer", "message"],
        "properties": {
            "pointer": { "type": "string", "description": "The field: JSON Pointer (RFC 6901)",
                "examples": ["/objects/0/title"] },
            "message": { "type": "string", "description": "The rule, as a sentence after the field's name" },
        },
    })
}
