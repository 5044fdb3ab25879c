//! The decision, by table and by property.

mod follow_ups;
mod gate;
mod matrix;
mod policy;
mod properties;
mod reference;
mod worlds;

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::alert::AlertFacts;
use domain::case::LossInterval;
use domain::codes::{AlertKind, Certainty, Event, ObjectType, PartnerKind, Reach, Share, Urgency};
use domain::ids::{AlertId, CaseId, ContactId, PartnerId};
use domain::partner::{Categories, Contact, Directory, Mandate, Partner};
use domain::plan::Plan;
use domain::plan::{EarlierTold, PlanInputs};
use domain::{CivilDate, Clock, Country, Label};

use crate::DEFAULT_RULES;
use crate::import::{merge, parse_csv};
use crate::rules::RuleSet;

fn country(code: &str) -> Country {
    code.parse().expect("a country")
}

fn day(text: &str) -> CivilDate {
    text.parse().expect("a date")
}

fn default_rules() -> RuleSet {
    // Thousands of worlds have them.
    static READ: LazyLock<RuleSet> =
        LazyLock::new(|| RuleSet::parse(1, DEFAULT_RULES).expect("the default rules are well-formed"));
    READ.clone()
}

fn sample() -> Directory {
    let rows = parse_csv(include_str!("../../../data/sample_partners.csv")).expect("the sample is well-formed");
    Directory { revision: 1, partners: rows.into_iter().map(|row| merge::added(row, &Clock::System)).collect() }
}

/// A theft of a religious sculpture in Burkina Faso.
fn facts() -> AlertFacts {
    AlertFacts {
        alert_id: AlertId::generate(&Clock::System),
        case_id: CaseId::generate(&Clock::System),
        version: 1,
        kind: AlertKind::Alert,
        reach: Reach::All,
        label: Label::AmberStrict,
        event: Event::Theft,
        country: country("BF"),
        origins: vec![country("BF")],
        route: Vec::new(),
        destinations: Vec::new(),
        categories: vec![ObjectType::Ethnographic, ObjectType::Sculpture],
        flags: Vec::new(),
        loss: LossInterval { earliest: day("2026-01-01"), latest: day("2026-01-02"), discovered: None },
        certainty: Certainty::Likely,
        urgency: Urgency::Expected,
        changed: Vec::new(),
    }
}

/// A worldwide partner with one mailbox, as the import makes them.
fn partner(name: &str, kind: PartnerKind) -> Partner {
    let clearance = crate::import::default_clearance(kind);
    let address = format!("alerts@{name}.example").parse().expect("an address");
    let scope: domain::scope::ScopeSet = "M49:001".parse().expect("a scope");
    Partner {
        mandate: Mandate {
            scope: scope.clone(),
            keywords: Vec::new(),
            categories: Categories::All,
            events: Event::ALL.to_vec(),
        },
        clearance,
        contacts: vec![Contact::mailbox(ContactId::generate(&Clock::System), address, clearance)],
        ..Partner::bare(PartnerId::generate(&Clock::System), name.parse().expect("a line"), kind, scope)
    }
}

fn directory(partners: Vec<Partner>) -> Directory {
    Directory { revision: 1, partners }
}

/// Names with shares.
fn told(plan: &Plan) -> HashMap<&str, Share> {
    plan.told.iter().map(|told| (told.name.as_str(), told.share)).collect()
}

/// Nothing but what was told before.
fn with(earlier: &[EarlierTold]) -> PlanInputs {
    PlanInputs { earlier: earlier.to_vec(), two_officers: true, ..PlanInputs::default() }
}

fn nothing() -> PlanInputs {
    with(&[])
}
