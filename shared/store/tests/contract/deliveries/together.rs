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
        assert_eq!(deliveries::renew_all(&mut tx, &ids, token, later).await.unwrap(), ids, "{}", engine.name);
        let stranger = LeaseId::generate(&clock);
        assert!(found.iter().all(|row| row.is_held_by(token) && !row.is_held_by(stranger)), "{}", engine.name);
        assert_eq!(deliveries::renew_all(&mut tx, &ids, stranger, later).await.unwrap(), [], "{}", engine.name);

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
