//! A browser without a network: requests go straight into the router.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use store::identity::{self, NewAccountRow};
use tower::ServiceExt as _;
use web::{AppOptions, Auth, token};

use crate::world::World;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).map_or("", |value| value.to_str().unwrap())
    }
}

pub struct Browser {
    app: Router,
    cookie: Option<String>,
}

impl Browser {
    /// Nobody is signed in.
    pub fn new(world: &World) -> Self {
        let auth = Auth { db: world.deps.db.clone(), clock: world.deps.clock.clone() };
        let (router, _) = notifier::routes(world.deps.clone()).finish();
        Self { app: web::app(vec![router], &AppOptions::new(auth)), cookie: None }
    }

    /// Somebody with this role is.
    pub async fn signed_in(world: &World, role: Role) -> Self {
        let clock = &world.deps.clock;
        let (secret, hash) = token::generate();
        let id = AccountId::generate(clock);
        let (email, name) = (format!("{role}@tocsin.example").parse().unwrap(), "Somebody".parse().unwrap());
        let now = clock.now();
        let mut tx = world.deps.db.begin().await.unwrap();
        let institution = InstitutionId::generate(clock);
        let museum = "Museum".parse().unwrap();
        let institution = identity::find_or_create_institution(&mut tx, institution, &museum, None, now).await.unwrap();
        let account = NewAccountRow {
            id,
            email: &email,
            name: &name,
            role,
            institution_id: (role == Role::Reporter).then_some(institution),
            password_hash: "none",
            created_at: now,
        };
        assert!(identity::create_account(&mut tx, &account).await.unwrap());
        identity::open_session(&mut tx, &hash, id, now, now.plus(Duration::from_secs(3600))).await.unwrap();
        tx.commit().await.unwrap();
        Self { cookie: Some(format!("tocsin_session={secret}")), ..Self::new(world) }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, String::new()).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, body.to_owned()).await
    }

    /// A form with a file, as a browser sends it.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> Answer {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.unwrap_or_default());
        body.extend_from_slice(b"\r\n--edge--\r\n");
        self.send_as(Method::POST, path, "multipart/form-data; boundary=edge", body).await
    }

    /// What a program sends.
    pub async fn json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.send_as(Method::POST, path, "application/json", body.to_string().into_bytes()).await
    }

    pub async fn send(&self, method: Method, path: &str, body: String) -> Answer {
        self.send_as(method, path, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    async fn send_as(&self, method: Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(CONTENT_TYPE, kind);
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Answer { status, headers, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}
