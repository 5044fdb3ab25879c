//! A version is released for a moment to come: the word is given now, partners hear it then.
//!
//! The word is that of a release and asks for the same two officers ([`schedule`] decides, pure). It is a row, so that
//! it survives whatever happens to processes: [`release_due`] finds what is due by the table alone and releases it in
//! one transaction with its fact, so that many processes that look at once, or one that dies half-way, release it once.
//! Until then any officer may call it back, and nobody was told. A case that fell silent meanwhile makes a draft of it
//! again: silence is not broken by a clock.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::{AlertScheduledV1, AlertUnscheduledV1};
use domain::codes::{AlertState, CaseState};
use domain::ids::{AccountId, AlertId, OverrideId};
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::alerts::AlertRow;
use store::{alerts, cases, embargoes, outbox};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::embargo::stops;
use crate::moment::moment;
use crate::release::{Releasable, ReleaseError, hands, release, release_in};
use crate::step::may_speak;
use crate::view::AlertView;

/// The farthest moment: later than that the desk forgets.
const AT_MOST: Duration = Duration::from_secs(366 * 24 * 3600);

/// How often to look for what is due; sooner if something is.
const PAUSE: Duration = Duration::from_secs(5);

/// How many are released before the next look.
const BATCH: i64 = 100;

/// A moment as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleAlert {
    /// The moment before which nobody is told: RFC 3339, or `2026-12-01T09:00`, which is taken as UTC.
    #[schema(example = "2026-12-01T09:00:00Z")]
    pub not_before: Option<String>,
    /// The last decision about a partner by hand that was seen, as for a release.
    #[schema(value_type = Option<String>, example = json!(null))]
    pub last_override: Option<OverrideId>,
}

/// Why a version was not released for later, or not called back.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// A release now would be refused for the same reason.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// It waits for no moment.
    #[error("call back what waits for no moment")]
    NotScheduled,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl ScheduleAlert {
    /// Parses what was typed.
    pub fn parse(&self, now: Timestamp) -> Result<Timestamp, FieldErrors> {
        let mut e = FieldErrors::new();
        let text = self.not_before.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if text.is_none() {
            e.push("/not_before", "is required");
        }
        let at = text.and_then(|text| moment(&mut e, "/not_before", text));
        if let Some(at) = at {
            if at <= now {
                e.push("/not_before", "must be in the future; to tell partners now, release it");
            } else if at > now.plus(AT_MOST) {
                e.push("/not_before", "must be within a year");
            }
        }
        e.into_result(at)
    }
}

/// Whether `by` may give the word for later. The same as for a release: four eyes, and no word about a silent case.
pub fn schedule(alert: Releasable, case: CaseState, by: AccountId) -> Result<(), ReleaseError> {
    release(alert, case, true, by).map(|_released| ())
}

/// Gives the word for a moment to come; for one that waits already, for another moment.
pub async fn schedule_alert(
    deps: &Deps,
    by: AccountId,
    id: AlertId,
    not_before: Timestamp,
    seen: Option<OverrideId>,
) -> Result<AlertRow, ScheduleError> {
    let mut tx = deps.db.begin().await?;
    alerts::hold(&mut tx, id).await?;
    let case_id = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?.case_id;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(ReleaseError::NoAlert)?;
    let mut alert = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?;
    schedule(Releasable::of(&alert), case.state, by)?;
    // A double click.
    if alert.state == AlertState::Scheduled && (alert.released_by, alert.not_before) == (Some(by), Some(not_before)) {
        return Ok(alert);
    }
    hands(deps, &mut tx, &alert, by, seen).await?;
    if !alerts::schedule(&mut tx, id, by, not_before).await? {
        return Err(ReleaseError::AlreadyReleased.into());
    }
    let event = AlertScheduledV1 { alert_id: id, case_id, version: alert.version, not_before, scheduled_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, alert.not_before = %not_before, "released an alert for later");
    (alert.state, alert.released_by, alert.not_before) = (AlertState::Scheduled, Some(by), Some(not_before));
    Ok(alert)
}

/// Calls a word back before its moment: it is a draft again, and nobody was told.
pub async fn unschedule_alert(deps: &Deps, by: AccountId, id: AlertId) -> Result<AlertRow, ScheduleError> {
    let mut tx = deps.db.begin().await?;
    let case_id = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?.case_id;
    cases::lock(&mut tx, case_id).await?.ok_or(ReleaseError::NoAlert)?;
    let mut alert = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?;
    match alert.state {
        AlertState::Scheduled => {}
        AlertState::Released => return Err(ReleaseError::AlreadyReleased.into()),
        AlertState::Draft | AlertState::Discarded => return Err(ScheduleError::NotScheduled),
    }
    call_back(deps, &mut tx, &alert, Some(by)).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, "called an alert back before its moment");
    (alert.state, alert.released_by, alert.not_before) = (AlertState::Draft, None, None);
    Ok(alert)
}

async fn call_back(
    deps: &Deps,
    tx: &mut store::Tx,
    alert: &AlertRow,
    by: Option<AccountId>,
) -> Result<(), store::Error> {
    alerts::unschedule(tx, alert.id).await?;
    let event = AlertUnscheduledV1 { alert_id: alert.id, case_id: alert.case_id, unscheduled_by: by };
    outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
    Ok(())
}

/// Releases what is due; says how many. What cannot be released now is looked at again, and holds nothing else up.
pub async fn release_due(deps: &Deps) -> Result<usize, store::Error> {
    let mut tx = deps.db.read().await?;
    let due = alerts::due(&mut tx, deps.clock.now(), BATCH).await?;
    tx.commit().await?;
    let mut released = 0;
    for id in due {
        match release_one(deps, id).await {
            Ok(true) => released += 1,
            Ok(false) => {}
            Err(error) => tracing::error!(alert.id = %id, %error, "cannot release an alert whose moment has come"),
        }
    }
    Ok(released)
}

/// Says whether it was released by us: another process may have been faster, or an officer called it back.
async fn release_one(deps: &Deps, id: AlertId) -> Result<bool, ReleaseError> {
    let mut tx = deps.db.begin().await?;
    let case_id = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?.case_id;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(ReleaseError::NoAlert)?;
    let alert = alerts::find(&mut tx, id).await?.ok_or(ReleaseError::NoAlert)?;
    let now = deps.clock.now();
    let due = alert.state == AlertState::Scheduled && alert.not_before.is_some_and(|moment| moment <= now);
    let Some(by) = alert.released_by.filter(|_| due) else { return Ok(false) };
    let embargo = embargoes::find(&mut tx, case_id).await?;
    if stops(embargo.as_ref(), alert.kind, now).is_some() {
        return Ok(false);
    }
    if !may_speak(case.state) {
        call_back(deps, &mut tx, &alert, None).await?;
        tx.commit().await?;
        deps.bell.ring();
        tracing::warn!(case.id = %case_id, alert.id = %id, "a silent case made a draft of a version again");
        return Ok(false);
    }
    release_in(deps, &mut tx, &case, &alert, by, now).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, alert.version = alert.version, "released an alert at its moment");
    Ok(true)
}

/// Releases what is due until `stop`.
pub(crate) async fn keep_released(deps: &Deps, stop: &CancellationToken) {
    loop {
        let next = match release_due(deps).await {
            Ok(_) => next_due(deps).await,
            Err(error) => Err(error),
        };
        let pause = match next {
            // What an embargo keeps is due and waits all the same: no busy loop for it.
            Ok(next) => next.map_or(PAUSE, |at| at.since(deps.clock.now()).clamp(Duration::from_millis(200), PAUSE)),
            Err(error) => {
                tracing::warn!(%error, "cannot look for alerts whose moment has come yet");
                PAUSE
            }
        };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
    }
}

async fn next_due(deps: &Deps) -> Result<Option<Timestamp>, store::Error> {
    let mut tx = deps.db.read().await?;
    let next = alerts::next_due(&mut tx, deps.clock.now()).await?;
    tx.commit().await?;
    Ok(next)
}

impl From<ScheduleError> for Problem {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Release(error) => error.into(),
            ScheduleError::NotScheduled => Self::conflict("not-scheduled", "The version waits for no moment."),
            ScheduleError::Store(error) => error.into(),
        }
    }
}

/// Releases a draft for a moment to come. Until then any officer may call it back.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/schedule", tag = "intake", request_body = ScheduleAlert,
    params(("id" = String, Path, description = "The alert's identifier, such as alert_0190…")),
    responses(
        (status = 200, description = "The version, which waits for its moment", body = AlertView),
        (status = 400, description = "The body cannot be read"),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "A second officer is needed, somebody decided about a partner meanwhile, the case is silent, or it is no draft any more"),
        (status = 422, description = "The moment is none, or has passed"),
    )
)]
pub(crate) async fn schedule_api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    body: Json<ScheduleAlert>,
) -> Result<Response, Problem> {
    let not_before = body.value.parse(deps.clock.now())?;
    let row = schedule_alert(&deps, officer.account_id, id, not_before, body.value.last_override).await?;
    Ok(axum::Json(AlertView::for_desk(row)).into_response())
}

/// Calls a version back that waits for its moment: it is a draft again.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/unschedule", tag = "intake",
    params(("id" = String, Path, description = "The alert's identifier, such as alert_0190…")),
    responses(
        (status = 200, description = "The version, a draft again", body = AlertView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "It waits for no moment, or was released already"),
    )
)]
pub(crate) async fn unschedule_api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
) -> Result<Response, Problem> {
    let row = unschedule_alert(&deps, officer.account_id, id).await?;
    Ok(axum::Json(AlertView::for_desk(row)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_in_the_future_and_within_a_year() {
        let now: Timestamp = "2026-11-23T11:00:00Z".parse().unwrap();
        for (text, good) in [
            ("2026-11-23T11:00:01Z", true),
            ("2026-11-23T12:30", true),
            ("2026-11-23T12:30+02:00", false), // half past ten in UTC
            ("2026-11-23T11:00:00Z", false),
            ("2027-11-24T11:00:00Z", true),
            ("2027-11-25T11:00:00Z", false),
            ("tomorrow", false),
            ("2026-12-01", false),
            (" ", false),
        ] {
            let asked = ScheduleAlert { not_before: Some(text.to_owned()), last_override: None };
            assert_eq!(asked.parse(now).is_ok(), good, "{text}: {:?}", asked.parse(now));
        }
    }
}
