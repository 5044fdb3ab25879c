//! Saving and removing views from the list of cases.

use axum::extract::State;
use axum::response::Response;
use domain::ids::ViewId;
use web::{Authority, Form, PageError, Path, SignedIn, redirect};

use crate::Deps;
use crate::saved_views::{SaveView, remove_view, save_view};

/// Saves the view that is shown.
pub(crate) async fn save(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    form: Form<SaveView>,
) -> Result<Response, PageError> {
    let (name, query) = form.value.parse()?;
    let view = save_view(&deps, caller.account_id, name, query).await?;
    Ok(redirect(&format!("/cases?{}", view.query)))
}

/// Removes a view.
pub(crate) async fn remove(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ViewId>,
) -> Result<Response, PageError> {
    remove_view(&deps, caller.account_id, id).await?;
    Ok(redirect("/cases"))
}
