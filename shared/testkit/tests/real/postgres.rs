//! PostgreSQL as a child: kills, freezes, databases.

use std::time::Duration;

use testkit::servers::{Postgres, shared_postgres};
use tokio::time::timeout;

#[tokio::test]
async fn a_commit_survives_kill_9_and_restart_on_the_same_port() {
    let mut server = Postgres::start().await.unwrap();
    let url = server.create_database().await.unwrap();
    let name = url.rsplit('/').next().unwrap().to_owned();
    server.sql(&name, "CREATE TABLE kept (id BIGINT); INSERT INTO kept VALUES (1), (2)").await.unwrap();
    let port = server.port();

    server.kill9().await.unwrap();
    assert!(server.sql(&name, "SELECT 1").await.is_err());
    server.restart().await.unwrap();
    assert_eq!(server.port(), port);
    assert_eq!(server.sql(&name, "SELECT id FROM kept ORDER BY id").await.unwrap(), "1\n2");

    // Again while it runs and works, which is how tests of outages use it.
    server.restart().await.unwrap();
    assert_eq!(server.sql(&name, "SELECT count(*) FROM kept").await.unwrap(), "2");
    for (setting, value) in [("fsync", "on"), ("synchronous_commit", "on"), ("TimeZone", "UTC")] {
        assert_eq!(server.sql(&name, &format!("SHOW {setting}")).await.unwrap(), value);
    }
}

#[tokio::test]
async fn a_frozen_server_answers_after_the_thaw() {
    let server = Postgres::start().await.unwrap();
    server.sigstop().unwrap();
    let mut question = Box::pin(server.sql("postgres", "SELECT 7"));
    assert!(timeout(Duration::from_millis(300), &mut question).await.is_err());
    server.sigcont().unwrap();
    assert_eq!(question.await.unwrap(), "7");
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    let server = shared_postgres().await.unwrap();
    let (one, two) = tokio::try_join!(server.create_database(), server.create_database()).unwrap();
    assert_ne!(one, two);
    let name = one.rsplit('/').next().unwrap();
    server.sql(name, "CREATE TABLE mine (id BIGINT)").await.unwrap();
    let copy = server.create_database_from(name).await.unwrap();
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'";
    assert_eq!(server.sql(copy.rsplit('/').next().unwrap(), tables).await.unwrap(), "1");
    assert_eq!(server.sql(two.rsplit('/').next().unwrap(), tables).await.unwrap(), "0");
}
