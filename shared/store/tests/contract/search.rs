//! Full text and filters: the same cases on both engines.

use domain::codes::{CaseState, Event, ObjectStatus, ObjectType};
use domain::ids::{InstitutionId, ObjectId};
use domain::text::Line;
use domain::{Clock, Label, Timestamp};
use store::cases::{self, CaseFilter};
use store::{Db, Tx, identity};

use crate::cases::{START, case, circumstances, object};
use crate::engines;

async fn found(tx: &mut Tx, filter: &CaseFilter) -> Vec<i64> {
    let listed = cases::list(tx, filter, None, 100).await.unwrap();
    listed.iter().map(|case| case.reference.number).collect()
}

/// Three cases: a statuette in Burkina Faso, a cannon in Haiti, an empty one.
async fn three(db: &Db, clock: &Clock) {
    let mut tx = db.begin().await.unwrap();
    let name: Line = "Musée national d’Haïti".parse().unwrap();
    let id = InstitutionId::generate(clock);
    let haiti = identity::find_or_create_institution(&mut tx, id, &name, None, clock.now()).await.unwrap();
    for number in 1..=3 {
        let mut row = case(clock, number);
        let mut objects = vec![(ObjectId::generate(clock), object())];
        if number == 2 {
            row.title = "Deux canons de bronze".parse().unwrap();
            row.country = "HT".parse().unwrap();
            row.label = Label::Green;
            row.institution_id = haiti;
            (row.lost_earliest, row.lost_latest) = ("2024-05-20".parse().unwrap(), "2024-05-31".parse().unwrap());
            objects[0].1.object_type = ObjectType::ArmsArmour;
            objects[0].1.title = "Canon 佛像 type sculpture".parse().unwrap();
        }
        cases::insert(&mut tx, &row).await.unwrap();
        cases::insert_circumstances(&mut tx, row.id, &circumstances()).await.unwrap();
        if number < 3 {
            cases::insert_objects(&mut tx, row.id, &objects, ObjectStatus::Missing).await.unwrap();
        }
        cases::refresh_words(&mut tx, row.id).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn words_are_found_wherever_they_stand_and_whatever_their_accents() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        three(&engine.db, &clock).await;
        let mut tx = engine.db.read().await.unwrap();
        for (text, expected) in [
            ("pobe MENGAO", &[3, 1][..]),
            ("mengao pobe statuette seated", &[1]), // the title of the case and the description of its object
            ("bron", &[2]),                         // a beginning
            ("ronze", &[]),                         // not an end
            ("toc-2026-000002", &[2]),
            ("000002", &[2]),
            ("佛", &[2]),
            ("burglary", &[3, 2, 1]),
            ("PV 12/2026", &[3, 2, 1]),
            ("sawadogo", &[]),
            ("' OR 1=1 --", &[]),
            ("NEAR(a b) OR NOT x:* & !y", &[]),
            ("\"bronze\"", &[2]),
        ] {
            let filter = CaseFilter { words: Some(text.parse().unwrap()), ..CaseFilter::default() };
            let mut numbers = found(&mut tx, &filter).await;
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            assert_eq!(numbers, expected, "{} {text}", engine.name);
        }
    }
}

#[tokio::test]
async fn each_filter_limits_alone_and_together_with_words() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        three(&engine.db, &clock).await;
        let mut tx = engine.db.read().await.unwrap();
        let all = CaseFilter::default;
        let day = |text: &str| Some(text.parse().unwrap());
        for (name, filter, expected) in [
            ("type", CaseFilter { object_type: Some(ObjectType::ArmsArmour), ..all() }, &[2][..]),
            // The words "type sculpture" in a title are not the type.
            ("type in words", CaseFilter { object_type: Some(ObjectType::Sculpture), ..all() }, &[1]),
            ("label", CaseFilter { label: Some(Label::Green), ..all() }, &[2]),
            ("country", CaseFilter { country: Some("HT".parse().unwrap()), ..all() }, &[2]),
            ("event", CaseFilter { event: Some(Event::IllicitExport), ..all() }, &[]),
            ("state", CaseFilter { state: Some(CaseState::Submitted), ..all() }, &[3, 2, 1]),
            ("institution", CaseFilter { institution: Some("Musée national d’Haïti".parse().unwrap()), ..all() }, &[2]),
            ("no such institution", CaseFilter { institution: Some("Louvre".parse().unwrap()), ..all() }, &[]),
            ("from", CaseFilter { lost_from: day("2026-11-21"), ..all() }, &[3, 1]),
            ("from later", CaseFilter { lost_from: day("2026-11-22"), ..all() }, &[]),
            ("until", CaseFilter { lost_until: day("2024-05-20"), ..all() }, &[2]),
            (
                "together",
                CaseFilter {
                    words: Some("canon bronze".parse().unwrap()),
                    object_type: Some(ObjectType::ArmsArmour),
                    country: Some("HT".parse().unwrap()),
                    ..all()
                },
                &[2],
            ),
        ] {
            let mut numbers = found(&mut tx, &filter).await;
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            assert_eq!(numbers, expected, "{} {name}", engine.name);
        }
    }
}

#[tokio::test]
async fn words_follow_what_is_stored() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let row = case(&clock, 1);
        let search = |text: &str| CaseFilter { words: Some(text.parse().unwrap()), ..CaseFilter::default() };
        let mut tx = engine.db.begin().await.unwrap();
        cases::insert(&mut tx, &row).await.unwrap();
        assert!(found(&mut tx, &search("statuette")).await.is_empty(), "{}", engine.name);
        cases::refresh_words(&mut tx, row.id).await.unwrap();
        assert_eq!(found(&mut tx, &search("statuette")).await, [1]);
        let mut joined = object();
        joined.inventory_number = Some("MN 1962.17".parse().unwrap());
        cases::add_words(&mut tx, row.id, &[joined]).await.unwrap();
        assert_eq!(found(&mut tx, &search("statuette mn 1962")).await, [1], "{}", engine.name);
        // Taken anew from what is stored, the object that was never stored is gone.
        cases::refresh_words(&mut tx, row.id).await.unwrap();
        assert!(found(&mut tx, &search("1962")).await.is_empty(), "{}", engine.name);
        assert_eq!(found(&mut tx, &search("pobe")).await, [1], "{}", engine.name);
        let plan = cases::explain_list(&mut tx, &search("pobe"), None, 50).await.unwrap();
        assert!(plan.contains("case_words"), "{} {plan}", engine.name);
    }
}
