//! Evidence, gathered and printed, of a case that was told to a thousand.

use std::time::{Duration, Instant};

use audit::evidence::{About, evidence};
use audit::{PackRequest, Value, pack};
use contracts::Service;
use contracts::events::{
    ClockWarnedV1, DeliveryBouncedV1, DirectoryChangedV1, ObjectSightedV1, RestitutionOpenedV1, SightingDecidedV1,
};
use domain::CivilDate;
use domain::codes::{
    Event, LegalInstrument, ObjectStatus, PartnerKind, RevisionSource, Route, SightingOrigin, SightingState, TimeLimit,
    WayStep,
};
use domain::delivery::{BounceKind, DeliveryState};
use domain::ids::{AccountId, AlertId, ObjectId, PartnerId, RestitutionId, SightingId};
use domain::partner::Partner;
use domain::restitution::{Claim, Happened, clocks};
use store::bounces::{self, BounceRow};
use store::partners::Why;
use store::restitutions::{self, RestitutionRow};
use store::{cases, outbox, partners};

use crate::System;
#[cfg(feature = "pdf")]
use crate::large::{Large, told};
use crate::large::{TOLD, large};

#[tokio::test]
async fn who_got_what_about_a_case_is_answered_in_under_a_second_for_a_thousand() {
    let large = large(TOLD).await;
    let begun = Instant::now();
    let evidence = evidence(&large.deps, About::Case(large.case_id)).await.unwrap().unwrap();
    let took = begun.elapsed();
    eprintln!(
        "{} entries, {} lines in {took:?}",
        evidence.entries.len(),
        evidence.versions.iter().map(|version| version.told.len()).sum::<usize>()
    );
    assert!(took < Duration::from_secs(1), "{took:?}");

    assert_eq!(evidence.case.verifications[0].by, "Jean Dupont");
    let [first, second] = &evidence.versions[..] else { panic!("two versions") };
    assert_eq!((first.told.len(), first.not_told.len(), first.released_by.as_str()), (TOLD, 40, "Maria Silva"));
    assert_eq!(first.follow_up, None);
    let follow_up = second.follow_up.as_ref().unwrap();
    // Of a thousand one in twenty refused; the first partner was not told again.
    assert_eq!((follow_up.heard, follow_up.again), (950, 949));
    assert_eq!(follow_up.heard, follow_up.accepted + follow_up.missed.len());
    assert!(
        follow_up
            .missed
            .iter()
            .any(|name| name.as_str() == "Office central de lutte contre le trafic des biens culturels 0")
    );
    // Each try and answer is in the ledger, and each is proven.
    assert_eq!(evidence.tries().count(), 2 * (TOLD + TOLD / 20));
    let json = serde_json::to_vec(&evidence).unwrap();
    let said = audit::verify::verify_proof(&json, &[large.system.verifier()], None, &[]).unwrap();
    assert!(said.holds() && said.proven.len() == evidence.entries.len() + 1, "{:?}", said.wrong);
}

#[cfg(feature = "pdf")]
mod printed {
    use std::process::Command;

    use audit::{LANGUAGES, print_evidence, print_pack, words};

    use super::*;

    fn read(program: &str, pdf: &std::path::Path) -> String {
        let mut command = Command::new(program);
        command.arg(pdf);
        if program == "pdftotext" {
            command.args(["-layout", "-"]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[tokio::test]
    async fn the_meeting_pack_is_printed_in_six_languages() {
        let large = large(TOLD).await;
        let mut tx = large.deps.db.read().await.unwrap();
        let pack = pack(&mut tx, &large.deps.clock, &PackRequest::default()).await.unwrap();
        for (code, _) in LANGUAGES {
            let begun = Instant::now();
            let pdf = print_pack(&large.deps.printer, words(code).unwrap(), &pack).await.unwrap();
            let took = begun.elapsed();
            eprintln!("{code}: {} bytes in {took:?}", pdf.len());
            assert!(took < Duration::from_secs(5), "{code}: {took:?}");
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pack.pdf");
            std::fs::write(&path, &pdf).unwrap();
            let text = read("pdftotext", &path);
            assert!(text.contains("TOC-2026-000123") && text.contains("2000"), "{code}: {text}");
            if let Some(kept) = std::env::var_os("TOCSIN_TEST_PAPERS") {
                std::fs::copy(&path, std::path::Path::new(&kept).join(format!("pack-{code}.pdf"))).unwrap();
            }
        }
    }

    /// The time that the thread printing has computed. What waits for a processor that other tests have is not counted.
    async fn computed() -> Duration {
        let read = || std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        let text = tokio::task::spawn_blocking(read).await.unwrap();
        Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
    }

    #[test]
    fn the_evidence_of_a_thousand_is_printed_in_five_seconds_or_in_proportion() {
        // One thread for what blocks, so that it is the same one before and after.
        let runtime =
            tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let (small, large) = (told(TOLD / 10, 1).await, told(TOLD, 1).await);
            let computing = async |large: &Large, told: usize| {
                let before = computed().await;
                print(large, "en", told).await;
                computed().await.saturating_sub(before)
            };
            // The first one loads the fonts.
            computing(&small, TOLD / 10).await;
            let tenth = computing(&small, TOLD / 10).await;
            let took = computing(&large, TOLD).await;
            // Typesetting is optimised in the profile that tests run in, too.
            eprintln!("{took:?} of computing, {tenth:?} for a tenth");
            // A slow machine takes longer, but not for each line.
            assert!(took < Duration::from_secs(5).max(tenth * 12), "{took:?}, {tenth:?} for a tenth");
        });
    }

    #[tokio::test]
    async fn the_evidence_is_printed_in_six_languages_with_its_proof() {
        let large = large(40).await;
        for (code, _) in LANGUAGES {
            print(&large, code, 40).await;
        }
    }

    async fn print(large: &Large, code: &str, told: usize) -> Duration {
        let evidence = evidence(&large.deps, About::Case(large.case_id)).await.unwrap().unwrap();
        let root = evidence.ledger.as_ref().unwrap().root.clone();
        let words = words(code).unwrap();
        let begun = Instant::now();
        let pdf = print_evidence(&large.deps.printer, words, &evidence).await.unwrap();
        let took = begun.elapsed();
        eprintln!("{code}, {told} told: {} bytes in {took:?}", pdf.len());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{code}.pdf"));
        std::fs::write(&path, &pdf).unwrap();
        let info = read("pdfinfo", &path);
        let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim();
        let pages: usize = pages.parse().unwrap();
        assert!((told / 20 + 2..told / 3 + 12).contains(&pages), "{code}: {pages} pages");
        let fonts = read("pdffonts", &path);
        for line in fonts.lines().skip(2) {
            let flags: Vec<&str> = line.split_whitespace().rev().skip(2).take(3).collect();
            assert_eq!(flags, ["yes", "yes", "yes"], "{code}: {line}");
        }
        let text = read("pdftotext", &path);
        let squeezed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect();
        assert!(squeezed.contains(&root), "{code}: the root");
        for place in [0, 1, told / 2, told - 1] {
            assert!(squeezed.contains(&format!("alerts-{place:04}@")), "{code}: address {place}");
        }
        assert!(squeezed.contains("5505.1.1nosuchuserhere"), "{code}: the server's words");
        if let Some(kept) = std::env::var_os("TOCSIN_TEST_PAPERS") {
            std::fs::copy(&path, std::path::Path::new(&kept).join(format!("evidence-{code}-{told}.pdf"))).unwrap();
        }
        took
    }
}

#[tokio::test]
async fn a_meeting_pack_is_the_same_for_the_same_entries_whatever_happens_later() {
    let large = large(TOLD).await;
    let gather = async |request: &PackRequest| {
        let mut tx = large.deps.db.read().await.unwrap();
        pack(&mut tx, &large.deps.clock, request).await.unwrap()
    };
    let all = gather(&PackRequest::default()).await;
    assert_eq!((all.from, all.to), (0, large.entries()));
    let value = |key: &str| all.figures.iter().find(|figure| figure.key == key).unwrap().value;
    assert_eq!(value("pack-alerts"), Value::Count(1));
    assert_eq!(value("pack-updates"), Value::Count(1));
    assert_eq!(value("pack-told"), Value::Count(2 * TOLD));
    assert_eq!(value("pack-not-told"), Value::Count(80));
    assert_eq!(value("pack-accepted"), Value::Count(2 * (TOLD - TOLD / 20)));
    assert_eq!(value("pack-acknowledged"), Value::Count(2 * (TOLD + 2) / 3));
    assert!(matches!(value("pack-to-acknowledged"), Value::Seconds(490..510)), "{:?}", value("pack-to-acknowledged"));
    assert_eq!(all.alerts.len(), 2);
    assert_eq!(all.by_month.iter().map(|(_, count)| count).sum::<usize>(), 2);

    // Half of the entries know half of it, now and after more has happened.
    let half = PackRequest { from: Some(0), to: Some(2), ..PackRequest::default() };
    let before = gather(&half).await;
    large.system.enter(5).await;
    let after = gather(&half).await;
    assert_eq!(before.figures, after.figures);
    let value = |key: &str| before.figures.iter().find(|figure| figure.key == key).unwrap().value;
    assert_eq!(value("pack-to-acknowledged"), Value::None, "nothing in these entries says so");
    assert_eq!((after.alerts.len(), after.from, after.to), (1, 0, 2));

    // Burkina Faso lies in Africa and not in Europe.
    let region = |code: &str| PackRequest { region: Some(code.parse().unwrap()), ..PackRequest::default() };
    assert_eq!(gather(&region("002")).await.alerts.len(), 2);
    let europe = gather(&region("150")).await;
    assert!(europe.alerts.is_empty());
    let gaps = europe.gaps.unwrap();
    assert_eq!(gaps.countries.len(), gaps.total, "an empty directory covers nothing");
}

#[tokio::test]
async fn the_pack_counts_what_was_seen_and_the_way_back_and_lists_the_time_limits_that_run() {
    let large = large(40).await;
    let (clock, case_id) = (&large.deps.clock, large.case_id);
    let (object_id, restitution_id, by) =
        (ObjectId::generate(clock), RestitutionId::generate(clock), AccountId::generate(clock));
    let seen = [SightingId::generate(clock), SightingId::generate(clock)];
    let day: CivilDate = "2026-05-04".parse().unwrap();
    let description = serde_json::json!({
        "title": "Statuette", "photographs": "available", "type": "ethnographic", "measurements": [], "flags": []
    });
    let mut tx = large.deps.db.begin().await.unwrap();
    let object = [(object_id, serde_json::from_value(description).unwrap())];
    cases::insert_objects(&mut tx, case_id, &object, ObjectStatus::Located).await.unwrap();
    let row = RestitutionRow {
        id: restitution_id,
        case_id,
        object_id,
        route: Route::Icprcp,
        instruments: sqlx::types::Json(vec![LegalInstrument::Icprcp]),
        opened_by: by,
        opened_at: clock.now(),
        ended_by: None,
        ended_at: None,
    };
    assert!(restitutions::insert(&mut tx, &row).await.unwrap());
    let happened = [Happened { step: WayStep::FormTransmitted, on: day, confirmed: true }];
    let claim = Claim { event: Event::Theft, flags: &[], instruments: &[LegalInstrument::Icprcp], happened: &happened };
    restitutions::set_clocks(&mut tx, restitution_id, &clocks(&claim)).await.unwrap();
    // The officer's decision may enter before the sighting that it is about.
    let state = SightingState::Dismissed;
    let decided = SightingDecidedV1 { sighting_id: seen[0], case_id, object_id: None, state, decided_by: by };
    let mut ids = vec![outbox::record(&mut tx, Service::Intake, clock, &decided).await.unwrap()];
    for sighting_id in seen {
        let fact = ObjectSightedV1 { sighting_id, case_id, object_id: None, origin: SightingOrigin::Desk };
        ids.push(outbox::record(&mut tx, Service::Intake, clock, &fact).await.unwrap());
    }
    let opened = RestitutionOpenedV1 { restitution_id, case_id, object_id, route: Route::Icprcp, opened_by: by };
    ids.push(outbox::record(&mut tx, Service::Intake, clock, &opened).await.unwrap());
    let warned = ClockWarnedV1 { restitution_id, case_id, object_id, limit: TimeLimit::IcprcpReply, due_on: day };
    ids.push(outbox::record(&mut tx, Service::Intake, clock, &warned).await.unwrap());
    tx.commit().await.unwrap();
    let line = evidence(&large.deps, About::Case(case_id)).await.unwrap().unwrap().versions[0].told[1].clone();
    let bounced = DeliveryBouncedV1 {
        delivery_id: line.delivery_id.unwrap(),
        notification_id: line.notification_id,
        alert_id: AlertId::generate(clock),
        case_id,
        partner_id: line.partner_id,
        bounce: BounceKind::Failed,
        status: Some("5.1.1".to_owned()),
        state: DeliveryState::Refused,
        words_sha256: None,
        second_contacts: 0,
    };
    let mut tx = large.deps.db.begin().await.unwrap();
    ids.push(outbox::record(&mut tx, Service::Notifier, clock, &bounced).await.unwrap());
    let mut facts = Vec::new();
    for id in ids {
        facts.push(outbox::find(&mut tx, id).await.unwrap().unwrap().into_envelope());
    }
    tx.commit().await.unwrap();
    large.system.deliver(&facts).await;

    let mut tx = large.deps.db.read().await.unwrap();
    let pack = pack(&mut tx, clock, &PackRequest::default()).await.unwrap();
    let value = |key: &str| pack.figures.iter().find(|figure| figure.key == key).unwrap().value;
    let counts = ["pack-sightings", "pack-sightings-open", "pack-ways", "pack-reminders", "pack-came-back"].map(value);
    assert_eq!(counts, [2, 1, 1, 1, 1].map(Value::Count));
    let limits: Vec<_> = pack.clocks.iter().map(|clock| (clock.limit, clock.due_on.to_string())).collect();
    assert_eq!(limits, [(TimeLimit::IcprcpReply, "2027-05-04".to_owned())]);
}

#[tokio::test]
async fn what_came_back_after_a_server_had_taken_it_is_part_of_the_evidence() {
    let large = large(40).await;
    let gather = async || evidence(&large.deps, About::Case(large.case_id)).await.unwrap().unwrap();
    let line = gather().await.versions[0].told[1].clone();
    assert!(line.returned.is_empty());
    let row = BounceRow {
        delivery_id: line.delivery_id.unwrap(),
        kind: BounceKind::Failed,
        tries: 1,
        digest: vec![1; 32],
        notification_id: line.notification_id,
        case_id: large.case_id,
        partner_id: line.partner_id,
        address: line.address.clone(),
        status: Some("5.2.2".to_owned()),
        words: Some("mailbox full".to_owned()),
        received_at: large.deps.clock.now(),
        task: true,
        second_contacts: 0,
        settled_at: None,
        settled_why: None,
    };
    let mut tx = large.deps.db.begin().await.unwrap();
    assert!(bounces::insert(&mut tx, &row).await.unwrap());
    tx.commit().await.unwrap();
    let lines = &gather().await.versions[0].told;
    assert_eq!(lines.iter().filter(|line| !line.returned.is_empty()).count(), 1);
    let json = serde_json::to_value(&lines[1]).unwrap();
    assert_eq!((&json["returned"][0]["kind"], &json["returned"][0]["status"]), (&"failed".into(), &"5.2.2".into()));
}

#[tokio::test]
async fn coverage_gaps_are_those_of_the_directory_that_the_entries_end_with() {
    for system in System::both().await {
        // Each time one country gets police of its own.
        let cover = async |country: &str| {
            let mut tx = system.db.begin().await.unwrap();
            let why = Why { by: None, source: RevisionSource::Form, reason: "test".parse().unwrap() };
            let revision = partners::next_revision(&mut tx, &why, system.clock.now()).await.unwrap();
            let (id, name) = (PartnerId::generate(&system.clock), format!("Police of {country}").parse().unwrap());
            let partner = Partner::bare(id, name, PartnerKind::Police, country.parse().unwrap());
            partners::put(&mut tx, &[partner], revision, system.clock.now()).await.unwrap();
            let fact = DirectoryChangedV1 { revision, added: 1, changed: 0, directory_sha256: "00".repeat(32) };
            let id = outbox::record(&mut tx, Service::Routing, &system.clock, &fact).await.unwrap();
            let fact = outbox::find(&mut tx, id).await.unwrap().unwrap().into_envelope();
            tx.commit().await.unwrap();
            system.deliver(&[fact]).await;
        };
        let gaps = async |to: i64| {
            let mut tx = system.db.read().await.unwrap();
            let request = PackRequest { to: Some(to), ..PackRequest::default() };
            let gaps = pack(&mut tx, &system.clock, &request).await.unwrap().gaps.unwrap();
            (gaps.revision, gaps.total - gaps.countries.len())
        };
        cover("FR").await;
        assert_eq!(gaps(1).await, (1, 1), "{}", system.name);
        cover("BF").await;
        assert_eq!((gaps(0).await, gaps(1).await, gaps(2).await), ((0, 0), (1, 1), (2, 2)), "{}", system.name);
    }
}
