//! Erases the person who answered: name, words, what they saw and photographed. That an answer was given, which, when and by
//! which partner stays, and so does every fact, none of which names anybody.
//!
//! Done when somebody asks for it ([`erase_answer`]), when a case ended long ago ([`erase_due`]), and when intake erased who
//! told of the sighting that came with the answer ([`OnSightingErased`]). Each is done once, however often it is told.

use std::time::Duration;

use bus::{Consumer, HandleError};
use contracts::events::{AnswerErasedV1, SightingErasedV1};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::codes::ErasureGround;
use domain::ids::{AccountId, AnswerId};
use store::answers::{self, AnswerRow};
use store::{Tx, outbox, retention};
use tokio_util::sync::CancellationToken;

use crate::Deps;

/// How often to look for what has been kept long enough.
const PAUSE: Duration = Duration::from_secs(3600);
/// How many answers at a time.
const AT_ONCE: i64 = 500;

/// Erases who gave an answer; gives the answer as it was, or none if there is none. One who was erased before stays so.
pub async fn erase_answer(
    deps: &Deps,
    by: Option<AccountId>,
    id: AnswerId,
    ground: ErasureGround,
) -> Result<Option<AnswerRow>, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some(row) = answers::find(&mut tx, id).await? else { return Ok(None) };
    let sighting_id = answers::sighting_of(&mut tx, id).await?;
    if answers::erase(&mut tx, id, deps.clock.now()).await? {
        let event = AnswerErasedV1 { answer_id: id, case_id: row.case_id, sighting_id, erased_by: by, ground };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
        tracing::info!(case.id = %row.case_id, answer.id = %id, "erased who answered");
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(Some(row))
}

/// Erases who answered to cases that ended long enough ago; says how many. Each in a transaction of its own: killed anywhere,
/// the next look goes on with what is left.
pub async fn erase_due(deps: &Deps) -> Result<usize, store::Error> {
    let Some(kept) = deps.persons_kept else { return Ok(0) };
    let before = deps.clock.now().minus(kept);
    let mut done = 0;
    loop {
        let mut tx = deps.db.read().await?;
        let due = retention::answers_due(&mut tx, before, AT_ONCE).await?;
        tx.commit().await?;
        if due.is_empty() {
            return Ok(done);
        }
        for id in due {
            erase_answer(deps, None, id, ErasureGround::Retention).await?;
            done += 1;
        }
    }
}

/// Looks until `stop`.
pub(crate) async fn keep_erased(deps: &Deps, stop: &CancellationToken) {
    loop {
        match erase_due(deps).await {
            Ok(0) => {}
            Ok(answers) => tracing::info!(answers, "erased who answered to cases that ended long ago"),
            Err(error) => tracing::warn!(%error, "cannot erase who answered to old cases yet"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}

/// Erases here what intake erased of a sighting.
#[derive(Clone, Debug)]
pub struct OnSightingErased {
    clock: Clock,
}

impl OnSightingErased {
    /// By this clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock }
    }
}

impl Consumer for OnSightingErased {
    const NAME: &'static str = "notifier.erased-sightings";
    const KEYS: &'static [&'static str] = &[SightingErasedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let fact: SightingErasedV1 = message.open()?;
            // Most were reported to intake, and nothing of them is here.
            if let Some(answer) = answers::of_sighting(tx, fact.sighting_id).await? {
                answers::erase(tx, answer, self.clock.now()).await?;
            }
        }
        Ok(())
    }
}
