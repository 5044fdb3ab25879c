//! Institutions, accounts, sessions, tokens. Written by: identity.

mod accounts;
mod failures;
mod sessions;
mod tokens;

pub use accounts::*;
pub use failures::*;
pub use sessions::*;
pub use tokens::*;

use domain::Timestamp;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// Who a session or a token speaks for.
#[derive(Clone, Debug, FromRow)]
pub struct PrincipalRow {
    /// The account.
    pub account_id: AccountId,
    /// The person's name.
    pub name: Line,
    /// What the person may do.
    pub role: Role,
    /// The institution the person reports for.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution_name: Option<Line>,
}

/// Who a session speaks for; nobody if it ended or the account is disabled.
pub async fn principal_by_session(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<PrincipalRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS account_id, a.name, a.role, a.institution_id, i.name AS institution_name
         FROM sessions s
         JOIN accounts a ON a.id = s.account_id
         LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL",
    ).bind(hash.to_vec()).bind(now).fetch_optional(c).await)?)
}

/// Who a bearer token speaks for; nobody if it was revoked, has expired, or the account is disabled.
pub async fn principal_by_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<PrincipalRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS account_id, a.name, a.role, a.institution_id, i.name AS institution_name
         FROM api_tokens t
         JOIN accounts a ON a.id = t.account_id
         LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND a.disabled_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > $2)",
    ).bind(hash.to_vec()).bind(now).fetch_optional(c).await)?)
}
