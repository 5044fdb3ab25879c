//! Carries facts between services.
//!
//! The database holds the truth; the bus rings bells. A fact is an outbox row, committed with the change it tells of.
//!
//! | Part | Does |
//! |---|---|
//! | [`relay`] | hands outbox rows to the bus until it confirms them |
//! | [`Bus`] | RabbitMQ in production, direct calls in the embedded form |
//! | [`deliver`] | the one driver loop: begin, inbox, handle, commit |
//! | [`consume`] | a consumer's life: subscribe again whenever the link breaks, and sweep |
//! | [`sweep_once`] | finds facts that were stored and never handled, whatever the broker did with their messages |
//!
//! Promises: every fact reaches every consumer whose keys match, at least once, and its effect happens once, because
//! the inbox row is written in the transaction of the effect. Losing the broker with all its data delays and loses
//! nothing. Must not: decide anything, hold a delivery while anything slow happens, be known by `domain`.
//!
//! On RabbitMQ, facts of one kind that are published in one call travel as one message (a CloudEvents batch), which is
//! confirmed or returned, acknowledged, brought again or dead-lettered as one; whoever reads takes both forms. Every promise
//! is about the fact: it has its own row in the inbox, its own failures and its own place among the parked.
//!
//! Nothing is ever returned to the broker for another try: a fact that could not be handled is acknowledged and left
//! to the sweep, which counts its failures and parks it after [`PARK_AFTER`]. (RabbitMQ 3.10 gave one rejected message
//! back 1,884 times in five seconds; 4.x drops it after 20.)

mod amqp;
mod backoff;
mod bell;
mod consumer;
mod deliver;
mod local;
mod relay;
mod sweep;

use contracts::Envelope;
use tokio_util::sync::CancellationToken;

pub use amqp::{Amqp, AmqpOptions, topology_json};
pub use bell::Bell;
pub use consumer::{Consumer, HandleError};
pub use deliver::{Delivered, PARK_AFTER, deliver};
pub use local::Local;
pub use relay::{relay, relay_once};
pub use sweep::{SWEEP_AFTER, SWEEP_EVERY, sweep_once};

/// What carries the messages.
#[derive(Clone)]
pub enum Bus {
    /// RabbitMQ.
    Amqp(Amqp),
    /// Direct calls within one process.
    Local(Local),
}

/// Why a message was not taken. The same message is to be published again, under the same identifier.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PublishError {
    /// The broker cannot be reached, or broke off before it confirmed.
    #[error("reach the broker")]
    Disconnected(#[source] Option<lapin::Error>),
    /// The broker did not confirm in time; it may have the message all the same.
    #[error("get a confirmation in time")]
    Unconfirmed,
    /// The broker is short of memory or disk and takes nothing for now; it may take this message afterwards.
    #[error("publish while the broker is blocked by an alarm of its own")]
    Blocked,
    /// The broker has no queue for it, not even the one for facts without a reader.
    #[error("find a queue for the message")]
    Unroutable,
    /// The database of an in-process consumer cannot be reached.
    #[error("reach the consumer's database")]
    Consumer,
}

impl PublishError {
    /// One word, for figures.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Disconnected(_) => "disconnected",
            Self::Unconfirmed => "unconfirmed",
            Self::Blocked => "blocked",
            Self::Unroutable => "unroutable",
            Self::Consumer => "consumer",
        }
    }
}

/// How the links of this process to the broker are: the publisher's and the consumers'; the worst of them counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BusState {
    /// In-process: nothing can be away.
    Local,
    /// Every link that was ever wanted is there.
    Connected,
    /// No link was wanted yet.
    Untried,
    /// The broker has blocked publishing by a memory or disk alarm. Consumers go on; facts wait in the outbox.
    Blocked,
    /// A link is away: which one, and why.
    Away(String),
}

impl Bus {
    /// The in-process bus.
    pub fn local() -> Self {
        Self::Local(Local::default())
    }

    /// RabbitMQ. Does not connect yet: a broker that is away delays and never prevents a start.
    pub fn amqp(options: AmqpOptions) -> Self {
        Self::Amqp(Amqp::new(options))
    }

    /// Hands facts over; returns when each one is confirmed or has failed, in the order given.
    pub async fn publish(&self, facts: &[Envelope]) -> Vec<Result<(), PublishError>> {
        match self {
            Self::Amqp(amqp) => amqp.publish(facts).await,
            Self::Local(local) => local.publish(facts).await,
        }
    }

    /// Connects if that has not happened yet, and says whether a message could be published now.
    pub async fn check(&self) -> Result<(), PublishError> {
        match self {
            Self::Amqp(amqp) => amqp.check().await,
            Self::Local(_) => Ok(()),
        }
    }

    /// How the links to the broker are. Asks nobody, so that it answers at once.
    pub fn state(&self) -> BusState {
        match self {
            Self::Amqp(amqp) => amqp.state(),
            Self::Local(_) => BusState::Local,
        }
    }
}

/// Runs a consumer until `stop`: messages as they come, and a sweep now and then for those that never came.
pub async fn consume<C: Consumer>(
    bus: &Bus,
    db: &store::Db,
    clock: &domain::Clock,
    consumer: std::sync::Arc<C>,
    stop: CancellationToken,
) {
    // Boxed: whoever joins several consumers would carry all their states on its stack.
    let messages = Box::pin(async {
        match bus {
            Bus::Amqp(amqp) => amqp.subscribe(db, clock, &*consumer, &stop).await,
            Bus::Local(local) => {
                local.register(db, clock, &consumer);
                stop.cancelled().await;
            }
        }
    });
    tokio::join!(messages, Box::pin(sweep::run(db, clock, &*consumer, &stop)));
}
