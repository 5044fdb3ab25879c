//! Evidence, gathered and printed, of a case that was told to a thousand.

use std::time::{Duration, Instant};

use audit::evidence::{About, evidence};
use audit::{PackRequest, Value, pack};

#[cfg(feature = "pdf")]
use crate::large::Large;
use crate::large::{TOLD, large};

#[tokio::test]
async fn who_got_what_about_a_case_is_answered_in_under_a_second_for_a_thousand() {
    let large = large(TOLD).await;
    let begun = Instant::now();
    let evidence = evidence(&large.deps, About::Case(large.case_id)).await.unwrap().unwrap();
    let took = begun.elapsed();
    eprintln!("{} entries, {} lines in {took:?}", evidence.entries.len(), evidence.versions.iter().map(|version| version.told.len()).sum::<usize>());
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
            eprintln!("{code}: {} bytes in {:?}", pdf.len(), begun.elapsed());
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

    #[tokio::test]
    async fn the_evidence_of_a_thousand_is_printed() {
        let large = large(TOLD).await;
        let took = print(&large, "en", TOLD).await;
        // Not optimised, on a busy machine; a release build is what people wait for.
        assert!(took < Duration::from_secs(60), "{took:?}");
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
        eprintln!("{code}, {told} told twice: {} bytes in {took:?}", pdf.len());
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
