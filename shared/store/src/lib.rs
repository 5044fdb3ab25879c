//! Every SQL statement of Tocsin, on PostgreSQL and SQLite.
//!
//! Owns: the two databases. Each module holds the statements of one table group and is headed by the one service
//! that writes it; others may read. Promises: the same function behaves the same on both engines (one contract suite
//! runs on both); a state change and its event are in one transaction, because every function takes the caller's
//! [`Tx`]. Must not: decide anything, call out, hold a transaction across other I/O.
//!
//! How a function is written: a free function over `&mut Tx`, with [`on_tx!`] around **one statement**:
//!
//! ```text
//! pub async fn find(tx: &mut Tx, id: CaseId) -> Result<Option<CaseRow>, Error> {
//!     let row = on_tx!(tx, c => sqlx::query_as::<_, CaseRow>("SELECT .. FROM cases WHERE id = $1")
//!         .bind(id).fetch_optional(c).await)?;
//!     Ok(row)
//! }
//! ```
//!
//! The same text serves both engines: `$1` parameters, `RETURNING`, `ON CONFLICT .. DO`, partial indexes, common table
//! expressions, window functions. Not portable, so not used: `= ANY`, `ILIKE`, data-changing CTEs, `->>` on text,
//! `now()`. Sums are cast to BIGINT, because PostgreSQL makes them NUMERIC. Where a thousand rows are written at once, and a
//! statement's way there and back is what it costs, PostgreSQL has a text of its own with arrays ([`deliveries::begin_tries`]).

pub mod acknowledgements;
pub mod alerts;
pub mod answers;
pub mod attempts;
pub mod bounces;
pub mod cases;
pub mod chases;
mod claims;
mod column;
pub mod corrections;
mod db;
pub mod deliveries;
pub mod desk_steps;
pub mod duplicates;
pub mod embargoes;
mod error;
pub mod identity;
pub mod imports;
pub mod inbox;
pub mod ledger;
pub mod letters;
mod listed;
pub mod mails;
pub mod marks;
mod migrate;
pub mod notices;
pub mod outbox;
pub mod pace;
pub mod partners;
pub mod pauses;
pub mod photos;
pub mod plans;
pub mod readings;
pub mod reconciliations;
pub mod report_drafts;
pub mod reports;
pub mod restitutions;
pub mod retention;
pub mod rule_sets;
pub mod sending;
pub mod sightings;
pub mod supplements;
pub mod trace;
pub mod views;

pub(crate) use claims::beyond_any_claim;
pub(crate) use column::column;
pub use db::{Db, DbOptions, PgTx, Tx, answer};
pub(crate) use error::expect_rows;
pub use error::{Error, expect_one};
pub(crate) use listed::listed;
pub use migrate::{migrate, pending_migrations};

/// Runs one statement on whichever engine the transaction is of; `$c` is its connection in `$statement`. On PostgreSQL
/// its answer is not waited for for ever ([`answer`]).
#[macro_export]
macro_rules! on_tx {
    ($tx:expr, $c:ident => $statement:expr) => {
        match $tx {
            $crate::Tx::Postgres(inner) => {
                let patience = inner.patience();
                let $c = &mut **inner;
                $crate::answer(patience, async { $statement }).await
            }
            $crate::Tx::Sqlite(inner) => {
                let $c = &mut **inner;
                $statement
            }
        }
    };
}
