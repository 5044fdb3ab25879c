//! Follows notifications until somebody at the partner has taken them up: a reminder, then the second contacts and a
//! task for the desk. When what is done is decided in [`decide`]; here it is done, each step with its fact in one
//! transaction, so that two processes that look at once, or one that dies between two looks, do it once.

mod decide;
mod settle;

use std::time::Duration;

use contracts::Service;
use contracts::events::NotificationChasedV1;
use domain::delivery::ChaseStep;
use domain::ids::NotificationId;
use metrics::counter;
use store::chases::{self, ChaseRow};
use store::{Tx, deliveries, notices, outbox, sending};
use tokio_util::sync::CancellationToken;

use self::decide::decide;
pub use self::settle::{SettleError, settle_chase};
use crate::Deps;
use crate::sender::chain;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(10);
/// The most it takes up at one look.
const MOST: i64 = 500;

/// Follows notifications.
#[derive(Clone, Debug)]
pub struct Chaser {
    deps: Deps,
}

impl Chaser {
    /// With the service's clock and database.
    pub fn new(deps: Deps) -> Self {
        Self { deps }
    }

    /// Looks until `stop`.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.run_once().await {
                tracing::warn!(error = chain(&error), "cannot look for what nobody has taken up");
            }
            stop.run_until_cancelled(tokio::time::sleep(LOOK)).await;
        }
    }

    /// Looks at everything that is to be looked at now; gives how many steps were taken.
    pub async fn run_once(&self) -> Result<usize, store::Error> {
        let mut tx = self.deps.db.read().await?;
        // Nobody is late while nothing may leave.
        let due = if sending::is_stopped(&mut tx).await? {
            Vec::new()
        } else {
            chases::due(&mut tx, self.deps.clock.now(), MOST).await?
        };
        tx.commit().await?;
        let mut steps = 0;
        for id in due {
            steps += self.look(id).await?;
        }
        Ok(steps)
    }

    async fn look(&self, id: NotificationId) -> Result<usize, store::Error> {
        let now = self.deps.clock.now();
        let mut tx = self.deps.db.begin().await?;
        // Somebody else has looked meanwhile.
        let Some(mut row) = chases::take(&mut tx, id, now).await? else { return Ok(0) };
        let answered = chases::answered(&mut tx, id, now).await?;
        row.begun_at = answered.begun_at.unwrap_or(row.begun_at);
        let decision = decide(&row, answered, now);
        for step in &decision.steps {
            self.take(&mut tx, &mut row, *step).await?;
        }
        chases::note(&mut tx, &row, decision.look_at).await?;
        tx.commit().await?;
        if !decision.steps.is_empty() {
            self.deps.bell.ring();
            self.deps.due.ring();
        }
        Ok(decision.steps.len())
    }

    async fn take(&self, tx: &mut Tx, row: &mut ChaseRow, step: ChaseStep) -> Result<(), store::Error> {
        let clock = &self.deps.clock;
        let now = clock.now();
        let addresses = match step {
            ChaseStep::Reminded => {
                row.reminded_at = Some(now);
                let reminders = chases::remind(tx, row.notification_id, clock).await?;
                for id in &reminders {
                    notices::create(tx, *id, now).await?;
                }
                i64::try_from(reminders.len()).unwrap_or(i64::MAX)
            }
            ChaseStep::Unaccepted | ChaseStep::Unanswered => {
                let at = if step == ChaseStep::Unaccepted { &mut row.unaccepted_at } else { &mut row.unanswered_at };
                *at = Some(now);
                let made = deliveries::create_for_notification(tx, row.notification_id, clock).await?;
                i64::try_from(made).unwrap_or(i64::MAX)
            }
        };
        let event = NotificationChasedV1 {
            notification_id: row.notification_id,
            alert_id: row.alert_id,
            case_id: row.case_id,
            partner_id: row.partner_id,
            step,
            addresses,
        };
        outbox::record(tx, Service::Notifier, clock, &event).await?;
        counter!("tocsin_chases_total", "step" => step.as_str()).increment(1);
        tracing::warn!(
            notification.id = %row.notification_id,
            partner.id = %row.partner_id,
            case.id = %row.case_id,
            step = step.as_str(),
            addresses,
            "nobody has taken a notification up in time"
        );
        Ok(())
    }
}
