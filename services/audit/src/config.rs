//! The section `[ledger]`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::note::{Origin, VerifierKey};
use crate::{Cosigner, KeyError, LedgerKey, LedgerKeys, WitnessConfig};

/// Settings of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The file with the signing key: 32 bytes in base64. Made, for its owner alone, when it is not there.
    pub key_path: PathBuf,
    /// The file with the key before this one, while a change of keys is under way: every checkpoint is then signed with
    /// both.
    pub previous_key_path: Option<PathBuf>,
    /// The verifier keys of earlier keys that sign no more, so that what they signed can still be checked.
    pub retired_keys: Vec<String>,
    /// Witnesses that are asked to sign each checkpoint.
    pub witnesses: Vec<WitnessConfig>,
    /// The log of the mail server (Postfix), with which the nightly comparison compares every try. It also reads the
    /// file of that name with `.1` added.
    pub mail_log: Option<PathBuf>,
    /// How many days it is kept who looked at a case and who signed in; then the content is erased and the entry stays.
    pub access_days: u32,
    /// The ledger's name in every checkpoint: a host and path that you control, without a scheme.
    pub origin: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            key_path: PathBuf::from("data/ledger.key"),
            previous_key_path: None,
            retired_keys: Vec::new(),
            witnesses: Vec::new(),
            mail_log: None,
            // Five years: what a court may still ask for, and no longer.
            access_days: 1_826,
            origin: "tocsin.example/ledger".to_owned(),
        }
    }
}

impl Config {
    /// Checks what the types do not say. The error reads `field: rule`.
    pub fn validate(&self) -> Result<(), String> {
        if self.key_path.as_os_str().is_empty() {
            return Err("key_path: must name a file".to_owned());
        }
        if self.access_days == 0 {
            return Err("access_days: must be at least 1".to_owned());
        }
        for key in &self.retired_keys {
            key.parse::<VerifierKey>().map_err(|rule| format!("retired_keys: {rule}"))?;
        }
        for witness in &self.witnesses {
            witness.key.parse::<Cosigner>().map_err(|rule| format!("witnesses.key: {rule}"))?;
            if !witness.url.starts_with("https://") && !witness.url.starts_with("http://") {
                return Err("witnesses.url: must start with https:// or http://".to_owned());
            }
        }
        self.origin.parse::<Origin>().map(drop).map_err(|rule| format!("origin: {rule}"))
    }

    /// The witnesses with their addresses.
    pub fn cosigners(&self) -> Vec<(Cosigner, String)> {
        let address = |witness: &WitnessConfig| witness.url.trim_end_matches('/').to_owned();
        self.witnesses.iter().filter_map(|witness| Some((witness.key.parse().ok()?, address(witness)))).collect()
    }

    /// The keys: the one in the file, made on the first start, and the one before it, which must be there.
    pub fn keys(&self) -> Result<LedgerKeys, KeyError> {
        let origin: Origin = self.origin.parse().map_err(KeyError::Origin)?;
        let previous = self.previous_key_path.as_ref().map(|path| LedgerKey::load(path, origin.clone())).transpose()?;
        let retired = self.retired_keys.iter().filter_map(|key| key.parse().ok()).collect();
        Ok(LedgerKeys::new(LedgerKey::load_or_create(&self.key_path, origin)?, previous, retired))
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
            assert!(matches!(config.keys(), Err(KeyError::Origin(_))));
        }
        assert!(Config { key_path: PathBuf::new(), ..Config::default() }.validate().is_err());
    }
}
