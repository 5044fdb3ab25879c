//! Every route with what really belongs to an institution behind its identifiers, called by somebody of every role and
//! institution: another institution's reporter gets nothing and changes nothing, by whatever route.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::codes::Role;
use secrecy::SecretString;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::*;

/// Name, role, institution.
const PEOPLE: [(&str, Role, &str); 9] = [
    ("owner", Role::Reporter, "Museum"),
    ("colleague", Role::Reporter, "Museum"),
    ("stranger", Role::Reporter, "Ministry"),
    ("officer", Role::Officer, "Desk"),
    ("officer-of-another", Role::Officer, "Ministry"),
    ("auditor", Role::Auditor, ""),
    ("auditor-of-another", Role::Auditor, "Ministry"),
    ("admin", Role::Admin, ""),
    ("admin-of-another", Role::Admin, "Ministry"),
];

struct House {
    app: Router,
    tokens: BTreeMap<&'static str, String>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("{}", self.text())).to_owned()
    }
}

impl House {
    async fn open(parts: &Parts, app: Router) -> Self {
        let mut tokens = BTreeMap::new();
        for (name, role, institution) in PEOPLE {
            let email = format!("{name}@x.example");
            let account = identity::NewAccount {
                email: email.clone(),
                name: name.to_owned(),
                role: role.to_string(),
                institution: institution.to_owned(),
                password: SecretString::from("a-long-enough-password"),
            };
            identity::create_account(&parts.identity, account, None).await.unwrap();
            tokens.insert(name, crate::accounts::token(parts, &email, "test", 1).await.unwrap());
        }
        Self { app, tokens }
    }

    async fn ask(&self, who: &str, method: &Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let request = Request::builder().method(method.clone()).uri(path).header("content-type", kind);
        let request = request
            .header("authorization", format!("Bearer {}", self.tokens[who]))
            .header("idempotency-key", format!("{who}{path}"))
            .header("if-match", "\"1\"");
        let answer = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 32 * 1024 * 1024).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, bytes }
    }

    async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, &Method::GET, path, "text/plain", Vec::new()).await
    }

    async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        let answer = self.ask(who, &Method::POST, path, "application/json", body.to_string().into_bytes()).await;
        assert!(answer.status.is_success(), "{who} {path} {} {}", answer.status, answer.text());
        answer
    }

    /// Something of the museum behind every identifier; by the part of the address before it.
    async fn filled(&self) -> BTreeMap<&'static str, String> {
        let case = self.post("owner", "/api/v1/cases", &report()).await.id();
        let view = self.get("owner", &format!("/api/v1/cases/{case}")).await.json();
        let object = view["objects"][0]["id"].as_str().unwrap().to_owned();
        let photo = self.send("owner", &format!("/api/v1/objects/{object}/photos")).await.id();
        let seen = json!({"what": "In the window.", "place": "Fair", "seen_on": "2026-01-20", "source": "A guard"});
        let sighting = self.post("owner", &format!("/api/v1/cases/{case}/sightings"), &seen).await.id();
        self.send("owner", &format!("/api/v1/sightings/{sighting}/photo")).await;
        let verified = json!({"certainty": "likely", "evidence": "inventory_extract"});
        self.post("officer", &format!("/api/v1/cases/{case}/verify"), &verified).await;
        let draft = json!({"kind": "alert", "reach": "police"});
        let alert = self.post("officer", &format!("/api/v1/cases/{case}/alerts"), &draft).await.id();
        self.post("officer", &format!("/api/v1/alerts/{alert}/release"), &json!({})).await;
        let status = json!({"status": "secured", "note": "Seized."});
        self.post("officer", &format!("/api/v1/objects/{object}/status"), &status).await;
        let way =
            self.post("officer", &format!("/api/v1/objects/{object}/restitutions"), &json!({"route": "court"})).await;
        let way = way.id();
        let party = json!({"role": "possessor", "name": "A dealer"});
        self.post("officer", &format!("/api/v1/restitutions/{way}/parties"), &party).await;
        let paper = json!({"title": "Note", "sha256": "ab".repeat(32), "kept": "At the ministry"});
        self.post("officer", &format!("/api/v1/restitutions/{way}/documents"), &paper).await;
        let import = format!("/api/v1/imports?kind=objects&case={case}");
        let table = b"title,type,photographs\nCup,ceramic_glass,none\n".to_vec();
        let import = self.ask("owner", &Method::POST, &import, "text/csv", table).await.id();
        let draft = self.post("owner", "/api/v1/report-drafts", &report()).await.id();
        let saved = self.post("owner", "/api/v1/views", &json!({"name": "Mine", "query": "event=theft"})).await.id();
        BTreeMap::from([
            ("cases", case),
            ("objects", object),
            ("photos", photo),
            ("sightings", sighting),
            ("alerts", alert),
            ("restitutions", way),
            ("imports", import),
            ("report-drafts", draft),
            ("views", saved),
        ])
    }

    /// A picture as a form brings it.
    async fn send(&self, who: &str, path: &str) -> Answer {
        let (kind, body) = picture();
        let answer = self.ask(who, &Method::POST, path, kind, body).await;
        assert!(answer.status.is_success(), "{who} {path} {} {}", answer.status, answer.text());
        answer
    }
}

fn picture() -> (&'static str, Vec<u8>) {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(64, 64).write_to(&mut file, image::ImageFormat::Png).unwrap();
    let mut body = Vec::new();
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n");
    body.extend(file.into_inner());
    body.extend(b"\r\n--edge--\r\n");
    ("multipart/form-data; boundary=edge", body)
}

fn report() -> Value {
    json!({
        "event": "theft", "title": "Statuette", "country": "BF", "language": "fr",
        "loss": {"earliest": "2025-05-01", "latest": "2025-05-02"},
        "circumstances": {
            "holder": "OWN-CANARY", "premises": "museum", "place": "OWN-CANARY", "method": "burglary",
            "police_reference": "OWN-CANARY"
        },
        "reporter": {"name": "OWN-CANARY", "capacity": "holder"},
        "objects": [{"title": "Statuette", "type": "ethnographic", "photographs": "available"}]
    })
}

/// What a caller who may do it would send: it must be stopped for whose it is and not for how it is written.
fn body(path: &str) -> (&'static str, Vec<u8>) {
    let form = "application/x-www-form-urlencoded";
    let (page, last) = (!path.starts_with("/api/"), path.rsplit('/').next().unwrap_or_default());
    match (page, last) {
        (_, "photos" | "photo") => picture(),
        (true, "sightings") => {
            let fields = [("what", "x"), ("place", "x"), ("seen_on", "2026-01-20"), ("source", "x")];
            let parts = fields.map(|(name, value)| {
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            });
            ("multipart/form-data; boundary=edge", format!("{}--edge--\r\n", parts.concat()).into_bytes())
        }
        (true, "steps") => (form, b"step=withdraw&reason=x".to_vec()),
        (true, "confirm") => (form, b"mode=all_or_nothing".to_vec()),
        (true, _) => (form, Vec::new()),
        (false, "steps") => ("application/json", json!({"step": "withdraw", "reason": "x"}).to_string().into_bytes()),
        (false, "sightings") => {
            let seen = json!({"what": "x", "place": "x", "seen_on": "2026-01-20", "source": "x"});
            ("application/json", seen.to_string().into_bytes())
        }
        (false, "confirm") => ("application/json", json!({"mode": "all_or_nothing"}).to_string().into_bytes()),
        (false, "order") => ("application/json", json!({"photos": []}).to_string().into_bytes()),
        (false, "send" | "cancel") => ("application/json", b"{}".to_vec()),
        (false, _) => ("application/json", report().to_string().into_bytes()),
    }
}

/// The address with what belongs to the museum, if the route is about something an institution owns.
fn owned(template: &str, ids: &BTreeMap<&'static str, String>) -> Option<String> {
    let mut before = "";
    let mut about = false;
    let parts: Vec<&str> = template
        .split('/')
        .map(|part| {
            let filled = match (part.starts_with('{'), ids.get(before)) {
                (true, Some(id)) => {
                    about = true;
                    id.as_str()
                }
                // A number of something within it.
                (true, None) => "1",
                (false, _) => part,
            };
            before = part;
            filled
        })
        .collect();
    about.then(|| parts.join("/"))
}

#[tokio::test]
async fn another_institution_gets_nothing_and_changes_nothing_by_any_route() {
    let folder = tempfile::tempdir().unwrap();
    let parts = scratch(folder.path()).await;
    let (app, routes) = app(&parts, &Service::ALL.into_iter().collect(), None);
    let house = House::open(&parts, app).await;
    let ids = house.filled().await;
    let looks: Vec<String> = routes
        .iter()
        .filter(|route| {
            route.method == Method::GET && route.path.starts_with("/api/") && !route.path.contains("evidence")
        })
        .filter_map(|route| owned(route.path, &ids))
        .collect();
    let everything = async || {
        let mut seen = Vec::new();
        for path in &looks {
            let answer = house.get("owner", path).await;
            // A refusal carries the number of its request, which is another one each time.
            let text = if answer.status.is_success() { answer.text() } else { String::new() };
            seen.push((path.clone(), answer.status, answer.headers.get("etag").cloned(), text));
        }
        seen
    };
    let before = everything().await;
    let (mut pairs, mut own, mut unexpected) = (0, 0, Vec::new());
    for route in &routes {
        let Some(path) = owned(route.path, &ids) else { continue };
        for (who, role, institution) in PEOPLE {
            let allowed = route.roles.is_empty() || route.roles.contains(&role);
            let mine = institution == "Museum" || role != Role::Reporter;
            // What the owner and the desk may do they do elsewhere: here they look, and the others try everything.
            if allowed && mine && route.method != Method::GET {
                continue;
            }
            let (kind, body) = if route.method == Method::GET { ("text/plain", Vec::new()) } else { body(route.path) };
            let answer = house.ask(who, &route.method, &path, kind, body).await;
            pairs += 1;
            let done = answer.status.is_success() || answer.status.is_redirection();
            let to_sign_in = answer.headers.get("location").is_some_and(|to| to.as_bytes().starts_with(b"/sign-in"));
            if !(allowed && mine) && ((done && !to_sign_in) || answer.text().contains("OWN-CANARY")) {
                unexpected.push(format!("{who}: {} at {} {}", answer.status, route.method, route.path));
            }
            // To a form that is sent in, a draft of others is one that is gone: nothing that was typed is lost.
            let form_of_draft = route.method == Method::POST && route.path == "/report-drafts/{id}";
            if allowed && !mine && answer.status != StatusCode::NOT_FOUND && !form_of_draft {
                unexpected.push(format!("{who}: {} instead of 404 at {} {}", answer.status, route.method, route.path));
            }
            own += usize::from(allowed && institution == "Museum" && answer.status.is_success());
        }
    }
    println!("{pairs} pairs of routes about an institution's own and callers: {} unexpected", unexpected.len());
    assert!(unexpected.is_empty(), "\n{}", unexpected.join("\n"));
    assert!(own > 40, "{own}: what is refused to others is there for its owner");
    let changed: Vec<_> = everything().await.into_iter().zip(before).filter(|(now, then)| now != then).collect();
    let changed: Vec<_> = changed.iter().map(|((path, ..), _)| path).collect();
    assert!(changed.is_empty(), "{changed:?}");
}
