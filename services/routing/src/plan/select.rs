//! What the rules say about one partner, and why.

use std::cell::OnceCell;
use std::collections::HashSet;

use domain::alert::AlertFacts;
use domain::codes::{ObjectType, Pace, Share};
use domain::partner::{Categories, Partner};
use domain::plan::{Basis, Exclusion};

use super::conditions::{Finding, alert_findings, alert_holds, types};
use super::geography::{Geography, Hit, position};
use crate::rules::{Conditions, Relation, Rule, RuleSet, words};

/// What the rules give a partner: of several rules the greatest share, the fastest pace, the shortest time to
/// acknowledge, and every caution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selected {
    pub share: Share,
    pub pace: Pace,
    pub acknowledge_within: Option<i64>,
    /// The first rule that asks for two officers.
    pub two_officers: Option<String>,
    pub basis: Basis,
}

/// The rules prepared for one alert: what depends on the alert alone is asked once, not once per partner.
pub(super) struct Selector<'a> {
    facts: &'a AlertFacts,
    rules: Vec<Prepared<'a>>,
    geography: Geography,
}

struct Prepared<'a> {
    rule: &'a Rule,
    names_event: bool,
    /// The conditions on the alert alone, with what was found.
    findings: Vec<Finding>,
    /// How many of them do not hold.
    alert_failures: usize,
    own: PartnerSide<'a>,
    /// The exceptions whose conditions on the alert hold.
    except: Vec<PartnerSide<'a>>,
    /// "covers none of: the place (BF), a market state (FR, US)".
    relation_failed: String,
}

/// The conditions on the partner.
struct PartnerSide<'a> {
    conditions: &'a Conditions,
    /// Lower case.
    mandates: Option<HashSet<String>>,
}

/// What became of a condition on the partner.
#[derive(Clone, Copy)]
enum Asked<T> {
    /// The rule has no such condition.
    Never,
    /// It holds, by this.
    Found(T),
    /// It does not hold.
    Missing,
}

impl<T> Asked<T> {
    fn holds(&self) -> bool {
        !matches!(self, Self::Missing)
    }
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

    /// What the rules give the partner; none if no rule selects it.
    pub(super) fn select(&mut self, partner: &Partner) -> Option<Selected> {
        let candidate = self.candidate(partner);
        let mut selected: Option<Selected> = None;
        for rule in self.rules.iter().filter(|rule| rule.speaks_of(partner) && rule.failures(&candidate) == 0) {
            let given = rule.rule;
            let share = rule.share_for(partner);
            match &mut selected {
                None => {
                    let first = Selected {
                        share,
                        pace: given.pace,
                        acknowledge_within: given.acknowledge_within,
                        two_officers: given.two_officers.then(|| given.id.clone()),
                        basis: rule.basis(&candidate),
                    };
                    selected = Some(first);
                }
                Some(all) => {
                    all.pace = all.pace.max(given.pace);
                    all.acknowledge_within =
                        [all.acknowledge_within, given.acknowledge_within].into_iter().flatten().min();
                    if given.two_officers {
                        all.two_officers.get_or_insert_with(|| given.id.clone());
                    }
                    if share > all.share {
                        all.share = share;
                        all.basis = rule.basis(&candidate);
                    }
                }
            }
        }
        selected
    }

    /// Why no rule selects the partner: the rule that came closest, and its first condition that failed.
    pub(super) fn why_not(&mut self, partner: &Partner) -> Exclusion {
        let candidate = self.candidate(partner);
        let mut closest: Option<((bool, std::cmp::Reverse<usize>), &Prepared<'_>)> = None;
        for rule in self.rules.iter().filter(|rule| rule.speaks_of(partner)) {
            if !rule.names_event && closest.is_some_and(|((names_event, _), _)| names_event) {
                break;
            }
            let score = (rule.names_event, std::cmp::Reverse(rule.failures(&candidate)));
            if closest.is_none_or(|(of_closest, _)| score > of_closest) {
                closest = Some((score, rule));
            }
        }
        match closest {
            Some((_, rule)) => Exclusion::NoRule {
                closest: Some(rule.rule.id.clone()),
                failed: rule.first_failure(&candidate, self.facts),
            },
            None => Exclusion::NoRule {
                closest: None,
                failed: format!("the rule set has no rule for {}", words::kind_plural(partner.kind)),
            },
        }
    }

    /// Every rule with every condition, for a person who asks.
    pub(super) fn tree(&mut self, partner: &Partner) -> Vec<(&'a Rule, Vec<Finding>)> {
        let candidate = self.candidate(partner);
        let facts = self.facts;
        let mut tree: Vec<_> =
            self.rules.iter().map(|rule| (rule.rule, rule.all_findings(&candidate, facts))).collect();
        tree.sort_by_key(|(_, findings)| findings.iter().filter(|finding| !finding.holds).count());
        tree
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
    fn lower_case_keywords(&self) -> &[String] {
        let keywords = || self.partner.mandate.keywords.iter().map(|keyword| keyword.as_str().to_lowercase()).collect();
        self.keywords.get_or_init(keywords)
    }
}

impl<'a> PartnerSide<'a> {
    fn new(conditions: &'a Conditions) -> Self {
        let lower = |words: &Vec<String>| words.iter().map(|word| word.to_lowercase()).collect();
        Self { conditions, mandates: conditions.mandates.as_ref().map(lower) }
    }

    fn kind_and_name(&self, partner: &Partner) -> bool {
        self.conditions.kinds.as_ref().is_none_or(|kinds| kinds.contains(&partner.kind))
            && self.conditions.partners.as_ref().is_none_or(|names| names.contains(&partner.name))
    }

    /// The first relation that holds.
    fn relation(&self, candidate: &Candidate<'_>) -> Asked<(Relation, Hit)> {
        let Some(relations) = &self.conditions.relations else { return Asked::Never };
        let hit = relations.iter().find_map(|relation| Some((*relation, candidate.hits[position(*relation)]?)));
        hit.map_or(Asked::Missing, Asked::Found)
    }

    /// The keyword that is asked for.
    fn keyword<'c>(&self, candidate: &'c Candidate<'_>) -> Asked<&'c str> {
        let Some(wanted) = &self.mandates else { return Asked::Never };
        let found = candidate.lower_case_keywords().iter().position(|keyword| wanted.contains(keyword));
        found.map_or(Asked::Missing, |found| Asked::Found(candidate.partner.mandate.keywords[found].as_str()))
    }

    fn holds(&self, candidate: &Candidate<'_>) -> bool {
        self.kind_and_name(candidate.partner) && self.relation(candidate).holds() && self.keyword(candidate).holds()
    }
}

impl<'a> Prepared<'a> {
    fn new(rule: &'a Rule, facts: &AlertFacts, geography: &Geography) -> Self {
        let findings = alert_findings(&rule.when, facts);
        let relations: Vec<String> =
            rule.when.relations.iter().flatten().map(|relation| geography.named(*relation)).collect();
        Self {
            rule,
            names_event: rule.when.events.as_ref().is_none_or(|events| events.contains(&facts.event)),
            alert_failures: findings.iter().filter(|finding| !finding.holds).count(),
            findings,
            own: PartnerSide::new(&rule.when),
            except: rule.except.iter().filter(|e| alert_holds(e, facts)).map(PartnerSide::new).collect(),
            relation_failed: match relations.as_slice() {
                [] => "covers nothing, because the rule's list of relations is empty".to_owned(),
                [only] => format!("does not cover {only}"),
                several => format!("covers none of: {}", several.join(", ")),
            },
        }
    }

    /// How much the rule shows the partner.
    fn share_for(&self, partner: &Partner) -> Share {
        if self.rule.legal_basis && partner.legal_basis.is_none() { Share::ObjectData } else { self.rule.share }
    }

    fn speaks_of(&self, partner: &Partner) -> bool {
        self.own.kind_and_name(partner)
    }

    fn exception(&self, candidate: &Candidate<'_>) -> Option<&PartnerSide<'a>> {
        self.except.iter().find(|except| except.holds(candidate))
    }

    /// How many conditions do not hold, for a partner that the rule speaks of.
    fn failures(&self, candidate: &Candidate<'_>) -> usize {
        let partner = [
            candidate.names_event,
            candidate.category.is_some(),
            self.own.relation(candidate).holds(),
            self.own.keyword(candidate).holds(),
            self.exception(candidate).is_none(),
        ];
        self.alert_failures + partner.iter().filter(|holds| !**holds).count()
    }

    /// What matched, in words.
    fn basis(&self, candidate: &Candidate<'_>) -> Basis {
        let mut matched = Vec::new();
        if let Asked::Found((relation, hit)) = self.own.relation(candidate) {
            matched.push(relation_words(relation, hit));
        }
        if let Asked::Found(keyword) = self.own.keyword(candidate) {
            matched.push(format!("mandate names “{keyword}”"));
        }
        if let Some(category) = candidate.category {
            matched.push(format!("category {category} is in its mandate"));
        }
        // That the rule is for this event and kind of alert goes without saying.
        let particular = self.findings.iter().filter(|f| !matches!(f.condition, "event" | "kind of alert"));
        matched.extend(particular.map(|finding| finding.words.clone()));
        Basis::Rule { rule: self.rule.id.clone(), because: without_stop(&self.rule.because), matched }
    }

    /// The first condition that failed, in words.
    fn first_failure(&self, candidate: &Candidate<'_>, facts: &AlertFacts) -> String {
        let failed = self.all_findings(candidate, facts).into_iter().find(|finding| !finding.holds);
        failed.map_or_else(|| "no condition failed".to_owned(), |finding| finding.words)
    }

    /// Every condition in order, with what was found.
    fn all_findings(&self, candidate: &Candidate<'_>, facts: &AlertFacts) -> Vec<Finding> {
        let partner = candidate.partner;
        let mut findings = self.findings.clone();
        let mut say = |condition, holds, words| findings.push(Finding { condition, holds, words });
        if let Some(kinds) = &self.rule.when.kinds {
            let plural: Vec<_> = kinds.iter().map(|kind| words::kind_plural(*kind)).collect();
            say("kind of partner", kinds.contains(&partner.kind), format!("it is for {}", words::list(&plural, "and")));
        }
        if let Some(names) = &self.rule.when.partners {
            let holds = names.contains(&partner.name);
            say("name", holds, if holds { "it names this partner" } else { "it names other partners" }.to_owned());
        }
        let event = facts.event.label().to_lowercase();
        let not = if candidate.names_event { "names" } else { "does not name" };
        say("mandate", candidate.names_event, format!("its mandate {not} {event}"));
        say("mandate", candidate.category.is_some(), category_words(candidate, facts));
        if self.rule.when.relations.is_some() {
            let found = self.own.relation(candidate);
            let text = match found {
                Asked::Found((relation, hit)) => relation_words(relation, hit),
                _ => format!("its scope {} {}", shown(&partner.mandate.scope), self.relation_failed),
            };
            say("scope", found.holds(), text);
        }
        if let Some(wanted) = &self.rule.when.mandates {
            let quoted: Vec<_> = wanted.iter().map(|word| format!("“{word}”")).collect();
            let found = self.own.keyword(candidate);
            let text = match (found, quoted.as_slice()) {
                (Asked::Found(keyword), _) => format!("its mandate names “{keyword}”"),
                (_, []) => "the rule's list of mandates is empty".to_owned(),
                (_, wanted) => format!("its mandate does not name {}", words::list(wanted, "or")),
            };
            say("keyword", found.holds(), text);
        }
        if self.rule.legal_basis {
            let text = match &partner.legal_basis {
                Some(basis) => format!("the directory names a legal basis: {}", basis.ground.label().to_lowercase()),
                None => "the directory names no legal basis, so it is shown object data only".to_owned(),
            };
            say("legal basis", true, text);
        }
        if !self.rule.except.is_empty() {
            let text = match self.exception(candidate) {
                Some(except) => format!("the rule excepts {}", words::exception(except.conditions)),
                None => "none of its exceptions holds".to_owned(),
            };
            say("exception", self.exception(candidate).is_none(), text);
        }
        findings
    }
}

fn category_words(candidate: &Candidate<'_>, facts: &AlertFacts) -> String {
    match (candidate.category, &candidate.partner.mandate.categories) {
        (Some(category), _) => format!("its mandate covers {}", category.label().to_lowercase()),
        (None, Categories::Only(own)) if own.is_empty() => "its mandate names no object category".to_owned(),
        _ => format!("its mandate covers no object of type {}", types(&facts.categories)),
    }
}

fn relation_words(relation: Relation, (scope, country): Hit) -> String {
    match country {
        Some(country) => format!("{relation}: scope {scope} covers {country}"),
        None => format!("{relation}: scope {scope} is the whole world"),
    }
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
