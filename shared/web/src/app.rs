//! The routers of a process joined behind what every request passes.

use std::any::Any;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use tower_http::catch_panic::CatchPanicLayer;

use crate::authority::{Auth, Gate, caller};
use crate::headers::secure;
use crate::network::TrustedProxies;
use crate::observe::observe;
use crate::present::present;
use crate::same_site::{rule, same_site};
use crate::{Problem, assets};

/// How a process serves.
#[derive(Clone, Debug)]
pub struct AppOptions {
    /// Sessions and tokens.
    pub auth: Auth,
    /// The greatest request body of a router that was not made by [`crate::Routes`], in bytes.
    pub max_body_bytes: usize,
    /// How long a request may take; one that brings a file may take longer, as far as its body may be large.
    pub timeout: Duration,
    /// Where browsers reach the site, such as `https://tocsin.example.org`; empty: wherever they say. With `https`
    /// the session cookie is bound to it. Its forms are accepted even where a proxy changes the `Host` header.
    pub public_url: String,
    /// Proxies in front of this process, whose `X-Forwarded-For` says from which network a request comes.
    pub trusted_proxies: Vec<IpNet>,
}

impl AppOptions {
    /// 2 MiB, 30 seconds, any address.
    pub fn new(auth: Auth) -> Self {
        let (max_body_bytes, timeout) = (crate::routes::BODY_LIMIT, Duration::from_secs(30));
        Self { auth, max_body_bytes, timeout, public_url: String::new(), trusted_proxies: Vec::new() }
    }

    /// Whether browsers reach the site by `https`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Joins the services' routers.
///
/// From the outside in: log and trace, headers, the words of errors, deadline, panics, requests that another site
/// made a browser send, and last the route with its guard.
pub fn app(routers: Vec<Router>, options: &AppOptions) -> Router {
    let mut joined = assets::routes().finish().0;
    for router in routers {
        joined = joined.merge(router);
    }
    let gate = Gate { auth: options.auth.clone(), secure: options.is_https() };
    joined
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(options.max_body_bytes))
        .layer(middleware::from_fn_with_state(rule(&options.public_url), same_site))
        .layer(Extension(gate))
        .layer(Extension(TrustedProxies(options.trusted_proxies.as_slice().into())))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(options.timeout, deadline))
        .layer(middleware::from_fn(present))
        .layer(middleware::from_fn_with_state(options.is_https(), secure))
        .layer(middleware::from_fn(observe))
}

#[expect(clippy::needless_pass_by_value, reason = "the signature CatchPanicLayer asks for")]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
    tracing::error!(panic = text, "a handler panicked");
    Problem::failed().into_response()
}

/// How much longer than any other a request may take: said by the route, once its guard has let the caller in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Longer(pub(crate) Arc<OnceLock<Duration>>);

async fn deadline(State(limit): State<Duration>, mut request: Request, next: Next) -> Response {
    let longer = Longer::default();
    request.extensions_mut().insert(longer.clone());
    let mut answer = std::pin::pin!(next.run(request));
    if let Ok(response) = tokio::time::timeout(limit, &mut answer).await {
        return response;
    }
    if let Some(more) = longer.0.get()
        && let Ok(response) = tokio::time::timeout(*more, answer).await
    {
        return response;
    }
    tracing::warn!(limit_ms = limit.as_millis(), "cut a request off that took too long");
    let detail = "The answer took too long. What you asked for may or may not be done: look before you repeat it.";
    Problem::unavailable(Duration::from_secs(5), detail).into_response()
}

async fn not_found(request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    // Only for the navigation of the page: whoever it is, there is nothing here.
    let found = caller(&mut parts).await;
    let mut response = Problem::not_found("page").into_response();
    if let Ok(principal) = found {
        response.extensions_mut().insert(crate::authority::Caller(principal));
    }
    response
}

async fn method_not_allowed(request: Request) -> Response {
    Problem::method_not_allowed(request.method()).into_response()
}
