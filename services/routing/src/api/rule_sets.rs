//! `/api/v1/rule-sets`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use domain::ids::AccountId;
use serde::Serialize;
use store::rule_sets::{self, RuleSetHead, RuleSetRow};
use utoipa::ToSchema;
use web::{Auditing, Authority, Path, Problem};

use crate::Deps;
use crate::rules::{RuleSet, words};

/// How many versions are listed.
const MOST_LISTED: i64 = 200;

/// A version of the rules.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetHeadView {
    version: i64,
    /// SHA-256 of the text, in hexadecimal.
    sha256: String,
    /// Since when it decides.
    #[schema(value_type = String, format = DateTime)]
    released_at: Timestamp,
}

/// A version of the rules with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleSetView {
    version: i64,
    /// SHA-256 of the text, in hexadecimal.
    sha256: String,
    /// Since when it decides.
    #[schema(value_type = String, format = DateTime)]
    released_at: Timestamp,
    /// Who drafted it; none for the version that the program brings along.
    #[schema(value_type = Option<String>)]
    drafted_by: Option<AccountId>,
    /// Who released it; another person.
    #[schema(value_type = Option<String>)]
    released_by: Option<AccountId>,
    /// The TOML text.
    text: String,
    /// Each rule in words.
    rules: Vec<RuleView>,
}

/// One rule in words.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleView {
    id: String,
    /// What it does.
    sentence: String,
    /// Why it exists.
    because: String,
}

impl From<RuleSetHead> for RuleSetHeadView {
    fn from(head: RuleSetHead) -> Self {
        Self { version: head.version, sha256: hex::encode(&head.sha256), released_at: head.released_at }
    }
}

impl From<RuleSetRow> for RuleSetView {
    fn from(row: RuleSetRow) -> Self {
        // A text that an older release accepted and this one does not is shown without words.
        let rules = RuleSet::parse(row.version, &row.text).map(|set| set.rules).unwrap_or_default();
        let view = |rule: &crate::rules::Rule| RuleView {
            id: rule.id.clone(),
            sentence: words::sentence(rule),
            because: rule.because.clone(),
        };
        Self {
            version: row.version,
            sha256: hex::encode(&row.sha256),
            released_at: row.released_at,
            drafted_by: row.drafted_by,
            released_by: row.released_by,
            rules: rules.iter().map(view).collect(),
            text: row.text,
        }
    }
}

/// Lists the versions, newest first. The first one is in force.
#[utoipa::path(
    get, path = "/api/v1/rule-sets", tag = "routing",
    responses((status = 200, description = "The versions", body = Vec<RuleSetHeadView>))
)]
pub(crate) async fn list(State(deps): State<Deps>, _: Authority<Auditing>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let heads = rule_sets::list(&mut tx, MOST_LISTED).await?;
    tx.commit().await?;
    let views: Vec<RuleSetHeadView> = heads.into_iter().map(RuleSetHeadView::from).collect();
    Ok(axum::Json(views).into_response())
}

/// Shows one version.
#[utoipa::path(
    get, path = "/api/v1/rule-sets/{version}", tag = "routing",
    params(("version" = i64, Path, description = "Its number, from 1")),
    responses(
        (status = 200, description = "The version", body = RuleSetView),
        (status = 404, description = "There is no such version"),
    )
)]
pub(crate) async fn show(
    State(deps): State<Deps>,
    _: Authority<Auditing>,
    Path(version): Path<i64>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let row = rule_sets::version(&mut tx, version).await?.ok_or_else(|| Problem::not_found("rule set"))?;
    tx.commit().await?;
    Ok(axum::Json(RuleSetView::from(row)).into_response())
}
