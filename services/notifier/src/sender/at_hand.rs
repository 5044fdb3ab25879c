//! The quick way: once the first mail of a version is made, another takes microseconds. So it is made in the transaction that
//! finds the delivery due, from what that transaction sees, and its try begins with it.
//!
//! It is for first tries of a case's first version (what a later one says of the earlier takes several looks) to readers without
//! keys, where nothing is in the way. All else is leased and goes the long way ([`super::start`]).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use domain::Timestamp;
use domain::ids::{AlertId, DeliveryId, LeaseId};
use store::deliveries::{self, DueRow};
use store::{Tx, sending};

use super::begin::ids_of;
use super::prepare::{Made, Source, gather};
use super::start::Going;
use super::{Inner, SendError};
use crate::material::Material;
use crate::protect::Protection;

impl Inner {
    /// Begins the tries of those of these deliveries for which all is at hand. They are due, and locked in this transaction.
    pub(super) async fn begin_at_hand(
        &self,
        tx: &mut Tx,
        due: &[DueRow],
        lease: LeaseId,
        now: Timestamp,
    ) -> Result<Vec<Going>, SendError> {
        // A signature takes its time.
        if !self.signers.is_empty() {
            return Ok(Vec::new());
        }
        let alerts: HashSet<AlertId> = due.iter().filter(|row| row.is_new).map(|row| row.alert_id).collect();
        let shelved = alerts.into_iter().filter_map(|alert| Some((alert, self.shelved.find(alert)?)));
        let materials: HashMap<AlertId, Arc<Material>> =
            shelved.filter(|(_, material)| material.alert.version == 1).collect();
        let mut asked = ids_of(due.iter().filter(|row| row.is_new && materials.contains_key(&row.alert_id)));
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let alone: HashSet<DeliveryId> = deliveries::alone(tx, &asked).await?.into_iter().collect();
        asked.retain(|id| alone.contains(id));
        let mut rows = deliveries::find_all(tx, &asked).await?;
        rows.retain(|row| self.removal(row, now).is_none());
        let (root, parts) = gather(tx, &rows.iter().collect::<Vec<_>>(), &materials).await?;
        let mut made = HashMap::with_capacity(parts.len());
        for parts in parts.iter().filter(|parts| parts.partner.keys.is_empty()) {
            let wanted = self.wanted(parts, now);
            let mould = parts.material.mould(wanted.kind, None);
            if let (Some(mould), Protection::Clear(_)) = (mould, &wanted.protection)
                && let Some(Made::Mail(mail, key, room)) =
                    self.put_together(parts, root.clone(), now, &wanted, Source::Mould(mould))?
            {
                made.insert(parts.row.id, (mail, key, room));
            }
        }
        let goings = rows.into_iter().filter_map(|row| {
            let made = made.remove(&row.id)?;
            Some(self.going_anew(row, &[], made))
        });
        let goings: Vec<Going> = goings.collect();
        // Since they were found the desk may have stopped all sending: no try may begin after that.
        if goings.is_empty() || sending::is_stopped(tx).await? {
            return Ok(Vec::new());
        }
        self.begin_tries(tx, &goings, lease, now).await?;
        Ok(goings)
    }
}
