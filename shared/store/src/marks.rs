//! A mark that grows while mail is sent, kept in the database and in a file beside the sender. Written by: notifier.
//!
//! A database that was restored knows a smaller one than the file: what has left since is due in it once more.

use domain::Timestamp;
use domain::ids::{AttemptId, Uuid};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// How the mark stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct MarkRow {
    /// Which database this is; none if no sender with a file ever worked on it.
    pub instance: Option<Uuid>,
    /// The mark.
    pub mark: i64,
    /// Since when it is known to be older than what was sent from it; none if it is not.
    pub older_since: Option<Timestamp>,
    /// When an officer compared last: what was tried before that is settled.
    pub compared_at: Option<Timestamp>,
}

/// How the mark stands.
pub async fn find(tx: &mut Tx) -> Result<MarkRow, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_as("SELECT instance, mark, older_since, compared_at FROM sending_marks WHERE id = 1")
        .fetch_one(c).await)?,
    )
}

/// Names the database, if it has no name yet, and moves the mark on; gives both.
pub async fn advance(tx: &mut Tx, name: Uuid) -> Result<(Uuid, i64), Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE sending_marks SET instance = COALESCE(instance, $1), mark = mark + 1 WHERE id = 1 RETURNING instance, mark",
    ).bind(name).fetch_one(c).await)?)
}

/// Notes that a file knows more than the database: nothing may leave. Says whether that is new.
pub async fn note_older(tx: &mut Tx, instance: Uuid, mark: i64, now: Timestamp) -> Result<bool, Error> {
    let before = find(tx).await?.older_since;
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending_marks SET older_since = COALESCE(older_since, $3), known_instance = $1,
             known_mark = CASE WHEN known_mark > $2 THEN known_mark ELSE $2 END
         WHERE id = 1",
    ).bind(instance).bind(mark).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    Ok(before.is_none())
}

/// Somebody has compared: the database is taken for what the files know, and sending goes on. Says false if nothing was
/// to be compared.
pub async fn go_on(tx: &mut Tx, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sending_marks SET instance = known_instance, older_since = NULL, known_instance = NULL, known_mark = NULL,
             mark = CASE WHEN mark > known_mark THEN mark ELSE known_mark END + 1, compared_at = $1
         WHERE id = 1 AND older_since IS NOT NULL",
    ).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether the database knows a try.
pub async fn knows(tx: &mut Tx, attempt: AttemptId) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM attempts WHERE id = $1)")
        .bind(attempt).fetch_one(c).await)?)
}

/// Puts everything that may still leave in doubt, also what somebody lets go later: it may have left after the database was
/// copied. Gives how many deliveries wait.
pub async fn doubt_all(tx: &mut Tx) -> Result<u64, Error> {
    on_tx!(tx, c => sqlx::query("UPDATE deliveries SET in_doubt = TRUE WHERE state NOT IN ('accepted', 'cancelled')")
        .execute(c).await.map(drop))?;
    Ok(on_tx!(tx, c => sqlx::query("UPDATE deliveries SET state = 'uncertain' WHERE state = 'pending'")
        .execute(c).await.map(|done| done.rows_affected()))?)
}

/// How many deliveries wait to leave, and when the last try began that the database knows of.
pub async fn open(tx: &mut Tx) -> Result<(i64, Option<Timestamp>), Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM deliveries WHERE due_at IS NOT NULL), (SELECT MAX(started_at) FROM attempts)",
    ).fetch_one(c).await)?)
}
