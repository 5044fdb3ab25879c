//! Finding cases among 100,000 in PostgreSQL: lists and searches, each with its plan, and what an insert costs as the
//! table grows. `cargo xtask bench search` runs it.
#![expect(clippy::print_stdout, reason = "a measurement is told on standard output")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::case::{CaseReference, Circumstances, PoliceReference};
use domain::codes::{CaseState, Event, LossMethod, ObjectStatus, ObjectType, Photographs, Premises};
use domain::details::Details;
use domain::ids::{AccountId, CaseId, InstitutionId, ObjectId};
use domain::object::ObjectDescription;
use domain::{CivilDate, Clock, Country, Label, Language};
use store::cases::{self, CaseFilter, CaseRow, ListPosition};
use store::{Db, DbOptions, identity};
use testkit::servers::Postgres;

type Failed = Box<dyn std::error::Error>;

/// How many cases there are in the end.
const CASES: u64 = 100_000;
/// What a search may take at most, in 95 of 100 times.
const PROMISED: Duration = Duration::from_millis(100);
/// How often each search is measured.
const RUNS: usize = 40;
/// The cases whose insertion is timed, one by one.
const SAMPLE: u64 = 200;
const INSTITUTIONS: u64 = 50;

const THINGS: [(&str, ObjectType); 8] = [
    ("Statuette", ObjectType::Sculpture),
    ("Painting", ObjectType::Painting),
    ("Coin", ObjectType::CoinMedal),
    ("Manuscript", ObjectType::BookManuscript),
    ("Mask", ObjectType::Ethnographic),
    ("Vessel", ObjectType::CeramicGlass),
    ("Cannon", ObjectType::ArmsArmour),
    ("Chalice", ObjectType::Religious),
];
const MATERIALS: [&str; 6] = ["bronze", "laterite", "cedar wood", "terracotta", "gilded silver", "parchment"];
const COUNTRIES: [&str; 10] = ["BF", "FR", "IT", "PE", "SY", "IQ", "HT", "GR", "GT", "KH"];

/// Measures; fails if a search is slower than promised or reads the whole table, or if inserting became slower.
#[tokio::main]
async fn main() -> Result<ExitCode, Failed> {
    let server = Postgres::start().await?;
    let url = server.address().create_database().await?;
    let db = Db::connect(&url, &DbOptions::default()).await?;
    store::migrate(&db).await?;
    let institutions = institutions(&db).await?;
    let name = url.rsplit('/').next().and_then(|name| name.split('?').next()).unwrap_or_default();

    println!("filling in {CASES} cases");
    let mut costs = Vec::new();
    let mut filled = 0;
    for goal in [1_000, 10_000, 50_000, CASES - SAMPLE] {
        fill(&server, name, filled, goal).await?;
        let cost = inserts(&db, &institutions, goal).await?;
        filled = goal + SAMPLE;
        println!("insert, median of {SAMPLE} with {goal:>6} cases there: {:>7.2} ms", millis(cost));
        costs.push(cost);
    }
    // What the server does by itself after a while, done at once.
    server.address().sql(name, "VACUUM ANALYZE").await?;

    let mut good = true;
    for (name, filter) in searches()? {
        good &= measure(&db, &name, &filter).await?;
    }
    let (first, last) = (costs[0], costs[costs.len() - 1]);
    let grew = millis(last) / millis(first);
    println!("an insert at {CASES} cases costs {grew:.2} times what it costs at 1,000");
    // Twice as much would be a cost that grows; the rest is what a busy machine adds.
    good &= grew < 2.0;
    db.close().await;
    println!("{}", if good { "as promised" } else { "NOT as promised" });
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

async fn institutions(db: &Db) -> Result<Vec<InstitutionId>, Failed> {
    let mut tx = db.begin().await?;
    let mut found = Vec::new();
    for number in 0..INSTITUTIONS {
        let name = format!("Museum {number}").parse()?;
        let id = InstitutionId::generate(&Clock::System);
        found.push(identity::find_or_create_institution(&mut tx, id, &name, None, Clock::System.now()).await?);
    }
    tx.commit().await?;
    Ok(found)
}

/// Fills in cases `from..to` by statements over whole sets: what they hold is what [`insert`] stores one by one.
async fn fill(server: &Postgres, database: &str, from: u64, to: u64) -> Result<(), Failed> {
    let statements = include_str!("bench_search.sql").replace("FROM_NUMBER", &from.to_string());
    server.address().sql(database, &statements.replace("TO_NUMBER", &(to - 1).to_string())).await?;
    Ok(())
}

/// Inserts [`SAMPLE`] cases, each in a transaction of its own as a report is; gives the median.
async fn inserts(db: &Db, institutions: &[InstitutionId], from: u64) -> Result<Duration, Failed> {
    let mut times = Vec::new();
    for number in from..from + SAMPLE {
        let start = Instant::now();
        let mut tx = db.begin().await?;
        insert(&mut tx, institutions, number).await?;
        tx.commit().await?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

/// A number that looks drawn and is the same each time.
fn drawn(number: u64, of: u64) -> usize {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23).wrapping_mul(0xff51_afd7_ed55_8ccd);
    usize::try_from((mixed >> 16) % of).unwrap_or(0)
}

async fn insert(tx: &mut store::Tx, institutions: &[InstitutionId], number: u64) -> Result<(), Failed> {
    let clock = Clock::System;
    let (thing, object_type) = THINGS[drawn(number, 8)];
    let material = MATERIALS[drawn(number + 1, 6)];
    let day = format!("20{:02}-{:02}-{:02}", 10 + drawn(number, 16), 1 + drawn(number, 12), 1 + drawn(number, 28));
    let day: CivilDate = day.parse()?;
    let now = clock.now();
    let states = [CaseState::Submitted, CaseState::Verified, CaseState::Active, CaseState::Closed];
    let row = CaseRow {
        id: CaseId::generate(&clock),
        reference: CaseReference { year: 2026, number: i64::try_from(number)? + 1 },
        institution_id: institutions[drawn(number, INSTITUTIONS)],
        registered_by: AccountId::generate(&clock),
        registered_at: now,
        state: states[drawn(number + 2, 4)],
        event: if number.is_multiple_of(5) { Event::IllicitExport } else { Event::Theft },
        title: format!("{thing} of {material}, room {}", drawn(number, 500)).parse()?,
        language: Language::ENGLISH,
        label: Label::AmberStrict,
        country: COUNTRIES[drawn(number + 3, 10)].parse::<Country>()?,
        lost_earliest: day,
        lost_latest: day,
        discovered: None,
        typology: None,
        updated_at: now,
    };
    cases::insert(tx, &row).await?;
    let circumstances = Circumstances {
        holder: format!("Holder {}", drawn(number, 5_000)).parse()?,
        premises: Premises::Museum,
        subdivision: None,
        place: format!("Town {}", drawn(number + 4, 2_000)).parse()?,
        method: LossMethod::Burglary,
        police_reference: PoliceReference::Known(format!("PV {number}").parse()?),
        authority_informed: None,
        authority_informed_on: None,
        narrative: None,
        details: Details::Theft,
    };
    cases::insert_circumstances(tx, row.id, &circumstances).await?;
    let object = ObjectDescription {
        title: format!("{thing} {number}").parse()?,
        photographs: Photographs::None,
        object_type,
        type_detail: None,
        materials: Some(material.parse()?),
        measurements: Vec::new(),
        inscriptions: None,
        distinguishing_features: Some(format!("crack on side {}", drawn(number, 40)).parse()?),
        subject: None,
        date_or_period: None,
        dated: None,
        maker: Some(format!("Workshop {}", drawn(number + 5, 3_000)).parse()?),
        description: Some("Stood in a niche of the north wall until it was taken.".parse()?),
        inventory_number: Some(format!("MN {}.{}", 1900 + drawn(number, 120), drawn(number, 9_999)).parse()?),
        related_material: None,
        origin_country: None,
        origin_text: None,
        related_objects: None,
        link: None,
        date_documented: None,
        flags: Vec::new(),
    };
    cases::insert_objects(tx, row.id, &[(ObjectId::generate(&clock), object)], ObjectStatus::Missing).await?;
    cases::refresh_words(tx, row.id).await?;
    Ok(())
}

/// What people look for: everything, the common, the rare, what is not there, and combinations.
fn searches() -> Result<Vec<(String, CaseFilter)>, Failed> {
    let all = CaseFilter::default;
    let words = |text: &str| -> Result<CaseFilter, Failed> { Ok(CaseFilter { words: Some(text.parse()?), ..all() }) };
    Ok(vec![
        ("the newest".to_owned(), all()),
        ("of a country".to_owned(), CaseFilter { country: Some("BF".parse()?), ..all() }),
        ("in a state".to_owned(), CaseFilter { state: Some(CaseState::Active), ..all() }),
        ("of an institution".to_owned(), CaseFilter { institution: Some("Museum 7".parse()?), ..all() }),
        ("of a kind of event".to_owned(), CaseFilter { event: Some(Event::IllicitExport), ..all() }),
        ("of a type".to_owned(), CaseFilter { object_type: Some(ObjectType::ArmsArmour), ..all() }),
        ("of a type nobody reported".to_owned(), CaseFilter { object_type: Some(ObjectType::Stamp), ..all() }),
        ("of a country nobody reported".to_owned(), CaseFilter { country: Some("NO".parse()?), ..all() }),
        ("with a label nobody used".to_owned(), CaseFilter { label: Some(Label::Red), ..all() }),
        (
            "lost in a month".to_owned(),
            CaseFilter { lost_from: Some("2012-03-01".parse()?), lost_until: Some("2012-03-31".parse()?), ..all() },
        ),
        ("a word of every case".to_owned(), words("niche")?),
        ("a word of one in six".to_owned(), words("laterite")?),
        ("a beginning of one letter".to_owned(), words("w")?),
        ("a rare word".to_owned(), words("1987")?),
        ("a reference".to_owned(), words("TOC-2026-054321")?),
        ("common words together".to_owned(), words("mask bronze niche")?),
        ("a rare and a common word".to_owned(), words("pv 4711 niche")?),
        ("what is not there".to_owned(), words("zeppelin niche")?),
        (
            "words, type, country and state".to_owned(),
            CaseFilter {
                object_type: Some(ObjectType::Ethnographic),
                country: Some("PE".parse()?),
                state: Some(CaseState::Verified),
                ..words("bronze workshop")?
            },
        ),
    ])
}

/// Measures a search, its first page and one deep in the list; says whether it is as promised.
async fn measure(db: &Db, name: &str, filter: &CaseFilter) -> Result<bool, Failed> {
    let mut times = Vec::new();
    let mut after = None;
    let mut rows = 0;
    for run in 0..RUNS {
        let start = Instant::now();
        let mut tx = db.read().await?;
        let page = cases::list(&mut tx, filter, after, 51).await?;
        tx.commit().await?;
        times.push(start.elapsed());
        rows = rows.max(page.len());
        // Each run turns a page, as a reader does, and begins again at the end.
        after = page.last().map(|case| ListPosition { registered_at: case.registered_at, id: case.id });
        if run + 1 == RUNS / 2 {
            after = None;
        }
    }
    let mut tx = db.read().await?;
    let plan = cases::explain_list(&mut tx, filter, None, 51).await?;
    tx.commit().await?;
    times.sort_unstable();
    let (median, p95) = (times[RUNS / 2], times[RUNS * 95 / 100]);
    let scans = plan.contains("Seq Scan on cases") || plan.contains("Seq Scan on case_words");
    let indices: Vec<_> = [
        "cases_by_time",
        "cases_by_country",
        "cases_by_state",
        "cases_by_label",
        "cases_by_institution",
        "case_words_by_term",
        "case_words_pkey",
        "cases_pkey",
    ]
    .into_iter()
    .filter(|index| plan.contains(index))
    .collect();
    let good = p95 <= PROMISED && !scans && !indices.is_empty();
    println!(
        "{name:<32} {rows:>3} rows  median {:>7.2} ms  p95 {:>7.2} ms  {}{}",
        millis(median),
        millis(p95),
        indices.join(" + "),
        if good { "" } else { "  TOO SLOW OR WITHOUT INDEX" }
    );
    if !good {
        println!("{plan}");
    }
    Ok(good)
}
