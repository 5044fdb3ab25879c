//! What handles facts.

use std::error::Error;

use contracts::{Envelope, EnvelopeError};
use store::Tx;

/// Handles facts of some kinds.
///
/// A handler decides and writes, in the transaction it is given; it never calls out. It may be given the same fact
/// again only if its transaction was rolled back.
pub trait Consumer: Send + Sync + 'static {
    /// The name in the inbox and of the queue, such as `routing.plan`.
    const NAME: &'static str;

    /// The kinds it wants, such as `alert.released.v1`; empty for every kind.
    const KEYS: &'static [&'static str];

    /// The most facts it is given at once.
    const BATCH: usize = 1;

    /// Handles facts; of those that a service recorded and that are of one kind, the oldest comes first.
    fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> impl Future<Output = Result<(), HandleError>> + Send;

    /// Called after the commit: the place to ring bells.
    fn committed(&self) {}

    /// Whether it wants facts of this kind.
    fn wants(kind: &str) -> bool {
        Self::KEYS.is_empty() || Self::KEYS.contains(&kind)
    }
}

/// Why a fact was not handled, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    /// The database is away. Not the fact's fault, so not counted against it.
    #[error("reach the database")]
    Unavailable(#[source] store::Error),
    /// Another fact has to be handled before. Not this one's fault: left for later, as often as it takes.
    #[error("wait for another fact")]
    Early(#[source] Box<dyn Error + Send + Sync>),
    /// It may work later: counted, tried again, parked in the end.
    #[error("handle the fact for now")]
    Retry(#[source] Box<dyn Error + Send + Sync>),
    /// It can never work: parked at once.
    #[error("understand the fact")]
    Poison(#[source] Box<dyn Error + Send + Sync>),
}

impl From<store::Error> for HandleError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => Self::Unavailable(error),
            // `TooSlow` among them: one fact whose statement never ends in time must not hold up all that follow it.
            // Where the whole database is slow, its failure cannot be counted in time either, and is not.
            other => Self::Retry(Box::new(other)),
        }
    }
}

impl From<EnvelopeError> for HandleError {
    fn from(error: EnvelopeError) -> Self {
        Self::Poison(Box::new(error))
    }
}

/// The error and its causes on one line, for the log and the parked table.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.chars().take(500).collect()
}
