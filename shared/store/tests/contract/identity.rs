//! Accounts, sessions, tokens, failed sign-ins.

use std::time::Duration;

use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId, TokenId};
use domain::{Clock, Mailbox, Timestamp};
use store::identity::{self, NewAccountRow, NewTokenRow};
use store::{Db, Tx};

use crate::engines;

fn start() -> Timestamp {
    Timestamp::from_micros(1_795_000_000_000_000)
}

async fn account(tx: &mut Tx, clock: &Clock, email: &str, role: Role) -> AccountId {
    let institution = match role {
        Role::Reporter => {
            let id = InstitutionId::generate(clock);
            let name = "National Museum".parse().unwrap();
            Some(identity::find_or_create_institution(tx, id, &name, None, clock.now()).await.unwrap())
        }
        _ => None,
    };
    let id = AccountId::generate(clock);
    let email: Mailbox = email.parse().unwrap();
    let row = NewAccountRow {
        id,
        email: &email,
        name: &"Awa Kaboré".parse().unwrap(),
        role,
        institution_id: institution,
        password_hash: "$argon2id$x",
        created_at: clock.now(),
    };
    assert!(identity::create_account(tx, &row).await.unwrap());
    id
}

#[tokio::test]
async fn an_institution_is_created_once_and_found_again() {
    for engine in engines().await {
        let clock = Clock::fixed(start()).0;
        let mut tx = engine.db.begin().await.unwrap();
        let name = "Musée national".parse().unwrap();
        let country = Some("BF".parse().unwrap());
        let (first, second) = (InstitutionId::generate(&clock), InstitutionId::generate(&clock));
        let created = identity::find_or_create_institution(&mut tx, first, &name, country, clock.now()).await.unwrap();
        let found = identity::find_or_create_institution(&mut tx, second, &name, None, clock.now()).await.unwrap();
        assert_eq!((created, found), (first, first), "{}", engine.name);
        assert_eq!(identity::institutions(&mut tx, 10).await.unwrap(), [name], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn an_address_has_one_account_and_a_reporter_an_institution() {
    for engine in engines().await {
        let clock = Clock::fixed(start()).0;
        let mut tx = engine.db.begin().await.unwrap();
        let id = account(&mut tx, &clock, "awa@museum.example", Role::Reporter).await;
        let email: Mailbox = "awa@museum.example".parse().unwrap();
        let name = "Somebody else".parse().unwrap();
        let mut row = NewAccountRow {
            id: AccountId::generate(&clock),
            email: &email,
            name: &name,
            role: Role::Officer,
            institution_id: None,
            password_hash: "x",
            created_at: clock.now(),
        };
        assert!(!identity::create_account(&mut tx, &row).await.unwrap(), "{}", engine.name);
        let shown = identity::account(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((shown.role, shown.disabled_at), (Role::Reporter, None));
        assert_eq!(shown.institution.unwrap().as_str(), "National Museum");
        let listed = identity::accounts(&mut tx, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [id], "{}", engine.name);
        assert!(identity::accounts(&mut tx, Some(id), 10).await.unwrap().is_empty(), "{}", engine.name);

        let other: Mailbox = "b@museum.example".parse().unwrap();
        (row.email, row.role) = (&other, Role::Reporter);
        let refused = identity::create_account(&mut tx, &row).await;
        assert!(matches!(refused, Err(store::Error::Refused(_))), "{}: {refused:?}", engine.name);
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_session_lives_until_it_expires_ends_or_its_account_is_disabled() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(start());
        let mut tx = engine.db.begin().await.unwrap();
        let id = account(&mut tx, &clock, "awa@museum.example", Role::Reporter).await;
        let expires = clock.now().plus(Duration::from_secs(60));
        for hash in [[1; 32], [2; 32]] {
            identity::open_session(&mut tx, &hash, id, clock.now(), expires).await.unwrap();
        }
        let who = identity::principal_by_session(&mut tx, &[1; 32], clock.now()).await.unwrap().unwrap();
        assert_eq!((who.account_id, who.role), (id, Role::Reporter), "{}", engine.name);
        assert!(who.institution_id.is_some() && who.institution_name.is_some(), "{}", engine.name);
        assert!(identity::principal_by_session(&mut tx, &[9; 32], clock.now()).await.unwrap().is_none());

        identity::end_session(&mut tx, &[1; 32]).await.unwrap();
        assert!(identity::principal_by_session(&mut tx, &[1; 32], clock.now()).await.unwrap().is_none());
        identity::set_disabled(&mut tx, id, Some(clock.now())).await.unwrap();
        assert!(identity::principal_by_session(&mut tx, &[2; 32], clock.now()).await.unwrap().is_none());
        assert!(identity::lock_enabled_account(&mut tx, id).await.unwrap().is_none(), "{}", engine.name);
        identity::set_disabled(&mut tx, id, None).await.unwrap();
        assert!(identity::principal_by_session(&mut tx, &[2; 32], clock.now()).await.unwrap().is_some());

        hand.advance(Duration::from_secs(60));
        assert!(identity::principal_by_session(&mut tx, &[2; 32], clock.now()).await.unwrap().is_none());
        assert_eq!(identity::forget_sessions(&mut tx, clock.now()).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(identity::end_sessions_of(&mut tx, id).await.unwrap(), 0, "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_token_is_good_until_it_expires_or_its_owner_revokes_it() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(start());
        let mut tx = engine.db.begin().await.unwrap();
        let id = account(&mut tx, &clock, "desk@tocsin.example", Role::Officer).await;
        let stranger = account(&mut tx, &clock, "other@tocsin.example", Role::Officer).await;
        let name = "register bridge".parse().unwrap();
        let mut tokens = Vec::new();
        for (hash, expires_at) in [([1; 32], None), ([2; 32], Some(clock.now().plus(Duration::from_secs(60))))] {
            let token = TokenId::generate(&clock);
            let row = NewTokenRow {
                id: token,
                account_id: id,
                token_hash: &hash,
                name: &name,
                created_at: clock.now(),
                expires_at,
            };
            identity::issue_token(&mut tx, &row).await.unwrap();
            tokens.push(token);
            hand.advance(Duration::from_secs(1));
        }
        let listed = identity::tokens_of(&mut tx, id, 10).await.unwrap();
        assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [tokens[1], tokens[0]], "{}", engine.name);
        let who = identity::principal_by_token(&mut tx, &[2; 32], clock.now()).await.unwrap().unwrap();
        assert_eq!((who.account_id, who.institution_id), (id, None), "{}", engine.name);
        assert_eq!(identity::tokens_in_force(&mut tx, id, clock.now()).await.unwrap(), 2, "{}", engine.name);
        hand.advance(Duration::from_secs(60));
        assert_eq!(identity::tokens_in_force(&mut tx, id, clock.now()).await.unwrap(), 1, "{}", engine.name);
        assert!(identity::principal_by_token(&mut tx, &[2; 32], clock.now()).await.unwrap().is_none());

        assert!(!identity::revoke_token(&mut tx, tokens[0], stranger, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(identity::principal_by_token(&mut tx, &[1; 32], clock.now()).await.unwrap().is_some());
        assert!(identity::revoke_token(&mut tx, tokens[0], id, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(!identity::revoke_token(&mut tx, tokens[0], id, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(identity::principal_by_token(&mut tx, &[1; 32], clock.now()).await.unwrap().is_none());
        assert_eq!(identity::revoke_tokens_of(&mut tx, id, clock.now()).await.unwrap(), [tokens[1]]);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn passwords_and_roles_change_and_admins_are_counted() {
    for engine in engines().await {
        let clock = Clock::fixed(start()).0;
        let mut tx = engine.db.begin().await.unwrap();
        let id = account(&mut tx, &clock, "root@tocsin.example", Role::Admin).await;
        let email: Mailbox = "root@tocsin.example".parse().unwrap();
        identity::set_password_hash(&mut tx, id, "new").await.unwrap();
        assert_eq!(identity::credential(&mut tx, &email).await.unwrap().unwrap().password_hash, "new");
        assert_eq!(identity::lock_enabled_admins(&mut tx).await.unwrap(), 1, "{}", engine.name);
        identity::set_role(&mut tx, id, Role::Auditor, None).await.unwrap();
        assert_eq!(identity::lock_enabled_admins(&mut tx).await.unwrap(), 0, "{}", engine.name);
        let nobody = identity::set_role(&mut tx, AccountId::generate(&clock), Role::Admin, None).await;
        assert!(matches!(nobody, Err(store::Error::RowsAffected { .. })), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

async fn guess(db: &Db, now: Timestamp) {
    let mut tx = db.begin().await.unwrap();
    let known = identity::lock_failures(&mut tx, &[7; 32], now).await.unwrap();
    identity::count_failure(&mut tx, &[7; 32], known.failures + 1, now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn failures_sent_at_the_same_moment_are_all_counted_and_forgotten_with_time() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(start());
        let now = clock.now();
        tokio::join!(guess(&engine.db, now), guess(&engine.db, now), guess(&engine.db, now), guess(&engine.db, now));
        hand.advance(Duration::from_secs(10));
        let mut tx = engine.db.begin().await.unwrap();
        let known = identity::lock_failures(&mut tx, &[7; 32], clock.now()).await.unwrap();
        assert_eq!((known.failures, known.last_at), (4, start()), "{}", engine.name);
        identity::clear_failures(&mut tx, &[7; 32]).await.unwrap();
        let known = identity::lock_failures(&mut tx, &[7; 32], clock.now()).await.unwrap();
        assert_eq!((known.failures, known.last_at), (0, clock.now()), "{}", engine.name);
        assert_eq!(identity::forget_failures(&mut tx, clock.now()).await.unwrap(), 0, "{}", engine.name);
        let later = clock.now().plus(Duration::from_secs(1));
        assert_eq!(identity::forget_failures(&mut tx, later).await.unwrap(), 1, "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn one_hand_is_found_behind_two_accounts_through_others_and_for_some_time() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(start());
        let mut tx = engine.db.begin().await.unwrap();
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(account(&mut tx, &clock, &format!("{n}@x.example"), Role::Admin).await);
        }
        let (admin, helper, one, two, free) = (ids[0], ids[1], ids[2], ids[3], ids[4]);
        for (id, by) in [(helper, admin), (one, helper), (two, admin), (admin, helper)] {
            identity::note_changer(&mut tx, id, by, clock.now()).await.unwrap();
        }
        for (a, b, expected) in
            [(one, two, true), (admin, one, true), (one, admin, true), (free, free, true), (free, one, false)]
        {
            assert_eq!(identity::one_hand(&mut tx, a, b, start()).await.unwrap(), expected, "{}", engine.name);
        }
        hand.advance(Duration::from_secs(1));
        assert!(!identity::one_hand(&mut tx, one, two, clock.now()).await.unwrap(), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
