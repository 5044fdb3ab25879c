//! Deliveries that an officer has sent once more, and addresses of a plan whose turn has not come.

use domain::codes::ContactRole;
use domain::ids::{ContactId, DeliveryId, NotificationId};
use domain::text::Line;
use domain::{Label, Mailbox, Timestamp};
use sqlx::FromRow;

use super::Standing;
use crate::{Error, Tx, on_tx};

/// Makes a delivery due now once more, in the state of `to`. Says false if it does not stand as the officer saw it: it was
/// tried since, is on the wire, or was decided about otherwise. How long it is tried counts anew if it had ended.
pub async fn send_again(tx: &mut Tx, id: DeliveryId, seen_tries: i64, to: &Standing<'_>) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = $3, first_due_at = CASE WHEN due_at IS NULL THEN $4 ELSE first_due_at END,
             due_at = $4, ended_at = NULL, last_reply = COALESCE($5, last_reply)
         WHERE id = $1 AND tries = $2 AND state IN ('refused', 'expired', 'uncertain', 'pending')
           AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND ended_at IS NULL)",
    )
    .bind(id)
    .bind(seen_tries)
    .bind(to.state)
    .bind(to.due_at)
    .bind(to.reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// An address of a notification that nothing was sent to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct UnwrittenRow {
    /// The address.
    pub address: Mailbox,
    /// The person there when the plan was frozen.
    pub person: Option<Line>,
    /// Whose turn it is.
    pub role: ContactRole,
    /// The greatest label the address may receive now; none if the partner has it no longer.
    pub contact_clearance: Option<Label>,
    /// The person the directory has for it now.
    pub contact_person: Option<Line>,
    /// When somebody entered the code that was mailed to it.
    pub contact_verified_at: Option<Timestamp>,
    /// Until when it gets no mail because too much of it came back.
    pub suppressed_until: Option<Timestamp>,
}

/// The addresses of a notification that nothing was sent to, by address.
pub async fn unwritten(tx: &mut Tx, id: NotificationId) -> Result<Vec<UnwrittenRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.address, a.person, a.role, pc.clearance AS contact_clearance, pc.person AS contact_person,
             pc.verified_at AS contact_verified_at,
             (SELECT s.ends_at FROM suppressions s
              WHERE s.partner_id = n.partner_id AND s.address = a.address AND s.released_at IS NULL) AS suppressed_until
         FROM notification_addresses a
         JOIN notifications n ON n.id = a.notification_id
         LEFT JOIN partner_contacts pc ON pc.partner_id = n.partner_id AND pc.address = a.address
         WHERE a.notification_id = $1
           AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notification_id = n.id AND d.address = a.address)
         ORDER BY a.address",
    ).bind(id).fetch_all(c).await)?)
}

/// Whether a notification waits for an officer's word on its plan.
pub async fn waits_in_its_plan(tx: &mut Tx, id: NotificationId) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT hold IS NOT NULL AND hold_released_at IS NULL FROM notifications WHERE id = $1",
    ).bind(id).fetch_one(c).await)?)
}

/// Which contact of its partner an address of a notification is; none if the notification has no such address.
pub async fn contact(tx: &mut Tx, id: NotificationId, address: &Mailbox) -> Result<Option<ContactId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT contact_id FROM notification_addresses WHERE notification_id = $1 AND address = $2",
    ).bind(id).bind(address).fetch_optional(c).await)?)
}

/// The delivery of a notification to an address; none if there is none.
pub async fn to_address(tx: &mut Tx, id: NotificationId, address: &Mailbox) -> Result<Option<DeliveryId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM deliveries WHERE notification_id = $1 AND address = $2")
        .bind(id).bind(address).fetch_optional(c).await)?)
}
