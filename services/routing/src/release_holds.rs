//! An officer lets held notifications of a plan go, with a reason.

use contracts::Service;
use contracts::events::HoldReleasedV1;
use domain::FieldErrors;
use domain::codes::CaseState;
use domain::ids::{AccountId, NotificationId, PlanId};
use domain::plan::Hold;
use domain::text::Line;
use store::plans::holds::{self, HeldRow};
use store::{identity, outbox, sending};

use crate::Deps;
use crate::digest::of_text;

/// The most notifications of one request: a plan tells no more partners than a directory has.
const MOST: i64 = 100_000;

/// Why nothing was let go.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseHoldsError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// Nothing of this plan waits.
    #[error("find a notification of the plan that waits")]
    Nothing,
    /// A later version of the case has a plan: it tells, or not, what there is to tell now.
    #[error("let go what a later version has overtaken")]
    Overtaken,
    /// An authority asks for silence about the case.
    #[error("let go what is about a suspended case")]
    Suspended,
    /// A rule asks for two officers, and this is the one who released the alert, or may be.
    #[error("let go without a second officer")]
    SecondOfficer,
    /// The database failed.
    #[error("let held notifications go")]
    Store(#[from] store::Error),
}

/// Lets everything of a plan go that waits, or one notification of it. Gives how many were let go.
pub async fn release_holds(
    deps: &Deps,
    by: AccountId,
    plan_id: PlanId,
    only: Option<NotificationId>,
    reason: Option<&str>,
) -> Result<u64, ReleaseHoldsError> {
    let mut e = FieldErrors::new();
    let reason: Option<Line> = e.required("/reason", reason);
    let reason = e.into_result(reason).map_err(ReleaseHoldsError::Fields)?;
    let mut tx = deps.db.begin().await?;
    // Nothing is let go while a plan is being frozen that overtakes it, nor twice by two officers at once; and the next
    // plan counts what was let go.
    sending::one_plan_at_a_time(&mut tx).await?;
    let held = holds::held(&mut tx, Some(plan_id), MOST).await?;
    let held: Vec<HeldRow> = held.into_iter().filter(|row| only.is_none_or(|only| row.id == only)).collect();
    let first = held.first().ok_or(ReleaseHoldsError::Nothing)?;
    if first.overtaken {
        return Err(ReleaseHoldsError::Overtaken);
    }
    if first.case_state == CaseState::Suspended {
        return Err(ReleaseHoldsError::Suspended);
    }
    let asks_for_two = |row: &HeldRow| matches!(row.hold.0, Hold::SecondOfficer { .. });
    // A plan is of one alert, so one officer released all of it.
    if let Some(releaser) = held.iter().filter(|row| asks_for_two(row)).find_map(|row| row.released_by) {
        let since = deps.clock.now().minus(deps.config.change_wait());
        if identity::one_hand(&mut tx, releaser, by, since).await? {
            return Err(ReleaseHoldsError::SecondOfficer);
        }
    }
    let ids: Vec<NotificationId> = held.iter().map(|row| row.id).collect();
    let released = holds::release(&mut tx, &ids, by, &reason, deps.clock.now()).await?;
    if released == 0 {
        return Err(ReleaseHoldsError::Nothing);
    }
    let event = HoldReleasedV1 {
        plan_id,
        alert_id: first.alert_id,
        case_id: first.case_id,
        notifications: i64::try_from(released).unwrap_or(i64::MAX),
        reason_sha256: of_text(reason.as_str()),
        released_by: by,
    };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(plan.id = %plan_id, notifications = released, "an officer let held notifications go");
    Ok(released)
}
