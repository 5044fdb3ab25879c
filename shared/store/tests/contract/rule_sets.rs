//! Versions of the rules.

use domain::ids::{AccountId, RuleSetId};
use domain::{Clock, Timestamp};
use store::Error;
use store::rule_sets::{self, RuleSetRow};

use crate::engines;

fn row(clock: &Clock, version: i64) -> RuleSetRow {
    RuleSetRow {
        id: RuleSetId::generate(clock),
        version,
        text: format!("# Version {version}, “quoted”.\n"),
        sha256: vec![7; 32],
        drafted_by: (version > 1).then(|| AccountId::generate(clock)),
        released_by: (version > 1).then(|| AccountId::generate(clock)),
        released_at: clock.now(),
    }
}

#[tokio::test]
async fn the_newest_version_is_in_force_and_no_number_is_taken_twice() {
    for engine in engines().await {
        let (clock, _) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let mut tx = engine.db.begin().await.unwrap();
        assert!(rule_sets::current(&mut tx).await.unwrap().is_none(), "{}", engine.name);
        for version in [1, 2] {
            rule_sets::insert(&mut tx, &row(&clock, version)).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = engine.db.read().await.unwrap();
        let current = rule_sets::current(&mut tx).await.unwrap().unwrap();
        assert_eq!((current.version, current.text, current.sha256), (2, row(&clock, 2).text, vec![7; 32]));
        assert_eq!(rule_sets::version(&mut tx, 1).await.unwrap().unwrap().released_at, clock.now());
        assert!(rule_sets::version(&mut tx, 3).await.unwrap().is_none());
        let heads = rule_sets::list(&mut tx, 10).await.unwrap();
        assert_eq!(heads.iter().map(|head| head.version).collect::<Vec<_>>(), [2, 1], "{}", engine.name);
        assert_eq!(rule_sets::list(&mut tx, 1).await.unwrap().len(), 1);
        drop(tx);

        let mut tx = engine.db.begin().await.unwrap();
        let again = rule_sets::insert(&mut tx, &row(&clock, 2)).await;
        assert!(matches!(again, Err(Error::Conflict(_))), "{}: {again:?}", engine.name);
    }
}
