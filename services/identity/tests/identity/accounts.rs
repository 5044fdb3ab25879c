//! A change to an account acts at once, and never leaves nobody in charge.

use domain::codes::Role;
use identity::{ChangeAccountError, ChangePasswordError, CreateAccountError, IssueTokenError, NewAccount, SignInError};
use secrecy::ExposeSecret as _;

use crate::{PASSWORD, houses};

const NEW: &str = "the tower answers at dawn";

#[tokio::test]
async fn a_disabled_account_is_out_at_once_and_its_tokens_never_come_back() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let session = house.sign_in("awa@museum.example", PASSWORD).await.unwrap();
        let token = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        identity::disable_account(&house.deps, id, None).await.unwrap();
        assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
        assert!(house.by_token(token.token.expose_secret()).await.is_none(), "{}", house.engine);
        assert!(matches!(house.sign_in("awa@museum.example", PASSWORD).await, Err(SignInError::Refused)));
        let refused = identity::issue_token(&house.deps, id, "another", None).await;
        assert!(matches!(refused, Err(IssueTokenError::NoAccount)), "{}", house.engine);

        identity::enable_account(&house.deps, id, None).await.unwrap();
        assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
        assert!(house.by_token(token.token.expose_secret()).await.is_none(), "{}", house.engine);
        house.sign_in("awa@museum.example", PASSWORD).await.unwrap();
        let facts = house.facts().await;
        let revoked = facts.iter().filter(|(kind, _)| kind == "token.revoked.v1").count();
        assert_eq!(revoked, 1, "{}: {facts:?}", house.engine);
    }
}

#[tokio::test]
async fn disabling_twice_is_one_change() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        for _ in 0..2 {
            identity::disable_account(&house.deps, id, None).await.unwrap();
        }
        let facts = house.facts().await;
        let disabled = facts.iter().filter(|(_, data)| data.contains("\"enabled\":false")).count();
        assert_eq!(disabled, 1, "{}", house.engine);
    }
}

#[tokio::test]
async fn a_new_role_ends_the_sessions_and_binds_the_tokens() {
    for house in houses().await {
        let id = house.account("desk@tocsin.example", Role::Officer).await;
        let session = house.sign_in("desk@tocsin.example", PASSWORD).await.unwrap();
        let token = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        let refused = identity::change_role(&house.deps, id, "reporter", "", None).await;
        assert!(matches!(refused, Err(ChangeAccountError::Invalid(_))), "{}: a reporter has one", house.engine);
        identity::change_role(&house.deps, id, "reporter", "National Museum", None).await.unwrap();
        assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
        let who = house.by_token(token.token.expose_secret()).await.unwrap();
        assert_eq!(who.role, Role::Reporter, "{}", house.engine);
        assert_eq!(who.institution_name.unwrap().as_str(), "National Museum", "{}", house.engine);
    }
}

#[tokio::test]
async fn nobody_locks_themselves_out_and_somebody_stays_in_charge() {
    for house in houses().await {
        let first = house.account("first@tocsin.example", Role::Admin).await;
        let alone = identity::disable_account(&house.deps, first, None).await;
        assert!(matches!(alone, Err(ChangeAccountError::LastAdmin)), "{}", house.engine);
        let alone = identity::change_role(&house.deps, first, "auditor", "", None).await;
        assert!(matches!(alone, Err(ChangeAccountError::LastAdmin)), "{}", house.engine);

        let second = house.account("second@tocsin.example", Role::Admin).await;
        let own = identity::disable_account(&house.deps, first, Some(first)).await;
        assert!(matches!(own, Err(ChangeAccountError::Oneself)), "{}", house.engine);
        // At the same moment each disables the other: one of them is told that the other is the last.
        let (a, b) = tokio::join!(
            identity::disable_account(&house.deps, first, Some(second)),
            identity::disable_account(&house.deps, second, Some(first)),
        );
        assert_eq!(u8::from(a.is_ok()) + u8::from(b.is_ok()), 1, "{}: {a:?} {b:?}", house.engine);
    }
}

#[tokio::test]
async fn a_changed_password_ends_every_session_and_the_old_one_is_dead() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let mut sessions = Vec::new();
        for _ in 0..2 {
            sessions.push(house.sign_in("awa@museum.example", PASSWORD).await.unwrap());
        }
        let wrong = identity::change_password(&house.deps, id, "wrong".into(), &NEW.into()).await;
        assert!(matches!(wrong, Err(ChangePasswordError::Invalid(_))), "{}", house.engine);
        let weak = identity::change_password(&house.deps, id, PASSWORD.into(), &"short".into()).await;
        assert!(matches!(weak, Err(ChangePasswordError::Invalid(_))), "{}", house.engine);
        let token = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        identity::change_password(&house.deps, id, PASSWORD.into(), &NEW.into()).await.unwrap();
        assert!(house.by_token(token.token.expose_secret()).await.is_none(), "{}", house.engine);
        let facts = house.facts().await;
        assert!(facts.iter().any(|(kind, _)| kind == "token.revoked.v1"), "{}: {facts:?}", house.engine);
        for session in sessions {
            assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
        }
        assert!(matches!(house.sign_in("awa@museum.example", PASSWORD).await, Err(SignInError::Refused)));
        house.sign_in("awa@museum.example", NEW).await.unwrap();
    }
}

#[tokio::test]
async fn a_stolen_session_cannot_guess_the_password_any_faster() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        for _ in 0..5 {
            let wrong = identity::change_password(&house.deps, id, "wrong".into(), &NEW.into()).await;
            assert!(matches!(wrong, Err(ChangePasswordError::Invalid(_))), "{}", house.engine);
        }
        let wait = identity::change_password(&house.deps, id, PASSWORD.into(), &NEW.into()).await;
        assert!(matches!(wait, Err(ChangePasswordError::Wait { secs: 2 })), "{}: {wait:?}", house.engine);
    }
}

#[tokio::test]
async fn an_administrator_sets_a_forgotten_password() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let session = house.sign_in("awa@museum.example", PASSWORD).await.unwrap();
        let token = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        identity::reset_password(&house.deps, id, &NEW.into(), None).await.unwrap();
        assert!(house.by_token(token.token.expose_secret()).await.is_none(), "{}", house.engine);
        assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
        house.sign_in("awa@museum.example", NEW).await.unwrap();
        identity::disable_account(&house.deps, id, None).await.unwrap();
        let shut = identity::reset_password(&house.deps, id, &PASSWORD.into(), None).await;
        assert!(matches!(shut, Err(ChangePasswordError::NoAccount)), "{}", house.engine);
    }
}

#[tokio::test]
async fn who_made_an_account_is_noted_whatever_its_owner_does() {
    for house in houses().await {
        let (admin, now) = (house.account("root@x.example", Role::Admin).await, house.deps.clock.now());
        let one_hand = async |id| {
            let mut tx = house.deps.db.read().await.unwrap();
            store::identity::one_hand(&mut tx, admin, id, now).await.unwrap()
        };
        let new = NewAccount {
            email: "new@x.example".to_owned(),
            name: "Somebody".to_owned(),
            role: "officer".to_owned(),
            institution: String::new(),
            password: PASSWORD.into(),
        };
        let created = identity::create_account(&house.deps, new, Some(admin)).await.unwrap();
        identity::change_password(&house.deps, created, PASSWORD.into(), &NEW.into()).await.unwrap();
        assert!(one_hand(created).await, "{}: whoever knew the first password could change it", house.engine);
        let others = ["a@x.example", "b@x.example", "c@x.example"];
        let mut ids = Vec::new();
        for email in others {
            ids.push(house.account(email, Role::Officer).await);
        }
        for id in &ids {
            assert!(!one_hand(*id).await, "{}: the command line is nobody", house.engine);
        }
        identity::reset_password(&house.deps, ids[0], &NEW.into(), Some(admin)).await.unwrap();
        identity::change_role(&house.deps, ids[1], "auditor", "", Some(admin)).await.unwrap();
        identity::disable_account(&house.deps, ids[2], None).await.unwrap();
        identity::enable_account(&house.deps, ids[2], Some(admin)).await.unwrap();
        for id in ids {
            assert!(one_hand(id).await, "{}", house.engine);
        }
    }
}

#[tokio::test]
async fn one_address_has_one_account_whatever_its_case() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let again = NewAccount {
            email: "Awa@Museum.Example".to_owned(),
            name: "Somebody else".to_owned(),
            role: "admin".to_owned(),
            institution: "A museum that must not stay behind".to_owned(),
            password: PASSWORD.into(),
        };
        let taken = identity::create_account(&house.deps, again, None).await;
        assert!(matches!(taken, Err(CreateAccountError::AddressTaken)), "{}", house.engine);
        let mut tx = house.deps.db.read().await.unwrap();
        let institutions = store::identity::institutions(&mut tx, 10).await.unwrap();
        assert_eq!(institutions.len(), 1, "{}: all or nothing", house.engine);
    }
}
