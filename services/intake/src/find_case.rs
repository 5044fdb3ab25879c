//! One case, as far as the caller may see it.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use domain::codes::{AlertState, Reading};
use domain::ids::{AlertId, CaseId, ObjectId};
use store::cases::StatusRow;
use store::{Tx, alerts, answers, cases, embargoes, sightings};
use web::{Authority, Path, Principal, Problem, SignedIn};

use crate::Deps;
use crate::access::sight;
use crate::as_submitted::as_submitted;
use crate::changes::{ChangeView, changes_of};
use crate::completeness::{Judged, completeness};
use crate::edit::Etag;
use crate::reading::note_reading;
use crate::view::{
    AlertView, AnswersView, CaseView, EmbargoView, ObjectView, Parts, SightingCounts, StatusView, StepView,
    VerificationView,
};

/// A case, or nothing if there is none that `principal` may see.
pub async fn find_case(deps: &Deps, principal: &Principal, id: CaseId) -> Result<Option<CaseView>, store::Error> {
    let mut tx = deps.db.read().await?;
    let view = view_in(deps, &mut tx, principal, id).await?;
    tx.commit().await?;
    Ok(view)
}

/// The same within a transaction that may go on to change it.
pub(crate) async fn view_in(
    deps: &Deps,
    tx: &mut Tx,
    principal: &Principal,
    id: CaseId,
) -> Result<Option<CaseView>, store::Error> {
    let Some(row) = cases::find(tx, id).await? else { return Ok(None) };
    let Some(sight) = sight(principal, row.institution_id) else { return Ok(None) };
    let Some(circumstances) = cases::circumstances(tx, id).await? else { return Ok(None) };
    let reporter = if sight.reporter { cases::reporter(tx, id).await? } else { None };
    let objects = cases::objects(tx, id).await?;
    let mut statuses: HashMap<ObjectId, Vec<StatusRow>> = HashMap::new();
    for row in cases::statuses(tx, id).await? {
        statuses.entry(row.object_id).or_default().push(row);
    }
    let steps = cases::steps(tx, id).await?;
    let verifications = cases::verifications(tx, id).await?;
    let versions = alerts::of_case(tx, id).await?;
    let answers = AnswersView::from(answers::tally(tx, id).await?);
    let sightings = SightingCounts::of(&sightings::of_case(tx, id).await?);
    let objects = objects.into_iter().map(|object| {
        let rows = statuses.remove(&object.id).unwrap_or_default().into_iter();
        let history = if sight.desk {
            rows.map(StatusView::for_desk).collect()
        } else {
            rows.map(|row| StatusView::for_reporter(&row)).collect()
        };
        ObjectView::new(object, history)
    });
    let objects = objects.collect();
    let steps = if sight.desk {
        steps.into_iter().map(StepView::for_desk).collect()
    } else {
        steps.iter().map(StepView::for_reporter).collect()
    };
    let mut changes: HashMap<AlertId, Vec<ChangeView>> = HashMap::new();
    for row in &versions {
        let found = changes_of(tx, &versions, row).await?;
        if !found.is_empty() {
            changes.insert(row.id, found);
        }
    }
    let (verifications, mut alerts): (_, Vec<AlertView>) = if sight.desk {
        let verifications = verifications.into_iter().map(VerificationView::for_desk).collect();
        (verifications, versions.into_iter().map(AlertView::for_desk).collect())
    } else {
        let released = versions.into_iter().filter(|version| version.state == AlertState::Released);
        let verifications = verifications.into_iter().map(VerificationView::for_reporter).collect();
        (verifications, released.map(AlertView::for_reporter).collect())
    };
    for alert in &mut alerts {
        alert.changes = changes.remove(&alert.id).unwrap_or_default();
    }
    let embargo = embargoes::find(tx, id).await?;
    let embargo =
        embargo.map(|row| if sight.desk { EmbargoView::for_desk(row) } else { EmbargoView::for_reporter(&row) });
    let parts = Parts { circumstances, reporter, objects, verifications, steps, alerts, answers, sightings, embargo };
    let mut view = CaseView::new(row, parts);
    let today = deps.clock.today();
    view.completeness = completeness(&as_submitted(&view), Judged::Case, today);
    Ok(Some(view))
}

/// Gives a case.
#[utoipa::path(
    get, path = "/api/v1/cases/{id}", tag = "intake",
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 200, description = "The case, as far as the caller may see it", body = CaseView, headers(("ETag" = String))),
        (status = 404, description = "There is no such case, or none the caller may see"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    let view = find_case(&deps, &caller, id).await?.ok_or_else(|| Problem::not_found("case"))?;
    note_reading(&deps, &caller, id, Reading::Case).await?;
    // Whoever corrects the case says by it which version they saw.
    Ok(([(ETAG, Etag::of(&view).header())], axum::Json(view)).into_response())
}
