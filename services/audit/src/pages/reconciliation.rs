//! What did not agree, and the tasks that follow from it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::codes::Role;
use domain::ids::DifferenceId;
use domain::text::Line;
use serde::Deserialize;
use store::reconciliations::{self, DifferenceRow, ReconciliationRow};
use web::{Admin, Auditing, Authority, Flash, Form, FormState, PageError, Path, Principal, Problem, Query, Shell};
use web::{page, redirect};

use crate::Deps;
use crate::reconcile::reconcile;

/// How many are shown.
const SHOWN: i64 = 500;

#[derive(Template)]
#[template(path = "reconciliation.html")]
struct ReconciliationPage {
    shell: Shell,
    newest: Option<ReconciliationRow>,
    open: Vec<DifferenceRow>,
    closed: Vec<DifferenceRow>,
    /// May compare now and close tasks.
    admin: bool,
    /// The task whose form was wrong, with what was typed.
    typed: Option<(DifferenceId, FormState)>,
}

impl ReconciliationPage {
    fn form(&self, id: &DifferenceId) -> FormState {
        match &self.typed {
            Some((of, form)) if of == id => form.clone(),
            _ => FormState::default(),
        }
    }

    /// Whether the newest comparison did not find it any more.
    fn gone(&self, row: &DifferenceRow) -> bool {
        self.newest.as_ref().is_some_and(|newest| row.seen_at < newest.started_at)
    }
}

/// What was just done.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /reconciliation`
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    let flash = match done.done.as_str() {
        "compared" => Some(Flash("Everything was compared.")),
        "closed" => Some(Flash("The task is closed.")),
        _ => None,
    };
    render(&deps, &caller, flash, None).await
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    flash: Option<Flash>,
    typed: Option<(DifferenceId, FormState)>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let newest = reconciliations::newest(&mut tx).await?;
    let rows = reconciliations::differences(&mut tx, SHOWN).await?;
    tx.commit().await?;
    let (open, closed) = rows.into_iter().partition(|row| row.closed_at.is_none());
    let mut shell = Shell::new("Reconciliation", caller);
    shell.flash = flash;
    let admin = caller.role == Role::Admin;
    Ok(page(&ReconciliationPage { shell, newest, open, closed, admin, typed }))
}

/// `POST /reconciliation`: compares now.
pub(crate) async fn compare(State(deps): State<Deps>, caller: Authority<Admin>) -> Result<Response, PageError> {
    reconcile(&deps, Some(caller.account_id)).await?;
    Ok(redirect("/reconciliation?done=compared"))
}

/// Why a task is closed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    #[serde(default)]
    reason: Option<String>,
}

/// `POST /reconciliation/{id}/close`
pub(crate) async fn close(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<DifferenceId>,
    form: Form<Close>,
) -> Result<Response, PageError> {
    let mut errors = FieldErrors::new();
    let Some(reason) = errors.required::<Line>("/reason", form.value.reason.as_deref()) else {
        let typed = FormState::new(form.typed, &errors);
        let page = render(&deps, &caller, None, Some((id, typed))).await?;
        return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = deps.db.begin().await?;
    let closed = reconciliations::close(&mut tx, id, caller.account_id, &reason, deps.clock.now()).await?;
    tx.commit().await?;
    if closed { Ok(redirect("/reconciliation?done=closed")) } else { Err(Problem::not_found("open task").into()) }
}
