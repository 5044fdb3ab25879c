//! Photographs, and the list of files that no photograph names.

use std::time::Duration;

use domain::codes::{PictureFormat, ViewKind};
use domain::ids::{AlertId, ObjectId, PhotoId};
use domain::photo::{ContentHash, PerceptualHash};
use domain::{Clock, Timestamp};
use store::cases::CaseRow;
use store::photos::loose::{self, LooseFile};
use store::photos::{self, PhotoRow, Removed};
use store::{Db, Error, cases};

use crate::cases::{START, object, stored};
use crate::engines;

/// A photograph that is not stored yet; `number` makes its files and looks its own.
pub fn photo(clock: &Clock, case: &CaseRow, object_id: ObjectId, number: u8) -> PhotoRow {
    let hash = |kind: u8| ContentHash::new([number, kind].repeat(16).try_into().unwrap());
    PhotoRow {
        id: PhotoId::generate(clock),
        case_id: case.id,
        object_id,
        ordinal: number.into(),
        view: ViewKind::Overall,
        shows: "Front".parse().unwrap(),
        scale: true,
        look_alike: false,
        taken_on: Some("2019-05-17".parse().unwrap()),
        rights: None,
        credit: Some("I. Traoré".parse().unwrap()),
        format: PictureFormat::WebP,
        original: hash(1),
        size_bytes: 9_000_000_000,
        width: 4_000,
        height: 3_000,
        page: hash(2),
        page_width: 1_600,
        page_height: 1_200,
        preview: hash(3),
        preview_width: 640,
        preview_height: 480,
        looks: PerceptualHash::new(0xf0f0_f0f0_0f0f_0f0f ^ u64::from(number)).to_stored(),
        added_by: case.registered_by,
        added_at: clock.now(),
        removed_at: None,
    }
}

/// A stored case with one object.
pub async fn with_object(db: &Db, clock: &Clock, number: i64) -> (CaseRow, ObjectId) {
    let case = stored(db, clock, number).await;
    let id = ObjectId::generate(clock);
    let mut tx = db.begin().await.unwrap();
    cases::insert_objects(&mut tx, case.id, &[(id, object())], domain::codes::ObjectStatus::Missing).await.unwrap();
    tx.commit().await.unwrap();
    (case, id)
}

fn files(photo: &PhotoRow) -> [LooseFile; 3] {
    [("originals", photo.original), ("renditions", photo.page), ("renditions", photo.preview)]
        .map(|(shelf, hash)| LooseFile::new(shelf, hash))
}

#[tokio::test]
async fn photographs_come_back_as_stored_in_their_order_and_one_that_was_frozen_is_kept() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object_id) = with_object(&engine.db, &clock, 1).await;
        let (first, second) = (photo(&clock, &case, object_id, 1), photo(&clock, &case, object_id, 2));
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(photos::case_of(&mut tx, object_id).await.unwrap(), Some(case.id), "{}", engine.name);
        photos::insert(&mut tx, &first).await.unwrap();
        photos::insert(&mut tx, &second).await.unwrap();
        assert_eq!(photos::find(&mut tx, first.id).await.unwrap(), Some(first.clone()), "{}", engine.name);
        assert_eq!(photos::of_object(&mut tx, object_id).await.unwrap(), [first.clone(), second.clone()]);
        photos::set_ordinal(&mut tx, first.id, 9).await.unwrap();
        let first = PhotoRow { ordinal: 9, ..first };
        assert_eq!(
            photos::of_case(&mut tx, case.id).await.unwrap(),
            [second.clone(), first.clone()],
            "{}",
            engine.name
        );

        let alert = crate::alerts::draft(&clock, &case, 1);
        store::alerts::insert(&mut tx, &alert).await.unwrap();
        assert_eq!(photos::remove(&mut tx, &second, clock.now()).await.unwrap(), Removed::Deleted, "{}", engine.name);
        assert_eq!(photos::freeze(&mut tx, alert.id, case.id).await.unwrap(), 1);
        assert_eq!(photos::remove(&mut tx, &first, clock.now()).await.unwrap(), Removed::Kept, "{}", engine.name);
        let again = photos::remove(&mut tx, &first, clock.now()).await;
        assert!(matches!(again, Err(Error::RowsAffected { .. })), "{}", engine.name);
        assert_eq!(photos::of_object(&mut tx, object_id).await.unwrap(), []);
        let kept = PhotoRow { removed_at: Some(clock.now()), ..first };
        assert_eq!(photos::of_alert(&mut tx, alert.id).await.unwrap(), [kept], "{}", engine.name);
        assert_eq!(photos::of_alert(&mut tx, AlertId::generate(&clock)).await.unwrap(), []);
        let numbers = photos::object_numbers(&mut tx, alert.id).await.unwrap();
        assert_eq!(numbers, [(first.id, 1)], "{}", engine.name);
        assert_eq!(photos::find(&mut tx, second.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_file_is_loose_until_it_is_named_and_a_doomed_one_is_never_named() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object_id) = with_object(&engine.db, &clock, 1).await;
        let (named, given_up) = (photo(&clock, &case, object_id, 1), photo(&clock, &case, object_id, 2));
        let mut tx = engine.db.begin().await.unwrap();
        assert!(loose::add(&mut tx, &files(&named), clock.now()).await.unwrap(), "{}", engine.name);
        assert!(loose::add(&mut tx, &files(&given_up), clock.now()).await.unwrap());
        assert!(loose::claim(&mut tx, &named).await.unwrap(), "{}", engine.name);
        photos::insert(&mut tx, &named).await.unwrap();
        assert_eq!(loose::doom(&mut tx, clock.now()).await.unwrap(), [], "{}", engine.name);

        hand.advance(Duration::from_secs(10));
        // The same picture again, given up half-way: a photograph names its files already.
        assert!(loose::add(&mut tx, &files(&named), clock.now()).await.unwrap());
        hand.advance(Duration::from_secs(10));
        let mut doomed = loose::doom(&mut tx, clock.now()).await.unwrap();
        doomed.sort();
        assert_eq!(doomed, files(&given_up), "{}", engine.name);
        assert!(!loose::claim(&mut tx, &given_up).await.unwrap(), "{}", engine.name);
        assert!(!loose::add(&mut tx, &files(&given_up), clock.now()).await.unwrap(), "{}", engine.name);
        assert_eq!(loose::doom(&mut tx, clock.now()).await.unwrap().len(), 3, "a sweep that died is gone on with");
        for file in files(&given_up) {
            assert!(loose::forget(&mut tx, &file).await.unwrap(), "{}", engine.name);
        }
        assert!(loose::add(&mut tx, &files(&given_up), clock.now()).await.unwrap(), "{}", engine.name);
        // A second sweep that doomed them with the first: they are somebody's again, and not its to remove.
        for file in files(&given_up) {
            assert!(!loose::forget(&mut tx, &file).await.unwrap(), "{}", engine.name);
        }
        assert!(loose::claim(&mut tx, &given_up).await.unwrap(), "{}", engine.name);
    }
}
