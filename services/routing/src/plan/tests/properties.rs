//! What holds for every directory, rule set and label.

use std::collections::HashSet;

use domain::codes::ObjectFlag;
use domain::scope::{Group, Region, Scope, ScopeSet};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::plan::{EarlierTold, plan};
use crate::rules::{Relation, Rule};

const KEYWORDS: [&str; 4] = ["police cooperation", "Expert identification", "archives", "Droit d’auteur"];

/// A few countries, so that scopes and cases meet.
fn any_country() -> impl Strategy<Value = Country> {
    select(["BF", "ML", "CI", "FR", "CH", "US", "SY", "TR", "IQ"].map(country).to_vec())
}

fn any_scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        4 => any_country().prop_map(Scope::Country),
        1 => Just("ES-CT".parse().expect("a scope")),
        1 => select(Region::all().collect::<Vec<_>>()).prop_map(Scope::Region),
        1 => select(Group::ALL.to_vec()).prop_map(Scope::Group),
        1 => Just(Scope::Region(Region::WORLD)),
    ]
}

fn any_label() -> impl Strategy<Value = Label> {
    select(Label::ALL.to_vec())
}

fn any_kind() -> impl Strategy<Value = PartnerKind> {
    select(PartnerKind::ALL.to_vec())
}

fn some<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    subsequence(all.to_vec(), 0..=all.len())
}

fn any_contact() -> impl Strategy<Value = Contact> {
    (0..4u8, option::of(0..3u8), any_label()).prop_map(|(address, person, clearance)| {
        let address = format!("a{address}@unit.example").parse().expect("an address");
        let person = person.map(|n| format!("Person {n}").parse().expect("a line"));
        Contact { person, ..Contact::mailbox(ContactId::generate(&Clock::System), address, clearance) }
    })
}

fn any_partner() -> impl Strategy<Value = Partner> {
    let mandate = (
        vec(any_scope(), 1..4),
        some(&KEYWORDS),
        prop_oneof![Just(Categories::All), some(&ObjectType::ALL[..5]).prop_map(Categories::Only)],
        some(&Event::ALL[..5]),
    )
        .prop_map(|(scopes, keywords, categories, events)| Mandate {
            scope: ScopeSet::new(scopes).expect("not empty"),
            keywords: keywords.iter().map(|word| word.parse().expect("a line")).collect(),
            categories,
            events,
        });
    (0..50u8, any_kind(), mandate, any_label(), prop::bool::weighted(0.9), vec(any_contact(), 0..4)).prop_map(
        |(name, kind, mandate, clearance, active, contacts)| {
            let name = format!("Partner {name}").parse().expect("a line");
            let bare = Partner::bare(PartnerId::generate(&Clock::System), name, kind, mandate.scope.clone());
            Partner { mandate, clearance, active, contacts, ..bare }
        },
    )
}

fn any_facts() -> impl Strategy<Value = AlertFacts> {
    let countries = || vec(any_country(), 0..3);
    (
        (select(AlertKind::ALL.to_vec()), select(Reach::ALL.to_vec()), any_label(), select(Event::ALL[..5].to_vec())),
        (any_country(), countries(), countries(), countries()),
        (some(&ObjectType::ALL[..5]), some(ObjectFlag::ALL), select(Certainty::ALL.to_vec())),
    )
        .prop_map(
            |((kind, reach, label, event), (country, origins, route, destinations), (categories, flags, certainty))| {
                AlertFacts {
                    kind,
                    reach,
                    label,
                    event,
                    country,
                    origins,
                    route,
                    destinations,
                    categories,
                    flags,
                    certainty,
                    version: 2,
                    ..facts()
                }
            },
        )
}

/// Also rules that the parser would refuse: the decision must not depend on it.
fn any_rule() -> impl Strategy<Value = Rule> {
    let filters = (
        option::of(some(&KEYWORDS)),
        option::weighted(0.3, some(&ObjectType::ALL[..5])),
        option::weighted(0.2, some(ObjectFlag::ALL)),
        option::weighted(0.2, select(Certainty::ALL.to_vec())),
    );
    (some(&Event::ALL[..5]), some(PartnerKind::ALL), some(&Relation::ALL), filters, select(Share::ALL.to_vec()))
        .prop_map(|(events, kinds, relations, (mandates, categories, flags, certainty_at_least), share)| Rule {
            id: "rule".to_owned(),
            because: "Because.".to_owned(),
            events,
            kinds,
            relations,
            mandates: mandates.map(|words| words.iter().map(|word| word.to_uppercase()).collect()),
            categories,
            flags,
            certainty_at_least,
            share,
        })
}

fn any_rules() -> impl Strategy<Value = RuleSet> {
    let random = (vec(any_rule(), 0..8), vec(any_country(), 0..4)).prop_map(|(rules, markets)| RuleSet {
        version: 3,
        markets,
        rules,
    });
    prop_oneof![3 => random, 1 => Just(default_rules())]
}

#[derive(Clone, Debug)]
struct World {
    facts: AlertFacts,
    directory: Directory,
    rules: RuleSet,
    earlier: Vec<EarlierTold>,
}

impl World {
    fn plan(&self) -> Plan {
        plan(&self.facts, &self.directory, &self.rules, &self.earlier)
    }
}

fn any_world() -> impl Strategy<Value = World> {
    let before = vec((any::<prop::sample::Index>(), select(Share::ALL.to_vec())), 0..3);
    (any_facts(), vec(any_partner(), 1..6), any_rules(), before).prop_map(|(facts, partners, rules, before)| World {
        earlier: before
            .iter()
            .map(|(index, share)| EarlierTold { partner_id: index.get(&partners).id, version: 1, share: *share })
            .collect(),
        directory: directory(partners),
        facts,
        rules,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12_000, ..ProptestConfig::default() })]

    #[test]
    fn no_world_leaks(world in any_world()) {
        let plan = world.plan();
        let partners: HashMap<PartnerId, &Partner> = world.directory.partners.iter().map(|p| (p.id, p)).collect();

        // Everybody once.
        let mut seen = HashSet::new();
        for id in plan.told.iter().map(|t| t.partner_id).chain(plan.not_told.iter().map(|n| n.partner_id)) {
            prop_assert!(partners.contains_key(&id) && seen.insert(id));
        }
        prop_assert_eq!(seen.len(), partners.len());

        for told in &plan.told {
            let partner = partners[&told.partner_id];
            prop_assert!(partner.active && !told.addressees.is_empty());
            // Circumstances never leave the circle of states.
            if matches!(partner.kind, PartnerKind::Ngo | PartnerKind::Research) {
                prop_assert_eq!(told.share, Share::ObjectData);
            }
            // Only addresses of the partner, each once, each cleared for the label.
            let addresses: HashSet<_> = told.addressees.iter().map(|to| &to.address).collect();
            prop_assert_eq!(addresses.len(), told.addressees.len());
            for to in &told.addressees {
                let contact = partner.contacts.iter().find(|c| c.id == to.contact_id).expect("a contact of the partner");
                prop_assert_eq!((&contact.address, &contact.person), (&to.address, &to.person));
                prop_assert!(contact.clearance >= told.label);
                prop_assert!(contact.person.is_some() || partner.clearance >= told.label);
                // Red is for persons.
                if world.facts.label == Label::Red {
                    prop_assert!(told.label == Label::Red && contact.person.is_some());
                }
            }
            // Nobody is told without a rule or a history.
            let before = world.earlier.iter().any(|e| e.partner_id == partner.id);
            if !before {
                prop_assert!(!world.facts.kind.only_to_those_told_before());
                prop_assert!(partner.mandate.events.contains(&world.facts.event));
                prop_assert!(world.facts.reach == Reach::All || partner.kind == PartnerKind::Police);
            }
        }
        prop_assert!(plan.told.is_sorted_by(|a, b| (&a.name, a.partner_id) < (&b.name, b.partner_id)));
        prop_assert_eq!(world.plan(), plan, "the same for the same");
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn raising_the_label_adds_nobody_and_shows_nobody_more(mut world in any_world()) {
        let mut before: Option<Plan> = None;
        for label in Label::ALL {
            world.facts.label = label;
            let plan = world.plan();
            if let Some(lower) = before {
                let lower: HashMap<_, _> = lower.told.iter().map(|told| (told.partner_id, told.share)).collect();
                for told in &plan.told {
                    let was = lower.get(&told.partner_id);
                    prop_assert!(was.is_some_and(|share| *share >= told.share), "{} at {}", told.name, label);
                }
            }
            before = Some(plan);
        }
    }

    #[test]
    fn an_empty_filter_selects_nobody(mut world in any_world(), which in 0..6usize) {
        world.earlier.clear();
        for rule in &mut world.rules.rules {
            match which {
                0 => rule.events.clear(),
                1 => rule.kinds.clear(),
                2 => rule.relations.clear(),
                3 => rule.mandates = Some(Vec::new()),
                4 => rule.categories = Some(Vec::new()),
                _ => rule.flags = Some(Vec::new()),
            }
        }
        prop_assert!(world.plan().told.is_empty());
    }

    #[test]
    fn an_alert_that_names_no_type_or_a_mandate_that_names_none_matches_nobody(mut world in any_world()) {
        world.earlier.clear();
        world.facts.categories.clear();
        prop_assert!(world.plan().told.is_empty());
    }

    #[test]
    fn another_rule_only_adds(mut world in any_world(), rule in any_rule()) {
        let shares = |plan: &Plan| plan.told.iter().map(|t| (t.partner_id, t.share)).collect::<HashMap<_, _>>();
        let before = shares(&world.plan());
        world.rules.rules.push(rule);
        let after = shares(&world.plan());
        prop_assert!(before.iter().all(|(id, share)| after.get(id).is_some_and(|now| now >= share)));
    }
}

#[test]
fn ten_thousand_partners_are_decided_at_once() {
    let sample = sample().partners;
    let many = (0..10_000).map(|n| Partner {
        id: PartnerId::generate(&Clock::System),
        name: format!("Partner {n:05}").parse().expect("a line"),
        ..sample[n % sample.len()].clone()
    });
    let directory = directory(many.collect());
    let started = std::time::Instant::now();
    let plan = plan(&facts(), &directory, &default_rules(), &[]);
    let took = started.elapsed();
    assert_eq!(plan.told.len() + plan.not_told.len(), 10_000);
    println!("10,000 partners in {took:?}");
    // Far above what it takes, far below what a partner-by-rule scan of texts would.
    assert!(took.as_millis() < 1_000, "{took:?}");
}
