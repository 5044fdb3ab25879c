//! The photographs of an object get their order; the first one stands for the object.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use domain::ids::{ObjectId, PhotoId};
use serde::{Deserialize, Serialize};
use store::cases;
use store::photos::{self, PhotoRow};
use utoipa::ToSchema;
use web::{Authority, Json, Path, Principal, Problem, Reporter};

use super::{PhotoView, case_of_object, is_open};
use crate::Deps;

/// An order as sent.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Order {
    /// Every photograph of the object once, the first one first.
    pub photos: Vec<String>,
}

/// Why photographs were not put in order.
#[derive(Debug, thiserror::Error)]
pub enum ArrangeError {
    /// There is no such object, or none the caller may see.
    #[error("find the object")]
    NoObject,
    /// The case is closed.
    #[error("arrange the photographs of a closed case")]
    Closed,
    /// The order does not hold exactly the photographs that there are.
    #[error("arrange other photographs than there are")]
    Others,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Puts the photographs of an object in this order. Somebody who added one meanwhile is not overruled: the order must
/// hold every one of them.
pub async fn arrange_photos(
    deps: &Deps,
    principal: &Principal,
    object_id: ObjectId,
    order: &[PhotoId],
) -> Result<Vec<PhotoRow>, ArrangeError> {
    let mut tx = deps.db.begin().await?;
    let (case, _) = case_of_object(&mut tx, principal, object_id).await?.ok_or(ArrangeError::NoObject)?;
    let case = cases::lock(&mut tx, case.id).await?.ok_or(ArrangeError::NoObject)?;
    if !is_open(case.state) {
        return Err(ArrangeError::Closed);
    }
    let mut known: Vec<_> = photos::of_object(&mut tx, object_id).await?.into_iter().map(|photo| photo.id).collect();
    let mut asked = order.to_vec();
    known.sort();
    asked.sort();
    if known != asked {
        return Err(ArrangeError::Others);
    }
    for (id, ordinal) in order.iter().zip(1..) {
        photos::set_ordinal(&mut tx, *id, ordinal).await?;
    }
    let arranged = photos::of_object(&mut tx, object_id).await?;
    tx.commit().await?;
    Ok(arranged)
}

impl From<ArrangeError> for Problem {
    fn from(error: ArrangeError) -> Self {
        match error {
            ArrangeError::NoObject => Self::not_found("object"),
            ArrangeError::Closed => Self::conflict("closed", super::ENDED),
            ArrangeError::Others => Self::conflict(
                "photos-changed",
                "The order must hold every photograph of the object once. Look at them again: one may have been added or taken back.",
            ),
            ArrangeError::Store(error) => error.into(),
        }
    }
}

/// Puts the photographs of an object in order.
#[utoipa::path(
    put, path = "/api/v1/objects/{id}/photos/order", tag = "intake", request_body = Order,
    params(("id" = String, Path, description = "The object's identifier, such as object_0190…")),
    responses(
        (status = 200, description = "The photographs in their order", body = [PhotoView]),
        (status = 404, description = "There is no such object, or none the caller may see"),
        (status = 409, description = "The order does not hold the photographs that there are, or the case is closed"),
        (status = 422, description = "Some identifiers cannot be read"),
    )
)]
pub(crate) async fn api(
    State(deps): State<Deps>,
    caller: Authority<Reporter>,
    Path(id): Path<ObjectId>,
    body: Json<Order>,
) -> Result<Response, Problem> {
    let mut e = FieldErrors::new();
    let order = e.list("/photos", &body.value.photos);
    let order = e.into_result(Some(order))?;
    let arranged = arrange_photos(&deps, &caller, id, &order).await?;
    let views: Vec<_> = arranged.iter().map(PhotoView::with_original).collect();
    Ok(axum::Json(views).into_response())
}
