//! Sends a delivery once more: the very bytes of before, under the same Message-ID, marked as a possible repeat where an
//! earlier try may have reached the reader. What went out in one mail goes out again in one mail.

use contracts::Service;
use contracts::events::DeliveryResentV1;
use domain::Timestamp;
use domain::delivery::{DeliveryState, DeskStep};
use domain::ids::{AccountId, DeliveryId};
use domain::text::Line;
use store::deliveries::{self, DeliveryRow, Standing};
use store::desk_steps::{self, DeskStepRow};
use store::{Tx, attempts, mails, outbox};

use super::{DeskError, Done, Refused, digest};
use crate::Deps;
use crate::config::Config;
use crate::sender::{Removal, is_doubtful, removal_of};

/// A resend as asked for.
#[derive(Clone, Debug)]
pub struct Resend {
    /// The delivery.
    pub id: DeliveryId,
    /// How many tries there had been, as the officer saw it.
    pub tries: i64,
    /// Why.
    pub reason: Line,
}

/// What is known of a delivery that an officer would have sent once more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub state: DeliveryState,
    pub tries: i64,
    /// A try of it has no end yet.
    pub on_the_wire: bool,
    /// An earlier try may have reached the reader.
    pub doubtful: bool,
    /// What the last gate would do with it now.
    pub removal: Option<Removal>,
}

impl Known {
    fn of(row: &DeliveryRow, tries: &[attempts::AttemptRow], config: &Config, now: Timestamp) -> Self {
        Self {
            state: row.state,
            tries: row.tries,
            on_the_wire: tries.iter().any(|attempt| attempt.outcome.is_none()),
            // Put in doubt without a try: the database was restored.
            doubtful: row.in_doubt || row.state == DeliveryState::Uncertain || is_doubtful(tries),
            removal: removal_of(row, config.hold_unverified, now),
        }
    }
}

/// What it becomes, or why it is left as it is. Pure.
fn again(known: Known) -> Result<DeliveryState, Refused> {
    let no = |code, why| Err(Refused { code, why });
    match known.state {
        DeliveryState::Accepted => {
            return no("already-accepted", "a mail server has taken it; write to a second contact, or telephone");
        }
        DeliveryState::Cancelled => return no("cancelled", "it was cancelled, and what it says is not to be told"),
        DeliveryState::Held => return no("held", "it is held; an officer releases it or cancels it"),
        DeliveryState::Pending if known.tries == 0 => {
            return no("not-tried", "it was not tried yet and goes out by itself");
        }
        DeliveryState::Pending | DeliveryState::Uncertain | DeliveryState::Refused | DeliveryState::Expired => {}
    }
    if known.on_the_wire {
        return no("on-the-wire", "it is on the wire at this moment");
    }
    if let Some(removal) = known.removal {
        return Err(removal.into());
    }
    Ok(if known.doubtful { DeliveryState::Uncertain } else { DeliveryState::Pending })
}

/// What went out in one mail with a delivery, itself among them: each with whether it could be sent once more.
pub(crate) async fn mail_of(
    tx: &mut Tx,
    deps: &Deps,
    row: &DeliveryRow,
) -> Result<Vec<(DeliveryRow, Result<DeliveryState, Refused>)>, store::Error> {
    let mut ids = match &row.message_id {
        Some(message_id) => mails::deliveries(tx, message_id).await?,
        None => Vec::new(),
    };
    if !ids.contains(&row.id) {
        ids = vec![row.id];
    }
    let now = deps.clock.now();
    let mut all = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(row) = deliveries::find(tx, id).await? else { continue };
        let tries = attempts::of_delivery(tx, id).await?;
        let may = again(Known::of(&row, &tries, &deps.config, now));
        all.push((row, may));
    }
    Ok(all)
}

/// Sends once more.
pub async fn resend(deps: &Deps, by: AccountId, ask: Resend) -> Result<Done, DeskError> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    deliveries::lock_threads(&mut tx, &[ask.id]).await?;
    let row = deliveries::find(&mut tx, ask.id).await?.ok_or(DeskError::NoDelivery)?;
    let before = desk_steps::of_delivery(&mut tx, ask.id).await?;
    if before.iter().any(|step| step.step == DeskStep::Resent && step.seen_tries == ask.tries) {
        return Ok(Done::Before);
    }
    if row.tries != ask.tries {
        return Err(DeskError::Changed);
    }
    let members = mail_of(&mut tx, deps, &row).await?;
    // Its own word first: of the others the officer has seen nothing.
    if let Some((_, may)) = members.iter().find(|(member, _)| member.id == row.id) {
        (*may)?;
    }
    for (member, may) in &members {
        let state = may.map_err(|_| Refused {
            code: "shared-mail",
            why: "its mail holds another alert that may not be sent as it stands; see to that one first",
        })?;
        let standing = Standing { state, due_at: Some(now), reply: None };
        let kept = DeskStepRow {
            delivery_id: member.id,
            step: DeskStep::Resent,
            seen_tries: member.tries,
            notification_id: member.notification_id,
            addresses: 1,
            reason: ask.reason.clone(),
            taken_by: by,
            taken_at: now,
        };
        // Somebody was faster, with this one or another of the mail: that resends them all.
        if !desk_steps::insert(&mut tx, &kept).await? {
            return Ok(Done::Before);
        }
        if !deliveries::send_again(&mut tx, member.id, member.tries, &standing).await? {
            return Err(DeskError::Changed);
        }
        let event = DeliveryResentV1 {
            delivery_id: member.id,
            notification_id: member.notification_id,
            alert_id: member.alert_id,
            case_id: member.case_id,
            partner_id: member.partner_id,
            state,
            tries: member.tries,
            resent_by: by,
            reason_sha256: digest(ask.reason.as_str()),
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    deps.due.ring();
    tracing::info!(delivery.id = %ask.id, deliveries = members.len(), account.id = %by, "a mail is sent once more");
    Ok(Done::Now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sender::DOUBTFUL;

    #[test]
    fn only_what_may_be_told_and_was_not_taken_is_sent_once_more() {
        use DeliveryState::{Accepted, Cancelled, Expired, Held, Pending, Refused, Uncertain};
        let fine = Known { state: Refused, tries: 1, on_the_wire: false, doubtful: false, removal: None };
        for (known, expected) in [
            (fine, Ok(Pending)),
            (Known { doubtful: true, ..fine }, Ok(Uncertain)),
            (Known { state: Expired, ..fine }, Ok(Pending)),
            (Known { state: Expired, doubtful: true, ..fine }, Ok(Uncertain)),
            (Known { state: Uncertain, doubtful: true, ..fine }, Ok(Uncertain)),
            (Known { state: Pending, ..fine }, Ok(Pending)),
            (Known { state: Pending, tries: 0, ..fine }, Err("not-tried")),
            (Known { state: Accepted, ..fine }, Err("already-accepted")),
            (Known { state: Cancelled, ..fine }, Err("cancelled")),
            (Known { state: Held, ..fine }, Err("held")),
            (Known { on_the_wire: true, ..fine }, Err("on-the-wire")),
            (Known { removal: Some(DOUBTFUL), ..fine }, Err("doubtful")),
        ] {
            assert_eq!(again(known).map_err(|refused| refused.code), expected, "{known:?}");
        }
    }
}
