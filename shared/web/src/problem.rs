//! Errors as problem documents (RFC 9457) and as pages.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::{FieldError, FieldErrors};
use serde::Serialize;

use crate::present::error_page;

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
    /// This request, `urn:tocsin:request:` and what the log knows it by; set when the answer leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<Box<str>>,
    /// Every field that breaks a rule, by JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// When to ask again, in seconds.
    #[serde(skip)]
    retry_secs: Option<u16>,
}

impl Problem {
    /// A problem with a stable code, the same title each time, and what is particular to this one.
    pub fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            problem_type: format!("urn:tocsin:problem:{code}"),
            title,
            status: status.as_u16(),
            detail: Some(detail.into()).filter(|text| !text.is_empty()),
            instance: None,
            errors: Vec::new(),
            retry_secs: None,
        }
    }

    /// For a page that is shown again with what was refused on it: the answer's status. What no form can mend, such as a
    /// failure or a thing that is not there, is a page of its own.
    pub fn beside_form(self) -> Result<(StatusCode, Self), PageError> {
        match StatusCode::from_u16(self.status) {
            Ok(status) if !status.is_server_error() && status != StatusCode::NOT_FOUND => Ok((status, self)),
            _ => Err(self.into()),
        }
    }

    /// Some fields break their rules.
    pub fn validation(errors: &FieldErrors) -> Self {
        let count = errors.as_slice().len();
        let detail =
            if count == 1 { "One field breaks a rule.".to_owned() } else { format!("{count} fields break a rule.") };
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

    /// The body is larger than `limit` bytes.
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("At most {} KiB can be sent here.", limit / 1024);
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
    }

    /// The body is of another kind than `wanted`.
    pub fn unsupported(wanted: &str) -> Self {
        let detail = format!("Send it as {wanted}, and say so in the Content-Type header.");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-type", "Cannot read this type of content", detail)
    }

    /// The address exists, but not for this method.
    pub fn method_not_allowed(method: &Method) -> Self {
        let detail = format!("{method} is not possible at this address.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Not possible here", detail)
    }

    /// It may work when asked again `after` a while.
    pub fn unavailable(after: Duration, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not available now", detail);
        Self { retry_secs: Some(u16::try_from(after.as_secs().max(1)).unwrap_or(u16::MAX)), ..problem }
    }

    /// Something of ours failed: its causes go to the log, once, and the caller hears that it was not the request.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        log_chain(error);
        Self::failed()
    }

    /// The same where the cause is in the log already.
    pub(crate) fn failed() -> Self {
        let detail = "Something went wrong on our side. Look whether what you sent is there before you send it again.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", detail)
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Writes an error and its causes to the log, in one line.
fn log_chain(error: &dyn std::error::Error) {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = chain, "failed to answer a request");
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        if !matches!(error, store::Error::Unavailable(_) | store::Error::TooSlow(_)) {
            return Self::internal(&error);
        }
        log_chain(&error);
        let detail = "The database cannot be reached or does not answer in time. Please try again in a few seconds.";
        Self::unavailable(Duration::from_secs(5), detail)
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
        if let Some(secs) = self.retry_secs.or((status == StatusCode::SERVICE_UNAVAILABLE).then_some(5)) {
            headers.insert(RETRY_AFTER, HeaderValue::from(secs));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The error of a page's handler: shown as a page that offers the way on.
#[derive(Clone, Debug)]
pub struct PageError(Box<Problem>);

impl<E: Into<Problem>> From<E> for PageError {
    fn from(error: E) -> Self {
        Self(Box::new(error.into()))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = error_page(&self.0, None, None);
        response.extensions_mut().insert(*self.0);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_what_rfc_9457_says_and_holds_no_cause() {
        let mut errors = FieldErrors::new();
        errors.push("/objects/0/title", "is required");
        let json = serde_json::to_value(Problem::validation(&errors)).expect("plain data");
        assert_eq!(
            json,
            serde_json::json!({
                "type": "urn:tocsin:problem:validation",
                "title": "Some fields break a rule",
                "status": 422,
                "detail": "One field breaks a rule.",
                "errors": [{ "pointer": "/objects/0/title", "message": "is required" }],
            })
        );
        let secret = std::io::Error::other("password=hunter22");
        let text = serde_json::to_string(&Problem::internal(&secret)).expect("plain data");
        assert!(!text.contains("hunter22"), "{text}");
    }

    #[test]
    fn a_database_that_is_away_is_not_the_callers_fault_and_comes_back() {
        let away = Problem::unavailable(Duration::from_secs(7), "").into_response();
        assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(away.headers()[RETRY_AFTER], "7");
        let refused = store::Error::RowsAffected { expected: 1, actual: 0 };
        assert_eq!(Problem::from(refused).status, 500);
    }
}
