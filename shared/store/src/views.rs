//! Searches that somebody wants again. Written by: intake.

use domain::Timestamp;
use domain::ids::{AccountId, ViewId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// A saved search of one account.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ViewRow {
    /// Its identifier.
    pub id: ViewId,
    /// What its owner calls it.
    pub name: Line,
    /// The filters, as the query of an address.
    pub query: String,
    /// When it was last saved.
    pub saved_at: Timestamp,
}

/// Saves a view; one of the same name is replaced and keeps its identifier.
pub async fn save_view(tx: &mut Tx, account: AccountId, view: &ViewRow) -> Result<ViewRow, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "INSERT INTO saved_views (id, account_id, name, query, saved_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, name) DO UPDATE SET query = excluded.query, saved_at = excluded.saved_at
         RETURNING id, name, query, saved_at",
    )
    .bind(view.id)
    .bind(account)
    .bind(&view.name)
    .bind(&view.query)
    .bind(view.saved_at)
    .fetch_one(c)
    .await)?)
}

/// The views of an account, by name.
pub async fn views(tx: &mut Tx, account: AccountId) -> Result<Vec<ViewRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, name, query, saved_at FROM saved_views WHERE account_id = $1 ORDER BY name, id",
    )
    .bind(account)
    .fetch_all(c)
    .await)?)
}

/// Removes a view; says whether there was one of this account.
pub async fn remove_view(tx: &mut Tx, account: AccountId, id: ViewId) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query("DELETE FROM saved_views WHERE account_id = $1 AND id = $2")
        .bind(account).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
