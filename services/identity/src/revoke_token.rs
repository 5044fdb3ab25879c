//! Revokes a token of its owner's.

use contracts::Service;
use contracts::events::TokenRevokedV1;
use domain::ids::{AccountId, TokenId};
use store::{Tx, identity, outbox};

use crate::Deps;

/// Revokes the token; it is refused from the next request on. `false` if the account has no such token in force,
/// which is also the answer for another's token.
pub async fn revoke_token(deps: &Deps, account_id: AccountId, token_id: TokenId) -> Result<bool, store::Error> {
    let mut tx = deps.db.begin().await?;
    if !identity::revoke_token(&mut tx, token_id, account_id, deps.clock.now()).await? {
        return Ok(false);
    }
    let event = TokenRevokedV1 { token_id, account_id };
    outbox::record(&mut tx, Service::Identity, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(token.id = %token_id, account.id = %account_id, "token revoked");
    Ok(true)
}

/// Revokes every token of an account.
pub(crate) async fn revoke_tokens(tx: &mut Tx, deps: &Deps, account_id: AccountId) -> Result<(), store::Error> {
    for token_id in identity::revoke_tokens_of(tx, account_id, deps.clock.now()).await? {
        let event = TokenRevokedV1 { token_id, account_id };
        outbox::record(tx, Service::Identity, &deps.clock, &event).await?;
    }
    Ok(())
}
