//! Settings of the directory.

use std::time::Duration;

use serde::Deserialize;

/// Section `routing`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long a dangerous change of the directory waits although one other person agreed; two others shorten it.
    /// For as long, whoever made an account counts as one person with it where two are asked for.
    pub change_wait_hours: u64,
    /// Whether market bodies and private registers may be in the directory. They get object data under TLP:CLEAR.
    pub market_bodies: bool,
    /// Addresses (https) that a directory file may be fetched from. Nothing else is ever fetched.
    pub sync_urls: Vec<String>,
    /// How often each of them is fetched by itself, in hours; 0 never. What it changes waits for a person.
    pub sync_every_hours: u64,
    /// A partner that left this many alerts in a row without an acknowledgement is shown as silent.
    pub silent_after: u32,
    /// How many days before a key expires it is shown.
    pub key_warning_days: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            change_wait_hours: 24,
            market_bodies: false,
            sync_urls: Vec::new(),
            sync_every_hours: 0,
            silent_after: 3,
            key_warning_days: 90,
        }
    }
}

impl Config {
    /// Names the field and the rule it breaks.
    pub fn validate(&self) -> Result<(), String> {
        if self.change_wait_hours > 30 * 24 {
            return Err("change_wait_hours: must be at most 720".to_owned());
        }
        if self.sync_every_hours > 30 * 24 {
            return Err("sync_every_hours: must be at most 720".to_owned());
        }
        if self.silent_after == 0 {
            return Err("silent_after: must be at least 1".to_owned());
        }
        for url in &self.sync_urls {
            crate::sync::allowed(url).map_err(|rule| format!("sync_urls: {url:?} {rule}"))?;
        }
        Ok(())
    }

    /// How often the addresses of the list are fetched; none if they never are by themselves.
    pub fn sync_every(&self) -> Option<Duration> {
        (self.sync_every_hours > 0 && !self.sync_urls.is_empty())
            .then(|| Duration::from_secs(self.sync_every_hours * 3600))
    }

    /// How long a dangerous change waits.
    pub fn change_wait(&self) -> Duration {
        Duration::from_secs(self.change_wait_hours * 3600)
    }
}
