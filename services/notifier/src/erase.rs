//! Erases the person who answered: name, words, what they saw and photographed; and who wrote back by mail, with every word.
//! That an answer was given or a letter came, which, when and by which partner stays, and so does every fact, none of which
//! names anybody.
//!
//! Done when somebody asks for it ([`erase_answer`], [`erase_letter`]), when a case ended long ago ([`erase_due`]), and when intake erased who
//! told of the sighting that came with the answer ([`OnSightingErased`]). Each is done once, however often it is told.

use std::time::Duration;

use bus::{Consumer, HandleError};
use contracts::events::{AnswerErasedV1, LetterErasedV1, SightingErasedV1};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::codes::ErasureGround;
use domain::ids::{AccountId, AnswerId, CaseId, LetterId};
use store::answers::{self, AnswerRow};
use store::letters::{self, LetterRow};
use store::retention::{self, Persons, Stuck};
use store::{Tx, outbox};
use tokio_util::sync::CancellationToken;

use crate::Deps;

/// How often to look for what has been kept long enough.
const PAUSE: Duration = Duration::from_secs(3600);
/// How many cases at a time.
const AT_ONCE: i64 = 100;

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

/// Erases who wrote a letter; gives the letter as it was, or none if there is none. One that was erased before stays so.
pub async fn erase_letter(
    deps: &Deps,
    by: Option<AccountId>,
    id: LetterId,
    ground: ErasureGround,
) -> Result<Option<LetterRow>, store::Error> {
    let mut tx = deps.db.begin().await?;
    let Some(row) = letters::find(&mut tx, id).await? else { return Ok(None) };
    if letters::erase(&mut tx, id, deps.clock.now()).await? {
        let event = LetterErasedV1 { letter_id: id, case_id: row.case_id, erased_by: by, ground };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
        tracing::info!(case.id = %row.case_id, letter.id = %id, "erased who wrote a letter");
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(Some(row))
}

/// Erases who answered or wrote back to cases that ended long enough ago; says how many. Each in a transaction of its own:
/// killed anywhere, the next look goes on with what is left; and one that cannot be erased keeps no other waiting.
pub async fn erase_due(deps: &Deps, stuck: &mut Stuck) -> Result<usize, store::Error> {
    let Some(kept) = deps.persons_kept else { return Ok(0) };
    let before = deps.clock.now().minus(kept);
    let (mut done, mut last) = (0, None);
    loop {
        let mut tx = deps.db.read().await?;
        let due = retention::due(&mut tx, Persons::Answered, before, last, AT_ONCE).await?;
        tx.commit().await?;
        let Some(end) = due.last() else { return Ok(done) };
        last = Some(*end);
        for case in due {
            done += erase_case(deps, stuck, case.id).await?;
        }
    }
}

async fn erase_case(deps: &Deps, stuck: &mut Stuck, case: CaseId) -> Result<usize, store::Error> {
    let ground = ErasureGround::Retention;
    let mut tx = deps.db.read().await?;
    let answers = answers::kept_of_case(&mut tx, case).await?;
    let letters = letters::kept_of_case(&mut tx, case).await?;
    tx.commit().await?;
    let mut done = 0;
    for id in answers {
        done += usize::from(stuck.settle(id, erase_answer(deps, None, id, ground).await)?);
    }
    for id in letters {
        done += usize::from(stuck.settle(id, erase_letter(deps, None, id, ground).await)?);
    }
    Ok(done)
}

/// Looks until `stop`.
pub(crate) async fn keep_erased(deps: &Deps, stop: &CancellationToken) {
    let mut stuck = Stuck::default();
    loop {
        match erase_due(deps, &mut stuck).await {
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
