//! What came back: the desk's tasks about partners that must be reached, and the addresses that get no mail for a while.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::Role;
use domain::delivery::BounceKind;
use domain::ids::DeliveryId;
use serde::Deserialize;
use store::bounces::{self, CameBackRow, SuppressedRow};
use web::{Auditing, Authority, Flash, Form, FormState, Officer, PageError, Path, Principal, Problem, Query, Shell};
use web::{page, redirect};

use crate::Deps;
use crate::postbox::{SeeToError, release_address, settle_bounce};

/// The most rows of each list.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "returned.html")]
struct ReturnedPage {
    shell: Shell,
    tasks: Vec<CameBackRow>,
    suppressed: Vec<SuppressedRow>,
    more: bool,
    officer: bool,
    /// Which form was refused, and what was typed.
    refused: Option<(DeliveryId, Option<BounceKind>)>,
    form: FormState,
}

impl ReturnedPage {
    fn error(&self, id: DeliveryId, kind: Option<BounceKind>) -> Option<&str> {
        self.form.error("reason").filter(|_| self.refused == Some((id, kind)))
    }

    fn typed(&self, id: DeliveryId, kind: Option<BounceKind>) -> &str {
        if self.refused == Some((id, kind)) { self.form.value("reason") } else { "" }
    }

    fn task_error(&self, row: &CameBackRow) -> Option<&str> {
        self.error(row.delivery_id, Some(row.kind))
    }

    fn task_typed(&self, row: &CameBackRow) -> &str {
        self.typed(row.delivery_id, Some(row.kind))
    }

    fn address_error(&self, row: &SuppressedRow) -> Option<&str> {
        self.error(row.delivery_id, None)
    }

    fn address_typed(&self, row: &SuppressedRow) -> &str {
        self.typed(row.delivery_id, None)
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: String,
}

async fn view(deps: &Deps, caller: &Principal) -> Result<ReturnedPage, PageError> {
    let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
    let mut tx = deps.db.read().await?;
    let mut tasks = bounces::open(&mut tx, most).await?;
    let mut suppressed = bounces::suppressed(&mut tx, deps.clock.now(), most).await?;
    tx.commit().await?;
    let more = tasks.len() > MOST || suppressed.len() > MOST;
    tasks.truncate(MOST);
    suppressed.truncate(MOST);
    let shell = Shell::new("What came back", caller);
    let officer = caller.role == Role::Officer;
    Ok(ReturnedPage { shell, tasks, suppressed, more, officer, refused: None, form: FormState::default() })
}

/// `GET /deliveries/returned`
pub(super) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let shown = view(&deps, &caller).await?;
    let flash = match query.done.as_str() {
        "settled" => Some(Flash("It is settled, with your reason.")),
        "released" => Some(Flash("The address is written to again. What was held for it waits for your decision.")),
        _ => None,
    };
    Ok(page(&ReturnedPage { shell: Shell { flash, ..shown.shell }, ..shown }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SettleForm {
    kind: BounceKind,
    #[serde(default)]
    reason: String,
}

/// `POST /deliveries/{id}/returned`
pub(super) async fn settle(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    form: Form<SettleForm>,
) -> Result<Response, PageError> {
    let SettleForm { kind, reason } = &form.value;
    let kind = *kind;
    match settle_bounce(&deps, officer.account_id, (id, kind), Some(reason)).await {
        Ok(()) => Ok(redirect("/deliveries/returned?done=settled")),
        Err(SeeToError::Fields(errors)) => {
            let shown = view(&deps, &officer).await?;
            let form = FormState::new(form.typed, &errors);
            let shown = page(&ReturnedPage { refused: Some((id, Some(kind))), form, ..shown });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReleaseForm {
    reason: String,
}

/// `POST /deliveries/{id}/release-address`
pub(super) async fn release(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DeliveryId>,
    form: Form<ReleaseForm>,
) -> Result<Response, PageError> {
    match release_address(&deps, officer.account_id, id, Some(&form.value.reason)).await {
        Ok(()) => Ok(redirect("/deliveries/returned?done=released")),
        Err(SeeToError::Fields(errors)) => {
            let shown = view(&deps, &officer).await?;
            let form = FormState::new(form.typed, &errors);
            let shown = page(&ReturnedPage { refused: Some((id, None)), form, ..shown });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
