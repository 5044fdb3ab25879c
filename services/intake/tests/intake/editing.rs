//! Corrections: nobody overwrites what somebody else changed.

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
        // The desk answers for a verified case, and corrects it; but not under a version that waits for its release.
        let tag = etag(&world, "officer", &case).await;
        let mut report = theft();
        report["objects"][0]["materials"] = json!("sandstone");
        let done = put(&world, "officer", &case, Some(&tag), &report).await;
        assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await;
        let tag = etag(&world, "officer", &case).await;
        assert_eq!(
            put(&world, "officer", &case, Some(&tag), &theft()).await.problem(),
            "draft-open",
            "{}",
            world.engine
        );
    }
}

/// The pairs of the form as it was shown, with some changed, as a browser sends them.
fn filled(page: &str, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let document = scraped(page);
    let mut pairs: Vec<_> =
        document.into_iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name)).collect();
    pairs.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    pairs
}

/// The fields of a form with their values.
fn scraped(page: &str) -> Vec<(String, String)> {
    let unescape = |text: &str| {
        text.replace("&#38;", "&")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
    };
    let attribute = |tag: &str, name: &str| {
        tag.split(&format!(" {name}=\"")).nth(1).map(|rest| unescape(rest.split('"').next().unwrap()))
    };
    let mut pairs = Vec::new();
    let form = page.split("novalidate>").nth(1).unwrap().split("</form>").next().unwrap();
    for (index, tag) in form.match_indices('<') {
        let rest = &form[index..];
        let whole = rest.split('>').next().unwrap();
        let body = &rest[whole.len() + 1..];
        let Some(name) = attribute(whole, "name").filter(|_| !tag.is_empty() && !whole.starts_with("<button")) else {
            continue;
        };
        if whole.starts_with("<input") {
            let box_like = whole.contains("type=\"checkbox\"");
            if !box_like || whole.contains(" checked") {
                pairs.push((name, attribute(whole, "value").unwrap_or_default()));
            }
        } else if whole.starts_with("<textarea") {
            let text = body.split("</textarea>").next().unwrap();
            pairs.push((name, unescape(text.strip_prefix('\n').unwrap_or(text))));
        } else if whole.starts_with("<select") {
            let options = body.split("</select>").next().unwrap();
            let chosen = options.split("<option").find(|option| option.contains(" selected"));
            pairs.push((name, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()));
        }
    }
    pairs
}

async fn send(world: &World, who: &str, path: &str, pairs: &[(String, String)]) -> Answer {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.form(who, path, &pairs).await
}

#[tokio::test]
async fn the_page_is_filled_with_the_case_and_saved_untouched_it_changes_nothing() {
    for world in worlds().await {
        let case = world.case().await;
        let path = format!("/cases/{case}/edit");
        let before = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
        let page = world.get("museum", &path).await;
        assert_eq!(page.status, StatusCode::OK, "{} {}", world.engine, page.text);
        let done = send(&world, "museum", &path, &filled(&page.text, &[("action", "correct")])).await;
        assert_eq!(done.headers["location"], format!("/cases/{case}?done=corrected"), "{} {}", world.engine, done.text);
        let mut after = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
        after["updated_at"] = before["updated_at"].clone();
        assert_eq!(after, before, "{}", world.engine);
        assert!(world.get("museum", &format!("/cases/{case}")).await.text.contains(&path), "{}", world.engine);
        assert_eq!(world.get("ministry", &path).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        assert_eq!(world.get("auditor", &path).await.status, StatusCode::FORBIDDEN, "{}", world.engine);
    }
}

#[tokio::test]
async fn the_page_tells_errors_beside_their_fields_and_a_clash_loses_nothing() {
    for world in worlds().await {
        let case = world.case().await;
        let path = format!("/cases/{case}/edit");
        let page = world.get("museum", &path).await.text;
        let wrong = [("case[country]", "Atlantis"), ("case[title]", "Typed & kept"), ("action", "correct")];
        let refused = send(&world, "museum", &path, &filled(&page, &wrong)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        for text in ["Please look at 1 field", "href=\"#case[country]\"", "value=\"Typed &#38; kept\""] {
            assert!(refused.text.contains(text), "{} {text}", world.engine);
        }
        // A colleague is faster.
        let theirs = [("case[title]", "Theirs"), ("action", "correct")];
        send(&world, "museum2", &path, &filled(&page, &theirs)).await;
        let mine = [("case[title]", "Mine"), ("action", "correct")];
        let clash = send(&world, "museum", &path, &filled(&page, &mine)).await;
        assert_eq!(clash.status, StatusCode::PRECONDITION_FAILED, "{}", world.engine);
        for text in ["Somebody else changed it meanwhile", "<td>Theirs</td><td>Mine</td>", "value=\"Mine\""] {
            assert!(clash.text.contains(text), "{} {text}: {}", world.engine, clash.text);
        }
        let title = world.get("museum", &format!("/api/v1/cases/{case}")).await.json()["title"].clone();
        assert_eq!(title, "Theirs", "{}: nobody is overwritten unseen", world.engine);
        // Whoever has seen theirs and presses again means it.
        let again = send(&world, "museum", &path, &filled(&clash.text, &[("action", "correct")])).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{} {}", world.engine, again.text);
        let title = world.get("museum", &format!("/api/v1/cases/{case}")).await.json()["title"].clone();
        assert_eq!(title, "Mine", "{}", world.engine);
    }
}

#[tokio::test]
async fn a_correction_does_not_bring_back_a_person_who_was_erased() {
    for world in worlds().await {
        let case = world.case().await;
        let erase = json!({"ground": "request"});
        world.post("officer", &format!("/api/v1/cases/{case}/erase-reporter"), &erase).await;
        let path = format!("/cases/{case}/edit");
        let page = world.get("officer", &path).await.text;
        assert!(!page.contains("Who reports"), "{}", world.engine);
        let done =
            send(&world, "officer", &path, &filled(&page, &[("case[title]", "New"), ("action", "correct")])).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{} {}", world.engine, done.text);
        let view = world.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!((view["title"].as_str(), view.get("reporter")), (Some("New"), None), "{}", world.engine);
    }
}

#[tokio::test]
async fn an_update_names_the_fields_that_were_corrected_since_partners_were_told() {
    for world in worlds().await {
        let case = world.case().await;
        let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
        world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
        let drafts = format!("/api/v1/cases/{case}/alerts");
        let first = world.post("officer", &drafts, &json!({"kind": "alert"})).await.json();
        assert_eq!(first.get("changes"), None, "{}: a first alert changes nothing", world.engine);
        let release = async |alert: &Value| {
            let id = alert["id"].as_str().unwrap();
            let done = world.post("second", &format!("/api/v1/alerts/{id}/release"), &json!({})).await;
            assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        };
        release(&first).await;

        // The institution asks the desk; the desk corrects, and objects that were told stay in their places.
        let mut report = theft();
        report["circumstances"]["place"] = json!("PLACE-NOW-CANARY");
        report["objects"][0]["materials"] = json!("sandstone");
        report["objects"]
            .as_array_mut()
            .unwrap()
            .push(json!({"title": "Cap", "type": "sculpture", "photographs": "none"}));
        let tag = etag(&world, "museum", &case).await;
        assert_eq!(put(&world, "museum", &case, Some(&tag), &report).await.problem(), "already-verified");
        let tag = etag(&world, "officer", &case).await;
        let mut fewer = theft();
        fewer["typology"] = json!({"types": ["sculpture"], "description": "Heads."});
        fewer["reporter"]["capacity"] = json!("police");
        fewer["objects"] = json!([]);
        assert_eq!(
            put(&world, "officer", &case, Some(&tag), &fewer).await.problem(),
            "object-told",
            "{}",
            world.engine
        );
        let done = put(&world, "officer", &case, Some(&tag), &report).await;
        assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        let correction = world.get("officer", &format!("/cases/{case}/edit")).await.text;
        assert!(correction.contains("Partners were told of this case"), "{}", world.engine);

        let update = json!({"kind": "update", "message": "The material and the place were wrong."});
        let second = world.post("officer", &drafts, &update).await.json();
        let told: Vec<_> = second["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                (
                    change["field"].clone(),
                    change["share"].clone(),
                    change["object"].clone(),
                    change["before"].clone(),
                    change["after"].clone(),
                )
            })
            .collect();
        let expected = [
            (json!("place"), json!("full"), json!(null), json!("PLACE-OF-CANARY"), json!("PLACE-NOW-CANARY")),
            (json!("materials"), json!("object_data"), json!(1), json!("laterite"), json!("sandstone")),
            (json!("object_added"), json!("object_data"), json!(2), json!(null), json!("Cap")),
        ];
        assert_eq!(told, expected, "{}", world.engine);
        release(&second).await;

        // The facts that rules look at name the fields; what is told of them names no value.
        let mut tx = world.db.read().await.unwrap();
        let alert =
            store::alerts::find(&mut tx, second["id"].as_str().unwrap().parse().unwrap()).await.unwrap().unwrap();
        let fields: Vec<_> = alert.facts.changed.iter().map(|one| (one.field.as_str(), one.object)).collect();
        assert_eq!(fields, [("place", None), ("materials", Some(1)), ("object_added", Some(2))], "{}", world.engine);
        assert!(!format!("{:?}", world.facts().await).contains("CANARY"), "{}", world.engine);
        for who in ["officer", "museum"] {
            let page = world.get(who, &format!("/cases/{case}")).await.text;
            for text in ["3 fields changed", "<del>laterite</del> <ins>sandstone</ins>", "Object 2: Object added"] {
                assert!(page.contains(text), "{} {who} {text}", world.engine);
            }
        }
    }
}
