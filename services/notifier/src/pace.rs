//! Mail that goes one by one, while an officer lets mail go at a chosen rate: it takes its place among all, behind what
//! cannot wait.

use domain::Timestamp;
use store::{Tx, deliveries, pace, sending};

/// Whether one more mail may go that can wait.
pub(crate) async fn may_go(tx: &mut Tx, now: Timestamp) -> Result<bool, store::Error> {
    let going = sending::going(tx).await?;
    if going.stopped {
        return Ok(false);
    }
    let Some(rate) = going.per_hour else { return Ok(true) };
    Ok(!deliveries::urgent_is_due(tx, now).await? && pace::places(tx, rate, now).await? > 0)
}

/// One more goes.
pub(crate) async fn gone(tx: &mut Tx, now: Timestamp) -> Result<(), store::Error> {
    match sending::going(tx).await?.per_hour {
        Some(rate) => pace::take(tx, rate, 1, now).await,
        None => Ok(()),
    }
}
