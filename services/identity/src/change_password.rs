//! Changes a password: the owner's own, or a forgotten one by an administrator. Every session of the account ends, and
//! every token: who changes a password because it is known to somebody shuts out what that somebody made with it.

use contracts::Service;
use contracts::events::AccountChangedV1;
use domain::FieldErrors;
use domain::ids::AccountId;
use secrecy::{ExposeSecret as _, SecretString};
use store::{identity, outbox};

use crate::Deps;
use crate::attempt::{self, Key};
use crate::change_account::note_changer;
use crate::password::{NewPassword, PasswordError};
use crate::revoke_token::revoke_tokens;

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// Fields that do not obey their rules.
    #[error("accept the new password")]
    Invalid(FieldErrors),
    /// Too many wrong passwords for this account.
    #[error("look at the password before {secs} seconds have passed")]
    Wait {
        /// After so many seconds it is looked at again.
        secs: u64,
    },
    /// The account is not there or disabled.
    #[error("find an enabled account")]
    NoAccount,
    /// The password could not be checked or hashed.
    #[error("check or hash the password")]
    Password(#[source] PasswordError),
    /// The database failed.
    #[error("store the password")]
    Store(#[from] store::Error),
}

/// Changes the password of `account_id`, which must know its present one. A stolen session is slowed down like a
/// guesser at the door.
pub async fn change_password(
    deps: &Deps,
    account_id: AccountId,
    present: SecretString,
    new: &SecretString,
) -> Result<(), ChangePasswordError> {
    let new = parse(new).map_err(ChangePasswordError::Invalid)?;
    let mut tx = deps.db.read().await?;
    let account = identity::account(&mut tx, account_id).await?.ok_or(ChangePasswordError::NoAccount)?;
    let credential = identity::credential(&mut tx, &account.email).await?.ok_or(ChangePasswordError::NoAccount)?;
    tx.commit().await?;
    let key = Key::of(account.email.as_str());
    if let Some(secs) = attempt::begin(deps, &[key]).await? {
        return Err(ChangePasswordError::Wait { secs });
    }
    let stored = Some(credential.password_hash.as_str());
    if !deps.passwords.verify(stored, present).await.map_err(ChangePasswordError::Password)? {
        let mut errors = FieldErrors::new();
        errors.push("/present", "is not the present password");
        return Err(ChangePasswordError::Invalid(errors));
    }
    store(deps, account_id, new, Some(account_id), Some((key, &credential.password_hash))).await
}

/// Gives `account_id` a new password, because its owner forgot the old one. `by` is who asks; none is the command
/// line.
pub async fn reset_password(
    deps: &Deps,
    account_id: AccountId,
    new: &SecretString,
    by: Option<AccountId>,
) -> Result<(), ChangePasswordError> {
    let new = parse(new).map_err(ChangePasswordError::Invalid)?;
    store(deps, account_id, new, by, None).await
}

fn parse(new: &SecretString) -> Result<NewPassword, FieldErrors> {
    new.expose_secret().parse::<NewPassword>().map_err(|weak| {
        let mut errors = FieldErrors::new();
        errors.push("/password", weak.to_string());
        errors
    })
}

/// `checked` is the key to clear and the hash that the present password matched.
async fn store(
    deps: &Deps,
    account_id: AccountId,
    new: NewPassword,
    by: Option<AccountId>,
    checked: Option<(Key, &str)>,
) -> Result<(), ChangePasswordError> {
    let password_hash = deps.passwords.hash(new).await.map_err(ChangePasswordError::Password)?;
    let mut tx = deps.db.begin().await?;
    let account = identity::lock_enabled_account(&mut tx, account_id).await?;
    // Changed by another meanwhile: whoever knew only the old password has no say any more.
    let account = account.filter(|now| checked.is_none_or(|(_, hash)| now.password_hash == hash));
    let account = account.ok_or(ChangePasswordError::NoAccount)?;
    identity::set_password_hash(&mut tx, account_id, &password_hash).await?;
    identity::end_sessions_of(&mut tx, account_id).await?;
    revoke_tokens(&mut tx, deps, account_id).await?;
    note_changer(&mut tx, deps, account_id, by).await?;
    if let Some((key, _)) = checked {
        attempt::succeeded(&mut tx, &[key]).await?;
    }
    let event = AccountChangedV1 { account_id, role: account.role, enabled: true, changed_by: by };
    outbox::record(&mut tx, Service::Identity, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(account.id = %account_id, "password changed");
    Ok(())
}
