//! The right address of a notification is known: it goes there, and what still waits for the wrong one is called off. Told
//! twice, it is done once (unique notification and address).

use bus::{Consumer, HandleError};
use contracts::events::AddressCorrectedV1;
use contracts::{Envelope, Event};
use domain::delivery::{DeliveryState, DeskStep};
use domain::ids::NotificationId;
use store::corrections::{self, CorrectionRow};
use store::deliveries::{self, Standing};
use store::desk_steps::{self, DeskStepRow};
use store::{Tx, attempts};

use crate::Deps;
use crate::sender::{Removal, is_doubtful, taken_out};

/// What waits for the wrong address.
const ELSEWHERE: Removal = Removal {
    state: DeliveryState::Cancelled,
    code: "corrected",
    reason: "its address was corrected; it goes to the right one",
};

/// Makes the deliveries to corrected addresses.
#[derive(Clone, Debug)]
pub struct OnAddressCorrected {
    deps: Deps,
}

impl OnAddressCorrected {
    /// Rings the sender's bell when deliveries were made.
    pub fn new(deps: &Deps) -> Self {
        Self { deps: deps.clone() }
    }

    /// One correction: the new delivery, the step for the desk, the end of the old one where nothing can have arrived.
    async fn correct(&self, tx: &mut Tx, row: &CorrectionRow) -> Result<(), store::Error> {
        let (clock, now) = (&self.deps.clock, self.deps.clock.now());
        let right = std::slice::from_ref(&row.address);
        let made = deliveries::create_for_addresses(tx, row.notification_id, right, clock).await?;
        let Some(id) = deliveries::to_address(tx, row.notification_id, &row.wrong).await? else { return Ok(()) };
        deliveries::lock_threads(tx, &[id]).await?;
        let Some(old) = deliveries::find(tx, id).await? else { return Ok(()) };
        let step = DeskStepRow {
            delivery_id: id,
            step: DeskStep::Corrected,
            seen_tries: old.tries,
            notification_id: row.notification_id,
            addresses: i64::try_from(made).unwrap_or(i64::MAX),
            reason: row.reason.clone(),
            taken_by: row.asked_by,
            taken_at: now,
        };
        // Told again, or after somebody else has written to the right one: once it is corrected, it stays so.
        let before = desk_steps::of_delivery(tx, id).await?;
        let done = before.iter().any(|step| step.step == DeskStep::Corrected);
        if done || !desk_steps::insert(tx, &step).await? {
            return Ok(());
        }
        let tries = attempts::of_delivery(tx, id).await?;
        // What may have arrived, or is on the wire, is not said to be called off: its gate sees to it.
        if old.in_doubt || is_doubtful(&tries) || old.state == DeliveryState::Uncertain {
            return Ok(());
        }
        let standing = Standing { state: ELSEWHERE.state, due_at: None, reply: Some(ELSEWHERE.reason) };
        let ended = match deliveries::held_since(tx, id).await? {
            Some(held_at) => deliveries::move_held(tx, id, held_at, &standing, now).await?,
            None => deliveries::move_on(tx, id, &standing, now).await?,
        };
        if ended {
            taken_out(tx, clock, &old, ELSEWHERE).await?;
        }
        Ok(())
    }
}

impl Consumer for OnAddressCorrected {
    const NAME: &'static str = "notifier.corrected";
    const KEYS: &'static [&'static str] = &[AddressCorrectedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let corrected: AddressCorrectedV1 = message.open()?;
            let (id, contact): (NotificationId, _) = (corrected.notification_id, corrected.contact_id);
            let rows = corrections::of_notification(tx, id).await?;
            for row in rows.iter().filter(|row| row.contact_id == contact && row.done_at.is_some()) {
                self.correct(tx, row).await?;
            }
        }
        Ok(())
    }

    fn committed(&self) {
        self.deps.bell.ring();
        self.deps.due.ring();
    }
}
