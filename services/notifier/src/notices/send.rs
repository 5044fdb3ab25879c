//! One look for notices that are due, and each of them from start to finish.

use std::time::Instant;

use contracts::Service;
use contracts::events::NoticeRecordedV1;
use domain::Mailbox;
use domain::Timestamp;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, retry_after};
use domain::ids::{DeliveryId, LeaseId, PartnerId};
use sha2::{Digest, Sha256};
use store::deliveries::DeliveryRow;
use store::notices::{self, NoticeDeliveryRow, NoticeEnd};
use store::partners::{self, NoticeRow};
use store::{Tx, acknowledgements, alerts, chases, deliveries, mails, outbox};

use super::compose::{compose, message_id};
use super::{NoticeError, NoticeSender, unprotected};
use crate::compose::{Reminder, Signers, reminder};
use crate::pace::{gone, may_go};
use crate::sender::{Present, hold, removal};
use crate::transport::{Fence, Report};
use crate::{Deps, Sent};

/// A try that is committed and about to begin.
struct Going {
    row: NoticeDeliveryRow,
    lease: LeaseId,
    partner_id: PartnerId,
    to: Mailbox,
    bytes: Vec<u8>,
    sha256: Vec<u8>,
    possible_repeat: bool,
}

/// What a notice says.
enum Content {
    /// Something about the directory.
    Directory(Box<NoticeRow>),
    /// Please acknowledge this delivery; made at that moment.
    Reminder(Box<DeliveryRow>, Timestamp),
    /// This delivery could not be encrypted.
    Unprotected(Box<DeliveryRow>),
    /// It is not needed any more, and why.
    Needless(&'static str),
}

impl Content {
    async fn find(tx: &mut Tx, notice: &NoticeDeliveryRow, now: Timestamp) -> Result<Self, NoticeError> {
        if let Some(delivery) = notice.delivery_id {
            let row = deliveries::find(tx, delivery).await?.ok_or(NoticeError::Missing("the delivery"))?;
            return Ok(Self::Unprotected(Box::new(row)));
        }
        let id = notice.notice_id;
        if let Some(notice) = partners::notice(tx, id).await? {
            return Ok(Self::Directory(Box::new(notice)));
        }
        let (delivery, made_at) = chases::reminder(tx, id).await?.ok_or(NoticeError::Missing("the notice"))?;
        let row = deliveries::find(tx, delivery).await?.ok_or(NoticeError::Missing("the delivery"))?;
        if acknowledgements::of_delivery(tx, delivery).await?.is_some() {
            return Ok(Self::Needless("it was acknowledged meanwhile"));
        }
        Ok(match removal(Present::of(&row, now)) {
            Some(removal) => Self::Needless(removal.reason),
            None => Self::Reminder(Box::new(row), made_at),
        })
    }
}

/// What `start` did.
enum Start {
    /// No notice is due, or nothing may leave.
    Nothing,
    /// One is settled without a mail; there may be more.
    Settled,
    /// Send this.
    Go(Box<Going>),
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
            let going = match start(deps, &self.signers).await? {
                Start::Nothing => return Ok(tries),
                Start::Settled => continue,
                Start::Go(going) => going,
            };
            let (hand, fence) = Fence::until(deadline);
            // A notice has no delivery of its own; its identifier names its file in the folder of mails.
            let notice = going.row.notice_id;
            let id = DeliveryId::from_stored(notice.as_uuid());
            let from = deps.envelope_sender(Sent::Notice(notice));
            let sending = Box::pin(self.transport.send(id, &from, &going.to, &going.bytes, &fence));
            let keep = || hold::keep(notice, &hand, length, renew(deps, &going));
            let report = hold::beside(sending, length / 3, keep).await;
            hold::record(notice, going.row.tries + 1, || finish(deps, &going, &report)).await;
            tries += 1;
        }
    }
}

async fn renew(deps: &Deps, going: &Going) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    let until = deps.clock.now().plus(deps.config.lease());
    let ours = notices::renew(&mut tx, going.row.notice_id, going.lease, until).await?;
    tx.commit().await?;
    Ok(ours)
}

/// The transaction before SMTP.
async fn start(deps: &Deps, signers: &Signers) -> Result<Start, NoticeError> {
    let mut tx = deps.db.begin().await?;
    // Asked for each: one that is leased by the time of a first one long ago would be anybody's at once.
    let now = deps.clock.now();
    if !may_go(&mut tx, now).await? {
        return Ok(Start::Nothing);
    }
    let lease = LeaseId::generate(&deps.clock);
    let Some(row) = notices::lease_one(&mut tx, lease, now, now.plus(deps.config.lease())).await? else {
        return Ok(Start::Nothing);
    };
    let content = Content::find(&mut tx, &row, now).await?;
    let (partner_id, to) = match &content {
        Content::Directory(notice) => (notice.partner_id, notice.address.clone()),
        Content::Reminder(delivery, _) | Content::Unprotected(delivery) => {
            (delivery.partner_id, delivery.address.clone())
        }
        Content::Needless(why) => {
            notices::cancel(&mut tx, row.notice_id, why, now).await?;
            tx.commit().await?;
            return Ok(Start::Settled);
        }
    };
    let (message_id, sha256, bytes) = match (&row.message_id, &row.mail_sha256) {
        // Every repeat sends the very bytes of the first try.
        (Some(message_id), Some(sha256)) => {
            let bytes = mails::find(&mut tx, sha256).await?.ok_or(NoticeError::Missing("the notice's bytes"))?;
            (message_id.clone(), sha256.clone(), bytes)
        }
        _ => {
            let message_id = message_id(row.notice_id, &deps.config.message_id_domain);
            let bytes = render(&mut tx, deps, signers, &content, &message_id).await?;
            let sha256 = Sha256::digest(&bytes).to_vec();
            mails::keep(&mut tx, &sha256, &bytes, None, now).await?;
            (message_id, sha256, bytes)
        }
    };
    gone(&mut tx, now).await?;
    let possible_repeat = notices::begin_try(&mut tx, &row, &message_id, &sha256, now).await?;
    tx.commit().await?;
    Ok(Start::Go(Box::new(Going { row, lease, partner_id, to, bytes, sha256, possible_repeat })))
}

async fn render(
    tx: &mut Tx,
    deps: &Deps,
    signers: &Signers,
    content: &Content,
    message_id: &str,
) -> Result<Vec<u8>, NoticeError> {
    match content {
        Content::Directory(notice) => Ok(compose(notice, &deps.config, signers, message_id)?),
        Content::Reminder(row, made_at) => {
            let alert = alerts::find(tx, row.alert_id).await?.ok_or(NoticeError::Missing("the alert"))?;
            let link = format!("{}/a/{}", deps.config.public_url, deps.link_key.token(row.id, *made_at));
            let mail = Reminder {
                message_id,
                earlier: row.message_id.as_deref(),
                reference: alert.content.0.reference,
                version: row.version,
                label: row.label,
                languages: &row.languages.0,
                to: &row.address,
                person: row.person.as_ref(),
                from: &deps.config.from,
                from_name: &deps.config.from_name,
                // Whoever reads along could follow it to what the sealed mail said.
                link: row.encrypted_for.is_none().then_some(link.as_str()),
                date: *made_at,
            };
            Ok(reminder(&mail, signers)?)
        }
        Content::Unprotected(row) => {
            let alert = alerts::find(tx, row.alert_id).await?.ok_or(NoticeError::Missing("the alert"))?;
            let (reference, now) = (alert.content.0.reference, deps.clock.now());
            Ok(unprotected::compose(row, reference, now, &deps.config, signers, message_id)?)
        }
        Content::Needless(_) => Err(NoticeError::Missing("anything to say")),
    }
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
    if notices::end_try(&mut tx, going.row.notice_id, number, &end, now).await? {
        let event = NoticeRecordedV1 {
            notice_id: going.row.notice_id,
            partner_id: going.partner_id,
            attempt: number,
            outcome: report.outcome,
            stage: report.stage,
            state,
            mail_sha256: hex::encode(&going.sha256),
        };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    }
    tx.commit().await?;
    deps.bell.ring();
    let (outcome, state) = (report.outcome.as_str(), state.as_str());
    tracing::info!(notice.id = %going.row.notice_id, attempt = number, attempt.outcome = outcome, notice.state = state, "a notice was tried");
    Ok(())
}
