//! What a caller hears when an operation was not done: fields to correct, or a problem.

use std::time::Duration;

use domain::FieldErrors;
use web::Problem;

use crate::{ChangeAccountError, ChangePasswordError, CreateAccountError, IssueTokenError, PasswordError};

/// A page shows fields again with what was typed; a program gets either as a problem document.
pub(crate) enum Refusal {
    Fields(FieldErrors),
    Problem(Problem),
}

impl Refusal {
    fn field(pointer: &str, message: impl Into<String>) -> Self {
        let mut errors = FieldErrors::new();
        errors.push(pointer, message);
        Self::Fields(errors)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fields(errors) => errors.into(),
            Refusal::Problem(problem) => problem,
        }
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Problem(error.into())
    }
}

/// Too many sign-ins at once are no error of ours or theirs: the same request works a little later.
pub(crate) fn password_problem(error: &PasswordError) -> Problem {
    match error {
        PasswordError::Busy => {
            let detail = "Too many people are signing in at this moment. Please try again in a few seconds.";
            Problem::unavailable(Duration::from_secs(5), detail)
        }
        PasswordError::Hash(_) | PasswordError::Stored(_) | PasswordError::Thread(_) => Problem::internal(error),
    }
}

impl From<CreateAccountError> for Refusal {
    fn from(error: CreateAccountError) -> Self {
        match error {
            CreateAccountError::Invalid(errors) => Self::Fields(errors),
            CreateAccountError::AddressTaken => Self::field("/email", "has an account already"),
            CreateAccountError::Password(error) => Self::Problem(password_problem(&error)),
            CreateAccountError::Store(error) => error.into(),
        }
    }
}

impl From<IssueTokenError> for Refusal {
    fn from(error: IssueTokenError) -> Self {
        match error {
            IssueTokenError::Invalid(errors) => Self::Fields(errors),
            IssueTokenError::TooMany { most } => {
                let detail = format!("You have {most} tokens in force. Revoke one that is no longer needed.");
                Self::Problem(Problem::conflict("too-many-tokens", detail))
            }
            // Disabled between the check of who asks and now.
            IssueTokenError::NoAccount => Self::Problem(Problem::unauthorized()),
            IssueTokenError::Store(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Refusal {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::Invalid(errors) => Self::Fields(errors),
            ChangePasswordError::Wait { secs } => {
                Self::field("/present", format!("was wrong too often; try again in {}", seconds(secs)))
            }
            ChangePasswordError::NoAccount => {
                let detail = "The account is disabled, or its password was changed at the same moment.";
                Self::Problem(Problem::conflict("account-changed", detail))
            }
            ChangePasswordError::Password(error) => Self::Problem(password_problem(&error)),
            ChangePasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ChangeAccountError> for Refusal {
    fn from(error: ChangeAccountError) -> Self {
        match error {
            ChangeAccountError::Invalid(errors) => Self::Fields(errors),
            ChangeAccountError::NoAccount => Self::Problem(Problem::not_found("account")),
            ChangeAccountError::Oneself => {
                let detail = "You cannot change your own role or access. Ask another administrator.";
                Self::Problem(Problem::conflict("oneself", detail))
            }
            ChangeAccountError::LastAdmin => {
                let detail = "This is the last administrator. Create another one first.";
                Self::Problem(Problem::conflict("last-admin", detail))
            }
            ChangeAccountError::Store(error) => error.into(),
        }
    }
}

/// `1 second`, `8 seconds`.
pub(crate) fn seconds(secs: u64) -> String {
    if secs == 1 { "1 second".to_owned() } else { format!("{secs} seconds") }
}
