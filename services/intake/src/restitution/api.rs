//! Restitutions over the API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::CivilDate;
use domain::codes::Reading;
use domain::ids::{ObjectId, RestitutionId};
use serde::Serialize;
use store::cases::{CaseRow, ObjectRow};
use store::{Tx, cases, restitutions};
use utoipa::ToSchema;
use web::{Auditing, Authority, Json, Officer, Path, Principal, Problem, SignedIn};

use super::document::{AddDocument, add_document};
use super::icprcp::IcprcpForm;
use super::{
    ClockView, NameParty, OpenRestitution, RestitutionView, TakeWayStep, name_party, open_restitution, take_way_step,
};
use crate::Deps;
use crate::access::{reader, sight};
use crate::reading::note_reading;

/// The most limits of one list.
const LISTED: i64 = 500;

/// The restitutions of an object, oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RestitutionList {
    /// Each by one route.
    restitutions: Vec<RestitutionView>,
}

/// The time limits that run, the soonest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClockList {
    /// Each with its text.
    clocks: Vec<ClockView>,
}

/// An object with its case, if the caller may see them.
pub(super) async fn object_of(
    tx: &mut Tx,
    who: &Principal,
    id: ObjectId,
) -> Result<Option<(CaseRow, ObjectRow)>, store::Error> {
    let Some(case_id) = cases::case_of_object(tx, id).await? else { return Ok(None) };
    let Some(case) = cases::find(tx, case_id).await? else { return Ok(None) };
    if sight(who, case.institution_id).is_none() {
        return Ok(None);
    }
    let object = cases::objects(tx, case_id).await?.into_iter().find(|one| one.id == id);
    Ok(object.map(|object| (case, object)))
}

/// Every way back of an object, as far as the caller needs to know.
pub(super) async fn views(
    tx: &mut Tx,
    who: &Principal,
    case: &CaseRow,
    id: ObjectId,
    today: CivilDate,
) -> Result<Vec<RestitutionView>, store::Error> {
    let mut views = Vec::new();
    for row in restitutions::of_object(tx, id).await? {
        views.push(RestitutionView::read(tx, row, reader(who, case.institution_id), today).await?);
    }
    Ok(views)
}

/// One way back.
pub(super) async fn one(deps: &Deps, who: &Principal, id: RestitutionId) -> Result<RestitutionView, Problem> {
    let unknown = || Problem::not_found("restitution");
    let mut tx = deps.db.read().await?;
    let row = restitutions::find(&mut tx, id).await?.ok_or_else(unknown)?;
    let case = cases::find(&mut tx, row.case_id).await?.ok_or_else(unknown)?;
    sight(who, case.institution_id).ok_or_else(unknown)?;
    let view = RestitutionView::read(&mut tx, row, reader(who, case.institution_id), deps.clock.today()).await?;
    tx.commit().await?;
    Ok(view)
}

/// Gives the ways back of an object.
#[utoipa::path(
    get, path = "/api/v1/objects/{id}/restitutions", tag = "intake", operation_id = "list_restitutions",
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 200, description = "Each with its steps and time limits", body = RestitutionList),
        (status = 404, description = "There is no such object, or none the caller may see"),
    )
)]
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ObjectId>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let (case, _) = object_of(&mut tx, &caller, id).await?.ok_or_else(|| Problem::not_found("object"))?;
    let restitutions = views(&mut tx, &caller, &case, id, deps.clock.today()).await?;
    tx.commit().await?;
    note_reading(&deps, &caller, case.id, Reading::Restitution).await?;
    Ok(([(CACHE_CONTROL, "no-store")], axum::Json(RestitutionList { restitutions })).into_response())
}

/// Opens the way back of an object.
#[utoipa::path(
    post, path = "/api/v1/objects/{id}/restitutions", tag = "intake", operation_id = "open_restitution",
    request_body = OpenRestitution,
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 201, description = "Opened", body = RestitutionView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such object"),
        (status = 409, description = "Another one is open, or the object stands where no way back begins"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn open(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<ObjectId>,
    body: Json<OpenRestitution>,
) -> Result<Response, Problem> {
    let row = open_restitution(&deps, officer.account_id, id, body.value.parse()?).await?;
    Ok((StatusCode::CREATED, axum::Json(one(&deps, &officer, row.id).await?)).into_response())
}

/// Names a party.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/parties", tag = "intake", operation_id = "name_party",
    request_body = NameParty,
    params(("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…")),
    responses(
        (status = 200, description = "The restitution with it", body = RestitutionView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such restitution"),
        (status = 409, description = "It has ended"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn party(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    body: Json<NameParty>,
) -> Result<Response, Problem> {
    let (role, party) = body.value.parse()?;
    name_party(&deps, officer.account_id, id, role, party).await?;
    Ok(axum::Json(one(&deps, &officer, id).await?).into_response())
}

/// Records a document by its fingerprint.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/documents", tag = "intake", operation_id = "add_document",
    request_body = AddDocument,
    params(("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…")),
    responses(
        (status = 200, description = "The restitution with it", body = RestitutionView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such restitution"),
        (status = 409, description = "It has ended, or this document was erased from it"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn document(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    body: Json<AddDocument>,
) -> Result<Response, Problem> {
    add_document(&deps, officer.account_id, id, body.value.parse(Bytes::new())?).await?;
    Ok(axum::Json(one(&deps, &officer, id).await?).into_response())
}

/// Records what happened on the way.
#[utoipa::path(
    post, path = "/api/v1/restitutions/{id}/steps", tag = "intake", operation_id = "take_way_step",
    request_body = TakeWayStep,
    params(("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…")),
    responses(
        (status = 200, description = "The restitution with it, and the time limits as they are now", body = RestitutionView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such restitution"),
        (status = 409, description = "It has ended, or the object cannot go there"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn step(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<RestitutionId>,
    body: Json<TakeWayStep>,
) -> Result<Response, Problem> {
    take_way_step(&deps, officer.account_id, id, body.value.parse(deps.clock.today())?).await?;
    Ok(axum::Json(one(&deps, &officer, id).await?).into_response())
}

/// Gives what the ICPRCP's form asks for, of one object.
#[utoipa::path(
    get, path = "/api/v1/restitutions/{id}/icprcp", tag = "intake", operation_id = "icprcp_form",
    params(("id" = String, Path, description = "The restitution's identifier, such as restitution_0190…")),
    responses(
        (status = 200, description = "The form's headings with what is known, and what is missing", body = IcprcpForm),
        (status = 404, description = "There is no such restitution, or none the caller needs to know of"),
    )
)]
pub(crate) async fn icprcp(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<RestitutionId>,
) -> Result<Response, Problem> {
    let form = IcprcpForm::read(&deps, &caller, id).await?;
    Ok(([(CACHE_CONTROL, "no-store")], axum::Json(form)).into_response())
}

/// Gives the time limits that run.
#[utoipa::path(
    get, path = "/api/v1/clocks", tag = "intake", operation_id = "list_clocks",
    responses(
        (status = 200, description = "The soonest first; none is legal advice", body = ClockList),
        (status = 403, description = "The caller neither works at the desk nor audits it"),
    )
)]
pub(crate) async fn clocks(State(deps): State<Deps>, _caller: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = restitutions::running(&mut tx, LISTED).await?;
    tx.commit().await?;
    let today = deps.clock.today();
    let clocks = rows.iter().map(|row| ClockView::new(row, today)).collect();
    Ok(axum::Json(ClockList { clocks }).into_response())
}
