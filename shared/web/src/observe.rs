//! What is written down about a request: one line, two figures, a trace, an identifier to quote.
//!
//! Never the address itself nor its query: signed links carry their secret there. The path is the route's template.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use metrics::{counter, histogram};
use store::trace::{self, TraceParent};
use tracing::{Instrument as _, field};

/// The identifier of a request: in its log lines, in its answer, and what a person quotes who asks what happened.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

tokio::task_local! {
    /// The template of the path being served, so that the navigation can mark where the reader is.
    static ROUTE: String;
}

/// The first part of the path being served, such as `/cases`; empty outside of a request.
pub(crate) fn section() -> String {
    ROUTE
        .try_with(|route| route.split('/').nth(1).map(|first| format!("/{first}")).unwrap_or_default())
        .unwrap_or_default()
}

/// The caller's place in its trace, and the request's: a child of what the caller sent, or the start of a trace.
fn context(headers: &HeaderMap) -> (Option<TraceParent>, TraceParent) {
    let sent: Option<TraceParent> = headers.get("traceparent").and_then(|v| v.to_str().ok()?.parse().ok());
    (sent, sent.map_or_else(TraceParent::root, TraceParent::child))
}

/// Runs a request under its identifier and its trace, and writes down how it went.
pub(crate) async fn observe(mut request: Request, next: Next) -> Response {
    let method = method_label(request.method());
    let matched = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let route = matched.unwrap_or_else(|| "unmatched".to_owned());
    let (caller, context) = context(request.headers());
    let id = format!("{:016x}", rand::random::<u64>());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!(
        "request",
        http.method = method,
        http.route = route,
        http.status = field::Empty,
        request.id = id,
        span.kind = "server",
        trace.id = context.trace(),
        span.id = context.span(),
        parent.id = caller.map(|caller| caller.span())
    );
    let start = Instant::now();
    let work = ROUTE.scope(route.clone(), trace::scope(context, next.run(request)));
    let mut response = work.instrument(span.clone()).await;
    let took = start.elapsed();
    let status = response.status().as_u16();
    span.record("http.status", status);
    span.in_scope(|| {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        // Probes and styles come every few seconds and say nothing.
        if is_routine(&route) && status < 500 {
            tracing::debug!(took_ms, "answered");
        } else {
            tracing::info!(took_ms, "answered");
        }
    });
    counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    histogram!("http_request_seconds", "route" => route).record(took.as_secs_f64());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

fn is_routine(route: &str) -> bool {
    route.starts_with("/health/") || route.starts_with("/assets/") || route == "/metrics"
}

/// A closed list: labels must not grow with what strangers send.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_a_child_of_what_the_caller_sent() {
        let mut headers = HeaderMap::new();
        let sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        headers.insert("traceparent", HeaderValue::from_static(sent));
        let (caller, child) = context(&headers);
        let parent: TraceParent = sent.parse().expect("a context");
        assert_eq!(caller, Some(parent));
        assert_eq!((child.trace_id, child.flags), (parent.trace_id, 1));
        assert_ne!(child.span_id, parent.span_id);
        headers.insert("traceparent", HeaderValue::from_static("garbage"));
        let (caller, root) = context(&headers);
        assert_eq!(caller, None);
        assert_ne!(root.trace_id, 0);
    }
}
