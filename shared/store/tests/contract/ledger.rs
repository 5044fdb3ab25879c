//! The ledger's tables.

use std::time::Duration;

use contracts::Service;
use contracts::events::RuleSetReleasedV1;
use domain::ids::{EventId, LeaseId, Uuid};
use domain::{Clock, Timestamp};
use store::ledger::{self, CheckpointRow, ContentRow, CosignatureRow, EntryRow, NodeRow};
use store::{Db, Error, Tx, inbox, outbox};

use crate::engines;

const LEASE: Duration = Duration::from_secs(6);

fn clock() -> Clock {
    Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000)).0
}

async fn fact(tx: &mut Tx, clock: &Clock, version: i64) -> EventId {
    let event = RuleSetReleasedV1 { version, sha256: "00".to_owned(), drafted_by: None, released_by: None };
    outbox::record(tx, Service::Routing, clock, &event).await.unwrap()
}

fn entry(position: i64, event_id: EventId, clock: &Clock) -> EntryRow {
    EntryRow {
        position,
        event_id,
        kind: "rule_set.released.v1".to_owned(),
        case_id: None,
        occurred_at: clock.now(),
        commitment: vec![1; 32],
        leaf: vec![u8::try_from(position % 256).unwrap(); 32],
    }
}

/// Enters `count` facts from the head on, with content and signed root.
async fn enter(db: &Db, clock: &Clock, count: i64) -> Vec<EventId> {
    let mut tx = db.begin().await.unwrap();
    let writer = LeaseId::from_stored(Uuid::from_u128(1));
    let held = ledger::hold(&mut tx, writer, 1, clock.now(), LEASE).await.unwrap();
    let from = held.expect("nobody else writes").size;
    let (mut entries, mut contents) = (Vec::new(), Vec::new());
    for position in from..from + count {
        entries.push(entry(position, fact(&mut tx, clock, position).await, clock));
        contents.push(ContentRow { position, salt: vec![2; 16], body: format!("{{\"at\":{position}}}") });
    }
    ledger::insert_entries(&mut tx, &entries).await.unwrap();
    ledger::insert_contents(&mut tx, &contents).await.unwrap();
    let size = from + count;
    let checkpoint = CheckpointRow { size, root: vec![3; 32], note: format!("note {size}"), signed_at: clock.now() };
    ledger::insert_checkpoint(&mut tx, &checkpoint).await.unwrap();
    ledger::advance(&mut tx, from, size).await.unwrap();
    tx.commit().await.unwrap();
    entries.iter().map(|entry| entry.event_id).collect()
}

#[tokio::test]
async fn entries_come_back_in_order_with_their_content_and_in_pages() {
    for engine in engines().await {
        let clock = clock();
        // More than one statement holds.
        let ids = enter(&engine.db, &clock, 1_203).await;
        let mut tx = engine.db.read().await.unwrap();
        assert_eq!(ledger::size(&mut tx).await.unwrap(), 1_203, "{}", engine.name);
        let page = ledger::entries(&mut tx, 1_000, 500).await.unwrap();
        assert_eq!(page.len(), 203);
        assert_eq!(page[0].entry, entry(1_000, ids[1_000], &clock), "{}", engine.name);
        assert_eq!(page[0].content, Some((vec![2; 16], "{\"at\":1000}".to_owned())));
        assert_eq!(ledger::find(&mut tx, ids[7]).await.unwrap().unwrap().position, 7);
        assert!(ledger::find(&mut tx, EventId::generate(&clock)).await.unwrap().is_none());
        assert_eq!(ledger::known(&mut tx, &ids).await.unwrap().len(), 1_203);
        assert_eq!(outbox::find_all(&mut tx, &ids).await.unwrap().len(), 1_203, "{}", engine.name);
        let latest = ledger::latest(&mut tx, 2).await.unwrap();
        assert_eq!(latest.iter().map(|row| row.position).collect::<Vec<_>>(), [1_202, 1_201], "{}", engine.name);
    }
}

#[tokio::test]
async fn an_erased_content_leaves_its_entry() {
    for engine in engines().await {
        enter(&engine.db, &clock(), 2).await;
        let mut tx = engine.db.begin().await.unwrap();
        store::on_tx!(&mut tx, c => sqlx::query("DELETE FROM ledger_contents WHERE position = 0").execute(c).await.map(drop))
            .unwrap();
        let page = ledger::entries(&mut tx, 0, 10).await.unwrap();
        assert!(page[0].content.is_none() && page[1].content.is_some(), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_position_or_a_fact_cannot_be_entered_twice_nor_the_head_moved_from_elsewhere() {
    for engine in engines().await {
        let clock = clock();
        let ids = enter(&engine.db, &clock, 2).await;
        let other = EventId::generate(&clock);
        for double in [entry(1, other, &clock), entry(2, ids[0], &clock)] {
            let mut tx = engine.db.begin().await.unwrap();
            let refused = ledger::insert_entries(&mut tx, &[double]).await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{}: {refused:?}", engine.name);
        }
        let mut tx = engine.db.begin().await.unwrap();
        let moved = ledger::advance(&mut tx, 1, 5).await;
        assert!(matches!(moved, Err(Error::RowsAffected { .. })), "{}: {moved:?}", engine.name);
    }
}

#[tokio::test]
async fn subtrees_are_found_by_level_and_range() {
    for engine in engines().await {
        enter(&engine.db, &clock(), 5).await;
        let mut tx = engine.db.begin().await.unwrap();
        let node = |level, position| NodeRow { level, position, hash: vec![9; 32] };
        ledger::insert_nodes(&mut tx, &[node(8, 0), node(8, 1), node(16, 0)]).await.unwrap();
        assert_eq!(ledger::nodes(&mut tx, 8, 1, 5).await.unwrap(), [node(8, 1)], "{}", engine.name);
        let leaf = |position: i64| NodeRow { level: 0, position, hash: vec![u8::try_from(position).unwrap(); 32] };
        assert_eq!(ledger::nodes(&mut tx, 0, 3, 256).await.unwrap(), [leaf(3), leaf(4)], "{}", engine.name);
        assert!(ledger::nodes(&mut tx, 24, 0, 5).await.unwrap().is_empty());
        assert_eq!(ledger::node_count(&mut tx).await.unwrap(), 3);
        assert!(ledger::insert_nodes(&mut tx, &[node(3, 0)]).await.is_err(), "only every eighth level is stored");
    }
}

#[tokio::test]
async fn one_writer_holds_the_head_and_one_that_was_overtaken_gets_nothing() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let (first, second) = (LeaseId::generate(&clock), LeaseId::generate(&clock));
        let hold = async |who, fence| {
            let mut tx = engine.db.begin().await.unwrap();
            let held = ledger::hold(&mut tx, who, fence, clock.now(), LEASE).await.unwrap();
            tx.commit().await.unwrap();
            held.map(|head| head.fence)
        };
        assert_eq!(hold(first, 0).await, Some(1), "{}", engine.name);
        assert_eq!(hold(second, 0).await, None, "{}: it is held", engine.name);
        hand.advance(Duration::from_secs(5));
        assert_eq!(hold(first, 1).await, Some(1), "{}: renewed", engine.name);
        hand.advance(Duration::from_secs(5));
        assert_eq!(hold(second, 0).await, None, "{}: the renewal counts", engine.name);
        hand.advance(Duration::from_secs(1));
        assert_eq!(hold(second, 0).await, Some(2), "{}: it ended", engine.name);
        assert_eq!(hold(first, 1).await, None, "{}: overtaken", engine.name);
        let mut tx = engine.db.begin().await.unwrap();
        ledger::let_go(&mut tx, first, 1, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hold(first, 1).await, None, "{}: only the holder can let go", engine.name);
        let mut tx = engine.db.begin().await.unwrap();
        ledger::let_go(&mut tx, second, 2, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(hold(first, 1).await, Some(3), "{}: another term is another fence", engine.name);
    }
}

#[tokio::test]
async fn what_witnesses_sign_and_refuse_is_kept() {
    for engine in engines().await {
        let clock = clock();
        enter(&engine.db, &clock, 2).await;
        enter(&engine.db, &clock, 2).await;
        let mut tx = engine.db.begin().await.unwrap();
        let row =
            CosignatureRow { size: 2, witness: "w".to_owned(), line: "— w x".to_owned(), cosigned_at: clock.now() };
        for _ in 0..2 {
            ledger::cosign(&mut tx, &row).await.unwrap();
        }
        ledger::trouble(&mut tx, "w", "away").await.unwrap();
        ledger::heard(&mut tx, "w", 2, clock.now()).await.unwrap();
        ledger::alarm(&mut tx, "w", "two histories", clock.now()).await.unwrap();
        ledger::alarm(&mut tx, "w", "something later", clock.now()).await.unwrap();
        assert_eq!(ledger::cosignatures(&mut tx, 2).await.unwrap(), [row], "{}", engine.name);
        assert_eq!(ledger::newest_cosigned(&mut tx, 0).await.unwrap().unwrap().size, 2, "{}", engine.name);
        assert!(ledger::newest_cosigned(&mut tx, 3).await.unwrap().is_none(), "{}", engine.name);
        assert_eq!(ledger::checkpoint_within(&mut tx, 3).await.unwrap().unwrap().size, 2, "{}", engine.name);
        let known = ledger::witnesses(&mut tx).await.unwrap().remove(0);
        assert_eq!((known.size, known.trouble, known.alarm.as_deref()), (2, None, Some("two histories")));
        assert_eq!(known.behind_since, Some(clock.now()), "{}: it lacks the second checkpoint", engine.name);
        ledger::heard(&mut tx, "w", 4, clock.now()).await.unwrap();
        let known = ledger::witnesses(&mut tx).await.unwrap().remove(0);
        assert_eq!(known.behind_since, None, "{}", engine.name);
        let last = ledger::entries(&mut tx, 3, 1).await.unwrap().remove(0);
        let kind = last.entry.kind.clone();
        assert_eq!(ledger::last_of_kind(&mut tx, &kind, 9).await.unwrap(), Some(last), "{}", engine.name);
        assert_eq!(ledger::last_of_kind(&mut tx, &kind, 2).await.unwrap().unwrap().entry.position, 1);
        assert_eq!(ledger::last_of_kind(&mut tx, "no.such.v1", 9).await.unwrap(), None, "{}", engine.name);
    }
}

#[tokio::test]
async fn erasing_leaves_the_entry_and_no_word_of_the_fact() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let old = enter(&engine.db, &clock, 2).await;
        hand.advance(Duration::from_secs(60));
        enter(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        let until = clock.now();
        assert_eq!(ledger::erase(&mut tx, &[], until, 10).await.unwrap(), 0);
        assert_eq!(ledger::erase(&mut tx, &["other.v1"], until, 10).await.unwrap(), 0);
        assert_eq!(ledger::erase(&mut tx, &["rule_set.released.v1"], until, 1).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(ledger::erase(&mut tx, &["rule_set.released.v1"], until, 10).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(ledger::erase(&mut tx, &["rule_set.released.v1"], until, 10).await.unwrap(), 0, "{}", engine.name);
        let rows = ledger::entries(&mut tx, 0, 10).await.unwrap();
        let kept: Vec<_> = rows.iter().map(|row| row.content.is_some()).collect();
        assert_eq!(kept, [false, false, true], "{}", engine.name);
        let record = outbox::find(&mut tx, old[0]).await.unwrap().unwrap();
        assert_eq!(record.data.0, serde_json::json!({}), "{}", engine.name);
    }
}

#[tokio::test]
async fn signed_roots_are_found_by_size() {
    for engine in engines().await {
        let clock = clock();
        let mut tx = engine.db.read().await.unwrap();
        assert!(ledger::latest_checkpoint(&mut tx).await.unwrap().is_none());
        assert_eq!(ledger::checkpoints_beyond(&mut tx, 0).await.unwrap(), (0, None), "{}", engine.name);
        tx.commit().await.unwrap();
        for count in [2, 3, 4] {
            enter(&engine.db, &clock, count).await;
        }
        let mut tx = engine.db.read().await.unwrap();
        assert_eq!(ledger::latest_checkpoint(&mut tx).await.unwrap().unwrap().note, "note 9", "{}", engine.name);
        let sizes: Vec<_> =
            ledger::checkpoints_between(&mut tx, 2, 9).await.unwrap().iter().map(|row| row.size).collect();
        assert_eq!(sizes, [5, 9], "{}", engine.name);
        assert_eq!(ledger::checkpoints_beyond(&mut tx, 4).await.unwrap(), (2, Some(9)), "{}", engine.name);
    }
}

#[tokio::test]
async fn facts_without_an_entry_are_told_apart() {
    for engine in engines().await {
        let clock = clock();
        enter(&engine.db, &clock, 3).await;
        let mut tx = engine.db.begin().await.unwrap();
        let (behind, vanished, parked) =
            (fact(&mut tx, &clock, 10).await, fact(&mut tx, &clock, 11).await, fact(&mut tx, &clock, 12).await);
        inbox::claim(&mut tx, "audit.ledger", &[vanished], clock.now()).await.unwrap();
        inbox::park(&mut tx, "audit.ledger", parked, "k", "e", clock.now()).await.unwrap();
        let lag = ledger::lag(&mut tx, "audit.ledger").await.unwrap();
        assert_eq!((lag.count, lag.oldest), (3, Some(clock.now())), "{}", engine.name);
        let until = clock.now().plus(Duration::from_secs(1));
        let mut found: Vec<_> = ledger::missing(&mut tx, "audit.ledger", until, 10).await.unwrap();
        found.sort_by_key(|row| (row.handled, row.parked));
        let told: Vec<_> = found.iter().map(|row| (row.id, row.handled, row.parked)).collect();
        assert_eq!(told, [(behind, false, false), (vanished, true, false), (parked, true, true)], "{}", engine.name);
        assert!(ledger::missing(&mut tx, "audit.ledger", clock.now(), 10).await.unwrap().is_empty());
        assert_eq!(ledger::missing(&mut tx, "audit.ledger", until, 2).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_leaves_the_ledger_a_writer() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let (first, second) = (LeaseId::generate(&clock), LeaseId::generate(&clock));
        let hold = async |who| {
            let mut tx = engine.db.begin().await.unwrap();
            let held = ledger::hold(&mut tx, who, 0, clock.now(), LEASE).await.unwrap();
            tx.commit().await.unwrap();
            held.is_some()
        };
        assert!(hold(first).await, "{}", engine.name);
        hand.set_back(Duration::from_secs(1));
        assert!(!hold(second).await, "{}: clocks differ a little", engine.name);
        hand.set_back(Duration::from_secs(3600));
        assert!(hold(second).await, "{}", engine.name);
    }
}
