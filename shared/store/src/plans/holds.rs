//! Notifications that wait for an officer.

use domain::Timestamp;
use domain::codes::{CaseState, PartnerKind, Share};
use domain::ids::{AccountId, AlertId, CaseId, NotificationId, PartnerId, PlanId};
use domain::plan::Hold;
use domain::text::Line;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, on_tx};

/// A notification that waits.
#[derive(Clone, Debug, FromRow)]
pub struct HeldRow {
    /// The notification.
    pub id: NotificationId,
    /// Its plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// Its number.
    pub version: i64,
    /// The case.
    pub case_id: CaseId,
    /// The case's reference.
    pub reference: String,
    /// Where the case stands.
    pub case_state: CaseState,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name.
    pub partner_name: Line,
    /// Its kind.
    pub partner_kind: PartnerKind,
    /// How much it would be shown.
    pub share: Share,
    /// Why it waits.
    pub hold: Json<Hold>,
    /// Since when.
    pub frozen_at: Timestamp,
    /// Who released the alert.
    pub released_by: Option<AccountId>,
    /// Whether a later version of the case has a plan.
    pub overtaken: bool,
}

/// What waits, of one plan or of all, the oldest first. What a later version overtook waits no more: it is told, or
/// not, by that version's plan.
pub async fn held(tx: &mut Tx, plan: Option<PlanId>, limit: i64) -> Result<Vec<HeldRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT n.id, n.plan_id, n.alert_id, a.version, n.case_id, cs.reference, cs.state AS case_state, n.partner_id, n.partner_name,
             n.partner_kind, n.share, n.hold, p.frozen_at, a.released_by,
             EXISTS (SELECT 1 FROM plans q JOIN alerts b ON b.id = q.alert_id
                     WHERE q.case_id = n.case_id AND b.version > a.version) AS overtaken
         FROM notifications n
         JOIN plans p ON p.id = n.plan_id
         JOIN alerts a ON a.id = n.alert_id
         JOIN cases cs ON cs.id = n.case_id
         WHERE n.hold IS NOT NULL AND n.hold_released_at IS NULL AND ($1 IS NULL OR n.plan_id = $1)
         ORDER BY p.frozen_at, n.partner_name, n.id LIMIT $2",
    ).bind(plan).bind(limit).fetch_all(c).await)?)
}

/// Lets held notifications go. Gives how many it was that still waited.
pub async fn release(
    tx: &mut Tx,
    ids: &[NotificationId],
    by: AccountId,
    reason: &Line,
    now: Timestamp,
) -> Result<u64, Error> {
    let mut released = 0;
    for chunk in ids.chunks(500) {
        released += on_tx!(tx, c => {
            let mut sql = QueryBuilder::new("UPDATE notifications SET hold_released_by = ");
            sql.push_bind(by).push(", hold_released_at = ").push_bind(now).push(", hold_reason = ")
                .push_bind(reason.clone());
            sql.push(" WHERE hold IS NOT NULL AND hold_released_at IS NULL AND id IN (");
            let mut list = sql.separated(", ");
            for id in chunk {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build().execute(c).await.map(|done| done.rows_affected())
        })?;
    }
    Ok(released)
}

/// How many notifications each partner was sent since `since`, for those that were sent any: what was held counts
/// from when it was let go, and who joined a plan later from when that was decided.
pub async fn sent_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<(PartnerId, i64)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT partner_id, COUNT(*) FROM (
             SELECT n.partner_id FROM plans p JOIN notifications n ON n.plan_id = p.id
             WHERE p.frozen_at > $1 AND n.hold IS NULL
             UNION ALL
             SELECT partner_id FROM notifications WHERE hold_released_at > $1
             UNION ALL
             SELECT s.partner_id FROM plan_supplements s
             JOIN plans p ON p.id = s.plan_id JOIN notifications n ON n.id = s.notification_id
             WHERE s.decided_at > $1 AND p.frozen_at <= $1 AND n.hold IS NULL) AS sent
         GROUP BY partner_id ORDER BY partner_id",
    ).bind(since).fetch_all(c).await)?)
}

/// How many notifications of a plan leave without an officer's word for each: what its cap counts.
pub async fn unheld(tx: &mut Tx, plan: PlanId) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM notifications WHERE plan_id = $1 AND hold IS NULL")
        .bind(plan).fetch_one(c).await)?)
}
