//! A person at a partner answers to a notification. Each kind of answer counts once for a link, and the first of
//! any kind acknowledges it; what was seen is kept apart (class D), and its fact tells only that there is something.

use contracts::Service;
use contracts::events::{NotificationAcknowledgedV1, NotificationAnsweredV1, ObjectSightedV1};
use domain::Timestamp;
use domain::codes::{AnswerKind, SightingOrigin};
use domain::ids::{AnswerId, ObjectId, SightingId};
use domain::sighting::{Restricted, Seen};
use domain::text::{Line, Prose};
use sha2::{Digest, Sha256};
use store::acknowledgements::{self, AcknowledgementRow};
use store::answers::{self, AnswerRow, SentSightingRow, SightingPhotoRow};
use store::deliveries::DeliveryRow;
use store::{Tx, outbox};

use crate::Deps;

/// The most sightings that one notification's links bring: whoever has more writes to the desk.
pub(crate) const MAX_SIGHTINGS: i64 = 20;

/// What was answered, and by whom.
pub(crate) struct Answer {
    pub kind: AnswerKind,
    pub answered_by: Line,
    pub note: Option<Prose>,
}

/// A sighting as sent.
pub(crate) struct Sighted {
    pub object_id: Option<ObjectId>,
    pub seen: Seen,
    pub photo: Option<SightingPhotoRow>,
}

/// Records an answer other than a sighting. The same one once more changes nothing.
pub(crate) async fn answer(deps: &Deps, row: &DeliveryRow, answer: Answer) -> Result<(), store::Error> {
    let mut tx = deps.db.begin().await?;
    record(deps, &mut tx, row, answer, Vec::new()).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// What became of a sighting that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is on disk, now or by an earlier click.
    Kept,
    /// Too many came by this notification already.
    TooMany,
}

/// Records a sighting. The same one once more, as a second click sends it, changes nothing.
pub(crate) async fn sight(
    deps: &Deps,
    row: &DeliveryRow,
    answered_by: Line,
    sighted: Sighted,
) -> Result<Sent, store::Error> {
    let Sighted { object_id, seen, photo } = sighted;
    let digest = digest(object_id, &seen, photo.as_ref());
    let mut tx = deps.db.begin().await?;
    if answers::sightings_of(&mut tx, row.notification_id).await? >= MAX_SIGHTINGS {
        return Ok(Sent::TooMany);
    }
    let answer = Answer { kind: AnswerKind::Information, answered_by, note: None };
    if let Some((answer_id, answered_at)) = record(deps, &mut tx, row, answer, digest).await? {
        let sighting_id = SightingId::generate(&deps.clock);
        let sent = SentSightingRow {
            sighting_id,
            answer_id,
            case_id: row.case_id,
            object_id,
            partner_id: row.partner_id,
            notification_id: row.notification_id,
            seen: Restricted::new(seen),
            answered_at,
        };
        answers::insert_sighting(&mut tx, &sent, photo.as_ref()).await?;
        let event = ObjectSightedV1 { sighting_id, case_id: row.case_id, object_id, origin: SightingOrigin::Partner };
        outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
        tracing::info!(case.id = %row.case_id, sighting.id = %sighting_id, "a partner reports a sighting");
    }
    tx.commit().await?;
    deps.bell.ring();
    Ok(Sent::Kept)
}

/// The same words about the same object are the same sighting.
fn digest(object_id: Option<ObjectId>, seen: &Seen, photo: Option<&SightingPhotoRow>) -> Vec<u8> {
    let said = (object_id, seen, photo.map(|photo| photo.sha256));
    Sha256::digest(serde_json::to_vec(&said).expect("plain data always has a JSON form")).to_vec()
}

/// Keeps an answer with its facts, if it is new; gives its identifier and when.
async fn record(
    deps: &Deps,
    tx: &mut Tx,
    row: &DeliveryRow,
    answer: Answer,
    digest: Vec<u8>,
) -> Result<Option<(AnswerId, Timestamp)>, store::Error> {
    let now = deps.clock.now();
    let kept = AnswerRow {
        id: AnswerId::generate(&deps.clock),
        notification_id: row.notification_id,
        delivery_id: row.id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        kind: answer.kind,
        answered_by: answer.answered_by,
        note: answer.note,
        digest,
        answered_at: now,
    };
    if !answers::insert(tx, &kept).await? {
        return Ok(None);
    }
    let first = AcknowledgementRow {
        notification_id: row.notification_id,
        id: kept.id,
        delivery_id: row.id,
        case_id: row.case_id,
        answered_by: kept.answered_by,
        note: kept.note,
        acknowledged_at: now,
    };
    let (notification_id, delivery_id) = (row.notification_id, row.id);
    let (case_id, partner_id) = (row.case_id, row.partner_id);
    if acknowledgements::insert(tx, &first).await? {
        let event = NotificationAcknowledgedV1 { notification_id, delivery_id, case_id, partner_id };
        outbox::record(tx, Service::Notifier, &deps.clock, &event).await?;
    }
    let event = NotificationAnsweredV1 {
        answer_id: kept.id,
        answer: kept.kind,
        notification_id,
        delivery_id,
        case_id,
        partner_id,
    };
    outbox::record(tx, Service::Notifier, &deps.clock, &event).await?;
    Ok(Some((kept.id, now)))
}
