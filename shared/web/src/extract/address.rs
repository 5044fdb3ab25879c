//! Parts of the address.

use axum::extract::FromRequestParts;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::Problem;

/// Parts of the path. What does not parse is not found: nobody is told how identifiers look.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;
    #[expect(clippy::disallowed_types, reason = "this is the wrapper that answers with a problem")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let found: Result<axum::extract::Path<T>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, state).await;
        found.map(|path| Self(path.0)).map_err(|_| Problem::not_found("address"))
    }
}

/// The query string.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        // Browsers encode brackets in the names of fields (WHATWG URL standard), people who type them do not.
        let config = serde_qs::Config::new().use_form_encoding(!query.contains('['));
        let read = config.deserialize_bytes(query.as_bytes());
        read.map(Self).map_err(|error| Problem::bad_request(format!("The query cannot be read: {error}.")))
    }
}
