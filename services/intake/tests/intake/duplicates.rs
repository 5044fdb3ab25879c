//! Reports of one event: proposed with their evidence, merged and un-merged by an officer, and told to partners only
//! where they add something.

use std::time::Duration;

use axum::http::StatusCode;
use intake::duplicates::OnReportChanged;
use serde_json::{Value, json};

use crate::photos::picture;
use crate::world::{World, theft, worlds};

/// Lets the consumer look at every fact it has not looked at.
async fn look(world: &World) {
    world.hand.advance(Duration::from_secs(3600));
    let consumer = OnReportChanged::new(world.clock.clone(), world.deps.bell.clone());
    for _ in 0..3 {
        bus::sweep_once(&world.db, &world.clock, &consumer).await.unwrap();
    }
}

async fn register(world: &World, who: &str, body: &Value) -> String {
    let key = format!("{who}-{}", world.facts().await.len());
    let answer = world.report(who, &key, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{} {}", world.engine, answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// The same theft as the ministry tells it: other words, the police's number written otherwise.
fn second_report() -> Value {
    let mut body = theft();
    body["title"] = json!("Vol au musée");
    body["circumstances"]["holder"] = json!("Musée national");
    body["circumstances"]["place"] = json!("Ouagadougou, avenue de la Liberté");
    body["circumstances"]["police_reference"] = json!("pv of canary");
    body["objects"][0]["title"] = json!("Tête d'une figure assise");
    body["objects"][0]["measurements"] = json!([]);
    body
}

/// A theft elsewhere.
fn other_theft() -> Value {
    let mut body = second_report();
    body["circumstances"]["police_reference"] = json!("B-77/2026");
    body["circumstances"]["holder"] = json!("Musée de Gaoua");
    body["circumstances"]["place"] = json!("Gaoua");
    body["objects"][0]["type"] = json!("ceramic_glass");
    body
}

async fn proposals(world: &World) -> Vec<Value> {
    world.get("officer", "/api/v1/duplicates").await.json()["duplicates"].as_array().unwrap().clone()
}

async fn state(world: &World, case: &str) -> String {
    world.get("officer", &format!("/api/v1/cases/{case}")).await.json()["state"].as_str().unwrap().to_owned()
}

async fn kinds(world: &World, kind: &str) -> usize {
    world.facts().await.iter().filter(|(found, _)| found == kind).count()
}

/// A verified case whose alert went to all partners.
async fn alerted(world: &World, case: &str) {
    let verified = json!({"certainty": "likely", "evidence": "inventory_extract"});
    world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verified).await;
    let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await;
    let id = draft.json()["id"].as_str().unwrap().to_owned();
    let released = world.post("second", &format!("/api/v1/alerts/{id}/release"), &json!({})).await;
    assert_eq!(released.status, StatusCode::OK, "{} {}", world.engine, released.text);
}

#[tokio::test]
async fn two_reports_of_one_theft_are_proposed_once_and_nothing_else_happens() {
    for world in worlds().await {
        let museum = register(&world, "museum", &theft()).await;
        let elsewhere = register(&world, "ministry", &other_theft()).await;
        let ministry = register(&world, "ministry", &second_report()).await;
        look(&world).await;
        look(&world).await;
        let open = proposals(&world).await;
        assert_eq!(open.len(), 1, "{} {open:?}", world.engine);
        assert_eq!(
            (&open[0]["earlier_id"], &open[0]["later_id"]),
            (&json!(museum), &json!(ministry)),
            "{}",
            world.engine
        );
        let expected = json!([{
            "kind": "police_reference", "reference": {"earlier": "PV-OF-CANARY", "later": "pv of canary"}
        }]);
        assert_eq!(open[0]["evidence"], expected, "{}", world.engine);
        for case in [&museum, &ministry, &elsewhere] {
            assert_eq!(state(&world, case).await, "submitted", "{}: proposed is not merged", world.engine);
        }
        assert_eq!(kinds(&world, "duplicate.proposed.v1").await, 1, "{}", world.engine);
        let told = world.facts().await.into_iter().find(|(kind, _)| kind == "duplicate.proposed.v1").unwrap().1;
        assert_eq!(told["evidence"], json!(["police_reference"]), "kinds travel, circumstances do not");
        assert!(!told.to_string().contains("CANARY"), "{told}");
        for who in ["museum", "ministry", "auditor", "admin"] {
            assert_eq!(world.get(who, "/api/v1/duplicates").await.status, StatusCode::FORBIDDEN, "{who}");
        }
    }
}

#[tokio::test]
async fn a_dismissed_proposal_comes_back_only_with_another_kind_of_evidence() {
    for world in worlds().await {
        let museum = register(&world, "museum", &theft()).await;
        let ministry = register(&world, "ministry", &second_report()).await;
        look(&world).await;
        let id = proposals(&world).await[0]["id"].as_str().unwrap().to_owned();
        for _ in 0..2 {
            let done = world.post("officer", &format!("/api/v1/duplicates/{id}/dismiss"), &json!({})).await;
            assert_eq!(
                (done.status, done.json()["state"].clone()),
                (StatusCode::OK, json!("dismissed")),
                "{}",
                world.engine
            );
        }
        assert_eq!(kinds(&world, "duplicate.dismissed.v1").await, 1, "{}", world.engine);
        let merge = world.post("officer", &format!("/api/v1/duplicates/{id}/merge"), &json!({"part": "later"})).await;
        assert_eq!(merge.problem(), "dismissed", "{}", world.engine);

        for (who, case, number) in [("museum", &museum, 1), ("ministry", &ministry, 2)] {
            let object = world.object(case).await;
            let file = picture(number, image::ImageFormat::Png);
            world.upload(who, &format!("/api/v1/objects/{object}/photos"), &[], Some(&file)).await;
        }
        look(&world).await;
        let dismissed = proposals(&world).await;
        let object = world.object(&ministry).await;
        let alike = picture(1, image::ImageFormat::WebP);
        let added = world.upload("ministry", &format!("/api/v1/objects/{object}/photos"), &[], Some(&alike)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{} {}", world.engine, added.text);
        look(&world).await;
        let again = proposals(&world).await;
        assert_eq!(again.len(), 1, "{} {dismissed:?}", world.engine);
        assert_eq!(again[0]["id"], json!(id));
        assert!(again[0]["evidence"].as_array().unwrap().iter().any(|e| e["kind"] == "photograph"), "{again:?}");
    }
}

#[tokio::test]
async fn what_came_under_a_stricter_label_never_leaves_under_a_laxer_one() {
    for world in worlds().await {
        let mut laxer = theft();
        laxer["label"] = json!("TLP:AMBER");
        let museum = register(&world, "museum", &laxer).await;
        let mut stricter = second_report();
        stricter["label"] = json!("TLP:AMBER+STRICT");
        register(&world, "ministry", &stricter).await;
        look(&world).await;
        let id = proposals(&world).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/duplicates/{id}/merge");
        let refused = world.post("officer", &path, &json!({"part": "later"})).await;
        assert_eq!(refused.problem(), "stricter-label", "{}", world.engine);
        // Nor out of a case of which nobody may be told for now.
        let quiet = json!({"until": "2026-12-01T12:00:00Z", "reason": "A raid is planned."});
        let set = world.post("officer", &format!("/api/v1/cases/{museum}/embargo"), &quiet).await;
        assert_eq!(set.status, StatusCode::OK, "{} {}", world.engine, set.text);
        let silent = world.post("officer", &path, &json!({"part": "earlier"})).await;
        assert_eq!(silent.problem(), "case-silent", "{}", world.engine);
        let speak = json!({"until": null, "reason": "It is over."});
        let lifted = world.post("second", &format!("/api/v1/cases/{museum}/embargo"), &speak).await;
        assert!(lifted.status.is_success(), "{} {}", world.engine, lifted.text);
        let merged = world.post("officer", &path, &json!({"part": "earlier"})).await;
        assert_eq!(merged.status, StatusCode::OK, "{} {}", world.engine, merged.text);
    }
}

#[tokio::test]
async fn a_merged_case_keeps_its_report_and_source_and_can_be_unmerged() {
    for world in worlds().await {
        let museum = register(&world, "museum", &theft()).await;
        let ministry = register(&world, "ministry", &second_report()).await;
        look(&world).await;
        let before = world.get("ministry", &format!("/api/v1/cases/{ministry}")).await.json();
        let id = proposals(&world).await[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/duplicates/{id}/merge");
        let bad = world.post("officer", &path, &json!({"part": "both"})).await;
        assert_eq!(bad.json()["errors"][0]["message"], "must be earlier or later", "{}", world.engine);
        for _ in 0..2 {
            let merged = world.post("officer", &path, &json!({"part": "later"})).await;
            assert_eq!(merged.status, StatusCode::OK, "{} {}", world.engine, merged.text);
            assert_eq!(
                merged.json(),
                json!({"case_id": ministry, "into_id": museum, "drafted": null, "not_drafted": null})
            );
        }
        let round = world.post("officer", &path, &json!({"part": "earlier"})).await;
        assert_eq!(round.problem(), "part-already", "{}", world.engine);
        assert_eq!(kinds(&world, "case.merged.v1").await, 1, "{}", world.engine);

        let after = world.get("ministry", &format!("/api/v1/cases/{ministry}")).await.json();
        assert_eq!(after["state"], "merged", "{}", world.engine);
        for part in ["reference", "institution_id", "circumstances", "reporter", "objects", "registered_by"] {
            assert_eq!(after[part], before[part], "{} {part}", world.engine);
        }
        let main = world.get("officer", &format!("/cases/{museum}")).await;
        assert!(
            main.text.contains("Also reported as") && main.text.contains("Ministry of Culture"),
            "{}",
            world.engine
        );
        let own = world.get("museum", &format!("/cases/{museum}")).await;
        assert!(
            !own.text.contains("Ministry of Culture"),
            "{}: another institution's report is not its own",
            world.engine
        );
        let part = world.get("officer", &format!("/cases/{ministry}")).await;
        assert!(part.text.contains("is part of"), "{}", world.engine);

        let draft = json!({"kind": "alert", "reach": "police"});
        let drafted = world.post("officer", &format!("/api/v1/cases/{ministry}/alerts"), &draft).await;
        assert_eq!(drafted.problem(), "merged", "{}: the other case speaks for it", world.engine);
        let object = world.object(&ministry).await;
        let file = picture(1, image::ImageFormat::Png);
        let added = world.upload("ministry", &format!("/api/v1/objects/{object}/photos"), &[], Some(&file)).await;
        assert_eq!(added.problem(), "closed", "{}: it stays as it was reported", world.engine);

        let unmerge = format!("/api/v1/cases/{ministry}/unmerge");
        assert_eq!(
            world.post("officer", &unmerge, &json!({})).await.status,
            StatusCode::NO_CONTENT,
            "{}",
            world.engine
        );
        assert_eq!(world.post("officer", &unmerge, &json!({})).await.problem(), "not-merged", "{}", world.engine);
        assert_eq!(state(&world, &ministry).await, "submitted", "{}", world.engine);
        assert_eq!(kinds(&world, "case.unmerged.v1").await, 1, "{}", world.engine);
        look(&world).await;
        assert!(proposals(&world).await.is_empty(), "{}: an officer has weighed this evidence", world.engine);
    }
}

#[tokio::test]
async fn a_second_report_becomes_an_update_only_if_it_adds_something() {
    for world in worlds().await {
        let mut same = theft();
        same["title"] = json!("The head again");
        let mut more = theft();
        more["objects"][0]["inscriptions"] = json!("A cross on the base");
        for (report, surer, update) in [(&same, false, false), (&more, false, true), (&same, true, true)] {
            let museum = register(&world, "museum", &theft()).await;
            alerted(&world, &museum).await;
            let ministry = register(&world, "ministry", report).await;
            if surer {
                let verified = json!({"certainty": "observed", "evidence": "police_report"});
                world.post("officer", &format!("/api/v1/cases/{ministry}/verify"), &verified).await;
            }
            look(&world).await;
            let open = proposals(&world).await;
            let between = |p: &&Value| p["earlier_id"] == json!(museum) && p["later_id"] == json!(ministry);
            let id = open.iter().find(between).unwrap()["id"].as_str().unwrap();
            let merged =
                world.post("officer", &format!("/api/v1/duplicates/{id}/merge"), &json!({"part": "later"})).await;
            assert_eq!(merged.status, StatusCode::OK, "{} {}", world.engine, merged.text);
            let answer = merged.json();
            assert_eq!(answer["drafted"].is_string(), update, "{} {answer}", world.engine);
            assert_eq!(answer["not_drafted"], json!(null), "{} {answer}", world.engine);
            let case = world.get("officer", &format!("/api/v1/cases/{museum}")).await.json();
            let last = case["alerts"].as_array().unwrap().last().unwrap().clone();
            let expected = if update { ("update", "draft") } else { ("alert", "released") };
            assert_eq!((last["kind"].as_str().unwrap(), last["state"].as_str().unwrap()), expected, "{}", world.engine);
            if update {
                let words = if surer { "now: observed" } else { "A cross on the base" };
                let message = last["message"].as_str().unwrap();
                assert!(message.contains(words) && !message.contains("CANARY"), "{} {message}", world.engine);
                let certainty = if surer { "observed" } else { "likely" };
                assert_eq!(last["certainty"], certainty, "{}", world.engine);
            }
        }
    }
}

#[tokio::test]
async fn a_case_partners_were_told_of_does_not_fall_silent_inside_another_one() {
    for world in worlds().await {
        let museum = register(&world, "museum", &theft()).await;
        let ministry = register(&world, "ministry", &second_report()).await;
        alerted(&world, &ministry).await;
        look(&world).await;
        let id = proposals(&world).await[0]["id"].as_str().unwrap().to_owned();
        let asked = world.form("officer", &format!("/duplicates/{id}/merge"), &[("part", "later")]).await;
        assert!(asked.text.contains("Merge these two cases?"), "{} {}", world.engine, asked.text);
        let path = format!("/duplicates/{id}/merge?sure=true");
        let refused = world.form("officer", &path, &[("part", "later")]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", world.engine);
        assert!(refused.text.contains("Partners were told of this case"), "{}", world.engine);
        assert_eq!((state(&world, &museum).await.as_str(), kinds(&world, "case.merged.v1").await), ("submitted", 0));
        let other_way = world.form("officer", &path, &[("part", "earlier")]).await;
        assert_eq!(other_way.status, StatusCode::SEE_OTHER, "{} {}", world.engine, other_way.text);
        assert_eq!(state(&world, &museum).await, "merged", "{}", world.engine);
    }
}

#[tokio::test]
async fn the_pages_show_both_reports_side_by_side() {
    for world in worlds().await {
        let empty = world.get("officer", "/duplicates").await;
        assert!(empty.text.contains("Nothing to decide"), "{}", world.engine);
        register(&world, "museum", &theft()).await;
        register(&world, "ministry", &second_report()).await;
        look(&world).await;
        let list = world.get("officer", "/duplicates").await;
        assert!(list.text.contains("Police reference pv of canary"), "{} {}", world.engine, list.text);
        let id = proposals(&world).await[0]["id"].as_str().unwrap().to_owned();
        let page = world.get("officer", &format!("/duplicates/{id}")).await;
        for text in [
            "Musée national",
            "Ministry of Culture",
            "PV-OF-CANARY",
            "pv of canary",
            "Registered earlier",
            "Different events",
        ] {
            assert!(page.text.contains(text), "{} {text}", world.engine);
        }
        assert_eq!(world.get("museum", &format!("/duplicates/{id}")).await.status, StatusCode::FORBIDDEN);
        let dismissed = world.form("officer", &format!("/duplicates/{id}/dismiss"), &[]).await;
        assert_eq!(dismissed.headers["location"], "/duplicates?done=dismissed", "{}", world.engine);
    }
}

#[tokio::test]
async fn a_correction_is_compared_like_a_new_report() {
    for world in worlds().await {
        register(&world, "museum", &theft()).await;
        let other = register(&world, "ministry", &other_theft()).await;
        look(&world).await;
        assert!(proposals(&world).await.is_empty(), "{}", world.engine);
        // It was the number of another file.
        let path = format!("/api/v1/cases/{other}");
        let seen = world.get("ministry", &path).await;
        let headers = [("content-type", "application/json"), ("if-match", seen.headers["etag"].to_str().unwrap())];
        let body = second_report().to_string();
        let done = world.send(world.request("ministry", "PUT", &path, &headers, body)).await;
        assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        look(&world).await;
        assert_eq!(proposals(&world).await.len(), 1, "{}", world.engine);
    }
}
