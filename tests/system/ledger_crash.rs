//! The process that writes the ledger dies, again and again, while facts come in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use audit::merkle::verify_consistency;
use audit::{Note, VerifierKey};
use testkit::poll::wait_until;
use testkit::process::Service;

use crate::installation::{Form, Installation, PATIENCE, directory};

/// How often it is killed.
fn kills() -> usize {
    if std::env::var_os("TOCSIN_TEST_LONG").is_some() { 50 } else { 5 }
}

fn audit(here: &mut Installation) -> &mut Service {
    &mut here.processes.iter_mut().find(|(name, _)| name == "audit").unwrap().1
}

/// The newest checkpoint, in the database and from anybody who keeps every one.
fn checkpoint(here: &Installation, kept: &mut BTreeMap<u64, Note>, key: &VerifierKey) -> u64 {
    let (good, text) = here.try_run(&["ledger", "checkpoint"], "");
    let note: Option<Note> = good.then(|| text.parse().ok()).flatten();
    let Some(note) = note else { return 0 };
    let said = note.open(key).unwrap();
    if let Some(before) = kept.insert(said.size, note) {
        assert_eq!(before.open(key).unwrap(), said, "one size, one root");
    }
    said.size
}

#[tokio::test(flavor = "multi_thread")]
async fn killing_the_writer_again_and_again_leaves_no_gap_no_double_and_no_contradiction() {
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let broker = testkit::servers::shared_rabbitmq().await.unwrap();
    let urls = (postgres.create_database().await.unwrap(), broker.create_vhost().await.unwrap());
    let database = urls.0.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let mut here = Installation::start(Form::Production, &directory(10, 0), Some(urls)).await;
    // The same key as the processes have.
    let key_file = here.path("ledger.key");
    let origin = "tocsin.example/ledger".parse().unwrap();
    let key = audit::LedgerKey::load(&key_file, origin).unwrap().verifier();
    let mut kept = BTreeMap::new();
    let (kills, mut number) = (kills(), 0);
    for _ in 0..kills {
        // Under load: a case with ten mails is on its way whenever it dies.
        here.released_case(number).await;
        number += 1;
        let before = checkpoint(&here, &mut kept, &key);
        wait_until("the ledger grows", PATIENCE, async || checkpoint(&here, &mut kept, &key) > before).await.unwrap();
        audit(&mut here).restart().await.unwrap();
    }
    wait_until("the ledger has every fact", PATIENCE, async || {
        let sql = "SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.event_id = o.id)";
        postgres.sql(&database, sql).await.unwrap().trim() == "0"
    })
    .await
    .unwrap();
    let sql = "SELECT max(position) + 1 = count(*), count(*) = count(DISTINCT event_id), count(*) = (SELECT size FROM ledger_head) FROM ledger";
    assert_eq!(postgres.sql(&database, sql).await.unwrap().trim(), "t|t|t", "no gap, no double");
    checkpoint(&here, &mut kept, &key);
    // Every checkpoint that was ever seen is the beginning of the next.
    let kept: Vec<_> = kept.values().map(|note| note.open(&key).unwrap()).collect();
    assert!(kept.len() > kills, "{} checkpoints were seen", kept.len());
    for pair in kept.windows(2) {
        let path = format!("/api/v1/ledger/consistency?old={}&new={}", pair[0].size, pair[1].size);
        let answer = testkit::poll::wait_for("the proof", PATIENCE, async || here.audit(&path).await).await.unwrap();
        let hashes = answer["path"].as_array().unwrap().iter().map(|hash| {
            let hex = hash.as_str().unwrap();
            std::array::from_fn(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
        });
        let hashes: Vec<[u8; 32]> = hashes.collect();
        let (old, new) = (&pair[0], &pair[1]);
        assert_eq!(verify_consistency((old.size, &old.root), (new.size, &new.root), &hashes), Ok(()));
    }
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
    println!("{kills} kills, {} checkpoints seen, none contradicts another", kept.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_audit_processes_one_writes_and_the_other_takes_over_within_ten_seconds() {
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let broker = testkit::servers::shared_rabbitmq().await.unwrap();
    let urls = (postgres.create_database().await.unwrap(), broker.create_vhost().await.unwrap());
    let database = urls.0.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let mut here = Installation::start(Form::Production, &directory(3, 0), Some(urls)).await;
    here.start_process(&["audit"]).await;
    here.released_case(1).await;
    let entries = async || -> i64 {
        postgres.sql(&database, "SELECT size FROM ledger_head").await.unwrap().trim().parse().unwrap()
    };
    let settled = async || {
        let sql = "SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT 1 FROM ledger l WHERE l.event_id = o.id)";
        postgres.sql(&database, sql).await.unwrap().trim() == "0"
    };
    wait_until("the ledger has every fact", PATIENCE, settled).await.unwrap();
    let fences = postgres.sql(&database, "SELECT fence FROM ledger_head").await.unwrap();
    assert_eq!(fences.trim(), "1", "one of the two wrote everything");
    // Whichever writes is killed; the other must go on.
    let writes = |service: &Service| service.log().contains("this process writes the ledger now");
    let (_, writer) = here.processes.iter().find(|(name, service)| name.contains("audit") && writes(service)).unwrap();
    let before = entries().await;
    writer.kill9().await.unwrap();
    let since = Instant::now();
    here.released_case(2).await;
    wait_until("the other writes", PATIENCE, async || entries().await > before).await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(10), "took over after {:?}", since.elapsed());
    wait_until("the ledger has every fact", PATIENCE, settled).await.unwrap();
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
}
