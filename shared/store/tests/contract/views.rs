//! Saved views.

use domain::ids::{AccountId, ViewId};
use domain::{Clock, Timestamp};
use store::views::{self, ViewRow};

use crate::cases::START;
use crate::engines;

#[tokio::test]
async fn a_view_is_its_accounts_own_and_a_name_is_used_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let (mine, other) = (AccountId::generate(&clock), AccountId::generate(&clock));
        let view = |name: &str, query: &str| ViewRow {
            id: ViewId::generate(&clock),
            name: name.parse().unwrap(),
            query: query.to_owned(),
            saved_at: clock.now(),
        };
        let mut tx = engine.db.begin().await.unwrap();
        let first = views::save_view(&mut tx, mine, &view("b", "country=BF")).await.unwrap();
        let again = views::save_view(&mut tx, mine, &view("b", "country=HT")).await.unwrap();
        assert_eq!((again.id, again.query.as_str()), (first.id, "country=HT"), "{}", engine.name);
        views::save_view(&mut tx, mine, &view("a", "")).await.unwrap();
        views::save_view(&mut tx, other, &view("b", "state=active")).await.unwrap();
        let names: Vec<_> = views::views(&mut tx, mine).await.unwrap().iter().map(|v| v.name.to_string()).collect();
        assert_eq!(names, ["a", "b"], "{}", engine.name);
        assert!(!views::remove_view(&mut tx, other, first.id).await.unwrap(), "{}", engine.name);
        assert!(views::remove_view(&mut tx, mine, first.id).await.unwrap());
        assert_eq!(views::views(&mut tx, other).await.unwrap().len(), 1, "{}", engine.name);
    }
}
