//! The 83 sample organisations in a real browser: on the map, in the table, and every field of one of them edited.

use serde_json::json;
use testkit::keys::Certificate;
use testkit_browser::{Browser, Look};

use crate::installation::{Form, Installation};

const SAMPLE: &str = include_str!("../../services/routing/data/sample_partners.csv");
const PASSWORD: &str = "a-long-enough-password";

/// Every text field with what is typed into it, in the order of the page, up to the addresses.
const TYPED: [(&str, &str); 15] = [
    ("Name", "Carabinieri TPC, renamed"),
    ("Languages", "fr;it"),
    ("First day", "2020-01-01"),
    ("Last day", ""),
    ("Scope", "IT;M49:039"),
    ("Keywords", "investigation;training"),
    ("Document", "MoU 7/2024"),
    ("Largest attachment (MiB)", "20"),
    ("Time zone", "Europe/Rome"),
    ("Working hours", "Mo-Fr 08:00-18:00"),
    ("Acknowledges within (hours)", "48"),
    ("Record checked on", "2026-11-01"),
    ("To be checked again on", "2027-11-01"),
    ("Notes", "Call before sending pictures."),
    ("Reason of this change", "Yearly review by telephone"),
];

/// A certificate, with its fingerprint as somebody read it out.
async fn type_key(browser: &Browser, certificate: &Certificate) -> String {
    let print = certificate.fingerprint("sha1");
    browser.fill("Fingerprint", &print).await.unwrap();
    browser.fill("Last day", "2028-01-01").await.unwrap();
    browser.fill("For the address", "new@tpc.police.example").await.unwrap();
    let type_key = "document.getElementsByName('keys[0][text]')[0].value = arguments[0]";
    browser.run(type_key, vec![json!(certificate.text())]).await.unwrap();
    print
}

async fn signed_in(here: &Installation, browser: &Browser) {
    let create =
        ["accounts", "create", "--email", "admin@x.example", "--name", "Admin", "--role", "admin", "--institution", ""];
    here.run(&create, PASSWORD);
    browser.goto(&format!("{}/sign-in?next=/partners", here.address)).await.unwrap();
    browser.run("document.getElementById('email').value = 'admin@x.example'", vec![]).await.unwrap();
    browser.run("document.getElementById('password').value = arguments[0]", vec![json!(PASSWORD)]).await.unwrap();
    browser.follow("Sign in").await.unwrap();
}

async fn count(browser: &Browser, selector: &str) -> u64 {
    let script = "return document.querySelectorAll(arguments[0]).length";
    browser.run(script, vec![json!(selector)]).await.unwrap().as_u64().unwrap()
}

async fn value(browser: &Browser, name: &str) -> String {
    let script = "return document.getElementsByName(arguments[0])[0].value";
    browser.run(script, vec![json!(name)]).await.unwrap().as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_directory_shows_on_a_map_and_in_a_table_and_every_field_is_edited() {
    let here = Installation::start(Form::Embedded, SAMPLE, None).await;
    let browser = Browser::start().await.unwrap();
    signed_in(&here, &browser).await;
    assert_eq!(count(&browser, "svg.map a .dot").await, 83, "{}", browser.text().await.unwrap());
    assert_eq!(count(&browser, "main table tbody tr").await, 83);
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.screenshot("partners/list-wide").await.unwrap();
    browser.look(Look { width: 360, dark: true }).await.unwrap();
    assert_eq!(browser.overflow().await.unwrap(), None);
    browser.screenshot("partners/list-narrow").await.unwrap();
    browser.look(Look::WIDE).await.unwrap();

    browser.goto(&format!("{}/partners?q=Carabinieri", here.address)).await.unwrap();
    assert_eq!(count(&browser, "svg.map a .dot").await, 1);
    let page = "return document.querySelector('main tbody a').href";
    let page = browser.run(page, vec![]).await.unwrap().as_str().unwrap().to_owned();
    browser.goto(&page).await.unwrap();
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.screenshot("partners/partner-wide").await.unwrap();
    browser.follow("Change this partner").await.unwrap();
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());

    // Errors keep what was typed.
    browser.fill("Scope", "Italy").await.unwrap();
    browser.fill("Reason of this change", "kept").await.unwrap();
    browser.follow("Change the partner").await.unwrap();
    assert_eq!((value(&browser, "scope").await.as_str(), value(&browser, "reason").await.as_str()), ("Italy", "kept"));

    browser.goto(&format!("{page}/edit")).await.unwrap();
    for (field, text) in &TYPED[..2] {
        browser.fill(field, text).await.unwrap();
    }
    browser.choose("Clearance", "TLP:RED").await.unwrap();
    browser.choose("Part of", "INTERPOL").await.unwrap();
    browser.choose("Successor", "Guardia").await.unwrap();
    for (field, text) in &TYPED[2..6] {
        browser.fill(field, text).await.unwrap();
    }
    browser.choose("Legal ground", "Law").await.unwrap();
    browser.fill("Document", TYPED[6].1).await.unwrap();
    browser.tick("Emergency, collection at risk").await.unwrap();
    browser.choose("Channel", "Machine").await.unwrap();
    for (field, text) in &TYPED[7..11] {
        browser.fill(field, text).await.unwrap();
    }
    browser.choose("Acknowledged by", "Every").await.unwrap();
    browser.fill("E-mail address", "new@tpc.police.example").await.unwrap();
    browser.fill("Person", "Anna Rossi").await.unwrap();
    browser.choose("Clearance", "TLP:GREEN").await.unwrap();
    browser.choose("Role", "Second").await.unwrap();
    let certificate = Certificate::new("new@tpc.police.example", "rsa:2048", "keyEncipherment", 3650);
    let print = type_key(&browser, &certificate).await;
    for (field, text) in &TYPED[11..] {
        browser.fill(field, text).await.unwrap();
    }
    browser.screenshot("partners/form-wide").await.unwrap();
    browser.follow("Change the partner").await.unwrap();
    let text = browser.text().await.unwrap();
    assert!(text.contains("the rest waits until a second person agrees"), "{text}");
    // What is dangerous waits and is shown as such; the rest is there.
    for waits in ["TLP:RED", "Guardia", "new@tpc.police.example", "Anna Rossi", &print, "Carabinieri TPC, renamed"] {
        assert!(text.contains(waits), "{waits}: {text}");
    }
    for waits in ["MoU 7/2024", "training", "waits for a second person"] {
        assert!(text.contains(waits), "{waits}: {text}");
    }
    for there in ["20 MiB", "Europe/Rome", "48 hours", "2027-11-01"] {
        assert!(text.contains(there), "{there}: {text}");
    }
    assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new());
    browser.screenshot("partners/waiting-wide").await.unwrap();
    browser.goto(&format!("{page}/edit")).await.unwrap();
    for (name, expected) in [
        ("languages", "fr; it"),
        // A first day where there was none could silence a police unit: it waits with the rest.
        ("valid_from", ""),
        ("scope", "IT;M49:039"),
        ("channel", "feed"),
        ("max_attachment_mib", "20"),
        ("zone", "Europe/Rome"),
        ("working_week", "Mo-Fr 08:00-18:00"),
        ("acknowledge_within_hours", "48"),
        ("acknowledged_by", "all"),
        ("contacts[0][role]", "second"),
        ("verified_on", "2026-11-01"),
        ("review_on", "2027-11-01"),
        ("notes", "Call before sending pictures."),
    ] {
        assert_eq!(value(&browser, name).await, expected, "{name}");
    }
    for page in ["/partners/changes", "/partners/hygiene", "/partners/import"] {
        browser.goto(&format!("{}{page}", here.address)).await.unwrap();
        assert_eq!(browser.faults().await.unwrap(), Vec::<String>::new(), "{page}");
        browser.screenshot(&format!("partners{}", page.replace("/partners", ""))).await.unwrap();
        browser.look(Look { width: 360, dark: false }).await.unwrap();
        assert_eq!(browser.overflow().await.unwrap(), None, "{page}");
        browser.look(Look::WIDE).await.unwrap();
    }
}
