//! Several alerts in one mail, and a mail that asks for an acknowledgement: in every language, and in a real browser.
//! Pictures are left in `target/screenshots/mail/`.

use base64::Engine as _;
use domain::ids::DeliveryId;
use testkit_browser::{Browser, Look};

use super::*;

fn digest_of(setup: &Setup) -> Mail {
    let (first, second, circumstances) =
        (content("Statuette de Pobé Mengao"), content("OBJECT-OF-THE-SECOND"), circumstances());
    let items = [
        (
            Shown::Full(&first, &circumstances),
            MailContext { label: Label::Amber, ..setup.context(AlertKind::Alert, 1) },
        ),
        (Shown::ObjectData(&second), setup.context(AlertKind::ExpertRequest, 2)),
    ];
    let ids: Vec<DeliveryId> = (1..3).map(|n| DeliveryId::from_stored(Uuid::from_u128(n))).collect();
    digest(digest_id(&ids, "tocsin.example"), &items).unwrap()
}

#[test]
fn a_digest_lists_its_alerts_and_shows_each_with_its_own_share_and_label() {
    for &interface in Interface::ALL {
        let setup = Setup::new(interface.language());
        let mail = digest_of(&setup);
        assert!(well_formed(&mail.bytes), "{interface}");
        assert_eq!(digest_of(&setup), mail, "{interface}: the same bytes each time");
        let (subject, text, html) = read(&mail);
        let texts = Texts::of(interface);
        assert!(subject.starts_with("[TLP:AMBER] ") && subject.contains(&texts.get("digest-heading")), "{subject}");
        for body in [&text, &html] {
            assert!(body.contains(&texts.get("digest-heading")), "{interface}");
            assert!(body.matches("TLP:GREEN").count() >= 1 && body.matches("TLP:AMBER").count() >= 2, "{interface}");
            assert_eq!(body.matches("/a/token").count(), 2, "{interface}: a link each");
            let at = body.rfind("OBJECT-OF-THE-SECOND").unwrap();
            let begins = body.find("HOLDER-CANARY").unwrap();
            assert_eq!(body.matches("HOLDER-CANARY").count(), 1, "{interface}");
            assert!(begins < at && !body[at..].contains("CANARY"), "{interface}: circumstances stay with their alert");
        }
    }
}

#[test]
fn a_reminder_names_the_case_and_says_nothing_of_it() {
    // Where the mail was sealed, its link does not travel in the open.
    let links = [Some("https://tocsin.example/a/token"), None];
    for (&interface, link) in Interface::ALL.iter().flat_map(|one| links.map(|link| (one, link))) {
        let setup = Setup::new(interface.language());
        let bytes = reminder(
            &Reminder {
                message_id: "<r@tocsin.example>",
                earlier: Some("<a@tocsin.example>"),
                reference: content("Title").reference,
                version: 3,
                label: Label::Amber,
                languages: &setup.languages,
                to: &setup.to,
                person: None,
                from: &setup.from,
                from_name: &setup.from_name,
                link,
                date: Timestamp::from_micros(1_795_000_000_000_000),
            },
            &setup.signers,
        )
        .unwrap();
        assert!(well_formed(&bytes), "{interface}");
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        let (subject, text) = (parsed.subject().unwrap(), parsed.body_text(0).unwrap());
        let reference = content("Title").reference.to_string();
        assert!(subject.starts_with("[TLP:AMBER] ") && subject.contains(&format!("{reference} v3")), "{subject}");
        assert!(text.starts_with("TLP:AMBER") && text.contains(&reference), "{text}");
        assert_eq!(text.contains("/a/"), link.is_some(), "{text}");
        assert!(!text.contains("Title"), "{text}");
        assert_eq!(parsed.in_reply_to().as_text(), Some("a@tocsin.example"), "{interface}");
    }
}

#[tokio::test]
async fn a_digest_reads_well_in_every_language() {
    let browser = Browser::start().await.unwrap();
    let mut wrong = Vec::new();
    for &interface in Interface::ALL {
        let (_, _, html) = read(&digest_of(&Setup::new(interface.language())));
        let encoded = base64::engine::general_purpose::STANDARD.encode(html);
        browser.goto(&format!("data:text/html;charset=utf-8;base64,{encoded}")).await.unwrap();
        for look in [Look::WIDE, Look { width: 320, dark: true }] {
            browser.look(look).await.unwrap();
            let name = format!("mail/digest-{interface}-{}", look.width);
            browser.screenshot(&name).await.unwrap();
            wrong.extend(browser.overflow().await.unwrap().map(|wide| format!("{name}: sticks out: {wide}")));
            wrong.extend(browser.faults().await.unwrap().into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
