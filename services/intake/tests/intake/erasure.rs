//! Persons are erased when somebody asks for it, and by themselves when a case ended long ago.

use std::time::Duration;

use axum::http::StatusCode;
use domain::ids::CaseId;
use image::ImageFormat;
use intake::retention::erase_due;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use store::Tx;
use store::retention::Stuck;

use crate::photos::picture;
use crate::world::{World, worlds};

const DAY: Duration = Duration::from_secs(86_400);

async fn sighting(world: &World, case: &str) -> String {
    let seen = json!({
        "what": "Told by WITNESS-OF-CANARY", "place": "Fair", "country": "BE", "seen_on": "2026-11-22",
        "source": "WITNESS-OF-CANARY"
    });
    let done = world.post("museum", &format!("/api/v1/cases/{case}/sightings"), &seen).await;
    let id = done.json()["id"].as_str().unwrap().to_owned();
    let file = picture(1, ImageFormat::Png);
    let photo = world.upload("museum", &format!("/api/v1/sightings/{id}/photo"), &[], Some(&file)).await;
    assert_eq!(photo.status, StatusCode::CREATED, "{} {}", world.engine, photo.text);
    id
}

async fn kinds(world: &World, wanted: &str) -> Vec<Value> {
    world.facts().await.into_iter().filter(|(kind, _)| kind == wanted).map(|(_, body)| body).collect()
}

#[tokio::test]
async fn who_told_of_a_sighting_is_erased_and_place_and_day_stay() {
    for world in worlds().await {
        let case = world.case().await;
        let id = sighting(&world, &case).await;
        let erase = format!("/sightings/{id}/erase");
        assert_eq!(world.get("museum", &erase).await.status, StatusCode::FORBIDDEN, "{}", world.engine);
        let asked = world.get("officer", &erase).await;
        assert!(asked.text.contains("WITNESS-OF-CANARY") && asked.text.contains("cannot be undone"), "{}", asked.text);
        // An administrator erases without reading.
        let blind = world.get("admin", &erase).await;
        assert!(blind.status == StatusCode::OK && !blind.text.contains("OF-CANARY"), "{} {}", world.engine, blind.text);
        let bare = world.form("officer", &erase, &[("ground", " ")]).await;
        assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", world.engine);
        assert!(kinds(&world, "sighting.erased.v1").await.is_empty(), "{}: asking erases nothing", world.engine);
        assert_eq!(world.form("officer", &erase, &[("ground", "request")]).await.status, StatusCode::SEE_OTHER);
        let again = world.post("admin", &format!("/api/v1{erase}"), &json!({"ground": "order"})).await;
        assert_eq!(again.status, StatusCode::NO_CONTENT, "{}", world.engine);
        let erased = kinds(&world, "sighting.erased.v1").await;
        assert_eq!((erased.len(), &erased[0]["ground"]), (1, &json!("request")), "{}", world.engine);

        let view = world.get("officer", &format!("/api/v1/cases/{case}/sightings")).await;
        assert!(!view.text.contains("OF-CANARY"), "{} {}", world.engine, view.text);
        let one = &view.json()["sightings"][0];
        assert_eq!(
            (&one["place"], &one["seen_on"], &one["has_photo"]),
            (&json!("Fair"), &json!("2026-11-22"), &json!(false))
        );
        let photo = format!("/api/v1/sightings/{id}/photo");
        assert_eq!(world.get("officer", &photo).await.status, StatusCode::NOT_FOUND, "{}", world.engine);
        let file = picture(1, ImageFormat::Png);
        let back = world.upload("officer", &photo, &[], Some(&file)).await;
        assert_eq!(back.problem(), "sighting-erased", "{}", world.engine);
        // What is left of it can still be decided.
        let decide = json!({"state": "dismissed", "note": "Another one."});
        let decided = world.post("officer", &format!("/api/v1/sightings/{id}/decide"), &decide).await;
        assert_eq!(decided.status, StatusCode::OK, "{}", world.engine);
    }
}

#[tokio::test]
async fn persons_go_by_themselves_when_a_case_ended_long_ago() {
    for world in worlds().await {
        let (ended, open) = (world.case().await, world.case().await);
        for case in [&ended, &open] {
            sighting(&world, case).await;
        }
        let withdraw = json!({"step": "withdraw", "reason": "It was in the store room."});
        let done = world.post("museum", &format!("/api/v1/cases/{ended}/steps"), &withdraw).await;
        assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        world.hand.advance(DAY * 364);
        assert_eq!(erase_due(&world.deps, &mut Stuck::default()).await.unwrap(), 0, "{}", world.engine);
        world.hand.advance(DAY * 2);
        let unset = intake::Deps { persons_kept: None, ..world.deps.clone() };
        assert_eq!(
            erase_due(&unset, &mut Stuck::default()).await.unwrap(),
            0,
            "{}: never, unless it is set",
            world.engine
        );
        assert_eq!(erase_due(&world.deps, &mut Stuck::default()).await.unwrap(), 1, "{}", world.engine);
        assert_eq!(erase_due(&world.deps, &mut Stuck::default()).await.unwrap(), 0, "{}", world.engine);
        for (case, left) in [(&ended, false), (&open, true)] {
            let text = world.get("officer", &format!("/api/v1/cases/{case}")).await.text
                + &world.get("officer", &format!("/api/v1/cases/{case}/sightings")).await.text;
            assert_eq!(text.contains("REPORTER-OF-CANARY"), left, "{} {text}", world.engine);
            assert_eq!(text.contains("WITNESS-OF-CANARY"), left, "{} {text}", world.engine);
        }
        for kind in ["sighting.erased.v1", "reporter.erased.v1"] {
            let facts = kinds(&world, kind).await;
            assert_eq!(facts.len(), 1, "{} {kind}", world.engine);
            assert_eq!((&facts[0]["ground"], &facts[0]["erased_by"]), (&json!("retention"), &Value::Null));
        }
    }
}

/// The database refuses to erase who reported this case.
async fn refuse_to_erase(world: &World, case: &str) {
    let id = case.parse::<CaseId>().unwrap().as_uuid();
    let mut tx = world.db.begin().await.unwrap();
    match &mut tx {
        Tx::Postgres(inner) => {
            let refuse = format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     IF OLD.case_id = '{id}' THEN RAISE EXCEPTION 'not this one'; END IF;
                     RETURN OLD;
                 END $$;
                 CREATE TRIGGER refused BEFORE DELETE ON case_reporters FOR EACH ROW EXECUTE FUNCTION refuse()"
            );
            sqlx::raw_sql(AssertSqlSafe(refuse)).execute(&mut **inner).await.unwrap();
        }
        Tx::Sqlite(inner) => {
            let refuse = format!(
                "CREATE TRIGGER refused BEFORE DELETE ON case_reporters WHEN OLD.case_id = x'{}'
                 BEGIN SELECT RAISE(ABORT, 'not this one'); END",
                id.simple()
            );
            sqlx::raw_sql(AssertSqlSafe(refuse)).execute(&mut **inner).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

async fn refuse_nothing(world: &World) {
    let mut tx = world.db.begin().await.unwrap();
    match &mut tx {
        Tx::Postgres(inner) => {
            sqlx::raw_sql("DROP TRIGGER refused ON case_reporters").execute(&mut **inner).await.unwrap();
        }
        Tx::Sqlite(inner) => {
            sqlx::raw_sql("DROP TRIGGER refused").execute(&mut **inner).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_case_that_cannot_be_erased_is_passed_over_and_tried_again() {
    for world in worlds().await {
        let (held, other) = (world.case().await, world.case().await);
        for case in [&held, &other] {
            let withdraw = json!({"step": "withdraw", "reason": "It was in the store room."});
            let done = world.post("museum", &format!("/api/v1/cases/{case}/steps"), &withdraw).await;
            assert_eq!(done.status, StatusCode::OK, "{} {}", world.engine, done.text);
        }
        world.hand.advance(DAY * 366);
        refuse_to_erase(&world, &held).await;
        let mut stuck = Stuck::default();
        assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 1, "{}: it ends", world.engine);
        assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 0, "{}: and ends again", world.engine);
        assert_eq!(stuck.count(), 1, "{}", world.engine);
        assert_eq!(kinds(&world, "reporter.erased.v1").await.len(), 1, "{}", world.engine);
        refuse_nothing(&world).await;
        assert_eq!(erase_due(&world.deps, &mut stuck).await.unwrap(), 1, "{}", world.engine);
        assert_eq!(stuck.count(), 0, "{}", world.engine);
        assert_eq!(kinds(&world, "reporter.erased.v1").await.len(), 2, "{}", world.engine);
    }
}
