//! Who sees what: other institutions nothing, auditors no persons, facts on the bus class A only.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::{World, worlds};

/// A case with a released alert; the identifiers of both.
async fn released(world: &World) -> (String, String) {
    let case = world.case().await;
    let verified = world
        .post(
            "officer",
            &format!("/api/v1/cases/{case}/verify"),
            &json!({"certainty": "likely", "evidence": "inventory_extract", "note": "NOTE-OF-CANARY"}),
        )
        .await;
    assert_eq!(verified.status, StatusCode::OK, "{}", verified.text);
    let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await;
    assert_eq!(draft.status, StatusCode::CREATED, "{}", draft.text);
    let alert = draft.json()["id"].as_str().unwrap().to_owned();
    let done = world.post("second", &format!("/api/v1/alerts/{alert}/release"), &json!({})).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    (case, alert)
}

#[tokio::test]
async fn facts_hold_no_circumstances_and_no_person() {
    for world in worlds().await {
        released(&world).await;
        let facts = world.facts().await;
        let kinds: Vec<_> = facts.iter().map(|(kind, _)| kind.as_str()).collect();
        assert_eq!(kinds, ["case.registered.v1", "case.verified.v1", "alert.drafted.v1", "alert.released.v1"]);
        for (kind, data) in &facts {
            assert!(!data.to_string().to_lowercase().contains("canary"), "{} {kind} {data}", world.engine);
        }
    }
}

/// Without the number of the request (16 hexadecimal digits), which differs each time.
fn unnumbered(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_hexdigit()).filter(|run| run.len() == 16);
    runs.fold(text.to_owned(), |text, run| text.replace(run, "N"))
}

#[tokio::test]
async fn another_institution_finds_nothing() {
    for world in worlds().await {
        let (case, alert) = released(&world).await;
        for path in [format!("/api/v1/cases/{case}"), format!("/cases/{case}")] {
            let other = world.get("ministry", &path).await;
            assert_eq!(other.status, StatusCode::NOT_FOUND, "{} {path}", world.engine);
            let unknown = world.get("ministry", &path.replace(&case, "case_00000000000000000000000000000000")).await;
            assert_eq!(unknown.status, StatusCode::NOT_FOUND);
            assert_eq!(unnumbered(&other.text), unnumbered(&unknown.text), "told apart: {path}");
            for own in ["museum", "museum2"] {
                assert_eq!(world.get(own, &path).await.status, StatusCode::OK, "{own} {path}");
            }
        }
        let list = world.get("ministry", "/api/v1/cases").await.json();
        assert_eq!(list["cases"], json!([]), "{}", world.engine);
        // What officers do, nobody else does.
        for who in ["museum", "ministry", "auditor", "admin", "nobody"] {
            for path in [
                format!("/api/v1/cases/{case}/verify"),
                format!("/api/v1/cases/{case}/alerts"),
                format!("/api/v1/alerts/{alert}/release"),
                format!("/api/v1/alerts/{alert}/discard"),
            ] {
                let answer = world.post(who, &path, &json!({})).await;
                assert!(matches!(answer.status.as_u16(), 401 | 403), "{who} {path} {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn each_role_sees_its_classes() {
    for world in worlds().await {
        let (case, _) = released(&world).await;
        let draft = json!({"kind": "update", "message": "DRAFT-OF-CANARY"});
        assert_eq!(world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &draft).await.status, 201);
        for (who, reporter, desk) in
            [("museum", true, false), ("officer", true, true), ("auditor", false, true), ("admin", false, true)]
        {
            let view = world.get(who, &format!("/api/v1/cases/{case}")).await;
            assert!(view.text.contains("HOLDER-OF-CANARY"), "{who}");
            assert_eq!(view.json()["objects"][0]["description"]["measurements"][0]["value"], "27.50");
            let page = world.get(who, &format!("/cases/{case}")).await;
            for (what, seen) in [
                ("REPORTER-OF-CANARY", reporter),
                ("canary@example.org", reporter),
                ("NOTE-OF-CANARY", desk),
                ("DRAFT-OF-CANARY", desk),
            ] {
                assert_eq!(view.text.contains(what), seen, "{} {who} {what} in the API", world.engine);
                assert_eq!(page.text.contains(what), seen, "{} {who} {what} on the page", world.engine);
            }
            assert_eq!(page.text.contains("Person second"), desk, "{} {who}: the desk's names", world.engine);
        }
    }
}

#[tokio::test]
async fn every_look_is_a_fact_and_whoever_may_not_see_leaves_none() {
    for world in worlds().await {
        let case = world.case().await;
        for (who, path, status) in [
            ("officer", format!("/cases/{case}"), StatusCode::OK),
            ("auditor", format!("/api/v1/cases/{case}"), StatusCode::OK),
            ("ministry", format!("/cases/{case}"), StatusCode::NOT_FOUND),
        ] {
            assert_eq!(world.get(who, &path).await.status, status, "{} {path}", world.engine);
        }
        let looks = world.looks().await;
        assert_eq!(looks.len(), 2, "{}", world.engine);
        assert!(looks.iter().all(|look| look["what"] == "case" && look["case_id"] == case.as_str()));
        assert_ne!(looks[0]["read_by"], looks[1]["read_by"]);
    }
}

#[tokio::test]
async fn a_person_is_erased_on_a_ground_once_and_for_good() {
    for world in worlds().await {
        let case = world.case().await;
        let page = format!("/cases/{case}/erase-reporter");
        assert_eq!(world.form("auditor", &page, &[("ground", "request")]).await.status, StatusCode::FORBIDDEN);
        let missing = world.form("officer", &page, &[("ground", " ")]).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert!(missing.text.contains("Please look at 1 field"));
        let asked = world.form("officer", &page, &[("ground", "request")]).await;
        assert!(asked.text.contains("Erase who reported?"), "{} {}", world.engine, asked.text);
        assert!(world.facts().await.iter().all(|(kind, _)| kind != "reporter.erased.v1"), "{}", world.engine);
        let sure = format!("{page}?sure=true");
        assert_eq!(world.form("officer", &sure, &[("ground", "request")]).await.status, StatusCode::SEE_OTHER);
        let again = world.post("admin", &format!("/api/v1{page}"), &json!({"ground": "retention"})).await;
        assert_eq!(again.status, StatusCode::NO_CONTENT, "{}", again.text);
        let unknown = sure.replace(&case, "case_00000000000000000000000000000000");
        assert_eq!(world.form("officer", &unknown, &[("ground", "request")]).await.status, StatusCode::NOT_FOUND);
        let shown = world.get("officer", &format!("/cases/{case}?done=erased")).await;
        assert!(shown.text.contains("Who reported is erased") && !shown.text.contains("REPORTER-OF-CANARY"));
        let erased: Vec<_> = world.facts().await.into_iter().filter(|(kind, _)| kind == "reporter.erased.v1").collect();
        assert_eq!(erased.len(), 1, "{}: {erased:?}", world.engine);
        assert_eq!(erased[0].1["ground"], "request");
    }
}
