//! Erasing who reported leaves no trace of the person anywhere, and every proof.

use audit::verify::Outside;
use serde_json::json;
use store::{Db, DbOptions};
use testkit::poll::wait_until;

use crate::installation::{Form, Installation, PATIENCE, directory};
use crate::search;

async fn nothing_of_the_person_is_left(form: Form) {
    let mut here = Installation::start(form, &directory(3, 1), None).await;
    let id = here.released_case(1).await;
    here.sink.wait_for(4, PATIENCE).await.unwrap();
    let url = here.database().to_owned();
    let db = Db::connect(&url, &DbOptions { max_connections: 2, ..DbOptions::default() }).await.unwrap();
    let caught_up = async || {
        let mut tx = db.read().await.unwrap();
        store::ledger::lag(&mut tx, "audit.ledger").await.unwrap().count == 0
    };
    wait_until("the ledger has every fact", PATIENCE, caught_up).await.unwrap();
    let before = search::everything(&db, "REPORTER-CANARY").await;
    assert_eq!(before, ["case_reporters.body: 1"], "the person stands in one place");
    let kept = Outside::read(here.run(&["ledger", "checkpoint"], "").as_bytes()).unwrap();

    let path = format!("/api/v1/cases/{id}/erase-reporter");
    let missing = here.post(1, &path, "none", &json!({})).await.unwrap();
    assert_eq!(missing.0, 422, "a ground is needed");
    let refused = here.post(0, &path, "reporter", &json!({ "ground": "mistake" })).await.unwrap();
    assert_eq!(refused.0, 403);
    let done = here.post(1, &path, "erase", &json!({ "ground": "request" })).await.unwrap();
    assert_eq!(done.0, 204);
    wait_until("the erasure is in the ledger", PATIENCE, caught_up).await.unwrap();

    let left = search::everything(&db, "REPORTER-CANARY").await;
    assert!(left.is_empty(), "{left:?}");
    for path in [format!("/api/v1/cases/{id}/evidence?reason=test"), format!("/api/v1/cases/{id}/notified")] {
        let view = here.audit(&path).await.unwrap().to_string();
        assert!(view.contains("TOC-") && !view.contains("REPORTER-CANARY"), "{path}");
    }
    let folder = here.path("export");
    here.run(&["ledger", "export", "--contents", &folder.display().to_string()], "");
    let contents = std::fs::read_to_string(folder.join("contents.jsonl")).unwrap();
    assert!(contents.contains("reporter.erased.v1") && !contents.contains("REPORTER-CANARY"));
    for mail in here.sink.messages() {
        assert!(!String::from_utf8_lossy(&mail.data).contains("REPORTER-CANARY"), "no mail ever named the person");
    }
    // The ledger still continues what was kept before, in the database and in a copy without it.
    let file = here.path("kept.txt");
    let Outside::Note(note) = kept else { panic!("a checkpoint") };
    std::fs::write(&file, note.to_string()).unwrap();
    let (file, folder) = (file.display().to_string(), folder.display().to_string());
    assert!(here.run(&["ledger", "verify", "--checkpoint", &file], "").contains("The ledger holds"));
    assert!(here.run(&["ledger", "verify", "--from", &folder, "--checkpoint", &file], "").contains("The ledger holds"));
    db.close().await;
    here.processes.clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_person_is_left_in_the_embedded_form() {
    nothing_of_the_person_is_left(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_person_is_left_in_the_production_form() {
    nothing_of_the_person_is_left(Form::Production).await;
}
