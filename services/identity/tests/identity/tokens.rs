//! A token is stored only as a hash, is its owner's alone, and ends when it should.

use std::time::Duration;

use domain::codes::Role;
use identity::IssueTokenError;
use secrecy::ExposeSecret as _;

use crate::{house, houses};

#[tokio::test]
async fn only_the_hash_of_a_token_opens_anything() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let issued = identity::issue_token(&house.deps, id, "bridge", None).await.unwrap();
        let token = issued.token.expose_secret();
        assert_eq!(house.by_token(token).await.unwrap().account_id, id, "{}", house.engine);
        // What a thief of the database has does not work as a token, and the token itself is nowhere stored.
        let mut tx = house.deps.db.read().await.unwrap();
        let now = house.deps.clock.now();
        assert!(store::identity::principal_by_token(&mut tx, token.as_bytes(), now).await.unwrap().is_none());
        assert!(house.by_session(token).await.is_none(), "{}: a token is no session", house.engine);
    }
}

#[tokio::test]
async fn a_token_ends_by_its_day_by_its_owner_and_by_nobody_else() {
    for house in houses().await {
        let id = house.account("awa@museum.example", Role::Reporter).await;
        let other = house.account("ben@museum.example", Role::Reporter).await;
        let lasting = identity::issue_token(&house.deps, id, "lasting", None).await.unwrap();
        let short = identity::issue_token(&house.deps, id, "short", Some(1)).await.unwrap();
        house.hand.advance(Duration::from_hours(24));
        assert!(house.by_token(short.token.expose_secret()).await.is_none(), "{}", house.engine);

        assert!(!identity::revoke_token(&house.deps, other, lasting.id).await.unwrap(), "{}", house.engine);
        assert!(house.by_token(lasting.token.expose_secret()).await.is_some(), "{}", house.engine);
        assert!(identity::revoke_token(&house.deps, id, lasting.id).await.unwrap(), "{}", house.engine);
        assert!(house.by_token(lasting.token.expose_secret()).await.is_none(), "{}", house.engine);
        assert!(!identity::revoke_token(&house.deps, id, lasting.id).await.unwrap(), "{}: once", house.engine);
    }
}

#[tokio::test]
async fn one_account_has_at_most_fifty_tokens_in_force() {
    let house = house().await;
    let id = house.account("awa@museum.example", Role::Reporter).await;
    for n in 0..50 {
        identity::issue_token(&house.deps, id, &format!("token {n}"), Some(1)).await.unwrap();
    }
    let refused = identity::issue_token(&house.deps, id, "one more", None).await;
    assert!(matches!(refused, Err(IssueTokenError::TooMany { most: 50 })), "{refused:?}");
    house.hand.advance(Duration::from_hours(24));
    identity::issue_token(&house.deps, id, "one more", None).await.unwrap();
}
