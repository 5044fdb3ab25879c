//! An officer opens the way back of an object.

use contracts::Service;
use contracts::events::RestitutionOpenedV1;
use domain::FieldErrors;
use domain::codes::{LegalInstrument, ObjectStatus, Route};
use domain::ids::{AccountId, ObjectId, RestitutionId};
use serde::{Deserialize, Serialize};
use store::cases::StatusRow;
use store::restitutions::{self, RestitutionRow};
use store::{cases, outbox};
use utoipa::ToSchema;

use super::RestitutionError;
use crate::Deps;
use crate::set_status::record_status;

/// A restitution as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpenRestitution {
    /// `bilateral`, `court`, `unidroit_1995`, `directive_2014_60`, `icprcp` or `mediation`.
    #[schema(example = "icprcp")]
    pub route: Option<String>,
    /// What the claim relies on besides its route: `unidroit_1995`, `directive_2014_60`, `icprcp`. Its time limits are
    /// watched.
    #[schema(example = json!(["unidroit_1995"]))]
    pub instruments: Vec<String>,
}

/// What is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// By which route.
    pub route: Route,
    /// What the claim relies on.
    pub instruments: Vec<LegalInstrument>,
}

impl OpenRestitution {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<Opening, FieldErrors> {
        let mut e = FieldErrors::new();
        let route: Option<Route> = e.required("/route", self.route.as_deref());
        let mut instruments: Vec<LegalInstrument> = e.list("/instruments", &self.instruments);
        instruments.extend(route.iter().flat_map(|route| route.instruments()));
        instruments.sort_unstable();
        instruments.dedup();
        e.into_result(route.map(|route| Opening { route, instruments }))
    }
}

/// Opens the way back of an object that was located, secured or recovered. The same once more by the same officer (a
/// double click) opens nothing else.
pub async fn open_restitution(
    deps: &Deps,
    by: AccountId,
    object_id: ObjectId,
    opening: Opening,
) -> Result<RestitutionRow, RestitutionError> {
    let mut tx = deps.db.begin().await?;
    let case_id = cases::case_of_object(&mut tx, object_id).await?.ok_or(RestitutionError::NoObject)?;
    cases::lock(&mut tx, case_id).await?.ok_or(RestitutionError::NoObject)?;
    let objects = cases::objects(&mut tx, case_id).await?;
    let object = objects.iter().find(|one| one.id == object_id).ok_or(RestitutionError::NoObject)?;
    let Opening { route, instruments } = opening;
    let earlier = restitutions::of_object(&mut tx, object_id).await?;
    if let Some(open) = earlier.into_iter().find(|row| row.ended_at.is_none()) {
        let same = open.route == route && open.instruments.0 == instruments && open.opened_by == by;
        return if same { Ok(open) } else { Err(RestitutionError::Open) };
    }
    let now = deps.clock.now();
    if object.status != ObjectStatus::Restitution {
        object.status.check(ObjectStatus::Restitution)?;
        let note = format!("{}: opened.", route.label()).parse().ok();
        let status = StatusRow { object_id, status: ObjectStatus::Restitution, note, set_by: by, set_at: now };
        record_status(deps, &mut tx, case_id, &status).await?;
    }
    let row = RestitutionRow {
        id: RestitutionId::generate(&deps.clock),
        case_id,
        object_id,
        route,
        instruments: instruments.into(),
        opened_by: by,
        opened_at: now,
        ended_by: None,
        ended_at: None,
    };
    if !restitutions::insert(&mut tx, &row).await? {
        return Err(RestitutionError::Open);
    }
    let event = RestitutionOpenedV1 { restitution_id: row.id, case_id, object_id, route, opened_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, restitution.id = %row.id, restitution.route = route.as_str(), "opened a way back");
    Ok(row)
}
