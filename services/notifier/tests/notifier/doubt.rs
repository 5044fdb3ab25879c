//! The moments in which SMTP cannot know: the same bytes go out again under the same Message-ID, and say so.

use std::sync::Arc;
use std::time::Duration;

use domain::codes::{AlertKind, PartnerKind, Role};
use domain::delivery::{DeliveryState, Outcome, Stage};
use notifier::{Config, OnDoubt};
use store::deliveries;
use testkit::sink::{Rule, SmtpSink, Stage as At};
use testkit::wait_until;

use crate::browser::Browser;
use crate::world::{PATIENCE, World, smtp};

#[tokio::test]
async fn a_connection_cut_after_the_dot_is_resent_once_and_marked() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().close());
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(row.state, DeliveryState::Uncertain);
    assert_eq!(world.send().await, 0, "not at once");
    assert_eq!(world.wait_until_due().await, Duration::from_secs(60));
    world.send().await;
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    assert_eq!(
        world.recorded().await,
        [
            (1, Outcome::Uncertain, Stage::Message, DeliveryState::Uncertain, false),
            (2, Outcome::Accepted, Stage::Message, DeliveryState::Accepted, true),
        ]
    );
    let mails = sink.messages();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].data, mails[1].data, "the very bytes");
    assert_eq!(mails[0].header("Message-ID"), row.message_id);
}

#[tokio::test]
async fn silence_after_the_dot_is_doubt_too_and_a_person_decides_in_the_end() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).taking().close());
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let sender = world.sender();
    let mut tries = 0;
    while world.due().await.is_some() {
        world.wait_until_due().await;
        tries += sender.run_once(world.deps.clock.now()).await.unwrap();
    }
    assert_eq!((tries, world.deliveries(plan).await[0].state), (10, DeliveryState::Held));
    assert_eq!(sink.messages().len(), 10);
}

/// A sender that dies between the final dot and the reply, many times: nothing is lost, every repeat is marked.
#[tokio::test]
async fn a_sender_that_dies_at_the_dot_loses_nothing() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::with(Config { lease_secs: 5, workers: 8, ..smtp(sink.port()) }).await;
    let addresses: Vec<_> = (0..10).map(|n| format!("alerts@d{n}.example")).collect();
    let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let plan = world.alert(&told).await;
    let workers = world.deps.config.workers;
    let kills = 5;
    for kill in 0..kills {
        sink.clear_rules();
        sink.add(Rule::at(At::Dot).times(workers).taking().silence());
        let before = sink.messages().len();
        let sender = world.sender();
        let now = world.deps.clock.now();
        tokio::select! {
            _ = sender.run_once(now) => panic!("nothing can end in round {kill}"),
            taken = sink.wait_for(before + workers, PATIENCE) => drop(taken.unwrap()),
        }
        // Dropped here: what was on the wire is cut, as by SIGKILL. The leases run out.
        world.hand.advance(world.deps.config.lease() + Duration::from_secs(1));
    }
    sink.clear_rules();
    world.send().await;
    let rows = world.deliveries(plan).await;
    assert!(rows.iter().all(|row| row.state == DeliveryState::Accepted), "0 lost");
    let mails = sink.messages();
    assert!(mails.len() <= 10 + kills * workers, "{} mails", mails.len());
    for row in rows {
        let copies: Vec<_> = mails.iter().filter(|mail| mail.recipients == [row.address.to_string()]).collect();
        assert!(copies.iter().all(|copy| copy.header("Message-ID") == row.message_id && copy.data == copies[0].data));
        let tries = world.attempts(row.id).await;
        assert_eq!(tries.len(), copies.len());
        for (index, attempt) in tries.iter().enumerate() {
            assert_eq!(attempt.possible_repeat, index > 0, "every repeat is marked");
            let last = index + 1 == tries.len();
            let expected =
                if last { (Outcome::Accepted, Stage::Message) } else { (Outcome::Uncertain, Stage::Interrupted) };
            assert_eq!((attempt.outcome.unwrap(), attempt.stage.unwrap()), expected);
        }
    }
}

/// Another sender takes the row over while the first waits for the server: the first one's end changes nothing.
#[tokio::test]
async fn an_end_that_comes_after_another_sender_took_over_is_not_recorded_twice() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).delay(Duration::from_millis(1500)));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let first = world.sender();
    let now = world.deps.clock.now();
    let (done, ()) = tokio::join!(first.run_once(now), async {
        sink.wait_for_attempts("a@one.example", 1, PATIENCE).await.unwrap();
        world.hand.advance(world.deps.config.lease() + Duration::from_secs(1));
        assert_eq!(world.send().await, 1, "the second sender");
    });
    done.unwrap();
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    assert_eq!(
        world.recorded().await,
        [
            (1, Outcome::Uncertain, Stage::Interrupted, DeliveryState::Uncertain, false),
            (2, Outcome::Accepted, Stage::Message, DeliveryState::Accepted, true),
        ]
    );
}

/// A lease that was taken over without another try yet: what the server said is still true, and prevents a repeat.
#[tokio::test]
async fn an_end_that_comes_before_the_next_try_prevents_it() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).delay(Duration::from_millis(500)));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let sender = world.sender();
    let (done, ()) = tokio::join!(sender.run_once(world.deps.clock.now()), async {
        sink.wait_for_attempts("a@one.example", 1, PATIENCE).await.unwrap();
        world.hand.advance(world.deps.config.lease() + Duration::from_secs(1));
        world.steal().await;
    });
    done.unwrap();
    assert_eq!((world.send().await, sink.messages().len()), (0, 1));
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
}

/// Two senders over one work list: every mail once.
#[tokio::test]
async fn two_senders_send_every_mail_once() {
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let db = store::Db::connect(&url, &store::DbOptions::default()).await.unwrap();
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::on(db, smtp(sink.port()), tempfile::tempdir().unwrap()).await;
    let addresses: Vec<_> = (0..60).map(|n| format!("desk{n}@d{}.example", n % 12)).collect();
    let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let plan = world.alert(&told).await;
    let world = Arc::new(world);
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..2 {
        let world = Arc::clone(&world);
        senders.spawn(async move { while world.send().await > 0 {} });
    }
    senders.join_all().await;
    while world.send().await > 0 {}
    let mut recipients: Vec<_> = sink.messages().into_iter().flat_map(|mail| mail.recipients).collect();
    recipients.sort();
    recipients.dedup();
    assert_eq!((sink.messages().len(), recipients.len()), (60, 60));
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Accepted && row.tries == 1));
    assert!(sink.most_at_once() <= 2 * world.deps.config.workers);
}

/// The cancellation may have arrived: the alarm that was put off before must not arrive after it.
#[tokio::test]
async fn an_alarm_that_was_put_off_does_not_follow_a_cancellation_in_doubt() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).times(1).reply("451 4.7.1 later"));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let alarm = world.alert(&told).await;
    world.send().await;
    assert_eq!(world.deliveries(alarm).await[0].state, DeliveryState::Pending);
    sink.add(Rule::at(At::Dot).times(1).taking().close());
    let cancel = world.release(AlertKind::Cancel, &told).await;
    world.hear().await;
    world.send().await;
    assert_eq!(world.deliveries(cancel).await[0].state, DeliveryState::Uncertain);
    world.hand.advance(Duration::from_secs(3600));
    world.send().await;
    assert_eq!(world.deliveries(alarm).await[0].state, DeliveryState::Cancelled);
    assert_eq!(world.deliveries(cancel).await[0].state, DeliveryState::Accepted);
    assert_eq!(sink.messages().len(), 2, "the cancellation and its repeat");
}

/// Two versions to one address are never on the wire together: the network could turn them round.
#[tokio::test]
async fn a_cancellation_waits_for_the_end_of_the_try_of_its_alarm() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).delay(Duration::from_millis(1500)));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let alarm = world.alert(&told).await;
    let cancel = world.release(AlertKind::Cancel, &told).await;
    let first = world.sender();
    let now = world.deps.clock.now();
    let (done, ()) = tokio::join!(first.run_once(now), async {
        sink.wait_for_attempts("a@one.example", 1, PATIENCE).await.unwrap();
        world.hear().await;
        // By this sender, or by the first, which looks again as soon as its try has begun.
        world.send().await;
        wait_until("it to be taken up and put off", PATIENCE, async || {
            world.deliveries(cancel).await[0].due_at > Some(now)
        })
        .await
        .unwrap();
        assert_eq!((world.deliveries(cancel).await[0].tries, world.still_open().await), (0, 1));
    });
    done.unwrap();
    assert_eq!(world.deliveries(alarm).await[0].state, DeliveryState::Accepted);
    world.hand.advance(Duration::from_secs(5));
    world.send().await;
    assert_eq!(world.deliveries(cancel).await[0].state, DeliveryState::Accepted);
    assert_eq!(sink.messages().len(), 2);
}

/// A world whose sender may look into this log.
async fn with_log(sink: &SmtpSink, uncertain: OnDoubt) -> (World, std::path::PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("mail.log");
    std::fs::write(&log, "").unwrap();
    let config = Config { uncertain, mta_log: Some(log.clone()), ..smtp(sink.port()) };
    let file = format!("sqlite:{}", place.path().join("tocsin.db").display());
    let db = store::Db::connect(&file, &store::DbOptions::default()).await.unwrap();
    (World::on(db, config, place).await, log)
}

/// What Postfix writes of a mail: that it began, and, if it has it whole, that it is in the queue.
fn logged(message_id: &str, whole: bool) -> String {
    let began = format!("Nov 26 02:00:01 mx postfix/cleanup[8]: 4F1A2: message-id={message_id}\n");
    let queued = "Nov 26 02:00:01 mx postfix/qmgr[6]: 4F1A2: from=<b@x.example>, size=4711, nrcpt=1 (queue active)\n";
    if whole { began + queued } else { began }
}

#[tokio::test]
async fn what_the_log_of_the_mail_server_shows_is_not_sent_again() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().close());
    let (mut world, log) = with_log(&sink, OnDoubt::Hold).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    std::fs::write(&log, logged(row.message_id.as_ref().unwrap(), true)).unwrap();
    world.wait_until_due().await;
    assert_eq!(world.send().await, 1);
    assert_eq!(world.send().await, 0, "once");
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!(
        (row.state, row.last_reply.as_deref()),
        (DeliveryState::Accepted, Some("found in the log of the mail server"))
    );
    assert_eq!((sink.messages().len(), row.tries), (1, 1));
    let tries = world.attempts(row.id).await;
    assert_eq!((tries[0].outcome, tries[0].stage), (Some(Outcome::Accepted), Some(Stage::Message)));
    assert_eq!(
        world.recorded().await,
        [
            (1, Outcome::Accepted, Stage::Message, DeliveryState::Accepted, false),
            (1, Outcome::Uncertain, Stage::Message, DeliveryState::Uncertain, false),
        ]
    );
}

/// The sender dies at the dot, the server has the mail: the next sender finds it in the log.
#[tokio::test]
async fn a_sender_that_died_asks_the_log_before_it_repeats() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Dot).times(1).taking().silence());
    let (mut world, log) = with_log(&sink, OnDoubt::Resend).await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let plan = world.alert(&told).await;
    let sender = world.sender();
    let now = world.deps.clock.now();
    tokio::select! {
        _ = sender.run_once(now) => panic!("nothing can end"),
        taken = sink.wait_for(1, PATIENCE) => drop(taken.unwrap()),
    }
    world.hand.advance(world.deps.config.lease() + Duration::from_secs(1));
    let message_id = world.deliveries(plan).await.remove(0).message_id.unwrap();
    std::fs::write(&log, logged(&message_id, true)).unwrap();
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!((row.state, sink.messages().len()), (DeliveryState::Accepted, 1));
    assert_eq!(world.attempts(row.id).await[0].stage, Some(Stage::Interrupted));
}

#[tokio::test]
async fn a_doubt_that_the_log_does_not_answer_is_sent_again_or_waits_for_an_officer() {
    for policy in [OnDoubt::Resend, OnDoubt::Hold] {
        let sink = SmtpSink::start().await.unwrap();
        sink.add(Rule::at(At::Dot).times(1).close());
        let (mut world, log) = with_log(&sink, policy).await;
        let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
        let plan = world.alert(&told).await;
        world.send().await;
        let message_id = world.deliveries(plan).await.remove(0).message_id.unwrap();
        // The server began to take it and lost the line: not in its queue.
        std::fs::write(&log, logged(&message_id, false)).unwrap();
        world.wait_until_due().await;
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        if policy == OnDoubt::Hold {
            assert_eq!((row.state, row.tries), (DeliveryState::Held, 1));
            let officer = Browser::signed_in(&world, Role::Officer).await;
            let held_at = {
                let mut tx = world.deps.db.read().await.unwrap();
                deliveries::held_since(&mut tx, row.id).await.unwrap().unwrap()
            };
            let form = format!("held_at={held_at}&reason=asked+them&decision=release")
                .replace('+', "%2B")
                .replace("asked%2Bthem", "asked+them");
            let done = officer.post(&format!("/deliveries/{}/decide", row.id), &form).await;
            assert!(done.location().ends_with("done=release"), "{}", done.body);
            world.send().await;
        }
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!((row.state, row.tries), (DeliveryState::Accepted, 2), "{policy:?}");
        assert!(world.attempts(row.id).await[1].possible_repeat);
        assert_eq!(world.send().await, 0);
    }
}
