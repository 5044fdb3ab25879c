//! Uploads: one worker at a time, nothing of one that was replaced, nothing kept for longer than it is needed.

use std::time::Duration;

use domain::codes::{ImportFormat, ImportKind, ImportMode, ImportState, ObjectStatus};
use domain::ids::{AccountId, LeaseId, ObjectId, UploadId};
use domain::{Clock, Timestamp};
use serde_json::json;
use store::cases::{self, CaseRow};
use store::imports::{self, ImportRow, NewRecord, Progress, RowError};
use store::{Error, Tx};

use crate::cases::{START, circumstances, object, stored};
use crate::engines;

fn upload(clock: &Clock, case: &CaseRow) -> ImportRow {
    ImportRow {
        id: UploadId::generate(clock),
        kind: ImportKind::Objects,
        format: ImportFormat::Csv,
        institution_id: case.institution_id,
        case_id: Some(case.id),
        file_name: "list.csv".parse().unwrap(),
        size: 3,
        sha256: vec![7; 32],
        state: ImportState::Checking,
        mode: None,
        good: 0,
        bad: 0,
        position: 0,
        taken: 0,
        message: None,
        created_by: AccountId::generate(clock),
        created_at: clock.now(),
        updated_at: clock.now(),
    }
}

fn progress(clock: &Clock, lease: LeaseId, good: i64) -> Progress {
    let now = clock.now();
    Progress { lease, good, bad: 0, position: 0, taken: 0, now, until: now.plus(Duration::from_secs(5)) }
}

async fn claim(tx: &mut Tx, clock: &Clock) -> Option<(UploadId, LeaseId)> {
    let lease = LeaseId::generate(clock);
    let until = clock.now().plus(Duration::from_secs(5));
    imports::claim(tx, lease, clock.now(), until).await.unwrap().map(|row| (row.id, lease))
}

#[tokio::test]
async fn one_worker_has_an_upload_and_one_that_was_replaced_changes_nothing() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let row = upload(&clock, &case);
        let mut tx = engine.db.begin().await.unwrap();
        imports::insert(&mut tx, &row, b"a,b").await.unwrap();
        let (id, first) = claim(&mut tx, &clock).await.unwrap();
        assert_eq!((id, claim(&mut tx, &clock).await), (row.id, None), "{}", engine.name);
        imports::advance(&mut tx, id, &progress(&clock, first, 1)).await.unwrap();
        hand.advance(Duration::from_secs(6));
        let (_, second) = claim(&mut tx, &clock).await.unwrap();
        let late = imports::advance(&mut tx, id, &progress(&clock, first, 9)).await;
        assert!(matches!(late, Err(Error::RowsAffected { actual: 0, .. })), "{}", engine.name);
        assert!(!imports::release(&mut tx, id, first).await.unwrap(), "{}", engine.name);
        assert_eq!(imports::find(&mut tx, id).await.unwrap().unwrap().good, 1);
        assert!(imports::release(&mut tx, id, second).await.unwrap(), "{}", engine.name);
        let (_, third) = claim(&mut tx, &clock).await.unwrap();
        imports::set_state(&mut tx, id, ImportState::Cancelled, None, Some("why"), clock.now()).await.unwrap();
        assert!(imports::advance(&mut tx, id, &progress(&clock, third, 1)).await.is_err(), "{}", engine.name);
        assert!(claim(&mut tx, &clock).await.is_none(), "{}: a cancelled one waits for nobody", engine.name);
    }
}

#[tokio::test]
async fn records_come_back_in_order_and_content_goes_when_it_is_not_needed() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let row = upload(&clock, &case);
        let error = RowError { line: 3, column: "type".to_owned(), cell: Some("B3".to_owned()), rule: "is".to_owned() };
        let records: Vec<_> = (1..=450)
            .map(|ordinal| NewRecord {
                ordinal,
                line: ordinal + 1,
                body: if ordinal % 2 == 0 { Err(vec![error.clone()]) } else { Ok(json!({"title": ordinal})) },
            })
            .collect();
        let mut tx = engine.db.begin().await.unwrap();
        imports::insert(&mut tx, &row, b"a,b").await.unwrap();
        imports::add_records(&mut tx, row.id, &records).await.unwrap();
        assert_eq!(imports::content(&mut tx, row.id).await.unwrap().as_deref(), Some(&b"a,b"[..]));
        let good = imports::good_records(&mut tx, row.id, 3, 2).await.unwrap();
        assert_eq!(
            good.iter().map(|r| (r.ordinal, r.body.0["title"].clone())).collect::<Vec<_>>(),
            [(5, json!(5)), (7, json!(7))]
        );
        let bad = imports::bad_records(&mut tx, row.id, 440, 100).await.unwrap();
        assert_eq!(bad.iter().map(|r| r.ordinal).collect::<Vec<_>>(), [442, 444, 446, 448, 450], "{}", engine.name);
        assert_eq!(bad[0].errors.0, [error]);

        let same = imports::same(&mut tx, case.institution_id, Some(case.id), &[7; 32]).await.unwrap();
        assert_eq!(same.map(|row| row.id), Some(row.id), "{}", engine.name);
        assert!(imports::same(&mut tx, case.institution_id, None, &[7; 32]).await.unwrap().is_none());
        imports::set_state(&mut tx, row.id, ImportState::Checked, None, None, clock.now()).await.unwrap();
        assert!(imports::forgotten(&mut tx, clock.now(), 10).await.unwrap().is_empty(), "{}", engine.name);
        hand.advance(Duration::from_secs(1));
        assert_eq!(imports::forgotten(&mut tx, clock.now(), 10).await.unwrap(), [row.id], "{}", engine.name);
        let mode = Some(ImportMode::SkipBad);
        imports::set_state(&mut tx, row.id, ImportState::Done, mode, None, clock.now()).await.unwrap();
        imports::discard_content(&mut tx, row.id).await.unwrap();
        assert_eq!(imports::content(&mut tx, row.id).await.unwrap(), None, "{}", engine.name);
        assert!(imports::good_records(&mut tx, row.id, 0, 10).await.unwrap().is_empty());
        assert_eq!(imports::bad_records(&mut tx, row.id, 0, 1_000).await.unwrap().len(), 225, "the errors stay");
        let listed = imports::newest(&mut tx, Some(case.institution_id), 10).await.unwrap();
        assert_eq!((listed.len(), listed[0].mode), (1, mode), "{}", engine.name);
        assert_eq!(imports::lock(&mut tx, row.id).await.unwrap().unwrap().state, ImportState::Done);
    }
}

#[tokio::test]
async fn a_correction_replaces_the_report_and_keeps_the_objects_it_keeps() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let objects: Vec<_> = (0..3).map(|_| (ObjectId::generate(&clock), object())).collect();
        let reporter = domain::case::Reporter {
            name: "A. Sawadogo".parse().unwrap(),
            capacity: domain::codes::Capacity::Holder,
            email: None,
            telephone: None,
        };
        let mut tx = engine.db.begin().await.unwrap();
        cases::insert_circumstances(&mut tx, case.id, &circumstances()).await.unwrap();
        cases::insert_reporter(&mut tx, case.id, &reporter).await.unwrap();
        cases::insert_objects(&mut tx, case.id, &objects[..1], ObjectStatus::Missing).await.unwrap();
        cases::append_objects(&mut tx, case.id, 1, &objects[1..], ObjectStatus::Missing).await.unwrap();
        assert_eq!(cases::last_ordinal(&mut tx, case.id).await.unwrap(), 3, "{}", engine.name);

        let corrected = CaseRow { title: "Corrected".parse().unwrap(), ..case.clone() };
        cases::update_facts(&mut tx, &corrected).await.unwrap();
        let mut elsewhere = circumstances();
        elsewhere.place = "Bobo-Dioulasso".parse().unwrap();
        cases::update_circumstances(&mut tx, case.id, &elsewhere).await.unwrap();
        let somebody = domain::case::Reporter { name: "B. Traoré".parse().unwrap(), ..reporter };
        cases::update_reporter(&mut tx, case.id, &somebody).await.unwrap();
        let mut renamed = object();
        renamed.title = "Renamed".parse().unwrap();
        cases::set_description(&mut tx, objects[1].0, &renamed).await.unwrap();
        cases::remove_objects_after(&mut tx, case.id, 2).await.unwrap();

        assert_eq!(cases::find(&mut tx, case.id).await.unwrap().unwrap().title.as_str(), "Corrected");
        assert_eq!(cases::circumstances(&mut tx, case.id).await.unwrap(), Some(elsewhere), "{}", engine.name);
        assert_eq!(cases::reporter(&mut tx, case.id).await.unwrap(), Some(somebody), "{}", engine.name);
        let kept = cases::objects(&mut tx, case.id).await.unwrap();
        assert_eq!(kept.iter().map(|o| o.id).collect::<Vec<_>>(), [objects[0].0, objects[1].0], "{}", engine.name);
        assert_eq!((kept[1].title.as_str(), &kept[1].description.0), ("Renamed", &renamed), "{}", engine.name);
    }
}

#[tokio::test]
async fn an_upload_is_not_forgotten_at_the_moment_somebody_gives_a_word_to_it() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let row = ImportRow { state: ImportState::Checked, ..upload(&clock, &case) };
        let mut tx = engine.db.begin().await.unwrap();
        imports::insert(&mut tx, &row, b"a,b").await.unwrap();
        tx.commit().await.unwrap();
        hand.advance(Duration::from_secs(1));
        let mut confirming = engine.db.begin().await.unwrap();
        imports::lock(&mut confirming, row.id).await.unwrap().unwrap();
        let mode = Some(ImportMode::SkipBad);
        imports::set_state(&mut confirming, row.id, ImportState::Importing, mode, None, clock.now()).await.unwrap();
        if let Tx::Sqlite(_) = confirming {
            confirming.commit().await.unwrap();
            let mut tx = engine.db.begin().await.unwrap();
            assert!(imports::forgotten(&mut tx, clock.now(), 10).await.unwrap().is_empty(), "{}", engine.name);
            continue;
        }
        let mut forgetting = engine.db.begin().await.unwrap();
        let found = imports::forgotten(&mut forgetting, clock.now(), 10).await.unwrap();
        assert!(found.is_empty(), "{}: it is in somebody's hands", engine.name);
        confirming.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_worker_from_before_the_clock_was_set_back_keeps_nobody_away() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        imports::insert(&mut tx, &upload(&clock, &case), b"a,b").await.unwrap();
        assert!(claim(&mut tx, &clock).await.is_some());
        hand.set_back(Duration::from_secs(2));
        assert!(claim(&mut tx, &clock).await.is_none(), "{}: clocks differ a little", engine.name);
        hand.set_back(Duration::from_secs(3600));
        assert!(claim(&mut tx, &clock).await.is_some(), "{}", engine.name);
    }
}
