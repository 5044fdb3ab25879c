//! Many objects or cases from a file: checked first, taken on somebody's word, once.

use std::fmt::Write;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::StatusCode;
use intake::Deps;
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::{Value, json};
use store::imports;
use tokio_util::sync::CancellationToken;

use crate::files::{SHEET, file_of, workbook_with};
use crate::world::{Answer, World, theft, worlds};

pub const CSV: &str = "text/csv";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const LINES: &str = "application/x-ndjson";
const XML: &str = "application/xml";

fn deps(world: &World) -> Deps {
    world.deps.clone()
}

/// Works until nothing waits.
pub async fn work(world: &World) {
    let stop = CancellationToken::new();
    while intake::work_imports(&deps(world), &stop).await.unwrap() {}
}

pub async fn send(world: &World, who: &str, query: &str, kind: &str, content: Vec<u8>) -> Answer {
    let path = format!("/api/v1/imports?{query}");
    let mut request = world.request(who, "POST", &path, &[("content-type", kind)], String::new());
    *request.body_mut() = Body::from(content);
    world.send(request).await
}

/// Sends, checks, and gives the import as it stands then.
async fn checked(world: &World, query: &str, kind: &str, content: Vec<u8>) -> Value {
    let answer = send(world, "museum", query, kind, content).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{} {}", world.engine, answer.text);
    work(world).await;
    import(world, &answer.json()).await
}

async fn import(world: &World, import: &Value) -> Value {
    world.get("museum", &format!("/api/v1/imports/{}", import["id"].as_str().unwrap())).await.json()
}

async fn confirm(world: &World, import: &Value, mode: &str) -> Answer {
    let path = format!("/api/v1/imports/{}/confirm", import["id"].as_str().unwrap());
    world.post("museum", &path, &json!({"mode": mode})).await
}

async fn errors(world: &World, import: &Value) -> Vec<Value> {
    let path = format!("/api/v1/imports/{}/errors?limit=1000", import["id"].as_str().unwrap());
    world.get("museum", &path).await.json()["errors"].as_array().unwrap().clone()
}

async fn objects(world: &World, case: &str) -> Vec<String> {
    let view = world.get("museum", &format!("/api/v1/cases/{case}")).await.json();
    let title = |object: &Value| object["description"]["title"].as_str().unwrap().to_owned();
    view["objects"].as_array().unwrap().iter().map(title).collect()
}

fn state(import: &Value) -> (&str, i64, i64, i64) {
    let number = |field: &str| import[field].as_i64().unwrap();
    (import["state"].as_str().unwrap(), number("good"), number("bad"), number("imported"))
}

#[tokio::test]
async fn objects_join_their_case_after_a_dry_run_and_are_found() {
    for world in worlds().await {
        let case = world.case().await;
        let table = "Title;Type;Photographs;Measurements;Flags;Inventory number\n\
                     Masque;sculpture;none;height 27,5 cm;inventoried;MN 1962.17\n\
                     \n\
                     \"Bol; fêlé\";ceramic_glass;available;;;\n";
        let query = format!("kind=objects&case={case}&name=..%2Flist.csv");
        let import = checked(&world, &query, CSV, table.into()).await;
        assert_eq!(state(&import), ("checked", 2, 0, 0), "{} {import}", world.engine);
        assert_eq!(import["file_name"], "list.csv");
        assert_eq!(objects(&world, &case).await.len(), 1, "{}: a dry run registers nothing", world.engine);

        assert_eq!(confirm(&world, &import, "all_or_nothing").await.status, StatusCode::ACCEPTED);
        assert_eq!(confirm(&world, &import, "all_or_nothing").await.status, StatusCode::ACCEPTED, "a double click");
        work(&world).await;
        assert_eq!(confirm(&world, &import, "skip_bad").await.problem(), "import-ended");
        let import = self::import(&world, &import).await;
        assert_eq!(state(&import), ("done", 2, 0, 2), "{}", world.engine);
        assert_eq!(objects(&world, &case).await, ["Head of a seated figure", "Masque", "Bol; fêlé"]);
        let found = world.get("museum", "/api/v1/cases?q=1962+masque+seated&type=ceramic_glass").await.json();
        assert_eq!(found["cases"][0]["objects"], 3, "{} {found}", world.engine);
        let facts = world.facts().await;
        let (kind, fact) = facts.last().unwrap();
        assert_eq!((kind.as_str(), fact["objects"].as_i64()), ("case.objects_added.v1", Some(2)), "{}", world.engine);

        // Nothing of the file is kept, and the same one is not taken twice by mistake.
        let mut tx = world.db.read().await.unwrap();
        let id = import["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(imports::content(&mut tx, id).await.unwrap(), None, "{}", world.engine);
        assert!(imports::good_records(&mut tx, id, 0, 10).await.unwrap().is_empty());
        drop(tx);
        let again = send(&world, "museum", &query, CSV, table.into()).await;
        assert_eq!((again.status.as_u16(), again.problem().as_str()), (409, "already-imported"), "{}", world.engine);
        let again = send(&world, "museum", &format!("{query}&again=true"), CSV, table.into()).await;
        assert_eq!(again.status, StatusCode::ACCEPTED, "{}", world.engine);
        let twin = send(&world, "museum", &format!("{query}&again=true"), CSV, table.into()).await;
        assert_eq!((twin.status, &twin.json()["id"]), (StatusCode::OK, &again.json()["id"]), "{}", world.engine);
    }
}

#[tokio::test]
async fn a_thousand_bad_rows_are_a_thousand_precise_errors() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in
        (0_u16..).zip(["title", "type", "photographs", "date_documented", "height_cm", "inventory_number"])
    {
        sheet.write(0, column, name).unwrap();
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    for row in 1..=1_010 {
        sheet.write(row, 0, format!("Object {row}")).unwrap();
        // Every row but ten has exactly one thing wrong, of five kinds in turn.
        let wrong = if row % 101 == 0 { 9 } else { row % 5 };
        sheet.write(row, 1, if wrong == 0 { "statue" } else { "sculpture" }).unwrap();
        if wrong != 1 {
            sheet.write(row, 2, "none").unwrap();
        }
        sheet.write_with_format(row, 3, if wrong == 2 { 80_000.0 } else { 46_000.0 }, &date).unwrap();
        if wrong == 3 {
            sheet.write_formula(row, 4, Formula::new("=1+1").set_result("2")).unwrap();
        } else {
            sheet.write(row, 4, 27.5).unwrap();
        }
        sheet.write(row, 5, if wrong == 4 { "=HYPERLINK(\"http://x\")" } else { "MN 1" }).unwrap();
    }
    let file = book.save_to_buffer().unwrap();
    for world in worlds().await {
        let case = world.case().await;
        let import = checked(&world, &format!("kind=objects&case={case}"), XLSX, file.clone()).await;
        assert_eq!(state(&import), ("checked", 10, 1_000, 0), "{} {import}", world.engine);
        let found = errors(&world, &import).await;
        assert_eq!(found.len(), 1_000, "{}", world.engine);
        let expected = [
            ("type", "B", "must be one of painting"),
            ("photographs", "", "is required"),
            ("date_documented", "D", "must not be in the future"),
            ("height_cm", "E", "holds a formula"),
            ("inventory_number", "F", "begins as a formula does"),
        ];
        for error in &found {
            let row = error["row"].as_i64().unwrap();
            let (column, letter, rule) = expected[usize::try_from((row - 1) % 5).unwrap()];
            assert_eq!(error["column"], column, "{} {error}", world.engine);
            let cell = error["cell"].as_str().map_or(String::new(), ToOwned::to_owned);
            assert_eq!(cell, if letter.is_empty() { String::new() } else { format!("{letter}{row}") });
            assert!(error["rule"].as_str().unwrap().starts_with(rule), "{} {error}", world.engine);
        }
        let refused = confirm(&world, &import, "all_or_nothing").await;
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (409, "import-has-errors"));
        confirm(&world, &import, "skip_bad").await;
        work(&world).await;
        assert_eq!(state(&self::import(&world, &import).await), ("done", 10, 1_000, 10), "{}", world.engine);
        assert_eq!(objects(&world, &case).await.len(), 11, "{}", world.engine);
        let table = world.get("museum", &format!("/imports/{}/errors.csv", import["id"].as_str().unwrap())).await;
        assert_eq!(table.text.lines().count(), 1_001, "{}", world.engine);
    }
}

#[tokio::test]
async fn cases_come_from_a_table_and_from_lines() {
    let columns = "case,event,title,language,country,loss.earliest,loss.latest,circumstances.holder,\
                   circumstances.premises,circumstances.place,circumstances.method,\
                   circumstances.police_reference_not_yet,reporter.name,reporter.capacity,object.title,object.type,\
                   object.photographs";
    let case = "theft,Deux vols,fr,BF,2026-11-01,2026-11-02,Musée,museum,Salle 3,burglary,yes,A. Sawadogo,holder";
    let blank = ",,,,,,,,,,,,";
    let table = format!(
        "{columns}\nA,{case},Masque,sculpture,none\nA,{blank},Bol,ceramic_glass,none\nB,{case},Tambour,musical_instrument,none\n\
         ,{case},Lance,arms_armour,none\nC,{case},Pagne,tissu,none\n"
    );
    let mut lines = String::new();
    for body in [theft(), json!({"event": "theft", "state": "verified"}), json!({"title": {}}), theft()] {
        writeln!(lines, "{body}").unwrap();
    }
    for world in worlds().await {
        let import = checked(&world, "kind=cases", CSV, table.clone().into()).await;
        assert_eq!(state(&import), ("checked", 3, 1, 0), "{} {import}", world.engine);
        let found = errors(&world, &import).await;
        assert_eq!((&found[0]["row"], &found[0]["column"]), (&json!(6), &json!("object.type")), "{found:?}");
        confirm(&world, &import, "skip_bad").await;
        work(&world).await;
        let list = world.get("museum", "/api/v1/cases").await.json();
        let mut counts: Vec<_> =
            list["cases"].as_array().unwrap().iter().map(|case| case["objects"].as_i64()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [Some(1), Some(1), Some(2)], "{}", world.engine);

        let import = checked(&world, "kind=cases", LINES, lines.clone().into()).await;
        assert_eq!(state(&import), ("checked", 2, 2, 0), "{} {import}", world.engine);
        let places: Vec<_> =
            errors(&world, &import).await.iter().map(|e| (e["row"].clone(), e["column"].clone())).collect();
        assert_eq!(places, [(json!(2), json!("state")), (json!(3), json!("title"))], "{}", world.engine);
        confirm(&world, &import, "skip_bad").await;
        work(&world).await;
        let registered = world.facts().await.iter().filter(|(kind, _)| kind == "case.registered.v1").count();
        assert_eq!(registered, 5, "{}: one fact for each case", world.engine);
    }
}

#[tokio::test]
async fn whoever_takes_over_goes_on_after_the_last_commit() {
    for world in worlds().await {
        let case = world.case().await;
        let mut table = "title,type,photographs\n".to_owned();
        for number in 1..=1_000 {
            writeln!(table, "Object {number},sculpture,none").unwrap();
        }
        let query = format!("kind=objects&case={case}");
        let answer = send(&world, "museum", &query, CSV, table.into()).await.json();
        // A worker that is told to stop leaves after each commit, and the next one goes on.
        let stopped = CancellationToken::new();
        stopped.cancel();
        for _ in 0..3 {
            assert!(intake::work_imports(&deps(&world), &stopped).await.unwrap(), "{}", world.engine);
        }
        assert_eq!(import(&world, &answer).await["state"], "checking", "{}", world.engine);
        work(&world).await;
        assert_eq!(state(&import(&world, &answer).await), ("checked", 1_000, 0, 0), "{}", world.engine);
        confirm(&world, &answer, "skip_bad").await;
        let mut rounds = 0;
        while intake::work_imports(&deps(&world), &stopped).await.unwrap() {
            rounds += 1;
        }
        assert!(rounds >= 5, "{}: {rounds} workers, one batch each", world.engine);
        assert_eq!(state(&import(&world, &answer).await), ("done", 1_000, 0, 1_000), "{}", world.engine);
        let expected: Vec<_> = (1..=1_000).map(|number| format!("Object {number}")).collect();
        assert_eq!(objects(&world, &case).await[1..], expected, "{}: no gap, none twice", world.engine);
    }
}

#[tokio::test]
async fn what_no_longer_fits_is_refused_and_all_or_nothing_leaves_nothing() {
    for world in worlds().await {
        let case = world.case().await;
        let table = "title,type,photographs\nA,sculpture,none\n";
        let query = format!("kind=objects&case={case}");
        let import = checked(&world, &query, CSV, table.into()).await;
        let verify = json!({"certainty": "likely", "evidence": "ministry_note"});
        world.post("officer", &format!("/api/v1/cases/{case}/verify"), &verify).await;
        let draft = json!({"kind": "alert", "reach": "police"});
        assert_eq!(
            world.post("officer", &format!("/api/v1/cases/{case}/alerts"), &draft).await.status,
            StatusCode::CREATED
        );
        confirm(&world, &import, "all_or_nothing").await;
        work(&world).await;
        let import = self::import(&world, &import).await;
        assert_eq!(state(&import), ("refused", 1, 0, 0), "{} {import}", world.engine);
        assert!(import["message"].as_str().unwrap().contains("draft"), "{import}");
        assert_eq!(objects(&world, &case).await.len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn an_upload_is_its_institutions_and_is_thrown_away_in_time() {
    for world in worlds().await {
        let table = || b"title,type,photographs\nREPORTER-OF-CANARY,statue,none\n".to_vec();
        let case = world.case().await;
        let query = format!("kind=objects&case={case}");
        let import = checked(&world, &query, CSV, table()).await;
        let id = import["id"].as_str().unwrap();
        for (who, status) in
            [("museum2", 200), ("officer", 200), ("ministry", 404), ("auditor", 403), ("admin", 403), ("", 401)]
        {
            for path in [format!("/api/v1/imports/{id}"), format!("/api/v1/imports/{id}/errors")] {
                assert_eq!(world.get(who, &path).await.status.as_u16(), status, "{} {who} {path}", world.engine);
            }
        }
        for action in ["confirm", "cancel"] {
            let answer = world.post("ministry", &format!("/api/v1/imports/{id}/{action}"), &json!({})).await;
            assert_eq!(answer.status.as_u16(), 404, "{} {action}", world.engine);
        }
        assert_eq!(send(&world, "ministry", &query, CSV, table()).await.status.as_u16(), 404);
        assert_eq!(confirm(&world, &import, "skip_bad").await.problem(), "nothing-to-import");
        world.hand.advance(Duration::from_secs(8 * 24 * 3600));
        work(&world).await;
        assert_eq!(self::import(&world, &import).await["state"], "cancelled", "{}", world.engine);
        let mut tx = world.db.read().await.unwrap();
        assert_eq!(imports::content(&mut tx, id.parse().unwrap()).await.unwrap(), None, "{}", world.engine);
    }
}

/// Name, type, content, and a word of the reason.
fn harmful_files() -> Vec<(&'static str, &'static str, Vec<u8>, &'static str)> {
    let shared = |text: &str| workbook_with(SHEET, &format!("<sst xmlns=\"x\" {text}</sst>"));
    let lido =
        |inner: &str| format!("<lido:lidoWrap xmlns:lido=\"http://www.lido-schema.org\">{inner}</lido:lidoWrap>");
    let deep = lido(&("<lido:lido>".repeat(10_000) + &"</lido:lido>".repeat(10_000)));
    let wide = lido(&"<a/>".repeat(600_000));
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>".to_owned();
    let outside = "<!DOCTYPE l [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><l>&x;</l>".to_owned();
    let huge_cell = format!(
        "<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{}</t></is></c></row></sheetData>",
        "x".repeat(8_000_000)
    );
    // Five megabytes of tags in ten kilobytes, where the list of sheets should be.
    let bomb = file_of(&[("xl/workbook.xml", &"<x/>".repeat(1_300_000))]);
    vec![
        ("no workbook", XLSX, b"PK\x05\x06".to_vec(), "cannot be read"),
        ("a text", XLSX, b"title,type".to_vec(), "cannot be read"),
        ("another archive", XLSX, file_of(&[("a.txt", "b")]), "not an XLSX workbook"),
        (
            "a path out",
            XLSX,
            file_of(&[
                ("xl/workbook.xml", "<sheet id=\"r\"/>"),
                ("xl/_rels/workbook.xml.rels", "<r Id=\"r\" Target=\"../../../etc/passwd\"/>"),
            ]),
            "not in it",
        ),
        ("many parts", XLSX, file_of(&(0..2_100).map(|_| ("x", "")).collect::<Vec<_>>()), "parts"),
        ("a count that lies", XLSX, shared("uniqueCount=\"99999999999999\">"), "the file has no rows"),
        (
            "an index without text",
            XLSX,
            workbook_with("<sheetData><row><c t=\"s\"><v>7</v></c></row></sheetData>", "<sst/>"),
            "refers to a text",
        ),
        ("entities", XLSX, workbook_with("<!DOCTYPE s [<!ENTITY a \"b\">]><sheetData/>", "<sst/>"), "document type"),
        ("an entity of its own", XLSX, shared("><si><t>&a;</t></si>"), "entity"),
        ("a text without end", XLSX, workbook_with(&huge_cell, "<sst/>"), "no cell can hold"),
        ("a zip bomb", XLSX, bomb, "larger than"),
        (
            "rows that go back",
            XLSX,
            workbook_with("<sheetData><row r=\"5\"></row><row r=\"4\"></row></sheetData>", "<sst/>"),
            "out of order",
        ),
        (
            "a far column",
            XLSX,
            workbook_with("<sheetData><row r=\"1\"><c r=\"XFD1\"><v>1</v></c></row></sheetData>", "<sst/>"),
            "columns",
        ),
        ("not UTF-8", CSV, b"title\n\xff\xfe\n".to_vec(), "UTF-8"),
        ("an unknown column", CSV, b"title,institution_id\nA,x\n".to_vec(), "not known"),
        ("a state", CSV, b"title,status\nA,recovered\n".to_vec(), "not known"),
        ("many columns", CSV, vec![b','; 100_000], "cells"),
        ("nothing", CSV, b"title,type\n".to_vec(), "no record"),
        ("too many", CSV, "title\n".bytes().chain("x\n".repeat(20_001).into_bytes()).collect(), "more than 20000"),
        ("no LIDO", XML, b"<a/>".to_vec(), "not LIDO"),
        ("laughs", XML, laughs.into_bytes(), "not XML that is read here"),
        ("a file of ours", XML, outside.into_bytes(), "not XML that is read here"),
        ("deep", XML, deep.into_bytes(), "deep"),
        ("wide", XML, wide.into_bytes(), "nodes"),
        ("large", XML, vec![b' '; 6 * 1024 * 1024], "MiB"),
    ]
}

#[tokio::test]
async fn files_that_are_made_to_harm_are_refused_with_a_reason() {
    let title = |text: &str| format!("title,type,photographs\n{text},sculpture,none\n").into_bytes();
    let files = harmful_files();
    for world in worlds().await {
        let case = world.case().await;
        let query = format!("kind=objects&case={case}");
        for (name, kind, file, reason) in &files {
            let start = Instant::now();
            let import = checked(&world, &query, kind, file.clone()).await;
            assert_eq!(import["state"], "refused", "{} {name} {import}", world.engine);
            let message = import["message"].as_str().unwrap();
            assert!(message.contains(reason), "{} {name}: {message}", world.engine);
            assert!(!message.contains("root:"), "{name}");
            assert!(start.elapsed() < Duration::from_secs(20), "{} {name}: {:?}", world.engine, start.elapsed());
        }
        // What is wrong in one cell is told of that cell.
        for (name, text) in [
            ("NUL", "a\0b"),
            ("bidi", "a\u{202e}b"),
            ("line separator", "a\u{2028}b"),
            ("CR LF", "\"a\r\nBcc: x\""),
            ("ANSI", "a\u{1b}[31m"),
            ("formula", "=1+1"),
            ("command", "\"@SUM(1)\""),
        ] {
            let import = checked(&world, &query, CSV, title(text)).await;
            let found = errors(&world, &import).await;
            assert_eq!(
                (found.len(), &found[0]["row"], &found[0]["column"]),
                (1, &json!(2), &json!("title")),
                "{} {name} {found:?}",
                world.engine
            );
        }
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let import =
            checked(&world, &query, LINES, format!("{deep}\n{{\"title\": 1e400}}\n{{\"a\":1}}\nx").into()).await;
        assert_eq!(
            (state(&import), errors(&world, &import).await.len()),
            (("checked", 0, 4, 0), 4),
            "{}",
            world.engine
        );
        assert_eq!(objects(&world, &case).await.len(), 1, "{}", world.engine);
    }
}

#[tokio::test]
async fn an_upload_of_another_type_or_size_is_refused_at_once() {
    for world in worlds().await {
        for (query, kind, size, status) in [
            ("kind=cases", "image/png", 10, 415),
            ("kind=cases", "", 10, 415),
            ("kind=cases", CSV, 0, 400),
            ("kind=cases", CSV, 17 * 1024 * 1024, 413),
            ("kind=partners", CSV, 10, 422),
            ("kind=objects", CSV, 10, 422),
            ("kind=objects&case=case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00", CSV, 10, 404),
            ("kind=cases&state=done", CSV, 10, 400),
        ] {
            let answer = send(&world, "museum", query, kind, vec![b'x'; size]).await;
            assert_eq!(answer.status.as_u16(), status, "{} {query} {kind} {}", world.engine, answer.text);
        }
        assert_eq!(send(&world, "homeless", "kind=cases", CSV, vec![b'x']).await.problem(), "no-institution");
    }
}
