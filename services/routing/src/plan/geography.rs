//! How each partner's scope stands to one case. Computed once per area, so that ten thousand partners cost little.

use std::collections::HashMap;

use domain::Country;
use domain::alert::AlertFacts;
use domain::scope::{Scope, ScopeSet};

use crate::rules::Relation;

/// How many relations there are.
const RELATIONS: usize = Relation::ALL.len();

/// The area and the country that make a relation hold.
pub(super) type Hit = (Scope, Option<Country>);

/// The countries of a case by their relation to it.
pub(super) struct Geography {
    countries: [Vec<Country>; RELATIONS],
    by_scope: HashMap<Scope, [Option<Hit>; RELATIONS]>,
}

impl Geography {
    pub(super) fn new(facts: &AlertFacts, markets: &[Country]) -> Self {
        let countries = Relation::ALL.map(|relation| match relation {
            Relation::Place => vec![facts.country],
            Relation::Origin => facts.origins.clone(),
            Relation::Route => facts.route.clone(),
            Relation::Destination => facts.destinations.clone(),
            Relation::NeighbourOfPlace => facts.country.neighbours().to_vec(),
            Relation::Market => markets.to_vec(),
            Relation::World => Vec::new(),
        });
        Self { countries, by_scope: HashMap::new() }
    }

    /// For each relation the first area of the scope for which it holds.
    pub(super) fn of(&mut self, scopes: &ScopeSet) -> [Option<Hit>; RELATIONS] {
        let mut hits = [None; RELATIONS];
        for scope in scopes.as_slice() {
            let countries = &self.countries;
            let found = self.by_scope.entry(*scope).or_insert_with(|| hits_of(*scope, countries));
            for (hit, new) in hits.iter_mut().zip(found.iter()) {
                *hit = hit.or(*new);
            }
        }
        hits
    }

    /// The countries that stand in the relation, in words: "the place (BF)".
    pub(super) fn named(&self, relation: Relation) -> String {
        let what = match relation {
            Relation::Place => "the place",
            Relation::Origin => "the origin or claiming state",
            Relation::Route => "the presumed route",
            Relation::Destination => "the presumed destination",
            Relation::NeighbourOfPlace => "a neighbour of the place",
            Relation::Market => "a market state",
            Relation::World => return "the whole world".to_owned(),
        };
        let countries = &self.countries[position(relation)];
        if countries.is_empty() {
            return format!("{what} (none named)");
        }
        let codes: Vec<&str> = countries.iter().map(|country| country.as_str()).collect();
        format!("{what} ({})", codes.join(", "))
    }
}

/// Where the relation is in the arrays.
pub(super) fn position(relation: Relation) -> usize {
    Relation::ALL.iter().position(|other| *other == relation).expect("ALL holds every relation")
}

fn hits_of(scope: Scope, countries: &[Vec<Country>; RELATIONS]) -> [Option<Hit>; RELATIONS] {
    let mut hits = [None; RELATIONS];
    for (index, relation) in Relation::ALL.into_iter().enumerate() {
        hits[index] = match relation {
            Relation::World => scope.is_world().then_some((scope, None)),
            _ => countries[index].iter().find(|c| scope.covers(**c)).map(|c| (scope, Some(*c))),
        };
    }
    hits
}
