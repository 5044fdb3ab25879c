//! Cases, their parts by confidentiality class, the list and the idempotency keys.

use std::time::Duration;

use domain::case::{Circumstances, PoliceReference, Reporter};
use domain::codes::{
    Capacity, CaseState, CaseStep, Certainty, Dimension, Event, EvidenceKind, LossMethod, ObjectStatus, ObjectType,
    Photographs, Premises, Unit,
};
use domain::details::Details;
use domain::ids::{AccountId, CaseId, InstitutionId, ObjectId, StepId, VerificationId};
use domain::object::{Measurement, ObjectDescription};
use domain::{Clock, Label, Language, Timestamp};
use store::cases::{self, CaseFilter, CaseRow, KeyedRequest, ListPosition, StatusRow, StepRow, VerificationRow};
use store::{Db, Error, Tx};

use crate::engines;

pub const START: i64 = 1_795_000_000_000_000;

/// A case that is not stored yet; `number` makes it one of its own.
pub fn case(clock: &Clock, number: i64) -> CaseRow {
    CaseRow {
        id: CaseId::generate(clock),
        reference: format!("TOC-2026-{number:06}").parse().unwrap(),
        institution_id: InstitutionId::generate(clock),
        registered_by: AccountId::generate(clock),
        registered_at: clock.now(),
        state: CaseState::Submitted,
        event: Event::Theft,
        title: "Pobé Mengao statuette".parse().unwrap(),
        language: Language::FRENCH,
        label: Label::AmberStrict,
        country: "BF".parse().unwrap(),
        lost_earliest: "2026-11-20".parse().unwrap(),
        lost_latest: "2026-11-21".parse().unwrap(),
        discovered: None,
        typology: None,
        updated_at: clock.now(),
    }
}

pub fn object() -> ObjectDescription {
    ObjectDescription {
        title: "Statuette".parse().unwrap(),
        photographs: Photographs::Available,
        object_type: ObjectType::Sculpture,
        type_detail: None,
        materials: Some("stone".parse().unwrap()),
        measurements: vec![Measurement::new(Dimension::Height, "27.50".parse().unwrap(), Unit::Centimetre).unwrap()],
        inscriptions: None,
        distinguishing_features: None,
        subject: None,
        date_or_period: None,
        dated: None,
        maker: None,
        description: Some("Seated.\nTwo arms.".parse().unwrap()),
        inventory_number: None,
        related_material: None,
        origin_country: Some("BF".parse().unwrap()),
        origin_text: None,
        related_objects: None,
        link: None,
        date_documented: None,
        flags: vec![],
    }
}

pub fn circumstances() -> Circumstances {
    Circumstances {
        holder: "Musée national".parse().unwrap(),
        premises: Premises::Museum,
        subdivision: None,
        place: "Ouagadougou".parse().unwrap(),
        method: LossMethod::Burglary,
        police_reference: PoliceReference::Known("PV 12/2026".parse().unwrap()),
        authority_informed: None,
        authority_informed_on: None,
        narrative: None,
        details: Details::Theft,
    }
}

pub async fn stored(db: &Db, clock: &Clock, number: i64) -> CaseRow {
    let row = case(clock, number);
    let mut tx = db.begin().await.unwrap();
    cases::insert(&mut tx, &row).await.unwrap();
    tx.commit().await.unwrap();
    row
}

#[tokio::test]
async fn the_three_classes_come_back_as_stored() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let row = case(&clock, 1);
        let reporter = Reporter {
            name: "A. Sawadogo".parse().unwrap(),
            capacity: Capacity::Holder,
            email: Some("a@example.org".parse().unwrap()),
            telephone: None,
        };
        let mut tx = engine.db.begin().await.unwrap();
        cases::insert(&mut tx, &row).await.unwrap();
        cases::insert_circumstances(&mut tx, row.id, &circumstances()).await.unwrap();
        cases::insert_reporter(&mut tx, row.id, &reporter).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.read().await.unwrap();
        let found = cases::find(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!((found.facts(), found.registered_at), (row.facts(), row.registered_at), "{}", engine.name);
        assert_eq!(cases::circumstances(&mut tx, row.id).await.unwrap(), Some(circumstances()));
        assert_eq!(cases::reporter(&mut tx, row.id).await.unwrap(), Some(reporter), "{}", engine.name);
        let unknown = CaseId::generate(&Clock::System);
        assert!(cases::find(&mut tx, unknown).await.unwrap().is_none());
        assert_eq!(cases::circumstances(&mut tx, unknown).await.unwrap(), None);
    }
}

#[tokio::test]
async fn numbers_run_from_one_in_each_year_and_an_undone_one_is_given_again() {
    for engine in engines().await {
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(cases::next_number(&mut tx, 2026).await.unwrap(), 1, "{}", engine.name);
        assert_eq!(cases::next_number(&mut tx, 2026).await.unwrap(), 2);
        assert_eq!(cases::next_number(&mut tx, 2027).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(cases::next_number(&mut tx, 2026).await.unwrap(), 3);
        tx.rollback().await.unwrap();
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(cases::next_number(&mut tx, 2026).await.unwrap(), 3, "{}", engine.name);
    }
}

#[tokio::test]
async fn objects_keep_their_order_over_chunks_and_take_a_status() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let row = stored(&engine.db, &clock, 1).await;
        let many: Vec<_> = (0..1_100).map(|_| (ObjectId::generate(&clock), object())).collect();
        let mut tx = engine.db.begin().await.unwrap();
        cases::insert_objects(&mut tx, row.id, &many, ObjectStatus::Missing).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = engine.db.begin().await.unwrap();
        let found = cases::objects(&mut tx, row.id).await.unwrap();
        let expected: Vec<_> = many.iter().map(|(id, _)| *id).collect();
        assert_eq!(found.iter().map(|o| o.id).collect::<Vec<_>>(), expected, "{}", engine.name);
        assert!(found.iter().zip(1..).all(|(o, ordinal)| o.ordinal == ordinal && o.description.0 == object()));
        let set_by = AccountId::generate(&clock);
        for (index, status) in [(7, ObjectStatus::Located), (7, ObjectStatus::Recovered), (9, ObjectStatus::Sighted)] {
            let change = StatusRow { object_id: found[index].id, status, note: None, set_by, set_at: clock.now() };
            cases::set_status(&mut tx, &change).await.unwrap();
        }
        let after = cases::objects(&mut tx, row.id).await.unwrap();
        let moved: Vec<_> = after.iter().filter(|o| o.status != ObjectStatus::Missing).map(|o| o.ordinal).collect();
        assert_eq!(moved, [8, 10], "{}: each object has its own fate", engine.name);
        let history: Vec<_> = cases::statuses(&mut tx, row.id).await.unwrap().iter().map(|s| s.status).collect();
        assert_eq!(history, [ObjectStatus::Located, ObjectStatus::Recovered, ObjectStatus::Sighted], "{}", engine.name);
        assert_eq!(cases::case_of_object(&mut tx, found[7].id).await.unwrap(), Some(row.id));
        let nobody = StatusRow {
            object_id: ObjectId::generate(&clock),
            status: ObjectStatus::Sighted,
            note: None,
            set_by,
            set_at: clock.now(),
        };
        assert!(matches!(cases::set_status(&mut tx, &nobody).await, Err(Error::RowsAffected { .. })));
    }
}

#[tokio::test]
async fn steps_stand_beside_each_other_and_a_rest_has_its_review() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let case = stored(&engine.db, &clock, 1).await;
        let mut row = StepRow {
            id: StepId::generate(&clock),
            step: CaseStep::Suspend,
            from_state: CaseState::Verified,
            to_state: CaseState::Suspended,
            reason: Some("The prosecutor asks for silence.".parse().unwrap()),
            review_on: None,
            taken_by: AccountId::generate(&clock),
            taken_at: clock.now(),
        };
        let mut tx = engine.db.begin().await.unwrap();
        cases::insert_step(&mut tx, case.id, &row).await.unwrap();
        let first = row.clone();
        hand.advance(Duration::from_secs(1));
        (row.id, row.step, row.taken_at) = (StepId::generate(&clock), CaseStep::Rest, clock.now());
        row.review_on = Some("2027-11-20".parse().unwrap());
        cases::insert_step(&mut tx, case.id, &row).await.unwrap();
        assert_eq!(cases::steps(&mut tx, case.id).await.unwrap(), [first, row.clone()], "{}", engine.name);
        (row.id, row.review_on) = (StepId::generate(&clock), None);
        let without = cases::insert_step(&mut tx, case.id, &row).await;
        assert!(without.is_err(), "{}: a case that rests without a review is forgotten", engine.name);
        tx.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_key_is_taken_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let first = stored(&engine.db, &clock, 1).await;
        let second = stored(&engine.db, &clock, 2).await;
        let scope = first.institution_id.as_uuid();
        let request = KeyedRequest { request_hash: vec![1; 32], case_id: first.id };
        let other = KeyedRequest { request_hash: vec![2; 32], case_id: second.id };
        let mut tx = engine.db.begin().await.unwrap();
        assert_eq!(cases::find_key(&mut tx, scope, "k").await.unwrap(), None);
        assert!(cases::insert_key(&mut tx, scope, "k", &request, clock.now()).await.unwrap());
        assert!(!cases::insert_key(&mut tx, scope, "k", &other, clock.now()).await.unwrap(), "{}", engine.name);
        let elsewhere = second.institution_id.as_uuid();
        assert!(cases::insert_key(&mut tx, elsewhere, "k", &other, clock.now()).await.unwrap(), "{}", engine.name);
        assert_eq!(cases::find_key(&mut tx, scope, "k").await.unwrap(), Some(request));
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn verifications_stand_beside_each_other_and_states_move() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let row = stored(&engine.db, &clock, 1).await;
        let mut tx = engine.db.begin().await.unwrap();
        let mut expected = Vec::new();
        for certainty in [Certainty::Possible, Certainty::Observed] {
            let verification = VerificationRow {
                id: VerificationId::generate(&clock),
                certainty,
                evidence: EvidenceKind::PoliceReport,
                note: (certainty == Certainty::Observed).then(|| "by telephone".parse().unwrap()),
                verified_by: row.registered_by,
                verified_at: clock.now(),
            };
            cases::insert_verification(&mut tx, row.id, &verification).await.unwrap();
            expected.push(verification);
            hand.advance(Duration::from_secs(1));
        }
        assert_eq!(cases::verifications(&mut tx, row.id).await.unwrap(), expected, "{}", engine.name);
        cases::set_state(&mut tx, row.id, CaseState::Verified, clock.now()).await.unwrap();
        let locked = cases::lock(&mut tx, row.id).await.unwrap().unwrap();
        assert_eq!((locked.state, locked.updated_at), (CaseState::Verified, clock.now()));
        let missing = cases::set_state(&mut tx, CaseId::generate(&clock), CaseState::Closed, clock.now()).await;
        assert!(matches!(missing, Err(Error::RowsAffected { expected: 1, actual: 0 })), "{}", engine.name);
    }
}

async fn references(tx: &mut Tx, filter: &CaseFilter, after: Option<ListPosition>, limit: i64) -> Vec<String> {
    let listed = cases::list(tx, filter, after, limit).await.unwrap();
    listed.iter().map(|case| case.reference.to_string()).collect()
}

#[tokio::test]
async fn the_list_is_newest_first_filtered_and_paged_without_gap_or_repeat() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let mut rows = Vec::new();
        for number in 1..=7 {
            rows.push(stored(&engine.db, &clock, number).await);
            if number % 3 == 0 {
                hand.advance(Duration::from_secs(1)); // so that some share their time and only the id orders them
            }
        }
        let mut tx = engine.db.begin().await.unwrap();
        cases::set_state(&mut tx, rows[2].id, CaseState::Verified, clock.now()).await.unwrap();
        let one = [(ObjectId::generate(&clock), object())];
        cases::insert_objects(&mut tx, rows[2].id, &one, ObjectStatus::Missing).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = engine.db.read().await.unwrap();
        let all = CaseFilter::default();
        let whole = references(&mut tx, &all, None, 100).await;
        assert_eq!(whole.len(), 7);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = cases::list(&mut tx, &all, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(ListPosition { registered_at: last.registered_at, id: last.id });
            paged.extend(page.iter().map(|case| case.reference.to_string()));
        }
        assert_eq!(paged, whole, "{}", engine.name);

        let verified = CaseFilter { state: Some(CaseState::Verified), ..CaseFilter::default() };
        let listed = cases::list(&mut tx, &verified, None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|c| (c.id, c.objects)).collect::<Vec<_>>(), [(rows[2].id, 1)]);
        let own = CaseFilter { institution_id: Some(rows[4].institution_id), ..CaseFilter::default() };
        assert_eq!(references(&mut tx, &own, None, 10).await, ["TOC-2026-000005"], "{}", engine.name);
        let elsewhere =
            CaseFilter { country: Some("FR".parse().unwrap()), event: Some(Event::Theft), ..CaseFilter::default() };
        assert!(references(&mut tx, &elsewhere, None, 10).await.is_empty());
    }
}
