//! Corrections before the verification: nobody overwrites what somebody else changed.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{Answer, World, theft, worlds};

async fn put(world: &World, who: &str, case: &str, etag: Option<&str>, body: &Value) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(etag.map(|etag| ("if-match", etag)));
    world.send(world.request(who, "PUT", &format!("/api/v1/cases/{case}"), &headers, body.to_string())).await
}

async fn etag(world: &World, who: &str, case: &str) -> String {
    let answer = world.get(who, &format!("/api/v1/cases/{case}")).await;
    answer.headers["etag"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn of_two_who_correct_at_once_one_is_told_to_look_again() {
    for world in worlds().await {
        let case = world.case().await;
        let (first, second) = (etag(&world, "museum", &case).await, etag(&world, "museum2", &case).await);
        assert_eq!(first, second, "{}: the same view has the same version", world.engine);
        let mut one = theft();
        one["title"] = json!("Corrected");
        let mut two = theft();
        two["country"] = json!("ML");
        let (a, b) = tokio::join!(
            put(&world, "museum", &case, Some(&first), &one),
            put(&world, "museum2", &case, Some(&second), &two),
        );
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{} {} {}", world.engine, a.text, b.text);
        let (won, lost) = if a.status == StatusCode::OK { (a, b) } else { (b, a) };
        assert_eq!(lost.problem(), "changed-meanwhile");
        assert_eq!(lost.headers["content-type"], "application/problem+json");
        assert_eq!(won.headers["etag"].to_str().unwrap(), etag(&world, "museum", &case).await, "{}", world.engine);
        let edited = world.facts().await.iter().filter(|(kind, _)| kind == "case.edited.v1").count();
        assert_eq!(edited, 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_correction_replaces_the_report_and_objects_keep_their_identifiers() {
    for world in worlds().await {
        let case = world.case().await;
        let before = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
        let mut report = theft();
        report["title"] = json!("Tambour");
        report["circumstances"]["place"] = json!("Salle 4");
        report["reporter"]["name"] = json!("B. Traoré");
        report["objects"][0]["title"] = json!("Tambour parlant");
        let another = json!({"title": "Baguette", "type": "musical_instrument", "photographs": "none"});
        report["objects"].as_array_mut().unwrap().push(another);
        let tag = etag(&world, "museum", &case).await;
        let after = put(&world, "museum", &case, Some(&tag), &report).await;
        assert_eq!(after.status, StatusCode::OK, "{} {}", world.engine, after.text);
        let after = after.json();
        assert_eq!((&after["title"], &after["reporter"]["name"]), (&json!("Tambour"), &json!("B. Traoré")));
        assert_eq!(after["objects"][0]["id"], before["objects"][0]["id"], "{}", world.engine);
        assert_eq!(after["objects"][1]["description"]["title"], "Baguette");
        for (words, count) in [("parlant baguette", 1), ("pobe", 0)] {
            let found = world.get("museum", &format!("/api/v1/cases?q={}", words.replace(' ', "+"))).await.json();
            assert_eq!(found["cases"].as_array().unwrap().len(), count, "{} {words}", world.engine);
        }
        report["objects"].as_array_mut().unwrap().pop();
        let tag = etag(&world, "officer", &case).await;
        assert_eq!(put(&world, "officer", &case, Some(&tag), &report).await.status, StatusCode::OK, "{}", world.engine);
        let last = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(last["objects"].as_array().unwrap().len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_may_not_be_corrected_is_refused_by_name() {
    for world in worlds().await {
        let case = world.case().await;
        let tag = etag(&world, "museum", &case).await;
        assert_eq!(put(&world, "museum", &case, None, &theft()).await.problem(), "precondition-required");
        assert_eq!(put(&world, "museum", &case, Some("*"), &theft()).await.status.as_u16(), 428, "{}", world.engine);
        assert_eq!(put(&world, "museum", &case, Some("\"0\""), &theft()).await.problem(), "changed-meanwhile");
        assert_eq!(put(&world, "ministry", &case, Some(&tag), &theft()).await.status.as_u16(), 404, "{}", world.engine);
        assert_eq!(put(&world, "auditor", &case, Some(&tag), &theft()).await.status.as_u16(), 403);
        let wrong = put(&world, "museum", &case, Some(&tag), &json!({"event": "theft"})).await;
        assert_eq!(wrong.problem(), "validation", "{}", world.engine);
        let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
        world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
        let stale = put(&world, "museum", &case, Some(&tag), &theft()).await;
        assert_eq!(stale.status.as_u16(), 412, "{}", world.engine);
        let tag = etag(&world, "museum", &case).await;
        assert_eq!(put(&world, "museum", &case, Some(&tag), &theft()).await.problem(), "already-verified");
    }
}
