use domain::Clock;
use domain::codes::{ObjectType, Unit};
use domain::ids::{CaseId, InstitutionId, PhotoId};
use domain::object::Measurement;
use domain::photo::PerceptualHash;
use domain::text::Line;
use proptest::prelude::*;

use super::*;

fn line(text: &str) -> Line {
    text.parse().expect("a line")
}

fn measured(dimension: Dimension, value: &str, unit: Unit) -> Measurement {
    Measurement::new(dimension, value.parse().expect("a number"), unit).expect("a unit of the dimension")
}

fn object(ordinal: i64) -> ReportedObject {
    ReportedObject {
        ordinal,
        object_type: ObjectType::Sculpture,
        title: line("Head of a seated figure"),
        maker: None,
        inventory_number: None,
        measurements: vec![],
        photos: vec![],
    }
}

/// Reports that have nothing in common but their country.
fn reports() -> (Report, Report) {
    let report = |holder: &str, place: &str, day: &str| Report {
        case_id: CaseId::generate(&Clock::System),
        institution_id: InstitutionId::generate(&Clock::System),
        country: "BF".parse().expect("a country"),
        earliest: day.parse().expect("a day"),
        latest: day.parse().expect("a day"),
        holder: line(holder),
        place: line(place),
        police_reference: None,
        objects: vec![object(1)],
    };
    (report("Musée national", "Ouagadougou", "2026-11-20"), report("Commissariat central", "Koudougou", "2026-11-20"))
}

fn kinds(one: &Report, other: &Report) -> Vec<&'static str> {
    propose(one, other).map_or(Vec::new(), |proposal| proposal.evidence.iter().map(Evidence::kind).collect())
}

#[test]
fn each_kind_of_evidence_is_seen_through_spelling_and_units() {
    let (a, b) = reports();
    assert_eq!(kinds(&a, &b), [""; 0]);

    let (mut one, mut other) = (a.clone(), b.clone());
    one.objects[0].inventory_number = Some(line("MN.1934-12/b"));
    other.objects[0].inventory_number = Some(line("mn 1934 12 B"));
    assert_eq!(kinds(&one, &other), [""; 0], "another holder's inventory has its own numbers");
    other.holder = line("MUSEE NATIONAL");
    assert_eq!(kinds(&one, &other), ["inventory", "loss"]);

    let (mut one, mut other) = (a.clone(), b.clone());
    one.police_reference = Some(line("PV 12/2026"));
    other.police_reference = Some(line("pv-12-2026"));
    assert_eq!(kinds(&one, &other), ["police_reference"]);
    other.country = "ML".parse().expect("a country");
    assert_eq!(kinds(&one, &other), [""; 0], "each country's police count for themselves");
    one.police_reference = Some(line("12"));
    other = Report { police_reference: Some(line("12")), ..b.clone() };
    assert_eq!(kinds(&one, &other), [""; 0], "many forces give number 12");

    let (mut one, mut other) = (a.clone(), b.clone());
    let looks = 0x0f0f_f0f0_1234_5678_u64;
    one.objects[0].photos = vec![(PhotoId::generate(&Clock::System), PerceptualHash::new(looks))];
    other.objects[0].photos = vec![(PhotoId::generate(&Clock::System), PerceptualHash::new(looks ^ 0b111_1111))];
    assert_eq!(kinds(&one, &other), ["photograph"]);
    other.objects[0].photos[0].1 = PerceptualHash::new(looks ^ 0b1111_1111);
    assert_eq!(kinds(&one, &other), [""; 0]);
    one.objects[0].photos[0].1 = PerceptualHash::new(0);
    other.objects[0].photos[0].1 = PerceptualHash::new(0);
    assert_eq!(kinds(&one, &other), [""; 0], "blank walls look alike");

    let (mut one, mut other) = (a.clone(), b.clone());
    one.objects[0].measurements = vec![measured(Dimension::Height, "27.5", Unit::Centimetre)];
    other.objects[0].measurements =
        vec![measured(Dimension::Weight, "3", Unit::Kilogram), measured(Dimension::Height, "280", Unit::Millimetre)];
    assert_eq!(kinds(&one, &other), ["likeness"]);
    other.objects[0].measurements[1] = measured(Dimension::Height, "0.40", Unit::Metre);
    assert_eq!(kinds(&one, &other), [""; 0], "too tall");
    other.objects[0].measurements.truncate(1);
    assert_eq!(kinds(&one, &other), [""; 0], "nothing to compare");

    let (one, mut other) = (a, b);
    other.place = line("ouagadougou");
    assert_eq!(kinds(&one, &other), ["loss"]);
    other.earliest = "2026-11-21".parse().expect("a day");
    other.latest = other.earliest;
    assert_eq!(kinds(&one, &other), [""; 0], "another day");
    other.earliest = "2020-01-01".parse().expect("a day");
    assert_eq!(kinds(&one, &other), [""; 0], "within six years, anything may have happened");
}

#[test]
fn a_hoard_of_like_objects_gives_a_short_proposal() {
    let (mut one, mut other) = reports();
    for report in [&mut one, &mut other] {
        report.objects = (1..=3_000).map(object).collect();
        for object in &mut report.objects {
            object.measurements = vec![measured(Dimension::Diameter, "21", Unit::Millimetre)];
        }
    }
    let proposal = propose(&one, &other).expect("alike");
    assert_eq!(proposal.evidence.len(), MOST);
}

fn any_object() -> impl Strategy<Value = ReportedObject> {
    let text = |options: [&'static str; 3]| prop::option::of(prop::sample::select(options.map(line).to_vec()));
    let measurements = prop::collection::vec(
        (prop::sample::select(vec![Dimension::Height, Dimension::Width]), 1..60_u32).prop_map(|(dimension, value)| {
            measured(dimension, &value.to_string(), if value % 2 == 0 { Unit::Centimetre } else { Unit::Millimetre })
        }),
        0..3,
    );
    let photos = prop::collection::vec(
        prop::sample::select(vec![0x0f0f_f0f0_1234_5678_u64, 0x0f0f_f0f0_1234_5670, 0xffff_0000_ffff_0000, 0])
            .prop_map(|bits| (PhotoId::generate(&Clock::System), PerceptualHash::new(bits))),
        0..3,
    );
    let title = text(["Head", "HEAD", "Vase"]);
    (title, text(["Rodin", "rodin", "Unknown"]), text(["12", "A-12", "a 12"]), measurements, photos).prop_map(
        |(title, maker, inventory_number, measurements, photos)| ReportedObject {
            title: title.unwrap_or_else(|| line("Head")),
            maker,
            inventory_number,
            measurements,
            photos,
            ..object(1)
        },
    )
}

fn any_report() -> impl Strategy<Value = Report> {
    let text = |options: [&'static str; 3]| prop::sample::select(options.map(line).to_vec());
    let objects = prop::collection::vec(any_object(), 1..30);
    let police = prop::option::of(text(["PV 12/2026", "pv122026", "7"]));
    (text(["Museum", "MUSEUM", "Ministry"]), text(["Paris", "paris", "Lyon"]), police, 1..28_u8, 0..400_i64, objects)
        .prop_map(|(holder, place, police_reference, day, span, objects)| {
            let (mut report, _) = reports();
            report.case_id = CaseId::generate(&Clock::System);
            report.earliest = format!("2026-03-{day:02}").parse().expect("a day");
            let latest = (0..span).fold(report.earliest.to_jiff(), |day, _| day.tomorrow().expect("a day"));
            report.latest = domain::CivilDate::new(latest);
            let objects = objects.into_iter().zip(1..).map(|(object, ordinal)| ReportedObject { ordinal, ..object });
            Report { holder, place, police_reference, objects: objects.collect(), ..report }
        })
}

fn sorted(evidence: Vec<Evidence>) -> Vec<String> {
    let mut texts: Vec<_> = evidence.into_iter().map(|e| serde_json::to_string(&e).expect("plain data")).collect();
    texts.sort();
    texts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn it_is_the_same_from_both_sides(a in any_report(), b in any_report()) {
        let ours = propose(&a, &b).map_or(Vec::new(), |p| p.evidence);
        let theirs = propose(&b, &a).map_or(Vec::new(), |p| p.evidence);
        let theirs = theirs.into_iter().map(Evidence::swapped).collect();
        prop_assert_eq!(sorted(ours), sorted(theirs));
    }

    #[test]
    fn what_is_proposed_is_found_by_a_key_or_by_a_band(a in any_report(), b in any_report()) {
        let Some(proposal) = propose(&a, &b) else { return Ok(()) };
        let by_looks = proposal.evidence.iter().any(|e| matches!(e, Evidence::Photograph { .. }));
        let theirs = b.keys();
        prop_assert!(by_looks || a.keys().iter().any(|key| theirs.contains(key)), "{:?}", proposal);
    }

    #[test]
    fn a_report_is_no_duplicate_of_itself_and_no_proposal_is_empty(a in any_report(), b in any_report()) {
        prop_assert_eq!(propose(&a, &a), None);
        prop_assert!(propose(&a, &b).is_none_or(|proposal| !proposal.evidence.is_empty()));
    }
}
