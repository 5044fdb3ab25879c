//! The directory as it was.

use domain::Timestamp;
use domain::codes::RevisionSource;
use domain::ids::PartnerId;
use domain::partner::{Directory, Partner};
use domain::text::Line;
use sqlx::FromRow;
use sqlx::types::Json;

use super::by_name;
use crate::{Error, Tx, on_tx};

/// The directory as of a revision: what a plan that names it was made from.
pub async fn as_of(tx: &mut Tx, revision: i64) -> Result<Directory, Error> {
    let rows: Vec<Json<Partner>> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT r.record FROM partner_revisions r
         WHERE r.revision = (SELECT MAX(x.revision) FROM partner_revisions x
                             WHERE x.partner_id = r.partner_id AND x.revision <= $1)",
    ).bind(revision).fetch_all(c).await)?;
    Ok(Directory { revision, partners: by_name(rows) })
}

/// The revision in force at an instant; 0 before the first.
pub async fn revision_at(tx: &mut Tx, at: Timestamp) -> Result<i64, Error> {
    let revision: Option<i64> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT MAX(revision) FROM directory_revisions WHERE changed_at <= $1",
    ).bind(at).fetch_one(c).await)?;
    Ok(revision.unwrap_or(0))
}

/// One partner as of a revision; none if it was not there yet.
pub async fn revision_of(tx: &mut Tx, id: PartnerId, revision: i64) -> Result<Option<Partner>, Error> {
    let row: Option<Json<Partner>> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT record FROM partner_revisions WHERE partner_id = $1 AND revision <= $2
         ORDER BY revision DESC LIMIT 1",
    ).bind(id).bind(revision).fetch_optional(c).await)?;
    Ok(row.map(|row| row.0))
}

/// One revision of a partner.
#[derive(Clone, Debug, FromRow)]
pub struct RevisionRow {
    /// The directory's revision.
    pub revision: i64,
    /// When it was made.
    pub changed_at: Timestamp,
    /// Who made it; none for the command line and for a partner's own answer.
    pub changed_by: Option<Line>,
    /// By what.
    pub source: RevisionSource,
    /// Why.
    pub reason: Line,
    /// The partner from then on.
    pub record: Json<Partner>,
}

/// The revisions of a partner, newest first.
pub async fn history(tx: &mut Tx, id: PartnerId, limit: i64) -> Result<Vec<RevisionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT r.revision, d.changed_at, a.name AS changed_by, d.source, d.reason, r.record
         FROM partner_revisions r
         JOIN directory_revisions d ON d.revision = r.revision
         LEFT JOIN accounts a ON a.id = d.changed_by
         WHERE r.partner_id = $1 ORDER BY r.revision DESC LIMIT $2",
    ).bind(id).bind(limit).fetch_all(c).await)?)
}

/// Revisions of the whole directory with the number of partners each changed, newest first: revision, instant, count.
pub async fn revisions(tx: &mut Tx, limit: i64) -> Result<Vec<(i64, Timestamp, i64)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT d.revision, d.changed_at,
             (SELECT COUNT(*) FROM partner_revisions r WHERE r.revision = d.revision)
         FROM directory_revisions d ORDER BY d.revision DESC LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}
