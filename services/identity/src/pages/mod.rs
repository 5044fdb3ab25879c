//! Pages. They choose a template and add nothing to the operations.

pub(crate) mod account;
pub(crate) mod account_detail;
pub(crate) mod accounts;
pub(crate) mod home;
pub(crate) mod sign_in;

use domain::FieldErrors;
use web::{Flash, FormState};

/// What a redirect may say on the page it leads to. A closed list: the code comes from the address, and a link must
/// not be able to put words into our pages.
fn flash(code: &str) -> Option<Flash> {
    Some(Flash(match code {
        "signed-out" => "You are signed out.",
        "password-changed" => {
            "The password is changed; every session has ended and every token is revoked. Sign in with the new password."
        }
        "token-revoked" => "The token is revoked.",
        "created" => "The account is created.",
        "disabled" => "The account is disabled. Its sessions have ended and its tokens are revoked.",
        "enabled" => "The account may sign in again.",
        "role-changed" => "Role and institution are changed. The account's sessions have ended.",
        "password-reset" => "The password is set. The account's sessions have ended and its tokens are revoked.",
        _ => return None,
    }))
}

/// The form as typed with its errors. Passwords do not come back: a page must not hold one.
fn shown_again(mut typed: Vec<(String, String)>, errors: &FieldErrors) -> FormState {
    typed.retain(|(name, _)| !matches!(name.as_str(), "password" | "present"));
    FormState::new(typed, errors)
}

/// The query of a page that a form leads back to.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct Done {
    done: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_cannot_put_words_into_a_page_and_a_page_holds_no_password() {
        assert_eq!(flash("<b>You have won</b>"), None);
        let typed = vec![("password".to_owned(), "hunter22".to_owned()), ("name".to_owned(), "x".to_owned())];
        let form = shown_again(typed, &FieldErrors::new());
        assert_eq!((form.value("password"), form.value("name")), ("", "x"));
    }
}
