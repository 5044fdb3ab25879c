//! Partners that were told of an alert after its plan was frozen, or whom an officer chose not to tell. Written by:
//! routing.

use domain::codes::{AlertKind, AlertState};
use domain::ids::{AccountId, AlertId, CaseId, NotificationId, PartnerId, PlanId, SupplementId};
use domain::plan::Told;
use domain::text::Line;
use domain::{Clock, Timestamp};
use sqlx::FromRow;

use crate::plans::insert_told;
use crate::{Error, Tx, expect_one, on_tx};

/// The newest released alert of an open case, of which a partner was not told.
#[derive(Clone, Debug, FromRow)]
pub struct OpenAlertRow {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its case.
    pub case_id: CaseId,
    /// Its plan.
    pub plan_id: PlanId,
    /// What it says.
    pub kind: AlertKind,
    /// Its number.
    pub version: i64,
    /// The case's number for people.
    pub reference: String,
    /// The case's title.
    pub title: Line,
    /// When it was released.
    pub released_at: Timestamp,
}

/// The newest released alerts of open cases of which a partner has heard no version, and about which nobody has decided
/// for it; newest first.
pub async fn open_for(tx: &mut Tx, partner: PartnerId, limit: i64) -> Result<Vec<OpenAlertRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS alert_id, a.case_id, p.id AS plan_id, a.kind, a.version, k.reference, k.title, a.released_at
         FROM alerts a
         JOIN cases k ON k.id = a.case_id
         JOIN plans p ON p.alert_id = a.id
         WHERE k.state = 'active' AND a.state = $3
           AND a.version = (SELECT MAX(n.version) FROM alerts n WHERE n.case_id = a.case_id AND n.state = $3)
           AND NOT EXISTS (SELECT 1 FROM notifications n WHERE n.case_id = a.case_id AND n.partner_id = $1)
           AND NOT EXISTS (SELECT 1 FROM plan_supplements s WHERE s.alert_id = a.id AND s.partner_id = $1)
         ORDER BY a.released_at DESC, a.id LIMIT $2",
    ).bind(partner).bind(limit).bind(AlertState::Released).fetch_all(c).await)?)
}

/// What an officer decided.
#[derive(Clone, Debug)]
pub struct NewSupplement<'a> {
    /// Its identifier.
    pub id: SupplementId,
    /// The alert, its case and its plan.
    pub alert: &'a OpenAlertRow,
    /// The partner.
    pub partner_id: PartnerId,
    /// How it is told; none if it is not.
    pub told: Option<&'a Told>,
    /// Why.
    pub reason: &'a Line,
    /// Who decided.
    pub decided_by: AccountId,
    /// The rules and the directory as of which it was decided.
    pub rule_set_version: i64,
    /// The directory's revision.
    pub directory_revision: i64,
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supplemented {
    /// Somebody had decided before; nothing was written.
    Before,
    /// The partner is told by this notification.
    Told(NotificationId),
    /// It is noted that the partner is not told.
    NotTold,
}

/// Notes a decision, and with it the notification if the partner is told.
pub async fn supplement(tx: &mut Tx, new: &NewSupplement<'_>, clock: &Clock) -> Result<Supplemented, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO plan_supplements (id, plan_id, alert_id, case_id, partner_id, reason, decided_by, decided_at,
             rule_set_version, directory_revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (alert_id, partner_id) DO NOTHING",
    )
    .bind(new.id)
    .bind(new.alert.plan_id)
    .bind(new.alert.alert_id)
    .bind(new.alert.case_id)
    .bind(new.partner_id)
    .bind(new.reason.clone())
    .bind(new.decided_by)
    .bind(clock.now())
    .bind(new.rule_set_version)
    .bind(new.directory_revision)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(Supplemented::Before);
    }
    let Some(told) = new.told else { return Ok(Supplemented::NotTold) };
    let alert = new.alert;
    insert_told(tx, alert.plan_id, alert.case_id, alert.alert_id, std::slice::from_ref(told), clock).await?;
    let id: NotificationId = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT id FROM notifications WHERE plan_id = $1 AND partner_id = $2",
    ).bind(alert.plan_id).bind(new.partner_id).fetch_one(c).await)?;
    let rows = on_tx!(tx, c => sqlx::query("UPDATE plan_supplements SET notification_id = $2 WHERE id = $1")
        .bind(new.id).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)?;
    Ok(Supplemented::Told(id))
}

/// One decision, for pages and reports.
#[derive(Clone, Debug, FromRow)]
pub struct SupplementRow {
    /// The partner.
    pub partner_id: PartnerId,
    /// The alert version's number.
    pub version: i64,
    /// Its notification; none if it is not told.
    pub notification_id: Option<NotificationId>,
    /// Why.
    pub reason: Line,
    /// Who decided.
    pub decided_by: Option<Line>,
    /// When.
    pub decided_at: Timestamp,
    /// Whether the basis is known to have been a rule.
    pub rule_set_version: i64,
}

/// The decisions of a case, oldest first.
pub async fn supplements(tx: &mut Tx, case_id: CaseId) -> Result<Vec<SupplementRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT s.partner_id, a.version, s.notification_id, s.reason, w.name AS decided_by, s.decided_at,
             s.rule_set_version
         FROM plan_supplements s JOIN alerts a ON a.id = s.alert_id LEFT JOIN accounts w ON w.id = s.decided_by
         WHERE s.case_id = $1 ORDER BY s.decided_at, s.id",
    ).bind(case_id).fetch_all(c).await)?)
}

/// How many partners were added to a plan.
pub async fn added_to(tx: &mut Tx, plan_id: PlanId) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM plan_supplements WHERE plan_id = $1 AND notification_id IS NOT NULL",
    ).bind(plan_id).fetch_one(c).await)?)
}
