//! What officers decided about single partners of a draft.

use domain::Timestamp;
use domain::ids::{AccountId, AlertId, OverrideId, PartnerId};
use domain::plan::OverrideChange;
use domain::text::Line;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// One decision.
#[derive(Clone, Debug, FromRow)]
pub struct OverrideRow {
    /// Its identifier.
    pub id: OverrideId,
    /// The draft.
    pub alert_id: AlertId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What it changes; none takes an earlier decision back.
    pub change: Option<Json<OverrideChange>>,
    /// Why, in the officer's words.
    pub reason: Line,
    /// By whom.
    pub made_by: AccountId,
    /// When.
    pub made_at: Timestamp,
}

/// Records a decision. Of several about one partner the last one counts, so it is written down as later than those before
/// it, whatever the clock says. To be called under a lock on the draft.
pub async fn insert(tx: &mut Tx, row: &OverrideRow) -> Result<(), Error> {
    let last: Option<Timestamp> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT MAX(made_at) FROM plan_overrides WHERE alert_id = $1",
    ).bind(row.alert_id).fetch_one(c).await)?;
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO plan_overrides (id, alert_id, partner_id, change, reason, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(row.alert_id)
    .bind(row.partner_id)
    .bind(row.change)
    .bind(row.reason.clone())
    .bind(row.made_by)
    .bind(row.made_at.after(last))
    .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Every decision about an alert version, oldest first. Of several about one partner the last one counts.
pub async fn of_alert(tx: &mut Tx, alert_id: AlertId) -> Result<Vec<OverrideRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, alert_id, partner_id, change, reason, made_by, made_at
         FROM plan_overrides WHERE alert_id = $1 ORDER BY made_at, id",
    ).bind(alert_id).fetch_all(c).await)?)
}
