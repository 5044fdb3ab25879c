//! Sightings over the API.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use domain::codes::{Reading, Role};
use domain::ids::{CaseId, SightingId};
use domain::sighting::{NeedToKnow, Reader};
use store::{cases, sightings};
use web::{Authority, Json, Officer, Path, Principal, Problem, Reporter, SignedIn};

use super::{DecideSighting, ReportSighting, SightingView, SightingsView, decide_sighting, report_sighting};
use crate::Deps;
use crate::access::{reader, sight};
use crate::reading::note_reading;

/// The sightings of a case as far as somebody needs to know of them; none if there is no case the caller may see.
pub(super) async fn of_case(deps: &Deps, who: &Principal, id: CaseId) -> Result<Option<SightingsView>, store::Error> {
    let mut tx = deps.db.read().await?;
    let Some(case) = cases::find(&mut tx, id).await? else { return Ok(None) };
    if sight(who, case.institution_id).is_none() {
        return Ok(None);
    }
    let rows = sightings::of_case(&mut tx, id).await?;
    tx.commit().await?;
    let view = SightingsView::of(&rows, reader(who, case.institution_id));
    if !view.sightings.is_empty() {
        note_reading(deps, who, id, Reading::Sightings).await?;
    }
    Ok(Some(view))
}

/// Gives the sightings of a case.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/sightings", tag = "intake", operation_id = "list_sightings",
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 200, description = "The sightings: whole for the desk and the case's institution, notices for others",
            body = SightingsView),
        (status = 404, description = "There is no such case, or none the caller may see"),
    )
)]
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    let view = of_case(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    Ok(([(CACHE_CONTROL, "no-store")], axum::Json(view)).into_response())
}

/// Reports a sighting.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/sightings", tag = "intake", operation_id = "report_sighting",
    request_body = ReportSighting,
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 201, description = "Recorded, or there before: the same words are the same sighting", body = SightingView),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such case, or none the caller may see"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn report(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    body: Json<ReportSighting>,
) -> Result<Response, Problem> {
    let report = body.value.parse(deps.clock.today())?;
    let row = report_sighting(&deps, &caller, id, report, None).await?;
    let desk = caller.role == Role::Officer;
    let reader = if desk { Reader::Desk } else { Reader::Source };
    // Whoever reported it knows it.
    let need = NeedToKnow::of(reader, None).ok_or_else(|| Problem::not_found("sighting"))?;
    Ok((StatusCode::CREATED, axum::Json(SightingView::new(&row, &need, desk))).into_response())
}

/// Accepts or dismisses a sighting.
#[utoipa::path(
    post, path = "/api/v1/sightings/{id}/decide", tag = "intake", operation_id = "decide_sighting",
    request_body = DecideSighting,
    params(("id" = String, Path, description = "The sighting's identifier, such as sighting_0190…")),
    responses(
        (status = 200, description = "The sighting as decided", body = SightingView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such sighting"),
        (status = 409, description = "It was decided otherwise"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn decide(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<SightingId>,
    body: Json<DecideSighting>,
) -> Result<Response, Problem> {
    let row = decide_sighting(&deps, officer.account_id, id, body.value.parse()?).await?;
    let need = NeedToKnow::of(Reader::Desk, None).ok_or_else(|| Problem::not_found("sighting"))?;
    Ok(axum::Json(SightingView::new(&row, &need, true)).into_response())
}
