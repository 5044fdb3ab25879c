//! An officer records what happened on the way back. A confirmed step starts and stops time limits; the last one ends
//! the restitution.

use contracts::Service;
use contracts::events::RestitutionStepTakenV1;
use domain::codes::WayStep;
use domain::ids::{AccountId, RestitutionId};
use domain::text::Prose;
use domain::{CivilDate, FieldErrors};
use serde::{Deserialize, Serialize};
use store::cases::StatusRow;
use store::outbox;
use store::restitutions::{self, WayStepRow};
use utoipa::ToSchema;

use super::{RestitutionError, keep_clocks, object, open_one};
use crate::Deps;
use crate::set_status::record_status;

/// A step as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TakeWayStep {
    /// Such as `location_known`, `possessor_known`, `discovery_notified`, `form_transmitted`, `returned`.
    #[schema(example = "form_transmitted")]
    pub step: Option<String>,
    /// The day on which it happened.
    #[schema(example = "2026-11-20")]
    pub happened_on: Option<String>,
    /// `true` if it is confirmed on evidence: only then it starts or stops a time limit.
    #[schema(example = true)]
    pub confirmed: bool,
    /// The number of the document that shows it.
    #[schema(example = "1")]
    pub document: Option<String>,
    /// On what it rests, or what else is to be said.
    #[schema(example = "Receipt of the Secretariat.")]
    pub note: Option<String>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub step: WayStep,
    /// When.
    pub happened_on: CivilDate,
    /// Whether it is confirmed.
    pub confirmed: bool,
    /// The document that shows it.
    pub document: Option<i64>,
    /// On what it rests.
    pub note: Option<Prose>,
}

impl TakeWayStep {
    /// Parses what was typed; `today` is the calendar date in UTC.
    pub fn parse(&self, today: CivilDate) -> Result<Taken, FieldErrors> {
        let mut e = FieldErrors::new();
        let step: Option<WayStep> = e.required("/step", self.step.as_deref());
        let happened_on: Option<CivilDate> = e.required("/happened_on", self.happened_on.as_deref());
        if happened_on.is_some_and(|day| day > today) {
            e.push("/happened_on", "must not be in the future: a step is recorded when it happened");
        }
        let document: Option<i64> = e.optional("/document", self.document.as_deref());
        let note: Option<Prose> = e.optional("/note", self.note.as_deref());
        if self.confirmed && document.is_none() && note.is_none() {
            e.push("/note", "is required, or a document: say on what the confirmation rests");
        }
        if !self.confirmed && step.is_some_and(|step| step.end().is_some()) {
            e.push("/confirmed", "must be true: the end of a restitution is not supposed");
        }
        let confirmed = self.confirmed;
        let taken = step.zip(happened_on);
        e.into_result(taken.map(|(step, happened_on)| Taken { step, happened_on, confirmed, document, note }))
    }
}

/// Records a step. The same once more by the same officer (a double click) is recorded once.
pub async fn take_way_step(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    taken: Taken,
) -> Result<(), RestitutionError> {
    let mut tx = deps.db.begin().await?;
    let restitution = open_one(&mut tx, id).await?;
    let now = deps.clock.now();
    let row = WayStepRow {
        step: taken.step,
        happened_on: taken.happened_on,
        confirmed: taken.confirmed,
        document: taken.document,
        note: taken.note,
        recorded_by: by,
        recorded_at: now,
    };
    if let Some(last) = restitutions::steps(&mut tx, id).await?.pop()
        && (WayStepRow { recorded_at: now, ..last }) == row
    {
        return Ok(());
    }
    if let Some(number) = row.document
        && restitutions::documents(&mut tx, id).await?.iter().all(|document| document.number != number)
    {
        let mut errors = FieldErrors::new();
        errors.push("/document", "must be the number of a document of this restitution");
        return Err(RestitutionError::Invalid(errors));
    }
    restitutions::insert_step(&mut tx, id, &row).await?;
    keep_clocks(&mut tx, &restitution).await?;
    let (case_id, object_id) = (restitution.case_id, restitution.object_id);
    if let Some(status) = row.step.end() {
        let found = object(&mut tx, &restitution, object_id).await?;
        if found.status != status {
            found.status.check(status)?;
            let note = format!("{}: {}.", restitution.route.label(), row.step.label().to_lowercase()).parse().ok();
            let row = StatusRow { object_id, status, note, set_by: by, set_at: now };
            record_status(deps, &mut tx, case_id, &row).await?;
        }
        restitutions::end(&mut tx, id, row.step, now).await?;
    }
    let event = RestitutionStepTakenV1 {
        restitution_id: id,
        case_id,
        object_id,
        step: row.step,
        happened_on: row.happened_on,
        confirmed: row.confirmed,
        recorded_by: by,
    };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, restitution.id = %id, restitution.step = row.step.as_str(), "a step on the way back");
    Ok(())
}
