//! What a mail carries under which label, what goes along with it, and what is read by its link instead.

use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use contracts::Event;
use contracts::events::ContentReadV1;
use domain::Label;
use domain::codes::PartnerKind;
use domain::partner::{MailContent, Partner};
use mail_parser::{MessageParser, MimeHeaders as _};
use notifier::Config;
use testkit::sink::SmtpSink;

use crate::browser::Browser;
use crate::world::World;

/// What stands for a picture; nobody here looks into it.
const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 a picture \xff\xd9";
/// What only the full share holds, at the label TLP:AMBER.
const SECRET: &str = "HOLDER-CANARY";

async fn world(sink: &SmtpSink, edit: impl Fn(&mut Partner)) -> (World, Vec<Partner>) {
    let world = World::smtp(sink).await;
    let mut partners = world.partners(PartnerKind::Police, &["unit@police.example"]).await;
    edit(&mut partners[0]);
    world.put(&partners).await;
    (world, partners)
}

fn set(world: &mut World, edit: impl FnOnce(&mut Config)) {
    let mut config = (*world.deps.config).clone();
    edit(&mut config);
    world.deps.config = std::sync::Arc::new(config);
}

/// The names of the files that go along, and the whole mail as text with every part decoded.
fn read(mail: &[u8]) -> (Vec<String>, String) {
    let parsed = MessageParser::default().parse(mail).unwrap();
    let files = parsed.parts.iter().filter_map(|part| part.attachment_name().map(str::to_owned)).collect();
    let texts: Vec<String> =
        parsed.parts.iter().map(|part| String::from_utf8_lossy(part.contents()).into_owned()).collect();
    (files, format!("{}\n{}", parsed.subject().unwrap(), texts.join("\n")))
}

#[tokio::test]
async fn content_goes_with_its_picture_and_files_within_the_partners_limit() {
    let sink = SmtpSink::start().await.unwrap();
    let (mut world, partners) = world(&sink, |partner| partner.mail_content = MailContent::Amber).await;
    set(&mut world, |config| config.enclose = Config::default().enclose);
    world.photo(PICTURE).await;
    world.alert(&partners).await;
    world.send().await;
    let mail = sink.messages().remove(0).data;
    let (files, text) = read(&mail);
    let mut wanted = vec!["picture-1.jpg", "TOC-2026-000001-v1.cap.xml", "TOC-2026-000001-v1.json"];
    if cfg!(feature = "pdf") {
        wanted.push("TOC-2026-000001-v1-object-1.pdf");
    }
    assert_eq!(files, wanted);
    assert!(text.contains(SECRET) && text.contains("urn:oasis:names:tc:emergency:cap:1.2"));
    let parsed = MessageParser::default().parse(&mail).unwrap();
    let picture = parsed.parts.iter().find(|part| part.is_content_type("image", "jpeg")).unwrap();
    assert_eq!(picture.contents(), PICTURE, "the very bytes of the small copy");
    let html = parsed.body_html(0).unwrap();
    let shown = format!("src=\"cid:{}\"", picture.content_id().unwrap());
    assert!(html.contains(&shown) && html.contains("alt=\"La statuette de face\"") && html.contains("I. Traoré"));
    assert!(parsed.body_text(0).unwrap().contains("Picture [fr]: La statuette de face"));
    assert!(!html.contains("/read\""), "nothing is left to be read elsewhere");

    // A partner whose server takes little gets what fits, and a link to the rest.
    let sink = SmtpSink::start().await.unwrap();
    let (mut world, mut partners) = self::world(&sink, |partner| partner.mail_content = MailContent::Amber).await;
    set(&mut world, |config| config.max_attachment_mib = 0);
    partners[0].max_attachment_mib = None;
    world.put(&partners).await;
    world.alert(&partners).await;
    world.send().await;
    let (files, text) = read(&sink.messages().remove(0).data);
    assert_eq!(files, Vec::<String>::new());
    let named = text.contains("TOC-2026-000001-v1.cap.xml") && text.contains("(by the link below)");
    assert!(named && text.contains("/read"), "{text}");
}

#[tokio::test]
async fn above_green_a_mail_in_the_clear_carries_a_reference_and_a_link() {
    let sink = SmtpSink::start().await.unwrap();
    let (mut world, partners) = world(&sink, |partner| partner.mail_content = MailContent::Encrypted).await;
    world.photo(PICTURE).await;
    let plan = world.alert(&partners).await;
    world.send().await;
    let mail = sink.messages().remove(0).data;
    let (files, text) = read(&mail);
    assert_eq!(files, Vec::<String>::new());
    for secret in [SECRET, "Pobé", "Statuette", "Theft", "face"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(text.contains("[TLP:AMBER] Alert · TOC-2026-000001 v1"));
    let link = text.split_whitespace().find(|word| word.ends_with("/read")).unwrap().to_owned();
    let path = link.strip_prefix("http://127.0.0.1:8080").unwrap();

    // A scanner follows the link and learns nothing; a person presses the button.
    let browser = Browser::new(&world);
    let asked = browser.get(path).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.body.contains("<form method=\"post\">") && asked.body.contains("TLP:AMBER"));
    assert!(!asked.body.contains(SECRET) && !asked.body.contains("Pobé"), "{}", asked.body);
    assert!(world.facts(&[ContentReadV1::KIND]).await.is_empty());
    for _ in 0..2 {
        let read = browser.post(path, "").await;
        assert_eq!(read.status, StatusCode::OK);
        assert!(read.body.contains(SECRET) && read.body.contains("data:image/jpeg;base64,"), "{}", read.body);
        let policy = read.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'none'"), "{policy}");
        assert!(read.headers["referrer-policy"].to_str().unwrap().contains("same-origin"));
        let file = read.body.split("href=\"").find(|part| part.contains(".cap.xml\"")).unwrap();
        let file = browser.get(file.split('"').next().unwrap()).await;
        assert_eq!(
            (file.status, &file.headers["content-type"]),
            (StatusCode::OK, &"application/cap+xml".parse().unwrap())
        );
        assert!(file.body.contains(SECRET));
    }
    assert_eq!(world.facts(&[ContentReadV1::KIND]).await.len(), 1, "read once, and nothing acknowledged");
    assert!(world.deliveries(plan).await[0].content_read_at.is_some());
    for wrong in [format!("{path}x"), path.replace("/read", "/files/x"), path.replace("/a/", "/a/x")] {
        assert_eq!(browser.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn the_link_shows_no_more_than_the_plan_and_nothing_to_whom_the_desk_has_taken_out() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let mut partners = world.partners(PartnerKind::Ngo, &["office@ngo.example"]).await;
    let plan = world.alert(&partners).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let path = format!("/a/{}/read", world.deps.link_key.token(row.id, world.deps.clock.now()));
    let browser = Browser::new(&world);
    let read = browser.post(&path, "").await;
    assert!(read.body.contains("Pobé Mengao") && !read.body.contains("CANARY"), "object data alone");
    partners[0].active = false;
    world.put(&partners).await;
    for answer in [browser.get(&path).await, browser.post(&path, "").await] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(!answer.body.contains("Pobé"), "{}", answer.body);
    }
}

#[tokio::test]
async fn tlp_red_is_neither_mailed_nor_shown_by_a_link() {
    let sink = SmtpSink::start().await.unwrap();
    let mut world = World::smtp(&sink).await;
    let mut partners = world.partners(PartnerKind::Police, &["ana@police.example"]).await;
    partners[0].contacts[0].person = Some("Ana Pérez".parse().unwrap());
    partners[0].contacts[0].clearance = Label::Red;
    partners[0].mail_content = MailContent::Amber;
    world.put(&partners).await;
    world.case.label = Label::Red;
    let plan = world.release_labelled(&partners, Label::Red).await;
    world.hear().await;
    world.send().await;
    let (files, text) = read(&sink.messages().remove(0).data);
    assert!(
        files.is_empty() && !text.contains("CANARY") && !text.contains("Pobé") && !text.contains("/read"),
        "{text}"
    );
    let row = world.deliveries(plan).await.remove(0);
    let path = format!("/a/{}/read", world.deps.link_key.token(row.id, world.deps.clock.now()));
    assert_eq!(Browser::new(&world).post(&path, "").await.status, StatusCode::NOT_FOUND);
}
