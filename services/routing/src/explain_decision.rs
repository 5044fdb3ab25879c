//! Why a partner was told of an alert version, or was not: made again from what was frozen, and compared with what was
//! stored.

use domain::ids::{AccountId, AlertId, PartnerId};
use store::alerts::{self, AlertRow};
use store::plans;

use crate::Deps;
use crate::inputs;
use crate::plan::explain::Explanation;
use crate::routers::{RouterError, Routers};

/// The answer.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The alert version.
    pub alert: AlertRow,
    /// The rule set that decides or decided.
    pub rule_set_version: i64,
    /// The directory as of which.
    pub directory_revision: i64,
    /// The reasons.
    pub explanation: Explanation,
    /// Whether the stored decision is the same; none for a draft, which has none yet.
    pub as_stored: Option<bool>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// There is no such alert.
    #[error("find the alert")]
    NoAlert,
    /// It was discarded, or is released and not planned yet.
    #[error("find a plan of the alert")]
    NoPlan,
    /// The directory did not have the partner then.
    #[error("find the partner in the directory of then")]
    NoPartner,
    /// Directory and rules cannot be asked.
    #[error(transparent)]
    Router(#[from] RouterError),
}

impl From<store::Error> for ExplainError {
    fn from(error: store::Error) -> Self {
        Self::Router(error.into())
    }
}

/// Explains one decision. For a draft: as if `asker` released it now.
pub async fn explain_decision(
    deps: &Deps,
    alert_id: AlertId,
    partner: PartnerId,
    asker: Option<AccountId>,
) -> Result<Explained, ExplainError> {
    let current = deps.routers.current(&deps.db).await?;
    let mut tx = deps.db.read().await?;
    let alert = alerts::find(&mut tx, alert_id).await?.ok_or(ExplainError::NoAlert)?;
    if alert.state.is_open() {
        let two_officers = asker.is_none_or(|asker| asker != alert.drafted_by);
        let inputs = inputs::gather(&mut tx, &alert, two_officers, deps.clock.now()).await?;
        tx.commit().await?;
        let explanation = current.explain(&alert.facts.0, &inputs, partner).ok_or(ExplainError::NoPartner)?;
        return Ok(Explained {
            rule_set_version: current.rules().version,
            directory_revision: current.directory().revision,
            alert,
            explanation,
            as_stored: None,
        });
    }
    let plan = plans::of_alert(&mut tx, alert_id).await?.ok_or(ExplainError::NoPlan)?;
    let inputs = plans::inputs(&mut tx, plan.id).await?.ok_or(ExplainError::NoPlan)?;
    let stored = plans::decision(&mut tx, plan.id, partner).await?;
    let router = Routers::as_of(&mut tx, plan.directory_revision, plan.rule_set_version).await?;
    tx.commit().await?;
    let explanation = router.explain(&alert.facts.0, &inputs, partner).ok_or(ExplainError::NoPartner)?;
    let as_stored = Some(stored.as_ref() == Some(&explanation.decision));
    if as_stored == Some(false) {
        tracing::error!(alert.id = %alert_id, partner.id = %partner, "a stored decision is not what its inputs give");
    }
    Ok(Explained {
        rule_set_version: plan.rule_set_version,
        directory_revision: plan.directory_revision,
        alert,
        explanation,
        as_stored,
    })
}
