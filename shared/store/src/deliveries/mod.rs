//! Deliveries: the sender's work list. Written by: notifier.
//!
//! A lease keeps two senders apart for as long as it lasts. It is an optimisation and not needed for correctness: what
//! a try did is recorded by whoever closes its attempt ([`crate::attempts::end`]), once.
//!
//! A row that has a moment (`due_at`) has no end (`ended_at`), and the other way round. Who has the identifier asks for the end:
//! PostgreSQL counts its rows in quiet hours, takes the index of what is due for the quickest way to any row, and in a storm
//! would read all of it for each.

mod again;
mod create;
mod digest;
mod held;
mod lease;
mod together;
mod worklist;

use domain::codes::{AlertKind, AlertState, CaseState, PartnerKind, Share};
use domain::delivery::DeliveryState;
use domain::ids::{AlertId, CaseId, DeliveryId, LeaseId, NotificationId, PartnerId, PlanId};
use domain::text::Line;
use domain::{Label, Language, Mailbox, Timestamp};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, expect_one, on_tx};

pub use again::{UnwrittenRow, contact, send_again, to_address, unwritten, waits_in_its_plan};
pub use create::{
    Created, Recipient, Slot, create_for_addresses, create_for_notification, create_for_plan, hold_back, let_go,
};
pub use digest::{forget_mail, lease_digest, send_alone, shares_with_cancelled};
pub use held::{HeldDecisionRow, decisions, held_since, insert_decision, move_held};
pub use lease::{DueRequest, DueRow, due, give_back, lease, put_off, recall, renew, urgent_is_due};
pub use together::{Beginning, Ending, alone, begin_tries, end_tries, find_all, lock_threads, others_on_the_wire};
pub use worklist::{WorklistRow, by_state, worklist};

/// One delivery with what was frozen for it, and what the directory says now.
#[derive(Clone, Debug, FromRow)]
pub struct DeliveryRow {
    /// The delivery.
    pub id: DeliveryId,
    /// The notification it sends.
    pub notification_id: NotificationId,
    /// The plan.
    pub plan_id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// Its number.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// Where it stands.
    pub alert_state: AlertState,
    /// The case.
    pub case_id: CaseId,
    /// Where the case stands now.
    pub case_state: CaseState,
    /// Until when an embargo of the case lasts, or lasted.
    pub embargo_until: Option<Timestamp>,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name when the plan was frozen.
    pub partner_name: Line,
    /// Its kind then.
    pub partner_kind: PartnerKind,
    /// Whether it is to be told anything now; none if it is no longer in the directory.
    pub partner_active: Option<bool>,
    /// The greatest label its functional mailboxes may receive now.
    pub partner_clearance: Option<Label>,
    /// Where it goes.
    pub address: Mailbox,
    /// The person there when the plan was frozen.
    pub person: Option<Line>,
    /// The greatest label this address may receive now; none if the partner has it no longer.
    pub contact_clearance: Option<Label>,
    /// The person the directory has for this address now.
    pub contact_person: Option<Line>,
    /// When somebody entered the code that was mailed to this address; none if nobody has.
    pub contact_verified_at: Option<Timestamp>,
    /// Whether a later version of the case has reached the same address, or may have.
    pub superseded: bool,
    /// How much is shown.
    pub share: Share,
    /// The label of that share.
    pub label: Label,
    /// The partner's languages when the plan was frozen.
    pub languages: Json<Vec<Language>>,
    /// Where the delivery stands.
    pub state: DeliveryState,
    /// When it is due; none if it has ended.
    pub due_at: Option<Timestamp>,
    /// Whose claim it is under, or was.
    pub lease: Option<LeaseId>,
    /// How many tries began.
    pub tries: i64,
    /// Its Message-ID, once rendered.
    pub message_id: Option<String>,
    /// The hash of its bytes, once rendered.
    pub mail_sha256: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its first try was due: how long it is tried counts from here. None while an officer has not let it go.
    pub first_due_at: Option<Timestamp>,
    /// When its signed link was first opened, by a person or a scanner.
    pub link_opened_at: Option<Timestamp>,
    /// The server's last words, or the reason why it ended.
    pub last_reply: Option<String>,
    /// The fingerprint of the key it was encrypted for; none if it was not, or not rendered yet.
    pub encrypted_for: Option<String>,
    /// When a person read the content by its link.
    pub content_read_at: Option<Timestamp>,
    /// Until when the address gets no mail because too much of it came back; none if nothing is suppressed.
    pub suppressed_until: Option<Timestamp>,
    /// The trace in which its plan was frozen.
    pub traceparent: Option<String>,
    /// The database was restored from a copy: it may have left since.
    pub in_doubt: bool,
}

impl DeliveryRow {
    /// Since when it is tried: a mail that waited for Monday has five days from then.
    pub fn tried_since(&self) -> Timestamp {
        self.first_due_at.unwrap_or(self.created_at)
    }

    /// Whether it is for whoever has this lease to work on.
    pub fn is_held_by(&self, lease: LeaseId) -> bool {
        self.lease == Some(lease) && self.due_at.is_some()
    }

    /// Whether its address gets no mail at `now`. Who must be reached is never given up, whatever came back.
    pub fn is_suppressed(&self, now: Timestamp) -> bool {
        !self.partner_kind.must_be_reached() && self.suppressed_until.is_some_and(|until| until > now)
    }
}

/// A delivery with all that decides about it, up to the condition on its identifier.
const FIND: &str = "SELECT d.id, d.notification_id, d.plan_id, d.alert_id, al.version, al.kind, al.state AS alert_state, d.case_id,
             ca.state AS case_state, (SELECT until_at FROM case_embargoes e WHERE e.case_id = d.case_id) AS embargo_until,
             d.partner_id, n.partner_name, n.partner_kind, p.active AS partner_active,
             p.clearance AS partner_clearance, d.address, d.person, pc.clearance AS contact_clearance,
             pc.person AS contact_person, pc.verified_at AS contact_verified_at, n.share, n.label, n.languages, d.state,
             d.due_at, d.lease, d.tries, d.message_id, d.mail_sha256, d.created_at, d.first_due_at, d.link_opened_at,
             d.last_reply, d.encrypted_for, d.content_read_at, pl.traceparent, d.in_doubt,
             (SELECT s.ends_at FROM suppressions s
              WHERE s.partner_id = d.partner_id AND s.address = d.address AND s.released_at IS NULL) AS suppressed_until,
             EXISTS (SELECT 1 FROM deliveries l JOIN alerts la ON la.id = l.alert_id
                     WHERE l.case_id = d.case_id AND l.partner_id = d.partner_id AND l.address = d.address
                       AND la.version > al.version AND l.state IN ('accepted', 'uncertain')) AS superseded
         FROM deliveries d
         JOIN notifications n ON n.id = d.notification_id
         JOIN alerts al ON al.id = d.alert_id
         JOIN cases ca ON ca.id = d.case_id
         LEFT JOIN plans pl ON pl.id = d.plan_id
         LEFT JOIN partners p ON p.id = d.partner_id
         LEFT JOIN partner_contacts pc ON pc.partner_id = d.partner_id AND pc.address = d.address
         WHERE d.id = ";

/// A delivery by its identifier.
pub async fn find(tx: &mut Tx, id: DeliveryId) -> Result<Option<DeliveryRow>, Error> {
    Ok(on_tx!(tx, c => QueryBuilder::new(FIND).push_bind(id).build_query_as().fetch_optional(c).await)?)
}

/// Whether another version of the case goes to the same address of the same partner just now: a try of it has no end yet, or
/// it is an earlier one of which somebody else is about to begin a try.
pub async fn other_on_the_wire(tx: &mut Tx, row: &DeliveryRow) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN alerts da ON da.id = d.alert_id
             WHERE d.case_id = $2 AND d.partner_id = $3 AND d.address = $4 AND d.id <> $1 AND d.ended_at IS NULL
               AND (EXISTS (SELECT 1 FROM attempts t WHERE t.delivery_id = d.id AND t.ended_at IS NULL)
                    OR (d.lease <> $5 AND da.version < $6)))",
    )
    .bind(row.id)
    .bind(row.case_id)
    .bind(row.partner_id)
    .bind(row.address.clone())
    .bind(row.lease)
    .bind(row.version)
    .fetch_one(c)
    .await)?)
}

/// Counts the try that begins and keeps what it sends, the first time or the same again. Keeps the lease, or takes it where there
/// is none.
pub async fn begin_try(
    tx: &mut Tx,
    id: DeliveryId,
    (lease, until): (LeaseId, Timestamp),
    message_id: &str,
    mail_sha256: &[u8],
) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET tries = tries + 1, message_id = $4, mail_sha256 = $5, lease = $2, leased_until = $3
         WHERE id = $1 AND (lease = $2 OR lease IS NULL) AND ended_at IS NULL
           AND (mail_sha256 IS NULL OR (mail_sha256 = $5 AND message_id = $4))",
    )
    .bind(id)
    .bind(lease)
    .bind(until)
    .bind(message_id)
    .bind(mail_sha256.to_vec())
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Where a delivery stands from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Its state.
    pub state: DeliveryState,
    /// When to try again; none if it has ended.
    pub due_at: Option<Timestamp>,
    /// The server's words, or the reason; none leaves what was there.
    pub reply: Option<&'a str>,
}

/// Moves a delivery on and gives its lease up, whoever holds it: the caller has the right by its attempt. Says false
/// if the delivery had ended.
pub async fn move_on(tx: &mut Tx, id: DeliveryId, to: &Standing<'_>, now: Timestamp) -> Result<bool, Error> {
    let ended_at = to.due_at.is_none().then_some(now);
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = $2, due_at = $3, ended_at = $4, last_reply = COALESCE($5, last_reply),
             lease = NULL, leased_until = NULL
         WHERE id = $1 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(to.state)
    .bind(to.due_at)
    .bind(ended_at)
    .bind(to.reply)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes an acceptance back: the mail that a server took, or may have taken, came back. Says false if the delivery stands
/// elsewhere, or if a try of it has no end yet.
pub async fn come_back(
    tx: &mut Tx,
    id: DeliveryId,
    state: DeliveryState,
    reply: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = $2, due_at = NULL, ended_at = $3, last_reply = $4, lease = NULL,
             leased_until = NULL
         WHERE id = $1 AND state IN ('accepted', 'uncertain')
           AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND ended_at IS NULL)",
    ).bind(id).bind(state).bind(now).bind(reply).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Whether a try of it has no end yet.
pub async fn is_on_the_wire(tx: &mut Tx, id: DeliveryId) -> Result<bool, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM attempts WHERE delivery_id = $1 AND ended_at IS NULL)",
    ).bind(id).fetch_one(c).await)?)
}

/// Notes that it is not known whether an earlier try reached the reader; the lease stays.
pub async fn mark_uncertain(tx: &mut Tx, id: DeliveryId, lease: LeaseId) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = 'uncertain' WHERE id = $1 AND lease = $2 AND ended_at IS NULL",
    )
    .bind(id)
    .bind(lease)
    .execute(c)
    .await
    .map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Earlier versions of the case that go to the same address of the same partner, oldest first: what makes the mails
/// one thread.
pub async fn earlier_versions(tx: &mut Tx, row: &DeliveryRow) -> Result<Vec<AlertId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT d.alert_id FROM deliveries d JOIN alerts a ON a.id = d.alert_id
         WHERE d.case_id = $1 AND d.partner_id = $2 AND d.address = $3 AND a.version < $4
         ORDER BY a.version",
    )
    .bind(row.case_id)
    .bind(row.partner_id)
    .bind(row.address.clone())
    .bind(row.version)
    .fetch_all(c)
    .await)?)
}

/// The last version before `version` that told this partner the whole case, and how much it was shown: one whose mail a
/// server accepted, or may have.
pub async fn last_told(
    tx: &mut Tx,
    case_id: CaseId,
    partner: PartnerId,
    version: i64,
) -> Result<Option<(AlertId, Share)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT d.alert_id, n.share
         FROM deliveries d
         JOIN notifications n ON n.id = d.notification_id
         JOIN alerts al ON al.id = d.alert_id
         WHERE d.case_id = $1 AND d.partner_id = $2 AND al.version < $3
           AND al.kind IN ('alert', 'update', 'expert_request') AND d.state IN ('accepted', 'uncertain')
         ORDER BY al.version DESC LIMIT 1",
    )
    .bind(case_id)
    .bind(partner)
    .bind(version)
    .fetch_optional(c)
    .await)?)
}

/// When the next delivery is due, whoever holds it.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Timestamp>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT MIN(due_at) FROM deliveries WHERE due_at IS NOT NULL")
        .fetch_one(c).await)?)
}

/// Notes that a signed link was opened for the first time: by a person or by a scanner, nobody can say.
pub async fn note_link_opened(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query("UPDATE deliveries SET link_opened_at = $2 WHERE id = $1 AND link_opened_at IS NULL")
        .bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps for which key a delivery is encrypted; said before its first try.
pub async fn note_key(tx: &mut Tx, id: DeliveryId, fingerprint: &str) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("UPDATE deliveries SET encrypted_for = $2 WHERE id = $1 AND mail_sha256 IS NULL")
        .bind(id).bind(fingerprint).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// Notes that a person read the content by the link. Says whether it was the first time.
pub async fn note_content_read(tx: &mut Tx, id: DeliveryId, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c =>
        sqlx::query("UPDATE deliveries SET content_read_at = $2 WHERE id = $1 AND content_read_at IS NULL")
            .bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// The identifiers of the deliveries of a plan, for tests and tools that follow a plan to its end: it reads all there are.
pub async fn of_plan(tx: &mut Tx, plan_id: PlanId) -> Result<Vec<DeliveryId>, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT id FROM deliveries WHERE plan_id = ");
        sql.push_bind(plan_id).push(" ORDER BY id");
        sql.build_query_scalar().fetch_all(c).await
    })?)
}
