//! The life of a case besides its alerts, and the fates of its objects.

use std::time::Duration;

use axum::http::StatusCode;
use domain::codes::Share;
use domain::ids::{AccountId, OverrideId};
use domain::plan::OverrideChange;
use serde_json::{Value, json};
use store::identity;
use store::plans::overrides::{self, OverrideRow};

use crate::world::{Answer, World, theft, worlds};

async fn step(world: &World, who: &str, case: &str, body: Value) -> Answer {
    world.post(who, &format!("/api/v1/cases/{case}/steps"), &body).await
}

async fn view(world: &World, case: &str) -> Value {
    world.get("officer", &format!("/api/v1/cases/{case}")).await.json()
}

async fn released(world: &World, case: &str, body: Value) -> Answer {
    let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &body).await.json();
    let id = draft["id"].as_str().unwrap_or_else(|| panic!("{draft}"));
    world.post("second", &format!("/api/v1/alerts/{id}/release"), &json!({})).await
}

async fn verify(world: &World, case: &str) {
    let body = json!({"certainty": "likely", "evidence": "ministry_note"});
    assert_eq!(world.post("officer", &format!("/api/v1/cases/{case}/verify"), &body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_case_goes_through_triage_rests_wakes_and_is_silent_when_an_authority_asks() {
    for world in worlds().await {
        let case = world.case().await;
        let alert = json!({"kind": "alert", "reach": "all"});
        for (body, state) in [
            (json!({"step": "triage"}), "triage"),
            (json!({"step": "start_verifying"}), "verifying"),
            (json!({"step": "suspend", "reason": "The prosecutor asks for silence."}), "suspended"),
        ] {
            // Twice, as a double click sends it: the second changes nothing.
            for _ in 0..2 {
                let answer = step(&world, "officer", &case, body.clone()).await;
                assert_eq!(answer.status, StatusCode::OK, "{} {}", world.engine, answer.text);
            }
            assert_eq!(view(&world, &case).await["state"], state, "{}", world.engine);
        }
        verify(&world, &case).await;
        let drafts = format!("/api/v1/cases/{case}/alerts");
        assert_eq!(world.post("officer", &drafts, &alert).await.problem(), "case-silent", "{}", world.engine);
        let nothing = step(&world, "officer", &case, json!({"step": "triage"})).await;
        assert_eq!(nothing.problem(), "step-not-allowed");
        step(&world, "officer", &case, json!({"step": "resume"})).await;
        assert_eq!(view(&world, &case).await["state"], "verified", "{}", world.engine);

        assert_eq!(released(&world, &case, alert).await.status, StatusCode::OK);
        let forgotten = step(&world, "officer", &case, json!({"step": "rest"})).await.json();
        let fields: Vec<_> = forgotten["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(fields, [json!("/reason"), json!("/review_on")]);
        let rest = json!({"step": "rest", "reason": "No lead.", "review_on": "2027-11-23"});
        assert_eq!(step(&world, "officer", &case, rest).await.status, StatusCode::OK);
        let page = world.get("officer", &format!("/cases/{case}")).await.text;
        for text in ["Dormant", "Looked at again on", "2027-11-23", "No lead.", "Take up again"] {
            assert!(page.contains(text), "{} {text}", world.engine);
        }
        step(&world, "officer", &case, json!({"step": "wake"})).await;
        step(&world, "officer", &case, json!({"step": "close", "reason": "Settled."})).await;
        step(&world, "officer", &case, json!({"step": "reopen", "reason": "New lead."})).await;
        assert_eq!(view(&world, &case).await["state"], "active", "{}", world.engine);
        let moved = world.facts().await.iter().filter(|(kind, _)| kind == "case.moved.v1").count();
        assert_eq!(moved, 8, "{}: one fact a step, none for a repeat or a refusal", world.engine);
    }
}

#[tokio::test]
async fn an_institution_withdraws_its_own_case_until_somebody_was_told() {
    for world in worlds().await {
        let case = world.case().await;
        let withdraw = json!({"step": "withdraw", "reason": "It was in the store room."});
        assert_eq!(step(&world, "ministry", &case, withdraw.clone()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(step(&world, "auditor", &case, withdraw.clone()).await.status, StatusCode::FORBIDDEN);
        let reject = json!({"step": "reject", "reason": "No."});
        assert_eq!(step(&world, "museum", &case, reject).await.problem(), "step-of-the-desk", "{}", world.engine);
        let page = format!("/cases/{case}");
        assert!(world.get("museum", &page).await.text.contains("Withdraw the case"));
        let typed = [("step", "withdraw"), ("reason", "It was in the store room.")];
        let asked = world.form("museum", &format!("{page}/steps"), &typed).await;
        assert_eq!(asked.status, StatusCode::OK, "{} {}", world.engine, asked.text);
        assert!(asked.text.contains("are you sure?") && asked.text.contains("It was in the store room."));
        let done = world.form("museum", &format!("{page}/steps?sure=true"), &typed).await;
        assert_eq!(done.headers["location"].to_str().unwrap(), format!("{page}?done=moved"), "{}", done.text);
        assert_eq!(view(&world, &case).await["state"], "withdrawn", "{}", world.engine);
        let hidden = world.get("museum", &format!("/api{}", page.replace("/cases", "/v1/cases"))).await.json();
        assert!(hidden["steps"][0]["taken_by"].is_null() && hidden["steps"][0]["reason"].is_null());

        let told = world.case().await;
        verify(&world, &told).await;
        released(&world, &told, json!({"kind": "alert", "reach": "all"})).await;
        assert_eq!(step(&world, "museum", &told, withdraw).await.problem(), "step-not-allowed", "{}", world.engine);
    }
}

/// Three vessels that look alike.
async fn vessels(world: &World) -> (String, Vec<String>) {
    let mut raw = theft();
    raw["objects"] = json!(vec![raw["objects"][0].clone(); 3]);
    let case = world.report("museum", "vessels", &raw).await.json()["id"].as_str().unwrap().to_owned();
    verify(world, &case).await;
    let objects = view(world, &case).await["objects"].as_array().unwrap().clone();
    (case, objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn each_object_has_its_own_fate_and_history() {
    for world in worlds().await {
        let (case, objects) = vessels(&world).await;
        let at = format!("/api/v1/objects/{}/status", objects[1]);
        let located = json!({"status": "located", "note": "NOTE-OF-THE-DESK"});
        for _ in 0..2 {
            assert_eq!(world.post("officer", &at, &located).await.status, StatusCode::OK, "{}", world.engine);
        }
        assert_eq!(world.post("officer", &at, &json!({"status": "sighted"})).await.problem(), "status-not-allowed");
        assert_eq!(world.post("museum", &at, &located).await.status, StatusCode::FORBIDDEN);
        let typed = [("status", "secured"), ("note", "")];
        let done = world.form("officer", &format!("/objects/{}/status", objects[1]), &typed).await;
        assert_eq!(done.headers["location"].to_str().unwrap(), format!("/cases/{case}?done=status"), "{}", done.text);
        let seen = view(&world, &case).await;
        let statuses: Vec<_> = seen["objects"].as_array().unwrap().iter().map(|o| o["status"].clone()).collect();
        assert_eq!(statuses, [json!("missing"), json!("secured"), json!("missing")], "{}", world.engine);
        let history = seen["objects"][1]["history"].as_array().unwrap();
        assert_eq!((history.len(), &history[0]["note"]), (2, &json!("NOTE-OF-THE-DESK")), "{}", world.engine);
        let claimant = world.get("museum", &format!("/api/v1/cases/{case}")).await.text;
        assert!(claimant.contains("secured") && !claimant.contains("NOTE-OF-THE-DESK"), "{}", world.engine);
        let changed = world.facts().await.iter().filter(|(kind, _)| kind == "object.status_changed.v1").count();
        assert_eq!(changed, 2, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_partial_recovery_names_its_objects_and_leaves_the_others_searched_for() {
    for world in worlds().await {
        let (case, _) = vessels(&world).await;
        released(&world, &case, json!({"kind": "alert", "reach": "all"})).await;
        let drafts = format!("/api/v1/cases/{case}/alerts");
        for (named, kind, refused) in [
            (json!(["4"]), "recovery", "names object 4, and there is none"),
            (json!(["1"]), "update", "only a recovery"),
        ] {
            let body = json!({"kind": kind, "message": "Found.", "objects": named});
            let answer = world.post("officer", &drafts, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text.contains(refused), "{} {}", world.engine, answer.text);
        }
        let partial = json!({"kind": "recovery", "reach": "all", "message": "Two came back.", "objects": ["3", "1"]});
        assert_eq!(released(&world, &case, partial).await.status, StatusCode::OK);
        let seen = view(&world, &case).await;
        let statuses: Vec<_> = seen["objects"].as_array().unwrap().iter().map(|o| o["status"].clone()).collect();
        assert_eq!(statuses, [json!("recovered"), json!("missing"), json!("recovered")], "{}", world.engine);
        assert_eq!(seen["state"], "active", "{}: one is searched for still", world.engine);
        let again = json!({"kind": "recovery", "message": "Found.", "objects": ["1"]});
        assert!(world.post("officer", &drafts, &again).await.text.contains("which is recovered"));
        let rest = json!({"kind": "recovery", "reach": "all", "message": "The last one came back."});
        assert_eq!(released(&world, &case, rest).await.status, StatusCode::OK);
        let seen = view(&world, &case).await;
        assert_eq!((&seen["state"], &seen["objects"][1]["status"]), (&json!("closed"), &json!("recovered")));
        let facts = world.facts().await;
        let moved =
            facts.iter().filter(|(kind, fact)| kind == "object.status_changed.v1" && fact["status"] == "recovered");
        assert_eq!(moved.count(), 3, "{}: the record counts what came back", world.engine);
        let last = json!({"kind": "recovery", "message": "Again."});
        assert_eq!(world.post("officer", &drafts, &last).await.problem(), "recovery-exists", "{}", world.engine);
    }
}

#[tokio::test]
async fn an_official_source_alerts_before_there_is_a_list_and_two_officers_release_it() {
    for world in worlds().await {
        let mut raw = theft();
        raw["event"] = json!("emergency");
        raw["objects"] = json!([]);
        raw["reporter"]["capacity"] = json!("national_authority");
        raw["emergency"] = json!({"threat": "armed_conflict", "extent": "About 4,000 coins"});
        raw["typology"] = json!({"types": ["coin_medal"], "description": "Coins of the northern mints."});
        let answer = world.report("ministry", "urgent", &raw).await;
        let case = answer.json()["id"].as_str().unwrap().to_owned();
        let draft = json!({"kind": "alert", "reach": "all"});
        let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &draft).await.json();
        assert_eq!((&draft["certainty"], &draft["urgency"]), (&json!("likely"), &json!("immediate")), "{draft}");
        assert_eq!(view(&world, &case).await["state"], "alerting", "{}", world.engine);
        let release = format!("/api/v1/alerts/{}/release", draft["id"].as_str().unwrap());
        assert_eq!(world.post("officer", &release, &json!({})).await.problem(), "second-officer");
        assert_eq!(world.post("second", &release, &json!({})).await.status, StatusCode::OK, "{}", world.engine);
        assert_eq!(view(&world, &case).await["state"], "active", "{}", world.engine);
    }
}

#[tokio::test]
async fn the_last_word_on_a_case_holds_although_the_clock_was_set_back_before_it() {
    for world in worlds().await {
        let case = world.case().await;
        let verified = async |certainty: &str| {
            let body = json!({"certainty": certainty, "evidence": "ministry_note"});
            let answer = world.post("officer", &format!("/api/v1/cases/{case}/verify"), &body).await;
            assert_eq!(answer.status, StatusCode::OK, "{} {}", world.engine, answer.text);
            answer.json()["verified_at"].as_str().unwrap().parse::<domain::Timestamp>().unwrap()
        };
        let sure = verified("likely").await;
        world.hand.set_back(Duration::from_secs(3600));
        let unsure = verified("unknown").await;
        assert!(unsure > sure, "{}", world.engine);
        let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await;
        assert_eq!(draft.problem(), "too-uncertain", "{}: the desk is not sure any more", world.engine);
        for name in ["suspend", "resume"] {
            world.hand.set_back(Duration::from_secs(60));
            // Twice, as a double click sends it: known again as the last step, although its time is the earlier.
            for _ in 0..2 {
                let answer = step(&world, "officer", &case, json!({"step": name, "reason": "A word."})).await;
                assert_eq!(answer.status, StatusCode::OK, "{} {name} {}", world.engine, answer.text);
            }
        }
    }
}

/// A decision about a partner by hand, as routing records it.
async fn decided(world: &World, alert: &str, by: &str, change: Option<OverrideChange>) -> OverrideId {
    world.hand.advance(Duration::from_secs(1));
    let row = OverrideRow {
        id: OverrideId::generate(&world.clock),
        alert_id: alert.parse().unwrap(),
        partner_id: PARTNER.parse().unwrap(),
        change: change.map(Into::into),
        reason: "They asked.".parse().unwrap(),
        made_by: account(world, by).await,
        made_at: world.clock.now(),
    };
    let mut tx = world.db.begin().await.unwrap();
    overrides::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

const PARTNER: &str = "partner_0190c1c5f3a97c0e8a4f5b6c7d8e9f00";

async fn account(world: &World, who: &str) -> AccountId {
    let mut tx = world.db.read().await.unwrap();
    let email = format!("{who}@example.org").parse().unwrap();
    identity::credential(&mut tx, &email).await.unwrap().unwrap().account_id
}

async fn draft(world: &World, case: &str, reach: &str) -> String {
    let body = json!({"kind": "alert", "reach": reach});
    let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &body).await.json();
    draft["id"].as_str().unwrap_or_else(|| panic!("{draft}")).to_owned()
}

#[tokio::test]
async fn nobody_releases_what_they_have_not_seen_or_a_partner_that_they_added() {
    for world in worlds().await {
        let case = world.case().await;
        verify(&world, &case).await;
        let alert = draft(&world, &case, "all").await;
        let release = format!("/api/v1/alerts/{alert}/release");
        let add = || Some(OverrideChange::Add { share: Share::Full });
        let first = decided(&world, &alert, "second", Some(OverrideChange::Remove)).await;
        let last = decided(&world, &alert, "second", add()).await;
        for seen in [json!({}), json!({"last_override": first})] {
            assert_eq!(world.post("second", &release, &seen).await.problem(), "not-seen", "{}", world.engine);
        }
        let seen = json!({"last_override": last});
        assert_eq!(world.post("second", &release, &seen).await.problem(), "own-addition", "{}", world.engine);
        let stale = world.form("homeless", &format!("/alerts/{alert}/release"), &[]).await;
        assert!(stale.status == StatusCode::CONFLICT && stale.text.contains("since you looked"), "{}", stale.text);
        let page = world.get("homeless", &format!("/cases/{case}")).await.text;
        assert!(page.contains(&format!("name=\"last_override\" value=\"{last}\"")), "{} {page}", world.engine);
        // Taken back, it is nobody's addition any more.
        let back = decided(&world, &alert, "second", None).await;
        let done = world.post("second", &release, &json!({"last_override": back})).await;
        assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
    }
}

#[tokio::test]
async fn two_officers_whom_one_administrator_has_just_made_are_one() {
    for world in worlds().await {
        let case = world.case().await;
        verify(&world, &case).await;
        let admin = account(&world, "admin").await;
        for who in ["officer", "second"] {
            let id = account(&world, who).await;
            let mut tx = world.db.begin().await.unwrap();
            identity::note_changer(&mut tx, id, admin, world.clock.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let alert = draft(&world, &case, "all").await;
        let release = format!("/api/v1/alerts/{alert}/release");
        assert_eq!(world.post("second", &release, &json!({})).await.problem(), "one-hand", "{}", world.engine);
        world.hand.advance(Duration::from_hours(24));
        assert_eq!(world.post("second", &release, &json!({})).await.status, StatusCode::OK, "{}", world.engine);
    }
}
