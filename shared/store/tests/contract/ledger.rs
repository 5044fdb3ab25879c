//! The ledger's tables.

use contracts::Service;
use contracts::events::RuleSetReleasedV1;
use domain::ids::EventId;
use domain::{Clock, Timestamp};
use store::ledger::{self, CheckpointRow, ContentRow, EntryRow, NodeRow};
use store::{Db, Error, Tx, inbox, outbox};

use crate::engines;

fn clock() -> Clock {
    Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000)).0
}

async fn fact(tx: &mut Tx, clock: &Clock, version: i64) -> EventId {
    let event = RuleSetReleasedV1 { version, sha256: "00".to_owned() };
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
    let from = ledger::lock(&mut tx).await.unwrap();
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
        assert_eq!(ledger::recorded(&mut tx, &ids).await.unwrap().len(), 1_203, "{}", engine.name);
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
async fn subtrees_are_found_by_name_and_by_range() {
    for engine in engines().await {
        enter(&engine.db, &clock(), 5).await;
        let mut tx = engine.db.begin().await.unwrap();
        let node = |level, position| NodeRow { level, position, hash: vec![9; 32] };
        ledger::insert_nodes(&mut tx, &[node(1, 0), node(1, 1), node(2, 0)]).await.unwrap();
        let mut found = ledger::nodes(&mut tx, &[(0, 4), (2, 0), (1, 1), (3, 0)]).await.unwrap();
        found.sort_by_key(|row| row.level);
        assert_eq!(
            found,
            [NodeRow { level: 0, position: 4, hash: vec![4; 32] }, node(1, 1), node(2, 0)],
            "{}",
            engine.name
        );
        assert!(ledger::nodes(&mut tx, &[]).await.unwrap().is_empty());
        assert_eq!(ledger::nodes_between(&mut tx, 1, 1, 5).await.unwrap(), [node(1, 1)], "{}", engine.name);
        assert_eq!(ledger::node_count(&mut tx).await.unwrap(), 3);
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
        let until = clock.now().plus(std::time::Duration::from_secs(1));
        let mut found: Vec<_> = ledger::missing(&mut tx, "audit.ledger", until, 10).await.unwrap();
        found.sort_by_key(|row| (row.handled, row.parked));
        let told: Vec<_> = found.iter().map(|row| (row.id, row.handled, row.parked)).collect();
        assert_eq!(told, [(behind, false, false), (vanished, true, false), (parked, true, true)], "{}", engine.name);
        assert!(ledger::missing(&mut tx, "audit.ledger", clock.now(), 10).await.unwrap().is_empty());
        assert_eq!(ledger::missing(&mut tx, "audit.ledger", until, 2).await.unwrap().len(), 2);
    }
}
