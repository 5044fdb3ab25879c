//! Put a version of the rules in force. A version never changes; a new one follows it.

use std::fmt;

use contracts::Service;
use contracts::events::RuleSetReleasedV1;
use domain::ids::RuleSetId;
use sha2::{Digest, Sha256};
use store::rule_sets::RuleSetRow;
use store::{outbox, partners, rule_sets};

use crate::Deps;
use crate::digest::hex;
use crate::rules::{RuleError, RuleSet};

/// The rules a system starts with.
pub const DEFAULT_RULES: &str = include_str!("../rules/default.toml");

/// Why no version came into force.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseRulesError {
    /// The text is no rule set.
    #[error("read the rule set")]
    Text(#[source] InvalidRules),
    /// The version in force has the same text.
    #[error("release the rule set: version {0} in force has the same text")]
    Same(i64),
    /// The database failed.
    #[error("store the rule set")]
    Store(#[from] store::Error),
}

/// Every error of a rule set's text.
#[derive(Debug)]
pub struct InvalidRules(pub Vec<RuleError>);

impl fmt::Display for InvalidRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidRules {}

/// Puts a text in force; gives its version.
pub async fn release_rules(deps: &Deps, text: &str) -> Result<i64, ReleaseRulesError> {
    // Browsers send CRLF for every line of a form's text.
    let text = text.replace("\r\n", "\n");
    RuleSet::parse(0, &text).map_err(|errors| ReleaseRulesError::Text(InvalidRules(errors)))?;
    release(deps, text, false).await
}

/// Puts the rules a system starts with in force if there are none; gives the version in force.
pub async fn install_default(deps: &Deps) -> Result<i64, ReleaseRulesError> {
    let mut tx = deps.db.read().await?;
    let current = rule_sets::current(&mut tx).await?;
    tx.commit().await?;
    match current {
        Some(row) => Ok(row.version),
        None => release(deps, DEFAULT_RULES.to_owned(), true).await,
    }
}

async fn release(deps: &Deps, text: String, only_first: bool) -> Result<i64, ReleaseRulesError> {
    let mut tx = deps.db.begin().await?;
    // The directory's lock guards the rules as well: a plan holds both, and two releases never take one number.
    partners::lock(&mut tx).await?;
    let current = rule_sets::current(&mut tx).await?;
    if let Some(row) = &current {
        if only_first {
            return Ok(row.version);
        }
        if row.text == text {
            return Err(ReleaseRulesError::Same(row.version));
        }
    }
    let version = current.map_or(1, |row| row.version + 1);
    let sha256 = Sha256::digest(text.as_bytes()).to_vec();
    let event = RuleSetReleasedV1 { version, sha256: hex(&sha256) };
    let id = RuleSetId::generate(&deps.clock);
    rule_sets::insert(&mut tx, &RuleSetRow { id, version, text, sha256, released_at: deps.clock.now() }).await?;
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(rules.version = version, "released a rule set");
    Ok(version)
}
