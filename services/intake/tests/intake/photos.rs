//! Photographs: who may send, see, move and take them back; what leaves and what does not; what becomes of files.

use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use domain::ids::PhotoId;
use image::{ImageFormat, Rgb, RgbImage};
use intake::photos::{MAX_PHOTOS, sweep_photos};
use serde_json::{Value, json};
use store::photos;

use crate::world::{World, worlds};

/// A picture that no other number gives.
pub fn picture(number: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(96, 64, |x, y| {
        let [low, high, ..] = (x * 3 + y * 5 * number).to_le_bytes();
        let [red, green, ..] = number.to_le_bytes();
        Rgb([low ^ red, high ^ green, low.wrapping_add(red)])
    });
    let mut file = Cursor::new(Vec::new());
    pixels.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn jpeg(number: u32) -> Vec<u8> {
    picture(number, ImageFormat::Jpeg)
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.file_name().into_string().unwrap());
        }
    }
    found.sort();
    found
}

async fn add(world: &World, object: &str, number: u32) -> Value {
    let path = format!("/api/v1/objects/{object}/photos");
    let answer = world.upload("museum", &path, &[], Some(&jpeg(number))).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{} {}", world.engine, answer.text);
    answer.json()
}

#[tokio::test]
async fn a_photograph_is_kept_as_evidence_and_shown_as_a_clean_copy() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let path = format!("/api/v1/objects/{object}/photos");
        let hidden = b"PK\x03\x04 behind the picture".to_vec();
        let file = [jpeg(1), hidden.clone()].concat();
        let fields = [
            ("view", "damage"),
            ("shows", "Crack, left shoulder"),
            ("scale", "true"),
            ("rights", "Musée"),
            ("credit", "I. Traoré"),
        ];
        let added = world.upload("museum", &path, &fields, Some(&file)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{} {}", world.engine, added.text);
        let photo = added.json();
        assert_eq!(
            (&photo["view"], &photo["scale"], &photo["credit"]),
            (&json!("damage"), &json!(true), &json!("I. Traoré"))
        );

        let (status, headers, copy) = world.bytes("museum", photo["page"]["href"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{}", world.engine);
        assert!(copy.starts_with(&[0xff, 0xd8, 0xff]) && !copy.windows(4).any(|four| four == b"PK\x03\x04"));
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("cache-control", "private, max-age=31536000, immutable"),
            ("etag", &format!("\"{}\"", photo["page"]["sha256"].as_str().unwrap())),
        ] {
            assert_eq!(headers[name], value, "{} {name}", world.engine);
        }
        let (status, headers, original) = world.bytes("officer", photo["original"]["href"].as_str().unwrap()).await;
        assert_eq!((status, original), (StatusCode::OK, file.clone()), "{}", world.engine);
        assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"photo_"));
        assert_eq!(headers["cache-control"], "no-store");

        // Sent again, as after a lost answer, it is the same photograph.
        let again = world.upload("museum", &path, &[], Some(&file)).await;
        assert_eq!((again.status, &again.json()["id"]), (StatusCode::CREATED, &photo["id"]), "{}", world.engine);
        assert_eq!(world.get("museum", &path).await.json().as_array().unwrap().len(), 1);
        let names = files(world.files.path());
        assert_eq!(names.len(), 3, "{} {names:?}", world.engine);
        assert!(names.iter().all(|name| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())), "{names:?}");
        let facts = world.facts().await;
        let told: Vec<_> = facts.iter().filter(|(kind, _)| kind == "photo.added.v1").collect();
        assert_eq!(told.len(), 1, "{}", world.engine);
        assert_eq!(told[0].1["original_sha256"], photo["original"]["sha256"]);
    }
}

#[tokio::test]
async fn another_institutions_photographs_do_not_exist_and_originals_are_for_few() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let photo = add(&world, &object, 1).await;
        let id = photo["id"].as_str().unwrap();
        let list = format!("/api/v1/objects/{object}/photos");
        for path in [
            list.clone(),
            format!("/objects/{object}/photos"),
            format!("/api/v1/photos/{id}/page"),
            format!("/api/v1/photos/{id}/preview"),
            format!("/api/v1/photos/{id}/original"),
        ] {
            let (stranger, ..) = world.bytes("ministry", &path).await;
            assert_eq!(stranger, StatusCode::NOT_FOUND, "{} {path}", world.engine);
            let (colleague, ..) = world.bytes("museum2", &path).await;
            assert_eq!(colleague, StatusCode::OK, "{} {path}", world.engine);
            let expected = if path.ends_with("original") { StatusCode::FORBIDDEN } else { StatusCode::OK };
            for who in ["auditor", "admin"] {
                assert_eq!(world.bytes(who, &path).await.0, expected, "{} {who} {path}", world.engine);
            }
        }
        assert_eq!(world.get("auditor", &list).await.json()[0].get("original"), None);
        let stranger = world.upload("ministry", &list, &[], Some(&jpeg(2))).await;
        assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let order = world.request(
            "ministry",
            "PUT",
            &format!("{list}/order"),
            &[("content-type", "application/json")],
            json!({"photos": [id]}).to_string(),
        );
        assert_eq!(world.send(order).await.status, StatusCode::NOT_FOUND);
        let remove = world.request("ministry", "DELETE", &format!("/api/v1/photos/{id}"), &[], String::new());
        assert_eq!(world.send(remove).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        for act in ["first", "remove"] {
            assert_eq!(world.form("ministry", &format!("/photos/{id}/{act}"), &[]).await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(world.get("museum", &list).await.json().as_array().unwrap().len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn what_is_no_photograph_is_refused_at_its_field() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let path = format!("/api/v1/objects/{object}/photos");
        let gif = world.upload("museum", &path, &[], Some(b"GIF89a;alert(1)//")).await;
        assert_eq!(gif.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        let expected =
            json!([{"pointer": "/file", "message": "must be a JPEG, PNG or WebP photograph; this is a GIF"}]);
        assert_eq!(gif.json()["errors"], expected);
        let none = world.upload("museum", &path, &[("view", "overall")], None).await;
        assert_eq!(none.json()["errors"][0]["message"], "must not be empty", "{}", world.engine);
        let wrong =
            world.upload("museum", &path, &[("view", "sideways"), ("taken_on", "2027-01-01")], Some(&jpeg(1))).await;
        assert_eq!(wrong.json()["errors"].as_array().unwrap().len(), 2, "{}", wrong.text);
        let unknown = world.upload("museum", &path, &[("added_by", "me")], Some(&jpeg(1))).await;
        assert_eq!((unknown.status, unknown.problem().as_str()), (StatusCode::BAD_REQUEST, "bad-request"));
        let json = world.post("museum", &path, &json!({})).await;
        assert_eq!(json.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{}", world.engine);
        let large = world.upload("museum", &path, &[], Some(&vec![0xff; pictures::MAX_BYTES + 100_000])).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", world.engine);
        assert!(files(world.files.path()).is_empty() && world.get("museum", &path).await.json() == json!([]));
    }
}

#[tokio::test]
async fn photographs_are_put_in_order_and_an_order_that_forgets_one_is_refused() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let mut ids = Vec::new();
        for number in 1..=3 {
            ids.push(add(&world, &object, number).await["id"].as_str().unwrap().to_owned());
        }
        let arrange = async |order: &[&String]| {
            let path = format!("/api/v1/objects/{object}/photos/order");
            let body = json!({ "photos": order }).to_string();
            world.send(world.request("museum", "PUT", &path, &[("content-type", "application/json")], body)).await
        };
        let done = arrange(&[&ids[2], &ids[0], &ids[1]]).await;
        let order: Vec<_> = done.json().as_array().unwrap().iter().map(|photo| photo["id"].clone()).collect();
        assert_eq!(order, [&*ids[2], &*ids[0], &*ids[1]], "{}", world.engine);
        for bad in [&[&ids[0], &ids[1]][..], &[&ids[0], &ids[0], &ids[1]]] {
            assert_eq!(arrange(bad).await.problem(), "photos-changed", "{}", world.engine);
        }
        let form = world.form("museum", &format!("/photos/{}/first", ids[1]), &[]).await;
        assert_eq!(form.headers["location"], format!("/objects/{object}/photos?done=first"), "{}", world.engine);
        let list = world.get("museum", &format!("/api/v1/objects/{object}/photos")).await.json();
        assert_eq!(list[0]["id"], ids[1], "{}", world.engine);
    }
}

#[tokio::test]
async fn what_partners_were_told_is_kept_and_everything_else_goes_with_its_files() {
    for world in worlds().await {
        let case = world.case().await;
        let object = world.object(&case).await;
        let told = add(&world, &object, 1).await;
        let verified = json!({"certainty": "likely", "evidence": "inventory_extract"});
        world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verified).await;
        let draft = world
            .post("officer", &format!("/api/v1/cases/{case}/alerts"), &json!({"kind": "alert", "reach": "police"}))
            .await;
        assert_eq!(draft.status, StatusCode::CREATED, "{}", draft.text);
        let late = add(&world, &object, 2).await;
        let alert = draft.json()["id"].as_str().unwrap().parse().unwrap();
        let mut tx = world.db.read().await.unwrap();
        let frozen: Vec<_> =
            photos::of_alert(&mut tx, alert).await.unwrap().into_iter().map(|photo| photo.id.to_string()).collect();
        drop(tx);
        assert_eq!(frozen, [told["id"].as_str().unwrap()], "{}", world.engine);

        for photo in [&told, &late] {
            let path = format!("/photos/{}/remove", photo["id"].as_str().unwrap());
            let asked = world.form("museum", &path, &[]).await;
            assert!(asked.status == StatusCode::OK && asked.text.contains("cannot be undone"), "{}", asked.text);
            let view = world.get("museum", &format!("/api/v1/objects/{object}/photos")).await;
            assert!(view.text.contains(photo["id"].as_str().unwrap()), "{}: asking takes nothing back", world.engine);
            let path = format!("{path}?sure=true");
            assert_eq!(world.form("museum", &path, &[]).await.status, StatusCode::SEE_OTHER, "{}", world.engine);
            // A second click: it is gone, as asked, or never was.
            let again = world.form("museum", &path, &[]).await.status;
            assert!([StatusCode::NOT_FOUND, StatusCode::SEE_OTHER].contains(&again), "{} {again}", world.engine);
        }
        assert_eq!(world.get("museum", &format!("/api/v1/objects/{object}/photos")).await.json(), json!([]));
        let kept: PhotoId = told["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(world.bytes("museum", &format!("/api/v1/photos/{kept}/page")).await.0, StatusCode::NOT_FOUND);
        assert_eq!(
            world.bytes("officer", &format!("/api/v1/photos/{kept}/page")).await.0,
            StatusCode::OK,
            "{}",
            world.engine
        );
        let facts = world.facts().await;
        let removed: Vec<_> =
            facts.iter().filter(|(kind, _)| kind == "photo.removed.v1").map(|(_, body)| body["kept"].clone()).collect();
        assert_eq!(removed, [json!(true), json!(false)], "{}", world.engine);

        assert_eq!(sweep_photos(&world.deps).await.unwrap(), 0, "not before a day has passed");
        world.hand.advance(Duration::from_secs(25 * 3600));
        assert_eq!(sweep_photos(&world.deps).await.unwrap(), 3, "{}", world.engine);
        assert_eq!(sweep_photos(&world.deps).await.unwrap(), 0);
        assert_eq!(files(world.files.path()).len(), 3, "{}", world.engine);
    }
}

#[tokio::test]
async fn a_file_that_is_named_twice_outlives_one_of_its_photographs() {
    for world in worlds().await {
        let one = world.object(&world.case().await).await;
        let other = world.object(&world.case().await).await;
        let first = add(&world, &one, 1).await;
        let second = add(&world, &other, 1).await;
        assert_eq!(first["page"]["sha256"], second["page"]["sha256"], "{}", world.engine);
        world.form("museum", &format!("/photos/{}/remove?sure=true", first["id"].as_str().unwrap()), &[]).await;
        world.hand.advance(Duration::from_secs(25 * 3600));
        assert_eq!(sweep_photos(&world.deps).await.unwrap(), 0, "{}", world.engine);
        let (status, ..) = world.bytes("museum", second["page"]["href"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{}", world.engine);
    }
}

#[tokio::test]
async fn the_page_adds_without_a_script_and_says_what_is_wrong_where_it_is() {
    for world in worlds().await {
        let case = world.case().await;
        let object = world.object(&case).await;
        let path = format!("/objects/{object}/photos");
        let empty = world.get("museum", &path).await;
        assert!(empty.text.contains("No photograph yet") && empty.text.contains("enctype=\"multipart/form-data\""));
        let wrong = world
            .upload("museum", &path, &[("credit", "I. <Traoré>"), ("taken_on", "yesterday")], Some(b"%PDF-1.7"))
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert!(wrong.text.contains("must be a date") && wrong.text.contains("I. &#60;Traoré&#62;"), "{}", wrong.text);
        let pdf = world.upload("museum", &path, &[], Some(b"%PDF-1.7")).await;
        assert!(pdf.text.contains("this is a PDF document"), "{}", world.engine);
        let look_alike = [("look_alike", "true"), ("shows", "One of the same set"), ("taken_on", ""), ("view", "")];
        let added = world.upload("museum", &path, &look_alike, Some(&picture(4, ImageFormat::WebP))).await;
        assert_eq!(added.headers["location"], format!("{path}?done=added"), "{} {}", world.engine, added.text);
        for page in [format!("{path}?done=added"), format!("/cases/{case}")] {
            let shown = world.get("museum", &page).await;
            for text in ["A look-alike, not the object itself.", "alt=\"One of the same set\"", "/preview\""] {
                assert!(shown.text.contains(text), "{} {text}", world.engine);
            }
        }
        let auditor = world.get("auditor", &path).await;
        assert!(!auditor.text.contains("Take back") && !auditor.text.contains("/original"), "{}", world.engine);
    }
}

#[tokio::test]
async fn an_object_has_a_bounded_number_of_photographs() {
    for world in worlds().await {
        let object = world.object(&world.case().await).await;
        let most = u32::try_from(MAX_PHOTOS).unwrap();
        for number in 1..=most {
            add(&world, &object, number).await;
        }
        let path = format!("/api/v1/objects/{object}/photos");
        let more = world.upload("museum", &path, &[], Some(&jpeg(most + 1))).await;
        assert_eq!(
            (more.status, more.problem().as_str()),
            (StatusCode::CONFLICT, "too-many-photos"),
            "{}",
            world.engine
        );
    }
}
