//! Witnesses: what they cosigned, how far they follow, what they refused.

use domain::Timestamp;
use sqlx::FromRow;

use super::CheckpointRow;
use crate::{Error, Tx, on_tx};

/// What a witness signed under a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct CosignatureRow {
    /// How many entries the checkpoint speaks of.
    pub size: i64,
    /// The witness.
    pub witness: String,
    /// The line below the note.
    pub line: String,
    /// When it was signed, as the witness says.
    pub cosigned_at: Timestamp,
}

/// How it stands with a witness.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct WitnessRow {
    /// Its name.
    pub name: String,
    /// Up to which size it has cosigned.
    pub size: i64,
    /// When it last answered.
    pub heard_at: Option<Timestamp>,
    /// Why it could not be asked last time.
    pub trouble: Option<String>,
    /// What it refused: there are two histories.
    pub alarm: Option<String>,
    /// Since when.
    pub alarmed_at: Option<Timestamp>,
    /// When the first checkpoint was signed that it has not cosigned; none if it has all of them.
    pub behind_since: Option<Timestamp>,
}

/// Keeps a cosignature, and that the witness follows up to there. A second one for the same size changes nothing.
pub async fn cosign(tx: &mut Tx, row: &CosignatureRow) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO cosignatures (size, witness, line, cosigned_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(row.size)
    .bind(&row.witness)
    .bind(&row.line)
    .bind(row.cosigned_at)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a witness answered, and up to which size it follows.
pub async fn heard(tx: &mut Tx, name: &str, size: i64, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO witnesses (name, size, heard_at) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET size = $2, heard_at = $3, trouble = NULL",
    )
    .bind(name)
    .bind(size)
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes why a witness could not be asked.
pub async fn trouble(tx: &mut Tx, name: &str, why: &str) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO witnesses (name, size, trouble) VALUES ($1, 0, $2)
         ON CONFLICT (name) DO UPDATE SET trouble = $2",
    )
    .bind(name)
    .bind(why)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Raises the alarm of a witness. It stays: two histories do not become one again.
pub async fn alarm(tx: &mut Tx, name: &str, words: &str, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO witnesses (name, size, alarm, alarmed_at) VALUES ($1, 0, $2, $3)
         ON CONFLICT (name) DO UPDATE SET alarm = $2, alarmed_at = $3 WHERE witnesses.alarm IS NULL",
    )
    .bind(name)
    .bind(words)
    .bind(now)
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Every witness that was ever asked, by name.
pub async fn witnesses(tx: &mut Tx) -> Result<Vec<WitnessRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT w.name, w.size, w.heard_at, w.trouble, w.alarm, w.alarmed_at,
             (SELECT k.signed_at FROM checkpoints k WHERE k.size > w.size ORDER BY k.size LIMIT 1) AS behind_since
         FROM witnesses w ORDER BY w.name",
    )
    .fetch_all(c)
    .await)?)
}

/// What witnesses signed under the checkpoint of this size, by witness.
pub async fn cosignatures(tx: &mut Tx, size: i64) -> Result<Vec<CosignatureRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT size, witness, line, cosigned_at FROM cosignatures WHERE size = $1 ORDER BY witness",
    )
    .bind(size)
    .fetch_all(c)
    .await)?)
}

/// The newest checkpoint of at least `from` entries that some witness has cosigned.
pub async fn newest_cosigned(tx: &mut Tx, from: i64) -> Result<Option<CheckpointRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT k.size, k.root, k.note, k.signed_at FROM checkpoints k
         WHERE k.size = (SELECT MAX(size) FROM cosignatures WHERE size >= $1)",
    )
    .bind(from)
    .fetch_optional(c)
    .await)?)
}
