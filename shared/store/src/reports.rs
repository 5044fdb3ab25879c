//! Who was told and what became of it, read over the tables of routing and notifier. Writes nothing.

use domain::case::CaseReference;
use domain::codes::{AlertKind, PartnerKind, Reach, Share};
use domain::country::Country;
use domain::delivery::{DeliveryState, Outcome, Stage};
use domain::ids::{AccountId, AlertId, CaseId, DeliveryId, EventId, NotificationId, PartnerId, PlanId};
use domain::plan::Basis;
use domain::text::Line;
use domain::{Label, Mailbox, Timestamp};
use sqlx::FromRow;
use sqlx::types::Json;

use crate::{Error, Tx, on_tx};

/// A released alert version and, once routing has decided, its plan.
#[derive(Clone, Debug, FromRow)]
pub struct VersionRow {
    /// The alert version.
    pub alert_id: AlertId,
    /// Its number.
    pub version: i64,
    /// What it says.
    pub kind: AlertKind,
    /// How far the desk let it go.
    pub reach: Reach,
    /// Handling label of the full share.
    pub label: Label,
    /// Who drafted it.
    pub drafted_by: AccountId,
    /// When.
    pub drafted_at: Timestamp,
    /// Who released it.
    pub released_by: Option<AccountId>,
    /// When it was released.
    pub released_at: Timestamp,
    /// When the plan was frozen; this and what follows is none before that.
    pub frozen_at: Option<Timestamp>,
    /// The rule set that decided.
    pub rule_set_version: Option<i64>,
    /// The directory as of which it decided.
    pub directory_revision: Option<i64>,
    /// How many partners are told.
    pub told: Option<i64>,
    /// How many are not.
    pub not_told: Option<i64>,
}

/// The released versions of a case, newest first.
pub async fn versions(tx: &mut Tx, case_id: CaseId) -> Result<Vec<VersionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.id AS alert_id, a.version, a.kind, a.reach, a.label, a.drafted_by, a.drafted_at, a.released_by, a.released_at, p.frozen_at, p.rule_set_version,
             p.directory_revision, p.told, p.not_told
         FROM alerts a LEFT JOIN plans p ON p.alert_id = a.id
         WHERE a.case_id = $1 AND a.state = 'released' ORDER BY a.version DESC",
    )
    .bind(case_id)
    .fetch_all(c)
    .await)?)
}

/// One alert version for one partner at one address.
#[derive(Clone, Debug, FromRow)]
pub struct NotifiedRow {
    /// The alert version's number.
    pub version: i64,
    /// What it says.
    pub alert_kind: AlertKind,
    /// The notification.
    pub notification_id: NotificationId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name then.
    pub partner_name: Line,
    /// Its kind then.
    pub partner_kind: PartnerKind,
    /// How much it was shown.
    pub share: Share,
    /// The label of that share.
    pub label: Label,
    /// Why it was told.
    pub basis: Json<Basis>,
    /// When the plan was frozen.
    pub planned_at: Timestamp,
    /// The address used.
    pub address: Mailbox,
    /// The person it belongs to, for a named person.
    pub person: Option<Line>,
    /// The delivery; none while it has not been made yet.
    pub delivery_id: Option<DeliveryId>,
    /// Where it stands.
    pub state: Option<DeliveryState>,
    /// The Message-ID.
    pub message_id: Option<String>,
    /// SHA-256 of the exact bytes.
    pub mail_sha256: Option<Vec<u8>>,
    /// When a person acknowledged.
    pub acknowledged_at: Option<Timestamp>,
    /// Who, as typed.
    pub acknowledged_by: Option<Line>,
}

/// Everybody who was told about a case, by version and name: the addresses that are written to, not those whose turn did
/// not come.
pub async fn notified(tx: &mut Tx, case_id: CaseId) -> Result<Vec<NotifiedRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT al.version, al.kind AS alert_kind, n.id AS notification_id, n.partner_id, n.partner_name,
             n.partner_kind, n.share, n.label, n.basis, p.frozen_at AS planned_at, a.address, a.person, d.id AS delivery_id,
             d.state, d.message_id, d.mail_sha256, k.acknowledged_at, k.answered_by AS acknowledged_by
         FROM notifications n
         JOIN plans p ON p.id = n.plan_id
         JOIN alerts al ON al.id = n.alert_id
         JOIN notification_addresses a ON a.notification_id = n.id
         LEFT JOIN deliveries d ON d.notification_id = n.id AND d.address = a.address
         LEFT JOIN acknowledgements k ON k.delivery_id = d.id
         WHERE n.case_id = $1 AND (a.role = 'primary' OR d.id IS NOT NULL)
         ORDER BY al.version, n.partner_name, n.partner_id, a.address",
    ).bind(case_id).fetch_all(c).await)?)
}

/// What a notification is about, and whom it tells.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct NotificationRow {
    /// The case.
    pub case_id: CaseId,
    /// The alert version's number.
    pub version: i64,
    /// The partner.
    pub partner_id: PartnerId,
}

/// One notification.
pub async fn notification(tx: &mut Tx, id: NotificationId) -> Result<Option<NotificationRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT n.case_id, a.version, n.partner_id
         FROM notifications n JOIN alerts a ON a.id = n.alert_id WHERE n.id = $1",
    ).bind(id).fetch_optional(c).await)?)
}

/// A case of somebody who asks, and to how many it was told.
#[derive(Clone, Debug, FromRow)]
pub struct CaseOfRow {
    /// The case.
    pub id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// Its title.
    pub title: Line,
    /// The institution whose case it is; none if it is no longer known.
    pub institution: Option<Line>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// How many partners were told of it.
    pub told: i64,
}

/// The case of this reference, or the cases of the institution of this name; the newest first.
pub async fn cases_of(tx: &mut Tx, who: &Line, limit: i64) -> Result<Vec<CaseOfRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT c.id, c.reference, c.title, i.name AS institution, c.registered_at,
             (SELECT COUNT(DISTINCT n.partner_id) FROM notifications n WHERE n.case_id = c.id) AS told
         FROM cases c LEFT JOIN institutions i ON i.id = c.institution_id
         WHERE c.reference = $1 OR i.name = $1 ORDER BY c.registered_at DESC, c.id LIMIT $2",
    ).bind(who).bind(limit).fetch_all(c).await)?)
}

/// One notification at one address, as somebody asks for it who got it.
#[derive(Clone, Debug, FromRow)]
pub struct SentToRow {
    /// The notification.
    pub notification_id: NotificationId,
    /// The case.
    pub case_id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// Its title.
    pub title: Line,
    /// The alert version's number.
    pub version: i64,
    /// What it says.
    pub alert_kind: AlertKind,
    /// The partner's name then.
    pub partner_name: Line,
    /// How much it was shown.
    pub share: Share,
    /// The label of that share.
    pub label: Label,
    /// The address used.
    pub address: Mailbox,
    /// The person it belongs to, for a named person.
    pub person: Option<Line>,
    /// When it was decided.
    pub planned_at: Timestamp,
    /// Where the delivery stands; none while it has not been made yet.
    pub state: Option<DeliveryState>,
    /// When a person acknowledged.
    pub acknowledged_at: Option<Timestamp>,
}

impl SentToRow {
    /// Where it stands: decided and not made yet is waiting like any other.
    pub fn standing(&self) -> DeliveryState {
        self.state.unwrap_or(DeliveryState::Pending)
    }
}

/// What was sent to an address, to a person, or to the partner of this name; the newest first.
pub async fn sent_to(tx: &mut Tx, who: &Line, limit: i64) -> Result<Vec<SentToRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT n.id AS notification_id, n.case_id, c.reference, c.title, al.version, al.kind AS alert_kind,
             n.partner_name, n.share, n.label, a.address, a.person, p.frozen_at AS planned_at, d.state,
             k.acknowledged_at
         FROM notification_addresses a
         JOIN notifications n ON n.id = a.notification_id
         JOIN plans p ON p.id = n.plan_id
         JOIN alerts al ON al.id = n.alert_id
         JOIN cases c ON c.id = n.case_id
         LEFT JOIN deliveries d ON d.notification_id = n.id AND d.address = a.address
         LEFT JOIN acknowledgements k ON k.delivery_id = d.id
         WHERE (LOWER(a.address) = LOWER($1) OR a.person = $1 OR n.partner_name = $1)
           AND (a.role = 'primary' OR d.id IS NOT NULL)
         ORDER BY p.frozen_at DESC, n.id, a.address LIMIT $2",
    ).bind(who).bind(limit).fetch_all(c).await)?)
}

/// One SMTP try.
#[derive(Clone, Debug, FromRow)]
pub struct AttemptRow {
    /// The delivery it belongs to.
    pub delivery_id: DeliveryId,
    /// Its number, from 1.
    pub number: i64,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; none while it is on the wire, or its sender died.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// At which step.
    pub stage: Option<Stage>,
    /// The server's words.
    pub reply: Option<String>,
    /// An earlier try may have reached the reader.
    pub possible_repeat: bool,
}

/// Every SMTP try of a case, by delivery and number.
pub async fn attempts(tx: &mut Tx, case_id: CaseId) -> Result<Vec<AttemptRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT t.delivery_id, t.number, t.started_at, t.ended_at, t.outcome, t.stage, t.reply, t.possible_repeat
         FROM attempts t JOIN deliveries d ON d.id = t.delivery_id
         WHERE d.case_id = $1 ORDER BY t.delivery_id, t.number",
    ).bind(case_id).fetch_all(c).await)?)
}

/// Conservation: every address that plans tell is in exactly one state, and nobody else got a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Conservation {
    /// Addresses that plans tell.
    pub told: i64,
    /// Accepted by the mail server.
    pub accepted: i64,
    /// Refused for good.
    pub refused: i64,
    /// Given up.
    pub expired: i64,
    /// Held for a person.
    pub held: i64,
    /// Taken out by the last gate.
    pub cancelled: i64,
    /// In doubt.
    pub uncertain: i64,
    /// Waiting, those that are not made yet included.
    pub pending: i64,
    /// Of the pending ones: not made yet.
    pub unmade: i64,
    /// Deliveries that no plan asked for; anything but zero is a mail outside a plan.
    pub outside: i64,
    /// Plans whose number of notifications is not the number of partners they tell.
    pub torn: i64,
}

impl Conservation {
    /// Whether nothing was lost and nothing was added.
    pub fn holds(&self) -> bool {
        let Self { accepted, refused, expired, held, cancelled, uncertain, pending, .. } = self;
        let sum = accepted + refused + expired + held + cancelled + uncertain + pending;
        self.told == sum && self.outside == 0 && self.torn == 0
    }
}

/// Conservation over all plans, or of one, in one statement.
pub async fn conservation(tx: &mut Tx, plan: Option<PlanId>) -> Result<Conservation, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT COUNT(*) AS told,
             COUNT(CASE WHEN d.state = 'accepted' THEN 1 END) AS accepted,
             COUNT(CASE WHEN d.state = 'refused' THEN 1 END) AS refused,
             COUNT(CASE WHEN d.state = 'expired' THEN 1 END) AS expired,
             COUNT(CASE WHEN d.state = 'held' THEN 1 END) AS held,
             COUNT(CASE WHEN d.state = 'cancelled' THEN 1 END) AS cancelled,
             COUNT(CASE WHEN d.state = 'uncertain' THEN 1 END) AS uncertain,
             COUNT(CASE WHEN d.state = 'pending' OR d.id IS NULL THEN 1 END) AS pending,
             COUNT(CASE WHEN d.id IS NULL THEN 1 END) AS unmade,
             (SELECT COUNT(*) FROM deliveries x
              WHERE ($1 IS NULL OR x.plan_id = $1) AND NOT EXISTS (
                  SELECT 1 FROM notification_addresses y JOIN notifications z ON z.id = y.notification_id
                  WHERE z.id = x.notification_id AND z.plan_id = x.plan_id AND y.address = x.address)) AS outside,
             (SELECT COUNT(*) FROM plans p
              WHERE ($1 IS NULL OR p.id = $1)
                AND p.told + (SELECT COUNT(*) FROM plan_supplements s
                              WHERE s.plan_id = p.id AND s.notification_id IS NOT NULL)
                    <> (SELECT COUNT(*) FROM notifications q WHERE q.plan_id = p.id)) AS torn
         FROM notification_addresses a
         JOIN notifications n ON n.id = a.notification_id
         LEFT JOIN deliveries d ON d.notification_id = a.notification_id AND d.address = a.address
         WHERE ($1 IS NULL OR n.plan_id = $1) AND (a.role = 'primary' OR d.id IS NOT NULL)",
    )
    .bind(plan)
    .fetch_one(c)
    .await)?)
}

/// How much waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// Cases that nobody has verified.
    pub submitted: i64,
    /// Drafts that nobody has released.
    pub drafts: i64,
    /// Deliveries that an officer must decide about.
    pub held: i64,
    /// Deliveries that were refused or given up.
    pub unreached: i64,
    /// Facts set aside.
    pub parked: i64,
}

/// Counts what waits for a person.
pub async fn waiting(tx: &mut Tx) -> Result<Waiting, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM cases WHERE state = 'submitted') AS submitted,
             (SELECT COUNT(*) FROM alerts WHERE state = 'draft') AS drafts,
             (SELECT COUNT(*) FROM deliveries WHERE state = 'held') AS held,
             (SELECT COUNT(*) FROM deliveries WHERE state IN ('refused', 'expired')) AS unreached,
             (SELECT COUNT(*) FROM parked) AS parked",
    )
    .fetch_one(c)
    .await)?)
}

/// One fact of a case in the ledger.
#[derive(Clone, Debug, FromRow)]
pub struct CaseEntryRow {
    /// Its place, from 0.
    pub position: i64,
    /// The fact.
    pub event_id: EventId,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Timestamp,
}

/// The ledger's entries of a case, in their order.
pub async fn entries(tx: &mut Tx, case_id: CaseId) -> Result<Vec<CaseEntryRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT position, event_id, kind, occurred_at FROM ledger WHERE case_id = $1 ORDER BY position",
    ).bind(case_id).fetch_all(c).await)?)
}

/// A case as a list names it.
#[derive(Clone, Debug, FromRow)]
pub struct CaseNameRow {
    /// The case.
    pub id: CaseId,
    /// Its reference.
    pub reference: CaseReference,
    /// Its title.
    pub title: Line,
    /// Where it happened.
    pub country: Country,
}

/// The cases that ledger entries from one position to before another are about.
pub async fn case_names(tx: &mut Tx, from: i64, to: i64) -> Result<Vec<CaseNameRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, reference, title, country FROM cases
         WHERE id IN (SELECT case_id FROM ledger WHERE position >= $1 AND position < $2) ORDER BY reference",
    ).bind(from).bind(to).fetch_all(c).await)?)
}

/// The kind under which each partner was told something.
pub async fn partner_kinds(tx: &mut Tx) -> Result<Vec<(PartnerId, PartnerKind)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT partner_id, MAX(partner_kind) AS partner_kind FROM notifications GROUP BY partner_id",
    ).fetch_all(c).await)?)
}

/// The first entry of the ledger whose fact happened at `since` or later.
pub async fn first_entry_since(tx: &mut Tx, since: Timestamp) -> Result<Option<i64>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar("SELECT MIN(position) FROM ledger WHERE occurred_at >= $1")
        .bind(since).fetch_one(c).await)?)
}
