//! Who may sign in, and what they may do.
//!
//! Owns: institutions, accounts, sessions, API tokens, failed sign-ins. Promises: a password is kept only as an
//! Argon2id hash and a token only as a SHA-256 hash; a sign-in tells nobody whether an address has an account, by text
//! or by time; guessing is slow and locks nobody out; a disabled account, a changed role or password acts on the next
//! request; a token manages no token, password or account, and ends with the password. Must not: decide what a role may
//! do (each route says so itself), put an address or name into a fact or a log.
//!
//! One operation a file: [`create_account`], [`sign_in`], [`sign_out`], [`issue_token`], [`revoke_token`],
//! [`change_password`], [`change_role`], [`disable_account`]. Pages and API call these and add nothing.

mod api;
mod attempt;
mod change_account;
mod change_password;
mod change_role;
mod config;
mod cookie;
mod create_account;
mod deps;
mod disable_account;
mod housekeeping;
mod issue_token;
mod pages;
mod password;
mod permission;
mod refusal;
mod revoke_token;
mod routes;
mod sign_in;
mod sign_out;
mod throttle;

pub use api::openapi;
pub use change_account::ChangeAccountError;
pub use change_password::{ChangePasswordError, change_password, reset_password};
pub use change_role::change_role;
pub use config::Config;
pub use create_account::{CreateAccountError, NewAccount, create_account};
pub use deps::Deps;
pub use disable_account::{disable_account, enable_account};
pub use issue_token::{IssueTokenError, IssuedToken, issue_token};
pub use password::{NewPassword, PasswordError, Passwords, WeakPassword};
pub use revoke_token::revoke_token;
pub use routes::routes;
pub use sign_in::{SignIn, SignInError, SignedIn, sign_in};
pub use sign_out::sign_out;

use bus::Bus;
use contracts::Service;
use tokio_util::sync::CancellationToken;

/// Runs the service until `stop`: its relay and its housekeeping.
pub async fn run(deps: Deps, bus: Bus, stop: CancellationToken) {
    let relay = bus::relay(&bus, &deps.db, &deps.clock, Service::Identity, &deps.bell, &stop);
    tokio::join!(relay, housekeeping::tidy(&deps, &stop));
}
