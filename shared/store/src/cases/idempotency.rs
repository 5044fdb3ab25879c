//! Requests that were answered, by the key their sender chose.

use domain::Timestamp;
use domain::ids::CaseId;
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Error, Tx, on_tx};

/// A request that made a case.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct KeyedRequest {
    /// SHA-256 of what was asked.
    pub request_hash: Vec<u8>,
    /// The case it made.
    pub case_id: CaseId,
}

/// The request that was answered under this key, if one was.
pub async fn find_key(tx: &mut Tx, scope: Uuid, key: &str) -> Result<Option<KeyedRequest>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT request_hash, case_id FROM idempotency_keys WHERE scope = $1 AND key = $2",
    )
    .bind(scope)
    .bind(key)
    .fetch_optional(c)
    .await)?)
}

/// Takes a key for a case of the same transaction. Says false if another request has taken it meanwhile: then the
/// caller must undo what it did and look again.
pub async fn insert_key(
    tx: &mut Tx,
    scope: Uuid,
    key: &str,
    request: &KeyedRequest,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO idempotency_keys (scope, key, request_hash, case_id, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (scope, key) DO NOTHING",
    )
    .bind(scope)
    .bind(key)
    .bind(&request.request_hash)
    .bind(request.case_id)
    .bind(now)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
