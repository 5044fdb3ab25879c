//! What a release would do: who is told what and why, who is not and why, and where nobody hears.

use std::collections::HashMap;
use std::sync::Arc;

use domain::Country;
use domain::alert::AlertFacts;
use domain::codes::PartnerKind;
use domain::ids::{AccountId, AlertId, OverrideId, PartnerId};
use domain::partner::Partner;
use domain::plan::{Plan, PlanInputs};
use store::alerts::{self, AlertRow};
use store::plans::overrides;

use crate::Deps;
use crate::inputs;
use crate::plan::Router;
use crate::routers::RouterError;

/// A draft and what its release would do now.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The draft.
    pub alert: AlertRow,
    /// The plan that would be frozen.
    pub plan: Plan,
    /// What it was made from.
    pub inputs: PlanInputs,
    /// The last decision about a partner by hand; whoever releases says which one they have seen.
    pub last_override: Option<OverrideId>,
    /// Countries of the case with no police partner that is told.
    pub gaps: Vec<Gap>,
    /// The directory and the rules it was made with.
    pub router: Arc<Router>,
}

/// A country of the case of whose police nobody is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The country.
    pub country: Country,
    /// What it is to the case: `place`, `origin`, `route`, `destination`.
    pub relation: &'static str,
}

/// Why there is no preview.
#[derive(Debug, thiserror::Error)]
pub enum PreviewError {
    /// There is no such alert.
    #[error("find the alert")]
    NoAlert,
    /// It is no draft: who was told is read from its plan.
    #[error("preview what is no draft any more")]
    NoDraft(Box<AlertRow>),
    /// Directory and rules cannot be asked.
    #[error(transparent)]
    Router(#[from] RouterError),
}

impl From<store::Error> for PreviewError {
    fn from(error: store::Error) -> Self {
        Self::Router(error.into())
    }
}

/// Plans a draft as if `releaser` released it now. Writes nothing.
pub async fn preview(deps: &Deps, alert_id: AlertId, releaser: AccountId) -> Result<Preview, PreviewError> {
    let router = deps.routers.current(&deps.db).await?;
    let mut tx = deps.db.read().await?;
    let alert = alerts::find(&mut tx, alert_id).await?.ok_or(PreviewError::NoAlert)?;
    if !alert.state.is_open() {
        return Err(PreviewError::NoDraft(Box::new(alert)));
    }
    let inputs = inputs::gather(&mut tx, &alert, alert.drafted_by != releaser, deps.clock.now()).await?;
    let last_override = overrides::of_alert(&mut tx, alert_id).await?.last().map(|row| row.id);
    tx.commit().await?;
    let plan = router.plan(&alert.facts.0, &inputs);
    let gaps = gaps(&alert.facts.0, &plan, &router.directory().partners);
    Ok(Preview { alert, plan, inputs, last_override, gaps, router })
}

/// Countries of the case with no police partner that is told.
pub fn gaps(facts: &AlertFacts, plan: &Plan, partners: &[Partner]) -> Vec<Gap> {
    let by_id: HashMap<PartnerId, &Partner> = partners.iter().map(|partner| (partner.id, partner)).collect();
    let police: Vec<&Partner> = plan
        .told
        .iter()
        .filter(|told| told.kind == PartnerKind::Police)
        .filter_map(|told| by_id.get(&told.partner_id).copied())
        .collect();
    let one = [facts.country];
    let parts: [(&str, &[Country]); 4] =
        [("place", &one), ("origin", &facts.origins), ("route", &facts.route), ("destination", &facts.destinations)];
    let mut gaps: Vec<Gap> = Vec::new();
    for (relation, countries) in parts {
        for country in countries {
            let heard = police.iter().any(|partner| partner.mandate.scope.covers(*country));
            if !heard && gaps.iter().all(|gap| gap.country != *country) {
                gaps.push(Gap { country: *country, relation });
            }
        }
    }
    gaps
}
