//! The transaction before SMTP.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use domain::codes::Share;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId, LeaseId};
use sha2::{Digest, Sha256};
use store::attempts::AttemptRow;
use store::deliveries::{self, DeliveryRow, Standing};
use store::{Tx, attempts, mails, sending};

use super::event::{self, Ended};
use super::gate::{self, Removal};
use super::{Inner, SendError, chain};
use crate::compose::{ComposeError, Mail, MailContext, Root, Shown, compose, message_id};
use crate::told;

/// How long a delivery waits while another version is on the wire to the same address.
pub(crate) const AFTER_THE_OTHER: Duration = Duration::from_secs(2);

/// What `start` decided.
pub(super) enum Start {
    /// Send these bytes.
    Go(Box<Going>),
    /// The last gate took it out.
    TakenOut,
    /// Somebody else has it, or it has ended.
    NotOurs,
}

/// A try that is committed and about to begin.
pub(super) struct Going {
    pub row: DeliveryRow,
    pub attempt: AttemptId,
    pub number: i64,
    pub possible_repeat: bool,
    /// Tries before this one that the server left in doubt.
    pub doubts: usize,
    pub bytes: Vec<u8>,
    pub sha256: Vec<u8>,
}

impl Inner {
    pub(super) async fn start(&self, id: DeliveryId, lease: LeaseId) -> Result<Start, SendError> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.begin().await?;
        // First of all, so that nobody else works on the row, or on another version's to the same address, until this
        // commits.
        deliveries::lock_thread(&mut tx, id).await?;
        if !deliveries::renew(&mut tx, id, lease, now.plus(self.deps.config.lease())).await? {
            return Ok(Start::NotOurs);
        }
        // Between the lease and now the desk may have stopped all sending: no try may begin after that.
        if sending::is_stopped(&mut tx).await? {
            deliveries::give_back(&mut tx, lease, &[id]).await?;
            tx.commit().await?;
            return Ok(Start::NotOurs);
        }
        let row = deliveries::find(&mut tx, id).await?.ok_or(SendError::Missing("the delivery"))?;
        let earlier = match row.tries {
            0 => Vec::new(),
            _ => attempts::of_delivery(&mut tx, id).await?,
        };
        if let Some(open) = earlier.iter().find(|attempt| attempt.outcome.is_none()) {
            self.close_interrupted(&mut tx, &row, lease, open).await?;
            // A mail whose try takes the process down each time must not do so for ever.
            if now.since(row.tried_since()) >= GIVE_UP_AFTER {
                return self.take_out(tx, &row, gate::GIVEN_UP).await;
            }
        }
        let unverified = self.deps.config.hold_unverified && row.contact_verified_at.is_none();
        if let Some(removal) = gate::removal(gate::Present { unverified, ..(&row).into() }) {
            return self.take_out(tx, &row, removal).await;
        }
        // Two versions on the wire at once may arrive in either order, an alarm after its cancellation.
        if deliveries::other_on_the_wire(&mut tx, &row).await? {
            deliveries::put_off(&mut tx, id, lease, now.plus(AFTER_THE_OTHER)).await?;
            tx.commit().await?;
            return Ok(Start::NotOurs);
        }
        let (message_id, sha256, bytes) = match (&row.message_id, &row.mail_sha256) {
            // Every repeat sends the very bytes of the first try.
            (Some(message_id), Some(sha256)) => {
                let bytes = mails::find(&mut tx, sha256).await?.ok_or(SendError::Missing("the mail's bytes"))?;
                (message_id.clone(), sha256.clone(), bytes)
            }
            _ => {
                let mail = match self.render(&mut tx, &row).await {
                    Ok(mail) => mail,
                    Err(SendError::Compose(error)) => {
                        // Trying again would fail again, for ever and in silence.
                        tracing::error!(delivery.id = %id, error = chain(&error), "cannot compose a mail");
                        return self.take_out(tx, &row, gate::NOT_COMPOSED).await;
                    }
                    Err(error) => return Err(error),
                };
                let sha256 = Sha256::digest(&mail.bytes).to_vec();
                mails::keep(&mut tx, &sha256, &mail.bytes, now).await?;
                (mail.message_id, sha256, mail.bytes)
            }
        };
        deliveries::begin_try(&mut tx, id, lease, &message_id, &sha256).await?;
        let (attempt, number) = (AttemptId::generate(&self.deps.clock), row.tries + 1);
        // An attempt without an outcome was closed as uncertain above.
        let possible_repeat = earlier.iter().any(|a| a.outcome.is_none_or(|outcome| outcome == Outcome::Uncertain));
        attempts::begin(&mut tx, attempt, id, number, possible_repeat, now).await?;
        tx.commit().await?;
        let by_server = |a: &&AttemptRow| a.outcome == Some(Outcome::Uncertain) && a.stage != Some(Stage::Interrupted);
        let doubts = earlier.iter().filter(by_server).count();
        Ok(Start::Go(Box::new(Going { row, attempt, number, possible_repeat, doubts, bytes, sha256 })))
    }

    /// Ends a delivery without a try.
    async fn take_out(&self, mut tx: Tx, row: &DeliveryRow, removal: Removal) -> Result<Start, SendError> {
        let now = self.deps.clock.now();
        if removal == gate::SILENT {
            deliveries::hold_back(&mut tx, row.id, removal.reason, now).await?;
        } else {
            let standing = Standing { state: removal.state, due_at: None, reply: Some(removal.reason) };
            deliveries::move_on(&mut tx, row.id, &standing, now).await?;
        }
        event::taken_out(&mut tx, &self.deps.clock, row, removal).await?;
        tx.commit().await?;
        let state = removal.state.as_str();
        tracing::warn!(delivery.id = %row.id, delivery.state = state, "the last gate took a delivery out");
        Ok(Start::TakenOut)
    }

    /// A try has no end: its sender died, and nobody can know whether the mail left.
    async fn close_interrupted(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        lease: LeaseId,
        open: &AttemptRow,
    ) -> Result<(), SendError> {
        let (outcome, stage) = (Outcome::Uncertain, Stage::Interrupted);
        if !attempts::end(tx, open.id, outcome, stage, None, self.deps.clock.now()).await? {
            return Err(SendError::Missing("the open attempt"));
        }
        deliveries::mark_uncertain(tx, row.id, lease).await?;
        let ended = Ended {
            attempt: open.number,
            outcome,
            stage,
            state: DeliveryState::Uncertain,
            mail_sha256: row.mail_sha256.as_deref().ok_or(SendError::Missing("the hash of the mail"))?,
            reply: None,
            possible_repeat: open.possible_repeat,
        };
        event::recorded(tx, &self.deps.clock, row, &ended).await?;
        tracing::warn!(delivery.id = %row.id, attempt = open.number, "a try was interrupted; its mail is sent again");
        Ok(())
    }

    async fn render(&self, tx: &mut Tx, row: &DeliveryRow) -> Result<Mail, SendError> {
        let alert = store::alerts::find(tx, row.alert_id).await?.ok_or(SendError::Missing("the alert"))?;
        let circumstances = match row.share {
            Share::ObjectData => None,
            Share::Full => {
                let found = store::alerts::circumstances(tx, row.alert_id).await?;
                Some(found.ok_or(SendError::Missing("the alert's circumstances"))?)
            }
        };
        let config = &self.deps.config;
        let id_of = |alert_id| message_id(alert_id, row.partner_id, &row.address, &config.message_id_domain);
        let earlier = match row.version {
            1 => Vec::new(),
            _ => deliveries::earlier_versions(tx, row).await?,
        };
        let earlier: Vec<String> = earlier.into_iter().map(id_of).collect();
        let root = store::ledger::latest_checkpoint(tx).await?.map(|found| Root { size: found.size, hash: found.root });
        let since = told::since(tx, &alert, circumstances.as_ref(), row.partner_id, row.share).await?;
        let now = self.deps.clock.now();
        let context = MailContext {
            message_id: id_of(row.alert_id),
            version: row.version,
            kind: row.kind,
            label: row.label,
            languages: &row.languages.0,
            to: &row.address,
            person: row.person.as_ref(),
            partner: &row.partner_name,
            from: &config.from,
            from_name: &config.from_name,
            link: format!("{}/a/{}", config.public_url, self.deps.link_key.token(row.id, now)),
            root,
            earlier: &earlier,
            since: since.as_ref(),
            date: now,
            signers: &self.signers,
        };
        let content = &alert.content.0;
        let shown = match &circumstances {
            None => Shown::ObjectData(content),
            Some(circumstances) => Shown::Full(content, circumstances),
        };
        // A panic of the mail builder must not take the transaction and with it every later look at this row along.
        let composed = catch_unwind(AssertUnwindSafe(|| compose(shown, &context)));
        Ok(composed.unwrap_or(Err(ComposeError::Panicked))?)
    }
}
