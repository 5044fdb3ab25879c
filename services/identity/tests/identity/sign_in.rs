//! Guessing is slow, an address is not told from another, a session is new each time.

use std::time::Duration;

use domain::codes::Role;
use identity::{SignIn, SignInError};
use secrecy::ExposeSecret as _;

use crate::{PASSWORD, houses};

#[tokio::test]
async fn five_failures_are_free_and_then_each_try_waits_longer() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        for _ in 0..5 {
            let error = house.sign_in("awa@museum.example", "wrong").await.unwrap_err();
            assert!(matches!(error, SignInError::Refused), "{}: {error:?}", house.engine);
        }
        // Also with the right password: else the wait would tell a guesser that this one was right.
        for email in ["awa@museum.example", " AWA@Museum.example"] {
            let error = house.sign_in(email, PASSWORD).await.unwrap_err();
            assert!(matches!(error, SignInError::Wait { secs: 2 }), "{}: {error:?}", house.engine);
        }
        house.hand.advance(Duration::from_secs(2));
        assert!(matches!(house.sign_in("awa@museum.example", "wrong").await, Err(SignInError::Refused)));
        let error = house.sign_in("awa@museum.example", PASSWORD).await.unwrap_err();
        assert!(matches!(error, SignInError::Wait { secs: 4 }), "{}: {error:?}", house.engine);
        house.hand.advance(Duration::from_secs(4));
        house.sign_in("awa@museum.example", PASSWORD).await.unwrap();
        // The count began again.
        assert!(matches!(house.sign_in("awa@museum.example", "wrong").await, Err(SignInError::Refused)));
    }
}

#[tokio::test]
async fn an_address_without_account_and_a_disabled_one_answer_as_a_wrong_password_does() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let disabled = house.account("gone@museum.example", Role::Reporter).await;
        identity::disable_account(&house.deps, disabled, None).await.unwrap();
        let mut told = Vec::new();
        for email in ["awa@museum.example", "gone@museum.example", "nobody@museum.example", "not an address"] {
            let password = if email == "awa@museum.example" { "wrong" } else { PASSWORD };
            let mut answers = Vec::new();
            for _ in 0..7 {
                answers.push(house.sign_in(email, password).await.unwrap_err().to_string());
            }
            told.push(answers);
        }
        assert!(told.iter().all(|answers| *answers == told[0]), "{}: {told:?}", house.engine);
    }
}

#[tokio::test]
async fn guesses_sent_at_the_same_moment_are_counted_one_by_one() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let house = std::sync::Arc::new(house);
        let mut guesses = tokio::task::JoinSet::new();
        for n in 0..30 {
            let house = house.clone();
            guesses.spawn(async move { house.sign_in("awa@museum.example", &format!("guess number {n}")).await });
        }
        let answers = guesses.join_all().await;
        let looked_at = answers.iter().filter(|answer| matches!(answer, Err(SignInError::Refused))).count();
        let waiting = answers.iter().filter(|answer| matches!(answer, Err(SignInError::Wait { .. }))).count();
        assert_eq!((looked_at, waiting), (5, 25), "{}", house.engine);
    }
}

#[tokio::test]
async fn a_network_that_guesses_at_many_accounts_is_slowed_down_and_others_are_not() {
    for house in houses().await {
        house.account("awa@museum.example", Role::Reporter).await;
        let (guesser, other) = (Some("203.0.113.9"), Some("198.51.100.7"));
        for n in 0..30 {
            // Between guesses the guesser's own account succeeds, which must not buy more of them.
            let error = house.sign_in_from(guesser, &format!("person{n}@museum.example"), "winter").await.unwrap_err();
            assert!(matches!(error, SignInError::Refused), "{} {n}: {error:?}", house.engine);
            if n % 10 == 0 {
                house.sign_in_from(guesser, "awa@museum.example", PASSWORD).await.unwrap();
            }
        }
        let error = house.sign_in_from(guesser, "one.more@museum.example", "winter").await.unwrap_err();
        assert!(matches!(error, SignInError::Wait { secs: 20 }), "{}: {error:?}", house.engine);
        house.sign_in_from(other, "awa@museum.example", PASSWORD).await.unwrap();
        house.hand.advance(Duration::from_secs(20));
        house.sign_in_from(guesser, "awa@museum.example", PASSWORD).await.unwrap();
    }
}

#[tokio::test]
async fn every_sign_in_opens_a_new_session_and_ends_the_one_before() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        // A token that somebody else put into the browser beforehand.
        let planted = "tocsin_planted";
        let request =
            |previous| SignIn { email: "awa@museum.example", password: PASSWORD.into(), previous, network: None };
        let first = identity::sign_in(&house.deps, request(Some(planted))).await.unwrap();
        assert_ne!(first.token.expose_secret(), planted);
        assert!(house.by_session(planted).await.is_none(), "{}", house.engine);
        let second = identity::sign_in(&house.deps, request(Some(first.token.expose_secret()))).await.unwrap();
        assert_ne!(first.token.expose_secret(), second.token.expose_secret());
        assert!(house.by_session(first.token.expose_secret()).await.is_none(), "{}", house.engine);
        let who = house.by_session(second.token.expose_secret()).await.unwrap();
        assert_eq!((who.account_id, who.role), (id, Role::Reporter), "{}", house.engine);

        identity::sign_out(&house.deps, second.token.expose_secret()).await.unwrap();
        assert!(house.by_session(second.token.expose_secret()).await.is_none(), "{}", house.engine);
    }
}

#[tokio::test]
async fn a_session_ends_after_its_hours_and_is_not_prolonged_by_use() {
    for house in houses().await {
        house.account("desk@tocsin.example", Role::Officer).await;
        let session = house.sign_in("desk@tocsin.example", PASSWORD).await.unwrap();
        assert_eq!(session.length, Duration::from_hours(12));
        house.hand.advance(Duration::from_hours(12) - Duration::from_secs(1));
        assert!(house.by_session(session.token.expose_secret()).await.is_some(), "{}", house.engine);
        house.hand.advance(Duration::from_secs(1));
        assert!(house.by_session(session.token.expose_secret()).await.is_none(), "{}", house.engine);
    }
}

#[tokio::test]
async fn a_fact_names_nobody_and_holds_no_secret() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let session = house.sign_in("awa@museum.example", PASSWORD).await.unwrap();
        let issued = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        assert!(identity::revoke_token(&house.deps, id, issued.id).await.unwrap(), "{}", house.engine);
        let facts = house.facts().await;
        let mut kinds: Vec<_> = facts.iter().map(|(kind, _)| kind.as_str()).collect();
        kinds.sort_unstable();
        let expected = ["account.changed.v1", "session.opened.v1", "token.issued.v1", "token.revoked.v1"];
        assert_eq!(kinds, expected, "{}", house.engine);
        for (kind, data) in facts {
            for secret in ["@", "Awa", "argon2", session.token.expose_secret(), issued.token.expose_secret()] {
                assert!(!data.contains(secret), "{kind}: {data}");
            }
        }
    }
}
