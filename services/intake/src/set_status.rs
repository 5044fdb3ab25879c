//! An officer changes where one object stands: each object of a case has its own fate.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::ObjectStatusChangedV1;
use domain::FieldErrors;
use domain::codes::ObjectStatus;
use domain::ids::{AccountId, CaseId, ObjectId};
use domain::lifecycle::StatusNotAllowed;
use domain::text::Prose;
use serde::{Deserialize, Serialize};
use store::cases::StatusRow;
use store::{Tx, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::view::StatusView;

/// A status as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SetStatus {
    /// Such as `located` or `secured`.
    #[schema(example = "secured")]
    pub status: Option<String>,
    /// On what it rests; for the desk.
    #[schema(example = "Seized by the customs of Antwerp, record 2026/77.")]
    pub note: Option<String>,
}

/// A status that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Where it stands.
    pub status: ObjectStatus,
    /// On what that rests.
    pub note: Option<Prose>,
}

/// Why a status was not changed.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// Some fields break a rule.
    #[error("read the status")]
    Invalid(FieldErrors),
    /// There is no such object.
    #[error("find the object")]
    NoObject,
    /// The object cannot become so from where it stands.
    #[error(transparent)]
    NotAllowed(#[from] StatusNotAllowed),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl SetStatus {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<Status, FieldErrors> {
        let mut e = FieldErrors::new();
        let status = e.required("/status", self.status.as_deref());
        let note = e.optional("/note", self.note.as_deref());
        e.into_result(status.map(|status| Status { status, note }))
    }
}

/// Changes where an object stands; gives its case and the change. The same one once more by the same officer (a double
/// click) is recorded once.
pub async fn set_status(
    deps: &Deps,
    by: AccountId,
    id: ObjectId,
    asked: Status,
) -> Result<(CaseId, StatusRow), StatusError> {
    let mut tx = deps.db.begin().await?;
    let case_id = cases::case_of_object(&mut tx, id).await?.ok_or(StatusError::NoObject)?;
    cases::lock(&mut tx, case_id).await?.ok_or(StatusError::NoObject)?;
    let objects = cases::objects(&mut tx, case_id).await?;
    let object = objects.iter().find(|object| object.id == id).ok_or(StatusError::NoObject)?;
    let last = cases::statuses(&mut tx, case_id).await?.into_iter().rfind(|row| row.object_id == id);
    if let Some(last) = last.filter(|last| last.set_by == by && last.status == asked.status && last.note == asked.note)
    {
        return Ok((case_id, last));
    }
    object.status.check(asked.status)?;
    let row = StatusRow { object_id: id, status: asked.status, note: asked.note, set_by: by, set_at: deps.clock.now() };
    record_status(deps, &mut tx, case_id, &row).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, object.id = %id, object.status = row.status.as_str(), "moved an object");
    Ok((case_id, row))
}

/// Moves an object, with the fact of it.
pub(crate) async fn record_status(
    deps: &Deps,
    tx: &mut Tx,
    case_id: CaseId,
    row: &StatusRow,
) -> Result<(), store::Error> {
    cases::set_status(tx, row).await?;
    let event = ObjectStatusChangedV1 { object_id: row.object_id, case_id, status: row.status, set_by: row.set_by };
    outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
    Ok(())
}

impl From<StatusError> for Problem {
    fn from(error: StatusError) -> Self {
        match error {
            StatusError::Invalid(errors) => errors.into(),
            StatusError::NoObject => Self::not_found("object"),
            StatusError::NotAllowed(error) => {
                let mut letters = error.to_string();
                letters.replace_range(..1, "A");
                Self::conflict("status-not-allowed", format!("{letters}."))
            }
            StatusError::Store(error) => error.into(),
        }
    }
}

/// Changes where an object stands.
#[utoipa::path(
    post, path = "/api/v1/objects/{id}/status", tag = "intake", request_body = SetStatus,
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 200, description = "The change as recorded", body = StatusView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such object"),
        (status = 409, description = "The object cannot become so from where it stands"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<ObjectId>,
    body: Json<SetStatus>,
) -> Result<Response, Problem> {
    let (_, row) = set_status(&deps, officer.account_id, id, body.value.parse()?).await?;
    Ok(axum::Json(StatusView::for_desk(row)).into_response())
}
