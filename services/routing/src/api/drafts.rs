//! `/api/v1/rule-set-drafts`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{AccountId, RuleSetId};
use domain::{FieldErrors, Timestamp};
use serde::Serialize;
use store::rule_sets::{self, DraftRow};
use utoipa::ToSchema;
use web::{Auditing, Authority, Path, Problem};

use super::body;
use crate::compare_rules::{Comparison, compare_rules};
use crate::permission::Policy;
use crate::routers::RouterError;
use crate::rules::check::{CaseResult, check};
use crate::rules::{MAX_BYTES, RuleSet};
use crate::{Deps, InvalidRules, ReleaseRulesError, discard_rules, draft_rules, release_rules};

/// How many drafts are listed.
const MOST_LISTED: i64 = 100;

/// A text that may become the next version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DraftView {
    /// The draft.
    #[schema(value_type = String)]
    id: RuleSetId,
    /// SHA-256 of the text, in hexadecimal.
    sha256: String,
    /// Who drafted it; somebody else releases it.
    #[schema(value_type = String)]
    drafted_by: AccountId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    drafted_at: Timestamp,
    /// The TOML text.
    text: String,
    /// The cases beside the rules; it is not released while one has failures.
    cases: Vec<CaseView>,
    /// Who would gain and who would lose, over the alerts of the past. Only when one draft is shown.
    comparison: Option<Comparison>,
}

/// What became of one case.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CaseView {
    name: String,
    line: usize,
    /// What came out otherwise than expected; empty if nothing did.
    failures: Vec<String>,
}

impl From<CaseResult> for CaseView {
    fn from(result: CaseResult) -> Self {
        Self { name: result.name.to_string(), line: result.line, failures: result.failures }
    }
}

impl DraftView {
    fn new(row: DraftRow, comparison: Option<Comparison>) -> Self {
        let cases = RuleSet::parse(0, &row.text).map(|rules| check(&rules)).unwrap_or_default();
        Self {
            id: row.id,
            sha256: hex::encode(&row.sha256),
            drafted_by: row.drafted_by,
            drafted_at: row.drafted_at,
            text: row.text,
            cases: cases.into_iter().map(CaseView::from).collect(),
            comparison,
        }
    }
}

impl From<RouterError> for Problem {
    fn from(error: RouterError) -> Self {
        match error {
            RouterError::NoRules => Self::conflict("no-rules", "No rule set was released yet."),
            RouterError::Rules(_) => Self::internal(&error),
            RouterError::Store(error) => error.into(),
        }
    }
}

impl From<ReleaseRulesError> for Problem {
    fn from(error: ReleaseRulesError) -> Self {
        match error {
            ReleaseRulesError::Text(InvalidRules(errors)) => {
                let mut fields = FieldErrors::new();
                for error in errors {
                    fields.push("/text", error.to_string());
                }
                fields.into()
            }
            ReleaseRulesError::Same(version) => {
                Self::conflict("same-rules", format!("Version {version} is in force and has the same text."))
            }
            ReleaseRulesError::NoDraft => Self::not_found("open draft of the rules"),
            ReleaseRulesError::OneHand => Self::conflict(
                "one-hand",
                "One administrator may stand behind you and who drafted it: your account or theirs was lately created, \
                 or given its role or password, by one of you or by the same administrator. Somebody else must release \
                 it.",
            ),
            ReleaseRulesError::SamePerson => {
                Self::conflict("second-person", "Rules are released by another person than the one who drafted them.")
            }
            ReleaseRulesError::CasesFail(failed) => {
                let names: Vec<_> = failed.iter().map(|case| format!("“{}” (line {})", case.name, case.line)).collect();
                Self::conflict("cases-fail", format!("These cases come out otherwise: {}.", names.join(", ")))
            }
            ReleaseRulesError::Store(error) => error.into(),
        }
    }
}

/// Lists the drafts that nobody has decided on, newest first.
#[utoipa::path(
    get, path = "/api/v1/rule-set-drafts", tag = "routing",
    responses((status = 200, description = "The drafts", body = Vec<DraftView>))
)]
pub(crate) async fn list(State(deps): State<Deps>, _: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = rule_sets::open_drafts(&mut tx, MOST_LISTED).await?;
    tx.commit().await?;
    let views: Vec<DraftView> = rows.into_iter().map(|row| DraftView::new(row, None)).collect();
    Ok(axum::Json(views).into_response())
}

/// Shows one draft: its cases, and who would gain and who would lose.
#[utoipa::path(
    get, path = "/api/v1/rule-set-drafts/{id}", tag = "routing",
    params(("id" = String, Path, description = "The draft, such as rules_0190…")),
    responses(
        (status = 200, description = "The draft", body = DraftView),
        (status = 404, description = "There is no such open draft"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, Problem> {
    Ok(axum::Json(view(&deps, id).await?).into_response())
}

async fn view(deps: &Deps, id: RuleSetId) -> Result<DraftView, Problem> {
    let mut tx = deps.db.read().await?;
    let row = rule_sets::open_draft(&mut tx, id).await?.ok_or_else(|| Problem::not_found("open draft of the rules"))?;
    tx.commit().await?;
    let comparison = match RuleSet::parse(0, &row.text) {
        Ok(rules) => Some(compare_rules(deps, rules).await?),
        // A text that another release of the program drafted.
        Err(_) => None,
    };
    Ok(DraftView::new(row, comparison))
}

/// Drafts the next version. Nothing is decided by it before another person releases it.
#[utoipa::path(
    post, path = "/api/v1/rule-set-drafts", tag = "routing",
    request_body(content = String, content_type = "application/toml", description = "The rules with their cases"),
    responses(
        (status = 201, description = "The draft", body = DraftView),
        (status = 409, description = "The version in force has the same text"),
        (status = 422, description = "The text breaks the grammar; each message names line, column, rule and field"),
    )
)]
pub(crate) async fn draft(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    request: Request,
) -> Result<Response, Problem> {
    let bytes = body(request, MAX_BYTES).await?;
    let text = str::from_utf8(&bytes).map_err(|_| Problem::bad_request("The rules are not UTF-8."))?;
    let id = draft_rules(&deps, caller.account_id, text).await?;
    Ok((StatusCode::CREATED, axum::Json(view(&deps, id).await?)).into_response())
}

/// Puts a draft in force. It decides every alert released from then on.
#[utoipa::path(
    post, path = "/api/v1/rule-set-drafts/{id}/release", tag = "routing",
    params(("id" = String, Path, description = "The draft")),
    responses(
        (status = 201, description = "The version", body = super::rule_sets::RuleSetView),
        (status = 404, description = "There is no such open draft"),
        (status = 409, description = "The caller drafted it, a case fails, or it is in force already"),
    )
)]
pub(crate) async fn release(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, Problem> {
    let version = release_rules(&deps, caller.account_id, id).await?;
    let mut tx = deps.db.read().await?;
    let row = rule_sets::version(&mut tx, version).await?.ok_or_else(|| Problem::not_found("rule set"))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, axum::Json(super::rule_sets::RuleSetView::from(row))).into_response())
}

/// Throws a draft away.
#[utoipa::path(
    post, path = "/api/v1/rule-set-drafts/{id}/discard", tag = "routing",
    params(("id" = String, Path, description = "The draft")),
    responses(
        (status = 204, description = "It is thrown away"),
        (status = 404, description = "There is no such open draft"),
    )
)]
pub(crate) async fn discard(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, Problem> {
    discard_rules(&deps, caller.account_id, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
