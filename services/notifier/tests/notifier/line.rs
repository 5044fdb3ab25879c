//! Mails of which the first are prepared and the next made at hand, and the line before a server that takes mail at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use contracts::Event as _;
use contracts::events::MailServerPausedV1;
use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::PlanId;
use domain::partner::Encryption;
use mail_parser::MessageParser;
use notifier::{Config, Deadlines};
use store::deliveries;
use testkit::sink::{Rule, SmtpSink, Stage as At};
use testkit::wait_until;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::stopping::switch;
use crate::world::{PATIENCE, World, smtp};

#[tokio::test]
async fn a_mail_made_at_hand_is_as_one_that_was_prepared_and_what_needs_more_is_prepared() {
    let sink = SmtpSink::start().await.unwrap();
    // One at a time, so that all but the first find the version at hand.
    let mut world = World::with(Config { workers: 1, per_domain: 1, ..smtp(sink.port()) }).await;
    let addresses = ["one@a.example", "two@a.example", "trois@b.example", "doubt@c.example", "sealed@d.example"];
    let mut told = world.partners(PartnerKind::Police, &addresses).await;
    told[2].languages = vec!["fr".parse().unwrap()];
    told[4].encryption = Encryption::Required;
    world.put(&told).await;
    sink.add(Rule::at(At::Dot).recipient("doubt@c.example").times(1).close());
    let plan = world.alert(&told).await;
    let sender = world.sender();
    sender.run_once(world.deps.clock.now()).await.unwrap();
    let mut states = Vec::new();
    for address in addresses {
        states.push(world.delivery(plan, address).await.state);
    }
    let (accepted, uncertain) = (DeliveryState::Accepted, DeliveryState::Uncertain);
    assert_eq!(states, [accepted, accepted, accepted, uncertain, DeliveryState::Held]);

    let mails = sink.messages();
    let said = |address: &str| {
        let mail = mails.iter().find(|mail| mail.recipients[0] == address).unwrap();
        let mail = MessageParser::default().parse(&mail.data).unwrap();
        let (to, id) = (mail.to().unwrap().first().unwrap().address().unwrap(), mail.message_id().unwrap());
        let text = mail.body_text(0).unwrap();
        let link = text.split_whitespace().find(|word| word.contains("/a/")).unwrap().to_owned();
        let rest = text.replace(&link, "LINK").replace(&address.replace('@', " of "), "READER");
        (to.to_owned(), id.to_owned(), link, rest, mail.subject().unwrap().to_owned(), mail.attachment_count())
    };
    let (first, second, third) = (said(addresses[0]), said(addresses[1]), said(addresses[2]));
    assert_eq!((first.0.as_str(), second.0.as_str(), third.0.as_str()), (addresses[0], addresses[1], addresses[2]));
    assert!(first.1 != second.1 && first.2 != second.2, "each has its own Message-ID and link");
    assert_eq!((&first.3, &first.4, first.5), (&second.3, &second.4, second.5), "and all else is the same");
    assert_ne!(first.3, third.3, "who reads French has another mould");

    // In doubt with the version at hand: the log is asked first, and the same bytes go out again.
    world.wait_until_due().await;
    sender.run_once(world.deps.clock.now()).await.unwrap();
    let row = world.delivery(plan, "doubt@c.example").await;
    let tries: Vec<_> =
        world.attempts(row.id).await.iter().map(|attempt| (attempt.outcome, attempt.possible_repeat)).collect();
    assert_eq!(row.state, accepted);
    assert_eq!(tries, [(Some(Outcome::Uncertain), false), (Some(Outcome::Accepted), true)]);
}

/// Three find the version at hand together, and one of them cannot be read.
#[tokio::test]
async fn what_fails_at_hand_goes_the_long_way_and_keeps_nobody_back() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::with(Config { workers: 1, per_domain: 1, ..smtp(sink.port()) }).await;
    let addresses = ["one@a.example", "two@b.example", "three@c.example", "four@d.example"];
    let told = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&told).await;
    // The last one found, so that another is first.
    let mut rows = world.deliveries(plan).await;
    rows.sort_by_key(|row| row.id);
    let broken = rows.pop().unwrap();
    world.damage(&broken).await;
    assert_eq!(world.send().await, 4);
    let mut reached: Vec<_> = sink.messages().iter().map(|mail| mail.recipients[0].clone()).collect();
    let mut others: Vec<_> = rows.iter().map(|row| row.address.to_string()).collect();
    reached.sort();
    others.sort();
    assert_eq!(reached, others);
    let mut tx = world.deps.db.read().await.unwrap();
    let states = deliveries::by_state(&mut tx).await.unwrap();
    assert_eq!(states, [(DeliveryState::Accepted, 3), (DeliveryState::Pending, 1)]);
}

/// Telling goes before telling of it: while something is in hand nobody calls the relay, which looks by itself now and then.
#[tokio::test]
async fn the_relay_is_called_when_nothing_is_in_hand_any_more() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let addresses = ["one@a.example", "slow@b.example"];
    let told = world.partners(PartnerKind::Police, &addresses).await;
    sink.add(Rule::at(At::Dot).recipient(addresses[1]).taking().delay(Duration::from_millis(2_500)));
    let plan = world.alert(&told).await;
    let (sender, now, bell) = (world.sender(), world.deps.clock.now(), world.deps.bell.clone());
    bell.wait(Duration::from_millis(1)).await;
    let (done, ()) = tokio::join!(sender.run_once(now), async {
        wait_until("the first to be recorded", PATIENCE, async || {
            world.delivery(plan, addresses[0]).await.state == DeliveryState::Accepted
        })
        .await
        .unwrap();
        let (begun, pause) = (Instant::now(), Duration::from_millis(100));
        bell.wait(pause).await;
        assert!(begun.elapsed() >= pause, "it rings while another is on the wire");
        assert_eq!(world.still_open().await, 1, "the other is");
    });
    assert_eq!(done.unwrap(), 2);
    let (begun, long) = (Instant::now(), Duration::from_secs(30));
    bell.wait(long).await;
    assert!(begun.elapsed() < long, "nobody rang");
}

#[tokio::test]
async fn a_line_that_comes_to_a_halt_goes_back_and_each_of_it_is_told_once() {
    let sink = SmtpSink::start().await.unwrap();
    let config = smtp(sink.port());
    let deadlines = Deadlines { message_secs: 10, ..config.deadlines };
    let mut world = World::with(Config { workers: 2, per_domain: 2, deadlines, ..config }).await;
    let addresses: Vec<String> = (0..12).map(|n| format!("unit{n}@one.example")).collect();
    let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    // Nobody stands in line where the machine is too busy for the first two to be taken at once: then it is tried again.
    for case in 1..=5 {
        // Two take longer than the patience of those who stand in line behind them.
        for slow in &addresses[2..4] {
            let long = Duration::from_millis(2_500);
            sink.add(Rule::at(At::Dot).recipient(slow).times(1).taking().delay(long));
        }
        let plan = world.alert(&told).await;
        world.send().await;
        let mut tries = Vec::new();
        for row in world.deliveries(plan).await {
            assert_eq!(row.state, DeliveryState::Accepted, "{}", row.address);
            tries.extend(world.attempts(row.id).await.iter().map(|attempt| (attempt.stage, attempt.outcome)));
        }
        let mails = sink.messages();
        let reached: BTreeSet<_> = mails[12 * (case - 1)..].iter().map(|mail| mail.recipients[0].clone()).collect();
        assert_eq!((mails.len(), reached.len()), (12 * case, 12), "each once");
        let back = tries.iter().filter(|ended| **ended == (Some(Stage::Line), Some(Outcome::Deferred))).count();
        assert_eq!(tries.len(), 12 + back, "{tries:?}");
        if back > 0 {
            return;
        }
        world.next_case().await;
    }
    panic!("no mail went back in five cases");
}

/// A server that took a mail at once, so that others may stand in line, with two places; and fourteen mails, each to a domain of
/// its own, that are about to.
struct Standing {
    sink: SmtpSink,
    world: World,
    plan: PlanId,
    stop: CancellationToken,
    running: JoinSet<()>,
}

impl Standing {
    async fn before(rule: Rule) -> Self {
        let sink = SmtpSink::start().await.unwrap();
        let config = smtp(sink.port());
        let deadlines = Deadlines { message_secs: 10, ..config.deadlines };
        let mut world = World::with(Config { workers: 2, per_domain: 1, deadlines, ..config }).await;
        let (sender, stop) = (world.sender(), CancellationToken::new());
        let mut running = JoinSet::new();
        running.spawn({
            let stop = stop.clone();
            async move { sender.run(&stop).await }
        });
        let first = world.partners(PartnerKind::Police, &["first@zero.example"]).await;
        world.alert(&first).await;
        wait_until("the first", PATIENCE, async || world.still_open().await == 0 && sink.messages().len() == 1)
            .await
            .unwrap();
        sink.add(rule);
        let addresses: Vec<String> = (0..14).map(|n| format!("unit@d{n}.example")).collect();
        let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
        world.next_case().await;
        let plan = world.alert(&told).await;
        Self { sink, world, plan, stop, running }
    }

    /// Where the tries of the fourteen ended.
    async fn stages(&self) -> Vec<Option<Stage>> {
        let mut stages = Vec::new();
        for row in self.world.deliveries(self.plan).await {
            stages.extend(self.world.attempts(row.id).await.iter().map(|attempt| attempt.stage));
        }
        stages
    }

    async fn end(self) {
        self.stop.cancel();
        self.running.join_all().await;
    }
}

#[tokio::test]
async fn a_stop_reaches_who_stands_in_line_and_all_leave_when_it_is_over() {
    let long = Duration::from_millis(700);
    let standing = Standing::before(Rule::at(At::Dot).taking().delay(long)).await;
    let Standing { sink, world, .. } = &standing;
    wait_until("two on the wire", PATIENCE, async || {
        sink.commands().iter().filter(|command| command.line.starts_with("DATA")).count() == 1 + 2
    })
    .await
    .unwrap();
    switch(world, true).await;
    world.deps.due.ring();
    wait_until("what had begun to end", PATIENCE, async || world.still_open().await == 0).await.unwrap();
    assert!(sink.messages().len() <= 1 + 2, "{}: only what was on the wire", sink.messages().len());
    let stages = standing.stages().await;
    let back = stages.iter().filter(|stage| **stage == Some(Stage::Line)).count();
    assert!(back + 2 >= stages.len(), "{stages:?}");

    sink.clear_rules();
    switch(world, false).await;
    world.deps.due.ring();
    wait_until("all", PATIENCE, async || world.still_open().await == 0 && sink.messages().len() == 15).await.unwrap();
    for row in world.deliveries(standing.plan).await {
        assert_eq!(row.state, DeliveryState::Accepted);
        assert!(world.attempts(row.id).await.iter().all(|attempt| !attempt.possible_repeat));
    }
    standing.end().await;
}

#[tokio::test]
async fn a_server_that_takes_nothing_any_more_is_not_asked_for_each_of_the_line() {
    let standing = Standing::before(Rule::at(At::Mail).reply("550 5.1.8 sender refused")).await;
    let Standing { world, .. } = &standing;
    wait_until("the server to be paused", PATIENCE, async || {
        world.still_open().await == 0 && !world.facts(&[MailServerPausedV1::KIND]).await.is_empty()
    })
    .await
    .unwrap();
    let stages = standing.stages().await;
    let asked = stages.iter().filter(|stage| **stage == Some(Stage::Mail)).count();
    assert!((5..=6).contains(&asked), "five in a row, and who was on the wire beside the fifth: {stages:?}");
    assert!(world.deliveries(standing.plan).await.iter().all(|row| row.state == DeliveryState::Pending));
    standing.end().await;
}
