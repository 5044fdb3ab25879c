//! Ends a session at its owner's wish.

use store::identity;

use crate::Deps;
use crate::secret::sha256;

/// Ends the session of this token, if there is one. Other sessions of the account go on.
pub async fn sign_out(deps: &Deps, token: &str) -> Result<(), store::Error> {
    let mut tx = deps.db.begin().await?;
    identity::end_session(&mut tx, &sha256(token)).await?;
    tx.commit().await
}
