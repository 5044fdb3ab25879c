//! One try of a password, counted before it is looked at.
//!
//! Counting afterwards would let a thousand guesses sent at the same moment all see the count of before.

use sha2::{Digest as _, Sha256};
use store::identity;

use crate::Deps;
use crate::throttle::{Verdict, judge};

/// What a tried address is counted by: upper and lower case are one address, as they are one account.
#[derive(Clone, Copy)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn of(address: &str) -> Self {
        Self(Sha256::digest(address.trim().to_lowercase().as_bytes()).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Counts a try as failed, or says how many seconds it must wait. Whoever succeeds clears the count.
pub(crate) async fn begin(deps: &Deps, key: Key) -> Result<Option<u64>, store::Error> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let known = identity::lock_failures(&mut tx, key.as_bytes(), now).await?;
    match judge(known, now) {
        Verdict::Wait { secs } => {
            tx.rollback().await?;
            Ok(Some(secs))
        }
        Verdict::Try { failures } => {
            identity::count_failure(&mut tx, key.as_bytes(), failures, now).await?;
            tx.commit().await?;
            Ok(None)
        }
    }
}
