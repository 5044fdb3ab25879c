//! What exists on the broker, declared from one table.
//!
//! | Thing | Kind | For |
//! |---|---|---|
//! | `tocsin.events` | topic exchange | every fact, by its kind |
//! | `tocsin.unrouted` | fanout exchange and queue | facts no queue is bound for: seen, not dropped |
//! | `tocsin.dead` | fanout exchange and queue | messages that are no facts at all, or of which a part is none |
//! | `tocsin.<consumer>` | queue | one for each consumer, bound by the kinds it wants |
//!
//! Queues are durable quorum queues. Only the kind and the dead-letter exchange are queue arguments; limits are
//! policies, because declaring a queue again with another argument closes the channel (406).

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use serde_json::{Value, json};

/// Where every fact is published.
pub(super) const EVENTS: &str = "tocsin.events";
const UNROUTED: &str = "tocsin.unrouted";
const DEAD: &str = "tocsin.dead";

/// An argument of a declaration; all of ours are texts.
type Argument = (&'static str, &'static str);

struct Exchange {
    name: &'static str,
    kind: &'static str,
    arguments: &'static [Argument],
}

struct Queue {
    name: String,
    arguments: &'static [Argument],
    exchange: &'static str,
    keys: Vec<String>,
}

const QUORUM: Argument = ("x-queue-type", "quorum");

const EXCHANGES: [Exchange; 3] = [
    Exchange { name: UNROUTED, kind: "fanout", arguments: &[] },
    Exchange { name: DEAD, kind: "fanout", arguments: &[] },
    Exchange { name: EVENTS, kind: "topic", arguments: &[("alternate-exchange", UNROUTED)] },
];

/// The queues that catch what has no reader, and one for each consumer.
fn queues(consumers: &[(&str, &[&str])]) -> Vec<Queue> {
    let catching = [UNROUTED, DEAD].map(|name| Queue {
        name: name.to_owned(),
        arguments: &[QUORUM],
        exchange: name,
        keys: vec![String::new()],
    });
    let consuming = consumers.iter().map(|(consumer, keys)| Queue {
        name: queue_of(consumer),
        arguments: &[QUORUM, ("x-dead-letter-exchange", DEAD)],
        exchange: EVENTS,
        keys: if keys.is_empty() { vec!["#".to_owned()] } else { keys.iter().map(|&key| key.to_owned()).collect() },
    });
    catching.into_iter().chain(consuming).collect()
}

/// The queue of a consumer.
pub(super) fn queue_of(consumer: &str) -> String {
    format!("tocsin.{consumer}")
}

/// Declares everything that `consumers` (names and kinds) need. Declaring again changes nothing.
pub(super) async fn declare(channel: &Channel, consumers: &[(&str, &[&str])]) -> Result<(), lapin::Error> {
    for exchange in &EXCHANGES {
        let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let kind = ExchangeKind::Custom(exchange.kind.to_owned());
        channel.exchange_declare(exchange.name.into(), kind, options, table(exchange.arguments)).await?;
    }
    for queue in queues(consumers) {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(queue.name.as_str().into(), options, table(queue.arguments)).await?;
        for key in &queue.keys {
            let (name, exchange, key) = (queue.name.as_str().into(), queue.exchange.into(), key.as_str().into());
            channel.queue_bind(name, exchange, key, QueueBindOptions::default(), FieldTable::default()).await?;
        }
    }
    Ok(())
}

fn table(arguments: &[Argument]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert((*name).into(), AMQPValue::LongString((*value).into()));
    }
    table
}

/// The same as a definitions file, which `rabbitmqctl import_definitions` takes; with the limits, which only a policy
/// may set. `consumers` are names and kinds as in [`Consumer`](crate::Consumer).
pub fn topology_json(vhost: &str, consumers: &[(&str, &[&str])]) -> Value {
    let arguments = |of: &[Argument]| of.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect::<Value>();
    let exchanges: Vec<Value> = EXCHANGES
        .iter()
        .map(|exchange| {
            json!({
                "vhost": vhost, "name": exchange.name, "type": exchange.kind, "durable": true, "auto_delete": false,
                "internal": false, "arguments": arguments(exchange.arguments),
            })
        })
        .collect();
    let queues = queues(consumers);
    let bindings: Vec<Value> = queues
        .iter()
        .flat_map(|queue| {
            queue.keys.iter().map(move |key| {
                json!({
                    "vhost": vhost, "source": queue.exchange, "destination": queue.name, "destination_type": "queue",
                    "routing_key": key, "arguments": {},
                })
            })
        })
        .collect();
    let queues: Vec<Value> = queues
        .iter()
        .map(|queue| {
            json!({
                "vhost": vhost, "name": queue.name, "durable": true, "auto_delete": false,
                "arguments": arguments(queue.arguments),
            })
        })
        .collect();
    let policy = |name: &str, pattern: &str, definition: Value| {
        json!({
            "vhost": vhost, "name": name, "pattern": pattern, "apply-to": "queues", "priority": 0,
            "definition": definition,
        })
    };
    json!({
        "exchanges": exchanges,
        "queues": queues,
        "bindings": bindings,
        "policies": [
            // For people to look at. The facts are rows in the database, so the oldest copies may go. In bytes as well,
            // because a message may be a batch.
            policy(
                "tocsin-kept",
                r"^tocsin\.(unrouted|dead)$",
                json!({ "max-length": 100_000, "max-length-bytes": 268_435_456, "overflow": "drop-head" }),
            ),
            // A second net: attempts are counted in the database, and what a process dies of is returned by no one.
            policy("tocsin-consumers", r"^tocsin\.(?!unrouted$|dead$)", json!({ "delivery-limit": 20 })),
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_without_kinds_is_bound_to_all() {
        let all = queues(&[("audit.ledger", &[]), ("routing.plan", &["alert.released.v1"])]);
        let bound: Vec<_> = all.iter().map(|queue| (queue.name.as_str(), queue.keys.join(","))).collect();
        assert_eq!(bound[2], ("tocsin.audit.ledger", "#".to_owned()));
        assert_eq!(bound[3], ("tocsin.routing.plan", "alert.released.v1".to_owned()));
    }

    #[test]
    fn every_queue_is_a_quorum_queue_and_only_consumers_dead_letter() {
        let file = topology_json("/", &[("routing.plan", &["alert.released.v1"])]);
        let queues = file["queues"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(queues.len(), 3);
        assert!(queues.iter().all(|queue| queue["arguments"]["x-queue-type"] == "quorum" && queue["durable"] == true));
        let dead: Vec<_> = queues.iter().map(|queue| queue["arguments"]["x-dead-letter-exchange"].as_str()).collect();
        assert_eq!(dead, [None, None, Some("tocsin.dead")]);
    }
}
