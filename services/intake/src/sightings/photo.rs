//! The photograph of a sighting: looked at as those of a report are ([`pictures::Darkroom`]), the original kept as
//! evidence for the desk and the institution, a copy that hides nothing shown to whoever needs to know.
//!
//! It lies in the database and not among the files: it is class D, so a table's grants guard it, and it goes with its
//! sighting in one transaction (`deploy/decisions`).

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use contracts::Service;
use contracts::events::SightingPhotoAddedV1;
use domain::FieldErrors;
use domain::codes::{PictureFormat, Reading, Role};
use domain::ids::SightingId;
use domain::sighting::{NeedToKnow, Reader};
use pictures::Refusal;
use store::answers::SightingPhotoRow;
use store::cases::CaseRow;
use store::sightings::{self, SightingRow};
use store::{Tx, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Path, Principal, Problem, Reporter, SignedIn};

use super::SightingView;
use crate::Deps;
use crate::access::{reader, sight};
use crate::parts;
use crate::reading::note_reading;

/// The parts of the body.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read part by part")]
pub(crate) struct SightingPhotoForm {
    /// JPEG, PNG or WebP, at most 20 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Why a photograph was not kept.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// There is no such sighting, or none the caller needs to know of.
    #[error("find the sighting")]
    NoSighting,
    /// The file is no photograph.
    #[error("take the file as a photograph")]
    File(#[source] Refusal),
    /// It has another one.
    #[error("keep a second photograph of a sighting")]
    Another,
    /// The person who told it was erased; their photograph does not come back.
    #[error("keep a photograph of somebody who was erased")]
    Erased,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Looks at a file in a bounded place.
pub(super) async fn develop(deps: &Deps, file: Bytes) -> Result<SightingPhotoRow, PhotoError> {
    let picture = deps.photos.darkroom.develop(file.clone()).await.map_err(PhotoError::File)?;
    Ok(SightingPhotoRow {
        format: picture.format,
        sha256: picture.original,
        original: file.to_vec(),
        page: picture.page.jpeg,
    })
}

/// Keeps a photograph with its fact. The same file once more changes nothing.
pub(super) async fn keep(
    deps: &Deps,
    tx: &mut Tx,
    by: &Principal,
    row: &SightingRow,
    photo: &SightingPhotoRow,
) -> Result<(), PhotoError> {
    if row.erased_at.is_some() {
        return Err(PhotoError::Erased);
    }
    match sightings::photo_fingerprint(tx, row.id).await? {
        Some(earlier) if earlier == photo.sha256 => return Ok(()),
        Some(_) => return Err(PhotoError::Another),
        None => {}
    }
    if !sightings::insert_photo(tx, row.id, photo).await? {
        return Err(PhotoError::Another);
    }
    let event = SightingPhotoAddedV1 {
        sighting_id: row.id,
        case_id: row.case_id,
        original_sha256: photo.sha256,
        added_by: by.account_id,
    };
    outbox::record(tx, Service::Intake, &deps.clock, &event).await?;
    tracing::info!(case.id = %row.case_id, sighting.id = %row.id, "kept the photograph of a sighting");
    Ok(())
}

/// A sighting with its case, for somebody who needs to know of it.
pub(super) async fn needed(
    tx: &mut Tx,
    who: &Principal,
    id: SightingId,
) -> Result<Option<(SightingRow, CaseRow, NeedToKnow)>, store::Error> {
    let Some(row) = sightings::find(tx, id).await? else { return Ok(None) };
    let Some(case) = cases::find(tx, row.case_id).await? else { return Ok(None) };
    if sight(who, case.institution_id).is_none() {
        return Ok(None);
    }
    Ok(NeedToKnow::of(reader(who, case.institution_id), None).map(|need| (row, case, need)))
}

/// Adds the photograph of a sighting that came without one.
pub async fn add_sighting_photo(
    deps: &Deps,
    by: &Principal,
    id: SightingId,
    file: Bytes,
) -> Result<SightingRow, PhotoError> {
    let mut tx = deps.db.read().await?;
    // Nobody makes us look at a file who could not add it.
    needed(&mut tx, by, id).await?.ok_or(PhotoError::NoSighting)?;
    tx.commit().await?;
    let photo = develop(deps, file).await?;
    let mut tx = deps.db.begin().await?;
    let (row, case, _) = needed(&mut tx, by, id).await?.ok_or(PhotoError::NoSighting)?;
    cases::lock(&mut tx, case.id).await?.ok_or(PhotoError::NoSighting)?;
    keep(deps, &mut tx, by, &row, &photo).await?;
    let row = sightings::find(&mut tx, id).await?.ok_or(PhotoError::NoSighting)?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(row)
}

impl From<PhotoError> for Problem {
    fn from(error: PhotoError) -> Self {
        match error {
            PhotoError::NoSighting => Self::not_found("sighting"),
            PhotoError::File(refusal) => {
                let mut errors = FieldErrors::new();
                errors.push("/file", refusal.to_string());
                errors.into()
            }
            PhotoError::Another => Self::conflict(
                "sighting-has-photo",
                "The sighting has a photograph, which stays as evidence. Report what is new as a sighting of its own.",
            ),
            PhotoError::Erased => Self::conflict(
                "sighting-erased",
                "The person who told of this sighting was erased, and their photograph with them.",
            ),
            PhotoError::Store(error) => error.into(),
        }
    }
}

/// Adds the photograph of a sighting.
#[utoipa::path(
    post, path = "/api/v1/sightings/{id}/photo", tag = "intake", operation_id = "add_photo_of_sighting",
    params(("id" = String, Path, description = "The sighting's identifier, such as sighting_0190…")),
    request_body(content = SightingPhotoForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Kept, or there before: the same file is the same photograph", body = SightingView),
        (status = 403, description = "The caller neither reports nor works at the desk"),
        (status = 404, description = "There is no such sighting, or none the caller needs to know of"),
        (status = 409, description = "It has another photograph"),
        (status = 413, description = "The body is larger than one photograph may be"),
        (status = 415, description = "The body is no multipart/form-data"),
        (status = 422, description = "The file is no photograph, or damaged, or too large to be looked at"),
        (status = 503, description = "Many files are being sent in; try again in a few seconds"),
    )
)]
pub(crate) async fn add(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<SightingId>,
    request: Request,
) -> Result<Response, Problem> {
    let sent = parts::read(&deps.photos, request, &[], crate::photos::MAX_BODY).await?;
    let row = add_sighting_photo(&deps, &caller, id, sent.file).await?;
    let desk = caller.role == Role::Officer;
    let reader = if desk { Reader::Desk } else { Reader::Source };
    let need = NeedToKnow::of(reader, None).ok_or_else(|| Problem::not_found("sighting"))?;
    Ok((StatusCode::CREATED, axum::Json(SightingView::new(&row, &need, desk))).into_response())
}

/// Gives the photograph of a sighting, without anything that hides in the original.
#[utoipa::path(
    get, path = "/api/v1/sightings/{id}/photo", tag = "intake", operation_id = "photo_of_sighting",
    params(("id" = String, Path, description = "The sighting's identifier, such as sighting_0190…")),
    responses(
        (status = 200, description = "A JPEG without metadata", content_type = "image/jpeg"),
        (status = 404, description = "There is no such photograph, or none the caller needs to know of"),
    )
)]
pub(crate) async fn page(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<SightingId>,
) -> Result<Response, Problem> {
    let photo = read(&deps, &caller, id).await?;
    Ok(answer(photo.page, PictureFormat::Jpeg, None))
}

/// Gives the photograph of a sighting as it was sent in, to be saved and never to be shown by the browser.
#[utoipa::path(
    get, path = "/api/v1/sightings/{id}/original", tag = "intake", operation_id = "original_of_sighting",
    params(("id" = String, Path, description = "The sighting's identifier, such as sighting_0190…")),
    responses(
        (status = 200, description = "The file as it was sent in"),
        (status = 403, description = "The caller neither reports nor works at the desk"),
        (status = 404, description = "There is no such photograph, or none the caller needs to know of"),
    )
)]
pub(crate) async fn original(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<SightingId>,
) -> Result<Response, Problem> {
    let photo = read(&deps, &caller, id).await?;
    let ending = photo.format.ending();
    // It may be a picture and something else as well, so no browser gets to interpret it on this site.
    let name = format!("attachment; filename=\"{id}.{ending}\"");
    Ok(answer(photo.original, photo.format, HeaderValue::from_str(&name).ok()))
}

async fn read(deps: &Deps, caller: &Principal, id: SightingId) -> Result<SightingPhotoRow, Problem> {
    let unknown = || Problem::not_found("photograph");
    let mut tx = deps.db.read().await?;
    let (_, case, _) = needed(&mut tx, caller, id).await?.ok_or_else(unknown)?;
    let photo = sightings::photo(&mut tx, id).await?.ok_or_else(unknown)?;
    tx.commit().await?;
    note_reading(deps, caller, case.id, Reading::Sightings).await?;
    Ok(photo)
}

fn answer(bytes: Vec<u8>, format: PictureFormat, disposition: Option<HeaderValue>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(format.as_str())),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = (headers, bytes).into_response();
    response.headers_mut().extend(disposition.map(|value| (CONTENT_DISPOSITION, value)));
    response
}
