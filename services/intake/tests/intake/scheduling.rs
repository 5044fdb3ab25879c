//! A word for later, and silence until a moment: kept by the table alone, told once, called back by any officer.

use std::time::Duration;

use axum::http::StatusCode;
use intake::schedule::release_due;
use serde_json::{Value, json};

use crate::world::{Answer, World, worlds};

/// An hour after the clock of the tests begins.
const LATER: &str = "2026-11-23T12:00:00Z";
const HOUR: Duration = Duration::from_secs(3600);

/// A verified case and its draft.
async fn draft(world: &World) -> (String, String) {
    let case = world.case().await;
    let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
    world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
    let alert = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await.json();
    (case, alert["id"].as_str().unwrap().to_owned())
}

async fn act(world: &World, who: &str, alert: &str, what: &str, body: Value) -> Answer {
    world.post(who, &format!("/api/v1/alerts/{alert}/{what}"), &body).await
}

async fn schedule(world: &World, who: &str, alert: &str, at: &str) -> Answer {
    act(world, who, alert, "schedule", json!({"not_before": at})).await
}

async fn embargo(world: &World, who: &str, case: &str, until: Option<&str>) -> Answer {
    let body = json!({"until": until, "reason": "REASON-CANARY of the prosecutor"});
    world.post(who, &format!("/api/v1/cases/{case}/embargo"), &body).await
}

async fn released(world: &World) -> usize {
    world.facts().await.iter().filter(|(kind, _)| kind == "alert.released.v1").count()
}

#[tokio::test]
async fn a_word_for_later_is_told_once_at_its_moment_and_not_before() {
    for world in worlds().await {
        let (case, alert) = draft(&world).await;
        assert_eq!(schedule(&world, "officer", &alert, LATER).await.problem(), "second-officer", "{}", world.engine);
        assert_eq!(schedule(&world, "museum", &alert, LATER).await.status, StatusCode::FORBIDDEN);
        for past in ["2026-11-23T11:00:00Z", "tomorrow", ""] {
            let refused = schedule(&world, "second", &alert, past).await;
            assert_eq!(refused.json()["errors"][0]["pointer"], "/not_before", "{} {past}", world.engine);
        }
        let word = schedule(&world, "second", &alert, LATER).await;
        assert_eq!(word.status, StatusCode::OK, "{} {}", world.engine, word.text);
        let word = word.json();
        assert_eq!((&word["state"], &word["not_before"]), (&json!("scheduled"), &json!("2026-11-23T12:00:00.000000Z")));
        // A double click gives one word.
        schedule(&world, "second", &alert, LATER).await;

        // The case stands still until then, and an institution does not learn of it.
        let verify = json!({"certainty": "observed", "evidence": "police_report"});
        let verify = world.post("second", &format!("/api/v1/cases/{case}/verify"), &verify).await;
        assert_eq!(verify.problem(), "draft-open", "{}", world.engine);
        let step = json!({"step": "suspend", "reason": "Silence."});
        let step = world.post("second", &format!("/api/v1/cases/{case}/steps"), &step).await;
        assert_eq!(step.problem(), "draft-open", "{}", world.engine);
        assert_eq!(
            act(&world, "second", &alert, "discard", json!({})).await.problem(),
            "scheduled",
            "{}",
            world.engine
        );
        let own = world.get("museum", &format!("/api/v1/cases/{case}")).await;
        assert!(
            own.json()["alerts"].as_array().unwrap().is_empty() && !own.text.contains("not_before"),
            "{}",
            world.engine
        );
        let page = world.get("officer", &format!("/cases/{case}")).await.text;
        assert!(
            page.contains("goes out on 2026-11-23 12:00:00 UTC") && page.contains("Call it back"),
            "{}",
            world.engine
        );

        assert_eq!(release_due(&world.deps).await.unwrap(), 0, "{}: nobody is told before the moment", world.engine);
        world.hand.advance(HOUR);
        // Many processes look at once; each may also die after its transaction and look again.
        let (a, b, c) = tokio::join!(release_due(&world.deps), release_due(&world.deps), release_due(&world.deps));
        assert_eq!(a.unwrap() + b.unwrap() + c.unwrap(), 1, "{}", world.engine);
        assert_eq!(release_due(&world.deps).await.unwrap(), 0, "{}", world.engine);
        assert_eq!(released(&world).await, 1, "{}", world.engine);
        let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!((&view["state"], &view["alerts"][0]["state"]), (&json!("active"), &json!("released")));
        assert_eq!(view["alerts"][0]["released_by"], word["released_by"], "{}: the word was theirs", world.engine);
        let kinds: Vec<_> = world.facts().await.into_iter().map(|(kind, _)| kind).collect();
        let scheduled = kinds.iter().filter(|kind| *kind == "alert.scheduled.v1").count();
        assert_eq!((scheduled, kinds.last().unwrap().as_str()), (1, "alert.released.v1"), "{}", world.engine);
        assert_eq!(act(&world, "officer", &alert, "unschedule", json!({})).await.problem(), "already-released");
    }
}

#[tokio::test]
async fn what_waits_is_called_back_by_any_officer_or_told_sooner_by_two() {
    for world in worlds().await {
        let (case, alert) = draft(&world).await;
        assert_eq!(act(&world, "officer", &alert, "unschedule", json!({})).await.problem(), "not-scheduled");
        schedule(&world, "second", &alert, LATER).await;
        let back = act(&world, "officer", &alert, "unschedule", json!({})).await.json();
        assert_eq!((&back["state"], back.get("not_before")), (&json!("draft"), None), "{}", world.engine);
        world.hand.advance(HOUR);
        assert_eq!(release_due(&world.deps).await.unwrap(), 0, "{}: nobody was told", world.engine);

        // By the page; then for another moment; then the second officer does not wait.
        let form = [("not_before", "2026-11-23T14:00")];
        let done = world.form("second", &format!("/alerts/{alert}/schedule"), &form).await;
        assert_eq!(done.headers["location"], format!("/cases/{case}?done=scheduled"), "{} {}", world.engine, done.text);
        let wrong =
            world.form("second", &format!("/alerts/{alert}/schedule"), &[("not_before", "2026-11-01T14:00")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("must be in the future") && wrong.text.contains("value=\"2026-11-01T14:00\""));
        schedule(&world, "second", &alert, "2026-11-23T15:00:00Z").await;
        assert_eq!(act(&world, "officer", &alert, "release", json!({})).await.problem(), "second-officer");
        assert_eq!(
            act(&world, "second", &alert, "release", json!({})).await.status,
            StatusCode::OK,
            "{}",
            world.engine
        );
        world.hand.advance(HOUR * 5);
        assert_eq!((release_due(&world.deps).await.unwrap(), released(&world).await), (0, 1), "{}", world.engine);
    }
}

#[tokio::test]
async fn an_embargo_holds_whoever_gives_the_word_and_a_cancel_goes_out_all_the_same() {
    for world in worlds().await {
        let (case, alert) = draft(&world).await;
        assert_eq!(embargo(&world, "museum", &case, Some(LATER)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(embargo(&world, "officer", &case, None).await.problem(), "no-embargo", "{}", world.engine);
        let set = embargo(&world, "officer", &case, Some("2026-11-23T13:00")).await;
        assert_eq!(set.json()["until"], "2026-11-23T13:00:00.000000Z", "{} {}", world.engine, set.text);
        let refused = act(&world, "second", &alert, "release", json!({})).await;
        assert_eq!(refused.problem(), "embargoed", "{}", world.engine);
        assert!(refused.text.contains("2026-11-23 13:00:00 UTC"), "{}", refused.text);
        // The word may be given; it waits for the later of the two moments.
        assert_eq!(schedule(&world, "second", &alert, LATER).await.status, StatusCode::OK);
        world.hand.advance(HOUR + HOUR / 2);
        assert_eq!(release_due(&world.deps).await.unwrap(), 0, "{}", world.engine);
        // One officer lengthens it; another one than who set it shortens it.
        assert_eq!(embargo(&world, "officer", &case, Some("2026-11-23T18:00:00Z")).await.status, StatusCode::OK);
        assert_eq!(embargo(&world, "officer", &case, None).await.problem(), "second-officer", "{}", world.engine);
        let own = world.get("museum", &format!("/api/v1/cases/{case}")).await;
        assert!(own.json()["embargo"]["until"].is_string() && !own.text.contains("REASON-CANARY"), "{}", world.engine);
        let page = world.get("officer", &format!("/cases/{case}")).await.text;
        assert!(page.contains("An embargo holds until 2026-11-23 18:00:00 UTC") && page.contains("REASON-CANARY"));
        let done = world.form("second", &format!("/cases/{case}/embargo"), &[("until", ""), ("reason", "Done.")]).await;
        assert_eq!(done.headers["location"], format!("/cases/{case}?done=embargoed"), "{} {}", world.engine, done.text);
        assert_eq!(release_due(&world.deps).await.unwrap(), 1, "{}", world.engine);
        let facts = world.facts().await;
        let untils: Vec<_> =
            facts.iter().filter(|(kind, _)| kind == "case.embargoed.v1").map(|(_, f)| &f["until"]).collect();
        assert_eq!(untils.len(), 3, "{}: each change is a fact, a refusal none", world.engine);
        assert!(untils[2].is_null() && !format!("{facts:?}").contains("REASON-CANARY"), "{}", world.engine);

        embargo(&world, "officer", &case, Some("2026-11-23T23:00:00Z")).await;
        let drafts = format!("/api/v1/cases/{case}/alerts");
        let cancel = json!({"kind": "cancel", "message": "It was in the store room."});
        let cancel = world.post("officer", &drafts, &cancel).await.json();
        let cancel = cancel["id"].as_str().unwrap();
        assert_eq!(
            act(&world, "second", cancel, "release", json!({})).await.status,
            StatusCode::OK,
            "{}",
            world.engine
        );
    }
}
