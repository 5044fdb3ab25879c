//! Somebody at the desk takes up what nobody at a partner has: by telephone, by a colleague, or with a reason why it is
//! right that nobody answered.

use contracts::Service;
use contracts::events::ChaseSettledV1;
use domain::FieldErrors;
use domain::ids::{AccountId, NotificationId};
use domain::text::Line;
use sha2::{Digest, Sha256};
use store::{chases, outbox};
use web::Problem;

use crate::Deps;

/// Why nothing was settled.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// There is no such task, or it is settled.
    #[error("find an open task")]
    NoTask,
    /// The database failed.
    #[error("settle the task")]
    Store(#[from] store::Error),
}

/// Settles it.
pub async fn settle_chase(
    deps: &Deps,
    by: AccountId,
    id: NotificationId,
    reason: Option<&str>,
) -> Result<(), SettleError> {
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", reason);
    let reason = errors.into_result(reason).map_err(SettleError::Fields)?;
    let mut tx = deps.db.begin().await?;
    let row = chases::find(&mut tx, id).await?.ok_or(SettleError::NoTask)?;
    if !chases::settle(&mut tx, id, by, &reason, deps.clock.now()).await? {
        return Err(SettleError::NoTask);
    }
    let event = ChaseSettledV1 {
        notification_id: id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        settled_by: by,
        reason_sha256: hex::encode(Sha256::digest(reason.as_str().as_bytes())),
    };
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

impl From<SettleError> for Problem {
    fn from(error: SettleError) -> Self {
        match error {
            SettleError::Fields(errors) => errors.into(),
            SettleError::NoTask => Self::not_found("open task"),
            SettleError::Store(error) => error.into(),
        }
    }
}
