//! The section `[ledger]`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::note::Origin;
use crate::{KeyError, LedgerKey};

/// Settings of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The file with the signing key: 32 bytes in base64. Made, for its owner alone, when it is not there.
    pub key_path: PathBuf,
    /// The ledger's name in every checkpoint: a host and path that you control, without a scheme.
    pub origin: String,
}

impl Default for Config {
    fn default() -> Self {
        Self { key_path: PathBuf::from("data/ledger.key"), origin: "tocsin.example/ledger".to_owned() }
    }
}

impl Config {
    /// Checks what the types do not say. The error reads `field: rule`.
    pub fn validate(&self) -> Result<(), String> {
        if self.key_path.as_os_str().is_empty() {
            return Err("key_path: must name a file".to_owned());
        }
        self.origin.parse::<Origin>().map(drop).map_err(|rule| format!("origin: {rule}"))
    }

    /// The key in the file, made on the first start.
    pub fn key(&self) -> Result<LedgerKey, KeyError> {
        let origin = self.origin.parse().map_err(KeyError::Origin)?;
        LedgerKey::load_or_create(&self.key_path, origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_not_stand_in_a_note_is_refused() {
        assert_eq!(Config::default().validate(), Ok(()));
        for origin in ["", "our ledger", "a+b"] {
            let config = Config { origin: origin.to_owned(), ..Config::default() };
            assert!(config.validate().unwrap_err().starts_with("origin: must"), "{origin:?}");
            assert!(matches!(config.key(), Err(KeyError::Origin(_))));
        }
        assert!(Config { key_path: PathBuf::new(), ..Config::default() }.validate().is_err());
    }
}
