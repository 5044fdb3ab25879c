//! `/accounts`: who may sign in; a form for one more.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::Role;
use domain::text::Line;
use secrecy::SecretString;
use serde::Deserialize;
use store::identity::{self, AccountRow};
use web::{Admin, Authority, Form, FormState, PageError, Principal, Query, Shell, page, redirect};

use super::{flash, shown_again};
use crate::permission::Registrar;
use crate::refusal::Refusal;
use crate::{Deps, NewAccount, create_account};

/// How many accounts a page shows.
const PER_PAGE: usize = 100;
/// How many institutions the form proposes.
pub(super) const MOST_INSTITUTIONS: i64 = 500;

/// The roles as a form offers them.
pub(super) fn roles() -> Vec<(&'static str, &'static str)> {
    Role::ALL.iter().map(|role| (role.as_str(), role.label())).collect()
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    shell: Shell,
    accounts: Vec<AccountRow>,
    /// The address of the next page of the list; empty if this is the last.
    next: String,
    institutions: Vec<Line>,
    roles: Vec<(&'static str, &'static str)>,
    form: FormState,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    after: String,
    done: String,
}

async fn render(deps: &Deps, caller: &Principal, query: &ListQuery, form: FormState) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    // One more than is shown, to know whether there is a next page.
    let limit = i64::try_from(PER_PAGE + 1).expect("a page is small");
    let mut accounts = identity::accounts(&mut tx, query.after.parse().ok(), limit).await?;
    let institutions = identity::institutions(&mut tx, MOST_INSTITUTIONS).await?;
    tx.commit().await?;
    let more = accounts.len() > PER_PAGE;
    accounts.truncate(PER_PAGE);
    let next = accounts.last().filter(|_| more).map(|row| format!("/accounts?after={}", row.id));
    let next = next.unwrap_or_default();
    let shell = Shell { flash: flash(&query.done), ..Shell::new("Accounts", caller) };
    Ok(page(&AccountsPage { shell, accounts, next, institutions, roles: roles(), form }))
}

/// `GET /accounts`.
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageError> {
    render(&deps, &caller, &query, FormState::default()).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AccountForm {
    email: String,
    name: String,
    role: String,
    institution: String,
    password: SecretString,
}

/// `POST /accounts`.
pub(crate) async fn create(
    State(deps): State<Deps>,
    caller: Authority<Registrar>,
    form: Form<AccountForm>,
) -> Result<Response, PageError> {
    let AccountForm { email, name, role, institution, password } = form.value;
    let new = NewAccount { email, name, role, institution, password };
    match create_account(&deps, new, Some(caller.account_id)).await.map_err(Refusal::from) {
        Ok(_) => Ok(redirect("/accounts?done=created")),
        Err(Refusal::Fields(errors)) => {
            let form = shown_again(form.typed, &errors);
            let shown = render(&deps, &caller, &ListQuery::default(), form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(Refusal::Problem(problem)) => Err(problem.into()),
    }
}
