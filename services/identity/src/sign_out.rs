//! Ends a session at its owner's wish.

use store::identity;
use web::token::hash;

use crate::Deps;

/// Ends the session of this token, if there is one. Other sessions of the account go on.
pub async fn sign_out(deps: &Deps, token: &str) -> Result<(), store::Error> {
    let mut tx = deps.db.begin().await?;
    identity::end_session(&mut tx, &hash(token)).await?;
    tx.commit().await
}
