//! From a frozen plan to deliveries that are due, and to the notifications that are followed until somebody has taken
//! them up. Told twice, each is made once (unique notification and address; unique notification).

use bus::HandleError;
use domain::ids::{AlertId, PlanId};
use store::deliveries::{self, Created};
use store::{Tx, alerts, chases};

use crate::Deps;
use crate::schedule::{DigestTime, Timing, slot};

/// Makes the deliveries of a plan that are not there yet.
pub(crate) async fn make_due(
    tx: &mut Tx,
    deps: &Deps,
    plan_id: PlanId,
    alert_id: AlertId,
) -> Result<Created, HandleError> {
    let timing = timing(tx, alert_id).await?;
    let digests = DigestTime { at: deps.config.digest_at, zone: &deps.config.digest_zone };
    let now = deps.clock.now();
    let created = deliveries::create_for_plan(tx, plan_id, &deps.clock, |to| slot(timing, to, digests, now)).await?;
    chases::begin(tx, plan_id, timing.is_urgent(), now).await?;
    Ok(created)
}

async fn timing(tx: &mut Tx, alert_id: AlertId) -> Result<Timing, HandleError> {
    let alert =
        alerts::find(tx, alert_id).await?.ok_or_else(|| HandleError::Poison("there is no such alert".into()))?;
    Ok(Timing { kind: alert.kind, urgency: alert.facts.0.urgency })
}
