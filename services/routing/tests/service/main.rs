//! The service over a real database: import, rules, pages, and the consumer given everything twice.

mod browser;
mod changes;
mod corrections;
mod desk;
mod http;
mod operations;
mod planning;
mod policy;
mod races;

use std::sync::Arc;
use std::time::Duration;

use bus::Bell;
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use routing::Deps;
use store::{Db, DbOptions, outbox};
use tempfile::TempDir;

/// Nobody in particular.
const BY: routing::By = routing::By { account: None, source: domain::codes::RevisionSource::Api };

struct World {
    deps: Deps,
    hand: FixedClock,
    _folder: TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("tocsin.db").display());
    over(&url, &DbOptions::default(), folder).await
}

/// On PostgreSQL, where transactions run beside each other.
async fn production(options: &DbOptions) -> World {
    let server = testkit::servers::shared_postgres().await.expect("a server");
    let url = server.create_database().await.expect("a database");
    over(&url, options, tempfile::tempdir().expect("a folder")).await
}

async fn over(url: &str, options: &DbOptions, folder: TempDir) -> World {
    let db = Db::connect(url, options).await.expect("a database");
    store::migrate(&db).await.expect("migrations");
    let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
    World {
        deps: Deps { db, clock, bell: Bell::default(), routers: routing::Routers::default(), config: Arc::default() },
        hand,
        _folder: folder,
    }
}

/// Every fact of a kind.
async fn facts_of<E: contracts::Event>(deps: &Deps) -> Vec<E> {
    let mut tx = deps.db.read().await.expect("a transaction");
    let until = deps.clock.now().plus(Duration::from_secs(1));
    let rows =
        outbox::unhandled(&mut tx, "test", &[E::KIND], Timestamp::from_micros(0), until, 500).await.expect("rows");
    rows.into_iter().map(|row| row.into_envelope().open().expect("an event")).collect()
}
