//! A consumer's life on RabbitMQ: subscribe, handle, acknowledge after the commit; again whenever the link breaks.

use std::time::Duration;

use contracts::{Batch, Envelope};
use domain::Clock;
use futures::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use lapin::{Connection, Consumer as Deliveries};
use metrics::counter;
use store::Db;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Amqp, DEADLINE, connect, topology};
use crate::backoff::Backoff;
use crate::consumer::chain;
use crate::{Consumer, deliver};

/// A fact is some hundred bytes, and a batch four times smaller than this. Whatever is larger is none, and not worth the
/// memory of parsing it.
const MAX_BODY: usize = 1024 * 1024;
/// The most messages that are sent ahead. Each of them may be a batch: that is 32 MiB.
const MAX_AHEAD: usize = 128;
/// The fewest, so that messages of one fact do not wait for the broker one by one: 4 MiB.
const MIN_AHEAD: usize = 16;
/// How long a polite end may take; without it the broker finds out by itself.
const GOODBYE: Duration = Duration::from_secs(1);

/// Why a subscription ended.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("reach the broker")]
    Connect(#[source] crate::PublishError),
    #[error("use the channel")]
    Channel(#[source] lapin::Error),
    #[error("get an answer from the broker in time")]
    Late,
    #[error("keep the subscription: the broker ended it")]
    Ended,
    #[error("acknowledge: the channel is another one by now")]
    Stale,
    #[error("reach the database")]
    Database(#[source] store::Error),
}

impl Amqp {
    /// Handles messages until `stop`.
    pub(crate) async fn subscribe<C: Consumer>(&self, db: &Db, clock: &Clock, consumer: &C, stop: &CancellationToken) {
        let mut backoff = Backoff::default();
        // Wanted from now on: until its queue is there, what is published for it would find none.
        self.links.down(C::NAME, "subscribing".to_owned());
        while !stop.is_cancelled() {
            let Err(error) = self.subscription(db, clock, consumer, stop, &mut backoff).await else { break };
            let text = chain(&error);
            tracing::warn!(bus.consumer = C::NAME, error = text, "lost the subscription; subscribing again");
            self.links.down(C::NAME, text);
            loop {
                if stop.run_until_cancelled(tokio::time::sleep(backoff.next())).await.is_none() {
                    break;
                }
                // Every message that goes back unhandled has used up one of the few returns RabbitMQ 4 allows it.
                if !matches!(error, Broken::Database(_)) || db.ping().await.is_ok() {
                    break;
                }
            }
        }
        self.links.gone(C::NAME);
    }

    /// One subscription, from connecting to the first error or to `stop`.
    async fn subscription<C: Consumer>(
        &self,
        db: &Db,
        clock: &Clock,
        consumer: &C,
        stop: &CancellationToken,
        backoff: &mut Backoff,
    ) -> Result<(), Broken> {
        let connection = connect(&self.options, C::NAME).await.map_err(Broken::Connect)?;
        let mut deliveries =
            timeout(DEADLINE, open::<C>(&connection)).await.map_err(|_| Broken::Late)?.map_err(Broken::Channel)?;
        self.links.up(C::NAME, connection.status());
        tracing::info!(bus.consumer = C::NAME, "subscribed");
        loop {
            let first = tokio::select! {
                () = stop.cancelled() => break,
                next = deliveries.next() => next.ok_or(Broken::Ended)?.map_err(Broken::Channel)?,
            };
            let mut hand = Hand::default();
            hand.take::<C>(first);
            // Whatever has arrived already; never wait for a fuller hand.
            while hand.facts.len() < C::BATCH {
                match deliveries.next().now_or_never() {
                    Some(Some(Ok(delivery))) => hand.take::<C>(delivery),
                    _ => break,
                }
            }
            if !settle(db, clock, consumer, hand, stop).await? {
                break;
            }
            backoff.reset();
        }
        // Gives back at once what was sent ahead, so that other processes get it now.
        drop(timeout(GOODBYE, connection.close(200, "stopping".into())).await);
        Ok(())
    }
}

async fn open<C: Consumer>(connection: &Connection) -> Result<Deliveries, lapin::Error> {
    let channel = connection.create_channel().await?;
    topology::declare(&channel, &[(C::NAME, C::KEYS)]).await?;
    // Twice what is handled at once, were each message one fact: one in hand, one on its way.
    let prefetch = (C::BATCH * 2).clamp(MIN_AHEAD, MAX_AHEAD);
    channel.basic_qos(u16::try_from(prefetch).unwrap_or(u16::MAX), BasicQosOptions::default()).await?;
    let (queue, tag) = (topology::queue_of(C::NAME), "");
    channel
        .basic_consume(queue.as_str().into(), tag.into(), BasicConsumeOptions::default(), FieldTable::default())
        .await
}

/// Deliveries that are settled together. There are never more than were sent ahead, and they stop at the one that makes the
/// facts enough: a batch is not divided between two hands, because it is acknowledged as one.
#[derive(Default)]
struct Hand {
    /// What the consumer wants, in the order of arrival.
    facts: Vec<Envelope>,
    /// The last delivery that is to be acknowledged.
    last: Option<Delivery>,
    /// Those that are no facts, each with the reason.
    refused: Vec<(Delivery, String)>,
}

impl Hand {
    fn take<C: Consumer>(&mut self, delivery: Delivery) {
        if delivery.redelivered {
            counter!("bus_redelivered_total", "consumer" => C::NAME).increment(1);
        }
        match parse(&delivery.data) {
            Ok(facts) => {
                // A binding of an earlier version of this program may still be there.
                self.facts.extend(facts.into_iter().filter(|fact| C::wants(fact.kind())));
                self.last = Some(delivery);
            }
            Err(why) => self.refused.push((delivery, why)),
        }
    }
}

/// Handles deliveries and acknowledges them after the last commit, on the channel they came from and no other. An error
/// leaves them to the broker, which gives them to the next subscription. Says whether all was done: being told to stop
/// leaves them in the same way, because a batch may take a slow handler longer than a process has to end.
async fn settle<C: Consumer>(
    db: &Db,
    clock: &Clock,
    consumer: &C,
    hand: Hand,
    stop: &CancellationToken,
) -> Result<bool, Broken> {
    for (delivery, why) in hand.refused {
        // The dead-letter queue keeps it for a person, whole. Should its sender have meant facts: those are rows, and the
        // sweep hands over the rows.
        let id = delivery.properties.message_id().as_ref().map(ToString::to_string);
        tracing::error!(
            bus.consumer = C::NAME,
            message.id = id,
            why,
            "a message is no fact, or holds what is none; dead-lettered"
        );
        counter!("bus_consumed_total", "consumer" => C::NAME, "verdict" => "no_fact").increment(1);
        said(delivery.reject(BasicRejectOptions { requeue: false })).await?;
    }
    for facts in hand.facts.chunks(C::BATCH.max(1)) {
        if stop.is_cancelled() {
            return Ok(false);
        }
        deliver(db, clock, consumer, facts).await.map_err(Broken::Database)?;
    }
    if let Some(last) = hand.last {
        said(last.ack(BasicAckOptions { multiple: true })).await?;
    }
    Ok(true)
}

/// The envelopes of a message, or in a few words why it is refused as a whole: never a piece of the body, which may hold
/// anything. What the body is decides, and not its content type, which a shovel or a person at the broker may have lost.
fn parse(body: &[u8]) -> Result<Vec<Envelope>, String> {
    if body.len() > MAX_BODY {
        return Err(format!("{} bytes", body.len()));
    }
    let Batch(facts) = serde_json::from_slice(body)
        .map_err(|error| format!("{:?} error at line {}, column {}", error.classify(), error.line(), error.column()))?;
    if facts.is_empty() { Err("an empty batch".to_owned()) } else { Ok(facts) }
}

/// Awaits an acknowledgement's sending, with a deadline.
async fn said(word: impl Future<Output = Result<bool, lapin::Error>>) -> Result<(), Broken> {
    match timeout(DEADLINE, word).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Ok(false)) => Err(Broken::Stale),
        Ok(Err(error)) => Err(Broken::Channel(error)),
        Err(_) => Err(Broken::Late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_fact_is_refused_without_being_quoted() {
        let Err(why) = parse(br#"{"id": "Jane Doe"}"#) else { panic!("it is no fact") };
        assert!(why.starts_with("Data error at line 1") && !why.contains("Jane"), "{why}");
        assert!(parse(b"").is_err());
        assert_eq!(parse(&vec![b' '; MAX_BODY + 1]), Err("1048577 bytes".to_owned()));
        assert_eq!(parse(b"[]"), Err("an empty batch".to_owned()));
        let Err(why) = parse(br#"[[{"id": "Jane Doe"}]]"#) else { panic!("a batch holds no batch") };
        assert_eq!(why, "Data error at line 1, column 2");
        assert!(parse(&vec![b'['; MAX_BODY]).is_err());
    }
}
