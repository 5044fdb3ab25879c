//! The transaction after SMTP.

use domain::delivery::DeliveryState;
use store::attempts;
use store::deliveries::{self, Standing};

use super::decide::{self, Try};
use super::event::{self, Ended};
use super::start::Going;
use super::{Inner, SendError};
use crate::transport::Report;

impl Inner {
    /// Records how a try ended and what the delivery becomes.
    ///
    /// Not the lease gives the right to, but the attempt: it can be closed once. A lease may have run out while the
    /// server thought, and what the server said in the end is still true, so long as nobody has declared the try
    /// interrupted and begun another.
    pub(super) async fn finish(&self, going: &Going, report: &Report) -> Result<(), SendError> {
        let now = self.deps.clock.now();
        let this = Try {
            outcome: report.outcome,
            fault: report.fault,
            number: going.number,
            doubts: going.doubts,
            possible_repeat: going.possible_repeat,
            tried_since: going.row.tried_since(),
        };
        let next = decide::next(this, now, rand::random());
        let reply = report.reply.as_deref();
        let standing = Standing { state: next.state, due_at: next.due_at, reply };
        let mut tx = self.deps.db.begin().await?;
        // The delivery first, as everywhere: two transactions that take the rows in another order wait for each other.
        let moved = deliveries::move_on(&mut tx, going.row.id, &standing, now).await?;
        let closed = attempts::end(&mut tx, going.attempt, report.outcome, report.stage, reply, now).await?;
        if !(moved && closed) {
            tx.rollback().await?;
            tracing::warn!(
                delivery.id = %going.row.id,
                attempt = going.number,
                attempt.outcome = report.outcome.as_str(),
                "the end of a try comes too late; it stays recorded as uncertain"
            );
            return Ok(());
        }
        let ended = Ended {
            attempt: going.number,
            outcome: report.outcome,
            stage: report.stage,
            state: next.state,
            mail_sha256: &going.sha256,
            reply,
            possible_repeat: going.possible_repeat,
        };
        event::recorded(&mut tx, &self.deps.clock, &going.row, &ended).await?;
        tx.commit().await?;
        let (outcome, stage, state) = (report.outcome.as_str(), report.stage.as_str(), next.state.as_str());
        tracing::info!(
            delivery.id = %going.row.id,
            notification.id = %going.row.notification_id,
            partner.id = %going.row.partner_id,
            case.id = %going.row.case_id,
            attempt = going.number,
            attempt.outcome = outcome,
            smtp.stage = stage,
            delivery.state = state,
            possible_repeat = going.possible_repeat,
            "a try ended"
        );
        if matches!(next.state, DeliveryState::Refused | DeliveryState::Expired | DeliveryState::Held) {
            tracing::warn!(delivery.id = %going.row.id, delivery.state = state, "a partner is not told by this address");
        }
        Ok(())
    }
}
