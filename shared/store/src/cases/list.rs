//! The list of cases, newest first, a page at a time.

use domain::case::CaseReference;
use domain::codes::{CaseState, Event};
use domain::ids::{CaseId, InstitutionId};
use domain::text::Line;
use domain::{Country, Label, Timestamp};
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, on_tx};

/// Which cases to list; a field that is `None` does not limit.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only this institution's.
    pub institution_id: Option<InstitutionId>,
    /// Only in this state.
    pub state: Option<CaseState>,
    /// Only of this kind of event.
    pub event: Option<Event>,
    /// Only of this country.
    pub country: Option<Country>,
    /// Only with this text in the reference.
    pub reference: Option<String>,
}

/// After which case a page begins: a place in the order, which stays the same when new cases arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListPosition {
    /// When that case was registered.
    pub registered_at: Timestamp,
    /// That case.
    pub id: CaseId,
}

/// A case as one line of the list.
#[derive(Clone, Debug, FromRow)]
pub struct ListedCase {
    /// Its identifier.
    pub id: CaseId,
    /// What people quote.
    pub reference: CaseReference,
    /// The institution that reports.
    pub institution_id: InstitutionId,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Where it stands.
    pub state: CaseState,
    /// The kind of event.
    pub event: Event,
    /// A short title.
    pub title: Line,
    /// Handling label.
    pub label: Label,
    /// The country of the loss.
    pub country: Country,
    /// How many objects it has.
    pub objects: i64,
}

/// Up to `limit` cases after a position, newest first.
pub async fn list(
    tx: &mut Tx,
    filter: &CaseFilter,
    after: Option<ListPosition>,
    limit: i64,
) -> Result<Vec<ListedCase>, Error> {
    // Without the escapes a single % would find everything instead of nothing.
    let pattern = filter
        .reference
        .as_ref()
        .map(|text| format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new(
            "SELECT id, reference, institution_id, registered_at, state, event, title, label, country,
                 (SELECT COUNT(*) FROM objects WHERE objects.case_id = cases.id) AS objects
             FROM cases WHERE 1 = 1",
        );
        if let Some(institution) = filter.institution_id {
            sql.push(" AND institution_id = ").push_bind(institution);
        }
        if let Some(state) = filter.state {
            sql.push(" AND state = ").push_bind(state);
        }
        if let Some(event) = filter.event {
            sql.push(" AND event = ").push_bind(event);
        }
        if let Some(country) = filter.country {
            sql.push(" AND country = ").push_bind(country);
        }
        if let Some(pattern) = &pattern {
            sql.push(" AND reference LIKE ").push_bind(pattern).push(" ESCAPE '\\'");
        }
        if let Some(after) = after {
            sql.push(" AND (registered_at, id) < (")
                .push_bind(after.registered_at)
                .push(", ")
                .push_bind(after.id)
                .push(")");
        }
        sql.push(" ORDER BY registered_at DESC, id DESC LIMIT ").push_bind(limit);
        sql.build_query_as().fetch_all(c).await
    })?)
}
