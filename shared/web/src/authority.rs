//! Who calls, and what that lets them do.

use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Clock;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use domain::text::Line;
use store::plans::alarms::{self, DeskAlarms};
use store::{Db, identity};

use crate::credentials::{Credentials, presented};
use crate::own_path::{own_path, query_value};
use crate::present::is_api;
use crate::{Auditing, Permission, Problem, redirect};

/// By what somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// The session of a browser: the person has signed in.
    Session,
    /// A bearer token that the person gave to a program.
    Token,
}

/// A signed-in person, or the program that carries a person's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account_id: AccountId,
    /// Whether it is the person or a program.
    pub known_by: KnownBy,
    /// The person's name.
    pub name: Line,
    /// What the person may do.
    pub role: Role,
    /// The institution the person reports for.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution: Option<Line>,
    /// What the desk must see on every page; empty for those who do not work with it.
    pub alarms: DeskAlarms,
}

/// What authentication needs.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Where sessions and tokens are.
    pub db: Db,
    /// When it is.
    pub clock: Clock,
}

/// What every request is given on its way in, so that whoever asks can find out who sent it.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) auth: Auth,
    pub(crate) secure: bool,
}

/// Who was found to call; kept with the request, so that it is looked up once, and with the answer, so that an error
/// page has its navigation.
#[derive(Clone, Debug)]
pub(crate) struct Caller(pub(crate) Option<Principal>);

/// Proof that the caller has the permission `P`. A handler that takes it cannot be called without.
#[derive(Clone, Debug)]
pub struct Authority<P> {
    principal: Principal,
    permission: PhantomData<P>,
}

impl<P> Deref for Authority<P> {
    type Target = Principal;
    fn deref(&self) -> &Principal {
        &self.principal
    }
}

impl<P: Permission, S: Sync> FromRequestParts<S> for Authority<P> {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        const { assert!(!P::OPEN, "what anybody may do needs no authority") };
        let principal = admit(parts, P::ROLES, P::IN_PERSON).await?;
        Ok(Self { principal, permission: PhantomData })
    }
}

/// Whoever is signed in, if anybody is: for pages that look different then.
impl<S: Sync> OptionalFromRequestParts<S> for Principal {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Problem> {
        caller(parts).await
    }
}

/// Guards a route before its handler is reached, also one that forgot to ask.
pub(crate) async fn guard(roles: &'static [Role], in_person: bool, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let principal = match admit(&mut parts, roles, in_person).await {
        Ok(principal) => principal,
        Err(response) => return response,
    };
    let mut response = next.run(Request::from_parts(parts, body)).await;
    response.extensions_mut().insert(Caller(Some(principal)));
    response
}

/// The caller, if one of `roles`, and in person where that is asked for; else what to answer.
async fn admit(parts: &mut Parts, roles: &'static [Role], in_person: bool) -> Result<Principal, Response> {
    match caller(parts).await.map_err(IntoResponse::into_response)? {
        Some(principal) if in_person && principal.known_by == KnownBy::Token => Err(not_in_person()),
        Some(principal) if roles.contains(&principal.role) => Ok(principal),
        Some(principal) => Err(forbidden(principal, roles)),
        None => Err(sign_in_first(parts)),
    }
}

/// Who calls. Asked of the database once a request, each time anew: a disabled account or an ended session acts at
/// once. An error is an error, never "nobody": a page for strangers must not stand in for a failure.
pub(crate) async fn caller(parts: &mut Parts) -> Result<Option<Principal>, Problem> {
    if let Some(Caller(found)) = parts.extensions.get() {
        return Ok(found.clone());
    }
    let Some(gate) = parts.extensions.get::<Gate>() else {
        tracing::error!("a guarded route is served outside of web::app, where nobody can be recognised");
        return Err(Problem::failed());
    };
    let found = match presented(&parts.headers, gate.secure) {
        Some(credentials) => find(&gate.auth, &credentials).await?,
        None => None,
    };
    parts.extensions.insert(Caller(found.clone()));
    Ok(found)
}

async fn find(auth: &Auth, credentials: &Credentials) -> Result<Option<Principal>, store::Error> {
    let now = auth.clock.now();
    let mut tx = auth.db.read().await?;
    let row = match credentials {
        Credentials::Session(hash) => identity::principal_by_session(&mut tx, hash, now).await?,
        Credentials::Bearer(hash) => identity::principal_by_token(&mut tx, hash, now).await?,
    };
    let alarms = match &row {
        Some(row) if Auditing::ROLES.contains(&row.role) => alarms::of_desk(&mut tx).await?,
        _ => DeskAlarms::default(),
    };
    tx.commit().await?;
    let known_by = match credentials {
        Credentials::Session(_) => KnownBy::Session,
        Credentials::Bearer(_) => KnownBy::Token,
    };
    Ok(row.map(|row| Principal {
        alarms,
        known_by,
        account_id: row.account_id,
        name: row.name,
        role: row.role,
        institution_id: row.institution_id,
        institution: row.institution_name,
    }))
}

fn sign_in_first(parts: &Parts) -> Response {
    if is_api(parts.uri.path()) {
        return Problem::unauthorized().into_response();
    }
    // Only what can be looked at again is worth coming back to; a form that was posted is gone.
    let shown = matches!(parts.method, Method::GET | Method::HEAD);
    let back = parts.uri.path_and_query().map(PathAndQuery::as_str).filter(|_| shown).and_then(own_path);
    match back {
        Some("/") | None => redirect("/sign-in"),
        Some(path) => redirect(&format!("/sign-in?next={}", query_value(path))),
    }
}

fn not_in_person() -> Response {
    let detail = "Tokens, passwords and accounts are managed by people. Sign in in a browser; a token cannot do this.";
    Problem::new(StatusCode::FORBIDDEN, "not-in-person", "Not with a token", detail).into_response()
}

fn forbidden(principal: Principal, roles: &[Role]) -> Response {
    let who: Vec<_> = roles.iter().map(|role| role.label()).collect();
    let detail = format!(
        "Your account is that of: {}. This is open to: {}. Ask a colleague who has that role, or an administrator.",
        principal.role.label(),
        who.join(", ")
    );
    let mut response = Problem::forbidden(detail).into_response();
    response.extensions_mut().insert(Caller(Some(principal)));
    response
}
