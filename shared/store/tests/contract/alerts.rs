//! Alert versions.

use std::time::Duration;

use domain::alert::{AlertFacts, ObjectContent};
use domain::codes::{AlertKind, AlertState, Certainty, ObjectType, Reach, Urgency};
use domain::ids::{AccountId, AlertId};
use domain::{Clock, Timestamp};
use sqlx::types::Json;
use store::Error;
use store::alerts::{self, AlertRow};
use store::cases::CaseRow;
use store::embargoes::{self, EmbargoRow};

use crate::cases::{START, circumstances, object, stored};
use crate::engines;

pub fn draft(clock: &Clock, case: &CaseRow, version: i64) -> AlertRow {
    let id = AlertId::generate(clock);
    let facts = AlertFacts {
        alert_id: id,
        case_id: case.id,
        version,
        kind: AlertKind::Alert,
        reach: Reach::All,
        label: case.label,
        event: case.event,
        country: case.country,
        origins: vec![case.country],
        route: vec![],
        destinations: vec![],
        categories: vec![ObjectType::Sculpture],
        flags: vec![],
        loss: case.facts().loss,
        certainty: Certainty::Likely,
        urgency: Urgency::Immediate,
        changed: Vec::new(),
    };
    let content = ObjectContent {
        reference: case.reference,
        title: case.title.clone(),
        language: case.language,
        event: case.event,
        country: case.country,
        loss: case.facts().loss,
        certainty: Certainty::Likely,
        urgency: Urgency::Immediate,
        message: None,
        typology: None,
        objects: vec![object()],
        named: Vec::new(),
        others_missing: 0,
    };
    AlertRow {
        id,
        case_id: case.id,
        version,
        kind: AlertKind::Alert,
        state: AlertState::Draft,
        reach: Reach::All,
        label: case.label,
        facts: Json(facts),
        content: Json(content),
        drafted_by: AccountId::generate(clock),
        drafted_at: clock.now(),
        released_by: None,
        released_at: None,
        not_before: None,
    }
}

#[tokio::test]
async fn a_draft_comes_back_as_frozen_and_is_released_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let row = draft(&clock, &case, 1);
        let officer = AccountId::generate(&clock);
        let mut tx = engine.db.begin().await.unwrap();
        alerts::insert(&mut tx, &row).await.unwrap();
        alerts::insert_circumstances(&mut tx, row.id, &circumstances()).await.unwrap();
        let found = alerts::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!((&found.facts.0, &found.content.0), (&row.facts.0, &row.content.0), "{}", engine.name);
        assert_eq!(alerts::circumstances(&mut tx, row.id).await.unwrap(), Some(circumstances()));
        assert!(alerts::release(&mut tx, row.id, officer, clock.now()).await.unwrap());
        assert!(!alerts::release(&mut tx, row.id, officer, clock.now()).await.unwrap(), "{}", engine.name);
        assert!(!alerts::discard(&mut tx, row.id).await.unwrap(), "{}", engine.name);
        let found = alerts::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.released_by, found.released_at),
            (AlertState::Released, Some(officer), Some(clock.now())),
        );
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_case_has_one_open_draft_and_a_discarded_one_gives_its_number_back() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let first = draft(&clock, &case, 1);
        let mut tx = engine.db.begin().await.unwrap();
        alerts::insert(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        let second = alerts::insert(&mut tx, &draft(&clock, &case, 2)).await;
        assert!(matches!(second, Err(Error::Conflict(_))), "{}", engine.name);
        tx.rollback().await.unwrap();

        let mut tx = engine.db.begin().await.unwrap();
        assert!(alerts::discard(&mut tx, first.id).await.unwrap());
        hand.advance(Duration::from_secs(1)); // within one microsecond nothing tells which came first
        alerts::insert(&mut tx, &draft(&clock, &case, 1)).await.unwrap();
        let all = alerts::of_case(&mut tx, case.id).await.unwrap();
        let states: Vec<_> = all.iter().map(|a| (a.version, a.state)).collect();
        assert_eq!(states, [(1, AlertState::Discarded), (1, AlertState::Draft)], "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_word_for_later_is_due_at_its_moment_and_no_sooner_than_an_embargo_ends() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let row = draft(&clock, &case, 1);
        let officer = AccountId::generate(&clock);
        let at = |secs: u64| clock.now().plus(Duration::from_secs(secs));
        let mut tx = engine.db.begin().await.unwrap();
        alerts::insert(&mut tx, &row).await.unwrap();
        assert!(alerts::schedule(&mut tx, row.id, officer, at(60)).await.unwrap());
        assert_eq!(alerts::next_due(&mut tx, clock.now()).await.unwrap(), Some(at(60)), "{}", engine.name);
        assert_eq!(alerts::next_due(&mut tx, at(60)).await.unwrap(), None, "{}", engine.name);
        assert!(alerts::due(&mut tx, at(59), 9).await.unwrap().is_empty(), "{}", engine.name);
        assert_eq!(alerts::due(&mut tx, at(60), 9).await.unwrap(), [row.id], "{}", engine.name);
        let found = alerts::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.released_by, found.not_before),
            (AlertState::Scheduled, Some(officer), Some(at(60)))
        );
        assert!(!alerts::discard(&mut tx, row.id).await.unwrap(), "{}: it is called back first", engine.name);

        let reason = "An authority asks for silence.".parse().unwrap();
        let embargo = EmbargoRow { until_at: at(90), reason, set_by: officer, set_at: clock.now() };
        embargoes::set(&mut tx, case.id, &EmbargoRow { until_at: at(70), ..embargo.clone() }).await.unwrap();
        embargoes::set(&mut tx, case.id, &embargo).await.unwrap();
        assert_eq!(embargoes::find(&mut tx, case.id).await.unwrap(), Some(embargo), "{}", engine.name);
        assert!(alerts::due(&mut tx, at(80), 9).await.unwrap().is_empty(), "{}", engine.name);
        assert_eq!(alerts::due(&mut tx, at(90), 9).await.unwrap(), [row.id], "{}", engine.name);
        embargoes::lift(&mut tx, case.id).await.unwrap();
        assert_eq!(embargoes::find(&mut tx, case.id).await.unwrap(), None, "{}", engine.name);

        alerts::unschedule(&mut tx, row.id).await.unwrap();
        let found = alerts::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!(
            (found.state, found.released_by, found.not_before),
            (AlertState::Draft, None, None),
            "{}",
            engine.name
        );
        assert!(alerts::unschedule(&mut tx, row.id).await.is_err(), "{}", engine.name);
        alerts::schedule(&mut tx, row.id, officer, at(60)).await.unwrap();
        assert!(alerts::release(&mut tx, row.id, officer, at(60)).await.unwrap());
        assert!(alerts::due(&mut tx, at(99), 9).await.unwrap().is_empty(), "{}: told once", engine.name);
        assert!(!alerts::schedule(&mut tx, row.id, officer, at(99)).await.unwrap(), "{}", engine.name);
    }
}
