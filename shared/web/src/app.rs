//! The routers of a process joined behind what every request passes.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics::{counter, histogram};
use sha2::{Digest, Sha256};
use store::trace::{self, TraceParent};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

use crate::authority::{Auth, Principal, SESSION_COOKIE, identify, is_api};
use crate::{PageError, Problem};

static STYLESHEET: &str = include_str!("../assets/tocsin.css");
static STYLESHEET_HASH: LazyLock<String> = LazyLock::new(|| {
    Sha256::digest(STYLESHEET.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
});

/// The stylesheet's address; it changes with its content, so that it may be cached for ever.
pub(crate) fn stylesheet_path() -> String {
    format!("/assets/{}/tocsin.css", *STYLESHEET_HASH)
}

/// How a process serves.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// Sessions and tokens.
    pub auth: Auth,
    /// The greatest request body.
    pub max_body_bytes: usize,
    /// How long a request may take.
    pub timeout: Duration,
}

impl AppOptions {
    /// 2 MiB and 30 seconds.
    pub fn new(auth: Auth) -> Self {
        Self { auth, max_body_bytes: 2 * 1024 * 1024, timeout: Duration::from_secs(30) }
    }
}

/// Joins the services' routers.
pub fn app(routers: Vec<Router>, options: &AppOptions) -> Router {
    let mut joined = Router::new().route("/assets/{hash}/tocsin.css", get(stylesheet));
    for router in routers {
        joined = joined.merge(router);
    }
    joined
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(options.max_body_bytes))
        .layer(middleware::from_fn_with_state(options.auth.clone(), identify))
        // Refuses a browser's request that another site made (Sec-Fetch-Site, Origin); programs send neither.
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a handler panicked");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", "").into_response()
        }))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, options.timeout))
        .layer(middleware::from_fn(secure))
        .layer(middleware::from_fn(observe))
}

async fn stylesheet() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    (headers, STYLESHEET).into_response()
}

async fn not_found(request: Request) -> Response {
    refuse(&request, Problem::not_found("page"))
}

async fn method_not_allowed(request: Request) -> Response {
    let detail = format!("{} is not possible here.", request.method());
    refuse(&request, Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Not possible here", detail))
}

fn refuse(request: &Request, problem: Problem) -> Response {
    if is_api(request.uri().path()) { problem.into_response() } else { PageError::from(problem).into_response() }
}

/// Headers that every answer carries. A route may set a stricter or its own policy before.
async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let defaults = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'; frame-src 'self'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Signed links are addresses that open something: they must not leak to where a link leads.
        (header::REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// One line and two figures a request; the path is the template, because a signed link is a secret.
async fn observe(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().map_or_else(|| "unmatched".to_owned(), |p| p.as_str().to_owned());
    let parent = request.headers().get("traceparent").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let context: TraceParent = parent.unwrap_or_else(|| TraceParent {
        trace_id: rand::random::<u128>() | 1,
        span_id: rand::random::<u64>() | 1,
        flags: 0,
    });
    let start = Instant::now();
    let response = trace::scope(context, next.run(request)).await;
    let took = start.elapsed();
    let status = response.status().as_u16();
    let trace_id = format!("{:032x}", context.trace_id);
    tracing::debug!(http.method = %method, http.route = path, http.status = status, trace.id = trace_id, took_ms = took.as_millis(), "answered");
    counter!("http_requests_total", "method" => method_label(&method), "route" => path.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("http_request_seconds", "route" => path).record(took.as_secs_f64());
    response
}

/// A closed list: labels must not grow with what strangers send.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

impl Principal {
    /// The cookie that carries a session's token for `seconds`; zero ends it.
    pub fn session_cookie(token: &str, seconds: u64, secure: bool) -> String {
        let secure = if secure { "; Secure" } else { "" };
        format!("{SESSION_COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
    }
}
