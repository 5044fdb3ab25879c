//! The pages of what comes after an alert, in a real browser: sightings with photographs, the way back with its documents and
//! time limits, the paper of the ICPRCP, imports, and the pages that ask once more. Each in every look, and from right to left.

use serde_json::{Value, json};

use crate::pages::{Desk, PASSWORD};
use crate::scenarios::picture;

/// Somebody of the demonstration, as a program.
struct Program {
    http: reqwest::Client,
    address: String,
}

impl Program {
    async fn of(desk: &Desk, who: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let this = Self { http, address: desk.address.clone() };
        let form = [("email", format!("{who}@demo.example")), ("password", PASSWORD.to_owned())];
        let answer = this.http.post(this.at("/sign-in")).form(&form).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        this
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    async fn get(&self, path: &str) -> Value {
        self.http.get(self.at(path)).send().await.unwrap().json().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let answer = self.http.post(self.at(path)).json(body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path} {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A file as a form brings it.
    async fn file(&self, path: &str, file: &[u8]) {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nNote verbale\r\n\
                    --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
        let head = if path.ends_with("/documents/file") { head } else { &head[head.rfind("--edge").unwrap()..] };
        let body = [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
        let request = self.http.post(self.at(path)).header("content-type", "multipart/form-data; boundary=edge");
        let answer = request.body(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {} {}", answer.status(), answer.text().await.unwrap());
    }
}

/// No blank to break at, as addresses, marks and file names are.
const LONG: &str =
    "https://auctions.example/catalogue/2026/spring/african-and-oceanic-art/lot-0123456789-head-of-a-figure";

/// Everything that may stand on these pages, with words that are too long for a telephone.
async fn fill(desk: &Desk) -> (String, String, String) {
    let officer = Program::of(desk, "officer").await;
    let cases = officer.get("/api/v1/cases").await;
    let case = cases["cases"][0]["id"].as_str().unwrap().to_owned();
    let object = officer.get(&format!("/api/v1/cases/{case}")).await["objects"][0]["id"].as_str().unwrap().to_owned();
    officer.file(&format!("/api/v1/objects/{object}/photos"), &picture()).await;
    let seen = json!({
        "what": format!("In the window. {LONG}"), "place": LONG, "country": "BE", "seen_on": "2026-01-20", "source": LONG
    });
    for _ in 0..2 {
        let sighting = officer.post(&format!("/api/v1/cases/{case}/sightings"), &seen).await;
        officer.file(&format!("/api/v1/sightings/{}/photo", sighting["id"].as_str().unwrap()), &picture()).await;
    }
    officer.post(&format!("/api/v1/objects/{object}/status"), &json!({"status": "secured", "note": "Seized."})).await;
    let route = json!({"route": "directive_2014_60", "instruments": ["unidroit_1995", "icprcp"]});
    let way = officer.post(&format!("/api/v1/objects/{object}/restitutions"), &route).await;
    let way = format!("/restitutions/{}", way["id"].as_str().unwrap());
    let api = format!("/api/v1{way}");
    for (role, country) in [("requesting_state", Some("BF")), ("holding_state", Some("BE")), ("possessor", None)] {
        let party = json!({"role": role, "name": format!("Office {LONG}"), "country": country, "contact": LONG});
        officer.post(&format!("{api}/parties"), &party).await;
    }
    let paper = json!({"title": format!("Extract {LONG}"), "sha256": "ab".repeat(32), "kept": LONG});
    officer.post(&format!("{api}/documents"), &paper).await;
    officer.file(&format!("{api}/documents/file"), &picture()).await;
    for step in
        ["loss_dated", "location_known", "possessor_known", "authority_knows", "removal_dated", "form_transmitted"]
    {
        let step = json!({"step": step, "happened_on": "2026-01-15", "confirmed": true, "note": LONG});
        officer.post(&format!("{api}/steps"), &step).await;
    }
    (format!("/cases/{case}"), format!("/objects/{object}"), way)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_after_an_alert_can_be_read_in_every_look_and_from_right_to_left() {
    let mut desk = Desk::open().await;
    let (case, object, way) = fill(&desk).await;
    desk.sign_in("officer").await;
    let sighting = format!("{case}/sightings");
    desk.goto(&sighting).await;
    let erase =
        desk.browser.run("return document.querySelector('a[href$=\"/erase\"]').pathname", vec![]).await.unwrap();
    let erase = erase.as_str().unwrap().to_owned();
    for (name, path) in [
        ("sightings", sighting.as_str()),
        ("sightings-waiting", "/sightings"),
        ("photographs", &format!("{object}/photos")),
        ("way-back", &format!("{object}/restitution")),
        ("icprcp", &format!("{way}/icprcp")),
        ("clocks", "/clocks"),
        ("erase-sighting", &erase),
        ("erase-party", &format!("{way}/parties/1/erase")),
        ("erase-document", &format!("{way}/documents/1/erase")),
        ("deliveries", "/deliveries"),
        ("unanswered", "/deliveries/unanswered"),
        ("returned", "/deliveries/returned"),
        ("duplicates", "/duplicates"),
        ("imports", "/imports"),
    ] {
        desk.gallery(&format!("later/{name}"), path).await;
        desk.goto(path).await;
        desk.turned(name).await;
    }
    desk.goto(&format!("{object}/photos")).await;
    let button = "return [...document.querySelector('form[action$=\"/remove\"] button').childNodes].map((one) => one.textContent).join(' ')";
    let button = desk.browser.run(button, vec![]).await.unwrap();
    desk.browser.follow(button.as_str().unwrap()).await.unwrap();
    desk.says("cannot be undone").await;
    desk.picture("later/take-back").await;
    desk.turned("take-back").await;
    desk.browser.follow("No, go back").await.unwrap();
    desk.says("Photographs of").await;
    desk.sign_out().await;

    let museum = Program::of(&desk, "museum").await;
    let table = format!("title,type,photographs\n{LONG},statue,none\nCup,ceramic_glass,none\n");
    let id = case.rsplit('/').next().unwrap();
    let request = museum.http.post(museum.at(&format!("/api/v1/imports?kind=objects&case={id}&name=depot.csv")));
    let answer = request.header("content-type", "text/csv").body(table).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    let import = answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned();
    testkit::poll::wait_until("the file is checked", crate::installation::PATIENCE, async || {
        museum.get(&format!("/api/v1/imports/{import}")).await["state"] == "checked"
    })
    .await
    .unwrap();
    desk.sign_in("museum").await;
    let path = format!("/imports/{import}");
    desk.gallery("later/import", &path).await;
    desk.goto(&path).await;
    desk.turned("import").await;
    desk.browser.follow("Throw it away").await.unwrap();
    desk.says("Nothing of it was registered").await;
    desk.picture("later/cancel-import").await;
    desk.turned("cancel-import").await;
    desk.browser.follow("Throw it away").await.unwrap();
    desk.says("Cancelled").await;

    desk.goto("/cases/new?event=theft").await;
    desk.browser.fill("Title", LONG).await.unwrap();
    desk.browser.follow("Save as draft").await.unwrap();
    desk.browser.follow("Throw the draft away").await.unwrap();
    desk.says("what was typed is deleted").await;
    desk.picture("later/discard-draft").await;
    desk.turned("discard-draft").await;
    desk.browser.follow("Throw it away").await.unwrap();
    desk.says("No drafts").await;
    assert!(desk.faults.is_empty(), "\n{}", desk.faults);
}
