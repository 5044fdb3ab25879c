//! Why an administrator's change to an account is refused, and what every such change ends with.

use contracts::Service;
use contracts::events::AccountChangedV1;
use domain::FieldErrors;
use domain::codes::Role;
use domain::ids::AccountId;
use store::identity::{self, AccountRow};
use store::{Tx, outbox};

use crate::Deps;

/// Why an account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeAccountError {
    /// Fields that do not obey their rules.
    #[error("accept the account's fields")]
    Invalid(FieldErrors),
    /// There is no such account.
    #[error("find the account")]
    NoAccount,
    /// An administrator cannot take away their own authority by a slip.
    #[error("change one's own role or access")]
    Oneself,
    /// Nobody could manage accounts any more.
    #[error("take away the last administrator")]
    LastAdmin,
    /// The database failed.
    #[error("store the account")]
    Store(#[from] store::Error),
}

/// Refuses what would leave nobody, or not the one who asks, in charge. Keeps the administrators' rows locked.
pub(crate) async fn guard(
    tx: &mut Tx,
    account_id: AccountId,
    by: Option<AccountId>,
    stays_admin: bool,
) -> Result<AccountRow, ChangeAccountError> {
    if by == Some(account_id) {
        return Err(ChangeAccountError::Oneself);
    }
    let admins = identity::lock_enabled_admins(tx).await?;
    let account = identity::account(tx, account_id).await?.ok_or(ChangeAccountError::NoAccount)?;
    if is_last_admin(&account, admins) && !stays_admin {
        return Err(ChangeAccountError::LastAdmin);
    }
    Ok(account)
}

/// Notes who created an account or gave it its role, its access or its password: until some time has passed, the two
/// count as one person where two are asked for. Nobody is noted for the command line, and not an owner for their own.
pub(crate) async fn note_changer(
    tx: &mut Tx,
    deps: &Deps,
    account_id: AccountId,
    by: Option<AccountId>,
) -> Result<(), store::Error> {
    match by.filter(|by| *by != account_id) {
        Some(by) => identity::note_changer(tx, account_id, by, deps.clock.now()).await,
        None => Ok(()),
    }
}

fn is_last_admin(account: &AccountRow, enabled_admins: u64) -> bool {
    account.role == Role::Admin && account.disabled_at.is_none() && enabled_admins <= 1
}

/// Ends the account's sessions, records the change and commits: it acts at once.
pub(crate) async fn finish(deps: &Deps, mut tx: Tx, changed: AccountChangedV1) -> Result<(), ChangeAccountError> {
    identity::end_sessions_of(&mut tx, changed.account_id).await?;
    outbox::record(&mut tx, Service::Identity, &deps.clock, &changed).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(
        account.id = %changed.account_id, account.role = changed.role.as_str(), account.enabled = changed.enabled,
        "account changed"
    );
    Ok(())
}
