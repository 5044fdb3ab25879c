//! The section `[identity]`.

use std::time::Duration;

use serde::Deserialize;

/// Settings of sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long a session lasts, in hours, from 1 to 168. It is not prolonged by use.
    pub session_hours: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self { session_hours: 12 }
    }
}

impl Config {
    /// Checks what the types do not say. The error reads `field: rule`.
    pub fn validate(&self) -> Result<(), String> {
        match self.session_hours {
            1..=168 => Ok(()),
            _ => Err("session_hours: must be from 1 to 168".to_owned()),
        }
    }

    /// How long a session lasts.
    pub fn session_length(&self) -> Duration {
        Duration::from_hours(self.session_hours.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_of_no_time_or_of_a_month_is_refused() {
        assert_eq!(Config::default().validate(), Ok(()));
        for session_hours in [0, 169] {
            assert!(Config { session_hours }.validate().is_err());
        }
        assert!(serde_json::from_str::<Config>(r#"{"session_length": 3}"#).is_err());
    }
}
