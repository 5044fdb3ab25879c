//! Erasing who reported leaves no trace of the person anywhere, and every proof.

use audit::verify::Outside;
use serde_json::json;
use store::{Db, DbOptions};
use testkit::poll::{wait_for, wait_until};

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

/// What somebody wrote back to the address that a mail was from.
fn letter(to: &str) -> String {
    format!(
        "Delivered-To: {to}\r\nFrom: LATER-CANARY <later@d0.police.example>\r\nTo: {to}\r\n\
         Subject: Re: LATER-CANARY\r\n\r\nLATER-CANARY writes back\r\n"
    )
}

/// An object on its way back, with a party and a paper; gives the way's address.
async fn way_back(here: &Installation, case: &str) -> String {
    let view = here.get(1, &format!("/api/v1/cases/{case}")).await.unwrap();
    let object = view["objects"][0]["id"].as_str().unwrap().to_owned();
    here.insist(1, &format!("/api/v1/objects/{object}/status"), &json!({ "status": "secured" })).await;
    let way = here.insist(1, &format!("/api/v1/objects/{object}/restitutions"), &json!({ "route": "court" })).await;
    let way = format!("/api/v1/restitutions/{}", way["id"].as_str().unwrap());
    here.insist(1, &format!("{way}/parties"), &json!({ "role": "possessor", "name": "LATER-CANARY" })).await;
    let paper = json!({ "title": "Letter of LATER-CANARY", "sha256": "ab".repeat(32), "kept": "With LATER-CANARY" });
    here.insist(1, &format!("{way}/documents"), &paper).await;
    way
}

/// Who answered, who told of a sighting, who wrote back, who has a part in a way back, and its papers: each is erased where it
/// came in, and wherever it went from there.
async fn nothing_of_those_who_came_later_is_left(form: Form) {
    let maildir = tempfile::tempdir().unwrap();
    std::fs::create_dir(maildir.path().join("new")).unwrap();
    let further = [
        ("MAIL__BOUNCES__DOMAIN", "bounces.tocsin.example"),
        ("MAIL__BOUNCES__MAILDIR", maildir.path().to_str().unwrap()),
    ];
    let mut here = Installation::start_with(form, &directory(2, 1), None, &further).await;
    let id = here.released_case(1).await;
    let mails = here.sink.wait_for(3, PATIENCE).await.unwrap();
    let letter = letter(mails[0].from.trim_matches(['<', '>']));
    let hand_in = |name: &str| std::fs::write(maildir.path().join("new").join(name), &letter).unwrap();
    hand_in("first");
    let link = |part: &str| here.link(mails.iter().find(|mail| mail.recipients[0].contains(part)).unwrap());
    let (unit, other) = (link("unit0@"), link("unit1@"));
    let charge = [("answered_by", "LATER-CANARY"), ("answer", "taking_charge"), ("note", "LATER-CANARY writes")];
    assert_eq!(here.answer(&unit, &charge).await.0, 200);
    let seen = [
        ("answered_by", "LATER-CANARY"),
        ("place", "Fair"),
        ("seen_on", "2026-01-20"),
        ("what", "LATER-CANARY says so"),
        ("source", "LATER-CANARY"),
    ];
    assert_eq!(here.answer_parts(&format!("{other}/sighting"), &seen).await, 200);
    let list = format!("/api/v1/cases/{id}/sightings");
    let sighting = wait_for("the sighting at the desk", PATIENCE, async || {
        here.get(1, &list).await?["sightings"].get(0)?["id"].as_str().map(ToOwned::to_owned)
    });
    let sighting = sighting.await.unwrap();
    let way = way_back(&here, &id).await;

    let url = here.database().to_owned();
    let db = Db::connect(&url, &DbOptions { max_connections: 2, ..DbOptions::default() }).await.unwrap();
    let caught_up = async || {
        let mut tx = db.read().await.unwrap();
        store::ledger::lag(&mut tx, "audit.ledger").await.unwrap().count == 0
    };
    let case = id.parse().unwrap();
    let letter = wait_for("the letter at the desk", PATIENCE, async || {
        let mut tx = db.read().await.unwrap();
        store::letters::kept_of_case(&mut tx, case).await.unwrap().pop()
    });
    let letter = letter.await.unwrap();
    wait_until("the ledger has every fact", PATIENCE, caught_up).await.unwrap();
    let tables: std::collections::BTreeSet<_> = search::everything(&db, "LATER-CANARY")
        .await
        .into_iter()
        .map(|at| at.split('.').next().unwrap().to_owned())
        .collect();
    let expected = [
        "acknowledgements",
        "answer_sightings",
        "answers",
        "letters",
        "restitution_documents",
        "restitution_parties",
        "sightings",
    ];
    assert_eq!(tables, expected.map(ToOwned::to_owned).into(), "{form:?}: no fact and no entry of the ledger");
    let kept = here.run(&["ledger", "checkpoint"], "");

    let ground = json!({ "ground": "request" });
    for path in [format!("/api/v1/sightings/{sighting}"), format!("{way}/parties/1"), format!("{way}/documents/1")] {
        here.insist(1, &format!("{path}/erase"), &ground).await;
    }
    // The answers are the notifier's, which has pages alone.
    let mut tx = db.read().await.unwrap();
    let answers = store::answers::of_case(&mut tx, case).await.unwrap();
    drop(tx);
    let charge = answers.iter().find(|one| one.kind == domain::codes::AnswerKind::TakingCharge).unwrap().id;
    for page in [format!("answers/{charge}/erase"), format!("letters/{letter}/erase")] {
        let request = here.http.post(format!("{}/{page}", here.notifier_address)).bearer_auth(&here.tokens[1]);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body("ground=request");
        let status = request.send().await.unwrap().status().as_u16();
        assert!([200, 404].contains(&status), "{form:?} {page}: erased, and led to the delivery's page: {status}");
    }
    // The same mail once more is known, and brings nothing back.
    hand_in("again");
    wait_until("the mail is taken", PATIENCE, async || {
        std::fs::read_dir(maildir.path().join("new")).unwrap().next().is_none()
    })
    .await
    .unwrap();
    wait_until("nothing of them is left", PATIENCE, async || search::everything(&db, "LATER-CANARY").await.is_empty())
        .await
        .unwrap();
    wait_until("the erasures are in the ledger", PATIENCE, caught_up).await.unwrap();
    let view = here.get(1, &list).await.unwrap();
    assert_eq!((&view["sightings"][0]["place"], &view["sightings"][0]["source"]), (&json!("Fair"), &json!("(erased)")));
    let told = here.audit(&format!("/api/v1/cases/{id}/notified")).await.unwrap().to_string();
    assert!(
        told.contains("taking_charge") && told.contains("information"),
        "{form:?}: that they answered stays {told}"
    );
    let file = here.path("kept.txt");
    std::fs::write(&file, kept).unwrap();
    let verified = here.run(&["ledger", "verify", "--checkpoint", &file.display().to_string()], "");
    assert!(verified.contains("The ledger holds"), "{form:?} {verified}");
    wait_until("the doctor finds nothing wrong", PATIENCE, async || here.try_run(&["doctor"], "").0).await.unwrap();
    db.close().await;
    here.processes.clear();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_those_who_came_later_is_left_in_the_embedded_form() {
    nothing_of_those_who_came_later_is_left(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_those_who_came_later_is_left_in_the_production_form() {
    nothing_of_those_who_came_later_is_left(Form::Production).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_person_is_left_in_the_embedded_form() {
    nothing_of_the_person_is_left(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_person_is_left_in_the_production_form() {
    nothing_of_the_person_is_left(Form::Production).await;
}
