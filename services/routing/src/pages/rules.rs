//! `/rules`: the rules in words and as text, the drafts of the next version, and the form that makes one.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Language;
use serde::Deserialize;
use store::rule_sets::{self, DraftRow, RuleSetHead, RuleSetRow};
use web::{
    Auditing, Authority, Flash, Form, PageError, Path, Permission, Principal, Problem, Query, Shell, page, redirect,
};

use crate::permission::Policy;
use crate::rules::{Rule, RuleError, RuleSet, words};
use crate::{Deps, InvalidRules, ReleaseRulesError, draft_rules};

/// How many versions and drafts the page names.
const MOST_LISTED: i64 = 50;

#[derive(Template)]
#[template(path = "rules.html")]
struct RulesPage {
    shell: Shell,
    row: RuleSetRow,
    in_force: bool,
    /// None: this release cannot read the text any more.
    set: Option<RuleSet>,
    versions: Vec<RuleSetHead>,
    drafts: Vec<DraftRow>,
    errors: Vec<RuleError>,
    typed: String,
    may_change: bool,
}

impl RulesPage {
    fn sentence(&self, rule: &Rule) -> String {
        words::sentence(rule)
    }

    fn markets(&self, set: &RuleSet) -> String {
        let names: Vec<_> = set.markets.iter().map(|country| country.name(Language::ENGLISH)).collect();
        words::list(&names, "and")
    }

    fn sha256(&self) -> String {
        hex::encode(&self.row.sha256)
    }
}

/// Whether the caller may draft and release rules.
pub(super) fn may_change(caller: &Principal) -> bool {
    Policy::ROLES.contains(&caller.role)
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    version: Option<i64>,
    errors: Vec<RuleError>,
    typed: Option<String>,
    flash: Option<Flash>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = match version {
        Some(version) => rule_sets::version(&mut tx, version).await?,
        None => rule_sets::current(&mut tx).await?,
    };
    let versions = rule_sets::list(&mut tx, MOST_LISTED).await?;
    let drafts = rule_sets::open_drafts(&mut tx, MOST_LISTED).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| Problem::not_found("rule set"))?;
    Ok(page(&RulesPage {
        shell: Shell { flash, ..Shell::new(format!("Rules, version {}", row.version), caller) },
        in_force: versions.first().is_some_and(|newest| newest.version == row.version),
        set: RuleSet::parse(row.version, &row.text).ok(),
        versions,
        drafts,
        errors,
        typed: typed.unwrap_or_else(|| row.text.clone()),
        row,
        may_change: may_change(caller),
    }))
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

/// `GET /rules`: the version in force.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Query(query): Query<Done>,
) -> Result<Response, PageError> {
    let flash = match query.done.as_str() {
        "released" => Some(Flash("The new version decides every alert released from now on.")),
        "discarded" => Some(Flash("The draft is thrown away.")),
        _ => None,
    };
    render(&deps, &caller, None, Vec::new(), None, flash).await
}

/// `GET /rules/{version}`.
pub(crate) async fn show_version(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(version): Path<i64>,
) -> Result<Response, PageError> {
    render(&deps, &caller, Some(version), Vec::new(), None, None).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RulesForm {
    text: String,
}

/// `POST /rules`: drafts the next version.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    form: Form<RulesForm>,
) -> Result<Response, PageError> {
    match draft_rules(&deps, caller.account_id, &form.value.text).await {
        Ok(id) => Ok(redirect(&format!("/rules/drafts/{id}"))),
        Err(ReleaseRulesError::Text(InvalidRules(errors))) => {
            let shown = render(&deps, &caller, None, errors, Some(form.value.text), None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
