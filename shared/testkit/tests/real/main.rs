//! The test kit against the real servers: each promise of its documentation is a test here.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod client;
mod postgres;
mod process;
mod proxy;
mod rabbitmq;
mod sink;

/// Tests of outages hurt servers from a task of their own, so these futures must be `Send`: this fails to compile if not.
#[test]
fn starting_and_hurting_servers_can_be_done_in_a_task() {
    fn spawnable(_: impl Future + Send) {}
    async fn story() -> anyhow::Result<()> {
        let mut postgres = testkit::servers::Postgres::start().await?;
        postgres.restart().await?;
        let mut rabbitmq = testkit::servers::RabbitMq::start().await?;
        rabbitmq.wipe_and_restart().await?;
        let proxy = testkit::proxy::TcpProxy::to_port(rabbitmq.port()).await?;
        proxy.cut().await;
        proxy.heal().await
    }
    spawnable(story());
}
