//! The desk stops all sending: nothing begins after that, and nothing is lost.

use std::time::Duration;

use domain::codes::{AlertKind, PartnerKind, Urgency};
use domain::delivery::DeliveryState;
use domain::ids::AccountId;
use store::deliveries::DeliveryRow;
use store::sending;
use testkit::sink::SmtpSink;
use testkit::wait_until;

use crate::fixture;
use crate::world::{PATIENCE, World, smtp};

pub async fn switch(world: &World, stopped: bool) {
    let mut tx = world.deps.db.begin().await.unwrap();
    let by = AccountId::generate(&world.deps.clock);
    assert!(sending::switch(&mut tx, stopped, "A test.", by, world.deps.clock.now()).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn no_try_begins_after_sending_is_stopped_and_everything_leaves_when_it_is_taken_up_again() {
    let mut world = World::new().await;
    let addresses: Vec<String> = (0..20).map(|n| format!("a{n}@d{n}.example")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let partners = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&partners).await;
    switch(&world, true).await;
    assert_eq!(world.send().await, 0, "the very next look takes nothing");
    world.hand.advance(Duration::from_secs(3600));
    assert_eq!(world.send().await, 0);
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Pending && row.tries == 0));
    switch(&world, false).await;
    assert_eq!(world.send().await, 20);
    assert!(world.deliveries(plan).await.iter().all(|row| row.state == DeliveryState::Accepted && row.tries == 1));
}

/// Mails whose version is at hand are found due, and before they begin the desk stops all sending.
#[tokio::test]
async fn a_stop_that_comes_between_finding_and_beginning_is_seen() {
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let db = store::Db::connect(&url, &store::DbOptions::default()).await.unwrap();
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::on(db, smtp(sink.port()), tempfile::tempdir().unwrap()).await;
    let addresses = ["first@a.example", "second@b.example", "third@c.example"];
    let told = world.partners(PartnerKind::Police, &addresses).await;
    let plan = world.alert(&told).await;
    let (sender, now) = (world.sender(), world.deps.clock.now());
    let mut tx = world.deps.db.begin().await.unwrap();
    let later = "UPDATE deliveries SET due_at = $1 WHERE address <> $2";
    store::on_tx!(&mut tx, c => sqlx::query(later)
        .bind(now.plus(Duration::from_secs(60))).bind(addresses[0]).execute(c).await.map(drop))
    .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sender.run_once(now).await.unwrap(), 1, "the version is at hand");
    world.hand.advance(Duration::from_secs(60));

    // The sender finds what is due, and then cannot read who it is for.
    let mut held = world.deps.db.begin().await.unwrap();
    let lock = "LOCK TABLE partner_contacts IN ACCESS EXCLUSIVE MODE";
    store::on_tx!(&mut held, c => sqlx::query(lock).execute(c).await.map(drop)).unwrap();
    let now = world.deps.clock.now();
    let (found, ()) = tokio::join!(sender.run_once(now), async {
        wait_until("the sender to wait for the lock", PATIENCE, async || {
            let mut tx = world.deps.db.read().await.unwrap();
            let waits = "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted
                                        AND relation = 'partner_contacts'::regclass)";
            store::on_tx!(&mut tx, c => sqlx::query_scalar::<_, bool>(waits).fetch_one(c).await).unwrap()
        })
        .await
        .unwrap();
        switch(&world, true).await;
        held.rollback().await.unwrap();
    });
    assert_eq!(found.unwrap(), 2);
    let tries = |rows: Vec<DeliveryRow>| rows.iter().map(|row| (row.tries, row.lease.is_some())).collect::<Vec<_>>();
    let mut stood = tries(world.deliveries(plan).await);
    stood.sort_unstable();
    assert_eq!(stood, [(0, false), (0, false), (1, false)], "nothing began, and nobody has them in hand");
    switch(&world, false).await;
    assert_eq!(sender.run_once(now).await.unwrap(), 2);
    assert_eq!(sink.messages().len(), 3);
}

/// Counted by the clock in hand, with a new sender at each look, as after a restart.
#[tokio::test]
async fn mail_leaves_at_the_chosen_rate_and_no_faster_and_what_cannot_wait_first() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let addresses = |of: &str, count: usize| (0..count).map(|n| format!("{of}{n}@d{n}.example")).collect::<Vec<_>>();
    let (can_wait, urgent) = (addresses("a", 20), addresses("u", 10));
    let made = world.partners(PartnerKind::Police, &can_wait.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.release_to(AlertKind::Alert, Urgency::Past, made.iter().map(fixture::told).collect()).await;
    world.hear().await;
    world.hand.advance(Duration::from_secs(60));
    world.next_case().await;
    let made = world.partners(PartnerKind::Police, &urgent.iter().map(String::as_str).collect::<Vec<_>>()).await;
    world.alert(&made).await;
    switch(&world, true).await;
    assert_eq!(world.send().await, 0);
    // Six a minute.
    let pace = async |per_hour: Option<i64>| {
        let mut tx = world.deps.db.begin().await.unwrap();
        let by = AccountId::generate(&world.deps.clock);
        assert!(sending::pace(&mut tx, per_hour, "Slowly.", by, world.deps.clock.now()).await.unwrap());
        tx.commit().await.unwrap();
    };
    pace(Some(360)).await;
    for seconds in 0..=120_u64 {
        let sent = sink.messages().len();
        world.send().await;
        let now = sink.messages().len();
        assert!(now - sent <= 1, "after {seconds} seconds {} at once", now - sent);
        // A second early, because a look may come a second late.
        let most = usize::try_from((seconds + 1) / 10 + 1).unwrap();
        assert!(now <= most && now + 1 >= most, "after {seconds} seconds {now}");
        world.hand.advance(Duration::from_secs(1));
    }
    let mails = sink.messages();
    assert!(mails[..10].iter().all(|mail| mail.recipients[0].starts_with('u')), "what cannot wait goes first");
    assert!(mails[10..].iter().all(|mail| mail.recipients[0].starts_with('a')));
    let mut tx = world.deps.db.read().await.unwrap();
    let (now, since) = (world.deps.clock.now(), world.deps.clock.now().minus(Duration::from_secs(600)));
    let backlog = sending::backlog(&mut tx, since, now).await.unwrap();
    assert_eq!(usize::try_from(backlog.gone).unwrap(), mails.len());
    assert_eq!(usize::try_from(backlog.waiting).unwrap(), 30 - mails.len());
    assert_eq!(sending::drained(&mut world.deps.db.begin().await.unwrap(), now).await.unwrap(), None, "some wait");
    tx.commit().await.unwrap();
    // A rate above what a look can see goes out in looks of a second.
    pace(Some(3_600 * 5)).await;
    world.hand.advance(Duration::from_secs(30));
    let before = sink.messages().len();
    world.send().await;
    let burst = sink.messages().len() - before;
    assert!((1..=6).contains(&burst), "{burst}: the time without a look is not made up for");
    // And any rate lets the rest go.
    pace(None).await;
    world.send().await;
    assert_eq!(sink.messages().len(), 30);
}
