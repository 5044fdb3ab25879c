//! Notifications that somebody at the partner must take up, and what was done about those that nobody has. Written by:
//! notifier.

use domain::case::CaseReference;
use domain::codes::AlertKind;
use domain::ids::{AccountId, AlertId, CaseId, DeliveryId, NoticeId, NotificationId, PartnerId, PlanId};
use domain::text::Line;
use domain::{Clock, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, expect_one, on_tx};

/// One notification that is followed until somebody has taken it up.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ChaseRow {
    /// The notification.
    pub notification_id: NotificationId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Whether every half hour counts.
    pub urgent: bool,
    /// Within how many minutes it is to be acknowledged; none if it need not be.
    pub acknowledge_within: Option<i64>,
    /// By how many of its addresses.
    pub quorum: i64,
    /// From when on time is counted, as it was at the last look.
    pub begun_at: Timestamp,
    /// When the partner was reminded.
    pub reminded_at: Option<Timestamp>,
    /// When it was late because no mail server had taken it.
    pub unaccepted_at: Option<Timestamp>,
    /// When it was late because nobody had acknowledged it.
    pub unanswered_at: Option<Timestamp>,
}

/// What has become of a notification by now. Its time counts from when it could leave: for what no server has taken,
/// from when sending was taken up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Answered {
    /// How many of its deliveries a mail server took.
    pub accepted: i64,
    /// How many wait, are on the wire, refused or held: all but those that were called off.
    pub open: i64,
    /// How many of its addresses acknowledged.
    pub acknowledged: i64,
    /// Whether a later version of the case has reached the partner: that one is followed instead.
    pub overtaken: bool,
    /// Whether an authority asks for silence about the case.
    pub silent: bool,
    /// When the first of its mails was due; none while an officer has not let any go.
    pub begun_at: Option<Timestamp>,
}

/// Begins to follow the notifications of a plan that have deliveries and are not followed yet: all if `urgent`, else
/// those that are to be acknowledged. Time counts from when the first mail is due; what is held is looked at from now on.
pub async fn begin(tx: &mut Tx, plan_id: PlanId, urgent: bool, now: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => sqlx::query(
        "INSERT INTO chases (notification_id, plan_id, alert_id, case_id, partner_id, urgent, acknowledge_within, quorum,
             begun_at, look_at)
         SELECT n.id, n.plan_id, n.alert_id, n.case_id, n.partner_id, $2, n.acknowledge_within,
             CASE WHEN n.acknowledged_by = 'all' THEN COUNT(*) ELSE 1 END, COALESCE(MIN(d.first_due_at), $3), COALESCE(MIN(d.first_due_at), $3)
         FROM notifications n JOIN deliveries d ON d.notification_id = n.id
         WHERE n.plan_id = $1 AND ($2 OR n.acknowledge_within IS NOT NULL)
         GROUP BY n.id, n.plan_id, n.alert_id, n.case_id, n.partner_id, n.acknowledge_within, n.acknowledged_by
         ON CONFLICT (notification_id) DO NOTHING",
    ).bind(plan_id).bind(urgent).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Those that are to be looked at, longest due first.
pub async fn due(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<NotificationId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT notification_id FROM chases WHERE look_at <= $1 ORDER BY look_at, notification_id LIMIT $2",
    ).bind(now).bind(limit).fetch_all(c).await)?)
}

/// Takes one that is still to be looked at; locked until the transaction ends, so that of two who look one acts.
pub async fn take(tx: &mut Tx, id: NotificationId, now: Timestamp) -> Result<Option<ChaseRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE chases SET look_at = NULL WHERE notification_id = $1 AND look_at <= $2
         RETURNING notification_id, alert_id, case_id, partner_id, urgent, acknowledge_within, quorum, begun_at,
             reminded_at, unaccepted_at, unanswered_at",
    ).bind(id).bind(now).fetch_optional(c).await)?)
}

/// Notes what was done and when to look again.
pub async fn note(tx: &mut Tx, row: &ChaseRow, look_at: Option<Timestamp>) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE chases SET look_at = $2, reminded_at = $3, unaccepted_at = $4, unanswered_at = $5, begun_at = $6
         WHERE notification_id = $1",
    )
    .bind(row.notification_id)
    .bind(look_at)
    .bind(row.reminded_at)
    .bind(row.unaccepted_at)
    .bind(row.unanswered_at)
    .bind(row.begun_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Has a notification looked at again now: what it was thought to have reached, it has not.
pub async fn look_again(tx: &mut Tx, id: NotificationId, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("UPDATE chases SET look_at = $2 WHERE notification_id = $1 AND (look_at IS NULL OR look_at > $2)")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// What has become of a notification by now.
pub async fn answered(tx: &mut Tx, id: NotificationId, now: Timestamp) -> Result<Answered, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM deliveries d WHERE d.notification_id = n.id AND d.state = 'accepted') AS accepted,
             (SELECT COUNT(*) FROM deliveries d WHERE d.notification_id = n.id AND d.state <> 'cancelled') AS open,
             (SELECT COUNT(*) FROM acknowledgements k WHERE k.notification_id = n.id) AS acknowledged,
             EXISTS (SELECT 1 FROM deliveries l JOIN alerts la ON la.id = l.alert_id
                     WHERE l.case_id = n.case_id AND l.partner_id = n.partner_id AND l.state = 'accepted'
                       AND la.version > al.version) AS overtaken,
             ca.state = 'suspended' OR (al.kind <> 'cancel' AND EXISTS (
                 SELECT 1 FROM case_embargoes e WHERE e.case_id = n.case_id AND e.until_at > $2)) AS silent,
             (SELECT MIN(CASE WHEN d.state <> 'accepted' AND s.changed_at > d.first_due_at
                              THEN s.changed_at ELSE d.first_due_at END)
              FROM deliveries d, sending s
              -- At a chosen rate a mail that has not had its turn is not late.
              WHERE d.notification_id = n.id AND NOT (d.tries = 0 AND s.per_hour IS NOT NULL)) AS begun_at
         FROM notifications n JOIN alerts al ON al.id = n.alert_id JOIN cases ca ON ca.id = n.case_id
         WHERE n.id = $1",
    ).bind(id).bind(now).fetch_one(c).await)?)
}

/// Asks every address that a mail server took the notification for, and that has not acknowledged, once; gives the
/// identifiers of the notices to send.
pub async fn remind(tx: &mut Tx, id: NotificationId, clock: &Clock) -> Result<Vec<NoticeId>, Error> {
    let deliveries: Vec<DeliveryId> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT d.id FROM deliveries d WHERE d.notification_id = $1 AND d.state = 'accepted'
             AND NOT EXISTS (SELECT 1 FROM acknowledgements k WHERE k.delivery_id = d.id)
             AND NOT EXISTS (SELECT 1 FROM reminders r WHERE r.delivery_id = d.id)
         ORDER BY d.id",
    ).bind(id).fetch_all(c).await)?;
    let mut made = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let notice = NoticeId::generate(clock);
        let rows = on_tx!(tx, c => sqlx::query("INSERT INTO reminders (id, delivery_id, created_at) VALUES ($1, $2, $3)")
            .bind(notice).bind(delivery).bind(clock.now()).execute(c).await.map(|done| done.rows_affected()))?;
        expect_one(rows)?;
        made.push(notice);
    }
    Ok(made)
}

/// The delivery whose address a reminder asks, and when the reminder was made; none if the notice is no reminder.
pub async fn reminder(tx: &mut Tx, id: NoticeId) -> Result<Option<(DeliveryId, Timestamp)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as("SELECT delivery_id, created_at FROM reminders WHERE id = $1")
        .bind(id).fetch_optional(c).await)?)
}

/// A notification that nobody has taken up in time: for the desk.
#[derive(Clone, Debug, FromRow)]
pub struct UnansweredRow {
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The alert version.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name when the plan was frozen.
    pub partner_name: Line,
    /// Whether every half hour counts.
    pub urgent: bool,
    /// From when on time is counted.
    pub begun_at: Timestamp,
    /// Within how many minutes it was to be acknowledged.
    pub acknowledge_within: Option<i64>,
    /// By how many addresses.
    pub quorum: i64,
    /// How many acknowledged.
    pub acknowledged: i64,
    /// How many deliveries there are.
    pub deliveries: i64,
    /// How many of them a mail server took.
    pub accepted: i64,
    /// When the partner was reminded.
    pub reminded_at: Option<Timestamp>,
    /// The first of its deliveries, if there is one.
    pub delivery_id: Option<DeliveryId>,
}

/// What somebody at the desk must take up: late, not answered since, not settled since, not overtaken. Oldest first.
pub async fn unanswered(tx: &mut Tx, limit: i64) -> Result<Vec<UnansweredRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT u.notification_id, u.case_id, ca.reference, al.version, al.kind, u.partner_id, n.partner_name, u.urgent,
             u.begun_at, u.acknowledge_within, u.quorum, u.acknowledged, u.deliveries, u.accepted, u.reminded_at,
             (SELECT d.id FROM deliveries d WHERE d.notification_id = u.notification_id ORDER BY d.id LIMIT 1)
                 AS delivery_id
         FROM unanswered u
         JOIN notifications n ON n.id = u.notification_id
         JOIN alerts al ON al.id = u.alert_id
         JOIN cases ca ON ca.id = u.case_id
         ORDER BY u.begun_at, u.notification_id LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Somebody at the desk has taken it up; says false if it is not late, or settled already.
pub async fn settle(tx: &mut Tx, id: NotificationId, by: AccountId, why: &Line, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE chases SET settled_at = $2, settled_by = $3, settled_why = $4
         WHERE notification_id = $1 AND (unaccepted_at IS NOT NULL OR unanswered_at IS NOT NULL)
           AND (settled_at IS NULL OR settled_at < unanswered_at)",
    ).bind(id).bind(now).bind(by).bind(why.clone()).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The row, for pages and tests.
pub async fn find(tx: &mut Tx, id: NotificationId) -> Result<Option<ChaseRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT notification_id, alert_id, case_id, partner_id, urgent, acknowledge_within, quorum, begun_at, reminded_at,
             unaccepted_at, unanswered_at
         FROM chases WHERE notification_id = $1",
    ).bind(id).fetch_optional(c).await)?)
}
