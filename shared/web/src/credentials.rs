//! What a request brings to say who sends it: the session cookie of a browser or the bearer token of a program.

use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, COOKIE};

use crate::token::{self, Hash};
use crate::{Principal, token::PREFIX};

/// The session cookie where the site is reached by `https`. The prefix makes browsers refuse a cookie of this name
/// that another host of the same domain, or a page without encryption, tries to set.
const SECURE_COOKIE: &str = "__Host-tocsin";

/// The session cookie where there is no `https`: a laptop, a test.
const PLAIN_COOKIE: &str = "tocsin_session";

/// A hash of what was presented; the thing itself goes no further.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    Session(Hash),
    Bearer(Hash),
}

/// What a request presents. A header that is there and wrong means no authority, never a fall back to the cookie.
pub(crate) fn presented(headers: &HeaderMap, secure: bool) -> Option<Credentials> {
    if headers.contains_key(AUTHORIZATION) {
        return bearer(headers).map(|token| Credentials::Bearer(token::hash(token)));
    }
    session_token(headers, secure).map(|token| Credentials::Session(token::hash(token)))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next()?, values.next());
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (second.is_none() && scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}

/// The token of the session cookie. Where the site is `https`, a cookie without the prefix is not looked at.
fn session_token(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let find = |name: &str| {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|token| !token.is_empty())
    };
    find(SECURE_COOKIE).or_else(|| if secure { None } else { find(PLAIN_COOKIE) })
}

impl Principal {
    /// The `Set-Cookie` value that carries a session's token for `seconds`; zero ends it. `secure`: the site is
    /// reached by `https`.
    pub fn session_cookie(token: &str, seconds: u64, secure: bool) -> String {
        let (name, attribute) = if secure { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
        format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{attribute}")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(axum::http::HeaderName, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn a_bearer_token_wins_and_a_wrong_header_does_not_fall_back_to_the_cookie() {
        let cookie = (COOKIE, "a=b; tocsin_session=tocsin_c");
        let session = Some(Credentials::Session(token::hash("tocsin_c")));
        assert_eq!(presented(&headers(std::slice::from_ref(&cookie)), false), session);
        let both = headers(&[cookie.clone(), (AUTHORIZATION, "bearer tocsin_b")]);
        assert_eq!(presented(&both, false), Some(Credentials::Bearer(token::hash("tocsin_b"))));
        for wrong in ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Bearer other_b"] {
            assert_eq!(presented(&headers(&[cookie.clone(), (AUTHORIZATION, wrong)]), false), None, "{wrong}");
        }
        let twice = headers(&[(AUTHORIZATION, "Bearer tocsin_a"), (AUTHORIZATION, "Bearer tocsin_b")]);
        assert_eq!(presented(&twice, false), None);
    }

    #[test]
    fn a_secure_site_reads_only_the_cookie_that_no_other_host_can_set() {
        let planted = headers(&[(COOKIE, "tocsin_session=tocsin_planted")]);
        assert_eq!(presented(&planted, true), None);
        let both = headers(&[(COOKIE, "tocsin_session=tocsin_planted; __Host-tocsin=tocsin_ours")]);
        assert_eq!(presented(&both, true), Some(Credentials::Session(token::hash("tocsin_ours"))));
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let secure = Principal::session_cookie("tocsin_x", 60, true);
        assert_eq!(secure, "__Host-tocsin=tocsin_x; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
        assert!(
            Principal::session_cookie("", 0, false)
                .starts_with("tocsin_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
        );
    }
}
