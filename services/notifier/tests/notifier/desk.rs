//! What an officer has done about a delivery that did not simply go well: once, by name refused where it must not be, with
//! the same bytes and a fact of it.

use std::time::Duration;

use axum::http::StatusCode;
use contracts::events::{AddressCorrectedV1, DeliveryEndedV1, DeliveryResentV1, SecondContactsUsedV1};
use contracts::{Event, Service};
use domain::Label;
use domain::codes::{AlertState, CaseState, ContactRole, PartnerKind, Role};
use domain::delivery::{DeliveryState, DeskStep};
use domain::ids::{AccountId, DeliveryId, PlanId};
use domain::partner::Partner;
use notifier::{DeskError, Done, OnAddressCorrected, OnDoubt, Resend, UseSecondContacts, resend, use_second_contacts};
use store::corrections::{self, CorrectionRow};
use store::deliveries::{self, DeliveryRow};
use store::embargoes::{self, EmbargoRow};
use store::{cases, desk_steps, on_tx, outbox};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::browser::Browser;
use crate::fixture;
use crate::world::{World, smtp};

/// A partner with a second contact, and a mail to its first one that the server refuses.
async fn refused(sink: &SmtpSink) -> (World, PlanId, Partner) {
    sink.add(Rule::at(At::Rcpt).recipient("first@one.example").times(1).reply("550 5.1.1 no such user"));
    let mut world = World::smtp(sink).await;
    let addresses = ["first@one.example", "second@one.example"];
    let mut partner = fixture::partner(&world.deps.clock, PartnerKind::Police, &addresses);
    partner.contacts[1].role = ContactRole::Second;
    world.put(std::slice::from_ref(&partner)).await;
    let plan = world.alert(std::slice::from_ref(&partner)).await;
    world.send().await;
    (world, plan, partner)
}

async fn again(world: &World, row: &DeliveryRow) -> Result<Done, DeskError> {
    let reason = "they have made the mailbox CANARY anew".parse().unwrap();
    let by = AccountId::generate(&world.deps.clock);
    resend(&world.deps, by, Resend { id: row.id, tries: row.tries, reason }).await
}

async fn others(world: &World, row: &DeliveryRow) -> Result<Done, DeskError> {
    let reason = "nobody CANARY answers there".parse().unwrap();
    let by = AccountId::generate(&world.deps.clock);
    use_second_contacts(&world.deps, by, UseSecondContacts { id: row.id, tries: row.tries, reason }).await
}

/// The name by which it was refused.
fn code(done: Result<Done, DeskError>) -> &'static str {
    match done {
        Err(DeskError::Refused(refused)) => refused.code,
        other => panic!("not refused: {other:?}"),
    }
}

async fn steps(world: &World, id: DeliveryId) -> Vec<(DeskStep, i64)> {
    let mut tx = world.deps.db.read().await.unwrap();
    desk_steps::of_delivery(&mut tx, id).await.unwrap().into_iter().map(|row| (row.step, row.seen_tries)).collect()
}

#[tokio::test]
async fn a_refused_mail_goes_out_once_more_with_the_same_message_id_and_only_once_however_often_it_is_asked_for() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan, _) = refused(&sink).await;
    let row = world.delivery(plan, "first@one.example").await;
    assert_eq!(row.state, DeliveryState::Refused);
    world.hand.advance(Duration::from_hours(24 * 6));
    assert_eq!(again(&world, &row).await.unwrap(), Done::Now);
    assert_eq!(again(&world, &row).await.unwrap(), Done::Before);
    // Long after five days it is tried as long as any other.
    sink.clear_rules();
    sink.add(Rule::at(At::Rcpt).recipient("first@one.example").times(1).reply("450 4.2.1 busy"));
    world.send().await;
    let seen = world.delivery(plan, "first@one.example").await;
    assert_eq!((seen.state, seen.tries), (DeliveryState::Pending, 2));
    assert_eq!(again(&world, &row).await.unwrap(), Done::Before, "a click on the page of before");
    assert_eq!(again(&world, &seen).await.unwrap(), Done::Now, "sooner than by itself");
    world.send().await;
    let row = world.delivery(plan, "first@one.example").await;
    let tries = world.attempts(row.id).await;
    assert_eq!((row.state, tries.len()), (DeliveryState::Accepted, 3));
    assert!(tries.iter().all(|one| !one.possible_repeat), "the server had refused it, so nobody has it twice");
    let mails = sink.messages();
    assert_eq!(mails.len(), 1);
    assert!(String::from_utf8_lossy(&mails[0].data).contains(row.message_id.as_deref().unwrap()));
    assert_eq!(code(again(&world, &row).await), "already-accepted");
    let facts = world.facts(&[DeliveryResentV1::KIND]).await;
    assert_eq!((facts.len(), steps(&world, row.id).await.len()), (2, 2));
    assert!(facts.iter().all(|fact| !fact.data.to_string().contains("CANARY")), "the reason's words stay here");
}

#[tokio::test]
async fn what_may_have_arrived_goes_out_marked_also_where_doubts_are_held() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().close());
    let mut world = World::with(notifier::Config { uncertain: OnDoubt::Hold, ..smtp(sink.port()) }).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(row.state, DeliveryState::Uncertain);
    assert_eq!(again(&world, &row).await.unwrap(), Done::Now);
    let fact: DeliveryResentV1 = world.facts(&[DeliveryResentV1::KIND]).await[0].open().unwrap();
    assert_eq!((fact.state, fact.tries), (DeliveryState::Uncertain, 1));
    world.hand.advance(Duration::from_secs(1));
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let marks: Vec<_> = world.attempts(row.id).await.iter().map(|one| one.possible_repeat).collect();
    assert_eq!((row.state, marks), (DeliveryState::Accepted, vec![false, true]));
    let mails = sink.messages();
    assert_eq!((mails.len(), mails[0].data == mails[1].data), (2, true), "the same bytes");
}

#[tokio::test]
async fn second_contacts_are_those_of_the_plan_and_written_to_once() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan, _) = refused(&sink).await;
    let row = world.delivery(plan, "first@one.example").await;
    assert_eq!(world.deliveries(plan).await.len(), 1);
    let stale = DeliveryRow { tries: 0, ..row.clone() };
    assert!(matches!(others(&world, &stale).await, Err(DeskError::Changed)), "it was tried since");
    assert_eq!(others(&world, &row).await.unwrap(), Done::Now);
    assert_eq!(others(&world, &row).await.unwrap(), Done::Before);
    world.send().await;
    assert_eq!(world.delivery(plan, "second@one.example").await.state, DeliveryState::Accepted);
    assert_eq!(sink.messages().len(), 1);
    let second = world.delivery(plan, "second@one.example").await;
    assert_eq!(code(others(&world, &second).await), "no-second-contact");
    let fact: SecondContactsUsedV1 = world.facts(&[SecondContactsUsedV1::KIND]).await[0].open().unwrap();
    assert_eq!((fact.addresses, fact.delivery_id), (1, row.id));
    assert_eq!(steps(&world, row.id).await, [(DeskStep::SecondContacts, 1)]);
}

#[tokio::test]
async fn what_must_not_be_told_is_refused_by_name() {
    let sink = SmtpSink::start().await.unwrap();
    let (mut world, plan, mut partner) = refused(&sink).await;
    let row = world.delivery(plan, "first@one.example").await;
    // Above clearance: of the second contact alone, and of both.
    partner.contacts[1].clearance = Label::Green;
    world.put(std::slice::from_ref(&partner)).await;
    assert_eq!(code(others(&world, &row).await), "above-clearance");
    partner.clearance = Label::Green;
    world.put(std::slice::from_ref(&partner)).await;
    assert_eq!(code(again(&world, &row).await), "above-clearance");
    partner.clearance = Label::AmberStrict;
    partner.active = false;
    world.put(std::slice::from_ref(&partner)).await;
    assert_eq!(
        (code(again(&world, &row).await), code(others(&world, &row).await)),
        ("partner-inactive", "partner-inactive")
    );
    partner.active = true;
    partner.contacts[1].clearance = Label::AmberStrict;
    world.put(std::slice::from_ref(&partner)).await;
    // Silence, and its end.
    for (state, expected) in [(CaseState::Suspended, Some("case-suspended")), (CaseState::Active, None)] {
        let mut tx = world.deps.db.begin().await.unwrap();
        cases::set_state(&mut tx, world.case.id, state, world.deps.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        if let Some(expected) = expected {
            assert_eq!((code(again(&world, &row).await), code(others(&world, &row).await)), (expected, expected));
        }
    }
    let mut tx = world.deps.db.begin().await.unwrap();
    let embargo = EmbargoRow {
        until_at: world.deps.clock.now().plus(Duration::from_secs(3600)),
        reason: "the authority asks for it".parse().unwrap(),
        set_by: AccountId::generate(&world.deps.clock),
        set_at: world.deps.clock.now(),
    };
    embargoes::set(&mut tx, world.case.id, &embargo).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((code(again(&world, &row).await), code(others(&world, &row).await)), ("embargoed", "embargoed"));
    world.hand.advance(Duration::from_secs(7200));
    // A later version has reached the address.
    let later = world.alert(std::slice::from_ref(&partner)).await;
    world.send().await;
    assert_eq!(world.delivery(later, "first@one.example").await.state, DeliveryState::Accepted);
    assert_eq!(code(again(&world, &row).await), "superseded");
    assert_eq!(row.alert_state, AlertState::Released);
    assert!(world.facts(&[DeliveryResentV1::KIND, SecondContactsUsedV1::KIND]).await.is_empty());
    assert!(steps(&world, row.id).await.is_empty());
}

#[tokio::test]
async fn what_went_out_in_one_mail_goes_out_once_more_in_one() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, _, plans) = crate::digest::three(&sink).await;
    world.wait_until_due().await;
    sink.add(Rule::at(At::Rcpt).times(1).reply("550 5.1.1 not today"));
    assert_eq!(world.digest().await, 1);
    let rows = [world.deliveries(plans[0]).await.remove(0), world.deliveries(plans[1]).await.remove(0)];
    assert!(rows.iter().all(|row| row.state == DeliveryState::Refused && row.message_id == rows[0].message_id));
    assert_eq!(again(&world, &rows[1]).await.unwrap(), Done::Now);
    assert_eq!(again(&world, &rows[0]).await.unwrap(), Done::Before, "it went along");
    assert_eq!(world.digest().await, 1);
    for plan in plans {
        assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    }
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn the_page_and_the_api_do_the_same_and_only_for_officers() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan, _) = refused(&sink).await;
    let row = world.delivery(plan, "first@one.example").await;
    let officer = Browser::signed_in(&world, Role::Officer).await;
    let auditor = Browser::signed_in(&world, Role::Auditor).await;
    let list = officer.get("/deliveries").await.body;
    assert!(list.contains("550 5.1.1 no such user") && list.contains("Use second contact"), "{list}");
    assert!(list.contains("Send once more") && list.contains("Correct address"), "{list}");
    assert!(!auditor.get("/deliveries").await.body.contains("Send once more"));
    let page = format!("/deliveries/{}", row.id);
    let shown = officer.get(&page).await.body;
    assert!(shown.contains("second@one.example") && shown.contains("/contacts/contact_"), "{shown}");
    for path in ["resend", "second-contacts"] {
        let answer = auditor.post(&format!("{page}/{path}"), "tries=1").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        let empty = officer.post(&format!("{page}/{path}"), "tries=1").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(empty.body.contains("is required"), "{path} {}", empty.body);
    }
    let api = format!("/api/v1/deliveries/{}", row.id);
    let seen: serde_json::Value = serde_json::from_str(&auditor.get(&api).await.body).unwrap();
    assert_eq!((&seen["resend"]["may"], &seen["second_contacts"]["may"]), (&true.into(), &true.into()));
    assert_eq!(seen["candidates"][0]["role"], "second");
    let asked = serde_json::json!({ "tries": 1, "reason": "asked" });
    assert_eq!(auditor.json(&format!("{api}/resend"), &asked).await.status, StatusCode::FORBIDDEN);
    assert_eq!(officer.json(&format!("{api}/resend"), &asked).await.status, StatusCode::NO_CONTENT);
    assert_eq!(officer.json(&format!("{api}/resend"), &asked).await.status, StatusCode::NO_CONTENT, "once");
    let stale = serde_json::json!({ "tries": 7, "reason": "asked" });
    assert_eq!(officer.json(&format!("{api}/resend"), &stale).await.status, StatusCode::CONFLICT);
    assert_eq!(officer.json(&format!("{api}/second-contacts"), &asked).await.status, StatusCode::NO_CONTENT);
    world.send().await;
    let refused = officer.json(&format!("{api}/resend"), &serde_json::json!({ "tries": 2, "reason": "x" })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.body.contains("already-accepted"), "{}", refused.body);
    let shown = officer.post(&format!("{page}/resend"), "tries=2&resend_reason=once+more").await;
    assert_eq!(shown.status, StatusCode::CONFLICT);
    assert!(shown.body.contains("a mail server has taken it"), "{}", shown.body);
    assert!(shown.body.contains("What the desk did") && shown.body.contains("Second contacts written to"));
    let mut tx = world.deps.db.read().await.unwrap();
    let unwritten = deliveries::unwritten(&mut tx, row.notification_id).await.unwrap();
    assert!(unwritten.is_empty());
}

/// A correction that the directory has made, and the fact that tells of it: a new one each time, as a sweep that lost its
/// inbox would hand it over.
async fn corrected(world: &World, row: &DeliveryRow, partner: &Partner, address: &str) {
    let (clock, by) = (&world.deps.clock, AccountId::generate(&world.deps.clock));
    let kept = CorrectionRow {
        notification_id: row.notification_id,
        contact_id: partner.contacts[0].id,
        wrong: row.address.clone(),
        address: address.parse().unwrap(),
        change_id: None,
        reason: "they telephoned".parse().unwrap(),
        asked_by: by,
        asked_at: clock.now(),
        done_at: None,
    };
    let mut tx = world.deps.db.begin().await.unwrap();
    corrections::ask(&mut tx, &kept).await.unwrap();
    corrections::carry_out(&mut tx, &kept, clock.now()).await.unwrap();
    let fact = AddressCorrectedV1 {
        notification_id: row.notification_id,
        alert_id: row.alert_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        contact_id: kept.contact_id,
        change_id: None,
        asked_by: by,
        reason_sha256: String::new(),
    };
    outbox::record(&mut tx, Service::Routing, clock, &fact).await.unwrap();
    tx.commit().await.unwrap();
    let facts = world.facts(&[AddressCorrectedV1::KIND]).await;
    let consumer = OnAddressCorrected::new(&world.deps);
    bus::deliver(&world.deps.db, clock, &consumer, &facts).await.unwrap();
}

/// Told twice, and of a further correction: each address is written to once, and each wrong one is called off once.
#[tokio::test]
async fn a_correction_that_is_told_twice_is_made_once_and_the_wrong_address_is_called_off_whoever_wrote_to_the_right_one()
 {
    let mut world = World::new().await;
    let told = world.partners(PartnerKind::Police, &["wrong@one.example"]).await;
    let plan = world.alert(&told).await;
    let wrong = world.delivery(plan, "wrong@one.example").await;
    for _ in 0..2 {
        corrected(&world, &wrong, &told[0], "right@one.example").await;
    }
    let states = async |world: &World| {
        let mut rows: Vec<_> =
            world.deliveries(plan).await.into_iter().map(|row| (row.address.to_string(), row.state)).collect();
        rows.sort();
        rows
    };
    let of = |name: &str, state| (format!("{name}@one.example"), state);
    assert_eq!(states(&world).await, [of("right", DeliveryState::Pending), of("wrong", DeliveryState::Cancelled)]);
    assert_eq!(steps(&world, wrong.id).await, [(DeskStep::Corrected, 0)]);

    // Somebody else has the delivery to the last address made before the correction is heard of.
    let right = world.delivery(plan, "right@one.example").await;
    let mut tx = world.deps.db.begin().await.unwrap();
    on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO notification_addresses (notification_id, contact_id, address, person, role)
         SELECT notification_id, contact_id, 'last@one.example', person, role FROM notification_addresses
         WHERE notification_id = $1 AND address = 'wrong@one.example'",
    ).bind(right.notification_id).execute(c).await.map(drop))
    .unwrap();
    let last = ["last@one.example".parse().unwrap()];
    assert_eq!(
        deliveries::create_for_addresses(&mut tx, right.notification_id, &last, &world.deps.clock).await.unwrap(),
        1
    );
    tx.commit().await.unwrap();
    corrected(&world, &right, &told[0], "last@one.example").await;
    assert_eq!(
        states(&world).await,
        [
            of("last", DeliveryState::Pending),
            of("right", DeliveryState::Cancelled),
            of("wrong", DeliveryState::Cancelled),
        ]
    );
    assert_eq!(world.facts(&[DeliveryEndedV1::KIND]).await.len(), 2);
}
