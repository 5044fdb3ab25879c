//! From the addresses of a frozen plan to deliveries.

use domain::codes::{ContactRole, Pace};
use domain::delivery::DeliveryState;
use domain::ids::{AlertId, CaseId, DeliveryId, NotificationId, PartnerId, PlanId};
use domain::partner::WorkingHours;
use domain::plan::Hold;
use domain::text::Line;
use domain::{Clock, Label, Mailbox, Timestamp};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, answer, column, on_tx};

#[derive(FromRow)]
struct AddressRow {
    notification_id: NotificationId,
    plan_id: PlanId,
    alert_id: AlertId,
    case_id: CaseId,
    partner_id: PartnerId,
    address: Mailbox,
    person: Option<Line>,
    role: ContactRole,
    pace: Pace,
    label: Label,
    /// The partner's hours as they are now; none if it has none, or is no longer in the directory.
    hours: Option<Json<Option<WorkingHours>>>,
    /// Why it waits for an officer, if it still does.
    hold: Option<Json<Hold>>,
}

/// A delivery to be made.
struct New {
    row: AddressRow,
    slot: Slot,
}

impl New {
    fn is_held(&self) -> bool {
        self.row.hold.is_some()
    }

    fn state(&self) -> DeliveryState {
        if self.is_held() { DeliveryState::Held } else { DeliveryState::Pending }
    }

    fn due_at(&self) -> Option<Timestamp> {
        (!self.is_held()).then_some(self.slot.at)
    }

    fn last_reply(&self) -> Option<String> {
        let waits = || self.slot.waits.map(str::to_owned);
        self.row.hold.as_ref().map(|hold| hold.0.sentence()).or_else(waits)
    }

    fn is_in_digest(&self) -> bool {
        self.slot.digest && !self.is_held()
    }
}

/// An address of a plan, as far as it decides when its delivery is due.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Whose turn it is.
    pub role: ContactRole,
    /// How soon the plan says.
    pub pace: Pace,
    /// The label of the share.
    pub label: Label,
    /// When somebody is there, as the directory says now.
    pub hours: Option<&'a WorkingHours>,
}

/// When a delivery is due first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The moment.
    pub at: Timestamp,
    /// Whether it goes out with others in one mail.
    pub digest: bool,
    /// What it waits for, if it does.
    pub waits: Option<&'static str>,
}

impl Slot {
    /// Due at once, by itself.
    pub fn at_once(now: Timestamp) -> Self {
        Self { at: now, digest: false, waits: None }
    }
}

/// What [`create_for_plan`] found and made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    /// How many partners of the plan have an address here: must be what the plan says it tells.
    pub notifications: i64,
    /// How many deliveries were not there yet.
    pub deliveries: u64,
}

/// Makes the deliveries of a plan that are not there yet: due when `slot` says, or held until an officer lets them go.
/// An address without a slot gets none now.
pub async fn create_for_plan(
    tx: &mut Tx,
    plan_id: PlanId,
    clock: &Clock,
    slot: impl Fn(&Recipient<'_>) -> Option<Slot>,
) -> Result<Created, Error> {
    let rows: Vec<AddressRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT n.id AS notification_id, n.plan_id, n.alert_id, n.case_id, n.partner_id, a.address, a.person, a.role,
             n.pace, n.label, p.record -> 'hours' AS hours, CASE WHEN n.hold_released_at IS NULL THEN n.hold END AS hold
         FROM notifications n JOIN notification_addresses a ON a.notification_id = n.id
         LEFT JOIN partners p ON p.id = n.partner_id
         WHERE n.plan_id = $1
         ORDER BY n.id, a.address",
    )
    .bind(plan_id)
    .fetch_all(c)
    .await)?;
    let notifications = rows.chunk_by(|a, b| a.notification_id == b.notification_id).count();
    let deliveries = create(tx, rows, clock, slot).await?;
    Ok(Created { notifications: i64::try_from(notifications).unwrap_or(i64::MAX), deliveries })
}

/// Makes the deliveries of one notification that are not there yet, whoever's turn it is; gives how many.
pub async fn create_for_notification(tx: &mut Tx, id: NotificationId, clock: &Clock) -> Result<u64, Error> {
    let rows = not_there_yet(tx, id).await?;
    let now = clock.now();
    create(tx, rows, clock, |_| Some(Slot::at_once(now))).await
}

/// The same for some of its addresses alone.
pub async fn create_for_addresses(
    tx: &mut Tx,
    id: NotificationId,
    addresses: &[Mailbox],
    clock: &Clock,
) -> Result<u64, Error> {
    let mut rows = not_there_yet(tx, id).await?;
    rows.retain(|row| addresses.contains(&row.address));
    let now = clock.now();
    create(tx, rows, clock, |_| Some(Slot::at_once(now))).await
}

async fn not_there_yet(tx: &mut Tx, id: NotificationId) -> Result<Vec<AddressRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT n.id AS notification_id, n.plan_id, n.alert_id, n.case_id, n.partner_id, a.address, a.person, a.role,
             n.pace, n.label, NULL AS hours, CASE WHEN n.hold_released_at IS NULL THEN n.hold END AS hold
         FROM notifications n JOIN notification_addresses a ON a.notification_id = n.id
         WHERE n.id = $1
           AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notification_id = n.id AND d.address = a.address)
         ORDER BY a.address",
    )
    .bind(id)
    .fetch_all(c)
    .await)?)
}

async fn create(
    tx: &mut Tx,
    rows: Vec<AddressRow>,
    clock: &Clock,
    slot: impl Fn(&Recipient<'_>) -> Option<Slot>,
) -> Result<u64, Error> {
    let now = clock.now();
    let slotted: Vec<New> = rows
        .into_iter()
        .filter_map(|row| {
            let hours = row.hours.as_ref().and_then(|hours| hours.0.as_ref());
            let slot = slot(&Recipient { role: row.role, pace: row.pace, label: row.label, hours })?;
            Some(New { row, slot })
        })
        .collect();
    let mut deliveries = 0;
    for chunk in slotted.chunks(500) {
        deliveries += match tx {
            Tx::Postgres(inner) => {
                let insert = sqlx::query(
                    "INSERT INTO deliveries (id, notification_id, plan_id, alert_id, case_id, partner_id, address, person,
                         domain, state, due_at, first_due_at, created_at, ended_at, last_reply, awaits_officer, digest)
                     SELECT id, notification_id, plan_id, alert_id, case_id, partner_id, address, person,
                         domain, state, due_at, due_at, $1, CASE WHEN held THEN $1 END, last_reply, held, digest
                     FROM UNNEST($2::UUID[], $3::UUID[], $4::UUID[], $5::UUID[], $6::UUID[], $7::UUID[], $8::TEXT[],
                             $9::TEXT[], $10::TEXT[], $11::TEXT[], $12::TIMESTAMPTZ[], $13::TEXT[], $14::BOOLEAN[],
                             $15::BOOLEAN[])
                         AS new (id, notification_id, plan_id, alert_id, case_id, partner_id, address, person, domain,
                             state, due_at, last_reply, held, digest)
                     ON CONFLICT (notification_id, address) DO NOTHING",
                )
                .bind(now)
                .bind(column(chunk, |_| DeliveryId::generate(clock)))
                .bind(column(chunk, |new| new.row.notification_id))
                .bind(column(chunk, |new| new.row.plan_id))
                .bind(column(chunk, |new| new.row.alert_id))
                .bind(column(chunk, |new| new.row.case_id))
                .bind(column(chunk, |new| new.row.partner_id))
                .bind(column(chunk, |new| new.row.address.as_str()))
                .bind(column(chunk, |new| new.row.person.as_ref().map(Line::as_str)))
                .bind(column(chunk, |new| new.row.address.domain()))
                .bind(column(chunk, |new| new.state().as_str()))
                .bind(column(chunk, New::due_at))
                .bind(column(chunk, New::last_reply))
                .bind(column(chunk, New::is_held))
                .bind(column(chunk, New::is_in_digest));
                answer(inner.patience(), insert.execute(&mut **inner)).await?.rows_affected()
            }
            Tx::Sqlite(inner) => {
                let mut sql = QueryBuilder::new(
                    "INSERT INTO deliveries (id, notification_id, plan_id, alert_id, case_id, partner_id, address, person,
                         domain, state, due_at, first_due_at, created_at, ended_at, last_reply, awaits_officer, digest) ",
                );
                sql.push_values(chunk, |mut values, new| {
                    values
                        .push_bind(DeliveryId::generate(clock))
                        .push_bind(new.row.notification_id)
                        .push_bind(new.row.plan_id)
                        .push_bind(new.row.alert_id)
                        .push_bind(new.row.case_id)
                        .push_bind(new.row.partner_id)
                        .push_bind(new.row.address.clone())
                        .push_bind(new.row.person.clone())
                        .push_bind(new.row.address.domain().to_owned())
                        .push_bind(new.state())
                        .push_bind(new.due_at())
                        .push_bind(new.due_at())
                        .push_bind(now)
                        .push_bind(new.is_held().then_some(now))
                        .push_bind(new.last_reply())
                        .push_bind(new.is_held())
                        .push_bind(new.is_in_digest());
                });
                sql.push(" ON CONFLICT (notification_id, address) DO NOTHING");
                sql.build().execute(&mut **inner).await?.rows_affected()
            }
        };
    }
    Ok(deliveries)
}

/// Makes due what waited for an officer's word that has been given since: on its plan, or on its case that was silent.
/// Gives how many deliveries. What the last gate held for another reason stays held.
///
/// Of one plan, or of all: a word may be given at the very moment at which deliveries are made, and then neither of the two
/// transactions sees what the other one does. Whoever looks again later sees both.
pub async fn let_go(tx: &mut Tx, plan: Option<PlanId>, now: Timestamp) -> Result<u64, Error> {
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE deliveries SET due_at = ");
        sql.push_bind(now).push(", first_due_at = ").push_bind(now).push(
            ", ended_at = NULL, awaits_officer = FALSE, state = CASE WHEN in_doubt OR EXISTS (
                 SELECT 1 FROM attempts WHERE delivery_id = deliveries.id AND outcome = 'uncertain')
                 THEN 'uncertain' ELSE 'pending' END
             WHERE awaits_officer AND id IN (
                 SELECT d.id FROM deliveries d
                 JOIN notifications n ON n.id = d.notification_id
                 JOIN cases ca ON ca.id = d.case_id
                 WHERE d.awaits_officer AND ca.state <> 'suspended'
                   AND (n.hold IS NULL OR n.hold_released_at IS NOT NULL)
                   AND NOT EXISTS (
                       SELECT 1 FROM case_embargoes e, alerts al
                       WHERE e.case_id = d.case_id AND al.id = d.alert_id AND al.kind <> 'cancel' AND e.until_at > ",
        );
        sql.push_bind(now).push(")");
        if let Some(plan) = plan {
            sql.push(" AND d.plan_id = ").push_bind(plan);
        }
        sql.push(")");
        sql.build().execute(c).await.map(|done| done.rows_affected())
    })?)
}

/// Holds a delivery back until an officer's word on its case lets it go; its lease is given up. Says false if it had
/// ended.
pub async fn hold_back(tx: &mut Tx, id: DeliveryId, reason: &str, now: Timestamp) -> Result<bool, Error> {
    let rows = on_tx!(tx, c => sqlx::query(
        "UPDATE deliveries SET state = 'held', due_at = NULL, ended_at = $2, last_reply = $3, awaits_officer = TRUE,
             lease = NULL, leased_until = NULL
         WHERE id = $1 AND ended_at IS NULL",
    ).bind(id).bind(now).bind(reason).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
