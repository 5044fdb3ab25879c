//! The list of cases, newest first, a page at a time.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::case::CaseReference;
use domain::codes::{CaseState, Event, Role};
use domain::ids::{CaseId, InstitutionId};
use domain::text::Line;
use domain::{Country, FieldErrors, Label, Timestamp};
use serde::{Deserialize, Serialize};
use store::cases::{self, CaseFilter, ListPosition, ListedCase};
use utoipa::{IntoParams, ToSchema};
use web::{Authority, Principal, Problem, Query, SignedIn};

use crate::Deps;
use crate::access::{Listable, listable};

/// The most cases on a page.
pub const MAX_LIMIT: i64 = 100;
/// The cases on a page if nobody says how many.
const DEFAULT_LIMIT: i64 = 50;

/// Which cases to list, as typed; blank does not limit.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Such as `submitted`, `verified`, `active` or `closed`.
    pub state: Option<String>,
    /// Such as `theft` or `illicit_export`.
    pub event: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// A handling label, such as `TLP:AMBER`.
    pub label: Option<String>,
    /// The type of an object of the case, such as `sculpture`.
    #[serde(rename = "type")]
    #[param(rename = "type")]
    pub object_type: Option<String>,
    /// The name of the institution that reports.
    pub institution: Option<String>,
    /// Lost on this day or later, as far as known: `YYYY-MM-DD`.
    pub lost_from: Option<String>,
    /// Lost on this day or earlier, as far as known: `YYYY-MM-DD`.
    pub lost_until: Option<String>,
    /// `release`: only cases with a draft of an alert that waits for its release. A reporter's list has none.
    pub waiting: Option<String>,
    /// Up to ten words, or beginnings of words, that all are in the reference, the title, the circumstances or the
    /// description of an object. Accents and capitals do not matter.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// 1 to 100; 50 if left out.
    pub limit: Option<String>,
}

/// Which cases to list.
#[derive(Clone, Debug)]
pub struct ListRequest {
    filter: CaseFilter,
    after: Option<ListPosition>,
    limit: i64,
}

/// A page of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CaseList {
    /// The cases, newest first.
    pub cases: Vec<ListedCaseView>,
    /// What to send as `after` for the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A case as one line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ListedCaseView {
    /// Its identifier.
    #[schema(value_type = String)]
    pub id: CaseId,
    /// What people quote.
    #[schema(value_type = String, example = "TOC-2026-000123")]
    pub reference: CaseReference,
    /// The institution that reports.
    #[schema(value_type = String)]
    pub institution_id: InstitutionId,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// Where it stands.
    #[schema(value_type = String, example = "submitted")]
    pub state: CaseState,
    /// The kind of event.
    #[schema(value_type = String, example = "theft")]
    pub event: Event,
    /// A short title.
    #[schema(value_type = String)]
    pub title: Line,
    /// Handling label of the full case data.
    #[schema(value_type = String, example = "TLP:AMBER+STRICT")]
    pub label: Label,
    /// The country of the loss.
    #[schema(value_type = String, example = "BF")]
    pub country: Country,
    /// How many objects it has.
    pub objects: i64,
}

impl From<ListedCase> for ListedCaseView {
    fn from(row: ListedCase) -> Self {
        Self {
            id: row.id,
            reference: row.reference,
            institution_id: row.institution_id,
            registered_at: row.registered_at,
            state: row.state,
            event: row.event,
            title: row.title,
            label: row.label,
            country: row.country,
            objects: row.objects,
        }
    }
}

impl ListQuery {
    /// The filters that limit, to show them again, to keep them over pages and to save them.
    pub fn filters(&self) -> Vec<(String, String)> {
        let all = [
            ("q", &self.q),
            ("state", &self.state),
            ("waiting", &self.waiting),
            ("event", &self.event),
            ("type", &self.object_type),
            ("country", &self.country),
            ("label", &self.label),
            ("institution", &self.institution),
            ("lost_from", &self.lost_from),
            ("lost_until", &self.lost_until),
            ("limit", &self.limit),
        ];
        let typed = |value: &Option<String>| value.clone().filter(|value| !value.trim().is_empty());
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), typed(value)?))).collect()
    }

    /// The filters as the query of an address (RFC 3986), without the place in the list.
    pub fn to_query(&self) -> String {
        let pairs: Vec<_> =
            self.filters().into_iter().map(|(name, value)| format!("{name}={}", web::query_value(&value))).collect();
        pairs.join("&")
    }

    /// Parses what was typed.
    pub fn parse(&self) -> Result<ListRequest, FieldErrors> {
        let mut e = FieldErrors::new();
        let draft_open = match self.waiting.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
            None => false,
            Some("release") => true,
            Some(_) => {
                e.push("/waiting", "must be release");
                false
            }
        };
        let filter = CaseFilter {
            institution_id: None,
            state: e.optional("/state", self.state.as_deref()),
            event: e.optional("/event", self.event.as_deref()),
            country: e.optional("/country", self.country.as_deref()),
            label: e.optional("/label", self.label.as_deref()),
            object_type: e.optional("/type", self.object_type.as_deref()),
            institution: e.optional("/institution", self.institution.as_deref()),
            lost_from: e.optional("/lost_from", self.lost_from.as_deref()),
            lost_until: e.optional("/lost_until", self.lost_until.as_deref()),
            draft_open,
            words: e.optional("/q", self.q.as_deref()),
        };
        if filter.lost_from.zip(filter.lost_until).is_some_and(|(from, until)| until < from) {
            e.push("/lost_until", "must not be before the first day");
        }
        let after = e.optional::<Cursor>("/after", self.after.as_deref()).map(|cursor| cursor.0);
        let limit = e.optional("/limit", self.limit.as_deref()).unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            e.push("/limit", format!("must be from 1 to {MAX_LIMIT}"));
        }
        e.into_result(Some(ListRequest { filter, after, limit }))
    }
}

/// A place in the list, as it is sent: microseconds, a dot, the case.
struct Cursor(ListPosition);

#[derive(Debug, thiserror::Error)]
#[error("is not the \"next\" of a page")]
struct ParseCursorError;

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0.registered_at.as_micros(), self.0.id)
    }
}

impl std::str::FromStr for Cursor {
    type Err = ParseCursorError;
    fn from_str(text: &str) -> Result<Self, ParseCursorError> {
        let (micros, id) = text.split_once('.').ok_or(ParseCursorError)?;
        let micros = micros.parse().map_err(|_| ParseCursorError)?;
        let id = id.parse().map_err(|_| ParseCursorError)?;
        Ok(Self(ListPosition { registered_at: Timestamp::from_micros(micros), id }))
    }
}

/// A page of the cases that `principal` may see.
pub async fn list_cases(deps: &Deps, principal: &Principal, request: &ListRequest) -> Result<CaseList, store::Error> {
    let institution_id = match listable(principal) {
        Listable::All => None,
        Listable::Of(institution) => Some(institution),
        Listable::Nothing => return Ok(CaseList { cases: Vec::new(), next: None }),
    };
    // What the desk drafts is not an institution's to know, not even whether it does.
    if request.filter.draft_open && principal.role == Role::Reporter {
        return Ok(CaseList { cases: Vec::new(), next: None });
    }
    let filter = CaseFilter { institution_id, ..request.filter.clone() };
    let mut tx = deps.db.read().await?;
    // One more than asked for tells whether there is a next page.
    let mut rows = cases::list(&mut tx, &filter, request.after, request.limit + 1).await?;
    tx.commit().await?;
    let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more);
    let next = last.map(|row| Cursor(ListPosition { registered_at: row.registered_at, id: row.id }).to_string());
    Ok(CaseList { cases: rows.into_iter().map(Into::into).collect(), next })
}

/// Lists cases, newest first; a reporter's list has those of the own institution only.
#[utoipa::path(
    get, path = "/api/v1/cases", tag = "intake",
    responses(
        (status = 200, description = "A page of the list", body = CaseList),
        (status = 422, description = "Some parameters break a rule"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Query(query): Query<ListQuery>,
) -> Result<Response, Problem> {
    let list = list_cases(&deps, &caller, &query.parse()?).await?;
    Ok(axum::Json(list).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let text = "1795000000000000.case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00";
        assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
        for bad in ["", ".", "1", "x.case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00", "1.alert_0190c1c5f3a97c0e8a4f5b6c7d8e9f00"]
        {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }

    #[test]
    fn blank_filters_do_not_limit_and_wrong_ones_are_named() {
        let blank = ListQuery { state: Some(String::new()), q: Some(" ".to_owned()), ..ListQuery::default() };
        let request = blank.parse().unwrap();
        assert!(request.filter.state.is_none() && request.filter.words.is_none() && request.limit == 50);
        let some = |text: &str| Some(text.to_owned());
        let wrong = ListQuery { state: some("lost"), limit: some("101"), after: some("x"), ..ListQuery::default() };
        let errors = wrong.parse().unwrap_err();
        let pointers: Vec<_> = errors.as_slice().iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/state", "/after", "/limit"]);
    }
}
