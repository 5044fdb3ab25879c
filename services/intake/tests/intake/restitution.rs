//! The way back of an object: routes, parties, documents, steps, time limits, the form.

use std::time::Duration;

use axum::http::StatusCode;
use intake::restitution::warn_once;
use serde_json::{Value, json};

use crate::world::{World, worlds};

const DAY: Duration = Duration::from_secs(86_400);

async fn secured(world: &World) -> (String, String) {
    let case = world.case().await;
    let object = world.object(&case).await;
    let body = json!({"status": "secured", "note": "Seized."});
    let done = world.post("officer", &format!("/api/v1/objects/{object}/status"), &body).await;
    assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
    (case, object)
}

async fn opened(world: &World, object: &str, body: Value) -> String {
    let done = world.post("officer", &format!("/api/v1/objects/{object}/restitutions"), &body).await;
    assert_eq!(done.status, StatusCode::CREATED, "{} {}", world.engine, done.text);
    done.json()["id"].as_str().unwrap().to_owned()
}

async fn step(world: &World, id: &str, body: Value) -> Value {
    let done = world.post("officer", &format!("/api/v1/restitutions/{id}/steps"), &body).await;
    assert_eq!(done.status, StatusCode::OK, "{} {body} {}", world.engine, done.text);
    done.json()
}

#[tokio::test]
async fn a_limit_starts_on_confirmed_facts_alone_and_stops_by_them() {
    for world in worlds().await {
        let (case, object) = secured(&world).await;
        let path = format!("/api/v1/objects/{object}/restitutions");
        let wrong = world.post("officer", &path, &json!({"route": "by post", "instruments": ["hope"]})).await;
        let fields: Vec<_> = wrong.json()["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(fields, ["/route", "/instruments/0"], "{}", world.engine);
        assert_eq!(world.post("museum", &path, &json!({"route": "court"})).await.status, StatusCode::FORBIDDEN);
        let id = opened(&world, &object, json!({"route": "bilateral", "instruments": ["unidroit_1995"]})).await;
        let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(view["objects"][0]["status"], "restitution", "{}", world.engine);
        let second = world.post("second", &path, &json!({"route": "court"})).await;
        assert_eq!(second.problem(), "restitution-open", "{}", world.engine);

        let steps = format!("/api/v1/restitutions/{id}/steps");
        for (body, field) in [
            (json!({"step": "location_known", "happened_on": "2026-11-24"}), "/happened_on"),
            (json!({"step": "location_known", "happened_on": "2026-11-01", "confirmed": true}), "/note"),
            (json!({"step": "returned", "happened_on": "2026-11-01"}), "/confirmed"),
            (json!({"step": "requested", "happened_on": "2026-11-01", "document": "7"}), "/document"),
        ] {
            let refused = world.post("officer", &steps, &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {body}", world.engine);
            assert_eq!(refused.json()["errors"][0]["pointer"], field, "{} {body}", world.engine);
        }
        let supposed = json!({"step": "location_known", "happened_on": "2026-10-01"});
        assert_eq!(step(&world, &id, supposed).await["clocks"], json!([]), "{}", world.engine);
        let place =
            json!({"step": "location_known", "happened_on": "2026-10-15", "confirmed": true, "note": "Police."});
        assert_eq!(step(&world, &id, place).await["clocks"], json!([]), "{}: one of two", world.engine);
        let holder = json!({"step": "possessor_known", "happened_on": "2026-11-02", "confirmed": true, "note": "Land registry."});
        let view = step(&world, &id, holder.clone()).await;
        assert_eq!(
            step(&world, &id, holder).await["steps"].as_array().unwrap().len(),
            3,
            "{}: a double click",
            world.engine
        );
        let clock = &view["clocks"][0];
        assert_eq!((&clock["limit"], &clock["standing"]), (&json!("unidroit_3_3_knowledge"), &json!("running")));
        assert_eq!((&clock["started_on"], &clock["due_on"]), (&json!("2026-11-02"), &json!("2029-11-02")));
        assert!(clock["text"].as_str().unwrap().contains("article 3(3)"), "{clock}");
        assert!(clock["caution"].as_str().unwrap().contains("not legal advice"), "{clock}");
        assert_eq!(view["clocks"].as_array().unwrap().len(), 1, "{}: the object is sacred", world.engine);

        // Reminders: found by a query, also after nobody looked for a long while; each once.
        assert_eq!(warn_once(&world.deps).await.unwrap(), 0, "{}", world.engine);
        world.hand.advance(DAY * 366 * 2);
        assert_eq!(warn_once(&world.deps).await.unwrap(), 1, "{}", world.engine);
        assert_eq!(warn_once(&world.deps).await.unwrap(), 0, "{}", world.engine);
        world.hand.advance(DAY * 365);
        assert_eq!(warn_once(&world.deps).await.unwrap(), 1, "{}: those missed are one", world.engine);
        assert_eq!(warn_once(&world.deps).await.unwrap(), 0, "{}", world.engine);
        let warned = world.facts().await.into_iter().filter(|(kind, _)| kind == "clock.warned.v1").count();
        assert_eq!(warned, 2, "{}", world.engine);
        let page = world.get("auditor", "/clocks").await;
        assert!(page.text.contains("past") && page.text.contains("2029-11-02"), "{} {}", world.engine, page.text);
        let list = world.get("auditor", "/api/v1/clocks").await.json();
        assert_eq!(list["clocks"][0]["standing"], "past", "{}", world.engine);

        let begun =
            json!({"step": "proceedings_begun", "happened_on": "2028-01-10", "confirmed": true, "note": "Writ."});
        let view = step(&world, &id, begun).await;
        let clock = &view["clocks"][0];
        assert_eq!((&clock["standing"], &clock["stopped_by"]), (&json!("stopped"), &json!("proceedings_begun")));
        assert_eq!(world.get("auditor", "/api/v1/clocks").await.json()["clocks"], json!([]), "{}", world.engine);
        let end = json!({"step": "returned", "happened_on": "2028-06-01", "confirmed": true, "note": "Handed over."});
        let view = step(&world, &id, end).await;
        assert_eq!(view["ended_by"], "returned", "{}", world.engine);
        let more = json!({"step": "agreed", "happened_on": "2028-06-01"});
        assert_eq!(world.post("officer", &steps, &more).await.problem(), "restitution-ended", "{}", world.engine);
        let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(view["objects"][0]["status"], "returned", "{}", world.engine);
    }
}

#[tokio::test]
async fn parties_are_for_those_who_need_to_know_and_the_form_says_what_is_missing() {
    for world in worlds().await {
        let (case, object) = secured(&world).await;
        let id = opened(&world, &object, json!({"route": "icprcp"})).await;
        let parties = format!("/api/v1/restitutions/{id}/parties");
        let no_state = world.post("officer", &parties, &json!({"role": "holding_state", "name": "Belgium"})).await;
        assert_eq!(no_state.json()["errors"][0]["pointer"], "/country", "{}", world.engine);
        for body in [
            json!({"role": "requesting_state", "name": "Burkina Faso", "country": "BF"}),
            json!({"role": "holding_state", "name": "Belgium", "country": "BE"}),
            json!({"role": "possessor", "name": "GALLERY-OF-CANARY", "contact": "Sablon"}),
        ] {
            assert_eq!(world.post("officer", &parties, &body).await.status, StatusCode::OK, "{}", world.engine);
        }
        let documents = format!("/restitutions/{id}/documents");
        let fields = [("title", "Note verbale"), ("kept", "Ministry, file 12")];
        let sent = world.upload("officer", &documents, &fields, Some(b"the note")).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{} {}", world.engine, sent.text);
        let nothing = world.upload("officer", &documents, &fields, None).await;
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        let sent = json!({
            "step": "form_transmitted", "happened_on": "2026-11-20", "confirmed": true, "document": "1"
        });
        let view = step(&world, &id, sent).await;
        assert_eq!(view["clocks"][0]["due_on"], "2027-11-20", "{}", world.engine);
        let hash = view["documents"][0]["sha256"].as_str().unwrap().to_owned();
        assert_eq!(
            hash, "00c4d8948f2e675f9903b34994fbaded79203699ec8ec234e4e46bdfd797cff9",
            "{}: of the file that was not kept",
            world.engine
        );

        let list = format!("/api/v1/objects/{object}/restitutions");
        let page = format!("/objects/{object}/restitution");
        let form = format!("/api/v1/restitutions/{id}/icprcp");
        for (who, knows) in [("officer", true), ("museum", true), ("auditor", false), ("admin", false)] {
            assert_eq!(world.get(who, &list).await.text.contains("OF-CANARY"), knows, "{} {who}", world.engine);
            let shown = world.get(who, &page).await;
            assert_eq!(shown.status, StatusCode::OK, "{} {who}", world.engine);
            assert_eq!(shown.text.contains("GALLERY-OF-CANARY"), knows, "{} {who}", world.engine);
            assert!(shown.text.contains("Form transmitted"), "{} {who}", world.engine);
            let wanted = if knows { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(world.get(who, &form).await.status, wanted, "{} {who}", world.engine);
            assert_eq!(
                world.get(who, &format!("/restitutions/{id}/icprcp")).await.status,
                wanted,
                "{} {who}",
                world.engine
            );
        }
        for path in [&list, &page, &form] {
            assert_eq!(world.get("ministry", path).await.status, StatusCode::NOT_FOUND, "{} {path}", world.engine);
        }
        let filled = world.get("museum", &form).await.json();
        assert_eq!(filled["holding_state"]["name"], "Belgium", "{}", world.engine);
        assert_eq!(filled["possessor"]["name"], "GALLERY-OF-CANARY", "{}", world.engine);
        assert_eq!(filled["documentation"][0]["sha256"], hash, "{}", world.engine);
        let missing = filled["missing"].to_string();
        assert!(missing.contains("photograph") && missing.contains("bilateral talks"), "{} {missing}", world.engine);
        assert!(!missing.contains("the holding state"), "{} {missing}", world.engine);
        for (kind, body) in world.facts().await {
            assert!(!body.to_string().contains("OF-CANARY"), "{} {kind}", world.engine);
        }
        let looks = world.looks().await;
        assert!(looks.iter().any(|look| look["what"] == "restitution"), "{}", world.engine);
        let view = world.get("officer", &format!("/cases/{case}")).await;
        assert!(view.text.contains(&page), "{}", world.engine);
    }
}

#[tokio::test]
async fn by_forms_alone_a_way_back_is_opened_stepped_and_ended() {
    for world in worlds().await {
        let (_, object) = secured(&world).await;
        let page = format!("/objects/{object}/restitution");
        let refused = world.form("officer", &page, &[("route", "")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        let done = world.form("officer", &page, &[("route", "directive_2014_60")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{} {}", world.engine, done.text);
        let list = world.get("officer", &format!("/api/v1/objects/{object}/restitutions")).await.json();
        let id = list["restitutions"][0]["id"].as_str().unwrap().to_owned();
        let party = [("role", "possessor"), ("name", "A dealer"), ("country", "BE"), ("contact", "")];
        let done = world.form("officer", &format!("/restitutions/{id}/parties"), &party).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{} {}", world.engine, done.text);
        let steps = format!("/restitutions/{id}/steps");
        let kept = [("step", "discovery_notified"), ("happened_on", "2026-11-10"), ("confirmed", "true"), ("note", "")];
        let refused = world.form("officer", &steps, &kept).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert!(refused.text.contains("value=\"2026-11-10\""), "{}: nothing typed is lost", world.engine);
        let note =
            [("step", "discovery_notified"), ("happened_on", "2026-11-10"), ("confirmed", "true"), ("note", "IMI.")];
        let done = world.form("officer", &steps, &note).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{} {}", world.engine, done.text);
        let shown = world.get("officer", &page).await.text;
        for words in [
            "2027-05-10",
            "Directive 2014/60/EU, article 5",
            "not legal advice",
            "A dealer",
            "Draft a restitution notice",
        ] {
            assert!(shown.contains(words), "{} {words}", world.engine);
        }
        let end =
            [("step", "left_by_agreement"), ("happened_on", "2026-11-20"), ("confirmed", "true"), ("note", "Signed.")];
        assert_eq!(world.form("officer", &steps, &end).await.status, StatusCode::SEE_OTHER, "{}", world.engine);
        let shown = world.get("officer", &page).await.text;
        assert!(
            shown.contains("Left with its possessor by agreement") && shown.contains("stopped"),
            "{}",
            world.engine
        );
    }
}
