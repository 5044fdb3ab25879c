//! Sightings (class D). Written by: intake. What a partner sent is copied from [`crate::answers`] once.

use domain::Timestamp;
use domain::codes::{SightingOrigin, SightingState};
use domain::ids::{AccountId, CaseId, NotificationId, ObjectId, PartnerId, SightingId};
use domain::photo::ContentHash;
use domain::sighting::{Restricted, Seen};
use domain::text::Prose;
use sqlx::FromRow;
use sqlx::types::Json;

use crate::answers::SightingPhotoRow;
use crate::{Error, Tx, on_tx};

/// A sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SightingRow {
    /// Its identifier.
    pub id: SightingId,
    /// The case.
    pub case_id: CaseId,
    /// The object that was seen; an accepted sighting has one.
    pub object_id: Option<ObjectId>,
    /// From where it came in.
    pub origin: SightingOrigin,
    /// The partner that sent it.
    pub partner_id: Option<PartnerId>,
    /// What it answered.
    pub notification_id: Option<NotificationId>,
    /// The account that reported it, if it was no partner.
    pub reported_by: Option<AccountId>,
    /// What was seen.
    pub seen: Restricted<Seen>,
    /// What became of it.
    pub state: SightingState,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// On what the decision rests, for the desk.
    pub note: Option<Prose>,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// When the person who told it was erased from it.
    pub erased_at: Option<Timestamp>,
    /// Whether a photograph came with it.
    pub has_photo: bool,
}

#[derive(FromRow)]
struct Stored {
    id: SightingId,
    case_id: CaseId,
    object_id: Option<ObjectId>,
    origin: SightingOrigin,
    partner_id: Option<PartnerId>,
    notification_id: Option<NotificationId>,
    reported_by: Option<AccountId>,
    seen: Json<Seen>,
    state: SightingState,
    reported_at: Timestamp,
    note: Option<Prose>,
    decided_by: Option<AccountId>,
    decided_at: Option<Timestamp>,
    erased_at: Option<Timestamp>,
    photos: i64,
}

impl From<Stored> for SightingRow {
    fn from(row: Stored) -> Self {
        Self {
            id: row.id,
            case_id: row.case_id,
            object_id: row.object_id,
            origin: row.origin,
            partner_id: row.partner_id,
            notification_id: row.notification_id,
            reported_by: row.reported_by,
            seen: Restricted::new(row.seen.0),
            state: row.state,
            reported_at: row.reported_at,
            note: row.note,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            erased_at: row.erased_at,
            has_photo: row.photos > 0,
        }
    }
}

/// Keeps a sighting. Says whether it is new: a fact may come twice.
pub async fn insert(tx: &mut Tx, row: &SightingRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO sightings (id, case_id, object_id, origin, partner_id, notification_id, reported_by, seen, state,
             reported_at, note, decided_by, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING",
    )
    .bind(row.id)
    .bind(row.case_id)
    .bind(row.object_id)
    .bind(row.origin)
    .bind(row.partner_id)
    .bind(row.notification_id)
    .bind(row.reported_by)
    .bind(Json(row.seen.for_storage()))
    .bind(row.state)
    .bind(row.reported_at)
    .bind(&row.note)
    .bind(row.decided_by)
    .bind(row.decided_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// A sighting.
pub async fn find(tx: &mut Tx, id: SightingId) -> Result<Option<SightingRow>, Error> {
    let row: Option<Stored> = on_tx!(tx, c => sqlx::query_as(
        "SELECT s.id, s.case_id, s.object_id, s.origin, s.partner_id, s.notification_id, s.reported_by, s.seen,
             s.state, s.reported_at, s.note, s.decided_by, s.decided_at, s.erased_at,
             (SELECT COUNT(*) FROM sighting_photos p WHERE p.sighting_id = s.id)
                 + (SELECT COUNT(*) FROM reported_photos r WHERE r.sighting_id = s.id) AS photos
         FROM sightings s WHERE s.id = $1",
    ).bind(id).fetch_optional(c).await)?;
    Ok(row.map(SightingRow::from))
}

/// The sightings of a case, oldest first.
pub async fn of_case(tx: &mut Tx, case_id: CaseId) -> Result<Vec<SightingRow>, Error> {
    let rows: Vec<Stored> = on_tx!(tx, c => sqlx::query_as(
        "SELECT s.id, s.case_id, s.object_id, s.origin, s.partner_id, s.notification_id, s.reported_by, s.seen,
             s.state, s.reported_at, s.note, s.decided_by, s.decided_at, s.erased_at,
             (SELECT COUNT(*) FROM sighting_photos p WHERE p.sighting_id = s.id)
                 + (SELECT COUNT(*) FROM reported_photos r WHERE r.sighting_id = s.id) AS photos
         FROM sightings s WHERE s.case_id = $1 ORDER BY s.reported_at, s.id",
    ).bind(case_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(SightingRow::from).collect())
}

/// The sightings that nobody has looked at, oldest first.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<SightingRow>, Error> {
    let rows: Vec<Stored> = on_tx!(tx, c => sqlx::query_as(
        "SELECT s.id, s.case_id, s.object_id, s.origin, s.partner_id, s.notification_id, s.reported_by, s.seen,
             s.state, s.reported_at, s.note, s.decided_by, s.decided_at, s.erased_at,
             (SELECT COUNT(*) FROM sighting_photos p WHERE p.sighting_id = s.id)
                 + (SELECT COUNT(*) FROM reported_photos r WHERE r.sighting_id = s.id) AS photos
         FROM sightings s WHERE s.state = 'open' ORDER BY s.reported_at, s.id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(SightingRow::from).collect())
}

/// Keeps the photograph of a sighting. Says false if it has one that was kept here.
pub async fn insert_photo(tx: &mut Tx, id: SightingId, photo: &SightingPhotoRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO reported_photos (sighting_id, format, sha256, original, page) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sighting_id) DO NOTHING",
    )
    .bind(id)
    .bind(photo.format)
    .bind(photo.sha256)
    .bind(&photo.original)
    .bind(&photo.page)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The photograph of a sighting, wherever it came in. Written here, or by the notifier with the answer it came with.
pub async fn photo(tx: &mut Tx, id: SightingId) -> Result<Option<SightingPhotoRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT format, sha256, original, page FROM sighting_photos WHERE sighting_id = $1
         UNION ALL SELECT format, sha256, original, page FROM reported_photos WHERE sighting_id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// The fingerprint of that photograph, without its bytes.
pub async fn photo_fingerprint(tx: &mut Tx, id: SightingId) -> Result<Option<ContentHash>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT sha256 FROM sighting_photos WHERE sighting_id = $1
         UNION ALL SELECT sha256 FROM reported_photos WHERE sighting_id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// What an officer made of a sighting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub state: SightingState,
    /// The object that was seen.
    pub object_id: Option<ObjectId>,
    /// On what that rests.
    pub note: Option<Prose>,
    /// Who decides.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// Decides an open sighting. Says whether it was open.
pub async fn decide(tx: &mut Tx, id: SightingId, decision: &Decision) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sightings SET state = $2, object_id = $3, note = $4, decided_by = $5, decided_at = $6
         WHERE id = $1 AND state = 'open'",
    )
    .bind(id)
    .bind(decision.state)
    .bind(decision.object_id)
    .bind(&decision.note)
    .bind(decision.by)
    .bind(decision.at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Erases the person who told of a sighting: name, words, the desk's note on them, and the photograph that was kept here.
/// Says false if that was done before. What the notifier has of it is erased there ([`crate::answers::erase`]).
pub async fn erase(tx: &mut Tx, row: &SightingRow, at: Timestamp) -> Result<bool, Error> {
    let rest = row.seen.for_storage().clone().without_person();
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE sightings SET seen = $2, note = NULL, erased_at = $3 WHERE id = $1 AND erased_at IS NULL",
    )
    .bind(row.id)
    .bind(Json(&rest))
    .bind(at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    on_tx!(tx, c => sqlx::query("DELETE FROM reported_photos WHERE sighting_id = $1")
        .bind(row.id).execute(c).await.map(drop))?;
    Ok(rows == 1)
}
