//! What the tests share: databases, facts, effects, a virtual host each.

use std::time::Duration;

use bus::{AmqpOptions, Bus};
use contracts::events::{DirectoryChangedV1, Event, RuleSetReleasedV1};
use contracts::{Envelope, Service};
use domain::ids::EventId;
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use store::{Db, DbOptions, Tx, inbox, outbox};
use testkit::servers::{shared_postgres, shared_rabbitmq};
use testkit::wait_until;

/// Longer than anything honest takes on a loaded machine.
pub const LIMIT: Duration = Duration::from_secs(60);

/// A migrated database and a clock that stands still: while it does, no fact is old enough for a sweep, so whatever
/// arrives came by message.
pub struct World {
    pub db: Db,
    pub clock: Clock,
    pub hand: FixedClock,
    _folder: Option<tempfile::TempDir>,
}

impl World {
    /// Patient with the database: a statement that a busy machine's disk holds up for seconds is left to a sweep, and here
    /// there is none.
    async fn new(url: &str, folder: Option<tempfile::TempDir>) -> Self {
        Self::within(url, folder, LIMIT).await
    }

    /// On PostgreSQL, where no statement may take longer than `timeout`.
    pub async fn impatient(timeout: Duration) -> Self {
        Self::within(&shared_postgres().await.unwrap().create_database().await.unwrap(), None, timeout).await
    }

    async fn within(url: &str, folder: Option<tempfile::TempDir>, timeout: Duration) -> Self {
        let options = DbOptions { max_connections: 8, timeout, ..DbOptions::default() };
        let db = Db::connect(url, &options).await.unwrap();
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        Self { db, clock, hand, _folder: folder }
    }

    /// On an existing database.
    pub async fn at(url: &str) -> Self {
        Self::new(url, None).await
    }

    pub async fn postgres() -> Self {
        Self::new(&shared_postgres().await.unwrap().create_database().await.unwrap(), None).await
    }

    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::new(&format!("sqlite:{}", folder.path().join("tocsin.db").display()), Some(folder)).await
    }

    pub async fn both() -> [Self; 2] {
        [Self::sqlite().await, Self::postgres().await]
    }

    pub async fn record_in(&self, tx: &mut Tx, number: i64) -> EventId {
        outbox::record(tx, Service::Routing, &self.clock, &fact(number)).await.unwrap()
    }

    /// Records facts of these numbers and gives them in their envelopes.
    pub async fn record(&self, numbers: impl IntoIterator<Item = i64>) -> Vec<Envelope> {
        let mut tx = self.db.begin().await.unwrap();
        let mut envelopes = Vec::new();
        for number in numbers {
            let id = self.record_in(&mut tx, number).await;
            envelopes.push(outbox::find(&mut tx, id).await.unwrap().unwrap().into_envelope());
        }
        tx.commit().await.unwrap();
        envelopes
    }

    /// The numbers of the facts that had an effect, sorted: one that had two is there twice.
    pub async fn effects(&self) -> Vec<i64> {
        let effects = self.stored::<DirectoryChangedV1>().await;
        let mut numbers: Vec<i64> =
            effects.iter().map(|effect| effect.open::<DirectoryChangedV1>().unwrap().revision).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Every fact of a kind.
    pub async fn stored<E: Event>(&self) -> Vec<Envelope> {
        let mut tx = self.db.read().await.unwrap();
        let (from, until) = (Timestamp::from_micros(0), Timestamp::from_micros(i64::MAX));
        let rows = outbox::unhandled(&mut tx, "nobody", &[E::KIND], from, until, 1_000_000).await.unwrap();
        tx.commit().await.unwrap();
        rows.into_iter().map(outbox::OutboxRow::into_envelope).collect()
    }

    /// Waits until exactly these had their effect.
    pub async fn until_effects(&self, wanted: impl IntoIterator<Item = i64>) {
        let wanted: Vec<i64> = wanted.into_iter().collect();
        let in_time = wait_until("every effect", LIMIT, async || self.effects().await.len() >= wanted.len()).await;
        let found = self.effects().await;
        if found != wanted {
            let missing: Vec<_> = wanted.iter().filter(|number| !found.contains(number)).collect();
            let (parked, waiting) = (self.parked().await, self.waiting().await);
            panic!(
                "{} effects of {}; missing {missing:?}; parked {parked:?}; {waiting} wait for the broker; {:?}",
                found.len(),
                wanted.len(),
                in_time.map_err(|error| error.to_string())
            );
        }
    }

    /// The identifiers set aside.
    pub async fn parked(&self) -> Vec<EventId> {
        let mut tx = self.db.read().await.unwrap();
        let rows = inbox::parked(&mut tx, 1000).await.unwrap();
        tx.commit().await.unwrap();
        rows.into_iter().map(|row| row.event_id).collect()
    }

    /// How many facts wait for the broker, the effects' own aside (nobody relays those).
    pub async fn waiting(&self) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        let backlog = outbox::backlog(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        backlog.depth - i64::try_from(self.effects().await.len()).unwrap()
    }
}

pub fn fact(number: i64) -> RuleSetReleasedV1 {
    RuleSetReleasedV1 { version: number, sha256: "00".to_owned(), drafted_by: None, released_by: None }
}

/// A virtual host of one's own on the shared broker: its URL.
pub async fn vhost() -> String {
    shared_rabbitmq().await.unwrap().create_vhost().await.unwrap()
}

pub fn amqp(url: &str) -> Bus {
    Bus::amqp(AmqpOptions { url: url.to_owned(), connection_name: "bus test".to_owned() })
}

/// A port on which nobody answers.
pub fn nowhere() -> Bus {
    amqp(&format!("amqp://guest:guest@127.0.0.1:{}/%2F", testkit::ports::free_port().unwrap()))
}

/// Runs `body` beside loops that must not end by themselves.
pub fn beside<T>(loops: impl Future<Output = ()>, body: impl Future<Output = T>) -> impl Future<Output = T> {
    let (loops, body) = (Box::pin(loops), Box::pin(body));
    async move {
        tokio::select! {
            () = loops => panic!("a loop ended by itself"),
            value = body => value,
        }
    }
}
