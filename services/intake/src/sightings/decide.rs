//! An officer accepts a sighting, which is then where the object stands, or dismisses it.

use contracts::Service;
use contracts::events::SightingDecidedV1;
use domain::FieldErrors;
use domain::codes::{ObjectStatus, SightingState};
use domain::ids::{AccountId, ObjectId, SightingId};
use domain::text::Prose;
use serde::{Deserialize, Serialize};
use store::cases::StatusRow;
use store::sightings::{self, SightingRow};
use store::{Tx, cases, outbox};
use utoipa::ToSchema;
use web::Problem;

use crate::Deps;
use crate::set_status::record_status;

/// A decision as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DecideSighting {
    /// `accepted` or `dismissed`.
    #[schema(example = "accepted")]
    pub state: Option<String>,
    /// The object that was seen; needed to accept one that names none.
    #[schema(example = "object_0193588f2a7c7d1e9f00112233445566")]
    pub object_id: Option<String>,
    /// On what it rests, for the desk; needed to dismiss.
    #[schema(example = "The curator knows the crack at the shoulder from the photograph.")]
    pub note: Option<String>,
}

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Accepted or dismissed.
    pub state: SightingState,
    /// The object that was seen.
    pub object_id: Option<ObjectId>,
    /// On what it rests.
    pub note: Option<Prose>,
}

/// Why a sighting was not decided.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// Some fields break a rule.
    #[error("read the decision")]
    Invalid(FieldErrors),
    /// There is no such sighting.
    #[error("find the sighting")]
    NoSighting,
    /// The object is none of the case, or none is named.
    #[error("find the object in the case")]
    NoObject,
    /// It was decided otherwise.
    #[error("decide a sighting that is {}", .0.label())]
    Decided(SightingState),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl DecideSighting {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<Decision, FieldErrors> {
        let mut e = FieldErrors::new();
        let state: Option<SightingState> = e.required("/state", self.state.as_deref());
        let object_id = e.optional("/object_id", self.object_id.as_deref());
        let note: Option<Prose> = e.optional("/note", self.note.as_deref());
        match state {
            Some(SightingState::Open) => e.push("/state", "must be accepted or dismissed"),
            Some(SightingState::Dismissed) if note.is_none() => {
                e.push("/note", "is required: whoever sent it may ask why");
            }
            _ => {}
        }
        e.into_result(state.map(|state| Decision { state, object_id, note }))
    }
}

/// Decides a sighting. The same decision once more (a double click) is recorded once.
pub async fn decide_sighting(
    deps: &Deps,
    by: AccountId,
    id: SightingId,
    decision: Decision,
) -> Result<SightingRow, DecideError> {
    let mut tx = deps.db.begin().await?;
    let case_id = sightings::find(&mut tx, id).await?.ok_or(DecideError::NoSighting)?.case_id;
    cases::lock(&mut tx, case_id).await?.ok_or(DecideError::NoSighting)?;
    let row = sightings::find(&mut tx, id).await?.ok_or(DecideError::NoSighting)?;
    if row.state == decision.state && row.decided_by == Some(by) {
        return Ok(row);
    }
    if row.state != SightingState::Open {
        return Err(DecideError::Decided(row.state));
    }
    let object_id = decision.object_id.or(row.object_id);
    let at = deps.clock.now();
    if decision.state == SightingState::Accepted {
        let object = object_id.ok_or(DecideError::NoObject)?;
        stand_sighted(deps, &mut tx, &row, object, by).await?;
    }
    let done = sightings::Decision { state: decision.state, object_id, note: decision.note, by, at };
    sightings::decide(&mut tx, id, &done).await?;
    let event = SightingDecidedV1 { sighting_id: id, case_id, object_id, state: done.state, decided_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    let row = sightings::find(&mut tx, id).await?.ok_or(DecideError::NoSighting)?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, sighting.id = %id, sighting.state = row.state.as_str(), "decided a sighting");
    Ok(row)
}

/// An object that is only searched for stands as sighted; one that has come further stays where it is.
async fn stand_sighted(
    deps: &Deps,
    tx: &mut Tx,
    row: &SightingRow,
    object: ObjectId,
    by: AccountId,
) -> Result<(), DecideError> {
    let objects = cases::objects(tx, row.case_id).await?;
    let found = objects.iter().find(|one| one.id == object).ok_or(DecideError::NoObject)?;
    if found.status.check(ObjectStatus::Sighted).is_err() {
        return Ok(());
    }
    // The status is for everybody who sees the case: it says nothing of what was seen.
    let note = "A sighting was accepted.".parse().ok();
    let status =
        StatusRow { object_id: object, status: ObjectStatus::Sighted, note, set_by: by, set_at: deps.clock.now() };
    record_status(deps, tx, row.case_id, &status).await?;
    Ok(())
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::Invalid(errors) => errors.into(),
            DecideError::NoSighting => Self::not_found("sighting"),
            DecideError::NoObject => {
                let mut errors = FieldErrors::new();
                errors.push("/object_id", "must be an object of the case: say which one was seen");
                errors.into()
            }
            DecideError::Decided(state) => Self::conflict(
                "sighting-decided",
                format!("The sighting was decided before: {}.", state.label().to_lowercase()),
            ),
            DecideError::Store(error) => error.into(),
        }
    }
}
