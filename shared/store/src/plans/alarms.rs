//! Released alerts of which nobody is told.

use domain::Timestamp;
use domain::ids::{AccountId, AlertId, CaseId, PlanId};
use domain::text::Line;
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// A released alert of which nobody is told.
#[derive(Clone, Debug, FromRow)]
pub struct AlarmRow {
    /// The plan that tells nobody.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The case's reference.
    pub reference: String,
    /// When the plan was frozen.
    pub raised_at: Timestamp,
}

/// Raises the alarm.
pub async fn raise(
    tx: &mut Tx,
    plan_id: PlanId,
    alert_id: AlertId,
    case_id: CaseId,
    now: Timestamp,
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO plan_alarms (plan_id, alert_id, case_id, raised_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(plan_id)
    .bind(alert_id)
    .bind(case_id)
    .bind(now)
    .execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// What nobody has settled yet, the oldest first. A later version of the case that tells somebody settles it too.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<AlarmRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT m.plan_id, m.alert_id, m.case_id, cs.reference, m.raised_at
         FROM plan_alarms m JOIN cases cs ON cs.id = m.case_id
         WHERE m.settled_at IS NULL AND NOT EXISTS (
             SELECT 1 FROM plans q WHERE q.case_id = m.case_id AND q.frozen_at > m.raised_at AND q.told > 0)
         ORDER BY m.raised_at, m.plan_id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Settles an alarm. Says false if somebody has done so before.
pub async fn settle(tx: &mut Tx, plan: PlanId, by: AccountId, reason: &Line, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE plan_alarms SET settled_by = $2, settled_at = $3, reason = $4
         WHERE plan_id = $1 AND settled_at IS NULL",
    )
    .bind(plan)
    .bind(by)
    .bind(now)
    .bind(reason.clone())
    .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// What the desk must see wherever it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct DeskAlarms {
    /// Whether all sending is stopped.
    pub stopped: bool,
    /// How many released alerts tell nobody.
    pub told_nobody: i64,
    /// How many notifications wait for an officer.
    pub held: i64,
    /// How many nobody at a partner has taken up in time.
    pub unanswered: i64,
    /// How many mails came back from partners that must be reached.
    pub came_back: i64,
    /// Whether the database is older than what was sent from it, so that nothing leaves.
    pub restored: bool,
}

/// What the desk must see wherever it is, in one statement.
pub async fn of_desk(tx: &mut Tx) -> Result<DeskAlarms, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT s.stopped,
             (SELECT COUNT(*) FROM plan_alarms m WHERE m.settled_at IS NULL AND NOT EXISTS (
                  SELECT 1 FROM plans q WHERE q.case_id = m.case_id AND q.frozen_at > m.raised_at AND q.told > 0))
                 AS told_nobody,
             (SELECT COUNT(*) FROM notifications n JOIN alerts a ON a.id = n.alert_id
              WHERE n.hold IS NOT NULL AND n.hold_released_at IS NULL AND NOT EXISTS (
                  SELECT 1 FROM plans q JOIN alerts b ON b.id = q.alert_id
                  WHERE q.case_id = n.case_id AND b.version > a.version)) AS held,
             (SELECT COUNT(*) FROM unanswered) AS unanswered,
             (SELECT COUNT(*) FROM bounces WHERE task AND settled_at IS NULL) AS came_back,
             EXISTS (SELECT 1 FROM sending_marks WHERE older_since IS NOT NULL) AS restored
         FROM sending s WHERE s.id = 1",
    ).fetch_one(c).await)?)
}
