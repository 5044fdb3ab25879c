//! A consumer's life on RabbitMQ: subscribe, handle, acknowledge after the commit; again whenever the link breaks.

use std::time::Duration;

use contracts::Envelope;
use domain::Clock;
use futures::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use metrics::counter;
use store::Db;
use tokio_util::sync::CancellationToken;

use super::{Amqp, DEADLINE, connect, topology};
use crate::{Consumer, deliver};

/// The longest wait before subscribing again.
const MAX_BACKOFF: Duration = Duration::from_secs(2);

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
    #[error("reach the database")]
    Database(#[source] store::Error),
}

impl Amqp {
    /// Handles messages until `stop`.
    pub(crate) async fn subscribe<C: Consumer>(&self, db: &Db, clock: &Clock, consumer: &C, stop: &CancellationToken) {
        let mut backoff = Duration::from_millis(100);
        while !stop.is_cancelled() {
            let mut handled = false;
            match self.subscription(db, clock, consumer, stop, &mut handled).await {
                Ok(()) => return,
                Err(error) => {
                    let error = crate::consumer::chain(&error);
                    tracing::warn!(bus.consumer = C::NAME, error, "lost the subscription; subscribing again");
                }
            }
            backoff = if handled { Duration::from_millis(200) } else { (backoff * 2).min(MAX_BACKOFF) };
            tokio::select! {
                () = tokio::time::sleep(backoff.mul_f64(rand::random_range(0.0..1.0))) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// One subscription, from connecting to the first error.
    async fn subscription<C: Consumer>(
        &self,
        db: &Db,
        clock: &Clock,
        consumer: &C,
        stop: &CancellationToken,
        handled: &mut bool,
    ) -> Result<(), Broken> {
        let connection = connect(&self.options, C::NAME).await.map_err(Broken::Connect)?;
        let open = async {
            let channel = connection.create_channel().await?;
            let queue = topology::declare_consumer(&channel, C::NAME, C::KEYS).await?;
            // Twice a batch: one in hand, one on its way.
            let prefetch = u16::try_from(C::BATCH * 2).unwrap_or(u16::MAX).max(16);
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            channel.basic_consume(queue.into(), "".into(), BasicConsumeOptions::default(), FieldTable::default()).await
        };
        let mut stream =
            tokio::time::timeout(DEADLINE * 2, open).await.map_err(|_| Broken::Late)?.map_err(Broken::Channel)?;
        tracing::info!(bus.consumer = C::NAME, "subscribed");
        loop {
            let first = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                next = stream.next() => next.ok_or(Broken::Ended)?.map_err(Broken::Channel)?,
            };
            let mut batch = vec![first];
            // Whatever has arrived already; never wait for a fuller batch.
            while batch.len() < C::BATCH {
                match stream.next().now_or_never() {
                    Some(Some(Ok(delivery))) => batch.push(delivery),
                    _ => break,
                }
            }
            settle(db, clock, consumer, batch).await?;
            *handled = true;
        }
    }
}

/// Handles deliveries and acknowledges them after the commit. An error leaves them to the broker, which gives them to
/// the next subscription.
async fn settle<C: Consumer>(db: &Db, clock: &Clock, consumer: &C, batch: Vec<Delivery>) -> Result<(), Broken> {
    let mut messages = Vec::with_capacity(batch.len());
    let mut last = None;
    for delivery in batch {
        if delivery.redelivered {
            counter!("bus_redelivered_total", "consumer" => C::NAME).increment(1);
        }
        match serde_json::from_slice::<Envelope>(&delivery.data) {
            Ok(message) => {
                messages.push(message);
                last = Some(delivery);
            }
            Err(error) => {
                // Not ours: no fact of Tocsin is stored in this form. The dead-letter queue keeps it for a person.
                tracing::error!(bus.consumer = C::NAME, %error, "a message is no fact; sent to the dead-letter queue");
                delivery.reject(BasicRejectOptions { requeue: false }).await.map_err(Broken::Channel)?;
            }
        }
    }
    deliver(db, clock, consumer, &messages).await.map_err(Broken::Database)?;
    if let Some(last) = last {
        let acked = last.ack(BasicAckOptions { multiple: true }).await.map_err(Broken::Channel)?;
        if !acked {
            return Err(Broken::Ended);
        }
    }
    Ok(())
}
