//! Pages and API.

use axum::http::{Method, StatusCode};
use domain::codes::Role;
use routing::{import_sample, install_default};
use serde_json::{Value, json};
use store::partners;

use crate::browser::{Answer, Browser};
use crate::{World, world};

const HEAD: &str = "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types\n";

async fn filled() -> World {
    let world = world().await;
    install_default(&world.deps).await.expect("rules");
    import_sample(&world.deps).await.expect("imported");
    world
}

fn json(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.body))
}

/// A form of one file or text.
fn multipart(name: &str, content: &str) -> (&'static str, String) {
    let file = if name == "file" { "; filename=\"d.csv\"" } else { "" };
    let body = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n--x--\r\n");
    ("multipart/form-data; boundary=x", body)
}

#[tokio::test]
async fn a_reporter_sees_neither_directory_nor_rules_and_only_an_administrator_changes_them() {
    let world = filled().await;
    let (reporter, auditor) = (Browser::of(&world, Role::Reporter).await, Browser::of(&world, Role::Auditor).await);
    for path in ["/partners", "/rules", "/api/v1/partners", "/api/v1/rule-sets", "/api/v1/rule-sets/1"] {
        assert_eq!(reporter.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(auditor.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/partners/new", "/partners/import", "/rules", "/api/v1/partners", "/api/v1/rule-set-drafts"] {
        assert_eq!(auditor.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(auditor.get("/partners/new").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_directory_is_searched_by_kind_country_and_word() {
    let world = filled().await;
    let browser = Browser::of(&world, Role::Officer).await;
    for (query, found) in [
        ("", 83),
        ("?kind=ngo", 13),
        ("?kind=police&country=fr", 1),
        ("?q=ORCA", 0),
        ("?q=nicosia", 1),
        ("?kind=&country=&q=unesco", 4),
    ] {
        let answer = browser.get(&format!("/api/v1/partners{query}")).await;
        assert_eq!(json(&answer)["found"], found, "{query}");
        assert_eq!(browser.get(&format!("/partners{query}")).await.status, StatusCode::OK);
    }
    let wrong = browser.get("/api/v1/partners?country=Franconia").await;
    assert_eq!(
        (wrong.status, &json(&wrong)["errors"][0]["pointer"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/country"))
    );
    let page = browser.get("/partners?country=Franconia").await;
    assert!(page.body.contains("not an ISO 3166-1") && page.body.contains("value=\"Franconia\""), "{}", page.body);
}

#[tokio::test]
async fn a_partner_is_added_and_replaced_over_the_api() {
    let world = filled().await;
    let admin = Browser::of(&world, Role::Admin).await;
    let mut body = json!({
        "name": "Unité du patrimoine (Mali)", "kind": "police", "scope": "ML", "languages": ["fr"],
        "categories": ["*"], "events": ["theft"], "contacts": [{ "address": "alerts@ml.example" }],
    });
    let added = admin.send(Method::POST, "/api/v1/partners", "application/json", body.to_string()).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let added = json(&added);
    assert_eq!((&added["clearance"], &added["active"]), (&json!("TLP:AMBER+STRICT"), &json!(true)));
    let path = format!("/api/v1/partners/{}", added["id"].as_str().expect("an identifier"));
    assert_eq!(added["contacts"], json!([]), "a new address waits for a second person");
    let officer = Browser::of(&world, Role::Officer).await;
    let change = format!("/api/v1/partner-changes/{}", added["waiting"].as_str().expect("a change"));
    let waiting = json(&officer.get("/api/v1/partner-changes").await);
    assert_eq!((&waiting[0]["partner"], &waiting[0]["approvals"]), (&json!("Unité du patrimoine (Mali)"), &json!(0)));
    let alone = admin.send(Method::POST, &format!("{change}/agree"), "", String::new()).await;
    assert_eq!(alone.status, StatusCode::CONFLICT, "{}", alone.body);
    let agreed = officer.send(Method::POST, &format!("{change}/agree"), "", String::new()).await;
    assert_eq!((&json(&agreed)["approvals"], &json(&agreed)["state"]), (&json!(1), &json!("open")));
    let second = Browser::second(&world, Role::Officer).await;
    let done = second.send(Method::POST, &format!("{change}/agree"), "", String::new()).await;
    assert_eq!(json(&done)["state"], "applied", "{}", done.body);
    body["reason"] = json!("They moved.");
    body["languages"] = json!(["fr", "en"]);
    let changed = admin.send(Method::PUT, &path, "application/json", body.to_string()).await;
    assert_eq!(json(&changed)["languages"], json!(["fr", "en"]), "{}", changed.body);
    assert_eq!(json(&admin.get(&path).await), json(&changed));
    let before = json(&admin.get(&format!("{path}?as_of=3")).await);
    assert_eq!((&before["languages"], before["contacts"].as_array().map(Vec::len)), (&json!(["fr"]), Some(1)));
    let history = json(&admin.get(&format!("{path}/history")).await);
    let sources: Vec<_> = history.as_array().expect("revisions").iter().map(|r| r["source"].clone()).collect();
    assert_eq!(sources, ["api", "proposal", "api"]);
    body["scope"] = json!("Mali");
    body["contacts"][0]["address"] = json!("nowhere");
    let refused = admin.send(Method::PUT, &path, "application/json", body.to_string()).await;
    let pointers: Vec<_> =
        json(&refused)["errors"].as_array().expect("errors").iter().map(|e| e["pointer"].clone()).collect();
    assert_eq!(pointers, ["/scope", "/contacts/0/address"]);
    body["fax"] = json!("1");
    let unknown = admin.send(Method::PUT, &path, "application/json", body.to_string()).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nobody = admin.get("/api/v1/partners/partner_00000000000000000000000000000000").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_partner_is_edited_on_its_page_and_nothing_typed_is_lost() {
    let world = filled().await;
    let admin = Browser::of(&world, Role::Admin).await;
    let mut fields = vec![
        ("name", "Unité (Mali)"),
        ("kind", "police"),
        ("languages", "fr; en"),
        ("scope", "ML;M49:011"),
        ("keywords", "investigation"),
        ("active", "on"),
        ("events[0]", "theft"),
        ("events[2]", "looting"),
        ("categories[0]", "*"),
        ("contacts[0][address]", "alerts@ml.example"),
        ("contacts[0][person]", ""),
        ("contacts[0][clearance]", ""),
        ("contacts[1][address]", ""),
        ("contacts[1][person]", ""),
        ("contacts[1][clearance]", ""),
    ];
    let added = admin.post("/partners/new", &fields).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
    let path = added.location.split('?').next().expect("a path").to_owned();
    assert!(admin.get(&added.location).await.body.contains("Its addresses wait until a second person agrees"));
    let edit = format!("{path}/edit");
    let page = admin.get(&edit).await;
    for text in ["value=\"Unité (Mali)\"", "value=\"ML;M49:011\""] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    fields[0].1 = "UNIDROIT";
    fields[3].1 = "Mali";
    let again = admin.post(&edit, &fields).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("value=\"Mali\"") && again.body.contains("fr; en"), "{}", again.body);
    fields[0].1 = "Unité (Mali)";
    fields[3].1 = "ML";
    fields.retain(|(name, _)| *name != "active");
    fields.push(("reason", "The unit was dissolved"));
    assert_eq!(admin.post(&edit, &fields).await.status, StatusCode::SEE_OTHER);
    let id = path.rsplit('/').next().expect("an identifier").parse().expect("an identifier");
    let mut tx = world.deps.db.read().await.expect("a transaction");
    let partner = partners::find(&mut tx, id).await.expect("read").expect("there");
    assert!(partner.active, "the end of a police unit waits for a second person");
    assert!(partner.contacts.is_empty() && partner.mandate.events.len() == 2);
    let waiting = partners::changes_of(&mut tx, id, 10).await.expect("read");
    tx.commit().await.expect("committed");
    assert_eq!(waiting.len(), 2, "the address; and once more with the switch");
    // Whoever may not change it sees it all the same.
    let auditor = Browser::of(&world, Role::Auditor).await;
    let page = auditor.get(&path).await;
    assert!(page.body.contains("Unité (Mali)") && !page.body.contains("Change the partner"));
}

#[tokio::test]
async fn a_file_is_imported_by_upload_or_paste_and_comes_back_with_its_errors() {
    let world = filled().await;
    let admin = Browser::of(&world, Role::Admin).await;
    let good = format!("{HEAD}New,ngo,FR,fr,,*,theft\n");
    for field in ["file", "text"] {
        let (content_type, body) = multipart(field, &good);
        let answer = admin.send(Method::POST, "/partners/import", content_type, body).await;
        assert!(answer.location.starts_with("/partners/imports/import_"), "{}", answer.body);
        let review = admin.get(&answer.location).await;
        for text in ["1 added, 0 changed, 83 gone", "alerts@new.ngo.example", "Take the file"] {
            assert!(review.body.contains(text), "{text}: {}", review.body);
        }
        if field == "file" {
            let aside = admin.post(&format!("{}/aside", answer.location), &[]).await;
            assert_eq!(aside.status, StatusCode::SEE_OTHER, "{}", aside.body);
            assert_eq!(admin.post(&format!("{}/aside", answer.location), &[]).await.status, StatusCode::NOT_FOUND);
        } else {
            let stale = admin.post(&answer.location, &[("revision", "0")]).await;
            assert!(stale.status == StatusCode::CONFLICT && stale.body.contains("has changed since"), "{}", stale.body);
            assert_eq!(admin.post(&answer.location, &[("revision", "1")]).await.status, StatusCode::SEE_OTHER);
        }
    }
    let wait = json(&admin.get("/api/v1/partner-changes").await);
    assert_eq!(wait.as_array().map(Vec::len), Some(1), "the new address waits: {wait}");
    let page = admin.get("/partners/hygiene").await;
    assert!(page.body.contains("Without any address") && page.body.contains("Address never verified"), "{}", page.body);
    let fetch = admin.post("/partners/import/fetch", &[("url", "https://directory.example/partners.csv")]).await;
    assert!(
        fetch.status == StatusCode::UNPROCESSABLE_ENTITY && fetch.body.contains("not one of routing.sync_urls"),
        "{}",
        fetch.body
    );
    let bad = format!("{HEAD}New & old,bishop,FR,fr,,*,theft\n");
    let (content_type, body) = multipart("text", &bad);
    let answer = admin.send(Method::POST, "/partners/import", content_type, body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("Nothing was imported: 1 error") && answer.body.contains("bishop,FR"),
        "{}",
        answer.body
    );
    let api = admin.send(Method::POST, "/api/v1/partners/import", "text/csv", bad).await;
    assert_eq!(json(&api)["errors"][0]["pointer"], "/2/kind");
    // Larger than any other request may be.
    let padded = format!("{good}{}", "\n".repeat(3 << 20));
    let (content_type, form) = multipart("file", &padded);
    let api = admin.send(Method::POST, "/api/v1/partners/import", "text/csv", padded).await;
    assert_eq!(json(&api)["unchanged"], 1, "{}", api.body);
    let page = admin.send(Method::POST, "/partners/import", content_type, form).await;
    assert!(page.location.starts_with("/partners/imports/"), "{} {}", page.status, page.body);
}
