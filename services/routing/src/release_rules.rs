//! Put a version of the rules in force: one person drafts it, another releases it. A version never changes; a new one
//! follows it.

use std::fmt;

use contracts::Service;
use contracts::events::{RuleSetDiscardedV1, RuleSetDraftedV1, RuleSetReleasedV1};
use domain::ids::{AccountId, RuleSetId};
use sha2::{Digest, Sha256};
use store::rule_sets::{DraftRow, RuleSetRow};
use store::{Tx, identity, outbox, partners, rule_sets};

use crate::Deps;
use crate::rules::check::{CaseResult, check};
use crate::rules::{RuleError, RuleSet};

/// The rules a system starts with.
pub const DEFAULT_RULES: &str = include_str!("../rules/default.toml");

/// Why nothing was drafted or came into force.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseRulesError {
    /// The text is no rule set.
    #[error("read the rule set")]
    Text(#[source] InvalidRules),
    /// The version in force has the same text.
    #[error("release the rule set: version {0} in force has the same text")]
    Same(i64),
    /// There is no such draft, or somebody has decided on it.
    #[error("find an open draft")]
    NoDraft,
    /// Who drafted it cannot release it.
    #[error("release the rule set without a second person")]
    SamePerson,
    /// One administrator may be behind both.
    #[error("release the rule set: one administrator may be behind you and who drafted it")]
    OneHand,
    /// Cases beside the rules come out otherwise than expected.
    #[error("release the rule set: {} of its cases fail", .0.len())]
    CasesFail(Vec<CaseResult>),
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

/// Keeps a text that may become the next version. It may have failing cases: others see them before they are mended.
pub async fn draft_rules(deps: &Deps, by: AccountId, text: &str) -> Result<RuleSetId, ReleaseRulesError> {
    // Browsers send CRLF for every line of a form's text.
    let text = text.replace("\r\n", "\n");
    RuleSet::parse(0, &text).map_err(|errors| ReleaseRulesError::Text(InvalidRules(errors)))?;
    let mut tx = deps.db.begin().await?;
    if let Some(row) = rule_sets::current(&mut tx).await?
        && row.text == text
    {
        return Err(ReleaseRulesError::Same(row.version));
    }
    let sha256 = Sha256::digest(text.as_bytes()).to_vec();
    let id = RuleSetId::generate(&deps.clock);
    let event = RuleSetDraftedV1 { draft_id: id, sha256: hex::encode(&sha256), drafted_by: by };
    let row = DraftRow { id, text, sha256, drafted_by: by, drafted_at: deps.clock.now() };
    rule_sets::insert_draft(&mut tx, &row).await?;
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(id)
}

/// Throws a draft away.
pub async fn discard_rules(deps: &Deps, by: AccountId, id: RuleSetId) -> Result<(), ReleaseRulesError> {
    let mut tx = deps.db.begin().await?;
    if !rule_sets::decide_draft(&mut tx, id, false, by, deps.clock.now()).await? {
        return Err(ReleaseRulesError::NoDraft);
    }
    let event = RuleSetDiscardedV1 { draft_id: id, discarded_by: by };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}

/// Puts a draft in force; gives its version.
pub async fn release_rules(deps: &Deps, by: AccountId, id: RuleSetId) -> Result<i64, ReleaseRulesError> {
    let mut tx = deps.db.begin().await?;
    // Two releases never take one number.
    partners::lock(&mut tx).await?;
    let draft = rule_sets::open_draft(&mut tx, id).await?.ok_or(ReleaseRulesError::NoDraft)?;
    if draft.drafted_by == by {
        return Err(ReleaseRulesError::SamePerson);
    }
    let since = draft.drafted_at.minus(deps.config.change_wait());
    if identity::one_hand(&mut tx, draft.drafted_by, by, since).await? {
        return Err(ReleaseRulesError::OneHand);
    }
    let current = rule_sets::current(&mut tx).await?;
    if let Some(row) = current.as_ref().filter(|row| row.text == draft.text) {
        return Err(ReleaseRulesError::Same(row.version));
    }
    // Read again: another release of the program may have drafted it.
    let rules = RuleSet::parse(0, &draft.text).map_err(|errors| ReleaseRulesError::Text(InvalidRules(errors)))?;
    let failed: Vec<_> = check(&rules).into_iter().filter(|result| !result.failures.is_empty()).collect();
    if !failed.is_empty() {
        return Err(ReleaseRulesError::CasesFail(failed));
    }
    let now = deps.clock.now();
    if !rule_sets::decide_draft(&mut tx, id, true, by, now).await? {
        return Err(ReleaseRulesError::NoDraft);
    }
    let row = RuleSetRow {
        id,
        version: current.map_or(1, |row| row.version + 1),
        text: draft.text,
        sha256: draft.sha256,
        drafted_by: Some(draft.drafted_by),
        released_by: Some(by),
        released_at: now,
    };
    put_in_force(deps, tx, &row).await
}

/// Puts the rules a system starts with in force if there are none; gives the version in force.
pub async fn install_default(deps: &Deps) -> Result<i64, ReleaseRulesError> {
    let mut tx = deps.db.read().await?;
    let current = rule_sets::current_version(&mut tx).await?;
    tx.commit().await?;
    if let Some(version) = current {
        return Ok(version);
    }
    let mut tx = deps.db.begin().await?;
    partners::lock(&mut tx).await?;
    // Another process may have been faster.
    if let Some(version) = rule_sets::current_version(&mut tx).await? {
        return Ok(version);
    }
    let row = RuleSetRow {
        id: RuleSetId::generate(&deps.clock),
        version: 1,
        text: DEFAULT_RULES.to_owned(),
        sha256: Sha256::digest(DEFAULT_RULES.as_bytes()).to_vec(),
        drafted_by: None,
        released_by: None,
        released_at: deps.clock.now(),
    };
    put_in_force(deps, tx, &row).await
}

async fn put_in_force(deps: &Deps, mut tx: Tx, row: &RuleSetRow) -> Result<i64, ReleaseRulesError> {
    let event = RuleSetReleasedV1 {
        version: row.version,
        sha256: hex::encode(&row.sha256),
        drafted_by: row.drafted_by,
        released_by: row.released_by,
    };
    rule_sets::insert(&mut tx, row).await?;
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(rules.version = row.version, "released a rule set");
    Ok(row.version)
}
