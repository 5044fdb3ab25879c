//! `/objects/{id}/photos`: the photographs of an object, and the form that adds one.

use askama::Template;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use domain::case::CaseReference;
use domain::codes::{Photographs, Role, ViewKind};
use domain::ids::{CaseId, ObjectId, PhotoId};
use domain::text::Line;
use serde::Deserialize;
use store::{cases, photos};
use web::{
    Authority, Confirm, Flash, FormState, PageError, Path, Principal, Problem, Query, Reporter, Shell, SignedIn, Sure,
    page, redirect,
};

use super::show::has_originals;
use super::{
    AddError, MAX_PHOTOS, PhotoView, add_photo, arrange_photos, case_of_object, is_open, photo_of, remove_photo, upload,
};
use crate::Deps;
use crate::pages::{Choice, choices};

/// What was just done, by its code in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

impl Done {
    fn flash(&self) -> Option<Flash> {
        Some(Flash(match self.done.as_str() {
            "added" => "The photograph is added.",
            "first" => "The photograph now comes first: it stands for the object.",
            "removed" => "The photograph is taken back.",
            _ => return None,
        }))
    }
}

#[derive(Template)]
#[template(path = "photos.html")]
struct PhotosPage {
    shell: Shell,
    case_id: CaseId,
    reference: CaseReference,
    object_id: ObjectId,
    ordinal: i64,
    title: Line,
    photographs: Photographs,
    photos: Vec<PhotoView>,
    /// May add, move and take back.
    changing: bool,
    /// Room for one more.
    room: bool,
    problem: Option<Problem>,
    form: FormState,
    views: Vec<Choice>,
}

/// The page.
pub(crate) async fn show(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ObjectId>,
    Query(done): Query<Done>,
) -> Result<Response, PageError> {
    render(&deps, &caller, id, done.flash(), None, FormState::default()).await
}

/// Adds a photograph.
pub(crate) async fn add(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ObjectId>,
    request: Request,
) -> Result<Response, PageError> {
    let upload = upload::read(&deps.photos, request).await?;
    let today = deps.clock.today();
    let done = match upload.fields.parse(today) {
        Ok(new) => add_photo(&deps, &caller, id, new, upload.file).await,
        Err(errors) => Err(AddError::Invalid(errors)),
    };
    match done {
        Ok(_) => Ok(redirect(&format!("/objects/{id}/photos?done=added"))),
        Err(error) => again(&deps, &caller, id, error.into(), upload.typed).await,
    }
}

/// Puts a photograph before all others of its object.
pub(crate) async fn first(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<PhotoId>,
) -> Result<Response, PageError> {
    let object_id = object_of(&deps, &caller, id).await?;
    let mut tx = deps.db.read().await?;
    let rows = photos::of_object(&mut tx, object_id).await?;
    tx.commit().await?;
    let others = rows.iter().map(|photo| photo.id).filter(|other| *other != id);
    let order: Vec<_> = std::iter::once(id).chain(others).collect();
    match arrange_photos(&deps, &caller, object_id, &order).await {
        Ok(_) => Ok(redirect(&format!("/objects/{object_id}/photos?done=first"))),
        Err(error) => again(&deps, &caller, object_id, error.into(), Vec::new()).await,
    }
}

/// Takes a photograph back, once that was said twice.
pub(crate) async fn remove(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<PhotoId>,
    Query(word): Query<Sure>,
) -> Result<Response, PageError> {
    let object_id = object_of(&deps, &caller, id).await?;
    if !word.sure {
        let lines = [
            "Its files are deleted, the original too, unless an alert version was drafted with it.",
            "What partners were sent stays what they were sent; they are not told that it is taken back.",
        ];
        let confirm = Confirm {
            shell: Shell::new("Take this photograph back?", &caller),
            warning: "This cannot be undone. If it is the wrong one, add the right one first.".to_owned(),
            lines: lines.map(ToOwned::to_owned).to_vec(),
            action: format!("/photos/{id}/remove?sure=true"),
            hidden: Vec::new(),
            grounds: Vec::new(),
            button: "Take it back".to_owned(),
            back: format!("/objects/{object_id}/photos"),
            form: FormState::default(),
        };
        return Ok(confirm.show());
    }
    match remove_photo(&deps, &caller, id).await {
        Ok(_) => Ok(redirect(&format!("/objects/{object_id}/photos?done=removed"))),
        Err(error) => again(&deps, &caller, object_id, error.into(), Vec::new()).await,
    }
}

async fn object_of(deps: &Deps, principal: &Principal, id: PhotoId) -> Result<ObjectId, PageError> {
    let mut tx = deps.db.read().await?;
    let found = photo_of(&mut tx, principal, id).await?;
    tx.commit().await?;
    let (photo, _) = found.ok_or_else(|| Problem::not_found("photograph"))?;
    Ok(photo.object_id)
}

/// The page after something was refused, with that refusal's status and what was typed.
async fn again(
    deps: &Deps,
    principal: &Principal,
    id: ObjectId,
    problem: Problem,
    typed: Vec<(String, String)>,
) -> Result<Response, PageError> {
    let (status, problem) = problem.beside_form()?;
    // What is wrong with a field is said at the field.
    let form = FormState::refused(typed, &problem);
    let problem = Some(problem).filter(|problem| problem.errors.is_empty());
    let page = render(deps, principal, id, None, problem, form).await?;
    Ok((status, page).into_response())
}

async fn render(
    deps: &Deps,
    principal: &Principal,
    id: ObjectId,
    flash: Option<Flash>,
    problem: Option<Problem>,
    form: FormState,
) -> Result<Response, PageError> {
    let mut tx = deps.db.read().await?;
    let found = case_of_object(&mut tx, principal, id).await?;
    let (case, _) = found.ok_or_else(|| Problem::not_found("object"))?;
    let object = cases::objects(&mut tx, case.id).await?.into_iter().find(|object| object.id == id);
    let object = object.ok_or_else(|| Problem::not_found("object"))?;
    let rows = photos::of_object(&mut tx, id).await?;
    tx.commit().await?;
    let view = if has_originals(principal) { PhotoView::with_original } else { PhotoView::copies };
    let mut shell = Shell::new(format!("Photographs · {}", object.title), principal);
    shell.flash = flash;
    Ok(page(&PhotosPage {
        shell,
        case_id: case.id,
        reference: case.reference,
        object_id: id,
        ordinal: object.ordinal,
        title: object.title,
        photographs: object.description.0.photographs,
        room: rows.len() < MAX_PHOTOS,
        photos: rows.iter().map(view).collect(),
        changing: is_open(case.state) && matches!(principal.role, Role::Reporter | Role::Officer),
        problem,
        form,
        views: choices!(ViewKind),
    }))
}
