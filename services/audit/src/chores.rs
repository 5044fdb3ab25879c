//! What the writer does beside writing: witnesses every few seconds, comparison and erasure once a night.

use std::time::Duration;

use domain::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::Deps;
use crate::client::Http;
use crate::reconcile::reconcile;
use crate::witness::ask_all;

/// How often witnesses are looked after.
const EVERY: Duration = Duration::from_secs(5);
/// How many contents are erased in one transaction.
const ERASED_AT_ONCE: i64 = 1_000;
/// Who looked and who signed in: personal data of those who work here, kept as long as the settings say.
const ACCESS_KINDS: [&str; 3] = ["case.read.v1", "pack.read.v1", "session.opened.v1"];
/// The hour of the night, in UTC.
const NIGHT: Duration = Duration::from_secs(2 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Runs until `stop`.
pub(crate) async fn run(deps: &Deps, stop: &CancellationToken) {
    let http = Http::default();
    while !stop.is_cancelled() {
        if let Err(error) = ask_all(deps, &http).await {
            tracing::warn!(%error, "cannot look after the witnesses");
        }
        if let Err(error) = nightly(deps).await {
            tracing::error!(%error, "the nightly comparison failed");
        }
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

/// The beginning of the night that `now` belongs to.
fn night(now: Timestamp) -> Timestamp {
    let since_epoch = now.minus(NIGHT).since(Timestamp::from_micros(0)).as_secs();
    Timestamp::from_micros(0).plus(Duration::from_secs(since_epoch - since_epoch % DAY.as_secs())).plus(NIGHT)
}

/// Compares and erases if that was not done since the night began.
async fn nightly(deps: &Deps) -> Result<(), store::Error> {
    let now = deps.clock.now();
    let mut tx = deps.db.read().await?;
    let newest = store::reconciliations::newest(&mut tx).await?;
    tx.commit().await?;
    if newest.is_some_and(|newest| newest.started_at >= night(now)) {
        return Ok(());
    }
    erase_due(deps, now).await?;
    reconcile(deps, None).await.map(drop)
}

/// Erases what is kept no longer. Entries and proofs stay.
async fn erase_due(deps: &Deps, now: Timestamp) -> Result<(), store::Error> {
    let until = now.minus(DAY.saturating_mul(deps.access_days));
    loop {
        let mut tx = deps.db.begin().await?;
        let erased = store::ledger::erase(&mut tx, &ACCESS_KINDS, until, ERASED_AT_ONCE).await?;
        tx.commit().await?;
        if erased == 0 {
            return Ok(());
        }
        tracing::info!(erased, "erased what was read and who signed in: it is kept no longer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_begins_at_two() {
        for (now, begins) in [
            ("2026-11-26T01:59:59Z", "2026-11-25T02:00:00Z"),
            ("2026-11-26T02:00:00Z", "2026-11-26T02:00:00Z"),
            ("2026-11-26T23:00:00Z", "2026-11-26T02:00:00Z"),
        ] {
            assert_eq!(night(now.parse().unwrap()), begins.parse().unwrap());
        }
    }
}
