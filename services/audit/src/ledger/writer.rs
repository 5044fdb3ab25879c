//! Who appends: one process at a time.
//!
//! The lease only spares two processes the same work. What keeps the ledger whole is the fence: it grows with each
//! change of writer, and the transaction that appends checks it at the row it locks. A process that was stopped for
//! longer than its lease wakes up with an old fence and cannot append, whatever it believes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use domain::Clock;
use domain::ids::LeaseId;
use metrics::gauge;
use store::{Db, Tx, ledger};

use crate::LedgerKeys;

/// How long the lease lasts: with [`WATCH`] the longest pause after its holder died.
pub const LEASE: Duration = Duration::from_secs(6);
/// How often the holder renews it.
pub const RENEW: Duration = Duration::from_secs(2);
/// How often another process looks whether it has ended.
pub const WATCH: Duration = Duration::from_secs(1);

/// This process's claim to be the one that appends, and what it signs with. Clones share the claim.
#[derive(Clone, Debug)]
pub struct Writer {
    /// Signs the roots.
    pub keys: LedgerKeys,
    /// The time.
    pub clock: Clock,
    id: LeaseId,
    fence: Arc<AtomicI64>,
}

impl Writer {
    /// A claim that holds nothing yet.
    pub fn new(keys: LedgerKeys, clock: Clock) -> Self {
        let id = LeaseId::generate(&clock);
        Self { keys, clock, id, fence: Arc::new(AtomicI64::new(0)) }
    }

    /// Takes or renews the lease and locks the head until the transaction ends; gives the ledger's size, or none while
    /// another process writes.
    pub async fn hold(&self, tx: &mut Tx) -> Result<Option<i64>, store::Error> {
        let fence = self.fence.load(Ordering::Acquire);
        let head = ledger::hold(tx, self.id, fence, self.clock.now(), LEASE).await?;
        gauge!("tocsin_ledger_writer").set(if head.is_some() { 1.0 } else { 0.0 });
        let Some(head) = head else { return Ok(None) };
        if head.fence != fence {
            self.fence.store(head.fence, Ordering::Release);
            tracing::info!(ledger.fence = head.fence, ledger.size = head.size, "this process writes the ledger now");
        }
        Ok(Some(head.size))
    }

    /// The same in a transaction of its own; says whether this process writes.
    pub async fn renew(&self, db: &Db) -> Result<bool, store::Error> {
        let mut tx = db.begin().await?;
        let held = self.hold(&mut tx).await?;
        tx.commit().await?;
        Ok(held.is_some())
    }

    /// Gives the lease back at a soft stop, so that the next process need not wait for its end.
    pub async fn let_go(&self, db: &Db) -> Result<(), store::Error> {
        let mut tx = db.begin().await?;
        ledger::let_go(&mut tx, self.id, self.fence.load(Ordering::Acquire), self.clock.now()).await?;
        tx.commit().await
    }
}
