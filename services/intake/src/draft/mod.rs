//! An officer drafts an alert version: its text is frozen now, and nobody is told before it is released.

mod decide;
mod freeze;
mod urgency;

use std::collections::HashMap;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::AlertDraftedV1;
use domain::FieldErrors;
use domain::codes::{AlertKind, AlertState, CaseState, ObjectStatus, Reach};
use domain::ids::{AccountId, AlertId, CaseId};
use domain::lifecycle::Reached;
use serde::{Deserialize, Serialize};
use store::alerts::AlertRow;
use store::cases::ObjectRow;
use store::{Tx, alerts, cases, outbox, photos};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::changes::{changes_of, told_before};
use crate::step::reached;
use crate::view::AlertView;

pub use decide::{DraftRequest, Refusal, Standing, Version, next_version};
pub use freeze::{Before, Frozen, Source, content_sha256, freeze};
pub use urgency::urgency;

/// A draft as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraftAlert {
    /// `alert`, `update`, `cancel`, `recovery`, `restitution`, `expert_request` or `exercise`.
    #[schema(example = "alert")]
    pub kind: Option<String>,
    /// `police` or `all`; `all` if left out, which needs a second officer.
    #[schema(example = "all")]
    pub reach: Option<String>,
    /// The desk's words to all recipients; required for all kinds but `alert`. Must hold no circumstances.
    pub message: Option<String>,
    /// The numbers of the objects that were recovered or returned; all if left out. Only for `recovery` and
    /// `restitution`.
    #[schema(example = json!(["1", "3"]))]
    pub objects: Vec<String>,
}

/// What whoever drafts a version of a case that is part of another one is told.
pub(crate) const MERGED: &str = "The case is part of another one, whose versions speak for it.";

/// Why no draft was made.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Some fields break a rule.
    #[error("read the draft")]
    Invalid(FieldErrors),
    /// There is no such case.
    #[error("find the case")]
    NoCase,
    /// The case is part of another one, whose versions speak for it.
    #[error("draft a version of a case that is part of another one")]
    Merged,
    /// The case does not allow it.
    #[error("draft the version: {0}")]
    Refused(Refusal),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl DraftAlert {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<DraftRequest, FieldErrors> {
        let mut e = FieldErrors::new();
        let kind = e.required("/kind", self.kind.as_deref());
        let reach = e.optional("/reach", self.reach.as_deref()).unwrap_or(Reach::All);
        let message = e.optional("/message", self.message.as_deref());
        let mut named: Vec<i64> = e.list("/objects", &self.objects);
        named.sort_unstable();
        named.dedup();
        if !named.is_empty() && !matches!(kind, None | Some(AlertKind::Recovery | AlertKind::Restitution)) {
            e.push("/objects", "names what was recovered or returned: only a recovery or a restitution does");
        }
        e.into_result(kind.map(|kind| DraftRequest { kind, reach, message, named }))
    }
}

/// Drafts the next version of a case.
pub async fn draft_alert(
    deps: &Deps,
    by: AccountId,
    case_id: CaseId,
    request: DraftRequest,
) -> Result<AlertRow, DraftError> {
    let mut tx = deps.db.begin().await?;
    let case = cases::lock(&mut tx, case_id).await?.ok_or(DraftError::NoCase)?;
    if case.state == CaseState::Merged {
        return Err(DraftError::Merged);
    }
    let verification = cases::verifications(&mut tx, case_id).await?.pop();
    let capacity = cases::reporter(&mut tx, case_id).await?.map(|reporter| reporter.capacity);
    let versions = alerts::of_case(&mut tx, case_id).await?;
    let rows = cases::objects(&mut tx, case_id).await?;
    let statuses: Vec<_> = rows.iter().map(|row| row.status).collect();
    let standing = Standing::new(case.state, verification.as_ref(), capacity, &statuses, &versions);
    let version = next_version(&standing, &request).map_err(DraftError::Refused)?;
    let (certainty, _) = standing.sure().ok_or(DraftError::Refused(Refusal::NotVerified))?;
    check_named(&request, &rows)?;
    let circumstances = cases::circumstances(&mut tx, case_id).await?.ok_or(DraftError::NoCase)?;
    let numbers: HashMap<_, _> = rows.iter().map(|row| (row.id, row.ordinal)).collect();
    let shown = photos::of_case(&mut tx, case_id).await?;
    let photographs = shown.iter().filter_map(|photo| numbers.get(&photo.object_id).copied()).collect();
    let before = match request.kind {
        AlertKind::Update => before(&mut tx, told_before(&versions, version)).await?,
        _ => None,
    };
    let objects = rows.into_iter().map(|row| (row.ordinal, row.status, row.description.0)).collect();

    let now = deps.clock.now();
    let id = AlertId::generate(&deps.clock);
    let (kind, reach) = (request.kind, request.reach);
    let source = Source { case: &case, circumstances, objects, certainty, photographs, before };
    let frozen = freeze(id, version, source, request, now);
    let row = AlertRow {
        id,
        case_id,
        version,
        kind,
        state: AlertState::Draft,
        reach,
        label: case.label,
        facts: frozen.facts.into(),
        content: frozen.content.into(),
        drafted_by: by,
        drafted_at: now,
        released_by: None,
        released_at: None,
        not_before: None,
    };
    alerts::insert(&mut tx, &row).await?;
    alerts::insert_circumstances(&mut tx, id, &frozen.circumstances).await?;
    if version == 1 && kind != AlertKind::Exercise && reached(true, &versions) < Reached::Told {
        cases::set_state(&mut tx, case_id, CaseState::Alerting, now).await?;
    }
    photos::freeze(&mut tx, id, case_id).await?;
    let event = AlertDraftedV1 { alert_id: id, case_id, version, kind, reach, drafted_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %case_id, alert.id = %id, alert.version = version, kind = kind.as_str(), "drafted an alert");
    Ok(row)
}

/// What partners were told before, to say what an update changes.
async fn before(tx: &mut Tx, told: Option<&AlertRow>) -> Result<Option<Before>, store::Error> {
    let Some(row) = told else { return Ok(None) };
    Ok(Some(Before {
        label: row.label,
        content: row.content.0.clone(),
        circumstances: alerts::circumstances(tx, row.id).await?,
        photographs: photos::objects_shown(tx, row.id).await?,
    }))
}

/// What a recovery names must be there, and not be back already.
fn check_named(request: &DraftRequest, objects: &[ObjectRow]) -> Result<(), DraftError> {
    let mut e = FieldErrors::new();
    for number in &request.named {
        match objects.iter().find(|object| object.ordinal == *number) {
            None => e.push("/objects", format!("names object {number}, and there is none")),
            Some(object) => {
                if request.kind == AlertKind::Recovery && object.status.check(ObjectStatus::Recovered).is_err() {
                    let status = object.status.label().to_lowercase();
                    e.push("/objects", format!("names object {number}, which is {status}"));
                }
            }
        }
    }
    if e.is_empty() { Ok(()) } else { Err(DraftError::Invalid(e)) }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        let code = match error {
            DraftError::Invalid(errors) => return errors.into(),
            DraftError::NoCase => return Self::not_found("case"),
            DraftError::Merged => return Self::conflict("merged", MERGED),
            DraftError::Store(error) => return error.into(),
            DraftError::Refused(Refusal::MessageMissing) => {
                let mut errors = FieldErrors::new();
                errors.push("/message", Refusal::MessageMissing.to_string());
                return errors.into();
            }
            DraftError::Refused(refusal) => refusal,
        };
        Self::conflict(code.code(), code.sentence())
    }
}

impl Refusal {
    /// A stable code for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Silent(_) => "case-silent",
            Self::NotVerified => "not-verified",
            Self::TooUncertain => "too-uncertain",
            Self::PublicTip => "public-tip",
            Self::DraftOpen => "draft-open",
            Self::FirstIsAlert => "first-is-alert",
            Self::AlertExists => "alert-exists",
            Self::Cancelled => "cancelled",
            Self::RecoveryExists => "recovery-exists",
            Self::ExerciseOnly => "exercise-only",
            Self::NotAnExercise => "not-an-exercise",
            Self::ReachNarrowed => "reach-narrowed",
            Self::MessageMissing => "message-missing",
        }
    }

    /// The reason as a sentence of its own.
    pub fn sentence(self) -> String {
        let text = self.to_string();
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
    }
}

/// Drafts the next alert version of a case.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/alerts", tag = "intake", request_body = DraftAlert,
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 201, description = "The draft, with its text frozen", body = AlertView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such case"),
        (status = 409, description = "The case does not allow this version now"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    body: Json<DraftAlert>,
) -> Result<Response, Problem> {
    let row = draft_alert(&deps, officer.account_id, id, body.value.parse()?).await?;
    let mut tx = deps.db.read().await?;
    let versions = alerts::of_case(&mut tx, id).await?;
    let changes = changes_of(&mut tx, &versions, &row).await?;
    tx.commit().await?;
    let view = AlertView { changes, ..AlertView::for_desk(row) };
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}
