//! Deliveries that go out together: all that is due to one address of one partner, in one mail.
//!
//! A digest is no row: it is whatever waits when the sender looks, so nothing can be left behind in one. Once rendered,
//! its deliveries share Message-ID and bytes, and by these they are found again for a repeat.

use domain::Timestamp;
use domain::ids::{DeliveryId, LeaseId, PartnerId};
use sqlx::{FromRow, QueryBuilder};

use super::DeliveryRow;
use crate::{Error, Tx, beyond_any_claim, on_tx};

#[derive(FromRow)]
struct First {
    partner_id: PartnerId,
    address: String,
    message_id: Option<String>,
}

/// Leases the deliveries of the digest that is due longest, oldest first, at most `limit`. Empty: none is due. A lease
/// from the future, of a clock that was set back since, holds nothing.
pub async fn lease_digest(
    tx: &mut Tx,
    lease: LeaseId,
    now: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<DeliveryId>, Error> {
    let beyond = beyond_any_claim(now, until.since(now));
    let first: Option<First> = on_tx!(tx, c => sqlx::query_as(
        "SELECT partner_id, address, message_id FROM deliveries
         WHERE digest AND due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $2)
         ORDER BY due_at, id LIMIT 1",
    ).bind(now).bind(beyond).fetch_optional(c).await)?;
    let Some(first) = first else { return Ok(Vec::new()) };
    // Waits for another who leases here, rather than skip what that one has locked: of two that each took a part there
    // would be two mails. Both lock in the same order, so neither waits for the other.
    let lock = match tx {
        Tx::Postgres(_) => " FOR UPDATE",
        Tx::Sqlite(_) => "",
    };
    let mut ids: Vec<DeliveryId> = on_tx!(tx, c => {
        let mut sql = QueryBuilder::new("UPDATE deliveries SET lease = ");
        sql.push_bind(lease).push(", leased_until = ").push_bind(until);
        sql.push(" WHERE id IN (SELECT id FROM deliveries WHERE digest AND due_at <= ").push_bind(now);
        sql.push(" AND (leased_until IS NULL OR leased_until <= ").push_bind(now);
        sql.push(" OR leased_until > ").push_bind(beyond);
        sql.push(") AND partner_id = ").push_bind(first.partner_id);
        sql.push(" AND address = ").push_bind(first.address);
        match first.message_id {
            // What has been rendered together stays together.
            Some(message_id) => sql.push(" AND message_id = ").push_bind(message_id),
            None => sql.push(" AND message_id IS NULL"),
        };
        sql.push(" ORDER BY created_at, id LIMIT ").push_bind(limit).push(lock);
        sql.push(") AND due_at <= ").push_bind(now);
        sql.push(" AND (leased_until IS NULL OR leased_until <= ").push_bind(now);
        sql.push(" OR leased_until > ").push_bind(beyond).push(") RETURNING id");
        sql.build_query_scalar().fetch_all(c).await
    })?;
    // Identifiers grow with time; an update gives its rows in any order.
    ids.sort();
    Ok(ids)
}

/// Whether the mail of a delivery also holds one that was cancelled since.
pub async fn shares_with_cancelled(tx: &mut Tx, row: &DeliveryRow) -> Result<bool, Error> {
    let cancelled: i64 = on_tx!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM deliveries
         WHERE partner_id = $1 AND address = $2 AND message_id = $3 AND state = 'cancelled'",
    ).bind(row.partner_id).bind(&row.address).bind(&row.message_id).fetch_one(c).await)?;
    Ok(cancelled > 0)
}

/// Takes deliveries out of their digest and gives them back: each goes out by itself.
pub async fn send_alone(tx: &mut Tx, ids: &[DeliveryId]) -> Result<(), Error> {
    for id in ids {
        on_tx!(tx, c => sqlx::query(
            "UPDATE deliveries SET digest = FALSE, lease = NULL, leased_until = NULL WHERE id = $1",
        ).bind(*id).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Forgets the mail that deliveries were rendered into, so that they can be rendered anew: only for a mail that is known
/// not to have left, or by an officer's decision.
pub async fn forget_mail(tx: &mut Tx, ids: &[DeliveryId]) -> Result<(), Error> {
    for id in ids {
        on_tx!(tx, c => sqlx::query("UPDATE deliveries SET message_id = NULL, mail_sha256 = NULL WHERE id = $1")
            .bind(*id).execute(c).await.map(drop))?;
    }
    Ok(())
}
