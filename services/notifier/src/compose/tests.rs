//! What each reader sees, and what nobody may inject.

use bytes::Bytes;
use domain::case::{LossInterval, PoliceReference};
use domain::codes::{
    Certainty, DetectionMethod, Dimension, Event, LossMethod, ObjectFlag, ObjectType, PermitStatus, Photographs,
    Premises, Unit, Urgency,
};
use domain::details::{Details, ExportFacts, LootingFacts, Typology};
use domain::ids::Uuid;
use domain::object::{Measurement, ObjectDescription};
use mail_parser::MessageParser;
use proptest::prelude::*;

use super::*;

mod independent;
mod look;
mod mould;
mod together;

fn object(title: &str) -> ObjectDescription {
    ObjectDescription {
        title: title.parse().unwrap(),
        photographs: Photographs::Available,
        object_type: ObjectType::Ethnographic,
        type_detail: Some("statuette d’ancêtre".parse().unwrap()),
        materials: Some("pierre".parse().unwrap()),
        measurements: vec![Measurement::new(Dimension::Height, "27.50".parse().unwrap(), Unit::Centimetre).unwrap()],
        inscriptions: None,
        distinguishing_features: Some("Bras gauche cassé,\nanciennement recollé.".parse().unwrap()),
        subject: None,
        date_or_period: None,
        dated: None,
        maker: Some("Kurumba".parse().unwrap()),
        description: None,
        inventory_number: Some("MN-0815".parse().unwrap()),
        related_material: None,
        origin_country: Some("BF".parse().unwrap()),
        origin_text: None,
        related_objects: None,
        link: None,
        date_documented: Some("1998-03-01".parse().unwrap()),
        flags: vec![ObjectFlag::SacredOrCommunal, ObjectFlag::Inventoried],
    }
}

fn content(title: &str) -> ObjectContent {
    ObjectContent {
        reference: "TOC-2026-000001".parse().unwrap(),
        title: title.parse().unwrap(),
        language: Language::FRENCH,
        event: Event::Theft,
        country: "BF".parse().unwrap(),
        loss: LossInterval {
            earliest: "2026-11-01".parse().unwrap(),
            latest: "2026-11-20".parse().unwrap(),
            discovered: Some("2026-11-20".parse().unwrap()),
        },
        certainty: Certainty::Likely,
        urgency: Urgency::Expected,
        message: Some("Le socle manque aussi.\nTLP:CLEAR".parse().unwrap()),
        typology: None,
        objects: vec![object(title)],
        named: Vec::new(),
        others_missing: 0,
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
        authority_informed_on: Some("2026-11-21".parse().unwrap()),
        narrative: Some("NARRATIVE-CANARY".parse().unwrap()),
        details: Details::IllicitExport(ExportFacts {
            claiming_state: "BF".parse().unwrap(),
            last_lawful_location: Some("LAWFUL-CANARY".parse().unwrap()),
            permit: PermitStatus::Forged,
            certificate_number: Some("CERTIFICATE-CANARY".parse().unwrap()),
            law: Some("LAW-CANARY".parse().unwrap()),
            route: vec!["GH".parse().unwrap()],
            destinations: vec!["BE".parse().unwrap()],
        }),
    }
}

struct Setup {
    to: Mailbox,
    from: Mailbox,
    from_name: Line,
    partner: Line,
    languages: Vec<Language>,
    person: Option<Line>,
    earlier: Vec<String>,
    signers: Signers,
}

impl Setup {
    fn new(language: Language) -> Self {
        Self {
            to: "alerts@unit.police.example".parse().unwrap(),
            from: "desk@tocsin.example".parse().unwrap(),
            from_name: "Tocsin desk".parse().unwrap(),
            partner: "Unit for Cultural Property".parse().unwrap(),
            languages: vec![language],
            person: None,
            earlier: vec![],
            signers: Signers::default(),
        }
    }

    fn context(&self, kind: AlertKind, version: i64) -> MailContext<'_> {
        let alert = AlertId::from_stored(Uuid::from_u128(u128::try_from(version).unwrap()));
        let partner = PartnerId::from_stored(Uuid::from_u128(7));
        MailContext {
            message_id: message_id(alert, partner, &self.to, "tocsin.example"),
            common: alert.as_uuid().simple().to_string(),
            version,
            kind,
            label: Label::Green,
            languages: &self.languages,
            to: &self.to,
            person: self.person.as_ref(),
            partner: &self.partner,
            from: &self.from,
            from_name: &self.from_name,
            link: "https://tocsin.example/a/token".to_owned(),
            root: Some(Root { size: 12_345, hash: vec![7; 32] }),
            earlier: &self.earlier,
            since: None,
            date: Timestamp::from_micros(1_795_000_000_000_000),
            signers: &self.signers,
            carries: Carries::Content,
            read: "https://tocsin.example/a/token/read".to_owned(),
            pictures: &[],
            picture_room: PICTURES,
            enclosures: &[],
            room: 5 * 1024 * 1024,
            seal: None,
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
fn every_kind_in_every_language_says_what_a_reader_needs() {
    for &interface in Interface::ALL {
        let language = interface.language();
        for &kind in AlertKind::ALL {
            for full in [true, false] {
                let (setup, content, circumstances) = (Setup::new(language), content("Statuette"), circumstances());
                let shown = if full { Shown::Full(&content, &circumstances) } else { Shown::ObjectData(&content) };
                let mail = compose(shown, &setup.context(kind, 2)).unwrap();
                let (subject, text, html) = read(&mail);
                assert!(subject.starts_with("[TLP:GREEN] ") && subject.contains("TOC-2026-000001 v2"), "{subject}");
                let route = match interface {
                    Interface::Arabic => "الإنتربول",
                    Interface::Russian => "Интерпол",
                    Interface::Chinese => "国际刑警",
                    _ => "INTERPOL",
                };
                let root = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
                for part in [&text, &html] {
                    for must in [
                        "Statuette",
                        if "fr es ru".contains(interface.as_str()) { "27,50 cm" } else { "27.50 cm" },
                        "desk@tocsin.example",
                        "/a/token",
                        route,
                        root,
                    ] {
                        assert!(part.contains(must), "{kind} {language}: no {must} in {part}");
                    }
                    assert!(part.matches("TLP:GREEN").count() >= 2, "label at the top and the bottom");
                    assert_eq!(part.contains("CANARY"), full, "{kind} {language}");
                }
                assert!(text.trim_start().starts_with("TLP:GREEN") && text.trim_end().ends_with("TLP:GREEN"), "{text}");
                let direction = if interface == Interface::Arabic { "rtl" } else { "ltr" };
                assert!(html.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")));
                assert!(!html.contains("http-equiv") && html.matches("https://").count() == 1, "nothing is loaded");
                assert!(mail.bytes.iter().all(u8::is_ascii), "7-bit safe");
            }
        }
    }
}

#[test]
fn mails_read_as_reviewed() {
    let circumstances = circumstances();
    for (name, kind, language, full) in [
        ("alert_en_full", AlertKind::Alert, Language::ENGLISH, true),
        ("alert_fr_object_data", AlertKind::Alert, Language::FRENCH, false),
        ("update_fr_full", AlertKind::Update, Language::FRENCH, true),
        ("update_en_object_data", AlertKind::Update, Language::ENGLISH, false),
        ("cancel_en_object_data", AlertKind::Cancel, Language::ENGLISH, false),
        ("recovery_fr_object_data", AlertKind::Recovery, Language::FRENCH, false),
        ("restitution_en_object_data", AlertKind::Restitution, Language::ENGLISH, false),
        ("expert_request_en_object_data", AlertKind::ExpertRequest, Language::ENGLISH, false),
        ("exercise_fr_object_data", AlertKind::Exercise, Language::FRENCH, false),
        ("alert_ar_full", AlertKind::Alert, Interface::Arabic.language(), true),
        ("update_es_object_data", AlertKind::Update, Interface::Spanish.language(), false),
        ("cancel_zh_object_data", AlertKind::Cancel, Interface::Chinese.language(), false),
        ("recovery_ru_object_data", AlertKind::Recovery, Interface::Russian.language(), false),
    ] {
        let (setup, content) = (Setup::new(language), content("Statuette de Pobé Mengao"));
        let shown = if full { Shown::Full(&content, &circumstances) } else { Shown::ObjectData(&content) };
        let (subject, text, _) = read(&compose(shown, &setup.context(kind, 1)).unwrap());
        insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{}", text.replace("\r\n", "\n")));
    }
}

/// What an update of the sample changes, for a reader of this share.
fn changed(share: Share) -> (ObjectContent, Circumstances, Since) {
    let (old, mut new) = (content("Statuette de Pobé Mengao"), content("Statuette de Pobé Mengao"));
    let (facts, mut more) = (circumstances(), circumstances());
    new.certainty = Certainty::Observed;
    new.loss.discovered = None;
    new.objects[0].materials = Some("latérite".parse().unwrap());
    new.objects[0].measurements.clear();
    new.objects.push(object("Tambour"));
    more.place = "PLACE-NOW-CANARY".parse().unwrap();
    let seen = |content, circumstances, photographs| domain::change::Seen {
        label: Label::Green,
        content,
        circumstances: Some(circumstances).filter(|_| share == Share::Full),
        photographs,
    };
    let changes = domain::change::changes(seen(&old, &facts, &[]), seen(&new, &more, &[1, 1]));
    (new, more, Since { version: 1, changes })
}

#[test]
fn an_update_says_field_by_field_what_changed_and_nothing_above_its_readers_share() {
    for &interface in Interface::ALL {
        let setup = Setup::new(interface.language());
        let texts = Texts::of(interface);
        for share in [Share::Full, Share::ObjectData] {
            let (content, facts, since) = changed(share);
            let shown = match share {
                Share::Full => Shown::Full(&content, &facts),
                Share::ObjectData => Shown::ObjectData(&content),
            };
            let context = MailContext { since: Some(&since), ..setup.context(AlertKind::Update, 2) };
            let (_, text, html) = read(&compose(shown, &context).unwrap());
            let title = texts.with("section-changes", &[("version", "1".into())]);
            for part in [&text, &html] {
                assert!(part.contains(&title), "{interface}: {part}");
                assert_eq!(part.contains("PLACE-CANARY"), share == Share::Full, "{interface} {share}");
                assert!(part.contains("pierre") && part.contains("Tambour"), "{interface} {share}");
            }
            let certainty = texts.code("certainty", "likely");
            assert!(html.contains(&certainty), "{interface}: what it was stays readable");
        }
        // A reader to whom nothing changed is told so.
        let content = content("Statuette");
        let none = Since { version: 3, changes: Vec::new() };
        let context = MailContext { since: Some(&none), ..setup.context(AlertKind::Update, 4) };
        let (_, _, html) = read(&compose(Shown::ObjectData(&content), &context).unwrap());
        assert!(html.contains(&texts.get("changed-none")), "{interface}");
        for field in domain::change::Field::ALL {
            for event in Event::ALL {
                let key = changes::label(*field, *event);
                assert_ne!(texts.get(key), key, "{interface} {field}");
            }
        }
    }
    for (name, language, share) in [
        ("update_since_en_full", Language::ENGLISH, Share::Full),
        ("update_since_fr_object_data", Language::FRENCH, Share::ObjectData),
        ("update_since_ar_full", Interface::Arabic.language(), Share::Full),
    ] {
        let setup = Setup::new(language);
        let (content, facts, since) = changed(share);
        let shown = match share {
            Share::Full => Shown::Full(&content, &facts),
            Share::ObjectData => Shown::ObjectData(&content),
        };
        let context = MailContext { since: Some(&since), ..setup.context(AlertKind::Update, 2) };
        let (subject, text, _) = read(&compose(shown, &context).unwrap());
        insta::assert_snapshot!(name, format!("Subject: {subject}\n\n{}", text.replace("\r\n", "\n")));
    }
}

#[test]
fn an_update_of_thousands_of_fields_stays_a_mail() {
    let setup = Setup::new(Language::ENGLISH);
    let old = content("Coin");
    let mut new = content("Coin");
    new.objects.extend((0..2_000).map(|number| object(&format!("Coin {number}"))));
    let seen = |content| domain::change::Seen { label: Label::Green, content, circumstances: None, photographs: &[] };
    let since = Since { version: 1, changes: domain::change::changes(seen(&old), seen(&new)) };
    assert_eq!(since.changes.len(), 2_000);
    let context = MailContext { since: Some(&since), ..setup.context(AlertKind::Update, 2) };
    let mail = compose(Shown::ObjectData(&new), &context).unwrap();
    let (_, text, _) = read(&mail);
    assert!(text.contains("More changed fields, shown below: 1900"), "{text}");
    assert!(mail.bytes.len() < 400_000, "{}", mail.bytes.len());
}

#[test]
fn an_exercise_says_so_in_subject_heading_and_text_even_when_the_content_is_withheld() {
    for (language, word) in [(Language::ENGLISH, "EXERCISE"), (Language::FRENCH, "EXERCICE")] {
        for label in Label::ALL {
            let (setup, content) = (Setup::new(language), content("Statuette"));
            let context = MailContext { label, ..setup.context(AlertKind::Exercise, 1) };
            let (subject, text, html) = read(&compose(Shown::ObjectData(&content), &context).unwrap());
            assert!(subject.contains(word) && text.contains(word), "{label}: {subject}");
            assert!(html.contains(&format!("<h1>{word}")), "{label}");
        }
    }
}

#[test]
fn a_looting_without_a_list_asks_for_a_type_and_keeps_the_findspot_to_the_full_share() {
    let content = ObjectContent {
        event: Event::Looting,
        objects: Vec::new(),
        typology: Some(Typology {
            types: vec![ObjectType::CoinMedal],
            red_list: Some("Emergency Red List".parse().unwrap()),
            description: "Bronze coins with fresh earth.".parse().unwrap(),
        }),
        ..content("Site pillé")
    };
    let circumstances = Circumstances {
        details: Details::Looting(LootingFacts {
            site: "SITE-CANARY".parse().unwrap(),
            site_number: None,
            detected_by: DetectionMethod::Satellite,
            extent: None,
        }),
        ..circumstances()
    };
    let setup = Setup::new(Language::ENGLISH);
    for full in [false, true] {
        let shown = if full { Shown::Full(&content, &circumstances) } else { Shown::ObjectData(&content) };
        let (_, text, html) = read(&compose(shown, &setup.context(AlertKind::Alert, 1)).unwrap());
        for part in [&text, &html] {
            for must in ["No list", "Coin or medal", "Bronze coins", "Detected"] {
                assert!(part.contains(must), "{must}: {part}");
            }
            assert!(!part.contains("0 objects"));
            assert_eq!(part.contains("SITE-CANARY"), full);
        }
    }
}

#[test]
fn words_of_the_report_are_marked_in_another_language_only() {
    let content = content("Statuette");
    let english = read(
        &compose(Shown::ObjectData(&content), &Setup::new(Language::ENGLISH).context(AlertKind::Alert, 1)).unwrap(),
    );
    let french = read(
        &compose(Shown::ObjectData(&content), &Setup::new(Language::FRENCH).context(AlertKind::Alert, 1)).unwrap(),
    );
    assert!(english.1.contains("Title [fr]: Statuette") && english.1.contains("Français"), "{}", english.1);
    assert!(english.2.contains("<td><bdi lang=\"fr\">Statuette</bdi></td>"), "{}", english.2);
    assert!(!french.1.contains("[fr]") && !french.2.contains("<bdi lang="));
}

#[test]
fn tlp_red_travels_without_content() {
    let (mut setup, content, circumstances) = (Setup::new(Language::ENGLISH), content("Statuette"), circumstances());
    setup.person = Some("Ana Pérez".parse().unwrap());
    let context = MailContext { label: Label::Red, ..setup.context(AlertKind::Alert, 1) };
    let (subject, text, html) = read(&compose(Shown::Full(&content, &circumstances), &context).unwrap());
    assert_eq!(subject, "[TLP:RED] Alert · TOC-2026-000001 v1");
    for part in [subject, text, html] {
        assert!(!part.contains("Statuette") && !part.contains("CANARY") && !part.contains("Theft"), "{part}");
    }
}

#[test]
fn a_repeat_has_the_same_bytes_and_an_update_threads() {
    let mut setup = Setup::new(Language::ENGLISH);
    let (content, circumstances) = (content("A"), circumstances());
    let shown = Shown::Full(&content, &circumstances);
    let first = compose(shown, &setup.context(AlertKind::Alert, 1)).unwrap();
    assert_eq!(compose(shown, &setup.context(AlertKind::Alert, 1)).unwrap(), first);
    setup.earlier = vec!["<v0@tocsin.example>".to_owned(), first.message_id.clone()];
    let update = compose(shown, &setup.context(AlertKind::Update, 2)).unwrap();
    assert_ne!(update.message_id, first.message_id);
    let parsed = MessageParser::default().parse(&update.bytes).unwrap();
    let bare = first.message_id.trim_matches(['<', '>']);
    assert_eq!(parsed.in_reply_to().as_text(), Some(bare));
    assert_eq!(parsed.references().as_text_list().map(|ids| ids.join(" ")), Some(format!("v0@tocsin.example {bare}")));
}

#[test]
fn every_reader_of_a_mail_sees_one_address_and_the_desk() {
    let mut setup = Setup::new(Language::ENGLISH);
    setup.person = Some("Ana \"Anita\" Pérez, <x@y.example>".parse().unwrap());
    let mail = compose(Shown::ObjectData(&content("A")), &setup.context(AlertKind::Alert, 1)).unwrap();
    let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
    let to: Vec<_> = parsed.to().unwrap().iter().filter_map(|to| to.address()).collect();
    assert_eq!(to, ["alerts@unit.police.example"]);
    let desk = parsed.from().unwrap().first().unwrap();
    assert_eq!((desk.name(), desk.address()), (Some("Tocsin desk"), Some("desk@tocsin.example")));
    assert_eq!(parsed.reply_to().unwrap().first().unwrap().address(), Some("desk@tocsin.example"));
    assert!(parsed.cc().is_none() && parsed.bcc().is_none());
    assert_eq!(parsed.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(parsed.header_raw("X-Auto-Response-Suppress").map(str::trim), Some("All"));
    assert_eq!(parsed.date().unwrap().to_timestamp(), 1_795_000_000);
}

#[test]
fn html_in_a_title_is_text() {
    let title = "<img src=x onerror=alert(1)> {{7*7}} & co";
    let setup = Setup::new(Language::ENGLISH);
    let (subject, text, html) =
        read(&compose(Shown::ObjectData(&content(title)), &setup.context(AlertKind::Alert, 1)).unwrap());
    assert!(!html.contains("<img"));
    assert!(text.contains(title) && subject.contains(title), "plain text is shown as written");
}

#[test]
fn a_case_of_thousands_of_objects_stays_a_mail() {
    let mut content = content("Vase");
    let long = "é".repeat(Line::MAX);
    content.message = Some("message ".repeat(2_400).parse().unwrap());
    content.objects = (0..3_000).map(|_| object(&long)).collect();
    content.objects[0].description = Some("long ".repeat(4_000).parse().unwrap());
    let mut circumstances = circumstances();
    circumstances.narrative = Some("é".repeat(20_000).parse().unwrap());
    let setup = Setup::new(Language::ENGLISH);
    let mail = compose(Shown::Full(&content, &circumstances), &setup.context(AlertKind::Alert, 1)).unwrap();
    let (_, text, html) = read(&mail);
    assert!(text.len() < 100_000, "{}", text.len());
    assert!(text.contains("more objects are part of this case") && html.contains("more objects are part"));
    assert!(text.contains("Object 1 of 3000"));
}

/// No line end but CRLF, no line beyond 998 characters (RFC 5322, 2.1.1).
fn well_formed(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap();
    text.split("\r\n").all(|line| !line.contains(['\r', '\n']) && line.len() <= 998)
}

#[test]
fn no_text_smuggles_the_end_of_a_mail() {
    let mut content = content("A");
    content.message = Some("one\n.\nQUIT\n..\nMAIL FROM:<x@y.example>".parse().unwrap());
    let setup = Setup::new(Language::ENGLISH);
    let mail = compose(Shown::ObjectData(&content), &setup.context(AlertKind::Alert, 1)).unwrap();
    assert!(well_formed(&mail.bytes));
}

/// Text with what splits headers and turns readers around, as far as `Line` lets any of it through.
fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,20}",
        Just("\r\nBcc: x@y.example".to_owned()),
        Just("\n\n".to_owned()),
        Just("\u{2028}\u{202E}\u{0}\u{85}".to_owned()),
        Just("=?utf-8?q?=0D=0ABcc:_x?=".to_owned()),
        Just("\"<,>;:@\\".to_owned()),
        Just("كتاب 文物 🏺".to_owned()),
        "[ -~]{0,120}",
    ];
    // What a `Line` refuses is taken out, so that every case says something about what it lets through.
    let kept = |c: &char| format!("a{c}a").parse::<Line>().is_ok();
    proptest::collection::vec(piece, 1..6)
        .prop_map(move |pieces| pieces.concat().chars().filter(kept).take(Line::MAX).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_injects_a_header(title in nasty(), person in nasty(), from_name in nasty()) {
        let mut setup = Setup::new(Language::ENGLISH);
        let (Ok(line), Ok(person), Ok(from_name)) = (title.parse::<Line>(), person.parse(), from_name.parse()) else {
            return Ok(());
        };
        setup.person = Some(person);
        setup.from_name = from_name;
        let mail = compose(Shown::ObjectData(&content(line.as_str())), &setup.context(AlertKind::Alert, 1)).unwrap();
        prop_assert!(well_formed(&mail.bytes));
        let parsed = MessageParser::default().parse(&mail.bytes).unwrap();
        let names: Vec<_> = parsed.headers().iter().map(|header| header.name().to_lowercase()).collect();
        let expected = [
            "message-id", "date", "from", "reply-to", "to", "subject", "auto-submitted", "x-auto-response-suppress",
            "content-language", "mime-version", "content-type",
        ];
        prop_assert_eq!(names, expected);
        let to: Vec<_> = parsed.to().unwrap().iter().filter_map(|to| to.address()).collect();
        prop_assert_eq!(to, ["alerts@unit.police.example"]);
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        let subject = squeeze(parsed.subject().unwrap());
        prop_assert!(subject.ends_with(&squeeze(line.as_str())) || line.as_str().contains("=?"), "{}", subject);
    }

    #[test]
    fn object_data_never_shows_a_circumstance(marks in proptest::collection::vec("[A-Z]{16}", 7), kind in 0_usize..AlertKind::ALL.len()) {
        let circumstances = Circumstances {
            holder: marks[0].parse().unwrap(),
            place: marks[1].parse().unwrap(),
            police_reference: PoliceReference::Known(marks[2].parse().unwrap()),
            authority_informed: Some(marks[3].parse().unwrap()),
            narrative: Some(marks[4].parse().unwrap()),
            ..circumstances()
        };
        let (setup, content) = (Setup::new(Language::ENGLISH), content("Statuette"));
        let context = setup.context(AlertKind::ALL[kind], 1);
        let (_, full, _) = read(&compose(Shown::Full(&content, &circumstances), &context).unwrap());
        let (subject, text, html) = read(&compose(Shown::ObjectData(&content), &context).unwrap());
        for mark in &marks[..5] {
            prop_assert!(full.contains(mark.as_str()));
            for part in [&subject, &text, &html] {
                prop_assert!(!part.contains(mark.as_str()));
            }
        }
    }

    #[test]
    fn every_address_of_ours_is_one_of_the_mail_librarys(local in "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\\.[a-z0-9]{1,8})?", domain in "[a-z0-9]{1,10}(-[a-z0-9]{1,5})?\\.(example|org)") {
        if let Ok(mailbox) = format!("{local}@{domain}").parse::<Mailbox>() {
            prop_assert!(named(None, &mailbox).is_ok(), "{}", mailbox);
        }
    }
}
