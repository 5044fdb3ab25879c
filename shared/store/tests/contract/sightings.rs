//! Sightings.

use std::time::Duration;

use domain::codes::{PictureFormat, SightingOrigin, SightingState};
use domain::ids::{AccountId, SightingId};
use domain::photo::ContentHash;
use domain::sighting::Restricted;
use domain::{Clock, Timestamp};
use store::answers::SightingPhotoRow;
use store::sightings::{self, Decision, SightingRow};

use crate::answers::seen;
use crate::cases::START;
use crate::engines;
use crate::photos::with_object;

#[tokio::test]
async fn a_sighting_is_kept_once_and_decided_once() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object_id) = with_object(&engine.db, &clock, 1).await;
        let row = SightingRow {
            id: SightingId::generate(&clock),
            case_id: case.id,
            object_id: None,
            origin: SightingOrigin::Desk,
            partner_id: None,
            notification_id: None,
            reported_by: Some(AccountId::generate(&clock)),
            seen: Restricted::new(seen()),
            state: SightingState::Open,
            reported_at: clock.now(),
            note: None,
            decided_by: None,
            decided_at: None,
            erased_at: None,
            has_photo: false,
        };
        let mut tx = engine.db.begin().await.unwrap();
        assert!(sightings::insert(&mut tx, &row).await.unwrap(), "{}", engine.name);
        assert!(!sightings::insert(&mut tx, &row).await.unwrap(), "{}", engine.name);
        assert_eq!(sightings::find(&mut tx, row.id).await.unwrap(), Some(row.clone()), "{}", engine.name);
        assert_eq!(sightings::open(&mut tx, 10).await.unwrap(), std::slice::from_ref(&row), "{}", engine.name);
        hand.advance(Duration::from_secs(5));
        let decision = Decision {
            state: SightingState::Accepted,
            object_id: Some(object_id),
            note: Some("the crack".parse().unwrap()),
            by: AccountId::generate(&clock),
            at: clock.now(),
        };
        assert!(sightings::decide(&mut tx, row.id, &decision).await.unwrap(), "{}", engine.name);
        assert!(!sightings::decide(&mut tx, row.id, &decision).await.unwrap(), "{}", engine.name);
        let decided = SightingRow {
            state: decision.state,
            object_id: Some(object_id),
            note: decision.note,
            decided_by: Some(decision.by),
            decided_at: Some(decision.at),
            ..row
        };
        assert_eq!(
            sightings::of_case(&mut tx, case.id).await.unwrap(),
            std::slice::from_ref(&decided),
            "{}",
            engine.name
        );
        assert!(sightings::open(&mut tx, 10).await.unwrap().is_empty(), "{}", engine.name);
        let id = decided.id;
        assert!(sightings::photo(&mut tx, id).await.unwrap().is_none(), "{}", engine.name);
        let hash = ContentHash::new([7; 32]);
        let photo =
            SightingPhotoRow { format: PictureFormat::Png, sha256: hash, original: vec![1, 2], page: vec![3, 4] };
        assert!(sightings::insert_photo(&mut tx, id, &photo).await.unwrap(), "{}", engine.name);
        assert!(!sightings::insert_photo(&mut tx, id, &photo).await.unwrap(), "{}", engine.name);
        assert!(sightings::photo(&mut tx, id).await.unwrap() == Some(photo), "{}", engine.name);
        assert_eq!(sightings::photo_fingerprint(&mut tx, id).await.unwrap(), Some(hash), "{}", engine.name);
        let row = sightings::find(&mut tx, id).await.unwrap().unwrap();
        assert!(row.has_photo, "{}", engine.name);
        assert!(sightings::erase(&mut tx, &row, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(!sightings::erase(&mut tx, &row, clock.now()).await.unwrap(), "{}", engine.name);
        let rest = sightings::find(&mut tx, id).await.unwrap().unwrap();
        let seen = rest.seen.for_storage();
        assert_eq!((seen.source.as_str(), seen.what.as_str(), rest.has_photo), ("(erased)", "(erased)", false));
        assert_eq!((seen.place == row.seen.for_storage().place, rest.note), (true, None), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
