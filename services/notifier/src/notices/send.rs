//! One look for notices that are due, and each of them from start to finish.

use std::time::Instant;

use contracts::Service;
use contracts::events::NoticeRecordedV1;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, retry_after};
use domain::ids::{DeliveryId, LeaseId};
use sha2::{Digest, Sha256};
use store::notices::{self, NoticeDeliveryRow, NoticeEnd};
use store::partners::{self, NoticeRow};
use store::{mails, outbox, sending};

use super::compose::{compose, message_id};
use super::{NoticeError, NoticeSender};
use crate::Deps;
use crate::compose::Signers;
use crate::sender::{hex, hold};
use crate::transport::{Fence, Report};

/// A try that is committed and about to begin.
struct Going {
    row: NoticeDeliveryRow,
    lease: LeaseId,
    notice: NoticeRow,
    bytes: Vec<u8>,
    sha256: Vec<u8>,
    possible_repeat: bool,
}

impl NoticeSender {
    /// Sends every notice that is due now; gives how many tries were made. What is put off is not due again in it.
    pub async fn run_once(&self) -> Result<usize, NoticeError> {
        let deps = &self.deps;
        let length = deps.config.lease();
        let mut tries = 0;
        loop {
            // Measured from before the transaction, so that ours ends before the one in the table.
            let deadline = Instant::now() + length;
            let Some(going) = start(deps, &self.signers).await? else { return Ok(tries) };
            let (hand, fence) = Fence::until(deadline);
            // A notice has no delivery of its own; its identifier names its file in the folder of mails.
            let id = DeliveryId::from_stored(going.notice.id.as_uuid());
            let to = &going.notice.address;
            let sending = Box::pin(self.transport.send(id, &deps.config.from, to, &going.bytes, &fence));
            let keep = || hold::keep(going.notice.id, &hand, length, renew(deps, &going));
            let report = hold::beside(sending, length / 3, keep).await;
            hold::record(going.notice.id, going.row.tries + 1, || finish(deps, &going, &report)).await;
            tries += 1;
        }
    }
}

async fn renew(deps: &Deps, going: &Going) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    let until = deps.clock.now().plus(deps.config.lease());
    let ours = notices::renew(&mut tx, going.notice.id, going.lease, until).await?;
    tx.commit().await?;
    Ok(ours)
}

/// The transaction before SMTP; none if nothing is due, or if the desk has stopped all sending.
async fn start(deps: &Deps, signers: &Signers) -> Result<Option<Going>, NoticeError> {
    let mut tx = deps.db.begin().await?;
    if sending::is_stopped(&mut tx).await? {
        return Ok(None);
    }
    // Asked for each: one that is leased by the time of a first one long ago would be anybody's at once.
    let now = deps.clock.now();
    let lease = LeaseId::generate(&deps.clock);
    let Some(row) = notices::lease_one(&mut tx, lease, now, now.plus(deps.config.lease())).await? else {
        return Ok(None);
    };
    let notice = partners::notice(&mut tx, row.notice_id).await?.ok_or(NoticeError::Missing("the notice"))?;
    let (message_id, sha256, bytes) = match (&row.message_id, &row.mail_sha256) {
        // Every repeat sends the very bytes of the first try.
        (Some(message_id), Some(sha256)) => {
            let bytes = mails::find(&mut tx, sha256).await?.ok_or(NoticeError::Missing("the notice's bytes"))?;
            (message_id.clone(), sha256.clone(), bytes)
        }
        _ => {
            let message_id = message_id(&notice, &deps.config.message_id_domain);
            let bytes = compose(&notice, &deps.config, signers, &message_id)?;
            let sha256 = Sha256::digest(&bytes).to_vec();
            mails::keep(&mut tx, &sha256, &bytes, now).await?;
            (message_id, sha256, bytes)
        }
    };
    let possible_repeat = notices::begin_try(&mut tx, &row, &message_id, &sha256, now).await?;
    tx.commit().await?;
    Ok(Some(Going { row, lease, notice, bytes, sha256, possible_repeat }))
}

async fn finish(deps: &Deps, going: &Going, report: &Report) -> Result<(), NoticeError> {
    let now = deps.clock.now();
    let number = going.row.tries + 1;
    let too_old = now.since(going.row.created_at) >= GIVE_UP_AFTER;
    let again = now.plus(retry_after(number, 0.5));
    let (state, due_at) = match report.outcome {
        Outcome::Accepted => (DeliveryState::Accepted, None),
        Outcome::Refused => (DeliveryState::Refused, None),
        Outcome::Deferred | Outcome::Uncertain if too_old => (DeliveryState::Expired, None),
        Outcome::Deferred if !going.possible_repeat => (DeliveryState::Pending, Some(again)),
        Outcome::Deferred | Outcome::Uncertain => (DeliveryState::Uncertain, Some(again)),
    };
    let end = NoticeEnd { outcome: report.outcome, stage: report.stage, reply: report.reply.as_deref(), state, due_at };
    let mut tx = deps.db.begin().await?;
    if notices::end_try(&mut tx, going.notice.id, number, &end, now).await? {
        let event = NoticeRecordedV1 {
            notice_id: going.notice.id,
            partner_id: going.notice.partner_id,
            attempt: number,
            outcome: report.outcome,
            stage: report.stage,
            state,
            mail_sha256: hex(&going.sha256),
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    let (outcome, state) = (report.outcome.as_str(), state.as_str());
    tracing::info!(notice.id = %going.notice.id, attempt = number, attempt.outcome = outcome, notice.state = state, "a notice was tried");
    Ok(())
}
