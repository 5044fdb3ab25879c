//! Routes, each with its permission.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use domain::codes::Role;

use crate::app::Longer;
use crate::authority::guard;
use crate::{Permission, Problem};

/// The greatest request body of a route that does not say otherwise, in bytes.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// How many bytes a second come over the slowest line that photographs are sent by: half a megabit.
const SLOW_LINE: usize = 64 * 1024;

/// What is known of a route, for the test that calls every one of them with every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    /// The service it belongs to.
    pub service: &'static str,
    /// The method.
    pub method: Method,
    /// The path's template.
    pub path: &'static str,
    /// The permission's name.
    pub permission: &'static str,
    /// Who has it; empty: anybody, and only a permission that says so ([`Permission::OPEN`]) can be empty.
    pub roles: &'static [Role],
    /// Whether only a person who has signed in may call it, and no token.
    pub in_person: bool,
}

/// The routes of a service.
#[derive(Debug)]
pub struct Routes<S> {
    service: &'static str,
    state: S,
    router: Router<S>,
    infos: Vec<RouteInfo>,
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub fn new(service: &'static str, state: S) -> Self {
        Self { service, state, router: Router::new(), infos: Vec::new() }
    }

    /// `GET`.
    #[must_use]
    pub fn get<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::GET, MethodFilter::GET, path, BODY_LIMIT, handler)
    }

    /// `POST`.
    #[must_use]
    pub fn post<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.post_up_to::<P, H, T>(path, BODY_LIMIT, handler)
    }

    /// `POST` with a body of up to `limit` bytes, for files. It may take as long as such a body takes over a slow line.
    #[must_use]
    pub fn post_up_to<P: Permission, H: Handler<T, S>, T: 'static>(
        self,
        path: &'static str,
        limit: usize,
        handler: H,
    ) -> Self {
        self.route::<P, H, T>(Method::POST, MethodFilter::POST, path, limit, handler)
    }

    /// `PUT`.
    #[must_use]
    pub fn put<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::PUT, MethodFilter::PUT, path, BODY_LIMIT, handler)
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::DELETE, MethodFilter::DELETE, path, BODY_LIMIT, handler)
    }

    fn route<P: Permission, H: Handler<T, S>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        limit: usize,
        handler: H,
    ) -> Self {
        const { assert!(P::OPEN == P::ROLES.is_empty(), "a permission is for some roles, or it is open and says so") };
        let mut guarded = on(filter, handler)
            .route_layer(DefaultBodyLimit::max(limit))
            .route_layer(middleware::from_fn(move |request, next| refuse_large(limit, request, next)));
        // The guard is outermost: who may not call learns nothing else about the route.
        if !P::OPEN {
            guarded =
                guarded.route_layer(middleware::from_fn(|request, next| guard(P::ROLES, P::IN_PERSON, request, next)));
        }
        self.router = self.router.route(path, guarded);
        let (service, permission, roles, in_person) = (self.service, P::NAME, P::ROLES, P::IN_PERSON);
        self.infos.push(RouteInfo { service, method, path, permission, roles, in_person });
        self
    }

    /// The router, and the list.
    pub fn finish(self) -> (Router, Vec<RouteInfo>) {
        (self.router.with_state(self.state), self.infos)
    }
}

/// Refuses a body that announces to be too large before a byte of it is read; one that does not announce it is cut
/// off by the extractor's limit.
async fn refuse_large(limit: usize, request: Request, next: Next) -> Response {
    if let Some(longer) = request.extensions().get::<Longer>().filter(|_| limit > BODY_LIMIT) {
        // Said twice only if a request passed two routes, and the first word stands.
        let _ = longer.0.set(Duration::from_secs((limit / SLOW_LINE) as u64));
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    match announced {
        Some(length) if usize::try_from(length).map_or(true, |length| length > limit) => {
            Problem::too_large(limit).into_response()
        }
        _ => next.run(request).await,
    }
}
