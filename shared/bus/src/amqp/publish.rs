//! Publishing with confirmations, the mandatory flag and a deadline of our own.

use std::time::{Duration, Instant};

use contracts::Envelope;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection};

use super::{AmqpOptions, DEADLINE, connect, topology};
use crate::PublishError;

/// The longest wait before connecting again.
const MAX_BACKOFF: Duration = Duration::from_secs(2);

/// One connection with one channel, opened when first needed and thrown away at the first error.
#[derive(Default)]
pub(super) struct Publisher {
    link: Option<Link>,
    backoff: Option<(Instant, Duration)>,
}

struct Link {
    channel: Channel,
    // Dropping the connection closes it; the channel alone would not keep it.
    _connection: Connection,
}

impl Publisher {
    pub(super) async fn publish(
        &mut self,
        options: &AmqpOptions,
        messages: &[Envelope],
    ) -> Vec<Result<(), PublishError>> {
        let outcome = match self.link(options).await {
            Ok(link) => match tokio::time::timeout(DEADLINE, all(&link.channel, messages)).await {
                Ok(Ok(results)) => return results,
                Ok(Err(error)) => PublishError::Disconnected(Some(error)),
                // Giving up is not unsending: whatever the broker already took comes again with the same identifier.
                Err(_) => PublishError::Unconfirmed,
            },
            Err(error) => error,
        };
        self.link = None;
        self.back_off();
        let unconfirmed = matches!(outcome, PublishError::Unconfirmed);
        let mut results: Vec<_> = messages
            .iter()
            .map(|_| Err(if unconfirmed { PublishError::Unconfirmed } else { PublishError::Disconnected(None) }))
            .collect();
        if let Some(first) = results.first_mut() {
            *first = Err(outcome);
        }
        results
    }

    async fn link(&mut self, options: &AmqpOptions) -> Result<&Link, PublishError> {
        if self.link.as_ref().is_none_or(|link| !link.channel.status().connected()) {
            self.link = None;
            // While the broker is away, fail at once between tries rather than queue up callers.
            if self.backoff.is_some_and(|(until, _)| Instant::now() < until) {
                return Err(PublishError::Disconnected(None));
            }
            let connection = connect(options, "publisher").await?;
            let opened = tokio::time::timeout(DEADLINE, async {
                let channel = connection.create_channel().await?;
                channel.confirm_select(ConfirmSelectOptions::default()).await?;
                topology::declare(&channel).await?;
                Ok(channel)
            });
            let channel = match opened.await {
                Ok(channel) => channel.map_err(|error| PublishError::Disconnected(Some(error)))?,
                Err(_) => return Err(PublishError::Disconnected(None)),
            };
            self.backoff = None;
            self.link = Some(Link { channel, _connection: connection });
        }
        self.link.as_ref().ok_or(PublishError::Disconnected(None))
    }

    fn back_off(&mut self) {
        let last = self.backoff.map_or(Duration::from_millis(100), |(_, last)| last);
        let next = (last * 2).min(MAX_BACKOFF);
        // Full jitter: many processes must not come back to a broker that just started all at once.
        self.backoff = Some((Instant::now() + next.mul_f64(rand::random_range(0.0..1.0)), next));
    }
}

/// Sends every message, then collects every confirmation.
async fn all(channel: &Channel, messages: &[Envelope]) -> Result<Vec<Result<(), PublishError>>, lapin::Error> {
    let mut confirms = Vec::with_capacity(messages.len());
    for message in messages {
        let body = serde_json::to_vec(message).expect("an envelope is plain data and always has a JSON form");
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let key = message.kind().to_owned();
        let sent =
            channel.basic_publish(topology::EVENTS.into(), key.into(), options, &body, properties(message)).await?;
        confirms.push(sent);
    }
    let mut results = Vec::with_capacity(messages.len());
    for confirm in confirms {
        results.push(match confirm.await? {
            Confirmation::Ack(None) => Ok(()),
            // Acknowledged and returned: the broker had no queue for it (312 NO_ROUTE).
            Confirmation::Ack(Some(_)) => Err(PublishError::Unroutable),
            Confirmation::Nack(_) | Confirmation::NotRequested => Err(PublishError::Unconfirmed),
        });
    }
    Ok(results)
}

fn properties(message: &Envelope) -> BasicProperties {
    const PERSISTENT: u8 = 2;
    let mut headers = FieldTable::default();
    if let Some(traceparent) = &message.traceparent {
        headers.insert("traceparent".into(), AMQPValue::LongString(traceparent.as_str().into()));
    }
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/cloudevents+json".into())
        .with_message_id(message.id.to_string().into())
        .with_type(message.event_type.clone().into())
        .with_headers(headers)
}
