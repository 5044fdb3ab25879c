//! What protects a browser.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use domain::codes::Role;
use web::{Public, Reporter, Routes, Shell};

use crate::world::{World, get, post};

async fn done() -> &'static str {
    "done"
}

async fn framed() -> ([(axum::http::HeaderName, &'static str); 1], &'static str) {
    ([(CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'self'")], "mail")
}

fn router() -> Router {
    Routes::new("test", ())
        .get::<Public, _, _>("/open", done)
        .get::<Public, _, _>("/mail/{name}/html", framed)
        .post::<Reporter, _, _>("/cases", done)
        .post::<Reporter, _, _>("/api/v1/cases", done)
        .finish()
        .0
}

#[tokio::test]
async fn every_answer_carries_the_policies_whatever_became_of_the_request() {
    let world = World::new().await;
    let app = world.app(router());
    let reporter = world.person(Role::Reporter);
    for request in [
        get("/open"),
        get("/nothing"),
        get("/api/nothing"),
        get("/cases"),
        post("/cases"),
        post("/cases").session(world.person(Role::Admin)),
        post("/cases").session(reporter),
        post("/cases").session(reporter).header("sec-fetch-site", "cross-site"),
        get("/assets/x/tocsin.css"),
    ] {
        let answer = request.of(&app).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "style-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{part}: {answer:?}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.headers.contains_key("permissions-policy") && answer.headers.contains_key("x-request-id"));
        assert!(!answer.headers.contains_key("strict-transport-security"));
    }
}

#[tokio::test]
async fn a_route_may_be_stricter_about_what_it_shows() {
    let world = World::new().await;
    let app = world.app(router());
    let answer = get("/mail/x/html").of(&app).await;
    assert_eq!(answer.headers.get_all(CONTENT_SECURITY_POLICY).iter().count(), 1);
    assert!(answer.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn what_another_site_makes_a_browser_send_changes_nothing() {
    let world = World::new().await;
    let app = world.app(router());
    let reporter = world.person(Role::Reporter);
    let from = |pairs: &[(&str, &str)], path: &str| {
        pairs.iter().fold(post(path).session(reporter).header("host", "tocsin.example"), |ask, (name, value)| {
            ask.header(name, value)
        })
    };
    for pairs in [
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        [("sec-fetch-site", "same-site"), ("origin", "https://other.example")],
        [("x-nothing", ""), ("origin", "https://evil.example")],
        [("x-nothing", ""), ("origin", "null")],
    ] {
        let page = from(&pairs, "/cases").of(&app).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{pairs:?}");
        assert!(page.is_page() && page.body.contains("Sent from another site"));
        let api = from(&pairs, "/api/v1/cases").of(&app).await;
        assert_eq!((api.status, api.code().as_str()), (StatusCode::FORBIDDEN, "cross-site"));
    }
    for pairs in [
        [("sec-fetch-site", "same-origin"), ("origin", "null")],
        [("x-nothing", ""), ("origin", "http://tocsin.example")],
        [("x-nothing", ""), ("x-nothing", "")],
    ] {
        assert_eq!(from(&pairs, "/cases").of(&app).await.body, "done", "{pairs:?}");
    }
}

#[tokio::test]
async fn behind_https_the_cookie_is_bound_to_the_host_and_a_proxy_may_rename_it() {
    let world = World::new().await;
    let app = world.app_at("https://tocsin.example/", router());
    let reporter = world.person(Role::Reporter);
    let plain = post("/api/v1/cases").session(reporter).of(&app).await;
    assert_eq!(plain.status, StatusCode::UNAUTHORIZED, "a cookie that any neighbour could have set");
    assert_eq!(plain.header("strict-transport-security"), "max-age=31536000");
    let cookie = format!("__Host-tocsin={}", reporter.session);
    let proxied =
        post("/cases").header("cookie", &cookie).header("host", "10.0.0.7").header("origin", "https://tocsin.example");
    assert_eq!(proxied.of(&app).await.body, "done");
}

#[tokio::test]
async fn the_stylesheet_of_a_page_exists_and_may_be_kept_for_ever() {
    let world = World::new().await;
    let app = world.app(router());
    let shell = Shell::anonymous("x");
    for (path, kind) in [(&shell.stylesheet, "text/css; charset=utf-8"), (&shell.icon, "image/svg+xml")] {
        let answer = get(path).of(&app).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind));
        assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    }
}
