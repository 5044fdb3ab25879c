//! Each kind of event goes from a report to a released alert: through the API, and by the forms of a real browser. One
//! table over the kinds says what each of them needs besides what all need.

use std::time::Duration;

use serde_json::{Value, json};

use crate::installation::{Form, Installation, PATIENCE};

/// A field that only some kinds have: its pointer in a report and its label on the form, with its value in both.
struct Own {
    pointer: &'static str,
    label: &'static str,
    value: &'static str,
    input: Input,
}

/// How the field is filled in by hand.
#[derive(Clone, Copy)]
enum Input {
    /// Typed.
    Typed,
    /// Chosen from a list; the text begins so.
    Chosen(&'static str),
    /// One box of a group.
    Ticked(&'static str),
}

/// A kind of event.
pub struct Kind {
    /// Its code.
    pub event: &'static str,
    /// What the choice of kinds calls it.
    pub link: &'static str,
    /// The labels of the first and the last day, of the holder.
    days: [&'static str; 2],
    holder: &'static str,
    /// Whether it lists an object, and whether something is known to be lost.
    lists: bool,
    lost: bool,
    own: &'static [Own],
}

const fn typed(pointer: &'static str, label: &'static str, value: &'static str) -> Own {
    Own { pointer, label, value, input: Input::Typed }
}

const fn chosen(pointer: &'static str, label: &'static str, value: &'static str, text: &'static str) -> Own {
    Own { pointer, label, value, input: Input::Chosen(text) }
}

const TYPES: Own = Own {
    pointer: "/typology/types/0",
    label: "Types of objects",
    value: "coin_medal",
    input: Input::Ticked("Coin or medal"),
};

const LOST: [&str; 2] = ["Lost not before", "Lost not after"];

/// Every kind that is reported.
pub const KINDS: [Kind; 7] = [
    Kind { event: "theft", link: "Theft", days: LOST, holder: "Holder", lists: true, lost: true, own: &[] },
    Kind {
        event: "illicit_export",
        link: "Illicit export",
        days: ["Left not before", "Left not after"],
        holder: "Holder",
        lists: true,
        lost: true,
        own: &[
            chosen("/export/claiming_state", "Claiming state", "BF", "Burkina"),
            chosen("/export/permit", "Export permit", "none", "No"),
            chosen("/objects/0/origin_country", "Country of origin or discovery", "BF", "Burkina"),
        ],
    },
    Kind {
        event: "looting",
        link: "Looting",
        days: ["Not before", "Detected on"],
        holder: "Responsible for the site",
        lists: false,
        lost: true,
        own: &[
            typed("/looting/site", "Name of the site", "Apamea, eastern necropolis"),
            chosen("/looting/detected_by", "How it was detected", "satellite", "Satellite"),
            TYPES,
            typed("/typology/description", "What they look like", "Bronze coins with fresh earth"),
        ],
    },
    Kind {
        event: "missing",
        link: "Found missing at stock-taking",
        days: ["Last seen", "Not seen since"],
        holder: "Holder",
        lists: true,
        lost: true,
        own: &[
            typed("/loss/discovered", "Stock-taking on", "2026-01-12"),
            typed("/missing/inventory", "Inventory that lists it", "Register of deposits 1931"),
            typed("/objects/0/inventory_number", "Inventory number", "D 12"),
        ],
    },
    Kind {
        event: "emergency",
        link: "Emergency, collection at risk",
        days: ["At risk since", "As known on"],
        holder: "Holder",
        lists: false,
        lost: false,
        own: &[
            chosen("/emergency/threat", "Threat", "armed_conflict", "Armed"),
            typed("/emergency/extent", "What the collection holds", "About 4,000 coins"),
            TYPES,
            typed("/typology/description", "What they look like", "Coins of the northern mints"),
        ],
    },
    Kind {
        event: "seizure",
        link: "Seizure, owner unknown",
        days: ["Seized not before", "Seized not after"],
        holder: "Kept by",
        lists: true,
        lost: false,
        own: &[typed("/seizure/authority", "Seized by", "Customs, brigade of Lyon")],
    },
    Kind {
        event: "sighting",
        link: "Sighting",
        days: ["Seen first on", "Seen last on"],
        holder: "Shown or offered by",
        lists: true,
        lost: false,
        own: &[chosen("/sighting/venue", "Where you saw it", "auction", "Auction")],
    },
];

impl Kind {
    /// A report of this kind with what it needs and no more.
    fn report(&self) -> Value {
        let mut report = json!({
            "event": self.event, "title": format!("Of the kind {}", self.event), "country": "BF", "language": "fr",
            "label": "TLP:AMBER", "loss": {"earliest": "2026-01-10", "latest": "2026-01-11"},
            "circumstances": {"holder": "HOLDER-CANARY", "premises": "museum", "place": "PLACE-CANARY"},
            "reporter": {"name": "REPORTER-CANARY", "capacity": "national_authority"},
            "looting": {}, "missing": {}, "emergency": {}, "seizure": {}, "sighting": {}, "export": {},
            "typology": {"types": []}, "objects": []
        });
        if self.lost {
            report["circumstances"]["method"] = json!("unknown");
            report["circumstances"]["police_reference_not_yet"] = json!(true);
        }
        if self.lists {
            report["objects"] = json!([{"title": "Head", "type": "sculpture", "photographs": "none"}]);
        }
        for own in self.own {
            match own.pointer.strip_suffix("/0") {
                Some(list) => *report.pointer_mut(list).unwrap() = json!([own.value]),
                None => {
                    let (parent, field) = own.pointer.rsplit_once('/').unwrap();
                    report.pointer_mut(parent).unwrap()[field] = json!(own.value);
                }
            }
        }
        report
    }

    /// Fills in the form of this kind, which is on the screen.
    pub async fn fill(&self, browser: &testkit_browser::Browser) {
        browser.fill("Title", &format!("Of the kind {}", self.event)).await.unwrap();
        browser.choose("Country", "Burkina").await.unwrap();
        for (label, day) in self.days.into_iter().zip(["2026-01-10", "2026-01-11"]) {
            browser.fill(label, day).await.unwrap();
        }
        if let Some(own) = self.own.iter().find(|own| own.pointer == "/loss/discovered") {
            browser.fill(own.label, own.value).await.unwrap();
        }
        browser.choose("Language of this report", "Fran").await.unwrap();
        browser.fill(self.holder, "Musée national").await.unwrap();
        browser.choose("Kind of place", "Museum").await.unwrap();
        browser.fill("Place", "Ouagadougou").await.unwrap();
        if self.lost {
            browser.choose("How it was lost", "Unknown").await.unwrap();
            browser.tick("Not yet: the police have given no reference so far").await.unwrap();
        }
        let own = self.own.iter().filter(|own| own.pointer != "/loss/discovered");
        let (of_object, of_kind): (Vec<_>, Vec<_>) = own.partition(|own| own.pointer.starts_with("/objects/"));
        for own in of_kind {
            own.fill(browser).await;
        }
        if self.lists {
            browser.choose("Photographs", "No").await.unwrap();
            browser.fill("Title", "Head").await.unwrap();
            browser.choose("Type of object", "Sculpture").await.unwrap();
            for own in of_object {
                own.fill(browser).await;
            }
        }
        browser.fill("Your name", "Awa Ouédraogo").await.unwrap();
        browser.choose("You report as", "National").await.unwrap();
    }
}

impl Own {
    async fn fill(&self, browser: &testkit_browser::Browser) {
        match self.input {
            Input::Typed => browser.fill(self.label, self.value).await.unwrap(),
            Input::Chosen(text) => browser.choose(self.label, text).await.unwrap(),
            Input::Ticked(text) => browser.tick(text).await.unwrap(),
        }
    }
}

/// A directory of two units that hear of every kind.
fn directory() -> String {
    let head =
        "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,mail_content,address\n";
    let kinds = "theft;illicit_export;looting;missing;sighting;seizure;recovery;restitution;emergency";
    format!(
        "{head}Unit A,police,M49:001,fr,investigation,*,{kinds},amber,a@x.police.example\nUnit B,police,M49:001,en,investigation,*,{kinds},amber,b@x.police.example\n"
    )
}

/// Both units hear of each kind in turn, through the API.
async fn every_kind_goes_from_the_api_to_a_released_alert(form: Form) {
    let here = Installation::start(form, &directory(), None).await;
    for (place, kind) in KINDS.iter().enumerate() {
        let case = here.insist(0, "/api/v1/cases", &kind.report()).await;
        let id = case["id"].as_str().unwrap_or_else(|| panic!("{}: {case}", kind.event)).to_owned();
        here.verify_and_release(&id).await;
        let mails = here.sink.wait_for(2 * (place + 1), PATIENCE).await.unwrap();
        let told: Vec<_> =
            mails.iter().filter(|mail| mail.text().contains(&format!("Of the kind {}", kind.event))).collect();
        assert_eq!(told.len(), 2, "{form:?} {}", kind.event);
        for mail in told {
            assert!(
                mail.text().contains("HOLDER-CANARY") && !mail.text().contains("REPORTER-CANARY"),
                "{}",
                kind.event
            );
        }
    }
    testkit::poll::wait_until("the doctor finds nothing wrong", Duration::from_secs(60), async || {
        here.try_run(&["doctor"], "").0
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_goes_from_the_api_to_a_released_alert_embedded() {
    every_kind_goes_from_the_api_to_a_released_alert(Form::Embedded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_goes_from_the_api_to_a_released_alert_in_production() {
    every_kind_goes_from_the_api_to_a_released_alert(Form::Production).await;
}
