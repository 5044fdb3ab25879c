//! What has been kept long enough, also among a hundred thousand cases.

use std::time::Duration;

use domain::case::Reporter;
use domain::codes::{Capacity, CaseState};
use domain::ids::CaseId;
use domain::{Clock, Timestamp};
use store::cases;
use store::retention::{self, Ended, Persons, Stuck};
use store::{Error, Tx};

use crate::cases::{START, stored};
use crate::engines;

async fn due(tx: &mut Tx, before: Timestamp, after: Option<Ended>) -> Vec<Ended> {
    retention::due(tx, Persons::Reported, before, after, 2).await.unwrap()
}

#[tokio::test]
async fn a_case_is_due_by_its_end_and_each_is_met_once_in_a_look() {
    for engine in engines().await {
        let name = engine.name;
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let mut ids: Vec<CaseId> = Vec::new();
        for number in 1..=5 {
            ids.push(stored(&engine.db, &clock, number).await.id);
        }
        let mut tx = engine.db.begin().await.unwrap();
        let reporter =
            Reporter { name: "A. Sawadogo".parse().unwrap(), capacity: Capacity::Holder, email: None, telephone: None };
        for id in &ids {
            cases::insert_reporter(&mut tx, *id, &reporter).await.unwrap();
        }
        // The last one stays open; the third was merged, which may be undone.
        let ends = [CaseState::Closed, CaseState::Rejected, CaseState::Merged, CaseState::Withdrawn];
        let end = clock.now();
        for (id, state) in ids.iter().zip(ends) {
            cases::set_state(&mut tx, *id, state, end).await.unwrap();
        }
        hand.advance(Duration::from_secs(60));
        // What still happens to a case that has ended does not keep its persons longer.
        cases::set_state(&mut tx, ids[0], CaseState::Closed, clock.now()).await.unwrap();
        let before = clock.now();
        assert!(due(&mut tx, end, None).await.is_empty(), "{name}: not yet");
        let first = due(&mut tx, before, None).await;
        let second = due(&mut tx, before, first.last().copied()).await;
        assert!(
            due(&mut tx, before, second.last().copied()).await.is_empty(),
            "{name}: nothing was erased, and it ends"
        );
        // Three ended in one moment: among them the identifiers decide.
        let mut met: Vec<_> = first.iter().chain(&second).map(|one| one.id).collect();
        met.sort_unstable_by_key(|id| ids.iter().position(|one| one == id));
        assert_eq!(met, [ids[0], ids[1], ids[3]], "{name}");
        assert!(cases::erase_reporter(&mut tx, ids[0]).await.unwrap());
        cases::set_state(&mut tx, ids[1], CaseState::Verified, clock.now()).await.unwrap();
        let left: Vec<_> = due(&mut tx, before, None).await.iter().map(|one| one.id).collect();
        assert_eq!(left, [ids[3]], "{name}: erased, and taken up again");
        tx.commit().await.unwrap();
    }
}

/// As many cases as an installation may have, nine in ten ended, most of them with their persons.
const MANY: &str = "INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title,
        language, label, country, lost_earliest, lost_latest, updated_at, ended_at)
    SELECT {id}, 'TOC-1999-' || n, {id}, {id}, {then}, CASE WHEN n % 10 = 0 THEN 'active' ELSE 'closed' END, 'theft', 'x',
        'fr', 'TLP:AMBER', 'BF', '1999-01-01', '1999-01-02', {then}, CASE WHEN n % 10 = 0 THEN NULL ELSE {then} END
    FROM {numbers}";
const REPORTERS: &str =
    "INSERT INTO case_reporters (case_id, body) SELECT id, '{}' FROM cases WHERE reference NOT LIKE '%7'";

#[tokio::test]
async fn the_persons_of_a_hundred_thousand_cases_are_found_by_an_index() {
    for engine in engines().await {
        let name = engine.name;
        let mut tx = engine.db.begin().await.unwrap();
        match &mut tx {
            Tx::Postgres(inner) => {
                let many = MANY
                    .replace("{id}", "gen_random_uuid()")
                    .replace("{then}", "to_timestamp(900000000 + n * 3600)")
                    .replace("{numbers}", "generate_series(1, 100000) AS n");
                for statement in ["SET LOCAL statement_timeout = 0", many.as_str(), REPORTERS, "ANALYZE"] {
                    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut **inner).await.unwrap();
                }
            }
            Tx::Sqlite(inner) => {
                let numbers = "(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100000)
                    SELECT n FROM c)";
                let many = MANY
                    .replace("{id}", "randomblob(16)")
                    .replace("{then}", "(900000000 + n * 3600) * 1000000")
                    .replace("{numbers}", numbers);
                for statement in [many.as_str(), REPORTERS, "ANALYZE"] {
                    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut **inner).await.unwrap();
                }
            }
        }
        tx.commit().await.unwrap();
        let mut tx = engine.db.read().await.unwrap();
        let first = Timestamp::from_micros(900_003_600 * 1_000_000);
        let middle = first.plus(Duration::from_secs(3600 * 50_000));
        let page = retention::due(&mut tx, Persons::Reported, middle, None, 100).await.unwrap();
        assert_eq!((page.len(), page[0].ended_at), (100, first), "{name}: the longest ended first");
        let all = [
            (Persons::Reported, &["cases_ended", "sightings_kept"][..]),
            (Persons::Answered, &["cases_ended", "answers_kept", "letters_kept"]),
        ];
        for (persons, _) in all {
            for (before, after) in [(first, None), (middle, None), (middle, page.last().copied())] {
                let plan = retention::explain_due(&mut tx, persons, before, after).await.unwrap();
                assert!(plan.contains("cases_ended"), "{name} {persons:?} {plan}");
                let whole = ["Seq Scan on cases", "Seq Scan on case_reporters", "SCAN k", "SCAN r"];
                assert!(whole.iter().all(|words| !plan.contains(words)), "{name} {persons:?} {plan}");
            }
        }
        // Where a table is empty, PostgreSQL reads all of it; what it does once it is not is asked by forbidding that.
        if let Tx::Postgres(inner) = &mut tx {
            sqlx::query("SET LOCAL enable_seqscan = off").execute(&mut **inner).await.unwrap();
        }
        for (persons, indices) in all {
            let plan = retention::explain_due(&mut tx, persons, middle, None).await.unwrap();
            for index in indices {
                assert!(plan.contains(index), "{name} {persons:?}: {index} in {plan}");
            }
        }
    }
}

#[test]
fn what_cannot_be_erased_is_noted_once_and_a_database_that_is_away_ends_the_look() {
    let mut stuck = Stuck::default();
    let refused = || Err::<(), _>(Error::RowsAffected { expected: 1, actual: 0 });
    assert!(stuck.settle("a", Ok(())).unwrap());
    assert!(!stuck.settle("a", refused()).unwrap() && !stuck.settle("a", refused()).unwrap());
    assert!(!stuck.settle("b", refused()).unwrap());
    assert_eq!(stuck.count(), 2);
    let away = Err::<(), _>(Error::Unavailable(sqlx::Error::PoolTimedOut));
    assert!(stuck.settle("a", away).is_err());
    assert!(stuck.settle("a", Ok(())).unwrap());
    assert_eq!(stuck.count(), 1);
}
