//! Reading input, and refusing it in our own words: the framework's own extractors answer in plain text.

mod address;
mod form;
mod json;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;

pub use address::{Path, Query};
pub use form::Form;
pub use json::{Json, read_json};

use crate::Problem;
use crate::routes::BODY_LIMIT;

/// The body, up to the route's limit.
async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection.status().as_u16() {
        413 => Problem::too_large(BODY_LIMIT),
        _ => Problem::bad_request("The body broke off."),
    })
}

/// Whether the body says that it is of one of these types. A browser can be made by another site to send
/// `text/plain` without asking first, so content that does not say what it is is not guessed at.
fn is_of_type(headers: &HeaderMap, accept: impl Fn(&str) -> bool) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept(&value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}
