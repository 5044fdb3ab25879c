//! `/partners/import`: a directory file, uploaded or pasted.

use askama::Template;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::codes::RevisionSource;
use web::{Admin, Authority, PageError, Problem, Shell, page};

use crate::import::{MAX_BYTES, OPTIONAL, REQUIRED, RowError};
use crate::{By, Deps, ImportError, Imported, import_directory};

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    shell: Shell,
    text: String,
    imported: Option<Imported>,
    errors: Vec<RowError>,
}

impl ImportPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn required(&self) -> String {
        REQUIRED.join(", ")
    }

    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn optional(&self) -> String {
        OPTIONAL.join(", ")
    }
}

/// `GET /partners/import`.
pub(crate) async fn blank(caller: Authority<Admin>) -> Response {
    let shell = Shell::new("Import partners", &caller);
    page(&ImportPage { shell, text: String::new(), imported: None, errors: Vec::new() })
}

/// `POST /partners/import`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    mut request: Request,
) -> Result<Response, PageError> {
    // Text and file, and what multipart puts around them.
    DefaultBodyLimit::max(2 * MAX_BYTES + 64 * 1024).apply(&mut request);
    let unreadable = |error: String| Problem::bad_request(format!("The form cannot be read: {error}."));
    let mut multipart = Multipart::from_request(request, &()).await.map_err(|e| unreadable(e.body_text()))?;
    let (mut text, mut file) = (Vec::new(), Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(|e| unreadable(e.body_text()))? {
        let into = match field.name() {
            Some("text") => &mut text,
            Some("file") => &mut file,
            _ => continue,
        };
        *into = field.bytes().await.map_err(|e| unreadable(e.body_text()))?.to_vec();
    }
    // A browser sends an empty file when none was chosen.
    let chosen = if file.is_empty() { text } else { file };
    let shell = Shell::new("Import partners", &caller);
    let by = By { account: Some(caller.account_id), source: RevisionSource::Form };
    match import_directory(&deps, &chosen, by).await {
        Ok(imported) => {
            Ok(page(&ImportPage { shell, text: String::new(), imported: Some(imported), errors: Vec::new() }))
        }
        Err(ImportError::File(errors)) => {
            let text = String::from_utf8_lossy(&chosen).into_owned();
            let shown = page(&ImportPage { shell, text, imported: None, errors });
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}
