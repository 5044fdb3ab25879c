//! The exact bytes that were sent, by their SHA-256. Written by: notifier.

use domain::Timestamp;
use domain::ids::DeliveryId;

use crate::{Error, Tx, on_tx};

/// Whose mail it is: its Message-ID, and its deliveries, more than one of a digest.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The Message-ID.
    pub message_id: &'a str,
    /// The delivery, or the first one of a digest.
    pub first: DeliveryId,
}

/// Keeps rendered bytes, and whose they are if they are of deliveries; the same bytes twice are kept once.
pub async fn keep(tx: &mut Tx, sha256: &[u8], bytes: &[u8], of: Option<Of<'_>>, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO mails (sha256, bytes, created_at, message_id, delivery_id) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(sha256.to_vec())
    .bind(bytes.to_vec())
    .bind(now)
    .bind(of.map(|of| of.message_id.to_owned()))
    .bind(of.map(|of| of.first))
    .execute(c)
    .await
    .map(drop))?;
    Ok(())
}

/// Notes that a delivery goes out in a digest whose first is another.
pub async fn add_member(tx: &mut Tx, message_id: &str, delivery: DeliveryId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO digest_members (message_id, delivery_id) VALUES ($1, $2)
         ON CONFLICT (message_id, delivery_id) DO NOTHING",
    ).bind(message_id).bind(delivery).execute(c).await.map(drop))?;
    Ok(())
}

/// Rendered bytes by their SHA-256.
pub async fn find(tx: &mut Tx, sha256: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT bytes FROM mails WHERE sha256 = $1")
        .bind(sha256.to_vec()).fetch_optional(c).await)?)
}

/// The deliveries whose mail has this Message-ID, oldest first. What has been rendered anew since under another one is
/// not among them.
pub async fn deliveries(tx: &mut Tx, message_id: &str) -> Result<Vec<DeliveryId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT d.id FROM (SELECT delivery_id FROM mails WHERE message_id = $1
                           UNION SELECT delivery_id FROM digest_members WHERE message_id = $1) AS m
         JOIN deliveries d ON d.id = m.delivery_id
         WHERE d.message_id = $1 ORDER BY d.id",
    ).bind(message_id).fetch_all(c).await)?)
}
