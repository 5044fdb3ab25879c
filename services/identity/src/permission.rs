//! What only a person may who has signed in in a browser.

use domain::codes::Role;
use web::{Admin, Permission, SignedIn};

/// Manages one's own tokens and password.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oneself;

impl Permission for Oneself {
    const NAME: &'static str = "Oneself";
    const ROLES: &'static [Role] = SignedIn::ROLES;
    const IN_PERSON: bool = true;
}

/// Manages everybody's accounts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registrar;

impl Permission for Registrar {
    const NAME: &'static str = "Registrar";
    const ROLES: &'static [Role] = Admin::ROLES;
    const IN_PERSON: bool = true;
}
