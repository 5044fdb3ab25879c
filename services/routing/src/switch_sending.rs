//! Stop all sending, or take it up again, at any rate or at a chosen one. The sender reads the row in the transaction in which
//! tries begin, so that none begins after a stop; what stands in line by then goes back when the sender looks again.

use std::time::Duration;

use contracts::Service;
use contracts::events::{SendingDrainedV1, SendingSwitchedV1};
use domain::FieldErrors;
use domain::ids::AccountId;
use domain::text::Line;
use store::{outbox, sending};
use tokio_util::sync::CancellationToken;

use crate::Deps;
use crate::digest::of_text;

/// How often it is looked whether what waited has left.
const LOOK: Duration = Duration::from_secs(10);
/// The highest rate, in mails an hour: what is above it is no limit.
const HIGHEST: i64 = 1_000_000;

/// How sending is to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Nothing may leave.
    Stop,
    /// Any number of mails may.
    Go,
    /// So many mails an hour may, until what waits has left.
    At(i64),
}

impl Switch {
    /// As two rates of which one at most is given say it; none is any rate.
    pub(crate) fn going(per_minute: Option<i64>, per_hour: Option<i64>, e: &mut FieldErrors) -> Self {
        let (pointer, rate) = match (per_minute, per_hour) {
            (None, None) => return Self::Go,
            (Some(_), Some(_)) => {
                e.push("/per_hour", "cannot be given with the same for a minute");
                return Self::Go;
            }
            (Some(rate), None) => ("/per_minute", rate.checked_mul(60)),
            (None, Some(rate)) => ("/per_hour", Some(rate)),
        };
        match rate.filter(|rate| (1..=HIGHEST).contains(rate)) {
            Some(rate) => Self::At(rate),
            None => {
                e.push(pointer, format!("must be a number from 1, and at most {HIGHEST} mails an hour"));
                Self::Go
            }
        }
    }
}

/// Why nothing was switched.
#[derive(Debug, thiserror::Error)]
pub enum SwitchSendingError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// The database failed.
    #[error("switch sending")]
    Store(#[from] store::Error),
}

/// Switches. Says false if it stood so already; that is recorded by whoever did it first.
pub async fn switch_sending(
    deps: &Deps,
    by: AccountId,
    to: Switch,
    reason: Option<&str>,
) -> Result<bool, SwitchSendingError> {
    let mut e = FieldErrors::new();
    let reason: Option<Line> = e.required("/reason", reason);
    let reason = e.into_result(reason).map_err(SwitchSendingError::Fields)?;
    let now = deps.clock.now();
    let per_hour = match to {
        Switch::At(rate) => Some(rate),
        Switch::Stop | Switch::Go => None,
    };
    let mut tx = deps.db.begin().await?;
    let stopped = to == Switch::Stop;
    let switched = match to {
        Switch::Stop => sending::switch(&mut tx, true, reason.as_str(), by, now).await?,
        Switch::Go | Switch::At(_) => sending::pace(&mut tx, per_hour, reason.as_str(), by, now).await?,
    };
    if !switched {
        return Ok(false);
    }
    let event = SendingSwitchedV1 { stopped, per_hour, reason_sha256: of_text(reason.as_str()), switched_by: by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::warn!(stopped, per_hour, account.id = %by, "sending was switched");
    Ok(true)
}

/// Looks now and then whether what waited has left, until `stop`.
pub(crate) async fn run(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = end_drained(deps).await {
            tracing::warn!(error = %error, "cannot look whether what waited has left");
        }
        stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
    }
}

/// Ends the chosen rate once nothing is due any more. Says whether it did.
pub async fn end_drained(deps: &Deps) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some((per_hour, chosen_by)) = sending::drained(&mut tx, deps.clock.now()).await? else { return Ok(false) };
    let event = SendingDrainedV1 { per_hour, chosen_by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(per_hour, "what waited has left; mail leaves at any rate again");
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_one_number_within_its_bounds() {
        for (per_minute, per_hour, expected) in [
            (None, None, Ok(Switch::Go)),
            (Some(2), None, Ok(Switch::At(120))),
            (None, Some(30), Ok(Switch::At(30))),
            (Some(0), None, Err("/per_minute")),
            (Some(i64::MAX), None, Err("/per_minute")),
            (None, Some(-1), Err("/per_hour")),
            (None, Some(HIGHEST + 1), Err("/per_hour")),
            (Some(1), Some(1), Err("/per_hour")),
        ] {
            let mut e = FieldErrors::new();
            let switch = Switch::going(per_minute, per_hour, &mut e);
            let found = match e.as_slice().first() {
                Some(error) => Err(error.pointer.as_str()),
                None => Ok(switch),
            };
            assert_eq!(found, expected, "{per_minute:?} {per_hour:?}");
        }
    }
}
