//! The address of a notification is wrong: an officer names the right one, somebody else agrees, and the notification goes
//! there.
//!
//! The directory's own rule decides ([`crate::change`]): a new address waits for a second person, and the old one hears of
//! it. When the change is made, the right address is put beside the wrong one in the notification, with the fact of it; the
//! notifier makes the delivery, whose gate looks as for any other. Where the directory has the right address already, two
//! persons stand behind it, and nothing waits.

use contracts::Service;
use contracts::events::{AddressCorrectedV1, AddressCorrectionAskedV1};
use domain::codes::{AlertState, ChangeState, RevisionSource};
use domain::ids::{AccountId, ChangeId, ContactId, NotificationId};
use domain::partner::{Partner, diff};
use domain::text::Line;
use domain::{FieldErrors, Mailbox};
use store::corrections::{self, CorrectionRow, PlannedAddressRow};
use store::partners::{self, Why};
use store::{Tx, outbox};

use crate::Deps;
use crate::change::propose;
use crate::digest::of_text;
use crate::save_partner::beside;

/// The most changes of a partner that are looked through for the same one.
const MOST: i64 = 200;

/// What an officer typed.
#[derive(Clone, Copy, Debug)]
pub struct Correction<'a> {
    /// The notification.
    pub notification: NotificationId,
    /// The contact of its partner.
    pub contact: ContactId,
    /// The right address.
    pub address: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corrected {
    /// This change waits for somebody else.
    Waits(ChangeId),
    /// The notification goes to the right address.
    Done,
}

/// Why nothing was corrected.
#[derive(Debug, thiserror::Error)]
pub enum CorrectAddressError {
    /// Fields break rules.
    #[error("read the correction")]
    Fields(FieldErrors),
    /// The notification has no such address.
    #[error("find the address of the notification")]
    NotFound,
    /// What it says is not to be told.
    #[error("correct an address of a notification that is not to be told")]
    Withdrawn,
    /// The partner has the contact no longer.
    #[error("find the contact in the directory")]
    ContactGone,
    /// The database failed.
    #[error("store the correction")]
    Store(#[from] store::Error),
}

/// Corrects, or proposes to.
pub async fn correct_address(
    deps: &Deps,
    ask: &Correction<'_>,
    by: AccountId,
) -> Result<Corrected, CorrectAddressError> {
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    let planned = corrections::planned(&mut tx, ask.notification, ask.contact).await?;
    let planned = planned.ok_or(CorrectAddressError::NotFound)?;
    if planned.alert_state != AlertState::Released {
        return Err(CorrectAddressError::Withdrawn);
    }
    let directory = partners::directory(&mut tx).await?;
    let partner = directory.partners.iter().find(|partner| partner.id == planned.partner_id);
    let partner = partner.ok_or(CorrectAddressError::ContactGone)?;
    let wanted = |address: &Mailbox| -> Option<Partner> {
        let mut wanted = partner.clone();
        let contact = wanted.contacts.iter_mut().find(|contact| contact.id == ask.contact)?;
        if contact.address != *address {
            contact.verified_at = None;
        }
        contact.address = address.clone();
        Some(wanted)
    };
    let before = corrections::of_notification(&mut tx, planned.notification_id).await?;
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", ask.reason);
    let address: Option<Mailbox> = errors.required("/address", ask.address);
    if let Some(address) = &address {
        if *address == planned.address {
            errors.push("/address", "is the one that is wrong");
        }
        if before.iter().any(|one| one.done_at.is_some() && one.wrong == *address) {
            errors.push("/address", "was itself corrected in this notification; telephone, and tell them by hand");
        }
        if partner.contacts.iter().any(|contact| contact.id != ask.contact && contact.address == *address) {
            errors.push("/address", "is another address of the partner");
        }
        let wanted = wanted(address).ok_or(CorrectAddressError::ContactGone)?;
        beside(&wanted, &directory, deps.config.market_bodies, &mut errors);
    }
    let (address, reason) = errors.into_result(address.zip(reason)).map_err(CorrectAddressError::Fields)?;
    let wanted = wanted(&address).ok_or(CorrectAddressError::ContactGone)?;
    let mut row = CorrectionRow {
        notification_id: planned.notification_id,
        contact_id: planned.contact_id,
        wrong: planned.address.clone(),
        address,
        change_id: None,
        reason: reason.clone(),
        asked_by: by,
        asked_at: deps.clock.now(),
        done_at: None,
    };
    let changes = diff::changes(partner, &wanted);
    if changes.is_empty() {
        corrections::ask(&mut tx, &row).await?;
        carry_out(&mut tx, deps, &row, &planned).await?;
        tx.commit().await?;
        deps.bell.ring();
        return Ok(Corrected::Done);
    }
    // Asked for of another notification, or twice: one change.
    let open = partners::changes_of(&mut tx, partner.id, MOST).await?;
    let same = open.iter().find(|change| change.state == ChangeState::Open && change.changes.0 == changes);
    let change = match same {
        Some(change) => change.id,
        None => {
            let why = Why { by: Some(by), source: RevisionSource::Form, reason };
            let made = propose(&mut tx, deps, partner, &changes, &why).await?;
            made.ok_or(CorrectAddressError::ContactGone)?
        }
    };
    row.change_id = Some(change);
    let asked = corrections::of_notification(&mut tx, row.notification_id).await?;
    let before = asked.iter().any(|one| one.change_id == row.change_id && one.wrong == row.wrong);
    if !before && corrections::ask(&mut tx, &row).await? {
        let event = AddressCorrectionAskedV1 {
            change_id: change,
            notification_id: row.notification_id,
            case_id: planned.case_id,
            partner_id: planned.partner_id,
            contact_id: row.contact_id,
            asked_by: by,
            reason_sha256: of_text(row.reason.as_str()),
        };
        outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(notification.id = %row.notification_id, change.id = %change, account.id = %by, "a wrong address is to be corrected");
    Ok(Corrected::Waits(change))
}

/// Carries out the corrections that waited for a change which was just made.
pub(crate) async fn carry_out_all(tx: &mut Tx, deps: &Deps, change: ChangeId) -> Result<(), store::Error> {
    for row in corrections::of_change(tx, change).await? {
        let planned = corrections::planned(tx, row.notification_id, row.contact_id).await?;
        if let Some(planned) = planned.filter(|planned| planned.address == row.wrong) {
            carry_out(tx, deps, &row, &planned).await?;
        }
    }
    Ok(())
}

async fn carry_out(
    tx: &mut Tx,
    deps: &Deps,
    row: &CorrectionRow,
    planned: &PlannedAddressRow,
) -> Result<(), store::Error> {
    corrections::carry_out(tx, row, deps.clock.now()).await?;
    let event = AddressCorrectedV1 {
        notification_id: row.notification_id,
        alert_id: planned.alert_id,
        case_id: planned.case_id,
        partner_id: planned.partner_id,
        contact_id: row.contact_id,
        change_id: row.change_id,
        asked_by: row.asked_by,
        reason_sha256: of_text(row.reason.as_str()),
    };
    outbox::record(tx, Service::Routing, &deps.clock, &event).await?;
    tracing::info!(notification.id = %row.notification_id, "a notification goes to the right address");
    Ok(())
}
