//! The directory and the rules of now with their index. Whoever finds them changed makes the next one off to the side
//! and swaps it in; nobody who asks waits for that, and an edit of the directory waits for nobody who plans.

use std::sync::{Arc, PoisonError, RwLock};

use store::{Db, Tx, partners, rule_sets};

use crate::plan::Router;
use crate::release_rules::InvalidRules;
use crate::rules::RuleSet;

/// The newest router that was needed; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Routers(Arc<RwLock<Option<Arc<Router>>>>);

/// Why there is no router.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// No rules were released yet.
    #[error("find a rule set")]
    NoRules,
    /// The text in force cannot be read.
    #[error("read the rule set in force")]
    Rules(#[source] InvalidRules),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Routers {
    /// The router of what is committed now, from one snapshot of both.
    pub async fn current(&self, db: &Db) -> Result<Arc<Router>, RouterError> {
        let mut tx = db.read().await?;
        let revision = partners::revision(&mut tx).await?;
        let version = rule_sets::current_version(&mut tx).await?.ok_or(RouterError::NoRules)?;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|r| r.directory().revision == revision && r.rules().version == version) {
            tx.commit().await?;
            return Ok(known);
        }
        let row = rule_sets::version(&mut tx, version).await?.ok_or(RouterError::NoRules)?;
        let rules =
            RuleSet::parse(row.version, &row.text).map_err(|errors| RouterError::Rules(InvalidRules(errors)))?;
        let directory = partners::directory(&mut tx).await?;
        tx.commit().await?;
        let router = Arc::new(Router::new(Arc::new(directory), Arc::new(rules)));
        let mut newest = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody who looked later may have been faster.
        let older = |other: &Arc<Router>| (other.directory().revision, other.rules().version) <= (revision, version);
        if newest.as_ref().is_none_or(older) {
            *newest = Some(router.clone());
        }
        Ok(router)
    }

    /// The directory and the rules as they were, for reading an old plan again.
    pub async fn as_of(tx: &mut Tx, revision: i64, version: i64) -> Result<Router, RouterError> {
        let row = rule_sets::version(tx, version).await?.ok_or(RouterError::NoRules)?;
        let rules =
            RuleSet::parse(row.version, &row.text).map_err(|errors| RouterError::Rules(InvalidRules(errors)))?;
        let directory = partners::as_of(tx, revision).await?;
        Ok(Router::new(Arc::new(directory), Arc::new(rules)))
    }
}
