//! Pages and API through the router, as a browser and a program meet them.

use axum::http::StatusCode;
use domain::codes::Role;
use secrecy::ExposeSecret as _;

use crate::browser::Browser;
use crate::{PASSWORD, house, houses};

#[tokio::test]
async fn the_start_page_leads_to_sign_in_and_then_to_the_cases() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let stranger = Browser::new(&house);
        assert_eq!(stranger.get("/").await.location, "/sign-in", "{}", house.engine);
        assert_eq!(stranger.get("/account").await.location, "/sign-in?next=/account", "{}", house.engine);
        let form = stranger.get("/sign-in?next=/account").await;
        assert_eq!(form.status, StatusCode::OK);
        assert!(form.body.contains(r#"name="next" value="/account""#), "{}", form.body);

        let awa = Browser::signed_in(&house, "awa@museum.example").await;
        assert!(awa.get("/").await.body.contains("Register a case"), "{}", house.engine);
        assert_eq!(awa.get("/sign-in?next=/account").await.location, "/account", "{}", house.engine);
        let page = awa.get("/account").await;
        assert!(page.body.contains("National Museum") && page.body.contains("awa@museum.example"), "{}", page.body);
    }
}

#[tokio::test]
async fn signing_in_leads_only_to_paths_of_ours() {
    let house = house().await;
    house.account("awa@museum.example", Role::Reporter).await;
    let browser = Browser::new(&house);
    let good = [("/account", "/account"), ("/cases/case_1?after=2", "/cases/case_1?after=2"), ("", "/")];
    let evil =
        ["//evil.example", "/\\evil.example", "\\evil", "/%09/evil.example", "/\t/evil.example", "https:evil.example"];
    for (next, expected) in good.into_iter().chain(evil.map(|next| (next, "/"))) {
        let fields = [("email", "awa@museum.example"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/sign-in", &fields).await.location, expected, "{next:?}");
    }
    let form = browser.get("/sign-in?next=//evil.example&done=%3Cb%3Ewon").await;
    assert!(!form.body.contains("evil") && !form.body.contains("won"), "{}", form.body);
}

#[tokio::test]
async fn a_refused_sign_in_shows_the_form_again_and_tells_when_to_try_again() {
    let house = house().await;
    house.account("awa@museum.example", Role::Reporter).await;
    let browser = Browser::new(&house);
    let fields = [("email", "awa@museum.example"), ("password", "hunter2"), ("next", "/account")];
    for _ in 0..5 {
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!((answer.status, answer.cookie.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, ""));
        assert!(answer.body.contains("The address or the password is wrong."), "{}", answer.body);
        assert!(answer.body.contains(r#"value="awa@museum.example""#) && answer.body.contains(r#"value="/account""#));
        assert!(!answer.body.contains("hunter2"), "a page holds no password");
    }
    let answer = browser.post("/sign-in", &fields).await;
    assert_eq!((answer.status, answer.retry_after.as_str()), (StatusCode::TOO_MANY_REQUESTS, "2"));
    assert!(answer.body.contains("Try again in 2 seconds."), "{}", answer.body);
}

#[tokio::test]
async fn a_planted_cookie_is_replaced_and_signing_out_kills_the_session() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let name =
            Browser::signed_in(&house, "awa@museum.example").await.cookie().split('=').next().unwrap().to_owned();
        let planted = format!("{name}=tocsin_planted");
        let browser = Browser::new(&house).with_cookie(&planted);
        let answer = browser.post("/sign-in", &[("email", "awa@museum.example"), ("password", PASSWORD)]).await;
        assert!(answer.cookie.starts_with(&name) && !answer.cookie.contains("planted"), "{}", answer.cookie);
        for flag in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
            assert!(answer.cookie.contains(flag), "{}: {flag}", answer.cookie);
        }
        assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "{}: still a stranger", house.engine);

        let browser = browser.with_cookie(answer.cookie.split(';').next().unwrap());
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "{}", house.engine);
        let out = browser.post("/sign-out", &[]).await;
        assert_eq!(out.location, "/sign-in?done=signed-out", "{}", house.engine);
        assert!(out.cookie.contains("Max-Age=0"), "{}", out.cookie);
        // The browser may keep the cookie; the server has forgotten it.
        assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "{}", house.engine);
    }
}

#[tokio::test]
async fn a_new_token_is_shown_once_and_never_in_an_address() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let awa = Browser::signed_in(&house, "awa@museum.example").await;
        let bad = awa.post("/account/tokens", &[("name", "kept <b>"), ("days", "")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.engine);
        assert!(bad.body.contains("is required") && bad.body.contains("kept &#60;b&#62;"), "{}", bad.body);

        let made = awa.post("/account/tokens", &[("name", "bridge"), ("days", "never")]).await;
        assert_eq!((made.status, made.location.as_str()), (StatusCode::OK, ""), "{}", made.body);
        let start = made.body.find("tocsin_").unwrap();
        let token = &made.body[start..start + 50];
        assert!(!awa.get("/account").await.body.contains(token), "{}", house.engine);

        let program = Browser::with_bearer(&house, token);
        let me: serde_json::Value = serde_json::from_str(&program.get("/api/v1/me").await.body).unwrap();
        assert_eq!((me["role"].as_str(), me["institution"].as_str()), (Some("reporter"), Some("National Museum")));

        let page = awa.get("/account").await.body;
        let action = page.split("action=\"").find(|part| part.contains("/revoke\"")).unwrap();
        assert_eq!(awa.post(action.split('"').next().unwrap(), &[]).await.location, "/account?done=token-revoked");
        assert_eq!(program.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "{}", house.engine);
    }
}

#[tokio::test]
async fn the_api_issues_and_revokes_ones_own_tokens_and_nobody_elses() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let other = house.account("ben@museum.example", Role::Officer).await;
        let token = identity::issue_token(&house.deps, id, "first", None).await.unwrap();
        let others = identity::issue_token(&house.deps, other, "his", None).await.unwrap();
        let bearer = Browser::with_bearer(&house, token.token.expose_secret());
        let refused = bearer.post_json("/api/v1/tokens", r#"{"name": "a thief's own"}"#).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", house.engine);
        assert!(refused.body.contains("not-in-person"), "{}", refused.body);
        let own = format!("/api/v1/tokens/{}", token.id);
        assert_eq!(bearer.delete(&own).await.status, StatusCode::FORBIDDEN, "{}", house.engine);
        let fields = [("present", PASSWORD), ("password", "the tower answers at dawn")];
        assert_eq!(bearer.post("/account/password", &fields).await.status, StatusCode::FORBIDDEN, "{}", house.engine);
        let program = Browser::signed_in(&house, "awa@museum.example").await;

        let made = program.post_json("/api/v1/tokens", r#"{"name": "second", "days": 30}"#).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let made: serde_json::Value = serde_json::from_str(&made.body).unwrap();
        assert!(made["expires_at"].is_string(), "{made}");
        let second = Browser::with_bearer(&house, made["token"].as_str().unwrap());
        assert_eq!(second.get("/api/v1/me").await.status, StatusCode::OK, "{}", house.engine);

        let refused = program.post_json("/api/v1/tokens", r#"{"name": " ", "days": 0}"#).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("/name") && refused.body.contains("/days"), "{}", refused.body);
        let smuggled = program.post_json("/api/v1/tokens", r#"{"name": "x", "role": "admin"}"#).await;
        assert_eq!(smuggled.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", smuggled.body);

        for path in [format!("/api/v1/tokens/{}", others.id), "/api/v1/tokens/token_1".to_owned()] {
            assert_eq!(program.delete(&path).await.status, StatusCode::NOT_FOUND, "{}: {path}", house.engine);
        }
        let path = format!("/api/v1/tokens/{}", made["id"].as_str().unwrap());
        assert_eq!(program.delete(&path).await.status, StatusCode::NO_CONTENT, "{}", house.engine);
        assert_eq!(second.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED, "{}", house.engine);
    }
}

#[tokio::test]
async fn an_administrator_creates_changes_and_disables_an_account() {
    for house in houses().await {
        let root = house.account("root@tocsin.example", Role::Admin).await;
        let admin = Browser::signed_in(&house, "root@tocsin.example").await;
        let fields = [
            ("name", "Awa Kaboré"),
            ("email", "awa@museum.example"),
            ("role", "reporter"),
            ("institution", ""),
            ("password", PASSWORD),
        ];
        let refused = admin.post("/accounts", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", house.engine);
        assert!(refused.body.contains("is required for a reporter"), "{}", refused.body);
        assert!(refused.body.contains("Awa Kaboré") && !refused.body.contains(PASSWORD), "{}", refused.body);

        let mut fields = fields.to_vec();
        fields[3].1 = "Musée national";
        assert_eq!(admin.post("/accounts", &fields).await.location, "/accounts?done=created", "{}", house.engine);
        assert!(admin.post("/accounts", &fields).await.body.contains("has an account already"));
        let list = admin.get("/accounts?done=created").await.body;
        assert!(list.contains("The account is created.") && list.contains("Musée national"), "{list}");

        let token = identity::issue_token(&house.deps, root, "bridge", None).await.unwrap();
        let program = Browser::with_bearer(&house, token.token.expose_secret());
        assert_eq!(program.post("/accounts", &fields).await.status, StatusCode::FORBIDDEN, "{}", house.engine);

        let awa = Browser::signed_in(&house, "awa@museum.example").await;
        let own = root.to_string();
        let href = list.split("href=\"").find(|part| part.starts_with("/accounts/account_") && !part.contains(&own));
        let path = href.unwrap().split('"').next().unwrap().to_owned();
        let page = admin.get(&path).await.body;
        assert!(page.contains(r#"value="reporter" selected"#) && page.contains(r#"value="Musée national""#), "{page}");
        let weak = admin.post(&format!("{path}/password"), &[("password", "short")]).await;
        assert!(
            weak.body.contains("at least 12") && weak.body.contains(r#"value="reporter" selected"#),
            "{}",
            weak.body
        );

        let changed = admin.post(&format!("{path}/role"), &[("role", "auditor"), ("institution", "")]).await;
        assert_eq!(changed.location, format!("{path}?done=role-changed"), "{}", house.engine);
        assert_eq!(awa.get("/account").await.status, StatusCode::SEE_OTHER, "{}: session over", house.engine);
        let awa = Browser::signed_in(&house, "awa@museum.example").await;
        let disabled = admin.post(&format!("{path}/disable"), &[]).await;
        assert_eq!(disabled.location, format!("{path}?done=disabled"), "{}", house.engine);
        assert_eq!(awa.get("/account").await.status, StatusCode::SEE_OTHER, "{}: session over", house.engine);
        assert!(admin.get(&path).await.body.contains("Let it sign in again"), "{}", house.engine);
        let enabled = admin.post(&format!("{path}/enable"), &[]).await;
        assert_eq!(enabled.location, format!("{path}?done=enabled"), "{}", house.engine);

        let own = admin.post(&format!("/accounts/{root}/disable"), &[]).await;
        assert_eq!(own.status, StatusCode::CONFLICT, "{}", house.engine);
        assert!(own.body.contains("Ask another administrator"), "{}", own.body);
        assert_eq!(admin.get("/accounts/account_1").await.status, StatusCode::NOT_FOUND, "{}", house.engine);
    }
}

#[tokio::test]
async fn only_an_administrator_reaches_the_accounts() {
    let house = house().await;
    let target = house.account("root@tocsin.example", Role::Admin).await;
    let (_, routes) = identity::routes(&house.deps).finish();
    let admin_only: Vec<_> = routes.iter().filter(|route| route.path.starts_with("/accounts")).collect();
    assert_eq!(admin_only.len(), 7);
    assert!(admin_only.iter().all(|route| route.roles == [Role::Admin]), "{admin_only:?}");
    let open: Vec<_> = routes.iter().filter(|route| route.roles.is_empty()).map(|route| route.path).collect();
    assert_eq!(open, ["/", "/sign-in", "/sign-in", "/sign-out"]);

    for (email, role) in
        [("a@x.example", Role::Reporter), ("b@x.example", Role::Officer), ("c@x.example", Role::Auditor)]
    {
        house.account(email, role).await;
        let browser = Browser::signed_in(&house, email).await;
        for route in &admin_only {
            let path = route.path.replace("{id}", &target.to_string());
            let answer = match route.method.as_str() {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[("role", "admin")]).await,
            };
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role}: {} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn a_changed_password_signs_the_browser_out() {
    let house = house().await;
    house.account("awa@museum.example", Role::Reporter).await;
    let awa = Browser::signed_in(&house, "awa@museum.example").await;
    let new = "the tower answers at dawn";
    let wrong = awa.post("/account/password", &[("present", "not this one"), ("password", new)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("is not the present password") && !wrong.body.contains(new), "{}", wrong.body);
    let done = awa.post("/account/password", &[("present", PASSWORD), ("password", new)]).await;
    assert_eq!(done.location, "/sign-in?done=password-changed");
    assert!(done.cookie.contains("Max-Age=0"), "{}", done.cookie);
    assert_eq!(awa.get("/account").await.status, StatusCode::SEE_OTHER);
}
