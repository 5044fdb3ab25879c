//! The exact bytes that were sent, by their SHA-256. Written by: notifier.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use domain::Timestamp;
use domain::ids::DeliveryId;
use sha2::{Digest, Sha256};

use crate::{Error, Tx, answer, column, on_tx};

/// Whose mail it is: its Message-ID, and its deliveries, more than one of a digest.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The Message-ID.
    pub message_id: &'a str,
    /// The delivery, or the first one of a digest.
    pub first: DeliveryId,
}

/// A fixed piece in a mail: how many bytes stand before it, and how many it has.
pub type Place = (usize, usize);

/// What a mail has in common with all mails of its mould.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Common {
    /// The hash of the mould's fixed pieces, one after the other.
    pub mould: [u8; 32],
    /// Where in this mail they stand, in order.
    pub places: Vec<Place>,
}

/// A rendered mail.
#[derive(Clone, Copy, Debug)]
pub struct Rendered<'a> {
    /// The hash of its bytes.
    pub sha256: &'a [u8],
    /// All of its bytes.
    pub bytes: &'a [u8],
    /// What others have too.
    pub common: Option<&'a Common>,
    /// Whose it is, if it is of deliveries.
    pub of: Option<Of<'a>>,
}

impl<'a> Rendered<'a> {
    /// What is its own.
    fn own(&self) -> Result<Cow<'a, [u8]>, Error> {
        let Some(common) = self.common else { return Ok(Cow::Borrowed(self.bytes)) };
        between(self.bytes, &common.places).map(Cow::Owned).ok_or(Error::Damaged("a fixed piece is not in its mail"))
    }

    /// As text: no statement looks into it.
    fn places(&self) -> Option<String> {
        self.common.map(|common| serde_json::to_string(&common.places).expect("numbers always have a JSON form"))
    }
}

/// What stands at none of these places.
fn between(whole: &[u8], places: &[Place]) -> Option<Vec<u8>> {
    let mut own = Vec::new();
    let mut from = 0;
    for &(offset, length) in places {
        own.extend_from_slice(whole.get(from..offset)?);
        from = offset.checked_add(length)?;
    }
    own.extend_from_slice(whole.get(from..)?);
    Some(own)
}

/// What stands at these places, one after the other.
fn at(whole: &[u8], places: &[Place]) -> Option<Vec<u8>> {
    let piece = |&(offset, length): &Place| whole.get(offset..offset.checked_add(length)?);
    Some(places.iter().map(piece).collect::<Option<Vec<_>>>()?.concat())
}

/// Puts together what is a mail's own and its fixed pieces; none if they do not fit.
fn joined(mut own: &[u8], mut fixed: &[u8], places: &[Place]) -> Option<Vec<u8>> {
    let mut whole = Vec::with_capacity(own.len() + fixed.len());
    for &(offset, length) in places {
        let before = own.split_off(..offset.checked_sub(whole.len())?)?;
        whole.extend_from_slice(before);
        whole.extend_from_slice(fixed.split_off(..length)?);
    }
    whole.extend_from_slice(own);
    fixed.is_empty().then_some(whole)
}

/// Keeps rendered bytes, and whose they are if they are of deliveries; the same bytes twice are kept once.
pub async fn keep(tx: &mut Tx, sha256: &[u8], bytes: &[u8], of: Option<Of<'_>>, now: Timestamp) -> Result<(), Error> {
    keep_all(tx, &[Rendered { sha256, bytes, common: None, of }], now).await
}

/// Keeps these mails; on PostgreSQL all in one statement. What they have in common is kept once.
pub async fn keep_all(tx: &mut Tx, mails: &[Rendered<'_>], now: Timestamp) -> Result<(), Error> {
    keep_moulds(tx, mails, now).await?;
    let own = mails.iter().map(Rendered::own).collect::<Result<Vec<_>, _>>()?;
    let Tx::Postgres(inner) = tx else {
        for (mail, own) in mails.iter().zip(own) {
            on_tx!(tx, c => sqlx::query(
                "INSERT INTO mails (sha256, bytes, mould, places, created_at, message_id, delivery_id)
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sha256) DO NOTHING",
            )
            .bind(mail.sha256.to_vec())
            .bind(own.into_owned())
            .bind(mail.common.map(|common| common.mould.to_vec()))
            .bind(mail.places())
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
        "INSERT INTO mails (sha256, bytes, mould, places, created_at, message_id, delivery_id)
         SELECT sha256, bytes, mould, places, $1, message_id, delivery_id
         FROM UNNEST($2::BYTEA[], $3::BYTEA[], $4::BYTEA[], $5::TEXT[], $6::TEXT[], $7::UUID[])
             AS new (sha256, bytes, mould, places, message_id, delivery_id)
         ON CONFLICT (sha256) DO NOTHING",
    )
    .bind(now)
    .bind(column(mails, |mail| mail.sha256))
    .bind(column(&own, |own| &own[..]))
    .bind(column(mails, |mail| mail.common.map(|common| &common.mould[..])))
    .bind(column(mails, Rendered::places))
    .bind(column(mails, |mail| mail.of.map(|of| of.message_id)))
    .bind(column(mails, |mail| mail.of.map(|of| of.first)));
    answer(inner.patience(), keep.execute(&mut **inner)).await?;
    Ok(())
}

/// In one order, whoever else keeps some of them, and without those that are there: a mould is far longer than a look for it.
async fn keep_moulds(tx: &mut Tx, mails: &[Rendered<'_>], now: Timestamp) -> Result<(), Error> {
    let moulds: BTreeMap<&[u8; 32], (&[u8], &[Place])> = mails
        .iter()
        .filter_map(|mail| mail.common.map(|common| (&common.mould, (mail.bytes, &common.places[..]))))
        .collect();
    let there = known_moulds(tx, moulds.keys().map(|sha256| &sha256[..]).collect()).await?;
    for (sha256, (whole, places)) in moulds {
        if there.contains(&sha256[..]) {
            continue;
        }
        let fixed = at(whole, places).filter(|fixed| Sha256::digest(fixed)[..] == sha256[..]);
        let fixed = fixed.ok_or(Error::Damaged("its fixed pieces are not its mould's"))?;
        on_tx!(tx, c => sqlx::query(
            "INSERT INTO mail_moulds (sha256, bytes, created_at) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING",
        )
        .bind(sha256.to_vec())
        .bind(fixed)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    }
    Ok(())
}

/// Which of these moulds are there.
async fn known_moulds(tx: &mut Tx, asked: Vec<&[u8]>) -> Result<HashSet<Vec<u8>>, Error> {
    match tx {
        Tx::Postgres(inner) => {
            let known = sqlx::query_scalar("SELECT sha256 FROM mail_moulds WHERE sha256 = ANY($1)").bind(asked);
            let known: Vec<Vec<u8>> = answer(inner.patience(), known.fetch_all(&mut **inner)).await?;
            Ok(known.into_iter().collect())
        }
        Tx::Sqlite(inner) => {
            let mut known = HashSet::new();
            for sha256 in asked {
                let one = sqlx::query_scalar("SELECT sha256 FROM mail_moulds WHERE sha256 = $1").bind(sha256.to_vec());
                known.extend(one.fetch_optional(&mut **inner).await?);
            }
            Ok(known)
        }
    }
}

/// Notes that a delivery goes out in a digest whose first is another.
pub async fn add_member(tx: &mut Tx, message_id: &str, delivery: DeliveryId) -> Result<(), Error> {
    on_tx!(tx, c => sqlx::query(
        "INSERT INTO digest_members (message_id, delivery_id) VALUES ($1, $2)
         ON CONFLICT (message_id, delivery_id) DO NOTHING",
    ).bind(message_id).bind(delivery).execute(c).await.map(drop))?;
    Ok(())
}

/// Rendered bytes by their SHA-256, which is what they have: nothing else is passed off as the mail.
pub async fn find(tx: &mut Tx, sha256: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let found: Option<(Vec<u8>, Option<String>, Option<Vec<u8>>)> = on_tx!(tx, c => sqlx::query_as(
        "SELECT m.bytes, m.places, f.bytes FROM mails m LEFT JOIN mail_moulds f ON f.sha256 = m.mould
         WHERE m.sha256 = $1",
    ).bind(sha256.to_vec()).fetch_optional(c).await)?;
    let whole = match found {
        None => return Ok(None),
        Some((bytes, None, _)) => bytes,
        Some((_, Some(_), None)) => return Err(Error::Damaged("its mould is missing")),
        Some((own, Some(places), Some(fixed))) => {
            let places: Option<Vec<Place>> = serde_json::from_str(&places).ok();
            let whole = places.and_then(|places| joined(&own, &fixed, &places));
            whole.ok_or(Error::Damaged("its pieces do not fit"))?
        }
    };
    if Sha256::digest(&whole)[..] != *sha256 {
        return Err(Error::Damaged("it has other bytes than were sent"));
    }
    Ok(Some(whole))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All ways to give a mail of this many bytes fixed pieces, empty ones and such as follow one another among them.
    fn all_ways(from: usize, length: usize, most: usize) -> Vec<Vec<Place>> {
        let mut ways = vec![Vec::new()];
        if most > 0 {
            for offset in from..=length {
                for end in offset..=length {
                    for mut others in all_ways(end, length, most - 1) {
                        others.insert(0, (offset, end - offset));
                        ways.push(others);
                    }
                }
            }
        }
        ways
    }

    #[test]
    fn every_mail_is_put_together_again_whatever_is_fixed_in_it() {
        let mut ways = 0;
        for length in 0..=6 {
            let whole = &b"abcdef"[..length];
            for places in all_ways(0, length, 3) {
                let (own, fixed) = (between(whole, &places).unwrap(), at(whole, &places).unwrap());
                assert_eq!(own.len() + fixed.len(), length, "{places:?}");
                assert_eq!(joined(&own, &fixed, &places).as_deref(), Some(whole), "{places:?}");
                ways += 1;
            }
        }
        assert!(ways > 2_000, "{ways}");
    }

    #[test]
    fn places_that_do_not_fit_give_no_mail_and_others_give_what_they_say() {
        let pairs: Vec<Place> = (0..6).flat_map(|offset| (0..4).map(move |length| (offset, length))).collect();
        let ones = pairs.iter().map(|one| vec![*one]);
        let twos = pairs.iter().flat_map(|one| pairs.iter().map(|other| vec![*one, *other]));
        let lists: Vec<_> = std::iter::once(Vec::new()).chain(ones).chain(twos).collect();
        let (mut good, mut bad) = (0, 0);
        for (own, fixed) in (0..4).flat_map(|own| (0..4).map(move |fixed| (&b"abc"[..own], &b"xyz"[..fixed]))) {
            for places in &lists {
                let Some(whole) = joined(own, fixed, places) else {
                    bad += 1;
                    continue;
                };
                assert_eq!(between(&whole, places).as_deref(), Some(own), "{places:?}");
                assert_eq!(at(&whole, places).as_deref(), Some(fixed), "{places:?}");
                good += 1;
            }
        }
        assert!(good > 100 && bad > 1_000, "{good} {bad}");
        for places in [vec![(0, 1)], vec![(0, 3)], vec![(9, 2)], vec![(1, 1), (0, 1)], vec![(usize::MAX, 2)], vec![]] {
            assert_eq!(joined(b"own", b"fi", &places), None, "{places:?}");
        }
        for places in [vec![(0, 9)], vec![(9, 0)], vec![(1, 2), (2, 1)], vec![(1, usize::MAX)]] {
            assert_eq!(between(b"whole", &places), None, "{places:?}");
        }
        assert_eq!((at(b"whole", &[(0, 9)]), at(b"whole", &[(1, usize::MAX)])), (None, None));
    }

    proptest! {
        #[test]
        fn long_mails_are_put_together_again(
            whole in prop::collection::vec(any::<u8>(), 0..5_000),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(whole.len() + 1)).collect();
            cuts.sort_unstable();
            let places: Vec<Place> = cuts.chunks_exact(2).map(|pair| (pair[0], pair[1] - pair[0])).collect();
            let (own, fixed) = (between(&whole, &places).unwrap(), at(&whole, &places).unwrap());
            prop_assert_eq!(joined(&own, &fixed, &places), Some(whole));
            prop_assert_eq!(joined(&own, &[&fixed[..], b"x"].concat(), &places), None);
            if let Some((_, shorter)) = fixed.split_last() {
                prop_assert_eq!(joined(&own, shorter, &places), None);
            }
        }
    }
}
