//! Writes to the addresses of a notification whose turn has not come. They are in the frozen plan, so nobody is added to
//! it; and each passes the last gate as it stands now, by its own clearance and for its own person.

use contracts::Service;
use contracts::events::SecondContactsUsedV1;
use domain::Timestamp;
use domain::delivery::{DeliveryState, DeskStep};
use domain::ids::{AccountId, DeliveryId};
use domain::text::Line;
use domain::{Mailbox, codes::ContactRole};
use store::deliveries::{self, DeliveryRow, UnwrittenRow};
use store::desk_steps::{self, DeskStepRow};
use store::{Tx, outbox};

use super::{DeskError, Done, Refused, digest};
use crate::Deps;
use crate::sender::{Present, removal};

/// Second contacts as asked for.
#[derive(Clone, Debug)]
pub struct UseSecondContacts {
    /// The delivery whose notification goes to them.
    pub id: DeliveryId,
    /// How many tries there had been, as the officer saw it.
    pub tries: i64,
    /// Why.
    pub reason: Line,
}

/// An address whose turn has not come.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub address: Mailbox,
    pub person: Option<Line>,
    pub role: ContactRole,
    /// Why it is not written to, if it is not.
    pub refused: Option<Refused>,
}

/// What the last gate says of an address of the same notification. Pure.
fn candidate(row: &DeliveryRow, other: UnwrittenRow, hold_unverified: bool, now: Timestamp) -> Candidate {
    let suppressed = !row.partner_kind.must_be_reached() && other.suppressed_until.is_some_and(|until| until > now);
    let present = Present {
        contact_clearance: other.contact_clearance,
        contact_person: other.contact_person.as_ref(),
        planned_person: other.person.as_ref(),
        unverified: hold_unverified && other.contact_verified_at.is_none(),
        suppressed,
        ..Present::of(row, now)
    };
    let refused = removal(present).map(Refused::from);
    Candidate { refused, address: other.address, person: other.person, role: other.role }
}

/// Whether a delivery gives rise to it. Pure.
fn gives_rise(row: &DeliveryRow) -> Result<(), Refused> {
    match row.state {
        DeliveryState::Pending if row.tries == 0 => {
            Err(Refused { code: "not-tried", why: "it was not tried yet and goes out by itself" })
        }
        DeliveryState::Cancelled => {
            Err(Refused { code: "cancelled", why: "it was cancelled, and what it says is not to be told" })
        }
        _ => Ok(()),
    }
}

/// The addresses whose turn has not come, or why none is written to.
pub(crate) async fn candidates(
    tx: &mut Tx,
    deps: &Deps,
    row: &DeliveryRow,
) -> Result<Result<Vec<Candidate>, Refused>, store::Error> {
    if let Err(refused) = gives_rise(row) {
        return Ok(Err(refused));
    }
    if deliveries::waits_in_its_plan(tx, row.notification_id).await? {
        return Ok(Err(Refused { code: "plan-held", why: "the notification waits for an officer, under sending" }));
    }
    let now = deps.clock.now();
    let unwritten = deliveries::unwritten(tx, row.notification_id).await?;
    if unwritten.is_empty() {
        return Ok(Err(Refused { code: "no-second-contact", why: "every address of the plan was written to" }));
    }
    let of = |other| candidate(row, other, deps.config.hold_unverified, now);
    Ok(Ok(unwritten.into_iter().map(of).collect()))
}

/// Those of them that the gate lets through, or why it lets none. Pure.
pub(crate) fn writable(candidates: &[Candidate]) -> Result<Vec<Mailbox>, Refused> {
    let fine: Vec<Mailbox> =
        candidates.iter().filter(|one| one.refused.is_none()).map(|one| one.address.clone()).collect();
    match candidates.iter().find_map(|one| one.refused) {
        Some(refused) if fine.is_empty() => Err(refused),
        _ => Ok(fine),
    }
}

/// Writes to those that the gate lets through.
pub async fn use_second_contacts(deps: &Deps, by: AccountId, ask: UseSecondContacts) -> Result<Done, DeskError> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    deliveries::lock_threads(&mut tx, &[ask.id]).await?;
    let row = deliveries::find(&mut tx, ask.id).await?.ok_or(DeskError::NoDelivery)?;
    let before = desk_steps::of_delivery(&mut tx, ask.id).await?;
    if before.iter().any(|step| step.step == DeskStep::SecondContacts && step.seen_tries == ask.tries) {
        return Ok(Done::Before);
    }
    if row.tries != ask.tries {
        return Err(DeskError::Changed);
    }
    let fine = writable(&candidates(&mut tx, deps, &row).await??)?;
    let made = deliveries::create_for_addresses(&mut tx, row.notification_id, &fine, &deps.clock).await?;
    let addresses = i64::try_from(made).unwrap_or(i64::MAX);
    let kept = DeskStepRow {
        delivery_id: row.id,
        step: DeskStep::SecondContacts,
        seen_tries: ask.tries,
        notification_id: row.notification_id,
        addresses,
        reason: ask.reason.clone(),
        taken_by: by,
        taken_at: now,
    };
    if made == 0 || !desk_steps::insert(&mut tx, &kept).await? {
        return Ok(Done::Before);
    }
    let event = SecondContactsUsedV1 {
        delivery_id: row.id,
        notification_id: row.notification_id,
        alert_id: row.alert_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        addresses,
        used_by: by,
        reason_sha256: digest(ask.reason.as_str()),
    };
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    deps.due.ring();
    tracing::info!(delivery.id = %row.id, addresses, account.id = %by, "second contacts are written to");
    Ok(Done::Now)
}
