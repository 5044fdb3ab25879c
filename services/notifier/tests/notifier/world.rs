//! One notifier on a fresh database, with the clock in hand.

use std::sync::Arc;
use std::time::Duration;

use bus::Bell;
use contracts::events::{DeliveryRecordedV1, PlanFrozenV1};
use contracts::{Envelope, Event, Service};
use domain::codes::{AlertKind, ObjectStatus, PartnerKind, RevisionSource, Urgency};
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{AccountId, DeliveryId, LeaseId, ObjectId, PlanId};
use domain::partner::Partner;
use domain::plan::{Plan, Told};
use domain::time::FixedClock;
use domain::{Clock, Label, Timestamp};
use notifier::{Backend, Config, Deadlines, Deps, Enclose, LinkKey, OnPlanFrozen, Sender, SmtpConfig};
use store::cases::CaseRow;
use store::deliveries::DeliveryRow;
use store::{Db, DbOptions, alerts, attempts, cases, deliveries, outbox, partners, plans};
use testkit::sink::SmtpSink;

use crate::fixture;

pub const START: i64 = 1_795_000_000_000_000;
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct World {
    pub deps: Deps,
    pub hand: FixedClock,
    pub case: CaseRow,
    version: i64,
    cases: u32,
    /// Holds the database and the mailbox for as long as the world stands.
    pub place: tempfile::TempDir,
}

impl World {
    /// With the folder backend.
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    /// With this mail server, and deadlines a test can wait for.
    pub async fn smtp(sink: &SmtpSink) -> Self {
        Self::with(smtp(sink.port())).await
    }

    pub async fn with(config: Config) -> Self {
        let place = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", place.path().join("tocsin.db").display());
        let db = Db::connect(&file, &DbOptions::default()).await.unwrap();
        Self::on(db, config, place).await
    }

    pub async fn on(db: Db, config: Config, place: tempfile::TempDir) -> Self {
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = fixture::case(&clock);
        let mut tx = db.begin().await.unwrap();
        cases::insert(&mut tx, &case).await.unwrap();
        tx.commit().await.unwrap();
        // Printing takes seconds in a build for tests; one test asks for it.
        let enclose = vec![Enclose::Cap, Enclose::Json];
        let config = Arc::new(Config { folder: place.path().join("mail"), enclose, ..config });
        assert_eq!(config.validate(), Ok(()));
        let link_key = LinkKey::new([7; 32]);
        let blobs = blobs::Blobs::folder(place.path().join("photos")).unwrap();
        let deps = Deps {
            db,
            clock,
            bell: Bell::new(),
            due: Bell::new(),
            config,
            link_key,
            persons_kept: Some(Duration::from_hours(24 * 365)),
            darkroom: pictures::Darkroom::default(),
            blobs,
            #[cfg(feature = "pdf")]
            printer: paper::Printer::default(),
        };
        Self { deps, hand, case, version: 0, cases: 1, place }
    }

    /// Partners in the directory, one for each address.
    pub async fn partners(&self, kind: PartnerKind, addresses: &[&str]) -> Vec<Partner> {
        let clock = &self.deps.clock;
        let made: Vec<_> = addresses.iter().map(|address| fixture::partner(clock, kind, &[address])).collect();
        self.put(&made).await;
        made
    }

    pub async fn put(&self, partners: &[Partner]) {
        let mut tx = self.deps.db.begin().await.unwrap();
        let why = partners::Why { by: None, source: RevisionSource::Form, reason: "test".parse().unwrap() };
        let revision = partners::next_revision(&mut tx, &why, self.deps.clock.now()).await.unwrap();
        partners::put(&mut tx, partners, revision, self.deps.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Releases the next version and freezes its plan; the fact of it is in the outbox.
    pub async fn release(&mut self, kind: AlertKind, told: &[Partner]) -> PlanId {
        self.release_to(kind, Urgency::Immediate, told.iter().map(fixture::told).collect()).await
    }

    pub fn set_version(&mut self, version: i64) {
        self.version = version;
    }

    /// Another case; what is released from now on is about it.
    pub async fn next_case(&mut self) {
        self.cases += 1;
        let reference = format!("TOC-2026-{:06}", self.cases).parse().unwrap();
        self.case = CaseRow { reference, ..fixture::case(&self.deps.clock) };
        self.version = 0;
        let mut tx = self.deps.db.begin().await.unwrap();
        cases::insert(&mut tx, &self.case).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The same of an alert under this label, whatever the share.
    pub async fn release_labelled(&mut self, told: &[Partner], label: Label) -> PlanId {
        let labelled = |partner: &Partner| Told { label, ..fixture::told(partner) };
        self.release_to(AlertKind::Alert, Urgency::Immediate, told.iter().map(labelled).collect()).await
    }

    /// The same of another urgency, as the plan has it.
    pub async fn release_to(&mut self, kind: AlertKind, urgency: Urgency, told: Vec<Told>) -> PlanId {
        self.version += 1;
        let clock = &self.deps.clock;
        let alert = fixture::draft(clock, &self.case, (kind, urgency), self.version);
        let mut tx = self.deps.db.begin().await.unwrap();
        alerts::insert(&mut tx, &alert).await.unwrap();
        alerts::insert_circumstances(&mut tx, alert.id, &fixture::circumstances()).await.unwrap();
        store::photos::freeze(&mut tx, alert.id, self.case.id).await.unwrap();
        assert!(alerts::release(&mut tx, alert.id, AccountId::generate(clock), clock.now()).await.unwrap());
        let plan = Plan { alert_id: alert.id, rule_set_version: 1, directory_revision: 1, told, not_told: vec![] };
        let plan_id = PlanId::generate(clock);
        assert!(plans::freeze(&mut tx, plan_id, self.case.id, &plan, clock).await.unwrap());
        let frozen = PlanFrozenV1 {
            plan_id,
            alert_id: alert.id,
            case_id: self.case.id,
            rule_set_version: 1,
            directory_revision: 1,
            told: i64::try_from(plan.told.len()).unwrap(),
            held: 0,
            not_told: 0,
            plan_sha256: "00".repeat(32),
        };
        outbox::record(&mut tx, Service::Routing, clock, &frozen).await.unwrap();
        tx.commit().await.unwrap();
        plan_id
    }

    /// The same, and hands the fact to the consumer.
    pub async fn alert(&mut self, told: &[Partner]) -> PlanId {
        let plan = self.release(AlertKind::Alert, told).await;
        self.hear().await;
        plan
    }

    /// A photograph of the case's one object, with these bytes as its small copy.
    pub async fn photo(&self, preview: &'static [u8]) {
        let clock = &self.deps.clock;
        let preview = self.deps.blobs.put(blobs::Shelf::Renditions, preview.into()).await.unwrap();
        let mut tx = self.deps.db.begin().await.unwrap();
        let object = match cases::objects(&mut tx, self.case.id).await.unwrap().first() {
            Some(object) => object.id,
            None => {
                let id = ObjectId::generate(clock);
                let objects = [(id, fixture::object("Statuette"))];
                cases::insert_objects(&mut tx, self.case.id, &objects, ObjectStatus::Missing).await.unwrap();
                id
            }
        };
        let photo = fixture::photo(clock, &self.case, object, preview);
        store::photos::insert(&mut tx, &photo).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Hands every frozen plan to the consumer; gives how many were new to it.
    pub async fn hear(&self) -> usize {
        let messages = self.facts(&[PlanFrozenV1::KIND]).await;
        let consumer = OnPlanFrozen::new(&self.deps);
        bus::deliver(&self.deps.db, &self.deps.clock, &consumer, &messages).await.unwrap().handled
    }

    /// Every fact of these kinds, oldest first.
    pub async fn facts(&self, kinds: &[&str]) -> Vec<Envelope> {
        let mut tx = self.deps.db.begin().await.unwrap();
        let (from, until) = (Timestamp::from_micros(0), self.deps.clock.now().plus(Duration::from_secs(1)));
        let rows = outbox::unhandled(&mut tx, "nobody", kinds, from, until, 10_000).await.unwrap();
        tx.commit().await.unwrap();
        rows.into_iter().map(outbox::OutboxRow::into_envelope).collect()
    }

    /// What was recorded of tries: number, outcome, stage, state, repeat.
    pub async fn recorded(&self) -> Vec<(i64, Outcome, Stage, DeliveryState, bool)> {
        let facts = self.facts(&[DeliveryRecordedV1::KIND]).await;
        let open = |fact: &Envelope| {
            let fact: DeliveryRecordedV1 = fact.open().unwrap();
            (fact.attempt, fact.outcome, fact.stage, fact.state, fact.possible_repeat)
        };
        // In a world whose clock stands still, only the number tells which came first.
        let mut recorded: Vec<_> = facts.iter().map(open).collect();
        recorded.sort();
        recorded
    }

    pub fn sender(&self) -> Sender {
        Sender::new(self.deps.clone()).unwrap()
    }

    /// One look of a new sender; gives how many deliveries it took up.
    pub async fn send(&self) -> usize {
        self.sender().run_once(self.deps.clock.now()).await.unwrap()
    }

    pub async fn deliveries(&self, plan: PlanId) -> Vec<DeliveryRow> {
        let mut tx = self.deps.db.read().await.unwrap();
        let mut rows = Vec::new();
        for id in deliveries::of_plan(&mut tx, plan).await.unwrap() {
            rows.push(deliveries::find(&mut tx, id).await.unwrap().unwrap());
        }
        rows
    }

    /// The delivery to an address.
    pub async fn delivery(&self, plan: PlanId, address: &str) -> DeliveryRow {
        let rows = self.deliveries(plan).await;
        rows.into_iter().find(|row| row.address.as_str() == address).unwrap()
    }

    pub async fn attempts(&self, id: DeliveryId) -> Vec<attempts::AttemptRow> {
        let mut tx = self.deps.db.read().await.unwrap();
        attempts::of_delivery(&mut tx, id).await.unwrap()
    }

    /// How many tries have no end.
    pub async fn still_open(&self) -> i64 {
        let mut tx = self.deps.db.read().await.unwrap();
        let sql = "SELECT COUNT(*) FROM attempts WHERE ended_at IS NULL";
        store::on_tx!(&mut tx, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap()
    }

    /// When a delivery is tried again.
    pub async fn due(&self) -> Option<Timestamp> {
        let mut tx = self.deps.db.read().await.unwrap();
        deliveries::next_due(&mut tx).await.unwrap()
    }

    /// Moves the clock to the next due delivery.
    pub async fn wait_until_due(&self) -> Duration {
        let pause = self.due().await.unwrap().since(self.deps.clock.now());
        self.hand.advance(pause);
        pause
    }

    /// Makes a delivery one that cannot be read.
    pub async fn damage(&self, row: &DeliveryRow) {
        let mut tx = self.deps.db.begin().await.unwrap();
        store::on_tx!(&mut tx, c => sqlx::query("UPDATE notifications SET languages = '[17]' WHERE id = $1")
            .bind(row.notification_id).execute(c).await.map(drop))
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// Takes the lease of everything due, as another sender would.
    pub async fn steal(&self) -> LeaseId {
        let lease = LeaseId::generate(&self.deps.clock);
        let now = self.deps.clock.now();
        let request = deliveries::DueRequest {
            now,
            lasts: self.deps.config.lease(),
            limit: 1000,
            per_domain: 1000,
            quick: &[],
            per_quick_domain: 0,
            full: &[],
            in_hand: &[],
            urgent_first: false,
        };
        let mut tx = self.deps.db.begin().await.unwrap();
        let due = deliveries::due(&mut tx, &request).await.unwrap();
        let ids: Vec<DeliveryId> = due.iter().map(|row| row.id).collect();
        deliveries::lease(&mut tx, &ids, lease, now, request.lasts).await.unwrap();
        tx.commit().await.unwrap();
        lease
    }
}

/// Settings for a mail server on this machine, with deadlines a test can wait for.
pub fn smtp(port: u16) -> Config {
    Config {
        backend: Backend::Smtp,
        smtp: SmtpConfig { port, hello: Some("notifier.test".to_owned()), ..SmtpConfig::default() },
        deadlines: Deadlines { connect_secs: 2, command_secs: 1, message_secs: 2 },
        workers: 8,
        ..Config::default()
    }
}
