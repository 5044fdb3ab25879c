//! The Object ID sheet of one object on paper, as the case is now.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use domain::case::LossInterval;
use domain::codes::Reading;
use domain::ids::CaseId;
use exchange::{Sheet, print_sheet, sheet_words};
use serde::Deserialize;
use store::cases::{self, CaseRow, ObjectRow};
use web::{Authority, PageError, Path, Problem, Query, SignedIn};

use crate::Deps;
use crate::access::sight;
use crate::reading::note_reading;

fn identity(case: &CaseRow, object: &ObjectRow) -> String {
    format!("{} {}", object.id, case.updated_at)
}

fn sheet_of<'a>(case: &CaseRow, object: &'a ObjectRow, total: usize, identity: &'a str) -> Sheet<'a> {
    Sheet {
        reference: case.reference,
        label: case.label,
        event: case.event,
        country: case.country,
        loss: LossInterval { earliest: case.lost_earliest, latest: case.lost_latest, discovered: case.discovered },
        number: object.ordinal,
        total,
        status: Some(object.status),
        object: &object.description.0,
        identity,
        moment: case.updated_at.as_micros() / 1_000_000,
    }
}

/// In which language.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    language: String,
}

/// `GET /cases/{id}/objects/{number}/sheet.pdf?language=fr`
pub(crate) async fn print(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path((id, number)): Path<(CaseId, i64)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let language = if wanted.language.is_empty() { "en" } else { &wanted.language };
    let words =
        sheet_words(language).ok_or_else(|| Problem::bad_request("The language must be en, fr, es, ar, ru or zh."))?;
    let mut tx = deps.db.read().await?;
    let case = cases::find(&mut tx, id).await?;
    // Another institution's case looks as if it did not exist.
    let case = case.filter(|case| sight(&caller, case.institution_id).is_some());
    let case = case.ok_or_else(|| Problem::not_found("case"))?;
    let objects = cases::objects(&mut tx, id).await?;
    tx.commit().await?;
    let object = objects.iter().find(|object| object.ordinal == number);
    let object = object.ok_or_else(|| Problem::not_found("object"))?;
    note_reading(&deps, &caller, id, Reading::Export).await?;
    let identity = identity(&case, object);
    let printed = print_sheet(&deps.printer, words, &sheet_of(&case, object, objects.len(), &identity)).await;
    let pdf = printed.map_err(|error| Problem::internal(&error))?;
    let disposition = format!("attachment; filename=\"{}-object-{number}-{}.pdf\"", case.reference, words.code());
    Ok(([(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)], pdf).into_response())
}
