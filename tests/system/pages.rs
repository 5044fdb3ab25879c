//! Every page in a real browser: the main job by forms and keyboard alone, and each page looked at in every look.

use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use testkit::poll::wait_until;
use testkit::process::Service;
use testkit_browser::{Browser, Look};

use crate::installation::PATIENCE;
use crate::kinds::KINDS;

/// Of everybody in the demonstration.
pub const PASSWORD: &str = "the-bell-of-the-town";

/// The demonstration: a directory, one account of each role, one case that was told.
pub struct Desk {
    _service: Service,
    _folder: tempfile::TempDir,
    /// What a person looks at.
    pub browser: Browser,
    /// Where the console answers.
    pub address: String,
    /// What is wrong with pages, told together at the end: one fault must not hide the next.
    pub faults: String,
}

impl Desk {
    /// Starts it, and a browser.
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command.args(["demo", "--port", "0", "--data", &folder.path().display().to_string()]);
        command.current_dir(folder.path());
        let service = Service::spawn("demo", command).unwrap();
        service.wait_for_log("Stop with Ctrl-C", Duration::from_secs(120)).await.unwrap();
        let line = service.wait_for_log("Console: ", PATIENCE).await.unwrap();
        let address = line.split_whitespace().nth(1).unwrap().to_owned();
        let browser = Browser::start().await.unwrap();
        Self { _service: service, _folder: folder, browser, address, faults: String::new() }
    }

    /// Goes to a page.
    pub async fn goto(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.address)).await.unwrap();
    }

    async fn path(&self) -> String {
        self.browser.address().await.unwrap().replacen(&self.address, "", 1)
    }

    /// Signs in by the form.
    pub async fn sign_in(&self, who: &str) {
        self.goto("/sign-in").await;
        self.browser.fill("E-mail address", &format!("{who}@demo.example")).await.unwrap();
        self.browser.fill("Password", PASSWORD).await.unwrap();
        self.browser.follow("Sign in").await.unwrap();
        assert!(!self.path().await.starts_with("/sign-in"), "{}", self.text().await);
    }

    /// Signs out by the button.
    pub async fn sign_out(&self) {
        self.browser.follow("Sign out").await.unwrap();
        assert!(self.text().await.contains("You are signed out"));
    }

    async fn text(&self) -> String {
        self.browser.text().await.unwrap()
    }

    /// The page holds these words.
    pub async fn says(&self, words: &str) {
        let text = self.text().await;
        assert!(text.contains(words), "{words:?} at {}: {text}", self.path().await);
    }

    async fn run(&self, script: &str) -> Value {
        self.browser.run(script, vec![]).await.unwrap()
    }

    async fn is_in_summary(&self) -> bool {
        self.run("return document.activeElement.classList.contains('summary')").await == json!(true)
    }

    /// What this page lacks for people with disabilities, and whether it complained.
    pub async fn check(&mut self, name: &str) {
        let mut faults = self.browser.faults().await.unwrap();
        if let Some(wide) = self.browser.overflow().await.unwrap() {
            faults.push(format!("sticks out: {wide}"));
        }
        let complaints = self.browser.complaints().await.unwrap();
        // A page that says 404 or 422 is a page all the same; and the browser's advice to its own password manager, which
        // wants the address of the person who types, does not fit a form by which one person makes another's account.
        let no_fault = ["the server responded with a status of", "[DOM] Input elements should have autocomplete"];
        faults.extend(complaints.into_iter().filter(|text| no_fault.iter().all(|words| !text.contains(words))));
        for fault in faults {
            writeln!(self.faults, "{name}: {fault}").unwrap();
        }
    }

    /// Pictures of a page in every look, each checked.
    pub async fn gallery(&mut self, name: &str, path: &str) {
        for look in Look::ALL {
            self.browser.look(look).await.unwrap();
            self.goto(path).await;
            let full = format!("{name}-{}{}", look.width, if look.dark { "-dark" } else { "" });
            self.browser.screenshot(&full).await.unwrap();
            self.check(&full).await;
        }
        self.browser.look(Look::WIDE).await.unwrap();
    }

    /// The page that the browser shows, read from right to left, wide and narrow.
    pub async fn turned(&mut self, name: &str) {
        self.run("document.documentElement.dir = 'rtl'").await;
        for look in [Look::WIDE, Look { width: 360, dark: false }] {
            self.browser.look(look).await.unwrap();
            let full = format!("rtl/{name}-{}", look.width);
            self.browser.screenshot(&full).await.unwrap();
            self.check(&full).await;
        }
        self.browser.look(Look::WIDE).await.unwrap();
        self.run("document.documentElement.dir = 'ltr'").await;
    }

    /// The same for the page that the browser shows: one that cannot be reached by its address.
    pub async fn picture(&mut self, name: &str) {
        for look in Look::ALL {
            self.browser.look(look).await.unwrap();
            let full = format!("{name}-{}{}", look.width, if look.dark { "-dark" } else { "" });
            self.browser.screenshot(&full).await.unwrap();
            self.check(&full).await;
        }
        self.browser.look(Look::WIDE).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_by_forms_and_keyboard_alone_and_every_page_can_be_read() {
    let mut desk = Desk::open().await;
    let case = register(&mut desk).await;
    verify_and_draft(&mut desk, &case).await;
    release(&mut desk, &case).await;
    acknowledge(&mut desk, &case).await;
    look_around(&mut desk, &case).await;
    assert!(desk.faults.is_empty(), "\n{}", desk.faults);
}

/// Each kind of event by its own form: one is kept as a draft on the way, all are verified, drafted and released by hand.
#[tokio::test(flavor = "multi_thread")]
async fn every_kind_goes_from_its_form_to_a_released_alert() {
    let mut desk = Desk::open().await;
    desk.sign_in("museum").await;
    let mut cases = Vec::new();
    for kind in &KINDS {
        desk.goto("/cases/new").await;
        desk.browser.follow(kind.link).await.unwrap();
        if kind.event == "theft" {
            desk.browser.fill("Title", "Begun on the telephone").await.unwrap();
            desk.browser.follow("Save as draft").await.unwrap();
            desk.says("The draft is saved").await;
            desk.says("How complete it is").await;
            desk.picture("reporter/draft").await;
            desk.gallery("reporter/drafts", "/report-drafts").await;
            desk.browser.follow("Begun on the telephone").await.unwrap();
        }
        kind.fill(&desk.browser).await;
        desk.browser.follow("Register the case").await.unwrap();
        desk.says("The case is registered").await;
        cases.push(desk.path().await.split('?').next().unwrap().to_owned());
    }
    // A correction by hand: what was recorded is in the form, and what is wrong stands beside its field.
    let path = format!("{}/edit", cases[0]);
    desk.gallery("reporter/correct", &path).await;
    desk.goto(&path).await;
    desk.browser.fill("Lost not after", "2020-01-01").await.unwrap();
    desk.browser.follow("Save the correction").await.unwrap();
    desk.says("Lost not after must not be before the earliest day").await;
    desk.browser.fill("Lost not after", "2026-01-12").await.unwrap();
    desk.browser.follow("Save the correction").await.unwrap();
    desk.says("The correction is saved").await;
    desk.sign_out().await;

    desk.sign_in("officer").await;
    for case in &cases {
        desk.goto(case).await;
        desk.browser.choose("Certainty", "Likely").await.unwrap();
        desk.browser.choose("Evidence", "Inventory").await.unwrap();
        desk.browser.follow("Record the verification").await.unwrap();
        desk.browser.choose("What it says", "Alert").await.unwrap();
        desk.browser.follow("Draft it").await.unwrap();
    }
    desk.sign_out().await;

    desk.sign_in("second").await;
    desk.gallery("officer/drafts-to-release", "/cases?waiting=release").await;
    for (case, kind) in cases.iter().zip(&KINDS) {
        desk.goto(case).await;
        if kind.event == "theft" {
            // Given for later first, and called back.
            desk.browser.tab_to("Release it for later").await.unwrap();
            desk.browser.press(testkit_browser::Key::Enter).await.unwrap();
            desk.browser.fill("Not before (UTC)", "2099-01-01T09:00").await.unwrap();
            desk.browser.follow("Release v1 for that moment").await.unwrap();
            desk.says("must be within a year").await;
            let soon = "return new Date(Date.now() + 864e5).toISOString().slice(0, 16)";
            let soon = desk.run(soon).await.as_str().unwrap().to_owned();
            desk.browser.fill("Not before (UTC)", &soon).await.unwrap();
            desk.browser.follow("Release v1 for that moment").await.unwrap();
            desk.says("The word is given").await;
            desk.picture("officer/scheduled").await;
            desk.browser.follow("Call it back").await.unwrap();
            desk.says("It is called back").await;
        }
        desk.browser.follow("Release v1").await.unwrap();
        desk.says("The alert is released").await;
        desk.says("Alert, version 1: released").await;
    }
    desk.sign_out().await;
    assert!(desk.faults.is_empty(), "\n{}", desk.faults);
}

/// The museum registers a theft: an error first, with nothing typed lost.
async fn register(desk: &mut Desk) -> String {
    desk.goto("/cases").await;
    assert_eq!(desk.path().await, "/sign-in?next=/cases");
    desk.browser.fill("E-mail address", "museum@demo.example").await.unwrap();
    desk.browser.fill("Password", "a wrong one").await.unwrap();
    desk.browser.follow("Sign in").await.unwrap();
    assert!(desk.is_in_summary().await, "the reader hears what is wrong");
    desk.picture("anonymous/sign-in-refused").await;
    desk.browser.fill("Password", PASSWORD).await.unwrap();
    desk.browser.follow("Sign in").await.unwrap();
    assert_eq!(desk.path().await, "/cases");

    desk.browser.follow("Register a case").await.unwrap();
    desk.browser.follow("Theft").await.unwrap();
    let browser = &desk.browser;
    browser.fill("Title", "Bronze ewer of the north wing").await.unwrap();
    browser.fill("Holder", "Musée national, aile nord").await.unwrap();
    browser.follow("Register the case").await.unwrap();
    assert!(desk.is_in_summary().await, "the focus is where the errors are told");
    desk.says("Country is required").await;
    desk.picture("reporter/register-with-errors").await;
    // The errors are links to their fields.
    let browser = &desk.browser;
    desk.run("document.querySelector('.summary').focus()").await;
    browser.tab_to("Country is required").await.unwrap();
    browser.press(testkit_browser::Key::Enter).await.unwrap();
    wait_until("the focus in the field", PATIENCE, async || browser.focused().await.unwrap() == "Country")
        .await
        .unwrap();
    let kept = "return [...document.querySelectorAll('input, select')].map((field) => field.value).filter(Boolean)";
    let kept = desk.run(kept).await.to_string();
    for typed in ["Bronze ewer of the north wing", "Musée national, aile nord"] {
        assert!(kept.contains(typed), "{typed} is lost: {kept}");
    }

    desk.run("document.querySelector('.summary').focus()").await;
    browser.choose("Country", "Burkina").await.unwrap();
    browser.fill("Lost not before", "2026-01-10").await.unwrap();
    browser.fill("Lost not after", "2026-01-11").await.unwrap();
    browser.choose("Language of this report", "Fran").await.unwrap();
    browser.choose("Kind of place", "Museum").await.unwrap();
    browser.fill("Place", "Ouagadougou, salle 4").await.unwrap();
    browser.choose("How it was lost", "Burglary").await.unwrap();
    browser.tick("Not yet: the police have given no reference so far").await.unwrap();
    browser.choose("Photographs", "Available").await.unwrap();
    browser.fill("Title", "Bronze ewer").await.unwrap();
    browser.choose("Type of object", "Ethnographic").await.unwrap();
    browser.fill("Your name", "Awa Ouédraogo").await.unwrap();
    browser.choose("You report as", "Holder").await.unwrap();
    browser.follow("Register the case").await.unwrap();
    desk.says("The case is registered").await;
    desk.says("TOC-20").await;
    let case = desk.path().await.split('?').next().unwrap().to_owned();
    desk.picture("reporter/registered").await;
    desk.sign_out().await;
    case
}

async fn verify_and_draft(desk: &mut Desk, case: &str) {
    desk.sign_in("officer").await;
    desk.goto(case).await;
    desk.browser.choose("Certainty", "Likely").await.unwrap();
    desk.browser.choose("Evidence", "Inventory").await.unwrap();
    desk.browser.follow("Record the verification").await.unwrap();
    desk.browser.choose("What it says", "Alert").await.unwrap();
    desk.browser.follow("Draft it").await.unwrap();
    desk.says("You drafted this one").await;
    desk.picture("officer/own-draft").await;
    desk.sign_out().await;
}

async fn release(desk: &mut Desk, case: &str) {
    desk.sign_in("second").await;
    desk.goto(case).await;
    desk.says("you are the second officer").await;
    desk.picture("officer/draft-of-a-colleague").await;
    desk.browser.follow("Release v1").await.unwrap();
    desk.browser.follow("Who was told").await.unwrap();
    wait_until("every mail to be accepted", PATIENCE, async || {
        desk.goto(&format!("{case}/notified")).await;
        let text = desk.text().await;
        text.contains("partners told")
            && !text.to_lowercase().contains("pending")
            && text.contains("Not told of version 1")
    })
    .await
    .unwrap();
    desk.sign_out().await;
}

/// A partner follows the link of its mail: looking acknowledges nothing, the button does.
async fn acknowledge(desk: &mut Desk, case: &str) {
    desk.sign_in("auditor").await;
    desk.goto("/mail").await;
    let english = "return [...document.querySelectorAll('tbody a')].map((a) => a.innerText + '|' + a.pathname)
        .find((mail) => mail.includes('ewer') && mail.includes('Theft'))?.split('|').pop() ?? ''";
    let mail = desk.run(english).await.as_str().unwrap().to_owned();
    assert!(!mail.is_empty(), "no English mail: {}", desk.text().await);
    desk.goto(&mail).await;
    desk.says("TLP:").await;
    desk.picture("officer/mail").await;
    let text = desk.text().await;
    let link = text.split_whitespace().find(|word| word.contains("/a/")).expect("a signed link").to_owned();
    let told = format!("{case}/notified");
    desk.goto(&told).await;
    desk.says(" 0 acknowledged").await;
    desk.sign_out().await;

    // The partner has no account.
    for _ in 0..3 {
        desk.browser.goto(&link).await.unwrap();
    }
    desk.picture("partner/acknowledge").await;
    desk.browser.fill("Your name or unit", "Duty desk, Sgt. Doe").await.unwrap();
    desk.browser.follow("We take charge").await.unwrap();
    desk.says("You take charge, since").await;
    desk.picture("partner/acknowledged").await;
    desk.browser.follow("We have information").await.unwrap();
    desk.browser.follow("Send to the desk").await.unwrap();
    assert!(desk.is_in_summary().await, "the reader hears what is wrong");
    desk.picture("partner/sighting-with-errors").await;
    desk.browser.fill("What was seen", "In the window of a gallery").await.unwrap();
    desk.browser.fill("Place", "Brussels, Sablon").await.unwrap();
    desk.browser.choose("Country", "Belgium").await.unwrap();
    desk.browser.fill("Day on which it was seen", "2026-01-20").await.unwrap();
    desk.browser.fill("Source", "A colleague").await.unwrap();
    desk.browser.fill("Your name or unit", "Duty desk, Sgt. Doe").await.unwrap();
    desk.browser.follow("Send to the desk").await.unwrap();
    desk.says("Your information reached the desk").await;

    desk.sign_in("auditor").await;
    desk.goto(&told).await;
    desk.says(" 1 acknowledged").await;
    desk.says("Duty desk, Sgt. Doe").await;
    desk.sign_out().await;
}

/// Every page of every role in every look.
async fn look_around(desk: &mut Desk, case: &str) {
    let told = format!("{case}/notified");
    for (name, path) in [("sign-in", "/sign-in"), ("api", "/api"), ("not-found", "/nowhere"), ("bad-link", "/a/x")] {
        desk.gallery(&format!("anonymous/{name}"), path).await;
    }
    desk.sign_in("museum").await;
    for (name, path) in [
        ("home", "/"),
        ("cases", "/cases"),
        ("nothing-found", "/cases?q=TOC-1999-000001"),
        ("choose-kind", "/cases/new"),
        ("register-theft", "/cases/new?event=theft"),
        ("register-export", "/cases/new?event=illicit_export"),
        ("case", case),
        ("account", "/account"),
        ("forbidden", "/partners"),
    ] {
        desk.gallery(&format!("reporter/{name}"), path).await;
    }
    desk.sign_out().await;

    desk.sign_in("officer").await;
    desk.goto("/partners").await;
    let partner = desk.run("return document.querySelector('tbody a').pathname").await.as_str().unwrap().to_owned();
    desk.goto(&told).await;
    let one = "return document.querySelector('a[href^=\"/notifications/\"]').pathname";
    let one = desk.run(one).await.as_str().unwrap().to_owned();
    let evidence = format!("{case}/evidence");
    for (name, path) in [
        ("home", "/"),
        ("cases", "/cases"),
        ("register-for-others", "/cases/new?event=theft"),
        ("case", case),
        ("told", &told),
        ("evidence", &evidence),
        ("evidence-of-one", &one),
        ("meeting-pack", "/meeting-pack"),
        ("who-got-what", "/who-got-what"),
        ("reconciliation", "/reconciliation"),
        ("sightings", &format!("{case}/sightings")),
        ("sightings-waiting", "/sightings"),
        ("partners", "/partners"),
        ("partner", &partner),
        ("rules", "/rules"),
        ("deliveries", "/deliveries"),
        ("ledger", "/ledger"),
        ("mailbox", "/mail"),
    ] {
        desk.gallery(&format!("officer/{name}"), path).await;
    }
    for (name, path) in [("case", case), ("told", told.as_str()), ("evidence", evidence.as_str())] {
        desk.goto(path).await;
        desk.turned(name).await;
        desk.goto(path).await;
        desk.browser.look_printed().await.unwrap();
        let shown = "return ['.top', 'form button'].some((all) => [...document.querySelectorAll(all)]
            .some((one) => getComputedStyle(one).display !== 'none'))";
        assert_eq!(desk.run(shown).await, json!(false), "paper has no navigation and no buttons");
        desk.browser.screenshot(&format!("print/{name}")).await.unwrap();
        desk.browser.look(Look::WIDE).await.unwrap();
    }
    desk.sign_out().await;

    desk.sign_in("admin").await;
    desk.goto("/accounts").await;
    let account = desk.run("return document.querySelector('tbody a').pathname").await.as_str().unwrap().to_owned();
    for (name, path) in [
        ("home", "/"),
        ("accounts", "/accounts"),
        ("account", &account),
        ("parked", "/parked"),
        ("partner", &partner),
        ("new-partner", "/partners/new"),
        ("import", "/partners/import"),
        ("rules", "/rules"),
    ] {
        desk.gallery(&format!("admin/{name}"), path).await;
    }
    // By the navigation alone, every page of it is there.
    desk.goto("/cases").await;
    let links = desk.run("return [...document.querySelectorAll('.top nav a')].map((a) => a.innerText)").await;
    for link in links.as_array().unwrap() {
        desk.browser.follow(link.as_str().unwrap()).await.unwrap();
        let current = desk.run("return document.querySelector('.top nav a[aria-current]')?.innerText ?? ''").await;
        assert_eq!(current, *link);
    }
    desk.sign_out().await;
}
