//! The list of cases.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::{CaseState, ObjectType, Role};
use domain::text::Line;
use domain::{Country, FieldErrors, Label, Language};
use store::identity;
use store::views::{self, ViewRow};
use web::{Authority, FormState, PageError, Query, Shell, SignedIn, page};

use super::{COUNTRIES, Choice, choices};
use crate::Deps;
use crate::list_cases::{CaseList, ListQuery, list_cases};
use crate::parse::REPORTED;

/// A longer list of institutions is not a choice; their cases are found by words.
const MAX_INSTITUTIONS: i64 = 500;

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    shell: Shell,
    list: CaseList,
    form: FormState,
    states: Vec<Choice>,
    events: Vec<Choice>,
    countries: Vec<Choice>,
    types: Vec<Choice>,
    labels: Vec<String>,
    /// Empty for a reporter, who sees one institution's cases.
    institutions: Vec<Line>,
    views: Vec<ViewRow>,
    /// The filters as the query of an address.
    saved: String,
    filtered: bool,
    may_register: bool,
    /// The address of the next page; empty on the last one.
    next: String,
}

/// The list, newest first, filtered by the query.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Query(query): Query<ListQuery>,
) -> Result<Response, PageError> {
    let (list, errors) = match query.parse() {
        Ok(request) => (list_cases(&deps, &caller, &request).await?, FieldErrors::new()),
        Err(errors) => (CaseList { cases: Vec::new(), next: None }, errors),
    };
    let filters = query.filters();
    let saved = query.to_query();
    let next = list.next.as_ref().map(|after| format!("/cases?{saved}&after={after}")).unwrap_or_default();
    let mut tx = deps.db.read().await?;
    let views = views::views(&mut tx, caller.account_id).await?;
    let institutions = match caller.role {
        Role::Reporter => Vec::new(),
        Role::Officer | Role::Auditor | Role::Admin => identity::institutions(&mut tx, MAX_INSTITUTIONS).await?,
    };
    tx.commit().await?;
    Ok(page(&ListPage {
        shell: Shell::new("Cases", &caller),
        list,
        filtered: !filters.is_empty(),
        form: FormState::new(filters, &errors),
        states: choices!(CaseState),
        events: REPORTED.map(|event| (event.as_str(), event.label())).to_vec(),
        countries: COUNTRIES.clone(),
        types: choices!(ObjectType),
        labels: Label::ALL.iter().map(ToString::to_string).collect(),
        institutions,
        views,
        saved,
        may_register: matches!(caller.role, Role::Reporter | Role::Officer),
        next,
    }))
}

/// A country as people call it.
pub(crate) fn country_name(country: &Country) -> &'static str {
    country.name(Language::ENGLISH)
}

/// How loudly a state speaks; the words say the same.
pub(crate) fn tone(state: &CaseState) -> &'static str {
    match state {
        CaseState::Alerting | CaseState::Active | CaseState::Suspended => "warn",
        CaseState::Closed => "good",
        CaseState::Rejected => "bad",
        CaseState::Draft
        | CaseState::Submitted
        | CaseState::Triage
        | CaseState::Verifying
        | CaseState::Verified
        | CaseState::Withdrawn
        | CaseState::Merged
        | CaseState::Dormant => "plain",
    }
}
