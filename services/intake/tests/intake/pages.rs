//! The pages: nothing typed is lost, one click is one case, an officer is told why a second one is needed.

use axum::http::StatusCode;
use serde_json::json;

use crate::world::{World, worlds};

const GOOD: [(&str, &str); 26] = [
    ("case[event]", "theft"),
    ("case[title]", "Head & <figure>"),
    ("case[language]", "fr"),
    ("case[label]", ""),
    ("case[country]", "BF"),
    ("case[loss][earliest]", "2026-11-20"),
    ("case[loss][latest]", "2026-11-21"),
    ("case[circumstances][holder]", "Musée national"),
    ("case[circumstances][premises]", "museum"),
    ("case[circumstances][place]", "Ouagadougou"),
    ("case[circumstances][method]", "burglary"),
    ("case[circumstances][police_reference_not_yet]", "true"),
    ("case[export][claiming_state]", ""),
    ("case[export][route][0]", ""),
    ("case[reporter][name]", "A. Sawadogo"),
    ("case[reporter][capacity]", "holder"),
    ("case[objects][0][title]", "Head"),
    ("case[objects][0][type]", "sculpture"),
    ("case[objects][0][photographs]", "available"),
    ("case[objects][0][flags]", "sacred_or_communal"),
    ("case[objects][0][flags]", "national_treasure"),
    ("case[objects][0][measurements][0][dimension]", "height"),
    ("case[objects][0][measurements][0][value]", "27,5"),
    ("case[objects][0][measurements][0][unit]", "cm"),
    ("case[objects][0][measurements][1][value]", ""),
    ("case[objects][0][measurements][1][unit]", "cm"),
];

pub fn with<'a>(key: &'a str, action: &'a str, changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<_> = GOOD.into_iter().filter(|(name, _)| !changes.iter().any(|(n, _)| n == name)).collect();
    pairs.extend(changes);
    pairs.extend([("key", key), ("action", action)]);
    pairs
}

fn key_of(page: &str) -> String {
    page.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn count(world: &World) -> usize {
    world.get("officer", "/api/v1/cases").await.json()["cases"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_double_click_on_the_form_is_one_case() {
    for world in worlds().await {
        let kinds = world.get("museum", "/cases/new").await.text;
        assert!(
            kinds.contains("href=\"/cases/new?event=theft\"") && kinds.contains("href=\"/cases/new?event=looting\"")
        );
        let empty = world.get("museum", "/cases/new?event=theft").await;
        assert_eq!(empty.status, StatusCode::OK, "{}", world.engine);
        let key = key_of(&empty.text);
        let first = world.form("museum", "/cases/new", &with(&key, "register", &[])).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER, "{} {}", world.engine, first.text);
        let second = world.form("museum", "/cases/new", &with(&key, "register", &[])).await;
        assert_eq!(second.headers["location"], first.headers["location"], "{}", world.engine);
        assert_eq!(count(&world).await, 1);

        let page = world.get("museum", first.headers["location"].to_str().unwrap()).await;
        assert_eq!(page.status, StatusCode::OK);
        for text in
            ["TOC-2026-000001", "The case is registered", "Head &#38; &#60;figure&#62;", "height 27.5 cm", "not yet"]
        {
            assert!(page.text.contains(text), "{} {text} {}", world.engine, page.text);
        }
        // Back, another title, sent again: no second case before the reporter says so.
        let changed = [("case[title]", "Another")];
        let again = world.form("museum", "/cases/new", &with(&key, "register", &changed)).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text.contains("This form was sent before") && again.text.contains("value=\"Another\""));
        assert_eq!(count(&world).await, 1);
        let fresh = key_of(&again.text);
        let third = world.form("museum", "/cases/new", &with(&fresh, "register", &changed)).await;
        assert_eq!((third.status, count(&world).await), (StatusCode::SEE_OTHER, 2), "{}", world.engine);
    }
}

#[tokio::test]
async fn errors_stand_beside_their_fields_and_nothing_typed_is_lost() {
    for world in worlds().await {
        let wrong = [
            ("case[country]", ""),
            ("case[objects][0][title]", ""),
            ("case[objects][0][measurements][0][value]", "tall"),
        ];
        let page = world.form("museum", "/cases/new", &with("k", "register", &wrong)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        for text in [
            "Please look at 3 fields",
            "href=\"#case[objects][0][title]\"",
            "The object: Title is required",
            "Country is required",
            "The object: Measurement 1, value must be a positive number",
            "value=\"tall\"",
            "value=\"Head &#38; &#60;figure&#62;\"",
            "value=\"Musée national\"",
            "<option value=\"burglary\" selected>",
            "value=\"true\" checked",
            "value=\"national_treasure\" checked",
            "name=\"key\" value=\"k\"",
        ] {
            assert!(page.text.contains(text), "{} {text}", world.engine);
        }
        assert!(!page.text.contains("value=\"inventoried\" checked"));
        assert_eq!(count(&world).await, 0);
    }
}

#[tokio::test]
async fn objects_are_added_and_removed_on_the_way() {
    for world in worlds().await {
        let two = world.form("museum", "/cases/new", &with("k", "add_object", &[])).await;
        assert_eq!(two.status, StatusCode::OK);
        assert!(two.text.contains("Object 2 of 2") && two.text.contains("case[objects][1][title]"), "{}", world.engine);
        assert!(two.text.contains("value=\"27,5\"") && !two.text.contains("is required"));
        let second = [
            ("case[objects][1][title]", "Second"),
            ("case[objects][1][type]", "textile"),
            ("case[objects][1][photographs]", "none"),
        ];
        let one = world.form("museum", "/cases/new", &with("k", "remove_object:0", &second)).await;
        assert!(one.text.contains("value=\"Second\"") && !one.text.contains("case[objects][1]"), "{}", world.engine);
        let done = world.form("museum", "/cases/new", &with("k", "register", &second)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        let page = world.get("museum", done.headers["location"].to_str().unwrap()).await;
        assert!(page.text.contains("1. Head") && page.text.contains("2. Second"));
    }
}

#[tokio::test]
async fn officers_act_on_the_page_and_are_told_why_a_second_one_is_needed() {
    for world in worlds().await {
        let case = world.case().await;
        let page = format!("/cases/{case}");
        let refused = world
            .form(
                "officer",
                &format!("{page}/verify"),
                &[("certainty", "observed"), ("evidence", "press_only"), ("note", "kept")],
            )
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(
            refused.text.contains("Evidence must be a police report") && refused.text.contains("kept</textarea>"),
            "{}",
            refused.text
        );
        let done = world
            .form(
                "officer",
                &format!("{page}/verify"),
                &[("certainty", "likely"), ("evidence", "ministry_note"), ("note", "")],
            )
            .await;
        assert_eq!(done.headers["location"].to_str().unwrap(), format!("{page}?done=verified"), "{}", world.engine);
        let silent = world.form("officer", &format!("{page}/alerts"), &[("kind", ""), ("reach", "")]).await;
        assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = world
            .form("officer", &format!("{page}/alerts"), &[("kind", "alert"), ("reach", ""), ("message", "")])
            .await;
        assert_eq!(done.headers["location"].to_str().unwrap(), format!("{page}?done=drafted"), "{}", done.text);

        let alert = world.get("officer", &format!("/api/v1{page}")).await.json()["alerts"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let release = format!("/alerts/{alert}/release");
        let drafter = world.get("officer", &page).await.text;
        assert!(drafter.contains("Ask a colleague") && !drafter.contains(&release), "{}", world.engine);
        let alone = world.form("officer", &release, &[]).await;
        assert_eq!(alone.status, StatusCode::CONFLICT);
        assert!(alone.text.contains("another officer than its drafter"));
        let second = world.get("second", &page).await.text;
        assert!(second.contains("you are the second officer") && second.contains(&release), "{}", world.engine);
        let done = world.form("second", &release, &[]).await;
        assert_eq!(done.headers["location"].to_str().unwrap(), format!("{page}?done=released"), "{}", world.engine);
        let page = world.get("auditor", &page).await.text;
        for text in ["Alert, version 1: released", "Person second", "Who was told"] {
            assert!(page.contains(text), "{} {text}", world.engine);
        }
        assert!(!page.contains("<form method=\"post\" action=\"/cases"), "an auditor changes nothing");
    }
}

#[tokio::test]
async fn the_list_shows_filters_and_says_when_it_is_empty() {
    for world in worlds().await {
        assert!(world.get("museum", "/cases").await.text.contains("No cases yet"), "{}", world.engine);
        world.case().await;
        let list = world.get("museum", "/cases").await.text;
        assert!(list.contains("TOC-2026-000001") && list.contains("Burkina Faso") && list.contains("TLP:AMBER+STRICT"));
        let none = world.get("museum", "/cases?state=closed&q=&event=&country=").await.text;
        assert!(
            none.contains("No case matches") && none.contains("<option value=\"closed\" selected>"),
            "{}",
            world.engine
        );
        let wrong = world.get("museum", "/cases?state=lost").await;
        assert!(wrong.text.contains("must be one of"), "{}", world.engine);
        for _ in 0..2 {
            world.case().await;
        }
        let page = world.get("officer", "/cases?limit=2&event=theft").await.text;
        let next = page.split("href=\"/cases?").nth(1).unwrap().split('"').next().unwrap().replace("&#38;", "&");
        let older = world.get("officer", &format!("/cases?{next}")).await.text;
        assert!(older.contains("TOC-2026-000001") && !older.contains("TOC-2026-000002"), "{} {next}", world.engine);
        assert_eq!(world.get("ministry", "/cases").await.text.matches("TOC-2026").count(), 0);
        assert_eq!(json!(world.get("nobody", "/cases").await.status.as_u16()), json!(303));
    }
}

#[tokio::test]
async fn the_desk_finds_the_drafts_that_wait_and_nobody_else_learns_of_them() {
    for world in worlds().await {
        let (case, _other) = (world.case().await, world.case().await);
        let count = async |who: &str| {
            let list = world.get(who, "/api/v1/cases?waiting=release").await.json();
            list["cases"].as_array().unwrap().len()
        };
        assert_eq!(count("officer").await, 0, "{}", world.engine);
        let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
        world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
        let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert"})).await;
        assert_eq!((count("officer").await, count("museum").await), (1, 0), "{}", world.engine);
        let list = world.get("second", "/cases?waiting=release").await.text;
        assert!(list.contains("TOC-2026-000001") && !list.contains("TOC-2026-000002"), "{}", world.engine);
        let alert = draft.json()["id"].as_str().unwrap().to_owned();
        world.post("second", &format!("/api/v1/alerts/{alert}/release"), &json!({})).await;
        assert_eq!(count("officer").await, 0, "{}", world.engine);
        // The case is in earnest now, and an update waits like a first alert.
        let update = json!({"kind": "update", "message": "A better description."});
        world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &update).await;
        assert_eq!(count("officer").await, 1, "{}", world.engine);
        let wrong = world.get("officer", "/api/v1/cases?waiting=x").await;
        assert_eq!(wrong.json()["errors"][0]["pointer"], "/waiting", "{}", world.engine);
    }
}

#[tokio::test]
async fn a_search_is_saved_by_name_and_is_its_owners_alone() {
    for world in worlds().await {
        world.case().await;
        let found = world.get("museum", "/cases?q=pobe+mengao&type=sculpture").await.text;
        assert!(found.contains("TOC-2026-000001") && found.contains("Save this view as"), "{}", world.engine);
        assert!(world.get("museum", "/cases?q=cannon").await.text.contains("No case matches"), "{}", world.engine);
        let view = [("name", "Mine & <yours>"), ("query", "q=pobe%20mengao&type=sculpture&after=x")];
        let saved = world.form("museum", "/views", &view).await;
        assert_eq!(
            saved.headers["location"], "/cases?q=pobe%20mengao&type=sculpture",
            "{} {}",
            world.engine, saved.text
        );
        let list = world.get("museum", "/cases").await.text;
        assert!(list.contains("Mine &#38; &#60;yours&#62;"), "{}", world.engine);
        assert!(!world.get("museum2", "/cases").await.text.contains("yours"), "{}", world.engine);

        let views = world.get("museum", "/api/v1/views").await.json();
        let id = views["views"][0]["id"].as_str().unwrap();
        for (who, status) in [("museum2", 404), ("museum", 204), ("museum", 404)] {
            let request = world.request(who, "DELETE", &format!("/api/v1/views/{id}"), &[], String::new());
            assert_eq!(world.send(request).await.status.as_u16(), status, "{} {who}", world.engine);
        }
        let wrong = world.post("museum", "/api/v1/views", &json!({"name": "A", "query": "country=XX"})).await;
        assert_eq!(wrong.json()["errors"][0]["pointer"], "/query", "{}", world.engine);
        for number in 0..51 {
            let answer = world.post("museum", "/api/v1/views", &json!({"name": format!("View {number}")})).await;
            assert_eq!(answer.status.as_u16(), if number < 50 { 200 } else { 409 }, "{} {number}", world.engine);
        }
    }
}

/// What a browser, a mail program or a template could take for code is text on every page that shows it.
#[tokio::test]
async fn words_that_look_like_code_stay_words() {
    const CODE: &str = "\"'><img src=x onerror=alert(1)><svg/onload=alert(2)> {{7*7}} ${7*7} {% raw %} <!--[if mso]>";
    for world in worlds().await {
        let mut report = crate::world::theft();
        report["title"] = json!(CODE);
        report["objects"][0]["title"] = json!(CODE);
        report["circumstances"]["place"] = json!(CODE);
        let answer = world.report("museum", "k", &report).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}: {}", world.engine, answer.text);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        for path in ["/cases".to_owned(), format!("/cases/{id}")] {
            let page = world.get("officer", &path).await.text;
            for shown in ["onerror=alert(1)", "{{7*7}} ${7*7} {% raw %}"] {
                assert!(page.contains(shown), "{} {path}: {shown}", world.engine);
            }
            for code in ["<img src=x", "<svg/onload", "<!--[if", "\"'>"] {
                assert!(!page.contains(code), "{} {path}: {code}", world.engine);
            }
        }
    }
}
