//! Reminds the desk of time limits. What is due is found by a query, so a process that was down for a week gives every
//! reminder that fell into it, once.

use std::time::Duration;

use contracts::Service;
use contracts::events::ClockWarnedV1;
use domain::CivilDate;
use domain::restitution::Claim;
use store::restitutions::{self, ClockRow, WayStepRow};
use store::{Tx, cases, outbox};
use tokio_util::sync::CancellationToken;

use crate::Deps;

/// The most reminders of one look.
const AT_ONCE: i64 = 100;
/// A limit is counted in days.
const EVERY: Duration = Duration::from_secs(3600);

/// Gives every reminder that is due; says how many.
pub async fn warn_once(deps: &Deps) -> Result<usize, store::Error> {
    let today = deps.clock.today();
    let mut tx = deps.db.begin().await?;
    let due = restitutions::warnings_due(&mut tx, today, AT_ONCE).await?;
    let mut given = 0;
    for row in &due {
        let next = next_after(&mut tx, row, today).await?;
        if restitutions::note_warning(&mut tx, row, today, next).await? {
            let event = ClockWarnedV1 {
                restitution_id: row.restitution_id,
                case_id: row.case_id,
                object_id: row.object_id,
                limit: row.time_limit,
                due_on: row.due_on,
            };
            outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
            given += 1;
        }
    }
    tx.commit().await?;
    if given > 0 {
        deps.bell.ring();
        tracing::warn!(clock.warnings = given, "time limits come closer");
    }
    Ok(given)
}

/// The next reminder after today: those that were missed are given together.
async fn next_after(tx: &mut Tx, row: &ClockRow, today: CivilDate) -> Result<Option<CivilDate>, store::Error> {
    let Some(restitution) = restitutions::find(tx, row.restitution_id).await? else { return Ok(None) };
    let Some(case) = cases::find(tx, row.case_id).await? else { return Ok(None) };
    let happened: Vec<_> = restitutions::steps(tx, restitution.id).await?.iter().map(WayStepRow::happened).collect();
    let objects = cases::objects(tx, row.case_id).await?;
    let flags = objects.into_iter().find(|one| one.id == row.object_id).map(|one| one.description.0.flags);
    let claim = Claim {
        event: case.event,
        flags: &flags.unwrap_or_default(),
        instruments: &restitution.instruments.0,
        happened: &happened,
    };
    let clocks = domain::restitution::clocks(&claim);
    let clock = clocks.iter().find(|clock| clock.limit == row.time_limit);
    Ok(clock.and_then(|clock| clock.next_warning(Some(today))))
}

/// Reminds, until `stop`.
pub(crate) async fn keep_warned(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = warn_once(deps).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot look at the time limits");
        }
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}
