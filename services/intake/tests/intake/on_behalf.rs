//! A duty officer registers for an institution that telephoned: the case is the institution's.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{theft, worlds};

fn theft_of(institution: &str) -> Value {
    let mut body = theft();
    body["institution"] = json!(institution);
    body
}

#[tokio::test]
async fn the_case_is_the_institutions_and_the_officer_is_named_as_who_registered_it() {
    for world in worlds().await {
        let done = world.report("officer", "k1", &theft_of("Musée national")).await;
        assert_eq!(done.status, StatusCode::CREATED, "{} {}", world.engine, done.text);
        let path = format!("/api/v1/cases/{}", done.json()["id"].as_str().unwrap());
        assert_eq!(world.get("museum", &path).await.status, StatusCode::OK, "{}", world.engine);
        assert_eq!(world.get("ministry", &path).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let (kind, fact) = world.facts().await.remove(0);
        assert_eq!(kind, "case.registered.v1");
        let case = world.get("officer", &path).await.json();
        assert_eq!(fact["institution_id"], case["institution_id"], "{}", world.engine);
        assert_eq!(fact["registered_by"], case["registered_by"]);

        // The same key for another institution is another report.
        let again = world.report("officer", "k1", &theft_of("Ministry of Culture")).await;
        assert_eq!(
            (again.status, again.problem().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused")
        );
        // An officer without an institution registers as well, and keeps keys apart from other people's.
        let homeless = world.report("homeless", "k1", &theft_of("Ministry of Culture")).await;
        assert_eq!(homeless.status, StatusCode::CREATED, "{} {}", world.engine, homeless.text);
        let refused = world.report("homeless", "k2", &theft()).await;
        assert_eq!(refused.problem(), "no-institution", "{}", world.engine);
    }
}

#[tokio::test]
async fn only_an_officer_names_another_institution_and_only_one_that_is_known() {
    for world in worlds().await {
        for (who, institution, status) in [
            ("officer", "Museum of Nowhere", StatusCode::UNPROCESSABLE_ENTITY),
            ("museum", "Ministry of Culture", StatusCode::UNPROCESSABLE_ENTITY),
            ("museum", "Musée national", StatusCode::CREATED),
            ("officer", "Desk", StatusCode::CREATED),
        ] {
            let answer = world
                .report(
                    who,
                    &format!("{who} {institution}").replace(' ', "-").replace('é', "e"),
                    &theft_of(institution),
                )
                .await;
            assert_eq!(answer.status, status, "{} {who} {institution} {}", world.engine, answer.text);
            if status != StatusCode::CREATED {
                assert_eq!(answer.json()["errors"][0]["pointer"], "/institution", "{}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn the_form_offers_every_institution_to_an_officer_and_none_to_a_reporter() {
    for world in worlds().await {
        for (who, offered) in [("officer", true), ("homeless", true), ("museum", false)] {
            let page = world.get(who, "/cases/new?event=theft").await;
            assert_eq!(page.status, StatusCode::OK, "{}", world.engine);
            assert_eq!(page.text.contains("value=\"Ministry of Culture\""), offered, "{} {who}", world.engine);
            assert!(page.text.contains("case[title]"), "{who} has a form");
        }
        let wrong =
            world.form("officer", "/cases/new", &[("case[institution]", "Museum of Nowhere"), ("key", "k")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
