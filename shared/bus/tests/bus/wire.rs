//! A client of RabbitMQ of the test's own: what other programs would see and do.

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};

pub struct Wire {
    _connection: Connection,
    channel: Channel,
}

impl Wire {
    pub async fn connect(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Self { _connection: connection, channel }
    }

    /// Publishes any bytes as if they were a fact.
    pub async fn publish(&self, key: &str, body: &[u8]) {
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let properties = BasicProperties::default();
        let sent = self.channel.basic_publish("tocsin.events".into(), key.into(), options, body, properties).await;
        assert!(matches!(sent.unwrap().await.unwrap(), lapin::Confirmation::Ack(None)));
    }

    /// A queue that the bus does not know, bound like a consumer's.
    pub async fn listen(&self, queue: &str, key: &str) {
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.into(), options, arguments).await.unwrap();
        let (events, binding) = ("tocsin.events".into(), QueueBindOptions::default());
        self.channel.queue_bind(queue.into(), events, key.into(), binding, FieldTable::default()).await.unwrap();
    }

    /// Takes one message out of a queue: its properties and body.
    pub async fn take(&self, queue: &str) -> Option<(BasicProperties, Vec<u8>)> {
        let got = self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: true }).await.unwrap();
        got.map(|message| (message.delivery.properties, message.delivery.data))
    }

    /// How many messages are ready in a queue; none if there is no such queue.
    pub async fn depth(&self, queue: &str) -> u32 {
        let options = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.into(), options, FieldTable::default()).await.unwrap().message_count()
    }

    pub async fn delete(&self, queue: &str) {
        self.channel.queue_delete(queue.into(), QueueDeleteOptions::default()).await.unwrap();
    }
}
