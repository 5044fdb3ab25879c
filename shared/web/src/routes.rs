//! Routes, each with its permission.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodFilter, on};
use domain::codes::Role;

use crate::authority::{Permission, guard};

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
    /// Who has it; empty: anybody.
    pub roles: &'static [Role],
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
        self.route::<P, H, T>(Method::GET, MethodFilter::GET, path, handler)
    }

    /// `POST`.
    #[must_use]
    pub fn post<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::POST, MethodFilter::POST, path, handler)
    }

    /// `PUT`.
    #[must_use]
    pub fn put<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::PUT, MethodFilter::PUT, path, handler)
    }

    /// `DELETE`.
    #[must_use]
    pub fn delete<P: Permission, H: Handler<T, S>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.route::<P, H, T>(Method::DELETE, MethodFilter::DELETE, path, handler)
    }

    fn route<P: Permission, H: Handler<T, S>, T: 'static>(
        mut self,
        method: Method,
        filter: MethodFilter,
        path: &'static str,
        handler: H,
    ) -> Self {
        let guarded = on(filter, handler)
            .route_layer(middleware::from_fn(|request, next| guard(P::ROLES, request, next)));
        self.router = self.router.route(path, guarded);
        self.infos.push(RouteInfo { service: self.service, method, path, permission: P::NAME, roles: P::ROLES });
        self
    }

    /// The router, and the list.
    pub fn finish(self) -> (Router, Vec<RouteInfo>) {
        (self.router.with_state(self.state), self.infos)
    }
}
