//! A partner joined a frozen plan: its deliveries are due. Told twice, it makes them once (unique notification and
//! address).

use bus::{Consumer, HandleError};
use contracts::events::PlanSupplementedV1;
use contracts::{Envelope, Event};
use store::Tx;

use crate::Deps;
use crate::due::make_due;

/// Makes the deliveries of partners that joined later.
#[derive(Clone, Debug)]
pub struct OnPlanSupplemented {
    deps: Deps,
}

impl OnPlanSupplemented {
    /// Rings the sender's bell when deliveries were made.
    pub fn new(deps: &Deps) -> Self {
        Self { deps: deps.clone() }
    }
}

impl Consumer for OnPlanSupplemented {
    const NAME: &'static str = "notifier.late";
    const KEYS: &'static [&'static str] = &[PlanSupplementedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let supplemented: PlanSupplementedV1 = message.open()?;
            if supplemented.notification_id.is_none() {
                continue;
            }
            // The rest of the plan has its deliveries already, or gets them now; either way each is made once.
            let created = make_due(tx, &self.deps, supplemented.plan_id, supplemented.alert_id).await?;
            tracing::info!(
                case.id = %supplemented.case_id,
                plan.id = %supplemented.plan_id,
                partner.id = %supplemented.partner_id,
                deliveries = created.deliveries,
                "deliveries to a partner that joined later are due"
            );
        }
        Ok(())
    }

    fn committed(&self) {
        self.deps.due.ring();
    }
}
