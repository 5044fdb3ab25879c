//! Every fact of every service becomes an entry.

use std::collections::HashMap;

use bus::{Consumer, HandleError};
use contracts::Envelope;
use store::{Tx, outbox};

use super::Writer;
use super::append::{AppendError, append};

/// Writes facts into the ledger.
///
/// A message only says which facts to look at; what is written is what the service recorded. Whoever can write to a
/// queue can therefore neither put anything into the ledger nor change a word of it.
#[derive(Clone, Debug)]
pub struct OnEveryEvent {
    /// The claim to be the one that appends.
    pub writer: Writer,
}

/// A message about a fact that no service recorded.
#[derive(Debug, thiserror::Error)]
#[error("no service recorded this fact")]
struct Unrecorded;

impl Consumer for OnEveryEvent {
    const NAME: &'static str = "audit.ledger";
    const KEYS: &'static [&'static str] = &[];
    const BATCH: usize = 500;

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        let ids: Vec<_> = messages.iter().map(|message| message.id).collect();
        let recorded = outbox::find_all(tx, &ids).await?;
        let mut recorded: HashMap<_, _> = recorded.into_iter().map(|row| (row.id, row)).collect();
        let mut facts = Vec::with_capacity(ids.len());
        for id in &ids {
            facts.push(recorded.remove(id).ok_or_else(|| HandleError::Poison(Box::new(Unrecorded)))?);
        }
        match append(tx, &self.writer, facts).await {
            Ok(_) => Ok(()),
            Err(AppendError::Store(error)) => Err(error.into()),
            Err(error @ AppendError::Fenced) => {
                Err(HandleError::Unavailable(store::Error::Unsuitable(error.to_string())))
            }
            // No fact's fault: all of them wait until the ledger is whole again, and none is set aside.
            Err(AppendError::Damaged(damaged)) => {
                Err(HandleError::Unavailable(store::Error::Unsuitable(damaged.to_string())))
            }
        }
    }
}
