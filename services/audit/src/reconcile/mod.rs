//! Comparing what should be with what is: plans with outcomes, recorded facts with the ledger, tries with the log of
//! the mail server. A ledger cannot prove that what was entered is complete; this is what stands in for it.
//!
//! Every difference is a task that a person closes with a reason. The same difference is found again and stays closed.

mod mail_log;

use mail_log::compare;

use std::time::Duration;

use bus::Consumer as _;
use domain::Timestamp;
use domain::codes::DifferenceKind;
use domain::ids::{AccountId, DifferenceId, ReconciliationId};
use store::reconciliations::{self, Difference, PlanSums, ReconciliationRow};
use store::{Tx, ledger};

use crate::{Deps, OnEveryEvent};

/// What is younger is still on its way.
const SETTLED: Duration = Duration::from_secs(300);
/// How far back tries are looked for in the log: a log is kept in two files of a day at least.
const LOG_WINDOW: Duration = Duration::from_secs(24 * 3600);
/// How many differences of a kind are kept at once: a table that was emptied is one disaster and not a million tasks.
const MOST: i64 = 1_000;

/// Compares everything now, keeps the differences as tasks, and says what was found.
pub async fn reconcile(
    deps: &Deps,
    asked_by: Option<AccountId>,
) -> Result<(ReconciliationRow, Vec<Difference>), store::Error> {
    let started_at = deps.clock.now();
    let until = started_at.minus(SETTLED);
    let mut tx = deps.db.read().await?;
    let mut found = Vec::new();
    let torn = reconciliations::torn_plans(&mut tx, until, MOST).await?;
    found.extend(torn.into_iter().map(|sums| plan_difference(&sums)));
    found.extend(facts_and_ledger(&mut tx, until).await?);
    let (plans, facts) = reconciliations::counts(&mut tx).await?;
    let sent = reconciliations::sent(&mut tx, started_at.minus(LOG_WINDOW), until).await?;
    tx.commit().await?;
    let mut attempts = None;
    if let Some(path) = &deps.mail_log {
        match maillog::read_files(path) {
            Ok(logged) => {
                attempts = Some(sent.iter().map(|sent| sent.tries).sum());
                found.extend(compare(&sent, &logged));
            }
            Err(error) => found.push(Difference {
                kind: DifferenceKind::MailLog,
                subject: path.display().to_string(),
                detail: format!("the log of the mail server cannot be read: {error}"),
            }),
        }
    }
    let row = ReconciliationRow {
        id: ReconciliationId::generate(&deps.clock),
        started_at,
        ended_at: deps.clock.now(),
        asked_by,
        plans,
        facts,
        attempts,
        found: i64::try_from(found.len()).unwrap_or(i64::MAX),
    };
    let mut tx = deps.db.begin().await?;
    for difference in &found {
        let id = DifferenceId::generate(&deps.clock);
        reconciliations::report(&mut tx, id, difference, started_at).await?;
    }
    reconciliations::insert(&mut tx, &row).await?;
    tx.commit().await?;
    if !found.is_empty() {
        tracing::error!(found = found.len(), "reconciliation found differences");
    }
    Ok((row, found))
}

fn plan_difference(sums: &PlanSums) -> Difference {
    let PlanSums { id, told, notifications, addresses, made, deliveries } = sums;
    Difference {
        kind: DifferenceKind::Plan,
        subject: id.to_string(),
        detail: format!(
            "the plan tells {told} partners and has {notifications} notifications; they have {addresses} addresses, \
             {made} of which have a delivery, and {deliveries} deliveries name the plan"
        ),
    }
}

/// Facts without an entry, and entries without a fact.
async fn facts_and_ledger(tx: &mut Tx, until: Timestamp) -> Result<Vec<Difference>, store::Error> {
    let missing = ledger::missing(tx, OnEveryEvent::NAME, until, MOST).await?;
    let missing = missing.into_iter().map(|fact| Difference {
        kind: DifferenceKind::Ledger,
        subject: fact.id.to_string(),
        detail: if fact.parked {
            format!("the fact of {} could not be entered and is parked", fact.occurred_at.human())
        } else if fact.handled {
            format!("the fact of {} was entered, and its entry is gone", fact.occurred_at.human())
        } else {
            format!("the fact of {} has no entry", fact.occurred_at.human())
        },
    });
    let mut found: Vec<_> = missing.collect();
    for (position, id) in reconciliations::unrecorded(tx, MOST).await? {
        found.push(Difference {
            kind: DifferenceKind::Ledger,
            subject: id.to_string(),
            detail: format!("entry {position} is about a fact that no service has on record"),
        });
    }
    Ok(found)
}
