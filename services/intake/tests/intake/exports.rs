//! One case, out: valid, complete for its share, and nothing beyond it.

use std::process::Command;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::imports::send;
use crate::world::{World, theft, worlds};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/intake/cap-1.2/CAP-v1.2.xsd");
/// What only the full share may hold, and what no share may.
const CLASS_B: [&str; 4] = ["HOLDER-OF-CANARY", "PLACE-OF-CANARY", "PV-OF-CANARY", "NARRATIVE-OF-CANARY"];
const CLASS_C: [&str; 3] = ["REPORTER-OF-CANARY", "canary@example.org", "1234"];

/// Validates against the OASIS schema with a validator that is not ours.
fn valid_cap(text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--schema", SCHEMA]).arg(file.path()).output();
    let output = output.expect("xmllint (package libxml2-utils, which `cargo xtask test` installs)");
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
}

async fn release(world: &World, case: &str, kind: &str) -> Value {
    let draft = json!({"kind": kind, "reach": "all", "message": "What changed: <a photograph> & more."});
    let draft = world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &draft).await.json();
    let path = format!("/api/v1/alerts/{}/release", draft["id"].as_str().unwrap());
    let released = world.post("second", &path, &json!({})).await;
    assert_eq!(released.status, StatusCode::OK, "{} {}", world.engine, released.text);
    released.json()
}

async fn verified(world: &World) -> String {
    let case = world.case().await;
    let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
    world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
    case
}

#[tokio::test]
async fn cap_is_valid_has_a_block_for_each_language_and_refers_to_what_it_replaces() {
    for world in worlds().await {
        let case = verified(&world).await;
        let path = format!("/api/v1/cases/{case}/export/cap");
        assert_eq!(world.get("museum", &path).await.problem(), "not-released", "{}", world.engine);
        let first = release(&world, &case, "alert").await;
        let alert = world.get("museum", &path).await;
        assert_eq!(alert.headers["content-type"], "application/cap+xml", "{}", world.engine);
        assert_eq!(alert.headers["content-disposition"], "attachment; filename=\"TOC-2026-000001.cap.xml\"");
        valid_cap(&alert.text);
        for part in [
            "<msgType>Alert</msgType>",
            "<language>en</language>",
            "<language>fr</language>",
            "<event>Vol</event>",
            "<responseType>Monitor</responseType>",
            "<certainty>Likely</certainty>",
            "<incidents>TOC-2026-000001</incidents>",
            "<value>height 27.50 cm</value>",
            "<code>TLP:GREEN</code>",
            "&lt;a photograph&gt; &amp; more",
            "<status>Actual</status>",
        ] {
            assert!(alert.text.contains(part), "{} {part} {}", world.engine, alert.text);
        }
        assert!(!alert.text.contains("<references>"), "{}", world.engine);

        release(&world, &case, "update").await;
        let update = world.get("museum", &path).await.text;
        valid_cap(&update);
        assert!(update.contains("<msgType>Update</msgType>") && update.contains("<references>urn:uuid:"), "{update}");
        assert_eq!(
            update.matches(first["id"].as_str().unwrap()).count(),
            1,
            "{}: it refers to the first",
            world.engine
        );
        release(&world, &case, "recovery").await;
        let recovery = world.get("museum", &path).await.text;
        valid_cap(&recovery);
        let references = recovery.split("references>").nth(1).unwrap();
        assert_eq!(references.split(' ').count(), 2, "{}: to both versions before it", world.engine);
        assert!(recovery.contains("AllClear") && !recovery.contains(">Cancel<"), "a recovery is not a Cancel");

        // An earlier version is still to be had, as it was.
        let path = format!("/api/v1/alerts/{}/cap", first["id"].as_str().unwrap());
        assert_eq!(world.get("officer", &path).await.text, alert.text, "{}", world.engine);
        assert_eq!(world.get("ministry", &path).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn no_export_holds_a_class_beyond_its_share() {
    for world in worlds().await {
        let case = verified(&world).await;
        release(&world, &case, "alert").await;
        let export = async |who: &str, what: &str| world.get(who, &format!("/api/v1/cases/{case}/export/{what}")).await;
        for who in ["museum", "officer", "auditor", "admin"] {
            for what in ["lido", "cap", "cap?share=object_data"] {
                let text = export(who, what).await.text;
                let found = CLASS_B.iter().chain(&CLASS_C).find(|canary| text.contains(**canary));
                assert_eq!(found, None, "{} {who} {what}", world.engine);
                assert!(text.contains("Head of a seated figure"), "{} {who} {what} {text}", world.engine);
            }
            let full = export(who, "cap?share=full").await.text;
            valid_cap(&full);
            assert!(CLASS_B.iter().all(|canary| full.contains(canary)), "{} {who}", world.engine);
            assert!(!CLASS_C.iter().any(|canary| full.contains(canary)), "{} {who}", world.engine);
            let json = export(who, "json").await;
            let sees_persons = matches!(who, "museum" | "officer");
            assert_eq!(json.text.contains("REPORTER-OF-CANARY"), sees_persons, "{} {who}", world.engine);
            assert_eq!(json.json()["reference"], "TOC-2026-000001");
        }
        for what in ["json", "lido", "cap"] {
            assert_eq!(export("ministry", what).await.status, StatusCode::NOT_FOUND, "{} {what}", world.engine);
        }
        assert_eq!(export("officer", "cap?share=everything").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn what_goes_out_as_lido_comes_back_as_it_was() {
    for world in worlds().await {
        let mut report = theft();
        report["objects"] = json!([{
            "title": "Tête <assise> & socle", "type": "sculpture", "type_detail": "ancestor statuette",
            "photographs": "look_alike", "materials": "laterite", "origin_country": "BF", "origin_text": "Pobé Mengao",
            "measurements": [{"dimension": "height", "value": "27.50", "unit": "cm"}, {"dimension": "weight", "value": "3", "unit": "kg"}],
            "inscriptions": "N° 4", "distinguishing_features": "Crack.\nLeft side.", "subject": "Ancestor",
            "date_or_period": "15th century", "maker": "Kurumba", "description": "Closed eyes.\nA cap.",
            "inventory_number": "MN 1962.17", "related_objects": "A pair with MN 1962.18"
        }, {"title": "Bowl", "type": "ceramic_glass", "photographs": "unknown"}]);
        let from = world.report("museum", "from", &report).await.json()["id"].as_str().unwrap().to_owned();
        let lido = world.get("museum", &format!("/api/v1/cases/{from}/export/lido")).await;
        assert_eq!(lido.headers["content-type"], "application/xml", "{}", world.engine);
        let to = world.case().await;
        let query = format!("kind=objects&case={to}");
        let import = send(&world, "museum", &query, "application/xml", lido.text.clone().into_bytes()).await.json();
        crate::imports::work(&world).await;
        let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());
        world.post("museum", &format!("{path}/confirm"), &json!({})).await;
        crate::imports::work(&world).await;
        assert_eq!(world.get("museum", &path).await.json()["state"], "done", "{} {}", world.engine, lido.text);
        let view = async |id: &str| world.get("museum", &format!("/api/v1/cases/{id}")).await.json();
        let (from, to) = (view(&from).await, view(&to).await);
        for index in 0..2 {
            assert_eq!(
                from["objects"][index]["description"],
                to["objects"][index + 1]["description"],
                "{} {}",
                world.engine,
                lido.text
            );
        }
    }
}
