//! Every error is a problem document or a page, and says nothing about our inside.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use domain::ids::CaseId;
use serde::Deserialize;
use web::{AppOptions, BODY_LIMIT, Json, PageError, Path, Problem, Public, Query, Routes};

use crate::world::{World, get, post};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewCase {
    title: String,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    after: u64,
}

async fn create(Json { value, bytes }: Json<NewCase>) -> String {
    format!("{} {}", value.title, bytes.len())
}

async fn find(Path(id): Path<CaseId>) -> String {
    id.to_string()
}

async fn list(Query(filter): Query<Filter>) -> String {
    filter.after.to_string()
}

fn inside() -> io::Error {
    io::Error::other("the password is hunter22")
}

async fn broken_api() -> Result<(), Problem> {
    Err(Problem::internal(&inside()))
}

async fn broken_page() -> Result<(), PageError> {
    Err(Problem::internal(&inside()).into())
}

#[expect(clippy::panic, reason = "what the test is about")]
async fn panicking() {
    panic!("the password is hunter22");
}

fn router() -> Router {
    Routes::new("test", ())
        .post::<Public, _, _>("/api/v1/cases", create)
        .post_up_to::<Public, _, _>("/api/v1/import", BODY_LIMIT * 2, create)
        .get::<Public, _, _>("/api/v1/cases", list)
        .get::<Public, _, _>("/api/v1/cases/{id}", find)
        .get::<Public, _, _>("/cases/{id}", find)
        .get::<Public, _, _>("/api/broken", broken_api)
        .get::<Public, _, _>("/broken", broken_page)
        .get::<Public, _, _>("/api/panic", panicking)
        .get::<Public, _, _>("/panic", panicking)
        .get::<Public, _, _>("/api/slow", std::future::pending::<()>)
        .finish()
        .0
}

#[tokio::test]
async fn input_is_refused_with_a_problem_and_never_in_plain_text() {
    let world = World::new().await;
    let app = world.app(router());
    for (request, status, code) in [
        (post("/api/v1/cases").json("{"), 400, "bad-request"),
        (post("/api/v1/cases").json("{}"), 422, "validation"),
        (post("/api/v1/cases").json(r#"{"title":"a","tlp":"TLP:CLEAR"}"#), 422, "validation"),
        (post("/api/v1/cases").header("content-type", "text/plain").body(r#"{"title":"a"}"#), 415, "unsupported-type"),
        (post("/api/v1/cases").body(r#"{"title":"a"}"#), 415, "unsupported-type"),
        (get("/api/v1/cases/case_1"), 404, "not-found"),
        (get("/api/v1/cases?after=x"), 400, "bad-request"),
        (get("/api/v1/nothing"), 404, "not-found"),
        (post("/api/v1/cases/x"), 405, "method-not-allowed"),
    ] {
        let answer = request.of(&app).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{answer:?}");
    }
    let answer = post("/api/v1/cases").header("content-type", "application/merge-patch+json; charset=utf-8");
    assert_eq!(answer.body(r#"{"title":"a"}"#).of(&app).await.body, "a 13");
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_a_page_with_a_way_on() {
    let world = World::new().await;
    let app = world.app(router());
    for path in ["/nothing", "/cases/case_1", "/assets/x/y", "/api"] {
        let answer = get(path).of(&app).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.is_page() && answer.body.contains("href=\"/\""), "{path}: {answer:?}");
    }
    let officer = world.people[1].clone();
    assert!(get("/nothing").session(&officer).of(&app).await.body.contains("Sign out"));
}

#[tokio::test]
async fn too_much_is_refused_before_it_is_read_and_where_it_does_not_say_how_much() {
    let world = World::new().await;
    let app = world.app(router());
    let large = format!(r#"{{"title":"{}"}}"#, "a".repeat(BODY_LIMIT));
    let announced = post("/api/v1/cases").header("content-length", "10000000000").json("{}").of(&app).await;
    assert_eq!(announced.code(), "too-large");
    let silent = post("/api/v1/cases").json(large.clone()).of(&app).await;
    assert_eq!((silent.status, silent.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    assert_eq!(post("/api/v1/import").json(large).of(&app).await.status, StatusCode::OK);
}

#[tokio::test]
async fn our_own_failures_show_an_identifier_and_nothing_else() {
    let world = World::new().await;
    let app = world.app(router());
    for path in ["/api/broken", "/api/panic"] {
        let answer = get(path).of(&app).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "internal"), "{path}");
        assert!(!answer.body.contains("hunter22"));
    }
    for path in ["/broken", "/panic"] {
        let answer = get(path).of(&app).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(answer.is_page() && answer.body.contains(answer.header("x-request-id")), "{path}: {answer:?}");
        assert!(!answer.body.contains("hunter22"));
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_cut_off() {
    let world = World::new().await;
    let options = AppOptions { timeout: Duration::from_millis(20), ..AppOptions::new(world.auth.clone()) };
    let app = web::app(vec![router()], &options);
    let answer = get("/api/slow").of(&app).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    // A body that is still on its way when two others have been cut off.
    let slowly = |path| {
        let others = app.clone();
        let body = async move {
            for _ in 0..2 {
                get("/api/slow").of(&others).await;
            }
            Ok::<_, io::Error>(r#"{"title":"a"}"#)
        };
        let json = post(path).header("content-type", "application/json");
        json.body(Body::from_stream(futures::stream::once(body)))
    };
    assert_eq!(slowly("/api/v1/cases").of(&app).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(slowly("/api/v1/import").of(&app).await.body, "a 13", "a file over a slow line takes its time");
}
