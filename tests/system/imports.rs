//! Ten thousand objects in one workbook: they come in once, although their worker is killed on the way, and the
//! process that reads them stays small.

use std::collections::BTreeSet;
use std::time::Duration;

use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};
use testkit::poll::wait_for;

use crate::installation::{Form, Installation, PATIENCE, report};

const OBJECTS: u32 = 10_000;
/// What the process may have taken of memory at its peak, in KiB.
const MOST_KIB: u64 = 300 * 1024;

fn workbook() -> Vec<u8> {
    let columns = [
        "title",
        "type",
        "photographs",
        "type_detail",
        "materials",
        "measurements",
        "distinguishing_features",
        "subject",
        "date_or_period",
        "maker",
        "description",
        "inventory_number",
        "flags",
        "date_documented",
    ];
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    for (column, name) in (0_u16..).zip(columns) {
        sheet.write(0, column, name).unwrap();
    }
    for row in 1..=OBJECTS {
        let texts = [
            format!("Object {row}"),
            "ceramic_glass".to_owned(),
            "none".to_owned(),
            "spindle whorl".to_owned(),
            "terracotta, incised and burnished".to_owned(),
            format!("diameter {}.5 mm; height {} mm", 10 + row % 40, 5 + row % 9),
            format!("Chip of {} mm at the rim; traces of red slip; old label {row}", row % 11),
            "Geometric bands".to_owned(),
            "1st millennium BCE".to_owned(),
            format!("Workshop {}", row % 300),
            format!(
                "Found in trench {}, layer {}. Drawn and described at the stock-taking of the store room.",
                row % 90,
                row % 12
            ),
            format!("MN {}.{row}", 1900 + row % 120),
            "inventoried".to_owned(),
        ];
        for (column, text) in (0_u16..).zip(texts) {
            sheet.write(row, column, text).unwrap();
        }
        sheet.write_with_format(row, 13, 45_000.0 + f64::from(row % 900), &date).unwrap();
    }
    book.save_to_buffer().unwrap()
}

/// The most memory a process has had so far (proc(5), VmHWM).
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Kills the process that works, once the import has come past `mark`, and starts it again.
async fn kill_after(here: &mut Installation, path: &str, field: &str, mark: i64) -> (u64, i64) {
    let at = wait_for("the import moves on", PATIENCE, async || {
        let import = get(here, path).await?;
        let at = import[field].as_i64()?;
        (at > mark).then_some(at)
    });
    let at = at.await.unwrap();
    let (_, service) = here.processes.iter_mut().find(|(name, _)| name.contains("intake")).unwrap();
    let peak = peak_kib(service.pid());
    service.restart().await.unwrap();
    (peak, at)
}

async fn get(here: &Installation, path: &str) -> Option<Value> {
    let http = reqwest::Client::new();
    let request = http.get(format!("{}{path}", here.address)).bearer_auth(&here.tokens[0]);
    let answer = request.timeout(Duration::from_secs(30)).send().await.ok()?;
    if answer.status().is_success() { answer.json().await.ok() } else { None }
}

async fn until(here: &Installation, path: &str, state: &str) -> Value {
    let limit = Duration::from_secs(180);
    wait_for(state, limit, async || get(here, path).await.filter(|import| import["state"] == state)).await.unwrap()
}

/// Gives the peaks of memory in KiB, each with how many records were done then.
async fn ten_thousand_objects_come_in_once_and_the_process_stays_small(form: Form) -> Vec<(u64, i64)> {
    let mut here = Installation::start(form, &crate::installation::directory(1, 0), None).await;
    let case = here.insist(0, "/api/v1/cases", &report(1)).await["id"].as_str().unwrap().to_owned();
    let http = reqwest::Client::new();
    let url = format!("{}/api/v1/imports?kind=objects&case={case}&name=store-room.xlsx", here.address);
    let sent = http
        .post(url)
        .bearer_auth(&here.tokens[0])
        .header("content-type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        .body(workbook())
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status().as_u16(), 202, "{form:?}");
    let import: Value = sent.json().await.unwrap();
    let path = format!("/api/v1/imports/{}", import["id"].as_str().unwrap());

    let mut seen = Vec::new();
    seen.push(kill_after(&mut here, &path, "good", 0).await);
    seen.push(kill_after(&mut here, &path, "good", seen[0].1).await);
    let checked = until(&here, &path, "checked").await;
    assert_eq!((checked["good"].as_i64(), checked["bad"].as_i64()), (Some(10_000), Some(0)), "{form:?}");
    here.insist(0, &format!("{path}/confirm"), &json!({"mode": "skip_bad"})).await;
    seen.push(kill_after(&mut here, &path, "imported", 0).await);
    seen.push(kill_after(&mut here, &path, "imported", seen[2].1).await);
    let done = until(&here, &path, "done").await;
    assert_eq!(done["imported"].as_i64(), Some(10_000), "{form:?}");
    let (_, service) = here.processes.iter().find(|(name, _)| name.contains("intake")).unwrap();
    seen.push((peak_kib(service.pid()), 10_000));

    let view = get(&here, &format!("/api/v1/cases/{case}")).await.unwrap();
    let objects = view["objects"].as_array().unwrap();
    let titles: BTreeSet<_> = objects.iter().map(|object| object["description"]["title"].as_str().unwrap()).collect();
    assert_eq!((objects.len(), titles.len()), (10_001, 10_001), "{form:?}: no gap, none twice");
    let ordered = objects.iter().skip(1).zip(1..).all(|(object, number): (&Value, u32)| {
        object["description"]["title"] == format!("Object {number}") && object["ordinal"] == number + 1
    });
    assert!(ordered, "{form:?}: in the order of the file");
    for (peak, at) in &seen {
        assert!(*peak < MOST_KIB, "{form:?}: {peak} KiB at {at}");
    }
    // Each killed worker left with some done and some to do, so there was something to go on with.
    assert!(seen[..4].iter().filter(|(_, at)| (1..10_000).contains(at)).count() >= 2, "{form:?}: {seen:?}");
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"), "{form:?}");
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_objects_come_in_once_and_the_process_stays_small_embedded() {
    let peaks = ten_thousand_objects_come_in_once_and_the_process_stays_small(Form::Embedded).await;
    println!("peaks in KiB, and the records done then: {peaks:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_objects_come_in_once_and_the_process_stays_small_in_production() {
    let peaks = ten_thousand_objects_come_in_once_and_the_process_stays_small(Form::Production).await;
    println!("peaks in KiB, and the records done then: {peaks:?}");
}
