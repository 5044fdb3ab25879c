//! The database server's machine vanishes: it took the question and never answers.

use std::time::{Duration, Instant};

use store::{Db, DbOptions, Error, on_tx};
use testkit::proxy::{Direction, TcpProxy};
use testkit::wait_until;

use crate::engines;

#[tokio::test]
async fn nobody_waits_for_ever_for_a_server_that_vanished_and_its_connections_make_room() {
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let (head, name) = url.rsplit_once('/').unwrap();
    let (head, port) = head.rsplit_once(':').unwrap();
    let proxy = TcpProxy::to_port(port.parse().unwrap()).await.unwrap();
    let options = DbOptions { max_connections: 2, timeout: Duration::from_secs(2), ..DbOptions::default() };
    let db = Db::connect(&format!("{head}:{}/{name}", proxy.port()), &options).await.unwrap();
    // Both places of the pool are in the middle of something.
    let (mut asking, committing) = (db.begin().await.unwrap(), db.begin().await.unwrap());

    proxy.drop_direction(Direction::ToClient, true);
    let begun = Instant::now();
    let (asked, committed) = tokio::join!(
        async {
            let asked = on_tx!(&mut asking, c => sqlx::query("SELECT 1").execute(c).await.map(drop));
            drop(asking);
            asked.map_err(Error::from)
        },
        committing.commit(),
    );
    for answer in [asked, committed] {
        assert!(matches!(answer, Err(Error::Unavailable(_))), "{answer:?}");
    }
    assert!(matches!(db.begin().await, Err(Error::Unavailable(_))), "it is still away");
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());

    proxy.drop_direction(Direction::ToClient, false);
    let back = wait_until("the pool", Duration::from_secs(30), async || db.ping().await.is_ok()).await;
    back.expect("the old connections do not keep their places");
}

/// A claim need not reach the disk by itself; what comes after it on the same connection must.
#[tokio::test]
async fn only_claims_do_not_wait_for_the_disk() {
    for engine in engines().await {
        let db = &engine.db;
        let waits = async |mut tx: store::Tx, commit: bool| {
            let sql = match tx {
                store::Tx::Postgres(_) => "SELECT current_setting('synchronous_commit')",
                store::Tx::Sqlite(_) => {
                    "SELECT CASE synchronous WHEN 2 THEN 'on' ELSE 'off' END FROM pragma_synchronous"
                }
            };
            let waits: String = on_tx!(&mut tx, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap();
            if commit {
                tx.commit().await.unwrap();
            } else {
                tx.rollback().await.unwrap();
            }
            waits
        };
        for commit in [true, false, true] {
            let claim = if engine.name == "SQLite" { "on" } else { "off" };
            assert_eq!(waits(db.begin_claim().await.unwrap(), commit).await, claim, "{}", engine.name);
            for _ in 0..8 {
                assert_eq!(waits(db.begin().await.unwrap(), true).await, "on", "{}", engine.name);
            }
        }
    }
}
