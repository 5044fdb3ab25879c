//! A server that fails at any step, in any way: each try ends in the right state at the right stage.

use std::time::Duration;

use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Outcome, Stage};
use notifier::{Config, SmtpConfig};
use sha2::{Digest as _, Sha256};
use store::on_tx;
use testkit::sink::{Rule, SmtpSink, Stage as At};
use tokio::task::JoinSet;

use crate::world::{World, smtp};

/// What one mail to a server with this rule comes to, and how many mails the server took.
async fn tried(rule: Rule) -> (DeliveryState, Outcome, Stage, usize) {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(rule);
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["unit@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let tries = world.attempts(row.id).await;
    assert_eq!(tries.len(), 1);
    (row.state, tries[0].outcome.unwrap(), tries[0].stage.unwrap(), sink.messages().len())
}

#[tokio::test]
async fn every_way_to_fail_at_every_step_has_its_state() {
    use DeliveryState::{Pending, Refused, Uncertain};
    let (deferred, refused, uncertain) = (Outcome::Deferred, Outcome::Refused, Outcome::Uncertain);
    let mut all = JoinSet::new();
    let mut expect = |name: &'static str, rule: Rule, state: DeliveryState, outcome: Outcome, stage: Stage| {
        all.spawn(async move { (name, tried(rule).await, (state, outcome, stage)) });
    };
    for (at, stage) in [
        (At::Banner, Stage::Greeting),
        (At::Hello, Stage::Greeting),
        (At::Mail, Stage::Mail),
        (At::Rcpt, Stage::Rcpt),
        (At::Data, Stage::Data),
    ] {
        expect("silence", Rule::at(at).silence(), Pending, deferred, stage);
        expect("a cut", Rule::at(at).close(), Pending, deferred, stage);
        expect("421", Rule::at(at).reply("421 4.3.2 shutting down"), Pending, deferred, stage);
        expect("450", Rule::at(at).reply("450 4.2.0 not now"), Pending, deferred, stage);
        expect("no reply at all", Rule::at(at).reply("hello there"), Pending, deferred, stage);
        expect("a line without an end", Rule::at(at).reply(&"450 x".repeat(2_000)), Pending, deferred, stage);
        expect("a code that means nothing here", Rule::at(at).reply("399 odd"), Pending, deferred, stage);
    }
    for (at, stage) in [(At::Rcpt, Stage::Rcpt), (At::Data, Stage::Data), (At::Dot, Stage::Message)] {
        expect("550", Rule::at(at).reply("550 5.1.1 no"), Refused, refused, stage);
        expect("policy", Rule::at(at).reply("554 5.7.1 not from you"), Pending, deferred, stage);
        expect("full", Rule::at(at).reply("552 5.2.2 mailbox full"), Pending, deferred, stage);
        expect("too big", Rule::at(at).reply("552 5.3.4 too big"), Refused, refused, stage);
    }
    expect("silence", Rule::at(At::Dot).silence(), Uncertain, uncertain, Stage::Message);
    expect("a cut", Rule::at(At::Dot).close(), Uncertain, uncertain, Stage::Message);
    expect("no reply at all", Rule::at(At::Dot).reply("hello there"), Uncertain, uncertain, Stage::Message);
    expect(
        "a line without an end",
        Rule::at(At::Dot).reply(&"450 x".repeat(2_000)),
        Uncertain,
        uncertain,
        Stage::Message,
    );
    let length = Rule::at(At::Dot).reply("554 5.6.0 its length is not the one that was named");
    expect("another length", length, Refused, refused, Stage::Message);
    expect("451", Rule::at(At::Dot).reply("451 4.3.0 later"), Pending, deferred, Stage::Message);
    expect("421", Rule::at(At::Dot).reply("421 4.3.2 shutting down"), Pending, deferred, Stage::Message);
    let mut wrong = Vec::new();
    while let Some(done) = all.join_next().await {
        let (name, (state, outcome, stage, taken), expected) = done.unwrap();
        assert_eq!(taken, 0, "{name} at {stage}");
        if (state, outcome, stage) != expected {
            wrong.push(format!("{name}: {state} {outcome} {stage}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn replies_that_end_with_lf_alone_are_understood_and_no_mail_leaves_with_one() {
    let sink = SmtpSink::start().await.unwrap();
    sink.answer_with_bare_lf();
    sink.add(Rule::at(At::Rcpt).recipient("later@one.example").times(1).reply("451-4.7.1 not\n451 4.7.1 yet"));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["unit@one.example", "later@one.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let (taken, later) =
        (world.delivery(plan, "unit@one.example").await, world.delivery(plan, "later@one.example").await);
    assert_eq!((taken.state, later.state), (DeliveryState::Accepted, DeliveryState::Pending));
    assert_eq!(later.last_reply.as_deref(), Some("451 4.7.1 not 4.7.1 yet"));
    let pause = world.wait_until_due().await;
    assert!(pause >= Duration::from_secs(60) && pause <= Duration::from_secs(12 * 60), "{pause:?}");
    world.send().await;
    let later = world.delivery(plan, "later@one.example").await;
    assert_eq!(later.state, DeliveryState::Accepted);
    let mails = sink.messages();
    assert_eq!(mails.len(), 2);
    // Its second try was put together from what is its own and what is kept once for both.
    assert_eq!(Some(&Sha256::digest(&mails[1].data)[..]), later.mail_sha256.as_deref());
    let mut tx = world.deps.db.read().await.unwrap();
    let moulds: i64 =
        on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM mail_moulds").fetch_one(c).await).unwrap();
    assert_eq!(moulds, 1);
    let own: Vec<i64> =
        on_tx!(&mut tx, c => sqlx::query_scalar("SELECT LENGTH(bytes) FROM mails WHERE mould IS NOT NULL").fetch_all(c).await)
            .unwrap();
    assert!(own.len() == 2 && own.iter().all(|length| *length < 1_500), "{own:?}");
    tx.commit().await.unwrap();
    for mail in mails {
        let lines = mail.data.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(mail.data.windows(2).filter(|pair| pair == b"\r\n").count(), lines, "CRLF whatever the server does");
    }
}

#[tokio::test]
async fn a_mail_that_is_not_what_was_sent_is_held_and_what_begins_with_it_goes() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).times(2).reply("451 4.7.1 not yet"));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["spoilt@one.example", "well@two.example"]).await;
    let plan = world.alert(&told).await;
    world.send().await;
    let spoilt = world.delivery(plan, "spoilt@one.example").await;
    let mut tx = world.deps.db.begin().await.unwrap();
    on_tx!(&mut tx, c => sqlx::query("UPDATE mails SET bytes = $2 WHERE sha256 = $1")
        .bind(spoilt.mail_sha256.clone()).bind(b"other bytes".to_vec()).execute(c).await.map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    world.hand.advance(Duration::from_secs(12 * 60));
    world.send().await;
    let (spoilt, well) =
        (world.delivery(plan, "spoilt@one.example").await, world.delivery(plan, "well@two.example").await);
    assert_eq!((spoilt.state, well.state), (DeliveryState::Held, DeliveryState::Accepted));
    assert!(spoilt.last_reply.unwrap().contains("cannot be composed"));
    assert_eq!((spoilt.tries, sink.messages().len()), (1, 1), "nothing else is sent in its place");
}

#[tokio::test]
async fn the_password_is_given_before_the_mail_and_a_wrong_one_is_our_fault() {
    for (rule, state, stage) in [
        (None, DeliveryState::Accepted, Stage::Message),
        (Some(Rule::at(At::Auth).reply("535 5.7.8 bad credentials")), DeliveryState::Pending, Stage::Auth),
    ] {
        let sink = SmtpSink::start().await.unwrap();
        if let Some(rule) = rule {
            sink.add(rule);
        }
        let config = smtp(sink.port());
        let server =
            SmtpConfig { username: Some("desk".to_owned()), password: Some("a secret".into()), ..config.smtp.clone() };
        let mut world = World::with(Config { smtp: server, ..config }).await;
        let told = world.partners(PartnerKind::Police, &["unit@one.example"]).await;
        let plan = world.alert(&told).await;
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!((row.state, world.attempts(row.id).await[0].stage), (state, Some(stage)));
        let lines: Vec<_> = sink.commands().into_iter().map(|command| command.line).collect();
        let place = |verb: &str| lines.iter().position(|line| line.starts_with(verb));
        assert!(place("AUTH").is_some(), "{lines:?}");
        assert!(place("MAIL").is_none_or(|mail| place("AUTH").is_some_and(|auth| auth < mail)), "{lines:?}");
    }
}

#[tokio::test]
async fn a_mail_costs_two_round_trips_and_names_its_size() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["unit@one.example"]).await;
    world.alert(&told).await;
    world.send().await;
    let lines: Vec<_> = sink.commands().into_iter().map(|command| command.line).collect();
    let size = sink.messages()[0].data.len();
    assert!(
        lines.iter().any(|line| line.starts_with("MAIL FROM:<") && line.ends_with(&format!(" SIZE={size}"))),
        "{lines:?}"
    );
}
