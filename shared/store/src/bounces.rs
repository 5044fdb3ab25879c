//! Mails that came back although a mail server had taken them, and addresses that get none for a while because of it.
//! Written by: notifier.

use domain::case::CaseReference;
use domain::codes::AlertKind;
use domain::delivery::BounceKind;
use domain::ids::{AccountId, CaseId, DeliveryId, NotificationId, PartnerId};
use domain::text::Line;
use domain::{Mailbox, Timestamp};
use sqlx::FromRow;

use crate::{Error, Tx, on_tx};

/// A mail that came back, or that its reader complained about.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct BounceRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// What came back.
    pub kind: BounceKind,
    /// How many tries there had been: what was sent once more may come back once more.
    pub tries: i64,
    /// Of the report: the same again says nothing.
    pub digest: Vec<u8>,
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Where the mail went.
    pub address: Mailbox,
    /// The status that was reported (RFC 3463).
    pub status: Option<String>,
    /// The other side's words, cleaned and cut; untrusted.
    pub words: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// Whether somebody at the desk must reach the partner.
    pub task: bool,
    /// How many second contacts were written to because of it.
    pub second_contacts: i64,
    /// When somebody at the desk settled it.
    pub settled_at: Option<Timestamp>,
    /// How.
    pub settled_why: Option<Line>,
}

/// Keeps what came back. Says false if the same is known of the delivery: whatever is said again changes nothing.
pub async fn insert(tx: &mut Tx, row: &BounceRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO bounces (delivery_id, kind, notification_id, case_id, partner_id, address, status, words,
             received_at, task, second_contacts, tries, digest)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
         WHERE NOT EXISTS (SELECT 1 FROM bounces WHERE delivery_id = $1 AND kind = $2 AND digest = $13)
         ON CONFLICT (delivery_id, kind, tries) DO NOTHING",
    )
    .bind(row.delivery_id)
    .bind(row.kind)
    .bind(row.notification_id)
    .bind(row.case_id)
    .bind(row.partner_id)
    .bind(&row.address)
    .bind(&row.status)
    .bind(&row.words)
    .bind(row.received_at)
    .bind(row.task)
    .bind(row.second_contacts)
    .bind(row.tries)
    .bind(&row.digest)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes one back that turned out to change nothing, in the transaction that kept it.
pub async fn take_back(tx: &mut Tx, row: &BounceRow) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("DELETE FROM bounces WHERE delivery_id = $1 AND kind = $2 AND tries = $3")
        .bind(row.delivery_id).bind(row.kind).bind(row.tries).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes how many second contacts were written to because of it.
pub async fn note_second_contacts(tx: &mut Tx, row: &BounceRow) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "UPDATE bounces SET second_contacts = $4 WHERE delivery_id = $1 AND kind = $2 AND tries = $3",
    ).bind(row.delivery_id).bind(row.kind).bind(row.tries).bind(row.second_contacts).execute(c).await.map(drop))?;
    Ok(())
}

/// What came back of a notification, oldest first.
pub async fn of_notification(tx: &mut Tx, id: NotificationId) -> Result<Vec<BounceRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT delivery_id, kind, tries, digest, notification_id, case_id, partner_id, address, status, words,
             received_at, task, second_contacts, settled_at, settled_why
         FROM bounces WHERE notification_id = $1 ORDER BY received_at, delivery_id, kind, tries",
    ).bind(id).fetch_all(c).await)?)
}

/// What came back of a case, oldest first.
pub async fn of_case(tx: &mut Tx, id: CaseId) -> Result<Vec<BounceRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT delivery_id, kind, tries, digest, notification_id, case_id, partner_id, address, status, words,
             received_at, task, second_contacts, settled_at, settled_why
         FROM bounces WHERE notification_id IN (SELECT id FROM notifications WHERE case_id = $1)
         ORDER BY received_at, delivery_id, kind, tries",
    ).bind(id).fetch_all(c).await)?)
}

/// How many different mails to an address came back since a moment. A digest is one mail.
pub async fn recent(tx: &mut Tx, partner: PartnerId, address: &Mailbox, since: Timestamp) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(DISTINCT d.message_id) FROM bounces b JOIN deliveries d ON d.id = b.delivery_id
         WHERE b.partner_id = $1 AND b.address = $2 AND b.received_at >= $3",
    ).bind(partner).bind(address).bind(since).fetch_one(c).await)?)
}

/// Something that came back and that somebody at the desk must see to.
#[derive(Clone, Debug, FromRow)]
pub struct CameBackRow {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// What came back.
    pub kind: BounceKind,
    /// The case.
    pub case_id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// The alert version.
    pub version: i64,
    /// What it says.
    pub alert: AlertKind,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name when the plan was frozen.
    pub partner_name: Line,
    /// Where the mail went.
    pub address: Mailbox,
    /// The status that was reported.
    pub status: Option<String>,
    /// The other side's words.
    pub words: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// How many second contacts were written to.
    pub second_contacts: i64,
}

/// The desk's tasks: what came back and nobody has settled, oldest first.
pub async fn open(tx: &mut Tx, limit: i64) -> Result<Vec<CameBackRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT b.delivery_id, b.kind, b.case_id, ca.reference, al.version, al.kind AS alert, b.partner_id,
             n.partner_name, b.address, b.status, b.words, b.received_at, b.second_contacts
         FROM bounces b
         JOIN deliveries d ON d.id = b.delivery_id
         JOIN notifications n ON n.id = b.notification_id
         JOIN alerts al ON al.id = d.alert_id
         JOIN cases ca ON ca.id = b.case_id
         WHERE b.task AND b.settled_at IS NULL
         ORDER BY b.received_at, b.delivery_id, b.kind LIMIT $1",
    ).bind(limit).fetch_all(c).await)?)
}

/// Settles a task; gives what it was about. None: there is no such task, or somebody has settled it before.
pub async fn settle(
    tx: &mut Tx,
    id: DeliveryId,
    kind: BounceKind,
    (by, why): (AccountId, &Line),
    now: Timestamp,
) -> Result<Option<BounceRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "UPDATE bounces SET settled_at = $3, settled_by = $4, settled_why = $5
         WHERE delivery_id = $1 AND kind = $2 AND task AND settled_at IS NULL
         RETURNING delivery_id, kind, tries, digest, notification_id, case_id, partner_id, address, status, words,
             received_at, task, second_contacts, settled_at, settled_why",
    )
    .bind(id)
    .bind(kind)
    .bind(now)
    .bind(by)
    .bind(why)
    .fetch_optional(c)
    .await)?)
}

/// An address that gets no mail for a while.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SuppressionRow {
    /// The partner.
    pub partner_id: PartnerId,
    /// The address.
    pub address: Mailbox,
    /// The last delivery that came back.
    pub delivery_id: DeliveryId,
    /// How many mails came back.
    pub bounces: i64,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when, if nobody releases it before.
    pub ends_at: Timestamp,
}

/// Suppresses an address, anew if it was before. Says false if it is suppressed at that moment.
pub async fn suppress(tx: &mut Tx, row: &SuppressionRow) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO suppressions (partner_id, address, delivery_id, bounces, begun_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (partner_id, address) DO UPDATE SET delivery_id = $3, bounces = $4, begun_at = $5, ends_at = $6,
             released_at = NULL, released_by = NULL, released_why = NULL
         WHERE suppressions.released_at IS NOT NULL OR suppressions.ends_at <= $5",
    )
    .bind(row.partner_id)
    .bind(&row.address)
    .bind(row.delivery_id)
    .bind(row.bounces)
    .bind(row.begun_at)
    .bind(row.ends_at)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// When somebody last released an address by hand: what came back before that counts no more.
pub async fn released_at(tx: &mut Tx, partner: PartnerId, address: &Mailbox) -> Result<Option<Timestamp>, Error> {
    let found: Option<Option<Timestamp>> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT released_at FROM suppressions WHERE partner_id = $1 AND address = $2",
    ).bind(partner).bind(address).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// A suppressed address, for the desk.
#[derive(Clone, Debug, FromRow)]
pub struct SuppressedRow {
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name in the directory; none if it is no longer there.
    pub partner_name: Option<Line>,
    /// The address.
    pub address: Mailbox,
    /// The last delivery that came back.
    pub delivery_id: DeliveryId,
    /// How many mails came back.
    pub bounces: i64,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
}

/// What is suppressed now, newest first.
pub async fn suppressed(tx: &mut Tx, now: Timestamp, limit: i64) -> Result<Vec<SuppressedRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT s.partner_id, p.name AS partner_name, s.address, s.delivery_id, s.bounces, s.begun_at, s.ends_at
         FROM suppressions s LEFT JOIN partners p ON p.id = s.partner_id
         WHERE s.released_at IS NULL AND s.ends_at > $1 ORDER BY s.begun_at DESC, s.address LIMIT $2",
    ).bind(now).bind(limit).fetch_all(c).await)?)
}

/// Releases the address of a delivery that is suppressed because of it; gives its partner. None: it is not suppressed.
pub async fn release(
    tx: &mut Tx,
    last: DeliveryId,
    by: AccountId,
    why: &Line,
    now: Timestamp,
) -> Result<Option<PartnerId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "UPDATE suppressions SET released_at = $2, released_by = $3, released_why = $4
         WHERE delivery_id = $1 AND released_at IS NULL AND ends_at > $2 RETURNING partner_id",
    ).bind(last).bind(now).bind(by).bind(why).fetch_optional(c).await)?)
}
