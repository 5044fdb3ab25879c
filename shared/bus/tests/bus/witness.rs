//! A consumer whose effect can be counted: for each fact it handles it records a fact of its own.

use std::sync::Arc;

use bus::{Consumer, HandleError};
use contracts::events::{DirectoryChangedV1, Event, RuleSetReleasedV1};
use contracts::{Envelope, Service};
use domain::Clock;
use store::{Tx, inbox, outbox};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Whose mark [`Mood::Wait`] waits for.
pub const LOCKED: &str = "test.locked";

/// How it meets a fact, by the fact's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Work,
    Retry,
    Poison,
    /// Another fact comes first.
    Early,
    Panic,
    /// Waits for a row that somebody else has locked, until the database cuts it off.
    Wait,
    /// Does its work and never comes back: the process dies before the commit.
    Hang,
    /// Does its work while its process is told to stop.
    Leave,
}

/// Handles up to `BATCH` facts at once.
pub struct Witness<const BATCH: usize = 1> {
    clock: Clock,
    mood: fn(i64) -> Mood,
    /// Told when it hangs.
    pub hanging: Arc<Notify>,
    /// Cancelled when it leaves.
    pub stop: CancellationToken,
}

impl<const BATCH: usize> Witness<BATCH> {
    pub fn new(clock: &Clock, mood: fn(i64) -> Mood) -> Arc<Self> {
        Arc::new(Self { clock: clock.clone(), mood, hanging: Arc::default(), stop: CancellationToken::new() })
    }

    pub fn willing(clock: &Clock) -> Arc<Self> {
        Self::new(clock, |_| Mood::Work)
    }
}

impl<const BATCH: usize> Consumer for Witness<BATCH> {
    const NAME: &'static str = "test.witness";
    const KEYS: &'static [&'static str] = &[RuleSetReleasedV1::KIND];
    const BATCH: usize = BATCH;

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let cause: RuleSetReleasedV1 = message.open()?;
            let effect = DirectoryChangedV1 {
                revision: cause.version,
                added: 0,
                changed: 0,
                directory_sha256: cause.sha256.clone(),
            };
            outbox::record(tx, Service::Audit, &self.clock, &effect).await?;
            match (self.mood)(cause.version) {
                Mood::Work => {}
                Mood::Retry => return Err(HandleError::Retry("not today".into())),
                Mood::Early => return Err(HandleError::Early("after another one".into())),
                Mood::Poison => return Err(HandleError::Poison("never".into())),
                Mood::Wait => inbox::set_swept_to(tx, LOCKED, self.clock.now()).await?,
                Mood::Panic => panic!("as the test wants it"),
                Mood::Hang => {
                    self.hanging.notify_one();
                    std::future::pending::<()>().await;
                }
                Mood::Leave => self.stop.cancel(),
            }
        }
        Ok(())
    }
}
