//! Real cases, as the field knows them, walked from report to proof on the embedded form. Each is a table: a directory,
//! a report, what happens, and who hears what; the mails are kept as snapshots that a person can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use mail_parser::MessageParser;
use serde_json::{Value, json};
use store::on_tx;
use testkit::poll::{wait_for, wait_until};
use testkit::sink::{Message, Rule, Stage};

use crate::installation::{Form, Installation, PATIENCE};

const HEAD: &str =
    "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,mail_content,address\n";

/// What the desk does next, and to whom it tells something.
enum Act {
    /// A status of an object, by its number.
    Status(usize, &'static str),
    /// A photograph of the first object arrives.
    Photo,
    /// A request to the API about the first object's way back; `{}` is the restitution.
    WayBack(&'static str, Value),
    /// A version is drafted by one officer and released by another; every partner of the table hears it.
    Tell(&'static str, Value),
}

/// One case of the table.
struct Scene {
    name: &'static str,
    /// Lines of a directory file: the partners that are told.
    told: &'static [&'static str],
    /// Lines of those that are not.
    not_told: &'static [&'static str],
    report: Value,
    verification: Value,
    acts: Vec<Act>,
    /// Whose mails are kept whole; of the others the subject.
    reader: &'static str,
    /// Where each object stands in the end.
    ends: &'static [(&'static str, usize)],
    /// The urgency of every version.
    urgency: &'static str,
}

fn subject(mail: &Message) -> String {
    let parsed = MessageParser::default().parse(&mail.data).unwrap();
    quiet(parsed.subject().unwrap_or_default())
}

/// The mail as its reader reads it, without what differs from run to run.
fn body(mail: &Message) -> String {
    let text = MessageParser::default().parse(&mail.data).unwrap().body_text(0).unwrap().replace("\r\n", "\n");
    // What stands below the rule is the same in every mail, but for the ledger's root.
    let above = text.split("\n____").next().unwrap_or_default();
    let lines = above.lines().map(|line| if line.contains("/a/") { "<signed link>" } else { line });
    quiet(&lines.collect::<Vec<_>>().join("\n"))
}

/// References count from the year.
fn quiet(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("TOC-20") {
        out.push_str(&rest[..at]);
        out.push_str("TOC-YEAR-NUMBER");
        rest = rest.get(at + "TOC-2026-000001".len()..).unwrap_or_default();
    }
    out + rest
}

/// A small photograph.
pub fn picture() -> Vec<u8> {
    let pixels =
        image::RgbImage::from_fn(96, 64, |x, y| image::Rgb([(x * 2).to_le_bytes()[0], y.to_le_bytes()[0], 90]));
    let mut file = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut file, image::ImageFormat::Png).unwrap();
    file.into_inner()
}

async fn play(scene: Scene) {
    let directory = format!("{HEAD}{}\n{}\n", scene.told.join("\n"), scene.not_told.join("\n"));
    let here = Installation::start(Form::Embedded, directory.trim_end(), None).await;
    let case = here.insist(0, "/api/v1/cases", &scene.report).await;
    let id = case["id"].as_str().unwrap().to_owned();
    here.insist(1, &format!("/api/v1/cases/{id}/verify"), &scene.verification).await;
    let view = here.get(1, &format!("/api/v1/cases/{id}")).await.unwrap();
    let objects: Vec<_> =
        view["objects"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect();
    let mut way_back = String::new();
    let mut heard = 0;
    for act in scene.acts {
        match act {
            Act::Status(number, status) => {
                let path = format!("/api/v1/objects/{}/status", objects[number - 1]);
                here.insist(1, &path, &json!({ "status": status })).await;
            }
            Act::Photo => here.photo(0, &objects[0], &picture()).await,
            Act::WayBack(path, body) => {
                let path = path.replace("{object}", &objects[0]).replace("{}", &way_back);
                let answer = here.insist(1, &path, &body).await;
                answer["id"].as_str().unwrap().clone_into(&mut way_back);
            }
            Act::Tell(kind, more) => {
                let mut draft = json!({ "kind": kind, "reach": "all" });
                draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                let alert = here.insist(1, &format!("/api/v1/cases/{id}/alerts"), &draft).await;
                assert_eq!(alert["urgency"], scene.urgency, "{} {kind}", scene.name);
                let path = format!("/api/v1/alerts/{}/release", alert["id"].as_str().unwrap());
                here.insist(2, &path, &json!({})).await;
                let all = here.sink.wait_for(heard + scene.told.len(), PATIENCE).await.unwrap();
                let new = &all[heard..];
                heard = all.len();
                let version = alert["version"].as_i64().unwrap();
                let text = told(new, scene.reader);
                insta::assert_snapshot!(format!("{}_v{version}_{kind}", scene.name), text);
            }
        }
    }
    let view = here.get(1, &format!("/api/v1/cases/{id}")).await.unwrap();
    let mut ends: BTreeMap<&str, usize> = BTreeMap::new();
    for object in view["objects"].as_array().unwrap() {
        *ends.entry(object["status"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(ends, scene.ends.iter().copied().collect(), "{}", scene.name);
    // Whoever was not told, with a reason; and all of it in a ledger that holds.
    let not_told = here.audit(&format!("/api/v1/cases/{id}/not-notified")).await.unwrap();
    for line in scene.not_told {
        let name = line.split(',').next().unwrap();
        let rows = not_told["not_notified"].as_array().unwrap();
        assert!(rows.iter().any(|row| row["partner"] == name && row["reason"] != ""), "{}: {name}", scene.name);
    }
    wait_until("the doctor finds nothing wrong", PATIENCE, async || here.try_run(&["doctor"], "").0).await.unwrap();
    assert_eq!(here.sink.messages().len(), heard, "{}: nobody else heard anything", scene.name);
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"), "{}", scene.name);
}

/// Each mail's reader and subject, and one of them whole.
fn told(mails: &[Message], reader: &str) -> String {
    let mut lines: Vec<_> = mails.iter().map(|mail| format!("{}: {}", mail.recipients[0], subject(mail))).collect();
    lines.sort();
    let mut text = lines.join("\n");
    let whole = mails.iter().find(|mail| mail.recipients[0] == reader).expect("the reader is told");
    write!(text, "\n\n{}", body(whole)).unwrap();
    text
}

fn circumstances(holder: &str, premises: &str, place: &str, method: &str) -> Value {
    json!({
        "holder": holder, "premises": premises, "place": place, "method": method, "police_reference_not_yet": true
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statuette_from_pobe_mengao_is_told_in_six_languages_to_neighbours_and_bodies() {
    play(Scene {
        name: "pobe_mengao",
        told: &[
            "Police BF,police,BF,fr,investigation,*,theft,amber,unit@bf.police.example",
            "Police GH,police,GH,en,investigation,*,theft,encrypted,unit@gh.police.example",
            "Police ES,police,ES,es,investigation,*,theft,encrypted,unit@es.police.example",
            "Museums,ngo,M49:011,ar,museums,*,theft,amber,desk@museums.ngo.example",
            "Experts,ngo,M49:002,ru,museums,ethnographic,theft,encrypted,desk@experts.ngo.example",
            "Sites,ngo,BF,zh,museums,*,theft,encrypted,desk@sites.ngo.example",
        ],
        not_told: &[
            "Police FJ,police,FJ,en,investigation,*,theft,encrypted,unit@fj.police.example",
            "Libraries,ngo,M49:001,en,libraries,book_manuscript,theft,encrypted,desk@libraries.ngo.example",
        ],
        report: json!({
            "event": "theft", "title": "Statuette de Pobé Mengao", "country": "BF", "language": "fr", "label": "TLP:AMBER",
            "loss": { "earliest": "2017-05-01", "latest": "2017-06-30", "discovered": "2017-07-03" },
            "circumstances": circumstances("Communauté villageoise", "place_of_worship", "Pobé Mengao", "stolen"),
            "reporter": { "name": "Musée national", "capacity": "holder" },
            "objects": [{
                "title": "Statuette d’ancêtre", "type": "ethnographic", "photographs": "none",
                "measurements": [{ "dimension": "height", "value": "55", "unit": "cm" }],
                "origin_country": "BF", "flags": ["sacred_or_communal"]
            }]
        }),
        verification: json!({ "certainty": "likely", "evidence": "inventory_extract" }),
        acts: vec![Act::Tell("alert", json!({}))],
        reader: "unit@bf.police.example",
        ends: &[("missing", 1)],
        urgency: "past",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cannon_from_haiti_get_an_update_when_a_photograph_arrives() {
    play(Scene {
        name: "haiti_cannon",
        told: &[
            "Police HT,police,HT,fr,investigation,*,theft,encrypted,unit@ht.police.example",
            "Police DO,police,DO,es,investigation,*,theft,encrypted,unit@do.police.example",
            "Monuments,ngo,M49:029,en,sites,arms_armour,theft,amber,desk@monuments.ngo.example",
        ],
        not_told: &["Police KE,police,KE,en,investigation,*,theft,encrypted,unit@ke.police.example"],
        report: json!({
            "event": "theft", "title": "Two bronze cannon", "country": "HT", "language": "en", "label": "TLP:AMBER",
            "loss": { "earliest": "2024-05-25", "latest": "2024-06-02", "discovered": "2024-06-02" },
            "circumstances": circumstances("Heritage institute", "monument", "Milot, fortress", "stolen"),
            "reporter": { "name": "Institute", "capacity": "national_authority" },
            "objects": [
                { "title": "Bronze cannon with dolphins", "type": "arms_armour", "photographs": "unknown",
                  "inventory_number": "MIL-1",
                  "flags": ["world_heritage_site", "inventoried"], "link": "pair", "link_name": "the two cannon" },
                { "title": "Bronze cannon with a crest", "type": "arms_armour", "photographs": "unknown",
                  "inventory_number": "MIL-2",
                  "flags": ["world_heritage_site", "inventoried"], "link": "pair", "link_name": "the two cannon" }
            ]
        }),
        verification: json!({ "certainty": "likely", "evidence": "site_inspection" }),
        acts: vec![
            Act::Tell("alert", json!({})),
            Act::Photo,
            Act::Tell("update", json!({ "message": "A photograph of the first cannon has arrived." })),
        ],
        reader: "desk@monuments.ngo.example",
        ends: &[("missing", 2)],
        urgency: "past",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twenty_six_caddo_vessels_nine_come_back_and_the_rest_are_searched_for_still() {
    let objects: Vec<_> = (1..=26)
        .map(|number| {
            json!({
                "title": format!("Caddo vessel {number}"), "type": "ceramic_glass", "photographs": "none",
                "inventory_number": format!("SAU-{number:03}"),
                "link": "stolen_together", "link_name": "the vessels of the store room"
            })
        })
        .collect();
    let back: Vec<_> = (1..=9).map(|number: usize| number.to_string()).collect();
    play(Scene {
        name: "caddo_vessels",
        told: &[
            "Police US,police,US,en,investigation,*,theft,encrypted,unit@us.police.example",
            "Dealers watch,ngo,M49:021,en,market,ceramic_glass,theft,amber,desk@dealers.ngo.example",
        ],
        not_told: &["Painting watch,ngo,US,en,market,painting,theft,encrypted,desk@painting.ngo.example"],
        report: json!({
            "event": "theft", "title": "26 Caddo vessels of a university", "country": "US", "language": "en",
            "label": "TLP:AMBER", "loss": { "earliest": "2006-11-01", "latest": "2007-01-15" },
            "circumstances": circumstances("University", "storage", "Magnolia, store room", "burglary"),
            "reporter": { "name": "Registrar", "capacity": "holder" }, "objects": objects
        }),
        verification: json!({ "certainty": "observed", "evidence": "police_report" }),
        acts: vec![
            Act::Tell("alert", json!({})),
            Act::Tell("recovery", json!({ "objects": back, "message": "Nine vessels are back." })),
        ],
        reader: "desk@dealers.ngo.example",
        ends: &[("missing", 17), ("recovered", 9)],
        urgency: "past",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_found_missing_at_stock_taking_is_told_without_alarm() {
    play(Scene {
        name: "french_deposit",
        told: &[
            "Police FR,police,FR,fr,investigation,*,missing,amber,unit@fr.police.example",
            "Musées,ngo,FR,fr,museums,*,missing,encrypted,desk@musees.ngo.example",
        ],
        not_told: &["Theft watch,ngo,FR,fr,museums,*,theft,encrypted,desk@theft.ngo.example"],
        report: json!({
            "event": "missing", "title": "Dépôt introuvable au récolement", "country": "FR", "language": "fr",
            "label": "TLP:AMBER",
            "loss": { "earliest": "1931-01-01", "latest": "2019-03-01", "discovered": "2019-03-01" },
            "circumstances": circumstances("Mairie", "museum", "Salle du conseil", "unknown"),
            "missing": { "inventory": "Registre des dépôts, 1931", "depositor": "Musée national" },
            "reporter": { "name": "Récolement", "capacity": "holder" },
            "objects": [{ "title": "Paysage", "type": "painting", "photographs": "none", "inventory_number": "D 12" }]
        }),
        verification: json!({ "certainty": "possible", "evidence": "stock_taking" }),
        acts: vec![Act::Tell("alert", json!({}))],
        reader: "unit@fr.police.example",
        ends: &[("missing", 1)],
        urgency: "past",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_ceramics_go_back_to_peru_and_everybody_who_heard_the_alarm_hears_it() {
    let ceramics: Vec<_> = (1..=4)
        .map(|number| {
            json!({
                "title": format!("Moche vessel {number}"), "type": "archaeological", "photographs": "none",
                "origin_country": "PE", "flags": ["national_treasure"]
            })
        })
        .collect();
    let mut acts = vec![Act::Tell("alert", json!({}))];
    acts.extend((1..=4).map(|number| Act::Status(number, "secured")));
    acts.extend([
        Act::WayBack(
            "/api/v1/objects/{object}/restitutions",
            json!({ "route": "bilateral", "instruments": ["unidroit_1995"] }),
        ),
        Act::WayBack(
            "/api/v1/restitutions/{}/parties",
            json!({ "role": "holding_state", "name": "Switzerland", "country": "CH" }),
        ),
        Act::WayBack(
            "/api/v1/restitutions/{}/steps",
            json!({ "step": "agreed", "happened_on": "2026-01-10", "confirmed": true, "note": "Signed in Bern." }),
        ),
        Act::WayBack(
            "/api/v1/restitutions/{}/steps",
            json!({ "step": "returned", "happened_on": "2026-01-20", "confirmed": true, "note": "At the embassy." }),
        ),
    ]);
    acts.extend((2..=4).map(|number| Act::Status(number, "returned")));
    acts.push(Act::Tell("restitution", json!({ "message": "Switzerland has returned the four vessels to Peru." })));
    play(Scene {
        name: "peru_ceramics",
        told: &[
            "Police PE,police,PE,es,investigation,*,illicit_export,encrypted,unit@pe.police.example",
            "Police CH,police,CH,fr,investigation,*,illicit_export,encrypted,unit@ch.police.example",
            "Museums,ngo,PE,en,museums,*,illicit_export,amber,desk@museums.ngo.example",
        ],
        not_told: &["Police KE,police,KE,en,investigation,*,illicit_export,encrypted,unit@ke.police.example"],
        report: json!({
            "event": "illicit_export", "title": "Four pre-Columbian ceramics", "country": "PE", "language": "es",
            "label": "TLP:AMBER", "loss": { "earliest": "2005-01-01", "latest": "2010-12-31" },
            "circumstances": circumstances("Estado peruano", "archaeological_site", "La Libertad", "clandestine_excavation"),
            "export": { "claiming_state": "PE", "permit": "none", "destinations": ["CH"] },
            "reporter": { "name": "Ministerio de Cultura", "capacity": "national_authority" },
            "objects": ceramics
        }),
        verification: json!({ "certainty": "likely", "evidence": "ministry_note" }),
        acts,
        reader: "desk@museums.ngo.example",
        ends: &[("returned", 4)],
        urgency: "past",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_told_twice_sends_nothing_and_a_lost_answer_is_resent_once_and_marked() {
    let unit = "unit@bf.police.example";
    let directory = format!("{HEAD}Police BF,police,BF,fr,investigation,*,theft,amber,{unit}\n");
    let here = Installation::start(Form::Embedded, &directory, None).await;
    // The mail server takes the mail, and its answer to the final dot is lost.
    here.sink.add(Rule::at(Stage::Dot).times(1).taking().close());
    let id = here.released_case(1).await;
    here.sink.wait_for(1, PATIENCE).await.unwrap();
    let line = async || here.audit(&format!("/api/v1/cases/{id}/notified")).await?["notified"].get(0).cloned();
    let uncertain = wait_for("the lost answer to be known", PATIENCE, async || {
        line().await.filter(|line| line["outcome"] == "uncertain")
    })
    .await
    .unwrap();
    // Resent once: after a minute, by itself.
    let done = wait_for("the repeat", Duration::from_secs(150), async || {
        line().await.filter(|line| line["outcome"] == "accepted")
    })
    .await
    .unwrap();
    let mails = here.sink.messages();
    assert_eq!(mails.len(), 2, "the first, and one repeat");
    assert_eq!(mails[0].data, mails[1].data, "the very bytes");
    assert_eq!(json!(mails[0].header("Message-ID").unwrap()), uncertain["message_id"]);
    let repeats: Vec<_> =
        done["attempts"].as_array().unwrap().iter().map(|one| one["possible_repeat"].clone()).collect();
    assert_eq!(repeats, [json!(false), json!(true)], "the repeat is marked");

    // Every fact is told once more, as a broker may do.
    let url = here.settings.iter().find(|(name, _)| name == "TOCSIN__DATABASE__URL").unwrap().1.clone();
    let db = store::Db::connect(&url, &store::DbOptions::default()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let again = on_tx!(&mut tx, c => sqlx::query(
        "INSERT INTO unpublished (service, event_id, occurred_at) SELECT service, id, occurred_at FROM outbox WHERE TRUE
         ON CONFLICT (service, event_id) DO NOTHING")
        .execute(c).await.map(|done| done.rows_affected()))
    .unwrap();
    tx.commit().await.unwrap();
    assert!(again > 4, "{again} facts");
    wait_until("every fact to be told again", PATIENCE, async || {
        let mut tx = db.read().await.unwrap();
        let left: i64 = on_tx!(&mut tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM unpublished")
            .fetch_one(c).await)
        .unwrap();
        tx.commit().await.unwrap();
        left == 0
    })
    .await
    .unwrap();
    wait_until("the doctor finds nothing wrong", PATIENCE, async || here.try_run(&["doctor"], "").0).await.unwrap();
    assert_eq!(here.sink.messages().len(), 2, "a fact told twice sends nothing");
    assert_eq!(line().await.unwrap()["attempts"].as_array().unwrap().len(), 2);
    assert!(here.run(&["ledger", "verify"], "").contains("The ledger holds"));
    db.close().await;
}
