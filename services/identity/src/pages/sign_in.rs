//! `/sign-in`, `/sign-out`.

use askama::Template;
use axum::extract::State;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use web::{Form, Network, PageError, Principal, Query, Shell, own_path, page, redirect, redirect_with};

use super::flash;
use crate::refusal::{password_problem, seconds};
use crate::{Deps, SignIn, SignInError, cookie, sign_in, sign_out};

/// Where signing in leads if nothing else was asked for.
const START: &str = "/";

/// Where the form asked to be led to: only a path of this site, and not back here. Empty for no wish.
fn next_path(text: &str) -> &str {
    own_path(text).filter(|path| !path.starts_with("/sign-")).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    shell: Shell,
    email: &'a str,
    next: &'a str,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInQuery {
    next: String,
    done: String,
}

/// `GET /sign-in`.
pub(crate) async fn show(caller: Option<Principal>, Query(query): Query<SignInQuery>) -> Response {
    let next = next_path(&query.next);
    if caller.is_some() {
        return redirect(if next.is_empty() { START } else { next });
    }
    let shell = Shell { flash: flash(&query.done), ..Shell::anonymous("Sign in") };
    page(&SignInPage { shell, email: "", next, problem: None })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SignInForm {
    email: String,
    password: SecretString,
    next: String,
}

/// `POST /sign-in`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    headers: HeaderMap,
    Network(network): Network,
    form: Form<SignInForm>,
) -> Result<Response, PageError> {
    let SignInForm { email, password, next } = form.value;
    let next = next_path(&next);
    let again = |status: StatusCode, problem: String| {
        let shell = Shell::anonymous("Sign in");
        (status, page(&SignInPage { shell, email: &email, next, problem: Some(problem) })).into_response()
    };
    let request = SignIn { email: &email, password, previous: cookie::presented(&deps, &headers), network };
    match sign_in(&deps, request).await {
        Ok(session) => {
            let cookie = cookie::session(&deps, session.token.expose_secret(), session.length.as_secs());
            Ok(redirect_with(if next.is_empty() { START } else { next }, &cookie))
        }
        Err(SignInError::Refused) => {
            Ok(again(StatusCode::UNPROCESSABLE_ENTITY, "The address or the password is wrong.".to_owned()))
        }
        Err(SignInError::Wait { secs }) => {
            let text =
                format!("Too many tries with this address or from this network. Try again in {}.", seconds(secs));
            let mut response = again(StatusCode::TOO_MANY_REQUESTS, text);
            response.headers_mut().insert(RETRY_AFTER, secs.into());
            Ok(response)
        }
        Err(SignInError::Password(error)) => Err(password_problem(&error).into()),
        Err(SignInError::Store(error)) => Err(error.into()),
    }
}

/// `POST /sign-out`. Also for somebody whose session is over: the wish is met either way.
pub(crate) async fn leave(State(deps): State<Deps>, headers: HeaderMap) -> Result<Response, PageError> {
    if let Some(token) = cookie::presented(&deps, &headers) {
        sign_out(&deps, token).await?;
    }
    Ok(redirect_with("/sign-in?done=signed-out", &cookie::session(&deps, "", 0)))
}
