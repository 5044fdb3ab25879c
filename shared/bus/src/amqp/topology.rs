//! What exists on the broker, declared from one place.
//!
//! | Thing | Kind | For |
//! |---|---|---|
//! | `tocsin.events` | topic exchange | every fact, by its kind |
//! | `tocsin.unrouted` | fanout exchange and queue | facts no queue is bound for: seen, not dropped |
//! | `tocsin.dead` | fanout exchange and queue | messages that are no facts at all |
//! | `tocsin.<consumer>` | queue | one for each consumer, bound by the kinds it wants |
//!
//! Queues are durable quorum queues. Only the kind and the dead-letter exchange are queue arguments; limits are
//! policies (`deploy/rabbitmq`), because declaring a queue again with another argument closes the channel.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};

/// Where every fact is published.
pub(super) const EVENTS: &str = "tocsin.events";
const UNROUTED: &str = "tocsin.unrouted";
const DEAD: &str = "tocsin.dead";

/// Declares the exchanges and the two queues that catch what has no reader.
pub(super) async fn declare(channel: &Channel) -> Result<(), lapin::Error> {
    for name in [UNROUTED, DEAD] {
        exchange(channel, name, ExchangeKind::Fanout, FieldTable::default()).await?;
        queue(channel, name, &[""], name, false).await?;
    }
    let mut arguments = FieldTable::default();
    arguments.insert("alternate-exchange".into(), AMQPValue::LongString(UNROUTED.into()));
    exchange(channel, EVENTS, ExchangeKind::Topic, arguments).await
}

/// Declares and binds a consumer's queue; gives its name.
pub(super) async fn declare_consumer(channel: &Channel, consumer: &str, keys: &[&str]) -> Result<String, lapin::Error> {
    declare(channel).await?;
    let name = format!("tocsin.{consumer}");
    queue(channel, &name, if keys.is_empty() { &["#"] } else { keys }, EVENTS, true).await?;
    Ok(name)
}

async fn exchange(
    channel: &Channel,
    name: &str,
    kind: ExchangeKind,
    arguments: FieldTable,
) -> Result<(), lapin::Error> {
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel.exchange_declare(name.into(), kind, options, arguments).await
}

async fn queue(
    channel: &Channel,
    name: &str,
    keys: &[&str],
    exchange: &str,
    dead_letters: bool,
) -> Result<(), lapin::Error> {
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    if dead_letters {
        arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString(DEAD.into()));
    }
    let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(name.into(), options, arguments).await?;
    for key in keys {
        channel
            .queue_bind(name.into(), exchange.into(), (*key).into(), QueueBindOptions::default(), FieldTable::default())
            .await?;
    }
    Ok(())
}
