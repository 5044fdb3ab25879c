//! What comes before SMTP: a look, the mail, the transaction that begins the try.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use domain::Interface;
use domain::codes::Share;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId, LeaseId, NoticeId};
use domain::partner::Carries;
use sha2::{Digest, Sha256};
use store::attempts::AttemptRow;
use store::deliveries::{self, DeliveryRow, Standing};
use store::{Tx, attempts, desk_steps, mails, partners, sending};

use super::doubt;
use super::event::{self, Ended};
use super::gate::{self, Removal};
use super::{Inner, SendError, chain};
use crate::compose::{ComposeError, Mail, MailContext, Mould, PICTURES, Root, Seal, message_id};
use crate::material::Kind;
use crate::protect::Protection;
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

/// What a first look at a delivery finds.
enum Look {
    NotOurs,
    Remove(Box<DeliveryRow>, Removal),
    Fine(Box<DeliveryRow>, Vec<AttemptRow>),
}

/// A mail that was made outside of any transaction.
enum Made {
    Mail(Mail, Option<String>),
    /// It must be encrypted and cannot be.
    Unprotected,
    /// A fault of the program.
    NotComposed,
}

impl Inner {
    pub(super) async fn start(&self, id: DeliveryId, lease: LeaseId) -> Result<Start, SendError> {
        let mut tx = self.deps.db.begin().await?;
        let (row, earlier) = match self.look(&mut tx, id, lease).await? {
            Look::NotOurs => {
                tx.commit().await?;
                return Ok(Start::NotOurs);
            }
            Look::Remove(row, removal) => return self.take_out(tx, &row, removal).await,
            Look::Fine(row, earlier) => (row, earlier),
        };
        if row.mail_sha256.is_some() && doubt::is_doubtful(&earlier) {
            return self.repeat(tx, &row, lease).await;
        }
        if row.mail_sha256.is_some() {
            return self.begin(tx, *row, &earlier, lease, None).await;
        }
        tx.commit().await?;
        let made = self.make(&row).await?;
        // Time has passed: whoever has the row now, and what the desk did meanwhile, is looked at anew.
        let mut tx = self.deps.db.begin().await?;
        let (row, earlier) = match self.look(&mut tx, id, lease).await? {
            Look::NotOurs => {
                tx.commit().await?;
                return Ok(Start::NotOurs);
            }
            Look::Remove(row, removal) => return self.take_out(tx, &row, removal).await,
            Look::Fine(row, earlier) => (row, earlier),
        };
        match made {
            Made::Mail(mail, key) => self.begin(tx, *row, &earlier, lease, Some((mail, key))).await,
            Made::NotComposed => self.take_out(tx, &row, gate::NOT_COMPOSED).await,
            Made::Unprotected => {
                let notice = NoticeId::generate(&self.deps.clock);
                store::notices::create_for_delivery(&mut tx, notice, row.id, self.deps.clock.now()).await?;
                self.take_out(tx, &row, gate::UNPROTECTED).await
            }
        }
    }

    /// A mail in doubt, before it goes out again. The log is asked in no transaction, so all is looked at anew after that.
    async fn repeat(&self, tx: Tx, row: &DeliveryRow, lease: LeaseId) -> Result<Start, SendError> {
        tx.commit().await?;
        let message_id = row.message_id.as_deref().ok_or(SendError::Missing("the Message-ID"))?;
        let has = self.log.has(message_id).await;
        let mut tx = self.deps.db.begin().await?;
        let (row, earlier) = match self.look(&mut tx, row.id, lease).await? {
            Look::NotOurs => {
                tx.commit().await?;
                return Ok(Start::NotOurs);
            }
            Look::Remove(row, removal) => return self.take_out(tx, &row, removal).await,
            Look::Fine(row, earlier) => (row, earlier),
        };
        if has && doubt::settle(&mut tx, &self.deps, &row, &earlier).await? {
            tx.commit().await?;
            return Ok(Start::TakenOut);
        }
        let decisions = deliveries::decisions(&mut tx, row.id).await?;
        let resent = desk_steps::resent_at(&mut tx, row.id).await?;
        if doubt::waits_for_an_officer(self.deps.config.uncertain, &earlier, &decisions, resent) {
            return self.take_out(tx, &row, gate::DOUBTFUL).await;
        }
        self.begin(tx, *row, &earlier, lease, None).await
    }

    /// The lease, the desk's stop, an earlier try without an end, the last gate.
    async fn look(&self, tx: &mut Tx, id: DeliveryId, lease: LeaseId) -> Result<Look, SendError> {
        let now = self.deps.clock.now();
        // First of all, so that nobody else works on the row, or on another version's to the same address, until this
        // commits.
        deliveries::lock_thread(tx, id).await?;
        if !deliveries::renew(tx, id, lease, now.plus(self.deps.config.lease())).await? {
            return Ok(Look::NotOurs);
        }
        // Between the lease and now the desk may have stopped all sending: no try may begin after that.
        if sending::is_stopped(tx).await? {
            deliveries::give_back(tx, lease, &[id]).await?;
            return Ok(Look::NotOurs);
        }
        let row = deliveries::find(tx, id).await?.ok_or(SendError::Missing("the delivery"))?;
        let earlier = match row.tries {
            0 => Vec::new(),
            _ => attempts::of_delivery(tx, id).await?,
        };
        if let Some(open) = earlier.iter().find(|attempt| attempt.outcome.is_none()) {
            self.close_interrupted(tx, &row, lease, open).await?;
            // A mail whose try takes the process down each time must not do so for ever.
            if now.since(row.tried_since()) >= GIVE_UP_AFTER {
                return Ok(Look::Remove(Box::new(row), gate::GIVEN_UP));
            }
        }
        let unverified = self.deps.config.hold_unverified && row.contact_verified_at.is_none();
        if let Some(removal) = gate::removal(gate::Present { unverified, ..gate::Present::of(&row, now) }) {
            return Ok(Look::Remove(Box::new(row), removal));
        }
        // Two versions on the wire at once may arrive in either order, an alarm after its cancellation.
        if deliveries::other_on_the_wire(tx, &row).await? {
            deliveries::put_off(tx, id, lease, now.plus(AFTER_THE_OTHER)).await?;
            return Ok(Look::NotOurs);
        }
        Ok(Look::Fine(Box::new(row), earlier))
    }

    /// Keeps the bytes, if they are new, and begins the try.
    async fn begin(
        &self,
        mut tx: Tx,
        row: DeliveryRow,
        earlier: &[AttemptRow],
        lease: LeaseId,
        made: Option<(Mail, Option<String>)>,
    ) -> Result<Start, SendError> {
        let now = self.deps.clock.now();
        let (message_id, sha256, bytes) = match (&row.message_id, &row.mail_sha256, made) {
            // Every repeat sends the very bytes of the first try.
            (Some(message_id), Some(sha256), _) => {
                let bytes = mails::find(&mut tx, sha256).await?.ok_or(SendError::Missing("the mail's bytes"))?;
                (message_id.clone(), sha256.clone(), bytes)
            }
            (.., Some((mail, key))) => {
                let sha256 = Sha256::digest(&mail.bytes).to_vec();
                let of = mails::Of { message_id: &mail.message_id, first: row.id };
                mails::keep(&mut tx, &sha256, &mail.bytes, Some(of), now).await?;
                if let Some(key) = key {
                    deliveries::note_key(&mut tx, row.id, &key).await?;
                }
                (mail.message_id, sha256, mail.bytes)
            }
            (.., None) => return Err(SendError::Missing("the mail")),
        };
        deliveries::begin_try(&mut tx, row.id, lease, &message_id, &sha256).await?;
        let (attempt, number) = (AttemptId::generate(&self.deps.clock), row.tries + 1);
        // In doubt without a try: the database was restored, and a copy of it does not know what it sent.
        let possible_repeat = row.state == DeliveryState::Uncertain || doubt::is_doubtful(earlier);
        attempts::begin(&mut tx, attempt, row.id, number, possible_repeat, now).await?;
        tx.commit().await?;
        // What is not kept outside must not leave: the open try is found and repeated, as after a crash.
        if !self.last_try.note(attempt, now) {
            return Ok(Start::NotOurs);
        }
        let by_server = |a: &&AttemptRow| a.outcome == Some(Outcome::Uncertain) && a.stage != Some(Stage::Interrupted);
        let doubts = earlier.iter().filter(by_server).count();
        Ok(Start::Go(Box::new(Going { row, attempt, number, possible_repeat, doubts, bytes, sha256 })))
    }

    /// Ends a delivery without a try.
    async fn take_out(&self, mut tx: Tx, row: &DeliveryRow, removal: Removal) -> Result<Start, SendError> {
        let now = self.deps.clock.now();
        if removal.passes() {
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

    /// Makes the mail, in no transaction.
    async fn make(&self, row: &DeliveryRow) -> Result<Made, SendError> {
        let (deps, config) = (&self.deps, &self.deps.config);
        let material = self.shelved.material(deps, row.alert_id).await?.ok_or(SendError::Missing("the alert"))?;
        let mut tx = deps.db.read().await?;
        let partner = partners::find(&mut tx, row.partner_id).await?.ok_or(SendError::Missing("the partner"))?;
        let earlier = match row.version {
            1 => Vec::new(),
            _ => deliveries::earlier_versions(&mut tx, row).await?,
        };
        let circumstances = material.circumstances.as_ref().filter(|_| row.share == Share::Full);
        let since = told::since(&mut tx, &material.alert, circumstances, row.partner_id, row.share).await?;
        let root =
            store::ledger::latest_checkpoint(&mut tx).await?.map(|found| Root { size: found.size, hash: found.root });
        tx.commit().await?;
        let now = deps.clock.now();
        let protection = Protection::decide(&partner, &row.address, &self.desk, now);
        let (seal, key) = match &protection {
            Protection::Missing => return Ok(Made::Unprotected),
            Protection::Clear(_) => (None, None),
            Protection::Sealed(reader, key) => (Some(Seal { desk: &self.desk, reader }), Some(key.clone())),
        };
        let carries = protection.carries(row.label, partner.mail_content);
        let language = Interface::for_reader(&row.languages.0);
        let enclosures = match carries {
            Carries::Content => material.enclosures(deps, row.share, row.label, language).await,
            Carries::Reference | Carries::Nothing => Vec::new(),
        };
        let room = config.room(partner.max_attachment_mib);
        let kind = Kind { share: row.share, label: row.label, language, carries, room };
        let id_of = |alert_id| message_id(alert_id, row.partner_id, &row.address, &config.message_id_domain);
        let earlier: Vec<String> = earlier.into_iter().map(id_of).collect();
        let link = format!("{}/a/{}", config.public_url, deps.link_key.token(row.id, now));
        let context = MailContext {
            message_id: id_of(row.alert_id),
            common: row.alert_id.as_uuid().simple().to_string(),
            version: row.version,
            kind: row.kind,
            label: row.label,
            languages: &row.languages.0,
            to: &row.address,
            person: row.person.as_ref(),
            partner: &row.partner_name,
            from: &config.from,
            from_name: &config.from_name,
            read: format!("{link}/read"),
            link,
            root,
            earlier: &earlier,
            since: since.as_ref(),
            date: now,
            signers: &self.signers,
            carries,
            pictures: &material.pictures,
            picture_room: PICTURES,
            enclosures: &enclosures,
            room,
            seal,
        };
        let shown = material.shown(row.share).ok_or(SendError::Missing("the alert's circumstances"))?;
        // A panic of the mail builder must not take every later look at this row along.
        let composed = catch_unwind(AssertUnwindSafe(|| {
            let mould = material.mould(kind, since.as_ref(), || Mould::new(shown, &context))?;
            mould.mail(shown, &context)
        }));
        Ok(match composed.unwrap_or(Err(ComposeError::Panicked)) {
            Ok(mail) => Made::Mail(mail, key),
            Err(error) => {
                // Trying again would fail again, for ever and in silence; and sending it otherwise is out of the question.
                tracing::error!(delivery.id = %row.id, error = chain(&error), "cannot compose a mail");
                Made::NotComposed
            }
        })
    }
}
