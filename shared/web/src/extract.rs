//! Reading input, and refusing it in our own words: the framework's own extractors answer in plain text.

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use serde::de::DeserializeOwned;

use crate::authority::is_api;
use crate::{PageError, Problem};

fn refuse(path: &str, problem: Problem) -> Response {
    if is_api(path) { problem.into_response() } else { PageError::from(problem).into_response() }
}

/// A JSON body. A value of the wrong type is named by its place.
#[derive(Clone, Debug)]
pub struct Json<T> {
    /// The value.
    pub value: T,
    /// The bytes it was read from, for comparing a repeat with the first.
    pub bytes: Bytes,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        match serde_path_to_error::deserialize(&mut reader) {
            Ok(value) => match reader.end() {
                Ok(()) => Ok(Self { value, bytes }),
                Err(error) => Err(refuse(&path, Problem::bad_request(format!("The body is not one JSON value: {error}.")))),
            },
            Err(error) => {
                let pointer = pointer(error.path());
                let inner = error.into_inner();
                if inner.is_data() {
                    let mut errors = FieldErrors::new();
                    errors.push(pointer, inner.to_string());
                    return Err(refuse(&path, Problem::validation(&errors)));
                }
                Err(refuse(&path, Problem::bad_request(format!("The body is not JSON: {inner}."))))
            }
        }
    }
}

/// `objects[0].title` as the JSON Pointer `/objects/0/title` (RFC 6901).
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut text, segment| {
        text.push('/');
        match segment {
            Segment::Seq { index } => text.push_str(&index.to_string()),
            Segment::Map { key } => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => text.push_str(variant),
            Segment::Unknown => text.push('-'),
        }
        text
    })
}

/// A form's fields; nested ones are named as in `objects[0][title]`.
#[derive(Clone, Debug)]
pub struct Form<T> {
    /// The value.
    pub value: T,
    /// The pairs as typed, to show them again.
    pub typed: Vec<(String, String)>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let path = request.uri().path().to_owned();
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        let unreadable = |error: String| refuse(&path, Problem::bad_request(format!("The form cannot be read: {error}.")));
        let typed = pairs(&bytes);
        let value = serde_qs::Config::new()
            .max_depth(6)
            .use_form_encoding(true)
            .deserialize_bytes(&bytes)
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { value, typed })
    }
}

/// The pairs of `application/x-www-form-urlencoded` bytes (WHATWG URL standard).
pub(crate) fn pairs(bytes: &[u8]) -> Vec<(String, String)> {
    let decode = |part: &[u8]| {
        let mut out = Vec::with_capacity(part.len());
        let mut rest = part;
        while let [first, tail @ ..] = rest {
            rest = tail;
            match (first, tail) {
                (b'+', _) => out.push(b' '),
                (b'%', [high, low, after @ ..]) => {
                    let hex = |c: &u8| char::from(*c).to_digit(16).and_then(|d| u8::try_from(d).ok());
                    if let (Some(high), Some(low)) = (hex(high), hex(low)) {
                        out.push(high * 16 + low);
                        rest = after;
                    } else {
                        out.push(b'%');
                    }
                }
                _ => out.push(*first),
            }
        }
        String::from_utf8_lossy(&out).into_owned()
    };
    bytes
        .split(|b| *b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.iter().position(|b| *b == b'=') {
            Some(at) => (decode(&pair[..at]), decode(&pair[at + 1..])),
            None => (decode(pair), String::new()),
        })
        .collect()
}

/// Parts of the path. What does not parse is not found: nobody is told how identifiers look.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let found: Result<axum::extract::Path<T>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, state).await;
        match found {
            Ok(path) => Ok(Self(path.0)),
            Err(_) => Err(refuse(parts.uri.path(), Problem::not_found("address"))),
        }
    }
}

/// The query string.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        serde_qs::from_str(parts.uri.query().unwrap_or_default()).map(Self).map_err(|error| {
            refuse(parts.uri.path(), Problem::bad_request(format!("The query cannot be read: {error}.")))
        })
    }
}
