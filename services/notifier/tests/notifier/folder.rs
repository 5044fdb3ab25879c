//! The mailbox folder, and what goes into a mail of each share.

use std::collections::BTreeSet;

use contracts::events::DeliveryRecordedV1;
use domain::codes::{AlertKind, PartnerKind, Share};
use domain::delivery::{DeliveryState, Outcome, Stage};
use mail_parser::MessageParser;
use sha2::{Digest, Sha256};
use store::mails;

use crate::world::World;

fn files(world: &World) -> BTreeSet<String> {
    let Ok(entries) = std::fs::read_dir(world.place.path().join("mail/new")) else { return BTreeSet::new() };
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_plan_heard_twice_is_mailed_once_to_exactly_its_addresses() {
    let mut world = World::new().await;
    let police = world.partners(PartnerKind::Police, &["a@one.example", "b@two.example"]).await;
    let ngo = world.partners(PartnerKind::Ngo, &["c@three.example"]).await;
    world.partners(PartnerKind::Ngo, &["nobody@four.example"]).await;
    let told = [police, ngo].concat();
    let plan = world.release(AlertKind::Alert, &told).await;
    assert_eq!(world.hear().await, 1);
    let first = world.deliveries(plan).await;
    assert_eq!(world.hear().await, 0, "the inbox knows the fact");
    // A consumer whose inbox is lost finds the rows there.
    let mut tx = world.deps.db.begin().await.unwrap();
    let again = store::deliveries::create_for_plan(&mut tx, plan, &world.deps.clock, |_| {
        Some(store::deliveries::Slot::at_once(world.deps.clock.now()))
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!((again.deliveries, world.deliveries(plan).await.len()), (0, 3));

    assert_eq!(world.send().await, 3);
    assert_eq!(world.send().await, 0, "nothing is due any more");
    let names: BTreeSet<_> = first.iter().map(|row| format!("{}.eml", row.id)).collect();
    assert_eq!(files(&world), names);
    for row in world.deliveries(plan).await {
        assert_eq!((row.state, row.tries), (DeliveryState::Accepted, 1));
        let bytes = std::fs::read(world.place.path().join(format!("mail/new/{}.eml", row.id))).unwrap();
        assert_eq!(Sha256::digest(&bytes).to_vec(), row.mail_sha256.clone().unwrap());
        let mut tx = world.deps.db.read().await.unwrap();
        assert_eq!(mails::find(&mut tx, row.mail_sha256.as_deref().unwrap()).await.unwrap(), Some(bytes.clone()));
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.to().unwrap().first().unwrap().address(), Some(row.address.as_str()));
        assert_eq!(Some(format!("<{}>", parsed.message_id().unwrap())), row.message_id);
        let text = parsed.body_text(0).unwrap();
        let full = row.share == Share::Full;
        for canary in ["HOLDER-CANARY", "PLACE-CANARY", "POLICE-CANARY"] {
            assert_eq!(text.contains(canary), full, "{canary} for {}", row.address);
        }
        assert!(parsed.subject().unwrap().starts_with(if full { "[TLP:AMBER]" } else { "[TLP:GREEN]" }));
    }
    let expected = (1, Outcome::Accepted, Stage::Folder, DeliveryState::Accepted, false);
    assert_eq!(world.recorded().await, [expected; 3]);
}

#[tokio::test]
async fn later_versions_thread_and_facts_name_no_address() {
    let mut world = World::new().await;
    let told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    let mut ids = Vec::new();
    for kind in [AlertKind::Alert, AlertKind::Update, AlertKind::Recovery] {
        let plan = world.release(kind, &told).await;
        world.hear().await;
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        let bytes = std::fs::read(world.place.path().join(format!("mail/new/{}.eml", row.id))).unwrap();
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let references: Vec<String> = match parsed.references() {
            mail_parser::HeaderValue::Text(one) => vec![one.to_string()],
            mail_parser::HeaderValue::TextList(many) => many.iter().map(ToString::to_string).collect(),
            _ => vec![],
        };
        assert_eq!(references, ids, "{kind}");
        assert_eq!(parsed.in_reply_to().as_text(), ids.last().map(String::as_str));
        ids.push(parsed.message_id().unwrap().to_owned());
    }
    for fact in world.facts(&[]).await {
        assert!(!fact.data.to_string().contains("one.example"), "{}", fact.data);
        if let Ok(recorded) = fact.open::<DeliveryRecordedV1>() {
            assert_eq!((recorded.mail_sha256.len(), recorded.reply_sha256.unwrap().len()), (64, 64));
        }
    }
}

#[tokio::test]
async fn a_plan_whose_rows_are_not_all_there_is_not_half_made() {
    let mut world = World::new().await;
    let mut told = world.partners(PartnerKind::Police, &["a@one.example", "b@two.example"]).await;
    told[1].contacts.clear();
    let plan = world.release(AlertKind::Alert, &told).await;
    assert_eq!(world.hear().await, 0, "a partner that is told has no address");
    assert_eq!(world.deliveries(plan).await.len(), 0);
}
