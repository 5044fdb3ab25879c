//! The Object ID sheet on paper.

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde_json::json;
use std::path::Path;
use std::process::Command;
use tower::ServiceExt as _;

use crate::world::{World, worlds};

async fn sheet(world: &World, who: &str, path: &str) -> (StatusCode, String, Vec<u8>) {
    let response = world.app.clone().oneshot(world.request(who, "GET", path, &[], String::new())).await.unwrap();
    let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status();
    (status, kind.unwrap_or_default(), to_bytes(response.into_body(), 1 << 24).await.unwrap().to_vec())
}

fn text(pdf: &Path) -> String {
    let output = Command::new("pdftotext").arg("-layout").arg(pdf).arg("-").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn an_objects_sheet_is_printed_in_six_languages_and_holds_class_a_only() {
    let world = worlds().await.remove(0);
    let case = world.case().await;
    let path = format!("/cases/{case}/objects/1/sheet.pdf");
    let folder = tempfile::tempdir().unwrap();
    for (language, word) in [
        ("en", "Materials and techniques"),
        ("fr", "Matériaux et techniques"),
        ("es", "Materiales y técnicas"),
        ("ru", "Материалы и техника"),
        ("zh", "材料与技法"),
        ("ar", "Object ID"),
    ] {
        let (status, kind, pdf) = sheet(&world, "museum", &format!("{path}?language={language}")).await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"), "{}", String::from_utf8_lossy(&pdf));
        let file = folder.path().join(format!("{language}.pdf"));
        std::fs::write(&file, &pdf).unwrap();
        let text = text(&file);
        assert!(text.contains(word) && text.contains("Head of a seated figure"), "{language}: {text}");
        assert!(!text.contains("CANARY"), "{language}: {text}");
        if let Some(kept) = std::env::var_os("TOCSIN_TEST_PAPERS") {
            std::fs::copy(&file, Path::new(&kept).join(format!("object-{language}.pdf"))).unwrap();
        }
    }
    for (who, path, status) in [
        ("ministry", path.clone(), StatusCode::NOT_FOUND),
        ("museum", path.replace("/1/", "/2/"), StatusCode::NOT_FOUND),
        ("museum", format!("{path}?language=tlh"), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(sheet(&world, who, &path).await.0, status, "{who} {path}");
    }
}

#[tokio::test]
async fn the_icprcps_form_is_printed_for_those_who_need_to_know() {
    let world = worlds().await.remove(0);
    let case = world.case().await;
    let object = world.object(&case).await;
    for (path, body) in [
        (format!("/api/v1/objects/{object}/status"), json!({"status": "secured", "note": "Seized."})),
        (format!("/api/v1/objects/{object}/restitutions"), json!({"route": "icprcp"})),
    ] {
        let done = world.post("officer", &path, &body).await;
        assert!(done.status.is_success(), "{path} {}", done.text);
    }
    let list = world.get("officer", &format!("/api/v1/objects/{object}/restitutions")).await.json();
    let id = list["restitutions"][0]["id"].as_str().unwrap().to_owned();
    let api = format!("/api/v1/restitutions/{id}");
    let state =
        json!({"role": "requesting_state", "name": "Burkina Faso", "country": "BF", "contact": "#set page()[*x*]"});
    let paper = json!({"title": "Note verbale", "sha256": "ab".repeat(32), "kept": "Ministry"});
    let talks = json!({"step": "talks_opened", "happened_on": "2026-11-01", "confirmed": true, "note": "In Paris."});
    for (path, body) in [("parties", state), ("documents", paper), ("steps", talks)] {
        let done = world.post("officer", &format!("{api}/{path}"), &body).await;
        assert_eq!(done.status, StatusCode::OK, "{path} {}", done.text);
    }
    let page = world.get("museum", &format!("/restitutions/{id}/icprcp")).await;
    let path = format!("/restitutions/{id}/icprcp.pdf");
    assert!(page.text.contains(&path), "{}", page.text);
    let (status, kind, pdf) = sheet(&world, "museum", &path).await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/pdf"), "{}", String::from_utf8_lossy(&pdf));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("icprcp.pdf");
    std::fs::write(&file, &pdf).unwrap();
    let text = text(&file);
    for words in [
        "Request for return or restitution",
        "Still missing",
        "Head of a seated figure",
        "Burkina Faso (#set page()[*x*])",
        "HOLDER-OF-CANARY",
        "Note verbale",
        "Bilateral talks opened",
        "In Paris.",
        "Page 1 of",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    if let Some(kept) = std::env::var_os("TOCSIN_TEST_PAPERS") {
        std::fs::copy(&file, Path::new(&kept).join("icprcp.pdf")).unwrap();
    }
    for who in ["ministry", "auditor", "admin"] {
        assert_eq!(sheet(&world, who, &path).await.0, StatusCode::NOT_FOUND, "{who}");
    }
}
