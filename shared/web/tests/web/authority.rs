//! Who may call what.

use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode};
use domain::codes::Role;
use store::identity;
use web::{Admin, Auditing, Authority, Officer, Permission, Principal, Public, Reporter, RouteInfo, Routes, SignedIn};

use crate::world::{SESSION, World, ask, get, post};

/// Handlers that forget to ask who calls: the route's permission must hold all the same.
async fn forgetful() -> &'static str {
    "inside"
}

async fn greeting(caller: Option<Principal>) -> String {
    caller.map_or_else(|| "stranger".to_owned(), |caller| caller.name.to_string())
}

async fn narrow(officer: Authority<Officer>) -> String {
    officer.account_id.to_string()
}

async fn own(reporter: Authority<Reporter>) -> String {
    format!("{:?} {:?}", reporter.institution_id.is_some(), reporter.institution)
}

fn routes() -> (Router, Vec<RouteInfo>) {
    Routes::new("test", ())
        .get::<Public, _, _>("/hello", greeting)
        .get::<SignedIn, _, _>("/cases", forgetful)
        .get::<SignedIn, _, _>("/wide", narrow)
        .get::<Reporter, _, _>("/api/v1/own", own)
        .post::<Reporter, _, _>("/cases", forgetful)
        .post::<Reporter, _, _>("/api/v1/cases", forgetful)
        .put::<Officer, _, _>("/api/v1/cases/{id}", forgetful)
        .get::<Auditing, _, _>("/api/v1/cases/{id}/notified", forgetful)
        .delete::<Admin, _, _>("/api/v1/accounts/{id}", forgetful)
        .finish()
}

#[tokio::test]
async fn every_route_lets_in_exactly_the_roles_of_its_permission() {
    let world = World::new().await;
    let (router, infos) = routes();
    let app = world.app(router);
    assert_eq!(infos.len(), 9);
    for info in infos.iter().filter(|info| info.path != "/wide") {
        let path = info.path.replace("{id}", "x");
        for person in &world.people {
            for request in
                [ask(info.method.clone(), &path).session(person), ask(info.method.clone(), &path).bearer(person)]
            {
                let answer = request.of(&app).await;
                let may = info.roles.is_empty() || info.roles.contains(&person.role);
                let expected = if may { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(answer.status, expected, "{} {} as {}", info.method, info.path, person.role);
            }
        }
        let stranger = ask(info.method.clone(), &path).of(&app).await;
        let expected = match (info.roles.is_empty(), info.path.starts_with("/api/")) {
            (true, _) => StatusCode::OK,
            (false, true) => StatusCode::UNAUTHORIZED,
            (false, false) => StatusCode::SEE_OTHER,
        };
        assert_eq!(stranger.status, expected, "{} {} as nobody", info.method, info.path);
        assert!(!stranger.body.contains("inside"));
    }
}

#[tokio::test]
async fn a_handler_may_ask_for_more_than_its_route_and_learns_who_calls() {
    let world = World::new().await;
    let app = world.app(routes().0);
    let officer = world.person(Role::Officer);
    assert_eq!(get("/wide").session(officer).of(&app).await.body, officer.id.to_string());
    assert_eq!(get("/wide").session(world.person(Role::Admin)).of(&app).await.status, StatusCode::FORBIDDEN);
    let own = get("/api/v1/own").bearer(world.person(Role::Reporter)).of(&app).await;
    assert_eq!(own.body, "true Some(Line(\"Musée de Manega\"))");
    assert_eq!(get("/hello").of(&app).await.body, "stranger");
    assert_eq!(get("/hello").session(officer).of(&app).await.body, "The officer");
}

#[tokio::test]
async fn a_program_without_authority_is_told_how_to_show_it() {
    let world = World::new().await;
    let app = world.app(routes().0);
    let answer = get("/api/v1/cases/x/notified").of(&app).await;
    assert_eq!(answer.code(), "unauthorized");
    assert!(answer.header("www-authenticate").starts_with("Bearer "));
    let wrong = get("/api/v1/cases/x/notified").bearer(world.person(Role::Reporter)).of(&app).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (StatusCode::FORBIDDEN, "forbidden"));
    assert!(wrong.body.contains("Auditor") && wrong.body.contains("Reporter"), "{}", wrong.body);
}

#[tokio::test]
async fn a_browser_is_led_to_sign_in_and_back_to_a_path_of_ours_only() {
    let world = World::new().await;
    let app = world.app(routes().0);
    for (path, location) in [
        ("/cases", "/sign-in?next=/cases"),
        ("/cases?after=2&q=%C3%A9", "/sign-in?next=/cases%3Fafter%3D2%26q%3D%25C3%25A9"),
        ("http://evil.example/cases", "/sign-in?next=/cases"),
        ("/cases?next=//evil.example", "/sign-in?next=/cases%3Fnext%3D//evil.example"),
    ] {
        assert_eq!(get(path).of(&app).await.header("location"), location, "{path}");
    }
    // What was posted cannot be looked at again.
    assert_eq!(post("/cases").of(&app).await.header("location"), "/sign-in");
}

#[tokio::test]
async fn a_browser_without_the_role_is_told_who_has_it_and_finds_its_way_on() {
    let world = World::new().await;
    let app = world.app(routes().0);
    let answer = post("/cases").session(world.person(Role::Auditor)).of(&app).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.is_page() && answer.body.contains("Duty officer") && answer.body.contains("href=\"/\""));
    // Whoever is signed in keeps the navigation.
    assert!(answer.body.contains("The auditor") && answer.body.contains("href=\"/ledger\""), "{}", answer.body);
}

#[tokio::test]
async fn an_ended_session_a_revoked_token_and_a_disabled_account_act_at_once() {
    let world = World::new().await;
    let app = world.app(routes().0);
    let officer = world.person(Role::Officer);
    let status = async |person| get("/cases").session(person).of(&app).await.status;
    assert_eq!(status(officer).await, StatusCode::OK);
    world.hand.advance(SESSION + Duration::from_secs(1));
    assert_eq!(status(officer).await, StatusCode::SEE_OTHER);
    assert_eq!(get("/cases").bearer(officer).of(&app).await.status, StatusCode::OK);
    let mut tx = world.auth.db.begin().await.unwrap();
    identity::set_disabled(&mut tx, officer.id, Some(world.hand.now())).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(get("/api/v1/own").bearer(officer).of(&app).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_database_that_is_away_is_never_taken_for_a_stranger() {
    let world = World::new().await;
    let app = world.app(routes().0);
    world.auth.db.close().await;
    let officer = world.person(Role::Officer);
    let answer = get("/api/v1/own").bearer(officer).of(&app).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable"));
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(get("/cases").session(officer).of(&app).await.status, StatusCode::SERVICE_UNAVAILABLE);
    // What nobody needs to sign in for does not need the database.
    let style = get("/assets/any/tocsin.css").session(officer).of(&app).await;
    assert_eq!(style.status, StatusCode::OK);
}

#[tokio::test]
async fn a_guarded_route_outside_of_the_app_lets_nobody_in() {
    let world = World::new().await;
    let (router, _) = routes();
    let answer = get("/cases").session(world.person(Role::Admin)).of(&router).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn an_unknown_method_is_refused_and_head_is_as_guarded_as_get() {
    let world = World::new().await;
    let app = world.app(routes().0);
    let officer = world.person(Role::Officer);
    let answer = ask(Method::DELETE, "/api/v1/cases").bearer(officer).of(&app).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed"));
    assert_eq!(ask(Method::HEAD, "/api/v1/own").of(&app).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(ask(Method::HEAD, "/api/v1/own").bearer(officer).of(&app).await.status, StatusCode::OK);
}

#[test]
fn the_list_of_routes_says_what_was_registered() {
    let (_, infos) = routes();
    let verify = infos.iter().find(|info| info.method == Method::PUT).unwrap();
    assert_eq!((verify.service, verify.permission, verify.roles), ("test", "Officer", Officer::ROLES));
}
