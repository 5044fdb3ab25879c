//! An alert version was released: decide who is told, and freeze that.
//!
//! Told twice, it freezes once: the inbox row and the plan's unique alert are written in one transaction with it.

use bus::{Bell, Consumer, HandleError};
use contracts::events::{AlertReleasedV1, PlanFrozenV1};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::alert::AlertFacts;
use domain::codes::AlertState;
use domain::ids::PlanId;
use store::{Tx, alerts, outbox, partners, plans, rule_sets};

use crate::digest::of_json;
use crate::plan::{EarlierTold, plan};
use crate::release_rules::InvalidRules;
use crate::rules::RuleSet;

/// Plans released alerts.
#[derive(Clone, Debug)]
pub struct OnAlertReleased {
    clock: Clock,
    relay: Bell,
}

impl OnAlertReleased {
    /// `relay` is rung when a plan was frozen.
    pub fn new(clock: Clock, relay: Bell) -> Self {
        Self { clock, relay }
    }
}

/// Why an alert cannot be planned yet.
#[derive(Debug, thiserror::Error)]
enum NotYet {
    #[error("an earlier version of the case has no plan yet")]
    Earlier,
    #[error("no rule set was released yet")]
    NoRules,
    #[error("the rule set in force cannot be read")]
    Rules(#[source] InvalidRules),
}

impl From<NotYet> for HandleError {
    fn from(error: NotYet) -> Self {
        Self::Retry(Box::new(error))
    }
}

impl Consumer for OnAlertReleased {
    const NAME: &'static str = "routing.plan";
    const KEYS: &'static [&'static str] = &[AlertReleasedV1::KIND];

    async fn handle(&self, tx: &mut Tx, messages: &[Envelope]) -> Result<(), HandleError> {
        for message in messages {
            let released: AlertReleasedV1 = message.open()?;
            // The message is a bell: what is decided on is the row, which nobody but intake can write.
            let alert = alerts::find(tx, released.alert_id).await?.filter(|alert| alert.state == AlertState::Released);
            let alert = alert.ok_or_else(|| HandleError::Poison("no such alert was released".into()))?;
            self.freeze(tx, &alert.facts.0).await?;
        }
        Ok(())
    }

    fn committed(&self) {
        self.relay.ring();
    }
}

impl OnAlertReleased {
    async fn freeze(&self, tx: &mut Tx, facts: &AlertFacts) -> Result<(), HandleError> {
        if plans::of_alert(tx, facts.alert_id).await?.is_some() {
            return Ok(());
        }
        // The audience of a follow-up is whoever heard the earlier versions, so these come first.
        if plans::earlier_without_plan(tx, facts.case_id, facts.version).await? > 0 {
            return Err(NotYet::Earlier.into());
        }
        partners::hold(tx).await?;
        let row = rule_sets::current(tx).await?.ok_or(NotYet::NoRules)?;
        let rules = RuleSet::parse(row.version, &row.text).map_err(|errors| NotYet::Rules(InvalidRules(errors)))?;
        let directory = partners::directory(tx).await?;
        let earlier: Vec<EarlierTold> = plans::told_before(tx, facts.case_id, facts.version)
            .await?
            .into_iter()
            .map(|(partner_id, version, share)| EarlierTold { partner_id, version, share })
            .collect();
        let plan = plan(facts, &directory, &rules, &earlier);
        let plan_id = PlanId::generate(&self.clock);
        if !plans::freeze(tx, plan_id, facts.case_id, &plan, &self.clock).await? {
            return Ok(());
        }
        let count = |list: usize| i64::try_from(list).expect("a directory has far fewer than 2^63 partners");
        let frozen = PlanFrozenV1 {
            plan_id,
            alert_id: facts.alert_id,
            case_id: facts.case_id,
            rule_set_version: plan.rule_set_version,
            directory_revision: plan.directory_revision,
            told: count(plan.told.len()),
            not_told: count(plan.not_told.len()),
            plan_sha256: of_json(&plan),
        };
        outbox::record(tx, Service::Routing, &self.clock, &frozen).await?;
        tracing::info!(
            case.id = %facts.case_id,
            alert.id = %facts.alert_id,
            plan.id = %plan_id,
            plan.told = frozen.told,
            plan.not_told = frozen.not_told,
            "froze a plan"
        );
        if plan.told.is_empty() {
            tracing::warn!(case.id = %facts.case_id, alert.id = %facts.alert_id, "a released alert is told to nobody");
        }
        Ok(())
    }
}
