//! The bytes that were sent, whole or without what others have too.

use domain::ids::DeliveryId;
use domain::{Clock, Timestamp};
use sha2::{Digest as _, Sha256};
use store::mails::{self, Common, Of, Rendered};
use store::{Error, Tx, on_tx};

use crate::engines;

/// A mail of which the upper-case letters are the mould's.
struct Kept {
    bytes: Vec<u8>,
    sha256: [u8; 32],
    common: Option<Common>,
}

impl Kept {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes().to_vec();
        let (mut places, mut mould) = (Vec::new(), Sha256::new());
        let mut at = 0;
        for run in bytes.chunk_by(|one, other| one.is_ascii_uppercase() == other.is_ascii_uppercase()) {
            if run[0].is_ascii_uppercase() {
                places.push((at, run.len()));
                mould.update(run);
            }
            at += run.len();
        }
        let common = (!places.is_empty()).then(|| Common { mould: mould.finalize().into(), places });
        Self { sha256: Sha256::digest(&bytes).into(), bytes, common }
    }

    fn rendered(&self) -> Rendered<'_> {
        let of = Of { message_id: "<m@x>", first: DeliveryId::from_stored(uuid::Uuid::nil()) };
        Rendered { sha256: &self.sha256, bytes: &self.bytes, common: self.common.as_ref(), of: Some(of) }
    }
}

fn now() -> Timestamp {
    Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000)).0.now()
}

async fn moulds(tx: &mut Tx) -> i64 {
    on_tx!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM mail_moulds").fetch_one(c).await).unwrap()
}

#[tokio::test]
async fn what_many_mails_have_in_common_is_kept_once_and_each_is_found_whole() {
    for engine in engines().await {
        let all = [
            Kept::new("one, FIXED and MORE, own end"),
            // The same pieces elsewhere, one of them in two.
            Kept::new("FIxXED another: aMORE"),
            Kept::new("alone"),
            // Nothing but the mould.
            Kept::new("FIXEDMORE"),
            Kept::new("of ANOTHER"),
        ];
        let rendered: Vec<_> = all.iter().map(Kept::rendered).collect();
        let mut tx = engine.db.begin().await.unwrap();
        // Kept by one sender and then by another, and twice by either.
        mails::keep_all(&mut tx, &rendered[..1], now()).await.unwrap();
        mails::keep_all(&mut tx, &rendered, now()).await.unwrap();
        mails::keep_all(&mut tx, &rendered, now()).await.unwrap();
        for mail in &all {
            let found = mails::find(&mut tx, &mail.sha256).await.unwrap();
            assert_eq!(found.as_deref(), Some(&mail.bytes[..]), "{}", engine.name);
        }
        assert_eq!(moulds(&mut tx).await, 2, "{}", engine.name);
        let own: Vec<u8> = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT bytes FROM mails WHERE sha256 = $1")
            .bind(all[0].sha256.to_vec()).fetch_one(c).await)
        .unwrap();
        assert_eq!(own, b"one,  and , own end", "{}", engine.name);
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_the_mail_that_was_sent_is_no_mail() {
    for engine in engines().await {
        let place = |places: &str| format!("UPDATE mails SET places = '{places}'");
        for damage in [
            "DELETE FROM mail_moulds".to_owned(),
            "UPDATE mail_moulds SET bytes = substr(bytes, 1, 8)".to_owned(),
            "UPDATE mail_moulds SET bytes = sha256".to_owned(),
            "UPDATE mails SET bytes = sha256".to_owned(),
            "UPDATE mails SET mould = sha256".to_owned(),
            "UPDATE mails SET mould = NULL, places = NULL".to_owned(),
            place("[]"),
            place("[[0, 5]]"),
            place("[[0, 5], [6, 5]]"),
            place("[[2, 5], [6, 4]]"),
            place("[[5, 5], [5, 4]]"),
            place("[[900, 5], [1000, 4]]"),
            place("[[5, -5], [15, 4]]"),
            place("[[5, 5], [\"x\", 4]]"),
            place("[5, 5, 15, 4]"),
            place("null"),
            place("no list"),
        ] {
            let (mail, mut tx) = (Kept::new("one, FIXED and MORE"), engine.db.begin().await.unwrap());
            mails::keep_all(&mut tx, &[mail.rendered()], now()).await.unwrap();
            mails::find(&mut tx, &mail.sha256).await.unwrap().expect("whole before");
            on_tx!(&mut tx, c => sqlx::query(sqlx::AssertSqlSafe(&*damage)).execute(c).await.map(drop)).unwrap();
            let found = mails::find(&mut tx, &mail.sha256).await;
            assert!(matches!(found, Err(Error::Damaged(_))), "{}, {damage}: {found:?}", engine.name);
            tx.rollback().await.unwrap();
        }
        // Nor is one kept whose pieces are elsewhere or another mould's.
        for common in [
            Common { mould: [9; 32], places: vec![(0, 3)] },
            Common { mould: Sha256::digest(b"").into(), places: vec![(3, 0), (9, 0)] },
        ] {
            let mail = Kept { common: Some(common), ..Kept::new("alone") };
            let mut tx = engine.db.begin().await.unwrap();
            let kept = mails::keep_all(&mut tx, &[mail.rendered()], now()).await;
            assert!(matches!(kept, Err(Error::Damaged(_))), "{}: {kept:?}", engine.name);
            tx.rollback().await.unwrap();
        }
        // Places without a mould, and a mould without places.
        for half in ["mould = NULL", "places = NULL"] {
            let (mail, mut tx) = (Kept::new("one, FIXED and MORE"), engine.db.begin().await.unwrap());
            mails::keep_all(&mut tx, &[mail.rendered()], now()).await.unwrap();
            let sql = format!("UPDATE mails SET {half}");
            let done = on_tx!(&mut tx, c => sqlx::query(sqlx::AssertSqlSafe(&*sql)).execute(c).await.map(drop));
            assert!(matches!(done.map_err(Error::from), Err(Error::Refused(_))), "{}: {half}", engine.name);
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn senders_who_keep_the_same_moulds_at_once_keep_each_once() {
    for engine in engines().await {
        // Each by its own order.
        let keep = async |sender: usize| {
            let mut own = ["FIXED", "MORE", "STILL", "LAST"].map(|fixed| Kept::new(&format!("{sender} {fixed}")));
            own.rotate_left(sender);
            let rendered: Vec<_> = own.iter().map(Kept::rendered).collect();
            let mut tx = engine.db.begin().await.unwrap();
            mails::keep_all(&mut tx, &rendered, now()).await.unwrap();
            tx.commit().await.unwrap();
            own
        };
        let (one, two, three, four) = tokio::join!(keep(0), keep(1), keep(2), keep(3));
        let mut tx = engine.db.read().await.unwrap();
        assert_eq!(moulds(&mut tx).await, 4, "{}", engine.name);
        for mail in one.iter().chain(&two).chain(&three).chain(&four) {
            let found = mails::find(&mut tx, &mail.sha256).await.unwrap();
            assert_eq!(found.as_deref(), Some(&mail.bytes[..]), "{}", engine.name);
        }
        tx.commit().await.unwrap();
    }
}
