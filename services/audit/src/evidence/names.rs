//! Officers by their names, each looked up once.

use std::collections::BTreeMap;

use domain::ids::AccountId;
use store::{Error, Tx, identity};

#[derive(Default)]
pub(super) struct Names(BTreeMap<AccountId, String>);

impl Names {
    pub(super) async fn of(&mut self, tx: &mut Tx, id: AccountId) -> Result<String, Error> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let found = identity::account(tx, id).await?;
        // An account that is gone is still the one that acted.
        let name = found.map_or_else(|| id.to_string(), |account| account.name.to_string());
        self.0.insert(id, name.clone());
        Ok(name)
    }
}
