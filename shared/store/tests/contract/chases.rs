//! What is followed until somebody has taken it up, reminders, and deliveries that go out together.

use std::time::Duration;

use domain::codes::{AcknowledgedBy, ContactRole, Pace};
use domain::delivery::DeliveryState;
use domain::ids::{AccountId, AnswerId, LeaseId, NotificationId, PlanId};
use domain::plan::Told;
use domain::{Clock, Timestamp};
use store::acknowledgements::{self, AcknowledgementRow};
use store::chases::{self, Answered};
use store::deliveries::{self, DeliveryRow, Slot, Standing};
use store::{Db, mails, notices, plans, reports};

use crate::cases::{START, stored};
use crate::deliveries::{many, planned};
use crate::engines;

async fn rows(db: &Db, plan: PlanId) -> Vec<DeliveryRow> {
    let mut tx = db.read().await.unwrap();
    let mut rows = Vec::new();
    for id in deliveries::of_plan(&mut tx, plan).await.unwrap() {
        rows.push(deliveries::find(&mut tx, id).await.unwrap().unwrap());
    }
    rows.sort_by(|a, b| a.address.cmp(&b.address));
    rows
}

async fn accept(db: &Db, row: &DeliveryRow, now: Timestamp) {
    let mut tx = db.begin().await.unwrap();
    let standing = Standing { state: DeliveryState::Accepted, due_at: None, reply: None };
    assert!(deliveries::move_on(&mut tx, row.id, &standing, now).await.unwrap());
    tx.commit().await.unwrap();
}

fn answer(row: &DeliveryRow, clock: &Clock) -> AcknowledgementRow {
    AcknowledgementRow {
        notification_id: row.notification_id,
        id: AnswerId::generate(clock),
        delivery_id: row.id,
        case_id: row.case_id,
        answered_by: "Unit 4".parse().unwrap(),
        note: None,
        acknowledged_at: clock.now(),
    }
}

/// Three addresses, the last a second contact; each of those written to must acknowledge within an hour.
fn asked(clock: &Clock) -> Told {
    let mut told = many(clock, "one.example", 3);
    told.addressees[2].role = ContactRole::Second;
    Told { acknowledge_within: Some(60), acknowledged_by: AcknowledgedBy::All, ..told }
}

#[tokio::test]
async fn a_notification_is_followed_once_looked_at_by_one_and_settled_once() {
    for engine in engines().await {
        let db = &engine.db;
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let (plan, _) = planned(db, &clock, case.id, 1, vec![asked(&clock), many(&clock, "two.example", 1)]).await;
        let of_one: Vec<_> =
            rows(db, plan).await.into_iter().filter(|row| row.address.domain() == "one.example").collect();
        assert_eq!(of_one.len(), 2, "{}: the second contact waits", engine.name);
        let id = of_one[0].notification_id;
        let mut tx = db.begin().await.unwrap();
        let sums = reports::conservation(&mut tx, Some(plan)).await.unwrap();
        assert!(sums.holds() && sums.told == 3, "{}: {sums:?}", engine.name);
        assert_eq!(chases::begin(&mut tx, plan, false, clock.now()).await.unwrap(), 1, "{}: who is asked", engine.name);
        assert_eq!(
            chases::begin(&mut tx, plan, true, clock.now()).await.unwrap(),
            1,
            "{}: and everybody else",
            engine.name
        );
        assert_eq!(chases::begin(&mut tx, plan, true, clock.now()).await.unwrap(), 0, "{}: once", engine.name);
        tx.commit().await.unwrap();

        let mut tx = db.begin().await.unwrap();
        let now = clock.now();
        assert_eq!(chases::due(&mut tx, now.minus(Duration::from_secs(1)), 10).await.unwrap(), []);
        assert_eq!(chases::due(&mut tx, now, 10).await.unwrap().len(), 2, "{}", engine.name);
        let mut row = chases::take(&mut tx, id, now).await.unwrap().unwrap();
        assert_eq!((row.quorum, row.urgent, row.acknowledge_within), (2, false, Some(60)), "{}", engine.name);
        assert_eq!((row.begun_at, row.reminded_at), (now, None));
        assert_eq!(chases::take(&mut tx, id, now).await.unwrap(), None, "{}: taken", engine.name);
        let waits =
            Answered { accepted: 0, open: 2, acknowledged: 0, overtaken: false, silent: false, begun_at: Some(now) };
        assert_eq!(chases::answered(&mut tx, id, now).await.unwrap(), waits, "{}", engine.name);
        let later = now.plus(Duration::from_secs(60));
        row.reminded_at = Some(now);
        chases::note(&mut tx, &row, Some(later)).await.unwrap();
        assert_eq!(chases::take(&mut tx, id, now).await.unwrap(), None, "{}: not yet", engine.name);
        assert_eq!(chases::find(&mut tx, id).await.unwrap(), Some(row.clone()), "{}", engine.name);
        tx.commit().await.unwrap();
        looked_at_by_one(db, id, later).await;

        accept(db, &of_one[0], now).await;
        let mut tx = db.begin().await.unwrap();
        let made = chases::remind(&mut tx, id, &clock).await.unwrap();
        assert_eq!(made.len(), 1, "{}: only who has the mail", engine.name);
        assert_eq!(chases::remind(&mut tx, id, &clock).await.unwrap(), [], "{}: once", engine.name);
        assert_eq!(chases::reminder(&mut tx, made[0]).await.unwrap(), Some((of_one[0].id, now)), "{}", engine.name);
        assert!(notices::create(&mut tx, made[0], now).await.unwrap());
        notices::cancel(&mut tx, made[0], "not needed", now).await.unwrap();
        assert_eq!(notices::find(&mut tx, made[0]).await.unwrap().unwrap().state, DeliveryState::Cancelled);
        tx.commit().await.unwrap();

        // Late: the second contact's turn, and the desk's.
        hand.advance(Duration::from_secs(7200));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(chases::unanswered(&mut tx, 10).await.unwrap().len(), 0, "{}: nothing is late yet", engine.name);
        assert_eq!(deliveries::create_for_notification(&mut tx, id, &clock).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(deliveries::create_for_notification(&mut tx, id, &clock).await.unwrap(), 0, "{}", engine.name);
        row.unanswered_at = Some(clock.now());
        chases::note(&mut tx, &row, None).await.unwrap();
        assert!(acknowledgements::insert(&mut tx, &answer(&of_one[0], &clock)).await.unwrap());
        assert!(!acknowledgements::insert(&mut tx, &answer(&of_one[0], &clock)).await.unwrap(), "one a link");
        let open = chases::unanswered(&mut tx, 10).await.unwrap();
        assert_eq!((open.len(), open[0].acknowledged, open[0].quorum, open[0].deliveries), (1, 1, 2, 3));
        assert_eq!(plans::alarms::of_desk(&mut tx).await.unwrap().unanswered, 1, "{}", engine.name);
        let by = AccountId::generate(&clock);
        let why = "By telephone".parse().unwrap();
        assert!(chases::settle(&mut tx, id, by, &why, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(!chases::settle(&mut tx, id, by, &why, clock.now()).await.unwrap(), "{}: once", engine.name);
        assert_eq!(chases::unanswered(&mut tx, 10).await.unwrap().len(), 0, "{}", engine.name);
        let sums = reports::conservation(&mut tx, Some(plan)).await.unwrap();
        assert!(sums.holds() && sums.told == 4, "{}: {sums:?}", engine.name);
        tx.commit().await.unwrap();
        overtaken(db, &clock, &of_one[0], id).await;
    }
}

/// Two transactions that look at the same moment.
async fn looked_at_by_one(db: &Db, id: NotificationId, now: Timestamp) {
    let look = async || {
        let mut tx = db.begin().await.unwrap();
        let row = chases::take(&mut tx, id, now).await.unwrap();
        if let Some(row) = &row {
            chases::note(&mut tx, row, None).await.unwrap();
        }
        tx.commit().await.unwrap();
        row.is_some()
    };
    let (one, other) = tokio::join!(look(), look());
    assert!(one != other, "one of two");
}

async fn overtaken(db: &Db, clock: &Clock, row: &DeliveryRow, id: NotificationId) {
    let told = Told { partner_id: row.partner_id, ..many(clock, "one.example", 1) };
    let (plan, _) = planned(db, clock, row.case_id, 2, vec![told]).await;
    let next = rows(db, plan).await.remove(0);
    accept(db, &next, clock.now()).await;
    let mut tx = db.read().await.unwrap();
    assert!(chases::answered(&mut tx, id, clock.now()).await.unwrap().overtaken);
}

#[tokio::test]
async fn what_goes_out_together_is_leased_together_by_one_sender_and_left_alone_by_others() {
    for engine in engines().await {
        let db = &engine.db;
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(db, &clock, 1).await;
        let at = clock.now().plus(Duration::from_secs(3600));
        let partner = many(&clock, "one.example", 1);
        let mut plans_made = Vec::new();
        for version in 1..=3 {
            let told = Told { pace: Pace::Digest, ..partner.clone() };
            let mut tx = db.begin().await.unwrap();
            let alert_id = crate::deliveries::alert(&mut tx, &clock, case.id, version).await;
            let plan = domain::plan::Plan {
                alert_id,
                rule_set_version: 1,
                directory_revision: 1,
                told: vec![told],
                not_told: vec![],
            };
            let id = PlanId::generate(&clock);
            assert!(plans::freeze(&mut tx, id, case.id, &plan, &clock).await.unwrap());
            let slot = Slot { at, digest: true, waits: Some("waits") };
            let made = deliveries::create_for_plan(&mut tx, id, &clock, |to| {
                assert_eq!((to.pace, to.role, to.hours), (Pace::Digest, ContactRole::Primary, None));
                Some(slot)
            });
            assert_eq!(made.await.unwrap().deliveries, 1);
            tx.commit().await.unwrap();
            plans_made.push(id);
            hand.advance(Duration::from_secs(1));
        }
        let first = rows(db, plans_made[0]).await.remove(0);
        assert_eq!((first.first_due_at, first.last_reply.as_deref()), (Some(at), Some("waits")), "{}", engine.name);
        assert_eq!(first.tried_since(), at);
        let lease = async |now: Timestamp| {
            let mut tx = db.begin().await.unwrap();
            let id = LeaseId::generate(&clock);
            let until = now.plus(Duration::from_secs(20));
            let ids = deliveries::lease_digest(&mut tx, id, now, until, 10).await.unwrap();
            tx.commit().await.unwrap();
            (id, ids)
        };
        assert_eq!(lease(clock.now()).await.1, [], "{}: before their hour", engine.name);
        let request = deliveries::DueRequest {
            now: at,
            lasts: Duration::from_secs(20),
            limit: 10,
            per_domain: 10,
            quick: &[],
            per_quick_domain: 0,
            full: &[],
            in_hand: &[],
            urgent_first: false,
        };
        let mut tx = db.begin().await.unwrap();
        assert_eq!(deliveries::due(&mut tx, &request).await.unwrap().len(), 0, "{}", engine.name);
        tx.commit().await.unwrap();
        let ((one, mine), (_, others)) = tokio::join!(lease(at), lease(at));
        let (lease_id, ids) = if mine.is_empty() { (lease(at).await.0, others) } else { (one, mine) };
        assert_eq!(ids.len(), 3, "{}: all of them, by one", engine.name);
        assert_eq!(lease(at).await.1, [], "{}", engine.name);
        together_again(db, &clock, (lease_id, &ids), at).await;
    }
}

/// Rendered together they are found together; taken out, one is sent alone.
async fn together_again(db: &Db, clock: &Clock, (_, ids): (LeaseId, &[domain::ids::DeliveryId]), at: Timestamp) {
    let later = at.plus(Duration::from_secs(60));
    let mut tx = db.begin().await.unwrap();
    let lease = LeaseId::generate(clock);
    let again = deliveries::lease_digest(&mut tx, lease, later, later.plus(Duration::from_secs(20)), 10).await.unwrap();
    assert_eq!(again, ids, "the lease has run out");
    mails::keep(&mut tx, &[1; 32], b"bytes", None, later).await.unwrap();
    for id in &again[..2] {
        let until = later.plus(Duration::from_secs(20));
        deliveries::begin_try(&mut tx, *id, (lease, until), "<d@tocsin.example>", &[1; 32]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let later = later.plus(Duration::from_secs(60));
    let mut tx = db.begin().await.unwrap();
    let lease = LeaseId::generate(clock);
    let found = deliveries::lease_digest(&mut tx, lease, later, later.plus(Duration::from_secs(20)), 10).await.unwrap();
    assert_eq!(found, again[..2], "what was rendered together");
    deliveries::send_alone(&mut tx, &found[..1]).await.unwrap();
    deliveries::forget_mail(&mut tx, &found[..1]).await.unwrap();
    let row = deliveries::find(&mut tx, found[0]).await.unwrap().unwrap();
    assert_eq!((row.message_id, row.mail_sha256, row.tries), (None, None, 1));
    let rest = deliveries::lease_digest(&mut tx, lease, later, later.plus(Duration::from_secs(20)), 10).await.unwrap();
    assert_eq!(rest, again[2..], "what was not rendered");
    tx.commit().await.unwrap();
}
