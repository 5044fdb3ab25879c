//! The way back of an object: routes, parties, documents, steps, time limits, the form.

use std::time::Duration;

use axum::http::StatusCode;
use image::ImageFormat;
use intake::restitution::warn_once;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::photos::{files, picture};
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
        let of = "00c4d8948f2e675f9903b34994fbaded79203699ec8ec234e4e46bdfd797cff9";
        let sent = world.upload("officer", &documents, &[&fields[..], &[("sha256", of)]].concat(), None).await;
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
            "{}: of the file that stays elsewhere",
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

const NOTE: &[u8] = b"%PDF-1.7\n1 0 obj\nPAPER-OF-CANARY\n%%EOF\n";

#[tokio::test]
async fn a_document_is_kept_by_its_content_for_few_and_goes_when_it_is_erased() {
    for world in worlds().await {
        let (_, object) = secured(&world).await;
        let id = opened(&world, &object, json!({"route": "bilateral"})).await;
        let api = format!("/api/v1/restitutions/{id}/documents");
        let send = format!("{api}/file");
        let named = [("title", "NOTE-OF-CANARY verbale")];
        for (file, words) in [
            (&b"PK\x03\x04 an archive"[..], "PDF, or a picture"),
            (b"%PDF-1.7 that breaks off", "ends before it says so"),
            (b"<html><script>alert(1)</script>", "PDF, or a picture"),
        ] {
            let refused = world.upload("officer", &send, &named, Some(file)).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {words}", world.engine);
            assert_eq!(refused.json()["errors"][0]["pointer"], "/file", "{} {words}", world.engine);
            assert!(refused.text.contains(words), "{} {}", world.engine, refused.text);
        }
        let wrong = [named[0], ("sha256", "00c4d8948f2e675f9903b34994fbaded79203699ec8ec234e4e46bdfd797cff9")];
        let other = world.upload("officer", &send, &wrong, Some(NOTE)).await;
        assert_eq!(other.json()["errors"][0]["pointer"], "/sha256", "{}", world.engine);
        assert_eq!(world.upload("museum", &send, &named, Some(NOTE)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.upload("officer", &send, &named, None).await.json()["errors"][0]["pointer"], "/file");
        assert_eq!(papers(&world), 0, "{}", world.engine);

        // Known by its fingerprint first; then the file comes, twice; then a second one by the page.
        let hash = hex::encode(Sha256::digest(NOTE));
        let known = json!({"title": "NOTE-OF-CANARY verbale", "sha256": hash, "kept": "Ministry"});
        assert_eq!(world.post("officer", &api, &known).await.status, StatusCode::OK, "{}", world.engine);
        assert_eq!(world.get("officer", &format!("{api}/1")).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        for _ in 0..2 {
            let kept = world.upload("officer", &send, &named, Some(NOTE)).await.json();
            let document = &kept["documents"][0];
            assert_eq!((&document["format"], &document["sha256"]), (&json!("application/pdf"), &json!(hash)));
        }
        let form = format!("/restitutions/{id}/documents");
        let scan = picture(3, ImageFormat::Png);
        let sent = world.upload("officer", &form, &[("title", "Scan")], Some(&scan)).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{} {}", world.engine, sent.text);
        assert_eq!(papers(&world), 2, "{}", world.engine);
        for (who, status) in [
            ("officer", StatusCode::OK),
            ("museum", StatusCode::OK),
            ("ministry", StatusCode::NOT_FOUND),
            ("auditor", StatusCode::FORBIDDEN),
        ] {
            let (got, headers, bytes) = world.bytes(who, &format!("{api}/1")).await;
            assert_eq!(got, status, "{} {who}", world.engine);
            if got == StatusCode::OK {
                assert_eq!(bytes, NOTE, "{} {who}", world.engine);
                assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
                assert_eq!(headers["content-security-policy"], "sandbox; default-src 'none'");
            }
        }
        // What no row names goes, also if whoever wrote it died before its row: a day later.
        let stray = bytes::Bytes::from_static(b"%PDF-1.7 stray %%EOF");
        let hash_of = domain::photo::ContentHash::new(Sha256::digest(&stray).into());
        let mut tx = world.db.begin().await.unwrap();
        let file = [store::photos::loose::LooseFile::new("documents", hash_of)];
        assert!(store::photos::loose::add(&mut tx, &file, world.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
        world.deps.photos.blobs.put(blobs::Shelf::Documents, stray).await.unwrap();
        world.hand.advance(DAY * 2);
        assert_eq!(intake::photos::sweep_photos(&world.deps).await.unwrap(), 1, "{}", world.engine);
        assert_eq!(papers(&world), 2, "{}: those with a row stay", world.engine);

        // Erased: asked first, then gone with its file, once.
        let erase = format!("/restitutions/{id}/documents/1/erase");
        let asked = world.get("officer", &erase).await;
        assert!(asked.text.contains("Erase document 1?") && asked.text.contains("cannot be undone"), "{}", asked.text);
        assert_eq!(world.get("museum", &erase).await.status, StatusCode::FORBIDDEN, "{}", world.engine);
        let bare = world.form("officer", &erase, &[("ground", "")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert_eq!(papers(&world), 2, "{}", world.engine);
        assert_eq!(world.form("officer", &erase, &[("ground", "order")]).await.status, StatusCode::SEE_OTHER);
        let again = world.post("admin", &format!("/api/v1{erase}"), &json!({"ground": "request"})).await;
        assert_eq!(again.status, StatusCode::NO_CONTENT, "{}", world.engine);
        assert_eq!(papers(&world), 1, "{}", world.engine);
        let view = world.get("officer", &format!("/api/v1/objects/{object}/restitutions")).await;
        assert!(!view.text.contains("NOTE-OF-CANARY") && view.text.contains(&hash), "{} {}", world.engine, view.text);
        assert_eq!(world.get("officer", &format!("{api}/1")).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let back = world.upload("officer", &send, &named, Some(NOTE)).await;
        assert_eq!(back.problem(), "document-erased", "{}", world.engine);
        let facts = world.facts().await;
        let count = |wanted: &str| facts.iter().filter(|(kind, _)| kind == wanted).count();
        assert_eq!(count("restitution.document_added.v1"), 3, "{}: fingerprint, file, scan", world.engine);
        assert_eq!(count("restitution.document_erased.v1"), 1, "{}", world.engine);
        // Whoever erased it died before the file was gone: the next sweep takes it.
        let number = (id.parse().unwrap(), 2);
        let mut tx = world.db.begin().await.unwrap();
        let gone = store::restitutions::erase_document(&mut tx, number.0, number.1, world.clock.now()).await;
        assert!(gone.unwrap(), "{}", world.engine);
        tx.commit().await.unwrap();
        assert_eq!(papers(&world), 1, "{}", world.engine);
        intake::photos::sweep_photos(&world.deps).await.unwrap();
        assert_eq!(papers(&world), 0, "{}", world.engine);
    }
}

/// How many documents lie on the disk.
fn papers(world: &World) -> usize {
    let folder = world.files.path().join("documents");
    if folder.exists() { files(&folder).into_iter().filter(|name| name.len() == 64).count() } else { 0 }
}

#[tokio::test]
async fn a_party_is_erased_and_its_part_stays() {
    for world in worlds().await {
        let (_, object) = secured(&world).await;
        let id = opened(&world, &object, json!({"route": "court"})).await;
        for name in ["WIDOW-OF-CANARY", "Gallery"] {
            let party = json!({"role": "possessor", "name": name, "country": "BE", "contact": "Sablon"});
            let done = world.post("officer", &format!("/api/v1/restitutions/{id}/parties"), &party).await;
            assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        }
        let erase = format!("/restitutions/{id}/parties/1/erase");
        assert!(world.get("admin", &erase).await.text.contains("Erase who party 1 is?"), "{}", world.engine);
        for _ in 0..2 {
            let done = world.form("admin", &erase, &[("ground", "request")]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{} {}", world.engine, done.text);
        }
        let beyond = format!("/api/v1/restitutions/{id}/parties/9/erase");
        let none = world.post("officer", &beyond, &json!({"ground": "order"})).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let page = world.get("officer", &format!("/objects/{object}/restitution")).await;
        assert!(!page.text.contains("OF-CANARY") && page.text.contains("Gallery"), "{} {}", world.engine, page.text);
        let form = world.get("officer", &format!("/api/v1/restitutions/{id}/icprcp")).await.json();
        assert_eq!(form["possessor"]["name"], "Gallery", "{}", world.engine);
        let erased = world.facts().await.into_iter().filter(|(kind, _)| kind == "restitution.party_erased.v1").count();
        assert_eq!(erased, 1, "{}", world.engine);
    }
}
