//! Cases that may be about one event: what they are found by, the proposals, the merges. Written by: intake.

mod merges;

use domain::Timestamp;
use domain::case::CaseReference;
use domain::codes::DuplicateState;
use domain::duplicate::Evidence;
use domain::ids::{AccountId, CaseId, DuplicateId};
use domain::text::Line;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, answer, expect_one, on_tx};

pub use merges::{MergeRow, delete_merge, insert_merge, merge_of, merged_into};

/// A proposal as stored.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct DuplicateRow {
    /// Its identifier.
    pub id: DuplicateId,
    /// The case that was registered earlier.
    pub earlier_id: CaseId,
    /// The case that was registered later.
    pub later_id: CaseId,
    /// What became of it.
    pub state: DuplicateState,
    /// Why they may be about one event.
    pub evidence: Json<Vec<Evidence>>,
    /// Since when.
    pub proposed_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// Lets one transaction at a time compare cases. Two that each see the database as it was before the other would both
/// find nothing.
pub async fn hold(tx: &mut Tx) -> Result<(), Error> {
    // SQLite has one writer anyway. The number is ours alone: "dupl" in ASCII.
    if let Tx::Postgres(inner) = tx {
        let lock = sqlx::query("SELECT pg_advisory_xact_lock(1685417068)");
        answer(inner.patience(), lock.execute(&mut **inner)).await?;
    }
    Ok(())
}

/// Replaces what a case is found by.
pub async fn set_keys(tx: &mut Tx, case_id: CaseId, keys: &[String]) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM case_keys WHERE case_id = $1")
        .bind(case_id).execute(c).await.map(drop))?;
    for chunk in keys.chunks(5_000) {
        on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("INSERT INTO case_keys (key, case_id) ");
            sql.push_values(chunk, |mut row, key| {
                row.push_bind(key).push_bind(case_id);
            });
            sql.push(" ON CONFLICT (key, case_id) DO NOTHING");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Up to `limit` cases that share a key with this one, those that share most first.
pub async fn sharing_keys(tx: &mut Tx, case_id: CaseId, limit: i64) -> Result<Vec<CaseId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT theirs.case_id
         FROM case_keys AS ours JOIN case_keys AS theirs ON theirs.key = ours.key AND theirs.case_id <> ours.case_id
         WHERE ours.case_id = $1
         GROUP BY theirs.case_id ORDER BY COUNT(*) DESC, theirs.case_id LIMIT $2",
    )
    .bind(case_id)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// Up to `limit` cases with a photograph that may look like one of this case, the likeliest first.
pub async fn sharing_looks(tx: &mut Tx, case_id: CaseId, limit: i64) -> Result<Vec<CaseId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT found.case_id FROM (
             SELECT theirs.case_id AS case_id, ours.id AS photo_id, COUNT(*) AS shared
             FROM photos AS ours
                 JOIN photo_bands AS our_bands ON our_bands.photo_id = ours.id
                 JOIN photo_bands AS their_bands ON their_bands.band = our_bands.band
                 JOIN photos AS theirs ON theirs.id = their_bands.photo_id
             WHERE ours.case_id = $1 AND theirs.case_id <> $1
             GROUP BY theirs.case_id, theirs.id, ours.id
         ) AS found GROUP BY found.case_id ORDER BY MAX(found.shared) DESC, found.case_id LIMIT $2",
    )
    .bind(case_id)
    .bind(limit)
    .fetch_all(c)
    .await)?)
}

/// Stores a proposal. Says false if there is one of these two cases already.
pub async fn insert(tx: &mut Tx, row: &DuplicateRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO duplicates (id, earlier_id, later_id, state, evidence, proposed_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (earlier_id, later_id) DO NOTHING",
    )
    .bind(row.id)
    .bind(row.earlier_id)
    .bind(row.later_id)
    .bind(row.state)
    .bind(&row.evidence)
    .bind(row.proposed_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Replaces the evidence of a proposal nobody has decided on; one that was dismissed is open again.
pub async fn propose_again(tx: &mut Tx, id: DuplicateId, evidence: &[Evidence]) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE duplicates SET evidence = $2, state = 'proposed', decided_by = NULL, decided_at = NULL
         WHERE id = $1 AND state <> 'merged'",
    )
    .bind(id)
    .bind(Json(evidence))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Decides on a proposal. Says false if it does not stand as `from` any more.
pub async fn decide(
    tx: &mut Tx,
    id: DuplicateId,
    from: DuplicateState,
    to: DuplicateState,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE duplicates SET state = $3, decided_by = $4, decided_at = $5 WHERE id = $1 AND state = $2",
    )
    .bind(id)
    .bind(from)
    .bind(to)
    .bind(by)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// One proposal.
pub async fn find(tx: &mut Tx, id: DuplicateId) -> Result<Option<DuplicateRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, earlier_id, later_id, state, evidence, proposed_at, decided_by, decided_at
         FROM duplicates WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(c)
    .await)?)
}

/// The proposal about these two cases.
pub async fn between(tx: &mut Tx, earlier: CaseId, later: CaseId) -> Result<Option<DuplicateRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, earlier_id, later_id, state, evidence, proposed_at, decided_by, decided_at
         FROM duplicates WHERE earlier_id = $1 AND later_id = $2",
    )
    .bind(earlier)
    .bind(later)
    .fetch_optional(c)
    .await)?)
}

/// The proposals about a case, whatever became of them, oldest first.
pub async fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<DuplicateRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, earlier_id, later_id, state, evidence, proposed_at, decided_by, decided_at
         FROM duplicates WHERE earlier_id = $1 OR later_id = $1 ORDER BY proposed_at, id",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// A proposal nobody has decided on, as one line of the list.
#[derive(Clone, Debug, FromRow)]
pub struct OpenDuplicate {
    /// Its identifier.
    pub id: DuplicateId,
    /// The earlier case.
    pub earlier_id: CaseId,
    /// What people quote of it.
    pub earlier_reference: CaseReference,
    /// Its title.
    pub earlier_title: Line,
    /// The later case.
    pub later_id: CaseId,
    /// What people quote of it.
    pub later_reference: CaseReference,
    /// Its title.
    pub later_title: Line,
    /// Why they may be about one event.
    pub evidence: Json<Vec<Evidence>>,
    /// Since when.
    pub proposed_at: Timestamp,
}

/// Up to `limit` proposals nobody has decided on, oldest first.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<OpenDuplicate>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT duplicates.id, earlier_id, earlier.reference AS earlier_reference, earlier.title AS earlier_title,
             later_id, later.reference AS later_reference, later.title AS later_title, evidence, proposed_at
         FROM duplicates
             JOIN cases AS earlier ON earlier.id = earlier_id
             JOIN cases AS later ON later.id = later_id
         WHERE duplicates.state = 'proposed' ORDER BY proposed_at, duplicates.id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(c)
    .await)?)
}
