//! What the rules say about one partner, and why.

use std::cell::OnceCell;
use std::collections::HashSet;

use domain::alert::AlertFacts;
use domain::codes::{Certainty, ObjectType, Share};
use domain::partner::{Categories, Partner};
use domain::plan::Basis;

use super::geography::{Geography, Hit, position};
use crate::rules::{Relation, Rule, RuleSet, words};

/// What the rules say.
pub(super) enum Selection {
    /// At least one rule selects the partner; this is the one that shows it most, the first of equals.
    Selected { share: Share, basis: Basis },
    /// None does; the rule that came closest, and its first condition that failed.
    Passed { closest: Option<String>, failed: String },
}

/// How many conditions of a rule look at the alert alone.
const ALERT_CONDITIONS: usize = 4;

/// The rules prepared for one alert: what depends on the alert alone is asked once, not once per partner.
pub(super) struct Selector<'a> {
    facts: &'a AlertFacts,
    rules: Vec<Prepared<'a>>,
    geography: Geography,
}

struct Prepared<'a> {
    rule: &'a Rule,
    names_event: bool,
    /// How many of the conditions on the alert alone hold.
    alert_met: usize,
    /// The first of them that does not, in words.
    alert_failed: Option<String>,
    /// Lower case.
    mandates: Option<HashSet<String>>,
    /// "covers none of: the place (BF), a market state (FR, US)".
    relation_failed: String,
}

/// A partner as the conditions look at it.
struct Candidate<'a> {
    partner: &'a Partner,
    names_event: bool,
    category: Option<ObjectType>,
    hits: [Option<Hit>; Relation::ALL.len()],
    /// In lower case, once a rule asks for one.
    keywords: OnceCell<Vec<String>>,
}

impl<'a> Selector<'a> {
    pub(super) fn new(facts: &'a AlertFacts, set: &'a RuleSet) -> Self {
        let geography = Geography::new(facts, &set.markets);
        let mut rules: Vec<_> = set.rules.iter().map(|rule| Prepared::new(rule, facts, &geography)).collect();
        // Rules for the event come first, otherwise in the order of the text: the rest need not be looked at then.
        rules.sort_by_key(|rule| !rule.names_event);
        Self { facts, rules, geography }
    }

    pub(super) fn select(&mut self, partner: &Partner) -> Selection {
        let candidate = self.candidate(partner);
        let mut best: Option<&Prepared<'_>> = None;
        let mut closest: Option<((bool, usize), &Prepared<'_>)> = None;
        for rule in self.rules.iter().filter(|rule| rule.rule.kinds.contains(&partner.kind)) {
            if !rule.names_event && closest.is_some_and(|((names_event, _), _)| names_event) {
                break;
            }
            let (met, all) = rule.met(&candidate);
            if met == all && best.is_none_or(|b| rule.rule.share > b.rule.share) {
                best = Some(rule);
            }
            let score = (rule.names_event, met);
            if closest.is_none_or(|(of_closest, _)| score > of_closest) {
                closest = Some((score, rule));
            }
        }
        if let Some(rule) = best {
            return Selection::Selected { share: rule.rule.share, basis: rule.basis(&candidate) };
        }
        match closest {
            Some((_, rule)) => Selection::Passed {
                closest: Some(rule.rule.id.clone()),
                failed: rule.first_failure(&candidate, self.facts),
            },
            None => Selection::Passed {
                closest: None,
                failed: format!("the rule set has no rule for {}", words::kind_plural(partner.kind)),
            },
        }
    }

    fn candidate<'p>(&mut self, partner: &'p Partner) -> Candidate<'p> {
        Candidate {
            partner,
            names_event: partner.mandate.events.contains(&self.facts.event),
            category: partner.mandate.categories.first_match(&self.facts.categories),
            hits: self.geography.of(&partner.mandate.scope),
            keywords: OnceCell::new(),
        }
    }
}

impl Candidate<'_> {
    fn lower_case_keywords(&self) -> Vec<String> {
        self.partner.mandate.keywords.iter().map(|keyword| keyword.as_str().to_lowercase()).collect()
    }
}

impl<'a> Prepared<'a> {
    fn new(rule: &'a Rule, facts: &AlertFacts, geography: &Geography) -> Self {
        let names_event = rule.events.contains(&facts.event);
        let relations: Vec<String> = rule.relations.iter().map(|relation| geography.named(*relation)).collect();
        let alert: [_; ALERT_CONDITIONS] =
            [event(rule, facts), certainty(rule, facts), categories(rule, facts), flags(rule, facts)];
        Self {
            rule,
            names_event,
            alert_met: alert.iter().filter(|condition| condition.is_ok()).count(),
            alert_failed: alert.into_iter().find_map(Result::err),
            mandates: rule.mandates.as_ref().map(|words| words.iter().map(|word| word.to_lowercase()).collect()),
            relation_failed: match relations.as_slice() {
                [] => "covers nothing, because the rule's list of relations is empty".to_owned(),
                [only] => format!("does not cover {only}"),
                several => format!("covers none of: {}", several.join(", ")),
            },
        }
    }

    /// How many of how many conditions hold.
    fn met(&self, candidate: &Candidate<'_>) -> (usize, usize) {
        let partner = [
            candidate.names_event,
            candidate.category.is_some(),
            self.relation(candidate).is_some(),
            self.keyword(candidate).is_some(),
        ];
        let met = self.alert_met + partner.iter().filter(|condition| **condition).count();
        (met, ALERT_CONDITIONS + partner.len())
    }

    /// The first relation of the rule that holds.
    fn relation(&self, candidate: &Candidate<'_>) -> Option<(Relation, Hit)> {
        self.rule.relations.iter().find_map(|relation| Some((*relation, candidate.hits[position(*relation)]?)))
    }

    /// The keyword that the rule asks for; empty if it asks for none.
    fn keyword<'c>(&self, candidate: &'c Candidate<'_>) -> Option<&'c str> {
        match &self.mandates {
            None => Some(""),
            Some(wanted) => {
                let keywords = candidate.keywords.get_or_init(|| candidate.lower_case_keywords());
                let found = keywords.iter().position(|keyword| wanted.contains(keyword))?;
                Some(candidate.partner.mandate.keywords[found].as_str())
            }
        }
    }

    /// What matched, in words.
    fn basis(&self, candidate: &Candidate<'_>) -> Basis {
        let mut matched = Vec::new();
        if let Some((relation, (scope, country))) = self.relation(candidate) {
            matched.push(match country {
                Some(country) => format!("{relation}: scope {scope} covers {country}"),
                None => format!("{relation}: scope {scope} is the whole world"),
            });
        }
        if let Some(keyword) = self.keyword(candidate).filter(|keyword| !keyword.is_empty()) {
            matched.push(format!("mandate names “{keyword}”"));
        }
        if let Some(category) = candidate.category {
            matched.push(format!("category {category} is in its mandate"));
        }
        Basis::Rule { rule: self.rule.id.clone(), because: without_stop(&self.rule.because), matched }
    }

    /// The first condition that failed, in words.
    fn first_failure(&self, candidate: &Candidate<'_>, facts: &AlertFacts) -> String {
        if let Some(failed) = &self.alert_failed {
            return failed.clone();
        }
        if !candidate.names_event {
            return format!("its mandate does not name {}", facts.event.label().to_lowercase());
        }
        if candidate.category.is_none() {
            return match &candidate.partner.mandate.categories {
                Categories::Only(own) if own.is_empty() => "its mandate names no object category".to_owned(),
                _ => format!("its mandate covers no object of type {}", types(&facts.categories)),
            };
        }
        if self.relation(candidate).is_none() {
            return format!("its scope {} {}", shown(&candidate.partner.mandate.scope), self.relation_failed);
        }
        let wanted: Vec<_> = self.rule.mandates.iter().flatten().map(|word| format!("“{word}”")).collect();
        match wanted.as_slice() {
            [] => "the rule's list of mandates is empty".to_owned(),
            wanted => format!("its mandate does not name {}", words::list(wanted, "or")),
        }
    }
}

fn event(rule: &Rule, facts: &AlertFacts) -> Result<(), String> {
    if rule.events.contains(&facts.event) {
        return Ok(());
    }
    let this = facts.event.label().to_lowercase();
    Err(match rule.events.as_slice() {
        [] => "the rule's list of events is empty".to_owned(),
        events => format!("it is for {}, not {this}", words::events(events)),
    })
}

fn certainty(rule: &Rule, facts: &AlertFacts) -> Result<(), String> {
    let Some(least) = rule.certainty_at_least else { return Ok(()) };
    if rank(facts.certainty) >= rank(least) {
        return Ok(());
    }
    let word = |certainty: Certainty| certainty.label().to_lowercase();
    Err(format!("it asks for certainty at least {}, and the desk's is {}", word(least), word(facts.certainty)))
}

/// Greater is surer; the code list begins with the surest.
fn rank(certainty: Certainty) -> usize {
    let position = Certainty::ALL.iter().position(|other| *other == certainty).expect("ALL holds every certainty");
    Certainty::ALL.len() - position
}

fn categories(rule: &Rule, facts: &AlertFacts) -> Result<(), String> {
    match &rule.categories {
        None => Ok(()),
        Some(wanted) if facts.categories.iter().any(|category| wanted.contains(category)) => Ok(()),
        Some(wanted) => Err(format!("it is for objects of type {}, not {}", types(wanted), types(&facts.categories))),
    }
}

fn flags(rule: &Rule, facts: &AlertFacts) -> Result<(), String> {
    match &rule.flags {
        None => Ok(()),
        Some(wanted) if facts.flags.iter().any(|flag| wanted.contains(flag)) => Ok(()),
        Some(wanted) => {
            let labels: Vec<_> = wanted.iter().map(|flag| flag.label().to_lowercase()).collect();
            Err(format!("no object is flagged {}", words::list(&labels, "or")))
        }
    }
}

fn types(types: &[ObjectType]) -> String {
    let labels: Vec<_> = types.iter().map(|category| category.label().to_lowercase()).collect();
    words::list(&labels, "or")
}

/// The scope, cut where it would fill the page.
fn shown(scope: &domain::scope::ScopeSet) -> String {
    let areas = scope.as_slice();
    let first: Vec<String> = areas.iter().take(6).map(ToString::to_string).collect();
    let more = if areas.len() > first.len() { ", …" } else { "" };
    format!("{}{more}", first.join(", "))
}

/// The basis puts the reason inside a sentence of its own.
fn without_stop(text: &str) -> String {
    text.strip_suffix('.').unwrap_or(text).to_owned()
}
