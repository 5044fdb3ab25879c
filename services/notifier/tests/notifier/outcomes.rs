//! Each recipient ends in the right state, with the server's words, and holds up nobody else.

use std::time::{Duration, Instant};

use contracts::Event;
use contracts::events::{AddressSuppressedV1, MailServerPausedV1, MailServerResumedV1};
use domain::codes::{PartnerKind, Role};
use domain::delivery::{DeliveryState, GIVE_UP_AFTER, Outcome, Stage};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::browser::Browser;
use crate::world::{PATIENCE, World, smtp};

#[tokio::test]
async fn a_refusal_a_greylist_and_a_silence_end_each_in_its_state_and_delay_nobody() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("no@refusing.example").reply("550 5.1.1 no such user"));
    sink.add(Rule::at(At::Rcpt).recipient("later@grey.example").times(2).reply("451 4.7.1 greylisted"));
    sink.add(Rule::at(At::Rcpt).recipient("never@silent.example").silence());
    let mut world = World::smtp(&sink).await;
    let mut addresses = vec!["never@silent.example", "no@refusing.example", "later@grey.example"];
    let others: Vec<_> = (0..20).map(|n| format!("alerts@d{n}.example")).collect();
    addresses.extend(others.iter().map(String::as_str));
    let told = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&told).await;

    let begun = Instant::now();
    let sender = world.sender();
    let (sent, others_done) = tokio::join!(sender.run_once(world.deps.clock.now()), async {
        sink.wait_for(20, PATIENCE).await.unwrap();
        begun.elapsed()
    });
    assert_eq!(sent.unwrap(), 23);
    assert!(others_done < Duration::from_secs(1) || others_done < begun.elapsed() / 2, "{others_done:?}");

    let row = world.delivery(plan, "no@refusing.example").await;
    let tries = world.attempts(row.id).await;
    assert_eq!((row.state, tries.len()), (DeliveryState::Refused, 1));
    assert_eq!((tries[0].stage, tries[0].reply.as_deref()), (Some(Stage::Rcpt), Some("550 5.1.1 no such user")));
    let row = world.delivery(plan, "never@silent.example").await;
    let tries = world.attempts(row.id).await;
    assert_eq!(
        (row.state, tries[0].outcome, tries[0].stage),
        (DeliveryState::Pending, Some(Outcome::Deferred), Some(Stage::Rcpt))
    );
    assert_eq!(tries[0].reply.as_deref(), Some("no reply in time"));
    sink.clear_rules();
    sink.add(Rule::at(At::Rcpt).recipient("later@grey.example").times(1).reply("451 4.7.1 greylisted"));

    // Greylisted once more, and then taken: one mail, three attempts, pauses of the schedule.
    let mut pauses = Vec::new();
    while world.due().await.is_some() {
        pauses.push(world.wait_until_due().await);
        world.send().await;
    }
    assert!(pauses.iter().all(|pause| *pause <= Duration::from_secs(12 * 60)), "{pauses:?}");
    let row = world.delivery(plan, "later@grey.example").await;
    let outcomes: Vec<_> =
        world.attempts(row.id).await.iter().map(|a| (a.outcome.unwrap(), a.possible_repeat)).collect();
    assert_eq!(row.state, DeliveryState::Accepted);
    assert_eq!(outcomes, [(Outcome::Deferred, false), (Outcome::Deferred, false), (Outcome::Accepted, false)]);
    let mails = sink.messages();
    let to_grey: Vec<_> = mails.iter().filter(|mail| mail.recipients == ["later@grey.example"]).collect();
    assert_eq!((mails.len(), to_grey.len()), (22, 1));
    assert!(mails.iter().all(|mail| mail.recipients.len() == 1), "one recipient a transaction");
}

#[tokio::test]
async fn after_five_days_of_not_now_a_delivery_expires() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).reply("452 4.2.2 mailbox full"));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["full@one.example"]).await;
    let plan = world.alert(&told).await;
    let sender = world.sender();
    let mut tries = 0;
    while world.due().await.is_some() {
        world.wait_until_due().await;
        tries += sender.run_once(world.deps.clock.now()).await.unwrap();
    }
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(row.state, DeliveryState::Expired);
    assert!((100..180).contains(&tries), "{tries} tries in five days");
    assert!(world.deps.clock.now().since(row.created_at) >= GIVE_UP_AFTER);
    let last = world.recorded().await.pop().unwrap();
    assert_eq!((last.1, last.3), (Outcome::Deferred, DeliveryState::Expired));
}

#[tokio::test]
async fn a_server_that_takes_nothing_stops_the_tries_and_refuses_nobody() {
    for rule in [
        Rule::at(At::Mail).reply("550 5.7.1 your network is not welcome"),
        Rule::at(At::Auth).reply("535 5.7.8 bad credentials"),
    ] {
        let sink = SmtpSink::start().await.unwrap();
        sink.add(rule);
        let mut config = smtp(sink.port());
        config.smtp.username = Some("desk".to_owned());
        config.smtp.password = Some("secret".into());
        let mut world = World::with(config).await;
        let addresses: Vec<_> = (0..60).map(|n| format!("alerts@d{n}.example")).collect();
        let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let plan = world.alert(&told).await;
        let sender = world.sender();
        let first = sender.run_once(world.deps.clock.now()).await.unwrap();
        assert!((5..=16).contains(&first), "{first} of 60 were tried before the rest was spared");
        assert!(sender.paused_until().is_some());
        let officer = Browser::signed_in(&world, Role::Officer).await;
        assert!(officer.get("/deliveries").await.body.contains("takes none of our mail"));
        assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Pending));

        // One probe a pause.
        world.hand.advance(Duration::from_secs(61));
        assert_eq!(sender.run_once(world.deps.clock.now()).await.unwrap(), 1);
        assert_eq!(sender.run_once(world.deps.clock.now()).await.unwrap(), 0);

        // Repaired: the next probe gets through, and everything after it.
        sink.clear_rules();
        world.hand.advance(Duration::from_secs(600));
        assert_eq!(sender.run_once(world.deps.clock.now()).await.unwrap(), 60);
        assert_eq!((sender.paused_until(), sink.messages().len()), (None, 60));
        assert!(!officer.get("/deliveries").await.body.contains("takes none of our mail"), "it is over");
        assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Accepted));
        // One alarm and its end, in the ledger too; and it counts against nobody.
        assert_eq!(world.facts(&[MailServerPausedV1::KIND]).await.len(), 1);
        let resumed: MailServerResumedV1 = world.facts(&[MailServerResumedV1::KIND]).await.remove(0).open().unwrap();
        assert_eq!(resumed.pauses, 1);
        assert!(world.facts(&[AddressSuppressedV1::KIND]).await.is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_is_our_fault_and_never_in_the_clear_elsewhere() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Auth).times(1).reply("535 5.7.8 bad credentials"));
    let mut config = smtp(sink.port());
    config.smtp.username = Some("desk".to_owned());
    config.smtp.password = Some("secret".into());
    let mut world = World::with(config).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let tries = world.attempts(row.id).await;
    assert_eq!((row.state, tries[0].stage), (DeliveryState::Pending, Some(Stage::Auth)));
    assert_eq!(tries[0].reply.as_deref(), Some("535 5.7.8 bad credentials"));
    assert_eq!(sink.attempts("a@one.example"), 0);
    world.wait_until_due().await;
    world.send().await;
    assert_eq!(sink.messages().len(), 1);
}

#[tokio::test]
async fn a_slow_banner_and_a_dead_port_are_deferred() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Banner).times(1).delay(Duration::from_secs(60)));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(world.attempts(row.id).await[0].stage, Some(Stage::Greeting));
    assert_eq!(row.state, DeliveryState::Pending);
    drop(sink);
    world.wait_until_due().await;
    world.send().await;
    let tries = world.attempts(row.id).await;
    assert_eq!((tries[1].outcome, tries[1].stage), (Some(Outcome::Deferred), Some(Stage::Connect)));
}
