//! The bytes that were sent, whole or with an end that others share.

use domain::ids::DeliveryId;
use domain::{Clock, Timestamp};
use store::mails::{self, Of, Rendered, Tail};
use store::{Error, on_tx};

use crate::engines;

#[tokio::test]
async fn an_end_that_many_mails_have_is_kept_once_and_each_is_found_whole() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(1_795_000_000_000_000));
        let now = clock.now();
        let tail = Tail { length: 4, sha256: [9; 32] };
        let of = |number: &'static str| Of { message_id: number, first: DeliveryId::generate(&clock) };
        let rendered = |sha256: &'static [u8; 32], bytes: &'static [u8], tail| Rendered {
            sha256,
            bytes,
            tail,
            of: Some(of("<m@x>")),
        };
        let all = [
            rendered(&[1; 32], b"one, tail", Some(tail)),
            rendered(&[2; 32], b"another, tail", Some(tail)),
            rendered(&[3; 32], b"alone", None),
            // Nothing but its end.
            rendered(&[4; 32], b"tail", Some(tail)),
        ];
        let mut tx = engine.db.begin().await.unwrap();
        // Kept by one sender and then by another, and twice by either.
        mails::keep_all(&mut tx, &all[..1], now).await.unwrap();
        mails::keep_all(&mut tx, &all, now).await.unwrap();
        mails::keep_all(&mut tx, &all, now).await.unwrap();
        for mail in &all {
            let found = mails::find(&mut tx, mail.sha256).await.unwrap();
            assert_eq!(found.as_deref(), Some(mail.bytes), "{}", engine.name);
        }
        let tails: i64 =
            on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM mail_tails").fetch_one(c).await).unwrap();
        assert_eq!(tails, 1, "{}", engine.name);

        // What is not whole is not passed off as a mail.
        on_tx!(&mut tx, c => sqlx::query("DELETE FROM mail_tails").execute(c).await.map(drop)).unwrap();
        let found = mails::find(&mut tx, &[1; 32]).await;
        assert!(matches!(found, Err(Error::Unsuitable(_))), "{}: {found:?}", engine.name);
        tx.rollback().await.unwrap();
    }
}
