//! Persons go by themselves when a case has ended long enough ago: who reported it, who told of its sightings, who had a
//! part in a way back. What was told to partners, every fact and every proof stay; documents stay until somebody erases
//! them, because courts ask for them longer. Off unless the settings say how long.

use std::time::Duration;

use domain::codes::ErasureGround;
use domain::ids::CaseId;
use store::retention::{self, Persons, Stuck};
use store::{cases, restitutions, sightings};
use tokio_util::sync::CancellationToken;

use crate::restitution::erase::erase_party_in;
use crate::sightings::erase::erase_in;
use crate::{Deps, erase_reporter};

/// How often to look.
const PAUSE: Duration = Duration::from_secs(3600);
/// How many cases at a time.
const AT_ONCE: i64 = 100;

/// Erases the persons of cases that have ended long enough ago; says of how many. Each case in a transaction of its own with
/// its facts: killed anywhere, the next look goes on with what is left. One that cannot be erased is passed over, said once
/// and tried again by the next look.
pub async fn erase_due(deps: &Deps, stuck: &mut Stuck) -> Result<usize, store::Error> {
    let Some(kept) = deps.persons_kept else { return Ok(0) };
    let before = deps.clock.now().minus(kept);
    let (mut done, mut last) = (0, None);
    loop {
        let mut tx = deps.db.read().await?;
        let due = retention::due(&mut tx, Persons::Reported, before, last, AT_ONCE).await?;
        tx.commit().await?;
        let Some(end) = due.last() else { return Ok(done) };
        last = Some(*end);
        for case in due {
            done += usize::from(stuck.settle(case.id, erase_persons(deps, case.id).await)?);
        }
    }
}

async fn erase_persons(deps: &Deps, case: CaseId) -> Result<(), store::Error> {
    let ground = ErasureGround::Retention;
    let mut tx = deps.db.begin().await?;
    // Somebody may have reopened it since it was found.
    if !cases::lock(&mut tx, case).await?.is_some_and(|case| case.state.has_ended()) {
        return Ok(());
    }
    erase_reporter::erase_in(deps, &mut tx, None, case, ground).await?;
    for row in sightings::of_case(&mut tx, case).await? {
        erase_in(deps, &mut tx, None, &row, ground).await?;
    }
    for object in cases::objects(&mut tx, case).await? {
        for row in restitutions::of_object(&mut tx, object.id).await? {
            for party in restitutions::parties(&mut tx, row.id).await? {
                erase_party_in(deps, &mut tx, None, &row, party.number, ground).await?;
            }
        }
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// Looks until `stop`.
pub(crate) async fn keep_erased(deps: &Deps, stop: &CancellationToken) {
    let mut stuck = Stuck::default();
    loop {
        match erase_due(deps, &mut stuck).await {
            Ok(0) => {}
            Ok(cases) => tracing::info!(cases, "erased the persons of cases that ended long ago"),
            Err(error) => tracing::warn!(%error, "cannot erase the persons of old cases yet"),
        }
        if stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_none() {
            return;
        }
    }
}
