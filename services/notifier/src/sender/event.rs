//! The facts that tell of deliveries. No address, name or server's word leaves the tables: hashes stand for them.

use contracts::Service;
use contracts::events::{DeliveryEndedV1, DeliveryRecordedV1};
use domain::Clock;
use domain::delivery::{DeliveryState, Outcome, Stage};
use sha2::{Digest, Sha256};
use store::deliveries::{self, DeliveryRow, Standing};
use store::{Tx, outbox};

use super::gate::Removal;

/// One try that ended.
pub(crate) struct Ended<'a> {
    pub attempt: i64,
    pub outcome: Outcome,
    pub stage: Stage,
    pub state: DeliveryState,
    pub mail_sha256: &'a [u8],
    pub reply: Option<&'a str>,
    pub possible_repeat: bool,
}

impl Ended<'_> {
    /// The fact that tells of it.
    pub(super) fn fact(&self, row: &DeliveryRow) -> DeliveryRecordedV1 {
        DeliveryRecordedV1 {
            delivery_id: row.id,
            notification_id: row.notification_id,
            alert_id: row.alert_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            share: row.share,
            attempt: self.attempt,
            outcome: self.outcome,
            stage: self.stage,
            state: self.state,
            mail_sha256: hex::encode(self.mail_sha256),
            reply_sha256: self.reply.map(|reply| hex::encode(Sha256::digest(reply.as_bytes()))),
            possible_repeat: self.possible_repeat,
        }
    }
}

/// Records that a try ended.
pub(crate) async fn recorded(
    tx: &mut Tx,
    clock: &Clock,
    row: &DeliveryRow,
    ended: &Ended<'_>,
) -> Result<(), store::Error> {
    outbox::record(tx, Service::Notifier, clock, &ended.fact(row)).await.map(drop)
}

/// Ends a delivery without a try, or holds it back until it goes on by itself, and records that.
pub(crate) async fn take_out(
    tx: &mut Tx,
    clock: &Clock,
    row: &DeliveryRow,
    removal: Removal,
) -> Result<(), store::Error> {
    let now = clock.now();
    if removal.passes() {
        deliveries::hold_back(tx, row.id, removal.reason, now).await?;
    } else {
        let standing = Standing { state: removal.state, due_at: None, reply: Some(removal.reason) };
        deliveries::move_on(tx, row.id, &standing, now).await?;
    }
    taken_out(tx, clock, row, removal).await
}

/// Records that a delivery was ended without a try.
pub(crate) async fn taken_out(
    tx: &mut Tx,
    clock: &Clock,
    row: &DeliveryRow,
    removal: Removal,
) -> Result<(), store::Error> {
    let event = DeliveryEndedV1 {
        delivery_id: row.id,
        notification_id: row.notification_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        state: removal.state,
        reason: removal.reason.to_owned(),
    };
    outbox::record(tx, Service::Notifier, clock, &event).await.map(drop)
}
