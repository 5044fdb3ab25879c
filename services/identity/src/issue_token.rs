//! Issues a bearer token that carries its owner's authority.

use std::time::Duration;

use contracts::Service;
use contracts::events::TokenIssuedV1;
use domain::ids::{AccountId, TokenId};
use domain::text::Line;
use domain::{FieldErrors, Timestamp};
use secrecy::SecretString;
use store::identity::{self, NewTokenRow};
use store::outbox;

use crate::Deps;

/// How many tokens of one account may be in force.
const MOST_TOKENS: i64 = 50;
/// The longest a token that ends can last, in days.
const MOST_DAYS: u32 = 3_650;

/// An issued token.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// By what it is listed and revoked.
    pub id: TokenId,
    /// The token itself: this is the only time it is seen.
    pub token: SecretString,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// Why no token was issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueTokenError {
    /// Fields that do not obey their rules.
    #[error("accept the token's fields")]
    Invalid(FieldErrors),
    /// The account has as many as it may have.
    #[error("issue more than {most} tokens to one account")]
    TooMany {
        /// How many it may have.
        most: i64,
    },
    /// The account is not there or disabled.
    #[error("find an enabled account for the token")]
    NoAccount,
    /// The database failed.
    #[error("store the token")]
    Store(#[from] store::Error),
}

/// Issues a token to `account_id`, called `name` by its owner, good for `days` days or until it is revoked.
pub async fn issue_token(
    deps: &Deps,
    account_id: AccountId,
    name: &str,
    days: Option<u32>,
) -> Result<IssuedToken, IssueTokenError> {
    let (name, length) = parse(name, days).map_err(IssueTokenError::Invalid)?;
    let now = deps.clock.now();
    let expires_at = length.map(|length| now.plus(length));
    let id = TokenId::generate(&deps.clock);
    let (token, token_hash) = web::token::generate();
    let mut tx = deps.db.begin().await?;
    if identity::lock_enabled_account(&mut tx, account_id).await?.is_none() {
        return Err(IssueTokenError::NoAccount);
    }
    if identity::tokens_in_force(&mut tx, account_id, now).await? >= MOST_TOKENS {
        return Err(IssueTokenError::TooMany { most: MOST_TOKENS });
    }
    let row = NewTokenRow { id, account_id, token_hash: &token_hash, name: &name, created_at: now, expires_at };
    identity::issue_token(&mut tx, &row).await?;
    let event = TokenIssuedV1 { token_id: id, account_id };
    outbox::record(&mut tx, Service::Identity, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(token.id = %id, account.id = %account_id, "token issued");
    Ok(IssuedToken { id, token: token.into(), expires_at })
}

fn parse(name: &str, days: Option<u32>) -> Result<(Line, Option<Duration>), FieldErrors> {
    let mut errors = FieldErrors::new();
    let name = errors.required("/name", Some(name));
    if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
        errors.push("/days", format!("must be from 1 to {MOST_DAYS}"));
    }
    let length = days.map(|days| Duration::from_hours(u64::from(days) * 24));
    errors.into_result(name.map(|name| (name, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_a_name_and_a_sensible_end() {
        assert!(parse("bridge", None).is_ok());
        assert_eq!(parse("bridge", Some(2)).unwrap().1, Some(Duration::from_hours(48)));
        let errors = parse(" ", Some(0)).unwrap_err();
        let pointers: Vec<_> = errors.as_slice().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/name", "/days"]);
    }
}
