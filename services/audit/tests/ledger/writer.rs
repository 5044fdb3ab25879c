//! One process writes at a time.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use audit::{AppendError, LEASE, LedgerKey, LedgerKeys, Note, OnEveryEvent, Writer};
use bus::Bus;
use domain::Clock;
use store::on_tx;
use store::outbox::OutboxRow;
use testkit::poll::wait_until;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::System;

async fn recorded(system: &System, count: i64) -> Vec<OutboxRow> {
    let facts = system.record(count).await;
    let ids: Vec<_> = facts.iter().map(|fact| fact.id).collect();
    let mut tx = system.db.read().await.unwrap();
    let mut rows = store::outbox::find_all(&mut tx, &ids).await.unwrap();
    rows.sort_by_key(|row| row.id);
    rows
}

async fn append(system: &System, writer: &Writer, facts: Vec<OutboxRow>) -> Result<usize, AppendError> {
    let mut tx = system.db.begin().await.unwrap();
    let done = audit::append(&mut tx, writer, facts).await?;
    tx.commit().await.unwrap();
    Ok(done)
}

#[tokio::test]
async fn a_writer_that_was_overtaken_while_it_slept_cannot_append() {
    for system in System::both().await {
        let (first, second) = (system.consumer.writer.clone(), system.rival());
        assert_eq!(append(&system, &first, recorded(&system, 3).await).await.unwrap(), 3, "{}", system.name);
        let refused = append(&system, &second, recorded(&system, 1).await).await;
        assert!(matches!(refused, Err(AppendError::Fenced)), "{}: {refused:?}", system.name);
        // The first one is stopped for longer than its lease, and the second takes over.
        system.hand.advance(LEASE);
        assert_eq!(append(&system, &second, recorded(&system, 3).await).await.unwrap(), 3, "{}", system.name);
        let refused = append(&system, &first, recorded(&system, 1).await).await;
        assert!(matches!(refused, Err(AppendError::Fenced)), "{}: {refused:?}", system.name);
        // Nothing is set aside for it: the fact waits for whoever writes.
        let facts = system.record(1).await;
        assert!(bus::deliver(&system.db, &system.clock, &system.consumer, &facts).await.is_err());
        let consumer = OnEveryEvent { writer: second.clone() };
        assert_eq!(bus::deliver(&system.db, &system.clock, &consumer, &facts).await.unwrap().handled, 1);
        second.let_go(&system.db).await.unwrap();
        assert!(
            append(&system, &first, recorded(&system, 1).await).await.is_ok(),
            "{}: it was given back",
            system.name
        );
        assert!(system.findings(Some(&system.checkpoint().await)).await.is_empty(), "{}", system.name);
    }
}

#[tokio::test]
async fn two_processes_that_append_at_once_leave_no_gap() {
    let system = System::postgres().await;
    let facts = recorded(&system, 600).await;
    let (odd, even): (Vec<_>, Vec<_>) = facts.into_iter().enumerate().partition(|(at, _)| at % 2 == 1);
    let side = |writer: Writer, facts: Vec<(usize, OutboxRow)>| {
        let system = &system;
        async move {
            let mut rest: Vec<_> = facts.into_iter().map(|(_, fact)| fact).collect();
            while !rest.is_empty() {
                let batch: Vec<_> = rest.iter().take(20).cloned().collect();
                match append(system, &writer, batch).await {
                    Ok(count) => drop(rest.drain(..count)),
                    // The other one writes; its lease ends when the clock is moved on.
                    Err(AppendError::Fenced) => system.hand.advance(LEASE),
                    Err(other) => panic!("{other}"),
                }
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::join!(side(system.consumer.writer.clone(), odd), side(system.rival(), even));
    let lines = system.lines().await;
    assert_eq!(lines.iter().collect::<HashSet<_>>().len(), 600);
    let findings = system.findings(Some(&system.checkpoint().await)).await;
    // They went around the consumer, so only its inbox knows of nothing.
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test]
async fn while_the_key_changes_every_note_has_both_signatures() {
    for mut system in System::both().await {
        system.enter(2).await;
        let old = system.checkpoint().await;
        let origin = system.consumer.writer.keys.origin().clone();
        let key = |seed| LedgerKey::from_seed(origin.clone(), &[seed; 32]);
        let both = LedgerKeys::new(key(9), Some(key(7)), Vec::new());
        system.consumer.writer.keys = both.clone();
        system.enter(2).await;
        let note: Note = system.checkpoint().await;
        assert_eq!(note.signatures().len(), 2, "{}", system.name);
        assert!(note.open(&key(7).verifier()).is_ok() && note.open(&key(9).verifier()).is_ok());
        // Afterwards the old key signs no more, and what it signed can still be read.
        system.consumer.writer.keys = LedgerKeys::new(key(9), None, vec![key(7).verifier()]);
        system.enter(2).await;
        assert_eq!(system.checkpoint().await.signatures().len(), 1);
        let keys = system.consumer.writer.keys.verifiers();
        let outside = [audit::verify::Outside::Note(old)];
        let said = audit::verify_ledger(&system.db, system.clock.now(), &keys, &outside).await.unwrap();
        assert!(said.holds(), "{}: {:?}", system.name, said.sentences());
        let without = [key(9).verifier()];
        let said = audit::verify_ledger(&system.db, system.clock.now(), &without, &outside).await.unwrap();
        assert!(!said.holds(), "{}: the first checkpoints need the old key", system.name);
    }
}

/// Two processes on a real broker: one consumes, the other takes over when it ends.
#[tokio::test]
async fn the_second_process_takes_over_when_the_first_stops() {
    let system = System::postgres().await;
    let broker = testkit::servers::shared_rabbitmq().await.unwrap().create_vhost().await.unwrap();
    let process = |writer: Writer| {
        let (stop, mut running) = (CancellationToken::new(), JoinSet::new());
        let deps = audit::Deps { clock: Clock::System, writer, ..system.deps() };
        let options = bus::AmqpOptions { url: broker.clone(), connection_name: "test".to_owned() };
        running.spawn(audit::run(deps, Bus::amqp(options), stop.clone()));
        (stop, running)
    };
    let writer = || Writer::new(system.consumer.writer.keys.clone(), Clock::System);
    let publisher = Bus::amqp(bus::AmqpOptions { url: broker.clone(), connection_name: "facts".to_owned() });
    let (stop_first, running_first) = process(writer());
    let entered = async |count: usize| {
        let there = async || system.lines().await.len() == count;
        wait_until("the facts are entered", Duration::from_secs(30), there).await.unwrap();
    };
    let held = async || {
        let mut tx = system.db.read().await.unwrap();
        let count: i64 = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM ledger_head WHERE fence > 0").fetch_one(c).await)
            .unwrap();
        count == 1
    };
    wait_until("the first one writes", Duration::from_secs(10), held).await.unwrap();
    let publish = async |facts: &[contracts::Envelope]| {
        let taken = async || publisher.publish(facts).await.iter().all(Result::is_ok);
        wait_until("the broker took them", Duration::from_secs(20), taken).await.unwrap();
    };
    let (stop_second, running_second) = process(writer());
    publish(&system.record(20).await).await;
    entered(20).await;
    let since = Instant::now();
    stop_first.cancel();
    running_first.join_all().await;
    publish(&system.record(20).await).await;
    entered(40).await;
    assert!(since.elapsed() < Duration::from_secs(10), "took over after {:?}", since.elapsed());
    stop_second.cancel();
    running_second.join_all().await;
}
