//! Shuts an account out, or lets it in again.

use contracts::events::AccountChangedV1;
use domain::ids::AccountId;
use store::identity;

use crate::Deps;
use crate::change_account::{ChangeAccountError, finish, guard, note_changer};
use crate::revoke_token::revoke_tokens;

/// Disables an account: its sessions end and its tokens are revoked for good, at once. `by` is who asks; none is the
/// command line. An account that is disabled already stays as it is.
pub async fn disable_account(
    deps: &Deps,
    account_id: AccountId,
    by: Option<AccountId>,
) -> Result<(), ChangeAccountError> {
    let now = deps.clock.now();
    let mut tx = deps.db.begin().await?;
    let account = guard(&mut tx, account_id, by, false).await?;
    if account.disabled_at.is_some() {
        return Ok(());
    }
    identity::set_disabled(&mut tx, account_id, Some(now)).await?;
    // Should the account be let in again, a token that leaked before must not come back to life with it.
    revoke_tokens(&mut tx, deps, account_id).await?;
    finish(deps, tx, AccountChangedV1 { account_id, role: account.role, enabled: false, changed_by: by }).await
}

/// Lets a disabled account sign in again. An account that is enabled stays as it is.
pub async fn enable_account(
    deps: &Deps,
    account_id: AccountId,
    by: Option<AccountId>,
) -> Result<(), ChangeAccountError> {
    let mut tx = deps.db.begin().await?;
    let account = guard(&mut tx, account_id, by, true).await?;
    if account.disabled_at.is_none() {
        return Ok(());
    }
    identity::set_disabled(&mut tx, account_id, None).await?;
    note_changer(&mut tx, deps, account_id, by).await?;
    finish(deps, tx, AccountChangedV1 { account_id, role: account.role, enabled: true, changed_by: by }).await
}
