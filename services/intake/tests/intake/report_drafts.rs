//! Reports that are not sent in yet: kept as typed, one institution's, one case in the end.

use std::time::Duration;

use axum::http::StatusCode;
use intake::report_drafts::{KEPT_DAYS, sweep_drafts};
use serde_json::{Value, json};

use crate::world::{Answer, World, theft, worlds};

async fn begin(world: &World, who: &str, report: &Value) -> String {
    let answer = world.post(who, "/api/v1/report-drafts", report).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{} {}", world.engine, answer.text);
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn put(world: &World, who: &str, id: &str, etag: &str, report: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("if-match", etag)];
    world.send(world.request(who, "PUT", &format!("/api/v1/report-drafts/{id}"), &headers, report.to_string())).await
}

async fn remove(world: &World, who: &str, id: &str) -> StatusCode {
    world.send(world.request(who, "DELETE", &format!("/api/v1/report-drafts/{id}"), &[], String::new())).await.status
}

#[tokio::test]
async fn a_draft_is_kept_as_typed_and_says_what_is_missing_and_why() {
    for world in worlds().await {
        // Whatever it is: a draft is checked when it is sent in.
        let report = json!({"event": "theft", "title": "Half \u{0} typed", "country": "Atlantis", "objects": [{"type": "sculpture"}]});
        let id = begin(&world, "museum", &report).await;
        let view = world.get("museum2", &format!("/api/v1/report-drafts/{id}")).await;
        assert_eq!(view.headers["etag"], "\"1\"", "{}", world.engine);
        let view = view.json();
        for (pointer, value) in
            [("/report/title", json!("Half \u{0} typed")), ("/report/objects/0/type", json!("sculpture"))]
        {
            assert_eq!(view.pointer(pointer), Some(&value), "{}", world.engine);
        }
        assert_eq!(view["kept_until"], "2027-02-21", "{}: the reader is told how long it stays", world.engine);
        let found = &view["completeness"];
        assert!(found["score"].as_u64().unwrap() < 50 && found["ready"] == false, "{found}");
        let wrong: Vec<_> = found["wrong"].as_array().unwrap().iter().map(|one| one["pointer"].clone()).collect();
        assert_eq!(wrong, ["/title", "/country"], "{}", world.engine);
        let missing = found["missing"].as_array().unwrap();
        assert_eq!(missing[0]["pointer"], "/loss/earliest", "{}: what is needed comes first", world.engine);
        assert!(missing.iter().all(|one| one["why"].as_str().is_some_and(|why| !why.is_empty())));
        let sent = world.post("museum", &format!("/api/v1/report-drafts/{id}/send"), &json!({})).await;
        assert_eq!(sent.problem(), "validation", "{}", world.engine);
        assert!(world.facts().await.is_empty(), "{}: nothing was reported yet", world.engine);
    }
}

#[tokio::test]
async fn a_draft_is_its_institutions_alone_and_is_thrown_away_by_who_began_it() {
    for world in worlds().await {
        let id = begin(&world, "museum", &theft()).await;
        let path = format!("/api/v1/report-drafts/{id}");
        for (who, status) in [("museum", 200), ("museum2", 200), ("ministry", 404), ("officer", 404), ("homeless", 404)]
        {
            assert_eq!(world.get(who, &path).await.status.as_u16(), status, "{} {who}", world.engine);
            let list = world.get(who, "/api/v1/report-drafts").await.json()["drafts"].as_array().unwrap().len();
            assert_eq!(list, usize::from(status == 200), "{} {who}", world.engine);
            let page = world.get(who, &format!("/report-drafts/{id}")).await;
            assert_eq!(page.status.as_u16(), status, "{} {who}", world.engine);
        }
        for who in ["auditor", "admin"] {
            assert_eq!(world.get(who, &path).await.status, StatusCode::FORBIDDEN, "{} {who}", world.engine);
        }
        for (who, path) in [("ministry", format!("{path}/send")), ("officer", format!("{path}/send"))] {
            assert_eq!(
                world.post(who, &path, &json!({})).await.status,
                StatusCode::NOT_FOUND,
                "{} {who}",
                world.engine
            );
        }
        assert_eq!(put(&world, "ministry", &id, "\"1\"", &theft()).await.status, StatusCode::NOT_FOUND);
        for (who, status) in [("ministry", 404), ("officer", 404), ("museum2", 409), ("museum", 204), ("museum", 404)] {
            assert_eq!(remove(&world, who, &id).await.as_u16(), status, "{} {who}", world.engine);
        }
        // An officer without an institution has drafts of their own, and sees nobody else's.
        let own = begin(&world, "homeless", &theft()).await;
        assert_eq!(world.get("homeless", &format!("/api/v1/report-drafts/{own}")).await.status, StatusCode::OK);
        assert_eq!(world.get("officer", &format!("/api/v1/report-drafts/{own}")).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn of_two_who_save_at_once_one_is_told_to_look_again() {
    for world in worlds().await {
        let id = begin(&world, "museum", &theft()).await;
        let mut mine = theft();
        mine["title"] = json!("Mine");
        assert_eq!(put(&world, "museum", &id, "\"1\"", &mine).await.headers["etag"], "\"2\"", "{}", world.engine);
        assert_eq!(put(&world, "museum2", &id, "\"1\"", &theft()).await.problem(), "changed-meanwhile");
        let form = |version: &'static str, title: &'static str| {
            vec![("version", version), ("action", "save_draft"), ("case[event]", "theft"), ("case[title]", title)]
        };
        let page = format!("/report-drafts/{id}");
        let clash = world.form("museum2", &page, &form("\"1\"", "Theirs")).await;
        assert_eq!(clash.status, StatusCode::PRECONDITION_FAILED, "{}", world.engine);
        for text in ["Somebody else changed it meanwhile", "<td>Mine</td><td>Theirs</td>", "value=\"Theirs\""] {
            assert!(clash.text.contains(text), "{} {text}", world.engine);
        }
        let again = world.form("museum2", &page, &form("\"2\"", "Theirs")).await;
        assert_eq!(again.headers["location"], format!("{page}?done=saved"), "{}", world.engine);
        let shown = world.get("museum", &format!("{page}?done=saved")).await.text;
        for text in ["The draft is saved", "Person museum2", "value=\"Theirs\"", "How complete it is", "Still needed"] {
            assert!(shown.contains(text), "{} {text}", world.engine);
        }
        let list = world.get("museum", "/report-drafts").await.text;
        assert!(list.contains("Theirs") && list.contains("removed") && list.contains("2027-02-21"), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_draft_becomes_one_case_however_often_it_is_sent_and_is_gone() {
    for world in worlds().await {
        let id = begin(&world, "museum", &theft()).await;
        let send = format!("/api/v1/report-drafts/{id}/send");
        let first = world.post("museum2", &send, &json!({})).await;
        assert_eq!(first.status, StatusCode::CREATED, "{} {}", world.engine, first.text);
        let again = world.post("museum", &send, &json!({})).await;
        assert_eq!((again.status, again.json()), (StatusCode::OK, first.json()), "{}", world.engine);
        assert_eq!(world.get("museum", &format!("/api/v1/report-drafts/{id}")).await.status, StatusCode::NOT_FOUND);
        let case = first.json()["id"].as_str().unwrap().to_owned();
        let view = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
        assert_eq!(view["reporter"]["name"], "REPORTER-OF-CANARY", "{}", world.engine);
        assert!(view["completeness"]["score"].as_u64().unwrap() > 50 && view["completeness"]["ready"] == true);
        let kinds: Vec<_> = world.facts().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["case.registered.v1"], "{}", world.engine);

        // From the form: what is sent is what was typed last, and a second click is the same case.
        let id = begin(&world, "museum", &theft()).await;
        let page = format!("/report-drafts/{id}");
        let typed = crate::pages::with("", "register", &[("case[title]", "From a draft"), ("version", "\"1\"")]);
        let first = world.form("museum", &page, &typed).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{} {}", world.engine, first.text);
        let second = world.form("museum", &page, &typed).await;
        assert_eq!(second.headers.get("location"), first.headers.get("location"), "{}", world.engine);
        let other = crate::pages::with("", "register", &[("case[title]", "Another"), ("version", "\"1\"")]);
        let gone = world.form("museum", &page, &other).await;
        assert_eq!(gone.status, StatusCode::CONFLICT, "{}", world.engine);
        assert!(gone.text.contains("nothing you typed is lost") && gone.text.contains("value=\"Another\""));
        let saved = crate::pages::with("", "save_draft", &[("case[title]", "Another"), ("version", "\"1\"")]);
        assert_eq!(world.form("museum", &page, &saved).await.status, StatusCode::CONFLICT, "{}", world.engine);
    }
}

#[tokio::test]
async fn the_form_keeps_a_draft_and_says_what_is_lost_without_it() {
    for world in worlds().await {
        let empty = world.get("museum", "/cases/new?event=looting").await.text;
        assert!(
            empty.contains("Save as draft") && empty.contains("kept only when you press a button"),
            "{}",
            world.engine
        );
        let typed =
            [("key", "k"), ("action", "save_draft"), ("case[event]", "looting"), ("case[title]", "Fresh <pits>")];
        let saved = world.form("museum", "/cases/new", &typed).await;
        let page = saved.headers["location"].to_str().unwrap().to_owned();
        let shown = world.get("museum", &page).await.text;
        assert!(
            shown.contains("value=\"Fresh &#60;pits&#62;\"") && shown.contains("Name of the site"),
            "{}",
            world.engine
        );
        let path = page.split('?').next().unwrap();
        let more =
            [("version", "\"1\""), ("action", "add_object"), ("case[event]", "looting"), ("case[title]", "Kept")];
        let more = world.form("museum", path, &more).await;
        assert!(
            more.text.contains("value=\"Kept\"") && more.text.contains("case[objects][0][title]"),
            "{}",
            world.engine
        );
        let colleague = world.get("museum2", path).await.text;
        assert!(
            !colleague.contains("Throw the draft away") && shown.contains("Throw the draft away"),
            "{}",
            world.engine
        );
        let asked = world.form("museum", &format!("{path}/discard"), &[]).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", world.engine);
        assert!(
            asked.text.contains("cannot be undone") && asked.text.contains("Fresh &#60;pits&#62;"),
            "{}",
            asked.text
        );
        assert_eq!(
            world.get("museum", path).await.status,
            StatusCode::OK,
            "{}: asking throws nothing away",
            world.engine
        );
        assert_eq!(world.form("ministry", &format!("{path}/discard"), &[]).await.status, StatusCode::NOT_FOUND);
        let gone = world.form("museum", &format!("{path}/discard?sure=true"), &[]).await;
        assert_eq!(gone.headers["location"], "/report-drafts?done=discarded", "{}", world.engine);
        assert!(world.get("museum", "/report-drafts").await.text.contains("No drafts"), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_draft_that_nobody_saves_is_removed_after_its_time() {
    for world in worlds().await {
        let old = begin(&world, "museum", &theft()).await;
        world.hand.advance(Duration::from_secs(u64::from(KEPT_DAYS) * 24 * 3600 - 60));
        let young = begin(&world, "museum", &theft()).await;
        assert_eq!(sweep_drafts(&world.deps).await.unwrap(), 0, "{}", world.engine);
        world.hand.advance(Duration::from_secs(120));
        assert_eq!(sweep_drafts(&world.deps).await.unwrap(), 1, "{}", world.engine);
        for (id, status) in [(old, 404), (young, 200)] {
            let answer = world.get("museum", &format!("/api/v1/report-drafts/{id}")).await;
            assert_eq!(answer.status.as_u16(), status, "{}", world.engine);
        }
    }
}
