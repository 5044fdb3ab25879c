//! Errors as problem documents (RFC 9457) and as pages.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{FieldError, FieldErrors};
use serde::Serialize;

use crate::page::{Shell, page};

/// Why a request was not done, in the words of its sender.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// `urn:tocsin:problem:` and a stable code.
    #[serde(rename = "type")]
    pub problem_type: String,
    /// The kind of problem, the same for every occurrence.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// This occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every field that breaks a rule, by JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem with a stable code, the same title each time, and what is particular to this one.
    pub fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("urn:tocsin:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: Some(detail.into()).filter(|text| !text.is_empty()),
            errors: Vec::new(),
        }
    }

    /// Some fields break their rules.
    pub fn validation(errors: &FieldErrors) -> Self {
        let count = errors.as_slice().len();
        let detail = if count == 1 { "One field breaks a rule.".to_owned() } else { format!("{count} fields break a rule.") };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "validation", "Some fields break a rule", detail);
        problem.errors = errors.as_slice().to_vec();
        problem
    }

    /// There is no such thing, or none that the caller may see: the answer is the same.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", format!("There is no such {what}."))
    }

    /// Nobody is signed in.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", "Sign in first", "Send a bearer token, or sign in.")
    }

    /// The caller's role does not allow it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// It does not fit the state of things.
    pub fn conflict(code: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, "Not possible now", detail)
    }

    /// The request cannot be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be read", detail)
    }

    /// Something of ours failed: its causes go to the log, once, and the caller hears that it was not the request.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        let mut chain = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            source = cause.source();
        }
        tracing::error!(error = chain, "failed to answer a request");
        let detail = "Something went wrong on our side. Nothing you sent was stored.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail)
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        let away = matches!(error, store::Error::Unavailable(_));
        let problem = Self::internal(&error);
        if !away {
            return problem;
        }
        let detail = "The database cannot be reached. Nothing you sent was stored; please send it again.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now", detail)
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self::validation(&errors)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let body = serde_json::to_vec(&self).expect("a problem is plain data and always has a JSON form");
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"tocsin\""));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// The same as a page that offers the way on.
#[derive(Clone, Debug)]
pub struct PageError(Box<Problem>);

#[derive(askama::Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    shell: Shell,
    problem: &'a Problem,
}

impl<E: Into<Problem>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let shell = Shell::anonymous(self.0.title);
        (self.0.status(), page(&ErrorPage { shell, problem: &self.0 })).into_response()
    }
}
