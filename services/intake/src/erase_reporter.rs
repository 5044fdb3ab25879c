//! Erases the person who reported: class C of one case, for good.
//!
//! The facts that were recorded name no person, so the ledger and every proof stay as they are. What remains of the
//! person elsewhere is the hash by which a repeated request is known; it covers the person's data and goes with them.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::Service;
use contracts::events::ReporterErasedV1;
use domain::FieldErrors;
use domain::codes::{ErasureGround, Role};
use domain::ids::{AccountId, CaseId};
use serde::Deserialize;
use store::{Tx, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Path, Permission, Problem};

use crate::Deps;

/// Who may erase a person: the desk that was asked, and administrators.
#[derive(Clone, Copy, Debug)]
pub struct Eraser;

impl Permission for Eraser {
    const NAME: &'static str = "Eraser";
    const ROLES: &'static [Role] = &[Role::Officer, Role::Admin];
}

/// Why a person is erased, as typed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Erase {
    /// The ground: `request`, `retention`, `order` or `mistake`. No text, which would name the person again.
    #[schema(example = "request")]
    pub ground: Option<String>,
}

impl Erase {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<ErasureGround, FieldErrors> {
        let mut e = FieldErrors::new();
        let ground = e.required("/ground", self.ground.as_deref());
        e.into_result(ground)
    }
}

/// Erases who reported a case. Says false if there is no such case; a person who was erased before stays so.
pub async fn erase_reporter(
    deps: &Deps,
    by: AccountId,
    id: CaseId,
    ground: ErasureGround,
) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    if cases::lock(&mut tx, id).await?.is_none() {
        return Ok(false);
    }
    erase_in(deps, &mut tx, Some(by), id, ground).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(true)
}

/// The same within a transaction that has locked the case.
pub(crate) async fn erase_in(
    deps: &Deps,
    tx: &mut Tx,
    by: Option<AccountId>,
    id: CaseId,
    ground: ErasureGround,
) -> Result<(), store::Error> {
    if cases::erase_reporter(tx, id).await? {
        let event = ReporterErasedV1 { case_id: id, erased_by: by, ground };
        outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
        tracing::info!(case.id = %id, "erased who reported");
    }
    Ok(())
}

/// Erases who reported a case.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/erase-reporter", tag = "intake",
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    request_body = Erase,
    responses(
        (status = 204, description = "The person is erased, now or before"),
        (status = 403, description = "The caller is neither a duty officer nor an administrator"),
        (status = 404, description = "There is no such case"),
        (status = 422, description = "The ground is missing"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Eraser>,
    Path(id): Path<CaseId>,
    Json { value, .. }: Json<Erase>,
) -> Result<StatusCode, Problem> {
    let ground = value.parse().map_err(Problem::from)?;
    if erase_reporter(&deps, caller.account_id, id, ground).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("case"))
    }
}
