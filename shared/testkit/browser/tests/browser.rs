//! The browser sees, types and leaves nothing behind.

use std::{fs, time::Duration};

use testkit::{process::Signal, wait_until};
use testkit_browser::{Browser, Key, Look};

/// Longer than anything honest takes on a loaded machine.
const LIMIT: Duration = Duration::from_secs(30);

/// A page without a server.
fn page(body: &str) -> String {
    let text = format!("<!doctype html><html lang=en><title>Page</title><main>{body}</main></html>");
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    format!("data:text/html;charset=utf-8,{encoded}")
}

const FORM: &str = "<h1>Form</h1><form>
    <label for=a>Name</label><input id=a value=old>
    <label for=b>Day</label><input id=b type=date>
    <label for=c>Event</label><select id=c><option>Theft<option>Looting</select>
    <label for=d>Urgent</label><input id=d type=checkbox>
    <button formaction='about:blank'>Send</button></form>";

#[tokio::test]
async fn a_form_is_used_by_keyboard_and_faults_are_found() {
    let browser = Browser::start().await.unwrap();
    browser.goto(&page(FORM)).await.unwrap();
    assert_eq!(browser.focused().await.unwrap(), "");
    browser.fill("Name", "new").await.unwrap();
    browser.fill("Day", "2026-03-01").await.unwrap();
    browser.choose("Event", "Loot").await.unwrap();
    browser.tick("Urgent").await.unwrap();
    let values = "return [...document.querySelectorAll('input, select')].map((field) => field.value + field.checked)";
    let values = browser.run(values, vec![]).await.unwrap();
    assert_eq!(values, serde_json::json!(["newfalse", "2026-03-01false", "Lootingundefined", "ontrue"]));
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    assert!(browser.tab_to("Never there").await.unwrap_err().to_string().contains("Send"));
    browser.press(Key::Escape).await.unwrap();

    browser.goto(&page("<h1>Bad</h1><input><p style='color:#999'>pale</p>")).await.unwrap();
    let faults = browser.faults().await.unwrap().join("\n");
    assert!(faults.contains("label:") && faults.contains("color-contrast:"), "{faults}");
}

#[tokio::test]
async fn looks_differ_and_a_page_that_sticks_out_is_named() {
    let browser = Browser::start().await.unwrap();
    browser.goto(&page("<h1>Wide</h1><p id=wide style='inline-size:500px'>wide</p>")).await.unwrap();
    assert_eq!(browser.overflow().await.unwrap(), None);
    browser.look(Look { width: 360, dark: true }).await.unwrap();
    assert!(browser.overflow().await.unwrap().unwrap().contains("id=\"wide\""));
    let dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches", vec![]).await.unwrap();
    assert_eq!(dark, true);
    let picture = browser.screenshot("testkit/narrow").await.unwrap();
    // Width and height stand big-endian in the header of a PNG.
    assert_eq!(fs::read(picture).unwrap()[16..20], 360_u32.to_be_bytes());
}

#[tokio::test]
async fn it_dies_when_it_is_dropped_and_when_its_driver_is_killed() {
    fn alive(profile: &str) -> bool {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        processes.map(|entry| fs::read(entry.path().join("cmdline")).unwrap_or_default()).any(|line| {
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains(profile)
        })
    }
    let browser = Browser::start().await.unwrap();
    let environment = fs::read(format!("/proc/{}/environ", browser.pid())).unwrap();
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let folder = environment.split('\0').find_map(|pair| pair.strip_prefix("TMPDIR=")).unwrap().to_owned();
    assert!(alive(&folder));
    Signal::Kill.send(browser.pid()).unwrap();
    wait_until("Chromium to go with its driver", LIMIT, async || !alive(&folder)).await.unwrap();
    drop(browser);
    assert!(!fs::exists(&folder).unwrap());

    let browser = Browser::start().await.unwrap();
    let pid = browser.pid();
    drop(browser);
    wait_until("the driver to go", LIMIT, async || !fs::exists(format!("/proc/{pid}")).unwrap()).await.unwrap();
}
