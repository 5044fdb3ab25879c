//! What the tables of the notifier say about the directory's addresses. Written by nobody: reads only.

use domain::ids::PartnerId;
use domain::{Mailbox, Timestamp};

use crate::{Error, Tx, on_tx};

/// Present addresses whose last mails since `from` were refused or given up, and none accepted after: partner, address,
/// how many, when last.
pub async fn bouncing(tx: &mut Tx, from: Timestamp) -> Result<Vec<(PartnerId, Mailbox, i64, Timestamp)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT d.partner_id, d.address, COUNT(*), MAX(d.ended_at)
         FROM deliveries d
         JOIN partner_contacts k ON k.partner_id = d.partner_id AND k.address = d.address
         WHERE d.state IN ('refused', 'expired') AND d.ended_at >= $1
           AND NOT EXISTS (SELECT 1 FROM deliveries g
                           WHERE g.partner_id = d.partner_id AND g.address = d.address AND g.state = 'accepted'
                             AND g.ended_at > d.ended_at)
         GROUP BY d.partner_id, d.address ORDER BY MAX(d.ended_at) DESC, d.address",
    ).bind(from).fetch_all(c).await)?)
}

/// Partners whose last `count` notifications that a mail server accepted were acknowledged by nobody: since when.
pub async fn silent(tx: &mut Tx, count: i64) -> Result<Vec<(PartnerId, Timestamp)>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_as(
        "SELECT partner_id, MIN(frozen_at) FROM (
             SELECT n.partner_id, p.frozen_at,
                 CASE WHEN EXISTS (SELECT 1 FROM acknowledgements a WHERE a.notification_id = n.id) THEN 1 ELSE 0 END
                     AS answered,
                 ROW_NUMBER() OVER (PARTITION BY n.partner_id ORDER BY p.frozen_at DESC, n.id DESC) AS place
             FROM notifications n
             JOIN plans p ON p.id = n.plan_id
             WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.notification_id = n.id AND d.state = 'accepted')
         ) AS latest
         WHERE place <= $1
         GROUP BY partner_id HAVING COUNT(*) = $1 AND MAX(answered) = 0 ORDER BY MIN(frozen_at), partner_id",
    ).bind(count).fetch_all(c).await)?)
}
