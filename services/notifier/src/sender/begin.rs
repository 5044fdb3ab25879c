//! How what is due comes to its tries: at hand, in the transaction that found it; or leased there, and begun the long way. Each
//! try is handed to whoever waits for it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use domain::Timestamp;
use domain::ids::{AlertId, DeliveryId, LeaseId};
use futures::FutureExt as _;
use store::Tx;
use store::deliveries::{self, DueRow};
use tokio::sync::oneshot;

use super::start::{Going, Started, With};
use super::{Inner, POLL, SendError, chain};

/// A try that may go to the wire now.
#[derive(Debug)]
pub(super) struct Begun {
    pub going: Box<Going>,
    /// When its lease ends unless it is renewed.
    pub deadline: Instant,
}

/// Those who wait for their tries to begin. Whoever is left out of it without an answer leaves its hand.
#[derive(Debug, Default)]
pub(super) struct Waiting(HashMap<DeliveryId, oneshot::Sender<Begun>>);

impl Waiting {
    /// Waits for the try of a delivery.
    pub fn join(&mut self, id: DeliveryId) -> oneshot::Receiver<Begun> {
        let (start, begun) = oneshot::channel();
        self.0.insert(id, start);
        begun
    }

    fn hand_out(&mut self, begun: Vec<Begun>) {
        for begun in begun {
            if let Some(one) = self.0.remove(&begun.going.row.id) {
                drop(one.send(begun));
            }
        }
    }
}

impl Inner {
    /// Begins what is at hand of these, which are due and locked in this transaction, leases the others, and begins those the
    /// long way. What fails here, or is left, is found again.
    pub(super) async fn begin_all(
        &self,
        tx: Tx,
        lease: LeaseId,
        found_at: Timestamp,
        mut due: Vec<DueRow>,
        mut waiting: Waiting,
    ) {
        // Measured from before the lease, so that ours ends before the one in the table.
        let deadline = Instant::now() + self.deps.config.lease();
        let (goings, leased) = match self.begin_or_lease(tx, lease, found_at, &due).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot begin or lease what is due");
                // In hand for as long, so that the same is not found again and again.
                tokio::time::sleep(POLL).await;
                return;
            }
        };
        waiting.hand_out(self.noted(goings, deadline).await);
        due.retain(|row| leased.contains(&row.id));
        self.start_all(lease, &due, waiting).await;
    }

    /// The tries that have begun, and what is leased instead.
    async fn begin_or_lease(
        &self,
        mut tx: Tx,
        lease: LeaseId,
        found_at: Timestamp,
        due: &[DueRow],
    ) -> Result<(Vec<Going>, HashSet<DeliveryId>), SendError> {
        let (now, lasts) = (self.deps.clock.now().max(found_at), self.deps.config.lease());
        // One that fails must not keep the others from their mail, nor one over which the program fails: nothing was
        // committed, and those that are due still can go the long way, one by one if they must.
        let begun = AssertUnwindSafe(self.begin_at_hand(&mut tx, due, lease, now)).catch_unwind().await;
        let (goings, mut tx) = match begun.unwrap_or(Err(SendError::Panicked)) {
            Ok(goings) => (goings, tx),
            Err(error) => {
                tracing::warn!(error = chain(&error), "cannot begin what is at hand; it is leased first");
                tx.rollback().await?;
                (Vec::new(), self.deps.db.begin().await?)
            }
        };
        let begun: HashSet<DeliveryId> = goings.iter().map(|going| going.row.id).collect();
        let others = ids_of(self.for_the_long_way(due.iter().filter(|row| !begun.contains(&row.id)).collect()));
        let leased = deliveries::lease(&mut tx, &others, lease, now, lasts).await?;
        tx.commit().await?;
        Ok((goings, leased.into_iter().collect()))
    }

    /// All of these but such as will be at hand when the first of their version have gone: those wait for that, and are found
    /// again.
    fn for_the_long_way<'a>(&self, mut others: Vec<&'a DueRow>) -> Vec<&'a DueRow> {
        let alerts: HashSet<AlertId> = others.iter().map(|row| row.alert_id).collect();
        let unread: HashSet<AlertId> = alerts.into_iter().filter(|id| self.shelved.find(*id).is_none()).collect();
        let mut first = 0;
        others.retain(|row| {
            let is_read = !row.is_new || !unread.contains(&row.alert_id);
            first += usize::from(!is_read);
            is_read || first <= self.deps.config.workers
        });
        others
    }

    /// Those of these tries, which are committed, that may leave: all, or none.
    pub(super) async fn noted(&self, goings: Vec<Going>, deadline: Instant) -> Vec<Begun> {
        if goings.last().is_some_and(|last| !self.last_try.note(last.attempt, self.deps.clock.now())) {
            // What is not kept outside must not leave: the open tries are found and repeated, as after a crash. They stay in
            // hand for a while, and one after them; otherwise one after the other would begin and go nowhere.
            tokio::time::sleep(POLL).await;
            return Vec::new();
        }
        goings.into_iter().map(|going| Begun { going: Box::new(going), deadline }).collect()
    }

    /// Begins the tries of what was leased. What fails here leaves the row leased; the lease runs out and the row is found
    /// again. One that fails must not keep the others back for that long: they are begun one by one.
    pub(super) async fn start_all(&self, lease: LeaseId, leased: &[DueRow], mut waiting: Waiting) {
        // What has a mail already need not wait for pictures of others.
        let (new, known): (Vec<&DueRow>, Vec<&DueRow>) = leased.iter().partition(|row| row.is_new);
        let mut groups = VecDeque::from([(With::Kept, ids_of(known)), (With::Prepared, ids_of(new))]);
        while let Some((with, group)) = groups.pop_front() {
            if group.is_empty() {
                continue;
            }
            // Nor may one over which the program fails: no answer holds a half-begun try, since nothing was committed.
            let started = AssertUnwindSafe(self.start(&group, lease, with)).catch_unwind().await;
            match started.unwrap_or(Err(SendError::Panicked)) {
                Ok(Started { begun, unprepared }) => {
                    waiting.hand_out(begun);
                    groups.push_front((With::Prepared, unprepared));
                }
                Err(error) if group.len() == 1 => {
                    tracing::error!(delivery.id = %group[0], error = chain(&error), "cannot start a delivery");
                    if error.is_away() {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(error = chain(&error), "cannot start deliveries together; each by itself");
                    groups.extend(group.into_iter().map(|id| (with, vec![id])));
                }
            }
        }
    }
}

/// The identifiers of these.
pub(super) fn ids_of<'a>(due: impl IntoIterator<Item = &'a DueRow>) -> Vec<DeliveryId> {
    due.into_iter().map(|row| row.id).collect()
}
