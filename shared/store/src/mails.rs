//! The exact bytes that were sent, by their SHA-256. Written by: notifier.

use domain::Timestamp;

use crate::{Error, Tx, on_tx};

/// Keeps rendered bytes; the same bytes twice are kept once.
pub async fn keep(tx: &mut Tx, sha256: &[u8], bytes: &[u8], now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO mails (sha256, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(sha256.to_vec())
    .bind(bytes.to_vec())
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Rendered bytes by their SHA-256.
pub async fn find(tx: &mut Tx, sha256: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT bytes FROM mails WHERE sha256 = $1")
        .bind(sha256.to_vec()).fetch_optional(c).await)?)
}
