//! A file comes in: it is stored as it is and answered at once.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::codes::{ImportFormat, ImportKind, ImportState};
use domain::ids::{CaseId, InstitutionId, UploadId};
use domain::text::Line;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::imports::{self, ImportRow};
use store::{Tx, cases};
use utoipa::IntoParams;
use web::{Authority, Principal, Problem, Query, Reporter};

use super::show::ImportView;
use crate::Deps;
use crate::access::sight;

/// What the file is, as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// `objects` of one case, or `cases` with their objects.
    #[param(example = "objects")]
    pub kind: Option<String>,
    /// The case that objects join; left out for cases.
    pub case: Option<String>,
    /// What to call the file.
    #[param(example = "inventory.xlsx")]
    pub name: Option<String>,
    /// `true` to take a file that was imported before.
    pub again: Option<String>,
}

/// A file to take in.
#[derive(Clone, Debug)]
pub struct Upload {
    kind: ImportKind,
    case: Option<CaseId>,
    name: Line,
    again: bool,
    format: ImportFormat,
}

impl UploadQuery {
    /// Parses what was typed.
    pub fn parse(&self, format: ImportFormat) -> Result<Upload, FieldErrors> {
        let mut e = FieldErrors::new();
        let kind = e.required("/kind", self.kind.as_deref());
        let case = e.optional("/case", self.case.as_deref());
        match (kind, case) {
            (Some(ImportKind::Objects), None) if e.at("/case").next().is_none() => {
                e.push("/case", "is required: the case that the objects join");
            }
            (Some(ImportKind::Cases), Some(_)) => e.push("/case", "is only for objects, and these are cases"),
            _ => {}
        }
        let again = e.optional("/again", self.again.as_deref()).unwrap_or(false);
        let name = e.optional("/name", self.name.as_deref().map(file_name).as_deref());
        let name = name.or_else(|| format.label().parse().ok());
        e.into_result((|| Some(Upload { kind: kind?, case, name: name?, again, format }))())
    }
}

/// The last part of a path: some browsers send where the file lay. It is shown and never opened.
fn file_name(text: &str) -> String {
    text.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// Which format a content type is.
pub(crate) fn format_of(content_type: &str) -> Option<ImportFormat> {
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/csv" => Some(ImportFormat::Csv),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Some(ImportFormat::Xlsx),
        "application/x-ndjson" | "application/jsonl" | "application/jsonlines" => Some(ImportFormat::JsonLines),
        "application/xml" | "text/xml" | "application/lido+xml" => Some(ImportFormat::Lido),
        _ => None,
    }
}

/// Which format a file's name says it is; its content is what decides in the end.
pub(crate) fn format_of_name(name: &str) -> Option<ImportFormat> {
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Some(ImportFormat::Csv),
        "xlsx" => Some(ImportFormat::Xlsx),
        "jsonl" | "ndjson" => Some(ImportFormat::JsonLines),
        "xml" => Some(ImportFormat::Lido),
        _ => None,
    }
}

/// Stores a file. The same file for the same purpose that is still at work is answered with that import; one that was
/// imported already is refused, unless its sender says "again".
pub async fn upload(
    deps: &Deps,
    principal: &Principal,
    upload: &Upload,
    content: &[u8],
) -> Result<(ImportRow, bool), Problem> {
    if content.is_empty() {
        return Err(Problem::bad_request("The file is empty."));
    }
    let sha256 = Sha256::digest(content).to_vec();
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let institution_id = institution(&mut tx, principal, upload.case).await?;
    match imports::same(&mut tx, institution_id, upload.case, &sha256).await? {
        Some(row) if row.state != ImportState::Done => return Ok((row, false)),
        Some(row) if !upload.again => {
            let when = row.updated_at.human();
            let detail = format!(
                "This very file was imported before, at {when}, as {}. Say \u{201c}again\u{201d} to take it once more.",
                row.id
            );
            return Err(Problem::conflict("already-imported", detail));
        }
        _ => {}
    }
    let row = ImportRow {
        id: UploadId::generate(&deps.clock),
        kind: upload.kind,
        format: upload.format,
        institution_id,
        case_id: upload.case,
        file_name: upload.name.clone(),
        size: i64::try_from(content.len()).unwrap_or(i64::MAX),
        sha256,
        state: ImportState::Checking,
        mode: None,
        good: 0,
        bad: 0,
        position: 0,
        taken: 0,
        message: None,
        created_by: principal.account_id,
        created_at: now,
        updated_at: now,
    };
    imports::insert(&mut tx, &row, content).await?;
    tx.commit().await?;
    tracing::info!(import.id = %row.id, import.kind = row.kind.as_str(), import.format = row.format.as_str(), size = row.size, "took in a file");
    Ok((row, true))
}

/// Whose cases the upload is about: that of the case, or the sender's own.
async fn institution(tx: &mut Tx, principal: &Principal, case: Option<CaseId>) -> Result<InstitutionId, Problem> {
    match case {
        Some(id) => {
            let row = cases::find(tx, id).await?.filter(|row| sight(principal, row.institution_id).is_some());
            Ok(row.ok_or_else(|| Problem::not_found("case"))?.institution_id)
        }
        None => principal.institution_id.ok_or_else(|| crate::register::RegisterError::NoInstitution.into()),
    }
}

/// Uploads a file of objects or cases. It is checked in the background; look at the import until it is `checked`.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "intake",
    request_body(
        description = "The file, up to 16 MiB: a table, JSON Lines, LIDO 1.1, or a workbook",
        content(
            (String = "text/csv", example = "title,type,photographs\nMask,sculpture,none\n"),
            (String = "application/x-ndjson", example = "{\"title\": \"Mask\", \"type\": \"sculpture\", \"photographs\": \"none\"}\n"),
            (String = "application/xml"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )
    ),
    responses(
        (status = 202, description = "Stored; being checked", body = ImportView, headers(("Location" = String))),
        (status = 200, description = "The same file is at work already", body = ImportView),
        (status = 400, description = "The file is empty, or the query cannot be read"),
        (status = 403, description = "The caller may not register cases"),
        (status = 404, description = "There is no such case, or none the caller may see"),
        (status = 409, description = "The same file was imported before"),
        (status = 413, description = "The file is larger than 16 MiB"),
        (status = 415, description = "The file is of a type that is not read"),
        (status = 422, description = "Some parameters break a rule, or the account has no institution"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    content: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Response, Problem> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = format_of(content_type).ok_or_else(|| {
        Problem::unsupported("text/csv, application/x-ndjson, application/xml or the type of an XLSX workbook")
    })?;
    let parsed = query.parse(format)?;
    let content = content.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(super::MAX_UPLOAD),
        _ => Problem::bad_request("The body broke off."),
    })?;
    let (row, new) = upload(&deps, &caller, &parsed, &content).await?;
    let status = if new { StatusCode::ACCEPTED } else { StatusCode::OK };
    let location = [(LOCATION, format!("/api/v1/imports/{}", row.id))];
    Ok((status, location, axum::Json(ImportView::from(row))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_is_a_name_and_no_path() {
        for (typed, expected) in [
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Users\\x\\list.xlsx", Some("list.xlsx")),
            ("list.csv", Some("list.csv")),
            ("..", Some("..")),
            ("", Some("CSV table")),
            ("a\u{202e}vsc.exe", None),
            ("a\r\nb", None),
            ("a\0b", None),
        ] {
            let query =
                UploadQuery { kind: Some("cases".to_owned()), name: Some(typed.to_owned()), ..UploadQuery::default() };
            let name = query.parse(ImportFormat::Csv).ok().map(|upload| upload.name.to_string());
            assert_eq!(name.as_deref(), expected, "{typed:?}");
        }
    }

    #[test]
    fn objects_need_their_case_and_cases_have_none() {
        let query = |kind: &str, case: Option<&str>| UploadQuery {
            kind: Some(kind.to_owned()),
            case: case.map(ToOwned::to_owned),
            ..UploadQuery::default()
        };
        let case = "case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00";
        for (query, good) in [
            (query("objects", Some(case)), true),
            (query("cases", None), true),
            (query("objects", None), false),
            (query("cases", Some(case)), false),
            (query("objects", Some("x")), false),
            (query("partners", None), false),
        ] {
            assert_eq!(query.parse(ImportFormat::Csv).is_ok(), good, "{query:?}");
        }
    }
}
