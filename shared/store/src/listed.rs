//! Any number of identifiers as one parameter, so that a statement is planned once and not for each of their numbers.

use sqlx::types::{Json, Uuid};

use crate::Tx;

/// What goes after `IN (SELECT`: [`before`](Self::before), the parameter, [`after`](Self::after).
pub struct Listed {
    pub before: &'static str,
    pub ids: Json<Vec<String>>,
    pub after: &'static str,
}

/// These identifiers for the engine of `tx`.
pub fn listed(tx: &Tx, ids: impl IntoIterator<Item = Uuid>) -> Listed {
    let (before, after) = match tx {
        Tx::Postgres(_) => ("jsonb_array_elements_text(", ")::UUID"),
        Tx::Sqlite(_) => ("unhex(value) FROM json_each(", ")"),
    };
    Listed { before, ids: Json(ids.into_iter().map(|id| id.simple().to_string()).collect()), after }
}
