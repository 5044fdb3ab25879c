//! A database with one account of each role, a few routes, and requests into them.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId, TokenId};
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use store::identity::{self, NewAccountRow, NewTokenRow};
use store::{Db, DbOptions};
use tower::ServiceExt as _;
use web::{AppOptions, Auth, token};

/// How long a session lasts here.
pub const SESSION: Duration = Duration::from_secs(3600);

/// One person of each role, with a session and a bearer token.
pub struct World {
    pub auth: Auth,
    pub hand: FixedClock,
    pub people: Vec<Person>,
    _folder: tempfile::TempDir,
}

/// A person who has signed in and has issued a token.
#[derive(Clone)]
pub struct Person {
    pub id: AccountId,
    pub role: Role,
    pub session: String,
    pub bearer: String,
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("tocsin.db").display());
        let db = Db::connect(&url, &DbOptions::default()).await.unwrap();
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed("2026-11-23T08:00:00Z".parse::<Timestamp>().unwrap());
        let mut people = Vec::new();
        for &role in Role::ALL {
            people.push(person(&db, &clock, role).await);
        }
        Self { auth: Auth { db, clock }, hand, people, _folder: folder }
    }

    pub fn person(&self, role: Role) -> &Person {
        self.people.iter().find(|person| person.role == role).unwrap()
    }

    pub fn app(&self, router: Router) -> Router {
        self.app_at("", router)
    }

    pub fn app_at(&self, public_url: &str, router: Router) -> Router {
        web::app(vec![router], &AppOptions { public_url: public_url.to_owned(), ..AppOptions::new(self.auth.clone()) })
    }
}

async fn person(db: &Db, clock: &Clock, role: Role) -> Person {
    let now = clock.now();
    let mut tx = db.begin().await.unwrap();
    let museum = "Musée de Manega".parse().unwrap();
    let institution = identity::find_or_create_institution(&mut tx, InstitutionId::generate(clock), &museum, None, now)
        .await
        .unwrap();
    let id = AccountId::generate(clock);
    let row = NewAccountRow {
        id,
        email: &format!("{role}@example.org").parse().unwrap(),
        name: &format!("The {role}").parse().unwrap(),
        role,
        institution_id: (role == Role::Reporter).then_some(institution),
        password_hash: "none",
        created_at: now,
    };
    assert!(identity::create_account(&mut tx, &row).await.unwrap());
    let (session, session_hash) = token::generate();
    identity::open_session(&mut tx, &session_hash, id, now, now.plus(SESSION)).await.unwrap();
    let (bearer, bearer_hash) = token::generate();
    let row = NewTokenRow {
        id: TokenId::generate(clock),
        account_id: id,
        token_hash: &bearer_hash,
        name: &"a register".parse().unwrap(),
        created_at: now,
        expires_at: None,
    };
    identity::issue_token(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    Person { id, role, session, bearer }
}

/// A request under way.
pub struct Ask(axum::http::request::Builder, Body);

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub fn ask(method: Method, path: &str) -> Ask {
    Ask(Request::builder().method(method).uri(path), Body::empty())
}

pub fn get(path: &str) -> Ask {
    ask(Method::GET, path)
}

pub fn post(path: &str) -> Ask {
    ask(Method::POST, path)
}

impl Ask {
    pub fn header(self, name: impl AsRef<str>, value: &str) -> Self {
        Self(self.0.header(name.as_ref(), value), self.1)
    }

    pub fn session(self, person: &Person) -> Self {
        let cookie = format!("tocsin_session={}", person.session);
        self.header(header::COOKIE, &cookie)
    }

    pub fn bearer(self, person: &Person) -> Self {
        let value = format!("Bearer {}", person.bearer);
        self.header(header::AUTHORIZATION, &value)
    }

    pub fn json(self, body: impl Into<String>) -> Self {
        let Self(request, _) = self.header(header::CONTENT_TYPE, "application/json");
        Self(request, Body::from(body.into()))
    }

    pub fn form(self, body: impl Into<String>) -> Self {
        let Self(request, _) = self.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        Self(request, Body::from(body.into()))
    }

    pub fn body(self, body: impl Into<Body>) -> Self {
        Self(self.0, body.into())
    }

    pub async fn of(self, app: &Router) -> Answer {
        let response = app.clone().oneshot(self.0.body(self.1).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 10_000_000).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The code of the problem document.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["instance"], format!("urn:tocsin:request:{}", self.header("x-request-id")));
        problem["type"].as_str().unwrap().strip_prefix("urn:tocsin:problem:").unwrap().to_owned()
    }

    /// Whether it is a page of ours.
    pub fn is_page(&self) -> bool {
        self.header("content-type").starts_with("text/html") && self.body.contains("<main id=\"main\">")
    }
}
