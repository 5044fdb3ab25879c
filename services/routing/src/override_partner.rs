//! An officer adds a partner to a draft, removes one, or takes such a decision back. The plan obeys it and says so.

use contracts::Service;
use contracts::events::OverrideMadeV1;
use domain::FieldErrors;
use domain::codes::{AlertState, Share};
use domain::ids::{AccountId, AlertId, OverrideId, PartnerId};
use domain::plan::OverrideChange;
use domain::text::Line;
use serde::{Deserialize, Serialize};
use store::plans::overrides::{self, OverrideRow};
use store::{alerts, outbox, partners};
use utoipa::ToSchema;

use crate::Deps;
use crate::digest::of_text;

/// A decision as sent.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OverrideBody {
    /// The partner.
    #[schema(example = "partner_0190…")]
    pub partner: Option<String>,
    /// `add`, `remove`, or `take_back` what was decided before.
    #[schema(example = "add")]
    pub change: Option<String>,
    /// For `add`: `object_data` or `full`, the most it is shown; `object_data` if left out.
    pub share: Option<String>,
    /// Why: whoever reads the plan later reads this.
    pub reason: Option<String>,
}

/// Why a decision was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum OverrideError {
    /// Fields break rules.
    #[error("read the decision")]
    Fields(FieldErrors),
    /// There is no such alert.
    #[error("find the alert")]
    NoAlert,
    /// It is no draft any more: what was released never changes.
    #[error("change a draft that is none any more")]
    NoDraft,
    /// The database failed.
    #[error("store the decision")]
    Store(#[from] store::Error),
}

/// Whether to add, remove, or take back.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
    TakeBack,
}

impl std::str::FromStr for Change {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "add" => Ok(Self::Add),
            "remove" => Ok(Self::Remove),
            "take_back" => Ok(Self::TakeBack),
            _ => Err("must be one of add, remove, take_back"),
        }
    }
}

/// Records a decision about one partner of a draft.
pub async fn override_partner(
    deps: &Deps,
    by: AccountId,
    alert_id: AlertId,
    body: &OverrideBody,
) -> Result<OverrideId, OverrideError> {
    let mut e = FieldErrors::new();
    let partner_id: Option<PartnerId> = e.required("/partner", body.partner.as_deref());
    let change: Option<Change> = e.required("/change", body.change.as_deref());
    let share: Option<Share> = e.optional("/share", body.share.as_deref());
    let reason: Option<Line> = e.required("/reason", body.reason.as_deref());
    let parsed = partner_id.zip(change).zip(reason);
    let ((partner_id, change), reason) = e.into_result(parsed).map_err(OverrideError::Fields)?;
    let (word, change) = match change {
        Change::Add => ("add", Some(OverrideChange::Add { share: share.unwrap_or(Share::ObjectData) })),
        Change::Remove => ("remove", Some(OverrideChange::Remove)),
        Change::TakeBack => ("take_back", None),
    };
    let mut tx = deps.db.begin().await?;
    alerts::hold(&mut tx, alert_id).await?;
    let alert = alerts::find(&mut tx, alert_id).await?.ok_or(OverrideError::NoAlert)?;
    if alert.state != AlertState::Draft {
        return Err(OverrideError::NoDraft);
    }
    if partners::find(&mut tx, partner_id).await?.is_none() {
        let mut errors = FieldErrors::new();
        errors.push("/partner", "is no partner of the directory");
        return Err(OverrideError::Fields(errors));
    }
    let made_at = deps.clock.now();
    let id = OverrideId::generate(&deps.clock);
    let event = OverrideMadeV1 {
        override_id: id,
        alert_id,
        case_id: alert.case_id,
        partner_id,
        change: word.to_owned(),
        reason_sha256: of_text(reason.as_str()),
        made_by: by,
    };
    let row = OverrideRow { id, alert_id, partner_id, change: change.map(Into::into), reason, made_by: by, made_at };
    overrides::insert(&mut tx, &row).await?;
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(alert.id = %alert_id, partner.id = %partner_id, change = word, "an officer decided about a partner");
    Ok(id)
}
