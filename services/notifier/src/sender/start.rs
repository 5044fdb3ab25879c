//! The transaction before SMTP, for all that was leased at once and is not at hand ([`super::at_hand`]): a look at each, the last
//! gate, the tries that begin.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId, LeaseId, NoticeId};
use sha2::{Digest, Sha256};
use store::attempts::AttemptRow;
use store::deliveries::{self, Beginning, DeliveryRow};
use store::mails::Common;
use store::{Tx, attempts, desk_steps, mails, sending};
use tokio::sync::OwnedSemaphorePermit;

use super::begin::Begun;
use super::doubt;
use super::event::{self, Ended};
use super::gate::{self, Removal};
use super::prepare::{Made, Prepared, tries_of};
use super::{Inner, SendError, chain};
use crate::compose::Mail;

/// How long a delivery waits while another version is on the wire to the same address.
pub(crate) const AFTER_THE_OTHER: Duration = Duration::from_secs(2);

/// How long a delivery waits whose mail was prepared in vain.
const ANEW: Duration = Duration::from_secs(1);

/// What a try is begun with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum With {
    /// What is kept of earlier tries.
    Kept,
    /// What was prepared for it.
    Prepared,
}

/// What became of deliveries that were leased.
pub(super) struct Started {
    /// Tries that may go to the wire.
    pub begun: Vec<Begun>,
    /// Nothing has become of these yet: they are ours and need to be prepared.
    pub unprepared: Vec<DeliveryId>,
}

/// A try that is committed and about to begin.
#[derive(Debug)]
pub(super) struct Going {
    pub row: DeliveryRow,
    pub attempt: AttemptId,
    pub number: i64,
    /// Tries before this one that came to their turn.
    pub offered: i64,
    pub possible_repeat: bool,
    /// Tries before this one that the server left in doubt.
    pub doubts: usize,
    pub message_id: String,
    pub bytes: Vec<u8>,
    /// Theirs in memory.
    _room: OwnedSemaphorePermit,
    pub sha256: Vec<u8>,
    /// The key it was encrypted for, if it was just now.
    key: Option<String>,
    /// Whether its bytes were made for this very try.
    new: bool,
    /// What they have in common with those of others.
    common: Option<Common>,
}

/// What a look at a delivery finds.
enum Look {
    Remove(DeliveryRow, Removal),
    Fine(DeliveryRow, Vec<AttemptRow>),
}

impl Inner {
    /// Begins the tries of those of these deliveries that are still ours and that the last gate lets through. One that is
    /// not among the answers has ended, is somebody else's, or waits.
    pub(super) async fn start(&self, ids: &[DeliveryId], lease: LeaseId, with: With) -> Result<Started, SendError> {
        let mut prepared = match with {
            With::Kept => HashMap::new(),
            With::Prepared => self.prepare(ids).await?,
        };
        // Measured from before the transaction, so that ours ends before the one in the table.
        let deadline = Instant::now() + self.deps.config.lease();
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.begin().await?;
        let (mut goings, mut unprepared) = (Vec::with_capacity(ids.len()), Vec::new());
        for look in self.look(&mut tx, ids, lease, now).await? {
            let settled = match look {
                Look::Remove(row, removal) => self.take_out(&mut tx, &row, removal).await?,
                Look::Fine(row, earlier) => {
                    let prepared = prepared.remove(&row.id);
                    self.settle(&mut tx, row, &earlier, prepared).await?
                }
            };
            match settled {
                Settled::Going(going) => goings.push(*going),
                Settled::Ended => {}
                Settled::Unprepared(id) if with == With::Kept => unprepared.push(id),
                // What was prepared is not what is needed now, or there is no room for it: it is taken up anew.
                Settled::Unprepared(id) => deliveries::put_off(&mut tx, id, lease, now.plus(ANEW)).await?,
            }
        }
        self.begin_tries(&mut tx, &goings, lease, now).await?;
        tx.commit().await?;
        Ok(Started { begun: self.noted(goings, deadline).await, unprepared })
    }

    /// Keeps the mails of these tries and notes that they begin.
    pub(super) async fn begin_tries(
        &self,
        tx: &mut Tx,
        goings: &[Going],
        lease: LeaseId,
        now: Timestamp,
    ) -> Result<(), store::Error> {
        if goings.is_empty() {
            return Ok(());
        }
        let tries: Vec<Beginning<'_>> = goings.iter().map(Going::beginning).collect();
        deliveries::begin_tries(tx, (lease, now.plus(self.deps.config.lease())), &tries, now).await
    }

    /// The leases, the desk's stop, earlier tries without an end, the last gate, the other versions on the wire.
    async fn look(
        &self,
        tx: &mut Tx,
        ids: &[DeliveryId],
        lease: LeaseId,
        now: Timestamp,
    ) -> Result<Vec<Look>, SendError> {
        // First of all, so that nobody else works on the rows, or on another version's to the same address, until this
        // commits.
        deliveries::lock_threads(tx, ids).await?;
        // Between the lease and now the desk may have stopped all sending: no try may begin after that.
        if sending::is_stopped(tx).await? {
            deliveries::give_back(tx, lease, ids).await?;
            return Ok(Vec::new());
        }
        let mut rows = deliveries::find_all(tx, ids).await?;
        rows.retain(|row| row.is_held_by(lease));
        // Of two versions to one address the earlier goes first.
        rows.sort_by_key(|row| row.version);
        let mut tries = tries_of(tx, &rows).await?;
        let mut looks = Vec::with_capacity(rows.len());
        for row in rows {
            let earlier = tries.remove(&row.id).unwrap_or_default();
            if let Some(open) = earlier.iter().find(|attempt| attempt.outcome.is_none()) {
                self.close_interrupted(tx, &row, lease, open).await?;
                // A mail whose try takes the process down each time must not do so for ever.
                if now.since(row.tried_since()) >= GIVE_UP_AFTER {
                    looks.push(Look::Remove(row, gate::GIVEN_UP));
                    continue;
                }
            }
            looks.push(match self.removal(&row, now) {
                Some(removal) => Look::Remove(row, removal),
                None => Look::Fine(row, earlier),
            });
        }
        // Two versions on the wire at once may arrive in either order, an alarm after its cancellation.
        let fine: Vec<&DeliveryRow> = looks.iter().filter_map(Look::fine).collect();
        let busy = deliveries::others_on_the_wire(tx, &fine).await?;
        let mut threads = HashSet::new();
        let mut waiting = Vec::new();
        looks.retain(|look| {
            let Some(row) = look.fine() else { return true };
            let first = threads.insert((row.case_id, row.partner_id, row.address.clone()));
            let goes = first && !busy.contains(&row.id);
            if !goes {
                waiting.push(row.id);
            }
            goes
        });
        for id in waiting {
            deliveries::put_off(tx, id, lease, now.plus(AFTER_THE_OTHER)).await?;
        }
        Ok(looks)
    }

    /// What the last gate has against a delivery.
    pub(super) fn removal(&self, row: &DeliveryRow, now: Timestamp) -> Option<Removal> {
        gate::removal_of(row, self.deps.config.hold_unverified, now)
    }

    /// What becomes of a delivery that may go, with what was prepared for it.
    async fn settle(
        &self,
        tx: &mut Tx,
        row: DeliveryRow,
        earlier: &[AttemptRow],
        prepared: Option<Prepared>,
    ) -> Result<Settled, SendError> {
        let rendered = row.message_id.clone().zip(row.mail_sha256.clone());
        match (rendered, prepared) {
            // Every repeat sends the very bytes of the first try.
            (Some(kept), prepared) => {
                match (doubt::is_doubtful(earlier), prepared) {
                    (false, _) => {}
                    (true, Some(Prepared::Asked { has })) => {
                        if has && doubt::settle(tx, &self.deps, &row, earlier).await? {
                            return Ok(Settled::Ended);
                        }
                        let decisions = deliveries::decisions(tx, row.id).await?;
                        let resent = desk_steps::resent_at(tx, row.id).await?;
                        if doubt::waits_for_an_officer(self.deps.config.uncertain, earlier, &decisions, resent) {
                            return self.take_out(tx, &row, gate::DOUBTFUL).await;
                        }
                    }
                    // The log is asked first.
                    (true, _) => return Ok(Settled::Unprepared(row.id)),
                }
                let bytes = match mails::find(tx, &kept.1).await {
                    Err(error @ store::Error::Damaged(_)) => {
                        tracing::error!(delivery.id = %row.id, error = chain(&error), "cannot repeat a mail");
                        return self.take_out(tx, &row, gate::NOT_COMPOSED).await;
                    }
                    found => found?.ok_or(SendError::Missing("the mail's bytes"))?,
                };
                let Some(room) = self.room_for(&bytes) else { return Ok(Settled::Unprepared(row.id)) };
                Ok(Settled::Going(Box::new(self.going(row, earlier, kept, (bytes, room)))))
            }
            (None, Some(Prepared::Made(Made::Mail(mail, key, room)))) => {
                Ok(Settled::Going(Box::new(self.going_anew(row, earlier, (mail, key, room)))))
            }
            (None, Some(Prepared::Made(Made::NotComposed))) => self.take_out(tx, &row, gate::NOT_COMPOSED).await,
            (None, Some(Prepared::Made(Made::Unprotected))) => {
                let notice = NoticeId::generate(&self.deps.clock);
                store::notices::create_for_delivery(tx, notice, row.id, self.deps.clock.now()).await?;
                self.take_out(tx, &row, gate::UNPROTECTED).await
            }
            // Not prepared; or no room for it; or the desk let it go, or had it rendered anew, only since it was.
            (None, None | Some(Prepared::Asked { .. })) => Ok(Settled::Unprepared(row.id)),
        }
    }

    /// With a mail that was made for this very try.
    pub(super) fn going_anew(
        &self,
        row: DeliveryRow,
        earlier: &[AttemptRow],
        (mail, key, room): (Mail, Option<String>, OwnedSemaphorePermit),
    ) -> Going {
        let kept = (mail.message_id, Sha256::digest(&mail.bytes).to_vec());
        let going = self.going(row, earlier, kept, (mail.bytes, room));
        Going { new: true, common: mail.common, key, ..going }
    }

    fn going(
        &self,
        row: DeliveryRow,
        earlier: &[AttemptRow],
        (message_id, sha256): (String, Vec<u8>),
        (bytes, room): (Vec<u8>, OwnedSemaphorePermit),
    ) -> Going {
        Going {
            attempt: AttemptId::generate(&self.deps.clock),
            number: row.tries + 1,
            offered: doubt::offered(earlier),
            // In doubt without a try: the database was restored, and a copy of it does not know what it sent.
            possible_repeat: row.state == DeliveryState::Uncertain || doubt::is_doubtful(earlier),
            doubts: doubt::doubts(earlier),
            message_id,
            bytes,
            _room: room,
            sha256,
            new: false,
            common: None,
            key: None,
            row,
        }
    }

    /// Ends a delivery without a try.
    async fn take_out(&self, tx: &mut Tx, row: &DeliveryRow, removal: Removal) -> Result<Settled, SendError> {
        event::take_out(tx, &self.deps.clock, row, removal).await?;
        let state = removal.state.as_str();
        tracing::warn!(delivery.id = %row.id, delivery.state = state, "the last gate takes a delivery out");
        Ok(Settled::Ended)
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
}

/// What becomes of a delivery that may go.
enum Settled {
    Going(Box<Going>),
    Ended,
    /// What its try needs is not there.
    Unprepared(DeliveryId),
}

impl Look {
    fn fine(&self) -> Option<&DeliveryRow> {
        match self {
            Self::Fine(row, _) => Some(row),
            Self::Remove(..) => None,
        }
    }
}

impl Going {
    fn beginning(&self) -> Beginning<'_> {
        Beginning {
            attempt: self.attempt,
            delivery: self.row.id,
            number: self.number,
            possible_repeat: self.possible_repeat,
            message_id: &self.message_id,
            sha256: &self.sha256,
            bytes: self.new.then_some(&self.bytes),
            common: self.common.as_ref(),
            key: self.key.as_deref(),
        }
    }
}
