//! `/api/v1/alerts/{id}/…`: who would hear of a draft, what officers decide about it, and why anybody hears or not.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Interface;
use domain::ids::{AlertId, OverrideId, PartnerId};
use domain::plan::{NotTold, Told};
use serde::Serialize;
use utoipa::ToSchema;
use web::{Auditing, Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::explain_decision::{ExplainError, Explained, explain_decision};
use crate::override_partner::{OverrideBody, OverrideError, override_partner};
use crate::plan::explain::Node;
use crate::preview::{PreviewError, preview};

/// Who would hear of a draft if the caller released it now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AudienceView {
    rule_set_version: i64,
    directory_revision: i64,
    told: Vec<ToldView>,
    not_told: Vec<NotToldView>,
    /// Countries of the case of whose police nobody would be told.
    gaps: Vec<GapView>,
    /// The last decision about a partner by hand: a release names it, so that nobody releases what they have not seen.
    #[schema(value_type = Option<String>)]
    last_override: Option<OverrideId>,
}

/// A partner that would be told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ToldView {
    #[schema(value_type = String)]
    partner: PartnerId,
    name: String,
    kind: &'static str,
    share: &'static str,
    label: &'static str,
    /// The language of its mail.
    language: &'static str,
    pace: &'static str,
    /// Within how many minutes it is asked to acknowledge.
    acknowledge_within: Option<i64>,
    /// To how many addresses its mail would go.
    addresses: usize,
    /// Why it would wait for an officer.
    held: Option<String>,
    /// Why.
    because: String,
}

/// A partner that would not be told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotToldView {
    #[schema(value_type = String)]
    partner: PartnerId,
    name: String,
    kind: &'static str,
    /// A stable code of the reason.
    code: &'static str,
    /// Why not.
    because: String,
}

/// A country of whose police nobody would be told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GapView {
    country: &'static str,
    /// `place`, `origin`, `route` or `destination`.
    relation: &'static str,
}

impl From<Told> for ToldView {
    fn from(told: Told) -> Self {
        Self {
            partner: told.partner_id,
            name: told.name.to_string(),
            kind: told.kind.as_str(),
            share: told.share.as_str(),
            label: told.label.as_str(),
            language: Interface::for_reader(&told.languages).as_str(),
            pace: told.pace.as_str(),
            acknowledge_within: told.acknowledge_within,
            addresses: told.addressees.len(),
            held: told.hold.map(|hold| hold.sentence()),
            because: told.basis.sentence(),
        }
    }
}

impl From<NotTold> for NotToldView {
    fn from(not_told: NotTold) -> Self {
        Self {
            partner: not_told.partner_id,
            name: not_told.name.to_string(),
            kind: not_told.kind.as_str(),
            code: not_told.reason.code(),
            because: not_told.reason.sentence(),
        }
    }
}

/// The answer to "why".
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplainedView {
    #[schema(value_type = String)]
    alert: AlertId,
    version: i64,
    #[schema(value_type = String)]
    partner: PartnerId,
    told: bool,
    rule_set_version: i64,
    directory_revision: i64,
    /// Whether what was stored is what its frozen inputs give; left out for a draft.
    as_stored: Option<bool>,
    sentences: Vec<String>,
    /// Every question in the order it was asked.
    tree: Vec<Node>,
}

impl From<Explained> for ExplainedView {
    fn from(explained: Explained) -> Self {
        let decision = &explained.explanation.decision;
        Self {
            alert: explained.alert.id,
            version: explained.alert.version,
            partner: match decision {
                Ok(told) => told.partner_id,
                Err(not_told) => not_told.partner_id,
            },
            told: decision.is_ok(),
            rule_set_version: explained.rule_set_version,
            directory_revision: explained.directory_revision,
            as_stored: explained.as_stored,
            sentences: explained.explanation.sentences,
            tree: explained.explanation.tree,
        }
    }
}

impl From<PreviewError> for Problem {
    fn from(error: PreviewError) -> Self {
        match error {
            PreviewError::NoAlert => Self::not_found("alert"),
            PreviewError::NoDraft(_) => {
                Self::conflict("no-draft", "It is no draft any more; who was told is in the case's report.")
            }
            PreviewError::Router(error) => error.into(),
        }
    }
}

impl From<OverrideError> for Problem {
    fn from(error: OverrideError) -> Self {
        match error {
            OverrideError::Fields(errors) => errors.into(),
            OverrideError::NoAlert => Self::not_found("alert"),
            OverrideError::NoDraft => Self::conflict("no-draft", "What was released never changes; draft an update."),
            OverrideError::Store(error) => error.into(),
        }
    }
}

impl From<ExplainError> for Problem {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::NoAlert => Self::not_found("alert"),
            ExplainError::NoPlan => Self::not_found("plan of this alert"),
            ExplainError::NoPartner => Self::not_found("partner in the directory of then"),
            ExplainError::Router(error) => error.into(),
        }
    }
}

/// Shows who would hear of a draft, and who would not, if the caller released it now.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}/audience", tag = "routing",
    params(("id" = String, Path, description = "The alert, such as alert_0190…")),
    responses(
        (status = 200, description = "The audience", body = AudienceView),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "It is no draft any more"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<AlertId>,
) -> Result<Response, Problem> {
    let preview = preview(&deps, id, caller.account_id).await?;
    let gap = |gap: crate::preview::Gap| GapView { country: gap.country.as_str(), relation: gap.relation };
    Ok(axum::Json(AudienceView {
        rule_set_version: preview.plan.rule_set_version,
        directory_revision: preview.plan.directory_revision,
        told: preview.plan.told.into_iter().map(ToldView::from).collect(),
        not_told: preview.plan.not_told.into_iter().map(NotToldView::from).collect(),
        gaps: preview.gaps.into_iter().map(gap).collect(),
        last_override: preview.last_override,
    })
    .into_response())
}

/// Adds a partner to a draft, removes one, or takes that back; with a reason that is kept.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/overrides", tag = "routing",
    params(("id" = String, Path, description = "The alert, which is a draft")),
    request_body = OverrideBody,
    responses(
        (status = 201, description = "It is recorded"),
        (status = 404, description = "There is no such alert"),
        (status = 409, description = "It is no draft any more"),
        (status = 422, description = "A field breaks a rule"),
    )
)]
pub(crate) async fn override_one(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path(id): Path<AlertId>,
    Json { value: body, .. }: Json<OverrideBody>,
) -> Result<Response, Problem> {
    let made = override_partner(&deps, officer.account_id, id, &body).await?;
    Ok((StatusCode::CREATED, axum::Json(serde_json::json!({ "id": made }))).into_response())
}

/// Explains why a partner was told of an alert version, or was not: made again from what was frozen.
#[utoipa::path(
    get, path = "/api/v1/alerts/{id}/explain/{partner}", tag = "routing",
    params(
        ("id" = String, Path, description = "The alert, such as alert_0190…"),
        ("partner" = String, Path, description = "The partner, such as partner_0190…"),
    ),
    responses(
        (status = 200, description = "The reasons", body = ExplainedView),
        (status = 404, description = "There is no such alert or plan, or the directory did not have the partner"),
    )
)]
pub(crate) async fn explain(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path((id, partner)): Path<(AlertId, PartnerId)>,
) -> Result<Response, Problem> {
    let explained = explain_decision(&deps, id, partner, Some(caller.account_id)).await?;
    Ok(axum::Json(ExplainedView::from(explained)).into_response())
}
