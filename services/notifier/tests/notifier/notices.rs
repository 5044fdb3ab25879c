//! Mails about the directory: sent by the same way out, each try recorded, nothing of a case in them.

use contracts::Event;
use contracts::Service;
use contracts::events::{NoticeRecordedV1, NoticeRequestedV1};
use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Outcome};
use domain::ids::{AccountId, LeaseId, NoticeId};
use notifier::{NoticeSender, OnNoticeRequested};
use store::partners::{self, NoticeRow};
use store::{notices, outbox, sending};
use testkit::sink::{Rule, SmtpSink, Stage};

use crate::world::{PATIENCE, World};

pub async fn requested(world: &World, address: &str) -> NoticeId {
    let unit = world.partners(PartnerKind::Police, &[address]).await.remove(0);
    let clock = &world.deps.clock;
    let row = NoticeRow {
        id: NoticeId::generate(clock),
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
    let mut tx = world.deps.db.begin().await.unwrap();
    partners::insert_notice(&mut tx, &row).await.unwrap();
    let event = NoticeRequestedV1 { notice_id: row.id, partner_id: unit.id, change_id: None };
    outbox::record(&mut tx, Service::Routing, clock, &event).await.unwrap();
    tx.commit().await.unwrap();
    let messages = world.facts(&[NoticeRequestedV1::KIND]).await;
    for _ in 0..2 {
        let consumer = OnNoticeRequested::new(&world.deps);
        bus::deliver(&world.deps.db, clock, &consumer, &messages).await.unwrap();
    }
    row.id
}

#[tokio::test]
async fn a_notice_is_deferred_and_then_accepted_with_the_same_bytes_and_each_try_is_recorded() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Rcpt).times(1).reply("451 4.7.1 later"));
    let world = World::smtp(&sink).await;
    let id = requested(&world, "duty@unit.example").await;
    let sender = NoticeSender::new(world.deps.clone()).unwrap();
    assert_eq!(sender.run_once().await.unwrap(), 1);
    assert_eq!(sender.run_once().await.unwrap(), 0, "it was put off");
    world.hand.advance(std::time::Duration::from_secs(3600));
    assert_eq!(sender.run_once().await.unwrap(), 1);
    assert_eq!(sender.run_once().await.unwrap(), 0, "it has ended");
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(notices::find(&mut tx, id).await.unwrap().unwrap().state, DeliveryState::Accepted);
    let outcomes = notices::outcomes(&mut tx, id).await.unwrap();
    assert_eq!(outcomes, [Some(Outcome::Deferred), Some(Outcome::Accepted)]);
    drop(tx);
    let recorded = world.facts(&[NoticeRecordedV1::KIND]).await;
    let hashes: std::collections::BTreeSet<_> =
        recorded.iter().map(|fact| fact.open::<NoticeRecordedV1>().unwrap().mail_sha256).collect();
    assert_eq!((recorded.len(), hashes.len()), (2, 1));
    assert_eq!(sink.messages().len(), 1);
}

/// The first one takes longer than a lease lasts; the second is leased by the time at which it is taken up.
#[tokio::test]
async fn a_notice_behind_a_slow_one_is_nobody_elses() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(Stage::Dot).times(2).delay(std::time::Duration::from_millis(1200)));
    let world = World::smtp(&sink).await;
    let one = requested(&world, "one@unit.example").await;
    world.hand.advance(std::time::Duration::from_secs(1));
    let two = requested(&world, "two@unit.example").await;
    let (first, second) =
        (NoticeSender::new(world.deps.clone()).unwrap(), NoticeSender::new(world.deps.clone()).unwrap());
    let (tries, ()) = tokio::join!(first.run_once(), async {
        sink.wait_for_attempts("one@unit.example", 1, PATIENCE).await.unwrap();
        world.hand.advance(world.deps.config.lease() + std::time::Duration::from_secs(1));
        sink.wait_for_attempts("two@unit.example", 1, PATIENCE).await.unwrap();
        assert_eq!(second.run_once().await.unwrap(), 0, "it is in the first one's hands");
    });
    assert_eq!((tries.unwrap(), sink.messages().len()), (2, 2));
    let mut tx = world.deps.db.read().await.unwrap();
    for id in [one, two] {
        assert_eq!(notices::outcomes(&mut tx, id).await.unwrap(), [Some(Outcome::Accepted)]);
    }
}

#[tokio::test]
async fn no_notice_leaves_while_the_desk_has_stopped_all_sending() {
    let world = World::new().await;
    let id = requested(&world, "duty@unit.example").await;
    let switch = async |stopped| {
        let (by, now) = (AccountId::generate(&world.deps.clock), world.deps.clock.now());
        let mut tx = world.deps.db.begin().await.unwrap();
        assert!(sending::switch(&mut tx, stopped, "A test.", by, now).await.unwrap());
        tx.commit().await.unwrap();
    };
    let sender = NoticeSender::new(world.deps.clone()).unwrap();
    switch(true).await;
    assert_eq!(sender.run_once().await.unwrap(), 0);
    switch(false).await;
    assert_eq!(sender.run_once().await.unwrap(), 1);
    let mut tx = world.deps.db.read().await.unwrap();
    assert_eq!(notices::find(&mut tx, id).await.unwrap().unwrap().state, DeliveryState::Accepted);
}

#[tokio::test]
async fn a_notice_is_kept_by_its_holder_only_and_a_clock_that_is_set_back_strands_none() {
    let world = World::new().await;
    let id = requested(&world, "duty@unit.example").await;
    let (clock, lease) = (&world.deps.clock, world.deps.config.lease());
    let mut tx = world.deps.db.begin().await.unwrap();
    let (mine, other) = (LeaseId::generate(clock), LeaseId::generate(clock));
    let until = clock.now().plus(lease);
    assert!(notices::lease_one(&mut tx, mine, clock.now(), until).await.unwrap().is_some());
    assert!(notices::renew(&mut tx, id, mine, until).await.unwrap());
    assert!(!notices::renew(&mut tx, id, other, until).await.unwrap());
    world.hand.set_back(std::time::Duration::from_secs(86_400));
    let until = clock.now().plus(lease);
    assert!(notices::lease_one(&mut tx, other, clock.now(), until).await.unwrap().is_some());
}
