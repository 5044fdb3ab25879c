//! What appending and proving cost as the ledger grows. `cargo xtask bench ledger` runs it against a real PostgreSQL.
//!
//! Facts are recorded first and not measured: a service does that in its own transaction. Measured is what the audit
//! service does with them, commit included: look what is known, hash, sign, insert.
//!
//! Three ledgers are filled to the three sizes first. Then each gets one batch in turn, round after round, so that
//! whatever else the machine does hits all three alike; said are the medians, and their ratios within the rounds.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot be set up must fail")]
#![expect(clippy::print_stdout, reason = "it prints its figures")]
#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::process::ExitCode;
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
/// The sizes that are compared.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// How many batches each ledger gets while measured: half of them before its size is reached, half after.
const ROUNDS: usize = 10;
/// How far the cost of an entry may lie apart between the sizes.
const APART: f64 = 1.2;
/// How many entries a second there must be.
const RATE: f64 = 10_000.0;
/// How long a proof may take.
const PROOF: Duration = Duration::from_millis(10);

/// A ledger of its own, in a database of its own.
struct Ledger {
    size: usize,
    entries: usize,
    db: Db,
    writer: Writer,
    some: EventId,
    took: Vec<Duration>,
}

impl Ledger {
    async fn filled(postgres: &testkit::servers::PostgresAddress, clock: &Clock, size: usize) -> Self {
        let url = postgres.create_database().await.unwrap();
        let options = DbOptions { timeout: Duration::from_secs(60), ..DbOptions::default() };
        let db = Db::connect(&url, &options).await.unwrap();
        store::migrate(&db).await.unwrap();
        let key = LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[7; 32]);
        let writer = Writer::new(key.into(), clock.clone());
        let some = EventId::generate(clock);
        let mut ledger = Self { size, entries: 0, db, writer, some, took: Vec::new() };
        while ledger.entries + ROUNDS / 2 * BATCH < size {
            ledger.append(clock).await;
        }
        let filled: Duration = ledger.took.drain(..).sum();
        // What the server would do in its own time otherwise, in the middle of a measurement.
        let Db::Postgres(pool) = &ledger.db else { panic!("measured on PostgreSQL") };
        sqlx::query("VACUUM (ANALYZE)").execute(pool).await.unwrap();
        let rate = ledger.entries as f64 / filled.as_secs_f64();
        println!("{:>9} entries entered in {:.1} s: {rate:.0} entries/s", ledger.entries, filled.as_secs_f64());
        ledger
    }

    async fn append(&mut self, clock: &Clock) -> Duration {
        let facts: Vec<_> = (self.entries..self.entries + BATCH).map(|number| fact(clock, number)).collect();
        if self.entries == 0 {
            self.some = facts[17].id;
        }
        let took = enter(&self.db, &self.writer, facts).await;
        self.entries += BATCH;
        self.took.push(took);
        took
    }
}

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
async fn main() -> ExitCode {
    let most = std::env::var("TOCSIN_BENCH_ENTRIES").ok().and_then(|most| most.parse().ok()).unwrap_or(1_000_000);
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let clock = Clock::System;
    let mut ledgers = Vec::new();
    for size in SIZES.into_iter().filter(|size| *size <= most) {
        ledgers.push(Ledger::filled(&postgres, &clock, size).await);
    }
    let mut ratios = vec![Vec::new(); ledgers.len()];
    for round in 0..ROUNDS {
        // Who comes first changes, so that nobody always pays for what the one before left in a buffer.
        let mut took = vec![Duration::ZERO; ledgers.len()];
        for turn in 0..ledgers.len() {
            let at = (turn + round) % ledgers.len();
            took[at] = ledgers[at].append(&clock).await;
        }
        for (ratio, took_here) in ratios.iter_mut().zip(&took) {
            ratio.push(took_here.as_secs_f64() / took[0].as_secs_f64());
        }
    }
    println!("\n  entries   per entry   entries/s   against {:>6}   proof (median, longest of 200)", SIZES[0]);
    let mut good = true;
    for (ledger, mut ratio) in ledgers.into_iter().zip(ratios) {
        let mut took = ledger.took;
        took.sort_unstable();
        ratio.sort_by(f64::total_cmp);
        let (each, ratio) = (took[took.len() / 2].as_secs_f64() / BATCH as f64, ratio[ratio.len() / 2]);
        let proofs = proofs(&ledger.db, ledger.entries).await;
        let (median, longest) = (proofs[proofs.len() / 2], proofs[proofs.len() - 1]);
        println!(
            "{:>9}  {:>7.1} µs  {:>10.0}   {ratio:>14.2}   {:>6.2} ms {:>6.2} ms",
            ledger.size,
            each * 1e6,
            1.0 / each,
            median.as_secs_f64() * 1e3,
            longest.as_secs_f64() * 1e3
        );
        good &= (1.0 / APART..=APART).contains(&ratio) && 1.0 / each >= RATE && median < PROOF;
        let start = Instant::now();
        let mut tx = ledger.db.read().await.unwrap();
        let proof = audit::prove_inclusion(&mut tx, ledger.some).await.unwrap().unwrap();
        let took = start.elapsed().as_secs_f64() * 1e3;
        println!("           its 18th entry is proven in {took:.2} ms by {} hashes", proof.path.len());
    }
    println!(
        "{}: within {APART} of each other, at least {RATE} entries/s, proofs in under {PROOF:?}",
        if good { "Reached" } else { "NOT reached" }
    );
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
