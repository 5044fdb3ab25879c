//! `/api/v1/sending`, and what waits for an officer.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{AccountId, AlertId, NotificationId, PlanId};
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::plans::alarms::{self, AlarmRow};
use store::plans::holds::{self, HeldRow};
use store::sending;
use utoipa::ToSchema;
use web::{Auditing, Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::release_holds::{ReleaseHoldsError, release_holds};
use crate::settle_alarm::{SettleAlarmError, settle_alarm};
use crate::switch_sending::{Switch, SwitchSendingError, switch_sending};

/// The most rows of one answer.
const MOST: i64 = 1_000;

/// How sending stands and what waits for an officer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SendingView {
    /// Whether nothing may leave.
    stopped: bool,
    /// Why, in the officer's words.
    reason: Option<String>,
    #[schema(value_type = Option<String>)]
    changed_by: Option<AccountId>,
    #[schema(value_type = Option<String>, format = DateTime)]
    changed_at: Option<Timestamp>,
    /// How many mails may leave in an hour; none if any number may.
    per_hour: Option<i64>,
    /// How many mails are due and have not left.
    waiting: i64,
    /// How many tries began since it was changed; none if it never was.
    gone: Option<i64>,
    /// Notifications that wait, the oldest first.
    held: Vec<HeldView>,
    /// Released alerts of which nobody is told.
    told_nobody: Vec<AlarmView>,
}

/// A notification that waits for an officer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldView {
    #[schema(value_type = String)]
    notification: NotificationId,
    #[schema(value_type = String)]
    plan: PlanId,
    #[schema(value_type = String)]
    alert: AlertId,
    reference: String,
    version: i64,
    partner: String,
    share: &'static str,
    /// A stable code of the reason.
    code: &'static str,
    /// Why it waits.
    because: String,
    /// Whether a later version of the case has a plan, so that it waits no more.
    overtaken: bool,
}

/// A released alert of which nobody is told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlarmView {
    #[schema(value_type = String)]
    plan: PlanId,
    #[schema(value_type = String)]
    alert: AlertId,
    reference: String,
    #[schema(value_type = String, format = DateTime)]
    raised_at: Timestamp,
}

/// Stops sending, or takes it up again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchBody {
    /// Whether nothing may leave from now on.
    stopped: bool,
    /// How many mails may leave in a minute, until what waits has left. Left out with `per_hour`: any number.
    per_minute: Option<i64>,
    /// The same in an hour.
    per_hour: Option<i64>,
    /// Why.
    reason: Option<String>,
}

/// A reason.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonBody {
    /// Why.
    reason: Option<String>,
    /// This notification alone; left out: all of the plan that wait.
    #[schema(value_type = Option<String>)]
    notification: Option<NotificationId>,
}

impl From<HeldRow> for HeldView {
    fn from(row: HeldRow) -> Self {
        Self {
            notification: row.id,
            plan: row.plan_id,
            alert: row.alert_id,
            reference: row.reference,
            version: row.version,
            partner: row.partner_name.to_string(),
            share: row.share.as_str(),
            code: row.hold.0.code(),
            because: row.hold.0.sentence(),
            overtaken: row.overtaken,
        }
    }
}

impl From<AlarmRow> for AlarmView {
    fn from(row: AlarmRow) -> Self {
        Self { plan: row.plan_id, alert: row.alert_id, reference: row.reference, raised_at: row.raised_at }
    }
}

impl From<SwitchSendingError> for Problem {
    fn from(error: SwitchSendingError) -> Self {
        match error {
            SwitchSendingError::Fields(errors) => errors.into(),
            SwitchSendingError::Store(error) => error.into(),
        }
    }
}

impl From<SettleAlarmError> for Problem {
    fn from(error: SettleAlarmError) -> Self {
        match error {
            SettleAlarmError::Fields(errors) => errors.into(),
            SettleAlarmError::NoAlarm => Self::not_found("open alarm"),
            SettleAlarmError::Store(error) => error.into(),
        }
    }
}

impl From<ReleaseHoldsError> for Problem {
    fn from(error: ReleaseHoldsError) -> Self {
        match error {
            ReleaseHoldsError::Fields(errors) => errors.into(),
            ReleaseHoldsError::Nothing => Self::not_found("notification of this plan that waits"),
            ReleaseHoldsError::Overtaken => Self::conflict(
                "overtaken",
                "A later version of the case was planned: it tells what there is to tell now.",
            ),
            ReleaseHoldsError::Suspended => Self::conflict(
                "case-suspended",
                "The case is suspended: nothing about it leaves before an officer takes it up again.",
            ),
            ReleaseHoldsError::SecondOfficer => Self::conflict(
                "second-officer",
                "A rule asks for two officers, and you released this alert, or one administrator lately made your \
                 account or that of whoever did.",
            ),
            ReleaseHoldsError::Store(error) => error.into(),
        }
    }
}

/// Shows how sending stands and what waits for an officer.
#[utoipa::path(
    get, path = "/api/v1/sending", tag = "routing",
    responses((status = 200, description = "How it stands", body = SendingView))
)]
pub(crate) async fn show(State(deps): State<Deps>, _: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let row = sending::find(&mut tx).await?;
    let now = deps.clock.now();
    let backlog = sending::backlog(&mut tx, row.changed_at.unwrap_or(now), now).await?;
    let held = holds::held(&mut tx, None, MOST).await?;
    let told_nobody = alarms::open(&mut tx, MOST).await?;
    tx.commit().await?;
    Ok(axum::Json(SendingView {
        stopped: row.stopped,
        reason: row.reason,
        changed_by: row.changed_by,
        changed_at: row.changed_at,
        per_hour: row.per_hour,
        waiting: backlog.waiting,
        gone: row.changed_at.map(|_| backlog.gone),
        held: held.into_iter().map(HeldView::from).collect(),
        told_nobody: told_nobody.into_iter().map(AlarmView::from).collect(),
    })
    .into_response())
}

/// Stops all sending, or takes it up again, at any rate or at a chosen one. No try begins after the answer to a
/// stop; a mail whose try has begun may still leave.
#[utoipa::path(
    post, path = "/api/v1/sending", tag = "routing", request_body = SwitchBody,
    responses(
        (status = 204, description = "It stands so"),
        (status = 422, description = "A reason is required, and of two rates one at most"),
    )
)]
pub(crate) async fn switch(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Json { value: body, .. }: Json<SwitchBody>,
) -> Result<Response, Problem> {
    let mut errors = FieldErrors::new();
    let going = Switch::going(body.per_minute, body.per_hour, &mut errors);
    let to = if body.stopped { Switch::Stop } else { going };
    let to = errors.into_result(Some(to))?;
    switch_sending(&deps, officer.account_id, to, body.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Lets held notifications of a plan go.
#[utoipa::path(
    post, path = "/api/v1/plans/{id}/release-holds", tag = "routing", request_body = ReasonBody,
    params(("id" = String, Path, description = "The plan, such as plan_0190…")),
    responses(
        (status = 204, description = "They are due now"),
        (status = 404, description = "Nothing of this plan waits"),
        (status = 409, description = "Overtaken by a later version, the case is suspended, or a second officer is needed"),
        (status = 422, description = "A reason is required"),
    )
)]
pub(crate) async fn release(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(plan): Path<PlanId>,
    Json { value: body, .. }: Json<ReasonBody>,
) -> Result<Response, Problem> {
    release_holds(&deps, officer.account_id, plan, body.notification, body.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Settles that a released alert tells nobody.
#[utoipa::path(
    post, path = "/api/v1/plans/{id}/settle-alarm", tag = "routing", request_body = ReasonBody,
    params(("id" = String, Path, description = "The plan that tells nobody")),
    responses(
        (status = 204, description = "It is settled"),
        (status = 404, description = "There is no such open alarm"),
        (status = 422, description = "A reason is required"),
    )
)]
pub(crate) async fn settle(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(plan): Path<PlanId>,
    Json { value: body, .. }: Json<ReasonBody>,
) -> Result<Response, Problem> {
    settle_alarm(&deps, officer.account_id, plan, body.reason.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
