//! The API: who am I, issue a token, revoke one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Timestamp;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId, TokenId};
use domain::text::Line;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use web::{Authority, Json, Path, Problem, SignedIn};

use crate::permission::Oneself;
use crate::refusal::Refusal;
use crate::{Deps, issue_token, revoke_token};

/// Who asks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MeView {
    /// The account.
    #[schema(value_type = String, example = "account_0190c1c5f3a97c0e8a4f5b6c7d8e9f00")]
    account_id: AccountId,
    /// The person's name.
    #[schema(value_type = String)]
    name: Line,
    /// `reporter`, `officer`, `auditor` or `admin`.
    #[schema(value_type = String, example = "reporter")]
    role: Role,
    /// The institution the person reports for.
    #[schema(value_type = Option<String>)]
    institution_id: Option<InstitutionId>,
    /// Its name.
    #[schema(value_type = Option<String>)]
    institution: Option<Line>,
}

/// Says who the token or session speaks for.
#[utoipa::path(
    get, path = "/api/v1/me", tag = "identity",
    responses(
        (status = 200, description = "Who asks", body = MeView),
        (status = 401, description = "Nobody is signed in"),
    )
)]
pub(crate) async fn me(caller: Authority<SignedIn>) -> Response {
    let view = MeView {
        account_id: caller.account_id,
        name: caller.name.clone(),
        role: caller.role,
        institution_id: caller.institution_id,
        institution: caller.institution.clone(),
    };
    axum::Json(view).into_response()
}

/// A token that is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    #[schema(example = "national register bridge")]
    #[serde(default)]
    name: String,
    /// After how many days it ends, from 1 to 3650; without it, it is good until it is revoked.
    #[serde(default)]
    days: Option<u32>,
}

/// An issued token.
#[derive(Debug, Serialize, ToSchema)]
pub struct IssuedTokenView {
    /// By what it is revoked.
    #[schema(value_type = String)]
    id: TokenId,
    /// The token. It is shown this once and kept nowhere.
    token: String,
    /// Until when it is good.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// Issues a token that carries the caller's authority. Only for whoever has signed in: a token makes no tokens.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "identity", request_body = NewToken,
    responses(
        (status = 201, description = "The token; it is shown this once", body = IssuedTokenView),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The request came with a token; sign in in a browser"),
        (status = 409, description = "The account has as many tokens as it may have"),
        (status = 422, description = "Some fields break a rule"),
    )
)]
pub(crate) async fn create_token(
    State(deps): State<Deps>,
    caller: Authority<Oneself>,
    body: Json<NewToken>,
) -> Result<Response, Problem> {
    let issued =
        issue_token(&deps, caller.account_id, &body.value.name, body.value.days).await.map_err(Refusal::from)?;
    let token = issued.token.expose_secret().to_owned();
    let view = IssuedTokenView { id: issued.id, token, expires_at: issued.expires_at };
    Ok((StatusCode::CREATED, axum::Json(view)).into_response())
}

/// Revokes a token of the caller's; it is refused from the next request on. Only for whoever has signed in.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "identity",
    params(("id" = String, Path, description = "The token's identifier, such as token_0190…")),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 401, description = "Nobody is signed in"),
        (status = 403, description = "The request came with a token; sign in in a browser"),
        (status = 404, description = "The caller has no such token in force"),
    )
)]
pub(crate) async fn delete_token(
    State(deps): State<Deps>,
    caller: Authority<Oneself>,
    Path(id): Path<TokenId>,
) -> Result<StatusCode, Problem> {
    if revoke_token(&deps, caller.account_id, id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("token"))
    }
}

#[derive(OpenApi)]
#[openapi(paths(me, create_token, delete_token), components(schemas(MeView, NewToken, IssuedTokenView)))]
struct Document;

/// This service's part of the OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_names_every_operation() {
        let paths = super::openapi().paths.paths;
        assert_eq!(
            paths.keys().map(String::as_str).collect::<Vec<_>>(),
            ["/api/v1/me", "/api/v1/tokens", "/api/v1/tokens/{id}"]
        );
    }
}
