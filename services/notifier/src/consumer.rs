//! A plan was frozen: its deliveries are due. Told twice, it makes them once (unique notification and address).
//! An officer let held ones go, or a case that was silent speaks again: they are due now. Told twice, the second time finds
//! none that waits.

use bus::{Consumer, HandleError};
use contracts::events::{CaseMovedV1, HoldReleasedV1, PlanFrozenV1};
use contracts::{Envelope, Event};
use domain::codes::CaseState;
use store::{Tx, deliveries, plans, supplements};

use crate::Deps;
use crate::due::make_due;

/// Makes deliveries.
#[derive(Clone, Debug)]
pub struct OnPlanFrozen {
    deps: Deps,
}

impl OnPlanFrozen {
    /// Rings the sender's bell when deliveries were made.
    pub fn new(deps: &Deps) -> Self {
        Self { deps: deps.clone() }
    }
}

impl Consumer for OnPlanFrozen {
    const NAME: &'static str = "notifier.due";
    const KEYS: &'static [&'static str] = &[PlanFrozenV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let frozen: PlanFrozenV1 = message.open()?;
            let plan = plans::of_alert(tx, frozen.alert_id).await?.filter(|plan| plan.id == frozen.plan_id);
            let plan = plan.ok_or_else(|| HandleError::Poison("no such plan was frozen".into()))?;
            let created = make_due(tx, &self.deps, frozen.plan_id, plan.alert_id).await?;
            // A partner that is told and has no delivery would be told nothing, and nobody would know.
            let told = plan.told + supplements::added_to(tx, frozen.plan_id).await?;
            if created.notifications != told {
                let text = format!("the plan tells {told}, its rows {}", created.notifications);
                return Err(HandleError::Retry(text.into()));
            }
            tracing::info!(
                case.id = %frozen.case_id,
                plan.id = %frozen.plan_id,
                plan.told = frozen.told,
                deliveries = created.deliveries,
                "deliveries are due"
            );
        }
        Ok(())
    }

    fn committed(&self) {
        self.deps.due.ring();
    }
}

/// Makes due what an officer let go: of a plan, or of a case that was suspended.
#[derive(Clone, Debug)]
pub struct OnHoldReleased {
    deps: Deps,
}

impl OnHoldReleased {
    /// Rings the sender's bell when deliveries became due.
    pub fn new(deps: &Deps) -> Self {
        Self { deps: deps.clone() }
    }
}

impl Consumer for OnHoldReleased {
    const NAME: &'static str = "notifier.let-go";
    const KEYS: &'static [&'static str] = &[HoldReleasedV1::KIND, CaseMovedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            // What was released, and which case speaks again, is read from the rows: the message is the bell.
            // Deliveries that are not made yet will be due at once when they are.
            let plan = match message.kind() {
                CaseMovedV1::KIND => {
                    if message.open::<CaseMovedV1>()?.from != CaseState::Suspended {
                        continue;
                    }
                    None
                }
                _ => Some(message.open::<HoldReleasedV1>()?.plan_id),
            };
            let due = deliveries::let_go(tx, plan, self.deps.clock.now()).await?;
            tracing::info!(event.kind = message.kind(), deliveries = due, "an officer let held deliveries go");
        }
        Ok(())
    }

    fn committed(&self) {
        self.deps.due.ring();
    }
}
