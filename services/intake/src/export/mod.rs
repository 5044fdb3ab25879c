//! One case, out: as JSON, as LIDO 1.1, as CAP 1.2.
//!
//! What each may hold is in the types: LIDO is written from class A alone, CAP by two functions of which one takes
//! class A alone, JSON is the view of the case that its reader has anyway. So no export holds a class that whoever
//! asks for it may not see.

pub mod lido;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::codes::{AlertState, Reading, Share};
use domain::ids::{AlertId, CaseId};
use exchange::{Message, Released, cap};
use serde::Deserialize;
use store::Tx;
use store::alerts::{self, AlertRow};
use store::cases::{self, CaseRow};
use utoipa::IntoParams;
use web::{Authority, Path, Principal, Problem, Query, SignedIn};

use crate::Deps;
use crate::access::sight;
use crate::find_case::find_case;
use crate::reading::note_reading;

/// Which share of an alert to write, as typed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ShareQuery {
    /// `object_data` (if left out) or `full`.
    #[param(example = "object_data")]
    pub share: Option<String>,
}

impl ShareQuery {
    fn parse(&self) -> Result<Share, FieldErrors> {
        let mut e = FieldErrors::new();
        let share = e.optional("/share", self.share.as_deref()).unwrap_or(Share::ObjectData);
        e.into_result(Some(share))
    }
}

/// A case that `principal` may see.
async fn visible(tx: &mut Tx, principal: &Principal, id: CaseId) -> Result<CaseRow, Problem> {
    let row = cases::find(tx, id).await?.filter(|row| sight(principal, row.institution_id).is_some());
    row.ok_or_else(|| Problem::not_found("case"))
}

/// The objects of a case as LIDO.
pub async fn case_as_lido(deps: &Deps, principal: &Principal, id: CaseId) -> Result<(CaseRow, String), Problem> {
    let mut tx = deps.db.read().await?;
    let row = visible(&mut tx, principal, id).await?;
    let objects = cases::objects(&mut tx, id).await?;
    tx.commit().await?;
    let listed = objects.iter().map(|object| (object.id, &object.description.0));
    let text = lido::lido(&row.facts(), &format!("Tocsin, {}", row.reference), listed);
    Ok((row, text))
}

/// A released version of a case as CAP: the one that was asked for, or the last.
pub async fn case_as_cap(
    deps: &Deps,
    principal: &Principal,
    id: CaseId,
    version: Option<AlertId>,
    share: Share,
) -> Result<(CaseRow, String), Problem> {
    let mut tx = deps.db.read().await?;
    let row = visible(&mut tx, principal, id).await?;
    let mut released: Vec<AlertRow> = alerts::of_case(&mut tx, id).await?;
    released.retain(|alert| alert.state == AlertState::Released);
    released.sort_by_key(|alert| alert.version);
    let index = match version {
        Some(version) => released.iter().position(|alert| alert.id == version),
        None => released.len().checked_sub(1),
    };
    let index = index.ok_or_else(|| match version {
        // A draft is not told of here, whoever asks.
        Some(_) => Problem::not_found("released version"),
        None => Problem::conflict("not-released", "No version was released, and CAP is written of a released one."),
    })?;
    let circumstances = alerts::circumstances(&mut tx, released[index].id).await?;
    tx.commit().await?;
    let message = |alert: &AlertRow| {
        let sent = alert.released_at.unwrap_or(alert.drafted_at);
        Message { id: alert.id, institution: row.institution_id, sent }
    };
    let earlier: Vec<_> = released[..index].iter().map(message).collect();
    let alert = &released[index];
    let version = Released {
        message: message(alert),
        earlier: &earlier,
        kind: alert.kind,
        label: alert.label,
        facts: &alert.facts.0,
        content: &alert.content.0,
    };
    let text = match (share, circumstances) {
        (Share::Full, Some(circumstances)) => cap::full(&version, &circumstances),
        (Share::Full, None) => return Err(Problem::not_found("circumstances of this version")),
        (Share::ObjectData, _) => cap::object_data(&version),
    };
    Ok((row, text))
}

/// A file to keep, under the case's reference.
fn file(content_type: &'static str, row: &CaseRow, ending: &str, content: String) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}.{ending}\"", row.reference)) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// Gives a case as a JSON file: everything of it that the caller may see.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/export/json", tag = "intake",
    params(("id" = String, Path, description = "The case's identifier")),
    responses(
        (status = 200, description = "The case", body = crate::view::CaseView),
        (status = 404, description = "There is no such case, or none the caller may see"),
    )
)]
pub(crate) async fn json_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let row = visible(&mut tx, &caller, id).await?;
    tx.commit().await?;
    let view = find_case(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    let text = serde_json::to_string_pretty(&view).map_err(|error| Problem::internal(&error))?;
    note_reading(&deps, &caller, row.id, Reading::Export).await?;
    Ok(file("application/json", &row, "json", text))
}

/// Gives the objects of a case as LIDO 1.1: object descriptions alone, no circumstances.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/export/lido", tag = "intake",
    params(("id" = String, Path, description = "The case's identifier")),
    responses(
        (status = 200, description = "The objects", body = String, content_type = "application/xml"),
        (status = 404, description = "There is no such case, or none the caller may see"),
    )
)]
pub(crate) async fn lido_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    let (row, text) = case_as_lido(&deps, &caller, id).await?;
    note_reading(&deps, &caller, row.id, Reading::Export).await?;
    Ok(file("application/xml", &row, "lido.xml", text))
}

/// Gives the last released version of a case as CAP 1.2.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/export/cap", tag = "intake",
    params(("id" = String, Path, description = "The case's identifier")),
    responses(
        (status = 200, description = "The version", body = String, content_type = "application/cap+xml"),
        (status = 400, description = "The query cannot be read"),
        (status = 404, description = "There is no such case, or none the caller may see"),
        (status = 409, description = "No version was released"),
        (status = 422, description = "Some parameters break a rule"),
    )
)]
pub(crate) async fn cap_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
    Query(query): Query<ShareQuery>,
) -> Result<Response, Problem> {
    let (row, text) = case_as_cap(&deps, &caller, id, None, query.parse()?).await?;
    note_reading(&deps, &caller, row.id, Reading::Export).await?;
    Ok(file("application/cap+xml", &row, "cap.xml", text))
}

/// Gives a released version as CAP 1.2.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}/cap", tag = "intake",
    params(("id" = String, Path, description = "The version's identifier")),
    responses(
        (status = 200, description = "The version", body = String, content_type = "application/cap+xml"),
        (status = 400, description = "The query cannot be read"),
        (status = 404, description = "There is no such released version, or none the caller may see"),
        (status = 422, description = "Some parameters break a rule"),
    )
)]
pub(crate) async fn version_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<AlertId>,
    Query(query): Query<ShareQuery>,
) -> Result<Response, Problem> {
    let share = query.parse()?;
    let mut tx = deps.db.read().await?;
    let alert = alerts::find(&mut tx, id).await?.ok_or_else(|| Problem::not_found("alert"))?;
    // A version of a case that the caller may not see does not exist, and neither does a draft for who may not see it.
    visible(&mut tx, &caller, alert.case_id).await.map_err(|_| Problem::not_found("alert"))?;
    tx.commit().await?;
    let (row, text) = case_as_cap(&deps, &caller, alert.case_id, Some(id), share).await?;
    note_reading(&deps, &caller, row.id, Reading::Export).await?;
    Ok(file("application/cap+xml", &row, &format!("v{}.cap.xml", alert.version), text))
}
