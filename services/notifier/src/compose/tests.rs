//! What each reader sees, and what nobody may inject.

use domain::case::{LossInterval, PoliceReference};
use domain::codes::{Certainty, Event, LossMethod, ObjectType, Photographs, Premises, Urgency};
use domain::object::ObjectDescription;
use domain::{Clock, Language};
use mail_parser::MessageParser;
use proptest::prelude::*;

use super::*;

fn content(title: &str) -> ObjectContent {
    let day = "2017-06-30".parse().unwrap();
    ObjectContent {
        reference: "TOC-2026-000001".parse().unwrap(),
        title: title.parse().unwrap(),
        language: Language::FRENCH,
        event: Event::Theft,
        country: "BF".parse().unwrap(),
        loss: LossInterval { earliest: day, latest: day, discovered: None },
        certainty: Certainty::Likely,
        urgency: Urgency::Past,
        message: Some("Le socle manque aussi.".parse().unwrap()),
        objects: vec![ObjectDescription {
            title: title.parse().unwrap(),
            photographs: Photographs::None,
            object_type: ObjectType::Ethnographic,
            type_detail: None,
            materials: Some("wood".parse().unwrap()),
            measurements: vec![],
            inscriptions: None,
            distinguishing_features: None,
            subject: None,
            date_or_period: None,
            maker: None,
            description: None,
            inventory_number: None,
            related_material: None,
            origin_country: None,
            origin_text: None,
            related_objects: None,
            date_documented: None,
            flags: vec![],
        }],
    }
}

fn circumstances() -> Circumstances {
    Circumstances {
        holder: "HOLDER-CANARY".parse().unwrap(),
        premises: Premises::Museum,
        subdivision: None,
        place: "PLACE-CANARY".parse().unwrap(),
        method: LossMethod::Stolen,
        police_reference: PoliceReference::Known("POLICE-CANARY".parse().unwrap()),
        authority_informed: Some("AUTHORITY-CANARY".parse().unwrap()),
        authority_informed_on: None,
        narrative: Some("NARRATIVE-CANARY".parse().unwrap()),
        export: None,
    }
}

struct Setup {
    to: Mailbox,
    from: Mailbox,
    from_name: Line,
    languages: Vec<Language>,
    person: Option<Line>,
    earlier: Vec<String>,
    alert_id: AlertId,
    partner_id: PartnerId,
}

impl Setup {
    fn new(language: Language) -> Self {
        Self {
            to: "alerts@unit.police.example".parse().unwrap(),
            from: "desk@tocsin.example".parse().unwrap(),
            from_name: "Tocsin desk".parse().unwrap(),
            languages: vec![language],
            person: None,
            earlier: vec![],
            alert_id: AlertId::generate(&Clock::System),
            partner_id: PartnerId::generate(&Clock::System),
        }
    }

    fn context(&self, kind: AlertKind) -> MailContext<'_> {
        MailContext {
            alert_id: self.alert_id,
            version: 1,
            kind,
            partner_id: self.partner_id,
            label: Label::Green,
            languages: &self.languages,
            to: &self.to,
            person: self.person.as_ref(),
            from: &self.from,
            from_name: &self.from_name,
            message_id_domain: "tocsin.example",
            link: "https://tocsin.example/a/token".to_owned(),
            checkpoint: Some((7, "root=".to_owned())),
            earlier: &self.earlier,
            date: Timestamp::from_micros(1_795_000_000_000_000),
        }
    }
}

/// Subject, text part and HTML part as a reader gets them.
fn read(mail: &Mail) -> (String, String, String) {
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    (
        parsed.subject().unwrap_or_default().to_owned(),
        parsed.body_text(0).unwrap_or_default().into_owned(),
        parsed.body_html(0).unwrap_or_default().into_owned(),
    )
}

#[test]
fn every_kind_in_every_language_names_label_reference_and_what_to_do() {
    for language in [Language::ENGLISH, Language::FRENCH] {
        for kind in AlertKind::ALL {
            let setup = Setup::new(language);
            let mail = compose(Shown::Full(&content("Statuette"), &circumstances()), &setup.context(*kind)).unwrap();
            let (subject, text, html) = read(&mail);
            assert!(subject.starts_with("[TLP:GREEN] TOC-2026-000001 v1"), "{subject}");
            for part in [&text, &html] {
                for must in ["TLP:GREEN", "HOLDER-CANARY", "POLICE-CANARY", "https://tocsin.example/a/token", "root="] {
                    assert!(part.contains(must), "{kind} {language}: no {must}");
                }
            }
            assert!(html.contains(&format!("lang=\"{language}\"")));
            assert!(mail.bytes.len() < 100_000);
            assert!(mail.bytes.iter().all(u8::is_ascii), "7-bit safe");
        }
    }
}

#[test]
fn object_data_shows_no_circumstance() {
    for kind in AlertKind::ALL {
        let setup = Setup::new(Language::ENGLISH);
        let mail = compose(Shown::ObjectData(&content("Statuette")), &setup.context(*kind)).unwrap();
        let (subject, text, html) = read(&mail);
        assert!(![subject, text, html].iter().any(|part| part.contains("CANARY")));
    }
}

#[test]
fn a_repeat_has_the_same_message_id_and_an_update_threads() {
    let mut setup = Setup::new(Language::ENGLISH);
    let first = compose(Shown::ObjectData(&content("A")), &setup.context(AlertKind::Alert)).unwrap();
    let again = compose(Shown::ObjectData(&content("A")), &setup.context(AlertKind::Alert)).unwrap();
    assert_eq!(first.message_id, again.message_id);
    setup.alert_id = AlertId::generate(&Clock::System);
    setup.earlier = vec![first.message_id.clone()];
    let update = compose(Shown::ObjectData(&content("A")), &setup.context(AlertKind::Update)).unwrap();
    assert_ne!(update.message_id, first.message_id);
    assert!(String::from_utf8_lossy(&update.bytes).contains(&format!("In-Reply-To: {}", first.message_id)));
}

#[test]
fn html_in_a_title_is_text() {
    let setup = Setup::new(Language::ENGLISH);
    let title = "<img src=x onerror=alert(1)> & co";
    let mail = compose(Shown::ObjectData(&content(title)), &setup.context(AlertKind::Alert)).unwrap();
    let (_, text, html) = read(&mail);
    assert!(!html.contains("<img"));
    assert!(text.contains("<img"), "plain text is shown as written");
}

proptest! {
    #[test]
    fn no_text_injects_a_header(title in "\\PC{1,80}", person in "\\PC{1,60}") {
        let mut setup = Setup::new(Language::ENGLISH);
        let (Ok(_), Ok(name)) = (title.parse::<Line>(), person.parse::<Line>()) else { return Ok(()) };
        setup.person = Some(name);
        let mail = compose(Shown::ObjectData(&content(&title)), &setup.context(AlertKind::Alert)).unwrap();
        let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
        let names: Vec<_> = parsed.headers().iter().map(|h| h.name().to_lowercase()).collect();
        let expected = ["message-id", "date", "from", "reply-to", "to", "subject", "auto-submitted",
            "x-auto-response-suppress", "mime-version", "content-type"];
        prop_assert_eq!(names.len(), expected.len(), "{:?}", names);
        for name in expected {
            prop_assert!(names.iter().any(|n| n == name), "{} of {:?}", name, names);
        }
        let to = parsed.to().and_then(|to| to.first()).and_then(|to| to.address()).map(str::to_owned);
        prop_assert_eq!(to.as_deref(), Some("alerts@unit.police.example"));
    }
}
