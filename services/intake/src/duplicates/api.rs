//! Proposals over the API.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::Timestamp;
use domain::codes::DuplicateState;
use domain::duplicate::Evidence;
use domain::ids::{AccountId, CaseId, DuplicateId};
use serde::{Deserialize, Serialize};
use store::duplicates::{self, DuplicateRow};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use super::{AfterMerge, Part, dismiss_duplicate, merge_cases, unmerge_case};
use crate::Deps;

/// The most proposals one answer lists; the oldest come first, and each one that is decided makes room.
pub(super) const LISTED: i64 = 200;

/// A proposal that two cases are about one event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateView {
    /// Its identifier.
    #[schema(value_type = String, example = "duplicate_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    pub id: DuplicateId,
    /// The case that was registered earlier.
    #[schema(value_type = String)]
    pub earlier_id: CaseId,
    /// The case that was registered later.
    #[schema(value_type = String)]
    pub later_id: CaseId,
    /// What became of it.
    #[schema(value_type = String, example = "proposed")]
    pub state: DuplicateState,
    /// Why they may be about one event: each with its kind, and what both cases say.
    #[schema(value_type = Vec<Object>)]
    pub evidence: Vec<Evidence>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub proposed_at: Timestamp,
    /// Which officer decided.
    #[schema(value_type = Option<String>)]
    pub decided_by: Option<AccountId>,
    /// When.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub decided_at: Option<Timestamp>,
}

impl From<DuplicateRow> for DuplicateView {
    fn from(row: DuplicateRow) -> Self {
        Self {
            id: row.id,
            earlier_id: row.earlier_id,
            later_id: row.later_id,
            state: row.state,
            evidence: row.evidence.0,
            proposed_at: row.proposed_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        }
    }
}

/// The proposals nobody has decided on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DuplicateList {
    /// The oldest first, at most 200.
    pub duplicates: Vec<DuplicateView>,
}

/// How to merge, as sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MergeDuplicate {
    /// The case that becomes part of the other one: `earlier` or `later`.
    #[schema(example = "later")]
    pub part: Option<String>,
}

impl MergeDuplicate {
    /// Parses what was sent.
    pub fn parse(&self) -> Result<Part, FieldErrors> {
        let mut e = FieldErrors::new();
        let part: Option<Part> = e.required("/part", self.part.as_deref());
        e.into_result(part)
    }
}

/// A text that names neither case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be earlier or later")]
pub struct ParsePartError;

impl std::str::FromStr for Part {
    type Err = ParsePartError;
    fn from_str(text: &str) -> Result<Self, ParsePartError> {
        match text {
            "earlier" => Ok(Self::Earlier),
            "later" => Ok(Self::Later),
            _ => Err(ParsePartError),
        }
    }
}

/// What a merge did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MergedView {
    /// The case that became part of the other one.
    #[schema(value_type = String)]
    pub case_id: CaseId,
    /// That other one.
    #[schema(value_type = String)]
    pub into_id: CaseId,
    /// The update that was drafted, if partners must hear what the second report adds.
    #[schema(value_type = Option<String>)]
    pub drafted: Option<String>,
    /// Why no update could be drafted although partners must hear more.
    pub not_drafted: Option<String>,
}

/// Lists the proposals nobody has decided on.
#[utoipa::path(
    get, path = "/api/v1/duplicates", tag = "intake",
    responses(
        (status = 200, description = "The proposals, the oldest first", body = DuplicateList),
        (status = 403, description = "The caller is no duty officer"),
    )
)]
pub(crate) async fn list(State(deps): State<Deps>, _officer: Authority<Officer>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let mut found = Vec::new();
    for open in duplicates::open(&mut tx, LISTED).await? {
        found.extend(duplicates::find(&mut tx, open.id).await?.map(DuplicateView::from));
    }
    tx.commit().await?;
    Ok(axum::Json(DuplicateList { duplicates: found }).into_response())
}

/// Dismisses a proposal: the cases are about different events.
#[utoipa::path(
    post, path = "/api/v1/duplicates/{id}/dismiss", tag = "intake",
    params(("id" = String, Path, description = "The proposal's identifier, such as duplicate_0190…")),
    responses(
        (status = 200, description = "The proposal as dismissed", body = DuplicateView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such proposal"),
        (status = 409, description = "The cases were merged"),
    )
)]
pub(crate) async fn dismiss(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DuplicateId>,
) -> Result<Response, Problem> {
    let row = dismiss_duplicate(&deps, officer.account_id, id).await?;
    Ok(axum::Json(DuplicateView::from(row)).into_response())
}

/// Merges the cases of a proposal.
#[utoipa::path(
    post, path = "/api/v1/duplicates/{id}/merge", tag = "intake", request_body = MergeDuplicate,
    params(("id" = String, Path, description = "The proposal's identifier, such as duplicate_0190…")),
    responses(
        (status = 200, description = "What was done", body = MergedView),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such proposal"),
        (status = 409, description = "The cases do not allow it, or the proposal was dismissed"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn merge(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<DuplicateId>,
    body: Json<MergeDuplicate>,
) -> Result<Response, Problem> {
    let merged = merge_cases(&deps, officer.account_id, id, body.value.parse()?).await?;
    let (drafted, not_drafted) = match merged.after {
        AfterMerge::Nothing => (None, None),
        AfterMerge::Drafted(alert) => (Some(alert.to_string()), None),
        AfterMerge::NotDrafted(why) => (None, Some(why)),
    };
    let view = MergedView { case_id: merged.case_id, into_id: merged.into_id, drafted, not_drafted };
    Ok(axum::Json(view).into_response())
}

/// Takes a merge back: the case stands for itself again.
#[utoipa::path(
    post, path = "/api/v1/cases/{id}/unmerge", tag = "intake",
    params(("id" = String, Path, description = "The identifier of the case that became part of another one")),
    responses(
        (status = 204, description = "It stands where it stood"),
        (status = 403, description = "The caller is no duty officer"),
        (status = 404, description = "There is no such case"),
        (status = 409, description = "The case is part of no other one"),
    )
)]
pub(crate) async fn unmerge(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<CaseId>,
) -> Result<Response, Problem> {
    unmerge_case(&deps, officer.account_id, id).await?;
    Ok(axum::http::StatusCode::NO_CONTENT.into_response())
}
