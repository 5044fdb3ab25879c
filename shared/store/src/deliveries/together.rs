//! Many deliveries in one statement each: on PostgreSQL a statement costs its way there and back, and a commit the
//! disk. SQLite has no way to go and takes them one by one.

use domain::Timestamp;
use domain::delivery::{Outcome, Stage};
use domain::ids::{AttemptId, DeliveryId, LeaseId};
use sqlx::QueryBuilder;

use super::{DeliveryRow, FIND, Standing, begin_try, find, move_on, note_key, other_on_the_wire};
use crate::mails::{self, Common, Of, Rendered};
use crate::{Error, Tx, answer, attempts, column, expect_rows, listed, on_tx};

/// Those of these deliveries that there are, in the order asked for.
pub async fn find_all(tx: &mut Tx, ids: &[DeliveryId]) -> Result<Vec<DeliveryRow>, Error> {
    let mut rows: Vec<DeliveryRow> = match tx {
        Tx::Postgres(inner) => {
            let mut sql = QueryBuilder::new(FIND);
            sql.push("ANY(").push_bind(ids).push(")");
            answer(inner.patience(), sql.build_query_as().fetch_all(&mut **inner)).await?
        }
        Tx::Sqlite(_) => {
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                rows.extend(find(tx, *id).await?);
            }
            rows
        }
    };
    rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
    Ok(rows)
}

/// Lets one transaction at a time begin a try of any version of the case to the same address of the same partner, for each of
/// these deliveries and in one order, whoever else does so; to be called first. What has ended begins none, and is not waited
/// for.
pub async fn lock_threads(tx: &mut Tx, ids: &[DeliveryId]) -> Result<(), Error> {
    // SQLite needs no row lock: a transaction that may write is the only one.
    if let Tx::Postgres(inner) = tx {
        let lock = sqlx::query(
            "SELECT 1 FROM UNNEST($1::UUID[]) AS asked (id)
             JOIN deliveries a ON a.id = asked.id
             JOIN deliveries d ON (d.case_id, d.partner_id, d.address) = (a.case_id, a.partner_id, a.address)
             WHERE d.ended_at IS NULL
             ORDER BY d.id FOR UPDATE OF d",
        )
        .bind(ids);
        answer(inner.patience(), lock.execute(&mut **inner)).await?;
    }
    Ok(())
}

/// Those of these deliveries of which [`other_on_the_wire`].
pub async fn others_on_the_wire(tx: &mut Tx, rows: &[&DeliveryRow]) -> Result<Vec<DeliveryId>, Error> {
    match tx {
        Tx::Postgres(inner) => {
            let ids = column(rows, |row| row.id);
            let asked = sqlx::query_scalar(
                "SELECT a.id FROM UNNEST($1::UUID[]) AS asked (id)
                 JOIN deliveries a ON a.id = asked.id
                 WHERE EXISTS (
                     SELECT 1 FROM deliveries d
                     WHERE (d.case_id, d.partner_id, d.address) = (a.case_id, a.partner_id, a.address)
                       AND d.id <> a.id AND d.ended_at IS NULL
                       AND (EXISTS (SELECT 1 FROM attempts t WHERE t.delivery_id = d.id AND t.ended_at IS NULL)
                            OR (d.lease <> a.lease
                                AND (SELECT version FROM alerts WHERE id = d.alert_id)
                                    < (SELECT version FROM alerts WHERE id = a.alert_id))))",
            )
            .bind(ids);
            Ok(answer(inner.patience(), asked.fetch_all(&mut **inner)).await?)
        }
        Tx::Sqlite(_) => {
            let mut found = Vec::new();
            for row in rows {
                if other_on_the_wire(tx, row).await? {
                    found.push(row.id);
                }
            }
            Ok(found)
        }
    }
}

/// Those of these deliveries beside which no other version of the case goes to the same address of the same partner. For who has
/// locked them: whoever begins a try of another version locks them first ([`lock_threads`]).
pub async fn alone(tx: &mut Tx, ids: &[DeliveryId]) -> Result<Vec<DeliveryId>, Error> {
    let list = listed(tx, ids.iter().map(|id| id.as_uuid()));
    Ok(on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("SELECT a.id FROM deliveries a WHERE a.id IN (SELECT ");
        sql.push(list.before).push_bind(list.ids).push(list.after).push(
            ") AND NOT EXISTS (
                 SELECT 1 FROM deliveries d
                 WHERE d.case_id = a.case_id AND d.partner_id = a.partner_id AND d.address = a.address
                   AND d.id <> a.id AND d.ended_at IS NULL)",
        );
        sql.build_query_scalar().fetch_all(c).await
    })?)
}

/// A try that begins.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// The try.
    pub attempt: AttemptId,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// Its number, from 1.
    pub number: i64,
    /// An earlier try had no known end.
    pub possible_repeat: bool,
    /// The Message-ID of its mail.
    pub message_id: &'a str,
    /// The hash of its bytes.
    pub sha256: &'a [u8],
    /// The bytes, if they are new; those of an earlier try are kept.
    pub bytes: Option<&'a [u8]>,
    /// What the bytes have in common with those of others.
    pub common: Option<&'a Common>,
    /// For which key the bytes were encrypted, if they are new.
    pub key: Option<&'a str>,
}

impl<'a> Beginning<'a> {
    fn rendered(&self) -> Option<Rendered<'a>> {
        let of = Of { message_id: self.message_id, first: self.delivery };
        self.bytes.map(|bytes| Rendered { sha256: self.sha256, bytes, common: self.common, of: Some(of) })
    }
}

/// Keeps what these tries send, counts them, notes that they begin, and keeps their lease until then, or takes it where there is
/// none. Committed before SMTP begins.
pub async fn begin_tries(
    tx: &mut Tx,
    (lease, until): (LeaseId, Timestamp),
    tries: &[Beginning<'_>],
    now: Timestamp,
) -> Result<(), Error> {
    for one in tries {
        if let Some(key) = one.key {
            note_key(tx, one.delivery, key).await?;
        }
    }
    let new: Vec<Rendered<'_>> = tries.iter().filter_map(Beginning::rendered).collect();
    if !new.is_empty() {
        mails::keep_all(tx, &new, now).await?;
    }
    let Tx::Postgres(inner) = tx else {
        for one in tries {
            begin_try(tx, one.delivery, (lease, until), one.message_id, one.sha256).await?;
            attempts::begin(tx, one.attempt, one.delivery, one.number, one.possible_repeat, now).await?;
        }
        return Ok(());
    };
    // Each statement is a way there and back.
    let begin = sqlx::query(
        "WITH one AS (
             SELECT * FROM UNNEST($1::UUID[], $2::UUID[], $3::BIGINT[], $4::BOOLEAN[], $5::TEXT[], $6::BYTEA[])
                 AS one (attempt, delivery, number, possible_repeat, message_id, sha256)),
         begun AS (
             INSERT INTO attempts (id, delivery_id, number, started_at, possible_repeat)
             SELECT attempt, delivery, number, $7, possible_repeat FROM one)
         UPDATE deliveries d SET tries = d.tries + 1, message_id = one.message_id, mail_sha256 = one.sha256,
             lease = $8, leased_until = $9
         FROM one
         WHERE d.id = one.delivery AND (d.lease = $8 OR d.lease IS NULL) AND d.ended_at IS NULL
           AND (d.mail_sha256 IS NULL OR (d.mail_sha256 = one.sha256 AND d.message_id = one.message_id))",
    )
    .bind(column(tries, |one| one.attempt))
    .bind(column(tries, |one| one.delivery))
    .bind(column(tries, |one| one.number))
    .bind(column(tries, |one| one.possible_repeat))
    .bind(column(tries, |one| one.message_id))
    .bind(column(tries, |one| one.sha256))
    .bind(now)
    .bind(lease)
    .bind(until);
    expect_rows(tries.len(), answer(inner.patience(), begin.execute(&mut **inner)).await?.rows_affected())
}

/// A try that has ended.
#[derive(Clone, Debug)]
pub struct Ending<'a> {
    /// The try.
    pub attempt: AttemptId,
    /// Of which delivery.
    pub delivery: DeliveryId,
    /// How it ended.
    pub outcome: Outcome,
    /// At which step.
    pub stage: Stage,
    /// Where the delivery stands from now on.
    pub standing: Standing<'a>,
}

/// Notes how these tries ended and moves their deliveries on. Says false if one of them had been closed by somebody
/// else, or its delivery had ended: the caller must then undo all.
pub async fn end_tries(tx: &mut Tx, tries: &[Ending<'_>], now: Timestamp) -> Result<bool, Error> {
    let Tx::Postgres(inner) = tx else {
        for one in tries {
            let moved = move_on(tx, one.delivery, &one.standing, now).await?;
            let reply = one.standing.reply;
            if !(moved && attempts::end(tx, one.attempt, one.outcome, one.stage, reply, now).await?) {
                return Ok(false);
            }
        }
        return Ok(true);
    };
    // The deliveries first and in one order, as everywhere: two transactions that take the rows in another order wait for
    // each other. Then the tries. One list for all of it: PostgreSQL has no idea how long a list is, and joins two of them by
    // going through one for each row of the other.
    let end = sqlx::query_as(
        "WITH one AS MATERIALIZED (
             SELECT one.* FROM
                 UNNEST($1::UUID[], $2::UUID[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::TIMESTAMPTZ[], $7::TEXT[])
                 AS one (attempt, delivery, outcome, stage, state, due_at, reply)
             JOIN deliveries d ON d.id = one.delivery
             ORDER BY d.id FOR UPDATE OF d),
         moved AS (
             UPDATE deliveries d
             SET state = one.state, due_at = one.due_at, ended_at = CASE WHEN one.due_at IS NULL THEN $8 END,
                 last_reply = COALESCE(one.reply, d.last_reply), lease = NULL, leased_until = NULL
             FROM one WHERE d.id = one.delivery AND d.ended_at IS NULL
             RETURNING d.id),
         closed AS (
             UPDATE attempts t SET ended_at = $8, outcome = one.outcome, stage = one.stage, reply = one.reply
             FROM one WHERE t.id = one.attempt AND t.ended_at IS NULL
             RETURNING t.id)
         SELECT (SELECT COUNT(*) FROM moved), (SELECT COUNT(*) FROM closed)",
    )
    .bind(column(tries, |one| one.attempt))
    .bind(column(tries, |one| one.delivery))
    .bind(column(tries, |one| one.outcome.as_str()))
    .bind(column(tries, |one| one.stage.as_str()))
    .bind(column(tries, |one| one.standing.state.as_str()))
    .bind(column(tries, |one| one.standing.due_at))
    .bind(column(tries, |one| one.standing.reply))
    .bind(now);
    let (moved, closed): (i64, i64) = answer(inner.patience(), end.fetch_one(&mut **inner)).await?;
    Ok(moved == closed && usize::try_from(closed) == Ok(tries.len()))
}
