//! What happens to the directory between its revisions: changes that wait, notices, files, care, partners that join later.

use std::time::Duration;

use domain::codes::{ChangeState, Pace, PartnerKind, RevisionSource, Share};
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{AccountId, ChangeId, ImportId, LeaseId, NoticeId, PlanId, SupplementId};
use domain::partner::Partner;
use domain::partner::diff::FieldChange;
use domain::plan::{Addressee, Basis, Plan, Told};
use domain::text::Line;
use domain::{Clock, Label, Timestamp};
use serde_json::json;
use store::deliveries::Standing;
use store::notices::{self, NoticeEnd};
use store::partners::{self, ChangeEnd, NewChange, NoticeRow, Why};
use store::supplements::{self, NewSupplement, Supplemented};
use store::{Tx, alerts, deliveries, plans, reports};

use crate::alerts::draft;
use crate::cases::{START, stored};
use crate::engines;
use crate::partners::partner;

fn line(text: &str) -> Line {
    text.parse().unwrap()
}

async fn put(tx: &mut Tx, partners: &[Partner], clock: &Clock) {
    let why = Why { by: None, source: RevisionSource::Form, reason: line("test") };
    let revision = partners::next_revision(tx, &why, clock.now()).await.unwrap();
    partners::put(tx, partners, revision, clock.now()).await.unwrap();
}

#[tokio::test]
async fn a_change_is_due_with_one_agreement_after_its_time_and_with_two_before_and_ends_once() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let unit = partner(&clock, "Unit");
        let mut tx = engine.db.begin().await.unwrap();
        put(&mut tx, std::slice::from_ref(&unit), &clock).await;
        let id = ChangeId::generate(&clock);
        let changes = [FieldChange { field: "clearance".to_owned(), from: json!("TLP:GREEN"), to: json!("TLP:RED") }];
        let due_at = clock.now().plus(Duration::from_secs(60));
        let new = NewChange {
            id,
            partner_id: unit.id,
            changes: &changes,
            reason: &line("They asked"),
            source: RevisionSource::Form,
            proposed_by: None,
            proposed_at: clock.now(),
            due_at,
        };
        partners::propose(&mut tx, &new).await.unwrap();
        let row = partners::change(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((row.changes.0.as_slice(), row.approvals, row.due_at), (&changes[..], 0, due_at), "{}", engine.name);
        let due = async |tx: &mut Tx, now| partners::due_changes(tx, now, 10).await.unwrap();
        assert_eq!(due(&mut tx, due_at).await, [], "nobody agreed");
        let one = AccountId::generate(&clock);
        assert!(partners::approve(&mut tx, id, one, clock.now()).await.unwrap());
        assert!(!partners::approve(&mut tx, id, one, clock.now()).await.unwrap(), "nobody twice");
        assert_eq!(due(&mut tx, clock.now()).await, []);
        assert_eq!(due(&mut tx, due_at).await, [id]);
        assert!(partners::approve(&mut tx, id, AccountId::generate(&clock), clock.now()).await.unwrap());
        assert_eq!(due(&mut tx, clock.now()).await, [id], "{}", engine.name);
        assert_eq!(partners::approvals(&mut tx, id).await.unwrap().len(), 2);
        assert_eq!(partners::open_changes(&mut tx, 10).await.unwrap().len(), 1);
        hand.advance(Duration::from_secs(1));
        let end = ChangeEnd { state: ChangeState::Applied, by: None, why: None, revision: Some(2) };
        assert!(partners::end_change(&mut tx, id, &end, clock.now()).await.unwrap());
        assert!(!partners::end_change(&mut tx, id, &end, clock.now()).await.unwrap(), "once");
        assert_eq!(due(&mut tx, due_at).await, []);
        assert_eq!(partners::ended_changes(&mut tx, 10).await.unwrap()[0].revision, Some(2));
        assert_eq!(partners::changes_of(&mut tx, unit.id, 10).await.unwrap()[0].ended_at, Some(clock.now()));
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_notice_is_leased_tried_and_ended_and_its_code_is_used_once() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let unit = partner(&clock, "Unit");
        let row = NoticeRow {
            id: NoticeId::generate(&clock),
            partner_id: unit.id,
            partner_name: unit.name.clone(),
            address: unit.contacts[0].address.clone(),
            languages: unit.languages.clone().into(),
            change_id: None,
            code: Some("2Z2Z-ABCD".to_owned()),
            created_at: clock.now(),
            expires_at: Some(clock.now()),
            wrong_tries: 0,
            used_at: None,
        };
        let mut tx = engine.db.begin().await.unwrap();
        put(&mut tx, std::slice::from_ref(&unit), &clock).await;
        partners::insert_notice(&mut tx, &row).await.unwrap();
        partners::note_wrong_try(&mut tx, row.id).await.unwrap();
        assert_eq!(partners::notice(&mut tx, row.id).await.unwrap().unwrap().wrong_tries, 1, "{}", engine.name);
        assert!(notices::create(&mut tx, row.id, clock.now()).await.unwrap());
        assert!(!notices::create(&mut tx, row.id, clock.now()).await.unwrap(), "once");
        let lease = async |tx: &mut Tx, now: Timestamp| {
            let until = now.plus(Duration::from_secs(20));
            notices::lease_one(tx, LeaseId::generate(&clock), now, until).await.unwrap()
        };
        let leased = lease(&mut tx, clock.now()).await.unwrap();
        assert_eq!(lease(&mut tx, clock.now()).await, None, "one sender");
        assert!(!notices::begin_try(&mut tx, &leased, "<m@x>", b"hash", clock.now()).await.unwrap());
        // The sender dies; when its lease is over, another one finds a try without an end.
        hand.advance(Duration::from_secs(20));
        let again = lease(&mut tx, clock.now()).await.unwrap();
        assert_eq!((again.tries, again.message_id.as_deref()), (1, Some("<m@x>")), "{}", engine.name);
        assert!(notices::begin_try(&mut tx, &again, "<m@x>", b"hash", clock.now()).await.unwrap(), "a possible repeat");
        let end = NoticeEnd {
            outcome: Outcome::Accepted,
            stage: Stage::Message,
            reply: Some("250 ok"),
            state: DeliveryState::Accepted,
            due_at: None,
        };
        assert!(!notices::end_try(&mut tx, row.id, 1, &end, clock.now()).await.unwrap(), "ended as uncertain before");
        assert!(notices::end_try(&mut tx, row.id, 2, &end, clock.now()).await.unwrap());
        let outcomes = notices::outcomes(&mut tx, row.id).await.unwrap();
        assert_eq!(outcomes, [Some(Outcome::Uncertain), Some(Outcome::Accepted)], "{}", engine.name);
        assert_eq!(notices::find(&mut tx, row.id).await.unwrap().unwrap().state, DeliveryState::Accepted);
        assert!(partners::use_code(&mut tx, row.id, &line("Jo"), clock.now()).await.unwrap());
        assert!(!partners::use_code(&mut tx, row.id, &line("Jo"), clock.now()).await.unwrap(), "once");
        let shown = partners::notices_of(&mut tx, unit.id, 10).await.unwrap();
        assert_eq!((shown[0].1, shown[0].3.as_deref()), (true, Some("accepted")), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_waits_and_ends_once_and_what_it_said_is_kept() {
    for engine in engines().await {
        let (clock, _) = Clock::fixed(Timestamp::from_micros(START));
        let mut unit = partner(&clock, "Unit");
        let id = ImportId::generate(&clock);
        let mut tx = engine.db.begin().await.unwrap();
        put(&mut tx, std::slice::from_ref(&unit), &clock).await;
        let rows = ["first".to_owned(), "second".to_owned()];
        partners::insert_file(&mut tx, (id, &line("upload"), &b"hash"[..]), &rows, None, clock.now()).await.unwrap();
        let file = partners::file::<String>(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((file.rows.0.as_slice(), file.state.as_str()), (&rows[..], "open"), "{}", engine.name);
        for scope in ["FR", "DE"] {
            unit.mandate.scope = scope.parse().unwrap();
            partners::note_imported(&mut tx, id, std::slice::from_ref(&unit)).await.unwrap();
        }
        assert_eq!(partners::imported(&mut tx).await.unwrap(), [unit.clone()], "{}", engine.name);
        partners::forget_imported(&mut tx, unit.id).await.unwrap();
        assert_eq!(partners::imported(&mut tx).await.unwrap(), []);
        assert!(partners::end_file(&mut tx, id, true, None, clock.now()).await.unwrap());
        assert!(!partners::end_file(&mut tx, id, false, None, clock.now()).await.unwrap(), "once");
        assert_eq!(partners::files(&mut tx, 10).await.unwrap()[0].2, "applied", "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

fn told(partner: &Partner) -> Told {
    let addressee = |contact: &domain::partner::Contact| Addressee {
        contact_id: contact.id,
        address: contact.address.clone(),
        person: contact.person.clone(),
        role: contact.role,
    };
    Told {
        partner_id: partner.id,
        name: partner.name.clone(),
        kind: PartnerKind::Police,
        share: Share::Full,
        label: Label::Green,
        languages: partner.languages.clone(),
        pace: Pace::AtOnce,
        acknowledge_within: None,
        acknowledged_by: domain::codes::AcknowledgedBy::Any,
        hold: None,
        basis: Basis::ToldBefore { version: 1 },
        addressees: partner.contacts.iter().map(addressee).collect(),
    }
}

#[tokio::test]
async fn who_joins_later_is_offered_each_open_case_once_and_added_to_its_plan_and_refusals_and_silence_are_seen() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let (early, late) = (partner(&clock, "Early"), partner(&clock, "Late"));
        let mut tx = engine.db.begin().await.unwrap();
        put(&mut tx, &[early.clone(), late.clone()], &clock).await;
        let alert = draft(&clock, &case, 1);
        alerts::insert(&mut tx, &alert).await.unwrap();
        assert!(alerts::release(&mut tx, alert.id, AccountId::generate(&clock), clock.now()).await.unwrap());
        store::cases::set_state(&mut tx, case.id, domain::codes::CaseState::Active, clock.now()).await.unwrap();
        let plan = Plan {
            alert_id: alert.id,
            rule_set_version: 1,
            directory_revision: 1,
            told: vec![told(&early)],
            not_told: vec![],
        };
        let plan_id = PlanId::generate(&clock);
        assert!(plans::freeze(&mut tx, plan_id, case.id, &plan, &clock).await.unwrap());
        assert!(supplements::open_for(&mut tx, early.id, 10).await.unwrap().is_empty(), "{}", engine.name);
        let open = supplements::open_for(&mut tx, late.id, 10).await.unwrap();
        assert_eq!((open.len(), open[0].plan_id), (1, plan_id), "{}", engine.name);
        let (told_late, reason) = (told(&late), line("Joined today"));
        let new = NewSupplement {
            id: SupplementId::generate(&clock),
            alert: &open[0],
            partner_id: late.id,
            told: Some(&told_late),
            reason: &reason,
            decided_by: AccountId::generate(&clock),
            rule_set_version: 1,
            directory_revision: 1,
        };
        let first = supplements::supplement(&mut tx, &new, &clock).await.unwrap();
        assert!(matches!(first, Supplemented::Told(_)), "{}", engine.name);
        let again = supplements::supplement(&mut tx, &new, &clock).await.unwrap();
        assert_eq!(again, Supplemented::Before, "decided once");
        assert!(supplements::open_for(&mut tx, late.id, 10).await.unwrap().is_empty());
        assert_eq!(supplements::added_to(&mut tx, plan_id).await.unwrap(), 1);
        assert_eq!(supplements::supplements(&mut tx, case.id).await.unwrap()[0].partner_id, late.id);
        let made =
            deliveries::create_for_plan(&mut tx, plan_id, &clock, |_| Some(deliveries::Slot::at_once(clock.now())))
                .await
                .unwrap();
        assert_eq!((made.notifications, made.deliveries), (2, 4), "{}", engine.name);
        let sums = reports::conservation(&mut tx, Some(plan_id)).await.unwrap();
        assert!(sums.holds(), "{}: {sums:?}", engine.name);

        // The early one's mailbox is refused, the late one's accept and nobody answers.
        hand.advance(Duration::from_secs(10));
        for id in deliveries::of_plan(&mut tx, plan_id).await.unwrap() {
            let row = deliveries::find(&mut tx, id).await.unwrap().unwrap();
            let refused = row.partner_id == early.id && row.person.is_none();
            let state = if refused { DeliveryState::Refused } else { DeliveryState::Accepted };
            let standing = Standing { state, due_at: None, reply: None };
            assert!(deliveries::move_on(&mut tx, id, &standing, clock.now()).await.unwrap());
        }
        let bouncing = partners::bouncing(&mut tx, Timestamp::from_micros(0)).await.unwrap();
        let mailbox = early.contacts.iter().find(|contact| contact.person.is_none()).unwrap();
        assert_eq!(bouncing, [(early.id, mailbox.address.clone(), 1, clock.now())], "{}", engine.name);
        assert_eq!(partners::bouncing(&mut tx, clock.now().plus(Duration::from_secs(1))).await.unwrap(), []);
        let mut silent: Vec<_> = partners::silent(&mut tx, 1).await.unwrap().into_iter().map(|row| row.0).collect();
        silent.sort();
        let mut both = vec![early.id, late.id];
        both.sort();
        assert_eq!(silent, both, "{}", engine.name);
        assert_eq!(partners::silent(&mut tx, 2).await.unwrap(), [], "one alert is not two");
        tx.commit().await.unwrap();
    }
}
