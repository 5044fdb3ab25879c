//! `/rules/drafts/{id}`: a text that may become the next version. Whoever releases it sees first what it would change.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::ids::RuleSetId;
use store::identity;
use store::rule_sets::{self, DraftRow};
use web::{Auditing, Authority, PageError, Path, Problem, Shell, page, redirect};

use crate::compare_rules::{ChangedAlert, Comparison, compare_rules};
use crate::permission::Policy;
use crate::rules::check::{CaseResult, check};
use crate::rules::{Rule, RuleError, RuleSet, words};
use crate::{Deps, discard_rules, release_rules};

/// How many changed alerts the page shows.
const MOST_SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "rules_draft.html")]
struct DraftPage {
    shell: Shell,
    row: DraftRow,
    drafter: String,
    set: Option<RuleSet>,
    errors: Vec<RuleError>,
    cases: Vec<CaseResult>,
    comparison: Comparison,
    most: usize,
    may_change: bool,
    own: bool,
}

impl DraftPage {
    fn sentence(&self, rule: &Rule) -> String {
        words::sentence(rule)
    }

    fn first_changed(&self) -> &[ChangedAlert] {
        self.comparison.changed.get(..self.most).unwrap_or(&self.comparison.changed)
    }

    fn failing(&self) -> usize {
        self.cases.iter().filter(|case| !case.failures.is_empty()).count()
    }
}

/// Shows a draft.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let row = rule_sets::open_draft(&mut tx, id).await?.ok_or_else(|| Problem::not_found("open draft of the rules"))?;
    let drafter = identity::account(&mut tx, row.drafted_by).await?;
    tx.commit().await?;
    let (set, errors) = match RuleSet::parse(0, &row.text) {
        Ok(set) => (Some(set), Vec::new()),
        Err(errors) => (None, errors),
    };
    let (cases, comparison) = match &set {
        Some(set) => (check(set), compare_rules(&deps, set.clone()).await.map_err(Problem::from)?),
        None => (Vec::new(), Comparison::default()),
    };
    Ok(page(&DraftPage {
        shell: Shell::new("A draft of the rules", &caller),
        drafter: drafter.map(|account| account.name.to_string()).unwrap_or_default(),
        own: row.drafted_by == caller.account_id,
        may_change: super::rules::may_change(&caller),
        row,
        set,
        errors,
        cases,
        comparison,
        most: MOST_SHOWN,
    }))
}

/// Puts a draft in force.
pub(crate) async fn release(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, PageError> {
    release_rules(&deps, caller.account_id, id).await.map_err(Problem::from)?;
    Ok(redirect("/rules?done=released"))
}

/// Throws a draft away.
pub(crate) async fn discard(
    State(deps): State<Deps>,
    caller: Authority<Policy>,
    Path(id): Path<RuleSetId>,
) -> Result<Response, PageError> {
    discard_rules(&deps, caller.account_id, id).await.map_err(Problem::from)?;
    Ok(redirect("/rules?done=discarded"))
}
