//! Opens a session for whoever knows the address and password of an enabled account.
//!
//! Neither the answer nor its time tells whether an address has an account: every try is counted, every try costs one
//! hash, every refusal has one text.

use std::net::IpAddr;
use std::time::Duration;

use contracts::Service;
use contracts::events::SessionOpenedV1;
use domain::Mailbox;
use domain::ids::AccountId;
use metrics::counter;
use secrecy::SecretString;
use store::{identity, outbox};
use web::token;

use crate::Deps;
use crate::attempt::{self, Key};
use crate::password::PasswordError;

/// A try to sign in.
#[derive(Clone, Debug)]
pub struct SignIn<'a> {
    /// The address, as typed.
    pub email: &'a str,
    /// The password, as typed.
    pub password: SecretString,
    /// The session token the browser came with; its session ends, so that nobody goes on in two.
    pub previous: Option<&'a str>,
    /// From which network it comes, if that is known: guessing is slow there as well, whichever accounts are tried.
    pub network: Option<IpAddr>,
}

/// An opened session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The new session's token, for the cookie and nowhere else.
    pub token: SecretString,
    /// How long it lasts.
    pub length: Duration,
    /// The account.
    pub account_id: AccountId,
}

/// Why no session was opened.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// No such account, a wrong password, or a disabled account: the same text for all.
    #[error("sign in: the address or the password is wrong")]
    Refused,
    /// Too many failures with this address, or from this network.
    #[error("sign in before {secs} seconds have passed")]
    Wait {
        /// After so many seconds the password is looked at again.
        secs: u64,
    },
    /// The password could not be checked.
    #[error("check the password")]
    Password(#[source] PasswordError),
    /// The database failed.
    #[error("store the session")]
    Store(#[from] store::Error),
}

/// Signs in.
pub async fn sign_in(deps: &Deps, request: SignIn<'_>) -> Result<SignedIn, SignInError> {
    let result = try_sign_in(deps, request).await;
    let name = match &result {
        Ok(_) => "signed_in",
        Err(SignInError::Refused) => "refused",
        Err(SignInError::Wait { .. }) => "wait",
        Err(SignInError::Password(_) | SignInError::Store(_)) => "failed",
    };
    counter!("sign_ins_total", "result" => name).increment(1);
    result
}

async fn try_sign_in(deps: &Deps, request: SignIn<'_>) -> Result<SignedIn, SignInError> {
    let network = request.network.map(Key::of_network);
    let keys: Vec<Key> = network.into_iter().chain([Key::of(request.email)]).collect();
    if let Some(secs) = attempt::begin(deps, &keys).await? {
        return Err(SignInError::Wait { secs });
    }

    let mut tx = deps.db.read().await?;
    let credential = match request.email.trim().to_lowercase().parse::<Mailbox>() {
        Ok(email) => identity::credential(&mut tx, &email).await?.filter(|found| found.disabled_at.is_none()),
        Err(_) => None,
    };
    tx.commit().await?;

    let stored = credential.as_ref().map(|found| found.password_hash.as_str());
    let right = deps.passwords.verify(stored, request.password).await.map_err(SignInError::Password)?;
    let Some(checked) = credential.filter(|_| right) else { return Err(SignInError::Refused) };

    let now = deps.clock.now();
    let (token, token_hash) = token::generate();
    let length = deps.config.session_length();
    let mut tx = deps.db.begin().await?;
    // The account may have been disabled, or its password changed, while the hash was computed.
    let still = identity::lock_enabled_account(&mut tx, checked.account_id).await?;
    let Some(account) = still.filter(|found| found.password_hash == checked.password_hash) else {
        return Err(SignInError::Refused);
    };
    attempt::succeeded(&mut tx, &keys).await?;
    if let Some(previous) = request.previous {
        identity::end_session(&mut tx, &token::hash(previous)).await?;
    }
    identity::open_session(&mut tx, &token_hash, account.account_id, now, now.plus(length)).await?;
    let event = SessionOpenedV1 { account_id: account.account_id };
    outbox::record(&mut tx, Service::Identity, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(account.id = %account.account_id, "signed in");
    Ok(SignedIn { token: token.into(), length, account_id: account.account_id })
}
