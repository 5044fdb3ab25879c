//! A migrated database of each engine with people in it, and the service as a browser or program meets it.

use std::collections::HashMap;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use blobs::Blobs;
use bus::Bell;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId, TokenId};
use domain::time::FixedClock;
use domain::{Clock, Timestamp};
use intake::Deps;
use intake::photos::Photos;
use serde_json::{Value, json};
use store::identity::{self, NewAccountRow, NewTokenRow};
use store::{Db, DbOptions, outbox};
use tower::ServiceExt;
use web::{AppOptions, Auth};

/// 2026-11-23, noon in Paris.
const NOW: &str = "2026-11-23T11:00:00Z";

/// The service on one engine. The folder of the SQLite file lives as long as the value.
pub struct World {
    /// For assertion messages.
    pub engine: &'static str,
    pub db: Db,
    pub clock: Clock,
    pub hand: FixedClock,
    pub app: Router,
    pub deps: Deps,
    /// Where photographs lie.
    pub files: tempfile::TempDir,
    /// Where another process finds the database.
    pub url: String,
    tokens: HashMap<&'static str, String>,
    _folder: Option<tempfile::TempDir>,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    /// The stable code of a problem document.
    pub fn problem(&self) -> String {
        self.json()["type"].as_str().unwrap().trim_start_matches("urn:tocsin:problem:").to_owned()
    }
}

/// Name, role, institution.
const PEOPLE: [(&str, Role, Option<&str>); 8] = [
    ("museum", Role::Reporter, Some("Musée national")),
    ("museum2", Role::Reporter, Some("Musée national")),
    ("ministry", Role::Reporter, Some("Ministry of Culture")),
    ("officer", Role::Officer, Some("Desk")),
    ("second", Role::Officer, Some("Desk")),
    ("homeless", Role::Officer, None),
    ("auditor", Role::Auditor, None),
    ("admin", Role::Admin, None),
];

/// Both engines.
pub async fn worlds() -> Vec<World> {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("tocsin.db").display());
    let sqlite = Db::connect(&file, &DbOptions::default()).await.unwrap();
    let url = testkit::servers::shared_postgres().await.unwrap().create_database().await.unwrap();
    let options = DbOptions { max_connections: 8, ..DbOptions::default() };
    let postgres = Db::connect(&url, &options).await.unwrap();
    vec![World::new("SQLite", file, sqlite, Some(folder)).await, World::new("PostgreSQL", url, postgres, None).await]
}

impl World {
    async fn new(engine: &'static str, url: String, db: Db, folder: Option<tempfile::TempDir>) -> Self {
        store::migrate(&db).await.unwrap();
        let (clock, hand) = Clock::fixed(NOW.parse::<Timestamp>().unwrap());
        let mut tokens = HashMap::new();
        let mut tx = db.begin().await.unwrap();
        for (name, role, institution) in PEOPLE {
            let now = clock.now();
            let institution_id = match institution {
                Some(institution) => {
                    let id = InstitutionId::generate(&clock);
                    let institution = institution.parse().unwrap();
                    Some(identity::find_or_create_institution(&mut tx, id, &institution, None, now).await.unwrap())
                }
                None => None,
            };
            let id = AccountId::generate(&clock);
            let account = NewAccountRow {
                id,
                email: &format!("{name}@example.org").parse().unwrap(),
                name: &format!("Person {name}").parse().unwrap(),
                role,
                institution_id,
                password_hash: "none",
                created_at: now,
            };
            assert!(identity::create_account(&mut tx, &account).await.unwrap());
            let (token, hash) = web::token::generate();
            let row = NewTokenRow {
                id: TokenId::generate(&clock),
                account_id: id,
                token_hash: &hash,
                name: &"test".parse().unwrap(),
                created_at: now,
                expires_at: None,
            };
            identity::issue_token(&mut tx, &row).await.unwrap();
            tokens.insert(name, token);
        }
        tx.commit().await.unwrap();
        let files = tempfile::tempdir().unwrap();
        let photos = Photos::new(Blobs::folder(files.path()).unwrap());
        let deps = Deps {
            db: db.clone(),
            clock: clock.clone(),
            bell: Bell::new(),
            change_wait: Duration::from_hours(24),
            persons_kept: Some(Duration::from_hours(24 * 365)),
            photos,
            #[cfg(feature = "pdf")]
            printer: paper::Printer::default(),
        };
        let (router, _) = intake::routes(&deps).finish();
        let options = AppOptions::new(Auth { db: db.clone(), clock: clock.clone() });
        let app = web::app(vec![router], &options);
        Self { engine, db, clock, hand, app, deps, tokens, files, url, _folder: folder }
    }

    /// A request of `who`, with headers and a body.
    pub fn request(
        &self,
        who: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = self.tokens.get(who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body)).unwrap()
    }

    /// A second passes before each request, so that what happened has an order.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.hand.advance(Duration::from_secs(1));
        answer(self.app.clone(), request).await
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.send(self.request(who, "GET", path, &[], String::new())).await
    }

    /// A JSON request without a key.
    pub async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.send(self.request(who, "POST", path, &headers, body.to_string())).await
    }

    /// A report under a key.
    pub async fn report(&self, who: &str, key: &str, body: &Value) -> Answer {
        self.send(self.report_request(who, key, body)).await
    }

    pub fn report_request(&self, who: &str, key: &str, body: &Value) -> Request<Body> {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.request(who, "POST", "/api/v1/cases", &headers, body.to_string())
    }

    /// A form.
    pub async fn form(&self, who: &str, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let body: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(self.request(who, "POST", path, &headers, body.join("&"))).await
    }

    /// A form with a file.
    pub async fn upload(&self, who: &str, path: &str, fields: &[(&str, &str)], file: Option<&[u8]>) -> Answer {
        let (kind, body) = multipart(fields, file);
        let request = self.request(who, "POST", path, &[("content-type", kind)], String::new());
        self.send(request.map(|_| Body::from(body))).await
    }

    /// What lies at an address, byte by byte.
    pub async fn bytes(&self, who: &str, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = self.request(who, "GET", path, &[], String::new());
        let (parts, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
        (parts.status, parts.headers, to_bytes(body, 64 * 1024 * 1024).await.unwrap().to_vec())
    }

    /// The first object of a case.
    pub async fn object(&self, case: &str) -> String {
        let view = self.get("officer", &format!("/api/v1/cases/{case}")).await.json();
        view["objects"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A registered case of the museum; gives its identifier.
    pub async fn case(&self) -> String {
        let key = format!("case-{}", self.facts().await.len());
        let answer = self.report("museum", &key, &theft()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{} {}", self.engine, answer.text);
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Kind and body of every fact so far, but for looks at a case.
    pub async fn facts(&self) -> Vec<(String, Value)> {
        self.recorded().await.into_iter().filter(|(kind, _)| kind != "case.read.v1").collect()
    }

    /// Every look at a case so far.
    pub async fn looks(&self) -> Vec<Value> {
        let all = self.recorded().await.into_iter();
        all.filter(|(kind, _)| kind == "case.read.v1").map(|(_, data)| data).collect()
    }

    async fn recorded(&self) -> Vec<(String, Value)> {
        let mut tx = self.db.read().await.unwrap();
        let from = Timestamp::from_micros(0);
        let until = self.clock.now().plus(Duration::from_secs(1));
        let rows = outbox::unhandled(&mut tx, "test", &[], from, until, 10_000).await.unwrap();
        rows.into_iter().map(|row| (row.kind, row.data.0)).collect()
    }
}

/// The parts of a form with a file, as a browser sends it.
pub fn multipart(fields: &[(&str, &str)], file: Option<&[u8]>) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some(file) = file {
        let names = "name=\"file\"; filename=\"../../../etc/passwd%00.jpg\"";
        let head = format!("--edge\r\nContent-Disposition: form-data; {names}\r\nContent-Type: image/gif\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge", body)
}

pub async fn answer(app: Router, request: Request<Body>) -> Answer {
    let response = app.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
    Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
}

fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| {
        if byte.is_ascii_alphanumeric() { out + &char::from(byte).to_string() } else { format!("{out}%{byte:02X}") }
    })
}

/// A report that is taken; its class B and C texts are found nowhere else.
pub fn theft() -> Value {
    json!({
        "event": "theft", "title": "Head of a seated figure, Pobé Mengao", "language": "fr", "country": "BF",
        "loss": {"earliest": "2026-11-20", "latest": "2026-11-21", "discovered": "2026-11-21"},
        "circumstances": {
            "holder": "HOLDER-OF-CANARY", "premises": "museum", "place": "PLACE-OF-CANARY", "method": "burglary",
            "police_reference": "PV-OF-CANARY", "narrative": "NARRATIVE-OF-CANARY\nSecond line."
        },
        "reporter": {
            "name": "REPORTER-OF-CANARY", "capacity": "holder", "email": "canary@example.org", "telephone": "+226 1234"
        },
        "objects": [{
            "title": "Head of a seated figure", "type": "sculpture", "type_detail": "ancestor statuette",
            "photographs": "available", "materials": "laterite", "origin_country": "BF",
            "measurements": [{"dimension": "height", "value": "27.50", "unit": "cm"}],
            "description": "Closed eyes.\nA cap.", "flags": ["sacred_or_communal"]
        }]
    })
}
