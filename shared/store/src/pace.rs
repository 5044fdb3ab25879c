//! When the next mail may leave while an officer lets mail go at a chosen rate. Written by: notifier.
//!
//! The moment is kept, not a count: it survives a restart, holds for all senders together, and needs no clearing up.

use std::time::Duration;

use domain::Timestamp;
use sqlx::QueryBuilder;

use crate::{Error, Tx, on_tx};

/// How far back places that nobody took are still there: as long as a sender may not look.
pub const SLACK: Duration = Duration::from_secs(1);

const HOUR: u64 = 3_600_000_000;

/// The pause between two mails at a rate.
fn pause(per_hour: i64) -> Duration {
    Duration::from_micros(HOUR / u64::try_from(per_hour).unwrap_or(1).max(1))
}

/// How many mails may leave now at a rate; the row stays locked until the transaction ends, so that nobody else counts the
/// same places.
pub async fn places(tx: &mut Tx, per_hour: i64, now: Timestamp) -> Result<u64, Error> {
    let lock = match tx {
        Tx::Postgres(_) => " FOR UPDATE",
        Tx::Sqlite(_) => "",
    };
    let next: Timestamp = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT next_at FROM sending_pace WHERE id = 1");
        sql.push(lock);
        sql.build_query_scalar().fetch_one(c).await
    })?;
    Ok(free(next, per_hour, now))
}

/// Pure. A moment that is further away than one pause was kept by a clock that was set back since, or at a lower rate.
fn free(next: Timestamp, per_hour: i64, now: Timestamp) -> u64 {
    let pause = pause(per_hour);
    let next = next.max(now.minus(SLACK)).min(now.plus(pause));
    if next > now {
        return 0;
    }
    let left = now.since(next).as_micros() / pause.as_micros().max(1);
    u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1)
}

/// Takes places, in the transaction that counted them.
pub async fn take(tx: &mut Tx, per_hour: i64, taken: u64, now: Timestamp) -> Result<(), Error> {
    let next: Timestamp = on_tx!(tx, c => sqlx::query_scalar("SELECT next_at FROM sending_pace WHERE id = 1")
        .fetch_one(c).await)?;
    let pause = pause(per_hour);
    let from = next.max(now.minus(SLACK)).min(now.plus(pause));
    let next = from.plus(pause.saturating_mul(u32::try_from(taken).unwrap_or(u32::MAX)));
    on_tx!(tx, c => sqlx::query("UPDATE sending_pace SET next_at = $1 WHERE id = 1").bind(next).execute(c).await.map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_one_by_one_and_those_of_a_second_at_most_are_kept() {
        let now = Timestamp::from_micros(1_795_000_000_000_000);
        let at = |micros: i64| Timestamp::from_micros(now.as_micros() + micros);
        for (next, per_hour, expected) in [
            (at(0), 60, 1),
            (at(1), 60, 0),
            (at(-60_000_000), 60, 1),
            (at(-3_600_000_000), 60, 1),
            (at(-3_600_000_000), 36_000, 11),
            (at(-500_000), 36_000, 6),
            // Kept by a clock that was set back since.
            (at(86_400_000_000), 60, 0),
        ] {
            assert_eq!(free(next, per_hour, now), expected, "{next} {per_hour}");
        }
    }
}
