//! Sign-in, tokens, accounts and their pages, on both databases, with the clock in hand.

#![expect(clippy::unwrap_used, reason = "tests: a failure here is a failure of the test")]

mod accounts;
mod browser;
mod pages;
mod sign_in;
mod tokens;

use std::time::Duration;

use bus::Bell;
use contracts::Service;
use domain::codes::Role;
use domain::ids::AccountId;
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use identity::{Config, Deps, NewAccount, SignIn, SignedIn};
use store::identity::PrincipalRow;
use store::{Db, DbOptions, outbox};
use web::token;

/// The password of every account of these tests.
const PASSWORD: &str = "a bell rings in the town";

/// The service on a fresh database. The folder of the SQLite file lives as long as the value.
struct House {
    /// For assertion messages.
    engine: &'static str,
    deps: Deps,
    hand: FixedClock,
    _folder: Option<tempfile::TempDir>,
}

/// One on each database.
async fn houses() -> [House; 2] {
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let options = DbOptions { max_connections: 4, ..DbOptions::default() };
    let postgres = Db::connect(&url, &options).await.unwrap();
    store::migrate(&postgres).await.unwrap();
    [house().await, build("PostgreSQL", postgres, None)]
}

/// One on SQLite, where the database makes no difference.
async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("tocsin.db").display());
    let db = Db::connect(&file, &DbOptions::default()).await.unwrap();
    store::migrate(&db).await.unwrap();
    build("SQLite", db, Some(folder))
}

fn build(engine: &'static str, db: Db, folder: Option<tempfile::TempDir>) -> House {
    let (clock, hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
    let deps = Deps::new(db, clock, Bell::new(), Config::default(), true).unwrap();
    House { engine, deps, hand, _folder: folder }
}

impl House {
    /// An account with [`PASSWORD`]; reporters belong to one museum.
    async fn account(&self, email: &str, role: Role) -> AccountId {
        let institution = if role == Role::Reporter { "National Museum" } else { "" };
        let new = NewAccount {
            email: email.to_owned(),
            name: "Awa Kaboré".to_owned(),
            role: role.to_string(),
            institution: institution.to_owned(),
            password: PASSWORD.into(),
        };
        identity::create_account(&self.deps, new, None).await.unwrap()
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, identity::SignInError> {
        self.sign_in_from(None, email, password).await
    }

    async fn sign_in_from(
        &self,
        network: Option<&str>,
        email: &str,
        password: &str,
    ) -> Result<SignedIn, identity::SignInError> {
        let network = network.map(|network| network.parse().unwrap());
        identity::sign_in(&self.deps, SignIn { email, password: password.into(), previous: None, network }).await
    }

    async fn by_session(&self, token: &str) -> Option<PrincipalRow> {
        let mut tx = self.deps.db.read().await.unwrap();
        store::identity::principal_by_session(&mut tx, &token::hash(token), self.deps.clock.now()).await.unwrap()
    }

    async fn by_token(&self, token: &str) -> Option<PrincipalRow> {
        let mut tx = self.deps.db.read().await.unwrap();
        store::identity::principal_by_token(&mut tx, &token::hash(token), self.deps.clock.now()).await.unwrap()
    }

    /// Every fact so far: its kind and its data as text.
    async fn facts(&self) -> Vec<(String, String)> {
        let lease = Duration::from_secs(1);
        let mut tx = self.deps.db.begin().await.unwrap();
        let rows = outbox::claim_unpublished(&mut tx, Service::Identity, self.deps.clock.now(), lease, 1_000).await;
        tx.rollback().await.unwrap();
        rows.unwrap().into_iter().map(|row| (row.kind, row.data.0.to_string())).collect()
    }
}
