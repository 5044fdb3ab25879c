//! No route of the API is left out, and the document that is kept as a file is that of this program.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use store::Error;
use web::{Problem, RouteInfo};

use super::*;
use crate::process::{self, authorisation::scratch};

/// Set to write the file instead of comparing it; `cargo xtask openapi` does.
const WRITE: &str = "TOCSIN_WRITE_OPENAPI";

async fn everything() -> (Vec<RouteInfo>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let parts = scratch(folder.path()).await;
    let (_, infos) = process::app(&parts, &contracts::Service::ALL.into_iter().collect(), None);
    let document = document(&infos);
    (infos, document)
}

/// Every operation: method in capitals, path, description.
fn operations(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap();
        methods.iter().map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
    });
    operations.collect()
}

#[tokio::test]
async fn every_route_of_the_api_is_described_and_nothing_else() {
    let (infos, document) = everything().await;
    let routes: BTreeSet<(String, &str)> = infos.iter().map(|info| (info.method.to_string(), info.path)).collect();
    let described: BTreeSet<(String, &str)> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    // Some programs fetch what pages show as well, such as a picture by its link; those may be described.
    assert!(described.is_subset(&routes), "no such route: {:?}", described.difference(&routes));
    let missing: Vec<_> =
        routes.iter().filter(|route| route.1.starts_with("/api/") && !described.contains(route)).collect();
    assert!(missing.is_empty(), "not described: {missing:?}");
    assert!(described.len() > 20, "{described:?}");
}

#[tokio::test]
async fn every_operation_says_who_may_call_it_what_it_does_and_how_it_fails() {
    let (infos, document) = everything().await;
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        let info = infos.iter().find(|info| info.path == path && info.method.as_str() == method).unwrap();
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{at}: a name of its own");
        assert!(operation["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{at}: a sentence");
        let open = info.roles.is_empty();
        assert_eq!(operation["security"].as_array().unwrap().is_empty(), open, "{at}");
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| status.starts_with('2')), "{at}: no success");
        assert_eq!(answers.contains_key("401"), !open, "{at}");
        assert!(!path.contains('{') || answers.contains_key("404"), "{at}: what if there is no such thing?");
        let takes_fields = operation["requestBody"]["content"]["application/json"].is_object();
        assert!(!takes_fields || answers.contains_key("422"), "{at}: what if a field is wrong?");
        for (status, answer) in answers {
            let problem = answer["content"]["application/problem+json"]["schema"]["$ref"].as_str();
            let failed = !status.starts_with('2');
            assert_eq!(problem, failed.then_some("#/components/schemas/Problem"), "{at} {status}");
        }
        let in_path = path.split('/').filter(|part| part.starts_with('{')).count();
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let described = parameters.iter().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(described, in_path, "{at}: its parameters");
    }
}

#[tokio::test]
async fn every_body_has_an_example() {
    let (_, document) = everything().await;
    for (method, path, operation) in operations(&document) {
        let asked = operation["requestBody"]["content"].as_object().into_iter().flatten();
        let answered = operation["responses"].as_object().into_iter().flatten();
        let answered = answered.flat_map(|(_, answer)| answer["content"].as_object().into_iter().flatten());
        for (kind, content) in asked.chain(answered).filter(|(kind, _)| kind.ends_with("json")) {
            let given = !content["example"].is_null() || !content["examples"].is_null();
            assert!(given || path == "/api/openapi.json", "{method} {path}: {kind}");
        }
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_the_error_is_the_one_that_is_sent() {
    let (_, document) = everything().await;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
    let mut errors = domain::FieldErrors::new();
    errors.push("/title", "must be filled in");
    for problem in [Problem::validation(&errors), Problem::from(Error::Unsuitable("x".into()))] {
        let sent = serde_json::to_value(&problem).unwrap();
        let described = &schemas["Problem"]["properties"];
        assert!(sent.as_object().unwrap().keys().all(|key| described[key].is_object()), "{sent}");
        for error in sent["errors"].as_array().into_iter().flatten() {
            let described = &schemas["FieldError"]["properties"];
            assert!(error.as_object().unwrap().keys().all(|key| described[key].is_object()), "{error}");
        }
    }
}

#[tokio::test]
async fn the_file_in_deploy_is_this_document() {
    let (_, document) = everything().await;
    let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/openapi.json");
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == text, "deploy/openapi.json is stale: run `cargo xtask openapi`");
}
