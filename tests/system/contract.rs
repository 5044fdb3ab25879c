//! The API does what its own description says: schemathesis calls every operation, as each role, with what the
//! description allows and with what it does not.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::installation::{Form, Installation, directory, report};

/// Cases an operation is called with, for each role.
const EXAMPLES: &str = "12";
const HOOKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/system/schemathesis_hooks.py");

/// Where `cargo xtask test` installs it: under the target folder.
fn schemathesis() -> PathBuf {
    let target = Path::new(env!("CARGO_BIN_EXE_tocsin")).ancestors().nth(2).unwrap();
    let program = target.join("schemathesis/bin/st");
    assert!(program.is_file(), "{} is not there: run `cargo xtask test` once, it installs it", program.display());
    program
}

/// The served document without its "anything else may happen": every status must be named.
async fn strict_document(here: &Installation) -> Value {
    let answer = reqwest::get(format!("{}/api/openapi.json", here.address)).await.unwrap();
    let mut document: Value = answer.json().await.unwrap();
    for item in document["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            operation["responses"].as_object_mut().unwrap().remove("default");
        }
    }
    document
}

/// Identifiers of things that are there, so that operations get beyond "there is no such thing".
async fn parameters(here: &Installation) -> String {
    let case = here.insist(0, "/api/v1/cases", &report(1)).await["id"].as_str().unwrap().to_owned();
    let verification = json!({"certainty": "likely", "evidence": "inventory_extract"});
    here.insist(1, &format!("/api/v1/cases/{case}/verify"), &verification).await;
    let draft = json!({"kind": "alert", "reach": "all"});
    let alert = here.insist(1, &format!("/api/v1/cases/{case}/alerts"), &draft).await;
    let alert = alert["id"].as_str().unwrap().to_owned();
    let rules = [("^/api/v1/cases/", case), ("^/api/v1/alerts/", alert)];
    let rules = rules.map(|(path, id)| {
        format!("[[operations]]\ninclude-path-regex = \"{path}\"\nparameters = {{ \"path.id\" = \"{id}\" }}\n")
    });
    rules.join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_as_described_whoever_calls_it_with_whatever() {
    let here = Installation::start(Form::Embedded, &directory(2, 2), None).await;
    let create = ["accounts", "create", "--email", "admin@x.example", "--name", "Somebody", "--role", "admin"];
    here.run(&create, "a-long-enough-password");
    let admin = here.run(&["accounts", "token", "--email", "admin@x.example"], "").trim().to_owned();
    let document = strict_document(&here).await;
    let operations: usize =
        document["paths"].as_object().unwrap().values().map(|item| item.as_object().unwrap().len()).sum();
    std::fs::write(here.path("openapi.json"), document.to_string()).unwrap();
    std::fs::write(here.path("schemathesis.toml"), parameters(&here).await).unwrap();
    let program = schemathesis();
    let mut faults = Vec::new();
    for (who, token) in
        [("reporter", &here.tokens[0]), ("officer", &here.tokens[1]), ("auditor", &here.tokens[3]), ("admin", &admin)]
    {
        let mut command = Command::new(&program);
        command
            .env("SCHEMATHESIS_HOOKS", HOOKS)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .current_dir(here.path(""))
            .arg("--config-file")
            .arg(here.path("schemathesis.toml"))
            .args(["run", "openapi.json", "--url", &here.address, "--phases", "examples,coverage,fuzzing"])
            .args(["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"])
            .args(["--max-examples", EXAMPLES, "--workers", "2", "--continue-on-failure", "--no-color", "--warnings", "off"])
            .args(["--suppress-health-check", "all", "--generation-deterministic"])
            .args(["--header", &format!("Authorization: Bearer {token}")]);
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let cases = text.lines().find(|line| line.contains(" generated, ")).unwrap_or("nothing was called").trim();
        println!("{who}: {operations} operations, {cases}");
        assert!(text.contains(&format!("Tested: {operations}")), "{who}: not every operation was called\n{text}");
        if !output.status.success() {
            faults.push(format!("{who}:\n{text}{}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
