//! What is written down about a request: enough to find it, never its secrets.

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use store::trace;
use tracing_subscriber::fmt::MakeWriter;
use web::{Path, Problem, Public, Query, Routes};

use crate::world::{World, get, post};

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

async fn link(Path(token): Path<String>) -> Result<String, Problem> {
    if token == "unknown-canary" { Err(Problem::internal(&io::Error::other("no such row"))) } else { Ok(traceparent()) }
}

async fn list(Query(_): Query<std::collections::HashMap<String, u8>>) -> String {
    traceparent()
}

fn traceparent() -> String {
    trace::current().map(|context| context.to_string()).unwrap_or_default()
}

fn router() -> Router {
    Routes::new("test", ())
        .get::<Public, _, _>("/a/{token}", link)
        .post::<Public, _, _>("/a/{token}", link)
        .get::<Public, _, _>("/api/v1/list", list)
        .finish()
        .0
}

#[tokio::test]
async fn no_line_holds_an_address_a_query_a_cookie_or_a_token() {
    let world = World::new().await;
    let app = world.app(router());
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    for request in [
        get("/a/link-canary?q=query-canary"),
        post("/a/link-canary").header("sec-fetch-site", "cross-site"),
        get("/a/unknown-canary"),
        get("/nothing/path-canary"),
        get("/api/v1/list?after=query-canary"),
        get("/api/v1/list").header("authorization", "Bearer tocsin_token-canary"),
        get("/nothing").header("cookie", "tocsin_session=cookie-canary").header("referer", "/a/referer-canary"),
    ] {
        request.of(&app).await;
    }
    let id = get("/a/link-canary").of(&app).await.header("x-request-id").to_owned();
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("/a/{token}") && text.contains(&id) && text.contains("failed to answer"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}

#[tokio::test]
async fn the_work_of_a_request_belongs_to_the_callers_trace() {
    let world = World::new().await;
    let app = world.app(router());
    let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let seen = get("/api/v1/list").header("traceparent", sent).of(&app).await.body;
    assert!(seen.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && seen.ends_with("-01"), "{seen}");
    assert_ne!(seen, sent);
    let (one, other) = (get("/api/v1/list").of(&app).await.body, get("/api/v1/list").of(&app).await.body);
    assert!(one.len() == sent.len() && one[..35] != other[..35], "{one} {other}");
}
