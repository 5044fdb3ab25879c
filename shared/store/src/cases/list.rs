//! The list of cases, newest first, a page at a time, filtered and searched.

use domain::case::CaseReference;
use domain::codes::{CaseState, Event, ObjectType};
use domain::ids::{CaseId, InstitutionId};
use domain::text::Line;
use domain::words::SearchWords;
use domain::{CivilDate, Country, Label, Timestamp};
use sqlx::{Database, Encode, FromRow, QueryBuilder, Type};

use super::search;
use crate::{Error, Tx, answer, on_tx};

/// Which cases to list; a field that is `None` does not limit.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Only this institution's.
    pub institution_id: Option<InstitutionId>,
    /// Only of the institution with this name.
    pub institution: Option<Line>,
    /// Only in this state.
    pub state: Option<CaseState>,
    /// Only of this kind of event.
    pub event: Option<Event>,
    /// Only of this country.
    pub country: Option<Country>,
    /// Only with this handling label.
    pub label: Option<Label>,
    /// Only with an object of this type.
    pub object_type: Option<ObjectType>,
    /// Only what may have been lost on this day or later.
    pub lost_from: Option<CivilDate>,
    /// Only what may have been lost on this day or earlier.
    pub lost_until: Option<CivilDate>,
    /// Only with a draft of an alert that waits for its release.
    pub draft_open: bool,
    /// Only with all of these words.
    pub words: Option<SearchWords>,
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
    let text = text_condition(tx, filter);
    // Planned for these very words: a plan for words in general reads the whole table where an index is quicker, or
    // fetches and sorts half of it where the newest page would do.
    Ok(on_tx!(tx, c => query("", filter, text.as_ref(), after, limit)
        .build_query_as().persistent(false).fetch_all(c).await)?)
}

/// How the database goes about [`list`], in its own words; for measuring.
pub async fn explain_list(
    tx: &mut Tx,
    filter: &CaseFilter,
    after: Option<ListPosition>,
    limit: i64,
) -> Result<String, Error> {
    let text = text_condition(tx, filter);
    let lines: Vec<String> = match tx {
        Tx::Postgres(inner) => {
            let mut explain = query("EXPLAIN ", filter, text.as_ref(), after, limit);
            let asked = explain.build_query_scalar().persistent(false);
            answer(inner.patience(), asked.fetch_all(&mut **inner)).await?
        }
        Tx::Sqlite(inner) => {
            let rows: Vec<(i64, i64, i64, String)> = query("EXPLAIN QUERY PLAN ", filter, text.as_ref(), after, limit)
                .build_query_as()
                .fetch_all(&mut **inner)
                .await?;
            rows.into_iter().map(|row| row.3).collect()
        }
    };
    Ok(lines.join("\n"))
}

/// A condition on the words of a case, around its one parameter.
struct TextCondition {
    before: &'static str,
    query: String,
    behind: &'static str,
}

fn text_condition(tx: &Tx, filter: &CaseFilter) -> Option<TextCondition> {
    let (words, code) = (filter.words.as_ref(), filter.object_type.map(ObjectType::as_str));
    (words.is_some() || code.is_some()).then(|| match tx {
        Tx::Postgres(_) => TextCondition {
            before: " AND EXISTS (SELECT 1 FROM case_words WHERE case_id = cases.id AND terms @@ CAST(CAST(",
            query: search::tsquery(words, code),
            behind: " AS TEXT) AS TSQUERY))",
        },
        Tx::Sqlite(_) => TextCondition {
            before: " AND id IN (SELECT case_id FROM case_words WHERE number IN (
                         SELECT rowid FROM case_terms WHERE case_terms MATCH ",
            query: search::fts5(words, code),
            behind: "))",
        },
    })
}

fn query<'a, DB>(
    explain: &str,
    filter: &'a CaseFilter,
    text: Option<&'a TextCondition>,
    after: Option<ListPosition>,
    limit: i64,
) -> QueryBuilder<DB>
where
    DB: Database,
    InstitutionId: Type<DB> + Encode<'a, DB>,
    CaseState: Type<DB> + Encode<'a, DB>,
    Event: Type<DB> + Encode<'a, DB>,
    Country: Type<DB> + Encode<'a, DB>,
    Label: Type<DB> + Encode<'a, DB>,
    CivilDate: Type<DB> + Encode<'a, DB>,
    Timestamp: Type<DB> + Encode<'a, DB>,
    CaseId: Type<DB> + Encode<'a, DB>,
    String: Type<DB> + Encode<'a, DB>,
    i64: Type<DB> + Encode<'a, DB>,
{
    let mut sql = QueryBuilder::new(explain);
    sql.push(
        "SELECT id, reference, institution_id, registered_at, state, event, title, label, country,
             (SELECT COUNT(*) FROM objects WHERE objects.case_id = cases.id) AS objects
         FROM cases WHERE 1 = 1",
    );
    if let Some(institution) = filter.institution_id {
        sql.push(" AND institution_id = ").push_bind(institution);
    }
    if let Some(name) = &filter.institution {
        sql.push(" AND institution_id = (SELECT institutions.id FROM institutions WHERE name = ")
            .push_bind(name.as_str().to_owned())
            .push(")");
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
    if let Some(label) = filter.label {
        sql.push(" AND label = ").push_bind(label);
    }
    if let Some(day) = filter.lost_from {
        sql.push(" AND lost_latest >= ").push_bind(day);
    }
    if let Some(day) = filter.lost_until {
        sql.push(" AND lost_earliest <= ").push_bind(day);
    }
    if filter.draft_open {
        // One row a case at most, and found by the partial index of open drafts.
        sql.push(" AND id IN (SELECT alerts.case_id FROM alerts WHERE alerts.state = 'draft')");
    }
    if let Some(text) = text {
        sql.push(text.before).push_bind(text.query.clone()).push(text.behind);
    }
    if let Some(after) = after {
        sql.push(" AND (registered_at, id) < (")
            .push_bind(after.registered_at)
            .push(", ")
            .push_bind(after.id)
            .push(")");
    }
    sql.push(" ORDER BY registered_at DESC, id DESC LIMIT ").push_bind(limit);
    sql
}
