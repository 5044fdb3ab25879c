//! What is refused, and that nothing is stored then.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{theft, worlds};

#[tokio::test]
async fn all_field_errors_come_together_as_a_problem_document() {
    for world in worlds().await {
        let mut raw = theft();
        raw["country"] = json!("XX");
        raw["loss"]["latest"] = json!("2020-01-01");
        raw["objects"][0]["photographs"] = Value::Null;
        raw["circumstances"]["police_reference"] = json!("");
        let answer = world.report("museum", "k", &raw).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        let problem = answer.json();
        let pointers: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
        assert_eq!(
            pointers,
            ["/country", "/loss/latest", "/circumstances/police_reference", "/objects/0/photographs"],
            "{}",
            world.engine
        );
        assert!(world.facts().await.is_empty());
        // A corrected report may use the key of the refused one.
        assert_eq!(world.report("museum", "k", &theft()).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn what_is_not_a_report_is_refused_without_harm() {
    for world in worlds().await {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for (body, status) in [
            ("".to_owned(), 400),
            ("{".to_owned(), 400),
            ("{} {}".to_owned(), 400),
            ("{\"title\": 1e400}".to_owned(), 400),
            (deep.clone(), 422),
            (format!("{{\"objects\": {deep}}}"), 422),
            ("{\"title\": {}}".to_owned(), 422),
            ("{\"title\": \"A\", \"title\": \"B\"}".to_owned(), 422),
            ("{\"state\": \"verified\"}".to_owned(), 422),
            ("{\"institution_id\": null}".to_owned(), 422),
            ("{\"reporter\": {\"role\": \"admin\"}}".to_owned(), 422),
            ("{\"objects\": [{\"status\": \"recovered\"}]}".to_owned(), 422),
        ] {
            let headers = [("content-type", "application/json"), ("idempotency-key", "k")];
            let shown: String = body.chars().take(60).collect();
            let answer = world.send(world.request("museum", "POST", "/api/v1/cases", &headers, body)).await;
            assert!(answer.status.is_client_error(), "{} {shown} {}", world.engine, answer.status);
            assert_eq!(answer.status.as_u16(), status, "{} {shown} {}", world.engine, answer.text);
        }
        assert!(world.facts().await.is_empty());
    }
}

#[tokio::test]
async fn an_officer_without_an_institution_is_told_the_rule() {
    for world in worlds().await {
        let answer = world.report("homeless", "k", &theft()).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "no-institution"), "{}", world.engine);
        assert_eq!(world.report("officer", "k", &theft()).await.status, StatusCode::CREATED);
    }
}

#[tokio::test]
async fn a_list_takes_only_what_it_knows() {
    for world in worlds().await {
        world.case().await;
        for (query, status) in [
            ("?state=lost", 422),
            ("?limit=0", 422),
            ("?limit=101", 422),
            ("?after=x", 422),
            ("?institution_id=x", 400),
            ("?state=&event=&q=%20", 200),
            ("?q=toc-2026-0000&state=submitted&event=theft&country=BF", 200),
        ] {
            let answer = world.get("officer", &format!("/api/v1/cases{query}")).await;
            assert_eq!(answer.status.as_u16(), status, "{} {query} {}", world.engine, answer.text);
        }
        let found = world.get("officer", "/api/v1/cases?q=toc-2026-000001").await.json();
        assert_eq!(found["cases"].as_array().unwrap().len(), 1, "{}", world.engine);
        assert_eq!(found["cases"][0]["objects"], 1);
    }
}

#[tokio::test]
async fn pages_of_a_list_meet_without_gap_or_repeat() {
    for world in worlds().await {
        for _ in 0..5 {
            world.case().await;
        }
        let mut seen = Vec::new();
        let mut path = "/api/v1/cases?limit=2".to_owned();
        loop {
            let page = world.get("museum", &path).await.json();
            seen.extend(page["cases"].as_array().unwrap().iter().map(|c| c["reference"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/cases?limit=2&after={next}");
        }
        let expected: Vec<_> = (1..=5).rev().map(|n| format!("TOC-2026-{n:06}")).collect();
        assert_eq!(seen, expected, "{}", world.engine);
    }
}
