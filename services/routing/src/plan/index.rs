//! Which partners the rules select for an alert, by bits: one bit a partner, one row of bits for each country, event,
//! object category, kind and keyword. One pass over the rows answers for a million partners in well under a millisecond,
//! where a look at each partner takes a hundred times as long.
//!
//! Made for one directory and one rule set and never changed: who edits either makes a new one beside it. It must say
//! the same as `select`, partner by partner; a property test holds them together.

use std::collections::HashMap;

use domain::alert::AlertFacts;
use domain::codes::{Event, ObjectType, PartnerKind};
use domain::partner::{Categories, Directory};
use domain::text::Line;
use domain::{Country, scope::Scope};

use super::conditions::alert_holds;
use crate::rules::{Conditions, Relation, RuleSet};

/// Words of bits handled at a time: what one block needs of all rows stays in the processor's nearest cache.
const BLOCK: usize = 256;

/// A row of bits, one a partner, in the order of the directory.
type Row = Vec<u64>;

/// The mandates of a directory by what rules ask for.
#[derive(Clone, Debug)]
pub struct Index {
    partners: usize,
    words: usize,
    events: Vec<Row>,
    categories: Vec<Row>,
    kinds: Vec<Row>,
    countries: HashMap<Country, Row>,
    markets: Row,
    world: Row,
    keywords: HashMap<String, Row>,
    names: HashMap<Line, Row>,
}

/// Which partners are selected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matches(Row);

impl Matches {
    /// Whether the partner at this position of the directory is selected.
    pub fn contains(&self, position: usize) -> bool {
        self.0.get(position / 64).is_some_and(|word| word >> (position % 64) & 1 == 1)
    }

    /// How many are selected.
    pub fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Their positions in the directory, in order.
    pub fn positions(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

/// The rows that a set of conditions on the partner asks for: each group is an "or", all groups together an "and".
struct Groups<'a>(Vec<Vec<&'a Row>>);

/// One rule that the alert's side of lets pass.
struct Active<'a> {
    all: Groups<'a>,
    except: Vec<Groups<'a>>,
}

impl Index {
    /// Reads a directory once.
    pub fn new(directory: &Directory, rules: &RuleSet) -> Self {
        let partners = directory.partners.len();
        let words = partners.div_ceil(64);
        let empty = || vec![0_u64; words];
        let mut index = Self {
            partners,
            words,
            events: Event::ALL.iter().map(|_| empty()).collect(),
            categories: ObjectType::ALL.iter().map(|_| empty()).collect(),
            kinds: PartnerKind::ALL.iter().map(|_| empty()).collect(),
            countries: HashMap::new(),
            markets: empty(),
            world: empty(),
            keywords: HashMap::new(),
            names: HashMap::new(),
        };
        // Only what some rule asks for: nobody looks for the other keywords and names.
        for conditions in rules.rules.iter().flat_map(|rule| std::iter::once(&rule.when).chain(&rule.except)) {
            for keyword in conditions.mandates.iter().flatten() {
                index.keywords.entry(keyword.to_lowercase()).or_insert_with(empty);
            }
            for name in conditions.partners.iter().flatten() {
                index.names.entry(name.clone()).or_insert_with(empty);
            }
        }
        let mut members: HashMap<Scope, Vec<Country>> = HashMap::new();
        for (position, partner) in directory.partners.iter().enumerate() {
            let (word, bit) = (position / 64, 1_u64 << (position % 64));
            for event in &partner.mandate.events {
                index.events[*event as usize][word] |= bit;
            }
            match &partner.mandate.categories {
                Categories::All => index.categories.iter_mut().for_each(|row| row[word] |= bit),
                Categories::Only(own) => own.iter().for_each(|c| index.categories[*c as usize][word] |= bit),
            }
            index.kinds[partner.kind as usize][word] |= bit;
            for scope in partner.mandate.scope.as_slice() {
                if scope.is_world() {
                    index.world[word] |= bit;
                }
                let covered = members
                    .entry(*scope)
                    .or_insert_with(|| Country::all().filter(|country| scope.covers(*country)).collect());
                for country in covered.iter() {
                    index.countries.entry(*country).or_insert_with(empty)[word] |= bit;
                }
            }
            for keyword in &partner.mandate.keywords {
                if index.keywords.is_empty() {
                    break;
                }
                if let Some(row) = index.keywords.get_mut(&keyword.as_str().to_lowercase()) {
                    row[word] |= bit;
                }
            }
            if let Some(row) = index.names.get_mut(&partner.name) {
                row[word] |= bit;
            }
        }
        for country in &rules.markets {
            if let Some(row) = index.countries.get(country) {
                index.markets.iter_mut().zip(row).for_each(|(all, one)| *all |= one);
            }
        }
        index
    }

    /// How many partners it was made for.
    pub fn partners(&self) -> usize {
        self.partners
    }

    /// What its rows take, in bytes.
    pub fn bytes(&self) -> usize {
        let rows = self.events.len() + self.categories.len() + self.kinds.len() + self.countries.len() + 2;
        (rows + self.keywords.len() + self.names.len()) * self.words * size_of::<u64>()
    }

    /// Which partners at least one rule selects.
    pub fn matches(&self, facts: &AlertFacts, rules: &RuleSet) -> Matches {
        let event = &self.events[facts.event as usize];
        let categories: Vec<&Row> =
            facts.categories.iter().map(|category| &self.categories[*category as usize]).collect();
        let relations = Relation::ALL.map(|relation| self.relation(relation, facts));
        let active: Vec<Active<'_>> = rules
            .rules
            .iter()
            .filter(|rule| alert_holds(&rule.when, facts))
            .map(|rule| Active {
                all: self.groups(&rule.when, &relations),
                except: rule
                    .except
                    .iter()
                    .filter(|except| alert_holds(except, facts))
                    .map(|except| self.groups(except, &relations))
                    .collect(),
            })
            .collect();
        let mut selected = vec![0_u64; self.words];
        let (mut mandate, mut one, mut group) = ([0_u64; BLOCK], [0_u64; BLOCK], [0_u64; BLOCK]);
        for start in (0..self.words).step_by(BLOCK) {
            let length = BLOCK.min(self.words - start);
            let block = start..start + length;
            let (mandate, one, group) = (&mut mandate[..length], &mut one[..length], &mut group[..length]);
            or_of(&categories, start, mandate);
            and(mandate, &event[block.clone()]);
            for rule in &active {
                one.copy_from_slice(mandate);
                for rows in &rule.all.0 {
                    or_of(rows, start, group);
                    and(one, group);
                }
                for except in &rule.except {
                    and_not(one, &except.0, start, group);
                }
                selected[block.clone()].iter_mut().zip(&*one).for_each(|(all, rule)| *all |= rule);
            }
        }
        Matches(selected)
    }

    fn groups<'a>(&'a self, conditions: &Conditions, relations: &[Vec<&'a Row>; Relation::ALL.len()]) -> Groups<'a> {
        let mut groups = Vec::new();
        if let Some(kinds) = &conditions.kinds {
            groups.push(kinds.iter().map(|kind| &self.kinds[*kind as usize]).collect());
        }
        if let Some(names) = &conditions.partners {
            groups.push(names.iter().filter_map(|name| self.names.get(name)).collect());
        }
        if let Some(wanted) = &conditions.mandates {
            groups.push(wanted.iter().filter_map(|word| self.keywords.get(&word.to_lowercase())).collect());
        }
        if let Some(wanted) = &conditions.relations {
            groups.push(wanted.iter().flat_map(|relation| relations[position(*relation)].iter().copied()).collect());
        }
        Groups(groups)
    }

    /// The rows whose partners stand in the relation.
    fn relation(&self, relation: Relation, facts: &AlertFacts) -> Vec<&Row> {
        let of = |countries: &[Country]| countries.iter().filter_map(|country| self.countries.get(country)).collect();
        match relation {
            Relation::Place => of(&[facts.country]),
            Relation::Origin => of(&facts.origins),
            Relation::Route => of(&facts.route),
            Relation::Destination => of(&facts.destinations),
            Relation::NeighbourOfPlace => of(facts.country.neighbours()),
            Relation::Market => vec![&self.markets],
            Relation::World => vec![&self.world],
        }
    }
}

fn position(relation: Relation) -> usize {
    super::geography::position(relation)
}

/// The block of the "or" of some rows; of none, nobody.
fn or_of(rows: &[&Row], start: usize, into: &mut [u64]) {
    let end = start + into.len();
    match rows {
        [] => into.fill(0),
        [first, rest @ ..] => {
            into.copy_from_slice(&first[start..end]);
            for row in rest {
                into.iter_mut().zip(&row[start..end]).for_each(|(all, one)| *all |= one);
            }
        }
    }
}

fn and(into: &mut [u64], with: &[u64]) {
    into.iter_mut().zip(with).for_each(|(all, one)| *all &= one);
}

/// Takes away those for whom every group holds; of no group at all, everybody.
fn and_not(from: &mut [u64], groups: &[Vec<&Row>], start: usize, group: &mut [u64]) {
    let mut holds = [u64::MAX; BLOCK];
    let holds = &mut holds[..from.len()];
    for rows in groups {
        or_of(rows, start, group);
        and(holds, group);
    }
    from.iter_mut().zip(&*holds).for_each(|(all, excepted)| *all &= !excepted);
}
