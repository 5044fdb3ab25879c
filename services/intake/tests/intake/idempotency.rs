//! One key is one case, however often and however fast it is sent.

use axum::http::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use crate::world::{World, answer, theft, worlds};

async fn references(world: &World) -> Vec<String> {
    let list = world.get("officer", "/api/v1/cases?limit=100").await.json();
    list["cases"].as_array().unwrap().iter().map(|case| case["reference"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_same_report_under_one_key_is_one_case() {
    for world in worlds().await {
        let first = world.report("museum", "k1", &theft()).await;
        assert_eq!(first.status, StatusCode::CREATED, "{} {}", world.engine, first.text);
        assert_eq!(first.json()["reference"], "TOC-2026-000001");
        let location = first.headers["location"].to_str().unwrap();
        assert_eq!(world.get("museum", location).await.status, StatusCode::OK);

        let again = world.report("museum", "k1", &theft()).await;
        assert_eq!((again.status, again.json()), (StatusCode::OK, first.json()), "{}", world.engine);
        // A colleague of the same institution repeats the same request, not another one.
        assert_eq!(world.report("museum2", "k1", &theft()).await.status, StatusCode::OK);

        let mut other = theft();
        other["title"] = json!("Another");
        let reused = world.report("museum", "k1", &other).await;
        assert_eq!(reused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert_eq!(reused.problem(), "idempotency-key-reused");

        // Keys are an institution's own.
        let elsewhere = world.report("ministry", "k1", &other).await;
        assert_eq!(elsewhere.json()["reference"], "TOC-2026-000002");
        assert_eq!(world.facts().await.len(), 2, "{}: a repeat is no new fact", world.engine);
    }
}

#[tokio::test]
async fn a_hundred_posts_of_one_key_at_once_are_one_case() {
    for world in worlds().await {
        let mut posts = JoinSet::new();
        for n in 0..100 {
            // Every fourth one is another report under another key, so that numbers are taken at the same time.
            let key = if n % 4 == 0 { format!("other-{n}") } else { "one".to_owned() };
            posts.spawn(answer(world.app.clone(), world.report_request("museum", &key, &theft())));
        }
        let answers = posts.join_all().await;
        let of_one: Vec<_> = answers.iter().filter(|a| !a.text.is_empty()).map(|a| (a.status, a.json())).collect();
        assert_eq!(of_one.len(), 100);
        assert!(of_one.iter().all(|(status, _)| *status == 201 || *status == 200), "{} {of_one:?}", world.engine);
        let created = of_one.iter().filter(|(status, _)| *status == 201).count();
        assert_eq!(created, 26, "{}: 25 others and one", world.engine);
        let mut found = references(&world).await;
        found.sort();
        let expected: Vec<_> = (1..=26).map(|n| format!("TOC-2026-{n:06}")).collect();
        assert_eq!(found, expected, "{}: no gap, no repeat", world.engine);
        assert_eq!(world.facts().await.len(), 26, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_key_is_required_and_bounded() {
    for world in worlds().await {
        let missing = world.post("museum", "/api/v1/cases", &theft()).await;
        assert_eq!((missing.status, missing.problem().as_str()), (StatusCode::BAD_REQUEST, "idempotency-key"));
        assert!(missing.text.contains("Idempotency-Key"), "{}", missing.text);
        for bad in ["", " ", "a b", &"x".repeat(256)] {
            let answer = world.report("museum", bad, &theft()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad:?}");
        }
        assert_eq!(world.report("museum", &"x".repeat(255), &theft()).await.status, StatusCode::CREATED);
    }
}
