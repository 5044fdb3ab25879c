//! Encrypted mail from the plan to the reader's own program: GnuPG and OpenSSL open and verify it. Where it must be encrypted and
//! cannot be, nothing of it leaves.

use std::collections::BTreeSet;

use contracts::Event;
use contracts::events::{DeliveryEndedV1, DeliveryRecordedV1};
use domain::codes::{KeyFormat, PartnerKind};
use domain::delivery::{DeliveryState, HeldDecision};
use domain::ids::AccountId;
use domain::partner::{Encryption, Key, MailContent, Partner};
use mail_parser::{MessageParser, MimeHeaders as _};
use notifier::{Config, Decide, NoticeSender, decide_held};
use testkit::keys::{Certificate, Gpg};
use testkit::sink::{Rule, SmtpSink, Stage};

use crate::world::{START, World, smtp};

const ADDRESS: &str = "unit@police.example";
const DESK: &str = "desk@tocsin.example";

struct Desk {
    gpg: Gpg,
    certificate: Certificate,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let gpg = Gpg::new();
        gpg.generate(DESK, "ed25519", "0");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("desk.asc"), gpg.secret(DESK)).unwrap();
        let certificate = Certificate::new(DESK, "rsa:2048", "keyEncipherment,digitalSignature", 3000);
        Self { gpg, certificate, folder }
    }

    async fn world(&self, sink: &SmtpSink) -> World {
        World::with(Config {
            openpgp_key: Some(self.folder.path().join("desk.asc")),
            smime_certificate: Some(self.certificate.pem()),
            smime_key: Some(self.certificate.key()),
            ..smtp(sink.port())
        })
        .await
    }
}

fn key(text: &str, fingerprint: &str) -> Key {
    let text: domain::partner::KeyText = text.parse().unwrap();
    Key {
        format: text.format(),
        fingerprint: fingerprint.parse().unwrap(),
        expires_on: None,
        address: Some(ADDRESS.parse().unwrap()),
        text,
    }
}

async fn partner(world: &World, keys: Vec<Key>, encryption: Encryption) -> Vec<Partner> {
    let mut partners = world.partners(PartnerKind::Police, &[ADDRESS]).await;
    partners[0].keys = keys;
    partners[0].encryption = encryption;
    partners[0].mail_content = MailContent::Encrypted;
    world.put(&partners).await;
    partners
}

/// The world's clock stands at a moment; keys are made before it.
fn reader() -> (Gpg, Key) {
    let gpg = Gpg::new();
    assert_eq!(START / 1_000_000, 1_795_000_000, "2026-11-18");
    gpg.generate_at("20260101T000000", ADDRESS, "0");
    let made = key(&gpg.public(ADDRESS), &gpg.fingerprint(ADDRESS));
    (gpg, made)
}

/// Outside there is the label and the reference, and nothing else.
fn assert_says_nothing(mail: &[u8]) {
    let text = String::from_utf8(mail.to_vec()).unwrap();
    for secret in ["CANARY", "Mengao", "Statuette", "Theft", "Alert"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    let parsed = MessageParser::default().parse(mail).unwrap();
    assert_eq!(parsed.subject(), Some("[TLP:AMBER] TOC-2026-000001 v1"));
}

/// The inside is a whole mail with its own subject, the content and the files.
fn assert_says_all(entity: &[u8]) {
    let parsed = MessageParser::default().parse(entity).unwrap();
    assert!(parsed.subject().unwrap().contains("Pobé Mengao"), "{:?}", parsed.subject());
    assert!(parsed.body_text(0).unwrap().contains("HOLDER-CANARY"));
    assert!(parsed.content_type().unwrap().attribute("protected-headers").is_some());
    let files: BTreeSet<_> = parsed.attachments().filter_map(|part| part.attachment_name()).collect();
    assert!(files.contains("TOC-2026-000001-v1.cap.xml"), "{files:?}");
}

#[tokio::test]
async fn gnupg_opens_a_mail_whose_bytes_are_frozen_before_the_first_try() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await.unwrap());
    sink.add(Rule::at(Stage::Dot).times(1).taking().close());
    let mut world = desk.world(&sink).await;
    let (gpg, key) = reader();
    let fingerprint = key.fingerprint.to_string();
    let partners = partner(&world, vec![key], Encryption::Preferred).await;
    let plan = world.alert(&partners).await;
    world.send().await;
    world.wait_until_due().await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    assert_eq!((row.state, row.encrypted_for), (DeliveryState::Accepted, Some(fingerprint)));
    let mails = sink.messages();
    assert_eq!(mails.len(), 2, "the first answer was lost");
    assert_eq!(mails[0].data, mails[1].data, "the very same bytes, though no two envelopes are alike");
    assert_says_nothing(&mails[0].data);

    let parsed = MessageParser::default().parse(&mails[0].data).unwrap();
    let kind = parsed.content_type().unwrap();
    assert_eq!((kind.ctype(), kind.subtype()), ("multipart", Some("encrypted")));
    assert_eq!(kind.attribute("protocol"), Some("application/pgp-encrypted"));
    assert_eq!(parsed.parts[1].contents(), b"Version: 1\r\n");
    gpg.import(&desk.gpg.public(DESK));
    let opened = gpg.open(parsed.parts[2].contents());
    assert!(opened.signed, "by the desk");
    assert_says_all(&opened.entity);
}

#[tokio::test]
async fn openssl_opens_a_mail_for_a_certificate() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await.unwrap());
    let mut world = desk.world(&sink).await;
    // Certificates are of now, so the world's clock is, too.
    world.hand.advance(domain::Clock::System.now().since(world.deps.clock.now()) + std::time::Duration::from_secs(60));
    let certificate = Certificate::new(ADDRESS, "rsa:2048", "keyEncipherment", 3000);
    let key = key(&certificate.text(), &certificate.fingerprint("sha256"));
    assert_eq!(key.format, KeyFormat::X509);
    let partners = partner(&world, vec![key], Encryption::Required).await;
    world.alert(&partners).await;
    world.send().await;
    let mail = sink.messages().remove(0).data;
    assert_says_nothing(&mail);
    let opened = certificate.open("SMIME", &mail, &desk.certificate.pem());
    assert!(opened.signed, "by the desk");
    assert_says_all(&opened.entity);
}

#[tokio::test]
async fn what_must_be_encrypted_and_cannot_be_is_held_and_its_reader_told_so_without_content() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await.unwrap());
    let mut world = desk.world(&sink).await;
    let (_gpg, good) = reader();
    let other = Gpg::new();
    other.generate_at("20260101T000000", ADDRESS, "0");
    // The text of one key under the fingerprint of another, as if somebody had exchanged it.
    let exchanged = Key { text: other.public(ADDRESS).parse().unwrap(), ..good.clone() };
    let expired = Key { expires_on: Some("2026-01-31".parse().unwrap()), ..good.clone() };
    let foreign = Key { address: Some("chief@police.example".parse().unwrap()), ..good.clone() };
    let mut partners = partner(&world, vec![exchanged], Encryption::Required).await;
    let plan = world.alert(&partners).await;
    for keys in [None, Some(vec![expired]), Some(vec![foreign]), Some(vec![])] {
        if let Some(keys) = keys {
            partners[0].keys = keys;
            world.put(&partners).await;
            release(&world, plan).await;
        }
        world.send().await;
        let row = world.deliveries(plan).await.remove(0);
        assert_eq!((row.state, row.tries, &row.mail_sha256), (DeliveryState::Held, 0, &None), "not told");
        assert!(row.last_reply.unwrap().contains("must be encrypted"));
        assert!(sink.messages().is_empty(), "nothing left");
        world.hand.advance(std::time::Duration::from_secs(60));
    }
    assert_eq!(world.facts(&[DeliveryEndedV1::KIND]).await.len(), 4);
    assert!(world.facts(&[DeliveryRecordedV1::KIND]).await.is_empty());

    let notices = NoticeSender::new(world.deps.clone()).unwrap();
    assert_eq!(notices.run_once().await.unwrap(), 1, "once, however often it was held");
    let notice = sink.messages().remove(0).data;
    let parsed = MessageParser::default().parse(&notice).unwrap();
    let text = format!("{}\n{}", parsed.subject().unwrap(), parsed.body_text(0).unwrap());
    assert!(text.contains("TOC-2026-000001") && text.contains("public key") && text.contains(DESK), "{text}");
    for secret in ["CANARY", "Mengao", "Statuette", "Theft", "http"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }

    // Its key comes, an officer lets the mail go, and the partner is told.
    partners[0].keys = vec![good];
    world.put(&partners).await;
    release(&world, plan).await;
    world.send().await;
    assert_eq!(world.deliveries(plan).await[0].state, DeliveryState::Accepted);
    assert_says_nothing(&sink.messages().last().unwrap().data);
}

async fn release(world: &World, plan: domain::ids::PlanId) {
    let id = world.deliveries(plan).await[0].id;
    let mut tx = world.deps.db.read().await.unwrap();
    let held_at = store::deliveries::held_since(&mut tx, id).await.unwrap().unwrap();
    drop(tx);
    let reason = "the key was put right".parse().unwrap();
    let decide = Decide { id, held_at, decision: HeldDecision::Release, reason };
    decide_held(&world.deps, AccountId::generate(&world.deps.clock), decide).await.unwrap();
}

#[tokio::test]
async fn a_lost_key_shows_less_and_never_more() {
    let (desk, sink) = (Desk::new(), SmtpSink::start().await.unwrap());
    let mut world = desk.world(&sink).await;
    let (_gpg, key) = reader();
    let expired = Key { expires_on: Some("2026-01-31".parse().unwrap()), ..key };
    let mut partners = partner(&world, vec![expired], Encryption::Preferred).await;
    // It has agreed to TLP:AMBER in the clear, but it gave a key, and whoever made that unusable shall gain nothing.
    partners[0].mail_content = MailContent::Amber;
    world.put(&partners).await;
    world.alert(&partners).await;
    world.send().await;
    let text = String::from_utf8(sink.messages().remove(0).data).unwrap().replace("=\r\n", "");
    assert!(!text.contains("CANARY") && text.contains("/read"), "{text}");
}
