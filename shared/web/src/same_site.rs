//! Refuses what another site makes a browser send (cross-site request forgery). Programs send none of the headers
//! that browsers use to say where a request comes from, and pass.

use std::convert::Infallible;

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{self, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::csrf::CsrfLayer;

use crate::Problem;

/// The rule: `Sec-Fetch-Site`, else `Origin` against the `Host` header and `public_url`.
pub(crate) fn rule(public_url: &str) -> CsrfLayer {
    if public_url.is_empty() {
        return CsrfLayer::new();
    }
    // The origin alone: scheme, host and port.
    let end = public_url.match_indices('/').nth(2).map_or(public_url.len(), |(at, _)| at);
    CsrfLayer::new().add_trusted_origin(&public_url[..end]).unwrap_or_else(|error| {
        // Only stricter than asked for: the Host header still decides.
        tracing::warn!(%error, "the public address is not the origin of a site and is not trusted");
        CsrfLayer::new()
    })
}

/// What the rule needs to know of a request: method, host and three headers. It never sees the path, because it logs
/// what it sees, and the path of a signed link is a secret.
fn probe(request: &Request) -> http::Request<()> {
    let mut probe = http::Request::new(());
    probe.method_mut().clone_from(request.method());
    // HTTP/2 says the host in the address.
    if let Some(authority) = request.uri().authority() {
        let host = Uri::builder().scheme("http").authority(authority.clone()).path_and_query("/").build();
        *probe.uri_mut() = host.unwrap_or_default();
    }
    for name in [HOST, ORIGIN, HeaderName::from_static("sec-fetch-site")] {
        for value in request.headers().get_all(&name) {
            probe.headers_mut().append(&name, value.clone());
        }
    }
    probe
}

async fn passes(rule: &CsrfLayer, probe: http::Request<()>) -> bool {
    let yes = service_fn(|_| async { Ok::<_, Infallible>(http::Response::new(String::new())) });
    match rule.layer(yes).oneshot(probe).await {
        Ok(answer) => answer.status() == StatusCode::OK,
        Err(never) => match never {},
    }
}

/// Lets a request through if the rule does.
pub(crate) async fn same_site(State(rule): State<CsrfLayer>, request: Request, next: Next) -> Response {
    let probe = probe(&request);
    if passes(&rule, probe).await {
        return next.run(request).await;
    }
    let detail = "Your browser says that another site sent this. Nothing was done. \
                  Open the page here and send the form from it.";
    Problem::new(StatusCode::FORBIDDEN, "cross-site", "Sent from another site", detail).into_response()
}
