//! Every mail there can be, read back by a parser that is not ours: each kind in each language, each share, in the clear, by
//! OpenPGP, by S/MIME. Python's `email` says what it sees; GnuPG and OpenSSL open what is closed.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};

use bytes::Bytes;
use domain::partner::KeyText;
use serde::Deserialize;
use testkit::keys::{Certificate, Gpg};

use super::*;

/// Takes mails as lines of base64, gives what it reads of each as a line of JSON.
const READER: &str = r#"
import base64, email, email.policy, json, sys
policy = email.policy.SMTP.clone(raise_on_defect=True)
def tree(part):
    kind = part.get_content_type()
    if part.is_multipart():
        return [kind] + [tree(inner) for inner in part.iter_parts()]
    return kind
for line in sys.stdin:
    mail = email.message_from_bytes(base64.b64decode(line), policy=policy)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    texts = {part.get_content_type(): part.get_content() for part in parts if part.get_content_maintype() == "text"}
    files = {part.get_filename(): base64.b64encode(part.get_payload(decode=True)).decode()
             for part in parts if part.get_filename()}
    print(json.dumps({
        "names": [name.lower() for name in mail.keys()],
        "headers": {name.lower(): str(value) for name, value in mail.items()},
        "to": [address.addr_spec for address in mail["to"].addresses] if mail["to"] else [],
        "tree": json.dumps(tree(mail)), "text": texts.get("text/plain", ""), "html": texts.get("text/html", ""),
        "files": files,
    }))
"#;

#[derive(Debug, Deserialize)]
struct Seen {
    names: Vec<String>,
    headers: BTreeMap<String, String>,
    to: Vec<String>,
    tree: String,
    text: String,
    html: String,
    files: BTreeMap<String, String>,
}

fn seen(mails: &[Vec<u8>]) -> Vec<Seen> {
    let mut python = Command::new("/usr/bin/python3")
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = python.stdin.take().unwrap();
    let lines: String = mails.iter().map(|mail| base64_of(mail) + "\n").collect();
    let writer = std::thread::spawn(move || pipe.write_all(lines.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let seen: Vec<Seen> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(seen.len(), mails.len(), "it reads every mail without a defect");
    seen
}

fn base64_of(bytes: &[u8]) -> String {
    base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes)
}

/// One mail of the table.
struct Case {
    kind: AlertKind,
    language: Interface,
    full: bool,
}

fn table() -> Vec<Case> {
    let mut cases = Vec::new();
    for &language in Interface::ALL {
        for &kind in AlertKind::ALL {
            cases.extend([true, false].map(|full| Case { kind, language, full }));
        }
    }
    cases
}

fn picture() -> Picture {
    Picture {
        object: 0,
        number: 1,
        jpeg: Bytes::from_static(b"\xff\xd8\r\n.\r\n\xff\xd9"),
        width: 640,
        height: 480,
        shows: "La statuette de face".parse().unwrap(),
        credit: None,
        look_alike: true,
    }
}

fn file() -> Enclosure {
    let bytes = Bytes::from_static("<alert>\n.\nكتاب</alert>\n".as_bytes());
    Enclosure { kind: FileKind::Cap, name: "TOC-2026-000001-v2.cap.xml".to_owned(), bytes }
}

/// The mails of the table, in its order.
fn mails(seal: Option<Seal<'_>>) -> Vec<Vec<u8>> {
    let (content, circumstances) = (content("Statuette de Pobé Mengao"), circumstances());
    let (pictures, files) = ([picture()], [file()]);
    let compose_one = |case: &Case| {
        let mut setup = Setup::new(case.language.language());
        setup.person = Some("Ana Pérez".parse().unwrap());
        setup.earlier = vec!["<v1@tocsin.example>".to_owned()];
        let context = setup.context(case.kind, 2);
        let context = MailContext { pictures: &pictures, enclosures: &files, label: Label::Amber, seal, ..context };
        let shown = if case.full { Shown::Full(&content, &circumstances) } else { Shown::ObjectData(&content) };
        compose(shown, &context).unwrap().bytes
    };
    table().iter().map(compose_one).collect()
}

const CLEAR: &str = r#"["multipart/mixed", ["multipart/alternative", "text/plain", ["multipart/related", "text/html", "image/jpeg"]], "application/cap+xml"]"#;

/// The inside of a mail, whoever opened it.
fn assert_inside(case: &Case, seen: &Seen, subject: &str) {
    let what = format!("{} {} full: {}", case.kind, case.language, case.full);
    assert_eq!(seen.tree, CLEAR, "{what}");
    assert!(subject.starts_with("[TLP:AMBER] ") && subject.contains("TOC-2026-000001 v2"), "{what}: {subject}");
    let texts = Texts::of(case.language);
    for part in [&seen.text, &seen.html] {
        assert!(part.contains("Statuette de Pobé Mengao") && part.matches("TLP:AMBER").count() >= 2, "{what}");
        assert_eq!(part.contains("HOLDER-CANARY"), case.full, "{what}");
        assert!(part.contains(&texts.get("label-look-alike")), "{what}");
        // A key in place of its text would stand there as it is written in the files.
        for key in ["section-", "label-", "heading-", "lead-", "ask-", "file-", "event-", "handling-"] {
            assert!(!part.contains(key), "{what}: a missing text {key}");
        }
    }
    assert!(!seen.text.contains('{') && !seen.text.contains('\u{2068}'), "{what}: {}", seen.text);
    assert_eq!(seen.files["picture-1.jpg"], base64_of(&picture().jpeg), "{what}");
    assert_eq!(seen.files[&file().name], base64_of(&file().bytes), "{what}");
}

/// The outside: the same names in the same order whatever is inside, and one reader.
fn assert_outside(seen: &Seen) {
    let last = if seen.names.contains(&"content-disposition".to_owned()) {
        vec!["content-type", "content-disposition", "content-transfer-encoding"]
    } else {
        vec!["content-type"]
    };
    let mut wanted = vec![
        "message-id",
        "date",
        "from",
        "reply-to",
        "to",
        "subject",
        "in-reply-to",
        "references",
        "auto-submitted",
        "x-auto-response-suppress",
        "content-language",
        "mime-version",
    ];
    wanted.extend(last);
    assert_eq!(seen.names, wanted);
    assert_eq!(seen.to, ["alerts@unit.police.example"]);
    assert_eq!(seen.headers["to"], "Ana Pérez <alerts@unit.police.example>");
    assert_eq!(seen.headers["from"], "Tocsin desk <desk@tocsin.example>");
    assert_eq!(seen.headers["references"], "<v1@tocsin.example>");
    assert!(seen.headers["message-id"].ends_with("@tocsin.example>"));
}

#[test]
fn another_parser_reads_every_mail_as_it_was_meant() {
    let mails = mails(None);
    assert!(mails.iter().all(|mail| well_formed(mail) && mail.is_ascii()));
    for (case, seen) in table().iter().zip(seen(&mails)) {
        assert_outside(&seen);
        assert_inside(case, &seen, &seen.headers["subject"]);
    }
}

#[cfg(all(feature = "openpgp", feature = "smime"))]
#[test]
fn what_is_closed_is_opened_by_its_reader_alone_and_reads_the_same() {
    let (ours, reader) = (Gpg::new(), Gpg::new());
    ours.generate("desk@tocsin.example", "ed25519", "0");
    reader.generate("unit@police.example", "ed25519", "0");
    reader.import(&ours.public("desk@tocsin.example"));
    let certificate = Certificate::new("desk@tocsin.example", "rsa:2048", "keyEncipherment,digitalSignature", 30);
    let theirs = Certificate::new("unit@police.example", "rsa:2048", "keyEncipherment", 30);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("desk.asc"), ours.secret("desk@tocsin.example")).unwrap();
    let desk = seal::Desk::load(&seal::DeskConfig {
        openpgp_key: Some(folder.path().join("desk.asc")),
        smime_certificate: Some(certificate.pem()),
        smime_key: Some(certificate.key()),
        ..seal::DeskConfig::default()
    })
    .unwrap();
    let now = domain::Clock::System.now();
    let key = |text: String| seal::Recipient::read(&text.parse::<KeyText>().unwrap(), now).unwrap();

    for (text, tree) in [
        (
            reader.public("unit@police.example"),
            r#"["multipart/encrypted", "application/pgp-encrypted", "application/octet-stream"]"#,
        ),
        (theirs.text(), r#""application/pkcs7-mime""#),
    ] {
        let recipient = key(text);
        let mails = mails(Some(Seal { desk: &desk, reader: &recipient }));
        let mut inside = Vec::new();
        for (mail, seen) in mails.iter().zip(seen(&mails)) {
            assert!(well_formed(mail) && mail.is_ascii());
            assert_outside(&seen);
            assert_eq!(seen.tree, tree);
            assert_eq!(seen.headers["subject"], "[TLP:AMBER] TOC-2026-000001 v2");
            let opened = match recipient.format() {
                domain::codes::KeyFormat::OpenPgp => {
                    use base64::Engine as _;
                    let armoured =
                        base64::engine::general_purpose::STANDARD.decode(&seen.files["encrypted.asc"]).unwrap();
                    reader.open(&armoured)
                }
                domain::codes::KeyFormat::X509 => theirs.open("SMIME", mail, &certificate.pem()),
            };
            assert!(opened.signed, "by the desk");
            inside.push(opened.entity);
        }
        for (case, seen) in table().iter().zip(seen(&inside)) {
            assert_inside(case, &seen, &seen.headers["subject"]);
        }
    }
}
