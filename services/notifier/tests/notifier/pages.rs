//! The signed link, the worklist, the mailbox.

use std::time::Duration;

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::http::{Method, StatusCode};
use bus::Consumer;
use contracts::Event;
use contracts::events::{
    AnswerErasedV1, NotificationAcknowledgedV1, NotificationAnsweredV1, ObjectSightedV1, SightingErasedV1,
};
use domain::codes::{AnswerKind, ErasureGround, PartnerKind, Role};
use domain::ids::PlanId;
use mail_parser::MessageParser;
use notifier::{OnSightingErased, erase_due};
use store::retention::Stuck;
use store::{acknowledgements, answers, outbox};
use testkit::sink::{Rule, SmtpSink, Stage as At};

use crate::browser::Browser;
use crate::world::World;

/// A world in which one mail was sent to the folder, and the path of its link as a reader would copy it.
async fn mailed() -> (World, PlanId, String) {
    let mut world = World::new().await;
    let mut told = world.partners(PartnerKind::Police, &["a@one.example"]).await;
    told[0].languages = vec!["fr".parse().unwrap()];
    let plan = world.alert(&told).await;
    world.send().await;
    let row = world.deliveries(plan).await.remove(0);
    let bytes = std::fs::read(world.place.path().join(format!("mail/new/{}.eml", row.id))).unwrap();
    let text = MessageParser::default().parse(&bytes).unwrap().body_text(0).unwrap().into_owned();
    let link = text.split_whitespace().find(|word| word.contains("/a/")).unwrap();
    let path = link.strip_prefix(&world.deps.config.public_url).unwrap().to_owned();
    (world, plan, path)
}

async fn acknowledged(world: &World, plan: PlanId) -> Option<acknowledgements::AcknowledgementRow> {
    let row = world.deliveries(plan).await.remove(0);
    let mut tx = world.deps.db.read().await.unwrap();
    acknowledgements::find(&mut tx, row.notification_id).await.unwrap()
}

#[tokio::test]
async fn opening_a_link_twenty_times_acknowledges_nothing() {
    let (world, plan, path) = mailed().await;
    let scanner = Browser::new(&world);
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        for _ in 0..20 {
            scanner.send(method.clone(), &path, String::new()).await;
        }
    }
    let page = scanner.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("TOC-2026-000001") && page.body.contains("Nous nous en chargeons"), "{}", page.body);
    assert!(page.body.contains("lang=\"fr\"") && page.body.contains("TLP:AMBER"));
    assert!(!page.body.contains("CANARY"), "no circumstances");
    assert!(!page.body.contains("<script"), "nothing that posts by itself");
    let policy = page.headers[REFERRER_POLICY].to_str().unwrap();
    assert!(["no-referrer", "same-origin"].contains(&policy), "the link must not leak: {policy}");
    assert_eq!(acknowledged(&world, plan).await, None);
    assert!(world.deliveries(plan).await[0].link_opened_at.is_some());
    assert_eq!(world.facts(&[NotificationAcknowledgedV1::KIND]).await.len(), 0);
}

#[tokio::test]
async fn a_person_answers_and_the_second_click_changes_nothing() {
    let (world, plan, path) = mailed().await;
    let reader = Browser::new(&world);
    for (typed, words) in [
        ("answered_by=+&note=hello&answer=received", "doit être rempli"),
        ("answered_by=OCBC&note=hello", "doit être rempli"),
        ("answered_by=OCBC&note=hello&answer=information", "doit être rempli"),
        ("answered_by=a%0D%0Ab&note=hello&answer=received", "ne peut être accepté"),
    ] {
        let refused = reader.post(&path, typed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(refused.body.contains("hello"), "nothing typed is lost: {typed}");
        assert!(refused.body.contains(words) || typed.contains("OCBC"), "{typed} {}", refused.body);
    }
    assert_eq!(acknowledged(&world, plan).await, None);

    let done = reader.post(&path, "answered_by=OCBC%2C+permanence&note=merci&answer=received").await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let first = acknowledged(&world, plan).await.unwrap();
    assert_eq!((first.answered_by.as_str(), first.note.as_ref().unwrap().as_str()), ("OCBC, permanence", "merci"));
    world.hand.advance(Duration::from_secs(3600));
    assert_eq!(reader.post(&path, "answered_by=Somebody+else&answer=received").await.status, StatusCode::SEE_OTHER);
    assert_eq!(acknowledged(&world, plan).await, Some(first.clone()), "the first one stands");
    let page = reader.get(&path).await.body;
    assert!(page.contains(&format!("Bien reçu, le {}", first.acknowledged_at.human())), "{page}");
    assert!(!page.contains("permanence"), "who answered is not shown to whoever has the link");
    // Another answer says more; neither a second time.
    for _ in 0..2 {
        reader.post(&path, "answered_by=Sgt.+Doe&answer=taking_charge").await;
        world.hand.advance(Duration::from_secs(60));
        reader.post(&path, "answered_by=Sgt.+Doe&answer=not_ours&note=tableaux+seulement").await;
    }
    assert_eq!(acknowledged(&world, plan).await, Some(first), "the first one stands");
    let facts = world.facts(&[NotificationAcknowledgedV1::KIND]).await;
    assert_eq!(facts.len(), 1);
    let answers = world.facts(&[NotificationAnsweredV1::KIND]).await;
    let kinds: Vec<_> = answers.iter().map(|fact| fact.data["answer"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["received", "taking_charge", "not_ours"]);
    for fact in facts.iter().chain(&answers) {
        let text = fact.data.to_string();
        assert!(!text.contains("permanence") && !text.contains("Doe") && !text.contains("tableaux"), "{text}");
    }
}

const SEEN: [(&str, &str); 7] = [
    ("answered_by", "NAME-CANARY"),
    ("place", "GALLERY-CANARY, Bruxelles"),
    ("country", "BE"),
    ("seen_on", "2026-11-18"),
    ("venue", "dealer"),
    ("what", "WINDOW-CANARY"),
    ("source", "COLLEAGUE-CANARY"),
];

#[tokio::test]
async fn a_sighting_is_kept_with_its_photograph_and_its_fact_tells_nothing_of_it() {
    let (world, plan, path) = mailed().await;
    let reader = Browser::new(&world);
    let form = format!("{path}/sighting");
    let shown = reader.get(&form).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.body.contains("Nous avons des informations") && shown.body.contains("Belgique"), "{}", shown.body);
    assert!(!shown.body.contains("CANARY") && !shown.body.contains("<script"));
    assert_eq!(acknowledged(&world, plan).await, None, "looking at the form says nothing");

    let future: Vec<_> = SEEN.map(|(n, v)| if n == "seen_on" { (n, "2030-01-01") } else { (n, v) }).to_vec();
    for (fields, file, words) in [
        (vec![("what", "x")], None, "doit être rempli"),
        (future, None, "ne doit pas être dans le futur"),
        (SEEN.to_vec(), Some(b"GIF89a;".as_slice()), "doit être une photographie"),
    ] {
        let refused = reader.upload(&form, &fields, file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(refused.body.contains(words), "{words} {}", refused.body);
    }
    assert_eq!(reader.upload(&form, &[("surprise", "x")], None).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.facts(&[ObjectSightedV1::KIND]).await.len(), 0);

    let png = picture();
    for _ in 0..2 {
        let done = reader.upload(&form, &SEEN, Some(&png)).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, path.as_str()), "{}", done.body);
    }
    assert!(acknowledged(&world, plan).await.is_some());
    let facts = world.facts(&[ObjectSightedV1::KIND]).await;
    assert_eq!(facts.len(), 1, "a second click is no second sighting");
    for fact in world.facts(&[]).await {
        assert!(!fact.data.to_string().contains("CANARY"), "{}", fact.data);
    }
    let fact: ObjectSightedV1 = facts[0].open().unwrap();
    let mut tx = world.deps.db.read().await.unwrap();
    let sent = answers::sighting(&mut tx, fact.sighting_id).await.unwrap().unwrap();
    let seen = sent.seen.for_storage();
    assert_eq!((seen.place.as_str(), seen.what.as_str()), ("GALLERY-CANARY, Bruxelles", "WINDOW-CANARY"));
    let photo = store::sightings::photo(&mut tx, fact.sighting_id).await.unwrap().unwrap();
    assert_eq!(photo.original, png, "the original is evidence");
    assert!(photo.page.starts_with(&[0xff, 0xd8]), "the copy was made here");
    let page = reader.get(&path).await.body;
    assert!(page.contains("Vos informations sont parvenues") && !page.contains("CANARY"), "{page}");
}

/// A small photograph.
fn picture() -> Vec<u8> {
    let pixels =
        image::RgbImage::from_fn(96, 64, |x, y| image::Rgb([(x * 2).to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

#[tokio::test]
async fn a_touched_an_old_and_a_foreign_link_open_the_same_friendly_page() {
    let (world, _, path) = mailed().await;
    let reader = Browser::new(&world);
    let mut touched = path.clone();
    touched.replace_range(10..11, if &path[10..11] == "A" { "B" } else { "A" });
    let mut bodies = Vec::new();
    for wrong in [touched.as_str(), "/a/x", "/a/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let page = reader.get(wrong).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(reader.post(wrong, "answered_by=x&answer=received").await.status, StatusCode::NOT_FOUND, "{wrong}");
        let form = format!("{wrong}/sighting");
        assert_eq!(reader.get(&form).await.status, StatusCode::NOT_FOUND, "{wrong}");
        assert_eq!(reader.upload(&form, &SEEN, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
        bodies.push(page.body);
    }
    world.hand.advance(Duration::from_secs(402 * 24 * 3600));
    let old = reader.get(&path).await;
    assert_eq!(old.status, StatusCode::NOT_FOUND);
    // But for the number by which the desk finds a request in its log.
    let same = |body: &str| body.split("<code>").next().map(str::to_owned);
    for body in bodies {
        assert_eq!(same(&body), same(&old.body));
    }
    assert!(old.body.contains("This link does not work"), "{}", old.body);
}

#[tokio::test]
async fn the_mailbox_shows_a_mail_as_rendered_in_a_box() {
    let (world, plan, _) = mailed().await;
    let id = world.deliveries(plan).await[0].id;
    let (stranger, reporter) = (Browser::new(&world), Browser::signed_in(&world, Role::Reporter).await);
    for path in ["/mail".to_owned(), format!("/mail/{id}"), format!("/mail/{id}/html"), "/deliveries".to_owned()] {
        let answer = stranger.get(&path).await;
        assert!(answer.location().starts_with("/sign-in"), "{path}");
        assert_eq!(reporter.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let officer = Browser::signed_in(&world, Role::Officer).await;
    let list = officer.get("/mail").await;
    assert!(list.body.contains(&format!("/mail/{id}")) && list.body.contains("a@one.example"), "{}", list.body);
    assert!(list.body.contains("[TLP:AMBER] TOC-2026-000001 v1 · Vol : Pobé Mengao statuette"), "{}", list.body);
    let mail = officer.get(&format!("/mail/{id}")).await;
    for must in ["Message-ID", "auto-generated", "HOLDER-CANARY", "sandbox", "Pobé Mengao"] {
        assert!(mail.body.contains(must), "{must} in {}", mail.body);
    }
    let html = officer.get(&format!("/mail/{id}/html")).await;
    let policy = html.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    assert!(html.body.starts_with("<!DOCTYPE html>"));
    for wrong in ["/mail/x", "/mail/..%2f..%2ftocsin.db", "/mail/delivery_00000000000000000000000000000000"] {
        assert_eq!(officer.get(wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test]
async fn with_a_mail_server_there_is_no_mailbox_and_the_worklist_says_what_went_wrong() {
    let sink = SmtpSink::start().await.unwrap();
    sink.add(Rule::at(At::Rcpt).recipient("no@one.example").reply("550 5.1.1 <b>no</b> such user"));
    let mut world = World::smtp(&sink).await;
    let told = world.partners(PartnerKind::Police, &["no@one.example", "yes@two.example"]).await;
    let plan = world.alert(&told).await;
    let officer = Browser::signed_in(&world, Role::Officer).await;
    assert!(officer.get("/deliveries").await.body.contains("Nothing to look at"));
    world.send().await;
    let page = officer.get("/deliveries").await.body;
    assert!(page.contains("no@one.example") && !page.contains("yes@two.example"), "{page}");
    assert!(page.contains("Refused by the mail server") && !page.contains("<b>no</b>") && page.contains("such user"));
    let mailbox = officer.get("/mail").await;
    assert!(mailbox.body.contains("No mailbox here"), "{}", mailbox.body);
    let id = world.deliveries(plan).await[0].id;
    assert_eq!(officer.get(&format!("/mail/{id}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_answered_is_erased_with_what_was_seen_once_and_the_answer_stays() {
    let (world, plan, path) = mailed().await;
    let reader = Browser::new(&world);
    let png = picture();
    assert_eq!(reader.upload(&format!("{path}/sighting"), &SEEN, Some(&png)).await.status, StatusCode::SEE_OTHER);
    let typed = "answered_by=NAME-CANARY&note=NAME-CANARY+writes&answer=taking_charge";
    assert_eq!(reader.post(&path, typed).await.status, StatusCode::SEE_OTHER);
    let fact: ObjectSightedV1 = world.facts(&[ObjectSightedV1::KIND]).await[0].open().unwrap();
    let delivery = world.deliveries(plan).await.remove(0);
    let mut tx = world.deps.db.read().await.unwrap();
    let given = answers::of_notification(&mut tx, delivery.notification_id).await.unwrap();
    tx.commit().await.unwrap();
    let officer = Browser::signed_in(&world, Role::Officer).await;
    let shown = officer.get(&format!("/deliveries/{}", delivery.id)).await;
    assert!(shown.body.contains("NAME-CANARY writes") && shown.body.contains("Erase who answered"), "{}", shown.body);

    // Intake erased who told of the sighting: told twice, it goes here once.
    let erased = SightingErasedV1 {
        sighting_id: fact.sighting_id,
        case_id: fact.case_id,
        erased_by: None,
        ground: ErasureGround::Request,
    };
    let mut tx = world.deps.db.begin().await.unwrap();
    outbox::record(&mut tx, contracts::Service::Intake, &world.deps.clock, &erased).await.unwrap();
    tx.commit().await.unwrap();
    let message = world.facts(&[SightingErasedV1::KIND]).await.remove(0);
    for _ in 0..2 {
        let mut tx = world.deps.db.begin().await.unwrap();
        let consumer = OnSightingErased::new(world.deps.clock.clone());
        consumer.handle(&mut tx, std::slice::from_ref(&message)).await.unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = world.deps.db.read().await.unwrap();
    let sent = answers::sighting(&mut tx, fact.sighting_id).await.unwrap().unwrap();
    assert_eq!(sent.seen.for_storage().source.as_str(), "(erased)");
    assert_eq!(sent.seen.for_storage().place.as_str(), "GALLERY-CANARY, Bruxelles", "not about the person");
    assert!(store::sightings::photo(&mut tx, fact.sighting_id).await.unwrap().is_none());
    tx.commit().await.unwrap();

    // The other answer: asked first, then by a ground, once.
    let other = given.iter().find(|answer| answer.kind == AnswerKind::TakingCharge).unwrap().id;
    let erase = format!("/answers/{other}/erase");
    assert!(officer.get(&erase).await.body.contains("cannot be undone"));
    assert_eq!(officer.post(&erase, "ground=").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        assert_eq!(officer.post(&erase, "ground=request").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(world.facts(&[AnswerErasedV1::KIND]).await.len(), 1);
    let shown = officer.get(&format!("/deliveries/{}", delivery.id)).await.body;
    assert!(!shown.contains("NAME-CANARY") && shown.contains("(erased)"), "{shown}");
    assert!(acknowledged(&world, plan).await.is_some(), "that somebody answered stays");
    assert_eq!(erase_due(&world.deps, &mut Stuck::default()).await.unwrap(), 0, "the case has not ended");
}
