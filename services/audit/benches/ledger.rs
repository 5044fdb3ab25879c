//! What appending and proving cost as the ledger grows. `cargo xtask bench ledger` runs it against a real PostgreSQL.
//!
//! Facts are recorded first and not measured: a service does that in its own transaction. Measured is what the audit
//! service does with them, commit included: look what is known, hash, sign, insert.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up must fail")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::time::{Duration, Instant};

use audit::{LedgerKey, Writer};
use domain::Clock;
use domain::ids::EventId;
use sqlx::AssertSqlSafe;
use sqlx::types::Json;
use store::outbox::OutboxRow;
use store::{Db, DbOptions};

/// How many facts one transaction enters.
const BATCH: usize = 1_000;
/// Sizes at which the cost is taken, each over the entries just before it.
const MARKS: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Over how many entries.
const WINDOW: usize = 10_000;

fn fact(clock: &Clock, number: usize) -> OutboxRow {
    OutboxRow {
        id: EventId::generate(clock),
        service: "notifier".to_owned(),
        kind: "delivery.recorded.v1".to_owned(),
        case_id: Some(domain::ids::CaseId::generate(clock)),
        subject: format!("delivery_{number:032x}"),
        data: Json(serde_json::json!({
            "delivery_id": format!("delivery_{number:032x}"), "attempt": 1, "outcome": "accepted", "stage": "message",
            "state": "accepted", "share": "full", "mail_sha256": format!("{number:064x}"), "possible_repeat": false,
        })),
        traceparent: None,
        occurred_at: clock.now(),
    }
}

async fn enter(db: &Db, writer: &Writer, facts: Vec<OutboxRow>) -> Duration {
    let count = facts.len();
    let start = Instant::now();
    let mut tx = db.begin().await.unwrap();
    assert_eq!(audit::append(&mut tx, writer, facts).await.unwrap(), count);
    tx.commit().await.unwrap();
    start.elapsed()
}

#[tokio::main]
async fn main() {
    let most = std::env::var("TOCSIN_BENCH_ENTRIES").ok().and_then(|most| most.parse().ok()).unwrap_or(1_000_000);
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let url = postgres.create_database().await.unwrap();
    let db = Db::connect(&url, &DbOptions { timeout: Duration::from_secs(60), ..DbOptions::default() }).await.unwrap();
    store::migrate(&db).await.unwrap();
    let clock = Clock::System;
    let key = LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[7; 32]);
    let writer = Writer::new(key.into(), clock.clone());
    let (mut total, mut window, mut size) = (Duration::ZERO, Vec::new(), 0);
    let mut some = None;
    println!("entries    per entry   entries/s   proof (median, longest of 200)");
    while size < most {
        let facts: Vec<_> = (size..size + BATCH).map(|number| fact(&clock, number)).collect();
        some = some.or(Some(facts[17].id));
        let took = enter(&db, &writer, facts).await;
        size += BATCH;
        total += took;
        window.push(took);
        if MARKS.contains(&size) || size == most {
            let last = &window[window.len() - WINDOW / BATCH..];
            let micros = last.iter().sum::<Duration>().as_secs_f64() * 1e6 / WINDOW as f64;
            let proofs = proofs(&db, size).await;
            println!(
                "{size:>9}  {micros:>7.1} µs  {:>10.0}   {:>6.2} ms {:>6.2} ms",
                1e6 / micros,
                proofs[proofs.len() / 2].as_secs_f64() * 1e3,
                proofs[proofs.len() - 1].as_secs_f64() * 1e3
            );
        }
    }
    let start = Instant::now();
    let mut tx = db.read().await.unwrap();
    let proof = audit::prove_inclusion(&mut tx, some.unwrap()).await.unwrap().unwrap();
    let took = start.elapsed();
    println!("all {size} in {:.1} s: {:.0} entries/s", total.as_secs_f64(), size as f64 / total.as_secs_f64());
    println!("an old entry is proven in {:.2} ms by {} hashes", took.as_secs_f64() * 1e3, proof.path.len());
}

/// How long proofs of entries spread over the whole ledger take, in order.
async fn proofs(db: &Db, size: usize) -> Vec<Duration> {
    let Db::Postgres(pool) = db else { panic!("measured on PostgreSQL") };
    let step = size / 200;
    let sql = AssertSqlSafe(format!("SELECT event_id FROM ledger WHERE position % {step} = {} LIMIT 200", step / 2));
    let ids: Vec<EventId> = sqlx::query_scalar(sql).fetch_all(pool).await.unwrap();
    let mut took = Vec::new();
    for id in ids {
        let start = Instant::now();
        let mut tx = db.read().await.unwrap();
        assert!(audit::prove_inclusion(&mut tx, id).await.unwrap().is_some());
        tx.commit().await.unwrap();
        took.push(start.elapsed());
    }
    took.sort_unstable();
    took
}
