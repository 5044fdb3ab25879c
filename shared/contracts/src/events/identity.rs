//! Who may sign in, and who did. Source: identity. Names and addresses stay in its tables.

use domain::codes::Role;
use domain::ids::{AccountId, TokenId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An account was created, changed or disabled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountChangedV1 {
    /// The account.
    pub account_id: AccountId,
    /// Its role after the change.
    pub role: Role,
    /// Whether it may sign in after the change.
    pub enabled: bool,
    /// Who changed it; none when the command line did.
    pub changed_by: Option<AccountId>,
}

/// A person signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionOpenedV1 {
    /// The account.
    pub account_id: AccountId,
}

/// A bearer token was issued.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TokenIssuedV1 {
    /// The token.
    pub token_id: TokenId,
    /// Whose authority it carries.
    pub account_id: AccountId,
}

/// A bearer token was revoked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TokenRevokedV1 {
    /// The token.
    pub token_id: TokenId,
    /// Whose authority it carried.
    pub account_id: AccountId,
}

super::event!(AccountChangedV1, "account.changed.v1", account_id);
super::event!(SessionOpenedV1, "session.opened.v1", account_id);
super::event!(TokenIssuedV1, "token.issued.v1", token_id);
super::event!(TokenRevokedV1, "token.revoked.v1", token_id);
