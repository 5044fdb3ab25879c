//! A photograph is added to an object.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use blobs::Shelf;
use bytes::Bytes;
use contracts::Service;
use contracts::events::PhotoAddedV1;
use domain::codes::{Photographs, ViewKind};
use domain::ids::{ObjectId, PhotoId};
use domain::text::Line;
use domain::{CivilDate, FieldErrors};
use pictures::{Picture, Refusal};
use store::photos::loose::{self, LooseFile};
use store::photos::{self, PhotoRow};
use store::{Tx, cases, outbox};
use utoipa::ToSchema;
use web::{Authority, Path, Principal, Problem, Reporter};

use super::{MAX_PHOTOS, PhotoView, case_of_object, is_open, upload};
use crate::Deps;

/// The parts of the body.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read part by part")]
pub(crate) struct PhotoForm {
    /// JPEG, PNG or WebP, at most 20 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Which view it is, such as `overall` or `damage`; `overall` if left out.
    #[schema(example = "overall")]
    view: Option<String>,
    /// What it shows, in words, for those who do not see it; the view and the object's title if left out.
    #[schema(example = "Front, with the crack across the left shoulder")]
    shows: Option<String>,
    /// `true` if a scale is in the picture.
    scale: Option<bool>,
    /// `true` if it shows another object that looks like the one that was lost.
    look_alike: Option<bool>,
    /// The day it was taken: `YYYY-MM-DD`; what the camera says if left out.
    taken_on: Option<String>,
    /// Who holds the rights, and what may be done with it.
    #[schema(example = "Musée national; free for police and press")]
    rights: Option<String>,
    /// Whom to name beside it.
    credit: Option<String>,
}

/// What is said of a photograph, as typed; blank counts as left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddPhoto {
    /// Which view it is, such as `overall` or `damage`; `overall` if left out.
    pub view: Option<String>,
    /// What it shows, in words, for those who do not see it; the view and the object's title if left out.
    pub shows: Option<String>,
    /// `true` if a scale is in the picture.
    pub scale: bool,
    /// `true` if it shows another object that looks like the one that was lost.
    pub look_alike: bool,
    /// The day it was taken: `YYYY-MM-DD`; what the camera says if left out.
    pub taken_on: Option<String>,
    /// Who holds the rights, and what may be done with it.
    pub rights: Option<String>,
    /// Whom to name beside it.
    pub credit: Option<String>,
}

/// What is said of a photograph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPhoto {
    /// Which view it is.
    pub view: ViewKind,
    /// What it shows.
    pub shows: Option<Line>,
    /// Whether a scale is in the picture.
    pub scale: bool,
    /// Whether it shows another object.
    pub look_alike: bool,
    /// When it was taken.
    pub taken_on: Option<CivilDate>,
    /// The rights.
    pub rights: Option<Line>,
    /// Whom to name.
    pub credit: Option<Line>,
}

impl AddPhoto {
    /// Parses what was typed; no photo was taken after `today`.
    pub fn parse(&self, today: CivilDate) -> Result<NewPhoto, FieldErrors> {
        let mut e = FieldErrors::new();
        let view = e.optional("/view", self.view.as_deref()).unwrap_or(ViewKind::Overall);
        let shows = e.optional("/shows", self.shows.as_deref());
        let taken_on: Option<CivilDate> = e.optional("/taken_on", self.taken_on.as_deref());
        if taken_on.is_some_and(|day| day > today) {
            e.push("/taken_on", "must not be in the future");
        }
        let rights = e.optional("/rights", self.rights.as_deref());
        let credit = e.optional("/credit", self.credit.as_deref());
        let (scale, look_alike) = (self.scale, self.look_alike);
        e.into_result(Some(NewPhoto { view, shows, scale, look_alike, taken_on, rights, credit }))
    }
}

/// Why a photograph was not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// Some fields break a rule.
    #[error("read the photograph's fields")]
    Invalid(FieldErrors),
    /// There is no such object, or none the caller may see.
    #[error("find the object")]
    NoObject,
    /// The case is closed.
    #[error("add a photograph to a closed case")]
    Closed,
    /// The object has as many as it may have.
    #[error("add more than {MAX_PHOTOS} photographs to an object")]
    TooMany,
    /// The file is no photograph.
    #[error("take the file as a photograph")]
    File(#[source] Refusal),
    /// The same file is being swept this moment.
    #[error("keep a file that is being removed")]
    Busy,
    /// The file could not be written.
    #[error(transparent)]
    Blobs(#[from] blobs::Error),
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Adds a photograph to an object. The same file sent again is the same photograph.
pub async fn add_photo(
    deps: &Deps,
    principal: &Principal,
    object_id: ObjectId,
    new: NewPhoto,
    file: Bytes,
) -> Result<PhotoRow, AddError> {
    let mut tx = deps.db.read().await?;
    admit(&mut tx, principal, object_id).await?;
    tx.commit().await?;
    let picture = deps.photos.darkroom.develop(file.clone()).await.map_err(AddError::File)?;
    write(deps, &picture, file).await?;
    let photo = record(deps, principal, object_id, new, &picture).await?;
    deps.bell.ring();
    Ok(photo)
}

/// Whether the caller may add one more, before anything costly is done.
async fn admit(tx: &mut Tx, principal: &Principal, object_id: ObjectId) -> Result<(), AddError> {
    let (case, _) = case_of_object(tx, principal, object_id).await?.ok_or(AddError::NoObject)?;
    if is_open(case.state) { Ok(()) } else { Err(AddError::Closed) }
}

/// Writes the files, after writing down that they are loose.
async fn write(deps: &Deps, picture: &Picture, file: Bytes) -> Result<(), AddError> {
    let files = [
        (Shelf::Originals, picture.original, file),
        (Shelf::Renditions, picture.page.hash, Bytes::from(picture.page.jpeg.clone())),
        (Shelf::Renditions, picture.preview.hash, Bytes::from(picture.preview.jpeg.clone())),
    ];
    let mut loose: Vec<_> = files.iter().map(|(shelf, hash, _)| LooseFile::new(shelf.as_str(), *hash)).collect();
    loose.sort();
    loose.dedup();
    let mut tx = deps.db.begin().await?;
    if !loose::add(&mut tx, &loose, deps.clock.now()).await? {
        return Err(AddError::Busy);
    }
    tx.commit().await?;
    for (shelf, _, bytes) in files {
        deps.photos.blobs.put(shelf, bytes).await?;
    }
    Ok(())
}

async fn record(
    deps: &Deps,
    principal: &Principal,
    object_id: ObjectId,
    new: NewPhoto,
    picture: &Picture,
) -> Result<PhotoRow, AddError> {
    let mut tx = deps.db.begin().await?;
    let case_id = photos::case_of(&mut tx, object_id).await?.ok_or(AddError::NoObject)?;
    cases::lock(&mut tx, case_id).await?.ok_or(AddError::NoObject)?;
    // The case may have been closed while the picture was looked at.
    admit(&mut tx, principal, object_id).await?;
    let earlier = photos::of_object(&mut tx, object_id).await?;
    if let Some(same) = earlier.iter().find(|photo| photo.original == picture.original) {
        return Ok(same.clone());
    }
    if earlier.len() >= MAX_PHOTOS {
        return Err(AddError::TooMany);
    }
    let object = cases::objects(&mut tx, case_id).await?.into_iter().find(|object| object.id == object_id);
    let mut object = object.ok_or(AddError::NoObject)?;
    let after = photographs_after(object.description.0.photographs, new.look_alike);
    if after != object.description.0.photographs {
        object.description.0.photographs = after;
        cases::set_description(&mut tx, object_id, &object.description.0).await?;
    }
    let shows = new.shows.unwrap_or_else(|| caption(new.view, &object.title));
    let photo = PhotoRow {
        id: PhotoId::generate(&deps.clock),
        case_id,
        object_id,
        ordinal: earlier.last().map_or(1, |last| last.ordinal + 1),
        view: new.view,
        shows,
        scale: new.scale,
        look_alike: new.look_alike,
        taken_on: new.taken_on.or(picture.taken_on),
        rights: new.rights,
        credit: new.credit,
        format: picture.format,
        original: picture.original,
        size_bytes: i64::try_from(picture.size_bytes).unwrap_or(i64::MAX),
        width: picture.width.into(),
        height: picture.height.into(),
        page: picture.page.hash,
        page_width: picture.page.width.into(),
        page_height: picture.page.height.into(),
        preview: picture.preview.hash,
        preview_width: picture.preview.width.into(),
        preview_height: picture.preview.height.into(),
        looks: picture.looks.to_stored(),
        added_by: principal.account_id,
        added_at: deps.clock.now(),
        removed_at: None,
    };
    if !loose::claim(&mut tx, &photo).await? {
        return Err(AddError::Busy);
    }
    photos::insert(&mut tx, &photo).await?;
    let event = PhotoAddedV1 {
        photo_id: photo.id,
        case_id,
        object_id,
        view: photo.view,
        look_alike: photo.look_alike,
        original_sha256: photo.original,
        added_by: principal.account_id,
    };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    metrics::counter!("photos_added_total", "format" => photo.format.as_str()).increment(1);
    tracing::info!(case.id = %case_id, object.id = %object_id, photo.id = %photo.id, "added a photograph");
    Ok(photo)
}

/// What the object's description says about photographs once this one is there.
fn photographs_after(before: Photographs, look_alike: bool) -> Photographs {
    match (before, look_alike) {
        (_, false) => Photographs::Available,
        (Photographs::None | Photographs::Unknown, true) => Photographs::LookAlike,
        (before, true) => before,
    }
}

fn caption(view: ViewKind, title: &Line) -> Line {
    format!("{}: {title}", view.label()).parse().unwrap_or_else(|_| title.clone())
}

impl From<AddError> for Problem {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Invalid(errors) => errors.into(),
            AddError::NoObject => Self::not_found("object"),
            AddError::Closed => Self::conflict("closed", super::ENDED),
            AddError::TooMany => Self::conflict(
                "too-many-photos",
                format!("An object has at most {MAX_PHOTOS} photographs. Take one back before you add another."),
            ),
            AddError::File(refusal) => {
                let mut errors = FieldErrors::new();
                errors.push("/file", refusal.to_string());
                errors.into()
            }
            AddError::Busy => Self::unavailable(
                std::time::Duration::from_secs(5),
                "The same file was taken back and is just being removed. Please send it again in a few seconds.",
            ),
            AddError::Blobs(error) => files_away(&error),
            AddError::Store(error) => error.into(),
        }
    }
}

/// The store of files did not do it.
pub(crate) fn files_away(error: &blobs::Error) -> Problem {
    match error {
        blobs::Error::Altered(_) => Problem::internal(error),
        blobs::Error::Unavailable(source) => {
            tracing::error!(error = %error, cause = %source, "the store of photographs did not answer");
            let detail = "The store of photographs cannot be reached. Please try again in a few seconds.";
            Problem::unavailable(std::time::Duration::from_secs(5), detail)
        }
    }
}

/// Adds a photograph to an object.
#[utoipa::path(
    post, path = "/api/v1/objects/{id}/photos", tag = "intake",
    request_body(content = PhotoForm, content_type = "multipart/form-data"),
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 201, description = "Added, or there before: the same file is the same photograph", body = PhotoView,
            headers(("Location" = String))),
        (status = 400, description = "The form cannot be read, or has a field that is not known"),
        (status = 404, description = "There is no such object, or none the caller may see"),
        (status = 409, description = "The case is closed, or the object has as many photographs as it may have"),
        (status = 413, description = "The body is larger than a photograph may be"),
        (status = 415, description = "The body is not multipart/form-data"),
        (status = 422, description = "Some fields break a rule, or the file is no photograph that can be taken"),
        (status = 503, description = "Too many uploads at once, or the store of photographs is away"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ObjectId>,
    request: Request,
) -> Result<Response, Problem> {
    let upload = upload::read(&deps.photos, request).await?;
    let new = upload.fields.parse(deps.clock.today())?;
    let photo = add_photo(&deps, &caller, id, new, upload.file).await?;
    let location = [(LOCATION, format!("/api/v1/photos/{}/page", photo.id))];
    Ok((StatusCode::CREATED, location, axum::Json(PhotoView::with_original(&photo))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_alike_never_passes_for_the_object_itself() {
        for (before, look_alike, after) in [
            (Photographs::None, false, Photographs::Available),
            (Photographs::LookAlike, false, Photographs::Available),
            (Photographs::None, true, Photographs::LookAlike),
            (Photographs::Unknown, true, Photographs::LookAlike),
            (Photographs::Available, true, Photographs::Available),
        ] {
            assert_eq!(photographs_after(before, look_alike), after, "{before} {look_alike}");
        }
    }

    #[test]
    fn every_field_that_breaks_its_rule_is_named() {
        let typed = AddPhoto {
            view: Some("sideways".to_owned()),
            shows: Some("a\r\nBcc: x@y.example".to_owned()),
            taken_on: Some("2026-11-24".to_owned()),
            credit: Some("a\u{202e}b".to_owned()),
            ..AddPhoto::default()
        };
        let errors = typed.parse("2026-11-23".parse().unwrap()).unwrap_err();
        let pointers: Vec<_> = errors.as_slice().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/view", "/shows", "/taken_on", "/credit"]);
    }
}
