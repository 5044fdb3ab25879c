//! Sightings: who reports, who sees, what an officer makes of them.

use axum::http::StatusCode;
use contracts::Event;
use contracts::events::ObjectSightedV1;
use domain::codes::AnswerKind;
use domain::ids::{AnswerId, DeliveryId, NotificationId, PartnerId, SightingId};
use domain::sighting::{Restricted, Seen};
use image::ImageFormat;
use intake::sightings::OnObjectSighted;
use serde_json::{Value, json};
use store::answers::{self, AnswerRow, SentSightingRow};
use store::{on_tx, outbox};

use crate::photos::picture;
use crate::world::{World, worlds};

fn seen() -> Value {
    json!({
        "what": "WINDOW-OF-CANARY\nTwo lines.", "place": "GALLERY-OF-CANARY", "country": "BE", "venue": "dealer",
        "seen_on": "2026-11-22", "time": "in the afternoon", "source": "COLLEAGUE-OF-CANARY"
    })
}

async fn status(world: &World, case: &str) -> Value {
    world.get("officer", &format!("/api/v1/cases/{case}")).await.json()["objects"][0]["status"].clone()
}

#[tokio::test]
async fn only_those_who_need_to_know_see_what_was_seen() {
    for world in worlds().await {
        let case = world.case().await;
        let path = format!("/api/v1/cases/{case}/sightings");
        let missing = world.post("museum", &path, &json!({"seen_on": "2030-01-01"})).await;
        assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        let fields: Vec<_> =
            missing.json()["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(fields, ["/what", "/place", "/source", "/seen_on"], "{}", world.engine);
        assert_eq!(world.post("ministry", &path, &seen()).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.post("auditor", &path, &seen()).await.status, StatusCode::FORBIDDEN);
        let first = world.post("museum", &path, &seen()).await;
        assert_eq!(first.status, StatusCode::CREATED, "{} {}", world.engine, first.text);
        let again = world.post("museum", &path, &seen()).await;
        assert_eq!(again.json()["id"], first.json()["id"], "{}: a double click", world.engine);
        let looks = world.looks().await.len();

        for (who, sees) in
            [("museum", true), ("museum2", true), ("officer", true), ("auditor", false), ("admin", false)]
        {
            let view = world.get(who, &path).await;
            assert_eq!(view.text.contains("OF-CANARY"), sees, "{} {who}", world.engine);
            assert_eq!(view.json()["notices"].as_array().unwrap().len(), usize::from(!sees), "{} {who}", world.engine);
            let page = world.get(who, &format!("/cases/{case}/sightings")).await;
            assert_eq!(page.status, StatusCode::OK, "{} {who}", world.engine);
            assert_eq!(page.text.contains("GALLERY-OF-CANARY"), sees, "{} {who}", world.engine);
            let case = world.get(who, &format!("/api/v1/cases/{case}")).await;
            assert!(!case.text.contains("GALLERY-OF-CANARY"), "{} {who}", world.engine);
            assert_eq!(case.json()["sightings"], json!({"open": 1, "accepted": 0, "dismissed": 0}));
        }
        assert_eq!(world.get("ministry", &path).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let looks: Vec<_> = world.looks().await.into_iter().skip(looks).filter(|l| l["what"] == "sightings").collect();
        assert_eq!(looks.len(), 6, "{}: whoever looks is recorded, twice each", world.engine);
        for (kind, body) in world.facts().await {
            assert!(!body.to_string().contains("OF-CANARY"), "{} {kind}", world.engine);
        }
        assert!(
            world.get("officer", "/sightings").await.text.contains("The reporting institution"),
            "{}",
            world.engine
        );
    }
}

#[tokio::test]
async fn an_accepted_sighting_is_where_the_object_stands_and_a_dismissed_one_changes_nothing() {
    for world in worlds().await {
        let case = world.case().await;
        let object = world.object(&case).await;
        let path = format!("/api/v1/cases/{case}/sightings");
        let id = world.post("officer", &path, &seen()).await.json()["id"].as_str().unwrap().to_owned();
        let decide = format!("/api/v1/sightings/{id}/decide");
        assert_eq!(world.post("museum", &decide, &json!({"state": "accepted"})).await.status, StatusCode::FORBIDDEN);
        for (body, field) in [
            (json!({"state": "accepted"}), "/object_id"),
            (json!({"state": "dismissed"}), "/note"),
            (json!({"state": "open"}), "/state"),
            (json!({"state": "accepted", "object_id": "object_00000000000000000000000000000000"}), "/object_id"),
        ] {
            let refused = world.post("officer", &decide, &body).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {body}", world.engine);
            assert_eq!(refused.json()["errors"][0]["pointer"], field, "{} {body}", world.engine);
        }
        assert_eq!(status(&world, &case).await, "missing", "{}", world.engine);
        let accept = json!({"state": "accepted", "object_id": object, "note": "The crack."});
        for _ in 0..2 {
            let done = world.post("officer", &decide, &accept).await;
            assert_eq!((done.status, &done.json()["state"]), (StatusCode::OK, &json!("accepted")), "{}", world.engine);
        }
        assert_eq!(status(&world, &case).await, "sighted", "{}", world.engine);
        let other = world.post("second", &decide, &json!({"state": "dismissed", "note": "no"})).await;
        assert_eq!(other.problem(), "sighting-decided", "{}", world.engine);

        // By forms: one more, which is of another object.
        let form: Vec<_> =
            [("what", "A copy"), ("place", "Fair"), ("seen_on", "2026-11-21"), ("source", "Visitor")].into();
        let sent = world.upload("museum", &format!("/cases/{case}/sightings"), &form, None).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{} {}", world.engine, sent.text);
        let all = world.get("officer", &path).await.json();
        let second = all["sightings"][1]["id"].as_str().unwrap().to_owned();
        let refused = world.form("officer", &format!("/sightings/{second}/decide"), &[("state", "dismissed")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert!(refused.text.contains("may ask why"), "{} {}", world.engine, refused.text);
        let why = [("state", "dismissed"), ("note", "A souvenir.")];
        let done = world.form("officer", &format!("/sightings/{second}/decide"), &why).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", world.engine);
        assert_eq!(status(&world, &case).await, "sighted", "{}", world.engine);
        let facts = world.facts().await;
        let count = |wanted: &str| facts.iter().filter(|(kind, _)| kind == wanted).count();
        assert_eq!((count("object.sighted.v1"), count("sighting.decided.v1")), (2, 2), "{}", world.engine);
        assert_eq!(count("object.status_changed.v1"), 1, "{}", world.engine);
    }
}

/// What the notifier wrote when a partner answered.
async fn sent(world: &World, case: &str) -> SightingId {
    let clock = &world.clock;
    let case_id = case.parse().unwrap();
    let seen = Seen {
        place: "PARTNER-CANARY".parse().unwrap(),
        country: Some("BE".parse().unwrap()),
        seen_on: "2026-11-22".parse().unwrap(),
        time: None,
        venue: None,
        what: "Seen.".parse().unwrap(),
        source: "Unit".parse().unwrap(),
    };
    let answer = AnswerRow {
        id: AnswerId::generate(clock),
        notification_id: NotificationId::generate(clock),
        delivery_id: DeliveryId::generate(clock),
        case_id,
        partner_id: PartnerId::generate(clock),
        kind: AnswerKind::Information,
        answered_by: "Unit".parse().unwrap(),
        note: None,
        digest: vec![1],
        answered_at: clock.now(),
    };
    let row = SentSightingRow {
        sighting_id: SightingId::generate(clock),
        answer_id: answer.id,
        case_id,
        object_id: None,
        partner_id: answer.partner_id,
        notification_id: answer.notification_id,
        seen: Restricted::new(seen),
        answered_at: clock.now(),
    };
    let mut tx = world.db.begin().await.unwrap();
    on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO deliveries (id, notification_id, plan_id, alert_id, case_id, partner_id, address, domain, state,
             due_at, created_at)
         VALUES ($1, $2, $1, $1, $3, $4, 'a@b.example', 'b.example', 'pending', $5, $5)",
    )
    .bind(answer.delivery_id)
    .bind(answer.notification_id)
    .bind(case_id)
    .bind(answer.partner_id)
    .bind(clock.now())
    .execute(c)
    .await
    .map(drop))
    .unwrap();
    assert!(answers::insert(&mut tx, &answer).await.unwrap());
    answers::insert_sighting(&mut tx, &row, None).await.unwrap();
    let fact = ObjectSightedV1 {
        sighting_id: row.sighting_id,
        case_id,
        object_id: None,
        origin: domain::codes::SightingOrigin::Partner,
    };
    outbox::record(&mut tx, contracts::Service::Notifier, clock, &fact).await.unwrap();
    tx.commit().await.unwrap();
    row.sighting_id
}

#[tokio::test]
async fn what_a_partner_sent_becomes_one_sighting_however_often_it_is_told() {
    for world in worlds().await {
        let case = world.case().await;
        let id = sent(&world, &case).await;
        for _ in 0..2 {
            let mut tx = world.db.begin().await.unwrap();
            let until = world.clock.now().plus(std::time::Duration::from_secs(1));
            let from = domain::Timestamp::from_micros(0);
            let rows = outbox::unhandled(&mut tx, "test", &[ObjectSightedV1::KIND], from, until, 10).await.unwrap();
            let messages: Vec<_> = rows.into_iter().map(outbox::OutboxRow::into_envelope).collect();
            bus::Consumer::handle(&OnObjectSighted, &mut tx, &messages).await.unwrap();
            tx.commit().await.unwrap();
        }
        let view = world.get("officer", &format!("/api/v1/cases/{case}/sightings")).await.json();
        let all = view["sightings"].as_array().unwrap();
        assert_eq!(all.len(), 1, "{}", world.engine);
        assert_eq!((&all[0]["id"], &all[0]["origin"]), (&json!(id.to_string()), &json!("partner")), "{}", world.engine);
        assert_eq!(all[0]["place"], "PARTNER-CANARY", "{}", world.engine);
        let museum = world.get("museum", &format!("/api/v1/cases/{case}/sightings")).await.json();
        assert!(museum["sightings"][0].get("partner_id").is_none(), "{}: which partner is for the desk", world.engine);
    }
}

#[tokio::test]
async fn a_photograph_is_looked_at_kept_once_and_its_original_is_for_the_desk_and_the_institution() {
    for world in worlds().await {
        let case = world.case().await;
        let path = format!("/cases/{case}/sightings");
        let camera = camera_file();
        let fields = [
            ("what", "In the window"),
            ("place", "Fair"),
            ("seen_on", "2026-11-21"),
            ("source", "Visitor"),
            ("country", "BE"),
        ];
        let bomb = world.upload("museum", &path, &fields, Some(b"GIF89a no photograph")).await;
        assert_eq!(bomb.status, StatusCode::UNPROCESSABLE_ENTITY, "{} {}", world.engine, bomb.text);
        assert!(bomb.text.contains("must be a JPEG, PNG or WebP photograph"), "{} {}", world.engine, bomb.text);
        assert_eq!(world.upload("ministry", &path, &fields, Some(&camera)).await.status, StatusCode::NOT_FOUND);
        let odd = world.upload("museum", &path, &[("colour", "red")], None).await;
        assert_eq!(odd.status, StatusCode::BAD_REQUEST, "{}", world.engine);
        for _ in 0..2 {
            let sent = world.upload("museum", &path, &fields, Some(&camera)).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{} {}", world.engine, sent.text);
        }
        let all = world.get("officer", &format!("/api/v1{path}")).await.json();
        assert_eq!(all["sightings"].as_array().unwrap().len(), 1, "{}: sent twice, kept once", world.engine);
        assert_eq!(all["sightings"][0]["has_photo"], true, "{}", world.engine);
        let id = all["sightings"][0]["id"].as_str().unwrap().to_owned();
        let photo = format!("/api/v1/sightings/{id}/photo");
        let original = format!("/api/v1/sightings/{id}/original");
        for (who, shown, file) in [
            ("officer", StatusCode::OK, StatusCode::OK),
            ("museum2", StatusCode::OK, StatusCode::OK),
            ("ministry", StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            ("auditor", StatusCode::NOT_FOUND, StatusCode::FORBIDDEN),
            ("admin", StatusCode::NOT_FOUND, StatusCode::FORBIDDEN),
        ] {
            let (status, headers, bytes) = world.bytes(who, &photo).await;
            assert_eq!(status, shown, "{} {who}", world.engine);
            if status == StatusCode::OK {
                assert_eq!(headers["content-type"], "image/jpeg");
                assert!(!holds(&bytes, b"Exif") && !holds(&bytes, b"SECRET"), "{}: nothing hides in it", world.engine);
            }
            let (status, headers, bytes) = world.bytes(who, &original).await;
            assert_eq!(status, file, "{} {who}", world.engine);
            if status == StatusCode::OK {
                assert_eq!(bytes, camera, "{}: evidence as it came", world.engine);
                assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
            }
        }
        // Later, to one that came without: once, and no second one.
        let bare = world.post("officer", &format!("/api/v1{path}"), &seen()).await.json();
        let photo = format!("/api/v1/sightings/{}/photo", bare["id"].as_str().unwrap());
        for who in ["officer", "museum"] {
            let added = world.upload(who, &photo, &[], Some(&camera)).await;
            assert_eq!((added.status, &added.json()["has_photo"]), (StatusCode::CREATED, &json!(true)));
        }
        let other = world.upload("officer", &photo, &[], Some(&picture(2, ImageFormat::Png))).await;
        assert_eq!(other.problem(), "sighting-has-photo", "{}", world.engine);
        let empty = world.upload("officer", &photo, &[], None).await;
        assert_eq!(empty.json()["errors"][0]["pointer"], "/file", "{}", world.engine);
        let facts = world.facts().await;
        let count = |wanted: &str| facts.iter().filter(|(kind, _)| kind == wanted).count();
        assert_eq!((count("object.sighted.v1"), count("sighting.photo_added.v1")), (2, 2), "{}", world.engine);
    }
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// A photograph as a camera writes it, with a segment of metadata.
fn camera_file() -> Vec<u8> {
    let plain = picture(1, ImageFormat::Jpeg);
    let said = b"Exif\0\0SECRET PLACE";
    let size = u16::try_from(said.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &size, said, &plain[2..]].concat()
}
