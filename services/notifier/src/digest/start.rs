//! The transaction before SMTP. The lease is one of its own before it, so that whoever begins a try of another version to
//! the address is waited for in one order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use domain::alert::ObjectContent;
use domain::case::Circumstances;
use domain::codes::Share;
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId, LeaseId};
use domain::partner::{Carries, MailContent, Way, carries};
use domain::{Interface, Mailbox, Timestamp};
use sha2::{Digest, Sha256};
use store::attempts::AttemptRow;
use store::deliveries::{self, DeliveryRow};
use store::{Tx, attempts, desk_steps, mails, partners, sending};

use super::{DigestError, DigestSender};
use crate::compose::{
    ComposeError, Enclosure, Mail, MailContext, PICTURES, Root, Shown, Since, digest, digest_id, message_id, taken,
};
use crate::material::Material;
use crate::protect::Protection;
use crate::sender::{self, AFTER_THE_OTHER, DOUBTFUL, Ended, GIVEN_UP, NOT_COMPOSED, Removal, chain};
use crate::told;

/// The most alerts of one mail; the rest follows in the next.
pub(super) const MOST: i64 = 20;

/// The others of a digest whose mail may have arrived.
const PARTLY: Removal = Removal {
    state: DeliveryState::Held,
    code: "partly",
    reason: "it was in a mail with an alert that may not be sent any more, and that mail may have arrived",
};

/// What `start` did.
pub(super) enum Start {
    /// No digest is due, or nothing may leave.
    Nothing,
    /// What was due is settled without a mail; there may be more.
    Settled,
    /// Send this.
    Go(Box<Going>),
}

/// One delivery of a digest that is about to be tried.
pub(super) struct Member {
    pub row: DeliveryRow,
    pub attempt: AttemptId,
    pub number: i64,
    pub possible_repeat: bool,
    /// Tries before this one that the server left in doubt.
    pub doubts: usize,
}

/// A try that is committed and about to begin.
pub(super) struct Going {
    pub lease: LeaseId,
    pub members: Vec<Member>,
    pub bytes: Vec<u8>,
    pub sha256: Vec<u8>,
}

impl Going {
    /// Names the file in the folder of mails.
    pub fn first(&self) -> DeliveryId {
        self.members[0].row.id
    }

    /// All go to one address.
    pub fn to(&self) -> &Mailbox {
        &self.members[0].row.address
    }
}

/// What goes along with one delivery, as far as there is room.
struct Enclosed {
    id: DeliveryId,
    material: Arc<Material>,
    files: Vec<Enclosure>,
}

/// A delivery and its tries so far, all of them ended.
struct Before {
    row: DeliveryRow,
    tries: Vec<AttemptRow>,
}

impl Before {
    fn doubtful(&self) -> bool {
        sender::is_doubtful(&self.tries)
    }
}

impl DigestSender {
    pub(super) async fn start(&self) -> Result<Start, DigestError> {
        let deps = &self.deps;
        let (lease, ids) = self.lease().await?;
        if ids.is_empty() {
            return Ok(Start::Nothing);
        }
        let has = self.server_has(ids[0]).await?;
        let enclosed = self.enclosed(&ids).await?;
        let now = deps.clock.now();
        let mut tx = deps.db.begin().await?;
        deliveries::lock_threads(&mut tx, &ids).await?;
        if !deliveries::renew(&mut tx, &ids, lease, now.plus(deps.config.lease())).await? {
            return Ok(Start::Settled);
        }
        // Between the lease and now the desk may have stopped all sending: no try may begin after that.
        if sending::is_stopped(&mut tx).await? {
            deliveries::give_back(&mut tx, lease, &ids).await?;
            tx.commit().await?;
            return Ok(Start::Nothing);
        }
        let mut kept = Vec::with_capacity(ids.len());
        let mut removed = 0;
        for id in ids {
            match self.look(&mut tx, id, lease, now).await? {
                Some(before) => kept.push(before),
                None => removed += 1,
            }
        }
        if kept.iter().any(Before::doubtful) && self.settle_doubt(&mut tx, &kept, has).await? {
            tx.commit().await?;
            deps.bell.ring();
            return Ok(Start::Settled);
        }
        // What an officer took out is not due any more, but is in the mail all the same.
        let rendered = kept.iter().find(|before| before.row.message_id.is_some());
        let spoilt = match rendered {
            Some(one) => removed > 0 || deliveries::shares_with_cancelled(&mut tx, &one.row).await?,
            None => false,
        };
        if spoilt {
            if kept.iter().any(Before::doubtful) {
                for before in &kept {
                    self.take_out(&mut tx, &before.row, PARTLY).await?;
                }
                tx.commit().await?;
                deps.bell.ring();
                return Ok(Start::Settled);
            }
            let ids: Vec<DeliveryId> = kept.iter().map(|before| before.row.id).collect();
            deliveries::forget_mail(&mut tx, &ids).await?;
            for before in &mut kept {
                (before.row.message_id, before.row.mail_sha256) = (None, None);
            }
        }
        // Two versions on the wire at once may arrive in either order; all wait, so that they stay together.
        let rows: Vec<&DeliveryRow> = kept.iter().map(|before| &before.row).collect();
        if !deliveries::others_on_the_wire(&mut tx, &rows).await?.is_empty() {
            for before in &kept {
                deliveries::put_off(&mut tx, before.row.id, lease, now.plus(AFTER_THE_OTHER)).await?;
            }
            tx.commit().await?;
            return Ok(Start::Settled);
        }
        let fresh = kept.iter().all(|before| before.row.message_id.is_none());
        // What must be encrypted, or can be, is encrypted by itself: each with its own key and its own files.
        let way = match kept.first() {
            Some(before) if fresh => self.way(&mut tx, &before.row, now).await?,
            _ => None,
        };
        if kept.is_empty() || (fresh && (kept.len() == 1 || way.is_none())) {
            let alone: Vec<DeliveryId> = kept.iter().map(|before| before.row.id).collect();
            deliveries::send_alone(&mut tx, &alone).await?;
            tx.commit().await?;
            deps.bell.ring();
            deps.due.ring();
            return Ok(Start::Settled);
        }
        let Some((message_id, sha256, bytes)) = self.mail(&mut tx, &kept, now, way, &enclosed).await? else {
            for before in &kept {
                self.take_out(&mut tx, &before.row, NOT_COMPOSED).await?;
            }
            tx.commit().await?;
            deps.bell.ring();
            return Ok(Start::Settled);
        };
        self.begin(tx, lease, kept, (message_id, sha256, bytes)).await
    }

    /// Begins the try of each, in the transaction that ends here.
    async fn begin(
        &self,
        mut tx: Tx,
        lease: LeaseId,
        kept: Vec<Before>,
        (message_id, sha256, bytes): (String, Vec<u8>, Vec<u8>),
    ) -> Result<Start, DigestError> {
        let (deps, now) = (&self.deps, self.deps.clock.now());
        let until = now.plus(deps.config.lease());
        let mut members = Vec::with_capacity(kept.len());
        for before in kept {
            deliveries::begin_try(&mut tx, before.row.id, (lease, until), &message_id, &sha256).await?;
            let (attempt, number) = (AttemptId::generate(&deps.clock), before.row.tries + 1);
            let possible_repeat = before.row.state == DeliveryState::Uncertain || before.doubtful();
            attempts::begin(&mut tx, attempt, before.row.id, number, possible_repeat, now).await?;
            let doubts = sender::doubts(&before.tries);
            members.push(Member { row: before.row, attempt, number, possible_repeat, doubts });
        }
        tx.commit().await?;
        // What is not kept outside must not leave: the open tries are found and repeated, as after a crash.
        if !self.last_try.note(members[0].attempt, now) {
            return Ok(Start::Nothing);
        }
        Ok(Start::Go(Box::new(Going { lease, members, bytes, sha256 })))
    }

    /// Whether the mail server's log shows the mail of a delivery that was tried. Asked in no transaction.
    async fn server_has(&self, id: DeliveryId) -> Result<bool, DigestError> {
        let mut tx = self.deps.db.read().await?;
        let row = deliveries::find(&mut tx, id).await?;
        tx.commit().await?;
        match row.filter(|row| row.tries > 0).and_then(|row| row.message_id) {
            Some(message_id) => Ok(self.log.has(&message_id).await),
            None => Ok(false),
        }
    }

    /// Pictures and files of deliveries that were not rendered yet. Read and printed in no transaction: a folder of pictures
    /// that answers slowly must hold up nothing.
    async fn enclosed(&self, ids: &[DeliveryId]) -> Result<Vec<Enclosed>, DigestError> {
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            let mut tx = self.deps.db.read().await?;
            let row = deliveries::find(&mut tx, *id).await?;
            tx.commit().await?;
            let Some(row) = row.filter(|row| row.message_id.is_none()) else { continue };
            let Some(material) = self.shelved.material(&self.deps, row.alert_id).await? else { continue };
            let language = Interface::for_reader(&row.languages.0);
            let files = material.enclosures(&self.deps, row.share, row.label, language).await;
            all.push(Enclosed { id: row.id, material, files });
        }
        Ok(all)
    }

    /// What is in doubt, before it goes out again; says whether it does not.
    async fn settle_doubt(&self, tx: &mut Tx, kept: &[Before], has: bool) -> Result<bool, DigestError> {
        let mut done = false;
        for Before { row, tries } in kept {
            if has {
                done |= sender::settle(tx, &self.deps, row, tries).await?;
                continue;
            }
            let decisions = deliveries::decisions(tx, row.id).await?;
            let resent = desk_steps::resent_at(tx, row.id).await?;
            if sender::waits_for_an_officer(self.deps.config.uncertain, tries, &decisions, resent) {
                self.take_out(tx, row, DOUBTFUL).await?;
                done = true;
            }
        }
        Ok(done)
    }

    /// How mail to the address travels in the clear, and what it may carry there; none if it is not for the clear.
    async fn way(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        now: Timestamp,
    ) -> Result<Option<(Way, MailContent)>, DigestError> {
        let partner = partners::find(tx, row.partner_id).await?.ok_or(DigestError::Missing("the partner"))?;
        Ok(match Protection::decide(&partner, &row.address, &self.desk, now) {
            Protection::Clear(way) => Some((way, partner.mail_content)),
            Protection::Sealed(..) | Protection::Missing => None,
        })
    }

    /// Closes a try that has no end and asks the gate; none if the delivery was taken out.
    async fn look(
        &self,
        tx: &mut Tx,
        id: DeliveryId,
        lease: LeaseId,
        now: Timestamp,
    ) -> Result<Option<Before>, DigestError> {
        let row = deliveries::find(tx, id).await?.ok_or(DigestError::Missing("the delivery"))?;
        let tries = attempts::of_delivery(tx, id).await?;
        if let Some(open) = tries.iter().find(|attempt| attempt.outcome.is_none()) {
            let (outcome, stage) = (Outcome::Uncertain, Stage::Interrupted);
            if !attempts::end(tx, open.id, outcome, stage, None, now).await? {
                return Err(DigestError::Missing("the open attempt"));
            }
            deliveries::mark_uncertain(tx, id, lease).await?;
            let ended = Ended {
                attempt: open.number,
                outcome,
                stage,
                state: DeliveryState::Uncertain,
                mail_sha256: row.mail_sha256.as_deref().ok_or(DigestError::Missing("the hash of the mail"))?,
                reply: None,
                possible_repeat: open.possible_repeat,
            };
            sender::recorded(tx, &self.deps.clock, &row, &ended).await?;
            tracing::warn!(delivery.id = %id, attempt = open.number, "a digest was interrupted; it is sent again");
            if now.since(row.tried_since()) >= GIVE_UP_AFTER {
                self.take_out(tx, &row, GIVEN_UP).await?;
                return Ok(None);
            }
        }
        if let Some(removal) = sender::removal_of(&row, self.deps.config.hold_unverified, now) {
            self.take_out(tx, &row, removal).await?;
            return Ok(None);
        }
        Ok(Some(Before { row, tries }))
    }

    /// Ends a delivery without a try. What an officer lets go after that goes out by itself, rendered anew.
    async fn take_out(&self, tx: &mut Tx, row: &DeliveryRow, removal: Removal) -> Result<(), DigestError> {
        deliveries::send_alone(tx, &[row.id]).await?;
        deliveries::forget_mail(tx, &[row.id]).await?;
        sender::take_out(tx, &self.deps.clock, row, removal).await?;
        let state = removal.state.as_str();
        tracing::warn!(delivery.id = %row.id, delivery.state = state, "the last gate took a delivery out of a digest");
        Ok(())
    }

    /// Message-ID, hash and bytes: those of the first try, or newly rendered; none if it cannot be rendered.
    async fn mail(
        &self,
        tx: &mut Tx,
        kept: &[Before],
        now: Timestamp,
        way: Option<(Way, MailContent)>,
        enclosed: &[Enclosed],
    ) -> Result<Option<(String, Vec<u8>, Vec<u8>)>, DigestError> {
        let first = &kept[0].row;
        if let (Some(message_id), Some(sha256)) = (&first.message_id, &first.mail_sha256) {
            let bytes = mails::find(tx, sha256).await?.ok_or(DigestError::Missing("the mail's bytes"))?;
            return Ok(Some((message_id.clone(), sha256.clone(), bytes)));
        }
        let way = way.ok_or(DigestError::Missing("the way it travels"))?;
        let mail = match self.render(tx, kept, now, way, enclosed).await {
            Ok(mail) => mail,
            Err(DigestError::Compose(error)) => {
                tracing::error!(delivery.id = %first.id, error = chain(&error), "cannot compose a digest");
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let sha256 = Sha256::digest(&mail.bytes).to_vec();
        let of = mails::Of { message_id: &mail.message_id, first: first.id };
        mails::keep(tx, &sha256, &mail.bytes, Some(of), now).await?;
        for before in &kept[1..] {
            mails::add_member(tx, &mail.message_id, before.row.id).await?;
        }
        Ok(Some((mail.message_id, sha256, mail.bytes)))
    }

    async fn render(
        &self,
        tx: &mut Tx,
        kept: &[Before],
        now: Timestamp,
        (way, policy): (Way, MailContent),
        enclosed: &[Enclosed],
    ) -> Result<Mail, DigestError> {
        let config = &self.deps.config;
        let partner = partners::find(tx, kept[0].row.partner_id).await?.ok_or(DigestError::Missing("the partner"))?;
        // All of a digest has the room of one mail: its first alerts take theirs first.
        let (mut picture_room, mut room) = (PICTURES, config.room(partner.max_attachment_mib));
        let root = store::ledger::latest_checkpoint(tx).await?.map(Root::from);
        let mut contents: Vec<(ObjectContent, Option<Circumstances>, Option<Since>)> = Vec::with_capacity(kept.len());
        for Before { row, .. } in kept {
            let alert = store::alerts::find(tx, row.alert_id).await?.ok_or(DigestError::Missing("the alert"))?;
            let circumstances = match row.share {
                Share::ObjectData => None,
                Share::Full => {
                    let found = store::alerts::circumstances(tx, row.alert_id).await?;
                    Some(found.ok_or(DigestError::Missing("the alert's circumstances"))?)
                }
            };
            let since = told::since(tx, &alert, circumstances.as_ref(), row.partner_id, row.share).await?;
            contents.push((alert.content.0, circumstances, since));
        }
        let items: Vec<(Shown<'_>, MailContext<'_>)> = kept
            .iter()
            .zip(&contents)
            .map(|(Before { row, .. }, (content, circumstances, since))| {
                let shown = match circumstances {
                    None => Shown::ObjectData(content),
                    Some(circumstances) => Shown::Full(content, circumstances),
                };
                let link = format!("{}/a/{}", config.public_url, self.deps.link_key.token(row.id, now));
                let carries = carries(row.label, policy, way);
                let own = enclosed.iter().find(|one| one.id == row.id).filter(|_| carries == Carries::Content);
                let pictures = own.map_or(&[][..], |own| &own.material.pictures);
                let enclosures = own.map_or(&[][..], |own| &own.files);
                let left = (picture_room, room);
                let (of_pictures, of_files) = taken(pictures, picture_room, enclosures, room);
                (picture_room, room) = (picture_room - of_pictures, room - of_files);
                let context = MailContext {
                    message_id: message_id(row.alert_id, row.partner_id, &row.address, &config.message_id_domain),
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
                    root: root.clone(),
                    earlier: &[],
                    since: since.as_ref(),
                    date: now,
                    signers: &self.signers,
                    carries,
                    pictures,
                    picture_room: left.0,
                    enclosures,
                    room: left.1,
                    seal: None,
                };
                (shown, context)
            })
            .collect();
        let ids: Vec<DeliveryId> = kept.iter().map(|before| before.row.id).collect();
        let id = digest_id(&ids, &config.message_id_domain);
        // A panic of the mail builder must not take every later look at these rows along.
        let composed = catch_unwind(AssertUnwindSafe(|| digest(id, &items)));
        Ok(composed.unwrap_or(Err(ComposeError::Panicked))?)
    }
}
