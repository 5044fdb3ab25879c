//! Deliveries that wait for a person, or for their case to speak again.

use super::*;

#[tokio::test]
async fn a_held_delivery_is_decided_about_once_for_each_time_it_is_held() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 1)]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let id = deliveries::of_plan(&mut tx, plan_id).await.unwrap()[0];
        let hold = Standing { state: DeliveryState::Held, due_at: None, reply: Some("lowered") };
        assert_eq!(deliveries::held_since(&mut tx, id).await.unwrap(), None, "{}", engine.name);
        let mut decided = Vec::new();
        for _ in 0..2 {
            hand.advance(Duration::from_secs(5));
            let held_at = clock.now();
            assert!(deliveries::move_on(&mut tx, id, &hold, held_at).await.unwrap(), "{}", engine.name);
            assert_eq!(deliveries::held_since(&mut tx, id).await.unwrap(), Some(held_at));
            hand.advance(Duration::from_secs(5));
            let now = clock.now();
            let again = Standing { state: DeliveryState::Pending, due_at: Some(now), reply: None };
            assert!(!deliveries::move_held(&mut tx, id, now, &again, now).await.unwrap(), "{}", engine.name);
            assert!(deliveries::move_held(&mut tx, id, held_at, &again, now).await.unwrap(), "{}", engine.name);
            assert!(!deliveries::move_held(&mut tx, id, held_at, &again, now).await.unwrap(), "{}", engine.name);
            let row = deliveries::HeldDecisionRow {
                delivery_id: id,
                held_at,
                decision: HeldDecision::Release,
                reason: "the address is right again".parse().unwrap(),
                decided_by: AccountId::generate(&clock),
                decided_at: now,
            };
            deliveries::insert_decision(&mut tx, &row).await.unwrap();
            decided.push(row);
        }
        assert_eq!(deliveries::decisions(&mut tx, id).await.unwrap(), decided, "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_delivery_keeps_its_key_and_is_told_of_once_when_there_is_none() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let told = vec![many(&clock, "one.example", 1)];
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, told).await;
        let mut tx = engine.db.begin().await.unwrap();
        let id = deliveries::of_plan(&mut tx, plan_id).await.unwrap()[0];
        let (notice, lease) = (NoticeId::generate(&clock), LeaseId::generate(&clock));
        let now = clock.now();
        assert!(notices::create_for_delivery(&mut tx, notice, id, now).await.unwrap(), "{}", engine.name);
        let second = NoticeId::generate(&clock);
        assert!(!notices::create_for_delivery(&mut tx, second, id, now).await.unwrap(), "{}", engine.name);
        let due = notices::lease_one(&mut tx, lease, now, now.plus(LEASE)).await.unwrap().unwrap();
        assert_eq!((due.notice_id, due.delivery_id), (notice, Some(id)), "{}", engine.name);
        assert_eq!(notices::find(&mut tx, notice).await.unwrap().unwrap().delivery_id, Some(id));

        deliveries::note_key(&mut tx, id, "D4C9").await.unwrap();
        assert!(deliveries::note_content_read(&mut tx, id, now).await.unwrap());
        assert!(!deliveries::note_content_read(&mut tx, id, now.plus(LEASE)).await.unwrap());
        let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((row.encrypted_for.as_deref(), row.content_read_at), (Some("D4C9"), Some(now)), "{}", engine.name);
        lease_due(&mut tx, lease, &request(now, 9, &[])).await;
        deliveries::begin_try(&mut tx, id, (lease, now.plus(LEASE)), "<x@y>", &[7; 32]).await.unwrap();
        // Bytes that are frozen were encrypted for one key and will never be for another.
        assert!(deliveries::note_key(&mut tx, id, "0000").await.is_err(), "{}", engine.name);
    }
}

async fn let_go(db: &Db, plan: Option<PlanId>, now: Timestamp) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let due = deliveries::let_go(&mut tx, plan, now).await.unwrap();
    tx.commit().await.unwrap();
    due
}

/// An officer lets a plan go at the moment at which its deliveries are made: whoever made them has seen it held, whoever
/// lets go sees no deliveries, and no message comes again.
#[tokio::test]
async fn what_was_let_go_while_it_was_made_is_found_by_a_later_look() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let now = clock.now();
        let mut tx = engine.db.begin().await.unwrap();
        let alert_id = alert(&mut tx, &clock, case.id, 1).await;
        let held = Told { hold: Some(Hold::CaseCap { cap: 1 }), ..many(&clock, "one.example", 2) };
        let told = vec![held, many(&clock, "two.example", 1)];
        let plan = Plan { alert_id, rule_set_version: 1, directory_revision: 1, told, not_told: vec![] };
        let plan_id = PlanId::generate(&clock);
        assert!(plans::freeze(&mut tx, plan_id, case.id, &plan, &clock).await.unwrap());
        let waiting = holds::held(&mut tx, Some(plan_id), 10).await.unwrap()[0].id;
        tx.commit().await.unwrap();

        let release = async || {
            let mut tx = engine.db.begin().await.unwrap();
            let (by, reason) = (AccountId::generate(&clock), "all must know".parse().unwrap());
            assert_eq!(holds::release(&mut tx, &[waiting], by, &reason, now).await.unwrap(), 1);
            tx.commit().await.unwrap();
            let_go(&engine.db, Some(plan_id), now).await
        };
        let mut making = engine.db.begin().await.unwrap();
        let slot = |_: &deliveries::Recipient<'_>| Some(deliveries::Slot::at_once(now));
        deliveries::create_for_plan(&mut making, plan_id, &clock, slot).await.unwrap();
        if let Tx::Sqlite(_) = making {
            // One writer at a time: there is no such moment.
            making.commit().await.unwrap();
            assert_eq!(let_go(&engine.db, None, now).await, 0, "nobody has let anything go");
            assert_eq!(release().await, 2, "{}", engine.name);
            continue;
        }
        assert_eq!(release().await, 0, "{}: what is not committed cannot be seen", engine.name);
        making.commit().await.unwrap();
        assert_eq!(let_go(&engine.db, None, now).await, 2, "{}", engine.name);
        assert_eq!(let_go(&engine.db, None, now).await, 0, "{}", engine.name);
        let mut tx = engine.db.read().await.unwrap();
        assert_eq!(deliveries::by_state(&mut tx).await.unwrap(), [(DeliveryState::Pending, 3)], "{}", engine.name);
    }
}

#[tokio::test]
async fn what_a_silent_case_holds_back_waits_for_the_case_and_stays_in_doubt() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 2)]).await;
        let now = clock.now();
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let attempt = AttemptId::generate(&clock);
        attempts::begin(&mut tx, attempt, ids[0], 1, false, now).await.unwrap();
        attempts::end(&mut tx, attempt, Outcome::Uncertain, Stage::Message, None, now).await.unwrap();
        cases::set_state(&mut tx, case.id, CaseState::Suspended, now).await.unwrap();
        for id in &ids {
            assert_eq!(deliveries::find(&mut tx, *id).await.unwrap().unwrap().case_state, CaseState::Suspended);
            assert!(deliveries::hold_back(&mut tx, *id, "silence", now).await.unwrap(), "{}", engine.name);
            assert!(!deliveries::hold_back(&mut tx, *id, "silence", now).await.unwrap(), "{}", engine.name);
            assert_eq!(deliveries::held_since(&mut tx, *id).await.unwrap(), None, "it goes with its case");
        }
        assert_eq!(deliveries::let_go(&mut tx, None, now).await.unwrap(), 0, "{}: the case is silent", engine.name);
        cases::set_state(&mut tx, case.id, CaseState::Active, now).await.unwrap();
        assert_eq!(deliveries::let_go(&mut tx, Some(plan_id), now).await.unwrap(), 2, "{}", engine.name);
        let mut states = Vec::new();
        for id in ids {
            states.push(deliveries::find(&mut tx, id).await.unwrap().unwrap().state);
        }
        assert_eq!(states, [DeliveryState::Uncertain, DeliveryState::Pending], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
