//! A case takes a step of its life: into triage, to sleep, to its end, and back.
//!
//! [`domain::lifecycle::step`] decides; [`take_step`] records. Officers take every step; the reporting institution may
//! withdraw its own case as long as nobody was told.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseMovedV1;
use domain::codes::{AlertKind, AlertState, CaseState, CaseStep, Role};
use domain::ids::{CaseId, StepId};
use domain::lifecycle::{self, Reached, StepNotAllowed};
use domain::text::Prose;
use domain::{CivilDate, FieldErrors};
use serde::{Deserialize, Serialize};
use store::alerts::AlertRow;
use store::cases::StepRow;
use store::{alerts, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Path, Principal, Problem, Reporter};

use crate::Deps;
use crate::access::sight;
use crate::view::StepView;

/// A step as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TakeStep {
    /// `triage`, `start_verifying`, `reject`, `withdraw`, `suspend`, `resume`, `rest`, `wake`, `close` or `reopen`.
    #[schema(example = "rest")]
    pub step: Option<String>,
    /// Why; for the desk. Required to reject, withdraw, suspend, rest, close and reopen.
    #[schema(example = "No lead since March; the police keep the file open.")]
    pub reason: Option<String>,
    /// The day on which somebody looks again. Required to rest.
    #[schema(example = "2027-11-23")]
    pub review_on: Option<String>,
}

/// A step that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub step: CaseStep,
    /// Why.
    pub reason: Option<Prose>,
    /// The day on which somebody looks again.
    pub review_on: Option<CivilDate>,
}

/// Why a step was not taken.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// Some fields break a rule.
    #[error("read the step")]
    Invalid(FieldErrors),
    /// There is no such case, or none the caller may see.
    #[error("find the case")]
    NoCase,
    /// The case cannot take it from where it stands.
    #[error(transparent)]
    NotAllowed(#[from] StepNotAllowed),
    /// Only an officer takes it.
    #[error("take a step of the desk")]
    NotYours,
    /// An open draft would be left behind.
    #[error("take a step while a draft is open")]
    DraftOpen,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl TakeStep {
    /// Parses what was typed; `today` is the calendar date in UTC.
    pub fn parse(&self, today: CivilDate) -> Result<Step, FieldErrors> {
        let mut e = FieldErrors::new();
        let step: Option<CaseStep> = e.required("/step", self.step.as_deref());
        let reason: Option<Prose> = e.optional("/reason", self.reason.as_deref());
        let review_on: Option<CivilDate> = e.optional("/review_on", self.review_on.as_deref());
        if let Some(step) = step {
            if step.needs_reason() && self.reason.as_deref().is_none_or(|text| text.trim().is_empty()) {
                e.push("/reason", "is required: whoever reads the case will ask why");
            }
            if step.needs_review() && self.review_on.as_deref().is_none_or(|text| text.trim().is_empty()) {
                e.push("/review_on", "is required: a case that rests is looked at again");
            }
        }
        if review_on.is_some_and(|day| day <= today) {
            e.push("/review_on", "must be in the future");
        }
        e.into_result(step.map(|step| Step { step, reason, review_on }))
    }
}

/// How far a case has come.
pub fn reached(verified: bool, versions: &[AlertRow]) -> Reached {
    let told = |row: &AlertRow| row.state == AlertState::Released && row.kind != AlertKind::Exercise;
    if versions.iter().any(told) {
        Reached::Told
    } else if verified {
        Reached::Verified
    } else {
        Reached::Submitted
    }
}

/// Takes a step. The same one once more by the same person (a double click) is taken once.
pub async fn take_step(deps: &Deps, by: &Principal, id: CaseId, asked: Step) -> Result<StepRow, StepError> {
    let mut tx = deps.db.begin().await?;
    let case = cases::lock(&mut tx, id).await?.ok_or(StepError::NoCase)?;
    sight(by, case.institution_id).ok_or(StepError::NoCase)?;
    if by.role != Role::Officer && asked.step != CaseStep::Withdraw {
        return Err(StepError::NotYours);
    }
    let last = cases::steps(&mut tx, id).await?.pop();
    // The last one tells why the case stands where it does, so this one must be later, whatever the clock says.
    let taken_at = deps.clock.now().after(last.as_ref().map(|last| last.taken_at));
    if let Some(last) = last {
        let same = Step { step: last.step, reason: last.reason.clone(), review_on: last.review_on };
        if last.taken_by == by.account_id && same == asked && last.to_state == case.state {
            return Ok(last);
        }
    }
    let versions = alerts::of_case(&mut tx, id).await?;
    if versions.iter().any(|version| version.state.is_open()) {
        return Err(StepError::DraftOpen);
    }
    let verified = !cases::verifications(&mut tx, id).await?.is_empty();
    let to_state = lifecycle::step(case.state, asked.step, reached(verified, &versions))?;
    let now = deps.clock.now();
    let row = StepRow {
        id: StepId::generate(&deps.clock),
        step: asked.step,
        from_state: case.state,
        to_state,
        reason: asked.reason,
        review_on: asked.review_on,
        taken_by: by.account_id,
        taken_at,
    };
    cases::set_state(&mut tx, id, to_state, now).await?;
    cases::insert_step(&mut tx, id, &row).await?;
    let event = CaseMovedV1 { case_id: id, step: row.step, from: case.state, to: to_state, moved_by: by.account_id };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %id, case.step = row.step.as_str(), case.state = to_state.as_str(), "moved a case");
    Ok(row)
}

/// Whether the desk may draft or release anything about a case that stands here.
pub(crate) fn may_speak(state: CaseState) -> bool {
    match state {
        CaseState::Submitted
        | CaseState::Triage
        | CaseState::Verifying
        | CaseState::Verified
        | CaseState::Alerting
        | CaseState::Active
        | CaseState::Closed
        | CaseState::Dormant => true,
        CaseState::Draft | CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged | CaseState::Suspended => {
            false
        }
    }
}

impl From<StepError> for Problem {
    fn from(error: StepError) -> Self {
        match error {
            StepError::Invalid(errors) => errors.into(),
            StepError::NoCase => Self::not_found("case"),
            StepError::NotAllowed(error) => {
                let mut letters = error.to_string();
                letters.replace_range(..1, "A");
                Self::conflict("step-not-allowed", format!("{letters}."))
            }
            StepError::NotYours => Self::conflict(
                "step-of-the-desk",
                "Only a duty officer takes this step. Your institution may withdraw its case as long as nobody was told.",
            ),
            StepError::DraftOpen => {
                Self::conflict("draft-open", "A draft of an alert is open. Release or discard it first.")
            }
            StepError::Store(error) => error.into(),
        }
    }
}

/// Takes a step in the life of a case.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/steps", tag = "intake", request_body = TakeStep,
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 200, description = "The step as recorded", body = StepView),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such case, or none the caller may see"),
        (status = 409, description = "The case cannot take this step from where it stands, or not by the caller"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<CaseId>,
    body: Json<TakeStep>,
) -> Result<Response, Problem> {
    let asked = body.value.parse(deps.clock.today())?;
    let row = take_step(&deps, &caller, id, asked).await?;
    Ok(axum::Json(StepView::for_desk(row)).into_response())
}
