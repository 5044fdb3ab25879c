//! Carries facts between services: RabbitMQ or in-process, outbox relay, consumer driver, sweep.
