//! Many deliveries at once do as one by one.

use store::deliveries::{Beginning, DeliveryRow, Ending};

use super::*;

/// As many deliveries as domains, leased.
async fn leased(db: &Db, clock: &Clock, domains: &[&str]) -> (LeaseId, Vec<DeliveryId>) {
    let case = stored(db, clock, 1).await;
    let (plan, _) = planned(db, clock, case.id, 1, domains.iter().map(|domain| many(clock, domain, 1)).collect()).await;
    let lease_id = LeaseId::generate(clock);
    lease(db, lease_id, &request(clock.now(), 100, &[])).await;
    let mut tx = db.read().await.unwrap();
    (lease_id, deliveries::of_plan(&mut tx, plan).await.unwrap())
}

fn beginning<'a>(clock: &Clock, delivery: DeliveryId, sha256: &'a [u8; 32]) -> Beginning<'a> {
    Beginning {
        attempt: AttemptId::generate(clock),
        delivery,
        number: 1,
        possible_repeat: false,
        message_id: "<a@x>",
        sha256,
        bytes: Some(b"bytes"),
        common: None,
        key: None,
    }
}

fn ending<'a>(begun: &Beginning<'_>, outcome: Outcome, standing: Standing<'a>) -> Ending<'a> {
    Ending { attempt: begun.attempt, delivery: begun.delivery, outcome, stage: Stage::Message, standing }
}

#[tokio::test]
async fn tries_begin_and_end_together_as_one_by_one() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let (token, ids) = leased(&engine.db, &clock, &["one.example", "two.example", "three.example"]).await;
        let (now, later) = (clock.now(), clock.now().plus(LEASE));
        let [first, second, third] = ids[..] else { panic!("three") };

        let mut tx = engine.db.begin().await.unwrap();
        deliveries::lock_threads(&mut tx, &ids).await.unwrap();
        let asked = [third, DeliveryId::generate(&clock), first];
        let found = deliveries::find_all(&mut tx, &asked).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), [third, first], "{}: as asked", engine.name);
        assert!(deliveries::renew(&mut tx, &ids, token, later).await.unwrap(), "{}", engine.name);
        let stranger = LeaseId::generate(&clock);
        assert!(found.iter().all(|row| row.is_held_by(token) && !row.is_held_by(stranger)), "{}", engine.name);
        assert!(!deliveries::renew(&mut tx, &ids, stranger, later).await.unwrap(), "{}", engine.name);
        let beside = [first, DeliveryId::generate(&clock)];
        assert!(!deliveries::renew(&mut tx, &beside, token, later).await.unwrap(), "{}: one is nobody's", engine.name);

        let sha256 = Sha256::digest(b"bytes").into();
        let tries = [beginning(&clock, first, &sha256), beginning(&clock, second, &[2; 32])];
        deliveries::begin_tries(&mut tx, (token, later), &tries, now).await.unwrap();
        assert_eq!(mails::find(&mut tx, &sha256).await.unwrap().as_deref(), Some(&b"bytes"[..]), "{}", engine.name);
        tx.commit().await.unwrap();

        // Other bytes under a delivery that has a mail, and a try without the lease, change nothing.
        for (lease, sha256) in [(token, &[9; 32]), (stranger, &sha256)] {
            let mut tx = engine.db.begin().await.unwrap();
            let again = Beginning { number: 2, ..beginning(&clock, first, sha256) };
            let done = deliveries::begin_tries(&mut tx, (lease, later), &[again], now).await;
            assert!(matches!(done, Err(Error::RowsAffected { actual: 0, .. })), "{}", engine.name);
            tx.rollback().await.unwrap();
        }

        let mut tx = engine.db.begin().await.unwrap();
        let put_off = Standing { state: DeliveryState::Pending, due_at: Some(later), reply: None };
        let accepted = Standing { state: DeliveryState::Accepted, due_at: None, reply: Some("250 ok") };
        let ends = [
            ending(&tries[0], Outcome::Deferred, put_off.clone()),
            ending(&tries[1], Outcome::Accepted, accepted.clone()),
        ];
        assert!(deliveries::end_tries(&mut tx, &ends, now).await.unwrap(), "{}", engine.name);
        let rows = deliveries::find_all(&mut tx, &[first, second]).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.state, row.tries, row.last_reply.as_deref())).collect();
        assert_eq!(
            seen,
            [(DeliveryState::Pending, 1, None), (DeliveryState::Accepted, 1, Some("250 ok"))],
            "{}",
            engine.name
        );
        let tried = attempts::of_deliveries(&mut tx, &[second, first, third]).await.unwrap();
        let mut outcomes: Vec<_> = tried.iter().map(|row| (row.outcome, row.ended_at)).collect();
        outcomes.sort();
        assert_eq!(outcomes, [(Some(Outcome::Accepted), Some(now)), (Some(Outcome::Deferred), Some(now))]);
        assert_eq!(deliveries::next_due(&mut tx).await.unwrap(), Some(now), "{}: the third", engine.name);
        tx.commit().await.unwrap();

        // One of two has been closed: the caller is told, and undoes both.
        let mut tx = engine.db.begin().await.unwrap();
        let third = beginning(&clock, third, &[3; 32]);
        deliveries::begin_tries(&mut tx, (token, later), &[third], now).await.unwrap();
        let ends =
            [ending(&third, Outcome::Accepted, accepted.clone()), ending(&tries[1], Outcome::Accepted, accepted)];
        assert!(!deliveries::end_tries(&mut tx, &ends, now).await.unwrap(), "{}", engine.name);
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn who_waits_for_another_version_is_found_for_many_at_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let units = vec![many(&clock, "one.example", 1), many(&clock, "two.example", 1)];
        let mut rows: Vec<DeliveryRow> = Vec::new();
        for version in [1, 2] {
            let (plan, _) = planned(&engine.db, &clock, case.id, version, units.clone()).await;
            let mut tx = engine.db.read().await.unwrap();
            let ids = deliveries::of_plan(&mut tx, plan).await.unwrap();
            rows.extend(deliveries::find_all(&mut tx, &ids).await.unwrap());
        }
        rows.sort_by_key(|row| (row.address.to_string(), row.version));
        let [one, one_later, two, two_later] = &rows[..] else { panic!("four") };
        let mut tx = engine.db.begin().await.unwrap();
        attempts::begin(&mut tx, AttemptId::generate(&clock), one.id, 1, false, clock.now()).await.unwrap();
        let all = [one, one_later, two, two_later];
        let waits = deliveries::others_on_the_wire(&mut tx, &all).await.unwrap();
        assert_eq!(waits, [one_later.id], "{}", engine.name);
        tx.rollback().await.unwrap();

        // Nor may a later one begin while somebody else is about to begin an earlier one. Whoever has both begins them in order.
        for (leases, expected) in [([1, 2], vec![two_later.id]), ([2, 1], vec![two_later.id]), ([1, 1], vec![])] {
            let tokens = [LeaseId::generate(&clock), LeaseId::generate(&clock)];
            let mut tx = engine.db.begin().await.unwrap();
            for (row, token) in [(two, tokens[leases[0] - 1]), (two_later, tokens[leases[1] - 1])] {
                on_tx!(&mut tx, c => sqlx::query("UPDATE deliveries SET lease = $2, leased_until = $3 WHERE id = $1")
                    .bind(row.id).bind(token).bind(clock.now().plus(LEASE)).execute(c).await.map(drop))
                .unwrap();
            }
            let ids: Vec<DeliveryId> = all.iter().map(|row| row.id).collect();
            let leased = deliveries::find_all(&mut tx, &ids).await.unwrap();
            let waits = deliveries::others_on_the_wire(&mut tx, &leased.iter().collect::<Vec<_>>()).await.unwrap();
            assert_eq!(waits, expected, "{} {leases:?}", engine.name);
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn who_is_alone_is_found_for_many_at_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (both, once) = (many(&clock, "one.example", 1), many(&clock, "two.example", 1));
        let mut plans = Vec::new();
        for (version, told) in [(1, vec![both.clone(), once]), (2, vec![both])] {
            plans.push(planned(&engine.db, &clock, case.id, version, told).await.0);
        }
        // Another case is another thread.
        let other = stored(&engine.db, &clock, 2).await;
        planned(&engine.db, &clock, other.id, 1, vec![many(&clock, "two.example", 1)]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let first = deliveries::of_plan(&mut tx, plans[0]).await.unwrap();
        let later = deliveries::of_plan(&mut tx, plans[1]).await.unwrap();
        let rows = deliveries::find_all(&mut tx, &first).await.unwrap();
        let once = rows.iter().find(|row| row.address.to_string().ends_with("two.example")).unwrap().id;
        assert_eq!(deliveries::alone(&mut tx, &first).await.unwrap(), [once], "{}", engine.name);
        assert_eq!(deliveries::alone(&mut tx, &later).await.unwrap(), [], "{}", engine.name);
        // What has ended is in nobody's way.
        let gone = Standing { state: DeliveryState::Cancelled, due_at: None, reply: None };
        assert!(deliveries::move_on(&mut tx, later[0], &gone, clock.now()).await.unwrap());
        assert_eq!(deliveries::alone(&mut tx, &first).await.unwrap().len(), 2, "{}", engine.name);
    }
}

#[tokio::test]
async fn a_try_takes_the_lease_where_there_is_none() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 2)]).await;
        let (token, now) = (LeaseId::generate(&clock), clock.now());
        let mut tx = engine.db.begin().await.unwrap();
        let due = deliveries::due(&mut tx, &request(now, 8, &[])).await.unwrap();
        let sha256 = Sha256::digest(b"bytes").into();
        let tries: Vec<_> = due.iter().map(|row| beginning(&clock, row.id, &sha256)).collect();
        deliveries::begin_tries(&mut tx, (token, now.plus(LEASE)), &tries, now).await.unwrap();
        tx.commit().await.unwrap();
        let ids: Vec<DeliveryId> = due.iter().map(|row| row.id).collect();
        let mut tx = engine.db.begin().await.unwrap();
        for row in deliveries::find_all(&mut tx, &ids).await.unwrap() {
            assert!(row.is_held_by(token) && row.tries == 1, "{}", engine.name);
        }
        // It lasts as long as any other, and is nobody else's until then.
        let stranger = LeaseId::generate(&clock);
        for (at, expected) in [(now, 0), (now.plus(LEASE), 2)] {
            let mut sorted = deliveries::lease(&mut tx, &ids, stranger, at, LEASE).await.unwrap();
            sorted.sort();
            assert_eq!(sorted.len(), expected, "{}", engine.name);
        }
    }
}

/// Only PostgreSQL: SQLite has one writer at a time.
#[tokio::test]
async fn what_another_sender_has_locked_is_passed_over() {
    let engine = engines().await.into_iter().find(|engine| matches!(engine.db, Db::Postgres(_))).unwrap();
    let clock = Clock::System;
    let case = stored(&engine.db, &clock, 1).await;
    let told = (0..6).map(|n| many(&clock, &format!("d{n}.example"), 1)).collect();
    planned(&engine.db, &clock, case.id, 1, told).await;
    let now = clock.now();
    let found = async |tx: &mut Tx, limit| {
        let rows = deliveries::due(tx, &request(now, limit, &[])).await.unwrap();
        assert!(rows.iter().all(|row| row.is_new));
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let (mut one, mut other) = (engine.db.begin().await.unwrap(), engine.db.begin().await.unwrap());
    let (first, next) = (found(&mut one, 2).await, found(&mut other, 2).await);
    assert_eq!((first.len(), next.len()), (2, 2), "the limit is not used up by what is locked");
    assert!(next.iter().all(|id| !first.contains(id)));
    // Nor is what somebody has locked leased by anybody else.
    let token = LeaseId::generate(&clock);
    assert_eq!(deliveries::lease(&mut other, &first, token, now, LEASE).await.unwrap(), []);
    assert_eq!(deliveries::lease(&mut other, &next, token, now, LEASE).await.unwrap().len(), 2);
    other.commit().await.unwrap();
    one.rollback().await.unwrap();
    let mut tx = engine.db.begin().await.unwrap();
    let left = found(&mut tx, 9).await;
    assert_eq!(left.len(), 4);
    assert!(first.iter().all(|id| left.contains(id)), "what was let go is due");
    let gone = Standing { state: DeliveryState::Cancelled, due_at: None, reply: None };
    assert!(deliveries::move_on(&mut tx, left[0], &gone, now).await.unwrap());
    let put_off = Standing { state: DeliveryState::Pending, due_at: Some(now.plus(LEASE)), reply: None };
    assert!(deliveries::move_on(&mut tx, left[1], &put_off, now).await.unwrap());
    let leased = deliveries::lease(&mut tx, &left, token, now, LEASE).await.unwrap();
    assert_eq!(leased.len(), 2, "neither what has ended nor what is put off");
}
