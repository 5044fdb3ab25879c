//! Every route of every service, called by everybody: nobody gets further than the route's permission says, and a new
//! route is in the list by itself, because a route cannot be declared without a permission.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::codes::Role;
use secrecy::SecretString;
use tower::ServiceExt;

use super::*;

#[path = "authorisation/institutions.rs"]
mod institutions;

/// Who calls: nobody, or one of each role.
async fn callers(parts: &Parts) -> Vec<(Option<Role>, Option<String>)> {
    let mut callers = vec![(None, None)];
    for role in Role::ALL {
        let email = format!("{role}@x.example");
        let account = identity::NewAccount {
            email: email.clone(),
            name: "Somebody".to_owned(),
            role: role.to_string(),
            institution: "Museum".to_owned(),
            password: SecretString::from("a-long-enough-password"),
        };
        identity::create_account(&parts.identity, account, None).await.unwrap();
        let token = crate::accounts::token(parts, &email, "test", 1).await.unwrap();
        callers.push((Some(*role), Some(token)));
    }
    callers
}

/// Everything on a new SQLite file in `folder`.
pub(crate) async fn scratch(folder: &std::path::Path) -> Parts {
    let path = |name: &str| folder.join(name);
    let mut settings = Settings::default();
    settings.database.url = format!("sqlite:{}", path("tocsin.db").display()).into();
    settings.mail.folder = path("mail");
    settings.keys.link = path("link.key");
    settings.ledger.key_path = path("ledger.key");
    settings.photos.folder = path("photos");
    let db = database(&settings).await.unwrap();
    store::migrate(&db).await.unwrap();
    parts(&settings, db, Clock::System, &Service::ALL.into_iter().collect()).unwrap()
}

#[tokio::test]
async fn nobody_gets_past_a_routes_permission() {
    let folder = tempfile::tempdir().unwrap();
    let parts = scratch(folder.path()).await;
    let (app, routes) = app(&parts, &Service::ALL.into_iter().collect(), None);
    assert!(routes.len() > 50, "{} routes", routes.len());
    let callers = callers(&parts).await;
    let mut pairs = 0;
    for route in &routes {
        // Any identifier will do: a stranger must be stopped before it is looked at.
        let path: String = route
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { "x" } else { part })
            .collect::<Vec<_>>()
            .join("/");
        for (role, token) in &callers {
            let mut request = Request::builder().method(route.method.clone()).uri(&path);
            if let Some(token) = token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            let answer = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            let status = answer.status();
            let allowed = route.roles.is_empty() || role.is_some_and(|role| route.roles.contains(&role));
            let stopped = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status)
                || (status == StatusCode::SEE_OTHER
                    && answer.headers()["location"].to_str().unwrap().starts_with("/sign-in"));
            if !allowed {
                assert!(stopped, "{role:?} got {status} at {} {}", route.method, route.path);
            } else if route.in_person {
                assert_eq!(status, StatusCode::FORBIDDEN, "{role:?} with a token at {} {}", route.method, route.path);
            } else if !route.roles.is_empty() {
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{role:?} at {} {}", route.method, route.path);
            }
            pairs += 1;
        }
    }
    println!("{pairs} pairs of {} routes and {} callers: none gets past a permission", routes.len(), callers.len());
    assert_eq!(pairs, routes.len() * 5);
}
