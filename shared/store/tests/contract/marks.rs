//! The mark that tells a restored database.

use domain::codes::PartnerKind;
use domain::delivery::DeliveryState;
use domain::ids::NotificationId;
use domain::{Clock, Timestamp};
use store::{deliveries, marks, plans, sending};

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
        assert!(!marks::go_on(&mut tx).await.unwrap(), "{name}: nothing to compare");
        assert!(marks::note_older(&mut tx, other, 9, now).await.unwrap(), "{name}");
        assert!(!marks::note_older(&mut tx, other, 7, now).await.unwrap(), "{name}: known");
        assert!(sending::is_stopped(&mut tx).await.unwrap(), "{name}");
        assert!(plans::alarms::of_desk(&mut tx).await.unwrap().restored, "{name}");
        assert_eq!(marks::open(&mut tx).await.unwrap(), (2, None), "{name}");
        assert!(marks::go_on(&mut tx).await.unwrap(), "{name}");
        assert!(!marks::go_on(&mut tx).await.unwrap(), "{name}: once");
        assert_eq!(marks::doubt_all(&mut tx).await.unwrap(), 2, "{name}");
        for id in deliveries::of_plan(&mut tx, plan).await.unwrap() {
            let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
            assert_eq!((row.state, row.partner_kind), (DeliveryState::Uncertain, PartnerKind::Police), "{name}");
        }
        assert!(!sending::is_stopped(&mut tx).await.unwrap(), "{name}");
        assert_eq!(marks::advance(&mut tx, first).await.unwrap(), (other, 11), "{name}: beyond what any file knew");
        tx.commit().await.unwrap();
    }
}
