//! An alert version was released: decide who is told, and freeze that.
//!
//! Told twice, it freezes once: the inbox row and the plan's unique alert are written in one transaction with it.

use bus::{Bell, Consumer, HandleError};
use contracts::events::{AlertReleasedV1, NobodyToldV1, PlanFrozenV1};
use contracts::{Envelope, Event, Service};
use domain::Clock;
use domain::codes::AlertState;
use domain::ids::PlanId;
use metrics::counter;
use store::alerts::AlertRow;
use store::plans::alarms;
use store::{Db, Tx, alerts, outbox, plans, sending};

use crate::Deps;
use crate::digest::of_json;
use crate::inputs;
use crate::routers::{RouterError, Routers};

/// Plans released alerts.
#[derive(Clone, Debug)]
pub struct OnAlertReleased {
    db: Db,
    clock: Clock,
    relay: Bell,
    routers: Routers,
}

impl OnAlertReleased {
    /// Rings the relay's bell when a plan was frozen.
    pub fn new(deps: &Deps) -> Self {
        Self { db: deps.db.clone(), clock: deps.clock.clone(), relay: deps.bell.clone(), routers: deps.routers.clone() }
    }
}

/// Why an alert cannot be planned yet.
#[derive(Debug, thiserror::Error)]
enum NotYet {
    #[error("an earlier version of the case has no plan yet")]
    Earlier,
    #[error("directory and rules cannot be asked")]
    Router(#[from] RouterError),
}

impl From<NotYet> for HandleError {
    fn from(error: NotYet) -> Self {
        match error {
            NotYet::Earlier => Self::Early(Box::new(error)),
            // A database that is away is nobody's fault: a shortage must not park what was released.
            NotYet::Router(RouterError::Store(error)) => error.into(),
            NotYet::Router(_) => Self::Retry(Box::new(error)),
        }
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
            self.freeze(tx, &alert).await?;
        }
        Ok(())
    }

    fn committed(&self) {
        self.relay.ring();
    }
}

impl OnAlertReleased {
    async fn freeze(&self, tx: &mut Tx, alert: &AlertRow) -> Result<(), HandleError> {
        let facts = &alert.facts.0;
        // Before anything is counted: two plans at once would each find the caps unused.
        sending::one_plan_at_a_time(tx).await?;
        if plans::of_alert(tx, facts.alert_id).await?.is_some() {
            return Ok(());
        }
        // The audience of a follow-up is whoever heard the earlier versions, so these come first.
        if plans::earlier_without_plan(tx, facts.case_id, facts.version).await? > 0 {
            return Err(NotYet::Earlier.into());
        }
        let router = self.routers.current(&self.db).await.map_err(NotYet::Router)?;
        let inputs = inputs::gather(tx, alert, inputs::two_officers(alert), self.clock.now()).await?;
        let plan = router.plan(facts, &inputs);
        let plan_id = PlanId::generate(&self.clock);
        if !plans::freeze(tx, plan_id, facts.case_id, &plan, &self.clock).await? {
            return Ok(());
        }
        plans::keep_inputs(tx, plan_id, &inputs).await?;
        let count = |list: usize| i64::try_from(list).expect("a directory has far fewer than 2^63 partners");
        let held = plan.told.iter().filter(|told| told.hold.is_some()).count();
        let frozen = PlanFrozenV1 {
            plan_id,
            alert_id: facts.alert_id,
            case_id: facts.case_id,
            rule_set_version: plan.rule_set_version,
            directory_revision: plan.directory_revision,
            told: count(plan.told.len()),
            held: count(held),
            not_told: count(plan.not_told.len()),
            plan_sha256: of_json(&plan),
        };
        outbox::record(tx, Service::Routing, &self.clock, &frozen).await?;
        counter!("tocsin_plans_total").increment(1);
        counter!("tocsin_notifications_held_total").increment(held as u64);
        tracing::info!(
            case.id = %facts.case_id,
            alert.id = %facts.alert_id,
            plan.id = %plan_id,
            plan.told = frozen.told,
            plan.held = frozen.held,
            plan.not_told = frozen.not_told,
            "froze a plan"
        );
        if plan.told.is_empty() {
            self.alarm(tx, plan_id, alert).await?;
        }
        Ok(())
    }

    /// Nobody hears of a released alert. That may be right; it is never to go unnoticed.
    async fn alarm(&self, tx: &mut Tx, plan_id: PlanId, alert: &AlertRow) -> Result<(), HandleError> {
        alarms::raise(tx, plan_id, alert.id, alert.case_id, self.clock.now()).await?;
        let fact = NobodyToldV1 { plan_id, alert_id: alert.id, case_id: alert.case_id };
        outbox::record(tx, Service::Routing, &self.clock, &fact).await?;
        counter!("tocsin_plans_told_nobody_total").increment(1);
        tracing::error!(case.id = %alert.case_id, alert.id = %alert.id, "a released alert is told to nobody");
        Ok(())
    }
}
