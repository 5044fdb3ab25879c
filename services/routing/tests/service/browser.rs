//! A program with the token of one role; requests go straight into the router.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{Method, Request, StatusCode};
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId, TokenId};
use store::identity::{self, NewAccountRow, NewTokenRow};
use tower::ServiceExt as _;
use web::{AppOptions, Auth};

use crate::World;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
}

pub struct Browser {
    app: Router,
    bearer: String,
}

impl Browser {
    pub async fn of(world: &World, role: Role) -> Self {
        Self::named(world, role, &role.to_string()).await
    }

    /// Another person with the same role.
    pub async fn second(world: &World, role: Role) -> Self {
        Self::named(world, role, &format!("second-{role}")).await
    }

    async fn named(world: &World, role: Role, name: &str) -> Self {
        let deps = &world.deps;
        let auth = Auth { db: deps.db.clone(), clock: deps.clock.clone() };
        let (router, _) = routing::routes(deps.clone()).finish();
        let app = web::app(vec![router], &AppOptions::new(auth));
        Self { app, bearer: format!("Bearer {}", token(world, role, name).await) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", String::new()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", pairs.join("&")).await
    }

    pub async fn send(&self, method: Method, path: &str, content_type: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(AUTHORIZATION, &self.bearer);
        // As every browser announces it.
        request = request.header(CONTENT_LENGTH, body.len());
        if !content_type.is_empty() {
            request = request.header(CONTENT_TYPE, content_type);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.app.clone().oneshot(request).await.expect("an answer");
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let (status, location) = (response.status(), location.unwrap_or_default().to_owned());
        let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.expect("a body");
        Answer { status, location, body: String::from_utf8(bytes.to_vec()).expect("text") }
    }
}

async fn token(world: &World, role: Role, name: &str) -> String {
    let deps = &world.deps;
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await.expect("a transaction");
    let institution = "Museum".parse().expect("a line");
    let id = InstitutionId::generate(&deps.clock);
    let institution_id =
        identity::find_or_create_institution(&mut tx, id, &institution, None, now).await.expect("an institution");
    let account = NewAccountRow {
        id: AccountId::generate(&deps.clock),
        email: &format!("{name}@museum.example").parse().expect("an address"),
        name: &"Robin Doe".parse().expect("a line"),
        role,
        institution_id: Some(institution_id),
        password_hash: "no password",
        created_at: now,
    };
    assert!(identity::create_account(&mut tx, &account).await.expect("stored"));
    let (token, hash) = web::token::generate();
    let row = NewTokenRow {
        id: TokenId::generate(&deps.clock),
        account_id: account.id,
        token_hash: &hash,
        name: &"test".parse().expect("a line"),
        created_at: now,
        expires_at: None,
    };
    identity::issue_token(&mut tx, &row).await.expect("a token");
    tx.commit().await.expect("committed");
    token
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
