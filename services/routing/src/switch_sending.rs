//! Stop all sending, or take it up again. The sender reads the row before every mail, so that nothing begins after it.

use contracts::Service;
use contracts::events::SendingSwitchedV1;
use domain::FieldErrors;
use domain::ids::AccountId;
use domain::text::Line;
use store::{outbox, sending};

use crate::Deps;
use crate::digest::of_text;

/// Why nothing was switched.
#[derive(Debug, thiserror::Error)]
pub enum SwitchSendingError {
    /// Fields break rules.
    #[error("read the request")]
    Fields(FieldErrors),
    /// The database failed.
    #[error("switch sending")]
    Store(#[from] store::Error),
}

/// Switches. Says false if it stood so already; that is recorded by whoever did it first.
pub async fn switch_sending(
    deps: &Deps,
    by: AccountId,
    stopped: bool,
    reason: Option<&str>,
) -> Result<bool, SwitchSendingError> {
    let mut e = FieldErrors::new();
    let reason: Option<Line> = e.required("/reason", reason);
    let reason = e.into_result(reason).map_err(SwitchSendingError::Fields)?;
    let mut tx = deps.db.begin().await?;
    if !sending::switch(&mut tx, stopped, reason.as_str(), by, deps.clock.now()).await? {
        return Ok(false);
    }
    let event = SendingSwitchedV1 { stopped, reason_sha256: of_text(reason.as_str()), switched_by: by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::warn!(stopped, account.id = %by, "sending was switched");
    Ok(true)
}
