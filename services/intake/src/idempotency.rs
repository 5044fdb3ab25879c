//! The key a client chooses for a request, so that a repeat is recognised.

use std::fmt;
use std::str::FromStr;

use axum::http::{HeaderMap, StatusCode};
use web::Problem;

/// 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// Why a text is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 visible ASCII characters")]
pub struct ParseKeyError;

impl IdempotencyKey {
    /// The header that carries it.
    pub const HEADER: &'static str = "Idempotency-Key";

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From a request's headers.
    pub(crate) fn from_headers(headers: &HeaderMap) -> Result<Self, Problem> {
        let refuse =
            |detail: String| Problem::new(StatusCode::BAD_REQUEST, "idempotency-key", "Idempotency-Key needed", detail);
        let mut all = headers.get_all(Self::HEADER).iter();
        let (Some(value), None) = (all.next(), all.next()) else {
            return Err(refuse(format!("Send the header {} exactly once, with a value of your choice.", Self::HEADER)));
        };
        let text = value.to_str().unwrap_or_default();
        text.parse().map_err(|error: ParseKeyError| refuse(format!("The header {} {error}.", Self::HEADER)))
    }
}

impl FromStr for IdempotencyKey {
    type Err = ParseKeyError;
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let well_formed = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if well_formed { Ok(Self(text.to_owned())) } else { Err(ParseKeyError) }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii_of_a_bounded_length() {
        for good in ["k", "0190c1c5-f3a9", &"x".repeat(255)] {
            assert!(good.parse::<IdempotencyKey>().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "clé", "a\tb", &"x".repeat(256)] {
            assert!(bad.parse::<IdempotencyKey>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_header_comes_once() {
        let mut headers = HeaderMap::new();
        assert!(IdempotencyKey::from_headers(&headers).is_err());
        headers.append(IdempotencyKey::HEADER, "one".parse().unwrap());
        assert!(IdempotencyKey::from_headers(&headers).is_ok());
        headers.append(IdempotencyKey::HEADER, "two".parse().unwrap());
        let problem = IdempotencyKey::from_headers(&headers).expect_err("which of the two?");
        assert!(problem.detail.is_some_and(|detail| detail.contains("Idempotency-Key")));
    }
}
