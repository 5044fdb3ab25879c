//! Addresses of notifications that turned out wrong, and the right ones. Written by: routing; read by the notifier.

use domain::codes::AlertState;
use domain::ids::{AccountId, AlertId, CaseId, ChangeId, ContactId, NotificationId, PartnerId};
use domain::text::Line;
use domain::{Mailbox, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// An address of a notification that can be corrected.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct PlannedAddressRow {
    /// The notification.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// Where that stands.
    pub alert_state: AlertState,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The contact of the partner that it is.
    pub contact_id: ContactId,
    /// The address.
    pub address: Mailbox,
}

/// The address that a notification has for a contact, the latest if it was corrected before; none if it has none.
pub async fn planned(tx: &mut Tx, id: NotificationId, contact: ContactId) -> Result<Option<PlannedAddressRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.notification_id, n.alert_id, al.state AS alert_state, n.case_id, n.partner_id, a.contact_id, a.address
         FROM notification_addresses a
         JOIN notifications n ON n.id = a.notification_id
         JOIN alerts al ON al.id = n.alert_id
         WHERE a.notification_id = $1 AND a.contact_id = $2
           AND NOT EXISTS (SELECT 1 FROM address_corrections k
                           WHERE k.notification_id = a.notification_id AND k.wrong = a.address AND k.done_at IS NOT NULL)
         ORDER BY a.address LIMIT 1",
    ).bind(id).bind(contact).fetch_optional(c).await)?)
}

/// A correction, asked for or made.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CorrectionRow {
    /// The notification.
    pub notification_id: NotificationId,
    /// The contact of the partner.
    pub contact_id: ContactId,
    /// The address of the plan.
    pub wrong: Mailbox,
    /// The right one.
    pub address: Mailbox,
    /// The change of the directory that it waits for; none if the directory had the right one.
    pub change_id: Option<ChangeId>,
    /// Why.
    pub reason: Line,
    /// Who asked for it.
    pub asked_by: AccountId,
    /// When.
    pub asked_at: Timestamp,
    /// When the notification went to the right address.
    pub done_at: Option<Timestamp>,
}

/// Asks for a correction, anew if an earlier one came to nothing. Says false if it was made.
pub async fn ask(tx: &mut Tx, row: &CorrectionRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO address_corrections (notification_id, contact_id, wrong, address, change_id, reason, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (notification_id, wrong, address)
         DO UPDATE SET change_id = $5, reason = $6, asked_by = $7, asked_at = $8
         WHERE address_corrections.done_at IS NULL",
    )
    .bind(row.notification_id)
    .bind(row.contact_id)
    .bind(&row.wrong)
    .bind(&row.address)
    .bind(row.change_id)
    .bind(&row.reason)
    .bind(row.asked_by)
    .bind(row.asked_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The corrections that wait for a change of the directory.
pub async fn of_change(tx: &mut Tx, id: ChangeId) -> Result<Vec<CorrectionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notification_id, contact_id, wrong, address, change_id, reason, asked_by, asked_at, done_at
         FROM address_corrections WHERE change_id = $1 AND done_at IS NULL ORDER BY notification_id, wrong",
    ).bind(id).fetch_all(c).await)?)
}

/// The corrections of a notification, oldest first.
pub async fn of_notification(tx: &mut Tx, id: NotificationId) -> Result<Vec<CorrectionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notification_id, contact_id, wrong, address, change_id, reason, asked_by, asked_at, done_at
         FROM address_corrections WHERE notification_id = $1 ORDER BY asked_at, wrong, address",
    ).bind(id).fetch_all(c).await)?)
}

/// Puts the right address beside the wrong one, for the same person and turn. The notification keeps both: what went to the
/// wrong one went there.
pub async fn carry_out(tx: &mut Tx, row: &CorrectionRow, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO notification_addresses (notification_id, contact_id, address, person, role)
         SELECT notification_id, contact_id, $3, person, role FROM notification_addresses
         WHERE notification_id = $1 AND address = $2
         ON CONFLICT (notification_id, address) DO NOTHING",
    ).bind(row.notification_id).bind(&row.wrong).bind(&row.address).execute(c).await.map(drop))?;
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE address_corrections SET done_at = $4 WHERE notification_id = $1 AND wrong = $2 AND address = $3",
    )
    .bind(row.notification_id)
    .bind(&row.wrong)
    .bind(&row.address)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}
