//! Proposals and merges.

use std::time::Duration;

use domain::codes::{CaseState, DuplicateState};
use domain::duplicate::{Evidence, Sides};
use domain::ids::{AccountId, DuplicateId};
use domain::photo::PerceptualHash;
use domain::{Clock, Timestamp};
use store::Error;
use store::duplicates::{self, DuplicateRow, MergeRow};
use store::photos::{self, PhotoRow};

use crate::cases::{START, stored};
use crate::engines;
use crate::photos::{photo, with_object};

fn evidence() -> Vec<Evidence> {
    let reference = Sides { earlier: "PV 12".parse().unwrap(), later: "pv12".parse().unwrap() };
    vec![Evidence::PoliceReference { reference }]
}

#[tokio::test]
async fn cases_are_found_by_what_they_share_those_that_share_most_first() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let mut cases = Vec::new();
        for number in 1..=3 {
            cases.push(stored(&engine.db, &clock, number).await.id);
        }
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let mut tx = engine.db.begin().await.unwrap();
        duplicates::hold(&mut tx).await.unwrap();
        duplicates::set_keys(&mut tx, cases[0], &keys(&["a", "b", "c"])).await.unwrap();
        duplicates::set_keys(&mut tx, cases[1], &keys(&["c"])).await.unwrap();
        duplicates::set_keys(&mut tx, cases[2], &keys(&["a", "b"])).await.unwrap();
        let found = duplicates::sharing_keys(&mut tx, cases[0], 10).await.unwrap();
        assert_eq!(found, [cases[2], cases[1]], "{}", engine.name);
        assert_eq!(duplicates::sharing_keys(&mut tx, cases[0], 1).await.unwrap(), [cases[2]], "{}", engine.name);
        duplicates::set_keys(&mut tx, cases[2], &[]).await.unwrap();
        assert_eq!(duplicates::sharing_keys(&mut tx, cases[0], 10).await.unwrap(), [cases[1]], "{}", engine.name);
        let many: Vec<_> = (0..12_000).map(|number| number.to_string()).collect();
        duplicates::set_keys(&mut tx, cases[2], &many).await.unwrap();
        assert!(duplicates::sharing_keys(&mut tx, cases[2], 10).await.unwrap().is_empty(), "{}", engine.name);
    }
}

#[tokio::test]
async fn photographs_that_look_alike_lead_to_each_others_cases() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object) = with_object(&engine.db, &clock, 1).await;
        let (other, other_object) = with_object(&engine.db, &clock, 2).await;
        let looks = |row: PhotoRow, bits: u64| PhotoRow { looks: PerceptualHash::new(bits).to_stored(), ..row };
        let mut tx = engine.db.begin().await.unwrap();
        let bits = 0x1234_5678_9abc_def0;
        photos::insert(&mut tx, &looks(photo(&clock, &case, object, 1), bits)).await.unwrap();
        let far = looks(photo(&clock, &other, other_object, 2), !bits);
        photos::insert(&mut tx, &far).await.unwrap();
        assert!(duplicates::sharing_looks(&mut tx, case.id, 10).await.unwrap().is_empty(), "{}", engine.name);
        // Seven bits, each in another band: the eighth band is what finds it.
        let near = looks(photo(&clock, &other, other_object, 3), bits ^ 0x0101_0101_0101_0100);
        photos::insert(&mut tx, &near).await.unwrap();
        assert_eq!(duplicates::sharing_looks(&mut tx, case.id, 10).await.unwrap(), [other.id], "{}", engine.name);
        photos::remove(&mut tx, &near, clock.now()).await.unwrap();
        assert!(duplicates::sharing_looks(&mut tx, case.id, 10).await.unwrap().is_empty(), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_proposal_is_made_once_decided_once_and_may_open_again() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let earlier = stored(&engine.db, &clock, 1).await.id;
        let later = stored(&engine.db, &clock, 2).await.id;
        let row = DuplicateRow {
            id: DuplicateId::generate(&clock),
            earlier_id: earlier,
            later_id: later,
            state: DuplicateState::Proposed,
            evidence: evidence().into(),
            proposed_at: clock.now(),
            decided_by: None,
            decided_at: None,
        };
        let by = AccountId::generate(&clock);
        let mut tx = engine.db.begin().await.unwrap();
        assert!(duplicates::insert(&mut tx, &row).await.unwrap(), "{}", engine.name);
        let twin = DuplicateRow { id: DuplicateId::generate(&clock), ..row.clone() };
        assert!(!duplicates::insert(&mut tx, &twin).await.unwrap(), "{}", engine.name);
        assert_eq!(duplicates::find(&mut tx, row.id).await.unwrap(), Some(row.clone()), "{}", engine.name);
        assert_eq!(duplicates::between(&mut tx, earlier, later).await.unwrap(), Some(row.clone()));
        assert_eq!(duplicates::between(&mut tx, later, earlier).await.unwrap(), None);
        assert_eq!(duplicates::of_case(&mut tx, later).await.unwrap(), std::slice::from_ref(&row), "{}", engine.name);
        let open = duplicates::open(&mut tx, 10).await.unwrap();
        assert_eq!((open.len(), open[0].later_id, open[0].evidence.0.clone()), (1, later, evidence()));

        hand.advance(Duration::from_secs(1));
        let (proposed, dismissed) = (DuplicateState::Proposed, DuplicateState::Dismissed);
        assert!(duplicates::decide(&mut tx, row.id, proposed, dismissed, by, clock.now()).await.unwrap());
        assert!(!duplicates::decide(&mut tx, row.id, proposed, dismissed, by, clock.now()).await.unwrap());
        assert!(duplicates::open(&mut tx, 10).await.unwrap().is_empty(), "{}", engine.name);
        duplicates::propose_again(&mut tx, row.id, &[]).await.unwrap();
        let again = duplicates::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!((again.state, again.decided_by, again.evidence.0.len()), (proposed, None, 0), "{}", engine.name);

        let merge = MergeRow {
            case_id: later,
            into_id: earlier,
            duplicate_id: row.id,
            state_before: CaseState::Verified,
            merged_by: by,
            merged_at: clock.now(),
        };
        duplicates::insert_merge(&mut tx, &merge).await.unwrap();
        assert_eq!(duplicates::merge_of(&mut tx, later).await.unwrap(), Some(merge.clone()), "{}", engine.name);
        assert_eq!(duplicates::merged_into(&mut tx, earlier).await.unwrap(), [merge]);
        assert!(duplicates::decide(&mut tx, row.id, proposed, DuplicateState::Merged, by, clock.now()).await.unwrap());
        let again = duplicates::propose_again(&mut tx, row.id, &[]).await;
        assert!(matches!(again, Err(Error::RowsAffected { .. })), "{}", engine.name);
        duplicates::delete_merge(&mut tx, later).await.unwrap();
        assert_eq!(duplicates::merge_of(&mut tx, later).await.unwrap(), None, "{}", engine.name);
        let again = duplicates::delete_merge(&mut tx, later).await;
        assert!(matches!(again, Err(Error::RowsAffected { .. })), "{}", engine.name);
    }
}
