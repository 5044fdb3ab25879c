//! What mails have in common, and what is each reader's own.

use super::*;

#[test]
fn a_mould_gives_each_reader_its_own_and_nothing_of_another() {
    fn of<'a>(setup: &'a Setup, link: &str, enclosures: &'a [Enclosure]) -> MailContext<'a> {
        MailContext { link: link.to_owned(), enclosures, ..setup.context(AlertKind::Alert, 1) }
    }

    let bytes = Bytes::from(vec![b'x'; 4096]);
    let files = [Enclosure { kind: FileKind::Json, name: "TOC-2026-000001-v1.json".to_owned(), bytes }];

    let (content, circumstances) = (content("Statuette"), circumstances());
    let shown = Shown::Full(&content, &circumstances);
    let (one, mut other) = (Setup::new(Language::ENGLISH), Setup::new(Language::ENGLISH));
    other.partner =
        "Other & <b>Unit</b> with a name so long that its line must be wrapped in plain text".parse().unwrap();
    other.to = "other@unit.example".parse().unwrap();
    let mould = Mould::new(shown, &of(&one, "https://tocsin.example/a/one", &files)).unwrap();
    let mut moulds = Vec::new();
    for (setup, link, foreign) in
        [(&one, "https://tocsin.example/a/one", "Other"), (&other, "https://tocsin.example/a/two", "/a/one")]
    {
        let context = of(setup, link, &files);
        let mail = mould.mail(shown, &context).unwrap();
        assert_eq!(mail, compose(shown, &context).unwrap(), "as if it had been made for this reader alone");
        let (_, text, html) = read(&mail);
        for part in [&text, &html] {
            assert!(part.contains(link) && !part.contains(foreign), "{part}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 76), "{text}");
        assert!(!html.contains("<b>"), "{html}");
        // What all have in common is said, so that it can be kept once.
        let (shared, own) = parted(&mail);
        assert_eq!(Sha256::digest(&shared)[..], mail.common.unwrap().mould);
        assert!(own.len() < 1_500 && shared.len() > 10_000, "{} of {}", own.len(), mail.bytes.len());
        moulds.push(shared);
    }
    assert_eq!(moulds[0], moulds[1]);
}

/// What a mail has in common with all of its mould, and what is its own.
fn parted(mail: &Mail) -> (Vec<u8>, Vec<u8>) {
    let (mut shared, mut own, mut from) = (Vec::new(), Vec::new(), 0);
    for &(offset, length) in &mail.common.as_ref().unwrap().places {
        own.extend_from_slice(&mail.bytes[from..offset]);
        from = offset + length;
        shared.extend_from_slice(&mail.bytes[offset..from]);
    }
    own.extend_from_slice(&mail.bytes[from..]);
    (shared, own)
}

#[test]
fn what_is_kept_once_for_all_holds_nothing_of_any_reader() {
    let (content, circumstances) = (content("Statuette"), circumstances());
    let shown = Shown::Full(&content, &circumstances);
    for interface in Interface::ALL {
        for kind in AlertKind::ALL {
            for carries in [Carries::Content, Carries::Reference] {
                let mut setup = Setup::new(interface.language());
                setup.partner = "OWN-PARTNER".parse().unwrap();
                setup.person = Some("OWN-PERSON".parse().unwrap());
                setup.to = "own-address@unit.example".parse().unwrap();
                setup.earlier = vec!["<own-earlier@tocsin.example>".to_owned()];
                let one = MailContext {
                    link: "https://tocsin.example/a/OWN-LINK".to_owned(),
                    read: "https://tocsin.example/a/OWN-LINK/read".to_owned(),
                    root: Some(Root { size: 77_777, hash: vec![9; 32] }),
                    date: Timestamp::from_micros(1_600_000_000_000_000),
                    carries,
                    ..setup.context(*kind, 2)
                };
                let other = Setup::new(interface.language());
                let other = MailContext { carries, ..other.context(*kind, 2) };
                let (mail, other) = (compose(shown, &one).unwrap(), compose(shown, &other).unwrap());
                let (shared, own) = parted(&mail);
                assert_eq!(shared, parted(&other).0, "{interface} {kind}: whoever reads it");
                assert_eq!(mail.common.map(|common| common.mould), other.common.map(|common| common.mould));
                let whole = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("=\r\n", "");
                let (shared, own) = (whole(shared), whole(own));
                for word in ["OWN-PARTNER", "OWN-PERSON", "own-", "OWN-LINK", "CQkJCQkJCQkJ", &mail.message_id] {
                    assert!(!shared.contains(word) && own.contains(word), "{interface} {kind}: {word}");
                }
            }
        }
    }
}
