//! What a person at the desk does about what came back: the partner was reached otherwise, or an address may be written to
//! again.

use contracts::Service;
use contracts::events::{BounceSettledV1, SuppressionReleasedV1};
use domain::FieldErrors;
use domain::delivery::BounceKind;
use domain::ids::{AccountId, DeliveryId};
use domain::text::Line;
use sha2::{Digest, Sha256};
use store::{bounces, outbox};
use web::Problem;

use crate::Deps;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum SeeToError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// There is no such task, or it is settled; the address is not suppressed, or not any more.
    #[error("find what is to be seen to")]
    Nothing,
    /// The database failed.
    #[error("record what was seen to")]
    Store(#[from] store::Error),
}

fn reason(typed: Option<&str>) -> Result<(Line, String), SeeToError> {
    let mut errors = FieldErrors::new();
    let reason: Option<Line> = errors.required("/reason", typed);
    let reason = errors.into_result(reason).map_err(SeeToError::Fields)?;
    let sha256 = hex::encode(Sha256::digest(reason.as_str().as_bytes()));
    Ok((reason, sha256))
}

/// Somebody has seen to what came back.
pub async fn settle_bounce(
    deps: &Deps,
    by: AccountId,
    (id, kind): (DeliveryId, BounceKind),
    typed: Option<&str>,
) -> Result<(), SeeToError> {
    let (reason, reason_sha256) = reason(typed)?;
    let mut tx = deps.db.begin().await?;
    let settled = bounces::settle(&mut tx, id, kind, (by, &reason), deps.clock.now()).await?;
    let row = settled.ok_or(SeeToError::Nothing)?;
    let event = BounceSettledV1 {
        delivery_id: id,
        notification_id: row.notification_id,
        case_id: row.case_id,
        partner_id: row.partner_id,
        bounce: kind,
        settled_by: by,
        reason_sha256,
    };
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// The address of a delivery may be written to again.
pub async fn release_address(
    deps: &Deps,
    by: AccountId,
    last: DeliveryId,
    typed: Option<&str>,
) -> Result<(), SeeToError> {
    let (reason, reason_sha256) = reason(typed)?;
    let mut tx = deps.db.begin().await?;
    let partner_id =
        bounces::release(&mut tx, last, by, &reason, deps.clock.now()).await?.ok_or(SeeToError::Nothing)?;
    let event = SuppressionReleasedV1 { delivery_id: last, partner_id, released_by: by, reason_sha256 };
    outbox::record(&mut tx, Service::Notifier, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

impl From<SeeToError> for Problem {
    fn from(error: SeeToError) -> Self {
        match error {
            SeeToError::Fields(errors) => errors.into(),
            SeeToError::Nothing => Self::not_found("open task or suppressed address"),
            SeeToError::Store(error) => error.into(),
        }
    }
}
