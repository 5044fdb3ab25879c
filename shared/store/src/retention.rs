//! What has been kept long enough: persons in cases that ended a while ago. Reads what intake and notifier wrote; each
//! erases its own.

use domain::Timestamp;
use domain::ids::{AnswerId, CaseId};

use crate::{Error, Tx, on_tx};

/// Cases that ended before `before` and still hold a person: who reported, who told of a sighting, who has a part in a way
/// back. A merged case may come apart again, so it has not ended.
pub async fn cases_due(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<CaseId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT k.id FROM cases k
         WHERE k.state IN ('closed', 'rejected', 'withdrawn')
             AND (SELECT MAX(s.taken_at) FROM case_steps s WHERE s.case_id = k.id) < $1
             AND (EXISTS (SELECT 1 FROM case_reporters r WHERE r.case_id = k.id)
                 OR EXISTS (SELECT 1 FROM sightings g WHERE g.case_id = k.id AND g.erased_at IS NULL)
                 OR EXISTS (SELECT 1 FROM restitutions w JOIN restitution_parties p ON p.restitution_id = w.id
                     WHERE w.case_id = k.id AND p.erased_at IS NULL))
         ORDER BY k.id LIMIT $2",
    ).bind(before).bind(limit).fetch_all(c).await)?)
}

/// Answers to cases that ended before `before` and still name who answered.
pub async fn answers_due(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<AnswerId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT a.id FROM answers a JOIN cases k ON k.id = a.case_id
         WHERE a.erased_at IS NULL AND k.state IN ('closed', 'rejected', 'withdrawn')
             AND (SELECT MAX(s.taken_at) FROM case_steps s WHERE s.case_id = k.id) < $1
         ORDER BY a.id LIMIT $2",
    ).bind(before).bind(limit).fetch_all(c).await)?)
}
