//! Any number of identifiers as one parameter, so that a statement is planned once and not for each of their numbers.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::types::{Json, Uuid};
use sqlx::{Database, Encode, Postgres, Sqlite, Type};

use crate::Tx;

/// What goes after `IN (SELECT`: [`before`](Self::before), the parameter, [`after`](Self::after).
pub struct Listed {
    pub before: &'static str,
    pub ids: Ids,
    pub after: &'static str,
}

/// These identifiers for the engine of `tx`.
pub fn listed(tx: &Tx, ids: impl IntoIterator<Item = Uuid>) -> Listed {
    let (before, after) = match tx {
        Tx::Postgres(_) => ("UNNEST(", ")"),
        Tx::Sqlite(_) => ("unhex(value) FROM json_each(", ")"),
    };
    Listed { before, ids: Ids(ids.into_iter().collect()), after }
}

/// An array on PostgreSQL. SQLite has none, and gets them as JSON.
pub struct Ids(Vec<Uuid>);

impl Type<Postgres> for Ids {
    fn type_info() -> <Postgres as Database>::TypeInfo {
        <Vec<Uuid> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Ids {
    fn encode_by_ref(&self, buffer: &mut <Postgres as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        Encode::<Postgres>::encode_by_ref(&self.0, buffer)
    }
}

impl Type<Sqlite> for Ids {
    fn type_info() -> <Sqlite as Database>::TypeInfo {
        <Json<Vec<String>> as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Ids {
    fn encode_by_ref(&self, buffer: &mut <Sqlite as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let words: Vec<String> = self.0.iter().map(|id| id.simple().to_string()).collect();
        Encode::<Sqlite>::encode(Json(words), buffer)
    }
}
