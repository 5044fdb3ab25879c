//! The quick way: once the first mail of a version is made, another takes microseconds. So it is made in the transaction that
//! finds the delivery due, from what that transaction sees, and its try begins with it.
//!
//! It is for first tries of a case's first version (what a later one says of the earlier takes several looks) to readers without
//! keys, where nothing is in the way. All else is leased and goes the long way ([`super::start`]).

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use domain::Timestamp;
use domain::ids::{AlertId, DeliveryId, LeaseId};
use futures::FutureExt as _;
use sha2::{Digest, Sha256};
use store::Tx;
use store::deliveries::{self, Beginning, DueRow};

use super::prepare::{Made, Source, gather};
use super::start::{Begun, Going, Waiting};
use super::{Inner, POLL, SendError, chain};
use crate::material::Material;
use crate::protect::Protection;

impl Inner {
    /// Begins what is at hand of these, which are due and locked in this transaction, leases the others, and begins those the
    /// long way. What fails here is found again.
    pub(super) async fn begin_all(&self, tx: Tx, lease: LeaseId, due: &[DueRow], mut waiting: Waiting) {
        // Measured from before the lease, so that ours ends before the one in the table.
        let deadline = Instant::now() + self.deps.config.lease();
        let (goings, leased) = match self.begin_or_lease(tx, lease, due).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot begin or lease what is due");
                // In hand for as long, so that the same is not found again and again.
                tokio::time::sleep(POLL).await;
                return;
            }
        };
        if !goings.is_empty() {
            let noted = self.noted(goings);
            if noted.is_empty() {
                // The same: one after the other would begin and go nowhere.
                tokio::time::sleep(POLL).await;
                return;
            }
            for going in noted {
                if let Some(one) = waiting.remove(&going.row.id) {
                    drop(one.send(Begun { going: Box::new(going), deadline }));
                }
            }
        }
        let leased: HashSet<DeliveryId> = leased.into_iter().collect();
        let leased: Vec<DueRow> = due.iter().filter(|row| leased.contains(&row.id)).cloned().collect();
        waiting.retain(|id, _| leased.iter().any(|row| row.id == *id));
        self.start_all(lease, &leased, waiting).await;
    }

    /// The tries that have begun, and what is leased instead.
    async fn begin_or_lease(
        &self,
        mut tx: Tx,
        lease: LeaseId,
        due: &[DueRow],
    ) -> Result<(Vec<Going>, Vec<DeliveryId>), SendError> {
        let (now, lasts) = (self.deps.clock.now(), self.deps.config.lease());
        // One that fails must not keep the others from their mail, nor one over which the program fails: nothing was
        // committed, and all of them can go the long way, one by one if they must.
        let begun = AssertUnwindSafe(self.begin_at_hand(&mut tx, due, (lease, now.plus(lasts)))).catch_unwind().await;
        let (goings, mut tx) = match begun.unwrap_or(Err(SendError::Panicked)) {
            Ok(goings) => (goings, tx),
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot begin what is at hand; it is leased first");
                tx.rollback().await?;
                (Vec::new(), self.deps.db.begin().await?)
            }
        };
        let begun: HashSet<DeliveryId> = goings.iter().map(|going| going.row.id).collect();
        let others = due.iter().filter(|row| !begun.contains(&row.id));
        let leased = deliveries::lease(&mut tx, &ids_of(others), lease, now, lasts).await?;
        tx.commit().await?;
        Ok((goings, leased))
    }

    /// Begins the tries of those of these deliveries for which all is at hand.
    async fn begin_at_hand(
        &self,
        tx: &mut Tx,
        due: &[DueRow],
        (lease, until): (LeaseId, Timestamp),
    ) -> Result<Vec<Going>, SendError> {
        let mut materials: HashMap<AlertId, Arc<Material>> = HashMap::new();
        for alert in due.iter().filter(|row| row.is_new).map(|row| row.alert_id) {
            if let Some(material) = self.shelved.find(alert)
                && material.alert.version == 1
            {
                materials.insert(alert, material);
            }
        }
        let asked = ids_of(due.iter().filter(|row| row.is_new && materials.contains_key(&row.alert_id)));
        // A signature takes its time.
        if asked.is_empty() || !self.signers.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.deps.clock.now();
        let alone = deliveries::alone(tx, &asked).await?;
        let mut rows = deliveries::find_all(tx, &alone).await?;
        rows.retain(|row| self.removal(row, now).is_none());
        let (root, parts) = gather(tx, &rows.iter().collect::<Vec<_>>(), &materials).await?;
        let mut made = HashMap::with_capacity(parts.len());
        for parts in parts.iter().filter(|parts| parts.partner.keys.is_empty()) {
            let wanted = self.wanted(parts, now);
            let mould = parts.material.mould(wanted.kind, None);
            if let (Some(mould), Protection::Clear(_)) = (mould, &wanted.protection)
                && let Some(Made::Mail(mail, _, room)) =
                    self.put_together(parts, root.clone(), now, &wanted, Source::Mould(mould))?
            {
                made.insert(parts.row.id, (mail, room));
            }
        }
        let goings = rows.into_iter().filter_map(|row| {
            let (mail, room) = made.remove(&row.id)?;
            let kept = (mail.message_id, Sha256::digest(&mail.bytes).to_vec());
            Some(self.going(row, &[], kept, (mail.bytes, room)).with_new_mail(mail.common, None))
        });
        let goings: Vec<Going> = goings.collect();
        let tries: Vec<Beginning<'_>> = goings.iter().map(Going::beginning).collect();
        if !tries.is_empty() {
            deliveries::begin_tries(tx, (lease, until), &tries, now).await?;
        }
        Ok(goings)
    }
}

/// The identifiers of these.
pub(super) fn ids_of<'a>(due: impl IntoIterator<Item = &'a DueRow>) -> Vec<DeliveryId> {
    due.into_iter().map(|row| row.id).collect()
}
