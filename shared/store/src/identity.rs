//! Institutions, accounts, sessions, tokens, failed sign-ins. Written by: identity.
//!
//! Every service reads here who is asking ([`principal_by_session`], [`principal_by_token`]): the account is read on
//! each request, so that a disabled account, a changed role or an ended session acts at once.

mod accounts;
mod failures;
mod sessions;
mod tokens;

use domain::Timestamp;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

pub use accounts::{
    AccountRow, CredentialRow, NewAccountRow, account, accounts, create_account, credential,
    find_or_create_institution, institution, institution_name, institutions, lock_enabled_account, lock_enabled_admins,
    note_changer, one_hand, set_disabled, set_password_hash, set_role,
};
pub use failures::{FailureRow, clear_failures, count_failure, forget_failures, forgive_failure, lock_failures};
pub use sessions::{end_session, end_sessions_of, forget_sessions, open_session};
pub use tokens::{NewTokenRow, TokenRow, issue_token, revoke_token, revoke_tokens_of, tokens_in_force, tokens_of};

/// Who a session or a token speaks for: an enabled account.
#[derive(Clone, Debug, FromRow)]
pub struct PrincipalRow {
    /// The account.
    pub account_id: AccountId,
    /// The person's name.
    pub name: Line,
    /// What the person may do, as it stands now.
    pub role: Role,
    /// The institution the person reports for; a reporter always has one.
    pub institution_id: Option<InstitutionId>,
    /// Its name.
    pub institution_name: Option<Line>,
}

/// Who a session speaks for; nobody if it is unknown or over, or the account disabled.
pub async fn principal_by_session(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<PrincipalRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS account_id, a.name, a.role, a.institution_id, i.name AS institution_name
         FROM sessions s
         JOIN accounts a ON a.id = s.account_id
         LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.disabled_at IS NULL",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(c)
    .await)?)
}

/// Who a bearer token speaks for; nobody if it is unknown, over or revoked, or the account disabled.
pub async fn principal_by_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<PrincipalRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS account_id, a.name, a.role, a.institution_id, i.name AS institution_name
         FROM api_tokens t
         JOIN accounts a ON a.id = t.account_id
         LEFT JOIN institutions i ON i.id = a.institution_id
         WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND a.disabled_at IS NULL
           AND (t.expires_at IS NULL OR t.expires_at > $2)",
    )
    .bind(hash)
    .bind(now)
    .fetch_optional(c)
    .await)?)
}
