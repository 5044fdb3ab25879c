//! From a report to a released alert, and what may follow.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use store::alerts;

use crate::world::{Answer, World, theft, worlds};

async fn verify(world: &World, case: &str, certainty: &str, evidence: &str) -> Answer {
    let body = json!({"certainty": certainty, "evidence": evidence});
    world.post("officer", &format!("/api/v1/cases/{case}/verify"), &body).await
}

async fn draft(world: &World, who: &str, case: &str, kind: &str, reach: &str) -> Answer {
    let body = json!({"kind": kind, "reach": reach, "message": "What changed."});
    world.post(who, &format!("/api/v1/cases/{case}/alerts"), &body).await
}

async fn act(world: &World, who: &str, alert: &Value, what: &str) -> Answer {
    let id = alert["id"].as_str().unwrap();
    world.post(who, &format!("/api/v1/alerts/{id}/{what}"), &json!({})).await
}

async fn state(world: &World, case: &str) -> (String, String) {
    let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&view["state"]), text(&view["objects"][0]["status"]))
}

fn is(case: &str, object: &str) -> (String, String) {
    (case.to_owned(), object.to_owned())
}

#[tokio::test]
async fn a_case_goes_from_report_to_recovery() {
    for world in worlds().await {
        let case = world.case().await;
        assert_eq!(draft(&world, "officer", &case, "alert", "all").await.problem(), "not-verified");
        let wrong = verify(&world, &case, "observed", "press_only").await;
        assert_eq!((wrong.status.as_u16(), wrong.json()["errors"][0]["pointer"].as_str()), (422, Some("/evidence")));
        assert_eq!(verify(&world, &case, "observed", "police_report").await.status, StatusCode::OK);
        assert_eq!(state(&world, &case).await, is("verified", "missing"), "{}", world.engine);

        let first = draft(&world, "officer", &case, "alert", "all").await.json();
        assert_eq!((first["version"].as_i64(), first["urgency"].as_str()), (Some(1), Some("immediate")));
        assert_eq!(draft(&world, "second", &case, "alert", "all").await.problem(), "draft-open");
        assert_eq!(verify(&world, &case, "unlikely", "press_only").await.problem(), "draft-open");
        assert_eq!(act(&world, "officer", &first, "release").await.problem(), "second-officer", "{}", world.engine);
        let released = act(&world, "second", &first, "release").await;
        assert_eq!((released.status, released.json()["state"].as_str()), (StatusCode::OK, Some("released")));
        assert_eq!(act(&world, "second", &first, "release").await.problem(), "already-released");
        assert_eq!(act(&world, "officer", &first, "discard").await.problem(), "already-released");
        assert_eq!(state(&world, &case).await, is("active", "missing"), "{}", world.engine);

        // A discarded draft gives its number back; nobody heard of it.
        let second = draft(&world, "officer", &case, "update", "all").await.json();
        assert_eq!(act(&world, "officer", &second, "discard").await.status, StatusCode::OK);
        assert_eq!(act(&world, "second", &second, "release").await.problem(), "discarded");
        assert_eq!(draft(&world, "officer", &case, "update", "police").await.problem(), "reach-narrowed");
        let third = draft(&world, "second", &case, "recovery", "all").await.json();
        assert_eq!(third["version"], 2, "{}", world.engine);
        assert_eq!(act(&world, "officer", &third, "release").await.status, StatusCode::OK);
        assert_eq!(state(&world, &case).await, is("closed", "recovered"), "{}", world.engine);
        assert_eq!(verify(&world, &case, "likely", "ministry_note").await.problem(), "case-closed");

        let mut kinds: Vec<_> = world.facts().await.into_iter().map(|(kind, _)| kind).collect();
        // The two facts of one release may have either order: their identifiers are of one moment.
        kinds[7..].sort_unstable();
        let expected = [
            "case.registered.v1",
            "case.verified.v1",
            "alert.drafted.v1",
            "alert.released.v1",
            "alert.drafted.v1",
            "alert.discarded.v1",
            "alert.drafted.v1",
            "alert.released.v1",
            "object.status_changed.v1",
        ];
        assert_eq!(kinds, expected, "{}: one fact for each change, none for a refusal", world.engine);
    }
}

#[tokio::test]
async fn police_alone_needs_one_officer_and_every_cancel_needs_two() {
    for world in worlds().await {
        let case = world.case().await;
        verify(&world, &case, "likely", "inventory_extract").await;
        let first = draft(&world, "officer", &case, "alert", "police").await.json();
        assert_eq!(act(&world, "officer", &first, "release").await.status, StatusCode::OK, "{}", world.engine);
        let cancel = draft(&world, "officer", &case, "cancel", "police").await.json();
        assert_eq!(act(&world, "officer", &cancel, "release").await.problem(), "second-officer");
        assert_eq!(act(&world, "second", &cancel, "release").await.status, StatusCode::OK);
        assert_eq!(state(&world, &case).await, is("closed", "reported_in_error"), "{}", world.engine);
        assert_eq!(draft(&world, "officer", &case, "update", "all").await.problem(), "cancelled");
    }
}

#[tokio::test]
async fn a_released_alert_stays_as_it_was_frozen() {
    for world in worlds().await {
        let mut raw = theft();
        raw["event"] = json!("illicit_export");
        raw["label"] = json!("TLP:RED");
        raw["loss"] = json!({"earliest": "1991-01-01", "latest": "1991-12-31"});
        raw["export"] =
            json!({"claiming_state": "BF", "permit": "none", "route": ["GH"], "destinations": ["FR", "BE"]});
        let case = world.report("museum", "k", &raw).await.json()["id"].as_str().unwrap().to_owned();
        verify(&world, &case, "likely", "ministry_note").await;
        let alert = draft(&world, "officer", &case, "alert", "all").await.json();
        world.hand.advance(Duration::from_secs(3600));
        act(&world, "second", &alert, "release").await;

        let (_, released) = world.facts().await.into_iter().find(|(kind, _)| kind == "alert.released.v1").unwrap();
        let mut tx = world.db.read().await.unwrap();
        let id = alert["id"].as_str().unwrap().parse().unwrap();
        let row = alerts::find(&mut tx, id).await.unwrap().unwrap();
        let facts = serde_json::to_value(&row.facts.0).unwrap();
        for (field, expected) in [
            ("origins", json!(["BF"])),
            ("route", json!(["GH"])),
            ("destinations", json!(["BE", "FR"])),
            ("categories", json!(["sculpture"])),
            ("flags", json!(["sacred_or_communal"])),
            ("label", json!("TLP:RED")),
            ("certainty", json!("likely")),
            ("urgency", json!("past")),
            ("version", json!(1)),
        ] {
            assert_eq!(facts[field], expected, "{} {field}", world.engine);
        }
        // The route is circumstances: it is frozen with the alert and does not travel.
        assert!(!released.to_string().contains("GH"), "{}: {released}", world.engine);
        // The hash holds after the round trip through a database that keeps JSON in an order of its own.
        assert_eq!(released["content_sha256"], intake::draft::content_sha256(&row.content.0), "{}", world.engine);
        assert!(row.released_at.unwrap().since(row.drafted_at) >= Duration::from_secs(3600));
        let circumstances = alerts::circumstances(&mut tx, id).await.unwrap().unwrap();
        assert_eq!(circumstances.holder.as_str(), "HOLDER-OF-CANARY");
    }
}

#[tokio::test]
async fn a_double_click_is_one_verification() {
    for world in worlds().await {
        let case = world.case().await;
        for _ in 0..2 {
            assert_eq!(verify(&world, &case, "possible", "press_only").await.status, StatusCode::OK);
        }
        verify(&world, &case, "likely", "ministry_note").await;
        let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(view["verifications"].as_array().unwrap().len(), 2, "{}", world.engine);
    }
}

#[tokio::test]
async fn two_officers_who_release_at_once_release_once() {
    for world in worlds().await {
        let case = world.case().await;
        verify(&world, &case, "likely", "ministry_note").await;
        let alert = draft(&world, "officer", &case, "alert", "police").await.json();
        let (one, two) =
            tokio::join!(act(&world, "officer", &alert, "release"), act(&world, "second", &alert, "release"));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{}", world.engine);
        let released = world.facts().await.iter().filter(|(kind, _)| kind == "alert.released.v1").count();
        assert_eq!(released, 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn two_drafts_at_once_are_one() {
    for world in worlds().await {
        let case = world.case().await;
        verify(&world, &case, "likely", "ministry_note").await;
        let (one, two) = tokio::join!(
            draft(&world, "officer", &case, "alert", "all"),
            draft(&world, "second", &case, "alert", "all"),
        );
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {} {}", world.engine, one.text, two.text);
    }
}
