//! `/accounts/{id}`: one account, for an administrator to change.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::AccountId;
use domain::text::Line;
use secrecy::SecretString;
use serde::Deserialize;
use store::identity::{self, AccountRow};
use web::{Admin, Authority, Form, FormState, PageError, Path, Principal, Problem, Query, Shell, page, redirect};

use super::accounts::{MOST_INSTITUTIONS, roles};
use super::{Done, flash, shown_again};
use crate::permission::Registrar;
use crate::refusal::Refusal;
use crate::{Deps, change_role, disable_account, enable_account, reset_password};

#[derive(Template)]
#[template(path = "account_detail.html")]
struct DetailPage {
    shell: Shell,
    account: AccountRow,
    /// Whether it is the reader's own: nobody takes away their own authority.
    own: bool,
    institutions: Vec<Line>,
    roles: Vec<(&'static str, &'static str)>,
    form: FormState,
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    id: AccountId,
    done: &str,
    typed: Vec<(String, String)>,
    errors: &FieldErrors,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let account = identity::account(&mut tx, id).await?;
    let institutions = identity::institutions(&mut tx, MOST_INSTITUTIONS).await?;
    tx.commit().await?;
    let Some(account) = account else { return Err(Problem::not_found("account").into()) };
    let form = shown_again(with_the_rest(typed, &account), errors);
    let shell = Shell { flash: flash(done), ..Shell::new(account.name.to_string(), caller) };
    let own = id == caller.account_id;
    Ok(page(&DetailPage { shell, account, own, institutions, roles: roles(), form }))
}

/// What was typed; fields that the sent form does not have show what is stored.
fn with_the_rest(mut typed: Vec<(String, String)>, account: &AccountRow) -> Vec<(String, String)> {
    let institution = account.institution.as_ref().map(Line::to_string).unwrap_or_default();
    for (name, stored) in [("role", account.role.to_string()), ("institution", institution)] {
        if typed.iter().all(|(typed, _)| typed != name) {
            typed.push((name.to_owned(), stored));
        }
    }
    typed
}

/// `GET /accounts/{id}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<AccountId>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, id, &query.done, Vec::new(), &FieldErrors::new()).await
}

/// Back to the account, or the form again, or the problem.
async fn answer(
    deps: &Deps,
    caller: &Principal,
    id: AccountId,
    result: Result<&str, Refusal>,
    typed: Vec<(String, String)>,
) -> Result<Response, PageError> {
    match result {
        Ok(done) => Ok(redirect(&format!("/accounts/{id}?done={done}"))),
        Err(Refusal::Fields(errors)) => {
            let shown = render(deps, caller, id, "", typed, &errors).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(Refusal::Problem(problem)) => Err(problem.into()),
    }
}

/// `POST /accounts/{id}/disable`.
pub(crate) async fn disable(
    State(deps): State<Deps>,
    caller: Authority<Registrar>,
    Path(id): Path<AccountId>,
) -> Result<Response, PageError> {
    let result = disable_account(&deps, id, Some(caller.account_id)).await;
    answer(&deps, &caller, id, result.map(|()| "disabled").map_err(Refusal::from), Vec::new()).await
}

/// `POST /accounts/{id}/enable`.
pub(crate) async fn enable(
    State(deps): State<Deps>,
    caller: Authority<Registrar>,
    Path(id): Path<AccountId>,
) -> Result<Response, PageError> {
    let result = enable_account(&deps, id, Some(caller.account_id)).await;
    answer(&deps, &caller, id, result.map(|()| "enabled").map_err(Refusal::from), Vec::new()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RoleForm {
    role: String,
    institution: String,
}

/// `POST /accounts/{id}/role`.
pub(crate) async fn set_role(
    State(deps): State<Deps>,
    caller: Authority<Registrar>,
    Path(id): Path<AccountId>,
    form: Form<RoleForm>,
) -> Result<Response, PageError> {
    let result = change_role(&deps, id, &form.value.role, &form.value.institution, Some(caller.account_id)).await;
    answer(&deps, &caller, id, result.map(|()| "role-changed").map_err(Refusal::from), form.typed).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResetForm {
    password: SecretString,
}

/// `POST /accounts/{id}/password`.
pub(crate) async fn set_password(
    State(deps): State<Deps>,
    caller: Authority<Registrar>,
    Path(id): Path<AccountId>,
    form: Form<ResetForm>,
) -> Result<Response, PageError> {
    let result = reset_password(&deps, id, &form.value.password, Some(caller.account_id)).await;
    answer(&deps, &caller, id, result.map(|()| "password-reset").map_err(Refusal::from), form.typed).await
}
