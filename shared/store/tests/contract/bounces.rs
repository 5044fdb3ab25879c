//! What came back: mails, letters, and addresses that are left alone.

use std::time::Duration;

use domain::delivery::{BounceKind, DeliveryState, LetterKind};
use domain::ids::{AccountId, AttemptId, DeliveryId, LeaseId, LetterId};
use domain::{Clock, Timestamp};
use store::bounces::{self, BounceRow, SuppressionRow};
use store::deliveries::{self, DeliveryRow, DueRequest, Standing};
use store::letters::{self, LetterRow};
use store::{Db, Tx, attempts, chases, mails, plans};

use crate::cases::{START, stored};
use crate::deliveries::{lease_due, many, planned};
use crate::engines;

/// A delivery that a server has taken, its mail known by this Message-ID.
async fn accepted(db: &Db, clock: &Clock, case: domain::ids::CaseId, version: i64) -> DeliveryRow {
    let (plan, _) = planned(db, clock, case, version, vec![many(clock, "one.example", 1)]).await;
    let mut tx = db.begin().await.unwrap();
    let id = deliveries::of_plan(&mut tx, plan).await.unwrap()[0];
    let (now, lease) = (clock.now(), LeaseId::generate(clock));
    let request = DueRequest {
        now,
        lasts: Duration::from_secs(9),
        limit: 9,
        per_domain: 9,
        quick: &[],
        per_quick_domain: 0,
        full: &[],
        in_hand: &[],
        urgent_first: false,
    };
    lease_due(&mut tx, lease, &request).await;
    let (message_id, sha) = (format!("<{id}@x.example>"), id.as_uuid().as_bytes().repeat(2));
    mails::keep(&mut tx, &sha, b"x", Some(mails::Of { message_id: &message_id, first: id }), now).await.unwrap();
    deliveries::begin_try(&mut tx, id, (lease, now.plus(request.lasts)), &message_id, &sha).await.unwrap();
    let taken = Standing { state: DeliveryState::Accepted, due_at: None, reply: Some("250 ok") };
    assert!(deliveries::move_on(&mut tx, id, &taken, now).await.unwrap());
    let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    row
}

fn bounce(row: &DeliveryRow, kind: BounceKind, now: Timestamp) -> BounceRow {
    BounceRow {
        delivery_id: row.id,
        kind,
        tries: row.tries,
        digest: row.id.as_uuid().as_bytes().to_vec(),
        notification_id: row.notification_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        address: row.address.clone(),
        status: Some("5.1.1".to_owned()),
        words: None,
        received_at: now,
        task: true,
        second_contacts: 0,
        settled_at: None,
        settled_why: None,
    }
}

async fn state(tx: &mut Tx, id: DeliveryId) -> DeliveryState {
    deliveries::find(tx, id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_mail_comes_back_once_and_its_task_is_settled_once() {
    for engine in engines().await {
        let (db, name) = (&engine.db, engine.name);
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let row = accepted(db, &clock, case.id, 1).await;
        let now = clock.now();
        let mut tx = db.begin().await.unwrap();
        let failed = bounce(&row, BounceKind::Failed, now);
        assert!(bounces::insert(&mut tx, &failed).await.unwrap(), "{name}");
        assert!(!bounces::insert(&mut tx, &failed).await.unwrap(), "{name}: once");
        let late = BounceRow { tries: row.tries + 1, ..failed.clone() };
        assert!(!bounces::insert(&mut tx, &late).await.unwrap(), "{name}: the same report after another try");
        let other = BounceRow { digest: vec![9; 32], ..failed.clone() };
        assert!(!bounces::insert(&mut tx, &other).await.unwrap(), "{name}: another report of the same try");
        let again = BounceRow { digest: vec![9; 32], ..late };
        assert!(bounces::insert(&mut tx, &again).await.unwrap(), "{name}: what was sent once more came back once more");
        bounces::take_back(&mut tx, &again).await.unwrap();
        let complaint = bounce(&row, BounceKind::Complaint, now);
        assert!(bounces::insert(&mut tx, &complaint).await.unwrap(), "{name}: another kind");
        bounces::take_back(&mut tx, &complaint).await.unwrap();
        let failed = BounceRow { second_contacts: 2, ..failed };
        bounces::note_second_contacts(&mut tx, &failed).await.unwrap();
        // A try that has no end: the server's word is still on its way.
        let attempt = AttemptId::generate(&clock);
        attempts::begin(&mut tx, attempt, row.id, 1, false, now).await.unwrap();
        assert!(deliveries::is_on_the_wire(&mut tx, row.id).await.unwrap(), "{name}");
        assert!(!deliveries::come_back(&mut tx, row.id, DeliveryState::Refused, "x", now).await.unwrap(), "{name}");
        let (outcome, stage) = (domain::delivery::Outcome::Accepted, domain::delivery::Stage::Message);
        assert!(attempts::end(&mut tx, attempt, outcome, stage, None, now).await.unwrap());
        assert!(!deliveries::is_on_the_wire(&mut tx, row.id).await.unwrap(), "{name}");
        assert!(deliveries::come_back(&mut tx, row.id, DeliveryState::Refused, "x", now).await.unwrap(), "{name}");
        assert_eq!(state(&mut tx, row.id).await, DeliveryState::Refused, "{name}");
        assert!(
            !deliveries::come_back(&mut tx, row.id, DeliveryState::Refused, "x", now).await.unwrap(),
            "{name}: once"
        );
        let open = bounces::open(&mut tx, 10).await.unwrap();
        assert_eq!((open.len(), open[0].second_contacts, open[0].delivery_id), (1, 2, row.id), "{name}");
        assert_eq!(plans::alarms::of_desk(&mut tx).await.unwrap().came_back, 1, "{name}");
        let by = (AccountId::generate(&clock), &"reached by telephone".parse().unwrap());
        let settled = bounces::settle(&mut tx, row.id, BounceKind::Failed, by, now).await.unwrap().unwrap();
        assert_eq!((settled.settled_at, settled.second_contacts), (Some(now), 2), "{name}");
        assert_eq!(bounces::settle(&mut tx, row.id, BounceKind::Failed, by, now).await.unwrap(), None, "{name}: once");
        assert!(bounces::open(&mut tx, 10).await.unwrap().is_empty(), "{name}");
        assert_eq!(bounces::of_notification(&mut tx, row.notification_id).await.unwrap(), [settled], "{name}");
        assert_eq!(
            bounces::of_case(&mut tx, row.case_id).await.unwrap(),
            bounces::of_notification(&mut tx, row.notification_id).await.unwrap(),
            "{name}"
        );
        assert_eq!(plans::alarms::of_desk(&mut tx).await.unwrap().came_back, 0, "{name}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_address_is_left_alone_until_its_time_is_over_or_somebody_releases_it() {
    for engine in engines().await {
        let (db, name) = (&engine.db, engine.name);
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let row = accepted(db, &clock, case.id, 1).await;
        let now = clock.now();
        let mut tx = db.begin().await.unwrap();
        bounces::insert(&mut tx, &bounce(&row, BounceKind::Failed, now)).await.unwrap();
        bounces::insert(&mut tx, &bounce(&row, BounceKind::Complaint, now)).await.unwrap();
        let since = now.minus(Duration::from_secs(60));
        let recent = bounces::recent(&mut tx, row.partner_id, &row.address, since).await.unwrap();
        assert_eq!(recent, 1, "{name}: one mail, whatever is said of it");
        let later = now.plus(Duration::from_secs(1));
        assert_eq!(bounces::recent(&mut tx, row.partner_id, &row.address, later).await.unwrap(), 0, "{name}");
        let ends_at = now.plus(Duration::from_secs(3600));
        let suppression = SuppressionRow {
            partner_id: row.partner_id,
            address: row.address.clone(),
            delivery_id: row.id,
            bounces: 2,
            begun_at: now,
            ends_at,
        };
        assert!(bounces::suppress(&mut tx, &suppression).await.unwrap(), "{name}");
        assert!(!bounces::suppress(&mut tx, &suppression).await.unwrap(), "{name}: it is");
        let found = deliveries::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!(found.suppressed_until, Some(ends_at), "{name}");
        assert!(!found.is_suppressed(now), "{name}: police never is");
        assert_eq!(bounces::suppressed(&mut tx, now, 9).await.unwrap().len(), 1, "{name}");
        assert_eq!(bounces::released_at(&mut tx, row.partner_id, &row.address).await.unwrap(), None, "{name}");
        let (by, why) = (AccountId::generate(&clock), "their server is repaired".parse().unwrap());
        let released = bounces::release(&mut tx, row.id, by, &why, now).await.unwrap();
        assert_eq!(released, Some(row.partner_id), "{name}");
        assert_eq!(bounces::release(&mut tx, row.id, by, &why, now).await.unwrap(), None, "{name}: once");
        assert_eq!(bounces::released_at(&mut tx, row.partner_id, &row.address).await.unwrap(), Some(now), "{name}");
        assert_eq!(deliveries::find(&mut tx, row.id).await.unwrap().unwrap().suppressed_until, None, "{name}");
        assert!(bounces::suppress(&mut tx, &suppression).await.unwrap(), "{name}: anew");
        hand.advance(Duration::from_secs(3600));
        assert!(bounces::suppressed(&mut tx, clock.now(), 9).await.unwrap().is_empty(), "{name}: over");
        let again =
            SuppressionRow { begun_at: clock.now(), ends_at: clock.now().plus(Duration::from_secs(9)), ..suppression };
        assert!(bounces::suppress(&mut tx, &again).await.unwrap(), "{name}: after its time");
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_letter_is_kept_once_and_a_mail_knows_its_deliveries() {
    for engine in engines().await {
        let (db, name) = (&engine.db, engine.name);
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let row = accepted(db, &clock, case.id, 1).await;
        let other = accepted(db, &clock, case.id, 2).await;
        let now = clock.now();
        let mut tx = db.begin().await.unwrap();
        let letter = LetterRow {
            id: LetterId::generate(&clock),
            delivery_id: row.id,
            notification_id: row.notification_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            kind: LetterKind::Reply,
            sender: Some("Ana <ana@one.example>".parse().unwrap()),
            subject: None,
            body: Some("Thank you\nAna".parse().unwrap()),
            cut: true,
            digest: vec![7; 32],
            received_at: now,
            erased_at: None,
        };
        assert!(letters::insert(&mut tx, &letter).await.unwrap(), "{name}");
        let twin = LetterRow { id: LetterId::generate(&clock), ..letter.clone() };
        assert!(!letters::insert(&mut tx, &twin).await.unwrap(), "{name}: once");
        assert_eq!(letters::count(&mut tx, row.notification_id).await.unwrap(), 1, "{name}");
        assert_eq!(
            letters::of_notification(&mut tx, row.notification_id, 9).await.unwrap(),
            std::slice::from_ref(&letter),
            "{name}"
        );
        assert_eq!(letters::kept_of_case(&mut tx, case.id).await.unwrap(), [letter.id], "{name}");
        assert!(letters::erase(&mut tx, letter.id, now).await.unwrap(), "{name}");
        assert!(!letters::erase(&mut tx, letter.id, now).await.unwrap(), "{name}: once");
        assert!(letters::kept_of_case(&mut tx, case.id).await.unwrap().is_empty(), "{name}");
        let rest = letters::find(&mut tx, letter.id).await.unwrap().unwrap();
        assert_eq!((rest.sender, rest.subject, rest.body), (Some("(erased)".parse().unwrap()), None, None), "{name}");
        assert!(!letters::insert(&mut tx, &twin).await.unwrap(), "{name}: it does not come back");
        let message_id = row.message_id.clone().unwrap();
        assert_eq!(mails::deliveries(&mut tx, &message_id).await.unwrap(), [row.id], "{name}");
        // What is said to be in the same mail, and has another one by now, is not.
        mails::add_member(&mut tx, &message_id, other.id).await.unwrap();
        mails::add_member(&mut tx, &message_id, other.id).await.unwrap();
        assert_eq!(mails::deliveries(&mut tx, &message_id).await.unwrap(), [row.id], "{name}");
        assert!(mails::deliveries(&mut tx, "<nobody@x.example>").await.unwrap().is_empty(), "{name}");
        chases::look_again(&mut tx, row.notification_id, now).await.unwrap();
        assert!(chases::begin(&mut tx, row.plan_id, true, now).await.unwrap() == 1, "{name}");
        let before = now.minus(Duration::from_secs(60));
        chases::look_again(&mut tx, row.notification_id, before).await.unwrap();
        assert_eq!(chases::due(&mut tx, before, 9).await.unwrap(), [row.notification_id], "{name}");
        tx.commit().await.unwrap();
    }
}
