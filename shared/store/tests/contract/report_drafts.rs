//! Reports that are not sent in yet.

use std::time::Duration;

use domain::ids::{AccountId, InstitutionId, ReportDraftId};
use domain::{Clock, Timestamp};
use store::report_drafts::{self, ReportDraftRow};

use crate::cases::START;
use crate::engines;

#[tokio::test]
async fn a_draft_is_its_scopes_own_and_is_saved_over_only_by_who_saw_it() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let (mine, other) = (InstitutionId::generate(&clock).as_uuid(), InstitutionId::generate(&clock).as_uuid());
        let (owner, colleague) = (AccountId::generate(&clock), AccountId::generate(&clock));
        // As typed, whatever it is: JSON of PostgreSQL has no U+0000.
        let body = br#"{"title":"a\u0000b"}"#.to_vec();
        let draft = ReportDraftRow {
            id: ReportDraftId::generate(&clock),
            scope: mine,
            owner_id: owner,
            body: body.clone(),
            revision: 1,
            created_at: clock.now(),
            saved_by: owner,
            saved_at: clock.now(),
        };
        let mut tx = engine.db.begin().await.unwrap();
        report_drafts::insert(&mut tx, &draft).await.unwrap();
        assert!(!format!("{draft:?}").contains("title"), "a draft is personal data and stays out of logs");
        assert_eq!(report_drafts::find(&mut tx, mine, draft.id).await.unwrap(), Some(draft.clone()), "{}", engine.name);
        assert_eq!(report_drafts::find(&mut tx, other, draft.id).await.unwrap(), None, "{}", engine.name);
        assert_eq!(report_drafts::of_scope(&mut tx, other, 9).await.unwrap(), []);

        hand.advance(Duration::from_secs(60));
        let saved = ReportDraftRow { saved_by: colleague, saved_at: clock.now(), ..draft.clone() };
        assert!(report_drafts::update(&mut tx, &saved).await.unwrap());
        assert!(!report_drafts::update(&mut tx, &saved).await.unwrap(), "{}: revision 1 is gone", engine.name);
        let found = report_drafts::of_scope(&mut tx, mine, 9).await.unwrap();
        assert_eq!(found, [ReportDraftRow { revision: 2, ..saved }], "{}", engine.name);
        assert_eq!(report_drafts::count(&mut tx, mine).await.unwrap(), 1);

        let sent = report_drafts::remove_revision(&mut tx, mine, draft.id, 1).await.unwrap();
        assert!(!sent, "{}: a colleague saved it since it was read", engine.name);
        assert!(!report_drafts::remove(&mut tx, other, draft.id).await.unwrap(), "{}", engine.name);
        assert_eq!(report_drafts::remove_untouched(&mut tx, clock.now()).await.unwrap(), 0, "{}", engine.name);
        hand.advance(Duration::from_secs(1));
        assert_eq!(report_drafts::remove_untouched(&mut tx, clock.now()).await.unwrap(), 1, "{}", engine.name);
        assert!(!report_drafts::remove(&mut tx, mine, draft.id).await.unwrap());
    }
}
