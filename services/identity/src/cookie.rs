//! The session cookie a browser came with.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use web::Principal;

use crate::Deps;

/// The `Set-Cookie` value that carries `token` for `seconds`; none and zero end the session in the browser.
pub(crate) fn session(deps: &Deps, token: &str, seconds: u64) -> String {
    Principal::session_cookie(token, seconds, deps.secure_cookies)
}

/// The token of the session cookie in a request.
pub(crate) fn presented<'a>(deps: &Deps, headers: &'a HeaderMap) -> Option<&'a str> {
    // The name is asked of whoever sets the cookie, so that the two cannot differ.
    let pattern = session(deps, "", 0);
    let name = pattern.split('=').next()?;
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}
