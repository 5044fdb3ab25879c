//! One suite, both engines: every repository function does the same on PostgreSQL and on SQLite.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod alerts;
mod answers;
mod bounces;
mod bus_tables;
mod cases;
mod chases;
mod deliveries;
mod directory;
mod duplicates;
mod identity;
mod imports;
mod ledger;
mod mails;
mod marks;
mod partners;
mod photos;
mod plans;
mod policy_tables;
mod reconciliations;
mod report_drafts;
mod reports;
mod restitutions;
mod retention;
mod roles;
mod rule_sets;
mod search;
mod sightings;
mod vanished;
mod views;

use store::{Db, DbOptions};

/// A fresh database of each engine, migrated. The folder of the SQLite file lives as long as the value.
pub struct Engine {
    /// For assertion messages.
    pub name: &'static str,
    /// The database.
    pub db: Db,
    /// Where it is, if a server holds it.
    pub url: Option<String>,
    _folder: Option<tempfile::TempDir>,
}

/// Both engines.
pub async fn engines() -> Vec<Engine> {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("tocsin.db").display());
    let sqlite = Db::connect(&file, &DbOptions::default()).await.unwrap();
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let options = DbOptions { max_connections: 4, ..DbOptions::default() };
    let postgres = Db::connect(&url, &options).await.unwrap();
    let engines = vec![
        Engine { name: "SQLite", db: sqlite, url: None, _folder: Some(folder) },
        Engine { name: "PostgreSQL", db: postgres, url: Some(url), _folder: None },
    ];
    for engine in &engines {
        store::migrate(&engine.db).await.unwrap();
    }
    engines
}
