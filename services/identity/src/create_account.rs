//! Creates an account, and its institution if it is a new one.

use contracts::Service;
use contracts::events::AccountChangedV1;
use domain::codes::Role;
use domain::ids::{AccountId, InstitutionId};
use domain::text::Line;
use domain::{FieldErrors, Mailbox};
use secrecy::{ExposeSecret as _, SecretString};
use store::identity::{self, NewAccountRow};
use store::outbox;

use crate::Deps;
use crate::change_account::note_changer;
use crate::password::{NewPassword, PasswordError};

/// An account as it is asked for; every field as typed.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// The address it signs in with. Case does not matter.
    pub email: String,
    /// The person's name.
    pub name: String,
    /// `reporter`, `officer`, `auditor` or `admin`.
    pub role: String,
    /// The institution's name; blank for none. A reporter must have one.
    #[serde(default)]
    pub institution: String,
    /// The first password.
    pub password: SecretString,
}

/// Why an account was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateAccountError {
    /// Fields that do not obey their rules.
    #[error("accept the account's fields")]
    Invalid(FieldErrors),
    /// The address has an account already.
    #[error("create a second account for one address")]
    AddressTaken,
    /// The password could not be hashed.
    #[error("hash the password")]
    Password(#[source] PasswordError),
    /// The database failed.
    #[error("store the account")]
    Store(#[from] store::Error),
}

struct Parsed {
    email: Mailbox,
    name: Line,
    role: Role,
    institution: Option<Line>,
    password: NewPassword,
}

fn parse(new: &NewAccount) -> Result<Parsed, FieldErrors> {
    let mut errors = FieldErrors::new();
    let email = errors.required("/email", Some(&new.email.to_lowercase()));
    let name = errors.required("/name", Some(&new.name));
    let role = errors.required("/role", Some(&new.role));
    let institution = institution_for(&mut errors, role, &new.institution);
    let password = match new.password.expose_secret().parse::<NewPassword>() {
        Ok(password) => Some(password),
        Err(weak) => {
            errors.push("/password", weak.to_string());
            None
        }
    };
    let parsed = match (email, name, role, password) {
        (Some(email), Some(name), Some(role), Some(password)) => {
            Some(Parsed { email, name, role, institution, password })
        }
        _ => None,
    };
    errors.into_result(parsed)
}

/// The institution of an account of `role`: a reporter without one would see nothing and own nothing.
pub(crate) fn institution_for(errors: &mut FieldErrors, role: Option<Role>, text: &str) -> Option<Line> {
    let institution = errors.optional("/institution", Some(text));
    if role == Some(Role::Reporter) && text.trim().is_empty() {
        errors.push("/institution", "is required for a reporter");
    }
    institution
}

/// Creates an account. `by` is who asks; none is the command line.
pub async fn create_account(
    deps: &Deps,
    new: NewAccount,
    by: Option<AccountId>,
) -> Result<AccountId, CreateAccountError> {
    let Parsed { email, name, role, institution, password } = parse(&new).map_err(CreateAccountError::Invalid)?;
    let password_hash = deps.passwords.hash(password).await.map_err(CreateAccountError::Password)?;
    let now = deps.clock.now();
    let id = AccountId::generate(&deps.clock);
    let mut tx = deps.db.begin().await?;
    let institution_id = match &institution {
        Some(name) => {
            let fresh = InstitutionId::generate(&deps.clock);
            Some(identity::find_or_create_institution(&mut tx, fresh, name, None, now).await?)
        }
        None => None,
    };
    let row = NewAccountRow {
        id,
        email: &email,
        name: &name,
        role,
        institution_id,
        password_hash: &password_hash,
        created_at: now,
    };
    if !identity::create_account(&mut tx, &row).await? {
        return Err(CreateAccountError::AddressTaken);
    }
    note_changer(&mut tx, deps, id, by).await?;
    let event = AccountChangedV1 { account_id: id, role, enabled: true, changed_by: by };
    outbox::record(&mut tx, Service::Identity, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(account.id = %id, account.role = role.as_str(), "account created");
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(email: &str, role: &str, institution: &str, password: &str) -> NewAccount {
        NewAccount {
            email: email.to_owned(),
            name: "Awa Kaboré".to_owned(),
            role: role.to_owned(),
            institution: institution.to_owned(),
            password: password.into(),
        }
    }

    #[test]
    fn a_reporter_needs_an_institution_and_all_errors_come_together() {
        let errors = parse(&new("nobody", "reporter", " ", "short")).err().unwrap();
        let pointers: Vec<_> = errors.as_slice().iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(pointers, ["/email", "/institution", "/password"]);
        assert!(parse(&new("a@x.example", "officer", "", "correct horse battery")).is_ok());
        assert!(parse(&new("a@x.example", "emperor", "", "correct horse battery")).is_err());
    }

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let parsed = parse(&new("Awa.K@Museum.Example", "admin", "", "correct horse battery")).ok().unwrap();
        assert_eq!(parsed.email.as_str(), "awa.k@museum.example");
    }
}
