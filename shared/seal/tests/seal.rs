//! What is sealed here is opened and verified by GnuPG and OpenSSL, and their keys are judged as they would judge them.

#![expect(clippy::unwrap_used, reason = "tests: a failure here is a failure of the test")]

use std::path::{Path, PathBuf};

use domain::Timestamp;
use domain::codes::KeyFormat;
use domain::partner::KeyText;
use seal::{Desk, DeskConfig, DeskError, KeyError, Recipient, SealError, Sealed};
use testkit::keys::{Certificate, Gpg};

const ENTITY: &[u8] = b"Content-Type: text/plain\r\n\r\nThe holder is HOLDER-CANARY.\r\n.\r\n";

fn now() -> Timestamp {
    domain::Clock::System.now()
}

fn read(text: &str) -> Result<Recipient, KeyError> {
    Recipient::read(&text.parse::<KeyText>().unwrap(), now())
}

/// A desk with both keys, and the folder of their files.
struct TheDesk {
    gpg: Gpg,
    certificate: Certificate,
    desk: Desk,
    _folder: tempfile::TempDir,
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

impl TheDesk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let gpg = Gpg::new();
        gpg.generate("desk@tocsin.example", "ed25519", "0");
        let certificate = Certificate::new("desk@tocsin.example", "rsa:2048", "keyEncipherment,digitalSignature", 30);
        let desk = Desk::load(&DeskConfig {
            openpgp_key: Some(file(folder.path(), "desk.asc", &gpg.secret("desk@tocsin.example"))),
            smime_certificate: Some(certificate.pem()),
            smime_key: Some(certificate.key()),
            ..DeskConfig::default()
        });
        Self { gpg, certificate, desk: desk.unwrap(), _folder: folder }
    }
}

#[test]
fn gnupg_opens_and_verifies_what_was_sealed_for_its_key() {
    let this = TheDesk::new();
    for algorithm in ["rsa2048", "ed25519"] {
        let reader = Gpg::new();
        reader.generate("unit@police.example", algorithm, "1y");
        let key = read(&reader.public("unit@police.example")).unwrap();
        assert_eq!(key.format(), KeyFormat::OpenPgp);
        assert!(key.has(&reader.fingerprint("unit@police.example").parse().unwrap()), "{algorithm}");
        let Sealed::OpenPgp(armoured) = this.desk.seal(ENTITY, &key).unwrap() else { panic!("OpenPGP") };
        assert!(!armoured.contains("CANARY") && armoured.is_ascii());
        // The reader has the desk's public key and no other, so a good signature is the desk's.
        reader.import(&this.gpg.public("desk@tocsin.example"));
        let opened = reader.open(armoured.as_bytes());
        assert_eq!((opened.entity.as_slice(), opened.signed), (ENTITY, true), "{algorithm}");
        // And the desk can read what it sent.
        assert_eq!(this.gpg.open(armoured.as_bytes()).entity, ENTITY);
        let again = this.desk.seal(ENTITY, &key).unwrap();
        assert_ne!(again, Sealed::OpenPgp(armoured), "no two envelopes are alike");
    }
}

#[test]
fn openssl_opens_and_verifies_what_was_sealed_for_its_certificate() {
    let this = TheDesk::new();
    for (algorithm, usage) in [("rsa:2048", "keyEncipherment"), ("ec:prime256v1", "keyAgreement")] {
        let reader = Certificate::new("unit@police.example", algorithm, usage, 30);
        let key = read(&reader.text()).unwrap();
        assert_eq!(key.format(), KeyFormat::X509);
        for hash in ["sha1", "sha256"] {
            assert!(key.has(&reader.fingerprint(hash).parse().unwrap()), "{algorithm} {hash}");
        }
        assert!(!key.has(&"0".repeat(40).parse().unwrap()));
        let Sealed::Smime(der) = this.desk.seal(ENTITY, &key).unwrap() else { panic!("S/MIME") };
        assert!(!der.windows(6).any(|bytes| bytes == b"CANARY"));
        let opened = reader.open("DER", &der, &this.certificate.pem());
        assert_eq!((opened.entity.as_slice(), opened.signed), (ENTITY, true), "{algorithm}");
        let stranger = Certificate::new("desk@tocsin.example", "rsa:2048", "digitalSignature", 30);
        assert!(!reader.open("DER", &der, &stranger.pem()).signed, "another's signature is none of the desk's");
        assert_eq!(this.certificate.open("DER", &der, &this.certificate.pem()).entity, ENTITY);
    }
}

#[test]
fn a_key_that_must_not_be_used_says_why() {
    let gpg = Gpg::new();
    gpg.generate_at("20240101T000000", "old@unit.example", "1y");
    gpg.generate_for_signing("signs@unit.example");
    gpg.generate("revoked@unit.example", "ed25519", "0");
    gpg.revoke("revoked@unit.example");
    gpg.generate("fine@unit.example", "ed25519", "0");
    gpg.generate("short@unit.example", "ed25519", "2d");
    let why = |address: &str| read(&gpg.public(address)).err();
    assert_eq!(why("old@unit.example"), Some(KeyError::Expired("2024-12-30".parse().unwrap())));
    assert_eq!(why("signs@unit.example"), Some(KeyError::NotForEncryption));
    assert_eq!(why("revoked@unit.example"), Some(KeyError::Revoked));
    assert_eq!(read(&gpg.public("fine@unit.example")).unwrap().expires_on(), None);
    let ends = read(&gpg.public("short@unit.example")).unwrap().expires_on().unwrap();
    let today = domain::CivilDate::new(now().utc_date());
    assert_eq!(ends.to_jiff(), today.to_jiff().tomorrow().unwrap(), "the last whole day");
    let later = now().plus(std::time::Duration::from_secs(3 * 24 * 3600));
    let text: KeyText = gpg.public("short@unit.example").parse().unwrap();
    assert!(matches!(Recipient::read(&text, later), Err(KeyError::Expired(_))));

    let certificate =
        |usage: &str, days: i32| read(&Certificate::new("x@unit.example", "rsa:2048", usage, days).text());
    assert_eq!(certificate("digitalSignature", 30).err(), Some(KeyError::NotForEncryption));
    let certificate = Certificate::new("x@unit.example", "rsa:2048", "keyEncipherment", 30);
    let text: KeyText = certificate.text().parse().unwrap();
    let later = now().plus(std::time::Duration::from_secs(40 * 24 * 3600));
    assert!(matches!(Recipient::read(&text, later), Err(KeyError::Expired(_))));
    assert_eq!(Recipient::read(&text, Timestamp::from_micros(0)).err(), Some(KeyError::TooEarly));

    for damaged in [
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----".to_owned(),
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----".to_owned(),
        // The owner's signatures do not fit the key any more.
        mangled(&gpg.public("fine@unit.example")),
    ] {
        assert_eq!(read(&damaged).err(), Some(KeyError::Damaged), "{damaged}");
    }
}

/// A letter of the key itself is another one.
fn mangled(armoured: &str) -> String {
    let body = armoured.find("\n\n").unwrap() + 2;
    let mut bytes = armoured.as_bytes().to_vec();
    let at = body + 30;
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    // Without the checksum line, so that the armour is whole.
    let text = String::from_utf8(bytes).unwrap();
    text.lines().filter(|line| !line.starts_with('=')).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_desk_without_the_key_seals_nothing() {
    let reader = Certificate::new("unit@police.example", "rsa:2048", "keyEncipherment", 30);
    let desk = Desk::load(&DeskConfig::default()).unwrap();
    assert!(!desk.signs(KeyFormat::X509) && !desk.signs(KeyFormat::OpenPgp));
    let refused = desk.seal(ENTITY, &read(&reader.text()).unwrap());
    assert!(matches!(refused, Err(SealError::NoDeskKey(KeyFormat::X509))), "{refused:?}");

    let folder = tempfile::tempdir().unwrap();
    let nonsense = Some(file(folder.path(), "nonsense", "nonsense"));
    let other = Certificate::new("x@unit.example", "rsa:2048", "digitalSignature", 30);
    for (config, field) in [
        (DeskConfig { openpgp_key: nonsense.clone(), ..DeskConfig::default() }, "mail.openpgp_key"),
        (DeskConfig { openpgp_key: Some("/nowhere".into()), ..DeskConfig::default() }, "mail.openpgp_key"),
        (DeskConfig { smime_certificate: Some(reader.pem()), ..DeskConfig::default() }, "mail.smime_key"),
        (
            DeskConfig { smime_certificate: Some(reader.pem()), smime_key: nonsense.clone(), ..DeskConfig::default() },
            "mail.smime_key",
        ),
        (
            DeskConfig { smime_certificate: nonsense, smime_key: Some(reader.key()), ..DeskConfig::default() },
            "mail.smime_certificate",
        ),
        (
            DeskConfig { smime_certificate: Some(reader.pem()), smime_key: Some(other.key()), ..DeskConfig::default() },
            "mail.smime_key",
        ),
    ] {
        let error: DeskError = Desk::load(&config).unwrap_err();
        assert!(error.to_string().contains(field), "{error}");
    }
}
