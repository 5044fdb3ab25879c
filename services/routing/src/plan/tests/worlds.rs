//! Random worlds: an alert, a directory, rules and a history that meet each other often. A world follows from its
//! number alone, so that a failing one can be looked at again.

use domain::codes::{LegalGround, ObjectFlag, Pace};
use domain::ids::{AccountId, Uuid};
use domain::partner::LegalBasis;
use domain::plan::{EarlierTold, Override, OverrideChange, PlanInputs};
use domain::scope::{Scope, ScopeSet};
use domain::text::Line;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::*;
use crate::rules::{Conditions, Limits, Relation, Rule, Where};

pub(super) const KEYWORDS: [&str; 3] = ["police cooperation", "Expert identification", "Droit d’auteur"];
const SCOPES: [&str; 12] =
    ["BF", "ML", "FR", "CH", "SY", "TR", "IQ", "ES-CT", "M49:011", "M49:145", "GRP:EU", "M49:001"];
const COUNTRIES: [&str; 8] = ["BF", "ML", "CI", "FR", "CH", "SY", "TR", "IQ"];
const DAYS: [&str; 5] = ["1990-08-05", "1990-08-06", "2011-03-14", "2011-03-15", "2026-01-01"];

#[derive(Clone, Debug)]
pub(super) struct World {
    pub facts: AlertFacts,
    pub directory: Directory,
    pub rules: RuleSet,
    pub inputs: PlanInputs,
}

impl World {
    pub(super) fn plan(&self) -> Plan {
        crate::plan::plan(&self.facts, &self.directory, &self.rules, &self.inputs)
    }

    /// The world of a number.
    pub(super) fn new(number: u64) -> Self {
        let mut draw = Draw { random: SmallRng::seed_from_u64(number), next: 0 };
        let mut partners: Vec<Partner> = Vec::new();
        for number in 0..draw.random.random_range(1..6) {
            let partner = draw.partner(number);
            partners.push(partner);
        }
        let ids: Vec<PartnerId> = partners.iter().map(|partner| partner.id).collect();
        for partner in &mut partners {
            // Also itself, and circles.
            partner.successor = draw.maybe(4, |draw| draw.one(&ids));
        }
        let rules = draw.rules(&partners);
        let inputs = draw.inputs(&partners);
        Self { facts: draw.facts(), directory: directory(partners), rules, inputs }
    }
}

struct Draw {
    random: SmallRng,
    next: u128,
}

impl Draw {
    fn odds(&mut self, of_ten: u32) -> bool {
        self.random.random_range(0..10) < of_ten
    }

    fn one<T: Copy>(&mut self, all: &[T]) -> T {
        *all.choose(&mut self.random).expect("a list that is not empty")
    }

    /// Each item with these odds.
    fn some<T: Copy>(&mut self, all: &[T], of_ten: u32) -> Vec<T> {
        all.iter().copied().filter(|_| self.odds(of_ten)).collect()
    }

    fn maybe<T>(&mut self, of_ten: u32, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.odds(of_ten).then(|| make(self))
    }

    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    fn countries(&mut self) -> Vec<Country> {
        self.some(&COUNTRIES, 2).into_iter().map(country).collect()
    }

    fn scope(&mut self) -> Scope {
        self.one(&SCOPES).parse().expect("a scope")
    }

    fn contact(&mut self) -> Contact {
        let id = ContactId::from_stored(self.id());
        let address = format!("a{}@unit.example", self.random.random_range(0..4)).parse().expect("an address");
        let person = |draw: &mut Self| format!("Person {}", draw.random.random_range(0..3)).parse().expect("a line");
        Contact { person: self.maybe(4, person), ..Contact::mailbox(id, address, self.one(&Label::ALL)) }
    }

    fn partner(&mut self, number: usize) -> Partner {
        let scopes: Vec<Scope> = (0..self.random.random_range(1..4)).map(|_| self.scope()).collect();
        let scope = ScopeSet::new(scopes).expect("not empty");
        let (id, kind) = (PartnerId::from_stored(self.id()), self.one(PartnerKind::ALL));
        Partner {
            legal_basis: self.maybe(5, |_| LegalBasis { ground: LegalGround::Agreement, reference: None }),
            valid_to: self.maybe(1, |draw| day(draw.one(&DAYS))),
            mandate: Mandate {
                scope: scope.clone(),
                keywords: self.some(&KEYWORDS, 5).into_iter().map(|word| word.parse().expect("a line")).collect(),
                categories: if self.odds(5) {
                    Categories::All
                } else {
                    Categories::Only(self.some(&ObjectType::ALL[..4], 6))
                },
                events: self.some(&Event::ALL[..3], 8),
            },
            clearance: self.one(&Label::ALL),
            active: self.odds(9),
            contacts: (0..self.random.random_range(0..4)).map(|_| self.contact()).collect(),
            ..Partner::bare(id, format!("Partner {number}").parse().expect("a line"), kind, scope)
        }
    }

    fn facts(&mut self) -> AlertFacts {
        let (a, b) = (day(self.one(&DAYS)), day(self.one(&DAYS)));
        AlertFacts {
            version: 3,
            kind: if self.odds(6) { AlertKind::Alert } else { self.one(AlertKind::ALL) },
            reach: if self.odds(7) { Reach::All } else { Reach::Police },
            label: self.one(&Label::ALL),
            event: self.one(&Event::ALL[..3]),
            country: country(self.one(&COUNTRIES)),
            origins: self.countries(),
            route: self.countries(),
            destinations: self.countries(),
            categories: self.some(&ObjectType::ALL[..4], 5),
            flags: self.some(&ObjectFlag::ALL[..3], 4),
            loss: LossInterval { earliest: a.min(b), latest: a.max(b), discovered: None },
            certainty: self.one(Certainty::ALL),
            urgency: self.one(Urgency::ALL),
            ..facts()
        }
    }

    /// Lists may be empty: that must mean nobody.
    fn conditions(&mut self, partners: &[Partner], of_ten: u32) -> Conditions {
        let names: Vec<Line> = partners.iter().map(|partner| partner.name.clone()).collect();
        Conditions {
            events: self.maybe(of_ten, |draw| draw.some(&Event::ALL[..3], 8)),
            alerts: self.maybe(of_ten, |draw| draw.some(AlertKind::ALL, 7)),
            certainty_at_least: self.maybe(of_ten / 2, |draw| draw.one(Certainty::ALL)),
            urgency: self.maybe(of_ten / 3, |draw| draw.some(Urgency::ALL, 7)),
            labels: self.maybe(of_ten / 3, |draw| draw.some(&Label::ALL, 7)),
            lost_from: self.maybe(of_ten / 2, |draw| day(draw.one(&DAYS))),
            lost_until: self.maybe(of_ten / 3, |draw| day(draw.one(&DAYS))),
            lies: Where::ALL.map(|_| self.maybe(of_ten / 4, |draw| vec![draw.scope(), draw.scope()])),
            categories: self.maybe(of_ten / 3, |draw| draw.some(&ObjectType::ALL[..4], 6)),
            flags: self.maybe(of_ten / 4, |draw| draw.some(&ObjectFlag::ALL[..3], 6)),
            kinds: self.maybe(of_ten, |draw| draw.some(PartnerKind::ALL, 7)),
            partners: self.maybe(of_ten / 4, |draw| {
                let all: Vec<usize> = (0..names.len()).collect();
                draw.some(&all, 6).into_iter().map(|index| names[index].clone()).collect()
            }),
            relations: self.maybe(of_ten, |draw| draw.some(&Relation::ALL, 5)),
            mandates: self.maybe(of_ten / 3, |draw| draw.some(&KEYWORDS, 6).iter().map(|w| w.to_uppercase()).collect()),
        }
    }

    /// Also rules that the parser would refuse: the decision must not depend on it.
    fn rule(&mut self, number: usize, partners: &[Partner]) -> Rule {
        let exceptions = if self.odds(4) { self.random.random_range(1..3) } else { 0 };
        Rule {
            id: format!("rule-{number}"),
            because: "Because.".to_owned(),
            when: self.conditions(partners, 8),
            except: (0..exceptions).map(|_| self.conditions(partners, 3)).collect(),
            share: self.one(Share::ALL),
            pace: self.one(Pace::ALL),
            acknowledge_within: self.maybe(3, |draw| draw.one(&[60, 1440])),
            two_officers: self.odds(2),
            legal_basis: self.odds(2),
        }
    }

    fn rules(&mut self, partners: &[Partner]) -> RuleSet {
        if self.odds(1) {
            return default_rules();
        }
        RuleSet {
            version: 3,
            markets: self.countries(),
            limits: Limits {
                per_alert: self.random.random_range(1..5),
                per_partner_hour: self.random.random_range(1..4),
            },
            rules: (0..self.random.random_range(0..6)).map(|number| self.rule(number, partners)).collect(),
            cases: Vec::new(),
        }
    }

    fn inputs(&mut self, partners: &[Partner]) -> PlanInputs {
        let on = self.maybe(7, |_| day("2025-06-01"));
        let mut inputs = PlanInputs { on, two_officers: self.odds(7), ..PlanInputs::default() };
        for partner in partners {
            for version in [1, 2] {
                if self.odds(2) {
                    let share = self.one(Share::ALL);
                    inputs.earlier.push(EarlierTold { partner_id: partner.id, version, share });
                }
            }
            if self.odds(2) {
                let change = if self.odds(5) {
                    OverrideChange::Add { share: self.one(Share::ALL) }
                } else {
                    OverrideChange::Remove
                };
                let by = AccountId::from_stored(self.id());
                let reason = "Because.".parse().expect("a line");
                inputs.overrides.push(Override { partner_id: partner.id, change, reason, by });
            }
            if self.odds(4) {
                inputs.within_hour.push((partner.id, self.random.random_range(0..4)));
            }
        }
        inputs
    }
}
