//! `/account`: one's own details, tokens, password.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::TokenId;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use store::identity::{self, AccountRow, TokenRow};
use web::{
    Authority, Form, FormState, PageError, Path, Principal, Problem, Query, Shell, SignedIn, page, redirect,
    redirect_with,
};

use super::{Done, flash, shown_again};
use crate::permission::Oneself;
use crate::refusal::Refusal;
use crate::{Deps, IssuedToken, change_password, cookie, issue_token, revoke_token};

/// How many tokens the page shows.
const MOST_SHOWN: i64 = 200;

/// The lifetimes a form offers, in days.
const LIFETIMES: &[(&str, &str)] =
    &[("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("never", "Until it is revoked")];

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    shell: Shell,
    account: AccountRow,
    tokens: Vec<TokenLine>,
    /// The token that was just issued: shown here, once.
    fresh: Option<&'a str>,
    form: FormState,
    lifetimes: &'static [(&'static str, &'static str)],
}

struct TokenLine {
    token: TokenRow,
    tone: &'static str,
    state: &'static str,
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    done: &str,
    fresh: Option<&IssuedToken>,
    form: FormState,
) -> Result<Response, PageError> {
    let now = deps.clock.now();
    let mut tx = deps.db.read().await?;
    let account = identity::account(&mut tx, caller.account_id).await?;
    let tokens = identity::tokens_of(&mut tx, caller.account_id, MOST_SHOWN).await?;
    tx.commit().await?;
    let Some(account) = account else { return Err(Problem::not_found("account").into()) };
    let line = |token: TokenRow| {
        let ended = token.expires_at.is_some_and(|at| at <= now);
        let (tone, state) = match token.revoked_at {
            Some(_) => ("bad", "revoked"),
            None if ended => ("plain", "ended"),
            None => ("good", "in force"),
        };
        TokenLine { token, tone, state }
    };
    let shell = Shell { flash: flash(done), ..Shell::new("Your account", caller) };
    Ok(page(&AccountPage {
        shell,
        account,
        tokens: tokens.into_iter().map(line).collect(),
        fresh: fresh.map(|issued| issued.token.expose_secret()),
        form,
        lifetimes: LIFETIMES,
    }))
}

/// `GET /account`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, &query.done, None, FormState::default()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TokenForm {
    name: String,
    days: String,
}

/// `POST /account/tokens`. Answers with the page itself: a redirect would have to carry the token in an address.
pub(crate) async fn create_token(
    State(deps): State<Deps>,
    caller: Authority<Oneself>,
    form: Form<TokenForm>,
) -> Result<Response, PageError> {
    let issued = match days(&form.value.days) {
        Ok(days) => issue_token(&deps, caller.account_id, &form.value.name, days).await.map_err(Refusal::from),
        Err(errors) => Err(Refusal::Fields(errors)),
    };
    match issued {
        Ok(issued) => render(&deps, &caller, "", Some(&issued), FormState::default()).await,
        Err(refusal) => again(&deps, &caller, form.typed, refusal).await,
    }
}

/// Nothing chosen is an error: a token that never ends must be somebody's wish, not an oversight.
fn days(text: &str) -> Result<Option<u32>, FieldErrors> {
    let mut errors = FieldErrors::new();
    let days = match text.trim() {
        "never" => Some(None),
        text => errors.required::<u32>("/days", Some(text)).map(Some),
    };
    errors.into_result(days)
}

/// `POST /account/tokens/{id}/revoke`.
pub(crate) async fn revoke(
    State(deps): State<Deps>,
    caller: Authority<Oneself>,
    Path(id): Path<TokenId>,
) -> Result<Response, PageError> {
    if revoke_token(&deps, caller.account_id, id).await? {
        Ok(redirect("/account?done=token-revoked"))
    } else {
        Err(Problem::not_found("token").into())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PasswordForm {
    present: SecretString,
    password: SecretString,
}

/// `POST /account/password`.
pub(crate) async fn set_password(
    State(deps): State<Deps>,
    caller: Authority<Oneself>,
    form: Form<PasswordForm>,
) -> Result<Response, PageError> {
    let PasswordForm { present, password } = form.value;
    match change_password(&deps, caller.account_id, present, &password).await {
        Ok(()) => Ok(redirect_with("/sign-in?done=password-changed", &cookie::session(&deps, "", 0))),
        Err(error) => again(&deps, &caller, form.typed, error.into()).await,
    }
}

async fn again(
    deps: &Deps,
    caller: &Principal,
    typed: Vec<(String, String)>,
    refusal: Refusal,
) -> Result<Response, PageError> {
    match refusal {
        Refusal::Fields(errors) => {
            let shown = render(deps, caller, "", None, shown_again(typed, &errors)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Refusal::Problem(problem) => Err(problem.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::days;

    #[test]
    fn a_token_without_end_is_chosen_and_not_forgotten() {
        assert_eq!(days("never"), Ok(None));
        assert_eq!(days("90"), Ok(Some(90)));
        assert!(days("").is_err() && days("-1").is_err() && days("soon").is_err());
    }
}
