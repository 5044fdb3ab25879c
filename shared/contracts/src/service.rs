//! The five services by name.

use std::fmt;

/// A service: the sole writer of its tables and the source of its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Reports, cases, alerts.
    Intake,
    /// Partners, rule sets, plans.
    Routing,
    /// Deliveries, attempts, answers.
    Notifier,
    /// The ledger.
    Audit,
    /// Accounts, sessions, tokens.
    Identity,
}

impl Service {
    /// Every service, in the order a case meets them.
    pub const ALL: [Self; 5] = [Self::Identity, Self::Intake, Self::Routing, Self::Notifier, Self::Audit];

    /// The name in tables, sources and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Routing => "routing",
            Self::Notifier => "notifier",
            Self::Audit => "audit",
            Self::Identity => "identity",
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Service {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|service| service.as_str() == text)
            .ok_or_else(|| "must be one of identity, intake, routing, notifier, audit".to_owned())
    }
}
