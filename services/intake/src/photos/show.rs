//! Photographs are shown: the list of an object, and the files.

use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use blobs::Shelf;
use bytes::Bytes;
use domain::codes::{PictureFormat, Role};
use domain::ids::{ObjectId, PhotoId};
use domain::photo::ContentHash;
use store::photos::{self, PhotoRow};
use web::{Authority, Path, Principal, Problem, Reporter, SignedIn};

use super::add::files_away;
use super::{PhotoView, case_of_object, photo_of};
use crate::Deps;

/// Whether this person may have the file as it was sent in: the desk and the own institution, which passed
/// [`photo_of`].
pub(super) fn has_originals(principal: &Principal) -> bool {
    matches!(principal.role, Role::Officer | Role::Reporter)
}

/// Gives the photographs of an object.
#[utoipa::path(
    get, path = "/api/v1/objects/{id}/photos", tag = "intake",
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 200, description = "The photographs in their order", body = [PhotoView]),
        (status = 404, description = "There is no such object, or none the caller may see"),
    )
)]
pub(crate) async fn list(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ObjectId>,
) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    case_of_object(&mut tx, &caller, id).await?.ok_or_else(|| Problem::not_found("object"))?;
    let rows = photos::of_object(&mut tx, id).await?;
    tx.commit().await?;
    let view = if has_originals(&caller) { PhotoView::with_original } else { PhotoView::copies };
    Ok(axum::Json(rows.iter().map(view).collect::<Vec<_>>()).into_response())
}

/// Gives the copy for pages.
#[utoipa::path(
    get, path = "/api/v1/photos/{id}/page", tag = "intake",
    params(("id" = String, Path, description = "The photograph's identifier, such as photo_0190…")),
    responses(
        (status = 200, description = "A JPEG without metadata", content_type = "image/jpeg"),
        (status = 404, description = "There is no such photograph, or none the caller may see"),
    )
)]
pub(crate) async fn page(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<PhotoId>,
) -> Result<Response, Problem> {
    copy(&deps, &caller, id, |photo| photo.page).await
}

/// Gives the small copy.
#[utoipa::path(
    get, path = "/api/v1/photos/{id}/preview", tag = "intake",
    params(("id" = String, Path, description = "The photograph's identifier, such as photo_0190…")),
    responses(
        (status = 200, description = "A JPEG without metadata of at most 100 kB", content_type = "image/jpeg"),
        (status = 404, description = "There is no such photograph, or none the caller may see"),
    )
)]
pub(crate) async fn preview(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<PhotoId>,
) -> Result<Response, Problem> {
    copy(&deps, &caller, id, |photo| photo.preview).await
}

/// Gives the file as it was sent in, to be saved and never to be shown by the browser.
#[utoipa::path(
    get, path = "/api/v1/photos/{id}/original", tag = "intake",
    params(("id" = String, Path, description = "The photograph's identifier, such as photo_0190…")),
    responses(
        (status = 200, description = "The file as it was sent in"),
        (status = 403, description = "Originals are for the desk and the institution that sent them in"),
        (status = 404, description = "There is no such photograph, or none the caller may see"),
    )
)]
pub(crate) async fn original(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<PhotoId>,
) -> Result<Response, Problem> {
    let photo = find(&deps, &caller, id).await?;
    let file = file(&deps, Shelf::Originals, photo.original).await?;
    tracing::info!(photo.id = %id, case.id = %photo.case_id, account.id = %caller.account_id, "gave an original out");
    let ending = photo.format.ending();
    // It may be a picture and something else as well, so no browser gets to interpret it on this site.
    let disposition = format!("attachment; filename=\"{id}.{ending}\"");
    Ok(answer(file, photo.format, photo.original, &[(CONTENT_DISPOSITION, &disposition), (CACHE_CONTROL, "no-store")]))
}

async fn copy(
    deps: &Deps,
    principal: &Principal,
    id: PhotoId,
    which: fn(&PhotoRow) -> ContentHash,
) -> Result<Response, Problem> {
    let hash = which(&find(deps, principal, id).await?);
    let file = file(deps, Shelf::Renditions, hash).await?;
    // A photograph never changes: what a browser has stays right. Only that browser, since others may not see it.
    let cache = [(CACHE_CONTROL, "private, max-age=31536000, immutable")];
    Ok(answer(file, PictureFormat::Jpeg, hash, &cache))
}

async fn find(deps: &Deps, principal: &Principal, id: PhotoId) -> Result<PhotoRow, Problem> {
    let mut tx = deps.db.read().await?;
    let found = photo_of(&mut tx, principal, id).await?;
    tx.commit().await?;
    found.map(|(photo, _)| photo).ok_or_else(|| Problem::not_found("photograph"))
}

async fn file(deps: &Deps, shelf: Shelf, hash: ContentHash) -> Result<Bytes, Problem> {
    match deps.photos.blobs.get(shelf, hash).await {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => {
            tracing::error!(file.shelf = shelf.as_str(), file.sha256 = %hash, "a photograph's file is not there");
            Err(Problem::not_found("file any more"))
        }
        Err(error) => Err(files_away(&error)),
    }
}

fn answer(bytes: Bytes, format: PictureFormat, hash: ContentHash, more: &[(HeaderName, &str)]) -> Response {
    let etag = format!("\"{hash}\"");
    let fixed = [
        (CONTENT_TYPE, format.as_str()),
        (ETAG, etag.as_str()),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Opened by itself, it has no origin, no script and no way out.
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    let mut response = bytes.into_response();
    for (name, value) in fixed.iter().chain(more) {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
