//! Mails about the directory: sent by the same way out, each try recorded, nothing of a case in them.

use contracts::Event;
use contracts::Service;
use contracts::events::{NoticeRecordedV1, NoticeRequestedV1};
use domain::codes::PartnerKind;
use domain::delivery::{DeliveryState, Outcome};
use domain::ids::NoticeId;
use notifier::{NoticeSender, OnNoticeRequested};
use store::partners::{self, NoticeRow};
use store::{notices, outbox};
use testkit::sink::{Rule, SmtpSink, Stage};

use crate::world::World;

async fn requested(world: &World) -> NoticeId {
    let unit = world.partners(PartnerKind::Police, &["duty@unit.example"]).await.remove(0);
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
    let id = requested(&world).await;
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
