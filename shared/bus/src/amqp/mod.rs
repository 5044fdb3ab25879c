//! RabbitMQ: the only place that knows it.
//!
//! No automatic recovery: a broken link is thrown away with everything in flight, because an acknowledgement that
//! arrives on a recovered channel can hit other messages than it was meant for. Publishing and consuming have
//! connections of their own: a memory alarm blocks connections that publish, and consumers must go on draining.

mod publish;
mod subscribe;
mod topology;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use contracts::Envelope;
use lapin::{Connection, ConnectionProperties};

use crate::{BusState, PublishError};

/// How long connecting may take, and how long a confirmation may.
const DEADLINE: Duration = Duration::from_secs(5);

/// How to reach RabbitMQ.
#[derive(Clone, Debug)]
pub struct AmqpOptions {
    /// `amqp://user:password@host:port/vhost`, or `amqps:` for TLS.
    pub url: String,
    /// Shown by the broker beside the connection.
    pub connection_name: String,
}

/// The link to RabbitMQ.
#[derive(Clone)]
pub struct Amqp {
    options: Arc<AmqpOptions>,
    publisher: Arc<tokio::sync::Mutex<publish::Publisher>>,
    state: Arc<Mutex<BusState>>,
}

impl Amqp {
    /// Does not connect yet.
    pub fn new(options: AmqpOptions) -> Self {
        Self { options: Arc::new(options), publisher: Arc::default(), state: Arc::new(Mutex::new(BusState::Untried)) }
    }

    pub(crate) async fn publish(&self, messages: &[Envelope]) -> Vec<Result<(), PublishError>> {
        let results = self.publisher.lock().await.publish(&self.options, messages).await;
        let state = match results.iter().find_map(|result| result.as_ref().err()) {
            None => BusState::Connected,
            Some(error) => BusState::Away(crate::consumer::chain(error)),
        };
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
        results
    }

    pub(crate) fn state(&self) -> BusState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Opens a connection with a heartbeat of five seconds, so that a broker that hangs is noticed within ten.
async fn connect(options: &AmqpOptions, purpose: &str) -> Result<Connection, PublishError> {
    let separator = if options.url.contains('?') { '&' } else { '?' };
    let url = format!("{}{separator}heartbeat=5&connection_timeout=5000", options.url);
    let name = format!("{} {purpose}", options.connection_name);
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    match tokio::time::timeout(DEADLINE, Connection::connect(&url, properties)).await {
        Ok(connected) => connected.map_err(|error| PublishError::Disconnected(Some(error))),
        Err(_) => Err(PublishError::Disconnected(None)),
    }
}
