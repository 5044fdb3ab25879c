//! Wakes a loop that would otherwise only look now and then.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

/// A bell between a commit and the loop that works on what was committed. A ring is remembered until the next wait.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    /// A new bell.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes the loop, now or at its next wait.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for a ring, but at most `limit`: a bell may be missed by a crash, a poll may not.
    pub async fn wait(&self, limit: Duration) {
        drop(tokio::time::timeout(limit, self.0.notified()).await);
    }
}
