//! Yesterday's copy of the database is put back: nothing leaves until an officer has compared.

use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use contracts::Event as _;
use contracts::events::RestoreComparedV1;
use domain::Label;
use domain::codes::{PartnerKind, Role};
use domain::delivery::{DeliveryState, HeldDecision, Outcome};
use domain::ids::AccountId;
use notifier::{Config, Decide, MarkKeeper, decide_held};
use store::{Db, DbOptions};
use testkit::sink::SmtpSink;

use crate::browser::Browser;
use crate::world::{World, smtp};

async fn open(file: &Path) -> Db {
    Db::connect(&format!("sqlite:{}", file.display()), &DbOptions::default()).await.unwrap()
}

#[tokio::test]
async fn a_restored_database_sends_nothing_until_an_officer_has_compared() {
    let sink = SmtpSink::start().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("tocsin.db");
    let config = Config { mark_file: Some(place.path().join("sending.mark")), ..smtp(sink.port()) };
    let mut world = World::on(open(&file).await, config, place).await;
    let keeper = |world: &World| MarkKeeper::new(&world.deps).unwrap();
    for _ in 0..3 {
        assert!(keeper(&world).look().await.unwrap(), "a crash or a restart between two looks is no restore");
    }
    let told = world.partners(PartnerKind::Police, &["a@one.example", "b@two.example"]).await;
    let plan = world.alert(&told).await;
    // The copy: everything in one file.
    let copy = world.place.path().join("copy.db");
    sqlite_copy(&file, &copy);
    assert!(keeper(&world).look().await.unwrap());
    assert_eq!(world.send().await, 2);
    assert_eq!(sink.messages().len(), 2);

    world.deps.db = open(&copy).await;
    for _ in 0..2 {
        assert!(!keeper(&world).look().await.unwrap(), "the file knows more");
        assert_eq!(world.send().await, 0);
    }
    assert_eq!(sink.messages().len(), 2, "nothing leaves");
    let officer = Browser::signed_in(&world, Role::Officer).await;
    assert!(officer.get("/deliveries").await.body.contains("older than what was sent from it"));
    let page = officer.get("/deliveries/restored").await.body;
    assert!(page.contains("Deliveries that would leave</dt><dd>2"), "{page}");
    assert_eq!(officer.post("/deliveries/restored", "reason=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.send().await, 0);
    assert_eq!(officer.post("/deliveries/restored", "reason=log+compared").await.status, StatusCode::SEE_OTHER);
    assert_eq!(officer.post("/deliveries/restored", "reason=log+compared").await.status, StatusCode::NOT_FOUND);
    let facts = world.facts(&[RestoreComparedV1::KIND]).await;
    assert_eq!((facts.len(), &facts[0].data["deliveries"]), (1, &serde_json::json!(2)));
    for _ in 0..2 {
        assert!(keeper(&world).look().await.unwrap(), "and it is over");
    }
    assert_eq!(world.send().await, 2);
    for row in world.deliveries(plan).await {
        assert_eq!(row.state, DeliveryState::Accepted);
        assert!(world.attempts(row.id).await[0].possible_repeat, "marked");
    }
    let mails = sink.messages();
    let of = |to: &str| {
        mails.iter().filter(|mail| mail.recipients == [to]).map(|mail| mail.header("Message-ID")).collect::<Vec<_>>()
    };
    assert!(of("a@one.example").windows(2).all(|pair| pair[0] == pair[1]), "one Message-ID");
}

/// The mark has not moved on since the copy was made, and all the same it does not pass for the database; and what an
/// officer lets go later goes out marked, as what had left before the crash.
#[tokio::test]
async fn a_copy_of_a_moment_ago_is_told_too_and_what_was_held_in_it_is_marked_when_it_is_let_go() {
    let sink = SmtpSink::start().await.unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("tocsin.db");
    let config = Config { mark_file: Some(place.path().join("sending.mark")), ..smtp(sink.port()) };
    let mut world = World::on(open(&file).await, config, place).await;
    let keeper = |world: &World| MarkKeeper::new(&world.deps).unwrap();
    assert!(keeper(&world).look().await.unwrap());
    let mut told = world.partners(PartnerKind::Police, &["a@one.example", "b@two.example"]).await;
    let plan = world.alert(&told).await;
    told[1].clearance = Label::Green;
    world.put(&told).await;
    assert_eq!(world.send().await, 2);
    assert_eq!(world.delivery(plan, "b@two.example").await.state, DeliveryState::Held);
    let copy = world.place.path().join("copy.db");
    sqlite_copy(&file, &copy);
    // In the same moment it is let go, and leaves; then the database is lost.
    let let_go = async |world: &World| {
        let row = world.delivery(plan, "b@two.example").await;
        let mut partners = told.clone();
        partners[1].clearance = Label::AmberStrict;
        world.put(&partners).await;
        let ask = Decide {
            id: row.id,
            held_at: world.deps.clock.now(),
            decision: HeldDecision::Release,
            reason: "the clearance was lowered by mistake".parse().unwrap(),
        };
        decide_held(&world.deps, AccountId::generate(&world.deps.clock), ask).await.unwrap();
    };
    let_go(&world).await;
    assert_eq!(world.send().await, 1);
    assert_eq!(world.delivery(plan, "b@two.example").await.state, DeliveryState::Accepted);

    world.deps.db = open(&copy).await;
    assert!(!keeper(&world).look().await.unwrap(), "it lacks the last try");
    let officer = Browser::signed_in(&world, Role::Officer).await;
    assert_eq!(officer.post("/deliveries/restored", "reason=log+compared").await.status, StatusCode::SEE_OTHER);
    assert!(keeper(&world).look().await.unwrap(), "and it is over");
    let_go(&world).await;
    assert_eq!(world.delivery(plan, "b@two.example").await.state, DeliveryState::Uncertain);
    assert_eq!(world.send().await, 1);
    let row = world.delivery(plan, "b@two.example").await;
    assert_eq!(row.state, DeliveryState::Accepted);
    assert!(world.attempts(row.id).await[0].possible_repeat, "marked");
    assert!(keeper(&world).look().await.unwrap(), "its own tries it knows");
}

/// Database and write-ahead log, as a backup copies both.
fn sqlite_copy(from: &Path, to: &Path) {
    for end in ["", "-wal"] {
        let name = |path: &Path| format!("{}{end}", path.display());
        if Path::new(&name(from)).exists() {
            std::fs::copy(name(from), name(to)).unwrap();
        }
    }
}

/// The disk beside the mark is full: what begins does not leave, one at a time, and is repeated and marked when there is room
/// again.
#[tokio::test]
async fn what_cannot_be_noted_beside_the_mark_does_not_leave() {
    let (sink, place) = (SmtpSink::start().await.unwrap(), tempfile::tempdir().unwrap());
    let config = Config { mark_file: Some(place.path().join("sending.mark")), ..smtp(sink.port()) };
    std::os::unix::fs::symlink("/dev/full", place.path().join("sending.try")).unwrap();
    let mut world = World::with(config).await;
    let told = world.partners(PartnerKind::Police, &["one@a.example", "two@b.example", "three@c.example"]).await;
    let plan = world.alert(&told[..1]).await;
    let (sender, now, begun) = (world.sender(), world.deps.clock.now(), Instant::now());
    sender.run_once(now).await.unwrap();
    assert_eq!((sink.messages().len(), world.still_open().await), (0, 1));
    world.next_case().await;
    let others = world.alert(&told[1..]).await;
    sender.run_once(now).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(3), "each of the three has its second, one after the other");
    assert_eq!((sink.messages().len(), world.still_open().await), (0, 3));

    std::fs::remove_file(place.path().join("sending.try")).unwrap();
    world.hand.advance(world.deps.config.lease() + Duration::from_secs(1));
    world.send().await;
    assert_eq!(sink.messages().len(), 3);
    for row in [world.deliveries(plan).await, world.deliveries(others).await].concat() {
        let tries = world.attempts(row.id).await;
        let seen: Vec<_> = tries.iter().map(|tried| (tried.outcome, tried.possible_repeat)).collect();
        assert_eq!(seen, [(Some(Outcome::Uncertain), false), (Some(Outcome::Accepted), true)], "{}", row.address);
    }
}
