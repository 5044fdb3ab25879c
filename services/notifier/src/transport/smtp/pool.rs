//! Connections kept for the next mail. The number of workers bounds them: each holds at most one.

use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::lock;
use super::session::Session;

/// A connection carries this many mails and is then replaced, so that no server thinks us stuck.
const MAILS: u32 = 100;
/// An idle connection is older than many servers' patience after this.
const IDLE: Duration = Duration::from_secs(60);

pub(super) struct Kept {
    pub session: Session,
    /// The server has to be told to forget the last one.
    pub reset: bool,
    /// How many mails it has carried.
    pub mails: u32,
    since: Instant,
}

impl Kept {
    pub fn new(session: Session) -> Self {
        Self { session, reset: false, mails: 0, since: Instant::now() }
    }
}

pub(super) struct Pool {
    idle: Mutex<Vec<Kept>>,
    most: usize,
}

impl Pool {
    pub fn new(most: usize) -> Self {
        Self { idle: Mutex::default(), most }
    }

    /// The connection that was used last and is still fresh; old ones are closed.
    pub fn take(&self) -> Option<Kept> {
        let mut idle = lock(&self.idle);
        idle.retain(|kept| kept.since.elapsed() < IDLE);
        idle.pop()
    }

    pub fn put(&self, mut kept: Kept) {
        let mut idle = lock(&self.idle);
        if kept.mails < MAILS && idle.len() < self.most {
            kept.since = Instant::now();
            idle.push(kept);
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("idle", &lock(&self.idle).len()).field("most", &self.most).finish()
    }
}
