//! `/rules`: the rules in words and as text, and the form that releases a new version.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Language;
use domain::codes::Role;
use serde::Deserialize;
use store::rule_sets::{self, RuleSetHead, RuleSetRow};
use web::{Admin, Auditing, Authority, Flash, Form, PageError, Path, Principal, Problem, Query, Shell, page, redirect};

use crate::digest::hex;
use crate::rules::{Rule, RuleError, RuleSet, words};
use crate::{Deps, InvalidRules, ReleaseRulesError, release_rules};

/// How many versions the page names.
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
    errors: Vec<RuleError>,
    typed: String,
    may_change: bool,
}

impl RulesPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn sentence(&self, rule: &Rule) -> String {
        words::sentence(rule)
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn markets(&self, set: &RuleSet) -> String {
        let names: Vec<_> = set.markets.iter().map(|country| country.name(Language::ENGLISH)).collect();
        words::list(&names, "and")
    }

    fn sha256(&self) -> String {
        hex(&self.row.sha256)
    }
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
    tx.commit().await?;
    let row = row.ok_or_else(|| Problem::not_found("rule set"))?;
    Ok(page(&RulesPage {
        shell: Shell { flash, ..Shell::new(format!("Rules, version {}", row.version), caller) },
        in_force: versions.first().is_some_and(|newest| newest.version == row.version),
        set: RuleSet::parse(row.version, &row.text).ok(),
        versions,
        errors,
        typed: typed.unwrap_or_else(|| row.text.clone()),
        row,
        may_change: caller.role == Role::Admin,
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
    let flash =
        (query.done == "released").then_some(Flash("The new version decides every alert released from now on."));
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

/// `POST /rules`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    form: Form<RulesForm>,
) -> Result<Response, PageError> {
    match release_rules(&deps, &form.value.text).await {
        Ok(_) => Ok(redirect("/rules?done=released")),
        Err(ReleaseRulesError::Text(InvalidRules(errors))) => {
            let shown = render(&deps, &caller, None, errors, Some(form.value.text), None).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
