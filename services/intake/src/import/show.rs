//! How far an upload is, and what is wrong with it.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::codes::{ImportFormat, ImportKind, ImportMode, ImportState, Role};
use domain::ids::{CaseId, UploadId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::imports::{self, BadRecord, ImportRow, RowError};
use utoipa::{IntoParams, ToSchema};
use web::{Authority, Path, Principal, Problem, Query, Reporter};

use super::visible;
use crate::Deps;

/// The imports on a page of the list.
const MAX_LISTED: i64 = 100;
/// The most records with errors on a page.
const MAX_LIMIT: i64 = 1_000;
const DEFAULT_LIMIT: i64 = 100;

/// An upload.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Its identifier.
    #[schema(value_type = String, example = "upload_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    pub id: UploadId,
    /// `objects` or `cases`.
    #[schema(value_type = String, example = "objects")]
    pub kind: ImportKind,
    /// `csv`, `xlsx`, `json_lines` or `lido`.
    #[schema(value_type = String, example = "xlsx")]
    pub format: ImportFormat,
    /// The case its objects join.
    #[schema(value_type = Option<String>)]
    pub case_id: Option<CaseId>,
    /// What its sender calls the file.
    #[schema(value_type = String, example = "inventory.xlsx")]
    pub file_name: Line,
    /// Its size in bytes.
    pub size_bytes: i64,
    /// SHA-256 of its content, in hexadecimal digits.
    pub sha256: String,
    /// `checking`, `checked`, `importing`, `done`, `refused` or `cancelled`.
    #[schema(value_type = String, example = "checked")]
    pub state: ImportState,
    /// `all_or_nothing` or `skip_bad`, once it was said.
    #[schema(value_type = Option<String>, example = "skip_bad")]
    pub mode: Option<ImportMode>,
    /// Records that obey every rule, so far.
    pub good: i64,
    /// Records that do not, so far.
    pub bad: i64,
    /// Records that were imported, so far.
    pub imported: i64,
    /// Why it was refused as a whole.
    pub message: Option<String>,
    /// When it was sent.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last moved.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

impl From<ImportRow> for ImportView {
    fn from(row: ImportRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            format: row.format,
            case_id: row.case_id,
            file_name: row.file_name,
            size_bytes: row.size,
            sha256: hex::encode(&row.sha256),
            state: row.state,
            mode: row.mode,
            good: row.good,
            bad: row.bad,
            imported: row.taken,
            message: row.message,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The newest uploads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportsView {
    /// At most 100, newest first.
    pub imports: Vec<ImportView>,
}

/// What is wrong with one place of an upload.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// The row of the sheet, the line of the text, or the number of the record in a LIDO file.
    pub row: i64,
    /// The column or field.
    #[schema(example = "inventory_number")]
    pub column: String,
    /// The cell, such as `C7`, where the file has such names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// The rule, as a fragment that reads after the column's name.
    #[schema(example = "is required, because the object is marked as inventoried")]
    pub rule: String,
}

impl From<RowError> for ErrorView {
    fn from(error: RowError) -> Self {
        Self { row: error.line, column: error.column, cell: error.cell, rule: error.rule }
    }
}

/// A page of what is wrong with an upload.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ErrorsView {
    /// In the order of the file.
    pub errors: Vec<ErrorView>,
    /// What to send as `after` for the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// Which errors to show, as typed.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ErrorsQuery {
    /// The `next` of the page before.
    pub after: Option<String>,
    /// The most records whose errors are given: 1 to 1,000; 100 if left out.
    pub limit: Option<String>,
}

impl ErrorsQuery {
    pub(crate) fn parse(&self) -> Result<(i64, i64), FieldErrors> {
        let mut e = FieldErrors::new();
        let after: i64 = e.optional("/after", self.after.as_deref()).unwrap_or(0);
        let limit = e.optional("/limit", self.limit.as_deref()).unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            e.push("/limit", format!("must be from 1 to {MAX_LIMIT}"));
        }
        e.into_result(Some((after, limit)))
    }
}

/// The newest uploads that `principal` may see.
pub async fn imports(deps: &Deps, principal: &Principal) -> Result<Vec<ImportView>, store::Error> {
    let institution = match principal.role {
        Role::Officer => None,
        Role::Reporter | Role::Auditor | Role::Admin => match principal.institution_id {
            Some(institution) => Some(institution),
            None => return Ok(Vec::new()),
        },
    };
    let mut tx = deps.db.read().await?;
    let rows = imports::newest(&mut tx, institution, MAX_LISTED).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// An upload that `principal` may see.
pub async fn view(deps: &Deps, principal: &Principal, id: UploadId) -> Result<ImportView, Problem> {
    let mut tx = deps.db.read().await?;
    let row = visible(&mut tx, principal, id).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// What is wrong with an upload, of up to `limit` records after a place.
pub async fn errors(
    deps: &Deps,
    principal: &Principal,
    id: UploadId,
    after: i64,
    limit: i64,
) -> Result<ErrorsView, Problem> {
    let mut tx = deps.db.read().await?;
    visible(&mut tx, principal, id).await?;
    let mut rows = imports::bad_records(&mut tx, id, after, limit + 1).await?;
    tx.commit().await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.ordinal);
    let errors = rows.into_iter().flat_map(|BadRecord { errors, .. }| errors.0).map(Into::into).collect();
    Ok(ErrorsView { errors, next })
}

/// Lists the newest uploads of the caller's institution; at the desk, of all.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "intake",
    responses(
        (status = 200, description = "The newest uploads", body = ImportsView),
        (status = 403, description = "The caller may not register cases"),
    )
)]
pub(crate) async fn list_api(State(deps): State<Deps>, caller: Authority<Reporter>) -> Result<Response, Problem> {
    let imports = imports(&deps, &caller).await?;
    Ok(axum::Json(ImportsView { imports }).into_response())
}

/// Gives an upload: how far it is.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}", tag = "intake",
    params(("id" = String, Path, description = "The import's identifier")),
    responses(
        (status = 200, description = "The upload", body = ImportView),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such import, or none the caller may see"),
    )
)]
pub(crate) async fn show_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
) -> Result<Response, Problem> {
    Ok(axum::Json(view(&deps, &caller, id).await?).into_response())
}

/// Gives what is wrong with an upload: row, column and rule, in the order of the file.
#[utoipa::path(
    get, path = "/api/v1/imports/{id}/errors", tag = "intake",
    params(("id" = String, Path, description = "The import's identifier")),
    responses(
        (status = 200, description = "A page of errors", body = ErrorsView),
        (status = 400, description = "The query cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such import, or none the caller may see"),
        (status = 422, description = "Some parameters break a rule"),
    )
)]
pub(crate) async fn errors_api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
    Query(query): Query<ErrorsQuery>,
) -> Result<Response, Problem> {
    let (after, limit) = query.parse()?;
    Ok(axum::Json(errors(&deps, &caller, id, after, limit).await?).into_response())
}
