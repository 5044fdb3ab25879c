//! Publishing with confirmations, the mandatory flag and a deadline of our own.

use std::collections::HashSet;
use std::time::Instant;

use contracts::Envelope;
use futures::FutureExt;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, PublisherConfirm};
use tokio::time::timeout;

use super::links::Links;
use super::pack::{Message, pack};
use super::{AmqpOptions, DEADLINE, connect, topology};
use crate::PublishError;
use crate::backoff::Backoff;
use crate::consumer::chain;

/// The publisher's name among the links.
const PURPOSE: &str = "publisher";

/// One connection with one channel, opened when first needed and thrown away at the first error.
#[derive(Default)]
pub(super) struct Publisher {
    link: Option<Link>,
    backoff: Backoff,
    /// No new try before this.
    not_before: Option<Instant>,
}

struct Link {
    connection: Connection,
    channel: Channel,
}

/// What the broker said to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Stored,
    Refused,
}

impl Publisher {
    /// Publishes all, then waits for the confirmations; what was confirmed before something broke counts. Facts of one
    /// kind go as one message, and what the broker says to it is said to each of them.
    pub(super) async fn publish(
        &mut self,
        options: &AmqpOptions,
        links: &Links,
        facts: &[Envelope],
    ) -> Vec<Result<(), PublishError>> {
        let (messages, places) = pack(facts);
        let results = self.send(options, links, &messages).await;
        places.into_iter().map(|place| results[place].clone()).collect()
    }

    /// A result for each message.
    async fn send(
        &mut self,
        options: &AmqpOptions,
        links: &Links,
        messages: &[Message<'_>],
    ) -> Vec<Result<(), PublishError>> {
        let link = match self.link(options, links).await {
            Ok(link) => link,
            Err(error) => return messages.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut told = Told::default();
        let failure = match timeout(DEADLINE, told.exchange(&link.channel, messages)).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(PublishError::Disconnected(Some(error))),
            // A blocked link stays: a new connection would only send one more message into the same wall.
            Err(_) if link.connection.status().blocked() => return told.results(messages, &PublishError::Blocked),
            // Giving up is not unsending: whatever the broker took all the same comes again with its identifier.
            Err(_) => Some(PublishError::Unconfirmed),
        };
        if let Some(error) = &failure {
            self.link = None;
            self.failed(links, error);
        } else {
            self.backoff.reset();
        }
        told.results(messages, failure.as_ref().unwrap_or(&PublishError::Unconfirmed))
    }

    /// Whether a message could be published now.
    pub(super) async fn check(&mut self, options: &AmqpOptions, links: &Links) -> Result<(), PublishError> {
        self.link(options, links).await.map(drop)
    }

    async fn link(&mut self, options: &AmqpOptions, links: &Links) -> Result<&Link, PublishError> {
        if self.link.as_ref().is_none_or(|link| !link.channel.status().connected()) {
            self.link = None;
            // While the broker is away, fail at once between tries rather than queue up callers.
            if self.not_before.is_some_and(|until| Instant::now() < until) {
                return Err(PublishError::Disconnected(None));
            }
            match open(options).await {
                Ok(link) => {
                    links.up(PURPOSE, link.connection.status());
                    self.not_before = None;
                    self.link = Some(link);
                }
                Err(error) => {
                    self.failed(links, &error);
                    return Err(error);
                }
            }
        }
        match &self.link {
            Some(link) if link.connection.status().blocked() => Err(PublishError::Blocked),
            Some(link) => Ok(link),
            None => Err(PublishError::Disconnected(None)),
        }
    }

    fn failed(&mut self, links: &Links, error: &PublishError) {
        self.not_before = Some(Instant::now() + self.backoff.next());
        links.down(PURPOSE, chain(error));
    }
}

async fn open(options: &AmqpOptions) -> Result<Link, PublishError> {
    let connection = connect(options, PURPOSE).await?;
    let opened = timeout(DEADLINE, async {
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        topology::declare(&channel, &[]).await?;
        Ok(channel)
    });
    match opened.await {
        Ok(Ok(channel)) => Ok(Link { connection, channel }),
        Ok(Err(error)) => Err(PublishError::Disconnected(Some(error))),
        Err(_) => Err(PublishError::Disconnected(None)),
    }
}

/// What the broker has told so far; outlives the exchange that a deadline cuts.
#[derive(Default)]
struct Told {
    /// One for each message that was sent, in their order.
    confirms: Vec<PublisherConfirm>,
    /// One for each message; none while the broker has said nothing.
    answers: Vec<Option<Answer>>,
    /// Identifiers of the messages it gave back.
    returned: HashSet<String>,
}

impl Told {
    /// Sends every message, then collects every confirmation.
    async fn exchange(&mut self, channel: &Channel, messages: &[Message<'_>]) -> Result<(), lapin::Error> {
        self.answers = vec![None; messages.len()];
        for message in messages {
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let (exchange, key) = (topology::EVENTS.into(), message.first.kind().into());
            let sent = channel.basic_publish(exchange, key, options, &message.body, properties(message));
            self.confirms.push(sent.await?);
        }
        for index in 0..self.confirms.len() {
            let confirmation = (&mut self.confirms[index]).await?;
            self.hear(index, confirmation, messages);
        }
        Ok(())
    }

    fn hear(&mut self, index: usize, confirmation: Confirmation, messages: &[Message<'_>]) {
        self.answers[index] = Some(if confirmation.is_ack() { Answer::Stored } else { Answer::Refused });
        if let Some(returned) = confirmation.take_message() {
            // lapin hands a returned message to whichever confirmation comes next, so its own identifier decides (a
            // message without one is nobody's but the one it came with).
            let id = returned.delivery.properties.message_id().as_ref().map(ToString::to_string);
            self.returned.insert(id.unwrap_or_else(|| messages[index].first.id.to_string()));
        }
    }

    /// A result for each message; `otherwise` for those the broker said nothing about.
    fn results(mut self, messages: &[Message<'_>], otherwise: &PublishError) -> Vec<Result<(), PublishError>> {
        // One queue that does not answer must not make everything else go out again and again: whatever was confirmed
        // behind the one that was waited for counts.
        for index in 0..self.confirms.len() {
            if self.answers[index].is_none()
                && let Some(Ok(confirmation)) = (&mut self.confirms[index]).now_or_never()
            {
                self.hear(index, confirmation, messages);
            }
        }
        messages
            .iter()
            .enumerate()
            .map(|(index, message)| match self.answers.get(index).copied().flatten() {
                // Acknowledged and returned: there was no queue for it (312 NO_ROUTE).
                Some(_) if self.returned.contains(&message.first.id.to_string()) => Err(PublishError::Unroutable),
                Some(Answer::Stored) => Ok(()),
                Some(Answer::Refused) => Err(PublishError::Unconfirmed),
                None => Err(otherwise.clone()),
            })
            .collect()
    }
}

fn properties(message: &Message<'_>) -> BasicProperties {
    const PERSISTENT: u8 = 2;
    let mut headers = FieldTable::default();
    // What several facts share has no cause of its own; each envelope names its own.
    if let (1, Some(traceparent)) = (message.facts, &message.first.traceparent) {
        headers.insert("traceparent".into(), AMQPValue::LongString(traceparent.as_str().into()));
    }
    BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type(message.media_type().into())
        .with_message_id(message.first.id.to_string().into())
        .with_type(message.first.event_type.as_str().into())
        .with_headers(headers)
}
