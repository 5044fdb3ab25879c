//! A partner joined, or its mandate was widened: the open cases that it would be told of now, and an officer's choice.
//!
//! Nothing is sent by itself, and the caps count here too: what is beyond them waits at `/sending` like the rest. The officer sees the newest alert of each open case that the rules in force select the
//! partner for, and tells it or not, with a reason. Told, its notification joins the frozen plan as a supplement, in one
//! transaction with the fact of it; what is sent is the text of that newest alert, not the history.

use contracts::Service;
use contracts::events::PlanSupplementedV1;
use domain::codes::AlertKind;
use domain::ids::{AccountId, AlertId, PartnerId, SupplementId};
use domain::partner::{Directory, Partner};
use domain::plan::{PlanInputs, Told};
use domain::text::Line;
use domain::{CivilDate, Timestamp};
use store::alerts::AlertRow;
use store::plans::holds;
use store::supplements::{self, NewSupplement, OpenAlertRow, Supplemented};
use store::{Tx, alerts, outbox, partners, rule_sets, sending};

use crate::Deps;
use crate::inputs::{HOUR, two_officers};
use crate::plan::{of_late_joiner, plan};
use crate::rules::{Limits, RuleSet};

/// The most cases that are looked at.
const MOST: i64 = 500;

/// An open case that a partner would be told of now.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The alert.
    pub alert: OpenAlertRow,
    /// How it would be told.
    pub told: Told,
}

/// Why nothing was offered or decided.
#[derive(Debug, thiserror::Error)]
pub enum LateJoinerError {
    /// There is no such partner, or the alert is not one of those it would be told of.
    #[error("find the partner's open case")]
    NotFound,
    /// There are no rules that can be read.
    #[error("read the rules in force")]
    Rules,
    /// The database failed.
    #[error("store the decision")]
    Store(#[from] store::Error),
}

/// The open cases that a partner would be told of now, newest first.
pub async fn offers(deps: &Deps, id: PartnerId) -> Result<(Partner, Vec<Offer>), LateJoinerError> {
    let mut tx = deps.db.read().await?;
    let found = offered(&mut tx, id, deps.clock.now()).await?;
    tx.commit().await?;
    Ok((found.partner, found.offers))
}

struct Found {
    partner: Partner,
    offers: Vec<Offer>,
    limits: Limits,
    rule_set_version: i64,
    directory_revision: i64,
}

async fn offered(tx: &mut Tx, id: PartnerId, now: Timestamp) -> Result<Found, LateJoinerError> {
    let partner = partners::find(tx, id).await?.ok_or(LateJoinerError::NotFound)?;
    let row = rule_sets::current(tx).await?.ok_or(LateJoinerError::Rules)?;
    let rules = RuleSet::parse(row.version, &row.text).map_err(|_| LateJoinerError::Rules)?;
    let alone = Directory { revision: partners::revision(tx).await?, partners: vec![partner.clone()] };
    let mut offers = Vec::new();
    for open in supplements::open_for(tx, id, MOST).await? {
        // The end of a case is for those who heard its beginning; a drill is over.
        if !matches!(open.kind, AlertKind::Alert | AlertKind::Update) {
            continue;
        }
        let Some(alert) = alerts::find(tx, open.alert_id).await? else { continue };
        if let Some(told) = told(&alert, &alone, &rules, now) {
            offers.push(Offer { alert: open, told });
        }
    }
    Ok(Found {
        partner,
        offers,
        limits: rules.limits,
        rule_set_version: row.version,
        directory_revision: alone.revision,
    })
}

/// How a directory of one partner would be told; none if it would not.
fn told(alert: &AlertRow, alone: &Directory, rules: &RuleSet, now: Timestamp) -> Option<Told> {
    let on = Some(CivilDate::new(now.utc_date()));
    let inputs = PlanInputs { on, two_officers: two_officers(alert), ..PlanInputs::default() };
    plan(&alert.facts.0, alone, rules, &inputs).told.into_iter().next()
}

/// An officer tells the partner of an open case, or decides not to. Says false if somebody had decided before.
pub async fn decide_late(
    deps: &Deps,
    (partner, alert): (PartnerId, AlertId),
    tell: bool,
    reason: &Line,
    by: AccountId,
) -> Result<bool, LateJoinerError> {
    let mut tx = deps.db.begin().await?;
    // As a plan does: counted with no other plan beside it, which would be one more that tells, or the cancel of what is
    // told here. Decided on one state of directory and rules.
    sending::one_plan_at_a_time(&mut tx).await?;
    partners::hold(&mut tx).await?;
    let found = offered(&mut tx, partner, deps.clock.now()).await?;
    let offer = found.offers.iter().find(|offer| offer.alert.alert_id == alert).ok_or(LateJoinerError::NotFound)?;
    let within_hour = holds::sent_since(&mut tx, deps.clock.now().minus(HOUR)).await?;
    let within_hour = within_hour.iter().find(|(id, _)| *id == partner).map_or(0, |(_, sent)| *sent);
    let in_plan = holds::unheld(&mut tx, offer.alert.plan_id).await?;
    // What a rule holds for a second officer stays held for that.
    let mut told = offer.told.clone();
    told.hold = told.hold.or_else(|| of_late_joiner(within_hour, in_plan, found.limits));
    let new = NewSupplement {
        id: SupplementId::generate(&deps.clock),
        alert: &offer.alert,
        partner_id: partner,
        told: tell.then_some(&told),
        reason,
        decided_by: by,
        rule_set_version: found.rule_set_version,
        directory_revision: found.directory_revision,
    };
    let notification_id = match supplements::supplement(&mut tx, &new, &deps.clock).await? {
        Supplemented::Before => return Ok(false),
        Supplemented::Told(id) => Some(id),
        Supplemented::NotTold => None,
    };
    let event = PlanSupplementedV1 {
        supplement_id: new.id,
        plan_id: offer.alert.plan_id,
        alert_id: alert,
        case_id: offer.alert.case_id,
        partner_id: partner,
        notification_id,
        decided_by: by,
        directory_revision: found.directory_revision,
        rule_set_version: found.rule_set_version,
    };
    outbox::record(&mut tx, Service::Routing, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    tracing::info!(
        partner.id = %partner,
        alert.id = %alert,
        case.id = %offer.alert.case_id,
        told = tell,
        "decided on a partner that joined later"
    );
    Ok(true)
}
