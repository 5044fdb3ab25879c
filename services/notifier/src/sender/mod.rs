//! Sends what is due. The order of its steps is told in the crate's root.
//!
//! The rows are the work list and the timer; nothing of it is kept here but which mails are in hand now.

mod at_hand;
mod begin;
mod breaker;
mod decide;
mod dispatch;
mod doubt;
mod event;
mod gate;
pub(crate) mod hold;
mod line;
mod one;
mod prepare;
mod record;
mod start;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::Timestamp;
use domain::ids::LeaseId;
use store::deliveries;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use self::breaker::Breaker;
pub(crate) use self::decide::{Try, next};
use self::dispatch::Wire;
pub(crate) use self::doubt::{doubts, is_doubtful, settle, waits_for_an_officer};
pub(crate) use self::event::{Ended, recorded, take_out, taken_out};
pub(crate) use self::gate::{DOUBTFUL, GIVEN_UP, NOT_COMPOSED, Present, Removal, removal, removal_of};
use self::record::Recorder;
pub(crate) use self::start::AFTER_THE_OTHER;
use crate::Deps;
use crate::compose::Signers;
use crate::last_try::{LastTry, Of};
use crate::material::Shelved;
use crate::mta_log::MtaLog;
use crate::transport::{Transport, TransportError};

/// How long without a ring before the sender looks by itself.
const POLL: Duration = Duration::from_secs(1);

/// How often rows are put right that no bell and no moment brings back to the work list.
const PUT_RIGHT: Duration = Duration::from_secs(5);

/// What the mails in hand may take of memory together, in KiB.
const MEMORY: usize = 256 * 1024;

/// Sends what is due.
#[derive(Clone, Debug)]
pub struct Sender(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Names this sender, for as long as its process runs.
    id: LeaseId,
    deps: Deps,
    transport: Transport,
    breaker: Mutex<Breaker>,
    signers: Signers,
    desk: seal::Desk,
    shelved: Shelved,
    log: MtaLog,
    last_try: LastTry,
    /// A pause of the mail server may stand in the table without its end: of a process that died in it, or because the end
    /// could not be kept.
    end_owed: AtomicBool,
    /// Whether the desk had stopped all sending at the last look.
    stopped: AtomicBool,
    recorder: Recorder,
    /// Of [`MEMORY`], what is free.
    memory: Arc<Semaphore>,
}

/// Why a delivery was not tried, or its end not recorded.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("use the database")]
    Store(#[from] store::Error),
    #[error("find {0}")]
    Missing(&'static str),
    #[error("record it together with others, who did not come to it")]
    Abandoned,
    #[error("begin it: the program panicked")]
    Panicked,
}

impl SendError {
    /// Whether the database does not answer: then nothing else can be read or recorded either.
    fn is_away(&self) -> bool {
        matches!(self, Self::Store(store::Error::Unavailable(_)))
    }
}

impl Sender {
    /// With the way out that the settings name.
    pub fn new(deps: Deps) -> Result<Self, TransportError> {
        let transport = Transport::new(&deps.config)?;
        let signers = Signers::load(&deps.config.dkim)?;
        let desk = seal::Desk::load(&deps.config.desk_keys())?;
        let (breaker, shelved) = (Mutex::default(), Shelved::default());
        let log = MtaLog::new(deps.config.mta_log.clone());
        let last_try = LastTry::open(deps.config.mark_file.as_deref(), Of::Alerts).map_err(TransportError::MarkFile)?;
        let id = LeaseId::generate(&deps.clock);
        let (recorder, end_owed, stopped) = (Recorder::default(), AtomicBool::new(true), AtomicBool::new(false));
        let memory = Arc::new(Semaphore::new(MEMORY));
        let inner = Inner {
            id,
            deps,
            transport,
            breaker,
            signers,
            desk,
            shelved,
            log,
            last_try,
            end_owed,
            stopped,
            recorder,
            memory,
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Sends until `stop`; then takes no new mail and finishes what is in hand.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut wire = Wire::new(&self.0.deps);
        let mut look = true;
        let mut put_right: Option<Instant> = None;
        while !stop.is_cancelled() {
            if put_right.is_none_or(|last| last.elapsed() >= PUT_RIGHT) {
                if let Err(error) = self.put_right(self.0.deps.clock.now()).await {
                    tracing::warn!(error = chain(&error), "cannot look for what was let go");
                }
                put_right = Some(Instant::now());
            }
            if look {
                look = match self.0.fill(&mut wire, self.0.deps.clock.now()).await {
                    Ok(leased) => leased > 0 && wire.has_room(),
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "cannot look for due mail");
                        false
                    }
                };
            }
            if look {
                continue;
            }
            tokio::select! {
                // There is room again; or rows are free that were locked at the last look.
                () = wire.next(), if !wire.is_empty() => look = true,
                () = self.0.deps.due.wait(POLL) => look = true,
                () = stop.cancelled() => {}
            }
        }
        while !wire.is_empty() {
            wire.next().await;
        }
    }

    /// Brings back to the work list what was let go while nobody saw it, and what a clock that was set back since has put
    /// off for too long: the sweep behind the bells of this service. Gives how many deliveries.
    pub async fn put_right(&self, now: Timestamp) -> Result<u64, store::Error> {
        let mut tx = self.0.deps.db.begin().await?;
        let found = deliveries::let_go(&mut tx, None, now).await? + deliveries::recall(&mut tx, now).await?;
        tx.commit().await?;
        if found > 0 {
            tracing::info!(deliveries = found, "brought deliveries back to the work list");
        }
        Ok(found)
    }

    /// Sends everything that is due at `now` and waits until it has ended; gives how many deliveries it took up. What
    /// is put off by this very call is not due again in it.
    pub async fn run_once(&self, now: Timestamp) -> Result<usize, store::Error> {
        let mut wire = Wire::new(&self.0.deps);
        let mut taken = 0;
        loop {
            let leased = self.0.fill(&mut wire, now).await?;
            taken += leased;
            if leased > 0 && wire.has_room() {
                continue;
            }
            if wire.is_empty() {
                return Ok(taken);
            }
            wire.next().await;
        }
    }

    /// Since when and until when no mail is tried because the mail server takes none; none if it is tried.
    pub fn paused_until(&self) -> Option<Timestamp> {
        self.0.breaker().open_until()
    }
}

impl Inner {
    /// Room in memory for a mail, if there is any. One that is longer than all of it goes alone.
    fn room_for(&self, bytes: &[u8]) -> Option<OwnedSemaphorePermit> {
        let kib = u32::try_from(bytes.len().div_ceil(1024).min(MEMORY)).ok()?;
        Arc::clone(&self.memory).try_acquire_many_owned(kib).ok()
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error and its causes on one line. None of them names a person or an address.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
