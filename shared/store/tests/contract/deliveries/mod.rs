//! Deliveries, attempts, mails and acknowledgements.

mod again;
mod held;
mod together;

use std::collections::HashSet;
use std::time::Duration;

use domain::codes::{AlertKind, AlertState, CaseState, Pace, PartnerKind, Reach, Share};
use domain::delivery::{DeliveryState, HeldDecision, Outcome, Stage};
use domain::ids::{
    AccountId, AlertId, AnswerId, AttemptId, CaseId, ContactId, DeliveryId, LeaseId, NoticeId, PartnerId, PlanId,
};
use domain::plan::{Addressee, Basis, Hold, Plan, Told};
use domain::{Clock, Label, Timestamp};
use sha2::{Digest as _, Sha256};
use sqlx::types::Json;
use store::acknowledgements::AcknowledgementRow;
use store::deliveries::{self, Created, DueRequest, DueRow, Standing};
use store::plans::holds;
use store::{Db, Error, Tx, acknowledgements, attempts, cases, mails, notices, on_tx, plans};

use crate::cases::{START, stored};
use crate::engines;
use crate::partners::partner;

const LEASE: Duration = Duration::from_secs(20);

/// A released alert version, as far as deliveries look at one.
pub async fn alert(tx: &mut Tx, clock: &Clock, case_id: CaseId, version: i64) -> AlertId {
    let id = AlertId::generate(clock);
    let officer = AccountId::generate(clock);
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO alerts (id, case_id, version, kind, state, reach, label, facts, content, drafted_by, drafted_at,
             released_by, released_at)
         VALUES ($1, $2, $3, $4, 'released', $5, $6, $7, $7, $8, $9, $8, $9)",
    )
    .bind(id)
    .bind(case_id)
    .bind(version)
    .bind(AlertKind::Alert)
    .bind(Reach::All)
    .bind(Label::Green)
    .bind(Json(serde_json::json!({})))
    .bind(officer)
    .bind(clock.now())
    .execute(c)
    .await
    .map(drop))
    .unwrap();
    id
}

fn told(clock: &Clock, name: &str, partner_id: PartnerId, addresses: &[String]) -> Told {
    let addressee = |address: &String| Addressee {
        contact_id: ContactId::generate(clock),
        address: address.parse().unwrap(),
        person: None,
        role: domain::codes::ContactRole::Primary,
    };
    Told {
        partner_id,
        name: name.parse().unwrap(),
        kind: PartnerKind::Police,
        share: Share::Full,
        label: Label::Green,
        languages: vec!["fr".parse().unwrap()],
        pace: Pace::AtOnce,
        acknowledge_within: None,
        acknowledged_by: domain::codes::AcknowledgedBy::Any,
        hold: None,
        basis: Basis::ToldBefore { version: 1 },
        addressees: addresses.iter().map(addressee).collect(),
    }
}

/// A frozen plan that tells these partners, and its deliveries.
pub async fn planned(db: &Db, clock: &Clock, case_id: CaseId, version: i64, told: Vec<Told>) -> (PlanId, Created) {
    let mut tx = db.begin().await.unwrap();
    let alert_id = alert(&mut tx, clock, case_id, version).await;
    let plan = Plan { alert_id, rule_set_version: 1, directory_revision: 1, told, not_told: vec![] };
    let id = PlanId::generate(clock);
    assert!(plans::freeze(&mut tx, id, case_id, &plan, clock).await.unwrap());
    let first = |to: &deliveries::Recipient<'_>| to.role == domain::codes::ContactRole::Primary;
    let slot = |to: &deliveries::Recipient<'_>| first(to).then(|| deliveries::Slot::at_once(clock.now()));
    let created = deliveries::create_for_plan(&mut tx, id, clock, slot).await.unwrap();
    tx.commit().await.unwrap();
    (id, created)
}

/// One partner with this many addresses at one domain.
pub fn many(clock: &Clock, domain: &str, count: usize) -> Told {
    let addresses: Vec<_> = (0..count).map(|n| format!("desk{n}@{domain}")).collect();
    told(clock, domain, PartnerId::generate(clock), &addresses)
}

fn request(now: Timestamp, limit: i64, full: &[String]) -> DueRequest<'_> {
    DueRequest {
        now,
        lasts: LEASE,
        limit,
        per_domain: 2,
        quick: &[],
        per_quick_domain: 8,
        full,
        in_hand: &[],
        urgent_first: false,
    }
}

async fn lease(db: &Db, token: LeaseId, request: &DueRequest<'_>) -> Vec<DueRow> {
    let mut tx = db.begin().await.unwrap();
    let rows = lease_due(&mut tx, token, request).await;
    tx.commit().await.unwrap();
    rows
}

/// Finds what is due and leases all of it.
pub async fn lease_due(tx: &mut Tx, token: LeaseId, request: &DueRequest<'_>) -> Vec<DueRow> {
    let rows = deliveries::due(tx, request).await.unwrap();
    let ids: Vec<DeliveryId> = rows.iter().map(|row| row.id).collect();
    let leased = deliveries::lease(tx, &ids, token, request.now, request.lasts).await.unwrap();
    assert_eq!(leased.len(), ids.len(), "all that is due");
    rows
}

#[tokio::test]
async fn a_plan_makes_its_deliveries_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let told = vec![many(&clock, "one.example", 601), many(&clock, "two.example", 1)];
        let (plan_id, created) = planned(&engine.db, &clock, case.id, 1, told).await;
        assert_eq!(created, Created { notifications: 2, deliveries: 602 }, "{}", engine.name);
        let mut tx = engine.db.begin().await.unwrap();
        let again =
            deliveries::create_for_plan(&mut tx, plan_id, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
                .await
                .unwrap();
        assert_eq!(again, Created { notifications: 2, deliveries: 0 }, "{}", engine.name);
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        assert_eq!(ids.len(), 602, "{}", engine.name);
        let row = deliveries::find(&mut tx, ids[0]).await.unwrap().unwrap();
        assert_eq!((row.state, row.tries, row.alert_state), (DeliveryState::Pending, 0, AlertState::Released));
        assert_eq!((row.partner_active, row.contact_clearance), (None, None), "the partner is in no directory");
        assert_eq!(deliveries::by_state(&mut tx).await.unwrap(), [(DeliveryState::Pending, 602)], "{}", engine.name);
        assert_eq!(deliveries::next_due(&mut tx).await.unwrap(), Some(clock.now()));
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn two_senders_never_lease_the_same_delivery() {
    for engine in engines().await {
        let clock = Clock::System;
        let case = stored(&engine.db, &clock, 1).await;
        let told = (0..50).map(|n| many(&clock, &format!("d{n}.example"), 8)).collect();
        planned(&engine.db, &clock, case.id, 1, told).await;
        let now = clock.now();
        let mut senders = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (db, clock) = (engine.db.clone(), clock.clone());
            senders.spawn(async move {
                let mut mine = Vec::new();
                // Empty-handed a few times: the rows may have been in another's hands at that moment.
                let mut empty = 0;
                while empty < 5 {
                    let rows = lease(&db, LeaseId::generate(&clock), &request(now, 16, &[])).await;
                    empty = if rows.is_empty() { empty + 1 } else { 0 };
                    mine.extend(rows.into_iter().map(|row| row.id));
                }
                mine
            });
        }
        let leased: Vec<DeliveryId> = senders.join_all().await.concat();
        let distinct: HashSet<_> = leased.iter().copied().collect();
        assert_eq!((leased.len(), distinct.len()), (400, 400), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_lease_looks_past_full_domains_and_runs_out() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        // The backlog of one domain is older than everything else.
        planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "slow.example", 40)]).await;
        hand.advance(Duration::from_secs(1));
        planned(&engine.db, &clock, case.id, 2, vec![many(&clock, "fast.example", 3)]).await;
        let db = &engine.db;
        let domains = |rows: &[DueRow]| {
            let mut domains: Vec<_> = rows.iter().map(|row| row.domain.clone()).collect();
            domains.sort();
            domains
        };
        let first = LeaseId::generate(&clock);
        let rows = lease(db, first, &request(clock.now(), 8, &[])).await;
        let two_each = ["fast.example", "fast.example", "slow.example", "slow.example"];
        assert_eq!(domains(&rows), two_each, "{}: two of each domain", engine.name);
        let full = ["slow.example".to_owned()];
        let rest = lease(db, LeaseId::generate(&clock), &request(clock.now(), 8, &full)).await;
        assert_eq!(domains(&rest), ["fast.example"], "{}", engine.name);

        // A domain that is quick may give more, and no other.
        let mut tx = db.begin().await.unwrap();
        let quick = ["slow.example".to_owned()];
        let quick = DueRequest { quick: &quick, ..request(clock.now(), 20, &[]) };
        let more = deliveries::due(&mut tx, &quick).await.unwrap();
        let count = |name: &str| more.iter().filter(|row| row.domain == name).count();
        assert_eq!((count("slow.example"), count("fast.example")), (8, 0), "{}", engine.name);
        tx.rollback().await.unwrap();

        // Kept by its holder only.
        let mut tx = db.begin().await.unwrap();
        let later = clock.now().plus(LEASE * 2);
        assert!(deliveries::renew(&mut tx, &[rows[0].id], first, later).await.unwrap(), "{}", engine.name);
        assert!(!deliveries::renew(&mut tx, &[rows[0].id], LeaseId::generate(&clock), later).await.unwrap());
        deliveries::give_back(&mut tx, LeaseId::generate(&clock), &[rows[1].id]).await.unwrap();
        tx.commit().await.unwrap();

        // When it has run out, anybody may take the row, but for whom it is still in hand.
        hand.advance(LEASE + Duration::from_secs(1));
        let second = LeaseId::generate(&clock);
        let in_hand = [rows[1].id];
        let request = DueRequest { in_hand: &in_hand, per_domain: 50, ..request(clock.now(), 50, &[]) };
        let taken: HashSet<_> = lease(db, second, &request).await.into_iter().map(|row| row.id).collect();
        assert_eq!(taken.len(), 41, "{}", engine.name);
        assert!(!taken.contains(&rows[0].id) && !taken.contains(&rows[1].id), "{}", engine.name);
        let mut tx = db.begin().await.unwrap();
        assert!(!deliveries::renew(&mut tx, &[rows[2].id, rows[0].id], first, later).await.unwrap(), "{}", engine.name);
        deliveries::give_back(&mut tx, second, &[rows[2].id, rows[3].id]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(lease(db, second, &DueRequest { limit: 2, ..request }).await.len(), 2, "{}", engine.name);
    }
}

#[tokio::test]
async fn an_attempt_is_closed_once_and_a_repeat_sends_the_same_bytes() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 1)]).await;
        let token = LeaseId::generate(&clock);
        let id = lease(&engine.db, token, &request(clock.now(), 8, &[])).await[0].id;
        let (now, sha, other) = (clock.now(), Sha256::digest(b"bytes"), [8; 32]);

        let mut tx = engine.db.begin().await.unwrap();
        mails::keep(&mut tx, &sha, b"bytes", None, now).await.unwrap();
        mails::keep(&mut tx, &sha, b"bytes", None, now).await.unwrap();
        assert_eq!(mails::find(&mut tx, &sha).await.unwrap().as_deref(), Some(&b"bytes"[..]), "{}", engine.name);
        assert_eq!(mails::find(&mut tx, &other).await.unwrap(), None);
        deliveries::begin_try(&mut tx, id, (token, now.plus(LEASE)), "<a@x>", &sha).await.unwrap();
        let first = AttemptId::generate(&clock);
        attempts::begin(&mut tx, first, id, 1, false, now).await.unwrap();
        assert!(attempts::end(&mut tx, first, Outcome::Uncertain, Stage::Interrupted, None, now).await.unwrap());
        assert!(!attempts::end(&mut tx, first, Outcome::Accepted, Stage::Message, None, now).await.unwrap());
        deliveries::mark_uncertain(&mut tx, id, token).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        let changed = deliveries::begin_try(&mut tx, id, (token, now.plus(LEASE)), "<a@x>", &other).await;
        assert!(matches!(changed, Err(Error::RowsAffected { actual: 0, .. })), "{}: other bytes", engine.name);
        tx.rollback().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        deliveries::begin_try(&mut tx, id, (token, now.plus(LEASE)), "<a@x>", &sha).await.unwrap();
        let second = AttemptId::generate(&clock);
        attempts::begin(&mut tx, second, id, 2, true, now).await.unwrap();
        let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((row.tries, row.state, row.message_id.as_deref()), (2, DeliveryState::Uncertain, Some("<a@x>")));
        assert_eq!(row.mail_sha256.as_deref(), Some(&sha[..]), "{}", engine.name);
        let accepted = Standing { state: DeliveryState::Accepted, due_at: None, reply: Some("250 ok") };
        assert!(deliveries::move_on(&mut tx, id, &accepted, now).await.unwrap());
        assert!(attempts::end(&mut tx, second, Outcome::Accepted, Stage::Message, Some("250 ok"), now).await.unwrap());
        assert!(!deliveries::move_on(&mut tx, id, &accepted, now).await.unwrap(), "{}: it has ended", engine.name);
        let all = attempts::of_delivery(&mut tx, id).await.unwrap();
        let seen: Vec<_> = all.iter().map(|a| (a.number, a.possible_repeat, a.outcome, a.stage)).collect();
        assert_eq!(
            seen,
            [
                (1, false, Some(Outcome::Uncertain), Some(Stage::Interrupted)),
                (2, true, Some(Outcome::Accepted), Some(Stage::Message)),
            ],
            "{}",
            engine.name
        );
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        let twice = attempts::begin(&mut tx, AttemptId::generate(&clock), id, 2, true, now).await;
        assert!(matches!(twice, Err(Error::Conflict(_))), "{}: a number is used once", engine.name);
        tx.rollback().await.unwrap();
        assert_eq!(lease(&engine.db, token, &request(now, 8, &[])).await, [], "{}", engine.name);
    }
}

#[tokio::test]
async fn the_present_directory_is_seen_beside_what_was_frozen() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut unit = partner(&clock, "Unit");
        let mut tx = engine.db.begin().await.unwrap();
        store::partners::put(&mut tx, std::slice::from_ref(&unit), 1, clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let addresses: Vec<_> = unit.contacts.iter().map(|contact| contact.address.to_string()).collect();
        let told = vec![told(&clock, "Unit", unit.id, &addresses)];
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, told.clone()).await;

        let mut tx = engine.db.begin().await.unwrap();
        for id in deliveries::of_plan(&mut tx, plan_id).await.unwrap() {
            let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
            let contact = unit.contacts.iter().find(|contact| contact.address == row.address).unwrap();
            assert_eq!((row.partner_active, row.partner_clearance), (Some(true), Some(unit.clearance)));
            assert_eq!((row.contact_clearance, row.contact_person), (Some(contact.clearance), contact.person.clone()));
        }
        unit.active = false;
        unit.contacts.pop();
        store::partners::put(&mut tx, std::slice::from_ref(&unit), 2, clock.now()).await.unwrap();
        let mut gone = 0;
        for id in deliveries::of_plan(&mut tx, plan_id).await.unwrap() {
            let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
            assert_eq!(row.partner_active, Some(false), "{}", engine.name);
            gone += usize::from(row.contact_clearance.is_none());
        }
        assert_eq!(gone, 1, "{}", engine.name);
        tx.commit().await.unwrap();

        // A later version finds the earlier ones to the same address, and nobody else's.
        let (second, _) = planned(&engine.db, &clock, case.id, 2, told).await;
        planned(&engine.db, &clock, case.id, 3, vec![many(&clock, "other.example", 1)]).await;
        let mut tx = engine.db.read().await.unwrap();
        let first = deliveries::of_plan(&mut tx, plan_id).await.unwrap()[0];
        let first = deliveries::find(&mut tx, first).await.unwrap().unwrap();
        assert_eq!(deliveries::earlier_versions(&mut tx, &first).await.unwrap(), [], "{}", engine.name);
        let later = deliveries::of_plan(&mut tx, second).await.unwrap()[0];
        let later = deliveries::find(&mut tx, later).await.unwrap().unwrap();
        assert_eq!(deliveries::earlier_versions(&mut tx, &later).await.unwrap(), [first.alert_id], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn the_worklist_shows_what_did_not_simply_go_well() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 7)]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let now = clock.now();
        let due = now.plus(Duration::from_secs(60));
        for (id, state) in ids.iter().zip(DeliveryState::ALL) {
            let waits = matches!(state, DeliveryState::Pending | DeliveryState::Uncertain);
            let standing = Standing { state: *state, due_at: waits.then_some(due), reply: Some(state.as_str()) };
            assert!(deliveries::move_on(&mut tx, *id, &standing, now).await.unwrap());
        }
        let states = |rows: Vec<deliveries::WorklistRow>| {
            let mut states: Vec<_> = rows.into_iter().map(|row| (row.state, row.last_reply)).collect();
            states.sort();
            states.into_iter().map(|(state, _)| state).collect::<Vec<_>>()
        };
        let rows = deliveries::worklist(&mut tx, now, 50).await.unwrap();
        assert_eq!(rows[0].reference, case.reference);
        assert_eq!(
            states(rows),
            [DeliveryState::Refused, DeliveryState::Uncertain, DeliveryState::Expired, DeliveryState::Held],
            "{}",
            engine.name
        );
        let later = deliveries::worklist(&mut tx, now.plus(Duration::from_secs(1)), 50).await.unwrap();
        assert_eq!(
            states(later),
            [
                DeliveryState::Pending,
                DeliveryState::Refused,
                DeliveryState::Uncertain,
                DeliveryState::Expired,
                DeliveryState::Held
            ],
            "{}: overdue",
            engine.name
        );
        assert_eq!(deliveries::worklist(&mut tx, now, 2).await.unwrap().len(), 2, "{}", engine.name);
        let counts = deliveries::by_state(&mut tx).await.unwrap();
        assert_eq!((counts.len(), counts.iter().map(|(_, count)| count).sum()), (7, 7), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_link_acknowledges_once_and_is_first_opened_once() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 2)]).await;
        let mut tx = engine.db.begin().await.unwrap();
        let ids = deliveries::of_plan(&mut tx, plan_id).await.unwrap();
        let opened = clock.now();
        deliveries::note_link_opened(&mut tx, ids[0], opened).await.unwrap();
        hand.advance(Duration::from_secs(5));
        deliveries::note_link_opened(&mut tx, ids[0], clock.now()).await.unwrap();
        let row = deliveries::find(&mut tx, ids[0]).await.unwrap().unwrap();
        assert_eq!(row.link_opened_at, Some(opened), "{}", engine.name);
        assert_eq!(acknowledgements::find(&mut tx, row.notification_id).await.unwrap(), None);
        let answer = |delivery_id, by: &str| AcknowledgementRow {
            notification_id: row.notification_id,
            id: AnswerId::generate(&clock),
            delivery_id,
            case_id: row.case_id,
            answered_by: by.parse().unwrap(),
            note: Some("two\nlines".parse().unwrap()),
            acknowledged_at: clock.now(),
        };
        let first = answer(ids[0], "Unit A");
        assert!(acknowledgements::insert(&mut tx, &first).await.unwrap(), "{}", engine.name);
        hand.advance(Duration::from_secs(5));
        assert!(!acknowledgements::insert(&mut tx, &answer(ids[0], "Unit B")).await.unwrap(), "{}", engine.name);
        let second = answer(ids[1], "Unit B");
        assert!(acknowledgements::insert(&mut tx, &second).await.unwrap(), "{}: another link", engine.name);
        assert_eq!(acknowledgements::of_delivery(&mut tx, ids[1]).await.unwrap(), Some(second), "{}", engine.name);
        assert_eq!(acknowledgements::find(&mut tx, row.notification_id).await.unwrap(), Some(first), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_strands_nothing() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (plan_id, _) = planned(&engine.db, &clock, case.id, 1, vec![many(&clock, "one.example", 2)]).await;
        hand.advance(Duration::from_secs(86_400));
        let token = LeaseId::generate(&clock);
        let ids: Vec<_> = lease(&engine.db, token, &request(clock.now(), 8, &[])).await;
        assert_eq!(ids.len(), 2);
        let mut tx = engine.db.begin().await.unwrap();
        deliveries::put_off(&mut tx, ids[0].id, token, clock.now().plus(Duration::from_secs(3600))).await.unwrap();
        let other = deliveries::put_off(&mut tx, ids[1].id, LeaseId::generate(&clock), clock.now()).await;
        assert!(matches!(other, Err(Error::RowsAffected { actual: 0, .. })), "{}: only its holder", engine.name);
        assert_eq!(deliveries::recall(&mut tx, clock.now()).await.unwrap(), 0, "{}: an hour is honest", engine.name);
        tx.commit().await.unwrap();

        hand.set_back(Duration::from_secs(80_000));
        let leased = lease(&engine.db, LeaseId::generate(&clock), &request(clock.now(), 8, &[])).await;
        assert_eq!(leased.len(), 1, "{}: a lease from the future holds nothing", engine.name);
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(deliveries::recall(&mut tx, clock.now()).await.unwrap(), 1, "{}", engine.name);
        tx.commit().await.unwrap();
        let leased = lease(&engine.db, LeaseId::generate(&clock), &request(clock.now(), 8, &[])).await;
        assert_eq!(leased.len(), 1, "{}", engine.name);
        let mut tx = engine.db.read().await.unwrap();
        assert_eq!(deliveries::of_plan(&mut tx, plan_id).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn one_version_at_a_time_is_on_the_wire_to_an_address() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let unit = many(&clock, "one.example", 1);
        let mut rows = Vec::new();
        for version in [1, 2] {
            let (plan, _) = planned(&engine.db, &clock, case.id, version, vec![unit.clone()]).await;
            let mut tx = engine.db.read().await.unwrap();
            let id = deliveries::of_plan(&mut tx, plan).await.unwrap()[0];
            rows.push(deliveries::find(&mut tx, id).await.unwrap().unwrap());
        }
        planned(&engine.db, &clock, case.id, 3, vec![many(&clock, "two.example", 1)]).await;
        let [first, second] = &rows[..] else { panic!("two rows") };
        let now = clock.now();
        let mut tx = engine.db.begin().await.unwrap();
        deliveries::lock_threads(&mut tx, &[first.id]).await.unwrap();
        if let Tx::Postgres(_) = tx {
            let mut other = engine.db.begin().await.unwrap();
            let second = [second.id];
            let waits = tokio::time::timeout(Duration::from_millis(200), deliveries::lock_threads(&mut other, &second));
            assert!(waits.await.is_err(), "{}: the other version waits", engine.name);
        }
        let attempt = AttemptId::generate(&clock);
        attempts::begin(&mut tx, attempt, first.id, 1, false, now).await.unwrap();
        assert!(deliveries::other_on_the_wire(&mut tx, second).await.unwrap(), "{}", engine.name);
        assert!(!deliveries::other_on_the_wire(&mut tx, first).await.unwrap(), "{}: its own try", engine.name);
        attempts::end(&mut tx, attempt, Outcome::Deferred, Stage::Rcpt, None, now).await.unwrap();
        assert!(!deliveries::other_on_the_wire(&mut tx, second).await.unwrap(), "{}", engine.name);
        // It may have arrived: what came before it must not come after it.
        for (state, superseded) in [(DeliveryState::Pending, false), (DeliveryState::Uncertain, true)] {
            let standing = Standing { state, due_at: Some(now), reply: None };
            assert!(deliveries::move_on(&mut tx, second.id, &standing, now).await.unwrap());
            let row = deliveries::find(&mut tx, first.id).await.unwrap().unwrap();
            assert_eq!(row.superseded, superseded, "{} {state}", engine.name);
            assert!(!deliveries::find(&mut tx, second.id).await.unwrap().unwrap().superseded);
        }
        tx.commit().await.unwrap();
    }
}
