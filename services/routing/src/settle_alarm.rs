//! Somebody looked at a released alert of which nobody is told, and says why that is right.

use contracts::Service;
use contracts::events::NobodyToldSettledV1;
use domain::FieldErrors;
use domain::ids::{AccountId, PlanId};
use domain::text::Line;
use store::outbox;
use store::plans::alarms;

use crate::Deps;
use crate::digest::of_text;

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleAlarmError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// There is no such alarm, or it is settled.
    #[error("find an open alarm")]
    NoAlarm,
    /// The database failed.
    #[error("settle the alarm")]
    Store(#[from] store::Error),
}

/// Settles an alarm.
pub async fn settle_alarm(
    deps: &Deps,
    by: AccountId,
    plan_id: PlanId,
    reason: Option<&str>,
) -> Result<(), SettleAlarmError> {
    let mut e = FieldErrors::new();
    let reason: Option<Line> = e.required("/reason", reason);
    let reason = e.into_result(reason).map_err(SettleAlarmError::Fields)?;
    let mut tx = deps.db.begin().await?;
    if !alarms::settle(&mut tx, plan_id, by, &reason, deps.clock.now()).await? {
        return Err(SettleAlarmError::NoAlarm);
    }
    let event = NobodyToldSettledV1 { plan_id, reason_sha256: of_text(reason.as_str()), settled_by: by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}
