//! What the desk looks at.

use domain::case::CaseReference;
use domain::codes::{AlertKind, PartnerKind};
use domain::delivery::DeliveryState;
use domain::ids::{CaseId, DeliveryId};
use domain::text::Line;
use domain::{Mailbox, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// A delivery that somebody at the desk should look at.
#[derive(Clone, Debug, FromRow)]
pub struct WorklistRow {
    /// The delivery.
    pub id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The alert version.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// The partner's name when the plan was frozen.
    pub partner_name: Line,
    /// Its kind then.
    pub partner_kind: PartnerKind,
    /// Where it goes.
    pub address: Mailbox,
    /// Where it stands.
    pub state: DeliveryState,
    /// How many tries began.
    pub tries: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it is tried again; none if it has ended.
    pub due_at: Option<Timestamp>,
    /// The server's words, or the reason.
    pub last_reply: Option<String>,
    /// Whether its notification has an address that nothing was sent to.
    pub others: bool,
}

/// Deliveries that did not simply go well, newest first: refused, expired, held, in doubt, and those that were first
/// due before `overdue`. What waits for its hour is not late.
pub async fn worklist(tx: &mut Tx, overdue: Timestamp, limit: i64) -> Result<Vec<WorklistRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT d.id, d.case_id, ca.reference, al.version, al.kind, n.partner_name, n.partner_kind, d.address, d.state,
             d.tries, d.created_at, d.due_at, d.last_reply,
             EXISTS (SELECT 1 FROM notification_addresses a
                     WHERE a.notification_id = d.notification_id
                       AND NOT EXISTS (SELECT 1 FROM deliveries o
                                       WHERE o.notification_id = a.notification_id AND o.address = a.address)) AS others
         FROM deliveries d
         JOIN notifications n ON n.id = d.notification_id
         JOIN alerts al ON al.id = d.alert_id
         JOIN cases ca ON ca.id = d.case_id
         WHERE d.state IN ('refused', 'expired', 'held', 'uncertain')
            OR (d.state = 'pending' AND (d.first_due_at < $1 OR d.tries > 0))
         ORDER BY d.created_at DESC, d.id DESC LIMIT $2",
    )
    .bind(overdue)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// How many deliveries are in each state that any is in.
pub async fn by_state(tx: &mut Tx) -> Result<Vec<(DeliveryState, i64)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT state, COUNT(*) FROM deliveries GROUP BY state ORDER BY state")
        .fetch_all(c).await)?)
}
