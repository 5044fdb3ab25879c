//! Frozen plans: who is told, who is not. Written by: routing.

pub mod alarms;
pub mod holds;
pub mod overrides;

use domain::codes::{AcknowledgedBy, ContactRole, Pace, PartnerKind, Share};
use domain::ids::{AlertId, CaseId, ContactId, NotificationId, PartnerId, PlanId};
use domain::plan::{Addressee, Basis, EarlierTold, Exclusion, Hold, NotTold, Plan, PlanInputs, Told};
use domain::text::Line;
use domain::{Clock, Label, Language, Mailbox, Timestamp};
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use crate::{Error, Tx, answer, column, expect_one, expect_rows, on_tx, trace};

/// Rows written by one statement: fifteen columns each stay below SQLite's limit on parameters.
const CHUNK: usize = 500;

/// A plan's head.
#[derive(Clone, Debug, FromRow)]
pub struct PlanRow {
    /// The plan.
    pub id: PlanId,
    /// The alert version.
    pub alert_id: AlertId,
    /// The case.
    pub case_id: CaseId,
    /// The rule set that decided.
    pub rule_set_version: i64,
    /// The directory as of which it decided.
    pub directory_revision: i64,
    /// How many partners are told.
    pub told: i64,
    /// How many are not.
    pub not_told: i64,
    /// When it was frozen.
    pub frozen_at: Timestamp,
}

/// The plan of an alert version.
pub async fn of_alert(tx: &mut Tx, alert_id: AlertId) -> Result<Option<PlanRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT id, alert_id, case_id, rule_set_version, directory_revision, told, not_told, frozen_at
         FROM plans WHERE alert_id = $1",
    ).bind(alert_id).fetch_optional(c).await)?)
}

/// Who was told an earlier version of a case, by partner and version. What is still held was not told.
pub async fn told_before(tx: &mut Tx, case_id: CaseId, version: i64) -> Result<Vec<EarlierTold>, Error> {
    let rows: Vec<(PartnerId, i64, Share)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT n.partner_id, a.version, n.share
         FROM notifications n JOIN alerts a ON a.id = n.alert_id
         WHERE n.case_id = $1 AND a.version < $2 AND (n.hold IS NULL OR n.hold_released_at IS NOT NULL)
         ORDER BY n.partner_id, a.version",
    ).bind(case_id).bind(version).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(partner_id, version, share)| EarlierTold { partner_id, version, share }).collect())
}

/// Keeps what a plan was made from.
pub async fn keep_inputs(tx: &mut Tx, plan_id: PlanId, inputs: &PlanInputs) -> Result<(), Error> {
    let rows = on_tx!(tx, c => sqlx::query("INSERT INTO plan_inputs (plan_id, body) VALUES ($1, $2)")
        .bind(plan_id).bind(Json(inputs)).execute(c).await.map(|done| done.rows_affected()))?;
    expect_one(rows)
}

/// What a plan was made from.
pub async fn inputs(tx: &mut Tx, plan_id: PlanId) -> Result<Option<PlanInputs>, Error> {
    let body: Option<Json<PlanInputs>> = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT body FROM plan_inputs WHERE plan_id = $1",
    ).bind(plan_id).fetch_optional(c).await)?;
    Ok(body.map(|json| json.0))
}

/// How many released versions of a case before this one have no plan yet.
pub async fn earlier_without_plan(tx: &mut Tx, case_id: CaseId, version: i64) -> Result<i64, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM alerts a
         WHERE a.case_id = $1 AND a.version < $2 AND a.state = 'released'
           AND NOT EXISTS (SELECT 1 FROM plans p WHERE p.alert_id = a.id)",
    ).bind(case_id).bind(version).fetch_one(c).await)?)
}

/// Freezes a plan with all its decisions; `false` and nothing written if the alert has a plan already.
pub async fn freeze(tx: &mut Tx, id: PlanId, case_id: CaseId, plan: &Plan, clock: &Clock) -> Result<bool, Error> {
    let told = i64::try_from(plan.told.len()).unwrap_or(i64::MAX);
    let not_told = i64::try_from(plan.not_told.len()).unwrap_or(i64::MAX);
    let trace = trace::current().map(|context| context.to_string());
    let rows = on_tx!(tx, c => sqlx::query(
        "INSERT INTO plans
             (id, alert_id, case_id, rule_set_version, directory_revision, told, not_told, traceparent, frozen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (alert_id) DO NOTHING",
    )
    .bind(id)
    .bind(plan.alert_id)
    .bind(case_id)
    .bind(plan.rule_set_version)
    .bind(plan.directory_revision)
    .bind(told)
    .bind(not_told)
    .bind(trace)
    .bind(clock.now())
    .execute(c).await.map(|done| done.rows_affected()))?;
    if rows == 0 {
        return Ok(false);
    }
    for chunk in plan.told.chunks(CHUNK) {
        insert_told(tx, id, case_id, plan.alert_id, chunk, clock).await?;
    }
    for chunk in plan.not_told.chunks(CHUNK) {
        insert_not_told(tx, id, chunk).await?;
    }
    Ok(true)
}

pub(crate) async fn insert_told(
    tx: &mut Tx,
    plan_id: PlanId,
    case_id: CaseId,
    alert_id: AlertId,
    chunk: &[Told],
    clock: &Clock,
) -> Result<(), Error> {
    let ids: Vec<NotificationId> = chunk.iter().map(|_| NotificationId::generate(clock)).collect();
    let rows = match tx {
        Tx::Postgres(inner) => {
            let insert = sqlx::query(
                "INSERT INTO notifications (id, plan_id, alert_id, case_id, partner_id, partner_name, partner_kind, share,
                     label, languages, basis, pace, acknowledge_within, acknowledged_by, hold)
                 SELECT id, $1, $2, $3, partner_id, partner_name, partner_kind, share,
                     label, languages, basis, pace, acknowledge_within, acknowledged_by, hold
                 FROM UNNEST($4::UUID[], $5::UUID[], $6::TEXT[], $7::TEXT[], $8::TEXT[], $9::TEXT[], $10::JSONB[],
                         $11::JSONB[], $12::TEXT[], $13::BIGINT[], $14::TEXT[], $15::JSONB[])
                     AS new (id, partner_id, partner_name, partner_kind, share, label, languages, basis, pace,
                         acknowledge_within, acknowledged_by, hold)",
            )
            .bind(plan_id)
            .bind(alert_id)
            .bind(case_id)
            .bind(&ids)
            .bind(column(chunk, |told| told.partner_id))
            .bind(column(chunk, |told| told.name.as_str()))
            .bind(column(chunk, |told| told.kind))
            .bind(column(chunk, |told| told.share))
            .bind(column(chunk, |told| told.label))
            .bind(column(chunk, |told| Json(&told.languages)))
            .bind(column(chunk, |told| Json(&told.basis)))
            .bind(column(chunk, |told| told.pace))
            .bind(column(chunk, |told| told.acknowledge_within))
            .bind(column(chunk, |told| told.acknowledged_by))
            .bind(column(chunk, |told| told.hold.as_ref().map(Json)));
            answer(inner.patience(), insert.execute(&mut **inner)).await?.rows_affected()
        }
        Tx::Sqlite(inner) => {
            let mut sql = QueryBuilder::new(
                "INSERT INTO notifications (id, plan_id, alert_id, case_id, partner_id, partner_name, partner_kind, share,
                     label, languages, basis, pace, acknowledge_within, acknowledged_by, hold) ",
            );
            sql.push_values(chunk.iter().zip(&ids), |mut row, (told, id)| {
                row.push_bind(*id)
                    .push_bind(plan_id)
                    .push_bind(alert_id)
                    .push_bind(case_id)
                    .push_bind(told.partner_id)
                    .push_bind(told.name.clone())
                    .push_bind(told.kind)
                    .push_bind(told.share)
                    .push_bind(told.label)
                    .push_bind(Json(told.languages.clone()))
                    .push_bind(Json(told.basis.clone()))
                    .push_bind(told.pace)
                    .push_bind(told.acknowledge_within)
                    .push_bind(told.acknowledged_by)
                    .push_bind(told.hold.clone().map(Json));
            });
            sql.build().execute(&mut **inner).await?.rows_affected()
        }
    };
    expect_rows(chunk.len(), rows)?;
    let addresses: Vec<_> =
        chunk.iter().zip(&ids).flat_map(|(told, id)| told.addressees.iter().map(move |to| (*id, to))).collect();
    for part in addresses.chunks(CHUNK) {
        let rows = match tx {
            Tx::Postgres(inner) => {
                let insert = sqlx::query(
                    "INSERT INTO notification_addresses (notification_id, contact_id, address, person, role)
                     SELECT * FROM UNNEST($1::UUID[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::TEXT[])",
                )
                .bind(column(part, |(id, _)| *id))
                .bind(column(part, |(_, to)| to.contact_id))
                .bind(column(part, |(_, to)| to.address.as_str()))
                .bind(column(part, |(_, to)| to.person.as_ref().map(Line::as_str)))
                .bind(column(part, |(_, to)| to.role));
                answer(inner.patience(), insert.execute(&mut **inner)).await?.rows_affected()
            }
            Tx::Sqlite(inner) => {
                let mut sql = QueryBuilder::new(
                    "INSERT INTO notification_addresses (notification_id, contact_id, address, person, role) ",
                );
                sql.push_values(part, |mut row, (id, to)| {
                    row.push_bind(*id)
                        .push_bind(to.contact_id)
                        .push_bind(to.address.clone())
                        .push_bind(to.person.clone())
                        .push_bind(to.role);
                });
                sql.build().execute(&mut **inner).await?.rows_affected()
            }
        };
        expect_rows(part.len(), rows)?;
    }
    Ok(())
}

async fn insert_not_told(tx: &mut Tx, plan_id: PlanId, chunk: &[NotTold]) -> Result<(), Error> {
    let rows = match tx {
        Tx::Postgres(inner) => {
            let insert = sqlx::query(
                "INSERT INTO exclusions (plan_id, partner_id, partner_name, partner_kind, reason)
                 SELECT $1, partner_id, partner_name, partner_kind, reason
                 FROM UNNEST($2::UUID[], $3::TEXT[], $4::TEXT[], $5::JSONB[])
                     AS new (partner_id, partner_name, partner_kind, reason)",
            )
            .bind(plan_id)
            .bind(column(chunk, |not_told| not_told.partner_id))
            .bind(column(chunk, |not_told| not_told.name.as_str()))
            .bind(column(chunk, |not_told| not_told.kind))
            .bind(column(chunk, |not_told| Json(&not_told.reason)));
            answer(inner.patience(), insert.execute(&mut **inner)).await?.rows_affected()
        }
        Tx::Sqlite(inner) => {
            let mut sql =
                QueryBuilder::new("INSERT INTO exclusions (plan_id, partner_id, partner_name, partner_kind, reason) ");
            sql.push_values(chunk, |mut row, not_told| {
                row.push_bind(plan_id)
                    .push_bind(not_told.partner_id)
                    .push_bind(not_told.name.clone())
                    .push_bind(not_told.kind)
                    .push_bind(Json(not_told.reason.clone()));
            });
            sql.build().execute(&mut **inner).await?.rows_affected()
        }
    };
    expect_rows(chunk.len(), rows)
}

/// One partner that was not told of an alert version.
#[derive(Clone, Debug, FromRow)]
pub struct ExclusionRow {
    /// The alert version's number.
    pub version: i64,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name then.
    pub partner_name: Line,
    /// Its kind then.
    pub partner_kind: PartnerKind,
    /// Why not.
    pub reason: Json<Exclusion>,
}

/// Everybody who was not told, by alert version and name.
pub async fn exclusions(tx: &mut Tx, case_id: CaseId) -> Result<Vec<ExclusionRow>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT a.version, e.partner_id, e.partner_name, e.partner_kind, e.reason
         FROM plans p JOIN exclusions e ON e.plan_id = p.id JOIN alerts a ON a.id = p.alert_id
         WHERE p.case_id = $1 ORDER BY a.version, e.partner_name, e.partner_id",
    ).bind(case_id).fetch_all(c).await)?)
}

#[derive(FromRow)]
struct ToldRow {
    id: NotificationId,
    partner_id: PartnerId,
    partner_name: Line,
    partner_kind: PartnerKind,
    share: Share,
    label: Label,
    languages: Json<Vec<Language>>,
    basis: Json<Basis>,
    pace: Pace,
    acknowledge_within: Option<i64>,
    acknowledged_by: AcknowledgedBy,
    hold: Option<Json<Hold>>,
}

/// What a plan says of one partner, as it was frozen; none if the partner was not in the directory then.
pub async fn decision(
    tx: &mut Tx,
    plan_id: PlanId,
    partner_id: PartnerId,
) -> Result<Option<Result<Told, NotTold>>, Error> {
    let excluded: Option<(Line, PartnerKind, Json<Exclusion>)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT partner_name, partner_kind, reason FROM exclusions WHERE plan_id = $1 AND partner_id = $2",
    ).bind(plan_id).bind(partner_id).fetch_optional(c).await)?;
    // First: who was told later, by hand, has both, and the plan did not tell it.
    if let Some((name, kind, reason)) = excluded {
        return Ok(Some(Err(NotTold { partner_id, name, kind, reason: reason.0 })));
    }
    let told: Option<ToldRow> = on_tx!(tx, c => sqlx::query_as(
        "SELECT id, partner_id, partner_name, partner_kind, share, label, languages, basis, pace, acknowledge_within,
             acknowledged_by, hold
         FROM notifications WHERE plan_id = $1 AND partner_id = $2",
    ).bind(plan_id).bind(partner_id).fetch_optional(c).await)?;
    if let Some(row) = told {
        let addressees: Vec<(ContactId, Mailbox, Option<Line>, ContactRole)> = on_tx!(tx, c => sqlx::query_as(
            "SELECT contact_id, address, person, role FROM notification_addresses WHERE notification_id = $1",
        ).bind(row.id).fetch_all(c).await)?;
        let mut addressees: Vec<Addressee> = addressees
            .into_iter()
            .map(|(contact_id, address, person, role)| Addressee { contact_id, address, person, role })
            .collect();
        // As the plan has them; the engines' collations differ.
        addressees.sort_by(|a, b| a.address.cmp(&b.address));
        return Ok(Some(Ok(Told {
            partner_id: row.partner_id,
            name: row.partner_name,
            kind: row.partner_kind,
            share: row.share,
            label: row.label,
            languages: row.languages.0,
            pace: row.pace,
            acknowledge_within: row.acknowledge_within,
            acknowledged_by: row.acknowledged_by,
            hold: row.hold.map(|json| json.0),
            basis: row.basis.0,
            addressees,
        })));
    }
    Ok(None)
}
