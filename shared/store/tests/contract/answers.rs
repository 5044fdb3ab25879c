//! What partners answer.

use std::time::Duration;

use domain::codes::{AnswerKind, PictureFormat};
use domain::ids::{AnswerId, SightingId};
use domain::photo::ContentHash;
use domain::sighting::{Restricted, Seen};
use domain::{Clock, Timestamp};
use store::answers::{self, AnswerRow, SentSightingRow, SightingPhotoRow, Tally};
use store::deliveries::{self, DeliveryRow};
use store::partners::{self, Why};
use store::{Tx, acknowledgements, sightings};

use crate::cases::{START, stored};
use crate::deliveries::{many, planned};
use crate::engines;
use crate::partners::partner;

pub fn seen() -> Seen {
    Seen {
        place: "Brussels, a gallery".parse().unwrap(),
        country: Some("BE".parse().unwrap()),
        seen_on: "2026-11-20".parse().unwrap(),
        time: None,
        venue: None,
        what: "In the window.\nNo price.".parse().unwrap(),
        source: "A colleague".parse().unwrap(),
    }
}

fn answer(clock: &Clock, row: &DeliveryRow, kind: AnswerKind, digest: &[u8]) -> AnswerRow {
    AnswerRow {
        id: AnswerId::generate(clock),
        notification_id: row.notification_id,
        delivery_id: row.id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        kind,
        answered_by: "Unit A".parse().unwrap(),
        note: Some("only paintings".parse().unwrap()),
        digest: digest.to_vec(),
        answered_at: clock.now(),
    }
}

async fn first(tx: &mut Tx, clock: &Clock, row: &DeliveryRow) {
    let row = acknowledgements::AcknowledgementRow {
        notification_id: row.notification_id,
        id: AnswerId::generate(clock),
        delivery_id: row.id,
        case_id: row.case_id,
        answered_by: "Unit A".parse().unwrap(),
        note: None,
        acknowledged_at: clock.now(),
    };
    assert!(acknowledgements::insert(tx, &row).await.unwrap());
}

#[tokio::test]
async fn each_kind_of_answer_counts_once_and_each_sighting_that_says_something_new() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let told = vec![many(&clock, "one.example", 1), many(&clock, "two.example", 1)];
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, told).await;
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let row = deliveries::find(&mut tx, ids[0]).await.unwrap().unwrap();
        let none = Tally { told: 2, ..Tally::default() };
        assert_eq!(answers::tally(&mut tx, case.id).await.unwrap(), none, "{}", engine.name);
        let charge = answer(&clock, &row, AnswerKind::TakingCharge, &[]);
        assert!(answers::insert(&mut tx, &charge).await.unwrap(), "{}", engine.name);
        first(&mut tx, &clock, &row).await;
        hand.advance(Duration::from_secs(1));
        let again = answer(&clock, &row, AnswerKind::TakingCharge, &[]);
        assert!(!answers::insert(&mut tx, &again).await.unwrap(), "{}", engine.name);
        let information = answer(&clock, &row, AnswerKind::Information, b"a");
        assert!(answers::insert(&mut tx, &information).await.unwrap(), "{}", engine.name);
        let more = answer(&clock, &row, AnswerKind::Information, b"b");
        assert!(answers::insert(&mut tx, &more).await.unwrap(), "{}", engine.name);
        assert_eq!(answers::sightings_of(&mut tx, row.notification_id).await.unwrap(), 2, "{}", engine.name);
        let all = answers::of_notification(&mut tx, row.notification_id).await.unwrap();
        assert_eq!(all.len(), 3, "{}", engine.name);
        assert_eq!(all[0], charge, "{}", engine.name);
        assert_eq!(answers::of_case(&mut tx, case.id).await.unwrap(), all, "{}", engine.name);
        let counted = Tally { told: 2, acknowledged: 1, taking_charge: 1, information: 1, not_ours: 0 };
        assert_eq!(answers::tally(&mut tx, case.id).await.unwrap(), counted, "{}", engine.name);

        let sent = SentSightingRow {
            sighting_id: SightingId::generate(&clock),
            answer_id: information.id,
            case_id: case.id,
            object_id: None,
            partner_id: row.partner_id,
            notification_id: row.notification_id,
            seen: Restricted::new(seen()),
            answered_at: information.answered_at,
        };
        let photo = SightingPhotoRow {
            format: PictureFormat::Png,
            sha256: ContentHash::new([7; 32]),
            original: vec![1, 2, 3],
            page: vec![4, 5],
        };
        answers::insert_sighting(&mut tx, &sent, Some(&photo)).await.unwrap();
        let found = answers::sighting(&mut tx, sent.sighting_id).await.unwrap();
        assert_eq!(found, Some(sent.clone()), "{}", engine.name);
        assert!(sightings::photo(&mut tx, sent.sighting_id).await.unwrap() == Some(photo), "{}", engine.name);
        let other = SightingId::generate(&clock);
        assert_eq!(answers::sighting(&mut tx, other).await.unwrap(), None, "{}", engine.name);
        assert!(sightings::photo(&mut tx, other).await.unwrap().is_none(), "{}", engine.name);
        let of = answers::of_sighting(&mut tx, sent.sighting_id).await.unwrap();
        assert_eq!(of, Some(sent.answer_id), "{}", engine.name);
        assert_eq!(answers::sighting_of(&mut tx, sent.answer_id).await.unwrap(), Some(sent.sighting_id));
        assert!(answers::erase(&mut tx, sent.answer_id, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(!answers::erase(&mut tx, sent.answer_id, clock.now()).await.unwrap(), "{}", engine.name);
        let rest = answers::find(&mut tx, sent.answer_id).await.unwrap().unwrap();
        assert_eq!((rest.answered_by.as_str(), rest.note), ("(erased)", None), "{}", engine.name);
        assert!(sightings::photo(&mut tx, sent.sighting_id).await.unwrap().is_none(), "{}", engine.name);
        let seen = answers::sighting(&mut tx, sent.sighting_id).await.unwrap().unwrap().seen;
        assert_eq!(seen.for_storage().source.as_str(), "(erased)", "{}", engine.name);
        assert_eq!(answers::kept_of_case(&mut tx, case.id).await.unwrap(), [charge.id, more.id], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn what_was_not_theirs_is_shown_until_the_partners_record_is_changed() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let unit = partner(&clock, "Unit A");
        let told = vec![domain::plan::Told { partner_id: unit.id, ..many(&clock, "one.example", 1) }];
        let why = Why { by: None, source: domain::codes::RevisionSource::Form, reason: "test".parse().unwrap() };
        let mut tx = engine.db.begin().await.unwrap();
        let revision = partners::next_revision(&mut tx, &why, clock.now()).await.unwrap();
        partners::put(&mut tx, std::slice::from_ref(&unit), revision, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        hand.advance(Duration::from_secs(1));
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, told).await;
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let row = deliveries::find(&mut tx, ids[0]).await.unwrap().unwrap();
        let not_ours = answer(&clock, &row, AnswerKind::NotOurs, &[]);
        assert!(answers::insert(&mut tx, &not_ours).await.unwrap());
        let found = answers::not_ours(&mut tx, 10).await.unwrap();
        assert_eq!(found.len(), 1, "{}", engine.name);
        assert_eq!((found[0].partner_id, found[0].reference), (unit.id, case.reference), "{}", engine.name);
        assert_eq!(found[0].note, not_ours.note, "{}", engine.name);
        hand.advance(Duration::from_secs(1));
        let revision = partners::next_revision(&mut tx, &why, clock.now()).await.unwrap();
        partners::put(&mut tx, std::slice::from_ref(&unit), revision, clock.now()).await.unwrap();
        assert!(answers::not_ours(&mut tx, 10).await.unwrap().is_empty(), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
