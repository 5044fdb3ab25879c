//! A browser without a network: requests go straight into the router.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, LOCATION, RETRY_AFTER, SET_COOKIE};
use axum::http::{Method, Request, StatusCode};
use tower::ServiceExt as _;
use web::{AppOptions, Auth};

use crate::{House, PASSWORD};

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub cookie: String,
    pub retry_after: String,
    pub body: String,
}

/// One browser with its session cookie, or one program with its token.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    cookie: String,
    bearer: String,
}

impl Browser {
    pub fn new(house: &House) -> Self {
        let auth = Auth { db: house.deps.db.clone(), clock: house.deps.clock.clone() };
        let (router, _) = identity::routes(&house.deps).finish();
        let app = web::app(vec![router], &AppOptions::new(auth));
        Self { app, cookie: String::new(), bearer: String::new() }
    }

    /// A program with this token.
    pub fn with_bearer(house: &House, token: &str) -> Self {
        Self { bearer: format!("Bearer {token}"), ..Self::new(house) }
    }

    /// A browser in which the owner of `email` has signed in.
    pub async fn signed_in(house: &House, email: &str) -> Self {
        let mut browser = Self::new(house);
        let answer = browser.post("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.cookie.split(';').next().unwrap_or_default().clone_into(&mut browser.cookie);
        browser
    }

    /// The same browser after somebody put this cookie into it.
    pub fn with_cookie(mut self, cookie: &str) -> Self {
        cookie.clone_into(&mut self.cookie);
        self
    }

    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", String::new()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, "", String::new()).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let pairs: Vec<_> = fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        self.send(Method::POST, path, "application/x-www-form-urlencoded", pairs.join("&")).await
    }

    pub async fn post_json(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, "application/json", body.to_owned()).await
    }

    async fn send(&self, method: Method, path: &str, content_type: &str, body: String) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in [(CONTENT_TYPE, content_type), (COOKIE, &self.cookie), (AUTHORIZATION, &self.bearer)] {
            if !value.is_empty() {
                request = request.header(name, value);
            }
        }
        let response = self.app.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let header = |name| {
            let value = response.headers().get(name).map(|value| value.to_str().unwrap());
            value.unwrap_or_default().to_owned()
        };
        let (location, cookie, retry_after) = (header(LOCATION), header(SET_COOKIE), header(RETRY_AFTER));
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, location, cookie, retry_after, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}
