//! One try of a password, counted before it is looked at.
//!
//! Counting afterwards would let a thousand guesses sent at the same moment all see the count of before.

use std::net::IpAddr;

use domain::Timestamp;
use sha2::{Digest as _, Sha256};
use store::Tx;
use store::identity::{self, FailureRow};

use crate::Deps;
use crate::throttle::{Verdict, judge, judge_network};

/// What tries are counted by, as a hash: the tables hold neither addresses without an account nor who called from where.
#[derive(Clone, Copy)]
pub(crate) struct Key {
    hash: [u8; 32],
    by: By,
}

#[derive(Clone, Copy)]
enum By {
    Address,
    Network,
}

impl Key {
    /// By the address tried: upper and lower case are one address, as they are one account.
    pub(crate) fn of(address: &str) -> Self {
        Self { hash: Sha256::digest(address.trim().to_lowercase().as_bytes()).into(), by: By::Address }
    }

    /// By the network it comes from. No address is spelt like this, so the two never meet.
    pub(crate) fn of_network(network: IpAddr) -> Self {
        Self { hash: Sha256::digest(format!("network {network}").as_bytes()).into(), by: By::Network }
    }

    fn judge(&self, known: FailureRow, now: Timestamp) -> Verdict {
        match self.by {
            By::Address => judge(known, now),
            By::Network => judge_network(known, now),
        }
    }
}

/// One order for everybody, so that two tries never wait for each other's second row.
fn in_order(keys: &[Key]) -> Vec<Key> {
    let mut keys = keys.to_vec();
    keys.sort_unstable_by_key(|key| key.hash);
    keys
}

/// Counts a try as failed by every key, or says how many seconds it must wait. Whoever succeeds takes it back by [`succeeded`].
pub(crate) async fn begin(deps: &Deps, keys: &[Key]) -> Result<Option<u64>, store::Error> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let mut counts = Vec::new();
    let mut wait = None;
    for key in in_order(keys) {
        let known = identity::lock_failures(&mut tx, &key.hash, now).await?;
        match key.judge(known, now) {
            Verdict::Wait { secs } => wait = wait.max(Some(secs)),
            Verdict::Try { failures } => counts.push((key, failures)),
        }
    }
    if wait.is_some() {
        tx.rollback().await?;
        return Ok(wait);
    }
    for (key, failures) in counts {
        identity::count_failure(&mut tx, &key.hash, failures, now).await?;
    }
    tx.commit().await?;
    Ok(None)
}

/// The try that was counted succeeded, in the transaction of what it lets its owner do. An address forgets its
/// failures; a network only this try: a guesser's own account must not wash the guesses at others away.
pub(crate) async fn succeeded(tx: &mut Tx, keys: &[Key]) -> Result<(), store::Error> {
    for key in in_order(keys) {
        match key.by {
            By::Address => identity::clear_failures(tx, &key.hash).await?,
            By::Network => identity::forgive_failure(tx, &key.hash).await?,
        }
    }
    Ok(())
}
