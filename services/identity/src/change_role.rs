//! Gives an account another role, or another institution.

use contracts::events::AccountChangedV1;
use domain::FieldErrors;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use store::identity;

use crate::Deps;
use crate::change_account::{ChangeAccountError, finish, guard, note_changer};
use crate::create_account::institution_for;

/// Changes role and institution, both as typed; a blank institution is none. The account's sessions end; its tokens
/// stay and carry the new role from the next request on. `by` is who asks; none is the command line.
pub async fn change_role(
    deps: &Deps,
    account_id: AccountId,
    role: &str,
    institution: &str,
    by: Option<AccountId>,
) -> Result<(), ChangeAccountError> {
    let mut errors = FieldErrors::new();
    let role: Option<Role> = errors.required("/role", Some(role));
    let institution = institution_for(&mut errors, role, institution);
    let role = errors.into_result(role).map_err(ChangeAccountError::Invalid)?;

    let mut tx = deps.db.begin().await?;
    let account = guard(&mut tx, account_id, by, role == Role::Admin).await?;
    let institution_id = match &institution {
        Some(name) => {
            let fresh = InstitutionId::generate(&deps.clock);
            Some(identity::find_or_create_institution(&mut tx, fresh, name, None, deps.clock.now()).await?)
        }
        None => None,
    };
    identity::set_role(&mut tx, account_id, role, institution_id).await?;
    note_changer(&mut tx, deps, account_id, by).await?;
    let enabled = account.disabled_at.is_none();
    finish(deps, tx, AccountChangedV1 { account_id, role, enabled, changed_by: by }).await
}
