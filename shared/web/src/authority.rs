//! Who calls, and what that lets them do.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::codes::Role;
use domain::text::Line;
use domain::ids::{AccountId, InstitutionId};
use domain::{Clock, Timestamp};
use store::{Db, identity};

use crate::{PageError, Problem, token};

/// A signed-in person, or the program that carries a person's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account_id: AccountId,
    /// The person's name.
    pub name: Line,
    /// What the person may do.
    pub role: Role,
    /// The institution the person reports for.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution: Option<Line>,
}

/// What authentication needs.
#[derive(Clone, Debug)]
pub struct Auth {
    /// Where sessions and tokens are.
    pub db: Db,
    /// When it is.
    pub clock: Clock,
}

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "tocsin_session";

/// Who may call a route.
pub trait Permission: Send + Sync + 'static {
    /// The name in the list of routes.
    const NAME: &'static str;
    /// The roles that have it; empty means that nobody needs to sign in.
    const ROLES: &'static [Role];
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = [$($role:ident),*];)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Permission for $name {
            const NAME: &'static str = stringify!($name);
            const ROLES: &'static [Role] = &[$(Role::$role),*];
        }
    )+};
}

permissions! {
    /// Anybody: signing in, health, assets, signed links.
    Public = [];
    /// Whoever is signed in.
    SignedIn = [Reporter, Officer, Auditor, Admin];
    /// Registers cases.
    Reporter = [Reporter, Officer];
    /// Works at the desk.
    Officer = [Officer];
    /// Reads who was told.
    Auditing = [Officer, Auditor, Admin];
    /// Manages accounts, partners and rules.
    Admin = [Admin];
}

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
        let found = parts.extensions.get::<Option<Principal>>().cloned().flatten();
        match found {
            Some(principal) if P::ROLES.contains(&principal.role) => Ok(Self { principal, permission: PhantomData }),
            Some(_) => Err(forbidden(parts.uri.path(), P::ROLES)),
            None => Err(sign_in_first(parts.uri.path())),
        }
    }
}

/// Whoever is signed in, if anybody is: for pages that look different then.
impl<S: Sync> axum::extract::OptionalFromRequestParts<S> for Principal {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Option<Self>>().cloned().flatten())
    }
}

/// Finds out who calls; every request passes here once, before any route.
pub(crate) async fn identify(State(auth): State<Auth>, mut request: Request, next: Next) -> Response {
    let principal = match credentials(&request) {
        None => None,
        Some(found) => match principal(&auth, &found, auth.clock.now()).await {
            Ok(principal) => principal,
            Err(error) => return Problem::from(error).into_response(),
        },
    };
    request.extensions_mut().insert(principal);
    next.run(request).await
}

/// Guards a route before its handler is reached, also one that forgot to ask.
pub(crate) async fn guard(roles: &'static [Role], request: Request, next: Next) -> Response {
    if roles.is_empty() {
        return next.run(request).await;
    }
    match request.extensions().get::<Option<Principal>>().and_then(Option::as_ref) {
        Some(principal) if roles.contains(&principal.role) => next.run(request).await,
        Some(_) => forbidden(request.uri().path(), roles),
        None => sign_in_first(request.uri().path()),
    }
}

enum Credentials {
    Session(token::Hash),
    Bearer(token::Hash),
}

fn credentials(request: &Request) -> Option<Credentials> {
    let headers = request.headers();
    if let Some(value) = headers.get(AUTHORIZATION) {
        // A wrong header means no authority, not a fall back to the cookie.
        let (scheme, bearer) = value.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| Credentials::Bearer(token::hash(bearer.trim())));
    }
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = cookies
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(SESSION_COOKIE)?.strip_prefix('='))?;
    Some(Credentials::Session(token::hash(session)))
}

async fn principal(auth: &Auth, found: &Credentials, now: Timestamp) -> Result<Option<Principal>, store::Error> {
    let mut tx = auth.db.read().await?;
    let row = match found {
        Credentials::Session(hash) => identity::principal_by_session(&mut tx, hash, now).await?,
        Credentials::Bearer(hash) => identity::principal_by_token(&mut tx, hash, now).await?,
    };
    tx.commit().await?;
    Ok(row.map(|row| Principal {
        account_id: row.account_id,
        name: row.name,
        role: row.role,
        institution_id: row.institution_id,
        institution: row.institution_name,
    }))
}

/// Whether the caller is a program (problem documents) or a browser (pages).
pub(crate) fn is_api(path: &str) -> bool {
    path.starts_with("/api/")
}

fn sign_in_first(path: &str) -> Response {
    if is_api(path) {
        return Problem::unauthorized().into_response();
    }
    // Only a path of ours ever gets here, so this cannot lead anywhere else.
    Redirect::to(&format!("/sign-in?next={}", encode(path))).into_response()
}

fn encode(path: &str) -> String {
    use std::fmt::Write;
    path.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"/_-.".contains(&byte) {
            text.push(byte.into());
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

fn forbidden(path: &str, roles: &[Role]) -> Response {
    let who: Vec<_> = roles.iter().map(|role| role.label().to_lowercase()).collect();
    let problem = Problem::forbidden(format!("This is for: {}.", who.join(", ")));
    if is_api(path) { problem.into_response() } else { PageError::from(problem).into_response() }
}
