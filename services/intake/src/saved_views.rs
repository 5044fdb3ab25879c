//! Searches that somebody wants again: each account has its own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::{AccountId, ViewId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use serde::{Deserialize, Serialize};
use store::views::{self, ViewRow};
use utoipa::ToSchema;
use web::{Authority, Json, Path, Problem, SignedIn};

use crate::Deps;
use crate::list_cases::ListQuery;

/// The most views of one account: a longer list is none that anybody reads.
pub const MAX_VIEWS: usize = 50;

/// A view to save.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SaveView {
    /// What to call it; one of the same name is replaced.
    #[schema(example = "Thefts in Burkina Faso")]
    pub name: Option<String>,
    /// The filters, as in the address of the list.
    #[schema(example = "event=theft&country=BF")]
    pub query: Option<String>,
}

/// A saved view.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedView {
    /// Its identifier.
    #[schema(value_type = String, example = "view_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    pub id: ViewId,
    /// What its owner calls it.
    #[schema(value_type = String, example = "Thefts in Burkina Faso")]
    pub name: Line,
    /// The filters, as in the address of the list.
    #[schema(example = "event=theft&country=BF")]
    pub query: String,
    /// When it was last saved.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Timestamp,
}

/// The views of an account.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedViews {
    /// By name.
    pub views: Vec<SavedView>,
}

impl From<ViewRow> for SavedView {
    fn from(row: ViewRow) -> Self {
        Self { id: row.id, name: row.name, query: row.query, saved_at: row.saved_at }
    }
}

impl SaveView {
    /// The name, and the filters written anew: what is stored is what the list understands and nothing else.
    pub fn parse(&self) -> Result<(Line, String), FieldErrors> {
        let mut e = FieldErrors::new();
        let name = e.required("/name", self.name.as_deref());
        let query = match serde_qs::from_str::<ListQuery>(self.query.as_deref().unwrap_or_default()) {
            Ok(query) => {
                let query = ListQuery { after: None, ..query };
                for error in query.parse().err().iter().flat_map(FieldErrors::as_slice) {
                    e.push("/query", format!("has {} that {}", error.pointer.trim_start_matches('/'), error.message));
                }
                Some(query.to_query())
            }
            Err(error) => {
                e.push("/query", format!("must be filters of the list: {error}"));
                None
            }
        };
        e.into_result(name.zip(query))
    }
}

/// Saves a view.
pub async fn save_view(deps: &Deps, account: AccountId, name: Line, query: String) -> Result<SavedView, Problem> {
    let mut tx = deps.db.begin().await?;
    let known = views::views(&mut tx, account).await?;
    if known.len() >= MAX_VIEWS && known.iter().all(|view| view.name != name) {
        let detail = format!("An account has at most {MAX_VIEWS} views. Remove one first.");
        return Err(Problem::conflict("too-many-views", detail));
    }
    let row = ViewRow { id: ViewId::generate(&deps.clock), name, query, saved_at: deps.clock.now() };
    let row = views::save_view(&mut tx, account, &row).await?;
    tx.commit().await?;
    Ok(row.into())
}

/// Removes a view.
pub async fn remove_view(deps: &Deps, account: AccountId, id: ViewId) -> Result<(), Problem> {
    let mut tx = deps.db.begin().await?;
    if !views::remove_view(&mut tx, account, id).await? {
        return Err(Problem::not_found("view"));
    }
    tx.commit().await?;
    Ok(())
}

/// Lists the caller's saved views.
#[utoipa::path(
    get, path = "/api/v1/views", tag = "intake",
    responses((status = 200, description = "The views, by name", body = SavedViews))
)]
pub(crate) async fn list_api(State(deps): State<Deps>, caller: Authority<SignedIn>) -> Result<Response, Problem> {
    let mut tx = deps.db.read().await?;
    let rows = views::views(&mut tx, caller.account_id).await?;
    tx.commit().await?;
    Ok(axum::Json(SavedViews { views: rows.into_iter().map(Into::into).collect() }).into_response())
}

/// Saves a view; one of the same name is replaced.
#[utoipa::path(
    post, path = "/api/v1/views", tag = "intake", request_body = SaveView,
    responses(
        (status = 200, description = "Saved", body = SavedView),
        (status = 400, description = "The body cannot be read"),
        (status = 409, description = "The account has as many views as it may have"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn save_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    body: Json<SaveView>,
) -> Result<Response, Problem> {
    let (name, query) = body.value.parse()?;
    Ok(axum::Json(save_view(&deps, caller.account_id, name, query).await?).into_response())
}

/// Removes a view of the caller's.
#[utoipa::path(
    delete, path = "/api/v1/views/{id}", tag = "intake",
    params(("id" = String, Path, description = "The view's identifier")),
    responses(
        (status = 204, description = "Removed"),
        (status = 404, description = "The caller has no such view"),
    )
)]
pub(crate) async fn remove_api(
    State(deps): State<Deps>,
    caller: Authority<SignedIn>,
    Path(id): Path<ViewId>,
) -> Result<Response, Problem> {
    remove_view(&deps, caller.account_id, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(name: &str, query: &str) -> Result<(String, String), Vec<String>> {
        let view = SaveView { name: Some(name.to_owned()), query: Some(query.to_owned()) };
        match view.parse() {
            Ok((name, query)) => Ok((name.to_string(), query)),
            Err(errors) => Err(errors.as_slice().iter().map(|e| format!("{} {}", e.pointer, e.message)).collect()),
        }
    }

    #[test]
    fn what_is_saved_is_what_the_list_understands() {
        let good = parsed("Mine", "country=BF&q=pob%C3%A9%20mengao&after=1.case_x&state=");
        assert_eq!(good, Ok(("Mine".to_owned(), "q=pob%C3%A9%20mengao&country=BF".to_owned())));
        let wrong = parsed("\u{202e}", "country=XX&limit=0").unwrap_err();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(parsed("a", "javascript:alert(1)").is_err());
    }
}
