//! The way back of objects.

use std::time::Duration;

use domain::codes::{DocumentFormat, Event, LegalInstrument, PartyRole, Route, WayStep};
use domain::ids::{AccountId, RestitutionId};
use domain::photo::ContentHash;
use domain::restitution::{Claim, Party, clocks};
use domain::sighting::Restricted;
use domain::{Clock, Timestamp};
use store::photos::loose::{self, LooseFile};
use store::restitutions::{self, DocumentRow, PartyRow, RestitutionRow, WayStepRow};

use crate::cases::START;
use crate::engines;
use crate::photos::with_object;

#[tokio::test]
async fn one_way_back_is_open_at_a_time_and_keeps_what_happened_on_it() {
    for engine in engines().await {
        let (clock, hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object_id) = with_object(&engine.db, &clock, 1).await;
        let by = AccountId::generate(&clock);
        let row = RestitutionRow {
            id: RestitutionId::generate(&clock),
            case_id: case.id,
            object_id,
            route: Route::Icprcp,
            instruments: vec![LegalInstrument::Icprcp, LegalInstrument::Unidroit1995].into(),
            opened_by: by,
            opened_at: clock.now(),
            ended_by: None,
            ended_at: None,
        };
        let mut tx = engine.db.begin().await.unwrap();
        assert!(restitutions::insert(&mut tx, &row).await.unwrap(), "{}", engine.name);
        let later = clock.now().plus(Duration::from_secs(1));
        let twin = RestitutionRow { id: RestitutionId::generate(&clock), opened_at: later, ..row.clone() };
        assert!(!restitutions::insert(&mut tx, &twin).await.unwrap(), "{}: one is open", engine.name);
        assert_eq!(restitutions::find(&mut tx, row.id).await.unwrap(), Some(row.clone()), "{}", engine.name);

        let party = PartyRow {
            number: 1,
            role: PartyRole::Possessor,
            party: Restricted::new(Party {
                name: "A gallery".parse().unwrap(),
                country: Some("BE".parse().unwrap()),
                contact: None,
            }),
            named_by: by,
            named_at: clock.now(),
            erased_at: None,
        };
        restitutions::insert_party(&mut tx, row.id, &party).await.unwrap();
        restitutions::insert_party(&mut tx, row.id, &party).await.unwrap();
        let second = PartyRow { number: 2, ..party.clone() };
        let parties = restitutions::parties(&mut tx, row.id).await.unwrap();
        assert_eq!(parties, [party.clone(), second.clone()], "{}", engine.name);
        assert!(restitutions::erase_party(&mut tx, row.id, 1, later).await.unwrap(), "{}", engine.name);
        assert!(!restitutions::erase_party(&mut tx, row.id, 1, later).await.unwrap(), "{}", engine.name);
        assert!(!restitutions::erase_party(&mut tx, row.id, 9, later).await.unwrap(), "{}", engine.name);
        let erased = PartyRow { party: Restricted::new(Party::erased()), erased_at: Some(later), ..party };
        assert_eq!(restitutions::parties(&mut tx, row.id).await.unwrap(), [erased, second], "{}", engine.name);

        let document = DocumentRow {
            number: 1,
            title: "Note verbale".parse().unwrap(),
            sha256: ContentHash::new([3; 32]),
            kept: "Ministry, file 12".parse().unwrap(),
            added_by: by,
            added_at: clock.now(),
            format: None,
            size_bytes: None,
            erased_at: None,
        };
        assert!(restitutions::insert_document(&mut tx, row.id, &document).await.unwrap(), "{}", engine.name);
        assert!(!restitutions::insert_document(&mut tx, row.id, &document).await.unwrap(), "{}", engine.name);
        assert_eq!(
            restitutions::documents(&mut tx, row.id).await.unwrap(),
            std::slice::from_ref(&document),
            "{}",
            engine.name
        );
        restitutions::keep_file(&mut tx, row.id, 1, DocumentFormat::Pdf, 9).await.unwrap();
        let filed = DocumentRow { format: Some(DocumentFormat::Pdf), size_bytes: Some(9), ..document.clone() };
        assert_eq!(restitutions::documents(&mut tx, row.id).await.unwrap(), [filed], "{}", engine.name);
        // A file that a row names is never swept; one whose row was erased is, at once.
        let file = LooseFile::new("documents", document.sha256);
        assert!(loose::add(&mut tx, std::slice::from_ref(&file), Timestamp::from_micros(1)).await.unwrap());
        assert!(loose::doom(&mut tx, clock.now()).await.unwrap().is_empty(), "{}", engine.name);
        assert!(restitutions::erase_document(&mut tx, row.id, 1, later).await.unwrap(), "{}", engine.name);
        assert!(!restitutions::erase_document(&mut tx, row.id, 1, later).await.unwrap(), "{}", engine.name);
        assert_eq!(loose::doom(&mut tx, clock.now()).await.unwrap(), [file], "{}", engine.name);
        let gone = restitutions::documents(&mut tx, row.id).await.unwrap().remove(0);
        assert_eq!((gone.title.as_str(), gone.sha256, gone.format), ("(erased)", document.sha256, None));

        let step = WayStepRow {
            step: WayStep::FormTransmitted,
            happened_on: "2026-11-01".parse().unwrap(),
            confirmed: true,
            document: Some(1),
            note: Some("by courier".parse().unwrap()),
            recorded_by: by,
            recorded_at: clock.now(),
        };
        restitutions::insert_step(&mut tx, row.id, &step).await.unwrap();
        assert_eq!(restitutions::steps(&mut tx, row.id).await.unwrap(), [step], "{}", engine.name);
        hand.advance(Duration::from_secs(1));
        restitutions::end(&mut tx, row.id, WayStep::Dropped, clock.now()).await.unwrap();
        assert!(restitutions::insert(&mut tx, &twin).await.unwrap(), "{}: the next one", engine.name);
        let all = restitutions::of_object(&mut tx, object_id).await.unwrap();
        assert_eq!((all.len(), all[0].ended_by, all[1].ended_by), (2, Some(WayStep::Dropped), None), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_reminder_is_found_when_it_is_due_and_given_once() {
    for engine in engines().await {
        let (clock, _hand) = Clock::fixed(Timestamp::from_micros(START));
        let (case, object_id) = with_object(&engine.db, &clock, 1).await;
        let by = AccountId::generate(&clock);
        let row = RestitutionRow {
            id: RestitutionId::generate(&clock),
            case_id: case.id,
            object_id,
            route: Route::Icprcp,
            instruments: vec![LegalInstrument::Icprcp].into(),
            opened_by: by,
            opened_at: clock.now(),
            ended_by: None,
            ended_at: None,
        };
        let happened = [domain::restitution::Happened {
            step: WayStep::FormTransmitted,
            on: "2026-11-23".parse().unwrap(),
            confirmed: true,
        }];
        let day = |text: &str| text.parse().unwrap();
        let instruments = [LegalInstrument::Icprcp];
        let mut tx = engine.db.begin().await.unwrap();
        assert!(restitutions::insert(&mut tx, &row).await.unwrap());
        let claim = Claim { event: Event::Theft, flags: &[], instruments: &instruments, happened: &happened };
        restitutions::set_clocks(&mut tx, row.id, &clocks(&claim)).await.unwrap();
        let running = restitutions::running(&mut tx, 10).await.unwrap();
        assert_eq!((running.len(), running[0].due_on, running[0].case_id), (1, day("2027-11-23"), case.id));
        assert!(
            restitutions::warnings_due(&mut tx, day("2027-08-23"), 10).await.unwrap().is_empty(),
            "{}",
            engine.name
        );
        let due = restitutions::warnings_due(&mut tx, day("2027-08-24"), 10).await.unwrap();
        assert_eq!(due, running, "{}", engine.name);
        let next = Some(day("2027-10-24"));
        assert!(restitutions::note_warning(&mut tx, &due[0], day("2027-08-25"), next).await.unwrap());
        assert!(
            !restitutions::note_warning(&mut tx, &due[0], day("2027-08-25"), next).await.unwrap(),
            "{}",
            engine.name
        );
        // Computed anew, it does not begin again.
        restitutions::set_clocks(&mut tx, row.id, &clocks(&claim)).await.unwrap();
        let kept = restitutions::clocks_of(&mut tx, row.id).await.unwrap();
        assert_eq!((kept[0].warned_on, kept[0].next_warning_on), (Some(day("2027-08-25")), next), "{}", engine.name);
        let reply =
            domain::restitution::Happened { step: WayStep::ReplyReceived, on: day("2027-09-01"), confirmed: true };
        let answered = [happened[0], reply];
        let claim = Claim { happened: &answered, ..claim };
        restitutions::set_clocks(&mut tx, row.id, &clocks(&claim)).await.unwrap();
        assert!(
            restitutions::warnings_due(&mut tx, day("2099-01-01"), 10).await.unwrap().is_empty(),
            "{}",
            engine.name
        );
        assert!(restitutions::running(&mut tx, 10).await.unwrap().is_empty(), "{}", engine.name);
        let stopped = restitutions::clocks_of(&mut tx, row.id).await.unwrap().remove(0);
        assert_eq!(stopped.stopped_by, Some(WayStep::ReplyReceived), "{}", engine.name);
        tx.commit().await.unwrap();
    }
}
