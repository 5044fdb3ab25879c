//! The mark that tells a restored database, and pauses in front of a mail server.

use std::time::Duration;

use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Stage};
use domain::ids::{AttemptId, LeaseId, NotificationId};
use domain::{Clock, Timestamp};
use store::deliveries::Standing;
use store::pauses::{self, PauseRow};
use store::{attempts, deliveries, marks, plans, sending};

use crate::cases::{START, stored};
use crate::deliveries::{many, planned};
use crate::engines;

#[tokio::test]
async fn a_mark_grows_and_what_a_file_knows_more_stops_all_sending() {
    for engine in engines().await {
        let (db, name) = (&engine.db, engine.name);
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let (plan, _) = planned(db, &clock, case.id, 1, vec![many(&clock, "one.example", 2)]).await;
        let uuid = || NotificationId::generate(&clock).as_uuid();
        let (first, other, now) = (uuid(), uuid(), clock.now());
        let mut tx = db.begin().await.unwrap();
        assert_eq!(marks::find(&mut tx).await.unwrap().instance, None, "{name}");
        assert_eq!(marks::advance(&mut tx, first).await.unwrap(), (first, 1), "{name}");
        assert_eq!(marks::advance(&mut tx, other).await.unwrap(), (first, 2), "{name}: it keeps its name");
        assert!(!marks::go_on(&mut tx, now).await.unwrap(), "{name}: nothing to compare");
        assert!(marks::note_older(&mut tx, other, 9, now).await.unwrap(), "{name}");
        assert!(!marks::note_older(&mut tx, other, 7, now).await.unwrap(), "{name}: known");
        assert!(sending::is_stopped(&mut tx).await.unwrap(), "{name}");
        assert!(plans::alarms::of_desk(&mut tx).await.unwrap().restored, "{name}");
        assert_eq!(marks::open(&mut tx).await.unwrap(), (2, None), "{name}");
        assert!(marks::go_on(&mut tx, now).await.unwrap(), "{name}");
        assert!(!marks::go_on(&mut tx, now).await.unwrap(), "{name}: once");
        assert_eq!(marks::find(&mut tx).await.unwrap().compared_at, Some(now), "{name}");
        let ids = deliveries::of_plan(&mut tx, plan).await.unwrap();
        let held = Standing { state: DeliveryState::Held, due_at: None, reply: None };
        assert!(deliveries::move_on(&mut tx, ids[1], &held, now).await.unwrap(), "{name}");
        assert_eq!(marks::doubt_all(&mut tx).await.unwrap(), 1, "{name}: one waits");
        for (id, state) in ids.iter().zip([DeliveryState::Uncertain, DeliveryState::Held]) {
            let row = deliveries::find(&mut tx, *id).await.unwrap().unwrap();
            assert_eq!((row.state, row.partner_kind, row.in_doubt), (state, PartnerKind::Police, true), "{name}");
        }
        let attempt = AttemptId::generate(&clock);
        assert!(!marks::knows(&mut tx, attempt).await.unwrap(), "{name}");
        attempts::begin(&mut tx, attempt, ids[0], 1, false, now).await.unwrap();
        assert!(marks::knows(&mut tx, attempt).await.unwrap(), "{name}");
        assert!(!sending::is_stopped(&mut tx).await.unwrap(), "{name}");
        assert_eq!(marks::advance(&mut tx, first).await.unwrap(), (other, 11), "{name}: beyond what any file knew");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_pause_is_prolonged_until_it_is_over_or_forgotten() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let now = clock.now();
        let later = |secs| now.plus(Duration::from_secs(secs));
        let pause =
            PauseRow { sender: LeaseId::generate(&clock), begun_at: now, probe_at: later(60), stage: Stage::Auth };
        let mut tx = engine.db.begin().await.unwrap();
        assert!(pauses::put(&mut tx, &pause).await.unwrap(), "{}: it begins", engine.name);
        let longer = PauseRow { begun_at: later(60), probe_at: later(180), stage: Stage::Greeting, ..pause };
        assert!(!pauses::put(&mut tx, &longer).await.unwrap(), "{}: it is prolonged", engine.name);
        let expected = PauseRow { begun_at: now, ..longer };
        assert_eq!(pauses::now(&mut tx, now).await.unwrap(), [expected], "{}: one, since it began", engine.name);
        assert!(pauses::now(&mut tx, later(180)).await.unwrap().is_empty(), "{}: forgotten", engine.name);
        assert_eq!(pauses::end_all(&mut tx).await.unwrap(), 1, "{}", engine.name);
        assert!(pauses::now(&mut tx, now).await.unwrap().is_empty(), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
