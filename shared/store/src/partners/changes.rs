//! Changes of partners that wait for a second person. Written by: routing.

use domain::Timestamp;
use domain::codes::{ChangeState, RevisionSource};
use domain::ids::{AccountId, ChangeId, PartnerId};
use domain::partner::diff::FieldChange;
use domain::text::Line;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// A change that was proposed.
#[derive(Clone, Debug, FromRow)]
pub struct ChangeRow {
    /// Its identifier.
    pub id: ChangeId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The partner's name now.
    pub partner_name: Line,
    /// The fields.
    pub changes: Json<Vec<FieldChange>>,
    /// Why.
    pub reason: Line,
    /// By what it was proposed.
    pub source: RevisionSource,
    /// Who proposed it; none for the machine's own command line.
    pub proposed_by: Option<AccountId>,
    /// The proposer's name.
    pub proposer: Option<Line>,
    /// When.
    pub proposed_at: Timestamp,
    /// Not applied earlier, unless two persons agree.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: ChangeState,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who cancelled it.
    pub ended_by: Option<Line>,
    /// Why it ended without being applied.
    pub ended_why: Option<Line>,
    /// The revision it made.
    pub revision: Option<i64>,
    /// How many besides the proposer agreed.
    pub approvals: i64,
}

/// What a new proposal consists of.
#[derive(Clone, Debug)]
pub struct NewChange<'a> {
    /// Its identifier.
    pub id: ChangeId,
    /// Whose.
    pub partner_id: PartnerId,
    /// The fields.
    pub changes: &'a [FieldChange],
    /// Why.
    pub reason: &'a Line,
    /// By what.
    pub source: RevisionSource,
    /// Who.
    pub proposed_by: Option<AccountId>,
    /// When.
    pub proposed_at: Timestamp,
    /// Not applied earlier.
    pub due_at: Timestamp,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.partner_id, p.name AS partner_name, c.changes, c.reason, c.source, c.proposed_by,
                 a.name AS proposer, c.proposed_at, c.due_at, c.state, c.ended_at, e.name AS ended_by, c.ended_why,
                 c.revision, (SELECT COUNT(*) FROM change_approvals v WHERE v.change_id = c.id) AS approvals
             FROM proposed_changes c
             JOIN partners p ON p.id = c.partner_id
             LEFT JOIN accounts a ON a.id = c.proposed_by
             LEFT JOIN accounts e ON e.id = c.ended_by ",
            $rest
        )
    };
}

/// Proposes.
pub async fn propose(tx: &mut Tx, new: &NewChange<'_>) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO proposed_changes
             (id, partner_id, changes, reason, source, proposed_by, proposed_at, due_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')",
    )
    .bind(new.id)
    .bind(new.partner_id)
    .bind(Json(new.changes.to_vec()))
    .bind(new.reason.clone())
    .bind(new.source)
    .bind(new.proposed_by)
    .bind(new.proposed_at)
    .bind(new.due_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// One change.
pub async fn change(tx: &mut Tx, id: ChangeId) -> Result<Option<ChangeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(select!("WHERE c.id = $1")).bind(id).fetch_optional(c).await)?)
}

/// The changes that wait, soonest due first.
pub async fn open_changes(tx: &mut Tx, limit: i64) -> Result<Vec<ChangeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(select!("WHERE c.state = 'open' ORDER BY c.due_at, c.id LIMIT $1"))
        .bind(limit).fetch_all(c).await)?)
}

/// The changes that have ended, newest first.
pub async fn ended_changes(tx: &mut Tx, limit: i64) -> Result<Vec<ChangeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(select!("WHERE c.state <> 'open' ORDER BY c.ended_at DESC, c.id LIMIT $1"))
        .bind(limit).fetch_all(c).await)?)
}

/// The changes of a partner, those that wait first, then newest first.
pub async fn changes_of(tx: &mut Tx, partner: PartnerId, limit: i64) -> Result<Vec<ChangeRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(select!(
        "WHERE c.partner_id = $1 ORDER BY CASE c.state WHEN 'open' THEN 0 ELSE 1 END, c.proposed_at DESC, c.id LIMIT $2"
    )).bind(partner).bind(limit).fetch_all(c).await)?)
}

/// The open changes that may be applied now: one other person agreed and the time is over, or two agreed.
pub async fn due_changes(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<ChangeId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT c.id FROM proposed_changes c
         JOIN (SELECT change_id, COUNT(*) AS agreed FROM change_approvals GROUP BY change_id) v ON v.change_id = c.id
         WHERE c.state = 'open' AND (c.due_at <= $1 OR v.agreed >= 2) ORDER BY c.due_at, c.id LIMIT $2",
    ).bind(now).bind(limit).fetch_all(c).await)?)
}

/// Notes that somebody agreed; says false if that person had agreed before.
pub async fn approve(tx: &mut Tx, id: ChangeId, by: AccountId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO change_approvals (change_id, approved_by, approved_at) VALUES ($1, $2, $3)
         ON CONFLICT (change_id, approved_by) DO NOTHING",
    ).bind(id).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Who agreed, and when.
pub async fn approvals(tx: &mut Tx, id: ChangeId) -> Result<Vec<(AccountId, Option<Line>, Timestamp)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT v.approved_by, a.name, v.approved_at FROM change_approvals v
         LEFT JOIN accounts a ON a.id = v.approved_by
         WHERE v.change_id = $1 ORDER BY v.approved_at, v.approved_by",
    ).bind(id).fetch_all(c).await)?)
}

/// How a change ended.
#[derive(Clone, Debug)]
pub struct ChangeEnd {
    /// Applied, cancelled, overtaken.
    pub state: ChangeState,
    /// Who ended it; none for the time that was over.
    pub by: Option<AccountId>,
    /// Why it was not applied.
    pub why: Option<Line>,
    /// The revision it made.
    pub revision: Option<i64>,
}

/// Ends a change; says false if it had ended.
pub async fn end_change(tx: &mut Tx, id: ChangeId, end: &ChangeEnd, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE proposed_changes SET state = $2, ended_at = $3, ended_by = $4, ended_why = $5, revision = $6
         WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(end.state)
    .bind(now)
    .bind(end.by)
    .bind(end.why.clone())
    .bind(end.revision)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
