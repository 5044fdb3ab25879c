//! The partner directory. Written by: routing.
//!
//! A partner is kept whole, in the form [`Partner`] has, twice: as it is now, and as it was from each revision on. So
//! the directory as of any revision is what `plan` saw then, whatever fields were added since.

mod changes;
mod history;
mod hygiene;
mod imports;
mod notices;
mod write;

use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use sqlx::QueryBuilder;
use sqlx::types::Json;

use crate::{Error, Tx, answer, on_tx};

pub use changes::{
    ChangeEnd, ChangeRow, NewChange, approvals, approve, change, changes_of, due_changes, end_change, ended_changes,
    open_changes, propose,
};
pub use history::{RevisionRow, as_of, history, revision_at, revision_of, revisions};
pub use hygiene::{bouncing, silent};
pub use imports::{ImportFileRow, end_file, file, files, forget_imported, imported, insert_file, note_imported};
pub use notices::{NoticeRow, insert_notice, note_wrong_try, notice, notices_of, use_code};
pub use write::{Why, next_revision, put};

/// Every partner with its contacts, by name. Several statements: in a transaction that may write, [`hold`] or [`lock`]
/// first.
pub async fn directory(tx: &mut Tx) -> Result<Directory, Error> {
    let revision = revision(tx).await?;
    let rows: Vec<Json<Partner>> =
        on_tx!(tx, c => sqlx::query_scalar("SELECT record FROM partners").fetch_all(c).await)?;
    Ok(Directory { revision, partners: by_name(rows) })
}

/// Here and not in SQL: the engines' collations differ, and a plan's order must not.
fn by_name(rows: Vec<Json<Partner>>) -> Vec<Partner> {
    let mut partners: Vec<Partner> = rows.into_iter().map(|row| row.0).collect();
    partners.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    partners
}

/// One partner with its contacts.
pub async fn find(tx: &mut Tx, id: PartnerId) -> Result<Option<Partner>, Error> {
    let row: Option<Json<Partner>> = on_tx!(tx, c => sqlx::query_scalar("SELECT record FROM partners WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    Ok(row.map(|row| row.0))
}

/// Those of these partners that there are.
pub async fn find_all(tx: &mut Tx, ids: &[PartnerId]) -> Result<Vec<Partner>, Error> {
    let rows: Vec<Json<Partner>> = match tx {
        Tx::Postgres(inner) => {
            let asked = sqlx::query_scalar("SELECT record FROM partners WHERE id = ANY($1)").bind(ids);
            answer(inner.patience(), asked.fetch_all(&mut **inner)).await?
        }
        Tx::Sqlite(_) => {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(find(tx, *id).await?);
            }
            return Ok(found);
        }
    };
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The directory's revision.
pub async fn revision(tx: &mut Tx) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT revision FROM directory WHERE id = 1").fetch_one(c).await)?)
}

/// Keeps directory and rules as they are until the transaction ends, so that a plan is made from one state of both.
/// Several plans may hold at once. On SQLite a transaction that may write has that by itself.
pub async fn hold(tx: &mut Tx) -> Result<(), Error> {
    lock_row(tx, " FOR SHARE").await
}

/// Keeps everybody else from changing directory or rules, and from planning, until the transaction ends: to be called
/// before reading what is to be changed.
pub async fn lock(tx: &mut Tx) -> Result<(), Error> {
    lock_row(tx, " FOR UPDATE").await
}

async fn lock_row(tx: &mut Tx, clause: &str) -> Result<(), Error> {
    let clause = match tx {
        Tx::Postgres(_) => clause,
        Tx::Sqlite(_) => "",
    };
    let _: i64 = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT revision FROM directory WHERE id = 1");
        sql.push(clause);
        sql.build_query_scalar().fetch_one(c).await
    })?;
    Ok(())
}

/// Whether a partner is switched on now: the last gate before a mail leaves.
pub async fn is_active(tx: &mut Tx, id: PartnerId) -> Result<bool, Error> {
    let active: Option<bool> = on_tx!(tx, c => sqlx::query_scalar("SELECT active FROM partners WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    Ok(active.unwrap_or(false))
}
