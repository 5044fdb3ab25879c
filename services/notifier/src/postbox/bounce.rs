//! A mail that a server had taken came back. Its delivery is refused after all, or given up, as the report says, so that
//! every address stays in exactly one state; whoever must be reached becomes a task and its second contacts are written
//! to; any other address is left alone for a while after too many.

use std::time::Duration;

use contracts::Service;
use contracts::events::{AddressSuppressedV1, DeliveryBouncedV1};
use domain::Timestamp;
use domain::delivery::{BounceKind, DeliveryState};
use domain::ids::DeliveryId;
use domain::text::Line;
use sha2::{Digest, Sha256};
use store::bounces::{self, BounceRow, SuppressionRow};
use store::deliveries::{self, DeliveryRow};
use store::{Tx, chases, mails, outbox};

use super::classify::{Failed, Letter};
use super::{Addressed, Postbox, Taken};

/// How many mails to an address must come back,
const ENOUGH: i64 = 2;
/// within which time,
const WITHIN: Duration = Duration::from_secs(7 * 24 * 3600);
/// for how long a rest.
const REST: Duration = Duration::from_secs(30 * 24 * 3600);

/// What a delivery becomes. Pure. A temporary status says that somebody gave up trying (RFC 3464, 2.3.4).
pub(super) fn state(failed: &Failed) -> DeliveryState {
    match &failed.status {
        Some(status) if status.starts_with('4') => DeliveryState::Expired,
        _ => DeliveryState::Refused,
    }
}

/// Whom a report is about, if it is not this address: somebody whom the mail was passed on to.
fn passed_on_to<'a>(failed: &'a Failed, row: &DeliveryRow) -> Option<&'a str> {
    let address = row.address.as_str().to_ascii_lowercase();
    if failed.recipients.contains(&address) { None } else { failed.recipients.last().map(String::as_str) }
}

/// What is shown of a report.
pub(super) fn words(failed: &Failed, passed_on: Option<&str>) -> String {
    let mut words = "came back".to_owned();
    if let Some(status) = &failed.status {
        words.push_str(&format!(" {status}"));
    }
    if let Some(other) = passed_on.and_then(Line::of_foreign) {
        words.push_str(&format!(" from {other}, to whom it was passed on"));
    }
    if let Some(said) = &failed.words {
        words.push_str(&format!(": {said}"));
    }
    words
}

/// Until when an address is left alone, if it is. Pure.
fn rest(came_back: i64, now: Timestamp) -> Option<Timestamp> {
    (came_back >= ENOUGH).then(|| now.plus(REST))
}

impl Postbox {
    pub(super) async fn came_back(
        &self,
        id: DeliveryId,
        failed: &Failed,
        letter: &Letter,
    ) -> Result<Taken, store::Error> {
        let mut tx = self.deps.db.begin().await?;
        let Some(row) = deliveries::find(&mut tx, id).await? else { return Ok(Taken::Unknown) };
        let passed_on = passed_on_to(failed, &row);
        let mut members = match &row.message_id {
            Some(message_id) => mails::deliveries(&mut tx, message_id).await?,
            None => Vec::new(),
        };
        if !members.contains(&id) {
            members = vec![id];
        }
        // A try that begins at this moment is seen, or waits and sees what is recorded here.
        deliveries::lock_threads(&mut tx, &members).await?;
        let mut bounced = None;
        let mut known = false;
        for member in members {
            // The server's word for it may be on its way into the table yet; by then the report comes again.
            if deliveries::is_on_the_wire(&mut tx, member).await? {
                return Ok(Taken::Later);
            }
            let Some(row) = deliveries::find(&mut tx, member).await? else { continue };
            match self.record(&mut tx, &row, failed, (letter, passed_on)).await? {
                Recorded::Now => bounced = Some(row),
                Recorded::Before => known = true,
                Recorded::Not => {}
            }
        }
        let passed_on_to_somebody = passed_on.is_some();
        let Some(last) = bounced else {
            drop(tx);
            // Whoever recorded it may have died before this; the same letter is kept once.
            if known && passed_on_to_somebody {
                self.keep(Addressed::Delivery(id), letter).await?;
            }
            return Ok(if known { Taken::Repeated } else { Taken::WithoutEffect });
        };
        if !last.partner_kind.must_be_reached() {
            self.suppress(&mut tx, &last).await?;
        }
        tx.commit().await?;
        self.deps.bell.ring();
        self.deps.due.ring();
        if passed_on_to_somebody {
            // Who has it, and who has not, is for a person to read.
            self.keep(Addressed::Delivery(id), letter).await?;
        }
        tracing::warn!(
            delivery.id = %last.id,
            partner.id = %last.partner_id,
            case.id = %last.case_id,
            "a mail that was accepted came back"
        );
        Ok(Taken::Bounced)
    }

    pub(super) async fn complained(&self, id: DeliveryId, letter: &Letter) -> Result<Taken, store::Error> {
        let mut tx = self.deps.db.begin().await?;
        let Some(row) = deliveries::find(&mut tx, id).await? else { return Ok(Taken::Unknown) };
        let kept = self.row(&row, BounceKind::Complaint, letter, (None, None));
        if !bounces::insert(&mut tx, &kept).await? {
            return Ok(Taken::Repeated);
        }
        self.tell(&mut tx, &row, &kept, row.state).await?;
        if !row.partner_kind.must_be_reached() {
            self.suppress(&mut tx, &row).await?;
        }
        tx.commit().await?;
        self.deps.bell.ring();
        Ok(Taken::Complained)
    }

    /// One delivery of the mail.
    async fn record(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        failed: &Failed,
        (letter, passed_on): (&Letter, Option<&str>),
    ) -> Result<Recorded, store::Error> {
        let now = self.deps.clock.now();
        let state = state(failed);
        let words = words(failed, passed_on);
        let said = (failed.status.clone(), failed.words.clone());
        let mut kept = self.row(row, BounceKind::Failed, letter, said);
        if !bounces::insert(tx, &kept).await? {
            return Ok(Recorded::Before);
        }
        if !deliveries::come_back(tx, row.id, state, &words, now).await? {
            bounces::take_back(tx, &kept).await?;
            return Ok(Recorded::Not);
        }
        if row.partner_kind.must_be_reached() {
            let made = deliveries::create_for_notification(tx, row.notification_id, &self.deps.clock).await?;
            kept.second_contacts = i64::try_from(made).unwrap_or(i64::MAX);
            bounces::note_second_contacts(tx, &kept).await?;
        }
        chases::look_again(tx, row.notification_id, now).await?;
        self.tell(tx, row, &kept, state).await?;
        Ok(Recorded::Now)
    }

    fn row(
        &self,
        row: &DeliveryRow,
        kind: BounceKind,
        letter: &Letter,
        (status, words): (Option<String>, Option<String>),
    ) -> BounceRow {
        BounceRow {
            delivery_id: row.id,
            kind,
            tries: row.tries,
            digest: letter.digest.to_vec(),
            notification_id: row.notification_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            address: row.address.clone(),
            status,
            words,
            received_at: self.deps.clock.now(),
            task: row.partner_kind.must_be_reached(),
            second_contacts: 0,
            settled_at: None,
            settled_why: None,
        }
    }

    /// The fact of it.
    async fn tell(
        &self,
        tx: &mut Tx,
        row: &DeliveryRow,
        kept: &BounceRow,
        state: DeliveryState,
    ) -> Result<(), store::Error> {
        let event = DeliveryBouncedV1 {
            delivery_id: row.id,
            notification_id: row.notification_id,
            alert_id: row.alert_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            bounce: kept.kind,
            status: kept.status.clone(),
            state,
            words_sha256: kept.words.as_ref().map(|words| hex::encode(Sha256::digest(words.as_bytes()))),
            second_contacts: kept.second_contacts,
        };
        outbox::record(tx, Service::Notifier, &self.deps.clock, &event).await.map(drop)
    }

    /// Leaves an address alone for a while, if enough came back since somebody last released it by hand.
    async fn suppress(&self, tx: &mut Tx, row: &DeliveryRow) -> Result<(), store::Error> {
        let now = self.deps.clock.now();
        let released = bounces::released_at(tx, row.partner_id, &row.address).await?;
        let since = released.unwrap_or(now.minus(WITHIN)).max(now.minus(WITHIN));
        let came_back = bounces::recent(tx, row.partner_id, &row.address, since).await?;
        let Some(ends_at) = rest(came_back, now) else { return Ok(()) };
        let suppression = SuppressionRow {
            partner_id: row.partner_id,
            address: row.address.clone(),
            delivery_id: row.id,
            bounces: came_back,
            begun_at: now,
            ends_at,
        };
        if !bounces::suppress(tx, &suppression).await? {
            return Ok(());
        }
        let event =
            AddressSuppressedV1 { delivery_id: row.id, partner_id: row.partner_id, bounces: came_back, until: ends_at };
        outbox::record(tx, Service::Notifier, &self.deps.clock, &event).await?;
        tracing::warn!(delivery.id = %row.id, partner.id = %row.partner_id, "an address gets no mail for a while");
        Ok(())
    }
}

/// What became of one delivery.
enum Recorded {
    Now,
    Before,
    /// No server is thought to have it.
    Not,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_the_status_says_what_a_delivery_becomes() {
        for (status, expected) in [
            (Some("5.1.1"), DeliveryState::Refused),
            (Some("5.2.2"), DeliveryState::Refused),
            (Some("4.4.7"), DeliveryState::Expired),
            (None, DeliveryState::Refused),
        ] {
            let failed = Failed { status: status.map(str::to_owned), ..Failed::default() };
            assert_eq!(state(&failed), expected, "{status:?}");
        }
    }

    #[test]
    fn two_in_a_week_are_enough_for_a_rest_of_thirty_days() {
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        assert_eq!(rest(1, now), None);
        assert_eq!(rest(2, now), Some(now.plus(REST)));
    }
}
