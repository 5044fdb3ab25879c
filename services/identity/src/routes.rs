//! Every route with its permission.

use web::{Admin, Public, Routes, SignedIn};

use crate::pages::{account, account_detail, accounts, home, sign_in};
use crate::permission::{Oneself, Registrar};
use crate::{Deps, api};

/// The service's routes.
pub fn routes(deps: &Deps) -> Routes<Deps> {
    Routes::new("identity", deps.clone())
        .get::<Public, _, _>("/", home::show)
        .get::<Public, _, _>("/sign-in", sign_in::show)
        .post::<Public, _, _>("/sign-in", sign_in::submit)
        .post::<Public, _, _>("/sign-out", sign_in::leave)
        .get::<SignedIn, _, _>("/account", account::show)
        .post::<Oneself, _, _>("/account/tokens", account::create_token)
        .post::<Oneself, _, _>("/account/tokens/{id}/revoke", account::revoke)
        .post::<Oneself, _, _>("/account/password", account::set_password)
        .get::<Admin, _, _>("/accounts", accounts::list)
        .post::<Registrar, _, _>("/accounts", accounts::create)
        .get::<Admin, _, _>("/accounts/{id}", account_detail::show)
        .post::<Registrar, _, _>("/accounts/{id}/role", account_detail::set_role)
        .post::<Registrar, _, _>("/accounts/{id}/password", account_detail::set_password)
        .post::<Registrar, _, _>("/accounts/{id}/disable", account_detail::disable)
        .post::<Registrar, _, _>("/accounts/{id}/enable", account_detail::enable)
        .get::<SignedIn, _, _>("/api/v1/me", api::me)
        .post::<Oneself, _, _>("/api/v1/tokens", api::create_token)
        .delete::<Oneself, _, _>("/api/v1/tokens/{id}", api::delete_token)
}
