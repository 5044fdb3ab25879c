//! Deletes what is over: ended sessions, and counts of failures that nobody adds to.

use std::time::Duration;

use store::identity;
use tokio_util::sync::CancellationToken;

use crate::Deps;
use crate::throttle::FORGET_AFTER;

/// How often.
const EVERY: Duration = Duration::from_hours(1);

/// Deletes once; gives how many rows. Any number of processes may do it.
pub(crate) async fn tidy_once(deps: &Deps) -> Result<u64, store::Error> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let sessions = identity::forget_sessions(&mut tx, now).await?;
    let failures = identity::forget_failures(&mut tx, now.minus(FORGET_AFTER)).await?;
    tx.commit().await?;
    Ok(sessions + failures)
}

/// Deletes now and then until `stop`.
pub(crate) async fn tidy(deps: &Deps, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = tidy_once(deps).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot delete ended sessions; trying again later"
            );
        }
        stop.run_until_cancelled(tokio::time::sleep(EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    use bus::Bell;
    use domain::{Clock, Timestamp};
    use store::{Db, DbOptions};

    use super::*;
    use crate::{Config, SignIn};

    #[tokio::test]
    async fn counts_of_yesterday_are_deleted_and_those_of_today_stay() {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("tocsin.db").display());
        let db = Db::connect(&file, &DbOptions::default()).await.unwrap();
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let deps = Deps::new(db, clock, Bell::new(), Config::default(), true).unwrap();
        let guess = SignIn { email: "nobody@museum.example", password: "guess".into(), previous: None, network: None };
        crate::sign_in(&deps, guess).await.unwrap_err();
        assert_eq!(tidy_once(&deps).await.unwrap(), 0);
        hand.advance(FORGET_AFTER + Duration::from_secs(1));
        assert_eq!(tidy_once(&deps).await.unwrap(), 1);
        assert_eq!(tidy_once(&deps).await.unwrap(), 0);
    }
}
