//! Sending a file in, looking at what is wrong with it, and saying what to do.

use askama::Template;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::codes::{ImportKind, ImportMode, ImportState};
use domain::ids::{CaseId, UploadId};
use domain::text::Line;
use serde::Deserialize;
use store::cases;
use web::{
    Authority, Confirm, Form, FormState, PageError, Path, Principal, Problem, Query, Reporter, Shell, Sure, harmless,
    page, redirect,
};

use crate::Deps;
use crate::access::sight;
use crate::import::{
    self, ConfirmImport, ErrorView, ErrorsQuery, ImportView, MAX_UPLOAD, UploadQuery, format_of_name, template,
};

/// What the rest of the form may take beside the file.
pub(crate) const FORM_ROOM: usize = 64 * 1024;
/// The records whose errors are on one page.
const ERRORS_ON_PAGE: i64 = 100;
/// The records whose errors are read at once for the table of all of them.
const ERRORS_AT_ONCE: i64 = 1_000;

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    shell: Shell,
    imports: Vec<ImportView>,
    /// The case that objects would join, if one was chosen.
    case: Option<(CaseId, Line)>,
    problem: Option<Problem>,
    max_mib: usize,
    may_cases: bool,
}

/// Which case was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Chosen {
    case: Option<String>,
}

/// The newest uploads, and the form for another.
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, PageError> {
    render(&deps, &caller, chosen.case.as_deref(), None).await
}

async fn render(
    deps: &Deps,
    caller: &Principal,
    case: Option<&str>,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let status = problem.as_ref().and_then(|problem| StatusCode::from_u16(problem.status).ok());
    let case = match case.map(str::trim).filter(|text| !text.is_empty()).map(str::parse::<CaseId>) {
        Some(Ok(id)) => {
            let mut tx = deps.db.read().await?;
            let row = cases::find(&mut tx, id).await?;
            tx.commit().await?;
            let row = row.filter(|row| sight(caller, row.institution_id).is_some());
            let row = row.ok_or_else(|| Problem::not_found("case"))?;
            let name = format!("{} · {}", row.reference, row.title);
            Some((
                id,
                name.chars().take(Line::MAX).collect::<String>().parse().map_err(|_| Problem::not_found("case"))?,
            ))
        }
        Some(Err(_)) => return Err(Problem::not_found("case").into()),
        None => None,
    };
    let page = page(&ImportsPage {
        shell: Shell::new("Import", caller),
        imports: import::imports(deps, caller).await?,
        case,
        problem,
        max_mib: MAX_UPLOAD / 1024 / 1024,
        may_cases: caller.institution_id.is_some(),
    });
    Ok((status.unwrap_or(StatusCode::OK), page).into_response())
}

/// Takes a file in.
pub(crate) async fn send(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let (query, content) = match form {
        Ok(form) => fields(form).await?,
        Err(_) => return Err(Problem::unsupported("multipart/form-data").into()),
    };
    let name = query.name.clone().unwrap_or_default();
    let done = match format_of_name(&name) {
        _ if content.is_empty() => Err(Problem::bad_request("Choose a file that is not empty.")),
        None => Err(Problem::unsupported("a file whose name ends in .csv, .xlsx, .jsonl or .xml")),
        Some(format) => match query.parse(format) {
            Ok(upload) => import::upload(&deps, &caller, &upload, &content).await,
            Err(errors) => Err(errors.into()),
        },
    };
    match done {
        Ok((row, _)) => Ok(redirect(&format!("/imports/{}", row.id))),
        Err(problem) if problem.status == 404 || problem.status >= 500 => Err(problem.into()),
        Err(problem) => render(&deps, &caller, query.case.as_deref(), Some(problem)).await,
    }
}

/// The fields of the form and the content of its file.
async fn fields(mut form: Multipart) -> Result<(UploadQuery, Vec<u8>), Problem> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(MAX_UPLOAD),
        _ => Problem::bad_request("The form broke off."),
    };
    let mut query = UploadQuery::default();
    let mut content = Vec::new();
    while let Some(field) = form.next_field().await.map_err(broken)? {
        match field.name() {
            Some("file") => {
                query.name = field.file_name().map(ToOwned::to_owned);
                content = field.bytes().await.map_err(broken)?.to_vec();
            }
            Some("kind") => query.kind = Some(field.text().await.map_err(broken)?),
            Some("case") => query.case = Some(field.text().await.map_err(broken)?),
            Some("again") => query.again = Some(field.text().await.map_err(broken)?),
            _ => return Err(Problem::bad_request("The form has a field that is not known.")),
        }
    }
    Ok((query, content))
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    shell: Shell,
    import: ImportView,
    errors: Vec<ErrorView>,
    /// The address of the next page of errors; empty on the last one.
    next: String,
    problem: Option<Problem>,
}

impl ImportPage {
    /// Whether the page looks again by itself.
    fn moves(&self) -> bool {
        matches!(self.import.state, ImportState::Checking | ImportState::Importing)
    }

    fn total(&self) -> i64 {
        self.import.good + self.import.bad
    }

    fn tone(&self) -> &'static str {
        match self.import.state {
            ImportState::Done => "good",
            ImportState::Refused => "bad",
            ImportState::Checked => "warn",
            ImportState::Checking | ImportState::Importing | ImportState::Cancelled => "plain",
        }
    }
}

/// One upload.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
    Query(query): Query<ErrorsQuery>,
) -> Result<Response, PageError> {
    let (after, _) = query.parse()?;
    render_one(&deps, &caller, id, after, None).await
}

async fn render_one(
    deps: &Deps,
    caller: &Principal,
    id: UploadId,
    after: i64,
    problem: Option<Problem>,
) -> Result<Response, PageError> {
    let import = import::view(deps, caller, id).await?;
    let errors = import::errors(deps, caller, id, after, ERRORS_ON_PAGE).await?;
    let status = problem.as_ref().and_then(|problem| StatusCode::from_u16(problem.status).ok());
    let page = page(&ImportPage {
        shell: Shell::new(format!("Import of {}", import.file_name), caller),
        import,
        errors: errors.errors,
        next: errors.next.map(|after| format!("/imports/{id}?after={after}#errors")).unwrap_or_default(),
        problem,
    });
    Ok((status.unwrap_or(StatusCode::OK), page).into_response())
}

/// Takes what is good of it.
pub(crate) async fn confirm(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
    form: Form<ConfirmImport>,
) -> Result<Response, PageError> {
    let done = match form.value.parse() {
        Ok(mode) => import::confirm(&deps, &caller, id, mode).await,
        Err(errors) => Err(errors.into()),
    };
    after(&deps, &caller, id, done.err()).await
}

/// Throws it away, once that was said twice.
pub(crate) async fn cancel(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
    Query(word): Query<Sure>,
) -> Result<Response, PageError> {
    if !word.sure {
        let import = import::view(&deps, &caller, id).await?;
        let confirm = Confirm {
            shell: Shell::new("Throw this import away?", &caller),
            warning: "This cannot be undone: the file and what was found in it are deleted.".to_owned(),
            lines: vec![
                format!("{}: {} records without error, {} with errors.", import.file_name, import.good, import.bad),
                "Nothing of it was registered. You can send the file again.".to_owned(),
            ],
            action: format!("/imports/{id}/cancel?sure=true"),
            hidden: Vec::new(),
            grounds: Vec::new(),
            button: "Throw it away".to_owned(),
            back: format!("/imports/{id}"),
            form: FormState::default(),
        };
        return Ok(confirm.show());
    }
    let done = import::cancel(&deps, &caller, id).await;
    after(&deps, &caller, id, done.err()).await
}

async fn after(deps: &Deps, caller: &Principal, id: UploadId, problem: Option<Problem>) -> Result<Response, PageError> {
    match problem {
        None => Ok(redirect(&format!("/imports/{id}"))),
        Some(problem) if problem.status == 409 || problem.status == 422 => {
            render_one(deps, caller, id, 0, Some(problem)).await
        }
        Some(problem) => Err(problem.into()),
    }
}

/// Every error as a table.
pub(crate) async fn errors_csv(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<UploadId>,
) -> Result<Response, PageError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Problem::internal(&error);
    writer.write_record(["row", "column", "cell", "rule"]).map_err(failed)?;
    let mut after = 0;
    loop {
        let found = import::errors(&deps, &caller, id, after, ERRORS_AT_ONCE).await?;
        for error in found.errors {
            let cells = [error.row.to_string(), error.column, error.cell.unwrap_or_default(), error.rule];
            writer.write_record(cells.map(harmless)).map_err(failed)?;
        }
        let Some(next) = found.next else { break };
        after = next;
    }
    let bytes = writer.into_inner().map_err(|error| Problem::internal(error.error()))?;
    Ok(table(bytes, "errors.csv"))
}

/// An empty table with every column, to be filled in.
pub(crate) async fn template_csv(
    _caller: Authority<Reporter>,
    Path(kind): Path<ImportKind>,
) -> Result<Response, PageError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(template(kind)).map_err(|error| Problem::internal(&error))?;
    let bytes = writer.into_inner().map_err(|error| Problem::internal(error.error()))?;
    Ok(table(bytes, "template.csv"))
}

fn table(bytes: Vec<u8>, name: &'static str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}
