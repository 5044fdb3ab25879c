//! What can wait goes out together, and nothing urgent can lie in it.

use std::time::Duration;

use domain::codes::{AlertKind, Pace, PartnerKind, Urgency};
use domain::delivery::{DeliveryState, HeldDecision, Outcome};
use domain::ids::{AccountId, PlanId};
use domain::partner::{Partner, WorkingHours};
use domain::plan::Told;
use notifier::{Decide, DigestSender, decide_held};
use store::{deliveries, reports, sending};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::fixture;
use crate::world::World;

fn in_digest(partner: &Partner) -> Told {
    Told { pace: Pace::Digest, ..fixture::told(partner) }
}

impl World {
    /// An alert of another case that can wait, in a digest.
    pub async fn can_wait(&mut self, partner: &Partner) -> PlanId {
        self.next_case().await;
        let plan = self.release_to(AlertKind::Alert, Urgency::Expected, vec![in_digest(partner)]).await;
        self.hear().await;
        plan
    }

    /// One look of a new sender of digests; gives how many mails it tried.
    pub async fn digest(&self) -> usize {
        DigestSender::new(self.deps.clone()).unwrap().run_once().await.unwrap()
    }

    pub async fn states(&self, plans: &[PlanId]) -> Vec<DeliveryState> {
        let mut states = Vec::new();
        for plan in plans {
            states.extend(self.deliveries(*plan).await.into_iter().map(|row| row.state));
        }
        states
    }

    async fn conserved(&self) {
        let mut tx = self.deps.db.read().await.unwrap();
        assert!(reports::conservation(&mut tx, None).await.unwrap().holds());
    }
}

/// Its plain text, as a reader sees it.
fn read(mail: &testkit::sink::Message) -> String {
    let mail = mail_parser::MessageParser::default().parse(&mail.data).unwrap();
    mail.body_text(0).unwrap().into_owned()
}

pub async fn three(sink: &SmtpSink) -> (World, Partner, Vec<PlanId>) {
    let mut world = World::smtp(sink).await;
    let partner = world.partners(PartnerKind::Ngo, &["a@one.example"]).await.remove(0);
    let mut plans = Vec::new();
    for _ in 0..3 {
        plans.push(world.can_wait(&partner).await);
    }
    (world, partner, plans)
}

#[tokio::test]
async fn what_can_wait_goes_out_in_one_mail_at_the_digests_hour() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, _, plans) = three(&sink).await;
    assert_eq!((world.send().await, world.digest().await), (0, 0), "nothing is due yet");
    assert_eq!(world.wait_until_due().await, Duration::from_secs((24 - 11 + 7) * 3600 - 400), "seven o'clock");
    assert_eq!(world.send().await, 0, "the sender leaves digests alone");
    assert_eq!(world.digest().await, 1);
    assert_eq!((world.digest().await, world.send().await), (0, 0), "once");
    let mails = sink.messages();
    assert_eq!((mails.len(), mails[0].header("Subject").as_deref()), (1, Some("[TLP:GREEN] Digest of alerts (3)")));
    let text = read(&mails[0]);
    for number in 2..=4 {
        assert!(text.contains(&format!("TOC-2026-00000{number}")), "{text}");
    }
    assert!(!text.contains("CANARY"), "the share holds in a digest too");
    assert_eq!(world.states(&plans).await, [DeliveryState::Accepted; 3]);
    // Each has its own link, its own attempt and the hash of the same bytes.
    let mut hashes = std::collections::BTreeSet::new();
    for plan in &plans {
        let row = world.deliveries(*plan).await.remove(0);
        let tries = world.attempts(row.id).await;
        assert_eq!((tries.len(), tries[0].outcome), (1, Some(Outcome::Accepted)));
        hashes.insert(row.mail_sha256);
    }
    assert_eq!(hashes.len(), 1);
    assert_eq!(text.matches("/a/").count(), 3, "{text}");
    world.conserved().await;
}

#[tokio::test]
async fn an_urgent_alert_and_the_end_of_an_alarm_lie_in_no_digest_and_one_alone_is_no_digest() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let partner = world.partners(PartnerKind::Police, &["a@one.example"]).await.remove(0);
    let waits = world.can_wait(&partner).await;
    world.next_case().await;
    let urgent = world.release_to(AlertKind::Alert, Urgency::Immediate, vec![in_digest(&partner)]).await;
    world.hear().await;
    assert_eq!(world.send().await, 1, "at once");
    let cancel = world.release_to(AlertKind::Cancel, Urgency::Expected, vec![in_digest(&partner)]).await;
    world.hear().await;
    assert_eq!(world.send().await, 1, "at once");
    assert_eq!(world.states(&[waits, urgent, cancel]).await[0], DeliveryState::Pending);
    world.wait_until_due().await;
    assert_eq!(world.digest().await, 0, "one is no digest");
    assert_eq!(world.send().await, 1);
    let subjects: Vec<_> = sink.messages().iter().filter_map(|mail| mail.header("Subject")).collect();
    assert_eq!(subjects.len(), 3);
    assert!(subjects.iter().all(|subject| !subject.contains("Digest")), "{subjects:?}");
    assert_eq!(world.states(&[waits]).await, [DeliveryState::Accepted]);
}

#[tokio::test]
async fn a_digest_in_doubt_goes_out_again_with_the_same_bytes_and_what_came_meanwhile_in_another() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().close());
    let (mut world, partner, plans) = three(&sink).await;
    world.wait_until_due().await;
    assert_eq!(world.digest().await, 1);
    assert_eq!(world.states(&plans).await, [DeliveryState::Uncertain; 3]);
    let later = [world.can_wait(&partner).await, world.can_wait(&partner).await];
    world.wait_until_due().await;
    assert_eq!((world.digest().await, world.digest().await), (1, 0));
    let mails = sink.messages();
    assert_eq!((mails.len(), mails[0].data == mails[1].data), (2, true), "the very bytes");
    assert_eq!(world.states(&plans).await, [DeliveryState::Accepted; 3]);
    let marks: Vec<_> = world.recorded().await.iter().map(|try_| try_.4).collect();
    assert_eq!(marks, [false, false, false, true, true, true], "a possible repeat, and marked");
    world.wait_until_due().await;
    assert_eq!(world.digest().await, 1);
    assert_eq!(world.states(&later).await, [DeliveryState::Accepted; 2]);
    assert_eq!(sink.messages().len(), 3);
    world.conserved().await;
}

/// The process dies after the try was committed: the rows are found again when the lease has run out.
#[tokio::test]
async fn a_sender_that_dies_in_a_digest_loses_nothing_and_two_at_once_send_it_once() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().silence());
    let (world, _, plans) = three(&sink).await;
    world.wait_until_due().await;
    let dying = DigestSender::new(world.deps.clone()).unwrap();
    let wire = async {
        while sink.messages().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = dying.run_once() => panic!("it hangs at the dot"),
        () = wire => {}
    }
    drop(dying);
    assert_eq!(world.digest().await, 0, "the lease still stands");
    world.hand.advance(world.deps.config.lease());
    let (one, other) = tokio::join!(world.digest(), world.digest());
    assert_eq!(one + other, 1, "one of two");
    assert_eq!(world.states(&plans).await, [DeliveryState::Accepted; 3]);
    let tries = world.attempts(world.deliveries(plans[0]).await[0].id).await;
    assert_eq!((tries.len(), tries[0].outcome, tries[1].possible_repeat), (2, Some(Outcome::Uncertain), true));
    world.conserved().await;
}

#[tokio::test]
async fn the_gate_takes_one_out_and_the_others_are_rendered_anew_or_decided_by_an_officer() {
    for (rule, left) in [
        (Rule::at(At::Rcpt).times(1).reply("451 4.7.1 later"), [DeliveryState::Accepted; 2]),
        (Rule::at(At::Dot).times(1).taking().close(), [DeliveryState::Held; 2]),
    ] {
        let sink = SmtpSink::start().await.unwrap();
        sink.add(rule);
        let (mut world, partner, plans) = three(&sink).await;
        world.wait_until_due().await;
        assert_eq!(world.digest().await, 1);
        // The first case is called off by a later version that reaches the address.
        world.case = store_case(&world, plans[0]).await;
        world.set_version(1);
        let cancel = world.release_to(AlertKind::Cancel, Urgency::Expected, vec![fixture::told(&partner)]).await;
        world.hear().await;
        world.send().await;
        assert_eq!(world.states(&[cancel]).await, [DeliveryState::Accepted]);
        world.hand.advance(Duration::from_secs(3600));
        world.digest().await;
        assert_eq!(world.states(&plans[..1]).await, [DeliveryState::Cancelled]);
        assert_eq!(world.states(&plans[1..]).await, left);
        let text = read(sink.messages().last().unwrap());
        assert!(left[0] == DeliveryState::Held || !text.contains("TOC-2026-000002"), "{text}");
        world.conserved().await;
    }
}

/// The desk decides about each of a digest that stayed in doubt: what it cancels goes out in no mail any more.
#[tokio::test]
async fn what_an_officer_takes_out_of_a_digest_is_not_sent_with_the_others() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(10).close());
    let (world, _, plans) = three(&sink).await;
    for _ in 0..10 {
        world.wait_until_due().await;
        assert_eq!(world.digest().await, 1);
    }
    assert_eq!((world.states(&plans).await, world.due().await), (vec![DeliveryState::Held; 3], None));
    let decide = async |plan, decision, held_at| {
        let row = world.deliveries(plan).await.remove(0);
        let reason = "The owner asks for it.".parse().unwrap();
        let ask = Decide { id: row.id, held_at, decision, reason };
        decide_held(&world.deps, AccountId::generate(&world.deps.clock), ask).await.unwrap()
    };
    let first = world.deps.clock.now();
    world.hand.advance(Duration::from_secs(60));
    decide(plans[0], HeldDecision::Cancel, first).await;
    for plan in &plans[1..] {
        decide(*plan, HeldDecision::Release, first).await;
    }
    assert_eq!(world.digest().await, 0);
    let (cancelled, held) = (DeliveryState::Cancelled, DeliveryState::Held);
    assert_eq!(world.states(&plans).await, [cancelled, held, held], "the mail they shared may not go out again");
    let second = world.deps.clock.now();
    world.hand.advance(Duration::from_secs(60));
    for plan in &plans[1..] {
        decide(*plan, HeldDecision::Release, second).await;
    }
    world.send().await;
    assert_eq!(world.states(&plans[1..]).await, [DeliveryState::Accepted; 2]);
    let mails = sink.messages();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| !read(mail).contains("TOC-2026-000002")));
    assert!(world.recorded().await.iter().rev().take(2).all(|try_| try_.4), "possible repeats, and marked");
    world.conserved().await;
}

/// Pictures and files go along as in a mail of its own, all within the partner's limit; what does not fit is by the link.
#[tokio::test]
async fn a_digest_carries_pictures_files_and_the_way_to_what_does_not_fit() {
    for limit in [None, Some(1)] {
        let sink = SmtpSink::start().await.unwrap();
        let mut world = World::smtp(&sink).await;
        let mut config = (*world.deps.config).clone();
        if limit.is_some() {
            config.max_attachment_mib = 0;
        }
        world.deps.config = std::sync::Arc::new(config);
        let partner = world.partners(PartnerKind::Ngo, &["a@one.example"]).await.remove(0);
        let mut plans = Vec::new();
        for number in 0..3 {
            world.next_case().await;
            // Two of sixty thousand bytes do not fit into one mail, the third is small.
            world.photo(if number == 2 { SMALL } else { LARGE }).await;
            plans.push(world.release_to(AlertKind::Alert, Urgency::Expected, vec![in_digest(&partner)]).await);
            world.hear().await;
        }
        world.wait_until_due().await;
        assert_eq!(world.digest().await, 1);
        let mails = sink.messages();
        let parsed = mail_parser::MessageParser::default().parse(&mails[0].data).unwrap();
        let names: Vec<_> = parsed.parts.iter().filter_map(mail_parser::MimeHeaders::attachment_name).collect();
        let of = |end: &str| names.iter().filter(|name| name.ends_with(end)).count();
        let files = if limit.is_none() { 3 } else { 0 };
        assert_eq!((of(".jpg"), of(".cap.xml"), of(".json")), (2, files, files), "{names:?}");
        let html = parsed.body_html(0).unwrap();
        assert_eq!(html.matches("cid:").count(), 2, "{html}");
        let text = read(&mails[0]);
        let by_link = if limit.is_none() { 1 } else { 3 };
        assert_eq!(text.matches("/read").count(), by_link, "the way to what does not fit: {text}");
        assert_eq!(text.matches(".cap.xml").count(), 3, "each file is named: {text}");
        assert_eq!(world.states(&plans).await, [DeliveryState::Accepted; 3]);
    }
}

const SMALL: &[u8] = &[0xff; 1_000];
const LARGE: &[u8] = &[0xff; 60_000];

async fn store_case(world: &World, plan: PlanId) -> store::cases::CaseRow {
    let id = world.deliveries(plan).await[0].case_id;
    let mut tx = world.deps.db.read().await.unwrap();
    store::cases::find(&mut tx, id).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_kill_switch_stops_digests_and_notices_too() {
    let sink = SmtpSink::start().await.unwrap();
    let (world, _, plans) = three(&sink).await;
    world.wait_until_due().await;
    let by = AccountId::generate(&world.deps.clock);
    let switch = async |stopped: bool| {
        let mut tx = world.deps.db.begin().await.unwrap();
        assert!(sending::switch(&mut tx, stopped, "A drill.", by, world.deps.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    };
    switch(true).await;
    assert_eq!(world.digest().await, 0);
    assert_eq!(world.states(&plans).await, [DeliveryState::Pending; 3]);
    switch(false).await;
    assert_eq!(world.digest().await, 1);
}

#[tokio::test]
async fn what_is_not_urgent_waits_for_the_partners_working_hours_and_is_tried_for_five_days_from_then() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("a@one.example").times(1).reply("451 4.7.1 later"));
    let mut world = World::smtp(&sink).await;
    let made = world.partners(PartnerKind::Police, &["a@one.example", "b@two.example"]).await;
    // It is Wednesday; this one is there on Tuesdays.
    let hours =
        WorkingHours { zone: "Africa/Ouagadougou".parse().unwrap(), week: Some("Tu 08:00-12:00".parse().unwrap()) };
    let partners = [Partner { hours: Some(hours), ..made[0].clone() }, made[1].clone()];
    world.put(&partners).await;
    let told = || partners.iter().map(fixture::told).collect();
    let plan = world.release_to(AlertKind::Alert, Urgency::Expected, told()).await;
    world.hear().await;
    assert_eq!(world.send().await, 1, "of the other nobody knows the hours");
    let row = world.delivery(plan, "a@one.example").await;
    assert_eq!(row.last_reply.as_deref(), Some("not urgent: waits for the partner's working hours"));
    world.wait_until_due().await;
    assert_eq!(world.deps.clock.now(), "2026-11-24T08:00:00Z".parse().unwrap());
    assert_eq!(world.send().await, 1);
    assert_eq!(world.delivery(plan, "a@one.example").await.state, DeliveryState::Pending, "put off, not given up");
    world.wait_until_due().await;
    assert_eq!(world.send().await, 1);
    assert_eq!(world.delivery(plan, "a@one.example").await.state, DeliveryState::Accepted);
    // An urgent one wakes whoever is there.
    world.next_case().await;
    world.release_to(AlertKind::Alert, Urgency::Immediate, told()).await;
    world.hear().await;
    assert_eq!(world.send().await, 2);
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(deliveries::next_due(&mut tx).await.unwrap(), None);
}
