//! The list of cases.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use domain::codes::{CaseState, Event, Role};
use domain::{Country, FieldErrors, Language};
use web::{Authority, FormState, PageError, Query, Shell, SignedIn, page};

use super::{COUNTRIES, Choice, choices};
use crate::Deps;
use crate::list_cases::{CaseList, ListQuery, list_cases};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    shell: Shell,
    list: CaseList,
    form: FormState,
    states: Vec<Choice>,
    events: Vec<Choice>,
    countries: Vec<Choice>,
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
    let filters = filters(&query);
    let next = list.next.as_ref().map(|after| {
        let query: String = filters.iter().map(|(name, value)| format!("{name}={}&", escape(value))).collect();
        format!("/cases?{query}after={after}")
    });
    let next = next.unwrap_or_default();
    Ok(page(&ListPage {
        shell: Shell::new("Cases", &caller),
        list,
        filtered: !filters.is_empty(),
        form: FormState::new(filters, &errors),
        states: choices!(CaseState),
        events: [Event::Theft, Event::IllicitExport].map(|event| (event.as_str(), event.label())).to_vec(),
        countries: COUNTRIES.clone(),
        may_register: matches!(caller.role, Role::Reporter | Role::Officer),
        next,
    }))
}

/// The filters that limit, to show them again and to keep them over pages.
fn filters(query: &ListQuery) -> Vec<(String, String)> {
    let all = [
        ("state", &query.state),
        ("event", &query.event),
        ("country", &query.country),
        ("q", &query.q),
        ("limit", &query.limit),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value.clone().filter(|value| !value.trim().is_empty())?)))
        .collect()
}

/// Percent-encoding for a value in a query (RFC 3986, unreserved characters stay).
fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(byte.into());
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// A country as people call it.
pub(super) fn country_name(country: &Country) -> &'static str {
    country.name(Language::ENGLISH)
}

/// How loudly a state speaks; the words say the same.
pub(super) fn tone(state: &CaseState) -> &'static str {
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
