//! An officer decides about a delivery that was held: it goes back to the sender, or is not sent.
//!
//! Releasing opens no gate: the sender looks at the directory and the alert again and may hold the delivery anew. What
//! is decided is decided once for each time that it was held, so a second click, or a page that was left open while
//! the delivery was held for another reason, changes nothing.

use contracts::Service;
use contracts::events::DeliveryDecidedV1;
use domain::delivery::{DeliveryState, HeldDecision};
use domain::ids::{AccountId, DeliveryId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use sha2::{Digest, Sha256};
use store::deliveries::{self, HeldDecisionRow, Standing};
use store::{attempts, outbox};
use web::Problem;

use crate::Deps;
use crate::sender::is_doubtful;

/// A decision as asked for.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The delivery.
    pub id: DeliveryId,
    /// Since when it was held, as the officer saw it.
    pub held_at: Timestamp,
    /// What is decided.
    pub decision: HeldDecision,
    /// Why.
    pub reason: Line,
}

/// Whether this request decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It did.
    Now,
    /// The same was decided before.
    Before,
}

/// Why nothing was decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// Some fields break a rule.
    #[error("read the decision")]
    Invalid(FieldErrors),
    /// There is no such delivery.
    #[error("find the delivery")]
    NoDelivery,
    /// It is not held, or not any more for what the officer saw.
    #[error("decide about a delivery that is not held as it was seen")]
    NotHeld,
    /// Somebody decided otherwise before.
    #[error("decide otherwise than was decided before")]
    DecidedOtherwise,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Decides.
pub async fn decide_held(deps: &Deps, by: AccountId, ask: Decide) -> Result<Decided, DecideError> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let row = deliveries::find(&mut tx, ask.id).await?.ok_or(DecideError::NoDelivery)?;
    let tries = attempts::of_delivery(&mut tx, ask.id).await?;
    let standing = standing(ask.decision, row.in_doubt || is_doubtful(&tries), &ask.reason, now);
    if !deliveries::move_held(&mut tx, ask.id, ask.held_at, &standing, now).await? {
        let before = deliveries::decisions(&mut tx, ask.id).await?;
        tx.rollback().await?;
        return match before.iter().find(|row| row.held_at == ask.held_at) {
            Some(same) if same.decision == ask.decision => Ok(Decided::Before),
            Some(_) => Err(DecideError::DecidedOtherwise),
            None => Err(DecideError::NotHeld),
        };
    }
    let event = DeliveryDecidedV1 {
        delivery_id: row.id,
        notification_id: row.notification_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        decision: ask.decision,
        state: standing.state,
        decided_by: by,
        reason_sha256: hex::encode(Sha256::digest(ask.reason.as_str().as_bytes())),
    };
    let Decide { id, held_at, decision, reason } = ask.clone();
    let kept = HeldDecisionRow { delivery_id: id, held_at, decision, reason, decided_by: by, decided_at: now };
    deliveries::insert_decision(&mut tx, &kept).await?;
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    deps.due.ring();
    tracing::info!(delivery.id = %id, decision = decision.as_str(), account.id = %by, "decided about a held delivery");
    Ok(Decided::Now)
}

/// What the delivery becomes. Once in doubt it stays so until it is known to have arrived: its next mail is marked as a
/// possible repeat.
fn standing(decision: HeldDecision, doubtful: bool, reason: &Line, now: Timestamp) -> Standing<'_> {
    let (state, due_at) = match decision {
        HeldDecision::Cancel => (DeliveryState::Cancelled, None),
        HeldDecision::Release if doubtful => (DeliveryState::Uncertain, Some(now)),
        HeldDecision::Release => (DeliveryState::Pending, Some(now)),
    };
    Standing { state, due_at, reply: Some(reason.as_str()) }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Invalid(errors) => errors.into(),
            DecideError::NoDelivery => Self::not_found("delivery"),
            DecideError::NotHeld => Self::conflict(
                "not-held",
                "The delivery is not held, or is held anew for another reason than you saw. Look at it again.",
            ),
            DecideError::DecidedOtherwise => {
                Self::conflict("decided-otherwise", "A colleague has decided otherwise before. Look at it again.")
            }
            DecideError::Store(error) => error.into(),
        }
    }
}
