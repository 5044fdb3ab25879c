//! An officer establishes how sure the desk is, and on what.
//!
//! [`verify`] decides and is pure; [`verify_case`] records.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::Service;
use contracts::events::CaseVerifiedV1;
use domain::FieldErrors;
use domain::codes::{CaseState, Certainty, EvidenceKind};
use domain::ids::{AccountId, CaseId, VerificationId};
use domain::text::Prose;
use serde::{Deserialize, Serialize};
use store::cases::VerificationRow;
use store::{alerts, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::view::VerificationView;

/// A verification as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyCase {
    /// `observed`, `likely`, `possible`, `unlikely` or `unknown`.
    #[schema(example = "likely")]
    pub certainty: Option<String>,
    /// Such as `police_report` or `ministry_note`.
    #[schema(example = "inventory_extract")]
    pub evidence: Option<String>,
    /// A note for the desk.
    pub note: Option<String>,
}

/// How sure the desk is, on what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How sure.
    pub certainty: Certainty,
    /// On what.
    pub evidence: EvidenceKind,
    /// A note for the desk.
    pub note: Option<Prose>,
}

/// Why a verification was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Some fields break a rule.
    #[error("read the verification")]
    Invalid(FieldErrors),
    /// There is no such case.
    #[error("find the case")]
    NoCase,
    /// "Observed" says that a police or National Central Bureau reference is confirmed, and the evidence is another.
    #[error("call it observed without a police report or a message of a National Central Bureau")]
    NotObserved,
    /// The case is closed.
    #[error("verify a closed case")]
    Closed,
    /// An open draft has frozen the certainty of an earlier verification.
    #[error("verify while a draft is open")]
    DraftOpen,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl VerifyCase {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<Verification, FieldErrors> {
        let mut e = FieldErrors::new();
        let certainty = e.required("/certainty", self.certainty.as_deref());
        let evidence = e.required("/evidence", self.evidence.as_deref());
        let note = e.optional("/note", self.note.as_deref());
        let value = certainty.zip(evidence).map(|(certainty, evidence)| Verification { certainty, evidence, note });
        e.into_result(value)
    }
}

/// Where the case stands after this verification.
pub fn verify(state: CaseState, draft_open: bool, verification: &Verification) -> Result<CaseState, VerifyError> {
    let official = matches!(verification.evidence, EvidenceKind::PoliceReport | EvidenceKind::NcbMessage);
    if verification.certainty == Certainty::Observed && !official {
        return Err(VerifyError::NotObserved);
    }
    if draft_open {
        // Its text says how sure the desk was; whoever releases it must not send out less than the desk knows now.
        return Err(VerifyError::DraftOpen);
    }
    match state {
        CaseState::Submitted | CaseState::Triage | CaseState::Verifying | CaseState::Verified => {
            Ok(CaseState::Verified)
        }
        CaseState::Alerting | CaseState::Active | CaseState::Suspended | CaseState::Dormant => Ok(state),
        CaseState::Draft | CaseState::Closed | CaseState::Rejected | CaseState::Withdrawn | CaseState::Merged => {
            Err(VerifyError::Closed)
        }
    }
}

/// Records a verification. The same one once more by the same officer (a double click) is recorded once.
pub async fn verify_case(
    deps: &Deps,
    by: AccountId,
    id: CaseId,
    verification: Verification,
) -> Result<VerificationRow, VerifyError> {
    let mut tx = deps.db.begin().await?;
    let case = cases::lock(&mut tx, id).await?.ok_or(VerifyError::NoCase)?;
    let draft_open = alerts::of_case(&mut tx, id).await?.iter().any(|alert| alert.state.is_open());
    let state = verify(case.state, draft_open, &verification)?;
    let last = cases::verifications(&mut tx, id).await?.pop();
    // The last one holds, so this one must be later than it, whatever the clock says.
    let verified_at = deps.clock.now().after(last.as_ref().map(|last| last.verified_at));
    if let Some(last) = last {
        let same = Verification { certainty: last.certainty, evidence: last.evidence, note: last.note.clone() };
        if last.verified_by == by && same == verification {
            return Ok(last);
        }
    }
    let now = deps.clock.now();
    let Verification { certainty, evidence, note } = verification;
    let row = VerificationRow {
        id: VerificationId::generate(&deps.clock),
        certainty,
        evidence,
        note,
        verified_by: by,
        verified_at,
    };
    cases::insert_verification(&mut tx, id, &row).await?;
    cases::set_state(&mut tx, id, state, now).await?;
    let event = CaseVerifiedV1 { case_id: id, certainty, evidence, verified_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(case.id = %id, certainty = certainty.as_str(), evidence = evidence.as_str(), "verified a case");
    Ok(row)
}

impl From<VerifyError> for Problem {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Invalid(errors) => errors.into(),
            VerifyError::NoCase => Self::not_found("case"),
            VerifyError::NotObserved => {
                let mut errors = FieldErrors::new();
                let rule =
                    "must be a police report or a message of a National Central Bureau for certainty \"observed\"";
                errors.push("/evidence", rule);
                errors.into()
            }
            VerifyError::Closed => Self::conflict("case-closed", "The case is closed."),
            VerifyError::DraftOpen => Self::conflict(
                "draft-open",
                "A draft is open and says how sure the desk was. Release or discard it first.",
            ),
            VerifyError::Store(error) => error.into(),
        }
    }
}

/// Verifies a case.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/verify", tag = "intake", request_body = VerifyCase,
    params(("id" = String, Path, description = "The case's identifier, such as case_0190…")),
    responses(
        (status = 200, description = "The verification as recorded", body = VerificationView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such case"),
        (status = 409, description = "The case is closed, or a draft is open"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
    body: Json<VerifyCase>,
) -> Result<Response, Problem> {
    let verification = body.value.parse()?;
    let row = verify_case(&deps, officer.account_id, id, verification).await?;
    Ok(axum::Json(VerificationView::for_desk(row)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observed_needs_the_police_or_a_national_central_bureau() {
        for &evidence in EvidenceKind::ALL {
            for &certainty in Certainty::ALL {
                let verification = Verification { certainty, evidence, note: None };
                let decided = verify(CaseState::Submitted, false, &verification);
                let official = matches!(evidence, EvidenceKind::PoliceReport | EvidenceKind::NcbMessage);
                assert_eq!(decided.is_ok(), certainty != Certainty::Observed || official, "{certainty} {evidence}");
            }
        }
    }

    #[test]
    fn a_verification_moves_a_case_forward_only() {
        let verification =
            Verification { certainty: Certainty::Likely, evidence: EvidenceKind::MinistryNote, note: None };
        for (state, after) in [
            (CaseState::Submitted, Some(CaseState::Verified)),
            (CaseState::Verified, Some(CaseState::Verified)),
            (CaseState::Triage, Some(CaseState::Verified)),
            (CaseState::Verifying, Some(CaseState::Verified)),
            (CaseState::Alerting, Some(CaseState::Alerting)),
            (CaseState::Active, Some(CaseState::Active)),
            (CaseState::Suspended, Some(CaseState::Suspended)),
            (CaseState::Dormant, Some(CaseState::Dormant)),
            (CaseState::Draft, None),
            (CaseState::Closed, None),
            (CaseState::Rejected, None),
            (CaseState::Withdrawn, None),
            (CaseState::Merged, None),
        ] {
            assert_eq!(verify(state, false, &verification).ok(), after, "{state}");
            assert!(verify(state, true, &verification).is_err(), "{state} with a draft open");
        }
    }

    #[test]
    fn both_codes_are_required() {
        let errors = VerifyCase::default().parse().expect_err("nothing was typed");
        assert_eq!(errors.as_slice().len(), 2);
    }
}
