//! Evidence and single proofs. Both leave the system, so both ask what for.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_DISPOSITION;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseReadV1;
use domain::codes::Reading;
use domain::ids::{AccountId, CaseId, DeliveryId, NotificationId};
use domain::text::Line;
use web::{Auditing, Authority, Path, Problem, Query};

use super::{Format, file};
use crate::Deps;
use crate::evidence::{About, Evidence, evidence};
use crate::export::evidence_csv;

/// The reason of a copy; without one there is none.
pub(crate) fn reason(given: Option<&str>) -> Result<Line, Problem> {
    let rule = "A copy that leaves the system needs a reason of 1 to 300 characters on one line: add ?reason=…. \
        It is recorded with your name and the time.";
    given.unwrap_or_default().parse().map_err(|_| Problem::bad_request(rule))
}

/// Records that somebody looked, before anything is shown.
pub(crate) async fn read(
    deps: &Deps,
    by: AccountId,
    case_id: CaseId,
    what: Reading,
    reason: Option<Line>,
) -> Result<(), store::Error> {
    let reading = CaseReadV1 { case_id, read_by: by, what, reason };
    store::readings::record(&deps.db, Service::Audit, &deps.clock, &reading).await?;
    deps.bell.ring();
    Ok(())
}

/// Gives everything that is known about a case, with its proofs.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}/evidence", tag = "audit",
    params(
        ("id" = String, Path, description = "The case, such as case_0193…"),
        ("reason" = String, Query, description = "What the copy is for; it is recorded"),
        ("format" = Option<String>, Query, description = "`json`, with the proofs, or `csv`"),
    ),
    responses(
        (status = 200, description = "The evidence", content(
            (Evidence = "application/json"), (String = "text/csv"),
        )),
        (status = 400, description = "No reason was given"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "There is no such case, or nothing about it is in the ledger yet"),
    )
)]
pub(crate) async fn of_case(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<CaseId>,
    Query(format): Query<Format>,
) -> Result<Response, Problem> {
    give(&deps, caller.account_id, About::Case(id), Reading::Evidence, &format).await
}

/// Gives everything that is known about one alert version for one partner, with its proofs.
#[utoipa::path(
    get, path = "/api/v1/notifications/{id}/evidence", tag = "audit",
    params(
        ("id" = String, Path, description = "The notification, such as notification_0193…"),
        ("reason" = String, Query, description = "What the copy is for; it is recorded"),
        ("format" = Option<String>, Query, description = "`json`, with the proofs, or `csv`"),
    ),
    responses(
        (status = 200, description = "The evidence", content(
            (Evidence = "application/json"), (String = "text/csv"),
        )),
        (status = 400, description = "No reason was given"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "There is no such notification, or nothing about it is in the ledger yet"),
    )
)]
pub(crate) async fn of_notification(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<NotificationId>,
    Query(format): Query<Format>,
) -> Result<Response, Problem> {
    give(&deps, caller.account_id, About::Notification(id), Reading::Evidence, &format).await
}

/// Gives the proof of one delivery: that these bytes went to this address, and that it was recorded no later than the
/// checkpoint. `tocsin ledger verify --proof FILE --mail MAIL` checks it without this server.
#[utoipa::path(
    get, path = "/api/v1/deliveries/{id}/proof", tag = "audit",
    params(
        ("id" = String, Path, description = "The delivery, such as delivery_0193…"),
        ("reason" = String, Query, description = "What the copy is for; it is recorded"),
    ),
    responses(
        (status = 200, description = "The proof", body = Evidence),
        (status = 400, description = "No reason was given"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The caller's role does not allow it"),
        (status = 404, description = "There is no such delivery, or nothing about it is in the ledger yet"),
    )
)]
pub(crate) async fn of_delivery(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<DeliveryId>,
    Query(format): Query<Format>,
) -> Result<Response, Problem> {
    give(&deps, caller.account_id, About::Delivery(id), Reading::Delivery, &format).await
}

async fn give(deps: &Deps, by: AccountId, about: About, what: Reading, format: &Format) -> Result<Response, Problem> {
    let csv = format.is_csv(&HeaderMap::new())?;
    let reason = reason(format.reason.as_deref())?;
    let found = evidence(deps, about).await?.filter(|found| found.ledger.is_some());
    let found = found.ok_or_else(|| Problem::not_found("evidence"))?;
    read(deps, by, found.case.id, what, Some(reason)).await?;
    let name = about.file_name(&found.case.reference);
    if csv {
        return file(&name, evidence_csv(&found));
    }
    let disposition = format!("attachment; filename=\"{name}.json\"");
    Ok(([(CONTENT_DISPOSITION, disposition)], axum::Json(found)).into_response())
}
