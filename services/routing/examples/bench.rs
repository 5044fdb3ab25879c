//! Matching one alert against many partners by the index, beside a plain loop over the same data in the same run.
//! `cargo xtask bench routing` runs it in a release build; it fails if a figure is worse than promised.
#![expect(clippy::print_stdout, reason = "a measurement speaks on standard output")]

use std::collections::HashSet;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use domain::alert::AlertFacts;
use domain::case::LossInterval;
use domain::codes::{AlertKind, Certainty, Event, ObjectType, PartnerKind, Reach, Urgency};
use domain::ids::{AlertId, CaseId, PartnerId, Uuid};
use domain::partner::{Categories, Directory, Mandate, Partner};
use domain::scope::{Region, Scope, ScopeSet};
use domain::{Country, Label};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use routing::DEFAULT_RULES;
use routing::plan::{Index, alert_holds};
use routing::rules::{Conditions, Relation, RuleSet};

/// How many alerts are matched in one round; each round is one figure, and the median of them is printed.
const ALERTS: usize = 32;
/// How many rounds.
const ROUNDS: usize = 15;
/// Keywords that nobody asks for stand beside those that rules ask for.
const KEYWORDS: [&str; 12] = [
    "police cooperation",
    "secure expert platform",
    "expert identification",
    "convention secretariat",
    "sanctions",
    "investigation",
    "national stolen-art database",
    "museum network",
    "training",
    "art law",
    "conservation",
    "libraries",
];

fn main() -> ExitCode {
    let rules = RuleSet::parse(1, DEFAULT_RULES).expect("the default rules are well-formed");
    let mut random = SmallRng::seed_from_u64(7);
    let alerts: Vec<AlertFacts> = (0..ALERTS).map(|_| alert(&mut random)).collect();
    println!(
        "One alert against N partners, {} rules; the median of {ROUNDS} rounds of {ALERTS} alerts",
        rules.rules.len()
    );
    println!("| partners | matched | index, a match | plain loop, a match | ratio | index, memory | index, built in |");
    println!("|---|---|---|---|---|---|---|");
    let mut kept = true;
    for partners in [1_000, 10_000, 100_000, 1_000_000] {
        kept &= measure(partners, &rules, &alerts, &mut random);
    }
    println!(
        "Promised: at most 20 us at 10,000 and 1 ms at 1,000,000, at least 10 times the plain loop, below 200 MiB."
    );
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn measure(count: usize, rules: &RuleSet, alerts: &[AlertFacts], random: &mut SmallRng) -> bool {
    let partners = (0..count).map(|number| partner(number, random)).collect();
    let directory = Directory { revision: 1, partners };
    let begun = Instant::now();
    let index = Index::new(&directory, rules);
    let built = begun.elapsed();
    // What a plain program would prepare once, too.
    let keywords: Vec<HashSet<String>> = directory.partners.iter().map(keywords).collect();
    let matched: usize = alerts.iter().map(|facts| index.matches(facts, rules).count()).sum();
    let looped: usize = alerts.iter().map(|facts| plain(&directory, &keywords, rules, facts)).sum();
    assert_eq!(matched, looped, "both must select the same partners");
    let (mut by_index, mut by_loop) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        by_index.push(timed(|| alerts.iter().map(|facts| index.matches(facts, rules).count()).sum()));
        if by_loop.len() < 3 || count <= 100_000 {
            by_loop.push(timed(|| alerts.iter().map(|facts| plain(&directory, &keywords, rules, facts)).sum()));
        }
    }
    let (index_time, loop_time) = (median(by_index), median(by_loop));
    let ratio = loop_time.as_secs_f64() / index_time.as_secs_f64();
    let mebibytes = index.bytes() / (1 << 20);
    println!(
        "| {count} | {} | {index_time:.2?} | {loop_time:.2?} | {ratio:.0} | {mebibytes} MiB | {built:.0?} |",
        matched / alerts.len()
    );
    let limit = match count {
        10_000 => Duration::from_micros(20),
        1_000_000 => Duration::from_millis(1),
        _ => Duration::MAX,
    };
    index_time <= limit && mebibytes < 200 && (ratio >= 10.0 || count < 10_000)
}

fn timed(work: impl FnOnce() -> usize) -> Duration {
    let begun = Instant::now();
    black_box(work());
    begun.elapsed() / u32::try_from(ALERTS).expect("a few alerts")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn keywords(partner: &Partner) -> HashSet<String> {
    partner.mandate.keywords.iter().map(|keyword| keyword.as_str().to_lowercase()).collect()
}

/// How many partners the rules select, looked at one after another. What depends on the alert alone is asked once.
fn plain(directory: &Directory, keywords: &[HashSet<String>], rules: &RuleSet, facts: &AlertFacts) -> usize {
    let asked: Vec<_> = rules.rules.iter().filter(|rule| alert_holds(&rule.when, facts)).collect();
    let selects = |(partner, words): &(&Partner, &HashSet<String>)| {
        let mandate = &partner.mandate;
        mandate.events.contains(&facts.event)
            && mandate.categories.first_match(&facts.categories).is_some()
            && asked.iter().any(|rule| {
                holds(&rule.when, partner, words, facts, rules)
                    && !rule.except.iter().any(|e| alert_holds(e, facts) && holds(e, partner, words, facts, rules))
            })
    };
    directory.partners.iter().zip(keywords).filter(selects).count()
}

fn holds(c: &Conditions, partner: &Partner, words: &HashSet<String>, facts: &AlertFacts, rules: &RuleSet) -> bool {
    let scope = &partner.mandate.scope;
    let covers = |countries: &[Country]| countries.iter().any(|country| scope.covers(*country));
    let relation = |relation: &Relation| match relation {
        Relation::Place => scope.covers(facts.country),
        Relation::Origin => covers(&facts.origins),
        Relation::Route => covers(&facts.route),
        Relation::Destination => covers(&facts.destinations),
        Relation::NeighbourOfPlace => covers(facts.country.neighbours()),
        Relation::Market => covers(&rules.markets),
        Relation::World => scope.is_world(),
    };
    c.kinds.as_ref().is_none_or(|kinds| kinds.contains(&partner.kind))
        && c.partners.as_ref().is_none_or(|names| names.contains(&partner.name))
        && c.relations.as_ref().is_none_or(|relations| relations.iter().any(relation))
        && c.mandates.as_ref().is_none_or(|wanted| wanted.iter().any(|word| words.contains(word)))
}

fn country(random: &mut SmallRng) -> Country {
    Country::all().nth(random.random_range(0..Country::all().len())).expect("a country of the list")
}

/// Mostly national units and museums; a few regional bodies, fewer for the whole world.
fn partner(number: usize, random: &mut SmallRng) -> Partner {
    let kind = match random.random_range(0..100) {
        0..55 => PartnerKind::Police,
        55..60 => PartnerKind::Igo,
        60..85 => PartnerKind::Ngo,
        _ => PartnerKind::Research,
    };
    let scopes: Vec<Scope> = match random.random_range(0..100) {
        0..85 => vec![Scope::Country(country(random))],
        85..93 => (0..4).map(|_| Scope::Country(country(random))).collect(),
        93..98 => {
            let regions: Vec<Region> = Region::all().filter(|region| *region != Region::WORLD).collect();
            vec![Scope::Region(*regions.choose(random).expect("a region"))]
        }
        _ => vec![Scope::Region(Region::WORLD)],
    };
    let scope = ScopeSet::new(scopes).expect("not empty");
    let some = |random: &mut SmallRng| KEYWORDS.choose(random).expect("a keyword").parse().expect("a line");
    let categories = if random.random_bool(0.5) {
        Categories::All
    } else {
        Categories::Only((0..5).map(|_| *ObjectType::ALL.choose(random).expect("a type")).collect())
    };
    Partner {
        mandate: Mandate {
            scope: scope.clone(),
            keywords: (0..3).map(|_| some(random)).collect(),
            categories,
            events: Event::ALL.iter().copied().filter(|_| random.random_bool(0.6)).collect(),
        },
        ..Partner::bare(
            PartnerId::from_stored(Uuid::from_u128(number as u128)),
            format!("Partner {number}").parse().expect("a line"),
            kind,
            scope,
        )
    }
}

fn alert(random: &mut SmallRng) -> AlertFacts {
    let day = "2026-01-01".parse().expect("a date");
    let place = country(random);
    AlertFacts {
        alert_id: AlertId::from_stored(Uuid::nil()),
        case_id: CaseId::from_stored(Uuid::nil()),
        version: 1,
        kind: AlertKind::Alert,
        reach: Reach::All,
        label: Label::AmberStrict,
        event: *[Event::Theft, Event::IllicitExport, Event::Looting, Event::Seizure].choose(random).expect("an event"),
        country: place,
        origins: vec![place],
        route: vec![country(random)],
        destinations: vec![country(random)],
        categories: vec![*ObjectType::ALL.choose(random).expect("a type")],
        flags: Vec::new(),
        loss: LossInterval { earliest: day, latest: day, discovered: None },
        certainty: Certainty::Likely,
        urgency: Urgency::Expected,
        changed: Vec::new(),
    }
}
