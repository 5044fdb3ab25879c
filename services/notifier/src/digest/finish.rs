//! The transaction after SMTP.

use store::attempts;
use store::deliveries::{self, Standing};

use super::start::Going;
use super::{DigestError, DigestSender};
use crate::sender::{self, Ended, Try};
use crate::transport::Report;

impl DigestSender {
    /// Records how a digest ended, for each of its deliveries; they are tried again together.
    pub(super) async fn finish(&self, going: &Going, report: &Report) -> Result<(), DigestError> {
        let now = self.deps.clock.now();
        // One draw for all: what shares a mail must be due at one moment.
        let jitter = rand::random();
        let reply = report.reply.as_deref();
        let mut tx = self.deps.db.begin().await?;
        for member in &going.members {
            let this = Try {
                outcome: report.outcome,
                fault: report.fault,
                number: member.number,
                doubts: member.doubts,
                possible_repeat: member.possible_repeat,
                tried_since: member.row.tried_since(),
                due_at: member.row.due_at.unwrap_or(now),
            };
            let next = sender::next(this, now, jitter);
            let standing = Standing { state: next.state, due_at: next.due_at, reply };
            let moved = deliveries::move_on(&mut tx, member.row.id, &standing, now).await?;
            let closed = attempts::end(&mut tx, member.attempt, report.outcome, report.stage, reply, now).await?;
            if !(moved && closed) {
                tx.rollback().await?;
                tracing::warn!(
                    delivery.id = %member.row.id,
                    attempt.outcome = report.outcome.as_str(),
                    "the end of a digest comes too late; it stays recorded as uncertain"
                );
                return Ok(());
            }
            let ended = Ended {
                attempt: member.number,
                outcome: report.outcome,
                stage: report.stage,
                state: next.state,
                mail_sha256: &going.sha256,
                reply,
                possible_repeat: member.possible_repeat,
            };
            sender::recorded(&mut tx, &self.deps.clock, &member.row, &ended).await?;
        }
        tx.commit().await?;
        self.deps.bell.ring();
        let (outcome, stage) = (report.outcome.as_str(), report.stage.as_str());
        tracing::info!(
            partner.id = %going.members[0].row.partner_id,
            deliveries = going.members.len(),
            attempt.outcome = outcome,
            smtp.stage = stage,
            "a digest was tried"
        );
        Ok(())
    }
}
