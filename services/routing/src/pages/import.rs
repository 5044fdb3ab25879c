//! `/partners/import`: a directory file, uploaded, pasted or fetched; and the diff of one that waits.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use domain::ids::ImportId;
use domain::partner::Partner;
use domain::partner::diff::FieldChange;
use domain::text::Line;
use serde::Deserialize;
use store::partners;
use web::{Admin, Auditing, Authority, Form, PageError, Path, Principal, Problem, Shell, page, redirect};

use super::edit::by;
use crate::import::review::{Review, key, review};
use crate::import::{ImportRow, MAX_BYTES, OPTIONAL, REQUIRED, RowError};
use crate::words::{self, ChangeView};
use crate::{Choice, Deps, ImportError, Imported, TakeFileError, fetch, import_directory, put_file_aside, take_file};

/// Text and file, and what multipart puts around them.
pub(crate) const MAX_FORM: usize = 2 * MAX_BYTES + 64 * 1024;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    shell: Shell,
    text: String,
    imported: Option<Imported>,
    errors: Vec<RowError>,
    not_fetched: Option<String>,
    urls: Vec<String>,
    /// How often they are fetched by themselves, in hours; 0 never.
    every_hours: u64,
    files: Vec<(ImportId, Line, String, Timestamp)>,
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

/// What came of a file that somebody brought.
#[derive(Default)]
struct Came {
    text: String,
    imported: Option<Imported>,
    errors: Vec<RowError>,
    not_fetched: Option<String>,
}

async fn render(deps: &Deps, caller: &Principal, came: Came) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let files = partners::files(&mut tx, 20).await?;
    tx.commit().await?;
    let Came { text, imported, errors, not_fetched } = came;
    let shell = Shell::new("Import partners", caller);
    let urls = deps.config.sync_urls.clone();
    let every_hours = deps.config.sync_every_hours;
    Ok(page(&ImportPage { shell, text, imported, errors, not_fetched, urls, every_hours, files }))
}

/// `GET /partners/import`.
pub(crate) async fn blank(State(deps): State<Deps>, caller: Authority<Admin>) -> Result<Response, PageError> {
    render(&deps, &caller, Came::default()).await
}

/// `POST /partners/import`.
pub(crate) async fn submit(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    request: Request,
) -> Result<Response, PageError> {
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
    let (chosen, origin) = if file.is_empty() { (text, "Pasted text") } else { (file, "An uploaded file") };
    bring(&deps, &caller, &chosen, &origin.parse().expect("a line")).await
}

/// Which address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FetchForm {
    url: String,
}

/// `POST /partners/import/fetch`.
pub(crate) async fn fetched(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    form: Form<FetchForm>,
) -> Result<Response, PageError> {
    match fetch(&deps, &form.value.url).await {
        Ok(file) => {
            let origin: Option<Line> = form.value.url.parse().ok();
            bring(&deps, &caller, &file, &origin.unwrap_or_else(|| "An address".parse().expect("a line"))).await
        }
        Err(error) => {
            tracing::warn!(error = %error, "a directory file could not be fetched");
            let shown =
                render(&deps, &caller, Came { not_fetched: Some(error.to_string()), ..Came::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
    }
}

async fn bring(deps: &Deps, caller: &Principal, file: &[u8], origin: &Line) -> Result<Response, PageError> {
    match import_directory(deps, file, by(caller), origin).await {
        Ok(Imported { waiting: Some(id), .. }) => Ok(redirect(&format!("/partners/imports/{id}"))),
        Ok(imported) => render(deps, caller, Came { imported: Some(imported), ..Came::default() }).await,
        Err(ImportError::File(errors)) => {
            let text = String::from_utf8_lossy(file).into_owned();
            let shown = render(deps, caller, Came { text, errors, ..Came::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(Problem::from(error).into()),
    }
}

#[derive(Template)]
#[template(path = "import_review.html")]
struct ReviewPage {
    shell: Shell,
    id: ImportId,
    origin: Line,
    revision: i64,
    open: bool,
    added: Vec<Partner>,
    changed: Vec<ChangedView>,
    gone: Vec<Partner>,
    unchanged: i64,
    errors: Vec<RowError>,
    again: bool,
    may_take: bool,
}

/// A partner that a file changes.
struct ChangedView {
    partner: Partner,
    plain: Vec<ChangeView>,
    conflicts: Vec<(String, ChangeView)>,
    kept: Vec<ChangeView>,
}

impl ReviewPage {
    #[expect(clippy::unused_self, reason = "templates call methods")]
    fn scopes(&self, partner: &Partner) -> String {
        words::scopes(partner, 5)
    }
}

async fn show_review(
    deps: &Deps,
    caller: &Principal,
    id: ImportId,
    errors: Vec<RowError>,
    again: bool,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let file = partners::file::<ImportRow>(&mut tx, id).await?.ok_or_else(|| Problem::not_found("file"))?;
    let directory = partners::directory(&mut tx).await?;
    let last = partners::imported(&mut tx).await?;
    tx.commit().await?;
    let open = file.state == "open";
    let seen = if open { review(&directory, file.rows.0, last, &deps.clock) } else { Review::default() };
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for entry in seen.entries {
        let Some(old) = entry.old else {
            added.push(entry.file);
            continue;
        };
        let shown = |all: &[FieldChange]| words::changes(&old, &entry.file, all, &directory);
        let keys: Vec<String> = entry.conflicts.iter().map(|change| key(old.id, change)).collect();
        changed.push(ChangedView {
            plain: shown(&entry.plain),
            conflicts: keys.into_iter().zip(shown(&entry.conflicts)).collect(),
            kept: shown(&entry.kept),
            partner: old,
        });
    }
    Ok(page(&ReviewPage {
        shell: Shell::new("A directory file", caller),
        id,
        origin: file.origin,
        revision: directory.revision,
        open,
        added,
        changed,
        gone: seen.gone,
        unchanged: seen.unchanged,
        errors,
        again,
        may_take: open && caller.role == domain::codes::Role::Admin,
    }))
}

/// `GET /partners/imports/{id}`.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<Auditing>,
    Path(id): Path<ImportId>,
) -> Result<Response, PageError> {
    show_review(&deps, &caller, id, Vec::new(), false).await
}

/// What a person chose.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TakeForm {
    revision: String,
    take: Vec<String>,
    switch_off: Vec<String>,
}

/// `POST /partners/imports/{id}`.
pub(crate) async fn take(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<ImportId>,
    form: Form<TakeForm>,
) -> Result<Response, PageError> {
    let TakeForm { revision, take, switch_off } = form.value;
    let choice = Choice {
        take: take.into_iter().collect::<HashSet<_>>(),
        switch_off: switch_off.iter().filter_map(|id| id.parse().ok()).collect(),
    };
    // A revision that is no number was never shown.
    let seen = revision.parse().unwrap_or(-1);
    match take_file(&deps, id, seen, &choice, by(&caller)).await {
        Ok(_) => Ok(redirect("/partners?done=taken")),
        Err(TakeFileError::Changed) => {
            let shown = show_review(&deps, &caller, id, Vec::new(), true).await?;
            Ok((StatusCode::CONFLICT, shown).into_response())
        }
        Err(TakeFileError::File(errors)) => {
            let shown = show_review(&deps, &caller, id, errors, false).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(TakeFileError::NotFound) => Err(Problem::not_found("file that waits").into()),
        Err(TakeFileError::Store(error)) => Err(error.into()),
    }
}

/// `POST /partners/imports/{id}/aside`.
pub(crate) async fn aside(
    State(deps): State<Deps>,
    caller: Authority<Admin>,
    Path(id): Path<ImportId>,
) -> Result<Response, PageError> {
    match put_file_aside(&deps, id, by(&caller)).await {
        Ok(()) => Ok(redirect("/partners/import")),
        Err(TakeFileError::Store(error)) => Err(error.into()),
        Err(_) => Err(Problem::not_found("file that waits").into()),
    }
}
