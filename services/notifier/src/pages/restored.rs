//! The database is older than what was sent from it: what an officer compares, and the button to go on.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use domain::codes::Role;
use serde::Deserialize;
use store::marks;
use web::{Auditing, Authority, Form, FormState, Officer, PageError, Principal, Problem, Shell, page, redirect};

use crate::Deps;
use crate::restored::{CompareError, go_on_after_restore};

#[derive(Template)]
#[template(path = "restored.html")]
struct RestoredPage {
    shell: Shell,
    older_since: Option<Timestamp>,
    open: i64,
    last_try: Option<Timestamp>,
    officer: bool,
    form: FormState,
}

async fn view(deps: &Deps, caller: &Principal, form: FormState) -> Result<RestoredPage, PageError> {
    let mut tx = deps.db.read().await?;
    let older_since = marks::find(&mut tx).await?.older_since;
    let (open, last_try) = marks::open(&mut tx).await?;
    tx.commit().await?;
    let shell = Shell::new("After a restore", caller);
    Ok(RestoredPage { shell, older_since, open, last_try, officer: caller.role == Role::Officer, form })
}

/// `GET /deliveries/restored`
pub(super) async fn show(State(deps): State<Deps>, caller: Authority<Auditing>) -> Result<Response, PageError> {
    Ok(page(&view(&deps, &caller, FormState::default()).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct GoOnForm {
    reason: String,
}

/// `POST /deliveries/restored`
pub(super) async fn go_on(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    form: Form<GoOnForm>,
) -> Result<Response, PageError> {
    match go_on_after_restore(&deps, officer.account_id, Some(&form.value.reason)).await {
        Ok(()) => Ok(redirect("/deliveries/restored")),
        Err(CompareError::Fields(errors)) => {
            let shown = view(&deps, &officer, FormState::new(form.typed, &errors)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
