//! Everything partners answered by their signed links. Written by: notifier.
//!
//! The names stay here: facts and ledger say only that a partner answered, and what kind of answer it was.

use domain::Timestamp;
use domain::case::CaseReference;
use domain::codes::{AnswerKind, PictureFormat};
use domain::ids::{AnswerId, CaseId, DeliveryId, NotificationId, ObjectId, PartnerId, SightingId};
use domain::photo::ContentHash;
use domain::sighting::{Restricted, Seen};
use domain::text::{Line, Prose};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, expect_one, on_tx};

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AnswerRow {
    /// The answer.
    pub id: AnswerId,
    /// To what.
    pub notification_id: NotificationId,
    /// The delivery whose link was used.
    pub delivery_id: DeliveryId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// What was answered.
    pub kind: AnswerKind,
    /// Who, as typed.
    pub answered_by: Line,
    /// What else was typed; of “not ours”, what to change in the directory.
    pub note: Option<Prose>,
    /// Of a sighting, the digest of what it says; empty for the rest.
    pub digest: Vec<u8>,
    /// When.
    pub answered_at: Timestamp,
}

/// Keeps an answer. Says whether it is new: the same one once more changes nothing.
pub async fn insert(tx: &mut Tx, row: &AnswerRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO answers (id, notification_id, delivery_id, case_id, partner_id, kind, answered_by, note, digest,
             answered_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (delivery_id, kind, digest) DO NOTHING",
    )
    .bind(row.id)
    .bind(row.notification_id)
    .bind(row.delivery_id)
    .bind(row.case_id)
    .bind(row.partner_id)
    .bind(row.kind)
    .bind(&row.answered_by)
    .bind(&row.note)
    .bind(&row.digest)
    .bind(row.answered_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The answers to a notification, oldest first.
pub async fn of_notification(tx: &mut Tx, id: NotificationId) -> Result<Vec<AnswerRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, notification_id, delivery_id, case_id, partner_id, kind, answered_by, note, digest, answered_at
         FROM answers WHERE notification_id = $1 ORDER BY answered_at, id",
    ).bind(id).fetch_all(c).await)?)
}

/// The answers to every notification of a case, oldest first.
pub async fn of_case(tx: &mut Tx, id: CaseId) -> Result<Vec<AnswerRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, notification_id, delivery_id, case_id, partner_id, kind, answered_by, note, digest, answered_at
         FROM answers WHERE case_id = $1 ORDER BY answered_at, id",
    ).bind(id).fetch_all(c).await)?)
}

/// How a case was answered, in notifications: one alert version for one partner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Tally {
    /// Planned.
    pub told: i64,
    /// Acknowledged by any answer.
    pub acknowledged: i64,
    /// Whose partner takes charge.
    pub taking_charge: i64,
    /// Whose partner reported a sighting.
    pub information: i64,
    /// Whose partner says that it is not theirs.
    pub not_ours: i64,
}

/// Counts how a case was answered.
pub async fn tally(tx: &mut Tx, id: CaseId) -> Result<Tally, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT
             (SELECT COUNT(*) FROM notifications WHERE case_id = $1) AS told,
             (SELECT COUNT(DISTINCT notification_id) FROM acknowledgements WHERE case_id = $1) AS acknowledged,
             (SELECT COUNT(DISTINCT notification_id) FROM answers WHERE case_id = $1 AND kind = 'taking_charge')
                 AS taking_charge,
             (SELECT COUNT(DISTINCT notification_id) FROM answers WHERE case_id = $1 AND kind = 'information')
                 AS information,
             (SELECT COUNT(DISTINCT notification_id) FROM answers WHERE case_id = $1 AND kind = 'not_ours') AS not_ours",
    ).bind(id).fetch_one(c).await)?)
}

/// A partner that says an alert was not theirs.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NotOursRow {
    /// The partner.
    pub partner_id: PartnerId,
    /// The case.
    pub reference: CaseReference,
    /// What to change, in its words.
    pub note: Option<Prose>,
    /// When.
    pub answered_at: Timestamp,
}

/// The alerts that partners said were not theirs, newest first; not those from before the partner's record was last
/// changed, which somebody may have put right.
pub async fn not_ours(tx: &mut Tx, limit: i64) -> Result<Vec<NotOursRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.partner_id, k.reference, a.note, a.answered_at
         FROM answers a
         JOIN cases k ON k.id = a.case_id
         JOIN partners p ON p.id = a.partner_id
         WHERE a.kind = 'not_ours' AND a.answered_at > p.updated_at
         ORDER BY a.answered_at DESC, a.id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// What a partner saw, with what is known of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentSightingRow {
    /// The sighting.
    pub sighting_id: SightingId,
    /// The answer it came with.
    pub answer_id: AnswerId,
    /// The case.
    pub case_id: CaseId,
    /// The object, if it was named.
    pub object_id: Option<ObjectId>,
    /// The partner.
    pub partner_id: PartnerId,
    /// The notification.
    pub notification_id: NotificationId,
    /// What was seen.
    pub seen: Restricted<Seen>,
    /// When it was sent.
    pub answered_at: Timestamp,
}

/// The photograph of a sighting.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct SightingPhotoRow {
    /// What the original is.
    pub format: PictureFormat,
    /// The original's hash.
    pub sha256: ContentHash,
    /// The original: evidence.
    pub original: Vec<u8>,
    /// A copy made here, which hides nothing.
    pub page: Vec<u8>,
}

/// Class D, and a megabyte of bytes.
impl std::fmt::Debug for SightingPhotoRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SightingPhotoRow")
    }
}

/// Keeps what was seen, with its photograph.
pub async fn insert_sighting(
    tx: &mut Tx,
    row: &SentSightingRow,
    photo: Option<&SightingPhotoRow>,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO answer_sightings (sighting_id, answer_id, object_id, seen) VALUES ($1, $2, $3, $4)",
    )
    .bind(row.sighting_id)
    .bind(row.answer_id)
    .bind(row.object_id)
    .bind(Json(row.seen.for_storage()))
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    let Some(photo) = photo else { return Ok(()) };
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO sighting_photos (sighting_id, format, sha256, original, page) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(row.sighting_id)
    .bind(photo.format)
    .bind(photo.sha256)
    .bind(&photo.original)
    .bind(&photo.page)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

#[derive(FromRow)]
struct StoredSighting {
    sighting_id: SightingId,
    answer_id: AnswerId,
    case_id: CaseId,
    object_id: Option<ObjectId>,
    partner_id: PartnerId,
    notification_id: NotificationId,
    seen: Json<Seen>,
    answered_at: Timestamp,
}

/// What a partner saw.
pub async fn sighting(tx: &mut Tx, id: SightingId) -> Result<Option<SentSightingRow>, Error> {
    let row: Option<StoredSighting> = on_tx!(tx, c => sqlx::query_as(
        "SELECT s.sighting_id, s.answer_id, a.case_id, s.object_id, a.partner_id, a.notification_id, s.seen,
             a.answered_at
         FROM answer_sightings s JOIN answers a ON a.id = s.answer_id WHERE s.sighting_id = $1",
    ).bind(id).fetch_optional(c).await)?;
    Ok(row.map(|row| SentSightingRow {
        sighting_id: row.sighting_id,
        answer_id: row.answer_id,
        case_id: row.case_id,
        object_id: row.object_id,
        partner_id: row.partner_id,
        notification_id: row.notification_id,
        seen: Restricted::new(row.seen.0),
        answered_at: row.answered_at,
    }))
}

/// How many sightings came by the links of one notification.
pub async fn sightings_of(tx: &mut Tx, id: NotificationId) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM answers WHERE notification_id = $1 AND kind = 'information'",
    ).bind(id).fetch_one(c).await)?)
}

/// An answer.
pub async fn find(tx: &mut Tx, id: AnswerId) -> Result<Option<AnswerRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, notification_id, delivery_id, case_id, partner_id, kind, answered_by, note, digest, answered_at
         FROM answers WHERE id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The answers to a case that still say who gave them.
pub async fn kept_of_case(tx: &mut Tx, id: CaseId) -> Result<Vec<AnswerId>, Error> {
    Ok(
        on_tx!(tx, c => sqlx::query_scalar("SELECT id FROM answers WHERE case_id = $1 AND erased_at IS NULL ORDER BY id")
        .bind(id).fetch_all(c).await)?,
    )
}

/// The answer a sighting came with.
pub async fn of_sighting(tx: &mut Tx, id: SightingId) -> Result<Option<AnswerId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT answer_id FROM answer_sightings WHERE sighting_id = $1")
        .bind(id).fetch_optional(c).await)?)
}

/// The sighting that came with an answer.
pub async fn sighting_of(tx: &mut Tx, id: AnswerId) -> Result<Option<SightingId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT sighting_id FROM answer_sightings WHERE answer_id = $1")
        .bind(id).fetch_optional(c).await)?)
}

/// Erases the person who answered: the name, the words, what they saw and photographed, and the digest by which the same
/// words would be known again. Says false if that was done before.
pub async fn erase(tx: &mut Tx, id: AnswerId, at: Timestamp) -> Result<bool, Error> {
    let name = Line::erased();
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE answers SET answered_by = $2, note = NULL, erased_at = $3,
             digest = CASE WHEN kind = 'information' THEN $4 ELSE digest END
         WHERE id = $1 AND erased_at IS NULL",
    )
    .bind(id)
    .bind(&name)
    .bind(at)
    .bind(id.as_uuid().as_bytes().to_vec())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(false);
    }
    on_tx!(tx, c => sqlx::query("UPDATE acknowledgements SET answered_by = $2, note = NULL WHERE id = $1")
        .bind(id).bind(&name).execute(c).await.map(drop))?;
    if let Some(sighting) = sighting_of(tx, id).await? {
        let sent = self::sighting(tx, sighting).await?.ok_or(Error::RowsAffected { expected: 1, actual: 0 })?;
        let rest = sent.seen.for_storage().clone().without_person();
        let rows = on_tx!(tx, c => sqlx::query("UPDATE answer_sightings SET seen = $2 WHERE sighting_id = $1")
            .bind(sighting).bind(Json(&rest)).execute(c).await.map(|done| done.rows_affected()))?;
        expect_one(rows)?;
        on_tx!(tx, c => sqlx::query("DELETE FROM sighting_photos WHERE sighting_id = $1")
            .bind(sighting).execute(c).await.map(drop))?;
    }
    Ok(true)
}
