//! RabbitMQ: the only place that knows it.
//!
//! No automatic recovery: a broken link is thrown away with everything in flight, because an acknowledgement that
//! arrives on a recovered channel can hit other messages than it was meant for. Publishing and consuming have
//! connections of their own: a memory alarm blocks connections that publish, and consumers must go on draining.

mod links;
mod pack;
mod publish;
mod subscribe;
mod topology;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use contracts::Envelope;
use lapin::{Connection, ConnectionProperties};

use crate::{BusState, PublishError};

pub use topology::topology_json;

/// How long connecting may take, and opening a channel, and a confirmation. lapin has no deadlines of its own.
const DEADLINE: Duration = Duration::from_secs(5);

/// How to reach RabbitMQ.
#[derive(Clone)]
pub struct AmqpOptions {
    /// `amqp://user:password@host:port/vhost`, or `amqps:` for TLS.
    pub url: String,
    /// Shown by the broker beside the connection.
    pub connection_name: String,
}

/// Without the URL, which holds a password.
impl fmt::Debug for AmqpOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AmqpOptions").field("connection_name", &self.connection_name).finish_non_exhaustive()
    }
}

/// The link to RabbitMQ.
#[derive(Clone)]
pub struct Amqp {
    options: Arc<AmqpOptions>,
    publisher: Arc<tokio::sync::Mutex<publish::Publisher>>,
    links: links::Links,
}

impl Amqp {
    /// Does not connect yet.
    pub fn new(options: AmqpOptions) -> Self {
        Self { options: Arc::new(options), publisher: Arc::default(), links: links::Links::default() }
    }

    pub(crate) async fn publish(&self, facts: &[Envelope]) -> Vec<Result<(), PublishError>> {
        self.publisher.lock().await.publish(&self.options, &self.links, facts).await
    }

    pub(crate) async fn check(&self) -> Result<(), PublishError> {
        self.publisher.lock().await.check(&self.options, &self.links).await
    }

    pub(crate) fn state(&self) -> BusState {
        self.links.state()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_not_in_the_debug_form() {
        let options = AmqpOptions { url: "amqp://me:secret@broker".to_owned(), connection_name: "tocsin".to_owned() };
        assert!(!format!("{options:?}").contains("secret"));
    }
}
