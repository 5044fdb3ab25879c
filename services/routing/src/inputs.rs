//! What a plan is made from besides alert, directory and rules.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::plan::{Override, PlanInputs};
use domain::{CivilDate, Timestamp};
use store::alerts::AlertRow;
use store::plans::{self, holds, overrides};
use store::{Error, Tx};

/// Within which time the notifications of one partner are counted.
pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// Gathers it for an alert version, released or not.
pub(crate) async fn gather(
    tx: &mut Tx,
    alert: &AlertRow,
    two_officers: bool,
    now: Timestamp,
) -> Result<PlanInputs, Error> {
    Ok(PlanInputs {
        on: Some(CivilDate::new(now.utc_date())),
        earlier: plans::told_before(tx, alert.case_id, alert.version).await?,
        overrides: overrides_of(tx, alert).await?,
        within_hour: holds::sent_since(tx, now.minus(HOUR)).await?,
        two_officers,
    })
}

/// Whether two officers stand behind a released version.
pub(crate) fn two_officers(alert: &AlertRow) -> bool {
    alert.released_by.is_some_and(|by| by != alert.drafted_by)
}

/// The officers' decisions that count: the last one about each partner, unless it takes the one before back. Each was
/// made while the alert was a draft ([`store::alerts::hold`]), whatever the clocks of two machines say.
pub(crate) async fn overrides_of(tx: &mut Tx, alert: &AlertRow) -> Result<Vec<Override>, Error> {
    let mut last = BTreeMap::new();
    for row in overrides::of_alert(tx, alert.id).await? {
        last.insert(row.partner_id, row);
    }
    let made = last.into_values().filter_map(|row| {
        let change = row.change?.0;
        Some(Override { partner_id: row.partner_id, change, reason: row.reason, by: row.made_by })
    });
    Ok(made.collect())
}
