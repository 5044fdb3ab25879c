//! What partners answer: by the link of their mail, to the desk's page, on both forms; and what machines that follow
//! links do not answer.

use std::collections::BTreeSet;

use serde_json::json;
use testkit::poll::{wait_for, wait_until};
use testkit_browser::Browser;

use crate::installation::{Form, Installation, PATIENCE, directory};

/// Everything of the kinds that a person's answer makes.
async fn answered(here: &Installation, case: &str) -> (i64, usize) {
    let view = here.get(1, &format!("/api/v1/cases/{case}")).await.unwrap();
    let seen = here.get(1, &format!("/api/v1/cases/{case}/sightings")).await.unwrap();
    (view["answers"]["acknowledged"].as_i64().unwrap(), seen["sightings"].as_array().unwrap().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_follows_every_link_and_runs_every_script_answers_nothing_and_a_person_does() {
    let here = Installation::start(Form::Embedded, &directory(0, 1), None).await;
    let case = here.released_case(1).await;
    let mails = here.sink.wait_for(1, PATIENCE).await.unwrap();
    let link = here.link(&mails[0]);
    let browser = Browser::start().await.unwrap();

    // A scanner: every link of every page, every script, every element clicked that is no button of a form.
    let mut waiting = vec![link.clone()];
    let mut visited = BTreeSet::new();
    while let Some(address) = waiting.pop() {
        if visited.len() > 40 || !visited.insert(address.clone()) {
            continue;
        }
        browser.goto(&address).await.unwrap();
        let links =
            browser.run("return [...document.querySelectorAll('a[href]')].map((a) => a.href)", vec![]).await.unwrap();
        let own = links.as_array().unwrap().iter().filter_map(|link| link.as_str());
        waiting.extend(
            own.filter(|link| link.starts_with(&here.notifier_address))
                .map(|link| link.split('#').next().unwrap_or_default().to_owned()),
        );
        let scripts =
            "return document.scripts.length + document.querySelectorAll('[onload],[onclick],meta[http-equiv]').length";
        assert_eq!(browser.run(scripts, vec![]).await.unwrap(), json!(0), "{address}");
        let touch = "for (const one of document.querySelectorAll('*')) {
            one.dispatchEvent(new Event('load')); one.dispatchEvent(new Event('mouseover')); one.dispatchEvent(new Event('focus')); }";
        browser.run(touch, vec![]).await.unwrap();
    }
    assert!(visited.iter().any(|one| one.ends_with("/sighting")), "{visited:?}");
    // Even one that presses every button has no name to give.
    browser.goto(&link).await.unwrap();
    browser.run("document.querySelector('button[type=submit]').click()", vec![]).await.unwrap();
    wait_until("the refusal of an answer without a name", PATIENCE, async || {
        browser.text().await.is_ok_and(|text| text.contains("Please look at the fields"))
    })
    .await
    .unwrap();
    assert_eq!(answered(&here, &case).await, (0, 0));

    // A person types a name and presses a button; the second click is harmless.
    for _ in 0..2 {
        browser.goto(&link).await.unwrap();
        browser.fill("Your name or unit", "Duty desk, Sgt. Doe").await.unwrap();
        browser.follow("Received").await.unwrap();
        assert!(browser.text().await.unwrap().contains("Received, on"));
    }
    assert_eq!(answered(&here, &case).await, (1, 0));
    browser.follow("We have information").await.unwrap();
    browser.fill("What was seen", "In the window of a gallery").await.unwrap();
    browser.fill("Place", "Brussels, Sablon").await.unwrap();
    browser.fill("Day on which it was seen", "2026-01-20").await.unwrap();
    browser.fill("Source", "A colleague").await.unwrap();
    browser.fill("Your name or unit", "Duty desk, Sgt. Doe").await.unwrap();
    browser.follow("Send to the desk").await.unwrap();
    assert!(browser.text().await.unwrap().contains("Your information reached the desk"));
    wait_until("the sighting at the desk", PATIENCE, async || answered(&here, &case).await == (1, 1)).await.unwrap();
    // The link opens nothing else.
    let token = link.rsplit('/').next().unwrap();
    for path in [format!("/deliveries/{token}"), format!("/cases/{token}"), format!("/a/{token}/sightings")] {
        browser.goto(&format!("{}{path}", here.notifier_address)).await.unwrap();
        assert!(!browser.text().await.unwrap().contains("Statuette"), "{path}");
    }
}

async fn every_answer_reaches_the_desk_and_no_message_holds_what_was_seen(form: Form) {
    let here = Installation::start(form, &directory(2, 1), None).await;
    let case = here.released_case(1).await;
    let mails = here.sink.wait_for(3, PATIENCE).await.unwrap();
    let of = |part: &str| mails.iter().find(|mail| mail.recipients[0].contains(part)).unwrap();
    let (unit, other, network) = (here.link(of("unit0@")), here.link(of("unit1@")), here.link(of("net0@")));
    assert_eq!(here.answer(&unit, &[("answered_by", "NAME-CANARY"), ("answer", "taking_charge")]).await.0, 200);
    let not_ours = [("answered_by", "NAME-CANARY"), ("answer", "not_ours"), ("note", "Only libraries.")];
    assert_eq!(here.answer(&network, &not_ours).await.0, 200);
    let seen = [
        ("answered_by", "NAME-CANARY"),
        ("place", "GALLERY-CANARY"),
        ("country", "BE"),
        ("seen_on", "2026-01-20"),
        ("what", "WINDOW-CANARY"),
        ("source", "COLLEAGUE-CANARY"),
    ];
    for _ in 0..2 {
        assert_eq!(here.answer_parts(&format!("{other}/sighting"), &seen).await, 200);
    }
    let path = format!("/api/v1/cases/{case}/sightings");
    let sighting = wait_for("the sighting at the desk", PATIENCE, async || {
        here.get(1, &path).await?["sightings"].as_array()?.first().cloned()
    })
    .await
    .unwrap();
    assert_eq!(sighting["place"], "GALLERY-CANARY", "{form:?}");
    assert!(sighting["object_id"].is_string(), "{form:?}: there was one object in the mail");
    let view = here.get(1, &format!("/api/v1/cases/{case}")).await.unwrap();
    let answers = json!({
        "told": 3, "acknowledged": 3, "ratio": 1.0, "taking_charge": 1, "information": 1, "not_ours": 1
    });
    assert_eq!(view["answers"], answers, "{form:?}");
    // The institution is the source authority; an auditor is not, and the proof of telling holds nothing of it.
    assert_eq!(here.get(0, &path).await.unwrap()["sightings"].as_array().unwrap().len(), 1, "{form:?}");
    let auditor = here.get(3, &path).await.unwrap();
    assert_eq!((auditor["sightings"].as_array().unwrap().len(), &auditor["notices"][0]["state"]), (0, &json!("open")));
    let told = here.audit(&format!("/api/v1/cases/{case}/notified")).await.unwrap().to_string();
    assert!(told.contains("taking_charge") && told.contains("Only libraries."), "{form:?} {told}");
    assert!(!told.contains("GALLERY-CANARY") && !told.contains("WINDOW-CANARY"), "{form:?}");

    let id = sighting["id"].as_str().unwrap();
    here.insist(1, &format!("/api/v1/sightings/{id}/decide"), &json!({ "state": "accepted" })).await;
    let view = here.get(0, &format!("/api/v1/cases/{case}")).await.unwrap();
    assert_eq!(view["objects"][0]["status"], "sighted", "{form:?}");
    wait_until("every fact in the ledger, and nothing left over", PATIENCE, async || here.try_run(&["doctor"], "").0)
        .await
        .unwrap();
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"), "{form:?}");
    let facts = here.facts().await;
    for kind in ["notification.answered.v1", "object.sighted.v1", "sighting.decided.v1"] {
        assert!(facts.iter().any(|(one, _)| one == kind), "{form:?}: {kind}");
    }
    for (kind, body) in facts {
        assert!(!body.contains("CANARY") && !body.contains("libraries"), "{form:?} {kind} {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_reaches_the_desk_embedded() {
    every_answer_reaches_the_desk_and_no_message_holds_what_was_seen(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_reaches_the_desk_in_production() {
    every_answer_reaches_the_desk_and_no_message_holds_what_was_seen(Form::Production).await;
}
