//! The exact bytes that were sent, by their SHA-256. Written by: notifier.

use std::collections::BTreeMap;

use domain::Timestamp;
use domain::ids::DeliveryId;

use crate::{Error, Tx, answer, on_tx};

/// Whose mail it is: its Message-ID, and its deliveries, more than one of a digest.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The Message-ID.
    pub message_id: &'a str,
    /// The delivery, or the first one of a digest.
    pub first: DeliveryId,
}

/// The end of a mail's bytes that it has in common with many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tail {
    /// How many bytes.
    pub length: usize,
    /// Their hash.
    pub sha256: [u8; 32],
}

/// A rendered mail.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    /// The hash of its bytes.
    pub sha256: &'a [u8],
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// How it ends, if others end so too.
    pub tail: Option<Tail>,
    /// Whose it is, if it is of deliveries.
    pub of: Option<Of<'a>>,
}

impl<'a> Rendered<'a> {
    /// What is its own, and what it has in common.
    fn parts(&self) -> (&'a [u8], Option<(Tail, &'a [u8])>) {
        match self.tail {
            None => (self.bytes, None),
            Some(tail) => {
                let (own, common) = self.bytes.split_at(self.bytes.len().saturating_sub(tail.length));
                (own, Some((tail, common)))
            }
        }
    }
}

/// Keeps rendered bytes, and whose they are if they are of deliveries; the same bytes twice are kept once.
pub async fn keep(tx: &mut Tx, sha256: &[u8], bytes: &[u8], of: Option<Of<'_>>, now: Timestamp) -> Result<(), Error> {
    keep_all(tx, &[Rendered { sha256, bytes, tail: None, of }], now).await
}

/// Keeps these mails; on PostgreSQL all in one statement. What they have in common is kept once.
pub async fn keep_all(tx: &mut Tx, mails: &[Rendered<'_>], now: Timestamp) -> Result<(), Error> {
    keep_tails(tx, mails, now).await?;
    let Tx::Postgres(inner) = tx else {
        for mail in mails {
            on_tx!(tx, c => sqlx::query(
                "INSERT INTO mails (sha256, bytes, tail, created_at, message_id, delivery_id)
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sha256) DO NOTHING",
            )
            .bind(mail.sha256.to_vec())
            .bind(mail.parts().0.to_vec())
            .bind(mail.tail.map(|tail| tail.sha256.to_vec()))
            .bind(now)
            .bind(mail.of.map(|of| of.message_id.to_owned()))
            .bind(mail.of.map(|of| of.first))
            .execute(c)
            .await
            .map(drop))?;
        }
        return Ok(());
    };
    let keep = sqlx::query(
        "INSERT INTO mails (sha256, bytes, tail, created_at, message_id, delivery_id)
         SELECT sha256, bytes, tail, $1, message_id, delivery_id
         FROM UNNEST($2::BYTEA[], $3::BYTEA[], $4::BYTEA[], $5::TEXT[], $6::UUID[])
             AS new (sha256, bytes, tail, message_id, delivery_id)
         ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(now)
    .bind(mails.iter().map(|mail| mail.sha256).collect::<Vec<_>>())
    .bind(mails.iter().map(|mail| mail.parts().0).collect::<Vec<_>>())
    .bind(mails.iter().map(|mail| mail.tail.map(|tail| tail.sha256.to_vec())).collect::<Vec<_>>())
    .bind(mails.iter().map(|mail| mail.of.map(|of| of.message_id)).collect::<Vec<_>>())
    .bind(mails.iter().map(|mail| mail.of.map(|of| of.first)).collect::<Vec<_>>());
    answer(inner.patience(), keep.execute(&mut **inner)).await?;
    Ok(())
}

/// In one order, whoever else keeps some of them, and without those that are there: a tail is far longer than a look for it.
async fn keep_tails(tx: &mut Tx, mails: &[Rendered<'_>], now: Timestamp) -> Result<(), Error> {
    let tails: BTreeMap<[u8; 32], &[u8]> =
        mails.iter().filter_map(|mail| mail.parts().1).map(|(tail, bytes)| (tail.sha256, bytes)).collect();
    for (sha256, bytes) in tails {
        let there: bool = on_tx!(tx, c => sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM mail_tails WHERE sha256 = $1)")
            .bind(sha256.to_vec()).fetch_one(c).await)?;
        if there {
            continue;
        }
        on_tx!(tx, c => sqlx::query(
            "INSERT INTO mail_tails (sha256, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(sha256.to_vec())
        .bind(bytes.to_vec())
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Notes that a delivery goes out in a digest whose first is another.
pub async fn add_member(tx: &mut Tx, message_id: &str, delivery: DeliveryId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO digest_members (message_id, delivery_id) VALUES ($1, $2)
         ON CONFLICT (message_id, delivery_id) DO NOTHING",
    ).bind(message_id).bind(delivery).execute(c).await.map(drop))?;
    Ok(())
}

/// Rendered bytes by their SHA-256.
pub async fn find(tx: &mut Tx, sha256: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let found: Option<(Vec<u8>, bool, Option<Vec<u8>>)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT m.bytes, m.tail IS NOT NULL, t.bytes FROM mails m LEFT JOIN mail_tails t ON t.sha256 = m.tail
         WHERE m.sha256 = $1",
    ).bind(sha256.to_vec()).fetch_optional(c).await)?;
    match found {
        None => Ok(None),
        Some((_, true, None)) => Err(Error::Unsuitable("a mail is kept without its tail".to_owned())),
        Some((mut bytes, _, tail)) => {
            bytes.extend(tail.unwrap_or_default());
            Ok(Some(bytes))
        }
    }
}

/// The deliveries whose mail has this Message-ID, oldest first. What has been rendered anew since under another one is
/// not among them.
pub async fn deliveries(tx: &mut Tx, message_id: &str) -> Result<Vec<DeliveryId>, Error> {
    Ok(on_tx!(tx, c => sqlx::query_scalar(
        "SELECT d.id FROM (SELECT delivery_id FROM mails WHERE message_id = $1
                           UNION SELECT delivery_id FROM digest_members WHERE message_id = $1) AS m
         JOIN deliveries d ON d.id = m.delivery_id
         WHERE d.message_id = $1 ORDER BY d.id",
    ).bind(message_id).fetch_all(c).await)?)
}
