//! Connections: few, kept, replaced when they die.

use domain::codes::PartnerKind;
use domain::delivery::DeliveryState;
use notifier::{Config, Deadlines};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::world::{World, smtp};

async fn world(sink: &SmtpSink, workers: usize, addresses: usize) -> World {
    // Nothing here is silent, so a busy machine gets all the time it needs.
    let deadlines = Deadlines::default();
    let mut world = World::with(Config { workers, per_domain: workers, deadlines, ..smtp(sink.port()) }).await;
    let addresses: Vec<_> = (0..addresses).map(|n| format!("desk{n}@one.example")).collect();
    let told = world.partners(PartnerKind::Police, &addresses.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.alert(&told).await;
    world
}

#[tokio::test]
async fn a_connection_carries_a_hundred_mails_and_is_replaced() {
    let sink = SmtpSink::start().await.unwrap();
    let world = world(&sink, 1, 150).await;
    assert_eq!(world.send().await, 150);
    assert_eq!((sink.messages().len(), sink.connections(), sink.most_at_once()), (150, 2, 1));
    let commands = sink.commands();
    assert!(commands.iter().any(|command| command.line == "EHLO notifier.test"));
    assert!(!commands.iter().any(|command| command.line.starts_with("RSET") || command.line.starts_with("NOOP")));
}

#[tokio::test]
async fn workers_bound_the_connections_and_a_refusal_keeps_them() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("desk3@one.example").reply("550 5.1.1 no such user"));
    let world = world(&sink, 3, 40).await;
    assert_eq!(world.send().await, 40);
    assert_eq!(sink.messages().len(), 39);
    assert!(sink.connections() <= 3, "{}", sink.connections());
}

#[tokio::test]
async fn a_connection_is_reset_once_after_a_refusal_and_before_its_next_mail() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("desk0@one.example").reply("550 5.1.1 no such user"));
    let mut world = world(&sink, 1, 1).await;
    let sender = world.sender();
    sender.run_once(world.deps.clock.now()).await.unwrap();
    let told = world.partners(PartnerKind::Police, &["x@two.example", "y@three.example"]).await;
    world.alert(&told).await;
    sender.run_once(world.deps.clock.now()).await.unwrap();
    assert_eq!((sink.messages().len(), sink.connections()), (2, 1));
    let commands = sink.commands();
    let place = |verb: &str| commands.iter().position(|command| command.line.starts_with(verb));
    assert_eq!(commands.iter().filter(|command| command.line == "RSET").count(), 1);
    assert!(place("RCPT TO:<desk0@one.example>") < place("RSET"));
}

#[tokio::test]
async fn a_kept_connection_that_the_server_closed_costs_no_attempt() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = world(&sink, 1, 1).await;
    let sender = world.sender();
    sender.run_once(world.deps.clock.now()).await.unwrap();
    let told = world.partners(PartnerKind::Police, &["x@two.example", "y@three.example"]).await;
    for (rule, told) in [
        (Rule::at(At::Mail).times(1).close(), &told[..1]),
        (Rule::at(At::Mail).times(1).reply("421 4.4.2 idle for too long"), &told[1..]),
    ] {
        sink.add(rule);
        let plan = world.alert(told).await;
        assert_eq!(sender.run_once(world.deps.clock.now()).await.unwrap(), 1);
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!((row.state, row.tries), (DeliveryState::Accepted, 1));
    }
    assert_eq!(sink.connections(), 3);
}

#[tokio::test]
async fn after_421_the_connection_is_not_used_again() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).times(1).reply("421 4.3.2 shutting down"));
    let world = world(&sink, 1, 2).await;
    world.send().await;
    assert_eq!((sink.messages().len(), sink.connections()), (1, 2));
}
