//! The ledger on both engines: appending, proving, and finding what was tampered with.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod appending;
mod copies;
mod http;
mod large;
mod papers;
mod readings;
mod reconciling;
mod search;
mod tampering;
mod witnesses;
mod writer;

use audit::verify::Outside;
use audit::{Deps, LedgerKey, Note, OnEveryEvent, VerifierKey, Writer};
use bus::{Consumer as _, Delivered};
use contracts::events::RuleSetReleasedV1;
use contracts::{Envelope, Service};
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use sqlx::AssertSqlSafe;
use store::{Db, DbOptions, ledger, outbox};

/// A migrated database with a ledger's key and a clock that stands still.
pub struct System {
    /// For assertion messages.
    pub name: &'static str,
    /// The database; on PostgreSQL as its superuser.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Moves it.
    pub hand: FixedClock,
    /// Writes the ledger.
    pub consumer: OnEveryEvent,
    _folder: Option<tempfile::TempDir>,
}

impl System {
    async fn new(name: &'static str, url: &str, folder: Option<tempfile::TempDir>) -> Self {
        let db = Db::connect(url, &DbOptions { max_connections: 6, ..DbOptions::default() }).await.unwrap();
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let key = LedgerKey::from_seed("tocsin.example/ledger".parse().unwrap(), &[7; 32]);
        let writer = Writer::new(key.into(), clock.clone());
        let consumer = OnEveryEvent { writer };
        Self { name, db, clock, hand, consumer, _folder: folder }
    }

    /// On SQLite.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("tocsin.db").display());
        Self::new("SQLite", &url, Some(folder)).await
    }

    /// On PostgreSQL.
    pub async fn postgres() -> Self {
        let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
        Self::new("PostgreSQL", &url, None).await
    }

    /// One of each.
    pub async fn both() -> [Self; 2] {
        [Self::sqlite().await, Self::postgres().await]
    }

    /// Records facts, as a service does.
    pub async fn record(&self, count: i64) -> Vec<Envelope> {
        let mut tx = self.db.begin().await.unwrap();
        let mut ids = Vec::new();
        for version in 0..count {
            let fact =
                RuleSetReleasedV1 { version, sha256: format!("{version:064x}"), drafted_by: None, released_by: None };
            ids.push(outbox::record(&mut tx, Service::Routing, &self.clock, &fact).await.unwrap());
            self.hand.advance(std::time::Duration::from_micros(1));
        }
        let mut facts = Vec::new();
        for id in ids {
            facts.push(outbox::find(&mut tx, id).await.unwrap().unwrap().into_envelope());
        }
        tx.commit().await.unwrap();
        facts
    }

    /// Hands messages to the ledger, as the bus does.
    pub async fn deliver(&self, facts: &[Envelope]) -> Delivered {
        bus::deliver(&self.db, &self.clock, &self.consumer, facts).await.unwrap()
    }

    /// Records and enters.
    pub async fn enter(&self, count: i64) {
        let facts = self.record(count).await;
        assert_eq!(self.deliver(&facts).await.handled, facts.len());
    }

    /// What anybody may have kept.
    pub async fn checkpoint(&self) -> Note {
        let mut tx = self.db.read().await.unwrap();
        ledger::latest_checkpoint(&mut tx).await.unwrap().unwrap().note.parse().unwrap()
    }

    /// The public key.
    pub fn verifier(&self) -> VerifierKey {
        self.consumer.writer.keys.verifier()
    }

    /// Another process that would like to write.
    pub fn rival(&self) -> Writer {
        Writer::new(self.consumer.writer.keys.clone(), self.clock.clone())
    }

    /// The service's dependencies over it.
    pub fn deps(&self) -> Deps {
        Deps {
            db: self.db.clone(),
            clock: self.clock.clone(),
            #[cfg(feature = "pdf")]
            printer: audit::Printer::default(),
            bell: bus::Bell::new(),
            writer: self.consumer.writer.clone(),
            witnesses: Vec::new(),
            mail_log: None,
            access_days: 1,
        }
    }

    /// What verification finds, two minutes later.
    pub async fn findings(&self, outside: Option<&Note>) -> Vec<audit::verify::Finding> {
        let now = self.clock.now().plus(std::time::Duration::from_secs(120));
        let outside: Vec<Outside> = outside.cloned().map(Outside::Note).into_iter().collect();
        let said = audit::verify_ledger(&self.db, now, &[self.verifier()], &outside).await.unwrap();
        assert_eq!(said.holds(), said.walked.findings.is_empty());
        said.walked.findings.into_iter().map(|found| found.first).collect()
    }

    /// Any statements, past every function of ours.
    pub async fn sql(&self, statements: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(statements.to_owned());
        match &self.db {
            Db::Postgres(pool) => sqlx::raw_sql(sql).execute(pool).await.map(drop),
            Db::Sqlite { writer, .. } => sqlx::raw_sql(sql).execute(writer).await.map(drop),
        }
    }

    /// What a superuser does first.
    pub async fn disable_triggers(&self) {
        let statements = match self.db {
            Db::Postgres(_) => "ALTER TABLE ledger DISABLE TRIGGER ALL; ALTER TABLE checkpoints DISABLE TRIGGER ALL",
            Db::Sqlite { .. } => {
                "DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete;
                 DROP TRIGGER checkpoints_no_update; DROP TRIGGER checkpoints_no_delete"
            }
        };
        self.sql(statements).await.unwrap();
    }

    /// The lines as they are hashed.
    pub async fn lines(&self) -> Vec<String> {
        let mut tx = self.db.read().await.unwrap();
        let rows = ledger::entries(&mut tx, 0, 100_000).await.unwrap();
        assert!(rows.iter().zip(0..).all(|(row, at)| row.entry.position == at), "{}: contiguous", self.name);
        rows.iter()
            .map(|row| {
                let entry = &row.entry;
                audit::Line {
                    event_id: entry.event_id,
                    kind: &entry.kind,
                    occurred_at: entry.occurred_at,
                    case_id: entry.case_id,
                    commitment: &entry.commitment,
                }
                .text()
            })
            .collect()
    }

    /// The name in the inbox.
    pub fn consumer_name() -> &'static str {
        OnEveryEvent::NAME
    }
}
