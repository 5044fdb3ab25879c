//! Every mail is signed by the sending domain, and a verifier that is not ours agrees.
//!
//! `dkim/` holds keys that were made for this test and are published nowhere.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use domain::codes::{AlertKind, PartnerKind};
use notifier::{Config, DkimAlgorithm, DkimKey};
use testkit::sink::SmtpSink;

use crate::world::{World, smtp};

/// Prints the result for each signature of the mail on standard input, with the public keys given instead of the DNS.
const VERIFIER: &str = "
import sys, dkim
mail = sys.stdin.buffer.read()
records = {name.encode(): text.encode() for name, text in zip(sys.argv[1::2], sys.argv[2::2])}
signed = dkim.DKIM(mail)
count = sum(1 for name, _ in signed.headers if name.lower() == b'dkim-signature')
for n in range(count):
    try:
        print(dkim.DKIM(mail).verify(idx=n, dnsfunc=lambda name, timeout=5: records.get(name)))
    except dkim.DKIMException:
        print(False)
";

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/notifier/dkim").join(name)
}

fn key(algorithm: DkimAlgorithm, selector: &str, name: &str) -> DkimKey {
    let (domain, selector) = ("tocsin.example".to_owned(), selector.to_owned());
    DkimKey { domain, selector, algorithm, key_path: file(name) }
}

fn verdicts(mail: &[u8]) -> Vec<String> {
    let record = |kind: &str, name: &str| {
        format!("v=DKIM1; k={kind}; p={}", std::fs::read_to_string(file(name)).unwrap().trim())
    };
    // Debian's own Python: the verifier is one of its packages.
    let mut python = Command::new("/usr/bin/python3")
        .args(["-c", VERIFIER])
        .args(["r1._domainkey.tocsin.example.", &record("rsa", "rsa.pub")])
        .args(["e1._domainkey.tocsin.example.", &record("ed25519", "ed25519.pub")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(mail).unwrap();
    let output = python.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn every_mail_carries_signatures_that_verify_and_break_with_the_text() {
    let sink = SmtpSink::start().await.unwrap();
    let dkim = vec![key(DkimAlgorithm::Rsa, "r1", "rsa.pem"), key(DkimAlgorithm::Ed25519, "e1", "ed25519.seed")];
    let mut world = World::with(Config { dkim, ..smtp(sink.port()) }).await;
    let told = world.partners(PartnerKind::Police, &["unit@one.example"]).await;
    world.alert(&told).await;
    world.send().await;
    // An update has headers that an alert has not: it answers one.
    world.release(AlertKind::Update, &told).await;
    world.hear().await;
    world.send().await;
    let mails = sink.messages();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        assert_eq!(verdicts(&mail.data), ["True", "True"]);
        let text = String::from_utf8(mail.data).unwrap();
        assert!(text.lines().all(|line| line.len() <= 998), "a line that servers cut");
        for (from, to) in
            [("Subject: ", "Subject: X"), ("To: ", "To: X"), ("From: ", "From: \"x\" <x@x.example>\r\nFrom: ")]
        {
            let changed = text.replacen(&format!("\r\n{from}"), &format!("\r\n{to}"), 1);
            assert_ne!(changed, text);
            assert_eq!(verdicts(changed.as_bytes()), ["False", "False"], "{to}");
        }
        let body = text.find("\r\n\r\n").unwrap() + 4;
        let changed = format!("{}X{}", &text[..body], &text[body..]);
        assert_eq!(verdicts(changed.as_bytes()), ["False", "False"]);
    }
}

#[test]
fn a_key_that_cannot_sign_is_named() {
    let settings = |key: DkimKey| Config { dkim: vec![key], ..smtp(25) };
    for (key, wanted) in [
        (key(DkimAlgorithm::Rsa, "r1", "nowhere.pem"), "read the DKIM key of the selector r1"),
        (key(DkimAlgorithm::Rsa, "r1", "ed25519.seed"), "PKCS #1"),
        (key(DkimAlgorithm::Ed25519, "e1", "rsa.pem"), "base64"),
    ] {
        let error = notifier::Signers::load(&settings(key).dkim).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}");
    }
}
