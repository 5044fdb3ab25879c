//! What nobody has taken up is followed: a reminder, second contacts, a task for the desk.

use std::time::Duration;

use axum::http::StatusCode;
use contracts::Event as _;
use contracts::events::{ChaseSettledV1, NotificationChasedV1};
use domain::codes::{AcknowledgedBy, AlertKind, ContactRole, PartnerKind, Role, Urgency};
use domain::delivery::{ChaseStep, DeliveryState};
use domain::ids::{AnswerId, NotificationId, PlanId};
use domain::partner::Partner;
use domain::plan::Told;
use notifier::{Chaser, NoticeSender};
use store::acknowledgements::{self, AcknowledgementRow};
use store::deliveries::DeliveryRow;
use store::{chases, notices, reports};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::browser::Browser;
use crate::fixture;
use crate::world::World;

const MINUTE: Duration = Duration::from_secs(60);

impl World {
    async fn chase(&self) -> usize {
        Chaser::new(self.deps.clone()).run_once().await.unwrap()
    }

    async fn notices(&self) -> usize {
        NoticeSender::new(self.deps.clone()).unwrap().run_once().await.unwrap()
    }

    /// The steps that were taken, in the order of their list.
    async fn chased(&self) -> Vec<(ChaseStep, i64)> {
        let facts = self.facts(&[NotificationChasedV1::KIND]).await;
        let open = |fact: &contracts::Envelope| fact.open::<NotificationChasedV1>().unwrap();
        // Facts of one instant have no order; the steps have.
        let mut steps: Vec<_> = facts.iter().map(open).map(|fact| (fact.step, fact.addresses)).collect();
        steps.sort();
        steps
    }

    async fn acknowledge(&self, row: &DeliveryRow) {
        let answer = AcknowledgementRow {
            notification_id: row.notification_id,
            id: AnswerId::generate(&self.deps.clock),
            delivery_id: row.id,
            case_id: row.case_id,
            answered_by: "Unit 4".parse().unwrap(),
            note: None,
            acknowledged_at: self.deps.clock.now(),
        };
        let mut tx = self.deps.db.begin().await.unwrap();
        assert!(acknowledgements::insert(&mut tx, &answer).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn tasks(&self) -> Vec<NotificationId> {
        let mut tx = self.deps.db.read().await.unwrap();
        chases::unanswered(&mut tx, 100).await.unwrap().iter().map(|row| row.notification_id).collect()
    }
}

/// One partner with a primary and a second contact, asked to acknowledge within an hour.
async fn asked(sink: &SmtpSink, urgency: Urgency, by: AcknowledgedBy) -> (World, PlanId) {
    let mut world = World::smtp(sink).await;
    let addresses = ["duty@one.example", "deputy@one.example", "chief@two.example"];
    let mut partner: Partner = fixture::partner(&world.deps.clock, PartnerKind::Police, &addresses);
    partner.contacts[2].role = ContactRole::Second;
    world.put(std::slice::from_ref(&partner)).await;
    let told = Told { acknowledge_within: Some(60), acknowledged_by: by, ..fixture::told(&partner) };
    let plan = world.release_to(AlertKind::Alert, urgency, vec![told]).await;
    world.hear().await;
    (world, plan)
}

#[tokio::test]
async fn an_urgent_alert_that_nobody_acknowledges_is_reminded_of_then_escalated_each_once() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    assert_eq!(world.send().await, 2, "the second contact waits for its turn");
    let mut tx = world.deps.db.read().await.unwrap();
    let sums = reports::conservation(&mut tx, Some(plan)).await.unwrap();
    assert!(sums.holds() && sums.told == 2, "{sums:?}");
    drop(tx);
    assert_eq!(world.chase().await, 0);
    world.hand.advance(MINUTE * 29);
    assert_eq!(world.chase().await, 0);
    world.hand.advance(MINUTE);
    let (one, other) = tokio::join!(world.chase(), world.chase());
    assert_eq!((one + other, world.chase().await), (1, 0), "of two processes one does it");
    assert_eq!(world.notices().await, 2);
    assert_eq!(world.notices().await, 0);
    let reminder =
        sink.messages().into_iter().find(|mail| mail.header("Subject").unwrap().contains("please acknowledge"));
    let reminder = reminder.unwrap();
    let row = world.delivery(plan, &reminder.recipients[0]).await;
    assert_eq!(reminder.header("In-Reply-To"), row.message_id, "in the thread of the alert");
    assert!(!reminder.text().contains("Pobé") && !reminder.text().contains("CANARY"), "nothing of the case");
    assert_eq!(world.tasks().await, []);

    world.hand.advance(MINUTE * 30);
    let (one, other) = tokio::join!(world.chase(), world.chase());
    assert_eq!((one + other, world.chase().await), (1, 0));
    assert_eq!(world.chased().await, [(ChaseStep::Reminded, 2), (ChaseStep::Unanswered, 1)]);
    assert_eq!(world.send().await, 1, "the second contact");
    assert_eq!(world.delivery(plan, "chief@two.example").await.state, DeliveryState::Accepted);
    assert_eq!(world.tasks().await, [row.notification_id]);
    let mut tx = world.deps.db.read().await.unwrap();
    let sums = reports::conservation(&mut tx, Some(plan)).await.unwrap();
    assert!(sums.holds() && sums.told == 3, "{sums:?}");
    drop(tx);
    // The chief answers: nothing is left to do.
    world.acknowledge(&world.delivery(plan, "chief@two.example").await).await;
    assert_eq!(world.tasks().await, []);
    world.hand.advance(MINUTE * 10_000);
    assert_eq!(world.chase().await, 0);
}

#[tokio::test]
async fn an_urgent_alert_that_no_mail_server_takes_is_the_desks_after_half_an_hour() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("duty@one.example").reply("451 4.7.1 later"));
    sink.add(Rule::at(At::Rcpt).recipient("deputy@one.example").reply("550 5.1.1 nobody"));
    let (world, plan) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    world.send().await;
    world.hand.advance(MINUTE * 30);
    assert_eq!(world.chase().await, 1);
    assert_eq!(world.chased().await, [(ChaseStep::Unaccepted, 1)]);
    assert_eq!(world.tasks().await.len(), 1);
    world.send().await;
    assert_eq!(world.delivery(plan, "chief@two.example").await.state, DeliveryState::Accepted);
    assert_eq!(world.tasks().await, [], "a mail server has taken it");
    // But nobody answers, and the reminder goes to the one who can have read it.
    world.hand.advance(MINUTE * 30);
    assert_eq!(world.chase().await, 2);
    let steps = [(ChaseStep::Reminded, 1), (ChaseStep::Unaccepted, 1), (ChaseStep::Unanswered, 0)];
    assert_eq!(world.chased().await, steps);
    assert_eq!(world.tasks().await.len(), 1);
}

#[tokio::test]
async fn a_quorum_of_all_waits_for_each_and_one_that_is_not_urgent_has_twice_the_time() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan) = asked(&sink, Urgency::Expected, AcknowledgedBy::All).await;
    assert_eq!(world.send().await, 2);
    let row = world.delivery(plan, "duty@one.example").await;
    world.acknowledge(&row).await;
    world.hand.advance(MINUTE * 60);
    assert_eq!(world.chase().await, 1);
    assert_eq!(world.chased().await, [(ChaseStep::Reminded, 1)], "who has answered is not asked again");
    // The other answers before the reminder is on its way.
    world.acknowledge(&world.delivery(plan, "deputy@one.example").await).await;
    assert_eq!(world.notices().await, 0);
    assert!(sink.messages().iter().all(|mail| !mail.header("Subject").unwrap().contains("please acknowledge")));
    world.hand.advance(MINUTE * 60);
    assert_eq!(world.chase().await, 0, "the quorum is reached");
    assert_eq!(world.tasks().await, []);
}

#[tokio::test]
async fn a_later_version_is_followed_in_the_place_of_an_earlier_one() {
    let sink = SmtpSink::start().await.unwrap();
    let (mut world, plan) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    world.send().await;
    let row = world.delivery(plan, "duty@one.example").await;
    let mut tx = world.deps.db.read().await.unwrap();
    let partner = store::partners::find(&mut tx, row.partner_id).await.unwrap().unwrap();
    drop(tx);
    world.release_to(AlertKind::Cancel, Urgency::Immediate, vec![fixture::told(&partner)]).await;
    world.hear().await;
    world.send().await;
    world.hand.advance(MINUTE * 1_000);
    assert_eq!(world.chase().await, 0, "the cancelled alert needs no answer, and the cancel asked for none");
    assert_eq!(world.tasks().await, []);
}

#[tokio::test]
async fn a_reminder_is_put_off_like_any_mail_and_a_stop_of_sending_stops_it() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    world.send().await;
    world.hand.advance(MINUTE * 30);
    assert_eq!(world.chase().await, 1);
    let by = domain::ids::AccountId::generate(&world.deps.clock);
    let mut tx = world.deps.db.begin().await.unwrap();
    assert!(store::sending::switch(&mut tx, true, "A drill.", by, world.deps.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(world.notices().await, 0);
    let mut tx = world.deps.db.begin().await.unwrap();
    assert!(store::sending::switch(&mut tx, false, "Over.", by, world.deps.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
    sink.add(Rule::at(At::Rcpt).times(2).reply("451 4.7.1 later"));
    assert_eq!(world.notices().await, 2);
    world.hand.advance(MINUTE * 60);
    assert_eq!((world.notices().await, world.notices().await), (2, 0));
    let mut tx = world.deps.db.begin().await.unwrap();
    let made =
        chases::remind(&mut tx, world.deliveries(plan).await[0].notification_id, &world.deps.clock).await.unwrap();
    assert!(made.is_empty(), "each address is asked once");
    assert_eq!(notices::find(&mut tx, domain::ids::NoticeId::generate(&world.deps.clock)).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_is_late_while_sending_is_stopped_and_the_time_counts_from_when_it_goes_on() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, _) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    let by = domain::ids::AccountId::generate(&world.deps.clock);
    for (stopped, pause) in [(true, MINUTE * 120), (false, MINUTE * 20)] {
        let mut tx = world.deps.db.begin().await.unwrap();
        let now = world.deps.clock.now();
        assert!(store::sending::switch(&mut tx, stopped, "A drill.", by, now).await.unwrap());
        tx.commit().await.unwrap();
        world.hand.advance(pause);
        assert_eq!((world.chase().await, world.tasks().await), (0, vec![]), "stopped: {stopped}");
    }
    world.hand.advance(MINUTE * 10);
    assert_eq!(world.chase().await, 1, "no server has taken it for half an hour");
}

/// Whoever has the mail can answer while nothing more may leave.
#[tokio::test]
async fn a_stop_of_sending_gives_nobody_more_time_who_has_the_mail() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, _) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    world.send().await;
    let by = domain::ids::AccountId::generate(&world.deps.clock);
    for stopped in [true, false] {
        world.hand.advance(MINUTE * 20);
        let mut tx = world.deps.db.begin().await.unwrap();
        let now = world.deps.clock.now();
        assert!(store::sending::switch(&mut tx, stopped, "A drill.", by, now).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(world.chase().await, 1, "half of its hour was over during the stop");
}

#[tokio::test]
async fn an_officer_settles_a_task_with_a_reason_and_an_auditor_looks() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, plan) = asked(&sink, Urgency::Immediate, AcknowledgedBy::Any).await;
    world.send().await;
    world.hand.advance(MINUTE * 60);
    assert_eq!(world.chase().await, 2);
    let (officer, auditor) =
        (Browser::signed_in(&world, Role::Officer).await, Browser::signed_in(&world, Role::Auditor).await);
    let list = "/deliveries/unanswered";
    let page = officer.get(list).await.body;
    assert!(page.contains("nobody has acknowledged it within 1 hour") && page.contains("urgent"), "{page}");
    assert!(officer.get("/deliveries").await.body.contains(list));
    let path = format!("{list}/{}", world.deliveries(plan).await[0].notification_id);
    assert!(!auditor.get(list).await.body.contains("<form method=\"post\" action=\"/deliveries"));
    assert_eq!(auditor.post(&path, "reason=x").await.status, StatusCode::FORBIDDEN);
    let missing = officer.post(&path, "reason=+").await;
    assert!(missing.status == StatusCode::UNPROCESSABLE_ENTITY && missing.body.contains("is required"));
    let done = officer.post(&path, "reason=told+by+telephone").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/deliveries/unanswered?done=settled"));
    assert_eq!(officer.post(&path, "reason=again").await.status, StatusCode::NOT_FOUND);
    assert!(officer.get(list).await.body.contains("Everything is taken up"));
    assert_eq!(world.facts(&[ChaseSettledV1::KIND]).await.len(), 1);
}
