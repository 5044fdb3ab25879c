//! `/api/v1/notifications/{id}/contacts/{contact}/correct`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::ids::{ChangeId, ContactId, NotificationId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Authority, Json, Officer, Path, Problem};

use crate::Deps;
use crate::correct_address::{CorrectAddressError, Corrected, Correction, correct_address};

/// The right address.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CorrectBody {
    /// Required.
    #[schema(example = "alerts@unit.police.example")]
    address: Option<String>,
    /// Required: whoever agrees reads it.
    reason: Option<String>,
}

/// What came of a correction.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CorrectedView {
    /// Whether the notification goes to the right address now.
    done: bool,
    /// The change of the directory that waits for somebody else.
    #[schema(value_type = Option<String>)]
    waiting: Option<ChangeId>,
}

impl From<CorrectAddressError> for Problem {
    fn from(error: CorrectAddressError) -> Self {
        match error {
            CorrectAddressError::Fields(errors) => errors.into(),
            CorrectAddressError::NotFound => Self::not_found("address of this notification"),
            CorrectAddressError::Withdrawn => {
                Self::conflict("withdrawn", "The alert is not released: what it says is not to be told.")
            }
            CorrectAddressError::ContactGone => Self::conflict(
                "contact-gone",
                "The partner has this contact no longer. Add the address to its record in the directory.",
            ),
            CorrectAddressError::Store(error) => error.into(),
        }
    }
}

/// Corrects the address of a notification: proposes it to the directory, where somebody else agrees.
#[utoipa::path(
    post, path = "/api/v1/notifications/{id}/contacts/{contact}/correct", tag = "routing", request_body = CorrectBody,
    params(
        ("id" = String, Path, description = "The notification, such as notification_0190…"),
        ("contact" = String, Path, description = "The contact of its partner, such as contact_0190…"),
    ),
    responses(
        (status = 200, description = "It waits for somebody else, or is done because the directory had the address", body = CorrectedView),
        (status = 404, description = "The notification has no such address"),
        (status = 409, description = "The alert is not to be told, or the partner has the contact no longer"),
        (status = 422, description = "An address and a reason are required"),
    )
)]
pub(crate) async fn correct(
    State(deps): State<Deps>,
    officer: Authority<Officer>,
    Path((notification, contact)): Path<(NotificationId, ContactId)>,
    Json { value: body, .. }: Json<CorrectBody>,
) -> Result<Response, Problem> {
    let ask = Correction { notification, contact, address: body.address.as_deref(), reason: body.reason.as_deref() };
    let waiting = match correct_address(&deps, &ask, officer.account_id).await? {
        Corrected::Waits(change) => Some(change),
        Corrected::Done => None,
    };
    Ok(axum::Json(CorrectedView { done: waiting.is_none(), waiting }).into_response())
}
